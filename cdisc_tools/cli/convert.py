"""``cdisc-tools convert``."""

from pathlib import Path

import typer

from cdisc_tools.cli.console import exit_code, messages
from cdisc_tools.cli.options import Debug, FailOn, FailOnOption, Output, StudyFolder
from cdisc_tools.cli.run import run_and_print


def convert(
    study: StudyFolder,
    output: Output = Path("output"),
    fail_on: FailOnOption = FailOn.error,
    debug: Debug = False,
) -> None:
    """Map a study's raw forms to SDTM and validate them; no ADaM.

    Example: cdisc-tools convert studies/abc-101 --output out/abc-101
    """
    with messages(debug=debug):
        severities = run_and_print(study, output, analyse=False)
        raise typer.Exit(exit_code(severities, fail_on.value))
