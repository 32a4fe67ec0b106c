"""Datasets as sheets of a workbook, with a side file that holds what a workbook can't say.

A sheet has a header of names, and a record a row, of texts and numbers; nothing is a formula.
Source: ECMA-376 part 1, section 22.9.2.19 (characters that XML can't hold), and what Office makes
of it (MS-OI29500, 2.1.1747), read on public pages; the parts of a workbook as openpyxl reads them.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from cdisc_tools.io.comma_separated import numbers_of
from cdisc_tools.io.inflating import require_bounded_workbook
from cdisc_tools.io.moments import made_at
from cdisc_tools.io.numbers_held import (
    Held,
    checked_chunks,
    column_numbers,
    numbers_held,
)
from cdisc_tools.io.sas_dates import SAS_EPOCH
from cdisc_tools.io.sas_formats import DATE, DATETIME, DEFAULT_FORMATS, TIME, date_kind
from cdisc_tools.io.side_files import (
    SideEntry,
    read_side_file,
    replacing_with_side,
    side_entry,
    with_side,
)
from cdisc_tools.io.spreadsheets import cell_text
from cdisc_tools.io.text_columns import (
    LARGE,
    Texts,
    between,
    encoded,
    joined_records,
    number_texts,
    plain_texts,
    text_values,
    without_blanks,
)
from cdisc_tools.io.variable_names import name_twice, require_names
from cdisc_tools.io.workbooks import LOOKS_ESCAPED, MAX_TEXT, ZIP_EPOCH
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import Numbers
from cdisc_tools.model.transport import (
    CHUNK,
    NUM,
    DatasetAttributes,
    DatasetStream,
    VariableAttributes,
)

MAX_ROWS, MAX_COLUMNS, MAX_NAME = 1_048_576, 16_384, 31
_LEVEL = 3
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
# what XML can't hold, or takes for another line end
_ESCAPED = r"[\x00-\x08\x0b-\x1f]"
_ESCAPED_HERE = re.compile("[\x00-\x08\x0b-\x1f]")
# what neither XML nor an escape holds
_UNHELD = r"[\x{FFFE}\x{FFFF}]"
_ESCAPE_LIKE = r"_x[0-9A-Fa-f]{4}_"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# the ordinary style, and that of texts that stay texts when a user edits them
_STYLES = (
    '<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/>'
    '</fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/>'
    '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/>'
    '<xf xfId="0" quotePrefix="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" '
    'xfId="0" builtinId="0"/></cellStyles>'
)
_FORMULA = r"^[=+\-@]"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write_xlsx(
    streams: Sequence[DatasetStream], path: Path, *, timestamp: datetime | None = None
) -> None:
    """Write datasets as the sheets of a workbook, and its side file.

    Raises ConfigurationError for what a workbook can't hold; no file is written then.
    """
    _require_names(streams, path.name)
    entries, counts = [], []
    for stream in streams:
        held = numbers_held(stream, "a workbook")
        _require_size(stream.about, held, path.name)
        plain = DatasetAttributes(
            "", variables=tuple(VariableAttributes(item.name) for item in stream.about.variables)
        )
        about = made_at(stream.about, timestamp)
        entries.append(side_entry(about, plain, held, shown=path.name))
        counts.append(held.records)
    with (
        replacing_with_side(path, entries, always=True) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
    ):
        for name, text in _frame_parts([stream.about.name for stream in streams]).items():
            _add(archive, name, text.encode())
        for number, (stream, count) in enumerate(zip(streams, counts, strict=True), 1):
            part = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml", ZIP_EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(part, "w", force_zip64=True) as target:
                _write_sheet(cast(BinaryIO, target), stream, count)


def _require_names(streams: Sequence[DatasetStream], file: str) -> None:
    names = [stream.about.name for stream in streams]
    twice = name_twice(name.lower() for name in names)
    if twice or not names:
        fault = f"two datasets of the name {twice.upper()}" if twice else "no dataset"
        raise ConfigurationError(f"{file}: {fault}; a workbook needs a name for each of its sheets")
    for name in names:
        if not 1 <= len(name) <= MAX_NAME or _NOT_IN_NAMES.search(name):
            raise ConfigurationError(
                f"{file}: {name!r} is no name of a sheet, which has up to {MAX_NAME} characters "
                "without [ ] : * ? / \\ '; rename the dataset"
            )
    for stream in streams:
        require_names([item.name for item in stream.about.variables], stream.about.name)


def _require_size(about: DatasetAttributes, held: Held, file: str) -> None:
    if held.records >= MAX_ROWS or len(about.variables) > MAX_COLUMNS:
        raise ConfigurationError(
            f"{file}: {about.name} has {held.records} records and {len(about.variables)} "
            f"variables; a sheet holds {MAX_ROWS - 1} and {MAX_COLUMNS}; export to csv or parquet"
        )


def _frame_parts(names: Sequence[str]) -> dict[str, str]:
    """The parts of a workbook around its sheets."""
    numbered = list(enumerate(names, 1))
    sheets = "".join(
        f'<sheet name="{_escaped_xml(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in numbered
    )
    targets = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number, _ in numbered
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
        f'ContentType="{_KIND}.worksheet+xml"/>'
        for number, _ in numbered
    )
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f"{kinds}</Types>",
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets></workbook>",
        "xl/styles.xml": f'{_XML}<styleSheet xmlns="{_MAIN}">{_STYLES}</styleSheet>',
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'{targets}<Relationship Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" '
        'Target="styles.xml"/></Relationships>',
    }


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    part = zipfile.ZipInfo(name, ZIP_EPOCH)
    part.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(part, data)


def _write_sheet(target: BinaryIO, stream: DatasetStream, records: int) -> None:
    """Write a sheet whose header stays in view, a chunk of records at a time."""
    target.write(
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews><sheetData>".encode()
    )
    names = [pa.array([item.name], LARGE) for item in stream.about.variables]
    if names:
        header = [_text_cells(name) for name in names]
        target.write(joined_records(header, "", "<c/>", ("<row>", "</row>")))
    start = 0
    for frame in checked_chunks(stream, records):
        columns = [
            between("<c><v>", number_texts(column_numbers(frame[item.name])), "</v></c>")
            if item.is_numeric
            else _checked_cells(frame[item.name], (stream.about.name, item.name), start)
            for item in stream.about.variables
        ]
        if columns:
            target.write(joined_records(columns, "", "<c/>", ("<row>", "</row>")))
        start += len(frame)
    target.write(b"</sheetData></worksheet>")


def _checked_cells(texts: pd.Series, named: tuple[str, str], start: int) -> Texts:
    """Text cells of a column.

    Raises ConfigurationError for a text that is longer than a cell, or that none holds.
    """
    cells = encoded(texts, _text_cells)
    unheld = pc.fill_null(pc.match_substring_regex(plain_texts(texts), _UNHELD), False)
    if pc.any(unheld).as_py():
        row = unheld.index(True).as_py()
        raise ConfigurationError(
            f"{'.'.join(named)} record {start + row + 1}: U+FFFE or U+FFFF stands in the text, "
            "which a workbook can't hold; correct it, or export to csv or parquet"
        )
    # counted as spreadsheet programs do, in units of UTF-16
    lengths = encoded(texts, _lengths)
    long = pc.fill_null(pc.greater(pc.cast(lengths, pa.int64()), MAX_TEXT), False)
    if pc.any(long).as_py():
        row = long.index(True).as_py()
        raise ConfigurationError(
            f"{'.'.join(named)} record {start + row + 1}: a text of {lengths[row].as_py()} "
            f"characters; a cell holds {MAX_TEXT}; export to csv or parquet"
        )
    return cells


def _lengths(texts: Texts) -> Texts:
    counts = pc.utf8_length(texts)
    near = pc.fill_null(pc.greater(counts, MAX_TEXT // 2), False)
    if pc.any(near).as_py():
        exact = [len(text.encode("utf-16-le")) // 2 for text in texts.filter(near).to_pylist()]
        counts = pc.replace_with_mask(
            pc.cast(counts, pa.int64()), near, pa.array(exact, pa.int64())
        )
    return pc.cast(counts, LARGE)


def _text_cells(texts: Texts) -> Texts:
    """Cells that hold texts, whatever they look like."""
    odd = pc.match_substring_regex(texts, f"{_ESCAPED}|{_ESCAPE_LIKE}")
    if pc.any(odd).as_py():
        written = [_escaped(text) for text in texts.filter(odd).to_pylist()]
        texts = pc.replace_with_mask(texts, pc.fill_null(odd, False), pa.array(written, LARGE))
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        texts = pc.replace_substring(texts, character, entity)
    start, end = ' t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
    cells = between(f"<c{start}", texts, end)
    quoted = between(f'<c s="1"{start}', texts, end)
    return pc.if_else(pc.match_substring_regex(texts, _FORMULA), quoted, cells)


def _escaped(text: str) -> str:
    """Write what XML can't hold as _xHHHH_, and what looks like it so that it is read as it is."""
    plain = LOOKS_ESCAPED.sub("_x005F_", text)
    return _ESCAPED_HERE.sub(lambda found: f"_x{ord(found[0]):04X}_", plain)


