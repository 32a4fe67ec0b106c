"""Whether a variable is there, and has a value: a value a line."""

import pytest

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.operators import OPERATORS
from cdisc_tools.rules.table import ColumnNotFoundError, Table
from tests.rules.operators.judging import alone, judged

VALUES = [
    # value, empty
    ("Y", False),
    (" ", False),
    (0, False),
    (0.0, False),
    ("", True),
    (None, True),
    (float("nan"), True),
]


@pytest.mark.parametrize("line", VALUES)
def test_a_value_is_empty_or_not(line) -> None:
    value, is_empty = line
    assert alone("empty", value) is is_empty
    assert alone("non_empty", value) is not is_empty


LISTS = [
    # list, empty
    (["AETERM"], False),
    (["AETERM", None], False),
    ([], True),
    ([None], True),
    (None, True),
]


def test_a_list_without_a_value_is_empty() -> None:
    columns = {"$variables": [line[0] for line in LISTS]}
    assert judged("empty", columns) == [line[1] for line in LISTS]
    assert judged("non_empty", columns) == [not line[1] for line in LISTS]


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("AETERM", True),
        ("--TERM", True),
        ("AESEQ", False),
        ("--SEQ", False),
        # named by a list that an operation gives
        ("STUDYID", True),
        ("STUDY", False),
    ],
)
def test_a_variable_exists_or_not(name, there) -> None:
    table = Table.of({"AETERM": ["a", None], "$names": [["STUDYID", "DOMAIN"]] * 2}, prefix="AE")
    for operator, expected in (("exists", there), ("not_exists", not there)):
        mask = OPERATORS[operator](table, Condition(name, operator))
        assert mask.tolist() == [expected] * 2


@pytest.mark.parametrize(
    "operator", ["empty", "equal_to", "less_than", "matches_regex", "is_complete_date"]
)
def test_a_variable_that_is_not_there_is_named(operator) -> None:
    with pytest.raises(ColumnNotFoundError, match="AESEQ"):
        OPERATORS[operator](Table.of({"X": ["a"]}, prefix="AE"), Condition("--SEQ", operator, "Y"))


SERIES = [
    # TSVAL, TSVAL1, TSVAL2, TSVAL10, inconsistent
    ("a", "b", "c", "d", False),
    ("a", "b", None, None, False),
    (None, None, None, None, False),
    (None, "b", None, None, True),
    ("a", None, "c", None, True),
    ("a", "b", None, "d", True),
    ("a", "b", "", "d", True),
]


def test_a_series_of_variables_has_no_gap() -> None:
    # TSVAL10 comes after TSVAL2, and TSVALNF is none of them
    names = ("TSVAL", "TSVAL10", "TSVAL2", "TSVAL1", "TSVALNF")
    columns = {name: [] for name in names}
    for value, first, second, tenth, _ in SERIES:
        for name, item in zip(names, (value, tenth, second, first, "x"), strict=True):
            columns[name].append(item)
    assert judged("inconsistent_enumerated_columns", columns) == [line[-1] for line in SERIES]


def test_a_series_that_is_not_there_has_no_gap() -> None:
    table = Table.of({"AETERM": ["a"]})
    condition = Condition("TSVAL", "inconsistent_enumerated_columns")
    assert OPERATORS[condition.operator](table, condition).tolist() == [False]
