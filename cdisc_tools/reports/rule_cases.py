"""Outcomes of rules on their cases, as text, CSV and JSON."""

import csv
import io
import json
from collections.abc import Sequence

from cdisc_tools.model.rule_cases import STATUSES, CaseOutcome, ResultLine

_SHOWN = 3


def write_outcomes(outcomes: Sequence[CaseOutcome], form: str) -> str:
    """Write the outcomes of cases in a form: text, csv or json."""
    writers = {"text": outcomes_text, "csv": outcomes_csv, "json": outcomes_json}
    return writers[form](outcomes)


def outcome_counts(outcomes: Sequence[CaseOutcome]) -> dict[str, int]:
    """Count the cases by status."""
    return {status: sum(outcome.status == status for outcome in outcomes) for status in STATUSES}


def outcomes_text(outcomes: Sequence[CaseOutcome]) -> str:
    """Write a line a rule, the difference of each case that is not exact, and the totals."""
    by_rule: dict[str, list[CaseOutcome]] = {}
    for outcome in outcomes:
        by_rule.setdefault(outcome.rule_id, []).append(outcome)
    lines = []
    for rule_id, cases in by_rule.items():
        counts = ", ".join(
            f"{number} {status}" for status, number in outcome_counts(cases).items() if number
        )
        lines.append(f"{rule_id}  {counts}")
        for case in cases:
            if case.status != "exact":
                lines += [f"  {case.case} {case.status}", *map("    {}".format, _difference(case))]
    totals = outcome_counts(outcomes)
    named = ", ".join(f"{number} {status}" for status, number in totals.items())
    share = totals["exact"] / len(outcomes) if outcomes else 0.0
    lines.append(f"{len(by_rule)} rules, {len(outcomes)} cases: {named} ({share:.1%} exact)")
    return "\n".join(lines) + "\n"


def _difference(case: CaseOutcome) -> list[str]:
    shown = [f"expected, not found: {_line(line)}" for line in case.absent[:_SHOWN]]
    shown += [f"found, not expected: {_line(line)}" for line in case.surplus[:_SHOWN]]
    rest = max(len(case.absent) - _SHOWN, 0) + max(len(case.surplus) - _SHOWN, 0)
    if rest:
        shown.append(f"and {rest} lines more")
    return shown + [f"note: {reason}" for reason in case.reasons[:_SHOWN]]


def _line(line: ResultLine) -> str:
    record = f" record {line.record}" if line.record else ""
    return f"{line.dataset}{record} {line.variable}={line.value!r}"


def outcomes_csv(outcomes: Sequence[CaseOutcome]) -> str:
    """Write a line a case: rule, case, status, how many lines differ."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["rule_id", "case", "status", "absent", "surplus", "reasons"])
    for item in outcomes:
        reasons = " | ".join(item.reasons)
        writer.writerow(
            [item.rule_id, item.case, item.status, len(item.absent), len(item.surplus), reasons]
        )
    return stream.getvalue()


def outcomes_json(outcomes: Sequence[CaseOutcome]) -> str:
    """Write the totals and every case with its differing lines."""
    content = {
        "totals": outcome_counts(outcomes),
        "cases": [
            {
                "rule_id": item.rule_id,
                "case": item.case,
                "status": item.status,
                "absent": [vars(line) for line in item.absent],
                "surplus": [vars(line) for line in item.surplus],
                "reasons": list(item.reasons),
            }
            for item in outcomes
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
