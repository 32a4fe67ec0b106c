"""Findings in a define.xml, a line each with the line of the file."""

from cdisc_tools.metadata.checks import check_of, sentence
from cdisc_tools.model.findings import Findings
from cdisc_tools.reports.findings import totals_line


def define_text(findings: Findings, *, cap: int) -> str:
    """Write findings as ``define.xml:36: error CDT-D012 ...``, in the order of the file.

    Of each check ``cap`` findings are shown and the rest counted.
    """
    shown: dict[str, int] = {}
    lines = []
    for finding in findings:
        shown[finding.check_id] = shown.get(finding.check_id, 0) + 1
        if shown[finding.check_id] <= cap:
            place = f"{finding.cell.file}:{finding.cell.row}" if finding.cell else finding.dataset
            severity = check_of(finding.check_id).severity
            lines.append(f"{place}: {severity} {finding.check_id} {sentence(finding)}")
    for check_id in sorted(name for name, count in shown.items() if count > cap):
        more = shown[check_id] - cap
        lines.append(f"{check_of(check_id).severity} {check_id}: {more} more like these")
    return "\n".join([*lines, totals_line(findings)])
