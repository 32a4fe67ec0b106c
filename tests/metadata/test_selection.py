"""Which checks --select and --ignore choose."""

import pytest

from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.metadata.selection import Selection, select_findings, verify_selection
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Check, Finding, Findings, RuleOutcome

RULES = {
    rule.id: rule
    for rule in (
        Check("CORE-000001", "", "CDISC, FDA", "", "t", "", ("CG0176",)),
        Check("CORE-000002", "", "FDA", "", "t", "", ("FB1234",)),
        Check("CDT-A101", "error", "cdisc_tools", "", "t", ""),
    )
}
ALL = ("CDT-A101", "CORE-000001", "CORE-000002")


@pytest.mark.parametrize(("select", "ignore", "taken"), [
    ((), (), ALL), (("CORE-000001",), (), ("CORE-000001",)),
    (("CDT-A",), (), ("CDT-A101",)), (("CORE-",), (), ("CORE-000001", "CORE-000002")),
    (("CG0176",), (), ("CORE-000001",)), (("CG01",), (), ()),
    (("FDA",), (), ("CORE-000001", "CORE-000002")), (("fda",), (), ("CORE-000001", "CORE-000002")),
    (("CDISC", "CDT-A101"), (), ("CDT-A101", "CORE-000001")), (("PMDA",), (), ()),
    ((), ("FDA",), ("CDT-A101",)), ((), ("CDT-A", "CORE-000001"), ("CORE-000002",)),
    (("FDA",), ("CDISC",), ("CORE-000002",)), (("CORE-000001",), ("CORE-000001",), ()),
])  # fmt: skip
def test_what_is_taken(select, ignore, taken):
    selection = Selection(select, ignore)
    assert tuple(sorted(name for name, rule in RULES.items() if selection.takes(rule))) == taken


def test_findings_totals_checks_and_outcomes_follow():
    findings = Findings(checks=dict(RULES))
    for name in (*RULES, "CDT-S003"):
        findings.add(Finding(name, "DM"))
    findings.outcomes += [RuleOutcome(name, "DM", "ran") for name in RULES]
    findings.outcomes.append(RuleOutcome("CORE-000009", "DM", "broken"))
    taken = select_findings(findings, Selection(("FDA", "CDT-S", "CORE-000009"), ("CORE-000001",)))
    assert [item.check_id for item in taken] == ["CORE-000002", "CDT-S003"]
    assert {name for name, _, _ in taken.totals} == {"CORE-000002", "CDT-S003"}
    assert set(taken.checks) == {"CORE-000002"}
    # a rule that could not even be read is known by its id alone
    assert [item.rule_id for item in taken.outcomes] == ["CORE-000002", "CORE-000009"]
    assert len(findings) == 4


@pytest.mark.parametrize(("select", "ignore"), [
    (("CDT-S003",), ()), (("CDT-",), ("CDT-S",)), (("FDA",), ()), (("pmda",), ("CDISC",)),
])  # fmt: skip
def test_known_words(select, ignore):
    verify_selection(Selection(select, ignore), read_checks())


@pytest.mark.parametrize(("select", "ignore", "message"), [
    (("CDT-S999",), (), "--select 'CDT-S999' is no id of a check or rule"),
    ((), ("FAD",), "--ignore 'FAD' is no id"), (("CDT-S00",), ("CDT-S033",), "--ignore 'CDT-S033'"),
    (("",), (), "--select '' is no id"), (("CDISK",), (), "did you mean CDISC?"),
])  # fmt: skip
def test_an_unknown_word_is_named(select, ignore, message):
    with pytest.raises(ConfigurationError) as caught:
        verify_selection(Selection(select, ignore), read_checks())
    assert message in str(caught.value)
