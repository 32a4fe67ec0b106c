"""What became of the rules that were asked for: how many ran, and why the others did not."""

import re
from collections.abc import Iterable, Sequence

from cdisc_tools.model.findings import RuleOutcome

RAN, SKIPPED, BROKEN = "ran", "skipped", "broken"
_NAMED = 5
_REASONS = 10
# a variable or dataset in a reason
_NAME = re.compile(r"(?<![\w-])(?:--)?[A-Z][A-Z0-9]+\b")


def rule_statuses(outcomes: Iterable[RuleOutcome]) -> dict[str, str]:
    """The status of each rule: broken where it broke once, else ran where it ran once."""
    statuses: dict[str, str] = {}
    order = (SKIPPED, RAN, BROKEN)
    for outcome in outcomes:
        known = statuses.get(outcome.rule_id, SKIPPED)
        statuses[outcome.rule_id] = max(known, outcome.status, key=order.index)
    return dict(sorted(statuses.items()))


def rule_counts(outcomes: Iterable[RuleOutcome]) -> dict[str, int]:
    """Count rules by status: ran, skipped, broken."""
    statuses = list(rule_statuses(outcomes).values())
    return {status: statuses.count(status) for status in (RAN, SKIPPED, BROKEN)}


def outcomes_summary(outcomes: Sequence[RuleOutcome]) -> str:
    """Count rules by status, then the reasons, each with the rules that it kept from running.

    A rule that ran on some datasets and was skipped on others ran: its reasons are not listed.
    Of a rule that was skipped everywhere the first reason counts; reasons that differ in the
    names of variables alone are one. "" where no rule was asked for.
    """
    if not outcomes:
        return ""
    counts = rule_counts(outcomes)
    named = ", ".join(f"{count} {status}" for status, count in counts.items())
    lines = [f"Rules: {sum(counts.values())} asked for, {named}"]
    for status in (BROKEN, SKIPPED):
        reasons = _reasons(outcomes, status)
        for reason, rules in reasons[:_REASONS]:
            shown = ", ".join(rules[:_NAMED]) + (", ..." if len(rules) > _NAMED else "")
            lines.append(f"  {status:<8} {len(rules):>4}  {reason or 'no reason given'} ({shown})")
        if len(reasons) > _REASONS:
            lines.append(f"  {status:<14}and for {len(reasons) - _REASONS} other reasons")
    return "\n".join(lines)


def _reasons(outcomes: Iterable[RuleOutcome], status: str) -> list[tuple[str, list[str]]]:
    """Each reason with its rules, the reason of most rules first."""
    outcomes = list(outcomes)
    statuses = rule_statuses(outcomes)
    first: dict[str, str] = {}
    for outcome in outcomes:
        if outcome.status == status == statuses[outcome.rule_id]:
            first.setdefault(outcome.rule_id, outcome.reason)
    rules: dict[str, list[str]] = {}
    for name, reason in sorted(first.items()):
        shown = _NAME.sub("...", reason) if status == SKIPPED else reason
        rules.setdefault(shown, []).append(name)
    return sorted(rules.items(), key=lambda item: (-len(item[1]), item[0]))
