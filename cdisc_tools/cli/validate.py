"""``cdisc-tools validate``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cdisc_tools.cli.console import exit_code, messages, progress
from cdisc_tools.cli.options import Debug, FailOn, FailOnOption, ReportFormat

if TYPE_CHECKING:
    from cdisc_tools.model.validation import Validation

HELD, LISTED, REPORTED = "What datasets are held to", "Which findings", "Reports"


def validate(
    datasets: Annotated[Path, typer.Argument(help="Dataset file, or folder of dataset files.")],
    study: Annotated[
        Path | None,
        typer.Option(
            help="Study folder: its standards, terminology, specification.", rich_help_panel=HELD
        ),
    ] = None,
    specs: Annotated[
        list[Path] | None,
        typer.Option(
            "--spec",
            "--define",
            help="One specification: define.xml, .xlsx or folder of tables; it goes before that of "
            "--study. Without both a define.xml beside the datasets.",
            rich_help_panel=HELD,
        ),
    ] = None,
    standard: Annotated[
        str,
        typer.Option(
            help="sdtmig-3.4 (if empty), sdtmig-3.3, or adamig-1.3 for any name.",
            rich_help_panel=HELD,
        ),
    ] = "",
    terminology: Annotated[
        str, typer.Option(help="Terminology date; the newest if empty.", rich_help_panel=HELD)
    ] = "",
    rules: Annotated[
        list[Path] | None,
        typer.Option(
            help="Further conformance rules: folder, zip or file; repeatable.",
            rich_help_panel=HELD,
        ),
    ] = None,
    cap: Annotated[
        int,
        typer.Option(min=1, help="Findings listed per check and variable.", rich_help_panel=LISTED),
    ] = 100,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE",
            help="Only these: a rule, the start of rules' ids (CDT-A) or an authority; repeatable.",
            rich_help_panel=LISTED,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE", help="Leave these out, named alike; repeatable.", rich_help_panel=LISTED
        ),
    ] = None,
    severity: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Severities of your own: CSV of id or authority, and severity.",
            rich_help_panel=LISTED,
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="CSV of findings that are accepted.", rich_help_panel=LISTED
        ),
    ] = None,
    update_baseline: Annotated[
        bool,
        typer.Option(
            "--update-baseline",
            help="Write the baseline anew with all findings; explanations stay.",
            rich_help_panel=LISTED,
        ),
    ] = False,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Worker processes.", rich_help_panel=HELD)
    ] = 1,
    fail_on: FailOnOption = FailOn.error,
    format_: Annotated[
        ReportFormat,
        typer.Option("--format", help="Form of the report.", rich_help_panel=REPORTED),
    ] = ReportFormat.text,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File of the report.", rich_help_panel=REPORTED),
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT=FILE",
            help="A further report, such as sarif=findings.sarif; repeatable.",
            rich_help_panel=REPORTED,
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Check datasets (.xpt, .json ...) against the schemas of SDTM or ADaM, or of a study, and
    against conformance rules: the product's own, and those that `rules add` keeps.

    Example: cdisc-tools validate out/abc-101/sdtm --format json > findings.json

    Exits 0 when clean, 1 with findings at or above --fail-on, 2 on wrong usage or configuration,
    3 on a broken rule or an internal error.
    """
    reports = _reports(format_, output, also or [])
    spec = _one(specs or [])
    if update_baseline and baseline is None:
        raise typer.BadParameter("add --baseline FILE", param_hint="--update-baseline")
    with messages(debug=debug):
        if workers > 1:
            from cdisc_tools.pipeline.processes import prepare  # noqa: PLC0415

            prepare()
        from cdisc_tools.pipeline.validate import Held, define_beside  # noqa: PLC0415
        from cdisc_tools.pipeline.validation import run_validation  # noqa: PLC0415
        from cdisc_tools.pipeline.wishes import Wishes  # noqa: PLC0415
        from cdisc_tools.reports.findings import severity_counts  # noqa: PLC0415
        from cdisc_tools.reports.outcomes import rule_counts  # noqa: PLC0415

        if spec is None and study is None:
            spec = define_beside(datasets)
            if spec is not None:
                typer.echo(f"Held to {spec}, which lies beside the datasets", err=True)
        elif spec is not None and study is not None:
            typer.echo(f"What {spec} says goes before the specification of {study}", err=True)
        held = Held(standard, terminology, study, spec)
        wishes = Wishes(
            cap, tuple(rules or ()), tuple(select or ()), tuple(ignore or ()), severity, baseline,
            update_baseline, workers,
        )  # fmt: skip
        validation = run_validation(datasets, held, wishes, progress=progress())
        _report(validation, reports)
        findings = validation.findings
        broken = rule_counts(findings.outcomes)["broken"] > 0
        severities = severity_counts(findings)
        raise typer.Exit(exit_code(severities, fail_on.value, broken=broken))


def _one(specs: list[Path]) -> Path | None:
    """The specification that is given, None without one."""
    if len(specs) > 1:
        named = ", ".join(map(str, specs))
        raise typer.BadParameter(
            f"{len(specs)} are given ({named}); give one", param_hint="--spec, --define"
        )
    return specs[0] if specs else None


def _reports(
    form: ReportFormat, output: Path | None, also: list[str]
) -> list[tuple[ReportFormat, Path | None]]:
    """The reports that are asked for, each with its file; None stands for stdout."""
    if form is ReportFormat.xlsx and output is None:
        raise typer.BadParameter("xlsx needs a file: add --output FILE", param_hint="--format")
    reports: list[tuple[ReportFormat, Path | None]] = [(form, output)]
    for text in also:
        name, _, file = text.partition("=")
        if name not in list(ReportFormat) or not file:
            forms = ", ".join(ReportFormat)
            raise typer.BadParameter(
                f"'{text}' is not FORMAT=FILE; formats: {forms}", param_hint="--also"
            )
        reports.append((ReportFormat(name), Path(file)))
    return reports


def _report(validation: "Validation", reports: list[tuple[ReportFormat, Path | None]]) -> None:
    """Write the reports; totals go to stderr when none of them goes to stdout."""
    from cdisc_tools.pipeline.validation import write_report  # noqa: PLC0415
    from cdisc_tools.reports.findings import totals_line  # noqa: PLC0415
    from cdisc_tools.reports.formats import TEXTS  # noqa: PLC0415

    for form, path in reports:
        if path is None:
            typer.echo(TEXTS[form.value](validation), nl=False)
        else:
            write_report(validation, form.value, path)
    written = [str(path) for _, path in reports if path is not None]
    if all(path is not None for _, path in reports):
        typer.echo(f"{totals_line(validation.findings)}; see {', '.join(written)}", err=True)
