"""Whether a value is one of several: a value and a list a line."""

import pytest

from cdisc_tools.rules.errors import RuleError
from tests.rules.operators.judging import by_literal, judged

T, F = True, False
MEMBERS = [
    # value, list, is in it, is in it whatever the case
    ("Y", ["Y", "N"], T, T),
    ("y", ["Y", "N"], F, T),
    ("U", ["Y", "N"], F, F),
    ("Y", [], F, F),
    ("YN", ["Y", "N"], F, F),
    (None, ["Y", "N"], F, F),
    ("", ["Y", ""], F, F),
    (1.0, [1, 2], T, T),
    (3.0, [1, 2], F, F),
    (1.0, ["1"], F, F),
    ("1", [1], F, F),
]


@pytest.mark.parametrize("line", MEMBERS)
def test_a_list_in_the_rule(line) -> None:
    for suffix, expected in (("", line[2]), ("_case_insensitive", line[3])):
        assert by_literal(f"is_contained_by{suffix}", line) is expected
        assert by_literal(f"is_not_contained_by{suffix}", line) is not expected


@pytest.mark.parametrize(("suffix", "place"), [("", 2), ("_case_insensitive", 3)])
def test_a_list_in_each_record(suffix, place) -> None:
    columns = {"A": [line[0] for line in MEMBERS], "$list": [line[1] for line in MEMBERS]}
    expected = [line[place] for line in MEMBERS]
    assert judged(f"is_contained_by{suffix}", columns, "$list") == expected
    other = judged(f"is_not_contained_by{suffix}", columns, "$list")
    assert other == [not line for line in expected]


def test_a_list_that_a_record_lacks_has_nothing() -> None:
    columns = {"A": ["Y", "Y", None], "$list": [["Y"], None, None]}
    assert judged("is_contained_by", columns, "$list") == [T, F, F]


def test_one_value_is_a_list_of_one() -> None:
    assert judged("is_contained_by", {"A": ["Y", "N"]}, "Y") == [T, F]


def test_all_values_of_a_variable() -> None:
    columns = {"A": ["x", "y", "Z", None], "B": ["y", "z", "y", None]}
    assert judged("is_contained_by", columns, "B") == [F, T, F, F]
    assert judged("is_contained_by_case_insensitive", columns, "B") == [F, T, T, F]


def test_a_list_of_terms_and_of_lists() -> None:
    columns = {"A": ["x", "y", "z", "B"], "$some": [["x"], ["x"], ["z"], []], "B": ["y"] * 4}
    # B is a term here, not the variable
    assert judged("is_contained_by", columns, ["$some", "B"]) == [T, F, T, T]


def test_a_name_may_be_meant_as_it_stands() -> None:
    columns = {"A": ["B", "y"], "B": ["y", "y"]}
    assert judged("is_contained_by", columns, "B") == [F, T]
    assert judged("is_contained_by", columns, "B", value_is_literal=True) == [T, F]


def test_of_a_list_of_values_one_is_enough() -> None:
    columns = {"$variables": [["AETERM", "AESEQ"], ["AESEQ"], [], None]}
    assert judged("is_contained_by", columns, ["AETERM", "AEDECOD"]) == [T, F, F, F]
    columns["$allowed"] = [["AESEQ"], ["AETERM"], ["AESEQ"], ["AESEQ"]]
    assert judged("is_contained_by", columns, "$allowed") == [T, F, F, F]
    # a variable of single values is asked in the same record
    columns["ONE"] = ["AESEQ", "AETERM", "AESEQ", "AESEQ"]
    assert judged("is_contained_by", columns, "ONE") == [T, F, F, F]


PARTS = [
    # value, prefix of 2 in the list, suffix of 2 in the list
    ("AETERM", T, F),
    ("XXAE", F, T),
    ("AE", T, T),
    ("A", F, F),
    (None, F, F),
]


@pytest.mark.parametrize("value", [["AE", "DM"], "$list", "DOMAIN"])
def test_a_part_is_in_a_list(value) -> None:
    columns = {"A": [line[0] for line in PARTS], "$list": [["AE", "DM"]] * len(PARTS)}
    columns["DOMAIN"] = ["DM", "AE", None, None, None]
    for place, part in ((1, "prefix"), (2, "suffix")):
        expected = [line[place] for line in PARTS]
        assert judged(f"{part}_is_contained_by", columns, value, **{part: 2}) == expected
        other = judged(f"{part}_is_not_contained_by", columns, value, **{part: 2})
        assert other == [not inside for inside in expected]


CONTAINED = [
    # value, part, has it, has it whatever the case
    ("-PT4H", "-", T, T),
    ("PT4H", "-", F, F),
    ("Other: x", "other", F, T),
    ("OTHER", "OTHER", T, T),
    (None, "x", F, F),
    ("x", None, F, F),
    (None, None, F, F),
    # a number is only itself; it is a text where the case doesn't count
    (5.0, 5, T, T),
    (15.0, 5, F, T),
    ("15", 5, F, T),
    # of a list a whole value
    (["GRADE", "ONSET"], "GRADE", T, T),
    (["GRADE", "ONSET"], "grade", F, T),
    (["GRADE", "ONSET"], "GRA", F, F),
    ([], "GRADE", F, F),
]


@pytest.mark.parametrize("line", CONTAINED)
def test_what_a_value_contains(line) -> None:
    for suffix, expected in (("", line[2]), ("_case_insensitive", line[3])):
        assert by_literal(f"contains{suffix}", line) is expected
        assert by_literal(f"does_not_contain{suffix}", line) is not expected


def test_a_variable_that_contains_the_values_of_another() -> None:
    columns = {"A": ["x", "y", "Z", None], "B": ["Z", "q", "x", None]}
    # among all values of A
    assert judged("contains", columns, "B") == [T, F, T, F]
    # in the same record
    columns = {"A": ["abc", "ABC", "x", None], "B": ["B", "bc", "y", "x"]}
    assert judged("contains_case_insensitive", columns, "B") == [T, T, F, F]


def test_lists_that_contain_a_variable() -> None:
    columns = {"$lists": [["x", "y"], ["x"], None], "B": ["y", "y", "y"]}
    assert judged("contains", columns, "B") == [T, F, F]
    assert judged("does_not_contain", columns, "B") == [F, T, T]


def test_a_list_of_mappings_is_refused() -> None:
    with pytest.raises(RuleError, match="line 7: is_contained_by on A: a value is needed"):
        judged("is_contained_by", {"A": ["x"]}, [{"name": "x"}])
