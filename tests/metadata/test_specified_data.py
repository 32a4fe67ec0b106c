"""Formats, and the order of records, against a study's specification."""

import pandas as pd
import pytest

from cdisc_tools.metadata.specified_data import check_specified_data
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.specs import DatasetSpec, VariableSpec

NAMES = ("USUBJID", "VISITNUM", "AVAL")


def spec(data_type="text", *, keys=("USUBJID", "VISITNUM"), format_=""):
    """A dataset that a study specifies, unless the data type is empty."""
    variables = tuple(
        VariableSpec(name, name, "Char", "", data_type=data_type, format=format_) for name in NAMES
    )
    return DatasetSpec("XX", "X", "FINDINGS", "One record", keys, variables)


def dataset(subjects, visits, own=None, **more):
    frame = pd.DataFrame({"USUBJID": subjects, "VISITNUM": visits, "AVAL": 1.0})
    return Dataset(own or spec(), frame, **more)


# subjects and visits -> the first record that is out of order
ORDERS = {
    "in-order": ("A A B", [1, 2, 1], None),
    "equal-keys": ("A A A", [1, 1, 1], None),
    "visit-back": ("A A B", [2, 1, 1], 2),
    "subject-back": ("B A A", [1, 2, 3], 2),
    "later": ("A B A", [1, 1, 2], 3),
    "missing-is-lowest": ("A A A", [None, 1, 2], None),
    "missing-behind": ("A A A", [1, None, 2], 2),
    "by-value-not-by-text": ("A A A", [2, 10, 11], None),
    "texts-by-code-point": ("A B a", [1, 1, 1], None),
    "one-record": ("A", [1], None),
}


@pytest.mark.parametrize(("subjects", "visits", "record"), ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("dtype", ["string", "category", "object"])
def test_the_order_of_records(subjects, visits, record, dtype):
    values = pd.Series(subjects.split(), dtype=dtype)
    found = [(each.check_id, each.record) for each in check_specified_data(dataset(values, visits))]
    assert found == ([] if record is None else [("CDT-M021", record)])


@pytest.mark.parametrize(
    ("own", "subjects"),
    [(spec(""), ["B", "A"]), (spec(keys=()), ["B", "A"]), (spec(keys=("ABSENT",)), ["B", "A"]),
     (spec(), [])],
    ids=["not-specified", "no-keys", "absent-key", "no-records"],
)  # fmt: skip
def test_where_no_order_is_said_none_is_missed(own, subjects):
    assert list(check_specified_data(dataset(subjects, [1.0] * len(subjects), own))) == []


# format of the specification, format of the file -> is it found
FORMATS = {
    "same": ("8.1", "8.1", False),
    "spelling": ("DATE9.", "date9", False),
    "other": ("8.1", "8.2", True),
    "file-has-none": ("8.1", "", False),
    "specification-has-none": ("", "8.1", False),
}


@pytest.mark.parametrize(("specified", "found", "is_found"), FORMATS.values(), ids=FORMATS)
def test_formats(specified, found, is_found):
    data = dataset(["A"], [1], spec(format_=specified), formats={"AVAL": found})
    hits = [(each.check_id, each.variables, each.values) for each in check_specified_data(data)]
    assert hits == ([("CDT-M020", ("AVAL",), (found,))] if is_found else [])