def _escaped_xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@dataclass(frozen=True)
class _Sheet:
    """A sheet of a workbook file, which is read anew each time.

    ``names`` are those that its header has. ``records`` is how many it has at least: the last ones
    may have no value, and readers stop before them.
    """

    path: Path
    name: str
    names: tuple[str, ...]
    records: int = 0

    def chunks(self) -> Iterator[list[list[Any]]]:
        """The records in lists.

        Raises ConfigurationError for a header of other names.
        """
        rows = _rows(self.path, self.name)
        found = _header(next(rows, []))
        if found != self.names:
            raise ConfigurationError(
                f"{self.path.name} [{self.name}] row 1: the columns are {', '.join(found)[:200]}, "
                f"not those of {self.path.name}.metadata.json; export again, or remove that file"
            )
        seen = 0
        while records := list(islice(rows, CHUNK)):
            yield records
            seen += len(records)
        while seen < self.records:
            records = [[""] * len(self.names)] * min(CHUNK, self.records - seen)
            yield records
            seen += len(records)


def _rows(path: Path, name: str) -> Iterator[list[Any]]:
    """The rows of a sheet from its header on."""
    try:
        yield from _workbook(path).get_sheet_by_name(name).iter_rows()
    except CalamineError as error:
        raise _unreadable(path, error) from error


