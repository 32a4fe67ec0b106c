"""The Pinnacle 21 specification workbook: read and written, cell by cell, as text."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO, cast

import openpyxl
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from cdisc_tools.io.workbooks import (
    FORMULA_STARTS,
    HEADER_FILL,
    HEADER_FONT,
    LOOKS_ESCAPED,
    MAX_TEXT,
    UNWRITABLE,
    column_width,
    saved,
)
from cdisc_tools.io.writing import write_bytes
from cdisc_tools.metadata.specification import (
    FieldLayout,
    TableLayout,
    fold_header,
    read_layout,
    with_where_clauses,
)
from cdisc_tools.metadata.specification_checks import SpecProblem
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.numbers import number_text
from cdisc_tools.model.specification import Specification, SpecRecord
from cdisc_tools.model.texts import one_line_end

MAX_UNPACKED = 128 * 1024 * 1024
# cells, with the empty ones that a far-off address brings along
MAX_CELLS = 5_000_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# what openpyxl raises for parts that are absent, cut or nonsense; ParseError is a SyntaxError
_UNREADABLE = (
    InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError,
    SyntaxError, OverflowError, RuntimeError, OSError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class SpecificationSource:
    """A specification as a file has it.

    ``columns`` holds the headers of the file by table and field; ``problems`` what is wrong with
    the file itself; ``remarks`` what it holds beside the specification's tables.
    """

    specification: Specification
    columns: dict[tuple[str, str], str]
    problems: tuple[SpecProblem, ...]
    remarks: tuple[str, ...]


def read_specification_workbook(path: Path) -> SpecificationSource:
    """Read a Pinnacle 21 specification workbook of either layout.

    Every cell is read as text without the blanks around it; a number that the spreadsheet stored
    as such has no ".0"; blank rows are passed over; a word such as yes or TEXT is read in the
    spelling of its choices. A column that the layout doesn't know is kept under its header,
    one without a header as "(column D)".
    A where expression in ValueLevel becomes where clauses. Formulas, error values and columns that
    are missing or doubled are problems; sheets of unknown name are remarks.

    Raises ConfigurationError for a file that is no readable workbook, or too large unpacked.
    """
    # opened here, since its name may have any ending
    with path.open("rb") as stream:
        try:
            _check_archive(stream, path.name)
            workbook = openpyxl.load_workbook(stream, read_only=True)
            return _read_workbook(workbook, path.name)
        except _UNREADABLE as error:
            raise ConfigurationError(
                f"{path.name} is not a readable workbook ({type(error).__name__}: {error}); open "
                "it in a spreadsheet program and save it again as .xlsx"
            ) from error


def _check_archive(stream: BinaryIO, shown: str) -> None:
    """Refuse an archive that unpacks to too much, and one with document types in its parts."""
    with zipfile.ZipFile(stream) as archive:
        size = sum(part.file_size for part in archive.infolist())
        if size > MAX_UNPACKED:
            raise ConfigurationError(
                f"{shown} unpacks to {size:,} bytes, more than {MAX_UNPACKED:,}; it is no "
                "specification"
            )
        for name in archive.namelist():
            with archive.open(name) as part:
                if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in part.read(4096):
                    raise ConfigurationError(
                        f"{shown}: {name} declares a document type, which no workbook does"
                    )


def _read_workbook(workbook: openpyxl.Workbook, shown: str) -> SpecificationSource:
    layout, reading = read_layout(), _Reading(shown)
    named = {
        fold_header(name): table
        for table in layout.values()
        for name in (*table.sheets.values(), *table.aliases, table.name)
    }
    taken: dict[str, str] = {}
    for sheet in workbook.worksheets:
        table = named.get(fold_header(sheet.title))
        if table is None:
            reading.remarks.append(f"{shown}, sheet {sheet.title}: not part of a specification")
        elif table.name in taken:
            reading.add(table, -1, f"sheet {sheet.title}: {taken[table.name]} is the same table")
        else:
            taken[table.name] = sheet.title
            reading.read_sheet(sheet, table)
    for table in layout.values():
        if table.needed and table.name not in taken:
            names = " or ".join(dict.fromkeys(table.sheets.values()))
            reading.add(table, -1, f"sheet {names} is missing", refuses=table.needed == "yes")
    tables = {name: reading.tables[name] for name in layout if reading.tables.get(name)}
    return SpecificationSource(
        with_where_clauses(Specification(tables)),
        reading.columns,
        tuple(reading.problems),
        tuple(reading.remarks),
    )


class _Reading:
    """A workbook on its way to a specification."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.tables: dict[str, tuple[SpecRecord, ...]] = {}
        self.columns: dict[tuple[str, str], str] = {}
        self.problems: list[SpecProblem] = []
        self.remarks: list[str] = []
        self.cells = 0

    def add(self, table: TableLayout, number: int, text: str, *, refuses: bool = True) -> None:
        """Report a fault before the record of this number."""
        joined = f"{self.shown}, {text}" if text.startswith("sheet ") else text
        position = (list(read_layout()).index(table.name), number, -1)
        self.problems.append(SpecProblem(position, joined, refuses))

    def read_sheet(self, sheet: Any, table: TableLayout) -> None:
        """Read a sheet: its header is the first row that has a known one; titles stand above."""
        # the dimension that a file states may be wrong in both directions
        sheet.reset_dimensions()
        header: dict[int, str] = {}
        records: list[SpecRecord] = []
        for row, cells in enumerate(sheet.iter_rows(), 1):
            self._count(len(cells) + 1)
            texts = {place: cell for place, cell in enumerate(cells) if cell.value is not None}
            if not header and texts and not _is_header(texts.values(), table):
                place = f"{self.shown}, sheet {sheet.title}, row {row}"
                self.remarks.append(f"{place}: no header of the sheet, passed over")
            elif not header:
                header = self._header(sheet.title, row, texts, table)
            elif texts:
                records += self._record(f"sheet {sheet.title}, row {row}", texts, header, table,
                                        len(records))  # fmt: skip
        if not header and table.needed == "yes":
            wanted = ", ".join(field.header for field in table.fields if field.needed == "yes")
            self.add(table, -1, f"sheet {sheet.title} has no row with the headers {wanted}")
        self.tables[table.name] = tuple(records)

    def _count(self, cells: int) -> None:
        """Count cells, so that a few far-off addresses don't keep the reader busy for ever."""
        self.cells += cells
        if self.cells > MAX_CELLS:
            raise ConfigurationError(
                f"{self.shown} has more than {MAX_CELLS:,} cells, empty ones included; it is no "
                "specification"
            )

    def _header(
        self, sheet: str, row: int, cells: dict[int, Any], table: TableLayout
    ) -> dict[int, str]:
        """Name the columns by their fields; a header that stands there twice is a problem."""
        header: dict[int, str] = {}
        for place, cell in cells.items():
            text = " ".join(_text(cell).split())
            field = table.by_header.get(fold_header(text))
            name = field.name if field else text
            if not text:
                continue
            if name in header.values():
                where = f"sheet {sheet}, row {row}, column {text}"
                self.add(table, -1, f"{where}: the column stands there twice; drop one")
                continue
            header[place] = name
            self.columns[table.name, name] = text
        self._missing_columns(f"sheet {sheet}, row {row}", table, bool(header))
        return header

    def _missing_columns(self, place: str, table: TableLayout, filled: bool) -> None:
        for field in table.fields:
            if filled and field.needed and (table.name, field.name) not in self.columns:
                names = " or ".join(dict.fromkeys(field.headers.values()))
                refuses = field.needed == "yes"
                self.add(table, -1, f"{place}: column {names} is missing", refuses=refuses)

    def _record(
        self, place: str, cells: dict[int, Any], header: dict[int, str], table: TableLayout,
        number: int,
    ) -> Iterator[SpecRecord]:  # fmt: skip
        values: dict[str, str] = {}
        for column, cell in cells.items():
            name = header.get(column) or f"(column {get_column_letter(column + 1)})"
            text = _text(cell)
            if cell.data_type in ("f", "e"):
                kind = "a formula" if cell.data_type == "f" else "an error value"
                shown = self.columns.get((table.name, name), name)
                self.add(table, number, f"{place}, column {shown}: {text!r} is {kind}; write "
                         "its value as text")  # fmt: skip
            if text:
                self.columns.setdefault((table.name, name), name)
                values[name] = _canonical(table.by_name.get(name), text)
        if values:
            yield SpecRecord(values, f"{self.shown}, {place}")


