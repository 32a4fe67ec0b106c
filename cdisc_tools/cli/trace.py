"""``cdisc-tools trace``."""

from typing import Annotated

import typer

from cdisc_tools.cli.console import messages, progress
from cdisc_tools.cli.options import Debug, StudyFolder

Where = Annotated[str, typer.Option("--where", help="'VARIABLE=value ...' that name the records.")]


def trace(
    study: StudyFolder,
    dataset: Annotated[str, typer.Argument(help="Dataset to start from, such as ADTTE.")],
    where: Where,
    debug: Debug = False,
) -> None:
    """Show where a value comes from: through ADaM and SDTM to file, sheet, row and cell.

    Example: cdisc-tools trace studies/abc-101 ADTTE --where "USUBJID=ABC-101-007 PARAMCD=PFS"
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.trace import trace_study  # noqa: PLC0415
        from cdisc_tools.reports.trace import trace_text  # noqa: PLC0415

        typer.echo(trace_text(trace_study(study, dataset, where, progress())))
