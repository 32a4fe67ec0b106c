"""The tree of a submission as ``specs/submission`` has it, and what a tree does wrong."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.findings import CellRef, Finding
from cdisc_tools.model.submission import (
    ADAM_FOLDER,
    DATASET,
    DEFINE_FILE,
    DRAFT,
    GUIDE,
    PART,
    SDTM_FOLDER,
    SPLIT,
    FolderLine,
    SubmissionLimits,
    TreeFile,
)

OTHER = "other"
TS_FILE = "ts.xpt"
# the dataset that each kind of datasets must come with, and the rule that asks for it
_LEADING = {
    SDTM_FOLDER: ("dm.xpt", "CDT-X005", "DM"),
    ADAM_FOLDER: ("adsl.xpt", "CDT-X006", "ADSL"),
}
# a dataset has fewer parts than this many digits can number
_MOST_DIGITS = 3


@lru_cache(maxsize=1)
def read_folders() -> tuple[FolderLine, ...]:
    """Read which files each folder of a study takes; the first line that fits a file holds."""
    path = specs_path() / "submission" / "folders.csv"
    lines = read_table(path, ("folder", "files", "holds"))
    return tuple(FolderLine(line["folder"], line["files"], line["holds"]) for line in lines)


@lru_cache(maxsize=1)
def read_limits() -> SubmissionLimits:
    """Read the limits of sizes, paths and names."""
    path = specs_path() / "submission" / "limits.csv"
    limits = {line["limit"]: line["value"] for line in read_table(path, ("limit", "value", "of"))}
    return SubmissionLimits(
        int(limits["dataset_bytes"]),
        int(limits["path_characters"]),
        int(limits["name_characters"]),
        re.compile(limits["dataset_name"]),
        re.compile(limits["file_name"]),
        re.compile(limits["folder_name"]),
    )


@lru_cache(maxsize=1)
def read_define_versions() -> Mapping[str, date | None]:
    """Read the last day on which a study may begin that a version of Define-XML is for; None for
    the current version.
    """
    path = specs_path() / "submission" / "define_versions.csv"
    return {
        line["version"]: date.fromisoformat(line["studies_until"])
        if line["studies_until"]
        else None
        for line in read_table(path, ("version", "studies_until"))
    }


@lru_cache(maxsize=1)
def read_references() -> Mapping[str, tuple[str, ...]]:
    """Read the authority's ids of each check that a criterion of rejection is judged by."""
    found: dict[str, tuple[str, ...]] = {}
    for line in read_table(specs_path() / "submission" / "criteria.csv", ("id", "checks")):
        for check in filter(None, line["checks"].split(";")):
            found[check] = (*found.get(check, ()), line["id"])
    return found


@lru_cache(maxsize=1)
def read_weights() -> Mapping[str, str]:
    """Read the severities of checks that weigh more in a package than in a folder of datasets."""
    path = specs_path() / "submission" / "weights.csv"
    return {line["check"]: line["severity"] for line in read_table(path, ("check", "severity"))}


def study_folder_name(study_id: str) -> str:
    """Write the identifier of a study as the name of its folder.

    >>> study_folder_name("ABC-101/Part A")
    'abc-101-part-a'
    """
    return re.sub(r"[^a-z0-9]+", "-", study_id.lower()).strip("-")


def is_study_of_folder(study_id: str, folder: str) -> bool:
    """True where a study's identifier and a folder have the same letters and digits in any case."""
    return _bare(study_id) == _bare(folder)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def file_cell(path: str, column: str = "", record: int | None = None) -> CellRef:
    """The place of a finding in a file, or that file as a whole."""
    return CellRef(path, "", record or 0, column)


def holds(file: TreeFile) -> str:
    """What a file of the tree holds by its folder and name, in whatever case; "" where it has no
    place.
    """
    for line in read_folders():
        inside = file.folder == line.folder or (
            line.holds == OTHER and file.folder.startswith(f"{line.folder}/")
        )
        if inside and fnmatchcase(file.name.lower(), line.files):
            return line.holds
    return ""


