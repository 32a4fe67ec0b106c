"""Columns as the texts that a file holds, and records joined of them, without a loop a record."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_tools.model.special_missing import Numbers

LARGE = pa.large_string()
_TEXT: Any = pd.StringDtype("pyarrow", na_value=pd.NA)
# an Arrow vector of texts, null where one is missing
Texts = Any
Encode = Callable[[Texts], Texts]
_UNSAFE_IN_JSON = r'["\\\x00-\x1f]'


def number_texts(numbers: Numbers) -> Texts:
    """Write each number as the shortest text that reads back as it; missing ones are null.

    Whole numbers have no decimals; minus zero is "-0.0", which is read as a number with a sign.
    """
    array = pa.array(numbers, mask=np.isnan(numbers))
    if bool(is_whole(numbers).all()):
        return pc.cast(pc.cast(array, pa.int64()), LARGE)
    texts = pc.cast(array, LARGE)
    return pc.if_else(pc.equal(texts, "-0"), "-0.0", texts)


def is_whole(numbers: Numbers) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Tell which numbers an integer holds without loss; a missing one is counted among them.

    Beyond 2**53 not every whole number is one; an integer has no minus zero.
    """
    with np.errstate(invalid="ignore"):
        whole = (np.trunc(numbers) == numbers) & (np.abs(numbers) <= 2**53)
    minus_zero = (numbers == 0) & np.signbit(numbers)
    found: np.ndarray[Any, np.dtype[np.bool_]] = np.isnan(numbers) | (whole & ~minus_zero)
    return found


def encoded(texts: pd.Series, encode: Encode) -> Texts:
    """Encode a column of texts or categories, each distinct one once; missing ones are null."""
    array = _arrow(texts)
    values = pc.cast(array.dictionary, LARGE)
    return pc.take(encode(values), array.indices)


def _arrow(texts: pd.Series) -> pa.DictionaryArray:
    array = pa.array(texts, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_null(array.type):
        array = pc.cast(array, LARGE)
    if pa.types.is_dictionary(array.type):
        # the categories of a whole file cost more than the records of this chunk
        if len(array.dictionary) <= len(array):
            return array
        array = array.dictionary_decode()
    return array.dictionary_encode()


def plain_texts(texts: pd.Series) -> Texts:
    """A column of texts or categories as one vector of texts."""
    array = pa.array(texts, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return pc.cast(array, LARGE)


def text_values(texts: Texts) -> Any:
    """Texts as the column of a frame."""
    return _TEXT.__from_arrow__(texts)


def without_blanks(texts: Texts) -> Texts:
    """Texts as datasets hold them: no trailing blanks, and nothing is missing."""
    if pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_decode()
    trimmed = pc.utf8_rtrim(pc.cast(texts, LARGE), " ")
    return pc.if_else(pc.equal(trimmed, pa.scalar("", LARGE)), pa.scalar(None, LARGE), trimmed)


def json_texts(texts: Texts) -> Texts:
    """Write texts as JSON does, in quotes; what is not ASCII stands as it is."""
    quoted = between('"', texts, '"')
    unsafe = pc.match_substring_regex(texts, _UNSAFE_IN_JSON)
    if not pc.any(unsafe).as_py():
        return quoted
    written = [json.dumps(text, ensure_ascii=False) for text in texts.filter(unsafe).to_pylist()]
    return pc.replace_with_mask(quoted, pc.fill_null(unsafe, False), pa.array(written, LARGE))


def between(start: str, texts: Texts, end: str) -> Texts:
    """Put each text between two; a missing one stays missing."""
    return pc.binary_join_element_wise(
        pa.scalar(start, LARGE), texts, pa.scalar(end, LARGE), pa.scalar("", LARGE)
    )


def joined_records(
    columns: Sequence[Texts], comma: str, missing: str, ends: tuple[str, str]
) -> memoryview:
    """Join columns to records, each between two ``ends``; return all of them as bytes."""
    records = pc.binary_join_element_wise(
        *columns, pa.scalar(comma, LARGE), null_handling="replace", null_replacement=missing
    )
    records = between(ends[0], records, ends[1])
    _, places, data = records.buffers()
    if not len(records) or data is None:
        return memoryview(b"")
    bounds = np.frombuffer(places, np.int64)[records.offset : records.offset + len(records) + 1]
    return memoryview(data)[int(bounds[0]) : int(bounds[-1])]
