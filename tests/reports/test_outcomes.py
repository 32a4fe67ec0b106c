"""What became of rules: the status of a rule over its datasets, and the reasons."""

import pytest

from cdisc_tools.model.findings import RuleOutcome
from cdisc_tools.reports.outcomes import outcomes_summary, rule_counts, rule_statuses


@pytest.mark.parametrize(("statuses", "rule"), [
    (["ran"], "ran"), (["skipped"], "skipped"), (["broken"], "broken"),
    (["skipped", "ran"], "ran"), (["ran", "skipped"], "ran"),
    (["broken", "ran"], "broken"), (["ran", "broken", "skipped"], "broken"),
    (["skipped", "skipped"], "skipped"),
])  # fmt: skip
def test_the_status_of_a_rule_over_its_datasets(statuses, rule):
    outcomes = [RuleOutcome("R1", f"D{place}", status) for place, status in enumerate(statuses)]
    assert rule_statuses(outcomes) == {"R1": rule}
    assert rule_counts(outcomes)[rule] == 1


def test_no_rule_was_asked_for():
    assert rule_counts([]) == {"ran": 0, "skipped": 0, "broken": 0}
    assert outcomes_summary([]) == ""


def test_reasons_are_grouped_the_most_frequent_first():
    outcomes = [
        *(RuleOutcome(f"R{number}", "", "skipped", "not in scope") for number in range(1, 8)),
        RuleOutcome("R8", "", "skipped", "no records"),
        RuleOutcome("R9", "AE", "ran"),
        # ran on one dataset: why it was skipped on another is not told
        RuleOutcome("R9", "DM", "skipped", "no AETERM"),
    ]
    assert outcomes_summary(outcomes).splitlines() == [
        "Rules: 9 asked for, 1 ran, 8 skipped, 0 broken",
        "  skipped     7  not in scope (R1, R2, R3, R4, R5, ...)",
        "  skipped     1  no records (R8)",
    ]


def test_reasons_that_differ_in_names_are_one_but_not_of_broken_rules():
    outcomes = [
        RuleOutcome("R1", "AE", "skipped", "there is no variable AETERM"),
        RuleOutcome("R1", "CM", "skipped", "there is no variable CMTERM"),
        RuleOutcome("R2", "AE", "skipped", "there is no variable --TOX"),
        RuleOutcome("R3", "AE", "broken", "no operator IS"),
        RuleOutcome("R4", "AE", "broken", "no operator ARE"),
    ]
    assert outcomes_summary(outcomes).splitlines()[1:] == [
        "  broken      1  no operator ARE (R4)",
        "  broken      1  no operator IS (R3)",
        "  skipped     2  there is no variable ... (R1, R2)",
    ]


def test_many_reasons_are_counted():
    outcomes = [RuleOutcome(f"R{number}", "", "broken", f"line {number}") for number in range(13)]
    lines = outcomes_summary(outcomes).splitlines()
    assert len(lines) == 12
    assert lines[-1] == "  broken        and for 3 other reasons"
