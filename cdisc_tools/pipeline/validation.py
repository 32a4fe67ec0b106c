"""``validate`` as a whole: what is looked at, how severe it is, what is accepted, the reports."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cdisc_tools.io.datasets import dataset_files
from cdisc_tools.io.workbooks import workbook_bytes
from cdisc_tools.io.writing import write_bytes
from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.metadata.selection import Selection, select_findings, verify_selection
from cdisc_tools.metadata.severities import read_severities, weigh_findings
from cdisc_tools.metadata.study_standards import StudyStandards
from cdisc_tools.model.validation import DatasetRead, Validation
from cdisc_tools.pipeline.accepting import (
    accept_findings,
    entries_of,
    looked_at_by,
    update_baseline,
)
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.validate import CAP, Held, read_held, validate_files
from cdisc_tools.reports.formats import TEXTS, WORKBOOK
from cdisc_tools.reports.workbook import validation_sheets

# a finding past a cap would be neither accepted nor new
NO_CAP = sys.maxsize


@dataclass(frozen=True)
class Wishes:
    """What a user wants of the findings.

    ``cap`` are listed per check and variables; ``select`` and ``ignore`` are the words of a
    ``Selection``; ``severity`` is a table of severities; ``baseline`` the file of accepted
    findings, which ``update_baseline`` writes anew.
    """

    cap: int = CAP
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Path | None = None
    baseline: Path | None = None
    update_baseline: bool = False


def run_validation(
    path: Path, held: Held, wishes: Wishes, *, progress: Progress = quiet
) -> Validation:
    """Validate a dataset file, or every dataset file of a folder.

    The findings are sorted, so that the same datasets give the same reports. With a baseline all
    findings are compared, also those past the cap, and the ones that it accepts are left out.
    Raises ConfigurationError for what ``validate_folder`` does, for words that choose nothing,
    and for a wrong table of severities or baseline.
    """
    checks = read_checks()
    selection = Selection(wishes.select, wishes.ignore)
    verify_selection(selection, checks)
    severities = read_severities(wishes.severity, checks)
    file, update = wishes.baseline, wishes.update_baseline
    entries = None if file is None else entries_of(file, update=update)
    standards = read_held(held)
    cap = wishes.cap if file is None else NO_CAP
    counts, found = validate_files(path, standards, cap=cap, progress=progress)
    findings, use = select_findings(found.in_order(), selection), None
    if file is not None and entries is not None:
        looked_at = looked_at_by(findings, selection, None if path.is_dir() else counts)
        if update:
            entries = update_baseline(findings, file, entries, looked_at)
        new, use = accept_findings(findings, file, entries, looked_at)
        # stale entries are told whatever was selected, unless they are ignored
        findings = select_findings(new, Selection(ignore=wishes.ignore))
    return Validation(
        datasets=_read(path, counts),
        findings=weigh_findings(findings, severities).in_order().capped(wishes.cap),
        standards=_named(standards),
        baseline=use,
    )


def write_report(validation: Validation, form: str, path: Path) -> None:
    """Write a report to a file, whole or not at all."""
    if form == WORKBOOK:
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
