"""Conditions of value level: which records a where clause of define.xml is about."""

import operator
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.metadata.distinct import as_categories, as_written
from cdisc_tools.model.specs import Comparison, DatasetSpec, ValueLevelSpec, VariableSpec

_ORDERED: Mapping[str, Callable[[Any, Any], Any]] = {
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
}
Positions = np.ndarray[Any, np.dtype[np.intp]]
_NEGATED = frozenset({"NE", "NOTIN"})


def records_where(frame: pd.DataFrame, where: Sequence[Comparison]) -> pd.Series:
    """True for each record that meets every comparison.

    A missing value meets only NE and NOTIN. A comparison with a variable that the frame hasn't
    got is met by no record. Numbers compare as numbers, texts as texts, dates as
    their ISO 8601 texts, and what is of mixed types as texts.
    """
    chosen = pd.Series(True, index=frame.index)
    for comparison in where:
        chosen &= _meets(frame, comparison)
    return chosen


class Selection:
    """The records that meet any of some where clauses, or none of them (``elsewhere``).

    Several checks ask for the same records of a frame; they are looked up once.
    """

    def __init__(self, clauses: Sequence[Sequence[Comparison]], *, elsewhere: bool = False) -> None:
        self._clauses = clauses
        self._elsewhere = elsewhere
        self._frame: weakref.ref[pd.DataFrame] | None = None
        self._positions: Positions = np.empty(0, dtype=np.intp)

    def positions(self, frame: pd.DataFrame) -> Positions:
        """Return the positions of the records in a frame."""
        if self._frame is None or self._frame() is not frame:
            met = np.zeros(len(frame), dtype=bool)
            for where in self._clauses:
                met |= records_where(frame, where).to_numpy()
            self._positions = np.flatnonzero(~met if self._elsewhere else met)
            self._frame = weakref.ref(frame)
        return self._positions


def term_levels(variable: VariableSpec, spec: DatasetSpec) -> tuple[ValueLevelSpec, ...]:
    """Return the value level that names a codelist of the standard for a variable."""
    return tuple(
        level
        for level in spec.value_level
        if level.variable.name == variable.name and level.variable.codelists
    )


def bound_values(
    frame: pd.DataFrame, spec: DatasetSpec
) -> Iterator[tuple[str, tuple[str, ...], pd.Series]]:
    """Yield the values of variables by the codelists that bind them: name, codes, values.

    The value level binds the values of its records, the variable those of the others.
    """
    for variable in spec.variables:
        if variable.name not in frame:
            continue
        values, rest = frame[variable.name], pd.Series(True, index=frame.index)
        for level in term_levels(variable, spec):
            chosen = records_where(frame, level.where)
            yield variable.name, level.variable.codelists, values[chosen]
            rest &= ~chosen
        if variable.codelists:
            yield variable.name, variable.codelists, values[rest]


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
    is_number = pd.api.types.is_numeric_dtype(series.dtype)
    if not is_number and not isinstance(series.dtype, pd.CategoricalDtype):
        series = _texts(series)
    values = pd.Series(comparison.values, dtype="string")
    if not is_number:
        series = as_categories(series)
        of_category = _compare(pd.Series(series.cat.categories), values, comparison.comparator)
        chosen = np.append(of_category.to_numpy(dtype=bool), False)[series.cat.codes.to_numpy()]
    else:
        numbers = pd.to_numeric(values, errors="coerce")
        chosen = _compare(as_written(series), numbers, comparison.comparator).to_numpy(dtype=bool)
    met = pd.Series(chosen, index=frame.index)
    return met | series.isna() if comparison.comparator in _NEGATED else met & series.notna()


def _texts(series: pd.Series) -> pd.Series:
    """Write a vector as texts, a date as ISO 8601; a day has no time."""
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        texts = series.dt.strftime("%Y-%m-%dT%H:%M:%S").str.removesuffix("T00:00:00")
        return pd.Series(texts, dtype="string")
    return series.astype("string")


def _compare(left: pd.Series, right: pd.Series, comparator: str) -> pd.Series:
    """Compare each value of a vector with one value, or with those of a list."""
    if comparator in _ORDERED:
        ordered: pd.Series = _ORDERED[comparator](left, right.iloc[0])
        return ordered.fillna(False).astype(bool)
    found = left.isin(right.to_list())
    return ~found if comparator in _NEGATED else found
