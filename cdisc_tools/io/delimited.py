"""CSV and other delimited text, every value as it stands."""

import csv
import io
import re
from codecs import BOM_UTF8
from pathlib import Path

from cdisc_tools.io.grid import CellNote, Grid, joined_header, texts_above
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import SourceSpec

# a cell over more lines is taken for rows that an open quote swallowed
MOST_BREAKS = 20


def read_delimited(path: Path, source: SourceSpec) -> Grid:
    """Read a delimited file: its header and its rows, empty lines as empty rows.

    A row's number is its place in the file as a spreadsheet shows it.

    Raises ConfigurationError for bytes that are not in the declared encoding, naming the line.
    """
    encoding = "utf-8-sig" if source.encoding.lower() in ("utf-8", "utf8") else source.encoding
    text = _decoded(path, source, encoding)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else source.delimiter
    rows = _rows(text, delimiter, source)
    last_header = source.header_rows[-1]
    if len(rows) < last_header:
        raise ConfigurationError(
            f"source {source.name!r}: {source.file} ends before its header (row {last_header})"
        )
    body = rows[last_header:]
    numbers = list(range(last_header + 1, last_header + 1 + len(body)))
    return Grid(
        header=joined_header([rows[row - 1] for row in source.header_rows]),
        rows=body,
        numbers=numbers,
        notes=_encoding_note(path, source, rows),
        above=texts_above(rows, source.header_rows[0]),
    )


def _rows(text: str, delimiter: str, source: SourceSpec) -> list[list[str]]:
    """Split a text into rows.

    Raises ConfigurationError where a quoted cell does not end, or reaches over so many lines that
    rows must be in it.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, start = [], 1
    try:
        for row in reader:
            lines = reader.line_num - start
            if lines >= MOST_BREAKS and any(_breaks(cell) >= MOST_BREAKS for cell in row):
                raise _open_quote(text, delimiter, source, start)
            rows.append(row)
            start = reader.line_num + 1
    except csv.Error as error:
        raise _open_quote(text, delimiter, source, start) from error
    return rows


def _open_quote(text: str, delimiter: str, source: SourceSpec, start: int) -> ConfigurationError:
    """Name the line where the faulty quoted cell of the row at line ``start`` begins."""
    lines = io.StringIO(text, newline="").readlines()[start - 1 :]
    began, last = _quoted_cell("".join(lines), delimiter)
    return ConfigurationError(
        f"source {source.name!r}: {source.file} line {start + began}: the quoted cell that begins "
        f"there does not end as it should (line {start + last}); close its quote, and write a "
        "quote within a cell twice"
    )


def _quoted_cell(text: str, delimiter: str) -> tuple[int, int]:
    """The lines, from 0, where the first quoted cell begins and ends that is not well written.

    That is one without an end, with text behind its end, or over too many lines.
    """
    cell = re.compile(rf'(?:^|(?<=[\r\n{re.escape(delimiter)}]))"([^"]*(?:""[^"]*)*)("?)')
    place = 0
    while found := cell.search(text, place):
        began = _breaks(text[: found.start()])
        last = began + _breaks(found[1])
        behind = text[found.end() : found.end() + 1]
        well = found[2] and behind in ("", delimiter, "\r", "\n")
        if not well or last - began >= MOST_BREAKS:
            return began, last
        place = found.end()
    return 0, 0


def _breaks(text: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", text))


def _decoded(path: Path, source: SourceSpec, encoding: str) -> str:
    data = path.read_bytes()
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigurationError(
            f"source {source.name!r}: {source.file} line {line}: byte 0x{data[error.start]:02X} is "
            f"not {source.encoding}; declare the file's `encoding` (often cp1252) in study.yaml"
        ) from error
    except LookupError as error:
        raise ConfigurationError(
            f"source {source.name!r}: unknown encoding {source.encoding!r} in study.yaml"
        ) from error


def _encoding_note(path: Path, source: SourceSpec, rows: list[list[str]]) -> list[CellNote]:
    """Report a byte order mark, or the first text outside ASCII of another encoding."""
    with path.open("rb") as stream:
        marked = stream.read(3) == BOM_UTF8
    if marked:
        return [("CDT-R018", 1, 0, (rows[0] or [""])[0], "UTF-8 with a byte order mark")]
    if source.encoding.lower() in ("utf-8", "utf8"):
        return []
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row):
            if not text.isascii():
                return [("CDT-R018", number, place, text, source.encoding)]
    return []
