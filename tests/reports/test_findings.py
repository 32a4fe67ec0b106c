"""Findings as text, CSV and JSON."""

import csv
import io
import json

import pytest

from cdisc_tools.metadata.checks import sentence
from cdisc_tools.model.findings import CellRef, Finding, Findings
from cdisc_tools.reports.findings import (
    COLUMNS,
    findings_csv,
    findings_json,
    findings_summary,
    severity_counts,
)

CELL = CellRef("raw/ae.csv", "", 7, "Term")
# an error, a warning, a note
ERROR, WARNING, NOTE = "CDT-R020", "CDT-R006", "CDT-R003"


def found(*checks: str, value: str = "x", capped: int = 0) -> Findings:
    """One finding of each check; ``capped`` more of the first are only counted."""
    findings = Findings()
    for number, check in enumerate(checks):
        cell = CellRef(CELL.file, CELL.sheet, CELL.row + number, CELL.column)
        findings.add(Finding(check, "AE", ("AETERM",), (value,), cell=cell, detail="d"))
    if capped:
        findings.count(findings.records[0], capped)
    return findings


def heads(text: str) -> list[list[str]]:
    """The summary's lines of a check: severity, id, count."""
    return [
        line.split()[:3] for line in text.splitlines() if " CDT-" in line and "e.g." not in line
    ]


@pytest.mark.parametrize(("checks", "expected"), [
    ((), []),
    ((NOTE, WARNING, ERROR), [["error", ERROR, "1"], ["warning", WARNING, "1"],
                              ["note", NOTE, "1"]]),
    (("CDT-R025", ERROR, ERROR), [["error", ERROR, "2"], ["error", "CDT-R025", "1"]]),
])  # fmt: skip
def test_the_summary_has_errors_first_then_ids(checks, expected):
    assert heads(findings_summary(found(*checks))) == expected


@pytest.mark.parametrize(("check", "examples", "shown"), [
    (ERROR, 1, 1), (ERROR, 2, 2), (ERROR, 9, 3), (NOTE, 9, 0),
])  # fmt: skip
def test_the_summary_shows_examples_of_all_but_notes(check, examples, shown):
    text = findings_summary(found(check, check, check), examples)
    assert text.count("e.g.") == shown


def test_a_long_example_is_one_short_line():
    text = findings_summary(found(ERROR, value="long word\n" * 80))
    assert max(map(len, text.splitlines())) < 200
    assert "[...]" in text or "..." in text


@pytest.mark.parametrize(("checks", "capped", "counts", "told"), [
    ((), 0, "0 findings: 0 errors, 0 warnings, 0 notes", ""),
    ((ERROR,), 0, "1 findings: 1 error, 0 warnings, 0 notes", ""),
    ((ERROR, NOTE), 40, "42 findings: 41 errors, 0 warnings, 1 note", "2 of them are listed one"),
])  # fmt: skip
def test_the_summary_counts_what_the_cap_left_out(checks, capped, counts, told):
    text = findings_summary(found(*checks, capped=capped))
    assert counts in text
    assert ("listed one by one" in text) is bool(told)
    assert told in text
    # each command names what it has: a run its file, a validation a form of its report
    assert ("findings.json has all totals" in text) is bool(told)
    other = findings_summary(found(*checks, capped=capped), whole="a report of --format json")
    assert ("a report of --format json has all totals" in other) is bool(told)
    assert "findings.json" not in other


def test_examples_show_different_variables_before_the_same_again():
    findings = Findings()
    for record, (variable, value) in enumerate([("A", "1"), ("A", "1"), ("A", "2"), ("B", "1")], 1):
        findings.add(Finding(ERROR, "AE", (variable,), (value,), record=record, detail=variable))
    text = findings_summary(findings, examples=3)
    assert [text.index(sentence(findings.records[place])) for place in (0, 3, 2)] == sorted(
        text.index(sentence(findings.records[place])) for place in (0, 3, 2)
    )


def test_severities_are_counted_past_the_cap():
    counts = severity_counts(found(WARNING, NOTE, capped=5))
    assert counts == {"error": 0, "warning": 6, "note": 1}


@pytest.mark.parametrize(("value", "written"), [
    ("headache", "headache"), ("=1+1", "'=1+1"), ("@x", "'@x"), ("+ and", "'+ and"),
    ("-none", "'-none"), ("\tx", "'\tx"), ("\rx", "'\nx"), ("a\r\nb\rc", "a\nb\nc"),
    ("-5", "-5"), ("+1.5", "+1.5"),
    ("-1e-05", "-1e-05"), ("-.5", "-.5"), ("--5", "'--5"), ("-", "'-"), ("-5=", "'-5="), ("", ""),
    ("a=b", "a=b"), ("a,b", "a,b"), ('say "a"', 'say "a"'), ("a\nb", "a\nb"),
])  # fmt: skip
def test_a_collected_text_is_no_formula_in_the_csv(value, written):
    text = findings_csv(found(ERROR, value=value))
    (record,) = csv.DictReader(io.StringIO(text, newline=""))
    assert record["values"] == written
    assert tuple(record) == COLUMNS


def test_a_finding_is_written_with_all_its_fields():
    finding = Finding(
        ERROR, "AE", ("A", "B"), ("1", "2"), (("USUBJID", "01"), ("VISIT", "V1")), 3,
        CellRef("raw/x.xlsx", "Lab", 7, "Term", "C7"), "why",
    )  # fmt: skip
    (record,) = csv.DictReader(io.StringIO(findings_csv(Findings([finding]))))
    expected = {
        "check_id": ERROR, "severity": "error", "authority": "cdisc_tools", "dataset": "AE",
        "variables": "A B", "values": "1 | 2", "key": "USUBJID=01; VISIT=V1", "record": "3",
        "file": "raw/x.xlsx", "sheet": "Lab", "row": "7", "column": "Term", "cell": "C7",
        "detail": "why", "message": sentence(finding),
    }  # fmt: skip
    assert {name: record[name] for name in expected} == expected


def test_no_findings_are_a_header():
    assert findings_csv(Findings()) == ",".join(COLUMNS) + "\n"


def test_the_json_has_totals_and_the_findings_kept():
    content = json.loads(findings_json(found(ERROR, NOTE, capped=5)))
    assert content["summary"] == {"error": 6, "warning": 0, "note": 1}
    assert content["totals"] == [
        {"check_id": ERROR, "dataset": "AE", "variables": ["AETERM"], "count": 6},
        {"check_id": NOTE, "dataset": "AE", "variables": ["AETERM"], "count": 1},
    ]
    assert [(f["check_id"], f["row"]) for f in content["findings"]] == [(ERROR, 7), (NOTE, 8)]


def test_the_same_findings_give_the_same_text():
    for write in (findings_csv, findings_json, findings_summary):
        assert write(found(ERROR, WARNING, value="Müller")) == write(
            found(ERROR, WARNING, value="Müller")
        )
