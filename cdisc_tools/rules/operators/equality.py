"""Whether two values are the same."""

from collections.abc import Callable

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import (
    Codes,
    Column,
    Mask,
    Value,
    as_number,
    where_codes,
    where_same,
)
from cdisc_tools.rules.operators.attributes import needed_column
from cdisc_tools.rules.operators.presence import is_empty
from cdisc_tools.rules.operators.registry import operator
from cdisc_tools.rules.table import Table

Change = Callable[[Value], Value]

# the share of a number that its fifteenth digit is
_DIGIT = 1e-15


@operator("equal_to")
def equal_to(table: Table, condition: Condition) -> Mask:
    """True where both have a value, and the same one; a number isn't its text, unless
    ``type_insensitive``. ``round_values`` compares whole numbers, ``value_is_reference`` the
    variable that the comparator names in each record.
    """
    return _judge(table, condition)[0]


@operator("not_equal_to")
def not_equal_to(table: Table, condition: Condition) -> Mask:
    """True where the values differ, or one of them only is missing."""
    same, both_missing = _judge(table, condition)
    return ~same & ~both_missing


@operator("equal_to_case_insensitive")
def equal_to_case_insensitive(table: Table, condition: Condition) -> Mask:
    """True where both have a value, and the same one in capital or small letters."""
    return _judge(table, condition, lowered)[0]


@operator("not_equal_to_case_insensitive")
def not_equal_to_case_insensitive(table: Table, condition: Condition) -> Mask:
    """True where the values differ in more than capital and small letters, or one is missing."""
    same, both_missing = _judge(table, condition, lowered)
    return ~same & ~both_missing


def lowered(value: Value) -> Value:
    """Return a text in small letters, and what is no text as it is."""
    return value.lower() if isinstance(value, str) else value


def normalised(value: Value) -> Value:
    """Write a value so that a number and its text are the same: 200 for 200.00 and "200.0".

    >>> normalised(200.0), normalised("200.00"), normalised(" a "), normalised("0.10")
    ('200', '200', 'a', '0.1')
    """
    if isinstance(value, tuple):
        return value
    number = as_number(value)
    return str(value).strip() if np.isnan(number) else f"{number:.15g}"


def rounded(value: Value) -> Value:
    """Round a number, or the text of one, to a whole number (halves to the even one)."""
    number = as_number(value)
    return round(number) if np.isfinite(number) else value


def _judge(table: Table, condition: Condition, change: Change | None = None) -> tuple[Mask, Mask]:
    """Tell which records have the same value on both sides, and which have none on either."""
    left, right = _sides(table, condition)
    both_missing = is_empty(left) & is_empty(right)
    if change is not None:
        left, right = (side if side.is_numeric else side.map(change) for side in (left, right))
    if condition.options.get("type_insensitive"):
        if left.is_numeric != right.is_numeric:
            return _where_alike(left, right), both_missing
        if not left.is_numeric:
            left, right = left.map(normalised), right.map(normalised)
    return where_same(left, right) & ~both_missing, both_missing


def _sides(table: Table, condition: Condition) -> tuple[Column, Column]:
    """Return what is compared, rounded where the condition asks for that."""
    left = table.target(condition)
    if condition.options.get("value_is_reference"):
        right = _referred(table, needed_column(table, condition.value))
    else:
        right = table.comparator(condition)
    if condition.options.get("round_values"):
        return _rounded(left), _rounded(right)
    return left, right


def _rounded(column: Column) -> Column:
    if column.is_numeric:
        return column.with_numbers(np.rint(column.numbers()[:-1]))
    return column.map(rounded)


def _where_alike(left: Column, right: Column) -> Mask:
    """True where a number and the text of a number are the same in 15 digits."""
    lefts, rights = left.numbers(), right.numbers()

    def judge(left_codes: Codes, right_codes: Codes) -> Mask:
        ours, theirs = lefts[left_codes], rights[right_codes]
        with np.errstate(invalid="ignore"):
            close = np.abs(ours - theirs) <= _DIGIT * np.abs(theirs)
        mask: Mask = close | (ours == theirs)
        return mask

    return where_codes(left, right, judge)


def _referred(table: Table, names: Column) -> Column:
    """Return, for each record, the value of the variable that it names; none where there is no
    such variable.
    """
    values: list[Value] = []
    codes = np.full(len(names), -1, dtype=np.int64)
    for place, name in enumerate(names.values):
        if name in table:
            column = table[name]
            chosen = (names.codes == place) & (column.codes >= 0)
            codes[chosen] = column.codes[chosen] + len(values)
            values += column.values
    # a value that two variables have becomes one
    return Column(codes, tuple(values)).map(lambda value: value)
