"""``cdisc-tools demo``."""

from pathlib import Path

import typer

from cdisc_tools.cli.console import messages
from cdisc_tools.cli.options import Debug, Output
from cdisc_tools.cli.run import run_and_print


def demo(output: Output = Path("demo_output"), debug: Debug = False) -> None:
    """Run the sample study that ships with cdisc-tools: NCT00949325, synthetic data.

    Example: cdisc-tools demo --output demo_output

    Its raw forms hold faults on purpose, so findings do not change the exit code: 0 when the run
    went through, 2 on wrong usage, 3 on an internal error.
    """
    with messages(debug=debug):
        from cdisc_tools.metadata.resources import sample_study_path  # noqa: PLC0415

        run_and_print(sample_study_path(), output)
        typer.echo("The data of the sample study are synthetic; see its README.md.")
