"""Reads a study's mapping tables: CSV files of a folder, or the sheets of one workbook."""

import difflib
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from cdisc_tools.metadata.resources import check_header, read_lines, read_table, specs_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.mapping import (
    MAPPING_COLUMNS,
    Mapping,
    MappingLine,
    RawCheck,
    RelationshipLine,
    UnitRule,
    VisitRule,
)
from cdisc_tools.model.numbers import number_text
from cdisc_tools.model.specs import fold_term

NEEDED_COLUMNS = ("variable", "algorithm")
# table name -> the columns it must have; every other table maps the dataset it is named after
TABLES = {
    "visits": ("collected", "visitnum", "visit"),
    "units": ("testcd", "unit", "to", "factor"),
    "checks": ("id", "source", "kind", "columns"),
    "relrec": ("relid", "rdomain", "idvar"),
    "terms": ("codelist", "collected", "value"),
    "unmapped": ("source", "column", "reason"),
}

WORKBOOK = "mapping.xlsx"
REPEAT, DESIGN = "repeat_", "design_"
CODED = ("assign_ct", "hardcode_ct")
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")

Line = tuple[str, int, dict[str, str]]


def read_mapping(folder: Path, own: Collection[str] = ()) -> Mapping:
    """Read the mapping tables of a study: ``mapping/*.csv`` or ``mapping.xlsx``.

    ``own`` are the domains of the sponsor's own that study.yaml names.

    A table is named after the dataset that it maps; ``visits``, ``units``, ``checks``,
    ``relrec``, ``terms`` and ``unmapped`` are the study's other tables, ``repeat_<name>`` is a
    wide-to-long table, ``design_<dataset>`` a trial design dataset given whole.
    Raises ConfigurationError that names file, line and column.
    """
    tables = _tables(folder, _datasets() | {name.lower() for name in own})
    lines = [
        _mapping_line(name.upper(), line)
        for name, table in tables.items()
        if name not in TABLES and not name.startswith((REPEAT, DESIGN))
        for line in table
    ]
    return Mapping(
        lines=tuple(lines),
        visits=tuple(_visit(line) for line in tables.get("visits", ())),
        units=tuple(_unit(line) for line in tables.get("units", ())),
        checks=tuple(_check(fields) for _, _, fields in tables.get("checks", ())),
        relationships=tuple(_relationship(fields) for _, _, fields in tables.get("relrec", ())),
        repeats=_whole(tables, REPEAT),
        terms=_terms(tables.get("terms", [])),
        variants=frozenset(
            (fields["codelist"], fold_term(fields["collected"]))
            for _, _, fields in tables.get("terms", ())
            if fields.get("variant", "") == "Y"
        ),
        unmapped={
            (fields["source"], fields["column"]): fields["reason"]
            for _, _, fields in tables.get("unmapped", ())
        },
        design={name.upper(): rows for name, rows in _whole(tables, DESIGN).items()},
    )


def _tables(folder: Path, datasets: frozenset[str]) -> dict[str, list[Line]]:
    """Read all tables by their names in lower case.

    Raises ConfigurationError for a table that stands there twice, is empty or is named after
    nothing known.
    """
    tables: dict[str, list[Line]] = {}
    places: dict[str, str] = {}
    for place, name, lines in _found(folder):
        key = name.strip().lower()
        _check_name(key, place, datasets)
        other = key.removeprefix(DESIGN) if key.startswith(DESIGN) else f"{DESIGN}{key}"
        for known in (key, other):
            if known in places:
                raise ConfigurationError(
                    f"{places[known]} and {place} are tables of the same name; remove one"
                )
        if not lines and key not in TABLES:
            raise ConfigurationError(f"{place} has no lines; fill it or remove it")
        tables[key], places[key] = lines, place
    return tables


def _found(folder: Path) -> Iterator[tuple[str, str, list[Line]]]:
    """Give every table: where it stands, its name and its lines."""
    workbook, files = folder / WORKBOOK, sorted((folder / "mapping").glob("*.csv"))
    for path in sorted((folder / "mapping").glob("*")):
        if path.name == WORKBOOK:
            raise ConfigurationError(
                f"mapping/{WORKBOOK}: the workbook stands beside study.yaml; move it up one folder"
            )
        if path.suffix != ".csv" and path.suffix.lower() == ".csv":
            raise ConfigurationError(f"mapping/{path.name}: write its ending as .csv")
    if workbook.is_file() and files:
        raise ConfigurationError(
            f"{WORKBOOK} and mapping/{files[0].name} both hold mapping tables; remove the "
            "workbook, or the CSV files"
        )
    if workbook.is_file():
        yield from _sheets(workbook)
    elif not files:
        raise ConfigurationError(
            f"{folder} has no mapping tables: neither mapping/*.csv nor {WORKBOOK}"
        )
    for path in files:
        shown = f"mapping/{path.name}"
        lines = read_lines(path, TABLES.get(path.stem.lower(), ()), shown)
        yield shown, path.stem, [(shown, number, line) for number, line in lines]


@lru_cache(maxsize=1)
def _datasets() -> frozenset[str]:
    """The names, in lower case, of every dataset that a table may be named after."""
    files = (specs_path() / "standards").glob("sdtmig-*/datasets.csv")
    return frozenset(
        line["dataset"].lower() for path in files for line in read_table(path, ("dataset",))
    )


