"""Bytes and brackets of texts: a value a line."""

import pytest

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.operators import OPERATORS
from cdisc_tools.rules.table import Table


def judged(operator: str, value: object, comparator: object = None) -> bool:
    table = Table.of({"X": [value]})
    (answer,) = OPERATORS[operator](table, Condition("X", operator, comparator)).tolist()
    return bool(answer)


@pytest.mark.parametrize(
    ("value", "longer"),
    [
        ("A" * 200, False),
        ("A" * 201, True),
        ("é" * 100, False),
        ("é" * 100 + "e", True),
        ("漢" * 67, True),
        ("\udc80" * 10, False),
        (None, False),
        (12.5, False),
    ],
)
def test_bytes_are_counted_not_letters(value, longer) -> None:
    assert judged("longer_in_bytes_than", value, 200) is longer


@pytest.mark.parametrize("limit", ["200", None, True, 1.5])
def test_a_limit_is_a_whole_number(limit) -> None:
    with pytest.raises(RuleError, match="whole number"):
        judged("longer_in_bytes_than", "A", limit)


@pytest.mark.parametrize(
    ("value", "unbalanced"),
    [
        ("Dose (mg)", False),
        ("Dose (mg", True),
        ("Dose mg)", True),
        ("a) b (", True),
        ("([{}])", False),
        ("([)]", True),
        ("Subject's Age", True),
        ("'Yes' or 'No'", False),
        ('12" scan', True),
        ("", False),
        (None, False),
    ],
)
def test_brackets_and_quotes_come_in_pairs(value, unbalanced) -> None:
    assert judged("is_unbalanced", value) is unbalanced
