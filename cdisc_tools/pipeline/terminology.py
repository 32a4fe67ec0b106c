"""Terminology: importing releases, finding terms, comparing versions."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as calendar_date
from functools import partial
from pathlib import Path

from cdisc_tools.io.datasets import dataset_files, read_dataset
from cdisc_tools.io.terminology import read_release_file
from cdisc_tools.io.terminology_writing import write_release
from cdisc_tools.metadata.study_standards import StudyStandards
from cdisc_tools.metadata.terminology import CT, Terminology, read_terminology
from cdisc_tools.metadata.terminology_checks import (
    check_entries,
    date_in,
    package_in,
    problems_error,
)
from cdisc_tools.metadata.terminology_diff import compare_versions, with_hits
from cdisc_tools.metadata.terminology_search import search_terms
from cdisc_tools.metadata.terminology_store import (
    CODELISTS,
    SOURCE,
    Layer,
    file_hash,
    holdings,
    imported_folder,
    published_counts,
    read_layer,
    read_packages,
    read_source,
    shipped_folder,
)
from cdisc_tools.metadata.value_level import bound_values
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import Codelist
from cdisc_tools.model.terminology import Holding, Release, ReleaseFile, TermHit, TerminologyDiff
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.run import run_study


@dataclass(frozen=True)
class Imported:
    """What an import did: ``written`` is False where the same file was imported before.

    ``notes`` say what the user should know of the file.
    """

    release: Release
    layout: str
    folder: Path
    written: bool
    notes: tuple[str, ...] = ()


def import_terminology(
    path: Path, *, package: str = "", date: str = "", replace_stored: bool = False
) -> Imported:
    """Read a published file of the terminology and keep it as a version at hand.

    ``package`` and ``date`` stand for what the file doesn't tell. Raises ConfigurationError, and
    writes nothing, for a file that is cut or altered, whose package or date is not known, or
    where another file of that package and date was imported and ``replace_stored`` is False.
    """
    file = read_release_file(path)
    package = _package(path, file, package)
    date = _date(path, file, date)
    folder = imported_folder(date, package)
    stored = read_source(folder) if (folder / SOURCE).is_file() else None
    keep = stored is not None and not replace_stored
    known = _shipped_codelists(date, package) | (_stored_codelists(folder, package) if keep else {})
    codelists, problems = check_entries(
        file.entries, package=package, known=known, counts=published_counts(date, package)
    )
    if file.problems or problems:
        raise problems_error(path.name, [*file.problems, *problems])
    release = Release(package, date, codelists)
    if stored is not None and keep:
        if stored["sha256"] == file_hash(path):
            return Imported(release, file.layout, folder, written=False)
        raise ConfigurationError(
            f"{path.name}: {package} {date} was imported before from {stored['file']}; "
            "give --replace to put this file in its place"
        )
    folder = write_release(release, path, file.layout)
    return Imported(
        release, file.layout, folder, written=True, notes=(*file.notes, *_notes(release))
    )


def _package(path: Path, file: ReleaseFile, given: str) -> str:
    if given and given.lower() not in read_packages():
        raise ConfigurationError(
            f"--package: there is no package '{given}'; choose one of {', '.join(read_packages())}"
        )
    own = package_in(file.hints)
    if given and own and own != given.lower():
        raise ConfigurationError(
            f"{path.name}: the file says that it is of the package {own}, --package says {given}; "
            "leave --package out"
        )
    found = given.lower() or own or package_in([path.name])
    if not found:
        raise ConfigurationError(
            f"{path.name}: neither the file nor its name tells the package; give --package, one "
            f"of {', '.join(read_packages())}"
        )
    return found


def _date(path: Path, file: ReleaseFile, given: str) -> str:
    own = date_in(file.hints)
    if given and own and own != given:
        raise ConfigurationError(
            f"{path.name}: the file says that it is of {own}, --date says {given}; leave --date out"
        )
    found = given or own or date_in([path.name])
    if not found:
        raise ConfigurationError(
            f"{path.name}: neither the file nor its name tells the version; give --date, such as "
            "--date 2026-03-27"
        )
    try:
        # other forms of ISO 8601 would name other folders
        if calendar_date.fromisoformat(found).isoformat() != found:
            raise ValueError(found)
    except ValueError as error:
        raise ConfigurationError(
            f"{path.name}: the version '{found}' is no date such as 2026-03-27; give --date"
        ) from error
    return found


def _shipped_codelists(date: str, package: str) -> dict[str, Codelist]:
    """The shipped codelists of a package, which a file of it has term by term."""
    if not (shipped_folder(date) / CODELISTS).is_file():
        return {}
    layer = Layer(shipped_folder(date), "shipped", "", frozenset({package}))
    return _codelists(date, layer, package)


def _stored_codelists(folder: Path, package: str) -> dict[str, Codelist]:
    return _codelists(folder.parent.name, Layer(folder, "imported", package), package)


def _codelists(date: str, layer: Layer, package: str) -> dict[str, Codelist]:
    headers, lines = read_layer(layer)
    return dict(Terminology(date, headers, lines, dict.fromkeys(headers, package)))


def _notes(release: Release) -> tuple[str, ...]:
    """Say where a file has fewer codelists than the published package, or the version before."""
    own = {codelist.code for codelist in release.codelists}
    counts = published_counts(release.date, release.package)
    if set(counts) - own:
        return (
            f"the published package has {len(counts)} codelists; {len(set(counts) - own)} of them "
            "are not in this file, so values of their variables are not checked",
        )
    earlier = [one for one in holdings()
               if one.package == release.package and one.date < release.date]  # fmt: skip
    gone = _codelists_of(earlier[-1]) - own if earlier else set()
    if not gone:
        return ()
    return (f"{len(gone)} codelists of {earlier[-1].date} are not in this file; was it cut?",)


def _codelists_of(holding: Holding) -> set[str]:
    """The codes of the codelists of a package at hand."""
    if holding.origin == "imported":
        folder = imported_folder(holding.date, holding.package)
        layer = Layer(folder, "imported", holding.package)
    else:
        folder = shipped_folder(holding.date)
        layer = Layer(folder, "shipped", "", frozenset({holding.package}))
    return set(read_layer(layer)[0])


def find_terms(
    text: str, *, codelist: str = "", version: str = ""
) -> tuple[Terminology, list[TermHit]]:
    """Find terms of a version, as ``search_terms`` does; an empty version is the newest shipped.

    Returns the terminology, too, to say what was searched.
    """
    terminology = read_terminology(version or CT)
    return terminology, search_terms(terminology, text, codelist=codelist)


def diff_terminology(
    old: str, new: str, *, study: Path | None = None, datasets: Path | None = None,
    progress: Progress = quiet,
) -> TerminologyDiff:  # fmt: skip
    """Compare two versions; with a study folder or a folder of datasets, the values concerned.

    A study is run in memory and its SDTM and ADaM looked at. Only variables count that the
    standard binds to the codelist. Raises ConfigurationError for an unknown version, a study or
    datasets that can't be read, or where both are given.
    """
    if study is not None and datasets is not None:
        raise ConfigurationError("give --study or --datasets, not both")
    before, after = read_terminology(old), read_terminology(new)
    diff = compare_versions(before, after)
    if study is not None:
        run = run_study(study, progress)
        made = run.derivation.datasets if run.derivation else {}
        return with_hits(diff, _values([*run.conversion.datasets.values(), *made.values()]), after)
    if datasets is not None:
        return with_hits(diff, _values(_read_all(datasets, StudyStandards(after), progress)), after)
    return diff


def _read_all(folder: Path, standards: StudyStandards, progress: Progress) -> Iterable[Dataset]:
    for file in dataset_files(folder):
        progress(f"reading {file.name}")
        yield read_dataset(file, partial(standards.dataset_spec, file.stem))


def _values(datasets: Iterable[Dataset]) -> dict[str, dict[tuple[str, str], Counter[str]]]:
    """Count the values that are bound to each codelist, by dataset and variable."""
    counted: dict[str, dict[tuple[str, str], Counter[str]]] = {}
    for dataset in datasets:
        for name, codes, values in bound_values(dataset.frame, dataset.spec):
            counts = Counter(values.dropna().astype(str).tolist())
            for code in codes:
                own = counted.setdefault(code, {}).setdefault((dataset.name, name), Counter())
                own.update(counts)
    return counted
