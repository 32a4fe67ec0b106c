"""``validate`` as a whole: what is looked at, how severe it is, what is accepted, the reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cdisc_tools.io.datasets import dataset_files
from cdisc_tools.io.workbooks import workbook_bytes
from cdisc_tools.io.writing import write_bytes
from cdisc_tools.metadata.study_standards import StudyStandards
from cdisc_tools.model.validation import DatasetRead, Validation
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.rules import read_rules
from cdisc_tools.pipeline.validate import CAP, Held, read_held, validate_files
from cdisc_tools.reports.formats import TEXTS, WORKBOOK
from cdisc_tools.reports.workbook import validation_sheets


@dataclass(frozen=True)
class Wishes:
    """What a user wants of the findings.

    ``cap`` are listed per check and variables; ``rules`` are paths of further rules beside the
    product's own and the added ones.
    """

    cap: int = CAP
    rules: tuple[Path, ...] = ()


def run_validation(
    path: Path, held: Held, wishes: Wishes, *, progress: Progress = quiet
) -> Validation:
    """Validate a dataset file, or every dataset file of a folder.

    The findings are sorted, so that the same datasets give the same reports.
    Raises ConfigurationError for what ``validate_folder`` does.
    """
    standards = read_held(held)
    book = read_rules(wishes.rules)
    counts, findings = validate_files(path, standards, book=book, cap=wishes.cap, progress=progress)
    return Validation(
        datasets=_read(path, counts),
        findings=findings.in_order().capped(wishes.cap),
        standards=_named(standards),
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
