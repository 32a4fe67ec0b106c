"""Numbers that are the same but for rounding: a pair a line."""

import pytest

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.operators import OPERATORS
from cdisc_tools.rules.table import Table

PAIRS = [
    # CHG, expected, close, not close
    (0.3, 0.1 + 0.2, True, False),
    (0.0, 0.1 + 0.2 - 0.3, True, False),
    (20.0, 100 * 14 / 70, True, False),
    (33.3, 100 / 3, False, True),
    (-0.3, 0.3, False, True),
    (1_000_000.0, 1_000_000.5, True, False),
    (1e-7, 3e-7, False, True),
    (5.0, None, False, False),
    (None, 5.0, False, False),
    (None, None, False, False),
]


def judged(operator, value="$expected", **options):
    table = Table.of({"CHG": [pair[0] for pair in PAIRS], "$expected": [pair[1] for pair in PAIRS]})
    return OPERATORS[operator](table, Condition("CHG", operator, value, options)).tolist()


@pytest.mark.parametrize("place", range(len(PAIRS)))
def test_a_pair_is_close_or_not(place) -> None:
    _, _, close, apart = PAIRS[place]
    assert judged("is_close_to")[place] is close
    assert judged("is_not_close_to")[place] is apart


def test_the_tolerance_is_a_share_of_the_larger_number() -> None:
    assert judged("is_not_close_to", tolerance=0.01)[3] is False
    assert judged("is_not_close_to", tolerance=0)[5] is True


def test_a_number_may_be_given_itself() -> None:
    assert judged("is_close_to", 20)[:3] == [False, False, True]


def test_a_text_that_is_no_number_is_close_to_none() -> None:
    table = Table.of({"CHG": ["<5", "5", "5.0"]})
    condition = Condition("CHG", "is_close_to", 5)
    assert OPERATORS["is_close_to"](table, condition).tolist() == [False, True, True]


@pytest.mark.parametrize("tolerance", [-1, "small", True])
def test_a_tolerance_that_cannot_be_meant_is_refused(tolerance) -> None:
    with pytest.raises(RuleError, match="tolerance"):
        judged("is_close_to", tolerance=tolerance)
