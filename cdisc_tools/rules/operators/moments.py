"""Whether a date or time agrees with a datetime, as texts or as the numbers of SAS (ours)."""

import re
from collections.abc import Callable
from datetime import date

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Column, Mask, Value, where_pairs
from cdisc_tools.rules.operators.registry import operator
from cdisc_tools.rules.table import Table

DAY_SECONDS = 86_400
_SAS_EPOCH = date(1960, 1, 1).toordinal()
# a number of days beyond this is one of seconds: the year 2233
_MOST_DAYS = 100_000
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?", re.ASCII)
_TIME = re.compile(
    r"(?:(\d{4}-\d{2}-\d{2})T?)?(?:(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?)?", re.ASCII
)


@operator("date_part_not_equal_to")
def date_part_not_equal_to(table: Table, condition: Condition) -> Mask:
    """True where two dates or datetimes lie on different days; one that is missing or can't be
    read is never at fault. A number counts days from 1960-01-01 below 100,000, else seconds.
    """
    return _where_different(table, condition, day_of)


@operator("time_part_not_equal_to")
def time_part_not_equal_to(table: Table, condition: Condition) -> Mask:
    """True where two times or datetimes have different times of day; one that is missing or can't
    be read is never at fault. A date without a time is midnight; a number counts seconds, from
    1960-01-01 where it is a day or more.
    """
    return _where_different(table, condition, time_of)


def day_of(value: Value) -> int | None:
    """Return the number of the day of a date or datetime, None for what is none.

    >>> day_of("1960-01-02"), day_of("1960-01-02T10:00"), day_of(1.0), day_of(86400.0 * 200000)
    (1, 1, 1, 200000)
    >>> day_of("2024-01"), day_of("2024-02-30"), day_of("")
    (None, None, None)
    """
    if isinstance(value, str):
        found = _DATE.fullmatch(value)
        try:
            return date.fromisoformat(found[1]).toordinal() - _SAS_EPOCH if found else None
        except ValueError:
            return None
    if not isinstance(value, int | float) or not np.isfinite(value):
        return None
    return int(value // 1 if abs(value) < _MOST_DAYS else value // DAY_SECONDS)


def time_of(value: Value) -> float | None:
    """Return the seconds since midnight of a time or datetime, None for what is none.

    >>> time_of("10:30"), time_of("2024-03-01T10:30:00"), time_of("2024-03-01"), time_of(86401.0)
    (37800.0, 37800.0, 0.0, 1.0)
    >>> time_of("noon"), time_of("25:00"), time_of("")
    (None, None, None)
    """
    if isinstance(value, str):
        found = _TIME.fullmatch(value)
        if found is None or not value:
            return None
        hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
        total = hours * 3600 + minutes * 60 + seconds
        return total if total < DAY_SECONDS else None
    if not isinstance(value, int | float) or not np.isfinite(value):
        return None
    return float(value % DAY_SECONDS)


def _where_different(
    table: Table, condition: Condition, part: Callable[[Value], float | None]
) -> Mask:
    left: Column = table.target(condition).map(part)
    right: Column = table.comparator(condition).map(part)
    return where_pairs(
        left, right, lambda one, other: one is not None and other is not None and one != other
    )
