"""Compressed data that are read in bounded memory, whatever they claim to become."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO

from lxml import etree

from cdisc_tools.model.errors import ConfigurationError

# records of a dataset shrink to a tenth or a fiftieth; a bomb to a thousandth
MOST_GROWTH = 250
# so much may come of any file, however small
ALWAYS = 268_435_456
_BLOCK = 262_144
# cells of a sheet that readers make room for, some 32 bytes each
MOST_CELLS = 40_000_000
_SHEETS = "xl/worksheets/"
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_ADDRESS_BYTES = 16
_CONTENT = "content.xml"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_VALUE_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError)
# the standard asks for a zlib stream, the examples published beside it are gzip
_ZLIB_OR_GZIP = zlib.MAX_WBITS | 32


class InflatingReader(io.RawIOBase):
    """The data of a zlib stream, or of a gzip one.

    Raises ConfigurationError where the stream is damaged or cut off, is followed by something, or
    grows to more than data do.
    """

    def __init__(self, source: BinaryIO, shown: str) -> None:
        """Read from a file at its start; ``shown`` is its name in messages."""
        self._source = source
        self._shown = shown
        self._inflater = zlib.decompressobj(_ZLIB_OR_GZIP)
        self._taken = 0
        self._given = 0

    def readable(self) -> bool:
        """True, as it is for every reader."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with the next data; 0 at the end."""
        data = b""
        while not data and not self._inflater.eof:
            data = self._inflated(len(buffer))
        if not data and (self._inflater.unused_data or self._source.read(1)):
            raise self._error("something stands behind the compressed data")
        buffer[: len(data)] = data
        self._given += len(data)
        if self._given > most_inflated(self._taken):
            raise self._error(
                f"{self._taken} bytes grow to more than {MOST_GROWTH} times as many, which data "
                "do not"
            )
        return len(data)

    def _inflated(self, most: int) -> bytes:
        block = self._inflater.unconsumed_tail
        if not block:
            block = self._source.read(_BLOCK)
            self._taken += len(block)
            if not block:
                raise self._error("the compressed data are cut off")
        try:
            return self._inflater.decompress(block, most)
        except zlib.error as error:
            raise self._error(f"it is no zlib data ({error})") from error

    def _error(self, fault: str) -> ConfigurationError:
        return ConfigurationError(f"{self._shown}: {fault}; export or copy the file again")


def most_inflated(size: int) -> int:
    """The most bytes that so many compressed ones may become."""
    return max(ALWAYS, size * MOST_GROWTH)


def require_bounded_workbook(path: Path, shown: str) -> None:
    """Hold a workbook's archive to what workbooks become, before a reader takes it into memory.

    Each part is inflated, a block at a time, whatever the archive's directory says of its size. A
    sheet's cells must lie within an area that a memory holds, as readers make room for all of it.
    Raises ConfigurationError for an archive that is damaged or becomes too much.
    """
    most = most_inflated(path.stat().st_size)
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            for part in archive.infolist():
                sheet = _Area() if part.filename.startswith(_SHEETS) else None
                for block in _blocks(stream, part):
                    most -= len(block)
                    if most < 0:
                        raise _grown(shown)
                    if sheet is not None:
                        sheet.look_at(block)
                if sheet is not None and sheet.cells > MOST_CELLS:
                    raise _too_wide(shown, sheet.rows, sheet.columns)
    except (*_DAMAGED, ValueError, OSError) as error:
        raise ConfigurationError(
            f"{shown} is not a readable workbook ({error}); open it in a spreadsheet program and "
            "save it again"
        ) from error


def require_bounded_repeats(path: Path, shown: str) -> None:
    """Hold a spreadsheet of OpenDocument, which says how often a cell and a row are repeated, to
    an area that a memory holds; its archive is held to its bounds already.

    Raises ConfigurationError for one that is damaged or becomes too much.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_CONTENT) as stream:
            for rows, columns in _repeated_areas(stream):
                if rows * columns > MOST_CELLS:
                    raise _too_wide(shown, rows, columns)
    except (*_DAMAGED, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise ConfigurationError(
            f"{shown} is not a readable workbook ({error}); open it in a spreadsheet program and "
            "save it again"
        ) from error


def _repeated_areas(stream: IO[bytes]) -> Iterator[tuple[int, int]]:
    """The area that the filled cells reach over, after each row of each sheet."""
    rows, filled_rows, widest, cells, filled = 0, 0, 0, 0, 0
    tags = [_TABLE + name for name in ("table-cell", "covered-table-cell", "table-row", "table")]
    for _, element in etree.iterparse(
        stream, tag=tags, resolve_entities=False, no_network=True, load_dtd=False
    ):
        name = element.tag.removeprefix(_TABLE)
        if name == "table":
            rows, filled_rows, widest = 0, 0, 0
        elif name == "table-row":
            rows += _repeats(element, "rows")
            filled_rows = rows if filled else filled_rows
            widest, cells, filled = max(widest, filled), 0, 0
            yield filled_rows, widest
        else:
            cells += _repeats(element, "columns")
            filled = cells if len(element) or element.get(_VALUE_TYPE) else filled
        element.clear()


def _repeats(element: etree._Element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated", "1"))


def _too_wide(shown: str, rows: int, columns: int) -> ConfigurationError:
    return ConfigurationError(
        f"{shown}: a sheet reaches over {rows} rows and {columns} columns; delete the rows and "
        "columns behind the data and save it again"
    )


def _grown(shown: str) -> ConfigurationError:
    return ConfigurationError(
        f"{shown} grows to more than {MOST_GROWTH} times its size, which data do not; open it in a "
        "spreadsheet program and save it again"
    )


class _Area:
    """How far the cells of a sheet reach, by the addresses in its text."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0
        self._rest = b""

    @property
    def cells(self) -> int:
        """The cells of the area."""
        return self.rows * self.columns

    def look_at(self, block: bytes) -> None:
        """Take in the next piece of the sheet's text; an address may lie over two pieces."""
        text = self._rest + block
        self._rest = text[-_ADDRESS_BYTES:]
        found = _ADDRESS.findall(text)
        if found:
            letters, numbers = zip(*found, strict=True)
            self.rows = max(self.rows, *map(int, set(numbers)))
            self.columns = max(self.columns, *map(_column_number, set(letters)))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _blocks(stream: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The data of a part of an archive, in blocks."""
    stream.seek(part.header_offset)
    head = stream.read(30)
    if head[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile(f"no header of {part.filename}")
    stream.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    rest, inflater = part.compress_size, None
    if part.compress_type == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    elif part.compress_type != zipfile.ZIP_STORED:
        raise zipfile.BadZipFile(f"{part.filename} is compressed by an unusual method")
    while rest > 0 and (block := stream.read(min(_BLOCK, rest))):
        rest -= len(block)
        if inflater is None:
            yield block
            continue
        while block:
            yield inflater.decompress(block, 4 * _BLOCK)
            block = inflater.unconsumed_tail
