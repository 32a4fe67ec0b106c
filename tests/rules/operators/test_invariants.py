"""What holds of operators whatever the records are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.operators.judging import judged

# a loaded machine is slow, which is no fault
FEW = settings(max_examples=25, deadline=None)
VALUES = st.sampled_from(
    [None, "", "Y", "y", "YN", "2003", "2003-12", "2003-12-15", "--12", "1", "1.0", "P1D", 1, 2.5]
)
RECORDS = st.lists(
    st.tuples(VALUES, VALUES, st.sampled_from(["01", "02", None])), min_size=1, max_size=12
)
COMPLEMENTS = [
    # operator, its complement, value, attributes
    ("exists", "not_exists", None, {}),
    ("empty", "non_empty", None, {}),
    ("is_contained_by", "is_not_contained_by", ["Y", 1], {}),
    (
        "is_contained_by_case_insensitive",
        "is_not_contained_by_case_insensitive",
        ["Y"],
        {},
    ),
    ("prefix_equal_to", "prefix_not_equal_to", "RIGHT", {"prefix": 1}),
    ("suffix_equal_to", "suffix_not_equal_to", "RIGHT", {"suffix": 1}),
    ("prefix_is_contained_by", "prefix_is_not_contained_by", ["Y", "2"], {"prefix": 1}),
    ("suffix_is_contained_by", "suffix_is_not_contained_by", ["Y", "2"], {"suffix": 1}),
    ("contains", "does_not_contain", "Y", {}),
    ("contains_case_insensitive", "does_not_contain_case_insensitive", "RIGHT", {}),
    ("contains_all", "not_contains_all", ["Y", "y"], {}),
    ("equals_string_part", "does_not_equal_string_part", "RIGHT", {"regex": "^."}),
    ("longer_than", "shorter_than_or_equal_to", "RIGHT", {}),
    ("longer_than_or_equal_to", "shorter_than", 3, {}),
    ("has_equal_length", "has_not_equal_length", "RIGHT", {}),
    ("split_parts_have_equal_length", "split_parts_have_unequal_length", None, {"separator": "-"}),
    ("is_complete_date", "is_incomplete_date", None, {}),
    ("is_title_case", "is_not_title_case", None, {}),
    ("is_unique_set", "is_not_unique_set", ["RIGHT"], {}),
    ("is_unique_relationship", "is_not_unique_relationship", "RIGHT", {}),
    ("has_same_values", "has_different_values", None, {}),
]
COMPARED = [
    *("equal_to", "not_equal_to", "equal_to_case_insensitive", "not_equal_to_case_insensitive"),
    *("less_than", "less_than_or_equal_to", "greater_than", "greater_than_or_equal_to"),
    *("date_equal_to", "date_not_equal_to", "date_less_than", "date_less_than_or_equal_to"),
    *("date_greater_than", "date_greater_than_or_equal_to"),
]
# the order of the records is what these are about, or where they find their groups' first
ORDERLESS = [
    *((operator, "RIGHT", {}) for operator in COMPARED),
    *((operator, value, options) for operator, _, value, options in COMPLEMENTS),
    ("present_on_multiple_rows_within", None, {"within": "USUBJID"}),
    ("not_present_on_multiple_rows_within", None, {"within": "USUBJID"}),
    ("is_inconsistent_across_dataset", "USUBJID", {}),
    ("invalid_date", None, {}),
    ("invalid_duration", None, {"negative": False}),
]


def columns(records):
    names = ("LEFT", "RIGHT", "USUBJID")
    return {name: [record[place] for record in records] for place, name in enumerate(names)}


@pytest.mark.parametrize("line", COMPLEMENTS, ids=lambda line: line[0])
@FEW
@given(records=RECORDS)
def test_of_two_complements_one_holds(line, records) -> None:
    operator, complement, value, options = line
    found = judged(operator, columns(records), value, **options)
    other = judged(complement, columns(records), value, **options)
    assert other == [not holds for holds in found]


@pytest.mark.parametrize("operator", ["equal_to", "equal_to_case_insensitive"])
@FEW
@given(records=RECORDS)
def test_two_missing_values_are_neither_equal_nor_unequal(operator, records) -> None:
    same = judged(operator, columns(records), "RIGHT")
    unlike = judged(f"not_{operator}", columns(records), "RIGHT")
    for (left, right, _), is_same, is_unlike in zip(records, same, unlike, strict=True):
        assert (is_same or is_unlike) is (left not in (None, "") or right not in (None, ""))
        assert not (is_same and is_unlike)


@pytest.mark.parametrize("line", ORDERLESS, ids=lambda line: line[0])
@FEW
@given(records=RECORDS, data=st.data())
def test_the_order_of_records_does_not_matter(line, records, data) -> None:
    operator, value, options = line
    order = data.draw(st.permutations(range(len(records))))
    found = judged(operator, columns(records), value, **options)
    moved = judged(operator, columns([records[place] for place in order]), value, **options)
    assert moved == [found[place] for place in order]


@pytest.mark.parametrize("operator", COMPARED)
@FEW
@given(records=RECORDS, value=st.sampled_from(["Y", "2003-12", "1", 1, 2.5]))
def test_a_literal_is_a_variable_of_one_value(operator, records, value) -> None:
    literal = judged(operator, columns(records), value)
    variable = judged(operator, columns(records) | {"SAME": [value] * len(records)}, "SAME")
    if operator.startswith("date") and not isinstance(value, str):
        # in the rule a date may be written as a number
        return
    assert literal == variable


@pytest.mark.parametrize("operator", ["is_ordered_by", "is_ordered_set"])
@FEW
@given(numbers=st.lists(st.integers(-5, 5), min_size=1, max_size=10))
def test_sorted_numbers_are_in_order(operator, numbers) -> None:
    records = {"A": sorted(numbers), "G": ["g"] * len(numbers)}
    assert all(judged(operator, records, "G"))
    assert all(judged(operator, {"A": numbers, "G": ["g"] * len(numbers)}, "G")) is (
        numbers == sorted(numbers)
    )
