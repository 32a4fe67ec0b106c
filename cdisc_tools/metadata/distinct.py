"""Texts as categories: what is judged by value is judged once for each distinct text."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_tools.model.numbers import number_text

_TEXT_KINDS = {"string", "empty"}
# Arrow works without the interpreter's lock: a second thread does half of the work
_THREADS = 2
# below this many records a thread costs more than it saves
_MANY = 50_000
_MISSING = -1
_LARGEST = 2**62

Codes = np.ndarray[Any, np.dtype[np.int64]]


def texts_of(series: pd.Series) -> Any:
    """Return a vector of texts as an Arrow array, None where it holds something else."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.dtype.categories.dtype)
    if not is_text(series):
        return None
    if pd.api.types.is_object_dtype(series.dtype):
        return pa.array(series, type=pa.large_string(), from_pandas=True)
    return pa.array(series.array, from_pandas=True).cast(pa.large_string())


def is_text(series: pd.Series) -> bool:
    """Tell whether a vector holds texts, by its type or, for objects, by its values."""
    if pd.api.types.is_object_dtype(series.dtype):
        return pd.api.types.infer_dtype(series, skipna=True) in _TEXT_KINDS
    return bool(pd.api.types.is_string_dtype(series.dtype))


def with_categories(frame: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """Return a frame whose texts of the given names are categories, and the others none."""
    kept = set(names)
    plain = {
        str(name): series.astype(series.dtype.categories.dtype)
        for name, series in frame.items()
        if isinstance(series.dtype, pd.CategoricalDtype) and name not in kept
    }
    frame = frame.assign(**plain) if plain else frame
    wanted = [name for name in names if name in frame.columns and is_text(frame[name])]
    texts = [frame[name] for name in wanted]
    if len(frame) < _MANY:
        coded = [as_categories(series) for series in texts]
    else:
        with ThreadPoolExecutor(_THREADS) as pool:
            coded = list(pool.map(as_categories, texts))
    return frame.assign(**dict(zip(wanted, coded, strict=True)))


def as_categories(series: pd.Series) -> pd.Series:
    """Make categories of a vector of texts, in the order of their first record."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        return series
    texts = texts_of(series)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    coded = texts.dictionary_encode()
    codes = pc.fill_null(coded.indices, _MISSING).to_numpy(zero_copy_only=False)
    kind = pd.CategoricalDtype(pd.array(coded.dictionary, dtype="string"))
    return pd.Series(
        pd.Categorical.from_codes(codes, dtype=kind, validate=False), index=series.index
    )


def as_written(series: pd.Series) -> pd.Series:
    """Return numbers as one writes them, with 15 significant digits: 9.3 of 9.299999999999999."""
    codes, distinct = pd.factorize(series.astype("float64"))
    rounded = np.array([*(float(number_text(number)) for number in distinct), np.nan])
    return pd.Series(rounded[codes], index=series.index)


def is_repeated(frame: pd.DataFrame, names: list[str]) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """True for each record whose values of some variables occur more than once.

    Missing values compare equal.
    """
    combined, size = np.zeros(len(frame), dtype=np.int64), 1
    for name in names:
        codes, count = _codes(frame[name])
        if size * count > _LARGEST:
            combined, distinct = pd.factorize(combined)
            size = len(distinct)
        combined, size = combined * count + codes, size * count
    # records in the order of the variables are the usual case, and cost no look-up
    if bool((np.diff(combined) > 0).all()):
        return np.zeros(len(frame), dtype=bool)
    return pd.Series(combined).duplicated(keep=False).to_numpy()


def _codes(series: pd.Series) -> tuple[Codes, int]:
    """Number the distinct values of a vector from 0, and say how many numbers there may be."""
    if not isinstance(series.dtype, pd.CategoricalDtype):
        codes, distinct = pd.factorize(series)
        return codes.astype(np.int64) + 1, len(distinct) + 1
    return series.cat.codes.to_numpy().astype(np.int64) + 1, len(series.cat.categories) + 1
