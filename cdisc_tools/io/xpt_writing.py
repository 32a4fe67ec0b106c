"""SAS transport files, version 5 and 8, written with numpy: chunk by chunk, one pass a variable.

Source: SAS TS-140, the record layout of a SAS version 5 or 6 transport data set.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_tools.io.text_columns import plain_texts
from cdisc_tools.io.windows_bytes import C1_CONTROLS
from cdisc_tools.io.writing import replacing
from cdisc_tools.io.xpt_layout import (
    CARD,
    MOST_BYTES,
    VERSIONS,
    Version,
    field_type,
    write_library,
    write_member,
)
from cdisc_tools.io.xpt_limits import (
    ASCII,
    FULL_NUMBER,
    UTF_8,
    encoded,
    place_of,
    shown,
    verify_attributes,
    verify_members,
)
from cdisc_tools.io.xpt_numbers import double_to_ibm, outside_range
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import letters_of
from cdisc_tools.model.transport import DatasetAttributes, DatasetStream, VariableAttributes

_BLANK, _NUL = b" ", "\0"
_STAMPS = ("created", "modified", "member_created", "member_modified")
# a text variable without values
_LEAST_TEXT = 1

Codes = np.ndarray[Any, np.dtype[np.integer[Any]]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


def write_xpt_streams(
    streams: Sequence[DatasetStream],
    path: Path,
    *,
    version: int = 5,
    timestamp: datetime | None = None,
    encoding: str = ASCII,
) -> None:
    """Write datasets as the members of one SAS transport file of version 5 or 8, at least one.

    The same datasets give the same bytes. Every time in the file is ``timestamp``; without it they
    are those that the datasets came with, or else 1960-01-01. A text variable without a length gets
    that of its longest value in bytes, a number 8.
    Raises ConfigurationError, with file, dataset, variable, record and value, for what the format
    or an agency can't hold: names of more than 8 bytes or that are not ASCII, labels of more than
    40, values of more than 200 or than the variable's length, texts that are not of the
    ``encoding``, numbers out of the range of IBM floating point, a last record that is blank where
    blanks fill up the file. Version 8 holds names of 32, labels of 256, values of 32,767 bytes.
    """
    layout = VERSIONS[version]
    verify_members(streams)
    for stream in streams:
        verify_attributes(stream, layout, encoding)
    measured = [with_lengths(stream, layout, encoding) for stream in streams]
    with replacing(path) as temporary, temporary.open("wb") as target:
        target.write(write_library(layout, _origin(streams[0].about, timestamp)))
        for stream in measured:
            about = replace(stream.about, provenance=_origin(stream.about, timestamp))
            _MemberWriter(stream.with_about(about), layout, encoding, target).write()


def _origin(about: DatasetAttributes, timestamp: datetime | None) -> dict[str, str]:
    """Who made a dataset, and when: the time given before its own."""
    origin = dict(about.provenance)
    if timestamp is not None:
        origin = {name: text for name, text in origin.items() if name not in _STAMPS}
        origin |= {"created": timestamp.isoformat(), "modified": timestamp.isoformat()}
    return origin


def with_lengths(stream: DatasetStream, version: Version, encoding: str) -> DatasetStream:
    """Give each variable without a length the one that its values need, as the format allows."""
    about = stream.about
    unknown = [item.name for item in about.variables if not item.is_numeric and not item.length]
    longest = longest_values([stream], unknown, encoding)
    lengths = {name: min(length, version.longest_value) for name, length in longest.items()}
    variables = tuple(
        replace(item, length=lengths.get(item.name, item.length or FULL_NUMBER))
        for item in about.variables
    )
    return stream.with_about(replace(about, variables=variables))


def longest_values(
    streams: Iterable[DatasetStream], names: Iterable[str], encoding: str = ASCII
) -> dict[str, int]:
    """Measure the longest value in bytes of each named text variable, over several datasets; 1 for
    one without values.
    """
    found = dict.fromkeys(names, _LEAST_TEXT)
    for stream in streams:
        own = [item.name for item in stream.about.variables if item.name in found]
        for frame in stream.read() if own else ():
            for name in own:
                texts, codes = _texts_and_codes(frame[name])
                lengths = _byte_lengths(texts, encoding)
                if codes is not None:
                    lengths = lengths[codes[codes >= 0]]
                found[name] = max(found[name], int(lengths.max(initial=0)))
    return found


def _texts_and_codes(values: pd.Series) -> tuple[pa.Array, Codes | None]:
    """Return texts, null where missing; of categories the distinct ones and the code of each record
    (-1 where missing).
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        texts = pa.array(values.cat.categories, pa.large_string(), from_pandas=True)
        return texts, values.cat.codes.to_numpy()
    return plain_texts(values), None


