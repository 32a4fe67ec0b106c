"""Columns as codes of their distinct values, so that a rule judges each distinct value once."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, SupportsFloat, TypeVar

import numpy as np
import pandas as pd

from cdisc_tools.metadata.distinct import as_categories, is_text
from cdisc_tools.model.numbers import DIGITS, number_text

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Codes = np.ndarray[Any, np.dtype[np.int64]]
AnyCodes = np.ndarray[Any, np.dtype[np.integer[Any]]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]
Kept = TypeVar("Kept")
# of the module operator: lt, le, gt, ge, eq, ne
Compare = Callable[[Any, Any], Any]
# a text, a number, or several values; None is missing
Value = Any

_MISSING = -1
_NOWHERE = -2
_LARGEST = 2**62
# records whose codes are worth a copy in fewer bytes
_MANY = 1_000_000
# a table of all numbers costs less than looking for the distinct ones, up to so many a record
_FEW = 4


class Column:
    """A variable of a table, one value a record.

    ``values`` holds the distinct values (texts, numbers, or tuples of them, never None), and
    ``codes`` the place in it of each record's value, -1 for a missing one. Empty text is missing.
    Many records keep their codes in as few bytes as the number of values asks for.
    """

    __slots__ = ("_held", "_kept", "is_numeric", "values")

    def __init__(
        self, codes: AnyCodes, values: Sequence[Value], *, is_numeric: bool = False
    ) -> None:
        self._held = _compact(codes, len(values))
        self.values = values
        self.is_numeric = is_numeric
        self._kept: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self._held)

    @property
    def codes(self) -> Codes:
        """The codes as integers of 64 bits, made anew where they are kept in fewer bytes."""
        return self._held.astype(np.int64, copy=False)

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
        """Make a column of a vector of a dataset: texts, numbers or dates (as ISO 8601 texts).

        A vector that holds several kinds of values, or others, gives numbers as numbers and all
        else as texts. Numbers have 15 significant digits, what a double holds of any decimal one.
        """
        if pd.api.types.is_datetime64_any_dtype(series.dtype):
            series = series.dt.strftime("%Y-%m-%dT%H:%M:%S").str.removesuffix("T00:00:00")
        if isinstance(series.dtype, pd.CategoricalDtype):
            if not is_text(series.dtype.categories.to_series()):
                return cls.of(map(_single, series))
            coded = series
        elif is_text(series):
            coded = as_categories(series)
        else:
            return cls._of_numbers(series)
        return _without_empty(coded.cat.codes.to_numpy(), coded.cat.categories.to_list())

    @classmethod
    def _of_numbers(cls, series: pd.Series) -> "Column":
        if not pd.api.types.is_numeric_dtype(series.dtype):
            return cls.of(map(_single, series))
        codes, distinct = pd.factorize(series.to_numpy(dtype="float64", na_value=np.nan))
        # 9.299999999999999 of one file is the 9.3 of another
        rounded = [float(f"{number:.{DIGITS}g}") for number in distinct.tolist()]
        again, written = pd.factorize(np.array([*rounded, np.nan]))
        return cls(again[codes], tuple(written.tolist()), is_numeric=True)

    def take(self, places: "np.ndarray[Any, np.dtype[np.intp]]") -> "Column":
        """Return the values at some places; -1 takes a missing one."""
        codes = np.append(self._held, self._held.dtype.type(_MISSING))[places]
        return self._recoded(codes)

    def _recoded(self, codes: AnyCodes) -> "Column":
        """Return the same values for other records, with what is kept of the values."""
        column = Column(codes, self.values, is_numeric=self.is_numeric)
        column._kept = self._kept
        return column

    @property
    def is_constant(self) -> bool:
        """True for a column made by ``constant``: all records have the one value, or none."""
        return self._held.strides == (0,)

    @property
    def is_list(self) -> bool:
        """True for a column whose values are lists (tuples)."""
        return bool(self.values) and isinstance(self.values[0], tuple)

    def keep(self, key: Any, make: Callable[[], Kept]) -> Kept:
        """Return what ``make`` makes of the distinct values, made once for each ``key``.

        It must not depend on the records: columns of the same values share it.
        """
        if key not in self._kept:
            self._kept[key] = make()
        kept: Kept = self._kept[key]
        return kept

    def present(self) -> list[Value]:
        """List the values that at least one record has; after ``take`` these may be fewer."""
        occurs = np.zeros(len(self.values) + 1, dtype=bool)
        occurs[self._held[:1] if self.is_constant else self._held] = True
        return [self.values[place] for place in np.flatnonzero(occurs[:-1]).tolist()]

    def numbers(self) -> Numbers:
        """Return the distinct values as numbers, and NaN at the end, which -1 takes; a text that
        is no number is NaN.
        """
        return self.keep("numbers", self._read_numbers)

    def _read_numbers(self) -> Numbers:
        values = self.values if self.is_numeric else [as_number(value) for value in self.values]
        return np.append(np.array(values, dtype="float64"), np.nan)

    def ranks(self) -> Codes:
        """Return the rank of each record's value: numbers first, then texts; missing ones last."""
        ranks: Codes = self.keep("ranks", self._rank_values)[self._held]
        return ranks

    def _rank_values(self) -> Codes:
        ranks = np.empty(len(self.values) + 1, dtype=np.int64)
        ranks[_in_order(self)] = np.arange(len(self.values))
        ranks[_MISSING] = len(self.values)
        return ranks

    def objects(self) -> "np.ndarray[Any, np.dtype[np.object_]]":
        """Return the distinct values as objects, and None at the end, which -1 takes."""
        count = len(self.values) + 1
        return self.keep("objects", lambda: np.fromiter((*self.values, None), object, count))

    def record(self, place: int) -> Value:
        """Return the value of one record, None for a missing one."""
        code = self._held[place]
        return None if code == _MISSING else self.values[code]

    def is_empty(self) -> Mask:
        """True for each record whose value is missing."""
        mask: Mask = self._held == _MISSING
        return mask

    def where(self, judge: Callable[[Value], bool], *, missing: bool = False) -> Mask:
        """True for each record whose value ``judge`` holds of, called once for a distinct value;
        ``missing`` is the answer for a missing one.
        """
        answers = np.fromiter((judge(value) for value in self.values), bool, len(self.values))
        return self.spread(answers, missing=missing)

    def spread(self, answers: Mask, *, missing: bool = False) -> Mask:
        """Give each record the answer for its value; ``answers`` has one for each of ``values``."""
        answers = np.append(answers, missing)
        if self.is_constant:
            return np.full(len(self), bool(len(self)) and bool(answers[self._held[0]]))
        mask: Mask = answers[self._held]
        return mask

    def with_numbers(self, numbers: Numbers) -> "Column":
        """Return the column with a number for each distinct value, NaN for a missing one."""
        places, distinct = pd.factorize(numbers)
        moved = Column(np.append(places, _MISSING)[self._held], distinct.tolist(), is_numeric=True)
        if self.is_constant and len(self):
            return Column.constant(moved.record(0), len(self))
        return moved

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
        if self.is_constant and len(self):
            moved = np.broadcast_to(places[self._held[0]], len(self))
            return Column(moved, tuple(found), is_numeric=numeric)
        return Column(places[self._held], tuple(found), is_numeric=numeric)


