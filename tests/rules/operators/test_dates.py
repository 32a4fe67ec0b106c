"""Dates and durations: a value, or a pair, a line."""

import pytest

from cdisc_tools.rules.errors import RuleError
from tests.rules.operators.judging import alone, by_column, by_literal, judged

T, F = True, False
DATES = [
    # value, complete, valid
    ("2003-12-15", T, T),
    ("2003-12-15T10:15", T, T),
    ("2003-12-15T10:15:30.25", T, T),
    ("2003-12-15T10", T, T),
    ("2003-12-15T10:15Z", T, T),
    ("2003-12-15T10:15+02:00", T, T),
    ("2003-12", F, T),
    ("2003", F, T),
    ("2003---15", F, T),
    ("--12-15", F, T),
    ("2003-12-15T-:15", F, T),
    ("-----T07:15", F, T),
    ("2003-12-15/2003-12-20", F, T),
    ("2003-12-15T10:00/2003-12-15", F, T),
    ("2004-02-29", T, T),
    ("2003-02-29", F, F),
    ("2003-02-30", F, F),
    ("2003-13", F, F),
    ("2003-12-32", F, F),
    ("2003-12-15T24:00", F, F),
    ("2003-12-15T10:60", F, F),
    ("2003-1-5", F, F),
    ("0000-01-01", F, F),
    ("15DEC2003", F, F),
    ("-", F, F),
    ("2003-12-", F, F),
    ("2003-12-15 ", F, F),
    ("UNK", F, F),
    # without hyphens it is complete, but not as SDTM writes dates
    ("20031215", T, F),
    (2003.0, F, F),
    ("", F, F),
    (None, F, F),
]


@pytest.mark.parametrize("line", DATES)
def test_a_date_is_complete_or_valid(line) -> None:
    value, complete, valid = line
    assert alone("is_complete_date", value) is complete
    assert alone("is_incomplete_date", value) is not complete
    assert alone("invalid_date", value) is not valid


DURATIONS = [
    # value, valid, valid without a minus
    ("P1D", T, T),
    ("P1Y2M10DT2H30M", T, T),
    ("PT5M", T, T),
    ("P2W", T, T),
    ("P0.5D", T, T),
    ("P0,5D", T, T),
    ("-P2W", T, F),
    ("-PT1H", T, F),
    ("+P1D", F, F),
    ("P", F, F),
    ("PT", F, F),
    ("P1DT", F, F),
    ("1D", F, F),
    ("P1.5YT2H", F, F),
    ("P1S", F, F),
    ("p1d", F, F),
    (5.0, F, F),
    ("", F, F),
    (None, F, F),
]


@pytest.mark.parametrize("line", DURATIONS)
def test_a_duration_is_valid(line) -> None:
    value, valid, positive = line
    assert alone("invalid_duration", value) is not valid
    assert alone("invalid_duration", value, negative=True) is not valid
    assert alone("invalid_duration", value, negative=False) is not positive


OPERATIONS = (
    "date_less_than",
    "date_less_than_or_equal_to",
    "date_equal_to",
    "date_not_equal_to",
    "date_greater_than",
    "date_greater_than_or_equal_to",
)
PAIRS = [
    # left, right, <, <=, =, not =, >, >=
    ("2003-12-15", "2003-12-16", T, T, F, T, F, F),
    ("2003-12-15", "2003-12-15", F, T, T, F, F, T),
    ("2003-12-16", "2003-12-15", F, F, F, T, T, T),
    ("1969-12-31", "1970-01-01", T, T, F, T, F, F),
    ("2003-12-15T10:15", "2003-12-15T10:16", T, T, F, T, F, F),
    ("2003-12-15T10:15:30.5", "2003-12-15T10:15:30.25", F, F, F, T, T, T),
    # the same moment in two zones
    ("2003-12-15T10:15Z", "2003-12-15T12:15+02:00", F, T, T, F, F, T),
    ("2003-12-15T23:30-01:00", "2003-12-16T00:15", F, F, F, T, T, T),
    # a partial date is its first moment; dates known to different parts aren't equal
    ("2003-12", "2003-12-15", T, T, F, T, F, F),
    ("2003-12-15", "2003-12", F, F, F, T, T, T),
    ("2003-12", "2003-12-01", F, T, F, T, F, T),
    ("2003", "2003", F, T, T, F, F, T),
    ("2003---15", "2003", F, F, T, F, T, T),
    # without a year there is nothing to compare
    ("--12-15", "2003-12-15", F, F, F, F, F, F),
    ("-----T07:15", "-----T07:15", F, F, F, F, F, F),
    # what is no date is neither the same nor different
    ("2003-02-30", "2003-03-01", F, F, F, F, F, F),
    ("15DEC2003", "2003-12-15", F, F, F, F, F, F),
    ("2003-02-30/2003-03-02", "2003-03-01", F, F, F, F, F, F),
    (None, "2003-12-15", F, F, F, F, F, F),
    ("2003-12-15", None, F, F, F, F, F, F),
    (None, None, F, F, F, F, F, F),
    ("", "", F, F, F, F, F, F),
    # of an interval the start counts
    ("2003-12-15/2003-12-20", "2003-12-16", T, T, F, T, F, F),
]


