"""Which records pass a check: vector in, one truth value a record out.

Missing values pass, but for ``has_value``; a value that isn't text passes the checks of texts,
because its type is reported once (CDT-S005).
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_tools.metadata.iso8601 import (
    is_datetime_or_interval,
    is_duration,
    is_duration_or_interval,
)
from cdisc_tools.model.specs import DatasetSpec

# the short form of a name's variable: LBTEST and LBTESTCD, TSPARM and TSPARMCD
SHORT_FORM = "CD"

# what can be judged without a calendar; the other forms are judged one by one
_PLAIN_DATETIME = (
    r"^(?:[1-9]\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
    r"(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?$"
)
_NUMBER = r"^[<>]?=?[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$"
_TEXT_KINDS = {"string", "empty"}
_DATE_KINDS = {"date", "datetime", "datetime64"}


def has_value(series: pd.Series) -> pd.Series:
    """True where a value is present; an empty or blank text is none."""
    texts = _texts(series)
    if texts is None:
        return series.notna()
    blank = pc.or_(pc.equal(pc.binary_length(texts), 0), pc.utf8_is_space(texts))
    return _mask(pc.invert(blank), series, missing=False)


def is_of_type(series: pd.Series, expected: str) -> bool:
    """True where a vector is of type Char (text) or Num (numbers, or dates not yet numbers).

    A vector that is missing throughout is of any type.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return is_of_type(pd.Series(dtype.categories), expected)
    if expected == "Char":
        fits = _is_text(series)
    else:
        fits = (
            pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
        ) or _is_date(series)
    return bool(fits or not series.notna().any())


def is_one_of(
    series: pd.Series, permitted: Collection[str], *, or_number: bool = False
) -> pd.Series:
    """True where a value is one of the permitted ones; a vector of numbers compares as numbers.

    With ``or_number`` a text that is a number, or a limit such as "<0.5", passes as well.
    """
    texts = _texts(series)
    if texts is not None:
        terms = pa.array(sorted(permitted), type=texts.type)
        known = pc.or_(pc.is_in(texts, value_set=terms), pc.equal(pc.binary_length(texts), 0))
        if or_number:
            known = pc.or_(known, pc.match_substring_regex(texts, _NUMBER))
        return _mask(known, series)
    if pd.api.types.is_numeric_dtype(series.dtype):
        numbers = pd.to_numeric(pd.Series(sorted(permitted)), errors="coerce").dropna()
        return series.isin(numbers.to_list()) | series.isna()
    return pd.Series(True, index=series.index)


def is_at_most(series: pd.Series, limit: int) -> pd.Series:
    """True where a text is at most ``limit`` bytes long in UTF-8."""
    texts = _texts(series)
    if texts is None:
        return pd.Series(True, index=series.index)
    return _mask(pc.less_equal(pc.binary_length(texts), limit), series)


def is_datetime_text(series: pd.Series) -> pd.Series:
    """True where a text is an ISO 8601 date, time or interval."""
    return _each_text(series, is_datetime_or_interval, plain=_PLAIN_DATETIME)


def is_duration_text(series: pd.Series, *, interval: bool) -> pd.Series:
    """True where a text is an ISO 8601 duration, or an interval where one is permitted."""
    return _each_text(series, is_duration_or_interval if interval else is_duration)


def is_first_of_key(frame: pd.DataFrame, spec: DatasetSpec) -> pd.Series:
    """True where no other record has the same natural key.

    Missing values compare equal. Without a key variable that the standard wants in the dataset
    every record passes: its absence is reported, and the rest of the key tells nothing apart.
    """
    keys = present_keys(frame, spec)
    if not keys:
        return pd.Series(True, index=frame.index)
    return ~frame.duplicated(keys, keep=False)


