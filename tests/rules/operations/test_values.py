"""Distinct values, counts, extremes, study days and lists, worked by hand: an operation a line."""

import pytest

from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operations.frames import computed, dataset

DM = dataset("DM", """
    DOMAIN  USUBJID  SEX  AGE#  RFSTDTC
    DM      1        F    40    2021-03-02
    DM      2        M    50    .
    DM      3        F    .     2021-01
""")  # fmt: skip
AE = dataset("AE", """
    DOMAIN  USUBJID  AESEQ#  AETERM  AESTDTC           AESEV
    AE      1        1       A       2021-03-02        MILD
    AE      1        2       B       2021-03-01        SEVERE
    AE      1        3       A       2021-03           .
    AE      2        1       .       .                 MILD
    AE      2        2       C       2020-12-31T10:00  MILD
""")  # fmt: skip
SUPPDM = dataset("SUPPDM", """
    RDOMAIN  USUBJID  QNAM
    DM       1        RACE1
    DM       1        RACE2
    DM       3        RACE1
    DM       4        ETH
""")  # fmt: skip
CO = dataset("CO", """
    DOMAIN  RDOMAIN  IDVAR
    CO      AE       AESEQ
    CO      AE       AEX
    CO      DM       AESEQ
    CO      .        AESEQ
    CO      QS       QSSEQ
""")  # fmt: skip
TS = dataset("TS", """
    DOMAIN  TSVAL    TSPARM  TSGRP
    TS      A;B      x       1
    TS      C        y       .
    TS      .        .       .
""")  # fmt: skip
LISTS = [
    {"id": "$ab", "operator": "split_by", "name": "TSVAL", "delimiter": ";"},
    {"id": "$all", "operator": "distinct", "name": "TSVAL"},
]

