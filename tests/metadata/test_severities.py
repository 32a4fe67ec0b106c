"""The severity of a check, and wrong tables of severities."""

import pytest

from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.metadata.severities import read_severities, weigh_findings
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Check, Finding, Findings


def check(severity="", authority="CDISC", references=()):
    return Check("CORE-000001", severity, authority, "", "", "", references)


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "severities.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(("rule", "severity"), [
    (check(), "error"), (check("note"), "note"), (check("warning", "FDA"), "warning"),
    (check(authority="FDA"), "error"), (check(authority="PMDA"), "error"),
    (check(authority="sponsor"), "warning"), (check(authority="Acme"), "warning"),
    (check(authority="Acme, CDISC"), "error"), (check(authority="MedDRA"), "warning"),
    (check(authority=""), "warning"),
])  # fmt: skip
def test_without_a_table_its_own_severity_holds_then_the_authoritys(rule, severity):
    assert read_severities(None, {}).of(rule) == severity


@pytest.mark.parametrize(("text", "rule", "severity"), [
    # by id, by the authority's id, the id before the authority
    ("id,severity\nCORE-000001,note", check(), "note"),
    ("id,severity\nCG0176,note", check(references=("CG0175", "CG0176")), "note"),
    ("id,severity\nCORE-000001,note\nCG0176,warning", check(references=("CG0176",)), "warning"),
    ("id,authority,severity\nCORE-000001,,note\n,CDISC,warning", check(), "note"),
    ("id,severity\nCORE-000002,note", check(), "error"),
    # by authority: before the check's own, in any case, the most severe of several
    ("authority,severity\nCDISC,note", check("error"), "note"),
    ("authority,severity\ncdisc,note", check(), "note"),
    ("authority,severity\nCDISC,note\nFDA,warning", check(authority="CDISC, FDA"), "warning"),
    ("authority,severity\nFDA,note", check("error"), "error"),
    ("authority,severity\nsponsor,note", check("error", "Acme"), "note"),
])  # fmt: skip
def test_a_users_table_goes_before(table, text, rule, severity):
    severities = read_severities(table(text), {})
    assert severities.of(rule) == severity
    assert severities.weigh(rule).severity == severity


@pytest.mark.parametrize(("text", "message"), [
    ("id\nCDT-S003", "the header lacks severity"),
    ("id,severity\nCDT-S003,grave", "line 2: severity 'grave'; choose one of error, warning, note"),
    ("id,severity\nCDT-S003,", "line 2: severity ''"),
    ("id,severity\nCDT-S003,note\nCDT-S003,error", "line 3: CDT-S003 stands there twice"),
    ("authority,severity\nFDA,note\nfda,error", "line 3: fda stands there twice"),
    ("id,authority,severity\nCDT-S003,FDA,note", "line 2: give either an id or an authority"),
    ("id,authority,severity\n,,note", "line 2: give either an id or an authority"),
    ("severity\nnote", "line 2: give either an id or an authority"),
    ("id,severity\nCDT-S999,note", "line 2: there is no check 'CDT-S999'"),
    ("authority,severity\nFAD,note", "line 2: authority 'FAD' is not known; known: CDISC, FDA"),
])  # fmt: skip
def test_a_wrong_line_is_named(table, text, message):
    with pytest.raises(ConfigurationError) as caught:
        read_severities(table(text), read_checks())
    assert message in str(caught.value)
    assert str(table(text)) in str(caught.value)


def test_findings_carry_the_checks_that_changed(table):
    findings = Findings(checks={"CORE-000001": check()})
    for check_id in ("CDT-S003", "CDT-S002", "CORE-000001"):
        findings.add(Finding(check_id, "DM"))
    severities = read_severities(table("id,severity\nCDT-S003,note"), read_checks())
    weighed = weigh_findings(findings, severities)
    assert {name: item.severity for name, item in weighed.checks.items()} == {
        "CORE-000001": "error", "CDT-S003": "note",
    }  # fmt: skip
    assert findings.checks["CORE-000001"].severity == ""
