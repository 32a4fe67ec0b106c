"""Which of two numbers is larger; a text that is no number, or a missing value, is neither."""

import operator as python

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Compare, Mask, where_compared
from cdisc_tools.rules.operators.registry import operator
from cdisc_tools.rules.table import Table


@operator("less_than")
def less_than(table: Table, condition: Condition) -> Mask:
    """True where both are numbers, and the first is smaller."""
    return _where(table, condition, python.lt)


@operator("less_than_or_equal_to")
def less_than_or_equal_to(table: Table, condition: Condition) -> Mask:
    """True where both are numbers, and the first isn't larger."""
    return _where(table, condition, python.le)


@operator("greater_than")
def greater_than(table: Table, condition: Condition) -> Mask:
    """True where both are numbers, and the first is larger."""
    return _where(table, condition, python.gt)


@operator("greater_than_or_equal_to")
def greater_than_or_equal_to(table: Table, condition: Condition) -> Mask:
    """True where both are numbers, and the first isn't smaller."""
    return _where(table, condition, python.ge)


def _where(table: Table, condition: Condition, compare: Compare) -> Mask:
    left, right = table.target(condition), table.comparator(condition)
    return where_compared(left, right, (left.numbers(), right.numbers()), compare)
