"""Operations of ours that bring a value of other records to each record: lookups, sums, nadirs."""

import numpy as np
import pandas as pd

from cdisc_tools.rules.columns import Codes, Column, Numbers, group_codes
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.operations.filters import filter_mask, filtered, group_numbers
from cdisc_tools.rules.operations.registry import Call, key_columns, operation

# sums of decimals are exact to this many places, so that a threshold that is met is met
DECIMALS = 9


def record_numbers(column: Column) -> Numbers:
    """Return each record's value as a number, NaN for a missing one and a text that is none."""
    return column.numbers()[column.codes]


@operation("lookup")
def lookup(call: Call) -> Column:
    """The value of a variable in the records of the record's group that meet the filter.

    Missing where there is none, and where several records of the group have unlike values; a
    missing value is no value.
    """
    source = filtered(call)
    values = source[call.target]
    groups, first = group_numbers(source, call.group)
    least = np.full(len(first), len(values.values), dtype=np.int64)
    greatest = np.full(len(first), -1, dtype=np.int64)
    present = values.codes >= 0
    np.minimum.at(least, groups[present], values.codes[present])
    np.maximum.at(greatest, groups[present], values.codes[present])
    only = np.where(least == greatest, greatest, -1)
    found = Column(only, values.values, is_numeric=values.is_numeric)
    return call.by_group(source.take(first), found)


@operation("sum")
def total(call: Call) -> Column:
    """The sum of a variable over the records of the record's group that meet the filter.

    Missing where none of them has a number; rounded to nine decimals.
    """
    source = filtered(call)
    values = record_numbers(source[call.target])
    groups, first = group_numbers(source, call.group)
    present = ~np.isnan(values)
    sums = np.bincount(groups[present], weights=values[present], minlength=len(first))
    counts = np.bincount(groups[present], minlength=len(first))
    sums = np.where(counts > 0, sums.round(DECIMALS), np.nan)
    return call.by_group(source.take(first), Column.of_series(pd.Series(sums)))


@operation("earlier_minimum")
def earlier_minimum(call: Call) -> Column:
    """The least value of a variable in earlier records of the group that meet the filter.

    Earlier is what has a lesser ``ordering`` (a date or a number); a record of the same
    date is not. Missing where there is none, and for a record without the ordering variable.
    Raises RuleError when it names no ordering, or another dataset than the one under check.
    """
    ordering = call.option("ordering")
    if not ordering or (call.operation.domain and call.source is not call.table):
        raise RuleError(
            f"line {call.operation.line}: earlier_minimum works on the records under check, "
            "and needs an ordering"
        )
    table = call.table
    groups, _ = group_codes(key_columns(table, call.group), table.size)
    dates = table[str(ordering)]
    ranks, dated = dates.ranks(), ~dates.is_empty()
    values = record_numbers(table[call.target])
    counted = filter_mask(call) & dated & ~np.isnan(values)
    keys = groups * (int(ranks.max(initial=0)) + 1) + ranks
    found = _minimum_before(keys, groups, values, np.flatnonzero(counted))
    return Column.of_series(pd.Series(np.where(dated, found, np.nan)))


def _minimum_before(keys: Codes, groups: Codes, values: Numbers, counted: Codes) -> Numbers:
    """Find the least counted value before each record, NaN where there is none.

    ``keys`` order the records by group, then within it.
    """
    counted = counted[np.argsort(keys[counted], kind="stable")]
    if not len(counted):
        return np.full(len(keys), np.nan)
    least = pd.Series(values[counted]).groupby(groups[counted]).cummin().to_numpy()
    before = np.searchsorted(keys[counted], keys, side="left") - 1
    there = (before >= 0) & (groups[counted[before]] == groups)
    return np.where(there, least[before], np.nan)
