"""Columns as codes of their distinct values: what they answer is what their records say."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_tools.rules.columns import (
    Column,
    codes_among,
    group_codes,
    is_repeated,
    places_in_order,
    where_pairs,
    where_same,
)

# a loaded machine is slow, which is no fault
FEW = settings(max_examples=40, deadline=None)
TEXTS = st.lists(st.sampled_from([None, "a", "b", "c", "d"]), min_size=1, max_size=20)
MIXED = st.lists(st.sampled_from([None, "a", "1", 1, 2.0, "b"]), min_size=1, max_size=20)
NUMBERS = st.lists(st.sampled_from([None, 1, 2.0, 3.5]), min_size=1, max_size=20)


def records(column):
    return [column.record(place) for place in range(len(column))]


@FEW
@given(st.one_of(TEXTS, MIXED, NUMBERS))
def test_a_column_holds_its_records(values) -> None:
    column = Column.of(values)
    assert records(column) == values
    assert column.is_empty().tolist() == [value is None for value in values]
    assert set(column.present()) == {value for value in values if value is not None}


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (pd.Series(["a", "", None], dtype="string"), ["a", None, None]),
        (pd.Series(["a", "", "b"], dtype="category"), ["a", None, "b"]),
        (pd.Series([1.0, None, 2.5]), [1.0, None, 2.5]),
        (pd.Series([1, None], dtype="Int64"), [1.0, None]),
        # the last bits that SAS transport files lose
        (pd.Series([9.299999999999999, 9.3, None, 1.2000000000000002]), [9.3, 9.3, None, 1.2]),
        (
            pd.Series(
                pd.to_datetime(["2003-12-15", None, "2003-12-15T10:15:00"], format="ISO8601")
            ),
            ["2003-12-15", None, "2003-12-15T10:15:00"],
        ),
    ],
)
def test_a_column_of_a_vector(series, expected) -> None:
    assert records(Column.of_series(series)) == expected


@FEW
@given(st.one_of(MIXED, NUMBERS, TEXTS), st.one_of(MIXED, NUMBERS, TEXTS))
def test_the_same_values(left, right) -> None:
    size = min(len(left), len(right))
    expected = [
        mine is not None and mine == theirs
        for mine, theirs in zip(left[:size], right[:size], strict=True)
    ]
    one, other = Column.of(left[:size]), Column.of(right[:size])
    assert where_same(one, other).tolist() == expected
    assert where_same(other, one).tolist() == expected
    # many records of few values go another way
    many = where_same(
        one.take(np.tile(np.arange(size), 30)), other.take(np.tile(np.arange(size), 30))
    )
    assert many.tolist() == expected * 30
    pairs = where_pairs(one, other, lambda mine, theirs: mine is not None and mine == theirs)
    assert pairs.tolist() == expected


@FEW
@given(MIXED, st.sampled_from(["a", "1", 1, None, "z"]))
def test_the_same_as_a_constant(values, value) -> None:
    column, constant = Column.of(values), Column.constant(value, len(values))
    expected = [item is not None and item == value for item in values]
    assert where_same(column, constant).tolist() == expected
    assert where_same(constant, column).tolist() == expected


@FEW
@given(MIXED, MIXED)
def test_places_of_values_among_others(left, right) -> None:
    column, other = Column.of(left), Column.of(right)
    codes = codes_among(column, other).tolist()
    for value, code in zip(left, codes, strict=True):
        if value is None:
            assert code == -1
        elif value in right:
            assert other.values[code] == value
        else:
            assert code == -2


@FEW
@given(st.lists(st.tuples(st.sampled_from([None, "a", "b"]), st.integers(0, 3)), min_size=1))
def test_groups_and_repeated_records(pairs) -> None:
    columns = [Column.of([pair[place] for pair in pairs]) for place in (0, 1)]
    groups, count = group_codes(columns, len(pairs))
    numbers = dict(zip(pairs, groups.tolist(), strict=True))
    assert [numbers[pair] for pair in pairs] == groups.tolist()
    assert len(set(numbers.values())) == len(set(pairs))
    assert 0 <= min(numbers.values()) <= max(numbers.values()) < count
    often = Counter(pairs)
    assert is_repeated(columns, len(pairs)).tolist() == [often[pair] > 1 for pair in pairs]


def test_more_combinations_than_are_counted_one_by_one() -> None:
    values = [*range(40), 7]
    columns = [Column.of(values), Column.of(values), Column.of(values)]
    assert np.flatnonzero(is_repeated(columns, len(values))).tolist() == [7, 40]
    _, count = group_codes(columns, len(values))
    assert count == 40


def test_more_combinations_than_a_number_holds() -> None:
    values = list(range(2000))
    columns = [Column.of(values)] * 7
    groups, count = group_codes(columns, len(values))
    assert (len(set(groups.tolist())), count) == (2000, 2000)
    assert places_in_order((groups, count), columns).tolist() == values


@FEW
@given(MIXED, st.data())
def test_records_in_order(values, data) -> None:
    groups = data.draw(st.lists(st.integers(0, 2), min_size=len(values), max_size=len(values)))
    column = Column.of(values)
    places = places_in_order((np.array(groups), 3), [column]).tolist()
    # numbers, then texts, then missing values; as they stand where equal
    keys = [
        (group, value is None, isinstance(value, str), value if value is not None else 0, place)
        for place, (group, value) in enumerate(zip(groups, values, strict=True))
    ]
    assert places == [key[-1] for key in sorted(keys)]


@FEW
@given(TEXTS)
def test_a_taken_column_keeps_what_is_known_of_its_values(values) -> None:
    column = Column.of(values)
    asked = []
    for taken in (column, column.take(np.array([0])), column.take(np.array([-1]))):
        assert taken.keep("count", lambda: asked.append(1) or len(column.values)) is not None
    assert asked == [1]
    assert records(column.take(np.array([0, -1]))) == [values[0], None]


def test_a_constant_stays_one_when_it_is_changed() -> None:
    column = Column.constant("Y", 3).map(str.lower)
    assert column.is_constant
    assert records(column) == ["y"] * 3
    assert Column.constant(1.4, 3).with_numbers(np.array([1.0])).is_constant
    assert records(Column.constant(None, 2).map(str.lower)) == [None, None]