def check_tree(
    study: str, folder: str, files: Sequence[TreeFile], limits: SubmissionLimits
) -> Iterator[Finding]:
    """Find what is wrong with the names, places and sizes of the files of a study.

    ``study`` is the name of its folder, ``folder`` the path of that from m5 on.
    """
    yield from _names(study, folder, files, limits)
    yield from _places(folder, files)
    yield from _presence(folder, files)
    yield from _sizes(files, limits)
    yield from _twice(files)
    yield from _guides(folder, files)


def _names(
    study: str, folder: str, files: Sequence[TreeFile], limits: SubmissionLimits
) -> Iterator[Finding]:
    """Find names that a gateway refuses, of files and of the study's folder; too long paths."""
    form = "lower-case letters, digits and hyphens are"
    if not limits.folder_name.fullmatch(study) or len(study) > limits.name_characters:
        yield Finding("CDT-X106", "", values=(study,), cell=file_cell(folder), detail=form)
    for file in files:
        if holds(file) in {DATASET, PART}:
            form = (
                "a dataset's is 1 to 8 lower-case letters and digits, the first a letter, and .xpt"
            )
            fits = limits.dataset_name.fullmatch(file.name)
        else:
            form = "lower-case letters, digits, hyphens, underscores and dots are"
            fits = limits.file_name.fullmatch(file.name)
        cell = file_cell(file.path)
        if not fits:
            yield Finding("CDT-X104", _dataset(file), values=(file.name,), cell=cell, detail=form)
        elif len(file.name) > limits.name_characters:
            form = f"at most {limits.name_characters} characters are"
            yield Finding("CDT-X104", _dataset(file), values=(file.name,), cell=cell, detail=form)
        if len(file.path) > limits.path_characters:
            yield Finding(
                "CDT-X111", _dataset(file), values=(str(len(file.path)),), cell=cell,
                detail=str(limits.path_characters),
            )  # fmt: skip


def _places(folder: str, files: Sequence[TreeFile]) -> Iterator[Finding]:
    """Find folders that the tree hasn't got, once each, and files that no folder takes there."""
    known = dict.fromkeys(line.folder for line in read_folders())
    strange: dict[str, None] = {}
    for file in files:
        if holds(file):
            continue
        if file.folder in known:
            taken = ", ".join(line.files for line in read_folders() if line.folder == file.folder)
            detail = f"this folder takes {taken}"
            yield Finding("CDT-X109", "", cell=file_cell(file.path), detail=detail)
        elif not file.folder or any(name.startswith(f"{file.folder}/") for name in known):
            detail = "this folder takes folders alone"
            yield Finding("CDT-X109", "", cell=file_cell(file.path), detail=detail)
        else:
            strange[file.folder] = None
    for name in strange:
        yield Finding(
            "CDT-X110", "", cell=file_cell(f"{folder}/{name}"), detail=", ".join(known)
        )  # fmt: skip


def _presence(folder: str, files: Sequence[TreeFile]) -> Iterator[Finding]:
    """Find what a study must have and hasn't, each under its exact name."""
    paths = {f"{file.folder}/{file.name}" for file in files}
    holding = [file for file in files if holds(file) in {DATASET, PART}]
    if not holding:
        yield Finding("CDT-X101", "", cell=file_cell(folder))
        return
    if not any(path.startswith("tabulations/") and path.endswith(f"/{TS_FILE}") for path in paths):
        cell = file_cell(f"{folder}/{SDTM_FOLDER}/{TS_FILE}")
        yield Finding("CDT-X001", "TS", cell=cell, detail="There is no ts.xpt.")
    for part, (needed, rule, name) in _LEADING.items():
        # ts.xpt alone tells the start of a study whose data are in no standard
        if not any(file.folder.startswith(part) and file.name != TS_FILE for file in holding):
            continue
        if f"{part}/{needed}" not in paths:
            cell = file_cell(f"{folder}/{part}/{needed}")
            yield Finding(rule, name, cell=cell, detail=f"There is no {needed}.")
        if f"{part}/{DEFINE_FILE}" not in paths:
            cell = file_cell(f"{folder}/{part}/{DEFINE_FILE}")
            yield Finding("CDT-X007", "", cell=cell, detail=f"There is no {DEFINE_FILE} in {part}.")