OF_AE = {"domain": "AE"}
BY_SUBJECT = {**OF_AE, "group": "USUBJID"}
# of the datasets DM (3 records) and AE, what each record of DM gets
ON_DM = {
    "distinct": ({"operator": "distinct", "name": "AETERM", **OF_AE}, [("A", "B", "C")] * 3),
    "distinct-number": (
        {"operator": "distinct", "name": "AESEQ", **OF_AE},
        [(1.0, 2.0, 3.0)] * 3,
    ),
    "distinct-by-group": (
        {"operator": "distinct", "name": "AETERM", **BY_SUBJECT},
        [("A", "B"), ("C",), None],
    ),
    "distinct-filter": (
        {"operator": "distinct", "name": "AETERM", "filter": {"AESEV": "MILD"}, **OF_AE},
        [("A", "C")] * 3,
    ),
    # the one record of subject 2 has no term
    "distinct-filter-and-group": (
        {"operator": "distinct", "name": "AETERM", "filter": {"AESEQ": 1}, **BY_SUBJECT},
        [("A",), (), None],
    ),
    "distinct-domain-prefix": ({"operator": "distinct", "name": "--SEV", **OF_AE},
                               [("MILD", "SEVERE")] * 3),
    "distinct-own": ({"operator": "distinct", "name": "SEX"}, [("F", "M")] * 3),
    "count": ({"operator": "record_count", **OF_AE}, [5.0] * 3),
    "count-own": ({"operator": "record_count"}, [3.0] * 3),
    "count-filter": (
        {"operator": "record_count", "filter": {"AESEV": "MILD"}, **OF_AE}, [3.0] * 3),
    "count-two-filters": (
        {"operator": "record_count", "filter": {"AESEV": "MILD", "AETERM": "C"}, **OF_AE},
        [1.0] * 3,
    ),
    "count-none": ({"operator": "record_count", "filter": {"AESEV": "X"}, **OF_AE}, [0.0] * 3),
    "count-by-group": ({"operator": "record_count", **BY_SUBJECT}, [3.0, 2.0, None]),
    # a group of which no record is counted has 0, one that isn't there is missing
    "count-filter-and-group": (
        {"operator": "record_count", "filter": {"AESEV": "SEVERE"}, **BY_SUBJECT},
        [1.0, 0.0, None],
    ),
    "count-beginning": (
        {"operator": "record_count", "domain": "SUPPDM", "filter": {"QNAM": "RACE&"},
         "group": "USUBJID"},
        [2.0, None, 1.0],
    ),
    # missing sexes would be one group; the ages are 40 and missing in F
    "count-by-two": ({"operator": "record_count", "group": "SEX AGE"}, [1.0] * 3),
    # dates as they are compared: a day of the whole dataset has a time behind it
    "min-date": ({"operator": "min_date", "name": "AESTDTC", **OF_AE}, ["2020-12-31T10:00"] * 3),
    "max-date": ({"operator": "max_date", "name": "AESTDTC", **OF_AE}, ["2021-03-02T00:00:00"] * 3),
    "min-date-by-group": (
        {"operator": "min_date", "name": "AESTDTC", **BY_SUBJECT},
        ["2021-03", "2020-12-31T10:00", None],
    ),
    "max-date-by-group": (
        {"operator": "max_date", "name": "AESTDTC", **BY_SUBJECT},
        ["2021-03-02", "2020-12-31T10:00", None],
    ),
    "min": ({"operator": "min", "name": "AGE"}, [40.0] * 3),
    "max": ({"operator": "max", "name": "AGE"}, [50.0] * 3),
    # of 1, 2, 3, 1, 2: each record counts
    "mean-of-records": ({"operator": "mean", "name": "AESEQ", **OF_AE}, [1.8] * 3),
    "mean": ({"operator": "mean", "name": "AGE"}, [45.0] * 3),
    "mean-by-group": ({"operator": "mean", "name": "AGE", "group": "SEX"}, [40.0, 50.0, 40.0]),
    "max-by-group": ({"operator": "max", "name": "AESEQ", **BY_SUBJECT}, [3.0, 2.0, None]),
    "max-of-nothing": (
        {"operator": "max", "name": "AESEQ", "filter": {"AESEV": "X"}, **OF_AE}, [None] * 3),
    "aliases": (
        {"operator": "record_count", "domain": "SUPPDM", "group": "QNAM",
         "group_aliases": ["SEX"]},
        [None] * 3,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("operation", "expected"), ON_DM.values(), ids=ON_DM)
def test_values_of_a_dataset_for_each_record(operation, expected):
    assert computed(operation, DM, AE, SUPPDM) == expected


def test_the_group_has_other_names_in_the_records_under_check():
    visits = dataset("SV", """
        DOMAIN  SUBJECT  SEX
        SV      1        F
        SV      3        M
    """)  # fmt: skip
    count = {"operator": "record_count", "domain": "AE", "group": "USUBJID",
             "group_aliases": ["SUBJECT"]}  # fmt: skip
    assert computed(count, visits, AE) == [3.0, None]
    # the second keeps its name: subject 1 is F, there is no M named 3
    sexes = {"operator": "distinct", "domain": "DM", "name": "AGE", "group": "USUBJID SEX",
             "group_aliases": ["SUBJECT"]}  # fmt: skip
    assert computed(sexes, visits, DM) == [(40.0,), None]


def test_a_list_of_names_is_a_group():
    before = [{"id": "$keys", "operator": "split_by", "name": "KEYS", "delimiter": " "}]
    lines = dataset("XX", """
        DOMAIN  A  B  KEYS
        XX      1  1  A_B
        XX      1  1  A_B
        XX      1  2  A_B
    """)  # fmt: skip
    count = {"operator": "record_count", "group": "$keys", "before": before}
    assert computed(count, lines) == [2.0, 2.0, 1.0]


def test_records_are_counted_by_the_beginning_that_a_regular_expression_matches():
    count = {"operator": "record_count", "group": "USUBJID AESTDTC", "regex": r"^\d{4}-\d{2}"}
    assert computed(count, AE) == [3.0, 3.0, 3.0, 1.0, 1.0]
    with pytest.raises(RuleError, match="can't be read"):
        computed({**count, "regex": "("}, AE)


def test_names_of_variables_count_where_the_related_dataset_has_them():
    names = {"operator": "distinct", "name": "IDVAR", "value_is_reference": True}
    assert computed(names, CO, AE, DM) == [("AESEQ",)] * 5
    assert computed({**names, "group": "RDOMAIN"}, CO, AE, DM) == [("AESEQ",)] * 2 + [()] * 3


def test_a_study_day():
    day = {"operator": "dy", "name": "--STDTC"}
    # the first day is day 1, the one before it day -1; both dates must be complete
    assert computed(day, AE, DM) == [1.0, -1.0, None, None, None]
    with pytest.raises(RuleSkipped, match="no dataset DM"):
        computed(day, AE)


# of the dataset TS, what each of its 3 records gets
ON_TS = {
    "split": (LISTS[0], [("A", "B"), ("C",), None]),
    "split-at-commas": ({"operator": "split_by", "name": "TSVAL"}, [("A;B",), ("C",), None]),
    "replace": (
        {"operator": "regex_find_replace", "name": "TSVAL", "find": "[AC]", "replace": "z"},
        ["z;B", "z", None],
    ),
    "replace-by-nothing": (
        {"operator": "regex_find_replace", "name": "TSVAL", "find": "C"}, ["A;B", None, None]),
    "map": (
        {"operator": "map", "map": [{"TSPARM": "x", "output": "one"},
                                    {"TSPARM": "y", "output": "two"}]},
        ["one", "two", None],
    ),
    # the first line that fits holds; a number is its text
    "map-first": (
        {"operator": "map", "map": [{"TSPARM": "x", "TSGRP": 1, "output": "one"},
                                    {"TSPARM": "x", "output": "two"}, {"output": "other"}]},
        ["one", "other", "other"],
    ),
    "map-all": ({"operator": "map", "map": [{"output": 5}]}, [5] * 3),
    "map-nothing": ({"operator": "map", "map": []}, [None] * 3),
    "minus": (
        {"operator": "minus", "name": "$all", "subtract": "$ab", "before": LISTS},
        [("A;B", "C"), ("A;B",), ("A;B", "C")],
    ),
    "minus-a-text": (
        {"operator": "minus", "name": "$ab", "subtract": "B", "before": LISTS},
        [("A",), ("C",), ()],
    ),
    "minus-nothing": ({"operator": "minus", "name": "$ab", "before": LISTS},
                      [("A", "B"), ("C",), ()]),
}  # fmt: skip


@pytest.mark.parametrize(("operation", "expected"), ON_TS.values(), ids=ON_TS)
def test_texts_and_lists(operation, expected):
    assert computed(operation, TS) == expected


@pytest.mark.parametrize(
    ("name", "subtract", "by_order", "anyhow"),
    [
        ("A,B,C", "A,C", "B", "B"),
        # C stands behind A, so that A doesn't follow it
        ("A,B,C", "C,A", "A,B", "B"),
        ("A,A,B", "A", "B", "B"),
        ("A,B,A", "A", "B,A", "B"),
        ("A,B", "X,B", "A", "A"),
        ("A,B", "A,B", "", ""),
    ],
)
def test_a_difference_of_lists_may_follow_their_order(name, subtract, by_order, anyhow):
    lists = dataset("XX", f"L R\n{name} {subtract}")
    before = [
        {"id": f"${side}", "operator": "split_by", "name": side, "delimiter": ","} for side in "LR"
    ]
    minus = {"operator": "minus", "name": "$L", "subtract": "$R", "before": before}
    left = [tuple(text.split(",")) if text else () for text in (anyhow, by_order)]
    assert computed(minus, lists) == [left[0]]
    assert computed({**minus, "order_insensitive": False}, lists) == [left[1]]


@pytest.mark.parametrize(
    "operation",
    [
        {"operator": "distinct", "name": "AEX", **OF_AE},
        {"operator": "distinct", "name": "AEX"},
        {"operator": "max", "name": "AEX", **OF_AE},
        {"operator": "min_date", "name": "AESTDTC", "domain": "AE", "group": "VISIT"},
        {"operator": "record_count", "filter": {"AEX": "Y"}, **OF_AE},
        {"operator": "record_count", "group": "VISIT"},
        {"operator": "dy", "name": "DMX"},
        {"operator": "split_by", "name": "DMX"},
        {"operator": "regex_find_replace", "name": "DMX", "find": "a"},
        {"operator": "map", "map": [{"DMX": "x", "output": 1}]},
        {"operator": "minus", "name": "$absent"},
    ],
    ids=lambda operation: "-".join(map(str, operation.values())),
)
def test_an_absent_variable_is_named(operation):
    with pytest.raises(ColumnNotFoundError):
        computed(operation, DM, AE)


@pytest.mark.parametrize(
    "operator", ["distinct", "record_count", "min_date", "max_date", "min", "max", "mean"]
)
def test_an_absent_dataset_skips_the_rule(operator):
    with pytest.raises(RuleSkipped, match="no dataset EX"):
        computed({"operator": operator, "name": "EXDOSE", "domain": "EX"}, DM, AE)


def test_an_unknown_operation_is_a_fault_of_the_rule():
    with pytest.raises(RuleError, match="no operation guess"):
        computed({"operator": "guess"}, DM)


def test_an_empty_dataset_has_no_values():
    empty = dataset("AE", "DOMAIN USUBJID AESTDTC AESEQ#")
    assert computed({"operator": "distinct", "name": "AESTDTC", **OF_AE}, DM, empty) == [()] * 3
    assert computed({"operator": "record_count", **OF_AE}, DM, empty) == [0.0] * 3
    assert computed({"operator": "record_count", **BY_SUBJECT}, DM, empty) == [None] * 3
    assert computed({"operator": "max", "name": "AESEQ", **BY_SUBJECT}, DM, empty) == [None] * 3
    assert computed({"operator": "dy", "name": "AESTDTC"}, empty, DM) == []
