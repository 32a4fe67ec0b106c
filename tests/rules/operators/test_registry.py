"""The operators of the standard are all there; ours stand beside them."""

import pytest

from cdisc_tools.rules.operators import OPERATORS
from cdisc_tools.rules.operators.registry import operator

NAMES = """
    equal_to not_equal_to equal_to_case_insensitive not_equal_to_case_insensitive
    greater_than greater_than_or_equal_to less_than less_than_or_equal_to empty non_empty
    does_not_equal_string_part equals_string_part matches_regex not_matches_regex
    prefix_matches_regex not_prefix_matches_regex suffix_matches_regex not_suffix_matches_regex
    starts_with ends_with prefix_equal_to prefix_not_equal_to suffix_equal_to suffix_not_equal_to
    contains does_not_contain contains_case_insensitive does_not_contain_case_insensitive
    longer_than longer_than_or_equal_to shorter_than shorter_than_or_equal_to
    has_equal_length has_not_equal_length
    split_parts_have_equal_length split_parts_have_unequal_length is_title_case is_not_title_case
    date_equal_to date_not_equal_to date_greater_than date_greater_than_or_equal_to
    date_less_than date_less_than_or_equal_to is_complete_date is_incomplete_date
    invalid_date invalid_duration exists not_exists inconsistent_enumerated_columns
    is_contained_by is_not_contained_by
    is_contained_by_case_insensitive is_not_contained_by_case_insensitive
    prefix_is_contained_by prefix_is_not_contained_by
    suffix_is_contained_by suffix_is_not_contained_by
    contains_all not_contains_all shares_at_least_one_element_with
    shares_exactly_one_element_with shares_no_elements_with
    is_ordered_subset_of is_not_ordered_subset_of
    is_unique_set is_not_unique_set is_unique_relationship is_not_unique_relationship
    present_on_multiple_rows_within not_present_on_multiple_rows_within
    is_inconsistent_across_dataset has_same_values has_different_values
    value_has_multiple_references value_does_not_have_multiple_references
    empty_within_except_last_row non_empty_within_except_last_row
    has_next_corresponding_record does_not_have_next_corresponding_record
    is_ordered_set is_not_ordered_set is_ordered_by is_not_ordered_by
    target_is_sorted_by target_is_not_sorted_by
"""
LANGUAGE = NAMES.split()


def test_the_language_has_87_operators() -> None:
    assert len(set(LANGUAGE)) == len(LANGUAGE) == 87


def test_every_operator_of_the_language_is_there() -> None:
    assert set(LANGUAGE) - set(OPERATORS) == set()


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_every_operator_says_what_it_holds_of(name) -> None:
    assert OPERATORS[name].__doc__


def test_a_name_is_entered_once() -> None:
    with pytest.raises(ValueError, match="equal_to is there twice"):
        operator("equal_to")(OPERATORS["equal_to"])
