"""Numbers of two values of a record, worked by hand."""

import pytest

from cdisc_tools.rules.errors import RuleError
from tests.rules.operations.frames import computed, dataset

NUMBERS = dataset("ADTR", """
    AVAL#  BASE#  ADTC              STARTDTC    ADT#    DTM#
    70     84     2021-05-01        2021-03-01  22370   1932768000
    60     50     2021-03-01T23:59  2021-03-01  22371   1932854400
    0.3    0.1    2020-02-29        2021-03-01  .       .
    5      0      2021-05           2021-03-01  22370   .
    .      7      2021-05-01        .           22370   1932768000
""")  # fmt: skip


CHANGE = {"operator": "percent_change", "name": "AVAL", "baseline": "BASE"}
DAYS = {"operator": "days_between", "name": "ADTC", "start": "STARTDTC"}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"operator": "difference", "name": "AVAL", "subtract": "BASE"}, [-14, 10, 0.2, 5, None]),
        (CHANGE, [-16.666666667, 20, 200, None, None]),
        ({"operator": "ratio", "name": "AVAL", "divide_by": "BASE"},
         [0.833333333, 1.2, 3, None, None]),
        (DAYS, [61, 0, -366, None, None]),
        ({**DAYS, "add": 1}, [62, 1, -365, None, None]),
        # numbers: days and seconds since 1960
        ({**DAYS, "name": "ADT", "start": "DTM"}, [0, 0, None, None, 0]),
    ],
)  # fmt: skip
def test_two_values_make_a_number(operation, expected) -> None:
    assert computed(dict(operation), NUMBERS) == expected


def test_a_missing_option_is_named() -> None:
    with pytest.raises(RuleError, match="difference has no subtract"):
        computed({"operator": "difference", "name": "AVAL"}, NUMBERS)
