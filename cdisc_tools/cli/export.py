"""``cdisc-tools export``."""

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cdisc_tools.cli.console import CLEAN, FINDINGS, messages, progress
from cdisc_tools.cli.options import Debug

if TYPE_CHECKING:
    from cdisc_tools.pipeline.export import Exported


class DatasetFormat(StrEnum):
    """The formats that datasets are written in."""

    xpt = "xpt"
    xpt8 = "xpt8"
    json = "json"
    ndjson = "ndjson"
    dsjc = "dsjc"
    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"


def export(
    inputs: Annotated[
        list[Path], typer.Argument(metavar="IN...", help="Dataset files, or folders of them.")
    ],
    to: Annotated[DatasetFormat, typer.Option("--to", help="The format to write.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the files that are written.")
    ],
    encoding: Annotated[
        str,
        typer.Option(help="Code page of texts in .xpt, such as windows-1252; as read if empty."),
    ] = "",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
    debug: Debug = False,
) -> None:
    """Write datasets in another format, with all that is known of them: XPT 5 and 8, Dataset-JSON
    1.1, Parquet, CSV, xlsx. Reads these, and .sas7bdat, .sav, .zsav, .por, .dta.

    Example: cdisc-tools export out/abc-101/sdtm --to json --output out/json

    What a format can't say itself goes into FILE.metadata.json beside it, and is taken up again
    on reading. Exits 0 when all are written, 1 when some could not be, 2 on wrong usage.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.export import (  # noqa: PLC0415
            Wanted,
            export_datasets,
            left_out,
        )
        from cdisc_tools.pipeline.processes import prepare  # noqa: PLC0415
        from cdisc_tools.pipeline.timestamps import source_date  # noqa: PLC0415

        if workers > 1:
            prepare()
        wanted = Wanted(to.value, output, source_date(os.environ), encoding)
        done = export_datasets(inputs, wanted, workers=workers, progress=progress())
        for file in left_out(inputs):
            typer.echo(f"Left out: {file} (name it to export it)", err=True)
        raise typer.Exit(_told(done))


def _told(done: "list[Exported]") -> int:
    """Print the files that were written, and what went wrong; give the exit code."""
    for item in done:
        for path in item.written if not item.fault else ():
            typer.echo(f"{item.file} -> {path}")
    failed = [item for item in done if item.fault]
    for item in failed:
        typer.echo(f"Error: {item.fault}", err=True)
    if failed:
        typer.echo(f"{len(failed)} of {len(done)} files could not be exported", err=True)
    return FINDINGS if failed else CLEAN
