"""The package for submission: the tree m5, its datasets, define.xml, guides, and the pre-check."""

from dataclasses import dataclass, replace
from pathlib import Path

from cdisc_tools.io.documents import docx_bytes
from cdisc_tools.io.writing import write_bytes, write_text
from cdisc_tools.metadata.baseline import read_baseline
from cdisc_tools.metadata.mapping_tables import read_mapping
from cdisc_tools.metadata.specification import ADAM_PART, SDTM_PART
from cdisc_tools.metadata.study import read_study
from cdisc_tools.metadata.study_standards import read_study_standards
from cdisc_tools.metadata.submission import read_limits, study_folder_name
from cdisc_tools.model.baseline import BaselineEntry
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import Study
from cdisc_tools.model.submission import ADAM_FOLDER, DEFINE_FILE, SDTM_FOLDER, PackageCheck
from cdisc_tools.model.validation import Validation
from cdisc_tools.pipeline.guide_facts import GuideFacts
from cdisc_tools.pipeline.guides import GUIDES, guide_document
from cdisc_tools.pipeline.outputs import run_folder
from cdisc_tools.pipeline.package_files import Splits, write_part
from cdisc_tools.pipeline.package_parts import (
    Part,
    lengths_of,
    parts_of_run,
    ready_inputs,
    ready_part,
)
from cdisc_tools.pipeline.precheck import DATASETS, MODULE, check_package
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.run import Run, run_study
from cdisc_tools.pipeline.validate import Held
from cdisc_tools.pipeline.validation import NO_CAP, run_validation
from cdisc_tools.pipeline.wishes import Wishes
from cdisc_tools.reports.precheck import precheck_json

FOLDERS = {SDTM_PART: SDTM_FOLDER, ADAM_PART: ADAM_FOLDER}
PRECHECK_FILE = "precheck.json"


@dataclass(frozen=True)
class PackageSources:
    """What a package is made from beside the study: folders of datasets that lie ready, in the
    place of a run, and the baseline of accepted findings that the guides explain.
    """

    sdtm: Path | None = None
    adam: Path | None = None
    baseline: Path | None = None

    @property
    def are_ready(self) -> bool:
        """True where datasets lie ready."""
        return self.sdtm is not None or self.adam is not None


@dataclass(frozen=True)
class Package:
    """A study, the parts of its package, what they came from, and the accepted findings."""

    study: Study
    parts: tuple[Part, ...]
    entries: tuple[BaselineEntry, ...]
    run: Run | None = None


def package_study(
    folder: Path,
    output: Path,
    sources: PackageSources | None = None,
    *,
    progress: Progress = quiet,
) -> PackageCheck:
    """Write the package of a study and check it as ``precheck`` does; give what that found.

    Without ready ``sources`` the study is run in memory.
    Raises ConfigurationError for a wrong study or wrong sources, values that the transport
    format can't hold, and an ``output`` with files that no earlier run wrote.
    """
    package = gather_package(folder, sources or PackageSources(), progress)
    return write_package(package, output, progress=progress)


def write_package(
    package: Package, output: Path, *, largest: int | None = None, progress: Progress = quiet
) -> PackageCheck:
    """Write a package and check it.

    A dataset of more than ``largest`` bytes (that of ``specs/submission/limits.csv``) is split. The
    folder ``output`` is replaced as a whole: it holds m5, the pre-check and a manifest.
    """
    limits = read_limits()
    if largest is not None:
        limits = replace(limits, dataset_bytes=largest)
    with run_folder(output, package.study, ready_inputs(package.parts)) as made:
        _write(package, made, limits.dataset_bytes, progress)
        check = check_package(made, limits=limits, progress=progress)
        check = replace(check, folder=output.as_posix())
        write_text(made / PRECHECK_FILE, precheck_json(replace(check, folder="")))
    return check


def gather_package(folder: Path, sources: PackageSources, progress: Progress = quiet) -> Package:
    """Gather what goes into the package of a study."""
    study = read_study(folder)
    entries = tuple(read_baseline(sources.baseline)) if sources.baseline else ()
    if not sources.are_ready:
        run = run_study(folder, progress)
        return Package(study, tuple(parts_of_run(run, folder)), entries, run)
    standards = read_study_standards(study)
    given = {SDTM_PART: sources.sdtm, ADAM_PART: sources.adam}
    parts = []
    for standard, datasets in given.items():
        if datasets is not None:
            progress(f"reading {datasets}")
            parts.append(ready_part(datasets, standard, folder, standards))
    return Package(study, tuple(parts), entries)


def _write(package: Package, made: Path, largest: int, progress: Progress) -> None:
    """Write the tree: first all datasets, then the guides, which tell of both parts."""
    study = package.study
    name = study_folder_name(study.study_id)
    if not name:
        raise ConfigurationError(
            f"study.id {study.study_id!r} has neither letters nor digits for the study's folder"
        )
    tree = made / MODULE / DATASETS / name
    splits: dict[str, Splits] = {}
    lengths = lengths_of(package.parts)
    for part in package.parts:
        progress(f"writing {FOLDERS[part.standard]}")
        folder = tree / FOLDERS[part.standard]
        splits[part.standard] = write_part(part, folder, study.timestamp, lengths, largest)
    for part in package.parts:
        progress(f"validating {FOLDERS[part.standard]}")
        folder = tree / FOLDERS[part.standard]
        facts = _guide_facts(package, part, splits[part.standard], _validate(package, folder))
        document = guide_document(facts)
        path = folder / f"{GUIDES[part.standard]}.docx"
        write_bytes(path, docx_bytes(document, study.timestamp))


def _validate(package: Package, folder: Path) -> Validation:
    """Check the datasets of a folder as they were written, held to the define.xml beside them, and
    keep all findings.
    """
    held = Held(study=package.study.folder, specification=folder / DEFINE_FILE)
    return run_validation(folder, held, Wishes(cap=NO_CAP))


def _guide_facts(
    package: Package, part: Part, splits: Splits, validation: Validation
) -> GuideFacts:
    """Gather what the guide of a part is written from."""
    run = package.run
    lines = read_mapping(package.study.folder, package.study.datasets).lines if run else ()
    return GuideFacts(
        package.study,
        part,
        {one.standard: one for one in package.parts},
        splits,
        validation,
        package.entries,
        lines,
        run,
        run.derivation.analysis if run and run.derivation else None,
    )
