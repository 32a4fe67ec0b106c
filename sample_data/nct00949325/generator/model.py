"""Tables, rows and cells of the raw files, and the fault log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

_T = TypeVar("_T")

STUDY = "NCT00949325"
CUTOFF = date(2012, 6, 29)
SEED = 949325
EXCEL_EPOCH = date(1899, 12, 30)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Scalar = str | int | float | date | datetime | None


@dataclass(frozen=True)
class Raw:
    """A cell that is written exactly as given, whatever the column's usual form is."""

    value: str | int | float | date | datetime | None


Cell = Scalar | Raw


@dataclass(frozen=True)
class Col:
    """A column; `form` says how a date is sent (date, dmony, dmyslash, mdyslash, iso, serial)."""

    key: str
    header: str
    form: str = "text"
    meaning: str = ""
    group: str = ""

    @property
    def label(self) -> str:
        """Header as one text, also for a two-row header."""
        return f"{self.group} / {self.header}" if self.group else self.header


@dataclass
class Row:
    """A line of a file; `no` is the trial_subjects number, `key` finds the row for a fault."""

    key: str
    no: int
    values: dict[str, Cell] = field(default_factory=dict)
    kind: str = "data"
    fill: bool = False


@dataclass
class Table:
    """A sheet or a file."""

    file: str
    sheet: str
    columns: list[Col]
    about: str = ""
    rows: list[Row] = field(default_factory=list)
    title: str = ""
    header_row: int = 1
    header_rows: int = 1
    merge_column: str = ""

    @property
    def name(self) -> str:
        """Sheet of the workbook, otherwise the file."""
        return self.sheet if self.file.endswith(".xlsx") else self.file

    @property
    def first_data_row(self) -> int:
        """1-based row of the first data row (1 for the transport file)."""
        return self.header_row + self.header_rows

    def add(self, key: str, no: int, **values: Cell) -> Row:
        """Append a data row."""
        unknown = set(values) - {column.key for column in self.columns}
        if unknown:
            raise KeyError(f"{self.sheet}: {sorted(unknown)}")
        row = Row(key, no, dict(values))
        self.rows.append(row)
        return row

    def find(self, key: str) -> Row:
        """The one row with this key."""
        found = [row for row in self.rows if row.key == key and row.kind == "data"]
        if len(found) != 1:
            raise LookupError(f"{self.sheet}: {len(found)} rows with key {key!r}")
        return found[0]

    def column(self, key: str) -> Col:
        """The column with this key."""
        return next(column for column in self.columns if column.key == key)

    def row_number(self, row: Row) -> int:
        """1-based row in the sheet, line of the CSV or record of the transport file."""
        index = next(i for i, other in enumerate(self.rows) if other is row)
        return self.first_data_row + index


@dataclass(frozen=True)
class Fault:
    """One place at which a fault was put."""

    kind: str
    table: Table
    row: Row | int
    column: str
    value: str
    detail: str

    @property
    def row_number(self) -> int:
        """1-based row."""
        if isinstance(self.row, int):
            return self.row
        return self.table.row_number(self.row)


def render(value: Cell, form: str) -> str | int | float | date | datetime | None:
    """The value as it goes into a cell."""
    if isinstance(value, Raw):
        return value.value
    if isinstance(value, datetime) or not isinstance(value, date):
        return value
    if form == "date":
        return value
    if form == "serial":
        return (value - EXCEL_EPOCH).days
    return date_text(value, form)


def date_text(value: date, form: str) -> str:
    """A date in one of the spellings found in the raw files."""
    month = MONTHS[value.month - 1]
    spellings = {
        "iso": value.isoformat(),
        "dmony": f"{value.day:02d}-{month}-{value.year}",
        "dmony2": f"{value.day:02d}-{month}-{value.year % 100:02d}",
        "dmyslash": f"{value.day:02d}/{value.month:02d}/{value.year}",
        "mdyslash": f"{value.month}/{value.day}/{value.year % 100:02d}",
        "dotted": f"{value.day:02d}.{value.month:02d}.{value.year}",
        "ydotted": f"{value.year}.{value.month:02d}.{value.day:02d}",
        "compact": f"{value.year}{value.month:02d}{value.day:02d}",
        "date9": f"{value.day:02d}{month.upper()}{value.year}",
        "un_month": f"UN-{month.upper()}-{value.year}",
        "unk_month": f"{value.day:02d} UNK {value.year}",
        "un_unk": f"UN UNK {value.year}",
        "unk_glued": f"UNK{month.upper()}{value.year}",
        "serial": str((value - EXCEL_EPOCH).days),
    }
    return spellings[form]


def as_text(value: str | int | float | date | datetime | None) -> str:
    """A cell as text for the CSV files and faults.csv."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def study_day(day1: date, day: int) -> date:
    """Date of a study day; there is no day 0."""
    return day1 + timedelta(days=day - 1 if day > 0 else day)


def rng_for(*parts: object) -> Random:
    """A random stream of its own for each part of the story, so parts do not disturb another."""
    return Random(f"{SEED}/" + "/".join(str(part) for part in parts))


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


def pick(rng: Random, items: Sequence[_T]) -> _T:
    """One item."""
    return items[int(rng.random() * len(items))]
