"""Whether a variable is there, and whether it has a value."""

import re
from itertools import pairwise

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Column, Mask, Value
from cdisc_tools.rules.operators.registry import complement, operator
from cdisc_tools.rules.table import Table


@operator("exists")
def exists(table: Table, condition: Condition) -> Mask:
    """True in every record where the table has the variable, or where a list of names has it."""
    name = table.expand(condition.name)
    found = name in table or any(_lists(table[other], name) for other in _lists_of(table))
    return np.full(table.size, found)


complement("not_exists", of="exists")


@operator("empty")
def empty(table: Table, condition: Condition) -> Mask:
    """True for a missing value, and for a list without a value."""
    return is_empty(table.target(condition))


complement("non_empty", of="empty")


@operator("inconsistent_enumerated_columns")
def inconsistent_enumerated_columns(table: Table, condition: Condition) -> Mask:
    """True where a variable of a series (TSVAL, TSVAL1, TSVAL2 ...) has a value and the one before
    it has none. A table without such a variable has no such record.
    """
    root = table.expand(condition.name)
    series = [name for name in table.names if re.fullmatch(re.escape(root) + r"\d*", name)]
    columns = [table[name] for name in sorted(series, key=lambda name: (len(name), name))]
    mask = np.zeros(table.size, dtype=bool)
    for before, after in pairwise(columns):
        mask |= is_empty(before) & ~is_empty(after)
    return mask


def is_empty(column: Column) -> Mask:
    """True for each record without a value; a list without one is as good as missing."""
    if column.is_list:
        return column.where(_is_void, missing=True)
    return column.is_empty()


def _is_void(value: Value) -> bool:
    return value in ((), (None,), ("",))


def _lists_of(table: Table) -> list[str]:
    """Name the columns that operations made, which alone may hold lists of variables."""
    return [name for name in table.names if name.startswith("$")]


def _lists(column: Column, name: str) -> bool:
    return column.is_list and any(name in value for value in column.present())
