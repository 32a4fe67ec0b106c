"""Workflow commands: their form, their order, and how many there are at most."""

import re

import pytest

from cdisc_tools.model.findings import Finding, Findings, RuleOutcome
from cdisc_tools.model.validation import Validation
from cdisc_tools.reports.github import validation_github
from tests.reports.validations import nothing, validation

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def test_broken_rules_then_errors_warnings_notes_and_the_totals():
    assert validation_github(validation()).splitlines() == [
        "::error file=data/vs.xpt,title=CORE-000003 broken::"
        "The rule could not be evaluated: operator 'is_odd' is not known",
        "::error file=data/ae 1.xpt,title=CORE-000001 AE%3A AESEV is empty (1)::"
        "AESEV is empty (USUBJID=01-001, AETERM==1+1).",
        "::warning file=data/ae 1.xpt,"
        "title=CDT-T002 AE%3A Term not in its extensible codelist (5)::"
        "AESEV is 'A\x01%0A50 %25', which is not in the extensible codelist C66769 "
        "(USUBJID=01-001, AETERM==1+1).",
        "::notice file=data/dm.xpt,title=CDT-S015 DM%3A Variables not in the standard's order (1)::"
        "The variables of DM are not in the standard's order, from SEX on.",
        "::notice title=cdisc-tools::7 findings: 1 error, 5 warnings, 1 note",
    ]


def test_nothing_found_is_one_notice():
    text = "::notice title=cdisc-tools::0 findings: 0 errors, 0 warnings, 0 notes\n"
    assert validation_github(nothing()) == text


@pytest.mark.parametrize(("check", "kind", "number", "shown"), [
    ("CDT-S003", "error", 10, 10), ("CDT-S003", "error", 11, 10),
    ("CDT-S002", "warning", 30, 10),
    # the line with the totals is a notice, too
    ("CDT-S015", "notice", 9, 10), ("CDT-S015", "notice", 10, 10),
])  # fmt: skip
def test_no_more_than_github_shows(check, kind, number, shown):
    findings = Findings()
    for place in range(number):
        findings.add(Finding(check, "DM", (f"V{place:02}",)))
    lines = validation_github(Validation((), findings)).splitlines()
    kinds = [COMMAND.fullmatch(line)[1] for line in lines]
    assert kinds.count(kind) == shown
    left_out = number + (kind == "notice") - shown
    assert (f"{left_out} further annotations" in lines[-1]) is (left_out > 0)


def test_every_check_is_shown_once_before_one_is_shown_twice():
    findings = Findings()
    for place in range(12):
        findings.add(Finding("CDT-S001", "DM", (f"V{place:02}",)))
    findings.add(Finding("CDT-S003", "DM", ("SEX",)))
    lines = validation_github(Validation((), findings)).splitlines()
    assert "CDT-S003" in lines[1]


def test_a_broken_rule_of_no_dataset_has_no_file():
    findings = Findings(outcomes=[RuleOutcome("R1", "", "broken", "a, b: c")])
    line = validation_github(Validation((), findings)).splitlines()[0]
    assert line == "::error title=R1 broken::The rule could not be evaluated: a, b: c"
