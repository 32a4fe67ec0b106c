"""What two lists have in common: a pair of lists a line."""

import pytest

from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operators.judging import by_column, judged

T, F = True, False
SHARED = [
    # left, right, at least one, exactly one, none
    (["a", "b"], ["b", "c"], T, T, F),
    (["a", "b"], ["a", "b"], T, F, F),
    (["a"], ["c"], F, F, T),
    ([], ["c"], F, F, T),
    (["a", "a"], ["a"], T, T, F),
    (None, ["c"], F, F, T),
    (["a"], None, F, F, T),
    (None, None, F, F, T),
]


@pytest.mark.parametrize(
    ("operator", "place"),
    [
        ("shares_at_least_one_element_with", 2),
        ("shares_exactly_one_element_with", 3),
        ("shares_no_elements_with", 4),
    ],
)
def test_what_lists_share(operator, place) -> None:
    assert by_column(operator, SHARED) == [line[place] for line in SHARED]


def test_a_single_value_is_a_list_of_one() -> None:
    columns = {"A": ["a", "b", None], "$list": [["a", "c"]] * 3}
    assert judged("shares_at_least_one_element_with", columns, "$list") == [T, F, F]
    assert judged("shares_no_elements_with", columns, "$list") == [F, T, T]


ORDERED = [
    # left, right, all of left in right and in its order
    (["a", "c"], ["a", "b", "c"], T),
    (["c", "a"], ["a", "b", "c"], F),
    (["a", "x"], ["a", "b", "c"], F),
    (["a", "b", "c"], ["a", "b", "c"], T),
    ([], ["a"], T),
    (["a"], [], F),
    (None, ["a"], T),
    (["a"], None, F),
]


def test_the_order_of_lists() -> None:
    expected = [line[2] for line in ORDERED]
    assert by_column("is_ordered_subset_of", ORDERED) == expected
    assert by_column("is_not_ordered_subset_of", ORDERED) == [not line for line in expected]


ALL = [
    # value, the variable has all of it
    (["STUDYID", "AETERM"], T),
    (["STUDYID", "AESEQ"], F),
    ([], T),
    (["$required"], T),
    (["$required", "AESEQ"], F),
    (["$expected"], F),
    ("$required", T),
    ("SOME", T),
    ("OTHER", F),
]


@pytest.mark.parametrize("line", ALL)
def test_a_variable_has_all(line) -> None:
    value, has_all = line
    columns = {
        "variable_name": ["STUDYID", "USUBJID", "AETERM", None],
        "$required": [["STUDYID", "USUBJID"]] * 4,
        "$expected": [["AESEQ"]] * 4,
        "SOME": ["AETERM", "AETERM", "STUDYID", None],
        "OTHER": ["AETERM", "AESEQ", "STUDYID", None],
        # in a list of terms this is one
        "STUDYID": ["x"] * 4,
    }
    assert judged("contains_all", columns, value) == [has_all] * 4
    assert judged("not_contains_all", columns, value) == [not has_all] * 4


LISTS = [
    # left, right, left has all of right
    (["a", "b", "c"], ["a", "c"], T),
    (["a"], ["a", "c"], F),
    (["a"], [], T),
    ([], ["a"], F),
    (None, ["a"], F),
    (["a"], None, T),
]


def test_lists_have_all() -> None:
    assert by_column("contains_all", LISTS) == [line[2] for line in LISTS]
    left = {"$list": [line[0] for line in LISTS]}
    assert judged("contains_all", left, ["a"]) == [T, T, T, F, F, T]


def test_a_variable_that_is_not_there_is_named() -> None:
    with pytest.raises(ColumnNotFoundError, match="AESEQ"):
        judged("contains_all", {"A": ["a"]}, "--SEQ")
