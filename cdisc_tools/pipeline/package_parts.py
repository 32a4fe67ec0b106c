"""What goes into a package: the datasets of each standard and their specification, as a run made
them or as they lie ready in a folder.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from cdisc_tools.io.datasets import dataset_files, read_dataset
from cdisc_tools.io.define_files import files_beside
from cdisc_tools.io.large_datasets import LargeDataset, open_large
from cdisc_tools.io.specification_files import read_specification_file
from cdisc_tools.io.xpt import longer_of, study_lengths
from cdisc_tools.io.xpt_limits import UTF_8
from cdisc_tools.io.xpt_reading import member_stream
from cdisc_tools.io.xpt_writing import longest_values
from cdisc_tools.metadata.define_completion import complete_for_define
from cdisc_tools.metadata.specification import (
    ADAM_PART,
    SDTM_PART,
    has_specification,
    part_of,
    read_specification,
)
from cdisc_tools.metadata.study_standards import StudyStandards
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification
from cdisc_tools.model.specs import DatasetSpec, VariableSpec
from cdisc_tools.model.submission import DEFINE_FILE
from cdisc_tools.pipeline.run import Run
from cdisc_tools.pipeline.specification import study_facts, tables_folder
from cdisc_tools.pipeline.specification_building import build_specification

TRANSPORT = ".xpt"
_SUPPLEMENTAL = "SUPP"
NO_FILES: Mapping[str, Path] = {}


@dataclass(frozen=True)
class ReadyDataset:
    """A dataset of a transport file that lies ready: none of its records is kept in memory."""

    spec: DatasetSpec
    large: LargeDataset

    @property
    def name(self) -> str:
        """The dataset's name, in upper case."""
        return self.spec.name

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its variables."""
        return tuple(item.name for item in self.large.about.variables)

    @property
    def records(self) -> int:
        """How many records there are."""
        return self.large.records

    @property
    def frame(self) -> pd.DataFrame:
        """All records, read anew each time."""
        return pd.DataFrame({name: self.large.variable(name) for name in self.variables})

    def longest(self) -> dict[str, int]:
        """The longest value of each text in bytes, and no less than its length by the study's
        specification; nothing for supplemental qualifiers.
        """
        if self.name.startswith(_SUPPLEMENTAL):
            return {}
        names = [item.name for item in self.large.about.variables if not item.is_numeric]
        found = longest_values([member_stream(self.large.member, UTF_8)], names, UTF_8)
        for variable in self.spec.variables:
            if variable.name in found and variable.data_type and variable.length:
                found[variable.name] = max(found[variable.name], variable.length)
        return found


PartDataset = Dataset | ReadyDataset


@dataclass(frozen=True)
class Part:
    """The datasets of one standard, sdtm or adam, and their specification.

    ``files`` are transport files that are taken as they are, by dataset; ``define`` is a
    define.xml that is taken as it is, ``beside`` are the stylesheets and documents that it names,
    by their paths from its folder on. None is there for datasets that were made here.
    """

    standard: str
    datasets: tuple[PartDataset, ...]
    specification: Specification
    files: Mapping[str, Path] = field(default_factory=lambda: NO_FILES)
    define: Path | None = None
    beside: Mapping[str, Path] = field(default_factory=lambda: NO_FILES)


def parts_of_run(run: Run, study: Path) -> list[Part]:
    """Give the parts that a run made; ADaM only for a study with an analysis."""
    parts = [_part_of_run(run, study, SDTM_PART)]
    return [*parts, _part_of_run(run, study, ADAM_PART)] if run.derivation else parts


def _part_of_run(run: Run, study: Path, standard: str) -> Part:
    derivation = run.derivation
    made = derivation.datasets if derivation and standard == ADAM_PART else run.conversion.datasets
    return Part(standard, tuple(made.values()), _specification(run, study, standard))


def _specification(run: Run, study: Path, standard: str) -> Specification:
    """The study's own specification of a standard, or else one built from what was made."""
    own = _own_specification(study, standard)
    if own is not None:
        return own
    built = build_specification(study_facts(run, study, standard), layout="2.1")
    return complete_for_define(built)


