"""Operations on the values of a variable: distinct ones, counts, extremes, study days."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.rules.columns import Column, Value, as_text, group_codes, sort_key, where_pairs
from cdisc_tools.rules.datasets import first_matches
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.operations.filters import (
    filter_mask,
    filtered,
    group_numbers,
    members,
    number_groups,
)
from cdisc_tools.rules.operations.registry import Call, key_columns, operation
from cdisc_tools.rules.table import Table


@operation("distinct")
def distinct(call: Call) -> Column:
    """The distinct values of a variable, within groups where there are; missing ones are none.

    They are in order, so that the order of the records makes no difference.
    With ``value_is_reference`` the values are names of variables, and those count that the
    dataset of the record's RDOMAIN has.
    """
    source = filtered(call)
    values = source[call.target]
    if call.option("value_is_reference"):
        values = _existing_variables(call, source, values)
    if not call.group:
        return call.constant(tuple(sorted(values.present(), key=sort_key)))
    groups, first = group_numbers(source, call.group)
    lists = [
        tuple(sorted({values.values[code] for code in codes if code >= 0}, key=sort_key))
        for codes in members(groups, values.codes)
    ]
    return call.by_group(source.take(first), Column.of(lists))


def _existing_variables(call: Call, source: Table, values: Column) -> Column:
    """Keep the names of variables that the dataset of the record's RDOMAIN has."""

    def judge(name: Value, domain: Value) -> bool:
        dataset = call.study.find(str(domain)) if domain else None
        return dataset is not None and name is not None and str(name) in dataset.table

    exists = where_pairs(values, source["RDOMAIN"], judge)
    return Column(np.where(exists, values.codes, -1), values.values)


@operation("record_count")
def record_count(call: Call) -> Column:
    """How many records there are, within groups where there are, that meet the filter.

    A ``regex`` takes the matching beginning of a value for the group.
    """
    counted = filter_mask(call)
    if not call.operation.group:
        return call.constant(float(counted.sum()))
    regex = str(call.option("regex") or "")
    columns = [_shortened(item, regex) for item in key_columns(call.source, call.group)]
    if call.source is call.table and call.group == call.group_aliases:
        own_groups, count = group_codes(columns, call.source.size)
        counted_in = np.bincount(own_groups[counted], minlength=count)
        codes, distinct = pd.factorize(counted_in[own_groups])
        return Column(codes, distinct.astype(float).tolist(), is_numeric=True)
    groups, first = number_groups(columns, call.source.size)
    counts = np.bincount(groups[counted], minlength=len(first))
    own = [_shortened(item, regex) for item in key_columns(call.table, call.group_aliases)]
    places = first_matches(
        [(mine, theirs.take(first)) for mine, theirs in zip(own, columns, strict=True)]
    )
    return Column.of(counts.astype(float).tolist()).take(places)


def _shortened(column: Column, regex: str) -> Column:
    """Take the matching beginning of each text for the text."""
    if not regex:
        return column
    pattern = _compiled(regex)

    def shorten(value: Value) -> Value:
        match = pattern.match(value) if isinstance(value, str) else None
        return match.group(0) if match else value

    return column.map(shorten)


@lru_cache(maxsize=256)
def _compiled(regex: str) -> "re.Pattern[str]":
    try:
        return re.compile(regex)
    except re.error as error:
        raise RuleError(f"the regular expression {regex!r} can't be read: {error}") from error


@operation("min_date")
def min_date(call: Call) -> Column:
    """The earliest date of a variable, within groups where there are."""
    return _extreme(call, min, _date_text)


@operation("max_date")
def max_date(call: Call) -> Column:
    """The latest date of a variable, within groups where there are."""
    return _extreme(call, max, _date_text)


@operation("min")
def minimum(call: Call) -> Column:
    """The least value of a variable, within groups where there are."""
    return _extreme(call, min)


@operation("max")
def maximum(call: Call) -> Column:
    """The greatest value of a variable, within groups where there are."""
    return _extreme(call, max)


@operation("mean")
def mean(call: Call) -> Column:
    """The mean of a numeric variable, within groups where there are."""
    return _extreme(call, lambda values: sum(values) / len(values))


def _date_text(value: Value) -> Value:
    """Write a date of the whole dataset with its time, as comparisons expect it."""
    text = as_text(value)
    return f"{text}T00:00:00" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text


