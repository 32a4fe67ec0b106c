"""One value within groups of records: a record a line."""

import pytest

from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operators.judging import judged

T, F = True, False
RECORDS = [
    # STRESU, TESTCD, SPEC, inconsistent by TESTCD, by TESTCD and SPEC
    ("g/L", "ALB", "SERUM", T, F),
    ("g/L", "ALB", "SERUM", T, F),
    ("mg/L", "ALB", "URINE", T, F),
    ("beats/min", "HR", None, F, F),
    ("beats/min", "HR", None, F, F),
    # a missing value is a value like others, and missing values are a group
    ("mmol/L", "GLUC", None, T, T),
    (None, "GLUC", None, T, T),
    (None, "NONE", None, F, F),
    ("x", None, None, T, T),
    ("y", None, None, T, T),
]
COLUMNS = {
    name: [line[place] for line in RECORDS]
    for place, name in enumerate(("LBSTRESU", "LBTESTCD", "LBSPEC"))
}


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("LBTESTCD", 3),
        (["LBTESTCD"], 3),
        (["LBTESTCD", "LBSPEC"], 4),
        (["LBTESTCD", "LBMETHOD"], 3),
        ("$keys", 4),
    ],
)
def test_a_group_has_one_value(value, place) -> None:
    columns = COLUMNS | {"$keys": [["LBTESTCD", "LBSPEC"]] * len(RECORDS)}
    expected = [line[place] for line in RECORDS]
    assert judged("is_inconsistent_across_dataset", columns, value) == expected


def test_a_part_of_the_value_counts() -> None:
    columns = {"DTC": ["2003-12-15T10:00", "2003-12-15", "UNK", "UNK"], "G": ["a", "a", "b", "b"]}
    for regex in (r"^\d{4}-\d\d-\d\d", r"^(\d{4}-\d\d)-\d\d"):
        found = judged("is_inconsistent_across_dataset", columns, "G", regex=regex)
        assert found == [F] * 4
    assert judged("is_inconsistent_across_dataset", columns, "G") == [T, T, F, F]


def test_a_group_of_no_variable() -> None:
    with pytest.raises(ColumnNotFoundError, match="LBTESTCD"):
        judged("is_inconsistent_across_dataset", {"A": ["a"]}, "LBTESTCD")
