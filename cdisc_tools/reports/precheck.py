"""What a pre-check found, as text and JSON: ready or not, and what rejects."""

from cdisc_tools import __version__
from cdisc_tools.metadata.checks import check_of, sentence
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.submission import PackageCheck
from cdisc_tools.reports.findings import findings_content, json_text, severity_counts, totals_line

_ERROR = "error"
_SHOWN = 10


def is_ready(check: PackageCheck) -> bool:
    """True for a package that nothing rejects."""
    return not severity_counts(check.findings)[_ERROR]


def precheck_text(check: PackageCheck) -> str:
    """Say ready or not, then each fault with its id, the authority's, the file and the remedy.

    Faults that reject come first; of one check in one file some are shown, and all counted.
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
    """The findings of a severity, those of one check and file together."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if check_of(finding.check_id, findings.checks).severity == severity:
            groups.setdefault((finding.check_id, _file(finding)), []).append(finding)
    lines: list[str] = []
    for (check_id, file), found in groups.items():
        check = check_of(check_id, findings.checks)
        ids = " ".join(dict.fromkeys((check_id, *check.references)))
        lines += ["", f"{severity:<8} {ids}  {check.authority}  {file}"]
        lines += [f"         {sentence(finding, findings.checks)}" for finding in found[:_SHOWN]]
        if len(found) > _SHOWN:
            lines.append(f"         ... and {len(found) - _SHOWN} more")
        lines.append(f"         Remedy: {check.remedy}")
    return lines


def _file(finding: Finding) -> str:
    return finding.cell.file if finding.cell else finding.dataset


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
