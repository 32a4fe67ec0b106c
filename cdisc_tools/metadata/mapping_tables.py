"""Reads a study's mapping tables: CSV files of a folder, or the sheets of one workbook."""

import re
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from cdisc_tools.metadata.resources import read_table
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

_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")

Line = tuple[str, int, dict[str, str]]


def read_mapping(folder: Path) -> Mapping:
    """Read the mapping tables of a study: ``mapping/*.csv`` or ``mapping.xlsx``.

    A table is named after the dataset that it maps; ``visits``, ``units``, ``checks``,
    ``relrec``, ``terms`` and ``unmapped`` are the study's other tables, ``repeat_<name>`` is a
    wide-to-long table, ``design_<dataset>`` a trial design dataset given whole.
    Raises ConfigurationError that names file, line and column.
    """
    tables = dict(_tables(folder))
    lines = [
        _mapping_line(name.upper(), line)
        for name, table in tables.items()
        if name not in TABLES and not name.startswith(("repeat_", "design_"))
        for line in table
    ]
    return Mapping(
        lines=tuple(lines),
        visits=tuple(_visit(line) for line in tables.get("visits", ())),
        units=tuple(_unit(line) for line in tables.get("units", ())),
        checks=tuple(_check(fields) for _, _, fields in tables.get("checks", ())),
        relationships=tuple(_relationship(fields) for _, _, fields in tables.get("relrec", ())),
        repeats=_whole(tables, "repeat_"),
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
        design={name.upper(): rows for name, rows in _whole(tables, "design_").items()},
    )


def _tables(folder: Path) -> Iterator[tuple[str, list[Line]]]:
    workbook = folder / "mapping.xlsx"
    if workbook.is_file():
        yield from _sheets(workbook)
        return
    files = sorted((folder / "mapping").glob("*.csv"))
    if not files:
        raise ConfigurationError(
            f"{folder} has no mapping tables: neither mapping/*.csv nor mapping.xlsx"
        )
    for path in files:
        shown = f"mapping/{path.name}"
        fields = read_table(path, TABLES.get(path.stem, ()))
        yield path.stem, [(shown, number, line) for number, line in enumerate(fields, 2)]


def _sheets(path: Path) -> Iterator[tuple[str, list[Line]]]:
    try:
        workbook = CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        raise ConfigurationError(f"{path.name} is not a readable workbook: {error}") from error
    for sheet in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        header = [str(cell).strip() for cell in rows[0]] if rows else []
        name = sheet.lower()
        absent = [column for column in TABLES.get(name, ()) if column not in header]
        if absent:
            raise ConfigurationError(f"{path.name} [{sheet}]: no column {', '.join(absent)}")
        yield (
            name,
            [
                (f"{path.name} [{sheet}]", number, dict(zip(header, map(_cell, row), strict=True)))
                for number, row in enumerate(rows[1:], 2)
                if any(cell != "" for cell in row)
            ],
        )


def _cell(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole and isinstance(value, float) else str(value).strip()


def _mapping_line(dataset: str, line: Line) -> MappingLine:
    file, number, fields = line
    unknown = [name for name in fields if name not in MAPPING_COLUMNS]
    absent = [name for name in NEEDED_COLUMNS if name not in fields]
    if unknown or absent:
        raise ConfigurationError(
            f"{file}: wrong columns (unknown: {', '.join(unknown) or 'none'}; absent: "
            f"{', '.join(absent) or 'none'}); known: {', '.join(MAPPING_COLUMNS)}"
        )
    if not fields["algorithm"]:
        raise ConfigurationError(f"{file} line {number}: the algorithm is missing")
    texts = {
        name: fields.get(name, "").strip()
        for name in MAPPING_COLUMNS
        if name not in ("column", "comment")
    }
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
