"""A validation as text and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict

from cdisc_tools import __version__
from cdisc_tools.metadata.baseline import STALE
from cdisc_tools.metadata.checks import check_of, sentence
from cdisc_tools.model.findings import Check, Findings
from cdisc_tools.model.validation import Validation
from cdisc_tools.reports.findings import findings_content, findings_summary, json_text
from cdisc_tools.reports.outcomes import outcomes_summary, rule_counts

EXAMPLES = 3
STALE_SHOWN = 10


def validation_text(validation: Validation) -> str:
    """The datasets read, the standards, the findings by check with the first of each, rules, and
    the baseline.
    """
    read = ", ".join(f"{item.name} {item.records}" for item in validation.datasets)
    head = f"Validated {len(validation.datasets)} datasets (records): {read}"
    if validation.standards:
        held = ", ".join(f"{name} {version}" for name, version in validation.standards)
        head += f"\nHeld to {held}"
    parts = [
        head,
        findings_summary(validation.findings, EXAMPLES, whole="a report of --format json"),
        outcomes_summary(validation.findings.outcomes),
        _baseline_text(validation),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _baseline_text(validation: Validation) -> str:
    use = validation.baseline
    if use is None:
        return ""
    text = f"Baseline {use.file}: {use.accepted} findings accepted and not listed"
    if use.unexplained:
        text += f", {use.unexplained} of its lines without an explanation"
    if use.stale:
        text += f"; {use.stale} of its lines stale:"
    rules = validation.findings.checks
    stale = [item for item in validation.findings if item.check_id == STALE]
    lines = [f"  {sentence(item, rules)}" for item in stale[:STALE_SHOWN]]
    if len(stale) > STALE_SHOWN:
        lines.append("  ...")
    return "\n".join([text, *lines])


def validation_json(validation: Validation) -> str:
    """Everything a validation gave: datasets, checks, outcomes of rules, totals and findings."""
    findings = validation.findings
    head: dict[str, object] = {
        "tool": {"name": "cdisc_tools", "version": __version__},
        "standards": dict(validation.standards),
        "datasets": [asdict(item) for item in validation.datasets],
    }
    rules = {
        "counts": rule_counts(findings.outcomes),
        "outcomes": [asdict(item) for item in findings.outcomes],
    }
    tail = {
        "rules": rules,
        "baseline": asdict(validation.baseline) if validation.baseline else None,
        "checks": {name: _check_content(check) for name, check in used_checks(findings).items()},
    }
    return json_text(head | tail | findings_content(findings))


def used_checks(findings: Findings) -> Mapping[str, Check]:
    """The checks that found something, and the rules that were asked for as far as known."""
    found = {check_id for check_id, _, _ in findings.totals}
    asked = {outcome.rule_id for outcome in findings.outcomes} & set(findings.checks)
    return {name: check_of(name, findings.checks) for name in sorted(found | asked)}


def _check_content(check: Check) -> dict[str, object]:
    return {
        "severity": check.severity,
        "authority": check.authority,
        "references": list(check.references),
        "title": check.title,
        "remedy": check.remedy,
    }
