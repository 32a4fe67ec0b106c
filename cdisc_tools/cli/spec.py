"""``cdisc-tools spec``: a study's specification in and out."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cdisc_tools.cli.console import messages, progress
from cdisc_tools.cli.options import Debug, StudyFolder

app = typer.Typer(
    name="spec",
    help="Import and export a study's specification (Pinnacle 21 workbook, define.xml).",
    no_args_is_help=True,
)


class Layout(StrEnum):
    """The layout of a specification workbook."""

    newer = "2.1"
    older = "2.0"


class Standard(StrEnum):
    """The datasets that a specification describes."""

    sdtm = "sdtm"
    adam = "adam"


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Pinnacle 21 workbook (.xlsx) or define.xml.")
    ],
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Study folder, or a folder for the tables.")
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the specification that is there.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Import a specification into a study: its tables go to FOLDER/spec/sdtm or FOLDER/spec/adam.

    A workbook may have the layout of Define-XML 2.0 or 2.1. A folder that is no study takes the
    tables itself. Every fault of the file is named with sheet, row and column; then nothing is
    written.

    Example: cdisc-tools spec import sdtm_spec.xlsx my-study

    Exits 0 when imported, 2 when refused or on wrong usage, 3 on an internal error.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.specification import import_specification  # noqa: PLC0415

        imported = import_specification(file, folder, replace=replace, progress=progress())
        for remark in imported.remarks:
            typer.echo(f"Remark: {remark}", err=True)
        tables = imported.specification.tables
        for name, records in tables.items():
            typer.echo(f"{name:<18} {len(records):>7,}")
        typer.echo(f"Imported {len(tables)} tables into {imported.folder}")


@app.command()
def export(
    study: StudyFolder,
    output: Annotated[Path, typer.Option("--output", "-o", help="Workbook to write (.xlsx).")],
    layout: Annotated[Layout, typer.Option(help="Layout of the workbook.")] = Layout.newer,
    standard: Annotated[Standard, typer.Option(help="Datasets that it describes.")] = Standard.sdtm,
    debug: Debug = False,
) -> None:
    """Export a study's specification as a Pinnacle 21 workbook.

    The tables in STUDY/spec/sdtm (or adam) are written as they are. Without them the study is run
    in memory, and the specification is built from its datasets, mapping and terminology.

    Example: cdisc-tools spec export my-study -o sdtm_spec.xlsx

    Exits 0 when written, 2 on wrong usage or configuration, 3 on an internal error.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.specification import export_specification  # noqa: PLC0415

        exported = export_specification(
            study, output, layout=layout.value, standard=standard.value, progress=progress()
        )
        for remark in exported.remarks:
            typer.echo(f"Remark: {remark}", err=True)
        for name, records in exported.specification.tables.items():
            typer.echo(f"{name:<18} {len(records):>7,}")
        how = "built from the study" if exported.built else "from its tables"
        typer.echo(f"Wrote {output} ({how}, layout {layout.value})")