def _is_header(cells: Iterable[Any], table: TableLayout) -> bool:
    """True for a row that has a header of the table."""
    return any(fold_header(_text(cell)) in table.by_header for cell in cells)


def _canonical(field: FieldLayout | None, text: str) -> str:
    """Spell a word as the choices of its field do, whatever its case."""
    words = field.words if field else ()
    return next((word for word in words if word.casefold() == text.casefold()), text)


def _text(cell: Any) -> str:
    """The text of a cell without blanks around it; a whole number has no decimals."""
    value = cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value))
    return one_line_end(plain).strip()


def write_specification_workbook(
    spec: Specification, path: Path, *, layout: str, timestamp: datetime
) -> None:
    """Write a specification as a Pinnacle 21 workbook of layout 2.1 or 2.0; same bytes each time.

    Every cell is text, so that nothing is taken for a formula or a number. A field that the
    layout hasn't got follows behind its columns under its own header, so that nothing is lost.
    Raises ConfigurationError for a text that a workbook can't hold, with its place.
    """
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for table in read_layout().values():
        records = spec.table(table.name)
        # the sheets that every workbook has, and those of this one
        if records or "2.0" in table.sheets:
            sheet = workbook.create_sheet(table.sheets.get(layout, table.sheet))
            _write_sheet(sheet, table, records, layout)
    write_bytes(path, saved(workbook, timestamp))


