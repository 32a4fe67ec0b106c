"""SAS transport files, version 5 and 8, read with numpy: chunk by chunk, one pass a variable.

Source: SAS TS-140, the record layout of a SAS version 5 or 6 transport data set.
"""

import mmap
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_tools.io.windows_bytes import C1_CONTROLS
from cdisc_tools.io.xpt_layout import (
    CARD,
    MOST_BYTES,
    Cards,
    Member,
    NoTransportError,
    Version,
    damaged,
    field_type,
    is_header,
    member_mark,
    read_library,
    read_member,
    read_version,
)
from cdisc_tools.io.xpt_limits import UTF_8
from cdisc_tools.io.xpt_numbers import ibm_to_double
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.transport import CHUNK, DatasetStream

WINDOWS = "windows-1252"
_LIBRARY_BYTES = 3 * CARD
_WINDOW = 64 * 1024**2
_FIRST_HIGH = 0x80
# distinct texts that are categories in any case
_FEW = 1000

Records = np.ndarray[Any, np.dtype[np.void]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class XptMember:
    """A member of a transport file, and how many records it has; nothing of them is read yet."""

    path: Path
    member: Member
    records: int

    def part(self, start: int, end: int) -> "XptMember":
        """Some of the records, from ``start`` (from 0) up to ``end``."""
        first = self.member.start + start * self.member.record_length
        about = replace(self.member.about, records=end - start)
        return XptMember(self.path, replace(self.member, start=first, about=about), end - start)

    @property
    def layout(self) -> "np.dtype[np.void]":
        """A record: a field a variable, an integer of 64 bits or a text."""
        variables = self.member.variables
        fields = [field_type(variable.about) for variable in variables]
        return np.dtype(
            {
                "names": [variable.about.name for variable in variables],
                "formats": fields,
                "offsets": [variable.place for variable in variables],
                "itemsize": self.member.record_length,
            }
        )

    def blocks(self, size: int = CHUNK) -> Iterator[Records]:
        """The records in blocks, each mapped into memory for as long as it is used."""
        # a block of long records holds fewer of them
        size = max(1, min(size, MOST_BYTES // max(self.member.record_length, 1)))
        length = self.member.record_length
        with self.path.open("rb") as stream:
            for first in range(0, self.records, size):
                count = min(size, self.records - first)
                place = self.member.start + first * length
                data, offset = mapped(stream.fileno(), place, count * length)
                yield np.frombuffer(data, self.layout, count, offset)

    @property
    def encoding(self) -> str:
        """The encoding of the texts: "" for ASCII alone, UTF-8, or else windows-1252, which reads
        any bytes. All records are looked at.
        """
        texts = [item.about.name for item in self.member.variables if not item.about.is_numeric]
        found = ""
        for block in self.blocks():
            for name in texts:
                raw = np.ascontiguousarray(block[name])
                letters = raw.view(np.uint8).reshape(len(raw), -1)
                if letters.max() >= _FIRST_HIGH:
                    found = UTF_8
                    high = raw[(letters >= _FIRST_HIGH).any(axis=1)]
                    if not _is_utf_8(pa.array(high.tolist(), pa.binary())):
                        return WINDOWS
        return found


def mapped(file: int, place: int, length: int) -> tuple[mmap.mmap, int]:
    """Map a part of a file into memory, until nothing refers to it: the bytes, and where in them
    the part starts.
    """
    before = place % mmap.ALLOCATIONGRANULARITY
    return mmap.mmap(file, before + length, access=mmap.ACCESS_READ, offset=place - before), before


def read_members(path: Path) -> tuple[XptMember, ...]:
    """Read the headers of a transport file, and find its members.

    Raises ConfigurationError for a file that is none or is damaged: headers that are cut off or
    don't fit together, a rest behind the last record that fills no record, or fewer records
    than version 8 counts.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        cards = Cards(stream, size, path.name, 0)
        try:
            first = cards.take(_LIBRARY_BYTES)
            version = read_version(first)
        except (NoTransportError, ConfigurationError) as error:
            raise ConfigurationError(
                f"{path.name} is no readable SAS transport file of version 5 or 8: it doesn't "
                "start with their header; export it again"
            ) from error
        if size % CARD:
            raise _cut_off(path.name, f"80 bytes ({size:,} in all)")
        library, found = read_library(first), []
        while cards.place < size:
            member = read_member(cards, version, library)
            end = _end(cards, member, version)
            records = _record_count(cards, member, end)
            about = replace(member.about, records=records)
            found.append(XptMember(path, replace(member, about=about), records))
            cards.place = end
    if not found:
        raise damaged(path.name, "it holds no dataset")
    return tuple(found)


def _end(cards: Cards, member: Member, version: Version) -> int:
    """Where the records of a member end: at the next member, or at the end of the file."""
    if member.counted is not None:
        length = member.counted * member.record_length
        if length > cards.size - member.start:
            raise _cut_off(
                cards.shown,
                f"{member.about.name}, which should have {member.counted:,} of "
                f"{member.record_length:,} bytes and has {cards.size - member.start:,} bytes",
            )
        return member.start + length + -length % CARD
    mark = member_mark(version)
    for place in range(member.start, cards.size, _WINDOW):
        count = min(_WINDOW + 2 * CARD, cards.size - place)
        data, offset = mapped(cards.stream.fileno(), place, count)
        found = data.find(mark, offset)
        while found >= 0:
            # a value that reads like the header of a member has none of its descriptor behind it
            if (place + found - offset) % CARD == 0 and is_header(
                data[found + CARD : found + 2 * CARD], version.descriptor
            ):
                return place + found - offset
            found = data.find(mark, found + 1)
    return cards.size


def _cut_off(shown: str, where: str) -> ConfigurationError:
    return ConfigurationError(
        f"{shown} ends within a record of {where}: the file was cut off; export or copy it again"
    )


def _record_count(cards: Cards, member: Member, end: int) -> int:
    """Count the records; blank ones within the last 80 bytes fill up the file."""
    length, size = member.record_length, end - member.start
    if not length:
        if member.variables or size:
            raise damaged(cards.shown, f"{member.about.name} has records without variables")
        return 0
    if member.counted is not None:
        return member.counted
    total, filled = divmod(size, length)
    cards.place = end - min(size, CARD)
    last = cards.take(min(size, CARD))
    if filled >= CARD or last[len(last) - filled :].strip(b" "):
        raise _cut_off(cards.shown, member.about.name)
    while total and filled + length < CARD and not last[-filled - length :].strip(b" "):
        total, filled = total - 1, filled + length
    return total


def open_xpt(path: Path, *, encoding: str = "") -> tuple[DatasetStream, ...]:
    """Open a SAS transport file of version 5 or 8: one stream a member, read in chunks.

    Numbers stay numbers, dates among them. Texts are categories of a chunk. Without an
    ``encoding`` all records are looked at for what their texts are: UTF-8, or else windows-1252,
    which reads any bytes; ``provenance["encoding"]`` says it unless all is ASCII.
    Raises ConfigurationError for a file that is none, is damaged, or ends within a record.
    """
    return tuple(member_stream(member, encoding) for member in read_members(path))


def member_stream(member: XptMember, encoding: str = "") -> DatasetStream:
    """Make a stream of a member, or of a part of one, as ``open_xpt`` does."""
    spelled = encoding or member.encoding
    about = member.member.about
    if spelled:
        about = replace(about, provenance={**about.provenance, "encoding": spelled})

    def read() -> Iterator[pd.DataFrame]:
        first = 0
        for block in member.blocks():
            yield block_frame(block, member, spelled or UTF_8, first)
            first += len(block)
        if not first:
            yield block_frame(np.zeros(0, member.layout), member, UTF_8, 0)

    return DatasetStream(about, read, member.path.name)


def block_frame(block: Records, member: XptMember, encoding: str, first: int) -> pd.DataFrame:
    """Make a frame of some records, numbered from ``first``."""
    columns: dict[str, Any] = {}
    for item in member.member.variables:
        name = item.about.name
        if item.about.is_numeric:
            columns[name] = _numbers(block[name])
        else:
            texts = _Texts()
            texts.add(block[name])
            columns[name] = _decoded(texts, encoding, f"{member.path.name}: {name}")
    return pd.DataFrame(columns, index=pd.RangeIndex(first, first + len(block)))


def whole_frame(
    member: XptMember, names: Collection[str] | None = None, encoding: str = ""
) -> pd.DataFrame:
    """Read all records of a member, of all variables or of those named: float64, and texts as
    categories in the order of their first record, or as strings where most are distinct; missing
    is NaN. Without an ``encoding`` texts are UTF-8, or else windows-1252, which reads any bytes.
    """
    numbers: dict[str, list[Any]] = {}
    texts: dict[str, _Texts] = {}
    for item in member.member.variables:
        if names is not None and item.about.name not in names:
            continue
        if item.about.is_numeric:
            numbers[item.about.name] = []
        else:
            texts[item.about.name] = _Texts()
    for block in member.blocks():
        for name, parts in numbers.items():
            parts.append(_numbers(block[name]))
        for name, values in texts.items():
            values.add(block[name])
    if not encoding:
        encoding = UTF_8 if all(values.are_utf_8 for values in texts.values()) else WINDOWS
    columns = {
        name: np.concatenate(numbers.pop(name) or [np.zeros(0)])
        if name in numbers
        else _decoded(texts.pop(name), encoding, f"{member.path.name}: {name}")
        for name in member.layout.names or ()
        if name in numbers or name in texts
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(member.records))


def _decoded(texts: "_Texts", encoding: str, where: str) -> Any:
    try:
        return texts.decoded(encoding)
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{where}: the text {error.object!r} is not of the encoding {encoding}; name the one "
            "that the file has"
        ) from error


def _numbers(values: Any) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Convert a field of numbers: integers of 64 bits, or the first bytes of them as texts."""
    if values.dtype.kind == "u":
        return ibm_to_double(values.astype(np.uint64))
    # zeros behind a short number are what a longer one would have there
    return ibm_to_double(values.astype("S8").view(">u8").astype(np.uint64))


class _Texts:
    """The texts of one variable, block after block: categories, unless most are distinct."""

    def __init__(self) -> None:
        self.parts: list[Any] = []
        self.are_coded: bool | None = None

    def add(self, values: Any) -> None:
        """Add the texts of a block; the first one tells whether they are worth to be coded."""
        raw = np.ascontiguousarray(values)
        if not len(raw):
            return
        texts = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(raw.dtype.itemsize), len(raw), [None, pa.py_buffer(raw)]
        )
        if self.are_coded is not False:
            coded = texts.dictionary_encode()
            if self.are_coded is None:
                self.are_coded = len(coded.dictionary) <= max(_FEW, len(raw) // 2)
            if self.are_coded:
                indices, distinct = coded.indices, _trimmed(coded.dictionary)
                self.parts.append(pa.DictionaryArray.from_arrays(indices, distinct))
                return
        self.parts.append(_trimmed(texts))

    @property
    def are_utf_8(self) -> bool:
        """True where each text is UTF-8."""
        return all(_is_utf_8(_distinct(part)) for part in self.parts)

    def decoded(self, encoding: str) -> Any:
        """Decode the texts; an empty one is missing."""
        if not self.parts:
            return pd.Categorical([], dtype=_kind([]))
        whole = pa.chunked_array(self.parts).combine_chunks()
        if isinstance(whole, pa.ChunkedArray):
            whole = whole.unify_dictionaries().combine_chunks()
        if self.are_coded:
            return _categories(whole, encoding)
        spelled = pa.array(_spelled(whole, encoding), pa.string())
        texts = pc.if_else(pc.equal(spelled, ""), pa.scalar(None, pa.string()), spelled)
        return pd.array(texts, dtype="string")


def _trimmed(texts: pa.Array) -> pa.Array:
    """Take off what fills up texts, whatever their encoding: they stay bytes."""
    as_text = texts.cast(pa.binary()).view(pa.string())
    return pc.ascii_rtrim(as_text, " \0").view(pa.binary())


def _distinct(part: pa.Array) -> pa.Array:
    return part.dictionary if isinstance(part, pa.DictionaryArray) else part


def _is_utf_8(texts: pa.Array) -> bool:
    try:
        texts.cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def _spelled(texts: pa.Array, encoding: str) -> list[str] | pa.Array:
    """Decode texts; raises UnicodeDecodeError for bytes that are none of the encoding."""
    if encoding == UTF_8 and _is_utf_8(texts):
        return texts.cast(pa.string())
    return [raw.decode(encoding, C1_CONTROLS) for raw in texts.to_pylist()]


def _kind(texts: Iterable[str]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(list(texts), dtype="string"))


def _categories(coded: pa.DictionaryArray, encoding: str) -> pd.Categorical:
    spelled = _spelled(coded.dictionary, encoding)
    distinct: dict[str, int] = {"": -1}
    places = [
        distinct.setdefault(text, len(distinct) - 1)
        for text in (spelled if isinstance(spelled, list) else spelled.to_pylist())
    ]
    moved = np.array(places, np.int32)[coded.indices.to_numpy(zero_copy_only=False)]
    return pd.Categorical.from_codes(moved, dtype=_kind(list(distinct)[1:]), validate=False)
