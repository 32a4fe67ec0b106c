"""Lookups, sums and nadirs worked by hand: a record a line, its answer behind it."""

import pytest

from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operations.frames import computed, dataset

TU = dataset("TU", """
    DOMAIN  USUBJID  TULNKID  TUEVAL  TUSTRESC    TULOC
    TU      1        T01      INV     TARGET      LIVER
    TU      1        T02      INV     TARGET      LYMPH_NODE
    TU      1        NT01     INV     NON-TARGET  .
    TU      1        T01      IRF     TARGET      LUNG
    TU      2        T01      INV     NEW         LIVER
""")  # fmt: skip
TR = dataset("TR", """
    DOMAIN  USUBJID  TRLNKID  TREVAL  TRTESTCD  TRSTRESN#  TRSTAT    VISITNUM#  TRDTC
    TR      1        T01      INV     LDIAM     20.1       .         1          2021-03-01
    TR      1        T02      INV     LPERP     0.2        .         1          2021-03-01
    TR      1        T02      INV     LDIAM     30         .         1          2021-03-01
    TR      1        NT01     INV     LDIAM     40         .         1          2021-03-01
    TR      1        T01      INV     LDIAM     .          NOT_DONE  2          2021-05-01
    TR      2        T01      INV     LDIAM     7          .         1          2021-03-01
    TR      3        T01      INV     LDIAM     8          .         1          .
""")  # fmt: skip
CLASS = {
    "id": "$class", "operator": "lookup", "domain": "TU", "name": "TUSTRESC",
    "group": "USUBJID TULNKID TUEVAL", "group_aliases": ["USUBJID", "TRLNKID", "TREVAL"],
}  # fmt: skip
SUM = {"operator": "sum", "name": "TRSTRESN", "group": "USUBJID VISITNUM"}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        # the lesion's kind, by the evaluator
        (CLASS, ["TARGET", "TARGET", "TARGET", "NON-TARGET", "TARGET", "NEW", None]),
        # two places of one lesion: none is the only one; two records of one kind agree
        (
            {**CLASS, "name": "TULOC", "group": "USUBJID TULNKID",
             "group_aliases": ["USUBJID", "TRLNKID"]},
            [None, "LYMPH NODE", "LYMPH NODE", None, None, "LIVER", None],
        ),
        (
            {**CLASS, "group": "USUBJID TULNKID", "group_aliases": ["USUBJID", "TRLNKID"]},
            ["TARGET", "TARGET", "TARGET", "NON-TARGET", "TARGET", "NEW", None],
        ),
        # a filter on the beginning, end or part of a value, on several values, on missing ones
        ({**CLASS, "filter": {"TULOC": "LYMPH&"}}, [None, "TARGET", "TARGET", *[None] * 4]),
        ({**CLASS, "filter": {"TULOC": "&NODE"}}, [None, "TARGET", "TARGET", *[None] * 4]),
        ({**CLASS, "filter": {"TULOC": "&PH N&"}}, [None, "TARGET", "TARGET", *[None] * 4]),
        ({**CLASS, "filter": {"TULOC": "&LYMPH"}}, [None] * 7),
        (
            {**CLASS, "filter": {"TUSTRESC": ["NEW", "NON-TARGET"]}},
            [None, None, None, "NON-TARGET", None, "NEW", None],
        ),
        ({**CLASS, "filter": {"TULOC": ""}}, [None, None, None, "NON-TARGET", *[None] * 3]),
        # no record meets the filter
        ({**CLASS, "filter": {"TUSTRESC": "BENIGN"}}, [None] * 7),
        # a grouping variable that neither dataset has is missing in both
        (
            {**CLASS, "group": "USUBJID TULNKID TUEVAL TUEVALID",
             "group_aliases": ["USUBJID", "TRLNKID", "TREVAL", "TREVALID"]},
            ["TARGET", "TARGET", "TARGET", "NON-TARGET", "TARGET", "NEW", None],
        ),
        # without groups: the one value of the dataset, none of several
        ({"operator": "lookup", "domain": "TU", "name": "DOMAIN"}, ["TU"] * 7),
        ({"operator": "lookup", "domain": "TU", "name": "TULNKID"}, [None] * 7),
    ],
)  # fmt: skip
def test_a_value_is_looked_up_where_it_is_the_only_one(operation, expected) -> None:
    assert computed(dict(operation), TR, TU) == expected


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (SUM, [90.3, 90.3, 90.3, 90.3, None, 7, 8]),
        ({**SUM, "group": "USUBJID"}, [90.3, 90.3, 90.3, 90.3, 90.3, 7, 8]),
        ({**SUM, "filter": {"TRTESTCD": "LPERP"}}, [0.2, 0.2, 0.2, 0.2, None, None, None]),
        # parts of a sum of diameters: 20.1 + 0.2, exactly
        (
            {**SUM, "before": [CLASS],
             "filter": [{"TRTESTCD": "LDIAM", "$class": "TARGET", "TRLNKID": "T01"},
                        {"TRTESTCD": "LPERP", "$class": "TARGET", "TRLNKID": "T02"}]},
            [20.3, 20.3, 20.3, 20.3, None, None, None],
        ),
        ({"operator": "sum", "name": "TRSTRESN"}, [105.3] * 7),
    ],
)  # fmt: skip
def test_numbers_are_added_within_groups(operation, expected) -> None:
    assert computed(dict(operation), TR, TU) == expected


SUMS = """
    USUBJID  PARAM  VALUE#  DAY
    1        SUM    60      2021-03-01
    1        SUM    40      2021-05-01
    1        SUM    48      2021-07-01
    1        SUM    .       2021-08-01
    1        SUM    30      2021-08-01
    1        SUM    20      .
    1        PART   35      2021-08-01
    1        SUM    50      2021-09-01
    2        SUM    55      2021-05-15
    2        SUM    70      2021-05-15
    2        SUM    58      2021-06-01
"""
NADIR = {
    "operator": "earlier_minimum", "name": "VALUE", "ordering": "DAY", "group": "USUBJID",
    "filter": {"PARAM": "SUM"},
}  # fmt: skip


def test_the_nadir_is_the_least_earlier_value() -> None:
    """The record itself, those of its date, undated and empty ones do not count."""
    expected = [None, 60, 40, 40, 40, None, 40, 30, None, None, 55]
    assert computed(dict(NADIR), dataset("TR", SUMS)) == expected


def test_the_order_of_the_records_does_not_matter() -> None:
    head, *lines = SUMS.strip().splitlines()
    shuffled = dataset("TR", "\n".join([head, *lines[::-1]]))
    expected = [None, 60, 40, 40, 40, None, 40, 30, None, None, 55]
    assert computed(dict(NADIR), shuffled) == expected[::-1]


def test_a_nadir_without_values_is_missing() -> None:
    empty = dataset("TR", "USUBJID PARAM VALUE# DAY\n1 PART 5 2021-01-01")
    assert computed(dict(NADIR), empty) == [None]


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        ({**NADIR, "ordering": ""}, RuleError),
        ({**NADIR, "domain": "TU"}, RuleError),
        ({**CLASS, "domain": "RS"}, RuleSkipped),
        # only the first grouping variable must be there
        ({**CLASS, "group": "SUBJID TULNKID", "group_aliases": []}, ColumnNotFoundError),
        ({**CLASS, "filter": "TULOC"}, RuleError),
    ],
)
def test_what_an_operation_can_not_do(operation, error) -> None:
    with pytest.raises(error):
        computed(dict(operation), TR, TU)
