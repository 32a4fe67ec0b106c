"""Dataset-JSON 1.1 in its three forms: JSON, NDJSON, and NDJSON that zlib compresses.

All are read and written in chunks. What the standard has no attribute for goes into a side file.
Source: CDISC Dataset-JSON 1.1 (doc/dataset-json1-1.md, dataset-json-ndjson1-1.md,
compressed-dataset-json1-1.md of cdisc-org/DataExchange-DatasetJson).
"""

import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import pandas as pd

from cdisc_tools.io.dataset_json_about import about_of, attribute_names, content_of
from cdisc_tools.io.dataset_json_rows import Place, frame_of, records_of
from cdisc_tools.io.inflating import InflatingReader
from cdisc_tools.io.json_scanner import BETWEEN_ITEMS, BETWEEN_LINES, JsonScanner
from cdisc_tools.io.moments import made_at
from cdisc_tools.io.numbers_held import checked_chunks, numbers_held
from cdisc_tools.io.side_files import read_side_entry, replacing_with_side, side_entry, with_side
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.transport import CHUNK, DatasetAttributes, DatasetStream

JSON, NDJSON, COMPRESSED = ".json", ".ndjson", ".dsjc"
# the standard advises the highest level for exchange; 6 takes a third of the time
_LEVEL = 6
# values of a chunk, whatever the number of columns
_VALUES = CHUNK * 24
_SIGNS = (b'"datasetJSONVersion"', b'"datasetJSONCreationDateTime"')
_LOOK = 65_536
# rows stand last, as the standard advises: an array of arrays or an empty one ends the file
_ROWS_LAST = re.compile(rb'(\]\s*\]|"rows"\s*:\s*\[\s*\])\s*\}\s*$')


def is_dataset_json(path: Path) -> bool:
    """Tell by the beginning and the end of a .json file whether it is a dataset."""
    with path.open("rb") as stream:
        start = stream.read(_LOOK)
    return any(sign in text for sign in _SIGNS for text in (start, _end(path)))


def open_dataset_json(path: Path) -> DatasetStream:
    """Open a file of any of the three forms, told by its suffix; the side file is taken up.

    Raises ConfigurationError, at once or while records are read, for what isn't of the standard:
    metadata that don't fit its schema, a record of another number of values, a value of another
    type, another number of records than the file says.
    """
    suffix = path.suffix.lower()
    content = _content(path) if suffix == JSON else _first_line(path)
    about = about_of(content, path.name)
    rows = _json_rows if suffix == JSON else _line_rows

    def read() -> Iterator[pd.DataFrame]:
        return _frames(path, about, rows)

    stream = DatasetStream(about, read, path.name)
    entry = read_side_entry(path)
    return with_side(stream, entry) if entry else stream


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    with path.open("rb") as data:
        source: BinaryIO = data
        if path.suffix.lower() == COMPRESSED:
            source = io.BufferedReader(InflatingReader(data, path.name))
        yield io.TextIOWrapper(source, encoding="utf-8-sig", newline="")


