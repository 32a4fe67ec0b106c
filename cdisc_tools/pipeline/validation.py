"""``validate`` as a whole: what is looked at, how severe it is, what is accepted, the reports."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cdisc_tools.io.datasets import dataset_files
from cdisc_tools.io.writing import write_bytes
from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.metadata.selection import Selection, select_findings, verify_selection
from cdisc_tools.metadata.severities import read_severities, weigh_findings
from cdisc_tools.metadata.study_standards import StudyStandards
from cdisc_tools.model.findings import Check
from cdisc_tools.model.validation import DatasetRead, Validation
from cdisc_tools.pipeline.accepting import accept_findings, entries_of
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.rule_findings import rule_check
from cdisc_tools.pipeline.rules import RuleBook, read_rules
from cdisc_tools.pipeline.shares import check_in_processes
from cdisc_tools.pipeline.validate import Held, all_findings, check_files, read_held
from cdisc_tools.pipeline.wishes import Wishes
from cdisc_tools.reports.formats import TEXTS, WORKBOOK
from cdisc_tools.reports.workbook import validation_sheets

# a finding past a cap would be neither accepted nor new
NO_CAP = sys.maxsize


def run_validation(
    path: Path, held: Held, wishes: Wishes, *, progress: Progress = quiet
) -> Validation:
    """Validate a dataset file, or every dataset file of a folder.

    The findings are sorted, so that the same datasets give the same reports. With a baseline all
    findings are compared, also those past the cap, and the ones that it accepts are left out.
    Raises ConfigurationError for what ``validate_folder`` does, for words that choose nothing,
    and for a wrong table of severities or baseline.
    """
    book = read_rules(wishes.rules)
    rules = {name: rule_check(rule) for name, rule in book.rules.items()}
    checks = {**read_checks(), **rules}
    verify_selection(wishes.selection, checks)
    severities = read_severities(wishes.severity, checks)
    file = wishes.baseline
    entries = None if file is None else entries_of(file, update=wishes.update_baseline)
    standards = read_held(held)
    chosen = _chosen(book, rules, wishes.selection)
    cap = wishes.cap if entries is None else NO_CAP
    if wishes.workers > 1:
        checked = check_in_processes(path, held, chosen, cap=cap, workers=wishes.workers)
    else:
        checked = check_files(path, standards, book=chosen, cap=cap, progress=progress)
    counts = checked.counts
    # first, so that what is ignored hides no rule that sees the same
    schemas = select_findings(checked.schemas, wishes.selection)
    checked = replace(checked, schemas=schemas)
    found = all_findings(checked, standards, chosen, whole=path.is_dir())
    found.checks = {**rules, **found.checks}
    findings, use = select_findings(found.in_order(), wishes.selection), None
    if file is not None and entries is not None:
        read = None if path.is_dir() else counts
        findings, use = accept_findings(findings, file, entries, wishes, read)
    return Validation(
        datasets=_read(path, counts),
        findings=weigh_findings(findings, severities).in_order().capped(wishes.cap),
        standards=_named(standards),
        baseline=use,
    )


def _chosen(book: RuleBook, checks: Mapping[str, Check], selection: Selection) -> RuleBook:
    """The rules that are selected."""
    rules = {name: rule for name, rule in book.rules.items() if selection.takes(checks[name])}
    return replace(book, rules=rules)


def write_report(validation: Validation, form: str, path: Path) -> None:
    """Write a report to a file, whole or not at all."""
    if form == WORKBOOK:
        from cdisc_tools.io.workbooks import workbook_bytes  # noqa: PLC0415

        write_bytes(path, workbook_bytes(validation_sheets(validation)))
    else:
        write_bytes(path, TEXTS[form](validation).encode("utf-8"))


def _read(path: Path, counts: Mapping[str, int]) -> tuple[DatasetRead, ...]:
    """The datasets read, each with its file as the user named it."""
    files = {file.stem.upper(): file.as_posix() for file in dataset_files(path)}
    return tuple(
        DatasetRead(name, files.get(name, ""), count) for name, count in sorted(counts.items())
    )


def _named(standards: StudyStandards) -> tuple[tuple[str, str], ...]:
    return (
        ("SDTM", standards.sdtm),
        ("ADaM", standards.adam),
        ("Terminology", str(standards.codelists.version)),
    )
