"""Reads the files of MedDRA and WHODrug that a user has a licence for; none are shipped."""

import csv
import io
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from cdisc_tools.metadata.resources import read_lines, read_table, read_text, specs_path
from cdisc_tools.model.dictionaries import LEVELS, MedDra, WhoDrug
from cdisc_tools.model.errors import ConfigurationError

MARK = "$"
RELEASE = "meddra_release.asc"
# MedDRA's own folder within a distribution
ASCII_FOLDER = "MedAscii"
EXPORT_COLUMNS = ("drug_code", "drug_name", "atc_code", "atc_text")
_AGAIN = "take it from the distribution again"
Record = dict[str, str]
# (number of the line, its fields)
Records = list[tuple[int, Record]]


def read_meddra(folder: Path, version: str = "") -> MedDra:
    """Read a MedDRA distribution: llt, pt, hlt, hlgt, soc and mdhier.asc of its folder.

    ``version`` is what the study says; an empty one is taken from meddra_release.asc.
    Raises ConfigurationError, with file, line and reason, for a file that is absent, cut, or
    doesn't go with the others, and for another version than the study's.
    """
    folder = next((one for one in folder.glob("*") if one.name == ASCII_FOLDER), folder)
    version = _meddra_version(folder, version)
    files = {name: _read_asc(folder, name, fields) for name, fields in _meddra_fields().items()}
    terms = {level: _names(f"{level.lower()}.asc", files) for level in LEVELS}
    parents = {record["llt_code"]: record["pt_code"] for _, record in files["llt.asc"]}
    for number, record in files["llt.asc"]:
        _refer("llt.asc", number, "pt.asc", record["pt_code"], terms["PT"])
    paths, primary = _hierarchy(files["mdhier.asc"], terms)
    _check_whole(terms["PT"], parents, paths, primary)
    frozen = {pt: frozenset(ways) for pt, ways in paths.items()}
    return MedDra(version, terms, parents, frozen, primary)


@lru_cache(maxsize=1)
def _meddra_fields() -> dict[str, tuple[str, ...]]:
    path = specs_path() / "dictionaries" / "meddra_files.csv"
    return {
        line["file"]: tuple(line["fields"].split()) for line in read_table(path, ("file", "fields"))
    }


def _meddra_version(folder: Path, version: str) -> str:
    path = _file_of(folder, RELEASE)
    if path is None:
        return version
    found = read_text(path, path.name).partition(MARK)[0].strip()
    if version and found and found != version:
        raise ConfigurationError(
            f"{path}: is MedDRA {found}, the study says {version}; correct dictionaries.meddra in "
            "study.yaml, its path or its version"
        )
    return found or version


def _file_of(folder: Path, name: str) -> Path | None:
    """Find a file whatever the case of its name."""
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is no folder; give that of the dictionary's files")
    return next((one for one in sorted(folder.iterdir()) if one.name.lower() == name.lower()), None)


def _read_asc(folder: Path, name: str, fields: tuple[str, ...]) -> Records:
    """Read a file of MedDRA: fields set apart by dollar signs, often one more at the line's end."""
    path = _file_of(folder, name)
    if path is None:
        raise ConfigurationError(f"{folder}: has no {name}; give the folder of the .asc files")
    records: Records = []
    for number, line in enumerate(_text_of(path).split("\n"), 1):
        cells = line.rstrip("\r").split(MARK)
        if cells == [""]:
            continue
        if len(cells) == len(fields) + 1 and not cells[-1]:
            cells.pop()
        if len(cells) != len(fields):
            raise ConfigurationError(
                f"{name} line {number}: {len(cells)} fields, {len(fields)} are expected, so the "
                f"line or the file was cut; {_AGAIN}"
            )
        records.append(
            (number, {key: cell.strip() for key, cell in zip(fields, cells, strict=True)})
        )
    if not records:
        raise ConfigurationError(f"{name}: is empty; {_AGAIN}")
    return records