@pytest.mark.parametrize("place", range(len(OPERATIONS)))
def test_dates_of_two_variables(place) -> None:
    assert by_column(OPERATIONS[place], PAIRS) == [line[2 + place] for line in PAIRS]


@pytest.mark.parametrize("line", PAIRS)
def test_a_date_of_the_rule(line) -> None:
    assert tuple(by_literal(operator, line) for operator in OPERATIONS) == line[2:]


COMMON = [
    # left, right, <, <=, =, not =, >, >= in the parts that both have
    ("2003-12", "2003-12-15", F, T, T, F, F, T),
    ("2003-12-15T10", "2003-12-15", F, T, T, F, F, T),
    ("2003-12-14T10", "2003-12-15", T, T, F, T, F, F),
    ("2004", "2003-12-15", F, F, F, T, T, T),
    ("2003-12-15T10:15:30", "2003-12-15T10:15", F, T, T, F, F, T),
    ("--12", "2003-12", F, F, F, F, F, F),
    (None, "2003", F, F, F, F, F, F),
]


@pytest.mark.parametrize("place", range(len(OPERATIONS)))
def test_the_parts_that_both_dates_have(place) -> None:
    expected = [line[2 + place] for line in COMMON]
    assert by_column(OPERATIONS[place], COMMON, date_component="auto") == expected


PARTS = [
    # part, left, right, less, equal
    ("year", "2003-12-15", "2004-01-01", T, F),
    ("year", "2003-12-15", "2003-01-01", F, T),
    ("month", "2004-01-15", "2003-02-01", T, F),
    ("month", "2003", "2003-01", F, T),
    ("day", "2003-12-15", "2004-01-16", T, F),
    ("hour", "2003-12-15T10:15", "2003-12-16T10", F, T),
    ("minute", "2003-12-15T10:15", "2003-12-15T11:20", T, F),
    ("second", "2003-12-15T10:15:30", "2003-12-15T10:20:30", F, T),
    ("microsecond", "2003-12-15T10:15:30.5", "2003-12-15T10:15:30.75", T, F),
    # before 1970 too
    ("month", "1950-03-01", "1960-03-31", F, T),
    ("hour", "1950-03-01T07:10", "1960-03-31T08:00", T, F),
    ("year", None, "2003", F, F),
    ("year", "UNK", "2003", F, F),
]


@pytest.mark.parametrize("line", PARTS)
def test_one_part_of_dates(line) -> None:
    part, left, right, less, equal = line
    pair = (left, right)
    for ask in (by_literal, lambda *args, **options: by_column(args[0], [args[1]], **options)[0]):
        assert ask("date_less_than", pair, date_component=part) is less
        assert ask("date_equal_to", pair, date_component=part) is equal


def test_a_year_may_be_written_as_a_number_in_the_rule() -> None:
    columns = {"BRTHDTC": ["1950-03", "2003", None]}
    assert judged("date_less_than", columns, 2000, date_component="year") == [T, F, F]


@pytest.mark.parametrize(
    ("operator", "options", "message"),
    [
        ("date_less_than", {"date_component": "week"}, "date_component must be one of year"),
        ("invalid_duration", {"negative": "no"}, "negative must be true or false"),
    ],
)
def test_a_wrong_attribute_is_named(operator, options, message) -> None:
    with pytest.raises(RuleError, match=message):
        judged(operator, {"A": ["2003"]}, "2003", **options)
