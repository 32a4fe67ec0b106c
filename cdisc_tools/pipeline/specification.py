"""Specifications in and out: a workbook or define.xml into a study, a study into a workbook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cdisc_tools.io.specification_files import read_specification_file
from cdisc_tools.io.specification_tables import write_specification_tables
from cdisc_tools.io.specification_workbook import write_specification_workbook
from cdisc_tools.metadata.mapping_tables import read_mapping
from cdisc_tools.metadata.origins import MappedOrigins
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.specification import (
    ADAM_PART,
    LAYOUTS,
    SDTM_PART,
    SPEC_FOLDER,
    has_specification,
    part_of,
    read_specification,
)
from cdisc_tools.metadata.study import STUDY_FILE, read_study
from cdisc_tools.model.analysis import Analysis
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.run import Run, run_study
from cdisc_tools.pipeline.specification_building import (
    Key,
    StudyFacts,
    build_specification,
)

WORKBOOK_SUFFIX = ".xlsx"
# the moment of a workbook made from a folder that is no study
NO_MOMENT = datetime(1980, 1, 1)


@dataclass(frozen=True)
class ImportedSpecification:
    """A specification as it was imported, the folder of its tables, and what was remarked."""

    specification: Specification
    folder: Path
    remarks: tuple[str, ...]


def import_specification(
    file: Path, folder: Path, *, replace: bool = False, progress: Progress = quiet
) -> ImportedSpecification:
    """Import a Pinnacle 21 workbook or a define.xml as the specification of a study.

    ``folder`` is a study folder, whose ``spec/sdtm`` or ``spec/adam`` takes the tables, or any
    other folder, which takes them itself. ``replace`` lets them take the place of an earlier
    specification.

    Raises ConfigurationError with every fault, each with its place, for a specification that is
    refused; nothing is written then.
    """
    progress(f"reading {file.name}")
    source, remarks = read_specification_file(file)
    is_study = (folder / STUDY_FILE).is_file()
    target = folder / SPEC_FOLDER / part_of(source) if is_study else folder
    if is_study and has_specification(folder / SPEC_FOLDER):
        raise ConfigurationError(
            f"{folder / SPEC_FOLDER} itself holds tables of a specification; move them to "
            f"{target}, or delete them, before another is laid beside them"
        )
    progress(f"writing {target}")
    write_specification_tables(source, target, replace=replace)
    return ImportedSpecification(source, target, remarks)


@dataclass(frozen=True)
class ExportedSpecification:
    """A specification as it was exported; ``built`` where no tables of it were there.

    ``remarks`` name the terms that one built adds to the terminology's codelists.
    """

    specification: Specification
    built: bool
    remarks: tuple[str, ...] = ()


def export_specification(
    folder: Path, output: Path, *, layout: str = "2.1", standard: str = SDTM_PART,
    progress: Progress = quiet,
) -> ExportedSpecification:  # fmt: skip
    """Export the specification of a study as a Pinnacle 21 workbook.

    The tables of ``standard`` (sdtm or adam) in the study's folder ``spec`` are written as they
    are; without them, the study is run and its specification built from what it made.
    Raises ConfigurationError for a folder that is neither a study nor holds tables, and for a
    layout, standard or file name that isn't known.
    """
    if layout not in LAYOUTS:
        raise ConfigurationError(f"There is no layout {layout!r}; choose one of {LAYOUTS}")
    if output.suffix.lower() != WORKBOOK_SUFFIX:
        raise ConfigurationError(f"{output.name}: name the workbook {output.stem}{WORKBOOK_SUFFIX}")
    is_study = (folder / STUDY_FILE).is_file()
    timestamp = read_study(folder).timestamp if is_study else NO_MOMENT
    tables = tables_folder(folder, standard) if is_study else folder
    built = is_study and not has_specification(tables)
    if built:
        spec = build_study_specification(folder, standard, layout=layout, progress=progress)
    else:
        spec = read_specification(tables)
    progress(f"writing {output}")
    write_specification_workbook(spec, output, layout=layout, timestamp=timestamp)
    return ExportedSpecification(spec, built, tuple(_added_terms(spec)) if built else ())


def _added_terms(spec: Specification) -> Iterator[str]:
    """Say which terms each codelist of the terminology was extended by."""
    added: dict[str, list[str]] = {}
    for record in spec.table("codelists"):
        if record["nci_codelist_code"] and not record["nci_term_code"]:
            name = f"{record['id']} ({record['nci_codelist_code']})"
            added.setdefault(name, []).append(record["term"])
    for name, terms in added.items():
        yield (
            f"codelist {name}: not in the terminology, so the study's own: {', '.join(terms)}; "
            "map them to terms, or document them"
        )


def tables_folder(study: Path, standard: str) -> Path:
    """The folder of a study that holds its specification, of one standard or of both."""
    both = study / SPEC_FOLDER
    own = both / standard
    return both if has_specification(both) and not has_specification(own) else own


def build_study_specification(
    folder: Path, standard: str, *, layout: str = "2.1", progress: Progress = quiet
) -> Specification:
    """Run a study in memory and build the specification of its SDTM or ADaM datasets.

    Raises ConfigurationError for an unknown standard, or a study without analysis datasets.
    """
    if standard not in (SDTM_PART, ADAM_PART):
        raise ConfigurationError(
            f"There is no standard {standard!r}; choose {SDTM_PART} or {ADAM_PART}"
        )
    run = run_study(folder, progress, analyse=standard == ADAM_PART)
    return build_specification(study_facts(run, folder, standard), layout=layout)


def study_facts(run: Run, folder: Path, standard: str) -> StudyFacts:
    """Gather what the specification of a run's SDTM or ADaM datasets is built from."""
    study, sdtm = run.conversion.study, run.conversion.datasets
    codelists = run.conversion.standards.codelists
    meddra = run.conversion.standards.dictionaries.meddra
    versions = {"MedDRA": meddra.version} if meddra else {}
    if standard == SDTM_PART:
        mapped = MappedOrigins(read_mapping(folder, study.datasets).lines, frozenset(sdtm))
        return StudyFacts(
            study, study.sdtm, tuple(sdtm.values()), codelists, mapped, versions=versions
        )
    if run.derivation is None:
        raise ConfigurationError(
            f"{folder} has no folder `analysis`: there are no ADaM datasets to specify"
        )
    adam = run.derivation.datasets
    return StudyFacts(
        study,
        study.adam,
        tuple(adam.values()),
        codelists,
        sources=_sources(study.adam),
        variables={
            name: frozenset(map(str, dataset.frame.columns))
            for name, dataset in {**sdtm, **adam}.items()
        },
        methods=_rationales(run.derivation.analysis),
        versions=versions,
        analysis=run.derivation.analysis,
    )


def _rationales(analysis: Analysis) -> dict[str, str]:
    """The reasons that the study gives for its population flags and endpoints."""
    endpoints = {each.paramcd: each.rationale for each in analysis.endpoints}
    return endpoints | {each.flag: each.rationale for each in analysis.subjects.populations}


def _sources(standard: str) -> Mapping[Key, str]:
    """The source that a standard's table names for each variable of the analysis datasets."""
    path = specs_path() / "standards" / standard / "analysis_datasets.csv"
    if not path.is_file():
        return {}
    lines = read_table(path, ("dataset", "variable", "source"))
    return {(line["dataset"], line["variable"]): line["source"] for line in lines}
