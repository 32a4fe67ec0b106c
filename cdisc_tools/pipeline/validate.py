"""Datasets against their schemas and the study's specification."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cdisc_tools.io.datasets import dataset_files, read_dataset
from cdisc_tools.io.specification_files import read_specification_file
from cdisc_tools.metadata.dictionaries import check_dictionary
from cdisc_tools.metadata.specification_checks import read_checked_specification
from cdisc_tools.metadata.study_standards import StudyStandards, standards_of
from cdisc_tools.metadata.validate import validate_dataset
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import UnknownDatasetError
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.specification import Specification
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.rule_findings import Ruled, check_rules, ruled, without_same_faults
from cdisc_tools.pipeline.rules import RuleBook

CAP = 100


@dataclass(frozen=True)
class Held:
    """What datasets are to be held to; what isn't given is the newest that ships.

    ``study`` is a study folder, whose standards, terminology and specification hold;
    ``specification`` a folder of specification tables, a specification workbook or a define.xml.
    """

    standard: str = ""
    terminology: str = ""
    study: Path | None = None
    specification: Path | None = None


def validate_datasets(
    datasets: Iterable[Dataset], standards: StudyStandards, *, cap: int = CAP, whole: bool = True
) -> Findings:
    """Check datasets against their schemas, one after the other, and all against the study's
    specification; of each check and variable ``cap`` findings are kept.

    Unless the datasets are the ``whole`` of the study, absent ones are not missed.
    """
    findings, names = Findings(), []
    for dataset in datasets:
        names.append(dataset.name)
        found = validate_dataset(
            dataset.frame, dataset.spec, standards.codelists, labels=dataset.labels, cap=cap
        )
        findings.extend(found)
        findings.extend(
            check_dictionary(dataset.frame, dataset.spec, standards.dictionaries, cap=cap)
        )
    findings.extend(standards.check_datasets(names, whole=whole))
    return findings


def validate_folder(
    path: Path, held: Held, *, cap: int = CAP, progress: Progress = quiet
) -> tuple[dict[str, int], Findings]:
    """Check a dataset file, or every dataset file of a folder, against its schema.

    Returns the records of each dataset, and the findings; a dataset that nothing is known of is
    one (CDT-S020), and the others are checked. Raises ConfigurationError when there
    is no dataset, or something is wrong in what they are held to.
    """
    return validate_files(path, read_held(held), cap=cap, progress=progress)


def validate_files(
    path: Path,
    standards: StudyStandards,
    *,
    book: RuleBook | None = None,
    cap: int = CAP,
    progress: Progress = quiet,
) -> tuple[dict[str, int], Findings]:
    """Check datasets as ``validate_folder`` does, against standards that were read already.

    The datasets are judged by the rules of ``book``, too. A fault that a schema and a rule both
    see is the schema's finding.
    """
    counts: dict[str, int] = {}
    unknown = Findings()
    seen: list[Ruled] = []

    def read() -> Iterator[Dataset]:
        for file in dataset_files(path):
            progress(f"validating {file.stem.upper()}")
            try:
                spec_of = partial(standards.dataset_spec, file.stem)
                dataset = read_dataset(file, spec_of, categories=True)
            except UnknownDatasetError as error:
                unknown.add(Finding("CDT-S020", file.stem.upper(), detail=str(error)))
                continue
            counts[dataset.name] = len(dataset.frame)
            if book is not None:
                seen.append(ruled(dataset, file=file.name, file_size=file.stat().st_size))
            yield dataset

    findings = validate_datasets(read(), standards, cap=cap, whole=path.is_dir())
    findings.extend(unknown)
    if book is not None:
        progress("judging by rules")
        found = check_rules(seen, book, standards, cap=cap, whole=path.is_dir())
        findings.extend(without_same_faults(findings, found, book.rules))
    return counts, findings


def read_held(held: Held) -> StudyStandards:
    """Return what datasets are held to; what is given by name goes before the study's."""
    given = held.specification
    return standards_of(
        held.study,
        standard=held.standard,
        terminology=held.terminology,
        specification=_specification_of(given) if given else None,
    )


def _specification_of(path: Path) -> Specification:
    """Read a specification: a folder of its tables, a workbook, or a define.xml."""
    if not path.is_dir():
        return read_specification_file(path)[0]
    return read_checked_specification(path)
