"""Dates and durations as ISO 8601 texts, whole or partial.

A partial date is compared as the first moment that it may be, so that 2018-04-17 is later than
2018-04. With ``date_component: auto`` only the parts that both dates have are compared, with a part
(``year``) that part alone. What is no date is neither earlier nor later, the same nor different.
"""

import operator as python
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from cdisc_tools.metadata.iso8601 import is_datetime, is_duration
from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import (
    Codes,
    Column,
    Compare,
    Mask,
    Value,
    as_text,
    where_codes,
)
from cdisc_tools.rules.operators.attributes import compares_column, wrong
from cdisc_tools.rules.operators.registry import complement, operator
from cdisc_tools.rules.table import Table

_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_UNITS = ("Y", "M", "D", "h", "m", "s", "us")
_LOWEST = (1970, 1, 1, 0, 0, 0, 0)
_UNDATED, _WHOLE = -1, -1


def _day(prefix: str) -> str:
    """A date of which parts may be unknown (a hyphen) or left out from the right."""
    return (
        rf"(?P<{prefix}year>-?\d{{4}}|-)(?:-{{1,2}}(?P<{prefix}month>0[1-9]|1[0-2]|-))?"
        rf"(?:-{{1,2}}(?P<{prefix}day>0[1-9]|[12]\d|3[01]|-))?"
    )


def _clock(prefix: str) -> str:
    """A time after a T, with its distance from UTC."""
    return (
        rf"T(?P<{prefix}hour>[01]\d|2[0-3]|-)(?::(?P<{prefix}minute>[0-5]\d|-)"
        rf"(?::(?P<{prefix}second>[0-5]\d|-)?(?:\.(?P<{prefix}microsecond>\d+))?)?)?"
        rf"(?P<{prefix}zone>Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?"
    )


_DATE = re.compile(
    rf"{_day('')}(?:{_clock('')})?(?:/{_day('end_')}(?:{_clock('end_')})?)?"
    rf"|-{{4,8}}{_clock('only_')}",
    re.ASCII,
)
# all parts known up to the last one, without a distance from UTC, as most dates are
_PLAIN = re.compile(
    r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])"
    r"(?:T(?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?)?)?)?",
    re.ASCII,
)
_PLAIN_LEVELS = {4: 0, 7: 1, 10: 2, 13: 3, 16: 4, 19: 5}
# as far as a text of microseconds goes
_LONGEST = 26
# signs of a date with unknown parts, or of an interval, whose days aren't counted
_UNCERTAIN = ("/", "--", "-:")


@dataclass(frozen=True)
class _Dates:
    """The dates of a column's distinct values, and at the end none, which the code -1 takes.

    ``moments`` are microseconds from 1970 (UTC) cut to each of ``_PARTS``; ``levels`` is the place
    of the last known part, -1 for a date that can't be compared; ``valid`` tells what is a date.
    """

    moments: "np.ndarray[Any, np.dtype[np.int64]]"
    levels: Codes
    valid: Mask


@operator("is_complete_date")
def is_complete_date(table: Table, condition: Condition) -> Mask:
    """True for a date with year, month and day, with or without a time."""
    return table.target(condition).where(_is_complete)


complement("is_incomplete_date", of="is_complete_date")


@operator("invalid_date")
def invalid_date(table: Table, condition: Condition) -> Mask:
    """True for a missing value, and for one that is no ISO 8601 date, partial date or interval."""
    return ~where_dates(table.target(condition))


@operator("invalid_duration")
def invalid_duration(table: Table, condition: Condition) -> Mask:
    """True for a value that is no ISO 8601 duration, and for a missing one; ``negative: false``
    refuses those below zero too.
    """
    negative = condition.options.get("negative")
    if negative is not None and not isinstance(negative, bool):
        raise wrong(condition, f"negative must be true or false, not {negative!r}")
    signs = "+-" if negative is False else "+"

    def judge(value: Value) -> bool:
        # ISO 8601 has a comma for a decimal point
        text = as_text(value).replace(",", ".")
        return text[0] not in signs and is_duration(text)

    return ~table.target(condition).where(judge)


