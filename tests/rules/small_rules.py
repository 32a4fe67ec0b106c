"""Rules of a few words, and what they find."""

import json

from cdisc_tools.model.rules import Rule
from cdisc_tools.rules.datasets import RuleDataset
from cdisc_tools.rules.loader import read_rule
from cdisc_tools.rules.runner import Judged, run_rule
from cdisc_tools.rules.study import RuleStudy

BASE = {
    "Core": {"Id": "T-1"}, "Rule Type": "Record Data", "Sensitivity": "Record", "Scope": {},
    "Outcome": {"Message": "It is wrong."},
}  # fmt: skip


def condition(text):
    """``AESER equal_to Y`` as a condition; what is no text is one already."""
    if not isinstance(text, str):
        return {kind: [condition(item) for item in inner] for kind, inner in text.items()}
    name, operator, *value = text.split(maxsplit=2)
    return {"name": name, "operator": operator} | ({"value": value[0]} if value else {})


def rule(check, *, message="", output=(), **parts) -> Rule:
    """Make a rule: a check such as ``{"all": ["AESER equal_to Y"]}``, and further keys of its file
    by name (``match_datasets``).
    """
    content = BASE | {"Check": condition(check)}
    outcome = {"Message": message or "It is wrong."} | (
        {"Output Variables": output} if output else {}
    )
    content |= {"Outcome": outcome}
    content |= {name.replace("_", " ").title(): value for name, value in parts.items()}
    return read_rule(json.dumps(content), "rule.yml")


def judged(of: Rule, *datasets: RuleDataset, limit=None) -> list[Judged]:
    """Judge datasets, the first alone, by a rule."""
    study = RuleStudy(datasets, judged=frozenset({datasets[0].whole_name}))
    return run_rule(of, study, limit=limit)


def issues(of: Rule, *datasets: RuleDataset, limit=None):
    """What a rule finds in the first of some datasets: record and values."""
    (found,) = judged(of, *datasets, limit=limit)
    assert found.status == "ran", found.reason
    return [(item.record, *item.values) for item in found.issues]
