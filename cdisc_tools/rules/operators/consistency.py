"""Whether a variable has one value within groups of records."""

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Mask, Value, as_text, group_codes
from cdisc_tools.rules.operators.attributes import listed_names, read_pattern
from cdisc_tools.rules.operators.registry import operator
from cdisc_tools.rules.table import ColumnNotFoundError, Table


@operator("is_inconsistent_across_dataset")
def is_inconsistent_across_dataset(table: Table, condition: Condition) -> Mask:
    """True for each record of a group with several values, a group being the records with the same
    values of the comparator's variables.

    A missing value is a value like others. Variables of the comparator that aren't there don't
    count. ``regex`` takes the part of a value that counts; the first group of it where it has one.
    """
    target = table.target(condition)
    names = listed_names(table, condition.value)
    there = [name for name in names if name in table]
    if not there:
        raise ColumnNotFoundError(names[0] if names else condition.name)
    regex = condition.options.get("regex")
    if regex:
        pattern = read_pattern(condition, regex[0] if isinstance(regex, list) else regex)

        def part(value: Value) -> Value:
            found = pattern.search(as_text(value))
            return value if found is None else found[min(pattern.groups, 1)] or value

        target = target.map(part)
    groups, group_count = group_codes([table[name] for name in there], table.size)
    pairs, pair_count = group_codes([*(table[name] for name in there), target], table.size)
    group_of = np.zeros(pair_count, dtype=np.int64)
    group_of[pairs] = groups
    occurs = np.bincount(pairs, minlength=pair_count) > 0
    kinds = np.bincount(group_of[occurs], minlength=group_count)
    mask: Mask = kinds[groups] > 1
    return mask
