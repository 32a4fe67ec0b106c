"""Which records pass a check: vector in, one truth value a record out.

Missing values pass, but for ``has_value``; a value that isn't text passes the checks of texts,
because its type is reported once (CDT-S005). Of categories each is judged once.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_tools.metadata.distinct import as_categories, as_written, is_repeated, is_text, texts_of
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
_NUMBER_TYPES = {
    "integer": r"^(?:[+-]?\d+)?$",
    "float": r"^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)?$",
}
_ISO_TYPES = frozenset({
    "date", "time", "datetime", "partialDate", "partialTime", "partialDatetime",
    "incompleteDate", "incompleteTime", "incompleteDatetime", "intervalDatetime",
})  # fmt: skip
_DURATION_TYPES = frozenset({"durationDatetime"})
# a number with more decimals than that many less one
_DECIMALS = r"^[+-]?\d*\.\d{%d,}$"
# numbers are binary: 0.1 has no exact value
_ROUNDING = 1e-9
_NO_TERM = -1
_DATE_KINDS = {"date", "datetime", "datetime64"}


def has_value(series: pd.Series) -> pd.Series:
    """True where a value is present; an empty or blank text is none."""
    if not _holds_text(series):
        return series.notna()
    return _judged(series, _is_written, missing=False)


def _is_written(texts: Any) -> Any:
    blank = pc.or_(pc.equal(pc.binary_length(texts), 0), pc.utf8_is_space(texts))
    return pc.invert(blank)


def is_of_type(series: pd.Series, expected: str) -> bool:
    """True where a vector is of type Char (text) or Num (numbers, or dates not yet numbers).

    A vector that is missing throughout is of any type.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return is_of_type(pd.Series(dtype.categories), expected)
    if expected == "Char":
        fits = is_text(series)
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
    if _holds_text(series):
        return _judged(series, partial(_is_term, permitted=permitted, or_number=or_number))
    if pd.api.types.is_numeric_dtype(series.dtype):
        numbers = pd.to_numeric(pd.Series(sorted(permitted)), errors="coerce").dropna()
        return as_written(series).isin(numbers.to_list()) | series.isna()
    return pd.Series(True, index=series.index)


def _is_term(texts: Any, permitted: Collection[str], *, or_number: bool) -> Any:
    terms = pa.array(sorted(permitted), type=texts.type)
    known = pc.or_(pc.is_in(texts, value_set=terms), pc.equal(pc.binary_length(texts), 0))
    return pc.or_(known, pc.match_substring_regex(texts, _NUMBER)) if or_number else known


def is_at_most(series: pd.Series, limit: int) -> pd.Series:
    """True where a text is at most ``limit`` bytes long in UTF-8."""
    return _judged(series, lambda texts: pc.less_equal(pc.binary_length(texts), limit))


def is_datetime_text(series: pd.Series) -> pd.Series:
    """True where a text is an ISO 8601 date, time or interval."""
    return _judged(series, partial(_each, is_valid=is_datetime_or_interval, plain=_PLAIN_DATETIME))


def is_duration_text(series: pd.Series, *, interval: bool) -> pd.Series:
    """True where a text is an ISO 8601 duration, or an interval where one is permitted."""
    is_valid = is_duration_or_interval if interval else is_duration
    return _judged(series, partial(_each, is_valid=is_valid))


def is_of_data_type(series: pd.Series, data_type: str) -> pd.Series:
    """True where a value is what a data type of define.xml asks for; other types take any value.

    integer and float take numbers, as numbers or written; date, time and datetime and their
    partial and incomplete forms ISO 8601 texts, or dates.
    """
    if data_type in _ISO_TYPES:
        return is_datetime_text(series)
    if data_type in _DURATION_TYPES:
        return is_duration_text(series, interval=True)
    if data_type not in _NUMBER_TYPES:
        return pd.Series(True, index=series.index)
    if pd.api.types.is_numeric_dtype(series.dtype) and data_type == "integer":
        return has_at_most_digits(series, 0)
    return _judged(series, lambda texts: _matches(texts, _NUMBER_TYPES[data_type]))


def has_at_most_digits(series: pd.Series, digits: int) -> pd.Series:
    """True where a number, or a text that is one, has at most so many decimals."""
    if pd.api.types.is_numeric_dtype(series.dtype):
        numbers = series.astype("float64")
        return numbers.isna() | ((numbers - numbers.round(digits)).abs() <= _ROUNDING)
    return _judged(series, lambda texts: pc.invert(_matches(texts, _DECIMALS % (digits + 1))))


