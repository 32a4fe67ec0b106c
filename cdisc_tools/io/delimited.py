"""CSV and other delimited text, every value as it stands."""

import csv
import io
from codecs import BOM_UTF8
from pathlib import Path

from cdisc_tools.io.grid import CellNote, Grid, joined_header, texts_above
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import SourceSpec


def read_delimited(path: Path, source: SourceSpec) -> Grid:
    """Read a delimited file: its header and its rows, empty lines as empty rows.

    A row's number is its place in the file as a spreadsheet shows it.

    Raises ConfigurationError for bytes that are not in the declared encoding, naming the line.
    """
    encoding = "utf-8-sig" if source.encoding.lower() in ("utf-8", "utf8") else source.encoding
    text = _decoded(path, source, encoding)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else source.delimiter
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ConfigurationError(f"source {source.name!r}: {source.file}: {error}") from error
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