@operator("date_equal_to")
def date_equal_to(table: Table, condition: Condition) -> Mask:
    """True where both are dates, known to the same part, and the same."""
    return _where_dates(table, condition, python.eq)


@operator("date_not_equal_to")
def date_not_equal_to(table: Table, condition: Condition) -> Mask:
    """True where both are dates, and differ or aren't known to the same part."""
    return _where_dates(table, condition, python.ne)


@operator("date_less_than")
def date_less_than(table: Table, condition: Condition) -> Mask:
    """True where both are dates, and the first is earlier."""
    return _where_dates(table, condition, python.lt)


@operator("date_less_than_or_equal_to")
def date_less_than_or_equal_to(table: Table, condition: Condition) -> Mask:
    """True where both are dates, and the first isn't later."""
    return _where_dates(table, condition, python.le)


@operator("date_greater_than")
def date_greater_than(table: Table, condition: Condition) -> Mask:
    """True where both are dates, and the first is later."""
    return _where_dates(table, condition, python.gt)


@operator("date_greater_than_or_equal_to")
def date_greater_than_or_equal_to(table: Table, condition: Condition) -> Mask:
    """True where both are dates, and the first isn't earlier."""
    return _where_dates(table, condition, python.ge)


def is_date(value: Value) -> bool:
    """Tell whether a value is a date, or an interval of two, as a rule sees it.

    >>> [is_date(text) for text in ("2003-12", "2003---15", "2003-12-01/2003-12-10", "-----T07:15")]
    [True, True, True, True]
    >>> [is_date(text) for text in ("2003-02-30", "20031215", "-", 2003.0)]
    [False, False, False, False]
    """
    if not isinstance(value, str):
        return False
    if _is_plain(value):
        return True
    if _DATE.fullmatch(value) is None:
        return False
    return any(sign in value for sign in _UNCERTAIN) or is_datetime(value)


def where_dates(column: Column) -> Mask:
    """True for each record whose value is a date."""

    def judged() -> Mask:
        return np.fromiter(map(is_date, column.values), bool, len(column.values))

    return column.spread(column.keep("is_date", judged))


def _is_complete(value: Value) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _where_dates(table: Table, condition: Condition, compare: Compare) -> Mask:
    left, right = table.target(condition), table.comparator(condition)
    if not compares_column(table, condition):
        right = right.map(as_text)
    component = condition.options.get("date_component")
    lefts, rights = _dates_of(left), _dates_of(right)
    if component not in (None, "auto"):
        return _where_component(condition, (left, lefts), (right, rights), compare)
    alike_only = component is None and compare in (python.eq, python.ne)

    def judge(left_codes: Codes, right_codes: Codes) -> Mask:
        left_levels, right_levels = lefts.levels[left_codes], rights.levels[right_codes]
        levels = np.minimum(left_levels, right_levels)
        cut = levels if alike_only or component == "auto" else _WHOLE
        mask: Mask = compare(lefts.moments[left_codes, cut], rights.moments[right_codes, cut])
        if alike_only:
            alike = left_levels == right_levels
            mask = mask & alike if compare is python.eq else mask | ~alike
        mask &= levels != _UNDATED
        return mask

    return where_codes(left, right, judge)


def _where_component(
    condition: Condition,
    left: tuple[Column, _Dates],
    right: tuple[Column, _Dates],
    compare: Compare,
) -> Mask:
    """Compare one part of the dates, such as their years; an unknown part is the lowest one."""
    component = condition.options["date_component"]
    if component not in _PARTS:
        raise wrong(condition, f"date_component must be one of {', '.join(_PARTS)}, auto")
    lefts, rights = (_component(dates, _PARTS.index(component)) for _, dates in (left, right))

    def judge(left_codes: Codes, right_codes: Codes) -> Mask:
        mask: Mask = compare(lefts[left_codes], rights[right_codes])
        return mask & left[1].valid[left_codes] & right[1].valid[right_codes]

    return where_codes(left[0], right[0], judge)


