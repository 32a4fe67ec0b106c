"""Datasets against their schemas and the study's specification."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from cdisc_tools.io.datasets import dataset_files
from cdisc_tools.io.large_datasets import LargeDataset
from cdisc_tools.io.specification_files import read_specification_file
from cdisc_tools.metadata.dictionaries import check_dictionary
from cdisc_tools.metadata.schemas import key_variables
from cdisc_tools.metadata.specification_checks import read_checked_specification
from cdisc_tools.metadata.specified_data import check_specified_data
from cdisc_tools.metadata.study_standards import StudyStandards, standards_of
from cdisc_tools.metadata.validate import PartFindings, validate_dataset, validate_keys
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import UnknownDatasetError
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.specification import Specification
from cdisc_tools.model.submission import DEFINE_FILE
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.reading import ReadFile, read_file
from cdisc_tools.pipeline.rule_findings import (
    Ruled,
    check_rules,
    without_same_faults,
)
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
        findings.extend(check_schema(dataset, standards, cap=cap))
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
    checked = check_files(path, standards, book=book, cap=cap, progress=progress)
    return checked.counts, all_findings(checked, standards, book, whole=path.is_dir())


@dataclass(frozen=True)
class Checked:
    """The records of each dataset, and what schemas and rules found in them."""

    counts: dict[str, int]
    schemas: Findings
    rules: Findings


def check_files(
    path: Path,
    standards: StudyStandards,
    *,
    book: RuleBook | None = None,
    cap: int = CAP,
    only: Container[str] | None = None,
    progress: Progress = quiet,
) -> Checked:
    """Check the files of datasets against their schemas, and judge all of them by rules.

    ``only`` are the names of the files whose schemas are checked, None for all.
    """
    counts: dict[str, int] = {}
    schemas = Findings()
    seen: list[Ruled] = []
    for file in dataset_files(path):
        progress(f"validating {file.stem.upper()}")
        wanted = only is None or file.name in only
        spec_of = partial(standards.dataset_spec, file.stem)
        try:
            read = read_file(file, spec_of)
        except UnknownDatasetError as error:
            if wanted:
                schemas.add(Finding("CDT-S020", file.stem.upper(), detail=str(error)))
            continue
        counts[read.name] = read.records
        if wanted:
            schemas.extend(_check_file(read, standards, cap=cap))
        if book is not None:
            seen.append(read.ruled)
    if book is None:
        return Checked(counts, schemas, Findings())
    progress("judging by rules")
    found = check_rules(
        seen, book, standards, cap=cap, whole=path.is_dir(),
        files=_files_beside(path, standards) if path.is_dir() else None,
    )  # fmt: skip
    return Checked(counts, schemas, found)


def _check_file(read: ReadFile, standards: StudyStandards, *, cap: int) -> Findings:
    """Check the dataset of a file against its schema."""
    if isinstance(read.dataset, LargeDataset):
        return check_large(read.dataset, standards, cap=cap)
    return check_schema(read.dataset, standards, cap=cap)


def all_findings(
    checked: Checked, standards: StudyStandards, book: RuleBook | None, *, whole: bool
) -> Findings:
    """Join what schemas and rules found, a fault that both see once, and what the specification
    says of the datasets as a whole.
    """
    findings = checked.schemas
    findings.extend(standards.check_datasets(checked.counts, whole=whole))
    if book is not None:
        findings.extend(without_same_faults(findings, checked.rules, book.rules))
    return findings


def check_schema(dataset: Dataset, standards: StudyStandards, *, cap: int) -> Findings:
    """Check a dataset against its schema, the study's specification and dictionaries."""
    findings = validate_dataset(
        dataset.frame, dataset.spec, standards.codelists, labels=dataset.labels, cap=cap
    )
    findings.extend(check_dictionary(dataset.frame, dataset.spec, standards.dictionaries, cap=cap))
    findings.extend(check_specified_data(dataset))
    return findings


def check_large(dataset: LargeDataset, standards: StudyStandards, *, cap: int) -> Findings:
    """Check a dataset as ``check_schema`` does, part by part; then what is asked of all
    records: keys, and their order.
    """
    spec, parts = dataset.spec, PartFindings(cap)
    for frame in dataset.parts():
        labels = None if parts.records else dataset.about.labels
        found = validate_dataset(
            frame, spec, standards.codelists, labels=labels, cap=cap, with_keys=False
        )
        found.extend(check_dictionary(frame, spec, standards.dictionaries, cap=cap))
        parts.add(found, len(frame))
    names = [name for name in key_variables(spec) if name in dataset.about.by_name]
    findings = parts.in_order()
    keys = pd.DataFrame({name: dataset.variable(name) for name in names})
    findings.extend(validate_keys(keys, spec, cap=cap))
    findings.extend(check_specified_data(Dataset(spec, keys, formats=dataset.about.formats)))
    return findings


def _files_beside(folder: Path, standards: StudyStandards) -> frozenset[str]:
    """Name the files of a folder of datasets, as the file system writes them.

    A define.xml that is given stands for one beside the datasets.
    """
    given = {DEFINE_FILE} if standards.define is not None else set()
    return frozenset(file.name for file in folder.iterdir() if file.is_file()) | given


def define_beside(path: Path) -> Path | None:
    """The define.xml that lies beside datasets, None without one."""
    file = (path if path.is_dir() else path.parent) / DEFINE_FILE
    return file if file.is_file() else None


def read_held(held: Held) -> StudyStandards:
    """Return what datasets are held to; what is given by name goes before the study's."""
    given = held.specification
    specification = _specification_of(given) if given else None
    standards = standards_of(
        held.study,
        standard=held.standard,
        terminology=held.terminology,
        specification=specification,
    )
    # a workbook is no define.xml, whatever it will become
    is_define = given is not None and given.suffix.lower() == ".xml"
    return replace(standards, define=specification) if is_define else standards


def _specification_of(path: Path) -> Specification:
    """Read a specification: a folder of its tables, a workbook, or a define.xml."""
    if not path.is_dir():
        return read_specification_file(path)[0]
    return read_checked_specification(path)
