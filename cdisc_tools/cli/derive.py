"""``cdisc-tools derive``."""

from pathlib import Path
from typing import Annotated

import typer

from cdisc_tools.cli.console import exit_code, messages, progress
from cdisc_tools.cli.options import Debug, FailOn, FailOnOption, Output, StudyFolder

Sdtm = Annotated[Path, typer.Option("--sdtm", help="Folder of the SDTM datasets (.xpt, .parquet).")]
Sensitivity = Annotated[
    list[str] | None,
    typer.Option("--sensitivity", help="Profile to compare with, such as fda-pfs; repeatable."),
]


def derive(
    study: StudyFolder,
    sdtm: Sdtm,
    output: Output = Path("output"),
    sensitivity: Sensitivity = None,
    fail_on: FailOnOption = FailOn.error,
    debug: Debug = False,
) -> None:
    """Derive ADaM datasets and results from SDTM datasets, by the study's analysis definitions.

    With --sensitivity the endpoints are derived by a profile as well (specs/profiles), and the
    subjects that change are listed: from what to what, and why.

    Example: cdisc-tools derive studies/abc-101 --sdtm out/abc-101/sdtm --output out/adam

    Example: cdisc-tools derive studies/abc-101 --sdtm out/abc-101/sdtm --sensitivity fda-pfs
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.derive import derive_folder, write_derivation  # noqa: PLC0415
        from cdisc_tools.pipeline.sensitivity import compare_profiles, sensitivity_files  # noqa: PLC0415
        from cdisc_tools.reports.findings import findings_summary, severity_counts  # noqa: PLC0415
        from cdisc_tools.reports.results import headlines_text, results_text  # noqa: PLC0415
        from cdisc_tools.reports.sensitivity import sensitivity_text  # noqa: PLC0415
        from cdisc_tools.reports.summary import datasets_text, files_text  # noqa: PLC0415

        study_spec, derivation = derive_folder(study, sdtm, progress())
        compared = compare_profiles(study_spec, derivation, sensitivity) if sensitivity else None
        files = sensitivity_files(compared) if compared else {}
        write_derivation(study_spec, derivation, output, files)
        parts = [
            datasets_text("ADaM", derivation.datasets.values()),
            findings_summary(derivation.findings),
            results_text(derivation.results),
            headlines_text(derivation.analysis.headlines, derivation.results),
            *([sensitivity_text(compared.readings, compared.changes)] if compared else []),
            files_text(output),
        ]
        typer.echo("\n\n".join(parts))
        severities = severity_counts(derivation.findings)
        raise typer.Exit(exit_code(severities, fail_on.value))
