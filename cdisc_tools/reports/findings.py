"""Findings as text, CSV, JSON and JSON lines."""

import csv
import io
import json
import textwrap
from collections import defaultdict
from collections.abc import Mapping

from cdisc_tools.metadata.checks import SEVERITIES, check_of, sentence
from cdisc_tools.model.findings import Check, Finding, Findings
from cdisc_tools.reports.tables import inert

LONGEST = 170
COLUMNS = (
    "check_id", "severity", "authority", "references", "dataset", "variables", "values", "key",
    "record", "file", "sheet", "row", "column", "cell", "detail", "message", "remedy",
)  # fmt: skip


def severity_counts(findings: Findings) -> dict[str, int]:
    """Count findings by severity, those past the cap included."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for (check_id, _, _), count in findings.totals.items():
        counts[check_of(check_id, findings.checks).severity] += count
    return counts


def findings_summary(findings: Findings, examples: int = 1, *, whole: str = "findings.json") -> str:
    """Group findings by check: severity, id, count, title; examples of all but the notes.

    It says so when findings past the cap of a check were only counted; ``whole`` is what has the
    totals, such as a file that the command writes.
    """
    totals: dict[str, int] = defaultdict(int)
    for (check_id, _, _), count in findings.totals.items():
        totals[check_id] += count
    shown: dict[str, list[Finding]] = defaultdict(list)
    for finding in _most_telling(findings):
        if len(shown[finding.check_id]) < examples:
            shown[finding.check_id].append(finding)
    checks = {name: check_of(name, findings.checks) for name in totals}
    order = sorted(totals, key=lambda name: (SEVERITIES.index(checks[name].severity), name))
    lines = []
    for check_id in order:
        check = checks[check_id]
        lines.append(f"{check.severity:<8} {check_id}  {totals[check_id]:>6}  {check.title}")
        if check.severity != "note":
            lines += [
                f"{'':9}e.g. {_one_line(finding, findings.checks)}" for finding in shown[check_id]
            ]
    lines.append(totals_line(findings))
    if len(findings.records) < len(findings):
        lines.append(
            f"{len(findings.records)} of them are listed one by one: the first ones of each check "
            f"and variable of a dataset; {whole} has all totals"
        )
    return "\n".join(lines)


def totals_line(findings: Findings) -> str:
    """How many findings there are, by severity."""
    counts = severity_counts(findings)
    named = ", ".join(f"{number} {name}{'s' * (number != 1)}" for name, number in counts.items())
    return f"{len(findings)} findings: {named}"


def _most_telling(findings: Findings) -> list[Finding]:
    """The first finding of each variable and of each value come before those that repeat them."""
    seen: set[tuple[object, ...]] = set()
    ranked: list[tuple[int, int, Finding]] = []
    for place, finding in enumerate(findings):
        variable = (finding.check_id, finding.dataset, finding.variables)
        value = (*variable, finding.values)
        ranked.append((2 - (value not in seen) - (variable not in seen), place, finding))
        seen |= {variable, value}
    return [finding for _, _, finding in sorted(ranked, key=lambda item: item[:2])]


def _one_line(finding: Finding, rules: Mapping[str, Check]) -> str:
    return textwrap.shorten(sentence(finding, rules), LONGEST, placeholder=" ...")


def findings_csv(findings: Findings) -> str:
    """Write one line a finding; what might be read as a formula is quoted with an apostrophe."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for finding in findings:
        fields = {
            name: inert(str(text)) for name, text in _fields(finding, findings.checks).items()
        }
        writer.writerow(fields)
    return stream.getvalue()


def findings_json(findings: Findings) -> str:
    """Write findings with the totals of each check, dataset and variables."""
    return json_text(findings_content(findings))


def findings_ndjson(findings: Findings) -> str:
    """Write one JSON object a line for each finding kept, with the fields of ``findings_json``."""
    records = (_record(finding, findings.checks) for finding in findings)
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)


def findings_content(findings: Findings) -> dict[str, object]:
    """The findings as JSON has them: counts by severity, totals, and those kept one by one."""
    totals = [
        {"check_id": check_id, "dataset": dataset, "variables": list(variables), "count": count}
        for (check_id, dataset, variables), count in findings.totals.items()
    ]
    return {
        "summary": severity_counts(findings),
        "totals": totals,
        "findings": [_record(finding, findings.checks) for finding in findings],
    }


def json_text(content: dict[str, object]) -> str:
    """Write JSON as every report of ours does."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _record(finding: Finding, rules: Mapping[str, Check]) -> dict[str, object]:
    """A finding with lists as lists; what is not known is null."""
    check = check_of(finding.check_id, rules)
    cell = finding.cell
    return {
        "check_id": finding.check_id,
        "severity": check.severity,
        "authority": check.authority,
        "references": list(check.references),
        "dataset": finding.dataset,
        "variables": list(finding.variables),
        "values": list(finding.values),
        "key": dict(finding.key),
        "record": finding.record,
        "file": cell.file if cell else None,
        "sheet": cell.sheet if cell else None,
        "row": (cell.row or None) if cell else None,
        "column": cell.column if cell else None,
        "cell": cell.address if cell else None,
        "detail": finding.detail,
        "message": sentence(finding, rules),
        "remedy": check.remedy,
    }


def _fields(finding: Finding, rules: Mapping[str, Check]) -> dict[str, object]:
    """A finding as a line of a table: lists are joined, what is not known is empty."""
    joined = {
        "references": " ".join(check_of(finding.check_id, rules).references),
        "variables": " ".join(finding.variables),
        "values": " | ".join(finding.values),
        "key": "; ".join(f"{name}={value}" for name, value in finding.key),
    }
    known = _record(finding, rules) | joined
    return {name: "" if value is None else value for name, value in known.items()}
