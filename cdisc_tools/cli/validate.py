"""``cdisc-tools validate``."""

from pathlib import Path
from typing import Annotated

import typer

from cdisc_tools.cli.console import exit_code, messages, progress
from cdisc_tools.cli.options import Debug, FailOn, FailOnOption, Format


def validate(
    datasets: Annotated[Path, typer.Argument(help="Dataset file, or folder of dataset files.")],
    study: Annotated[
        Path | None, typer.Option(help="Study folder: its standards, terminology, specification.")
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(help="Specification: folder of tables, .xlsx or define.xml.")
    ] = None,
    standard: Annotated[
        str, typer.Option(help="sdtmig-3.4 (if empty), sdtmig-3.3, or adamig-1.3 for any name.")
    ] = "",
    terminology: Annotated[str, typer.Option(help="Terminology date; the newest if empty.")] = "",
    cap: Annotated[int, typer.Option(min=1, help="Findings kept per check and variable.")] = 100,
    format_: Annotated[Format, typer.Option("--format", help="Form of the output.")] = Format.text,
    fail_on: FailOnOption = FailOn.error,
    debug: Debug = False,
) -> None:
    """Check datasets (.xpt, .parquet) against the schemas of SDTM or ADaM, or of a study.

    Example: cdisc-tools validate out/abc-101/sdtm --format json > findings.json

    Exits 0 when clean, 1 with findings at or above --fail-on, 2 on wrong usage or configuration,
    3 on an internal error.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.validate import Held, validate_folder  # noqa: PLC0415
        from cdisc_tools.reports.findings import (  # noqa: PLC0415
            findings_csv,
            findings_json,
            findings_summary,
            severity_counts,
        )

        held = Held(standard, terminology, study, spec)
        counts, findings = validate_folder(datasets, held, cap=cap, progress=progress())
        if format_ is Format.text:
            read = ", ".join(f"{name} {count}" for name, count in counts.items())
            typer.echo(f"Validated {len(counts)} datasets (records): {read}\n")
        writers = {
            Format.text: lambda: findings_summary(findings, examples=3),
            Format.json: lambda: findings_json(findings),
            Format.csv: lambda: findings_csv(findings),
        }
        typer.echo(writers[format_](), nl=format_ is Format.text)
        raise typer.Exit(exit_code(severity_counts(findings), fail_on.value))
