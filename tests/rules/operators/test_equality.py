"""Whether two values are the same: a pair a line, and what each operator says of it."""

import pytest

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Column
from cdisc_tools.rules.operators import OPERATORS
from cdisc_tools.rules.table import ColumnNotFoundError, Table
from tests.rules.operators.judging import by_column, by_literal, judged

OPERATIONS = (
    "equal_to",
    "not_equal_to",
    "equal_to_case_insensitive",
    "not_equal_to_case_insensitive",
)
T, F = True, False
PAIRS = [
    # left, right, equal, not equal, in any case: equal, not equal
    ("Y", "Y", T, F, T, F),
    ("Y", "y", F, T, T, F),
    ("Y", "N", F, T, F, T),
    ("Y", " Y", F, T, F, T),
    ("Y", None, F, T, F, T),
    (None, "Y", F, T, F, T),
    ("", "Y", F, T, F, T),
    (None, None, F, F, F, F),
    ("", None, F, F, F, F),
    (1.0, 1, T, F, T, F),
    (1.0, 2.0, F, T, F, T),
    (1.0, None, F, T, F, T),
    (None, 0, F, T, F, T),
    (0, 0, T, F, T, F),
    # a number isn't its text
    (1, "1", F, T, F, T),
    ("1.0", "1", F, T, F, T),
    (True, True, T, F, T, F),
    (True, False, F, T, F, T),
]
NUMBERS = [line for line in PAIRS if not any(isinstance(side, str) for side in line[:2])]
TEXTS = [line for line in PAIRS if all(side is None or isinstance(side, str) for side in line[:2])]


@pytest.mark.parametrize("lines", [PAIRS, NUMBERS, TEXTS], ids=["mixed", "numbers", "texts"])
def test_pairs_of_variables(lines) -> None:
    for place, operator in enumerate(OPERATIONS):
        assert by_column(operator, lines) == [line[2 + place] for line in lines]


@pytest.mark.parametrize("line", PAIRS)
def test_a_variable_and_a_literal(line) -> None:
    assert tuple(by_literal(operator, line) for operator in OPERATIONS) == line[2:]


def test_few_values_in_many_records() -> None:
    # looked up by value, where columns of many values are compared record by record
    assert by_column("equal_to", TEXTS * 40) == [line[2] for line in TEXTS] * 40


TYPES = [
    # left, right, the same whatever the type
    (1.0, "1", T),
    (200.0, "200.00", T),
    (9.299999999999999, "9.3", T),
    (0.1 + 0.2, "0.3", T),
    (-0.5, "-.5", T),
    (1.0, "1.001", F),
    (1.0, "one", F),
    (1.0, None, F),
    (None, "1", F),
    (1.0, "1_0", F),
]
TEXT_TYPES = [
    ("1.0", "1", T),
    (" a ", "a", T),
    ("A", "a", F),
    ("1e2", "100", T),
    ("<5", "5", F),
    (None, "a", F),
    ("a", None, F),
]


@pytest.mark.parametrize("lines", [TYPES, TEXT_TYPES], ids=["number-text", "text-text"])
def test_type_insensitive(lines) -> None:
    expected = [line[2] for line in lines]
    assert by_column("equal_to", lines, type_insensitive=True) == expected
    swapped = [(line[1], line[0]) for line in lines]
    assert by_column("equal_to", swapped, type_insensitive=True) == expected
    unlike = by_column("not_equal_to", lines, type_insensitive=True)
    assert unlike == [not same for same in expected]
    for line in lines:
        assert by_literal("equal_to", line, type_insensitive=True) is line[2]


ROUNDED = [
    # left, right, rounded, rounded whatever the type
    (1.4, 1, T, T),
    (1.6, 2.4, T, T),
    (2.5, 2, T, T),
    (3.5, 4, T, T),
    (1.4, 2, F, F),
    (None, 0, F, F),
    ("1.4", "1", T, T),
    ("high", "high", T, T),
    ("1.4", 1, T, T),
    ("high", 1, F, F),
]


def test_round_values() -> None:
    assert by_column("equal_to", ROUNDED, round_values=True) == [line[2] for line in ROUNDED]
    both = by_column("equal_to", ROUNDED, round_values=True, type_insensitive=True)
    assert both == [line[3] for line in ROUNDED]
    numbers = [line for line in ROUNDED if not isinstance(line[0], str)]
    assert by_column("equal_to", numbers, round_values=True) == [line[2] for line in numbers]
    assert by_literal("equal_to", (1.4, 1), round_values=True) is True


REFERENCES = [
    # IDVARVAL, IDVAR, AESEQ, AESPID, equal, not equal
    ("1", "AESEQ", 1.0, "x", T, F),
    ("2", "AESEQ", 1.0, "x", F, T),
    ("x", "AESPID", 1.0, "x", T, F),
    ("x", "AESPID", 1.0, None, F, T),
    # no such variable, and none named: as if there were no value
    ("1", "AELNKID", 1.0, "x", F, T),
    ("1", None, 1.0, "x", F, T),
    (None, None, 1.0, "x", F, F),
    (None, "AESEQ", 1.0, "x", F, T),
]


def test_the_comparator_names_a_variable_in_each_record() -> None:
    names = ("IDVARVAL", "IDVAR", "AESEQ", "AESPID")
    columns = {name: [line[place] for line in REFERENCES] for place, name in enumerate(names)}
    options = {"value_is_reference": True, "type_insensitive": True}
    assert judged("equal_to", columns, "IDVAR", **options) == [line[4] for line in REFERENCES]
    assert judged("not_equal_to", columns, "IDVAR", **options) == [line[5] for line in REFERENCES]


def test_the_variable_that_names_others_must_be_there() -> None:
    with pytest.raises(ColumnNotFoundError, match="IDVAR"):
        judged("equal_to", {"IDVARVAL": ["1"]}, "IDVAR", value_is_reference=True)


def test_a_name_that_is_no_variable_is_a_text() -> None:
    assert judged("equal_to", {"A": ["SEX", "M"]}, "SEX") == [True, False]


def test_a_literal_may_be_the_name_of_a_variable() -> None:
    columns = {"IDVAR": ["VISIT", "WEEK 1"], "VISIT": ["WEEK 1", "WEEK 1"]}
    assert judged("equal_to", columns, "VISIT") == [False, True]
    assert judged("equal_to", columns, "VISIT", value_is_literal=True) == [True, False]


def test_a_variable_of_the_domain() -> None:
    table = Table.of({"AETERM": ["a", "b"], "AEDECOD": ["a", "a"]}, prefix="AE")
    condition = Condition("--TERM", "equal_to", "--DECOD")
    assert OPERATORS["equal_to"](table, condition).tolist() == [True, False]


LISTS = [
    # left, right, equal, not equal
    (["a", "b"], ["a", "b"], T, F),
    (["a", "b"], ["b", "a"], F, T),
    (["a"], [], F, T),
    ([], [], F, F),
    ([], None, F, F),
]


def test_lists() -> None:
    assert by_column("equal_to", LISTS) == [line[2] for line in LISTS]
    assert by_column("not_equal_to", LISTS) == [line[3] for line in LISTS]


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("equal_to", "Y", T),
        ("equal_to", "N", F),
        ("not_equal_to", "Y", F),
        ("not_equal_to", "N", T),
        ("not_equal_to", None, T),
    ],
)
def test_one_value_for_all_records(operator, value, expected) -> None:
    table = Table({}, 2).with_column("$id", Column.constant("Y", 2))
    condition = Condition("$id", operator, value)
    assert OPERATORS[operator](table, condition).tolist() == [expected] * 2
