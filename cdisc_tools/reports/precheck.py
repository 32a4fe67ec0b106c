"""What a pre-check found, as text and JSON: ready or not, and what rejects."""

from cdisc_tools import __version__
from cdisc_tools.metadata.checks import check_of, sentence
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.submission import PackageCheck
from cdisc_tools.reports.findings import findings_content, json_text, severity_counts, totals_line

_ERROR = "error"
_SHOWN = 25


def is_ready(check: PackageCheck) -> bool:
    """True for a package that nothing rejects."""
    return not severity_counts(check.findings)[_ERROR]


def precheck_text(check: PackageCheck) -> str:
    """Say ready or not, then the faults by check, with the authority's id, each with its file, and
    what to do.

    Faults that reject come first; of one check some are shown, and all counted.
    """
    findings = check.findings
    counts = severity_counts(findings)
    ready = is_ready(check)
    looked_at = f"{check.folder}: {check.files} files of {', '.join(check.studies)}"
    verdict = "Ready" if ready else f"Not ready: {counts[_ERROR]} faults reject the package"
    if counts[_ERROR] == 1:
        verdict = "Not ready: 1 fault rejects the package"
    lines = [verdict, looked_at]
    for severity in (_ERROR, "warning", "note"):
        lines += _lines(findings, severity)
    if len(findings):
        lines += ["", totals_line(findings)]
    return "\n".join(lines) + "\n"


def _lines(findings: Findings, severity: str) -> list[str]:
    """The findings of a severity by check, each with its file."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if check_of(finding.check_id, findings.checks).severity == severity:
            groups.setdefault(finding.check_id, []).append(finding)
    lines: list[str] = []
    for check_id, found in groups.items():
        check = check_of(check_id, findings.checks)
        ids = " ".join(dict.fromkeys((check_id, *check.references)))
        lines += ["", f"{severity:<8} {ids}  {check.title.rstrip('.')} ({check.authority})"]
        lines += [f"         {_sentence(finding, findings)}" for finding in found[:_SHOWN]]
        if len(found) > _SHOWN:
            lines.append(f"         ... and {len(found) - _SHOWN} more")
        lines.append(f"         Remedy: {check.remedy}")
    return lines


def _sentence(finding: Finding, findings: Findings) -> str:
    """A finding as a sentence that begins with its file."""
    text = sentence(finding, findings.checks)
    file = finding.cell.file if finding.cell else finding.dataset
    return text if text.startswith(file) else f"{file}: {text}"


def precheck_json(check: PackageCheck) -> str:
    """Everything that a pre-check found."""
    head: dict[str, object] = {
        "tool": {"name": "cdisc_tools", "version": __version__},
        "ready": is_ready(check),
        "folder": check.folder,
        "studies": list(check.studies),
        "files": check.files,
    }
    return json_text(head | findings_content(check.findings))
