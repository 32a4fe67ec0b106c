"""Whether two values are the same."""

from collections.abc import Callable

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Column, Mask, Value, as_number, where_same
from cdisc_tools.rules.operators.attributes import needed_column
from cdisc_tools.rules.operators.presence import is_empty
from cdisc_tools.rules.operators.registry import operator
from cdisc_tools.rules.table import Table


@operator("equal_to")
def equal_to(table: Table, condition: Condition) -> Mask:
    """True where both have a value, and the same one; a number isn't its text, unless
    ``type_insensitive``. ``round_values`` compares whole numbers, ``value_is_reference`` the
    variable that the comparator names in each record.
    """
    return _where_equal(*_sides(table, condition))


@operator("not_equal_to")
def not_equal_to(table: Table, condition: Condition) -> Mask:
    """True where the values differ, or one of them only is missing."""
    return _where_unequal(*_sides(table, condition))


@operator("equal_to_case_insensitive")
def equal_to_case_insensitive(table: Table, condition: Condition) -> Mask:
    """True where both have a value, and the same one in capital or small letters."""
    left, right = _sides(table, condition)
    return _where_equal(left.map(lowered), right.map(lowered))


@operator("not_equal_to_case_insensitive")
def not_equal_to_case_insensitive(table: Table, condition: Condition) -> Mask:
    """True where the values differ in more than capital and small letters, or one is missing."""
    left, right = _sides(table, condition)
    return _where_unequal(left.map(lowered), right.map(lowered))


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


def _sides(table: Table, condition: Condition) -> tuple[Column, Column]:
    """Return what is compared, with the changes that the condition asks for."""
    left, options = table.target(condition), condition.options
    if options.get("value_is_reference"):
        right = _referred(table, needed_column(table, condition.value))
    else:
        right = table.comparator(condition)
    changes: list[Callable[[Value], Value]] = []
    if options.get("round_values"):
        changes.append(rounded)
    if options.get("type_insensitive") and not (left.is_numeric and right.is_numeric):
        changes.append(normalised)
    for change in changes:
        left, right = left.map(change), right.map(change)
    return left, right


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


def _where_equal(left: Column, right: Column) -> Mask:
    same = where_same(left, right)
    return same & ~is_empty(left) if left.is_list else same


def _where_unequal(left: Column, right: Column) -> Mask:
    return ~_where_equal(left, right) & ~(is_empty(left) & is_empty(right))
