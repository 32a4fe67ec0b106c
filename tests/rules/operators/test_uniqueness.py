"""How often values occur: a record a line."""

import pytest

from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operators.judging import judged

T, F = True, False
RECORDS = [
    # USUBJID, TESTCD, SEQ, DTC, unique by SEQ in USUBJID, by TESTCD too, by DTC (date only)
    ("01", "A", 1, "2003-12-15T10:00", F, F, F),
    ("01", "A", 1, "2003-12-15T11:00", F, F, F),
    ("01", "B", 1, "2003-12-16", F, T, T),
    ("01", "B", 2, "2003-12-17", T, T, T),
    ("02", "B", 1, "2003-12-16", T, T, T),
    # missing values are equal
    ("03", None, None, None, F, T, F),
    ("03", "A", None, None, F, T, F),
    (None, "A", 1, "2003", T, T, T),
]
COLUMNS = {
    name: [line[place] for line in RECORDS]
    for place, name in enumerate(("USUBJID", "AETESTCD", "AESEQ", "AEDTC"))
}


@pytest.mark.parametrize(
    ("first", "value", "options", "place"),
    [
        ("AESEQ", "USUBJID", {}, 4),
        ("AESEQ", ["USUBJID"], {}, 4),
        ("AESEQ", ["USUBJID", "--TESTCD"], {}, 5),
        ("AESEQ", ["USUBJID", "AESEQ"], {}, 4),
        # a variable that isn't there doesn't count
        ("AESEQ", ["USUBJID", "AEREPNUM"], {}, 4),
        ("AESEQ", ["$keys"], {}, 5),
        ("AEDTC", ["USUBJID"], {"regex": r"^\d{4}-\d{2}-\d{2}"}, 6),
    ],
)
def test_a_set_of_values_is_unique(first, value, options, place) -> None:
    columns = {first: COLUMNS[first]} | COLUMNS
    columns["$keys"] = [["USUBJID", "AETESTCD"]] * len(RECORDS)
    expected = [line[place] for line in RECORDS]
    assert judged("is_unique_set", columns, value, **options) == expected
    assert judged("is_not_unique_set", columns, value, **options) == [not line for line in expected]


def test_the_variable_may_be_a_list_of_variables() -> None:
    columns = {"$keys": [["A", "B"]] * 3, "A": ["x", "x", "x"], "B": [1, 1, 2]}
    assert judged("is_not_unique_set", columns) == [T, T, F]


def test_a_set_of_many_values_in_any_order() -> None:
    # more combinations than are counted one by one, first in order and then not
    size = 30
    ordered = {"A": list(range(size)), "B": list(range(size)), "C": list(range(size))}
    assert judged("is_not_unique_set", ordered, ["B", "C"]) == [F] * size
    mixed = {name: [*values[::-1], 5] for name, values in ordered.items()}
    expected = [size - 1 - place == 5 for place in range(size)] + [T]
    assert judged("is_not_unique_set", mixed, ["B", "C"]) == expected


def test_no_variable_of_a_set_is_there() -> None:
    with pytest.raises(ColumnNotFoundError, match="AEREPNUM"):
        judged("is_unique_set", {"$names": [["--REPNUM"]], "X": ["x"]}, "AESPID")


RELATED = [
    # QNAM, QLABEL, not one to one
    ("A", "Alpha", F),
    ("A", "Alpha", F),
    ("B", "Beta", T),
    ("B", "Bravo", T),
    # two codes for one label
    ("C", "Common", T),
    ("D", "Common", T),
    # a missing one counts as another, but has no partners itself
    ("E", "Echo", T),
    ("E", None, T),
    (None, "Foxtrot", F),
    (None, "Golf", F),
    (None, None, F),
    # once with a code and once without
    ("H", "Hotel", T),
    (None, "Hotel", T),
    ("I", None, F),
]


def test_values_go_together() -> None:
    columns = {"QNAM": [line[0] for line in RELATED], "QLABEL": [line[1] for line in RELATED]}
    expected = [line[2] for line in RELATED]
    assert judged("is_not_unique_relationship", columns, "QLABEL") == expected
    assert judged("is_unique_relationship", columns, "QLABEL") == [not line for line in expected]