def _byte_lengths(texts: pa.Array, encoding: str) -> Codes:
    """The bytes of each text, 0 of a missing one."""
    if encoding in (ASCII, UTF_8) or _is_ascii(texts):
        lengths: Codes = pc.fill_null(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False)
        return lengths
    spelled = (text or "" for text in texts.to_pylist())
    return np.array([len(text.encode(encoding, "replace")) for text in spelled], np.int64)


def _is_ascii(texts: pa.Array) -> bool:
    return bool(pc.all(pc.string_is_ascii(texts)).as_py() in (True, None))


@dataclass
class _MemberWriter:
    """Writes one member of a file: its headers, its records, and what fills up the last 80 bytes.

    The variables of the stream have lengths.
    """

    stream: DatasetStream
    version: Version
    encoding: str
    target: BinaryIO

    def write(self) -> None:
        """Write the member; version 8 counts the records, once they are written."""
        about, start, records = self.stream.about, self.target.tell(), 0
        self.target.write(write_member(self.version, about, self.encoding, 0))
        fields = [(item.name, field_type(item)) for item in about.variables]
        last = np.zeros(0, fields)
        for frame in self._frames(last.dtype.itemsize):
            block = np.empty(len(frame), fields)
            for item in about.variables:
                block[item.name] = self._field_values(frame[item.name], item, records)
            self.target.write(block.data)
            records += len(block)
            last = block[-1:] if len(block) else last
        self._fill_up(last, records)
        if self.version.is_long:
            end = self.target.tell()
            self.target.seek(start)
            self.target.write(write_member(self.version, about, self.encoding, records))
            self.target.seek(end)

    def _frames(self, length: int) -> Iterator[pd.DataFrame]:
        """The records in chunks of which each has room in memory, however long a record is."""
        most = max(1, MOST_BYTES // max(length, 1))
        for frame in self.stream.read():
            for start in range(0, len(frame), most):
                yield frame.iloc[start : start + most]

    def _fill_up(self, last: Any, records: int) -> None:
        """Fill up the last 80 bytes with blanks; a blank record among them would be lost."""
        length = last.dtype.itemsize
        filling = -records * length % CARD
        lost = not self.version.is_long and len(last) and filling + length < CARD
        if lost and not last.tobytes().strip(_BLANK):
            raise ConfigurationError(
                f"{place_of(self.stream)} record {records}: the last record is blank, and SAS "
                "transport version 5 can't tell it from what fills up the file; drop it"
            )
        self.target.write(_BLANK * filling)

    def _field_values(self, values: pd.Series, item: VariableAttributes, first: int) -> Any:
        """The bytes of a variable in the records of a chunk, the first of them numbered."""
        if item.is_numeric:
            return self._numbers(values, item, first)
        return self._texts(values, item, first)

    def _numbers(self, values: pd.Series, item: VariableAttributes, first: int) -> Any:
        numbers = np.ascontiguousarray(values.to_numpy(np.float64, na_value=np.nan))
        outside = outside_range(numbers)
        if outside.any():
            place = int(outside.argmax())
            number = float(numbers[place])
            raise ConfigurationError(
                f"{self._at(item, first + place)}: the number {number!r} is out of the range of "
                "SAS transport files (5.4e-79 to 7.2e75); correct it"
            )
        words = double_to_ibm(numbers, letters_of(numbers))
        if item.length == FULL_NUMBER:
            return words
        return self._short_numbers(words, numbers, item, first)

    def _short_numbers(self, words: Any, numbers: Any, item: VariableAttributes, first: int) -> Any:
        """The first bytes of numbers whose other bytes are zero."""
        length = item.length or FULL_NUMBER
        raw = words.astype(">u8").view(np.uint8).reshape(len(words), FULL_NUMBER)
        cut = raw[:, length:].any(axis=1)
        if cut.any():
            place = int(cut.argmax())
            number = float(numbers[place])
            raise ConfigurationError(
                f"{self._at(item, first + place)}: the number {number!r} needs more than the "
                f"{length} bytes that the variable has; give it {FULL_NUMBER}"
            )
        return np.ascontiguousarray(raw[:, :length]).view(f"S{length}")[:, 0]

    def _texts(self, values: pd.Series, item: VariableAttributes, first: int) -> Any:
        texts, codes = _texts_and_codes(values)
        length = item.length or _LEAST_TEXT
        if self.encoding == UTF_8 or _is_ascii(texts):
            table, unwritable = _padded(texts, length)
        else:
            table, unwritable = self._recoded(texts, length)
        if unwritable.any():
            marked = unwritable if codes is None else np.append(unwritable, False)[codes]
            if marked.any():
                place = int(marked.argmax())
                text = texts[place if codes is None else int(codes[place])].as_py()
                self._refuse(self._at(item, first + place), text, length)
        if codes is None:
            return table
        return np.append(table, np.array([_BLANK * length], table.dtype))[codes]

    def _recoded(self, texts: pa.Array, length: int) -> tuple[Any, Mask]:
        """As ``_padded``, in another encoding: each distinct text is encoded once."""
        coded = pc.fill_null(texts, "").dictionary_encode()
        raw = [_encoded_or_none(text, self.encoding) for text in coded.dictionary.to_pylist()]
        bad = [text is None or len(text) > length or 0 in text for text in raw]
        table = [_BLANK if text is None else text[:length].ljust(length) for text in raw]
        places = coded.indices.to_numpy(zero_copy_only=False)
        return np.array(table, f"S{length}")[places], np.array(bad, bool)[places]

    def _refuse(self, where: str, text: str, length: int) -> NoReturn:
        """Say why a text can't be written."""
        size = len(encoded(where, "value", text, self.encoding))
        if size > length:
            held = f"the {length} bytes of the variable"
            if length == self.version.longest_value:
                held = (
                    f"the {length:,} bytes that SAS transport version {self.version.number} holds"
                )
            raise ConfigurationError(
                f"{where}: the value has {size} bytes, more than {held}: {shown(text)}; shorten it"
            )
        raise ConfigurationError(
            f"{where}: the value holds a character NUL, which ends a text: {shown(text)}; remove it"
        )

    def _at(self, item: VariableAttributes, place: int) -> str:
        return f"{place_of(self.stream, item.name)} record {place + 1}"


def _encoded_or_none(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding, C1_CONTROLS)
    except UnicodeEncodeError:
        return None


def _padded(texts: pa.Array, length: int) -> tuple[Any, Mask]:
    """The bytes of texts, filled up with blanks, and which of them are too long or hold a NUL."""
    filled = pc.fill_null(texts, "")
    unwritable = np.zeros(len(texts), bool)
    lengths = pc.binary_length(filled)
    if len(texts) and pc.max(lengths).as_py() > length:
        unwritable = pc.greater(lengths, length).to_numpy(zero_copy_only=False)
        filled = pc.if_else(pa.array(unwritable), "", filled).cast(pa.large_string())
    padded = pc.ascii_rpad(filled, length, " ")
    table = np.frombuffer(padded.buffers()[2] or b"", f"S{length}", len(texts))
    if len(texts) and not table.view(np.uint8).min():
        with_nul = pc.match_substring(filled, _NUL).to_numpy(zero_copy_only=False)
        unwritable = unwritable | with_nul
    return table, unwritable
