"""Records in an order: a record a line."""

import pytest

from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operators.judging import judged

T, F = True, False
ELEMENTS = [
    # USUBJID, SESEQ, SESTDTC, SEENDTC, empty but not last, not empty and not last, next follows
    ("01", 1, "2020-01-01", "2020-01-05", F, T, T),
    ("01", 3, "2020-01-09", None, F, F, T),
    ("01", 2, "2020-01-05", None, T, F, F),
    ("02", 2, "2020-02-05", "2020-02-09", F, F, T),
    ("02", 1, "2020-02-01", "2020-02-04", F, T, F),
    ("03", 1, "2020-03-01", None, F, F, T),
]
NAMES = ("USUBJID", "SESEQ", "SESTDTC", "SEENDTC")
COLUMNS = {name: [line[place] for line in ELEMENTS] for place, name in enumerate(NAMES)}
ENDS = {"SEENDTC": COLUMNS["SEENDTC"]} | COLUMNS


@pytest.mark.parametrize("ordering", ["SESTDTC", "SESEQ"])
def test_all_but_the_last_record(ordering) -> None:
    found = judged("empty_within_except_last_row", ENDS, "USUBJID", ordering=ordering)
    assert found == [line[4] for line in ELEMENTS]
    other = judged("non_empty_within_except_last_row", ENDS, "USUBJID", ordering=ordering)
    assert other == [line[5] for line in ELEMENTS]


def test_all_but_the_last_record_as_they_stand() -> None:
    columns = {"A": [None, None, "x", None], "G": ["a", "a", "b", None]}
    assert judged("empty_within_except_last_row", columns, "G") == [T, F, F, F]


def test_the_next_record_follows() -> None:
    options = {"within": "USUBJID", "ordering": "SESEQ"}
    expected = [line[6] for line in ELEMENTS]
    assert judged("has_next_corresponding_record", ENDS, "SESTDTC", **options) == expected
    other = judged("does_not_have_next_corresponding_record", ENDS, "SESTDTC", **options)
    assert other == [not line for line in expected]


FOLLOWED = [
    # end, start of the next, the same
    ("a", "a", T),
    ("a", "b", F),
    ("a", None, F),
    (None, "a", F),
    (None, None, T),
]


@pytest.mark.parametrize("line", FOLLOWED)
def test_a_missing_value_is_followed_by_a_missing_one(line) -> None:
    end, start, same = line
    columns = {"END": [end, "z"], "START": ["y", start], "G": ["g", "g"], "N": [1, 2]}
    found = judged("has_next_corresponding_record", columns, "START", within="G", ordering="N")
    assert found == [same, T]


SORTED = [
    # values, ascending, descending
    ([1, 2, 3], [T, T, T], [F, T, F]),
    ([1, 3, 2], [T, F, F], [F, F, F]),
    (["a", "b", "b"], [T, T, T], [F, T, F]),
    ([3, 2, 2], [F, T, F], [T, T, T]),
    # missing values come last, and are never in order
    ([1, None, 2], [T, F, F], [F, F, F]),
    ([1, 2, None], [T, T, F], [F, F, F]),
    # numbers come before texts
    ([2, "1"], [T, T], [F, F]),
]


@pytest.mark.parametrize("line", SORTED)
def test_a_variable_is_sorted(line) -> None:
    values, ascending, descending = line
    assert judged("is_ordered_by", {"A": values}) == ascending
    assert judged("is_ordered_by", {"A": values}, order="asc") == ascending
    assert judged("is_ordered_by", {"A": values}, order="dsc") == descending
    assert judged("is_not_ordered_by", {"A": values}) == [not line for line in ascending]


SORTED_WITHIN = [
    # SEQ, USUBJID, TESTCD, sorted in USUBJID, sorted in USUBJID and TESTCD
    (1, "01", "A", T, T),
    (3, "01", "A", F, T),
    (5, "02", "A", T, T),
    (2, "01", "B", F, T),
    (6, "02", "A", T, T),
    (None, "02", "A", T, T),
]


def test_a_variable_is_sorted_within_groups() -> None:
    columns = {
        name: [line[place] for line in SORTED_WITHIN]
        for place, name in enumerate(("SEQ", "USUBJID", "TESTCD"))
    }
    expected = [line[3] for line in SORTED_WITHIN]
    assert judged("is_ordered_set", columns, "USUBJID") == expected
    assert judged("is_not_ordered_set", columns, "USUBJID") == [not line for line in expected]
    expected = [line[4] for line in SORTED_WITHIN]
    assert judged("is_ordered_set", columns, ["USUBJID", "TESTCD"]) == expected


@pytest.mark.parametrize(
    ("operator", "value", "options", "message"),
    [
        ("is_ordered_by", None, {"order": "up"}, "order must be asc or dsc"),
        ("is_ordered_set", None, {}, "the name of a variable is needed"),
        ("has_next_corresponding_record", "A", {"ordering": "A"}, "within is missing"),
        ("has_next_corresponding_record", "A", {"within": "A"}, "ordering is missing"),
    ],
)
def test_a_wrong_attribute_is_named(operator, value, options, message) -> None:
    with pytest.raises(RuleError, match=message):
        judged(operator, {"A": ["x"]}, value, **options)


def test_a_variable_that_is_not_there_is_named() -> None:
    with pytest.raises(ColumnNotFoundError, match="SESEQ"):
        judged("empty_within_except_last_row", {"A": ["x"]}, "A", ordering="SESEQ")
