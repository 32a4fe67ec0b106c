"""Operations of ours that compute a number of two values of a record."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from cdisc_tools.rules.columns import Column, Numbers, Value, as_text
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.operations.registry import Call, operation
from cdisc_tools.rules.operations.related import DECIMALS, record_numbers

_SAS_EPOCH = date(1960, 1, 1).toordinal()
_DAYS_BELOW = 100_000
_SECONDS_A_DAY = 86_400


@operation("difference")
def difference(call: Call) -> Column:
    """A number less another (``subtract``); missing where either is, to nine decimals."""
    return _computed(call, "subtract", np.subtract)


@operation("ratio")
def ratio(call: Call) -> Column:
    """A number divided by another (``divide_by``); missing where either is, or the latter is 0."""
    return _computed(call, "divide_by", _divide)


@operation("percent_change")
def percent_change(call: Call) -> Column:
    """The change of a number from another (``baseline``) in percent of it, to nine decimals.

    Missing where either is, or the latter is 0.
    """
    return _computed(call, "baseline", lambda value, base: 100 * _divide(value - base, base))


@operation("days_between")
def days_between(call: Call) -> Column:
    """Days from a date (``start``) to another (``name``), with ``add`` days (0) put on top.

    Times are cut off; missing where either has no day. A number is taken for SAS's days since
    1960 below 100,000, else for seconds.
    """
    extra = float(call.option("add") or 0)
    end = _mapped(call.table[call.operation.name], _day_number)
    start = _mapped(call.table[_second(call, "start")], _day_number)
    return Column.of_series(pd.Series(end - start + extra))


def _computed(call: Call, option: str, compute: Callable[[Numbers, Numbers], Numbers]) -> Column:
    left = record_numbers(call.table[call.operation.name])
    right = record_numbers(call.table[_second(call, option)])
    # what is too large for a number is infinite, and what is too large to be rounded stays
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = compute(left, right)
        rounded = numbers.round(DECIMALS)
    return Column.of_series(pd.Series(np.where(np.isinf(rounded), numbers, rounded)))


def _second(call: Call, option: str) -> str:
    name = call.option(option)
    if not name:
        operator = call.operation.operator
        raise RuleError(f"line {call.operation.line}: {operator} has no {option}; name a variable")
    return str(name)


def _divide(value: Numbers, by: Numbers) -> Numbers:
    """Divide, NaN by 0."""
    return value / np.where(by == 0, np.nan, by)


def _mapped(column: Column, change: Callable[[Value], float]) -> Numbers:
    made = np.array([*map(change, column.values), np.nan], dtype="float64")
    return made[column.codes]


@lru_cache(maxsize=65536)
def _day_number(value: Value) -> float:
    """Number the day of a date, NaN for what has none."""
    if isinstance(value, int | float):
        days = value if abs(value) < _DAYS_BELOW else value // _SECONDS_A_DAY
        return float(_SAS_EPOCH + days)
    try:
        return float(date.fromisoformat(as_text(value)[:10]).toordinal())
    except ValueError:
        return float("nan")
