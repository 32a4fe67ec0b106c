"""Records that stand in one order and in another: a record a line."""

import pytest

from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operators.judging import judged

T, F = True, False


def is_sorted(lines, *, regex="", within="USUBJID", **entry):
    """Ask of lines of USUBJID, SEQ and a comparator; the answer is the last field."""
    columns = {
        "SEQ": [line[1] for line in lines],
        "USUBJID": [line[0] for line in lines],
        "BY": [line[2] for line in lines],
    }
    value = [{"name": "BY", "sort_order": "asc"} | entry]
    options = {"within": within} | ({"regex": regex} if regex else {})
    found = judged("target_is_sorted_by", columns, value, **options)
    assert judged("target_is_not_sorted_by", columns, value, **options) == [not x for x in found]
    return found


DATES = [
    # USUBJID, SEQ, STDTC, in order
    ("01", 1, "2020-01-01", T),
    ("01", 3, "2020-01-02", F),
    ("01", 2, "2020-01-03", F),
    ("02", 1, "2020-01-02", T),
    ("02", 2, "2020-01-02", T),
    ("03", 1, "2020-01-05", T),
    # missing dates come last
    ("03", 2, None, T),
    ("04", 1, None, F),
    ("04", 2, "2020-01-05", T),
    # a date that is a part of another has no order
    ("05", 1, "2005-10", F),
    ("05", 2, "2005-10-08", F),
    ("05", 3, "2005-11-01", T),
    # no subject, no group
    (None, 2, "2020-01-01", T),
    (None, 1, "2020-01-09", T),
]


def test_dates_ascending() -> None:
    assert is_sorted(DATES) == [line[3] for line in DATES]


def test_the_order_of_the_records_does_not_count() -> None:
    assert is_sorted(DATES[::-1]) == [line[3] for line in DATES[::-1]]


NUMBERS = [
    # USUBJID, SEQ, number, ascending, descending
    ("01", 1, 1.0, T, F),
    ("01", 2, 2.0, T, F),
    ("02", 1, 9.0, F, T),
    ("02", 2, 8.0, F, T),
    ("03", 1, 10.0, F, T),
    ("03", 2, 9.0, F, T),
]


@pytest.mark.parametrize(("order", "place"), [("asc", 3), ("desc", 4), ("DESC", 4)])
def test_numbers(order, place) -> None:
    assert is_sorted(NUMBERS, sort_order=order) == [line[place] for line in NUMBERS]


NULLS = [
    # USUBJID, SEQ, STDTC, missing first
    ("01", 1, None, T),
    ("01", 2, "2020-01-05", T),
    ("02", 1, "2020-01-05", T),
    ("02", 2, None, F),
    ("03", 1, None, T),
    ("03", 2, None, T),
]


def test_missing_dates_first() -> None:
    assert is_sorted(NULLS, null_position="first") == [line[3] for line in NULLS]


NAMED = [
    # USUBJID, MIDS, SMSTDTC, in order by the number in the name
    ("01", "MIDS2", "2020-01-02", T),
    ("01", "MIDS10", "2020-01-03", T),
    ("01", "MIDS01", "2020-01-01", T),
]


def test_a_part_of_the_variable_counts() -> None:
    assert is_sorted(NAMED, regex=r".*?(\d+)$") == [T, T, T]
    # as texts MIDS01 stands first, then MIDS10, then MIDS2
    assert is_sorted(NAMED) == [F, F, T]


def test_several_variables_must_all_be_in_order() -> None:
    columns = {"SEQ": [1, 2, 3], "A": [1, 2, 3], "B": [1, 3, 2], "G": ["g"] * 3}
    value = [{"name": "A", "sort_order": "asc"}, {"name": "B", "sort_order": "asc"}]
    assert judged("target_is_sorted_by", columns, value, within=["G"]) == [T, F, F]


@pytest.mark.parametrize(
    ("value", "options", "message"),
    [
        ([{"name": "A"}], {}, "within is missing"),
        ("A", {"within": "A"}, "value must list names"),
        ([{"sort_order": "asc"}], {"within": "A"}, "value must list names"),
        ([{"name": "A", "sort_order": "up"}], {"within": "A"}, "sort_order must be"),
        ([{"name": "A", "null_position": "middle"}], {"within": "A"}, "null_position must be"),
    ],
)
def test_a_wrong_attribute_is_named(value, options, message) -> None:
    with pytest.raises(RuleError, match=message):
        judged("target_is_sorted_by", {"A": [1]}, value, **options)


def test_a_variable_that_is_not_there_is_named() -> None:
    with pytest.raises(ColumnNotFoundError, match="AESTDTC"):
        judged("target_is_sorted_by", {"A": [1]}, [{"name": "--STDTC"}], within="A")
