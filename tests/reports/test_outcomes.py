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
        *(RuleOutcome(f"R{number}", "", "skipped", "no AE") for number in range(1, 8)),
        RuleOutcome("R8", "", "skipped", "no DM"),
        RuleOutcome("R9", "AE", "ran"),
        # ran on one dataset: why it was skipped on another is not told
        RuleOutcome("R9", "DM", "skipped", "no AETERM"),
    ]
    assert outcomes_summary(outcomes).splitlines() == [
        "Rules: 9 asked for, 1 ran, 8 skipped, 0 broken",
        "  skipped     7  no AE (R1, R2, R3, R4, R5, ...)",
        "  skipped     1  no DM (R8)",
    ]
