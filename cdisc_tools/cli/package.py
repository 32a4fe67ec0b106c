"""``cdisc-tools package``."""

from pathlib import Path
from typing import Annotated

import typer

from cdisc_tools.cli.console import messages, progress
from cdisc_tools.cli.options import Debug, Output, StudyFolder
from cdisc_tools.cli.precheck import FormatOption, PrecheckFormat, print_check


def package(
    study: StudyFolder,
    output: Output = Path("package"),
    sdtm: Annotated[
        Path | None,
        typer.Option(help="SDTM datasets that lie ready: they are packed, the study isn't run."),
    ] = None,
    adam: Annotated[Path | None, typer.Option(help="ADaM datasets that lie ready.")] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Accepted findings, whose explanations go into guides."),
    ] = None,
    format_: FormatOption = PrecheckFormat.text,
    debug: Debug = False,
) -> None:
    """Write the package for submission: m5/datasets/<study> with transport files, define.xml and
    drafts of the reviewer's guides, and tell whether it is ready.

    Example: cdisc-tools package studies/abc-101 --output out/abc-101-package

    Exits 0 when ready, 1 when something rejects, 2 on wrong usage, 3 on an internal error.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.package import PackageSources, package_study  # noqa: PLC0415

        sources = PackageSources(sdtm, adam, baseline)
        print_check(package_study(study, output, sources, progress=progress()), format_)
