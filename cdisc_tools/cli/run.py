"""``cdisc-tools run``."""

import gc
from pathlib import Path

import typer

from cdisc_tools.cli.console import exit_code, messages, progress
from cdisc_tools.cli.options import Debug, FailOn, FailOnOption, Output, StudyFolder


def run(
    study: StudyFolder,
    output: Output = Path("output"),
    fail_on: FailOnOption = FailOn.error,
    debug: Debug = False,
) -> None:
    """Convert, derive and validate a study: raw forms in, SDTM, ADaM, findings, results out.

    Example: cdisc-tools run studies/abc-101 --output out/abc-101

    Exits 0 when clean, 1 with findings at or above --fail-on, 2 on wrong usage or configuration,
    3 on an internal error.
    """
    with messages(debug=debug):
        severities = run_and_print(study, output)
        raise typer.Exit(exit_code(severities, fail_on.value))


def run_and_print(study: Path, output: Path, *, analyse: bool = True) -> dict[str, int]:
    """Run a study, write its files, print what happened; give the findings by severity."""
    # pandas and pandera take most of a second to import; --help must not
    from cdisc_tools.pipeline.run import run_study, write_run  # noqa: PLC0415
    from cdisc_tools.reports.findings import findings_summary, severity_counts  # noqa: PLC0415
    from cdisc_tools.reports.results import ae_table_text, headlines_text, results_text  # noqa: PLC0415
    from cdisc_tools.reports.summary import (  # noqa: PLC0415
        datasets_text,
        files_text,
        sources_text,
        unmapped_text,
    )

    # what was imported lives as long as the run: the collector need not look at it again
    gc.freeze()
    done = run_study(study, progress(), analyse=analyse)
    write_run(done, output, progress())
    conversion, derivation = done.conversion, done.derivation
    parts = [
        f"{conversion.study.study_id}: {conversion.study.title}",
        sources_text(conversion.tables),
        datasets_text("SDTM", conversion.datasets.values()),
    ]
    if derivation is not None:
        parts.append(datasets_text("ADaM", derivation.datasets.values()))
    elif analyse:
        parts.append("ADaM was skipped: the study has no folder analysis/")
    parts += [unmapped_text(conversion.unmapped), findings_summary(done.findings)]
    if derivation is not None:
        parts += [
            ae_table_text(derivation.ae_table),
            results_text(derivation.results),
            headlines_text(derivation.analysis.headlines, derivation.results),
        ]
    parts.append(files_text(output))
    typer.echo("\n\n".join(parts))
    return severity_counts(done.findings)
