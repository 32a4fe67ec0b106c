"""``cdisc-tools precheck``."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cdisc_tools.cli.console import CLEAN, FINDINGS, messages, progress
from cdisc_tools.cli.options import Debug

if TYPE_CHECKING:
    from cdisc_tools.model.submission import PackageCheck


class PrecheckFormat(StrEnum):
    """How the findings of a pre-check are printed."""

    text = "text"
    json = "json"


FormatOption = Annotated[PrecheckFormat, typer.Option("--format", help="Form of the report.")]


def precheck(
    folder: Annotated[Path, typer.Argument(help="Folder that holds m5, made by any tool.")],
    format_: FormatOption = PrecheckFormat.text,
    debug: Debug = False,
) -> None:
    """Check a tree m5/datasets/<study> for what a gateway or a reviewer refuses, such as the FDA's
    technical rejection criteria: names, places and sizes of files, datasets, define.xml.

    Example: cdisc-tools precheck out/abc-101-package

    Exits 0 when ready, 1 when something rejects, 2 on wrong usage, 3 on an internal error.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.precheck import check_package  # noqa: PLC0415

        print_check(check_package(folder, progress=progress()), format_)


def print_check(check: "PackageCheck", form: PrecheckFormat) -> None:
    """Print what a pre-check found, and exit by it."""
    from cdisc_tools.reports.precheck import is_ready, precheck_json, precheck_text  # noqa: PLC0415

    text = precheck_json(check) if form is PrecheckFormat.json else precheck_text(check)
    typer.echo(text, nl=False)
    raise typer.Exit(CLEAN if is_ready(check) else FINDINGS)
