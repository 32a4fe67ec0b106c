"""What holds for every format: the same bytes from findings in any order."""

import csv
import io
import json
import random

import pytest

from cdisc_tools.cli.options import ReportFormat
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.validation import Validation
from cdisc_tools.reports.formats import TEXTS, WORKBOOK
from tests.reports.validations import nothing, validation


def test_the_command_names_every_format():
    assert set(ReportFormat) == {*TEXTS, WORKBOOK}


@pytest.mark.parametrize("form", TEXTS)
def test_the_order_in_which_things_were_found_makes_no_difference(form):
    report = validation(baseline=True)
    found = report.findings
    shuffled = Findings(
        random.Random(5).sample(found.records, len(found.records)),
        dict(reversed(found.totals.items())),
        dict(reversed(found.checks.items())),
        found.outcomes[::-1],
    )
    again = Validation(report.datasets, shuffled.in_order(), report.standards, report.baseline)
    assert TEXTS[form](again) == TEXTS[form](report)


@pytest.mark.parametrize("form", TEXTS)
def test_nothing_found_can_be_told(form):
    assert TEXTS[form](nothing()).endswith("\n") or form == "ndjson"


def test_ndjson_is_one_finding_a_line():
    lines = TEXTS["ndjson"](validation()).splitlines()
    findings = [json.loads(line) for line in lines]
    assert [(item["check_id"], item["record"], item["values"]) for item in findings] == [
        ("CDT-S015", None, []),
        ("CDT-T002", 3, ["A\x01\n50 %"]),
        ("CDT-T002", 4, ["A\x01\n50 %"]),
        ("CORE-000001", 7, [""]),
    ]
    assert findings[3]["key"] == {"USUBJID": "01-001", "AETERM": "=1+1"}
    assert findings[3]["references"] == ["CG0176", "FB1234"]
    assert TEXTS["ndjson"](nothing()) == ""


def test_csv_is_one_finding_a_line():
    lines = list(csv.DictReader(io.StringIO(TEXTS["csv"](validation()), newline="")))
    assert [line["check_id"] for line in lines] == [
        "CDT-S015", "CDT-T002", "CDT-T002", "CORE-000001",
    ]  # fmt: skip
    assert lines[3]["references"] == "CG0176 FB1234"


def test_json_has_all_that_the_others_have():
    content = json.loads(TEXTS["json"](validation(baseline=True)))
    assert content["datasets"][0] == {"name": "AE", "file": "data/ae 1.xpt", "records": 20}
    assert content["summary"] == {"error": 1, "warning": 5, "note": 1}
    assert content["rules"]["counts"] == {"ran": 1, "skipped": 1, "broken": 1}
    assert content["rules"]["outcomes"][0] == {
        "rule_id": "CORE-000001", "dataset": "AE", "status": "ran", "reason": "", "findings": 1,
    }  # fmt: skip
    assert content["baseline"] == {
        "file": "baseline.csv", "accepted": 12, "unexplained": 3, "stale": 1,
    }  # fmt: skip
    assert content["checks"]["CORE-000001"]["authority"] == "CDISC"
    assert content["standards"] == {"SDTM": "sdtmig-3.4"}
    assert len(content["findings"]) == 4


def test_the_text_tells_datasets_findings_rules_and_baseline():
    parts = TEXTS["text"](validation(baseline=True)).split("\n\n")
    assert parts[0] == "Validated 3 datasets (records): AE 20, DM 2, VS 0\nHeld to SDTM sdtmig-3.4"
    assert "7 findings: 1 error, 5 warnings, 1 note" in parts[1]
    assert parts[2].splitlines() == [
        "Rules: 3 asked for, 1 ran, 1 skipped, 1 broken",
        "  broken      1  operator 'is_odd' is not known (CORE-000003)",
        "  skipped     1  no dataset ... (CORE-000002)",
    ]
    assert parts[3] == (
        "Baseline baseline.csv: 12 findings accepted and not listed, "
        "3 of its lines without an explanation; 1 of its lines stale:\n"
    )
