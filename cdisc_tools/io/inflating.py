"""Compressed data that are read in bounded memory, whatever they claim to become."""

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from cdisc_tools.model.errors import ConfigurationError

# records of a dataset shrink to a tenth or a fiftieth; a bomb to a thousandth
MOST_GROWTH = 250
# so much may come of any file, however small
ALWAYS = 268_435_456
_BLOCK = 262_144
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


def require_bounded_archive(path: Path, shown: str) -> None:
    """Hold what a zip archive becomes to a bound, whatever its directory says.

    Each part is inflated, a block at a time, before another program does it all at once.
    Raises ConfigurationError for an archive that is damaged or grows to more than data do.
    """
    most = most_inflated(path.stat().st_size)
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            for part in archive.infolist():
                most -= _inflated_size(stream, part, most)
                if most < 0:
                    raise ConfigurationError(
                        f"{shown} grows to more than {MOST_GROWTH} times its size, which data do "
                        "not; open it in a spreadsheet program and save it again"
                    )
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"{shown} is no readable zip archive ({error}); save it again"
        ) from error


def _inflated_size(stream: BinaryIO, part: zipfile.ZipInfo, most: int) -> int:
    """How many bytes come of a part, counted up to the most that may."""
    stream.seek(part.header_offset)
    head = stream.read(30)
    if head[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile(f"no header of {part.filename}")
    stream.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(f"{part.filename} is compressed by an unusual method")
    inflater, rest, size = zlib.decompressobj(-zlib.MAX_WBITS), part.compress_size, 0
    while rest > 0 and not inflater.eof and size <= most:
        block = stream.read(min(_BLOCK, rest))
        if not block:
            break
        rest -= len(block)
        while block and size <= most:
            size += len(inflater.decompress(block, 4 * _BLOCK))
            block = inflater.unconsumed_tail
    return size
