"""Whether a value is one of several."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Column, Mask, Value, as_text, where_pairs
from cdisc_tools.rules.operators.attributes import compares_column, wrong
from cdisc_tools.rules.operators.equality import lowered
from cdisc_tools.rules.operators.registry import complement, operator
from cdisc_tools.rules.operators.text import part_of, read_prefix, read_suffix
from cdisc_tools.rules.table import Table

Change = Callable[[Value], Value]


@operator("is_contained_by")
def is_contained_by(table: Table, condition: Condition) -> Mask:
    """True for a value that the comparator lists: a list, a ``$id`` with a list in each record, or
    the values of a whole variable. Of a list of values one is enough. A missing value is in none.
    """
    return _where_member(table, condition, table.target(condition))


complement("is_not_contained_by", of="is_contained_by")


@operator("is_contained_by_case_insensitive")
def is_contained_by_case_insensitive(table: Table, condition: Condition) -> Mask:
    """True for a value that the comparator lists in capital or small letters."""
    target = table.target(condition).map(_lowered)
    return _where_member(table, condition, target, _lowered)


complement("is_not_contained_by_case_insensitive", of="is_contained_by_case_insensitive")


@operator("prefix_is_contained_by")
def prefix_is_contained_by(table: Table, condition: Condition) -> Mask:
    """True for a value whose first ``prefix`` characters the comparator lists."""
    return _where_member(table, condition, part_of(table.target(condition), read_prefix(condition)))


complement("prefix_is_not_contained_by", of="prefix_is_contained_by")


@operator("suffix_is_contained_by")
def suffix_is_contained_by(table: Table, condition: Condition) -> Mask:
    """True for a value whose last ``suffix`` characters the comparator lists."""
    return _where_member(table, condition, part_of(table.target(condition), read_suffix(condition)))


complement("suffix_is_not_contained_by", of="suffix_is_contained_by")


@operator("contains")
def contains(table: Table, condition: Condition) -> Mask:
    """True where a list has the comparator, or where it is a part of a text.

    A comparator that is a variable is looked for among all values of the first one, unless these
    are lists.
    """
    target, comparator = table.target(condition), table.comparator(condition)
    if target.is_list or not compares_column(table, condition):
        return where_pairs(target, comparator, _holds)
    return comparator.where(set(target.present()).__contains__)


complement("does_not_contain", of="contains")


@operator("contains_case_insensitive")
def contains_case_insensitive(table: Table, condition: Condition) -> Mask:
    """True where a list has the comparator, or where it is a part of a text (of the same record
    where it is a variable), in capital or small letters. Numbers are texts here.
    """
    target, comparator = table.target(condition), table.comparator(condition)
    return where_pairs(target.map(_lowered_text), comparator.map(_lowered_text), _holds)


complement("does_not_contain_case_insensitive", of="contains_case_insensitive")


def _holds(whole: Value, part: Value) -> bool:
    """True where a value has another within it."""
    if whole is None or part is None:
        return False
    if isinstance(whole, tuple) or (isinstance(whole, str) and isinstance(part, str)):
        return part in whole
    return bool(whole == part)


def _where_member(
    table: Table, condition: Condition, target: Column, change: Change | None = None
) -> Mask:
    """True for each record whose value is among those that the condition lists."""
    value = condition.value
    literal = bool(condition.options.get("value_is_literal"))
    fixed: set[Value] = set()
    mask = np.zeros(table.size, dtype=bool)
    listed = value if isinstance(value, list | tuple) else [value]
    for item in listed:
        # in a list of terms only a list of an operation is a column
        if isinstance(item, dict):
            raise wrong(condition, f"a value is needed, not {item!r}")
        if literal or item not in table or (listed is value and not table[item].is_list):
            fixed.add(item)
        elif (target.is_list or table[item].is_list) and not table[item].is_constant:
            mask |= where_pairs(target, _as_sets(table[item], change), _is_in)
        else:
            fixed |= _elements(table[item])
    return mask | _where_in(target, frozenset(map(change, fixed) if change else fixed))


def _where_in(target: Column, members: frozenset[Value]) -> Mask:
    if target.is_list:
        return target.where(lambda value: not members.isdisjoint(value))
    return target.where(members.__contains__)


def _elements(column: Column) -> set[Value]:
    """Return all values of a column, those of its lists one by one."""
    found: set[Value] = set()
    for value in column.present():
        found |= set(value) if isinstance(value, tuple) else {value}
    return found


def _as_sets(column: Column, change: Change | None) -> Column:
    """Return a column of sets, which answer faster than lists."""

    def made() -> tuple[frozenset[Any], ...]:
        return tuple(
            frozenset(map(change, value) if change else value)
            if isinstance(value, tuple)
            else frozenset({value})
            for value in column.values
        )

    return Column(column.codes, column.keep(("sets", change), made))


def _is_in(value: Value, members: Value) -> bool:
    if value is None or members is None:
        return False
    if isinstance(value, tuple):
        return not members.isdisjoint(value)
    return value in members


def _lowered(value: Value) -> Value:
    return tuple(map(lowered, value)) if isinstance(value, tuple) else lowered(value)


def _lowered_text(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(as_text(item).lower() for item in value)
    return as_text(value).lower()