def _write_sheet(
    sheet: Worksheet, table: TableLayout, records: Sequence[SpecRecord], layout: str
) -> None:
    """Write one table: a frozen header with a filter, and a row a record."""
    columns = _columns(table, records, layout)
    for place, header in enumerate(columns.values(), 1):
        cell = _put(sheet, 1, place, _escaped(header, f"sheet {sheet.title}, header"))
        cell.font, cell.fill = HEADER_FONT, HEADER_FILL
    for row, record in enumerate(records, 2):
        for place, name in enumerate(columns, 1):
            if record[name]:
                where = f"{record.place or table.name}, column {columns[name]}"
                cell = _put(sheet, row, place, _escaped(record[name], where))
                if record[name].startswith(FORMULA_STARTS):
                    cell.quotePrefix = True
    for place, (name, header) in enumerate(columns.items(), 1):
        width = column_width([header, *(record[name] for record in records)])
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(records) + 1}"


def _put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Write a text that stays one, whatever it looks like."""
    cell = cast(Cell, sheet.cell(row, column))
    cell.value = text
    cell.data_type = "s"
    return cell


def _columns(table: TableLayout, records: Sequence[SpecRecord], layout: str) -> dict[str, str]:
    """The headers by field: those of the layout, then whatever else the records fill."""
    columns = {
        field.name: field.headers[layout] for field in table.fields if layout in field.headers
    }
    # a table that only the newer layout has is written as there
    if not columns:
        columns = {field.name: field.header for field in table.fields}
    for name in table.field_names(records):
        known = table.by_name.get(name)
        columns.setdefault(name, known.header if known else name)
    return columns


def _escaped(text: str, where: str) -> str:
    """Write what reads like an escaped character so that it is read back as it stands."""
    unwritable = UNWRITABLE.search(text)
    if unwritable:
        raise ConfigurationError(
            f"{where}: character U+{ord(unwritable[0]):04X} cannot stand in a workbook; remove it"
        )
    escaped = LOOKS_ESCAPED.sub("_x005F_", text)
    if len(escaped) > MAX_TEXT:
        raise ConfigurationError(
            f"{where}: the text has {len(escaped):,} characters, and a cell of a workbook holds "
            f"{MAX_TEXT:,}; put it into a document"
        )
    return escaped
