"""Spreadsheet workbooks: typed cells to text, merged cells filled, odd cells named."""

import re
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import openpyxl
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from cdisc_tools.io.grid import CellNote, Grid, joined_header, texts_above
from cdisc_tools.io.inflating import require_bounded_repeats, require_bounded_workbook
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import SourceSpec

OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".ods"})
DETAILED = frozenset({".xlsx", ".xlsm"})
# in the text of a sheet: the end of a formula, then no value or an empty one
FORMULA_ALONE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


class WorkbookReader:
    """One workbook, opened once for all its sheets."""

    def __init__(self, path: Path, shown: str) -> None:
        """Open a workbook; ``shown`` is its name in messages."""
        self._path = path
        self._shown = shown
        with path.open("rb") as stream:
            signature = stream.read(8)
        if path.suffix.lower() in ZIP_WORKBOOKS and signature == OLE_SIGNATURE:
            raise self._locked()
        if path.suffix.lower() in ZIP_WORKBOOKS:
            require_bounded_workbook(path, shown)
        if path.suffix.lower() == ".ods":
            require_bounded_repeats(path, shown)
        try:
            self._workbook = CalamineWorkbook.from_path(str(path))
        except PasswordError as error:
            raise self._locked() from error
        except CalamineError as error:
            raise ConfigurationError(
                f"{shown} is not a readable workbook ({error}); open it in a spreadsheet "
                "program and save it again"
            ) from error

    def _locked(self) -> ConfigurationError:
        return ConfigurationError(f"{self._shown} is protected by a password; save it without one")

    def read_sheet(self, source: SourceSpec) -> Grid:
        """Read a sheet as text: header, rows, which cells were real dates, and odd cells."""
        names = self._workbook.sheet_names
        name = source.sheet or names[0]
        if name not in names:
            raise ConfigurationError(
                f"source {source.name!r}: {self._shown} has no sheet {name!r}; "
                f"it has: {', '.join(names)}"
            )
        sheet = self._workbook.get_sheet_by_name(name)
        cells = sheet.to_python(skip_empty_area=False)
        if len(cells) < source.header_rows[-1]:
            raise ConfigurationError(
                f"source {source.name!r}: {self._shown} [{name}] is empty: "
                f"no header in row {source.header_rows[-1]}"
            )
        texts = [[cell_text(value) for value in row] for row in cells]
        notes = _fill_merged(texts, sheet, source.header_rows[-1])
        notes += self._odd_cells(name, texts, source) + self._empty_formulas(name, source)
        dates = frozenset(
            (row + 1, place)
            for row, values in enumerate(cells)
            for place, value in enumerate(values)
            if isinstance(value, date)
        )
        first = source.header_rows[-1]
        return Grid(
            header=joined_header([texts[row - 1] for row in source.header_rows]),
            rows=texts[first:],
            numbers=list(range(first + 1, len(texts) + 1)),
            letters=[get_column_letter(place + 1) for place in range(len(texts[0]))],
            dates=dates,
            notes=notes,
            above=texts_above(texts, source.header_rows[0]),
        )

    def _odd_cells(self, name: str, texts: list[list[str]], source: SourceSpec) -> list[CellNote]:
        """Find coloured cells and error values; the fast reader shows neither.

        An error value is put back into ``texts`` so that it is kept.
        """
        if source.fills == "ignore" or self._path.suffix.lower() not in DETAILED:
            return []
        notes: list[CellNote] = []
        for cells in self._details[name].iter_rows(min_row=source.header_rows[-1] + 1):
            for cell in cells:
                row, place = cell.row or 0, (cell.column or 1) - 1
                if cell.data_type == "e":
                    texts[row - 1][place] = str(cell.value)
                    notes.append(("CDT-R008", row, place, str(cell.value), ""))
                # a coloured area may reach further than the data
                within = row <= len(texts) and place < len(texts[0])
                if within and cell.has_style and cell.fill.fill_type == "solid":
                    colour = _colour_name(cell.fill.fgColor)
                    notes.append(("CDT-R009", row, place, texts[row - 1][place], colour))
        return notes

    def _empty_formulas(self, name: str, source: SourceSpec) -> list[CellNote]:
        """Find formulas that were never calculated, which every reader takes for empty cells."""
        if self._path.suffix.lower() not in DETAILED or not self._may_lack_values:
            return []
        notes: list[CellNote] = []
        values = self._details[name]
        for cells in self._formulas[name].iter_rows(min_row=source.header_rows[-1] + 1):
            for cell in cells:
                if cell.data_type != "f":
                    continue
                row, column = cell.row or 0, cell.column or 1
                value = values.cell(row, column)
                # "str" without a text is a formula that gives an empty text
                if value.value is None and value.data_type != "str":
                    formula = str(getattr(cell.value, "text", cell.value))
                    notes.append(("CDT-R028", row, column - 1, formula, ""))
        return notes

    @cached_property
    def _details(self) -> openpyxl.Workbook:
        return openpyxl.load_workbook(self._path, data_only=True)

    @cached_property
    def _formulas(self) -> openpyxl.Workbook:
        return openpyxl.load_workbook(self._path)

    @cached_property
    def _may_lack_values(self) -> bool:
        """True when the text of any sheet has a formula with nothing behind it."""
        with zipfile.ZipFile(self._path) as parts:
            sheets = [part for part in parts.namelist() if part.startswith("xl/worksheets/sheet")]
            return any(FORMULA_ALONE.search(parts.read(sheet)) for sheet in sheets)


def _colour_name(colour: Color) -> str:
    """Name a colour: its RGB value, or its number in the theme or palette."""
    return str(colour.rgb) if colour.type == "rgb" else f"{colour.type} {colour.value}"


def cell_text(value: object) -> str:
    """Write a cell as text; a date as ISO 8601, a whole number without its ".0"."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        hours, rest = divmod(int(value.total_seconds()), 3600)
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return str(value)


def _fill_merged(texts: list[list[str]], sheet: CalamineSheet, last_header: int) -> list[CellNote]:
    """Write a merged block's value into each of its cells; note each one filled among the data."""
    notes: list[CellNote] = []
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        # a merged block may reach further than the cells that hold anything
        if top >= len(texts) or left >= len(texts[0]):
            continue
        value = texts[top][left]
        for row in range(top, min(bottom + 1, len(texts))):
            for place in range(left, min(right + 1, len(texts[0]))):
                if (row, place) == (top, left) or texts[row][place]:
                    continue
                # a title or footer merged across the sheet is one text, not one a column
                if row >= last_header and place > left:
                    continue
                texts[row][place] = value
                if row >= last_header:
                    origin = f"{get_column_letter(left + 1)}{top + 1}"
                    notes.append(("CDT-R007", row + 1, place, value, origin))
    return notes
