"""What a text looks like: a value a line."""

import pytest

from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operators.judging import alone, by_column, by_literal, judged

T, F = True, False
MATCHES = [
    # value, pattern, matches, doesn't match
    ("AE12", r"^[A-Z]{2}\d+$", T, F),
    ("AE12x", r"^[A-Z]{2}\d+$", F, T),
    # the pattern is looked for at the start, and needn't reach the end
    ("AE12x", r"[A-Z]{2}", T, F),
    ("xAE", r"[A-Z]{2}", F, T),
    ("xAE", r".*[A-Z]{2}", T, F),
    ("ae", r"(?i:AE)", T, F),
    # a number is written as one would
    (5.0, r"^\d$", T, F),
    (5.25, r"^5\.25$", T, F),
    (-3, r"^-3$", T, F),
    # nothing is said of a missing value
    (None, r".*", F, F),
    ("", r".*", F, F),
]


@pytest.mark.parametrize("line", MATCHES)
def test_a_pattern(line) -> None:
    value, pattern, matches, other = line
    assert by_literal("matches_regex", (value, pattern)) is matches
    assert by_literal("not_matches_regex", (value, pattern)) is other


PARTS = [
    # value, length, pattern, prefix has it, prefix hasn't, suffix has it, suffix hasn't
    ("APDM", 2, "AP", T, F, F, T),
    ("XAPM", 2, "AP", F, T, F, T),
    ("DMAP", 2, "AP", F, T, T, F),
    ("XXAP1", 3, "AP", F, T, T, F),
    ("AP", 5, "^AP$", T, F, T, F),
    (12.0, 1, "1", T, F, F, T),
    (None, 2, "", F, F, F, F),
]


@pytest.mark.parametrize("line", PARTS)
def test_a_pattern_in_a_part(line) -> None:
    value, length, pattern, *expected = line
    found = [
        by_literal(f"{negation}{part}_matches_regex", (value, pattern), **{part: length})
        for part in ("prefix", "suffix")
        for negation in ("", "not_")
    ]
    assert found == expected


EQUAL_PARTS = [
    # value, right, length, prefix is right, suffix is right
    ("FAAE", "FA", 2, T, F),
    ("AEFA", "FA", 2, F, T),
    ("FA", "FA", 2, T, T),
    ("F", "FA", 2, F, F),
    ("faae", "FA", 2, F, F),
    (None, "FA", 2, F, F),
    ("FAAE", None, 2, F, F),
    (None, None, 2, F, F),
    (12.0, "1", 1, T, F),
]


@pytest.mark.parametrize("line", EQUAL_PARTS)
def test_a_part_is_equal(line) -> None:
    value, right, length, is_prefix, is_suffix = line
    for part, expected in (("prefix", is_prefix), ("suffix", is_suffix)):
        assert by_literal(f"{part}_equal_to", (value, right), **{part: length}) is expected
        assert by_literal(f"{part}_not_equal_to", (value, right), **{part: length}) is not expected


def test_a_part_is_equal_to_a_variable() -> None:
    pairs = [line for line in EQUAL_PARTS if line[2] == 2]
    assert by_column("prefix_equal_to", pairs, prefix=2) == [line[3] for line in pairs]
    assert by_column("suffix_equal_to", pairs, suffix=2) == [line[4] for line in pairs]


def test_domain_stands_for_the_domain_of_the_dataset() -> None:
    names = {"dataset_name": ["AE", "AE1", "FA", None]}
    assert judged("prefix_equal_to", names, "DOMAIN", prefix=2) == [T, T, F, F]
    assert judged("prefix_not_equal_to", names, "DOMAIN", prefix=2) == [F, F, T, T]


BEGINNINGS = [
    # value, part, starts with it, ends with it
    ("RACEOTH", "RACE", T, F),
    ("OTHRACE", "RACE", F, T),
    ("RACE", "RACE", T, T),
    ("race1", "RACE", F, F),
    ("", "RACE", F, F),
    (None, "RACE", F, F),
    (12.5, "1", T, F),
    (12.5, "5", F, T),
]


@pytest.mark.parametrize("line", BEGINNINGS)
def test_starts_and_ends(line) -> None:
    assert by_literal("starts_with", line) is line[2]
    assert by_literal("ends_with", line) is line[3]


def test_starts_with_any_value_of_a_variable_or_a_list() -> None:
    columns = {"QNAM": ["RACE1", "SEX1", None], "ROOT": ["AGE", "RACE", None]}
    assert judged("starts_with", columns, "ROOT") == [T, F, F]
    columns = {"QNAM": ["RACE1", "SEX1", None], "$roots": [["SEX", "RACE"]] * 3}
    assert judged("starts_with", columns, "$roots") == [T, T, F]
    assert judged("ends_with", columns, "$roots") == [F, F, F]


