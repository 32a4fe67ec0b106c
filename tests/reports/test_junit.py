"""JUnit reports: valid by the schema, and what is a failure, an error, a skip."""

from pathlib import Path

import pytest
from lxml import etree

from cdisc_tools.model.findings import Finding, Findings, RuleOutcome
from cdisc_tools.model.validation import DatasetRead, Validation
from cdisc_tools.reports.junit import validation_junit
from tests.reports.validations import nothing, validation

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def parsed(report: Validation) -> etree._Element:
    root = etree.fromstring(validation_junit(report).encode())
    SCHEMA.assertValid(root)
    return root


def results(root: etree._Element) -> list[tuple[str, str, str]]:
    """Suite, case and result of each case; a case that passed has none."""
    return [
        (suite.get("name"), case.get("name").split()[0], case[0].tag if len(case) else "")
        for suite in root
        for case in suite.iterfind("testcase")
    ]


def test_each_rule_and_check_of_a_dataset_is_a_case():
    assert results(parsed(validation())) == [
        ("study", "CORE-000002", "skipped"),
        ("AE", "CDT-T002", "failure"),
        ("AE", "CORE-000001", "failure"),
        ("DM", "CDT-S015", ""),
        ("VS", "CORE-000003", "error"),
    ]


def test_the_counts_of_a_suite_are_those_of_its_cases():
    for suite in parsed(validation()):
        kinds = [len(suite.findall(f"testcase/{kind}")) for kind in ("failure", "error", "skipped")]
        assert [int(suite.get(name)) for name in ("failures", "errors", "skipped")] == kinds
        assert int(suite.get("tests")) == len(suite.findall("testcase"))


def test_a_failure_counts_past_the_cap_and_its_text_is_xml():
    (failure,) = parsed(validation()).xpath("//testcase[starts-with(@name, 'CDT-T002')]/failure")
    assert failure.get("message") == "5 findings: Term not in its extensible codelist"
    assert failure.get("type") == "warning"
    assert "'A\ufffd\n50 %'" in failure.text
    assert failure.text.endswith("3 further findings are counted and not listed")


def test_notes_are_told_in_the_output_of_the_suite():
    (output,) = parsed(validation()).xpath("//testsuite[@name='DM']/system-out")
    assert output.text == "The variables of DM are not in the standard's order, from SEX on."


def test_a_dataset_without_anything_found_is_a_suite_that_passed():
    assert results(parsed(nothing())) == [("DM", "schema", "")]


@pytest.mark.parametrize(("status", "check", "cases"), [
    ("ran", "", [("DM", "R1", "")]), ("broken", "", [("DM", "R1", "error")]),
    ("skipped", "", [("study", "R1", "skipped"), ("DM", "schema", "")]),
    ("ran", "CDT-S003", [("DM", "CDT-S003", "failure")]),
    ("ran", "CDT-S015", [("DM", "CDT-S015", "")]),
    ("broken", "CDT-S003", [("DM", "CDT-S003", "error")]),
])  # fmt: skip
def test_what_became_of_a_rule_is_the_result_of_its_case(status, check, cases):
    findings = Findings(outcomes=[RuleOutcome(check or "R1", "DM", status, "why")])
    if check:
        findings.add(Finding(check, "DM", ("SEX",)))
    root = parsed(Validation((DatasetRead("DM", "dm.xpt", 1),), findings))
    assert results(root) == cases


@pytest.mark.parametrize(("outcomes", "cases"), [
    # skipped on both: once; ran on one: there alone; broke on one: there, and where it ran
    (("skipped", "skipped"), [("study", "R1", "skipped")]),
    (("ran", "skipped"), [("AE", "R1", "")]),
    (("broken", "skipped"), [("AE", "R1", "error")]),
    (("broken", "ran"), [("AE", "R1", "error"), ("DM", "R1", "")]),
])  # fmt: skip
def test_a_rule_over_several_datasets(outcomes, cases):
    findings = Findings(
        outcomes=[
            RuleOutcome("R1", dataset, status, "why")
            for dataset, status in zip(("AE", "DM"), outcomes, strict=True)
        ]
    )
    assert results(parsed(Validation((), findings))) == cases
