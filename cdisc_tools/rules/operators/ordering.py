"""Records in an order: the next one, the last one, and whether values follow the order."""

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Codes, Mask, codes_among, group_codes, places_in_order
from cdisc_tools.rules.operators.attributes import columns_of, needed_column, read_option, wrong
from cdisc_tools.rules.operators.presence import is_empty
from cdisc_tools.rules.operators.registry import complement, operator
from cdisc_tools.rules.table import Table


@operator("empty_within_except_last_row")
def empty_within_except_last_row(table: Table, condition: Condition) -> Mask:
    """True for a missing value in a record that isn't the last with its value of the comparator, by
    ``ordering`` (else as the records stand). A record without that value is in no group.
    """
    return is_empty(table.target(condition)) & _before_last(table, condition)


@operator("non_empty_within_except_last_row")
def non_empty_within_except_last_row(table: Table, condition: Condition) -> Mask:
    """True for a value in a record that isn't the last with its value of the comparator."""
    return ~is_empty(table.target(condition)) & _before_last(table, condition)


@operator("has_next_corresponding_record")
def has_next_corresponding_record(table: Table, condition: Condition) -> Mask:
    """True where the comparator of the next record has the value, by ``ordering`` and with the same
    value of ``within``; for the last record too, and where both are missing.
    """
    target = table.target(condition)
    comparator = needed_column(table, condition.value)
    within = columns_of(table, condition, read_option(condition, "within"))
    ordering = columns_of(table, condition, read_option(condition, "ordering"))
    groups = group_codes(within, table.size)
    order = places_in_order(groups, ordering)
    has_next = _has_next(groups[0][order])
    following = np.roll(codes_among(comparator, target)[order], -1)
    mask = np.empty(table.size, dtype=bool)
    mask[order] = ~has_next | (target.codes[order] == following)
    return mask


complement("does_not_have_next_corresponding_record", of="has_next_corresponding_record")


@operator("is_ordered_by")
def is_ordered_by(table: Table, condition: Condition) -> Mask:
    """True for a record that has the value it would have were all records sorted (``order`` asc or
    dsc); never for a missing value.
    """
    order = condition.options.get("order", "asc")
    if order not in ("asc", "dsc", "desc"):
        raise wrong(condition, f"order must be asc or dsc, not {order!r}")
    target = table.target(condition)
    ranks = target.ranks()
    known = ~target.is_empty()
    ordered = np.sort(ranks[known])
    ordered = ordered if order == "asc" else ordered[::-1]
    mask = np.zeros(table.size, dtype=bool)
    mask[: len(ordered)] = ranks[: len(ordered)] == ordered
    return mask & known


complement("is_not_ordered_by", of="is_ordered_by")


@operator("is_ordered_set")
def is_ordered_set(table: Table, condition: Condition) -> Mask:
    """True for a record that has the value it would have were the records with its values of the
    comparator sorted; missing values come last.
    """
    target = table.target(condition)
    groups = group_codes(columns_of(table, condition, condition.value), table.size)
    as_they_stand = places_in_order(groups, [])
    mask = np.empty(table.size, dtype=bool)
    mask[as_they_stand] = (
        target.codes[as_they_stand] == target.codes[places_in_order(groups, [target])]
    )
    return mask


complement("is_not_ordered_set", of="is_ordered_set")


def _before_last(table: Table, condition: Condition) -> Mask:
    """True for each record that another one follows within its group."""
    within = columns_of(table, condition, condition.value)
    named = condition.options.get("ordering")
    ordering = columns_of(table, condition, named) if named else []
    groups = group_codes(within, table.size)
    order = places_in_order(groups, ordering)
    mask = np.empty(table.size, dtype=bool)
    mask[order] = _has_next(groups[0][order])
    for column in within:
        mask &= ~column.is_empty()
    return mask


def _has_next(groups: Codes) -> Mask:
    """True for each record that is followed by one of its group."""
    mask = np.zeros(len(groups), dtype=bool)
    mask[:-1] = groups[1:] == groups[:-1]
    return mask
