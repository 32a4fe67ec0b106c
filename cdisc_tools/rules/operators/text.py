"""What a text looks like: patterns, parts, and lengths. A number is judged as one writes it."""

import operator as python
import re
from collections.abc import Callable

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import (
    Column,
    Compare,
    Mask,
    Numbers,
    Value,
    as_number,
    as_text,
    where_compared,
    where_same,
)
from cdisc_tools.rules.operators.attributes import (
    compares_column,
    read_length,
    read_option,
    read_pattern,
)
from cdisc_tools.rules.operators.equality import normalised
from cdisc_tools.rules.operators.registry import complement, operator
from cdisc_tools.rules.table import ColumnNotFoundError, Table

Part = Callable[[str], str]


@operator("matches_regex")
def matches_regex(table: Table, condition: Condition) -> Mask:
    """True for a value whose beginning the pattern matches; a missing one matches nothing."""
    match = read_pattern(condition, condition.value).match
    return table.target(condition).where(lambda value: match(as_text(value)) is not None)


@operator("not_matches_regex")
def not_matches_regex(table: Table, condition: Condition) -> Mask:
    """True for a value whose beginning the pattern doesn't match; never for a missing one."""
    match = read_pattern(condition, condition.value).match
    return table.target(condition).where(lambda value: match(as_text(value)) is None)


@operator("prefix_matches_regex")
def prefix_matches_regex(table: Table, condition: Condition) -> Mask:
    """True for a value in whose first ``prefix`` characters the pattern is found."""
    return _where_part(table, condition, read_prefix(condition), found=True)


@operator("not_prefix_matches_regex")
def not_prefix_matches_regex(table: Table, condition: Condition) -> Mask:
    """True for a value, never a missing one, whose first characters don't hold the pattern."""
    return _where_part(table, condition, read_prefix(condition), found=False)


@operator("suffix_matches_regex")
def suffix_matches_regex(table: Table, condition: Condition) -> Mask:
    """True for a value in whose last ``suffix`` characters the pattern is found."""
    return _where_part(table, condition, read_suffix(condition), found=True)


@operator("not_suffix_matches_regex")
def not_suffix_matches_regex(table: Table, condition: Condition) -> Mask:
    """True for a value, never a missing one, whose last characters don't hold the pattern."""
    return _where_part(table, condition, read_suffix(condition), found=False)


@operator("prefix_equal_to")
def prefix_equal_to(table: Table, condition: Condition) -> Mask:
    """True where the first ``prefix`` characters are the comparator; DOMAIN stands for the domain
    that ``--`` stands for.
    """
    if condition.value == "DOMAIN" and table.prefix:
        right = Column.constant(table.prefix, table.size)
    else:
        right = table.comparator(condition)
    return where_same(part_of(table.target(condition), read_prefix(condition)), right)


complement("prefix_not_equal_to", of="prefix_equal_to")


@operator("suffix_equal_to")
def suffix_equal_to(table: Table, condition: Condition) -> Mask:
    """True where the last ``suffix`` characters are the comparator."""
    left = part_of(table.target(condition), read_suffix(condition))
    return where_same(left, table.comparator(condition))


complement("suffix_not_equal_to", of="suffix_equal_to")


@operator("starts_with")
def starts_with(table: Table, condition: Condition) -> Mask:
    """True for a value that starts with the comparator, or with one of those it lists."""
    starts = _texts(table, condition)
    return table.target(condition).where(lambda value: as_text(value).startswith(starts))


@operator("ends_with")
def ends_with(table: Table, condition: Condition) -> Mask:
    """True for a value that ends with the comparator, or with one of those it lists."""
    ends = _texts(table, condition)
    return table.target(condition).where(lambda value: as_text(value).endswith(ends))


@operator("equals_string_part")
def equals_string_part(table: Table, condition: Condition) -> Mask:
    """True where a value is the part that ``regex`` takes out of the comparator: its first group,
    or all that it matches. With ``type_insensitive`` a number is its text.
    """
    find = read_pattern(condition, read_option(condition, "regex")).search
    left = table.target(condition)
    right = table.comparator(condition).map(lambda value: _first_group(find(as_text(value))))
    if condition.options.get("type_insensitive"):
        left, right = left.map(normalised), right.map(normalised)
    return where_same(left, right)


complement("does_not_equal_string_part", of="equals_string_part")


@operator("longer_than")
def longer_than(table: Table, condition: Condition) -> Mask:
    """True for a value of more characters than the comparator says, or than it has itself."""
    return _where_length(table, condition, python.gt)


@operator("longer_than_or_equal_to")
def longer_than_or_equal_to(table: Table, condition: Condition) -> Mask:
    """True for a value of as many characters as the comparator says or has, or of more."""
    return _where_length(table, condition, python.ge)


# a missing value is shorter than anything
complement("shorter_than", of="longer_than_or_equal_to")
complement("shorter_than_or_equal_to", of="longer_than")


@operator("has_equal_length")
def has_equal_length(table: Table, condition: Condition) -> Mask:
    """True for a value of exactly as many characters as the comparator says or has."""
    return _where_length(table, condition, python.eq)


complement("has_not_equal_length", of="has_equal_length")


@operator("split_parts_have_equal_length")
def split_parts_have_equal_length(table: Table, condition: Condition) -> Mask:
    """True where the two parts around ``separator`` (a slash) have the same length, and for a value
    without one, or a missing one. Three parts aren't equal.
    """
    separator = str(condition.options.get("separator") or "/")

    def judge(value: Value) -> bool:
        parts = as_text(value).split(separator)
        return len(parts) == 1 or (len(parts) == 2 and len(parts[0]) == len(parts[1]))

    return table.target(condition).where(judge, missing=True)


complement("split_parts_have_unequal_length", of="split_parts_have_equal_length")


def read_prefix(condition: Condition) -> Part:
    """Return what takes the first characters of a text, as many as ``prefix`` says."""
    length = read_length(condition, "prefix")
    return lambda text: text[:length]


def read_suffix(condition: Condition) -> Part:
    """Return what takes the last characters of a text, as many as ``suffix`` says."""
    length = read_length(condition, "suffix")
    return lambda text: text[-length:]


def part_of(column: Column, part: Part) -> Column:
    """Return a part of each value, written as a text."""
    return column.map(lambda value: part(as_text(value)))


def _where_part(table: Table, condition: Condition, part: Part, *, found: bool) -> Mask:
    search = read_pattern(condition, condition.value).search

    def judge(value: Value) -> bool:
        return (search(part(as_text(value))) is not None) == found

    return table.target(condition).where(judge)


def _texts(table: Table, condition: Condition) -> tuple[str, ...]:
    """List the texts that a comparator stands for: a column all of its values."""
    found: list[str] = []
    for value in table.comparator(condition).present():
        found += map(as_text, value) if isinstance(value, tuple) else [as_text(value)]
    return tuple(found)


def _first_group(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    return match[1] if match.re.groups else match[0]


def _where_length(table: Table, condition: Condition, compare: Compare) -> Mask:
    left, right = table.target(condition), table.comparator(condition)
    literal = not compares_column(table, condition)
    if literal and np.isnan(as_number(condition.value)):
        raise ColumnNotFoundError(str(condition.value))
    rights = right.numbers() if literal or right.is_numeric else _lengths(right)
    return where_compared(left, right, (_lengths(left), rights), compare)


def _lengths(column: Column) -> Numbers:
    """Return how many characters each distinct value has, NaN for a missing one."""

    def measured() -> Numbers:
        return np.array([*(len(as_text(value)) for value in column.values), np.nan])

    return column.keep("lengths", measured)
