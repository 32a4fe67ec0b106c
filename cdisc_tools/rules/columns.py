"""Columns as codes of their distinct values, so that a rule judges each distinct value once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.metadata.distinct import as_categories, is_text
from cdisc_tools.model.numbers import number_text

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Codes = np.ndarray[Any, np.dtype[np.int64]]
# a text, a number, or several values; None is missing
Value = Any

_MISSING = -1
_LARGEST = 2**62


class Column:
    """A variable of a table, one value a record.

    ``values`` holds the distinct values (texts, numbers, or tuples of them, never None), and
    ``codes`` the place in it of each record's value, -1 for a missing one. Empty text is missing.
    """

    __slots__ = ("codes", "is_numeric", "values")

    def __init__(self, codes: Codes, values: Sequence[Value], *, is_numeric: bool = False) -> None:
        self.codes = codes
        self.values = values
        self.is_numeric = is_numeric

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def constant(cls, value: Value, size: int) -> "Column":
        """Make a column that has one value in all records; it takes no memory."""
        if is_missing(value):
            return cls(np.broadcast_to(np.int64(_MISSING), size), ())
        kept = tuple(value) if isinstance(value, list) else value
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        return cls(np.broadcast_to(np.int64(0), size), (kept,), is_numeric=numeric)

    @classmethod
    def of(cls, values: Iterable[Value]) -> "Column":
        """Make a column of single values, such as those of metadata."""
        found: dict[Value, int] = {}
        codes = [
            _MISSING
            if is_missing(value)
            else found.setdefault(tuple(value) if isinstance(value, list) else value, len(found))
            for value in values
        ]
        numeric = bool(found) and all(isinstance(value, int | float) for value in found)
        return cls(np.array(codes, dtype=np.int64), tuple(found), is_numeric=numeric)

    @classmethod
    def of_series(cls, series: pd.Series) -> "Column":
        """Make a column of a vector of a dataset: texts, numbers or dates (as ISO 8601 texts)."""
        if pd.api.types.is_datetime64_any_dtype(series.dtype):
            series = series.dt.strftime("%Y-%m-%dT%H:%M:%S").str.removesuffix("T00:00:00")
        if isinstance(series.dtype, pd.CategoricalDtype) or is_text(series):
            coded = as_categories(series)
            return _without_empty(
                coded.cat.codes.to_numpy().astype(np.int64), coded.cat.categories.to_list()
            )
        numbers = series.to_numpy(dtype="float64", na_value=np.nan)
        codes, distinct = pd.factorize(numbers)
        return cls(codes.astype(np.int64), tuple(distinct.tolist()), is_numeric=True)

    def take(self, places: "np.ndarray[Any, np.dtype[np.intp]]") -> "Column":
        """Return the values at some places; -1 takes a missing one."""
        codes = np.append(self.codes, np.int64(_MISSING))[places]
        return Column(codes, self.values, is_numeric=self.is_numeric)

    def record(self, place: int) -> Value:
        """Return the value of one record, None for a missing one."""
        code = self.codes[place]
        return None if code == _MISSING else self.values[code]

    def is_empty(self) -> Mask:
        """True for each record whose value is missing."""
        mask: Mask = self.codes == _MISSING
        return mask

    def where(self, judge: Callable[[Value], bool], *, missing: bool = False) -> Mask:
        """True for each record whose value ``judge`` holds of, called once for a distinct value;
        ``missing`` is the answer for a missing one.
        """
        answers = np.fromiter((judge(value) for value in self.values), bool, len(self.values))
        mask: Mask = np.append(answers, missing)[self.codes]
        return mask

    def map(self, change: Callable[[Value], Value]) -> "Column":
        """Return the column with each distinct value changed, missing ones too (``change(None)``
        is not asked: they stay missing); a value that becomes None is missing.
        """
        found: dict[Value, int] = {}
        changed = (change(value) for value in self.values)
        codes = [
            _MISSING if is_missing(value) else found.setdefault(value, len(found))
            for value in changed
        ]
        numeric = bool(found) and all(isinstance(value, int | float) for value in found)
        places = np.array([*codes, _MISSING], dtype=np.int64)
        return Column(places[self.codes], tuple(found), is_numeric=numeric)


def is_missing(value: Value) -> bool:
    """True for None, NaN, and empty text; a list is never missing.

    >>> is_missing(""), is_missing(float("nan")), is_missing([]), is_missing(0)
    (True, True, False, False)
    """
    if value is None or value == "":
        return True
    return isinstance(value, float) and value != value  # noqa: PLR0124


def as_text(value: Value) -> str:
    """Write a value as a rule's author means it: 1.0 as "1", several values as a list, None as "".

    >>> as_text(1.0), as_text(8.55), as_text("a"), as_text(None)
    ('1', '8.55', 'a', '')
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return number_text(value)
    return str(value)


def where_pairs(left: Column, right: Column, judge: Callable[[Value, Value], bool]) -> Mask:
    """True for each record whose two values ``judge`` holds of, called once for a distinct pair;
    a missing value is None.
    """
    width = len(right.values) + 1
    pairs, places = np.unique((left.codes + 1) * width + (right.codes + 1), return_inverse=True)
    lefts = (None, *left.values)
    rights = (None, *right.values)
    answers = np.fromiter(
        (judge(lefts[pair // width], rights[pair % width]) for pair in pairs.tolist()),
        bool,
        len(pairs),
    )
    return answers[places]


def group_codes(columns: Iterable[Column], size: int) -> tuple[Codes, int]:
    """Number the records by the values of some columns: (a number from 0 a record, how many there
    may be); missing values are equal. The numbers follow no order.
    """
    combined, count = np.zeros(size, dtype=np.int64), 1
    for column in columns:
        width = len(column.values) + 1
        if count * width > _LARGEST:
            combined, distinct = pd.factorize(combined)
            count = len(distinct)
        combined, count = combined * width + column.codes + 1, count * width
    combined, distinct = pd.factorize(combined)
    return combined.astype(np.int64), len(distinct)


def _without_empty(codes: Codes, values: list[Value]) -> Column:
    """Take empty text for missing."""
    if "" not in values:
        return Column(codes, tuple(values))
    empty = values.index("")
    codes = np.where(codes == empty, _MISSING, codes - (codes > empty))
    return Column(codes, tuple(value for value in values if value))