def _check_name(name: str, place: str, datasets: frozenset[str]) -> None:
    dataset = name.removeprefix(DESIGN)
    if name in TABLES or name.startswith(REPEAT) or dataset in datasets:
        return
    close = difflib.get_close_matches(name, sorted({*TABLES, *datasets}), n=1)
    meant = f" (did you mean {close[0]}?)" if close else ""
    raise ConfigurationError(
        f"{place}: {dataset.upper()} is no dataset of SDTM{meant}; a table is named after a "
        f"dataset, a domain of study.yaml (datasets), or {', '.join(TABLES)}, {REPEAT}<name>, "
        f"{DESIGN}<dataset>"
    )


def _sheets(path: Path) -> Iterator[tuple[str, str, list[Line]]]:
    try:
        workbook = CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        raise ConfigurationError(f"{path.name} is not a readable workbook: {error}") from error
    for sheet in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        place = f"{path.name} [{sheet}]"
        header = [str(cell).strip() for cell in rows[0]] if rows else []
        check_header(header, TABLES.get(sheet.strip().lower(), ()), place)
        cells = [(number, list(map(_cell, row))) for number, row in enumerate(rows[1:], 2)]
        lines = [
            (place, number, {name: text for name, text in zip(header, row, strict=True)
                             if name or text})
            for number, row in cells
            if any(row)
        ]  # fmt: skip
        yield place, sheet, lines


def _cell(value: object) -> str:
    return number_text(value) if isinstance(value, float) else str(value).strip()


def _mapping_line(dataset: str, line: Line) -> MappingLine:
    file, number, fields = line
    unknown = [name for name in fields if name not in MAPPING_COLUMNS]
    absent = [name for name in NEEDED_COLUMNS if name not in fields]
    if unknown or absent:
        raise ConfigurationError(
            f"{file}: wrong columns (unknown: {', '.join(unknown) or 'none'}; absent: "
            f"{', '.join(absent) or 'none'}); known: {', '.join(MAPPING_COLUMNS)}"
        )
    if not fields["algorithm"].strip():
        raise ConfigurationError(f"{file} line {number}: the algorithm is missing")
    texts = {name: fields.get(name, "").strip() for name in MAPPING_COLUMNS if name != "column"}
    if texts["algorithm"] in CODED and not texts["codelist"]:
        raise ConfigurationError(
            f"{file} line {number}: {texts['algorithm']} needs a codelist, and the line has none"
        )
    # a table is known by its name in lower case; "n=1,2" is none
    if "=" not in texts["repeat"]:
        texts["repeat"] = texts["repeat"].lower()
    columns = tuple(part.strip() for part in fields.get("column", "").split(";") if part.strip())
    return MappingLine(dataset=dataset, columns=columns, file=file, line=number, **texts)


def _number(line: Line, name: str, kind: type[float] | type[int]) -> float | int | None:
    file, number, fields = line
    text = fields.get(name, "").strip()
    try:
        return kind(text) if text else None
    except ValueError as error:
        raise ConfigurationError(f"{file} line {number}: {name} {text!r} is no number") from error


def _visit(line: Line) -> VisitRule:
    fields = line[2]
    visitdy = _number(line, "visitdy", int)
    return VisitRule(
        collected=fields["collected"],
        visitnum=_number(line, "visitnum", float),
        visit=fields["visit"],
        visitdy=None if visitdy is None else int(visitdy),
        variant=fields.get("variant", "") == "Y",
    )


def _unit(line: Line) -> UnitRule:
    file, number, fields = line
    given = {"factor": fields["factor"] or "1", "offset": fields.get("offset", "") or "0"}
    digits = fields.get("digits", "")
    for name, text in given.items():
        if not _DECIMAL.fullmatch(text):
            raise ConfigurationError(f"{file} line {number}: {name} {text!r} is no number")
    if digits and not digits.isdecimal():
        raise ConfigurationError(f"{file} line {number}: digits {digits!r} is no whole number")
    return UnitRule(fields["testcd"], fields["unit"], fields["to"], digits=digits, **given)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _check(fields: dict[str, str]) -> RawCheck:
    return RawCheck(
        id=fields["id"], source=fields["source"], kind=fields["kind"],
        columns=_split(fields["columns"]), low=fields.get("low", ""), high=fields.get("high", ""),
        by=_split(fields.get("by", "")), condition=fields.get("condition", ""),
        message=fields.get("message", ""),
    )  # fmt: skip


def _relationship(fields: dict[str, str]) -> RelationshipLine:
    return RelationshipLine(
        fields["relid"], fields["rdomain"], fields["idvar"], fields.get("reltype", ""),
        fields.get("key", ""),
    )  # fmt: skip


def _terms(lines: list[Line]) -> dict[str, dict[str, str]]:
    terms: dict[str, dict[str, str]] = {}
    for _, _, fields in lines:
        terms.setdefault(fields["codelist"], {})[fold_term(fields["collected"])] = fields["value"]
    return terms


def _whole(tables: dict[str, list[Line]], prefix: str) -> dict[str, tuple[dict[str, str], ...]]:
    """The tables that are taken as they stand, without their prefix."""
    return {
        name.removeprefix(prefix): tuple(fields for _, _, fields in lines)
        for name, lines in tables.items()
        if name.startswith(prefix)
    }