def _header(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(cell_text(value).strip() for value in values)


def open_xlsx(path: Path) -> tuple[DatasetStream, ...]:
    """Open the datasets of a workbook, one a sheet; the side file is taken up.

    Without a side file a variable is numeric whose filled cells are all numbers, or all dates,
    which become numbers of SAS with a date format; any other holds texts.
    Raises ConfigurationError for a file that is no workbook, is locked, or becomes too large in
    memory; for a header with an empty or repeated name; for a side file that doesn't fit.
    """
    require_bounded_workbook(path, path.name)
    entries = {entry.name: entry for entry in read_side_file(path)}
    names = _workbook(path).sheet_names
    if entries and list(entries) != names:
        raise ConfigurationError(
            f"{path.name}.metadata.json doesn't fit {path.name}: it is of the sheets "
            f"{', '.join(entries)}, here are {', '.join(names)}; export again, or remove it"
        )
    return tuple(_opened(path, name, entries.get(name)) for name in names)


def sheet_names(path: Path) -> tuple[str, ...]:
    """Name the sheets of a workbook.

    Raises ConfigurationError as ``open_xlsx`` does.
    """
    require_bounded_workbook(path, path.name)
    return tuple(_workbook(path).sheet_names)


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError as error:
        raise ConfigurationError(
            f"{path.name} is protected by a password; save it without one"
        ) from error
    except CalamineError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"{path.name} is not a readable workbook ({error}); open it in a spreadsheet program and "
        "save it again"
    )