def is_missing(value: Value) -> bool:
    """True for None, NaN, and empty text; a list is never missing.

    >>> is_missing(""), is_missing(float("nan")), is_missing([]), is_missing(0)
    (True, True, False, False)
    """
    if value is None or value == "":
        return True
    return isinstance(value, float) and value != value  # noqa: PLR0124


def _single(value: Any) -> Value:
    """Give a value of whatever kind as a number or a text, None for a missing one.

    >>> _single(2), _single(True), _single(date(2024, 2, 1)), _single(b"a"), _single([1])
    (2.0, 1.0, '2024-02-01', 'a', '[1]')
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, date):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, SupportsFloat):
        # a whole number may be too large, and an array is none
        with suppress(OverflowError, TypeError, ValueError):
            return float(value)
    return str(value)


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


def normalized(value: object) -> str:
    """Write a value so that numbers and their texts compare: 200.00 is "200".

    >>> normalized("200.00"), normalized(200.0), normalized(" A1 ")
    ('200', '200', 'A1')
    """
    text = as_text(value).strip()
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else str(number)


def as_number(value: Value) -> float:
    """Read a value as a number, NaN for what is none.

    >>> as_number("5.0"), as_number(3), as_number("1_000"), as_number("high")
    (5.0, 3.0, nan, nan)
    """
    if isinstance(value, str) and "_" in value:
        return np.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return np.nan


def where_codes(left: Column, right: Column, judge: Callable[[Codes, Codes], Mask]) -> Mask:
    """True for each record whose two codes ``judge`` holds of; it takes vectors of them. Where one
    of the columns is constant, it is asked for the distinct values of the other.
    """
    if right.is_constant and len(right):
        places = np.arange(_MISSING, len(left.values))
        answers = judge(places, np.broadcast_to(right.codes[0], len(places)))
        return left.spread(answers[1:], missing=bool(answers[0]))
    if left.is_constant and len(left):
        return where_codes(right, left, lambda rights, lefts: judge(lefts, rights))
    return judge(left.codes, right.codes)


def where_compared(left: Column, right: Column, numbers: tuple[Any, Any], compare: Compare) -> Mask:
    """True for each record where ``compare`` holds of two numbers: those of the distinct values of
    the columns, and what a missing one has at the end.
    """
    lefts, rights = numbers

    def judge(left_codes: Codes, right_codes: Codes) -> Mask:
        mask: Mask = compare(lefts[left_codes], rights[right_codes])
        return mask

    return where_codes(left, right, judge)


def where_pairs(left: Column, right: Column, judge: Callable[[Value, Value], bool]) -> Mask:
    """True for each record whose two values ``judge`` holds of, called once for a distinct pair;
    a missing value is None.
    """
    lefts = (*left.values, None)
    rights = (*right.values, None)

    def judge_codes(left_codes: Codes, right_codes: Codes) -> Mask:
        pairs, width = (left_codes + 1) * len(rights) + right_codes + 1, len(rights)
        places, distinct = distinct_numbers(pairs, len(lefts) * width)
        answers = np.fromiter(
            (
                judge(lefts[pair // width - 1], rights[pair % width - 1])
                for pair in distinct.tolist()
            ),
            bool,
            len(distinct),
        )
        mask: Mask = answers[places]
        return mask

    return where_codes(left, right, judge_codes)


def where_same(left: Column, right: Column) -> Mask:
    """True for each record that has the same value in both columns; a missing value is like none.

    A number and a text are never the same.
    """
    if right.is_constant and left.is_constant and len(left):
        same = left.record(0) is not None and left.record(0) == right.record(0)
        return np.full(len(left), same)
    if right.is_constant:
        mask: Mask = left.codes == _place(left.values, right.record(0) if len(right) else None)
        return mask
    if left.is_constant:
        return where_same(right, left)
    if left.is_numeric and right.is_numeric:
        equal: Mask = left.numbers()[left.codes] == right.numbers()[right.codes]
        return equal
    many = len(left.values) + len(right.values) > len(left) // _FEW
    if many and not left.is_list and not right.is_list:
        alike: Mask = np.equal(left.objects()[left.codes], right.objects()[right.codes], dtype=bool)
        alike &= ~left.is_empty()
        return alike
    mask = left.codes == codes_among(right, left)
    mask &= ~left.is_empty()
    return mask


def codes_among(column: Column, other: Column) -> Codes:
    """Return each record's place of its value among the values of another column, -1 for a missing
    value, -2 for one that the other column doesn't have.
    """
    if column.values is other.values:
        return column.codes
    found = {value: place for place, value in enumerate(other.values)}
    moved = [*(found.get(value, _NOWHERE) for value in column.values), _MISSING]
    codes: Codes = np.array(moved, dtype=np.int64)[column.codes]
    return codes


def group_codes(columns: Iterable[Column], size: int) -> tuple[Codes, int]:
    """Number the records by the values of some columns: (a number from 0 a record, how many there
    may be); missing values are equal. The numbers follow no order.
    """
    combined, count = combined_codes(columns, size)
    if count <= _FEW * size:
        return combined, count
    combined, distinct = pd.factorize(combined)
    return combined.astype(np.int64), len(distinct)


def is_repeated(columns: Iterable[Column], size: int) -> Mask:
    """True for each record whose values of some columns another record has too; missing values are
    equal.
    """
    combined, count = combined_codes(columns, size)
    if count <= _FEW * size:
        repeated: Mask = (np.bincount(combined, minlength=count) > 1)[combined]
        return repeated
    # records in the order of the variables are the usual case, and cost no look-up
    if bool((np.diff(combined) > 0).all()):
        return np.zeros(size, dtype=bool)
    return pd.Series(combined).duplicated(keep=False).to_numpy()


def places_in_order(groups: tuple[Codes, int], columns: Iterable[Column]) -> Codes:
    """Return the places of the records by group (numbered, and how many there may be), and within
    it by some columns in ascending order; what is equal stays in its order.
    """
    combined, count = groups
    keys = [combined]
    for column in columns:
        width = len(column.values) + 1
        if count * width <= _LARGEST:
            keys[-1], count = keys[-1] * width + column.ranks(), count * width
        else:
            keys.append(column.ranks())
            count = width
    # records that are in order already cost one look at each
    if len(keys) == 1:
        return np.argsort(keys[0], kind="stable")
    return np.lexsort(keys[::-1])


def combined_codes(columns: Iterable[Column], size: int) -> tuple[Codes, int]:
    """Number the records as ``group_codes`` does, but with a count that may be huge."""
    combined, count = np.zeros(size, dtype=np.int64), 1
    for column in columns:
        if column.is_constant:
            continue
        width = len(column.values) + 1
        if count * width > _LARGEST:
            combined, distinct = distinct_numbers(combined, count)
            count = len(distinct)
        combined, count = combined * width + column.codes + 1, count * width
    return combined, count


def distinct_numbers(numbers: Codes, count: int) -> tuple[Codes, Codes]:
    """Return the place of each number among the distinct ones, and those; all are below a count."""
    if count > _FEW * len(numbers):
        places, distinct = pd.factorize(numbers)
        return places.astype(np.int64), distinct
    occurs = np.zeros(count, dtype=bool)
    occurs[numbers] = True
    distinct = np.flatnonzero(occurs)
    places = np.empty(count, dtype=np.int64)
    places[distinct] = np.arange(len(distinct))
    return places[numbers], distinct


def _place(values: Sequence[Value], value: Value) -> int:
    """Return where a value stands, -2 for nowhere."""
    try:
        return values.index(value)
    except ValueError:
        return _NOWHERE


def _in_order(column: Column) -> Sequence[int] | Codes:
    """Return the places of a column's distinct values in ascending order."""
    if column.is_numeric:
        return np.argsort(column.numbers()[:-1], kind="stable")
    places = range(len(column.values))
    try:
        return sorted(places, key=column.values.__getitem__)
    except TypeError:
        # texts and numbers in one column
        return sorted(places, key=lambda place: sort_key(column.values[place]))


def sort_key(value: Value) -> tuple[bool, Value]:
    """Order numbers before texts; lists go by what they look like."""
    if isinstance(value, int | float):
        return False, value
    return True, value if isinstance(value, str) else str(value)


def _compact(codes: AnyCodes, count: int) -> AnyCodes:
    """Keep the codes of many records in as few bytes as that many values ask for."""
    if len(codes) < _MANY or codes.strides == (0,):
        return codes.astype(np.int64, copy=False)
    return codes.astype(np.min_scalar_type(-max(count, 1)), copy=False)


def _without_empty(codes: AnyCodes, values: list[Value]) -> Column:
    """Take empty text for missing."""
    if "" not in values:
        return Column(codes, tuple(values))
    empty = values.index("")
    codes = np.where(codes == empty, _MISSING, codes - (codes > empty))
    return Column(codes, tuple(value for value in values if value))
