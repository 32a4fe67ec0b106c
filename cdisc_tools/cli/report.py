"""``cdisc-tools report``."""

from pathlib import Path

import typer

from cdisc_tools.cli.console import messages, progress
from cdisc_tools.cli.options import Debug, Output, StudyFolder


def report(study: StudyFolder, output: Output = Path("figures"), debug: Debug = False) -> None:
    """Draw each endpoint: the survival curve, and every subject's time and responses.

    Example: cdisc-tools report studies/abc-101 --output figures

    Needs the extra `plots` (matplotlib).
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.report import report_study  # noqa: PLC0415

        for path in report_study(study, output, progress()):
            typer.echo(str(path))
