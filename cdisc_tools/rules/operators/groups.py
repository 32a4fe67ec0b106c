"""Whether a variable has one value within a group, missing values left aside (ours)."""

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Mask, group_codes
from cdisc_tools.rules.operators.attributes import columns_of, read_option
from cdisc_tools.rules.operators.presence import is_empty
from cdisc_tools.rules.operators.registry import operator
from cdisc_tools.rules.table import Table


@operator("has_multiple_values_within")
def has_multiple_values_within(table: Table, condition: Condition) -> Mask:
    """True for the records of a group that has more than one value of the variable; the records
    with the same values of ``within`` (a name or a list) are a group.

    A record without a value of the variable, or of one of ``within``, takes no part: it is never
    at fault, and belongs to no group.
    """
    target = table.target(condition)
    within = columns_of(table, condition, read_option(condition, "within"))
    mask = np.zeros(table.size, dtype=bool)
    taking = np.flatnonzero(
        ~np.logical_or.reduce([is_empty(column) for column in (target, *within)])
    )
    if not len(taking):
        return mask
    values = target.take(taking)
    keys = [column.take(taking) for column in within]
    groups = np.unique(group_codes(keys, len(taking))[0], return_inverse=True)[1]
    pairs = group_codes([*keys, values], len(taking))[0]
    first = np.unique(pairs, return_index=True)[1]
    kinds = np.bincount(groups[first])
    mask[taking] = kinds[groups] > 1
    return mask
