"""Workbooks that are the same bytes each time, and whose texts stay texts."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime

import openpyxl
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from cdisc_tools.model.sheets import Sheet
from cdisc_tools.model.texts import one_line_end

# what a cell of a workbook holds, and a sheet
MAX_TEXT = 32_767
CORE_PROPERTIES = "docProps/core.xml"
# the earliest moment that a zip archive can hold
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# what a spreadsheet program might take for a formula
FORMULA_STARTS = ("=", "+", "-", "@")
HEADER_FONT, HEADER_FILL = Font(bold=True), PatternFill("solid", fgColor="DDE6F0")
_NARROWEST, _WIDEST = 8, 60
# records looked at for the width of a column
_MEASURED = 1000
_CUT = " [cut]"


def workbook_bytes(sheets: Iterable[Sheet]) -> bytes:
    """Write sheets as a workbook: a frozen header with a filter, and a row a record.

    A character that a workbook can't hold becomes U+FFFD; a text longer than a cell's 32,767
    characters is cut, and ends with a word that says so. Same sheets, same bytes.
    """
    workbook = openpyxl.Workbook(write_only=True)
    for sheet in sheets:
        _write(workbook.create_sheet(sheet.name), sheet)
    return saved(workbook, datetime(*ZIP_EPOCH))


def saved(workbook: openpyxl.Workbook, timestamp: datetime) -> bytes:
    """Pack a workbook as of one moment: its properties and each of its parts."""
    workbook.properties.creator = "cdisc_tools"
    workbook.properties.created = timestamp
    buffer = io.BytesIO()
    workbook.save(buffer)
    # saving takes the clock
    workbook.properties.modified = timestamp
    return _dated(buffer, tostring(workbook.properties.to_tree()))


def column_width(texts: Iterable[str]) -> int:
    """The width of a column that shows its texts, within bounds."""
    longest = max((len(line) for text in texts for line in text.splitlines()), default=0)
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _write(target: Worksheet, sheet: Sheet) -> None:
    """Write one sheet; of a write-only one the form goes before the rows."""
    for place, header in enumerate(sheet.header):
        shown = [header, *(str(row[place]) for row in sheet.rows[:_MEASURED])]
        target.column_dimensions[get_column_letter(place + 1)].width = column_width(shown)
    target.freeze_panes = "A2"
    target.auto_filter.ref = f"A1:{get_column_letter(len(sheet.header))}{len(sheet.rows) + 1}"
    target.append([_header(target, text) for text in sheet.header])
    for row in sheet.rows:
        target.append(_cells(target, row))


def _header(target: Worksheet, text: str) -> Cell:
    cell = _text_cell(target, text)
    cell.font, cell.fill = HEADER_FONT, HEADER_FILL
    return cell


def _cells(target: Worksheet, row: Sequence[str | int]) -> list[Cell | int | None]:
    return [
        value if isinstance(value, int) else _text_cell(target, value) if value else None
        for value in row
    ]


def _text_cell(target: Worksheet, text: str) -> Cell:
    """A cell that holds a text, whatever it looks like."""
    cell = WriteOnlyCell(target)
    cell.value = _writable(text)
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True
    return cell


def _writable(text: str) -> str:
    """Write a text so that it is read back as it stands, as far as a cell can hold it."""
    shown = LOOKS_ESCAPED.sub("_x005F_", UNWRITABLE.sub("\ufffd", one_line_end(text)))
    return shown if len(shown) <= MAX_TEXT else shown[: MAX_TEXT - len(_CUT)] + _CUT


def _dated(buffer: io.BytesIO, properties: bytes) -> bytes:
    """Pack a workbook again with one fixed moment for each of its parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            data = properties if name == CORE_PROPERTIES else old.read(name)
            part = zipfile.ZipInfo(name, ZIP_EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, data)
    return packed.getvalue()
