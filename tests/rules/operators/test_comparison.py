"""Which of two numbers is larger: a pair a line."""

import pytest

from tests.rules.operators.judging import by_column, by_literal

OPERATIONS = ("less_than", "less_than_or_equal_to", "greater_than", "greater_than_or_equal_to")
T, F = True, False
PAIRS = [
    # left, right, <, <=, >, >=
    (1, 2, T, T, F, F),
    (2, 2, F, T, F, T),
    (3, 2, F, F, T, T),
    (-1.5, 0, T, T, F, F),
    (2, 2.0, F, T, F, T),
    (None, 2, F, F, F, F),
    (2, None, F, F, F, F),
    (None, None, F, F, F, F),
    # a text of a number counts as one, another is no number
    ("10", 9, F, F, T, T),
    ("10", "9", F, F, T, T),
    (10, "9", F, F, T, T),
    ("1e3", 999, F, F, T, T),
    ("<5", 9, F, F, F, F),
    (9, "high", F, F, F, F),
    ("1_000", 9, F, F, F, F),
    ("", 9, F, F, F, F),
]


@pytest.mark.parametrize("place", range(len(OPERATIONS)))
def test_pairs_of_variables(place) -> None:
    assert by_column(OPERATIONS[place], PAIRS) == [line[2 + place] for line in PAIRS]


@pytest.mark.parametrize("line", PAIRS)
def test_a_variable_and_a_literal(line) -> None:
    assert tuple(by_literal(operator, line) for operator in OPERATIONS) == line[2:]
