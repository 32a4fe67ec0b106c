"""How often values, and pairs of values, occur."""

import re

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import (
    Column,
    Mask,
    Value,
    as_number,
    distinct_numbers,
    group_codes,
    is_repeated,
)
from cdisc_tools.rules.operators.attributes import (
    columns_of,
    listed_names,
    needed_column,
    read_option,
    read_pattern,
    wrong,
)
from cdisc_tools.rules.operators.registry import complement, operator
from cdisc_tools.rules.table import ColumnNotFoundError, Table


@operator("is_unique_set")
def is_unique_set(table: Table, condition: Condition) -> Mask:
    """True for a record whose values of the variable and of those in the comparator no other record
    has; missing values are equal. Variables of the comparator that aren't there don't count.

    ``regex`` takes the part of a value that counts, in variables whose first value it matches.
    """
    names = listed_names(table, condition.name) + listed_names(table, condition.value)
    there = list(dict.fromkeys(name for name in names if name in table))
    if not there:
        raise ColumnNotFoundError(names[0])
    columns = [table[name] for name in there]
    if condition.options.get("regex"):
        pattern = read_pattern(condition, condition.options["regex"])
        columns = [_cut(column, pattern) for column in columns]
    return ~is_repeated(columns, table.size)


complement("is_not_unique_set", of="is_unique_set")


@operator("is_not_unique_relationship")
def is_not_unique_relationship(table: Table, condition: Condition) -> Mask:
    """True where a value goes with several values of the comparator, or the comparator's with
    several of the variable. A missing one counts as one of several, but has no partners itself.
    """
    left = table.target(condition)
    right = _joined(columns_of(table, condition, condition.value), table.size)
    return _goes_with_several(left, right) | _goes_with_several(right, left)


complement("is_unique_relationship", of="is_not_unique_relationship")


@operator("present_on_multiple_rows_within")
def present_on_multiple_rows_within(table: Table, condition: Condition) -> Mask:
    """True for a value that more than ``value`` records (one) have among those with the same values
    of ``within``; never for a missing one.
    """
    often, known = _count_within(table, condition)
    return often & known


@operator("not_present_on_multiple_rows_within")
def not_present_on_multiple_rows_within(table: Table, condition: Condition) -> Mask:
    """True for a value, never a missing one, that at most ``value`` records (one) have within."""
    often, known = _count_within(table, condition)
    return ~often & known


@operator("has_different_values")
def has_different_values(table: Table, condition: Condition) -> Mask:
    """True in every record when the variable has several values; a missing one is one of them."""
    target = table.target(condition)
    kinds = len(target.present()) + bool(target.is_empty().any())
    return np.full(table.size, kinds > 1)


complement("has_same_values", of="has_different_values")


@operator("value_has_multiple_references")
def value_has_multiple_references(table: Table, condition: Condition) -> Mask:
    """True for a value that the comparator, a ``$id`` of counts by value, counts more than once."""
    target, counts = table.target(condition), needed_column(table, condition.value)
    mask = np.zeros(table.size, dtype=bool)
    for place, value in enumerate(counts.values):
        often = {item for item, count in _pairs(value) if as_number(count) > 1}
        mask |= (counts.codes == place) & target.where(often.__contains__)
    return mask


complement("value_does_not_have_multiple_references", of="value_has_multiple_references")


def _cut(column: Column, pattern: re.Pattern[str]) -> Column:
    """Return what a pattern takes out of each value, if it matches the first one."""
    first = column.record(int(np.argmin(column.is_empty()))) if len(column) else None
    if not isinstance(first, str) or pattern.match(first) is None:
        return column

    def part(value: Value) -> Value:
        found = pattern.search(value) if isinstance(value, str) else None
        if found is None:
            return None if isinstance(value, str) else value
        return found.groups() if pattern.groups > 1 else found[pattern.groups]

    return column.map(part)


def _joined(columns: list[Column], size: int) -> Column:
    """Make one column of several; it has no value where one of them has none."""
    if len(columns) == 1:
        return columns[0]
    codes, count = group_codes(columns, size)
    for column in columns:
        codes = np.where(column.is_empty(), -1, codes)
    return Column(codes, range(count))


def _goes_with_several(left: Column, right: Column) -> Mask:
    """True for each record with a value of ``left`` that several values of ``right`` go with."""
    width = len(right.values) + 1
    pairs = (left.codes + 1) * width + right.codes + 1
    _, pairs = distinct_numbers(pairs, (len(left.values) + 1) * width)
    partners = np.bincount(pairs // width, minlength=len(left.values) + 1)
    return left.spread(partners[1:] > 1)


def _count_within(table: Table, condition: Condition) -> tuple[Mask, Mask]:
    """Tell which records' values occur too often within a group, and which have a value."""
    least = 1 if condition.value is None else condition.value
    if not isinstance(least, int) or isinstance(least, bool):
        raise wrong(condition, f"value must be a number of records, not {least!r}")
    target = table.target(condition)
    columns = [*columns_of(table, condition, read_option(condition, "within")), target]
    groups, count = group_codes(columns, table.size)
    known = np.ones(table.size, dtype=bool)
    for column in columns:
        known &= ~column.is_empty()
    often: Mask = np.bincount(groups, minlength=count)[groups] > (least or 1)
    return often, known


def _pairs(value: Value) -> list[tuple[Value, Value]]:
    """Return counts by value, which may be a mapping or pairs."""
    if isinstance(value, dict):
        return list(value.items())
    return [pair for pair in value if isinstance(pair, tuple) and len(pair) == 2]