COMBINED = [
    # PARAMCD, PARCAT1, PARAM, not one to one with the other two
    ("A", "x", "Alpha", F),
    ("A", "x", "Alpha", F),
    ("B", "x", "Beta", T),
    ("B", "y", "Beta", T),
    ("C", "x", "Gamma", T),
    ("D", "x", "Gamma", T),
    ("E", None, "Delta", F),
    ("F", None, "Delta", F),
    ("G", None, "Eta", T),
    ("G", "x", "Eta", T),
]


def test_values_go_together_with_several() -> None:
    names = ("PARAMCD", "PARCAT1", "PARAM")
    columns = {name: [line[place] for line in COMBINED] for place, name in enumerate(names)}
    expected = [line[3] for line in COMBINED]
    assert judged("is_not_unique_relationship", columns, ["PARCAT1", "PARAM"]) == expected


def test_a_relationship_with_what_is_not_there() -> None:
    with pytest.raises(ColumnNotFoundError, match="AEDECOD"):
        judged("is_not_unique_relationship", {"A": ["a"]}, "--DECOD")


OFTEN = [
    # RELID, USUBJID, more than once, more than twice, within the subject
    ("R1", "01", T, T),
    ("R1", "01", T, T),
    ("R1", "01", T, T),
    ("R1", "02", F, F),
    ("R2", "02", T, F),
    ("R2", "02", T, F),
]


def test_values_on_several_records() -> None:
    columns = {"RELID": [line[0] for line in OFTEN], "USUBJID": [line[1] for line in OFTEN]}
    for value, place in ((None, 2), (1, 2), (2, 3)):
        expected = [line[place] for line in OFTEN]
        found = judged("present_on_multiple_rows_within", columns, value, within="USUBJID")
        assert found == expected
        other = judged("not_present_on_multiple_rows_within", columns, value, within=["USUBJID"])
        assert other == [not line for line in expected]


def test_a_missing_value_is_neither_often_nor_seldom_there() -> None:
    columns = {"RELID": [None, None, "R1"], "USUBJID": ["01", "01", None]}
    for operator in ("present_on_multiple_rows_within", "not_present_on_multiple_rows_within"):
        assert judged(operator, columns, within="USUBJID") == [F, F, F]


@pytest.mark.parametrize(
    ("values", "different"),
    [
        (["a", "a", "a"], F),
        (["a", "b", "a"], T),
        ([1.0, 1.0, 2.0], T),
        (["a", None, "a"], T),
        ([None, "", None], F),
        (["a"], F),
    ],
)
def test_a_variable_has_one_value_or_several(values, different) -> None:
    assert judged("has_different_values", {"A": values}) == [different] * len(values)
    assert judged("has_same_values", {"A": values}) == [not different] * len(values)


def test_values_that_a_count_has_more_than_once() -> None:
    counts = (("AETERM", 1), ("STUDYID", 3), (2.0, 2))
    columns = {"A": ["AETERM", "STUDYID", 2.0, "OTHER", None], "$counts": [counts] * 5}
    expected = [F, T, T, F, F]
    assert judged("value_has_multiple_references", columns, "$counts") == expected
    other = judged("value_does_not_have_multiple_references", columns, "$counts")
    assert other == [not line for line in expected]


@pytest.mark.parametrize(
    ("operator", "value", "options", "message"),
    [
        ("present_on_multiple_rows_within", None, {}, "within is missing"),
        ("present_on_multiple_rows_within", "two", {"within": "A"}, "value must be a number"),
        ("is_unique_set", None, {"regex": "("}, "is no regular expression"),
        ("is_not_unique_relationship", None, {}, "the name of a variable is needed"),
    ],
)
def test_a_wrong_attribute_is_named(operator, value, options, message) -> None:
    with pytest.raises(RuleError, match=message):
        judged(operator, {"A": ["x"]}, value, **options)
