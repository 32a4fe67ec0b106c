"""Our own operators: several values within a group, dates and times beside datetimes."""

import pytest

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.operators import OPERATORS
from cdisc_tools.rules.table import ColumnNotFoundError, Table


def judged(operator: str, value: object, columns: dict[str, list[object]], **options: object):
    table = Table.of(columns)
    condition = Condition(next(iter(columns)), operator, value, options)
    return OPERATORS[operator](table, condition).tolist()


@pytest.mark.parametrize(
    ("values", "groups", "expected"),
    [
        # two values in one group: all of its records, those of the majority too
        (["a", "a", "b", "c"], ["1", "1", "1", "2"], [True, True, True, False]),
        # one value in several groups
        (["a", "a"], ["1", "2"], [False, False]),
        # a missing value, or a missing group, takes no part
        (["a", None, "b"], ["1", "1", None], [False, False, False]),
        (["a", "", "b"], ["1", "1", "1"], [True, False, True]),
        # a number is the same as itself, however it is written
        ([1, 1.0, 2.0], ["1", "1", "2"], [False, False, False]),
        (["a"], ["1"], [False]),
        ([None], [None], [False]),
    ],
)
def test_values_within_a_group(values, groups, expected):
    columns = {"TRT01PN": values, "TRT01P": groups}
    assert judged("has_multiple_values_within", None, columns, within="TRT01P") == expected


def test_a_group_of_two_variables():
    columns = {"ASPER": [1, 2, 1, 3], "ASPERC": ["A"] * 4, "APERIOD": [1, 2, 1, 2]}
    found = judged("has_multiple_values_within", None, columns, within=["ASPERC", "APERIOD"])
    assert found == [False, True, False, True]


def test_within_is_needed_and_must_be_there():
    with pytest.raises(RuleError, match="within is missing"):
        judged("has_multiple_values_within", None, {"A": ["x"]})
    with pytest.raises(ColumnNotFoundError, match="NONE"):
        judged("has_multiple_values_within", None, {"A": ["x"]}, within="NONE")


@pytest.mark.parametrize(
    ("operator", "part", "whole", "expected"),
    [
        ("date", "2024-02-01", "2024-02-01T09:00:00", False),
        ("date", "2024-02-01", "2024-02-02T00:00:00", True),
        # a datetime of midnight is written without its time
        ("date", "2024-02-01", "2024-02-01", False),
        # numbers of SAS: day 1 of 1960 is 1, and its seconds begin with 86,400
        ("date", 30000.0, 30000.0 * 86400 + 5, False),
        ("date", 30000.0, 30001.0 * 86400, True),
        # a partial, missing or unreadable date is never at fault
        ("date", "2024-02", "2024-03-01T09:00:00", False),
        ("date", None, "2024-03-01T09:00:00", False),
        ("date", "2024-02-30", "2024-03-01T09:00:00", False),
        ("time", "09:00:00", "2024-02-01T09:00:00", False),
        ("time", "09:00", "2024-02-01T09:00:00", False),
        ("time", "09:00:30", "2024-02-01T09:00", True),
        ("time", "00:00:00", "2024-02-01", False),
        ("time", "12:00:00", "2024-02-01", True),
        ("time", 32400.0, "2024-02-01T09:00:00", False),
        ("time", 32400.0, 30000.0 * 86400 + 32401, True),
        ("time", "09:00:00", None, False),
        ("time", "nine", "2024-02-01T09:00:00", False),
    ],
)
def test_a_part_of_a_datetime(operator, part, whole, expected):
    columns = {"ATM": [part], "ADTM": [whole]}
    assert judged(f"{operator}_part_not_equal_to", "ADTM", columns) == [expected]