def _sizes(files: Sequence[TreeFile], limits: SubmissionLimits) -> Iterator[Finding]:
    """Find empty files, and datasets that are too large and not split, or whose parts are."""
    split = {(part.folder, whole_of(part, names)) for part, names in _parts(files)}
    for file in files:
        if not file.size:
            yield Finding("CDT-X107", _dataset(file), cell=file_cell(file.path))
        is_split = (f"{file.folder}/{SPLIT}", file.stem) in split
        if holds(file) in {DATASET, PART} and file.size > limits.dataset_bytes and not is_split:
            yield Finding(
                "CDT-X108", _dataset(file), values=(str(file.size),), cell=file_cell(file.path),
                detail=str(limits.dataset_bytes),
            )  # fmt: skip


def _parts(files: Sequence[TreeFile]) -> Iterator[tuple[TreeFile, list[str]]]:
    """Each part of a dataset, and the names of the datasets in the folder above."""
    for part in files:
        if holds(part) == PART:
            above = part.folder.removesuffix(f"/{SPLIT}")
            yield part, [f.stem for f in files if f.folder == above and holds(f) == DATASET]


def part_name(dataset: str, number: int) -> str:
    """Name a part of a dataset: its number behind the name, which gives way past 8 characters.

    >>> part_name("LB", 12), part_name("ADLABTOX", 2)
    ('LB12', 'ADLABTO2')
    """
    return f"{dataset[: 8 - len(str(number))]}{number}"


def whole_of(part: TreeFile, names: Iterable[str]) -> str | None:
    """The dataset of these names that a file is a part of by its own; None where there is none."""
    known = list(names)
    for digits in range(1, _MOST_DIGITS + 1):
        number = part.stem[-digits:]
        if number.isdigit():
            for name in known:
                if part_name(name, int(number)) == part.stem:
                    return name
    return None


def _twice(files: Sequence[TreeFile]) -> Iterator[Finding]:
    """Find datasets whose name another file of the study has as well, in whatever case."""
    named: dict[str, TreeFile] = {}
    for file in files:
        if not file.name.lower().endswith(".xpt"):
            continue
        first = named.setdefault(file.name.lower(), file)
        if first is not file:
            yield Finding(
                "CDT-X113", _dataset(file), values=(file.stem.upper(),), cell=file_cell(file.path),
                detail=first.path,
            )  # fmt: skip


def _guides(folder: str, files: Sequence[TreeFile]) -> Iterator[Finding]:
    """Find reviewer's guides that are absent, or drafts."""
    found = Counter((file.folder, holds(file)) for file in files)
    for line in read_folders():
        if line.holds != GUIDE or not found[line.folder, DATASET] or found[line.folder, GUIDE]:
            continue
        drafts = [file for file in files if (file.folder, holds(file)) == (line.folder, DRAFT)]
        if drafts:
            cell = file_cell(drafts[0].path)
            yield Finding("CDT-X122", "", values=(line.files,), cell=cell)
        else:
            cell = file_cell(f"{folder}/{line.folder}")
            yield Finding("CDT-X121", "", values=(line.files,), cell=cell)


def _dataset(file: TreeFile) -> str:
    """The dataset that a file holds by its name; "" for a file of another kind."""
    return file.stem.upper() if holds(file) in {DATASET, PART} else ""


def check_described(
    described: Mapping[str, str], optional: Iterable[str], files: Sequence[TreeFile], define: str
) -> Iterator[Finding]:
    """Find files that a define.xml doesn't describe, and datasets that it describes without files.

    ``described`` gives the file of each dataset, ``optional`` names those that have no data;
    ``files`` are the datasets beside the define.xml and their parts, ``define`` is its path.
    """
    beside = {file.name for file in files if holds(file) == DATASET}
    known = set(described.values())
    stems = [name.removesuffix(".xpt") for name in known]
    parts = {f"{whole_of(file, stems)}.xpt" for file in files if holds(file) == PART}
    for file in files:
        if holds(file) == DATASET and file.name not in known:
            yield Finding("CDT-X116", _dataset(file), cell=file_cell(file.path))
    for name, expected in described.items():
        if expected not in beside | parts and name not in set(optional):
            yield Finding(
                "CDT-X117", name, values=(name,), cell=file_cell(define), detail=expected
            )  # fmt: skip