STRING_PARTS = [
    # value, from, pattern, equals the part
    ("AE", "SUPPAE", ".{4}(..).*", T),
    ("DM", "SUPPAE", ".{4}(..).*", F),
    ("SUPP", "SUPPAE", "^SUPP", T),
    ("AE", "AE", ".{4}(..).*", F),
    (None, "SUPPAE", ".{4}(..).*", F),
    ("AE", None, ".{4}(..).*", F),
    (None, None, ".{4}(..).*", F),
    # a number isn't its text
    (7.0, "SEQ7", r"\d+", F),
]


@pytest.mark.parametrize("line", STRING_PARTS)
def test_a_part_taken_by_a_pattern(line) -> None:
    value, whole, pattern, same = line
    for operator, expected in (
        ("equals_string_part", same),
        ("does_not_equal_string_part", not same),
    ):
        assert by_literal(operator, (value, whole), regex=pattern) is expected
        assert by_column(operator, [(value, whole)], regex=pattern) == [expected]


def test_a_part_that_is_a_number() -> None:
    options = {"regex": r"\d+", "type_insensitive": True}
    assert by_literal("equals_string_part", (7.0, "SEQ07"), **options) is True
    assert by_literal("equals_string_part", (8.0, "SEQ07"), **options) is False


LENGTH_OPERATORS = (
    "longer_than",
    "longer_than_or_equal_to",
    "shorter_than",
    "shorter_than_or_equal_to",
    "has_equal_length",
    "has_not_equal_length",
)
LENGTHS = [
    # value, length, >, >=, <, <=, =, not =
    ("abc", 2, T, T, F, F, F, T),
    ("abc", 3, F, T, F, T, T, F),
    ("abc", 4, F, F, T, T, F, T),
    (12.0, 2, F, T, F, T, T, F),
    # a missing value has no length, so that it is neither longer nor equal
    (None, 2, F, F, T, T, F, T),
    ("", 0, F, F, T, T, F, T),
]


@pytest.mark.parametrize("line", LENGTHS)
def test_a_length_given_in_the_rule(line) -> None:
    assert tuple(by_literal(operator, line) for operator in LENGTH_OPERATORS) == line[2:]


LENGTH_PAIRS = [
    # value, other value, >, >=, <, <=, =, not =
    ("abc", "xy", T, T, F, F, F, T),
    ("abc", "xyz", F, T, F, T, T, F),
    ("abc", None, F, F, T, T, F, T),
    (None, None, F, F, T, T, F, T),
]


@pytest.mark.parametrize("place", range(len(LENGTH_OPERATORS)))
def test_the_length_of_another_variable(place) -> None:
    expected = [line[2 + place] for line in LENGTH_PAIRS]
    assert by_column(LENGTH_OPERATORS[place], LENGTH_PAIRS) == expected
    # a variable of numbers says how long
    numbers = [(line[0], None if line[1] is None else len(line[1])) for line in LENGTH_PAIRS]
    assert by_column(LENGTH_OPERATORS[place], numbers) == expected


def test_a_length_that_is_no_number_is_a_variable_that_is_not_there() -> None:
    with pytest.raises(ColumnNotFoundError, match="SESTDTC"):
        judged("has_equal_length", {"SEENDTC": ["2020"]}, "SESTDTC")


SPLITS = [
    # value, parts are equally long
    ("2003-12-15T10:00/2003-12-15T10:30", T),
    ("2003-12-15T10:00/2003-12-15T10:30:15", F),
    ("2003-12-15", T),
    ("a/b/c", F),
    ("/", T),
    (None, T),
    (2003.0, T),
]


@pytest.mark.parametrize("line", SPLITS)
def test_parts_around_a_slash(line) -> None:
    value, equal = line
    assert alone("split_parts_have_equal_length", value) is equal
    assert alone("split_parts_have_unequal_length", value) is not equal


def test_parts_around_another_separator() -> None:
    assert alone("split_parts_have_equal_length", "1.5", separator=".") is True
    assert alone("split_parts_have_equal_length", "1.25", separator=".") is False


@pytest.mark.parametrize(
    ("operator", "value", "options", "message"),
    [
        ("matches_regex", "[", {}, "line 7: matches_regex on QNAM: '\\['"),
        ("matches_regex", 5, {}, "a regular expression is needed"),
        ("matches_regex", None, {}, "a regular expression is needed"),
        ("prefix_matches_regex", "A", {}, "prefix must be a number"),
        ("suffix_matches_regex", "A", {"suffix": 0}, "suffix must be a number"),
        ("prefix_equal_to", "A", {"prefix": "two"}, "prefix must be a number"),
        ("equals_string_part", "A", {}, "regex is missing"),
        ("equals_string_part", "A", {"regex": "("}, "is no regular expression"),
    ],
)
def test_a_wrong_attribute_is_named(operator, value, options, message) -> None:
    with pytest.raises(RuleError, match=message):
        judged(operator, {"QNAM": ["RACE1"]}, value, **options)
