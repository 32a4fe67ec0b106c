"""The records of SAS transport version 5, read with numpy: one pass a variable, no loop a record.

Source: SAS TS-140, the record layout of a SAS version 5 or 6 transport data set.
"""

import mmap
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_tools.model.errors import ConfigurationError

RECORD = 80
_NAMESTR = 140
_NUMERIC = 1
_NUMBER_BYTES = (2, 8)
_LIBRARY = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
_MEMBER = re.compile(rb"HEADER RECORD\*{7}MEMBER  HEADER RECORD!{7}")
_NAMES = re.compile(rb"HEADER RECORD\*{7}NAMESTR HEADER RECORD!{7}")
_OBSERVATIONS = re.compile(rb"HEADER RECORD\*{7}OBS     HEADER RECORD!{7}")
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Codes = np.ndarray[Any, np.dtype[Any]]

# the first byte of a missing number; the rest of it is zero
_MISSING = frozenset(b"._ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_BIAS, _FRACTION_BITS = 64, 56


class UnreadLayoutError(Exception):
    """A transport file of another layout than version 5."""


@dataclass(frozen=True)
class XptVariable:
    """A variable as its descriptor has it: ``length`` in bytes, ``place`` in the record."""

    name: str
    label: str
    numeric: bool
    length: int
    format: str
    place: int


@dataclass(frozen=True)
class XptMember:
    """The one member of a transport file.

    The frame holds float64, and texts as categories in the order of their first record; missing is
    NaN.
    """

    label: str
    variables: tuple[XptVariable, ...]
    frame: pd.DataFrame


def read_member(path: Path) -> XptMember:
    """Read the member of a version 5 file; text is UTF-8, or else windows-1252.

    Raises UnreadLayoutError for a file of version 8, or that is none; ConfigurationError for one of
    several members, and for descriptors that don't fit a record.
    """
    with path.open("rb") as stream:
        try:
            data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise UnreadLayoutError(path.name) from error
        with data:
            return _member(data, path.name)


def _member(data: mmap.mmap, name: str) -> XptMember:
    member, names = _MEMBER.search(data), _NAMES.search(data)
    observations = _OBSERVATIONS.search(data)
    if not data[:48] == _LIBRARY or not member or not names or not observations:
        raise UnreadLayoutError
    size, count = (
        data[member.start() + 74 : member.start() + 78],
        data[names.start() + 54 : names.start() + 58],
    )
    start = observations.start() + RECORD
    if not size.isdigit() or int(size) != _NAMESTR or not count.isdigit():
        raise UnreadLayoutError
    if _has_another(data, start):
        raise ConfigurationError(f"{name} holds several datasets; export each to its own file")
    variables = tuple(_descriptors(data, names.start() + RECORD, int(count)))
    length = sum(item.length for item in variables)
    _verify(variables, length, name)
    label = data[member.start() + 3 * RECORD + 32 : member.start() + 3 * RECORD + 72]
    if not length:
        raise UnreadLayoutError
    total = _record_count(data, start, length)
    block = np.frombuffer(data, np.uint8, total * length, start).reshape(total, length)
    columns = {item.name: _column(block, item) for item in variables}
    texts = [item for item in variables if not item.numeric]
    encoding = _encoding([columns[item.name][1] for item in texts])
    frame = pd.DataFrame(
        {
            item.name: columns[item.name]
            if item.numeric
            else _texts(*columns[item.name], encoding=encoding)
            for item in variables
        },
        index=pd.RangeIndex(total),
    )
    return XptMember(_label(label), variables, frame)


def _verify(variables: Sequence[XptVariable], length: int, file: str) -> None:
    """Raise ConfigurationError for variables that lie outside the record or share a name.

    A number has 2 to 8 bytes.
    """
    seen: set[str] = set()
    for item in variables:
        least, most = _NUMBER_BYTES if item.numeric else (1, length)
        if not least <= item.length <= most or item.place + item.length > length:
            raise ConfigurationError(
                f"{file}: {item.name} has {item.length} bytes at {item.place} of a record of "
                f"{length}: the file is damaged; export or copy it again"
            )
        if item.name in seen:
            raise ConfigurationError(
                f"{file} has two variables of the name {item.name}; rename or drop one"
            )
        seen.add(item.name)


def _has_another(data: mmap.mmap, start: int) -> bool:
    found = _MEMBER.search(data, start)
    return found is not None and found.start() % RECORD == 0


def _record_count(data: mmap.mmap, start: int, length: int) -> int:
    """Count the records; blank ones within the last 80 bytes fill up the file."""
    total = (len(data) - start) // length
    blank, filled = b" " * length, (len(data) - start) - total * length
    while total and filled + length < RECORD:
        place = start + (total - 1) * length
        if data[place : place + length] != blank:
            break
        total, filled = total - 1, filled + length
    return total


def _descriptors(data: mmap.mmap, start: int, count: int) -> Iterator[XptVariable]:
    for number in range(count):
        item = data[start + number * _NAMESTR : start + (number + 1) * _NAMESTR]
        if len(item) < _NAMESTR:
            raise UnreadLayoutError
        kind, length = (int.from_bytes(item[place : place + 2], "big") for place in (0, 4))
        width, decimals = (int.from_bytes(item[place : place + 2], "big") for place in (64, 66))
        yield XptVariable(
            name=_label(item[8:16]),
            label=_label(item[16:56]),
            numeric=kind == _NUMERIC,
            length=length,
            format=_format(_label(item[56:64]), width, decimals),
            place=int.from_bytes(item[84:88], "big"),
        )


def _format(name: str, width: int, decimals: int) -> str:
    """Write a format as SAS does: DATE9., 8.2, $20."""
    if not name and not width:
        return ""
    return f"{name}{width or ''}.{decimals or ''}"


def _label(raw: bytes) -> str:
    text = raw.rstrip(b" \0")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("windows-1252", "replace")


def _column(block: Bytes, item: XptVariable) -> Any:
    """A variable of all records: numbers, or the codes and the distinct raw texts."""
    raw = np.ascontiguousarray(block[:, item.place : item.place + item.length])
    if item.numeric:
        return ibm_to_double(raw)
    if not len(raw):
        return np.zeros(0, np.int64), []
    values = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(item.length), len(raw), [None, pa.py_buffer(raw)]
    )
    coded = values.dictionary_encode()
    return coded.indices.to_numpy(zero_copy_only=False), coded.dictionary.to_pylist()