def _frames(
    path: Path,
    about: DatasetAttributes,
    rows: Callable[[JsonScanner, int], Iterator[list[Any]]],
) -> Iterator[pd.DataFrame]:
    """Give the records in frames, and hold their number to the one that the file says."""
    most = max(1, min(CHUNK, _VALUES // max(len(about.variables), 1)))
    start = 0
    with _opened(path) as stream:
        for found in rows(JsonScanner(stream, path.name), most):
            yield frame_of(found, about.variables, Place(path.name, start))
            start += len(found)
            _require_count(path, about, start, ended=False)
    _require_count(path, about, start, ended=True)
    if not start:
        yield frame_of([], about.variables, Place(path.name, 0))


def _require_count(path: Path, about: DatasetAttributes, seen: int, *, ended: bool) -> None:
    said = about.records or 0
    if seen > said or (ended and seen != said):
        more = "at least " if not ended else ""
        raise ConfigurationError(
            f"{path.name}: `records` says {said}, but {more}{seen} are there; the file was cut off "
            "or changed: export it again"
        )


def _first_line(path: Path) -> dict[str, Any]:
    with _opened(path) as stream:
        return _object(JsonScanner(stream, path.name).value("the first line"), path)


def _object(value: Any, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigurationError(
            f"{path.name} doesn't begin with the metadata of a dataset: it is no Dataset-JSON"
        )
    return value


def _line_rows(scanner: JsonScanner, most: int) -> Iterator[list[Any]]:
    scanner.value("the first line")
    if not scanner.next_character():
        return
    yield from scanner.values(BETWEEN_LINES, "record", most)


def _content(path: Path) -> dict[str, Any]:
    """The attributes of a JSON file without its rows, which are passed over where need be."""
    last = _has_rows_last(path)
    with _opened(path) as stream:
        scanner = JsonScanner(stream, path.name)
        if scanner.next_character() != "{":
            _object(None, path)
        content: dict[str, Any] = {}
        for name in _names(scanner):
            if name in content:
                raise scanner.error(f"the attribute {name!r} stands twice")
            if name != "rows":
                content[name] = scanner.value(name)
                continue
            content[name] = None
            if last:
                break
            for _ in _items(scanner, CHUNK):
                pass
        content.pop("rows", None)
        return content


def _has_rows_last(path: Path) -> bool:
    return _ROWS_LAST.search(_end(path)) is not None


def _end(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(0, io.SEEK_END)
        stream.seek(max(0, stream.tell() - _LOOK))
        return stream.read()


def _names(scanner: JsonScanner) -> Iterator[str]:
    """Give the names of an object's values; the caller reads each value before the next name.

    Raises ConfigurationError for a name that isn't of the standard, and for text behind the object.
    """
    known = attribute_names()
    scanner.take("{")
    goes_on = scanner.next_character() != "}"
    if not goes_on:
        scanner.take("}")
    while goes_on:
        name = scanner.value("a name")
        if not isinstance(name, str) or name not in known:
            raise scanner.error(f"{str(name)[:60]!r} is no attribute of Dataset-JSON")
        scanner.take(":")
        yield name
        goes_on = scanner.take(",}") == ","
    if scanner.next_character():
        raise scanner.error("something stands behind the dataset")


def _items(scanner: JsonScanner, most: int) -> Iterator[list[Any]]:
    scanner.take("[")
    if scanner.next_character() == "]":
        scanner.take("]")
        return
    yield from scanner.values(BETWEEN_ITEMS, "record", most)


def _json_rows(scanner: JsonScanner, most: int) -> Iterator[list[Any]]:
    for name in _names(scanner):
        if name == "rows":
            yield from _items(scanner, most)
        else:
            scanner.value(name)


def write_dataset_json(
    stream: DatasetStream, path: Path, *, timestamp: datetime | None = None
) -> None:
    """Write a dataset in the form that the suffix tells, and its side file where it needs one.

    Raises ConfigurationError for what Dataset-JSON can't hold; no file is written then.
    """
    held = numbers_held(stream, "Dataset-JSON")
    about = made_at(stream.about, timestamp)
    content = content_of(about, held, path.name)
    plain = about_of(content, path.name)
    entry = side_entry(about, plain, held, shown=path.name)
    with (
        replacing_with_side(path, [entry], always=False) as temporary,
        temporary.open("wb") as file,
    ):
        for piece in _compressed(_pieces(stream, content, path.suffix.lower()), path):
            file.write(piece)


def _pieces(
    stream: DatasetStream, content: Mapping[str, Any], suffix: str
) -> Iterator[bytes | memoryview]:
    """The bytes of a dataset in either form, a chunk at a time."""
    head = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    types = [
        (column["name"], column["dataType"], column.get("targetDataType", ""))
        for column in content["columns"]
    ]
    chunks = checked_chunks(stream, content["records"])
    if suffix != JSON:
        yield f"{head}\n".encode()
        for frame in chunks:
            yield records_of(frame, types, ("[", "]\n"))
        return
    yield f'{head[:-1]},"rows":[\n'.encode()
    first = True
    for frame in chunks:
        records = records_of(frame, types, (",\n[", "]"))
        # no comma before the first of all
        yield records[2:] if first else records
        first = first and not len(records)
    yield b"\n]}\n"


def _compressed(pieces: Iterator[bytes | memoryview], path: Path) -> Iterator[bytes | memoryview]:
    if path.suffix.lower() != COMPRESSED:
        yield from pieces
        return
    packer = zlib.compressobj(_LEVEL)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()