def _opened(path: Path, sheet_name: str, entry: SideEntry | None) -> DatasetStream:
    # a sheet is read whole for its header, so that a side file's word is taken at first
    names = entry.variables if entry else _names(path, sheet_name)
    sheet = _Sheet(path, sheet_name, names, entry.records if entry else 0)
    file = path.name if entry else f"{path.name} [{sheet_name}]"
    formats = _said_formats(entry) if entry else _formats(sheet)
    variables = tuple(
        VariableAttributes(name, type=NUM, format=formats[name])
        if name in formats and entry is None
        else VariableAttributes(name)
        for name in names
    )

    def read() -> Iterator[pd.DataFrame]:
        start = 0
        for rows in sheet.chunks():
            yield _frame(rows, names, formats, (file, start))
            start += len(rows)
        if not start:
            yield _frame([], names, formats, (file, 0))

    stream = DatasetStream(DatasetAttributes(sheet_name, variables=variables), read, file)
    return with_side(stream, entry) if entry else stream


def _names(path: Path, sheet_name: str) -> tuple[str, ...]:
    """The names of a sheet's header.

    Raises ConfigurationError for an empty one or one that stands twice.
    """
    names = _header(next(_rows(path, sheet_name), []))
    require_names(names, f"{path.name} [{sheet_name}] row 1")
    return names


def _said_formats(entry: SideEntry) -> dict[str, str]:
    """The numeric variables of a side file."""
    return {name: "" for name, said in entry.attributes.items() if said.get("type") == NUM}


def _formats(sheet: _Sheet) -> dict[str, str]:
    """The columns that hold numbers, each with the format that its dates need."""
    kinds: list[set[type]] = [set() for _ in sheet.names]
    for rows in sheet.chunks():
        for kind, values in zip(kinds, zip(*rows, strict=True), strict=True):
            kind.update(map(type, (value for value in values if value != "")))
    formats = {}
    for name, kind in zip(sheet.names, kinds, strict=True):
        if kind and kind <= {int, float}:
            formats[name] = ""
        elif kind and kind <= {date, datetime}:
            formats[name] = DEFAULT_FORMATS[DATETIME if datetime in kind else DATE]
        elif kind == {time}:
            formats[name] = DEFAULT_FORMATS[TIME]
    return formats


def _frame(
    rows: list[list[Any]], names: Sequence[str], formats: dict[str, str], place: tuple[str, int]
) -> pd.DataFrame:
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    made: dict[str, Any] = {}
    for name, values in zip(names, columns, strict=False):
        if name in formats:
            made[name] = _numbers(values, formats[name], name, place)
        else:
            texts = pa.array(
                [value if isinstance(value, str) else cell_text(value) for value in values], LARGE
            )
            made[name] = text_values(without_blanks(texts))
    start = place[1]
    return pd.DataFrame(made, index=pd.RangeIndex(start, start + len(rows)))


def _numbers(values: Sequence[Any], format_name: str, name: str, place: tuple[str, int]) -> Numbers:
    """The numbers of cells; a text that is none is named by its record."""
    kinds = set(map(type, values))
    if kinds <= {int, float, str} and (str not in kinds or _all_empty(values)):
        numbers: Numbers = np.array(
            [float("nan") if value == "" else value for value in values], np.float64
        )
        return numbers
    if format_name:
        return np.array([_sas_number(value, format_name) for value in values], np.float64)
    texts = pa.array([value if isinstance(value, str) else repr(value) for value in values], LARGE)
    return numbers_of(texts, name, place)


def _all_empty(values: Sequence[Any]) -> bool:
    return not any(isinstance(value, str) and value for value in values)


def _sas_number(value: Any, format_name: str) -> float:
    """A date of a cell as SAS counts it."""
    if value == "":
        return float("nan")
    if isinstance(value, time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    passed = moment - SAS_EPOCH
    return float(passed.days) if date_kind(format_name) == DATE else passed.total_seconds()