def _encoding(dictionaries: list[list[bytes]]) -> str:
    try:
        for texts in dictionaries:
            for text in texts:
                text.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _texts(codes: Codes, distinct: list[bytes], *, encoding: str) -> pd.Categorical:
    """Decode the distinct texts, without trailing blanks; an empty one is missing."""
    texts: dict[str, int] = {"": -1}
    places = [
        texts.setdefault(text, len(texts) - 1)
        for text in (raw.rstrip(b" \0").decode(encoding, "replace") for raw in distinct)
    ]
    kind = pd.CategoricalDtype(pd.Index(list(texts)[1:], dtype="string"))
    moved = np.array(places, dtype=np.int64)[codes]
    return pd.Categorical.from_codes(moved, dtype=kind, validate=False)


def ibm_to_double(raw: Bytes) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Convert IBM floating point numbers, a row of up to 8 bytes each; missing ones are NaN.

    A number is (-1)^sign x 0.fraction x 16^(exponent - 64), its fraction 56 bits.
    """
    full = np.zeros((len(raw), 8), np.uint8)
    full[:, : raw.shape[1]] = raw
    bits = full.view(">u8")[:, 0].astype(np.uint64)
    fraction = bits & np.uint64((1 << _FRACTION_BITS) - 1)
    exponent = ((bits >> np.uint64(_FRACTION_BITS)) & np.uint64(0x7F)).astype(np.int32)
    numbers = np.ldexp(fraction.astype(np.float64), 4 * (exponent - _BIAS) - _FRACTION_BITS)
    numbers = np.where(full[:, 0] & 0x80, -numbers, numbers)
    missing = np.isin(full[:, 0], np.array(sorted(_MISSING), np.uint8)) & (fraction == 0)
    numbers[missing] = np.nan
    return numbers