def _own_specification(study: Path, standard: str) -> Specification | None:
    tables = tables_folder(study, standard)
    if not has_specification(tables):
        return None
    found = read_specification(tables)
    return found if part_of(found) == standard else None


def ready_part(folder: Path, standard: str, study: Path, standards: StudyStandards) -> Part:
    """Give the datasets of a folder as the part of a standard, with the define.xml beside them, or
    else the study's specification.

    Raises ConfigurationError for a folder without datasets, datasets that can't be read, or where
    there is neither a define.xml nor a specification.
    """
    define = folder / DEFINE_FILE
    beside = NO_FILES
    if define.is_file():
        specification = read_specification_file(define)[0]
        beside = files_beside(define)
    else:
        own = _own_specification(study, standard)
        if own is None:
            raise ConfigurationError(
                f"{folder} has no {DEFINE_FILE}, and {study} no specification of {standard}: put "
                f"the {DEFINE_FILE} beside the datasets, or import the specification (spec import)"
            )
        specification = own
    files = dataset_files(folder)
    datasets = tuple(_ready(file, standards) for file in files)
    taken = {file.stem.upper(): file for file in files if file.suffix.lower() == TRANSPORT}
    given = define if define.is_file() else None
    return Part(standard, datasets, specification, taken, given, beside)


def _ready(file: Path, standards: StudyStandards) -> PartDataset:
    """Read a dataset, of a transport file its head; what the file says of labels and formats goes
    before its spec.
    """
    spec_of = partial(standards.dataset_spec, file.stem)
    if file.suffix.lower() == TRANSPORT:
        large = open_large(file, spec_of)
        spec = _spec(large.spec, large.about.labels, large.about.formats)
        return ReadyDataset(spec, large)
    dataset = read_dataset(file, spec_of, categories=True)
    labels = dict.fromkeys(dataset.variables, "") | dict(dataset.labels or {})
    return replace(dataset, spec=_spec(dataset.spec, labels, dataset.formats))


def _spec(spec: DatasetSpec, labels: Mapping[str, str], formats: Mapping[str, str]) -> DatasetSpec:
    """A spec with the variables, labels and formats of a file; ``labels`` has all variables and,
    under "", the dataset.
    """
    variables = tuple(
        _variable(spec, name, label, formats) for name, label in labels.items() if name
    )
    return replace(spec, label=labels.get("", "") or spec.label, variables=variables)


def _variable(spec: DatasetSpec, name: str, label: str, formats: Mapping[str, str]) -> VariableSpec:
    known = spec.by_name.get(name) or VariableSpec(name, label, "Char", "")
    return replace(known, label=label or known.label, format=formats.get(name, known.format))


def lengths_of(parts: Iterable[Part]) -> dict[str, int]:
    """The lengths of the texts of the datasets that are to be written, over the whole study;
    nothing where all lie ready.
    """
    datasets = [dataset for part in parts for dataset in part.datasets]
    made = [dataset for dataset in datasets if isinstance(dataset, Dataset)]
    lengths = study_lengths(made)
    for dataset in datasets:
        if made and isinstance(dataset, ReadyDataset):
            lengths = longer_of(lengths, dataset.longest())
    return lengths


def ready_inputs(parts: Iterable[Part]) -> dict[str, Path]:
    """The files that parts are taken from, by the names that a manifest tells them under."""
    found: dict[str, Path] = {}
    for part in parts:
        files = [*part.files.values(), *([part.define] if part.define else [])]
        found |= {f"{part.standard}/{file.name}": file for file in files}
        found |= {f"{part.standard}/{name}": file for name, file in part.beside.items()}
    return found
