"""``cdisc-tools define``: make and check a define.xml."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cdisc_tools.cli.console import exit_code, messages, progress
from cdisc_tools.cli.options import Debug, FailOn, FailOnOption, Format, StudyFolder
from cdisc_tools.cli.spec import Layout, Standard

if TYPE_CHECKING:
    from cdisc_tools.model.findings import Findings

app = typer.Typer(
    name="define",
    help="Make a study's define.xml, and check any define.xml.",
    no_args_is_help=True,
)


@app.command()
def make(
    study: StudyFolder,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for define.xml and its stylesheet.")
    ],
    standard: Annotated[Standard, typer.Option(help="Datasets that it describes.")] = Standard.sdtm,
    version: Annotated[Layout, typer.Option(help="Version of Define-XML.")] = Layout.newer,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a define.xml that another program made.")
    ] = False,
    fail_on: FailOnOption = FailOn.error,
    debug: Debug = False,
) -> None:
    """Write the define.xml of a study's datasets, with a stylesheet that shows it in a browser.

    The tables in STUDY/spec/sdtm (or adam) are written as they are. Without them the study is run
    in memory, and its datasets, analyses and terminology are described. What was written is
    checked as `define check` does. A define.xml that lies in the folder is replaced if it names
    cdisc_tools as its SourceSystem, any other only with --replace.

    Example: cdisc-tools define make my-study -o out/sdtm

    Exits 0 when written, 1 with findings at or above --fail-on, 2 on wrong usage or
    configuration, 3 on an internal error.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.define import make_define  # noqa: PLC0415
        from cdisc_tools.reports.findings import findings_summary  # noqa: PLC0415

        made = make_define(
            study,
            output,
            standard=standard.value,
            version=version.value,
            replace=replace,
            progress=progress(),
        )
        for remark in made.remarks:
            typer.echo(f"Remark: {remark}", err=True)
        how = "built from the study" if made.built else "from its tables"
        typer.echo(f"Wrote {made.path} ({how}, Define-XML {version.value})")
        typer.echo(findings_summary(made.findings), err=True)
        raise typer.Exit(_code(made.findings, fail_on))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A define.xml (2.0 or 2.1).")],
    cap: Annotated[
        int, typer.Option(min=1, help="Findings of each check that the text shows.")
    ] = 3,
    fail_on: FailOnOption = FailOn.error,
    format_: Annotated[
        Format, typer.Option("--format", help="How findings are printed.")
    ] = Format.text,
    debug: Debug = False,
) -> None:
    """Check a define.xml against its XML schema and some 150 conformance checks of ours.

    Example: cdisc-tools define check define.xml

    The text groups findings by check, the first ones of each with file and line; --format json or
    csv lists all. Exits 0 when clean, 1 with findings at or above --fail-on, 2
    for a file that is no define.xml, 3 on an internal error.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.define import check_define_file  # noqa: PLC0415
        from cdisc_tools.reports.define import define_text  # noqa: PLC0415
        from cdisc_tools.reports.findings import findings_csv, findings_json  # noqa: PLC0415

        findings = check_define_file(file)
        if format_ is Format.text:
            typer.echo(define_text(findings, cap=cap))
        else:
            write = findings_json if format_ is Format.json else findings_csv
            typer.echo(write(findings), nl=False)
        raise typer.Exit(_code(findings, fail_on))


@app.command()
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A define.xml (2.0 or 2.1).")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Page to write (.html).")],
    debug: Debug = False,
) -> None:
    """Write a define.xml as one page of HTML, for browsers that show no XML by a stylesheet.

    Example: cdisc-tools define show define.xml -o define.html

    Exits 0 when written, 2 for a file that is no define.xml, 3 on an internal error.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.define import show_define  # noqa: PLC0415

        show_define(file, output)
        typer.echo(f"Wrote {output}")


def _code(findings: "Findings", fail_on: FailOn) -> int:
    from cdisc_tools.reports.findings import severity_counts  # noqa: PLC0415

    return exit_code(severity_counts(findings), fail_on.value)
