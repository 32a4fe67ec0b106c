"""Findings in a define.xml by check, each with the line of the file."""

from cdisc_tools.metadata.checks import SEVERITIES, check_of, sentence
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.reports.findings import totals_line

# lines of the file that are named of the findings that aren't shown
NAMED = 10
_INDENT = " " * 9


def define_text(findings: Findings, *, cap: int) -> str:
    """Group findings by check: severity, id, count, title; of each the first ``cap`` of the file.

    The lines of the next ones are named (``define.xml:36: ItemDef ...``), the rest counted.
    """
    by_check: dict[str, list[Finding]] = {}
    for finding in findings:
        by_check.setdefault(finding.check_id, []).append(finding)
    order = sorted(by_check, key=lambda name: (SEVERITIES.index(check_of(name).severity), name))
    lines: list[str] = []
    for check_id in order:
        check, found = check_of(check_id), by_check[check_id]
        lines.append(f"{check.severity:<8} {check_id}  {len(found):>6}  {check.title}")
        lines += [f"{_INDENT}{_place(finding)}: {sentence(finding)}" for finding in found[:cap]]
        if len(found) > cap:
            lines.append(f"{_INDENT}{_rest(found[cap:])}")
    return "\n".join([*lines, totals_line(findings)])


def _place(finding: Finding) -> str:
    return f"{finding.cell.file}:{finding.cell.row}" if finding.cell else finding.dataset


def _rest(found: list[Finding]) -> str:
    """Name the first lines of further findings, and how many there are."""
    rows = [str(finding.cell.row) for finding in found if finding.cell]
    shown = ", ".join(rows[:NAMED]) + (", ..." if len(rows) > NAMED else "")
    return f"and {len(found)} more, in line {shown}" if rows else f"and {len(found)} more"
