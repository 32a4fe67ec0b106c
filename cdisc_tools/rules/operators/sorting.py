"""Whether records that stand in one order are in another one too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import (
    Codes,
    Column,
    Mask,
    Value,
    as_number,
    as_text,
    group_codes,
    places_in_order,
)
from cdisc_tools.rules.operators.attributes import columns_of, read_option, read_pattern, wrong
from cdisc_tools.rules.operators.dates import is_date, where_dates
from cdisc_tools.rules.operators.registry import complement, operator
from cdisc_tools.rules.table import Table

# by length: a year has one part, a time to the second six
_PLAIN_PRECISIONS = {4: 1, 7: 2, 10: 3, 13: 4, 16: 5, 19: 6}


@operator("target_is_sorted_by")
def target_is_sorted_by(table: Table, condition: Condition) -> Mask:
    """True for a record that stands, by the variable, where it stands by each of the comparator's
    variables, among the records with the same values of ``within``.

    The comparator lists ``name``, ``sort_order`` (asc, desc) and ``null_position`` (last, first).
    Dates of which one is a part of another (2005-10, 2005-10-08) have no order, and are not sorted.
    ``regex`` takes the part of the variable that counts, its first group, as a number if it is one.
    """
    target = table.target(condition)
    if condition.options.get("regex"):
        target = target.map(_first_group(read_pattern(condition, condition.options["regex"])))
    within = columns_of(table, condition, read_option(condition, "within"))
    numbered = group_codes(within, table.size)
    groups = numbered[0]
    ungrouped = np.zeros(table.size, dtype=bool)
    for column in within:
        ungrouped |= column.is_empty()
    order = places_in_order(numbered, [target])
    mask = np.ones(table.size, dtype=bool)
    for entry in _entries(condition):
        column, descending, first = _read_entry(table, condition, entry)
        sorting = _Sorting(groups[order], target.take(order), column.take(order), descending)
        mask[order] &= sorting.judge(nulls_first=first)
    return mask | ungrouped


complement("target_is_not_sorted_by", of="target_is_sorted_by")


@dataclass(frozen=True)
class _Sorting:
    """Records by group and target, and the comparator that they should follow."""

    groups: Codes
    target: Column
    comparator: Column
    descending: bool

    def judge(self, *, nulls_first: bool) -> Mask:
        """True for each record that is where it should be."""
        known = ~_is_blank(self.comparator)
        overlapping = _overlapping(self.groups, self.comparator)
        misplaced = ~known & self._nulls_misplaced(known, first=nulls_first)
        misplaced |= self._out_of_place(known & ~overlapping)
        misplaced |= self._out_of_line(known)
        return ~(misplaced | overlapping)

    def _nulls_misplaced(self, known: Mask, *, first: bool) -> Mask:
        """True in each group with a missing comparator on the wrong side of one that is known."""
        places = np.arange(len(known))
        size = int(self.groups.max(initial=-1)) + 1
        left, right = (known, ~known) if first else (~known, known)
        lowest = np.full(size, len(known))
        np.minimum.at(lowest, self.groups[left], places[left])
        highest = np.full(size, -1)
        np.maximum.at(highest, self.groups[right], places[right])
        mask: Mask = (lowest < highest)[self.groups]
        return mask

    def _out_of_place(self, chosen: Mask) -> Mask:
        """True where sorting the chosen records by the comparator puts another target here."""
        places = np.flatnonzero(chosen)
        groups, ranks = self.groups[places], self._ranks()[places]
        target = self.target if self.target.is_numeric else self.target.map(_cut_date)
        targets = target.codes[places]
        mask = np.zeros(len(chosen), dtype=bool)
        mask[places] = targets != targets[np.lexsort((ranks, groups))]
        return mask

    def _out_of_line(self, known: Mask) -> Mask:
        """True where the comparator is less than that of the record before, or more than that of
        the next one.
        """
        numeric = self.comparator.is_numeric
        judged = known if numeric else where_dates(self.comparator)
        places = np.flatnonzero(known)
        ranks, groups = self._ranks()[places], self.groups[places]
        falls = np.zeros(len(places) + 1, dtype=bool)
        falls[1:-1] = (ranks[1:] < ranks[:-1]) & (groups[1:] == groups[:-1])
        mask = np.zeros(len(known), dtype=bool)
        mask[places] = falls[:-1] | falls[1:]
        return mask & judged

    def _ranks(self) -> Codes:
        ranks = self.comparator.ranks()
        return -ranks if self.descending else ranks


def _entries(condition: Condition) -> list[Mapping[str, Any]]:
    entries = condition.value if isinstance(condition.value, list | tuple) else [condition.value]
    for entry in entries:
        if not isinstance(entry, Mapping) or not entry.get("name"):
            raise wrong(condition, f"value must list names to sort by, not {entry!r}")
    return list(entries)


def _read_entry(
    table: Table, condition: Condition, entry: Mapping[str, Any]
) -> tuple[Column, bool, bool]:
    """Return the column, whether it goes down, and whether missing values come first."""
    order = str(entry.get("sort_order") or entry.get("order") or "asc").lower()
    if order not in ("asc", "desc", "dsc"):
        raise wrong(condition, f"sort_order must be asc or desc, not {order!r}")
    nulls = str(entry.get("null_position") or "last").lower()
    if nulls not in ("first", "last"):
        raise wrong(condition, f"null_position must be first or last, not {nulls!r}")
    return table[entry["name"]], order != "asc", nulls == "first"


def _first_group(pattern: re.Pattern[str]) -> Any:
    def part(value: Value) -> Value:
        found = pattern.search(as_text(value)) if pattern.groups else None
        text = found[1] if found else None
        number = as_number(text)
        return text if np.isnan(number) else number

    return part


def _is_blank(column: Column) -> Mask:
    if column.is_numeric:
        return column.is_empty()
    return column.where(lambda value: not as_text(value).strip(), missing=True)


def _cut_date(value: Value) -> Value:
    """Leave out what follows an unknown part of a date."""
    return value.split("--", 1)[0] if is_date(value) else value


def _overlapping(groups: Codes, column: Column) -> Mask:
    """True for each date of which another one of its group is a part, and for that one."""
    if column.is_numeric:
        return np.zeros(len(groups), dtype=bool)
    precisions = column.keep("precisions", lambda: [_precision(value) for value in column.values])
    places = {
        value: place
        for place, (value, precision) in enumerate(zip(column.values, precisions, strict=True))
        if precision
    }
    mask = np.zeros(len(groups), dtype=bool)
    if len({precision for precision in precisions if precision}) < 2:
        return mask
    width = len(column.values) + 1
    own = groups * width + column.codes + 1
    for length in {len(value) for value in places}:
        parents = np.zeros(width, dtype=np.int64)
        for value, place in places.items():
            parent = places.get(value[:length], place)
            if precisions[parent] < precisions[place]:
                parents[place + 1] = parent + 1
        wanted = parents[column.codes + 1]
        keys = groups * width + wanted
        found = (wanted > 0) & np.isin(keys, own)
        mask |= found | np.isin(own, keys[found])
    return mask


def _precision(value: Value) -> int:
    """Count the parts of a date up to an unknown one; 0 for what is no date."""
    if not is_date(value):
        return 0
    if "--" not in value and len(value) in _PLAIN_PRECISIONS:
        return _PLAIN_PRECISIONS[len(value)]
    return len([part for part in re.split("[-T:]", value.split("--", 1)[0]) if part])
