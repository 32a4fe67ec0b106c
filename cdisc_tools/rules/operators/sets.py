"""What two lists of values have in common."""

from collections.abc import Callable

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Column, Mask, Value, where_pairs
from cdisc_tools.rules.operators.attributes import needed_column
from cdisc_tools.rules.operators.registry import complement, operator
from cdisc_tools.rules.table import Table


@operator("contains_all")
def contains_all(table: Table, condition: Condition) -> Mask:
    """True where the variable has, in all records together, every value that the comparator lists;
    a variable of lists, where each record's list has them.

    The comparator is a list of values and of ``$ids`` with lists, or a variable.
    """
    target, value = table.target(condition), condition.value
    mask = np.ones(table.size, dtype=bool)
    if not isinstance(value, list | tuple):
        return mask & _where_has(target, needed_column(table, value))
    for item in value:
        if item in table and table[item].is_list:
            mask &= _where_has(target, table[item])
        else:
            mask &= _where_has(target, Column.constant((item,), table.size))
    return mask


complement("not_contains_all", of="contains_all")


@operator("shares_at_least_one_element_with")
def shares_at_least_one_element_with(table: Table, condition: Condition) -> Mask:
    """True where both lists have a value in common; a single value is a list of one."""
    return _where_shared(table, condition, lambda count: count >= 1)


@operator("shares_exactly_one_element_with")
def shares_exactly_one_element_with(table: Table, condition: Condition) -> Mask:
    """True where both lists have one value in common, and no more."""
    return _where_shared(table, condition, lambda count: count == 1)


complement("shares_no_elements_with", of="shares_at_least_one_element_with")


@operator("is_ordered_subset_of")
def is_ordered_subset_of(table: Table, condition: Condition) -> Mask:
    """True where the comparator's list has all values of the list, in the same order."""
    return where_pairs(table.target(condition), table.comparator(condition), _is_ordered_subset)


complement("is_not_ordered_subset_of", of="is_ordered_subset_of")


def _where_has(target: Column, wanted: Column) -> Mask:
    """True for each record where ``wanted`` (a list, or all of a variable) is within ``target``."""
    if target.is_list:
        return where_pairs(target, wanted, lambda have, want: set(_listed(want)) <= set(have or ()))
    present = set(target.present())
    if wanted.is_list:
        return wanted.where(lambda want: present.issuperset(_listed(want)), missing=True)
    return np.full(len(target), present.issuperset(wanted.present()))


def _where_shared(table: Table, condition: Condition, judge: Callable[[int], bool]) -> Mask:
    def count(left: Value, right: Value) -> bool:
        return judge(len(set(_listed(left)) & set(_listed(right))))

    return where_pairs(table.target(condition), table.comparator(condition), count)


def _listed(value: Value) -> tuple[Value, ...]:
    """Return a value as a list: nothing of a missing one, one of a single one."""
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def _is_ordered_subset(part: Value, whole: Value) -> bool:
    places = {value: place for place, value in enumerate(_listed(whole))}
    found = [places.get(value, -1) for value in _listed(part)]
    return -1 not in found and found == sorted(found)
