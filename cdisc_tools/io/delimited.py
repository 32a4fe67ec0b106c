"""CSV and other delimited text, every value as it stands."""

import csv
from pathlib import Path

from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import SourceSpec


def read_delimited(path: Path, source: SourceSpec) -> tuple[list[str], list[list[str]]]:
    """Read a delimited file: its header and its rows, empty lines as empty rows.

    Raises ConfigurationError for bytes that are not in the declared encoding, naming the line.
    """
    encoding = "utf-8-sig" if source.encoding.lower() in ("utf-8", "utf8") else source.encoding
    text = _decoded(path, source, encoding)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else source.delimiter
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    except csv.Error as error:
        raise ConfigurationError(f"source {source.name!r}: {source.file}: {error}") from error
    last_header = source.header_rows[-1]
    if len(rows) < last_header:
        raise ConfigurationError(
            f"source {source.name!r}: {source.file} ends before its header (row {last_header})"
        )
    return rows[last_header - 1], rows[last_header:]


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
