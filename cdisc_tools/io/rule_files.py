"""Rules and their cases in a folder or a zip archive, in the layout of the CDISC Open Rules."""

import csv
import io
import lzma
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd

from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.rule_cases import (
    CaseDataset,
    CaseVariable,
    ResultLine,
    RuleCase,
    RuleFiles,
)

RULE_FILES = ("rule.yml", "rule.yaml")
KINDS = ("positive", "negative")
# more than any published set of rules has, less than fills a memory
MOST_FILES = 200_000
MOST_BYTES = 1_000_000_000
# what Python's zip reader raises for an archive that is damaged, encrypted or of another method
_NO_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError,
    EOFError, ValueError, OSError,
)  # fmt: skip
_DATASETS, _VARIABLES, _ENVIRONMENT = "_datasets.csv", "_variables.csv", ".env"
_RESULTS = ("Dataset", "Record", "Variable", "Value")


@dataclass(frozen=True)
class RuleFolder:
    """The files of a folder or archive by their path within it; ``shown`` names it in messages."""

    shown: str
    files: Mapping[str, bytes]

    def text(self, name: str) -> str:
        """Return a file's text.

        Raises ConfigurationError that names the file when it isn't UTF-8.
        """
        try:
            return self.files[name].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigurationError(
                f"{self.shown}/{name}: byte 0x{error.object[error.start]:02X} is not UTF-8; save "
                "the file as UTF-8"
            ) from error


def read_rule_folder(path: Path, *, cases: bool = True) -> RuleFolder:
    """Read the files of a folder or zip archive of rules; without ``cases`` the rules alone.

    Raises ConfigurationError for a path that is neither, an archive that can't be read, that
    would leave its folder or that is larger than any set of rules.
    """
    if path.is_dir():
        return RuleFolder(str(path), dict(_folder_files(path, cases=cases)))
    if path.suffix.lower() in {".yml", ".yaml"} and path.is_file():
        return RuleFolder(str(path.parent), {path.name: path.read_bytes()})
    if not path.is_file():
        raise ConfigurationError(f"{path} does not exist; give a folder or zip archive of rules")
    try:
        with zipfile.ZipFile(path) as archive:
            return RuleFolder(str(path), dict(_archive_files(archive, path, cases=cases)))
    except _NO_ARCHIVE as error:
        raise ConfigurationError(f"{path} can't be read as a zip archive: {error}") from error


def _folder_files(path: Path, *, cases: bool) -> Iterator[tuple[str, bytes]]:
    named = [] if cases else sorted(path.glob("*/rule.yml"))
    for file in named or sorted(path.rglob("*")):
        if file.is_file() and (cases or is_rule_file(file.name)):
            yield file.relative_to(path).as_posix(), file.read_bytes()