def _matches(texts: Any, pattern: str) -> Any:
    return pc.match_substring_regex(texts, pattern)


def is_first_of_key(frame: pd.DataFrame, spec: DatasetSpec) -> pd.Series:
    """True where no other record has the same natural key.

    Missing values compare equal. Without a key variable that the standard wants in the dataset
    every record passes: its absence is reported, and the rest of the key tells nothing apart.
    """
    keys = present_keys(frame, spec)
    if not keys:
        return pd.Series(True, index=frame.index)
    return pd.Series(~is_repeated(frame, keys), index=frame.index)


def is_same_term(
    frame: pd.DataFrame, name: str, codes: tuple[Mapping[str, str], Mapping[str, str]]
) -> pd.Series:
    """True where a name (--TEST) and its short form (--TESTCD) stand for one concept.

    ``codes`` gives the NCI code of each term of the name and of its short form. A value that is
    no term passes: that is reported of itself (CDT-T001, CDT-T002).
    """
    pair = (name, name + SHORT_FORM)
    if not all(variable in frame.columns and _holds_text(frame[variable]) for variable in pair):
        return pd.Series(True, index=frame.index)
    number = {code: place for place, code in enumerate({*codes[0].values(), *codes[1].values()})}
    first, second = (
        _concepts(as_categories(frame[variable]), of_variable, number)
        for variable, of_variable in zip(pair, codes, strict=True)
    )
    same = (first == second) | (first == _NO_TERM) | (second == _NO_TERM)
    return pd.Series(same, index=frame.index)


def _concepts(
    series: pd.Series, codes: Mapping[str, str], number: Mapping[str, int]
) -> "np.ndarray[Any, np.dtype[np.int32]]":
    """Return the number of the NCI code of each record's term."""
    of_category = [number.get(codes.get(text, ""), _NO_TERM) for text in series.cat.categories]
    return np.array([*of_category, _NO_TERM], dtype=np.int32)[series.cat.codes.to_numpy()]


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
    for name in ("ASEQ", f"{spec.domain or spec.name[:2]}SEQ"):
        if name in spec.by_name:
            return name
    return ""


def _each(texts: Any, is_valid: Callable[[str], bool], plain: str = "") -> Any:
    """Judge each distinct text once; what matches the pattern ``plain`` passes unasked."""
    if plain:
        passed = pc.fill_null(pc.match_substring_regex(texts, plain), fill_value=True)
        texts = pc.if_else(passed, pa.scalar(None, texts.type), texts)
    distinct = pc.unique(texts).drop_null()
    wrong = [text for text in distinct.to_pylist() if text and not is_valid(text)]
    return pc.invert(pc.is_in(texts, value_set=pa.array(wrong, type=texts.type)))


def _is_date(series: pd.Series) -> bool:
    """Tell whether a vector holds dates or times that the transport format writes as numbers."""
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return True
    if isinstance(series.dtype, pd.ArrowDtype):
        return bool(pa.types.is_temporal(series.dtype.pyarrow_dtype))
    if not pd.api.types.is_object_dtype(series.dtype):
        return False
    return pd.api.types.infer_dtype(series, skipna=True) in _DATE_KINDS


def _holds_text(series: pd.Series) -> bool:
    """Tell whether a vector, or its categories, are texts."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        return is_text(pd.Series(series.dtype.categories))
    return is_text(series)


def _judged(series: pd.Series, judge: Callable[[Any], Any], *, missing: bool = True) -> pd.Series:
    """Judge a vector of texts, or the texts of its categories, by a function of Arrow texts.

    ``missing`` is the verdict on missing values. What isn't text passes.
    """
    if not _holds_text(series):
        return pd.Series(True, index=series.index)
    if not isinstance(series.dtype, pd.CategoricalDtype):
        verdict = pc.fill_null(judge(texts_of(series)), fill_value=missing)
        return pd.Series(_as_numpy(verdict), index=series.index)
    verdict = judge(texts_of(pd.Series(series.dtype.categories)))
    of_category = np.append(_as_numpy(pc.fill_null(verdict, fill_value=missing)), missing)
    if of_category.all():
        return pd.Series(of_category[0], index=series.index)
    return pd.Series(of_category[series.cat.codes.to_numpy()], index=series.index)


def _as_numpy(verdict: Any) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Unpack the bits of a verdict; where all passed there is nothing to unpack."""
    if pc.all(verdict).as_py() in {True, None}:
        return np.ones(len(verdict), dtype=bool)
    return np.asarray(verdict.to_numpy(zero_copy_only=False), dtype=bool)