def _extreme(
    call: Call,
    choose: Callable[[Sequence[Any]], Any],
    written: Callable[[Value], Value] = lambda value: value,
) -> Column:
    """Choose one of the values, of each group where there are; none of no values."""
    source = filtered(call)
    values = source[call.target]
    if not call.operation.group:
        # a mean is one of all records, whose values occur more than once
        present = [values.values[code] for code in np.sort(values.codes).tolist() if code >= 0]
        return call.constant(written(_chosen(choose, present)) if present else None)
    groups, first = group_numbers(source, call.group)
    chosen = [
        _chosen(choose, [values.values[code] for code in codes if code >= 0])
        for codes in members(groups, values.codes)
    ]
    return call.by_group(source.take(first), Column.of(chosen))


def _chosen(choose: Callable[[Sequence[Any]], Any], values: list[Any]) -> Any:
    if not values:
        return None
    kinds = {isinstance(value, str) for value in values}
    return choose(values if len(kinds) == 1 else [as_text(value) for value in values])


@operation("dy")
def study_day(call: Call) -> Column:
    """The study day of a date: days from DM.RFSTDTC, which is day 1; there is no day 0.

    Missing where either isn't a complete date.
    """
    dm = call.study.find("DM")
    if dm is None:
        raise RuleSkipped("there is no dataset DM")
    places = first_matches([(call.table["USUBJID"], dm.table["USUBJID"])])
    return pairwise(call.table[call.operation.name], dm.table["RFSTDTC"].take(places), _day)


def pairwise(left: Column, right: Column, change: Callable[[Value, Value], Value]) -> Column:
    """Make a column of two, a value a pair of distinct values; None is missing."""
    width = len(right.values) + 1
    pairs, places = np.unique((left.codes + 1) * width + right.codes + 1, return_inverse=True)
    lefts, rights = (None, *left.values), (None, *right.values)
    made = [change(lefts[pair // width], rights[pair % width]) for pair in pairs.tolist()]
    return Column.of(made).take(places)


def _day(dtc: Value, rfstdtc: Value) -> Value:
    end, start = _date(dtc), _date(rfstdtc)
    if end is None or start is None:
        return None
    days = (end - start).days
    return float(days if days < 0 else days + 1)


@lru_cache(maxsize=65536)
def _date(text: Value) -> date | None:
    """Read the date of a complete ISO 8601 date or date and time, None for another."""
    try:
        return date.fromisoformat(as_text(text)[:10])
    except ValueError:
        return None


@operation("split_by")
def split_by(call: Call) -> Column:
    """The parts of a text between delimiters."""
    delimiter = str(call.option("delimiter") or ",")
    return call.table[call.operation.name].map(lambda value: tuple(as_text(value).split(delimiter)))


@operation("regex_find_replace")
def regex_find_replace(call: Call) -> Column:
    """A text with what a regular expression finds replaced."""
    pattern = _compiled(str(call.option("find") or call.option("regex") or ""))
    replacement = str(call.option("replace") or "")
    return call.table[call.operation.name].map(
        lambda value: pattern.sub(replacement, as_text(value))
    )


@operation("map")
def map_values(call: Call) -> Column:
    """The output of the first line of a table whose values the record has, missing for none."""
    lines = call.option("map") or []
    result = call.constant(None)
    for line in reversed(lines):
        chosen = np.ones(call.table.size, dtype=bool)
        for name, value in line.items():
            if name != "output":
                chosen &= call.table[name].where(_is_text(value))
        values = (*result.values, line.get("output"))
        result = Column(np.where(chosen, len(values) - 1, result.codes), values)
    return result


def _is_text(value: Any) -> Callable[[Value], bool]:
    wanted = as_text(value)
    return lambda item: as_text(item) == wanted


@operation("minus")
def minus(call: Call) -> Column:
    """The values of one list that another (``subtract``) doesn't have, in their order.

    With ``order_insensitive: false`` only those of the other count that follow its order too.
    """
    other = call.option("subtract")
    left = call.table[call.operation.name]
    right = call.table[other] if other in call.table else call.constant(other)
    ordered = not call.option("order_insensitive", default=True)
    subtracted = _ordered_difference if ordered else _difference
    return pairwise(left, right, lambda kept, removed: subtracted(_list(kept), _list(removed)))


def _list(value: Value) -> tuple[Value, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _difference(kept: tuple[Value, ...], removed: tuple[Value, ...]) -> tuple[Value, ...]:
    return tuple(value for value in kept if value not in removed)


def _ordered_difference(kept: tuple[Value, ...], removed: tuple[Value, ...]) -> tuple[Value, ...]:
    """Remove each value where it next stands behind the one removed before."""
    found: list[Value] = []
    start = 0
    for value in removed:
        if value in kept[start:]:
            place = kept.index(value, start)
            found.extend(kept[start:place])
            start = place + 1
            while start < len(kept) and kept[start] == value:
                start += 1
    return (*found, *kept[start:])