def _archive_files(
    archive: zipfile.ZipFile, path: Path, *, cases: bool
) -> Iterator[tuple[str, bytes]]:
    members = [item for item in archive.infolist() if not item.is_dir()]
    size = sum(item.file_size for item in members)
    if len(members) > MOST_FILES or size > MOST_BYTES:
        raise ConfigurationError(
            f"{path}: {len(members)} files of {size} bytes are no set of rules; at most "
            f"{MOST_FILES} files and {MOST_BYTES} bytes are read"
        )
    for item in sorted(members, key=lambda member: member.filename):
        name = PurePosixPath(item.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in item.filename:
            raise ConfigurationError(f"{path}: {item.filename} would lie outside its folder")
        if cases or is_rule_file(name.name):
            with archive.open(item) as stream:
                content = stream.read(item.file_size + 1)
            if len(content) != item.file_size:
                raise ConfigurationError(f"{path}: {item.filename} is larger than the archive says")
            yield str(name), content


def is_rule_file(name: str) -> bool:
    """True for the name of a file that may hold a rule."""
    return name.lower().endswith((".yml", ".yaml")) and not name.startswith(".")


def rule_paths(folder: RuleFolder) -> list[str]:
    """The files that hold a rule: ``rule.yml`` of a rule's folder, or any YAML file beside none."""
    named = [name for name in folder.files if PurePosixPath(name).name.lower() in RULE_FILES]
    return named or [name for name in folder.files if is_rule_file(PurePosixPath(name).name)]


def read_rule_files(folder: RuleFolder) -> Iterator[RuleFiles]:
    """Read each rule of a folder with its cases, by the name of its folder.

    Raises ConfigurationError that names the file and line of a case that can't be read.
    """
    inside: defaultdict[str, list[str]] = defaultdict(list)
    paths = {str(PurePosixPath(name).parent): name for name in rule_paths(folder)}
    for name in folder.files:
        for parent in PurePosixPath(name).parents:
            if str(parent) in paths:
                inside[str(parent)].append(name)
                break
    for parent_name, name in sorted(paths.items()):
        cases = tuple(_cases(folder, parent_name, inside[parent_name]))
        source = f"{folder.shown}/{name}"
        named = PurePosixPath(parent_name).name or Path(folder.shown).name
        yield RuleFiles(named, source, folder.text(name), cases)


def _cases(folder: RuleFolder, parent: str, names: list[str]) -> Iterator[RuleCase]:
    found: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for name in names:
        parts = PurePosixPath(name).relative_to(parent).parts
        if len(parts) > 3 and parts[0] in KINDS:
            found[parts[0], parts[1]]["/".join(parts[2:])] = name
    for (kind, number), files in sorted(found.items()):
        yield _case(folder, kind, number, files)


def _case(folder: RuleFolder, kind: str, number: str, files: Mapping[str, str]) -> RuleCase:
    data = {
        name.removeprefix("data/"): path for name, path in files.items() if name.startswith("data/")
    }
    environment = _environment(folder, data)
    results = files.get("results/results.csv", "")
    define = data.get(environment.get("DEFINE_XML", ""), "")
    return RuleCase(
        kind,
        number,
        environment,
        tuple(_datasets(folder, data)),
        tuple(_results(folder, results)) if results else (),
        folder.files[define] if define else None,
    )


def _environment(folder: RuleFolder, data: Mapping[str, str]) -> dict[str, str]:
    if _ENVIRONMENT not in data:
        return {}
    lines = folder.text(data[_ENVIRONMENT]).splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def _results(folder: RuleFolder, name: str) -> Iterator[ResultLine]:
    for line in _lines(folder, name):
        yield ResultLine(*(str(line.get(column) or "") for column in _RESULTS))


def _datasets(folder: RuleFolder, data: Mapping[str, str]) -> Iterator[CaseDataset]:
    """Read the datasets that ``_datasets.csv`` lists, without it all that there are."""
    labels = {}
    if _DATASETS in data:
        for line in _lines(folder, data[_DATASETS]):
            labels[PurePosixPath(line.get("Filename") or "").stem.lower()] = line.get("Label") or ""
    variables = _variables(folder, data)
    for file in sorted(data):
        stem = PurePosixPath(file).stem
        listed = not labels or stem.lower() in labels
        if file.endswith(".csv") and not file.startswith("_") and listed:
            facts = variables.get(stem.lower(), ())
            frame = _frame(folder, data[file], facts)
            yield CaseDataset(stem.upper(), labels.get(stem.lower(), ""), file, frame, facts)


def _variables(
    folder: RuleFolder, data: Mapping[str, str]
) -> Mapping[str, tuple[CaseVariable, ...]]:
    found: defaultdict[str, list[CaseVariable]] = defaultdict(list)
    if _VARIABLES in data:
        for line in _lines(folder, data[_VARIABLES]):
            stem = PurePosixPath(line.get("dataset") or "").stem.lower()
            length = (line.get("length") or "").strip()
            found[stem].append(
                CaseVariable(
                    line.get("variable") or "",
                    line.get("label") or "",
                    line.get("type") or "",
                    int(float(length)) if length.replace(".", "", 1).isdigit() else None,
                    line.get("format") or "",
                )
            )
    return {stem: tuple(items) for stem, items in found.items()}


def _frame(folder: RuleFolder, name: str, facts: tuple[CaseVariable, ...]) -> pd.DataFrame:
    """Read a dataset's records: texts, but numbers where the variable is Num; a variable of which
    nothing is said is one of numbers when all its values are. A Num variable can't hold a text, so
    that beside numbers one is missing; one of texts alone stays as it is written, as dates are.
    """
    rows = list(csv.reader(io.StringIO(folder.text(name), newline="")))
    header, rows = (rows[0], [row for row in rows[1:] if row]) if rows else ([], [])
    width = len(header)
    rows = [row[:width] + [""] * (width - len(row)) for row in rows]
    frame = pd.DataFrame(rows, columns=header, dtype="string").replace("", pd.NA)
    frame = frame.loc[:, ~frame.columns.duplicated()]
    types = {item.name: item.type for item in facts}
    for variable in frame.columns:
        kind = types.get(variable, "")
        if kind not in {"", "Num"}:
            continue
        written = frame[variable].notna()
        numbers = pd.to_numeric(frame[variable], errors="coerce").astype("Float64")
        read = numbers.notna()
        if read.any() and (kind == "Num" or read.sum() == written.sum()):
            frame[variable] = numbers
    return frame


def _lines(folder: RuleFolder, name: str) -> Iterator[dict[str, str]]:
    try:
        yield from csv.DictReader(io.StringIO(folder.text(name), newline=""), strict=True)
    except csv.Error as error:
        raise ConfigurationError(f"{folder.shown}/{name}: {error}") from error
