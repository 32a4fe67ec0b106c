"""Conditions of value level: which records a where clause of define.xml is about."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from cdisc_tools.metadata.distinct import as_categories, as_written, is_text
from cdisc_tools.model.specs import Comparison

_ORDERED: Mapping[str, Callable[[Any, Any], Any]] = {
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
}
_NEGATED = frozenset({"NE", "NOTIN"})


def records_where(frame: pd.DataFrame, where: Sequence[Comparison]) -> pd.Series:
    """True for each record that meets every comparison.

    A missing value meets only NE and NOTIN. A comparison with a variable that the frame hasn't
    got is met by no record. Numbers compare as numbers, texts as texts, a date as its ISO 8601 day.
    """
    chosen = pd.Series(True, index=frame.index)
    for comparison in where:
        chosen &= _meets(frame, comparison)
    return chosen


def condition_text(where: Sequence[Comparison]) -> str:
    """Write conditions as one reads them.

    >>> condition_text([Comparison("VSTESTCD", "EQ", ("TEMP",)), Comparison("VSDY", "LT", ("3",))])
    'VSTESTCD EQ TEMP and VSDY LT 3'
    """
    return " and ".join(
        f"{item.variable} {item.comparator} {', '.join(item.values)}" for item in where
    )


def _meets(frame: pd.DataFrame, comparison: Comparison) -> pd.Series:
    """True for each record that meets one comparison."""
    if comparison.variable not in frame.columns:
        return pd.Series(False, index=frame.index)
    series = frame[comparison.variable]
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        series = series.dt.strftime("%Y-%m-%d").astype("string")
    values = pd.Series(comparison.values, dtype="string")
    if is_text(series) or isinstance(series.dtype, pd.CategoricalDtype):
        series = as_categories(series)
        of_category = _compare(pd.Series(series.cat.categories), values, comparison.comparator)
        chosen = of_category.reindex(series.cat.codes, fill_value=False).to_numpy()
    else:
        numbers = pd.to_numeric(values, errors="coerce")
        chosen = _compare(as_written(series), numbers, comparison.comparator).to_numpy(dtype=bool)
    met = pd.Series(chosen, index=frame.index)
    return met | series.isna() if comparison.comparator in _NEGATED else met & series.notna()


def _compare(left: pd.Series, right: pd.Series, comparator: str) -> pd.Series:
    """Compare each value of a vector with one value, or with those of a list."""
    if comparator in _ORDERED:
        ordered: pd.Series = _ORDERED[comparator](left, right.iloc[0])
        return ordered.fillna(False).astype(bool)
    found = left.isin(right.to_list())
    return ~found if comparator in _NEGATED else found