def _text_of(path: Path) -> str:
    """Read a file of MedDRA: UTF-8, or else windows-1252, as translations may be."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _names(file: str, files: dict[str, Records]) -> Record:
    """The name of each code of a level."""
    level = file.partition(".")[0]
    names: Record = {}
    for number, record in files[file]:
        code, name = record[f"{level}_code"], record[f"{level}_name"]
        if not code.isdecimal() or not name:
            raise ConfigurationError(
                f"{file} line {number}: the code '{code}' is no number or its name is empty; "
                f"{_AGAIN}"
            )
        if code in names:
            raise ConfigurationError(f"{file} line {number}: the code {code} is repeated; {_AGAIN}")
        names[code] = name
    return names


def _refer(file: str, number: int, other: str, code: str, known: Record) -> None:
    if code not in known:
        raise ConfigurationError(
            f"{file} line {number}: the code '{code}' is not in {other}, so one of the two was cut "
            f"or altered; {_AGAIN}"
        )


def _hierarchy(
    records: Records, terms: dict[str, Record]
) -> tuple[dict[str, set[tuple[str, str, str]]], Record]:
    paths: dict[str, set[tuple[str, str, str]]] = {}
    primary: Record = {}
    for number, record in records:
        codes = tuple(record[f"{level.lower()}_code"] for level in LEVELS[1:])
        for level, code in zip(LEVELS[1:], codes, strict=True):
            _refer("mdhier.asc", number, f"{level.lower()}.asc", code, terms[level])
        pt, hlt, hlgt, soc = codes
        paths.setdefault(pt, set()).add((hlt, hlgt, soc))
        if record["primary_soc_fg"] not in ("Y", "N"):
            raise ConfigurationError(
                f"mdhier.asc line {number}: primary_soc_fg is '{record['primary_soc_fg']}', "
                f"neither Y nor N; {_AGAIN}"
            )
        if record["primary_soc_fg"] == "Y":
            primary.setdefault(pt, soc)
    return paths, primary


def _check_whole(
    pts: Record, parents: Record, paths: dict[str, set[tuple[str, str, str]]], primary: Record
) -> None:
    """Every PT has an LLT, a path, and a primary SOC; where not, a file ends too early."""
    with_llt = set(parents.values())
    wanted: tuple[tuple[str, Callable[[str], bool], str], ...] = (
        ("llt.asc", lambda pt: pt in with_llt, "no LLT"),
        ("mdhier.asc", lambda pt: pt in paths, "no line"),
        ("mdhier.asc", lambda pt: pt in primary, "no primary SOC"),
    )
    for file, has, what in wanted:
        without = [pt for pt in pts if not has(pt)]
        if without:
            raise ConfigurationError(
                f"{file}: has {what} of {len(without)} PTs, first '{pts[without[0]]}' "
                f"({without[0]}), so the file was cut or altered; {_AGAIN}"
            )


def read_whodrug(path: Path, version: str = "") -> WhoDrug:
    """Read WHODrug: a folder with DD, DDA and INA of the B3 format (.csv or .txt), or one CSV.

    The CSV is the user's own export with the columns drug_code, drug_name, atc_code, atc_text, a
    line a drug and class. Raises ConfigurationError, with file, line and reason, for a file that
    is absent, cut, or doesn't go with the others.
    """
    return _read_export(path, version) if path.is_file() else _read_b3(path, version)


def _read_export(path: Path, version: str) -> WhoDrug:
    drugs: dict[str, set[str]] = {}
    classes: Record = {}
    assigned: dict[str, set[str]] = {}
    for number, line in read_lines(path, EXPORT_COLUMNS, path.name):
        record, name = line["drug_code"].strip(), line["drug_name"].strip()
        atc, text = line["atc_code"].strip(), line["atc_text"].strip()
        if not record or not name or bool(atc) != bool(text):
            raise ConfigurationError(
                f"{path.name} line {number}: drug_code and drug_name are needed, and atc_text "
                "goes with atc_code; fill them in"
            )
        drugs.setdefault(name, set()).add(record)
        if atc:
            _name_class(path.name, number, classes, atc, text)
            assigned.setdefault(record, set()).add(atc)
    return _whodrug(version, drugs, classes, assigned, path.name)


def _name_class(file: str, number: int, classes: Record, atc: str, text: str) -> None:
    if classes.setdefault(atc, text) != text:
        raise ConfigurationError(
            f"{file} line {number}: the ATC code '{atc}' has the text '{text}' and, above, "
            f"'{classes[atc]}'; correct one"
        )


def _read_b3(folder: Path, version: str) -> WhoDrug:
    drugs: dict[str, set[str]] = {}
    classes: Record = {}
    assigned: dict[str, set[str]] = {}
    for _, _, record in _b3_records(folder, "DD"):
        drugs.setdefault(record["name"], set()).add(record["record"])
    for file, number, record in _b3_records(folder, "INA"):
        _name_class(file, number, classes, record["atc"], record["text"])
    known = dict.fromkeys((code for codes in drugs.values() for code in codes), "")
    for file, number, record in _b3_records(folder, "DDA"):
        _refer(file, number, "DD", record["record"], known)
        _refer(file, number, "INA", record["atc"], classes)
        assigned.setdefault(record["record"], set()).add(record["atc"])
    return _whodrug(version, drugs, classes, assigned, str(folder))


def _whodrug(
    version: str, drugs: dict[str, set[str]], classes: Record, assigned: dict[str, set[str]],
    shown: str,
) -> WhoDrug:  # fmt: skip
    if not drugs:
        raise ConfigurationError(f"{shown}: has no drug; {_AGAIN}")
    return WhoDrug(
        version,
        {name: frozenset(records) for name, records in drugs.items()},
        classes,
        {record: frozenset(codes) for record, codes in assigned.items()},
    )


def _b3_records(folder: Path, name: str) -> Iterator[tuple[str, int, Record]]:
    """Yield the fields that are needed of a file of the B3 format, with file and line."""
    path = _file_of(folder, f"{name}.csv") or _file_of(folder, f"{name}.txt")
    if path is None:
        raise ConfigurationError(
            f"{folder}: has no {name}.csv nor {name}.txt; give the folder of WHODrug's B3 format, "
            f"or a CSV file with the columns {', '.join(EXPORT_COLUMNS)}"
        )
    fields = [line for line in _whodrug_fields() if line["file"] == name]
    text = read_text(path, path.name)
    comma = path.suffix.lower() == ".csv"
    for number, cells in _comma_lines(path, text) if comma else _fixed_lines(text, fields):
        if not cells:
            continue
        try:
            places = [int(field["cell"]) - 1 for field in fields] if comma else range(len(fields))
            found = {
                field["field"]: cells[place].strip()
                for field, place in zip(fields, places, strict=True)
            }
        except IndexError:
            found = {}
        if not found or not all(found.values()):
            wanted = ", ".join(field["field"] for field in fields)
            raise ConfigurationError(
                f"{path.name} line {number}: {wanted} are not all there, so the line or the file "
                f"was cut; {_AGAIN}"
            )
        yield path.name, number, found


@lru_cache(maxsize=1)
def _whodrug_fields() -> tuple[Record, ...]:
    path = specs_path() / "dictionaries" / "whodrug_files.csv"
    return tuple(read_table(path, ("file", "field", "cell", "start", "end")))


def _comma_lines(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ConfigurationError(
            f"{path.name} line {reader.line_num}: a quoted cell does not end as it should "
            f"({error}); {_AGAIN}"
        ) from error


def _fixed_lines(text: str, fields: list[Record]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            bounds = [(int(field["start"]) - 1, int(field["end"] or 0) or None) for field in fields]
            yield number, [line[start:end] for start, end in bounds]
        else:
            yield number, []
