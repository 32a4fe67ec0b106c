"""Labels in title case: a label a line."""

import pytest

from tests.rules.operators.judging import alone

LABELS = [
    # label, in title case
    ("Unique Subject Identifier", True),
    ("Date/Time of First Dose", True),
    ("Date/time of First Dose", False),
    ("Study Day of Visit/Collection/Exam", True),
    ("Sponsor-Defined Identifier", True),
    ("Sponsor-defined Identifier", False),
    ("Date Of First Dose", False),
    ("date of First Dose", False),
    ("The Term", True),
    ("the Term", False),
    ("Period That a Subject Was In", True),
    ("Period That a Subject Was in", False),
    ("Dose per Administration", True),
    ("Dose Per Administration", False),
    ("Group ID", True),
    ("Group Id", False),
    ("QTcF Interval", True),
    ("Date of eDiary Entry", True),
    ("Result in Std Units", True),
    ("Result in STD Units", True),
    ("Result in std Units", False),
    ("ADVERSE EVENT", False),
    ("Relation: The Event", True),
    ("Relation: the Event", False),
    ("2nd Dose", True),
    ("(a) First", False),
    ("(A) First", True),
    ("Form of v1.0", True),
    ("", True),
    (None, True),
]


@pytest.mark.parametrize("line", LABELS)
def test_a_label(line) -> None:
    label, titled = line
    assert alone("is_title_case", label) is titled
    assert alone("is_not_title_case", label) is not titled