def is_same_term(
    frame: pd.DataFrame, name: str, codes: tuple[Mapping[str, str], Mapping[str, str]]
) -> pd.Series:
    """True where a name (--TEST) and its short form (--TESTCD) stand for one concept.

    ``codes`` gives the NCI code of each term of the name and of its short form. A value that is
    no term passes: that is reported of itself (CDT-T001, CDT-T002).
    """
    everything = pd.Series(True, index=frame.index)
    if name not in frame.columns or name + SHORT_FORM not in frame.columns:
        return everything
    found = [
        _look_up(_texts(frame[variable]), concepts)
        for variable, concepts in zip((name, name + SHORT_FORM), codes, strict=True)
    ]
    if any(concepts is None for concepts in found):
        return everything
    return _mask(pc.equal(found[0], found[1]), frame[name])


def _look_up(texts: Any, codes: Mapping[str, str]) -> Any:
    """Return the code of each text, null where it has none; None for what isn't text."""
    if texts is None:
        return None
    terms = pa.array(list(codes), type=texts.type)
    return pa.array(list(codes.values()), type=pa.string()).take(
        pc.index_in(texts, value_set=terms)
    )


def present_keys(frame: pd.DataFrame, spec: DatasetSpec) -> list[str]:
    """Return the key variables that the frame has, none where a wanted one is absent."""
    present = [key for key in spec.keys if key in frame.columns]
    wanted = {
        key for key in spec.keys if key in spec.by_name and spec.by_name[key].core in {"Req", "Exp"}
    }
    return present if wanted <= set(present) else []


def sequence_variable(spec: DatasetSpec) -> str:
    """Return the variable that numbers the records of a subject, "" where there is none."""
    if "USUBJID" not in spec.by_name:
        return ""
    for name in ("ASEQ", f"{spec.name[:2]}SEQ"):
        if name in spec.by_name:
            return name
    return ""


def _each_text(series: pd.Series, is_valid: Callable[[str], bool], plain: str = "") -> pd.Series:
    """Judge each distinct text once; what matches the pattern ``plain`` passes unasked."""
    texts = _texts(series)
    if texts is None:
        return pd.Series(True, index=series.index)
    if plain:
        passed = pc.fill_null(pc.match_substring_regex(texts, plain), fill_value=True)
        if pc.all(passed).as_py() in {True, None}:
            return pd.Series(True, index=series.index)
        texts = pc.if_else(passed, pa.scalar(None, texts.type), texts)
    distinct = pc.unique(texts).drop_null()
    wrong = [text for text in distinct.to_pylist() if text and not is_valid(text)]
    failed = pc.is_in(texts, value_set=pa.array(wrong, type=texts.type))
    return _mask(pc.invert(failed), series)


def _texts(series: pd.Series) -> Any:
    """Return a vector of texts as an Arrow array, None where it holds something else."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.dtype.categories.dtype)
    if not _is_text(series):
        return None
    if pd.api.types.is_object_dtype(series.dtype):
        return pa.array(series, type=pa.large_string(), from_pandas=True)
    return pa.array(series.array, from_pandas=True).cast(pa.large_string())


def _is_text(series: pd.Series) -> bool:
    """Tell whether a vector holds texts, by its type or, for objects, by its values."""
    if pd.api.types.is_object_dtype(series.dtype):
        return pd.api.types.infer_dtype(series, skipna=True) in _TEXT_KINDS
    return bool(pd.api.types.is_string_dtype(series.dtype))


def _is_date(series: pd.Series) -> bool:
    """Tell whether a vector holds dates or times that the transport format writes as numbers."""
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return True
    if isinstance(series.dtype, pd.ArrowDtype):
        return bool(pa.types.is_temporal(series.dtype.pyarrow_dtype))
    if not pd.api.types.is_object_dtype(series.dtype):
        return False
    return pd.api.types.infer_dtype(series, skipna=True) in _DATE_KINDS


def _mask(passed: Any, series: pd.Series, *, missing: bool = True) -> pd.Series:
    """Lay an Arrow array of truth values on the index of a vector."""
    filled = pc.fill_null(passed, fill_value=missing)
    return pd.Series(filled.to_numpy(zero_copy_only=False), index=series.index)