def _component(dates: _Dates, place: int) -> Codes:
    """Return the year, the month of the year, the day of the month ... of each date."""
    moments = dates.moments[:, -1].astype("datetime64[us]")
    if place == 0:
        return moments.astype("datetime64[Y]").astype(np.int64)
    outer = moments.astype(f"datetime64[{_UNITS[place - 1]}]")
    inner = moments.astype(f"datetime64[{_UNITS[place]}]")
    found: Codes = (inner - outer.astype(inner.dtype)).astype(np.int64)
    return found


def _dates_of(column: Column) -> _Dates:
    return column.keep("dates", lambda: _read_dates(column.values))


def _read_dates(values: Sequence[Value]) -> _Dates:
    stamps = np.zeros(len(values) + 1, dtype="datetime64[us]")
    levels = np.full(len(values) + 1, _UNDATED, dtype=np.int64)
    valid = np.zeros(len(values) + 1, dtype=bool)
    plain = [place for place, value in enumerate(values) if _is_plain(value)]
    texts = [values[place][:_LONGEST] for place in plain]
    stamps[plain] = np.array(texts, dtype="datetime64[us]")
    levels[plain] = [_PLAIN_LEVELS.get(len(text), len(_PARTS) - 1) for text in texts]
    valid[plain] = True
    for place in np.flatnonzero(~valid[:-1]).tolist():
        stamps[place], levels[place], valid[place] = _read_date(values[place])
    cut = [stamps.astype(f"datetime64[{unit}]").astype("datetime64[us]") for unit in _UNITS]
    return _Dates(np.stack([stamp.astype(np.int64) for stamp in cut], axis=1), levels, valid)


def _is_plain(value: Value) -> bool:
    """Tell whether a value is a date without unknown parts and distance from UTC."""
    if not isinstance(value, str) or _PLAIN.fullmatch(value) is None:
        return False
    # every month has 28 days
    return (value[8:10] <= "28" and value[:4] != "0000") or is_datetime(value)


def _read_date(value: Value) -> tuple[int, int, bool]:
    """Return a date's microseconds from 1970, the place of its last known part, and whether it is
    a date; the start of an interval counts.
    """
    nothing = (0, _UNDATED, False)
    if not is_date(value):
        return nothing
    found = _DATE.fullmatch(value)
    if found is None:
        return nothing
    parts = [_part(found, name) for name in _PARTS]
    level = next((place for place, part in enumerate(parts) if part is None), len(parts)) - 1
    try:
        moment = _moment(parts)
    except ValueError:
        # a day that its month doesn't have, beside an unknown part or in an interval
        return nothing
    shift = _offset(found["zone"] or found["only_zone"])
    return _microseconds(moment) - shift, level, True


def _moment(parts: list[int | None]) -> datetime:
    """Return the moment of a date's parts, the lowest there is for an unknown one."""
    filled = (low if part is None else part for part, low in zip(parts, _LOWEST, strict=True))
    year, month, day, hour, minute, second, microsecond = filled
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)


def _part(found: re.Match[str], name: str) -> int | None:
    text = found[name]
    if text is None and name in ("hour", "minute", "second", "microsecond"):
        text = found[f"only_{name}"]
    if text is None or text == "-":
        return None
    return int(text[:6].ljust(6, "0")) if name == "microsecond" else int(text)


def _offset(zone: str | None) -> int:
    """Return how many microseconds a time is ahead of UTC."""
    if zone is None or zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return (-minutes if zone[0] == "-" else minutes) * 60_000_000


def _microseconds(moment: datetime) -> int:
    past = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds
