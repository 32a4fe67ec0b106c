"""A validation as the sheets of a workbook, ordered as reviewers know it."""

from collections import Counter

from cdisc_tools import __version__
from cdisc_tools.metadata.checks import SEVERITIES, check_of, sentence
from cdisc_tools.model.findings import Check, Finding
from cdisc_tools.model.sheets import Row, Sheet
from cdisc_tools.model.validation import Validation
from cdisc_tools.reports.findings import severity_counts
from cdisc_tools.reports.outcomes import rule_counts, rule_statuses
from cdisc_tools.reports.overview import used_checks

# rows of a sheet below its header
MAX_ROWS = 1_048_575


def validation_sheets(validation: Validation) -> tuple[Sheet, ...]:
    """Give the summary, the datasets, the issues by dataset and rule, each finding, the rules."""
    return (
        Sheet("Validation Summary", ("Item", "Value"), _summary(validation)),
        Sheet(
            "Dataset Summary",
            ("Dataset", "File", "Records", "Errors", "Warnings", "Notes"),
            _datasets(validation),
        ),
        Sheet(
            "Issue Summary",
            ("Dataset", "Rule", "Authority ID", "Authority", "Severity", "Issue", "Found"),
            _issues(validation),
        ),
        Sheet(
            "Details",
            ("Dataset", "Record", "Variables", "Values", "Key", "Rule", "Authority ID", "Severity",
             "Message", "Remedy"),
            [_detail(item, validation) for item in validation.findings.records[:MAX_ROWS]],
        ),
        Sheet(
            "Rules",
            ("Rule", "Authority ID", "Authority", "Severity", "Issue", "Remedy", "Status",
             "Reason", "Found"),
            _rules(validation),
        ),
    )  # fmt: skip


def _summary(validation: Validation) -> list[Row]:
    findings = validation.findings
    rows: list[Row] = [("Program", f"cdisc_tools {__version__}")]
    rows += validation.standards
    rows += [
        ("Datasets", len(validation.datasets)),
        ("Records", sum(item.records for item in validation.datasets)),
    ]
    rows += [(f"{name.capitalize()}s", count) for name, count in severity_counts(findings).items()]
    rows.append(("Findings listed in Details", min(len(findings.records), MAX_ROWS)))
    if findings.outcomes:
        counts = rule_counts(findings.outcomes)
        rows += [(f"Rules {status}", count) for status, count in counts.items()]
    if validation.baseline is not None:
        use = validation.baseline
        rows += [
            ("Baseline", use.file),
            ("Findings accepted by the baseline", use.accepted),
            ("Baseline entries without an explanation", use.unexplained),
            ("Baseline entries no longer found", use.stale),
        ]
    return rows


def _datasets(validation: Validation) -> list[Row]:
    """The datasets read, and those that findings name beside them."""
    findings = validation.findings
    counts: Counter[tuple[str, str]] = Counter()
    for (check_id, dataset, _), count in findings.totals.items():
        counts[dataset, check_of(check_id, findings.checks).severity] += count
    read = {item.name: item for item in validation.datasets}
    return [
        (
            name,
            read[name].file if name in read else "",
            read[name].records if name in read else "",
            *(counts[name, severity] for severity in SEVERITIES),
        )
        for name in sorted({*read, *(dataset for dataset, _ in counts)})
    ]


def _issues(validation: Validation) -> list[Row]:
    findings = validation.findings
    counts: Counter[tuple[str, str]] = Counter()
    for (check_id, dataset, _), count in findings.totals.items():
        counts[dataset, check_id] += count
    rows: list[Row] = []
    for (dataset, check_id), count in sorted(counts.items()):
        check = check_of(check_id, findings.checks)
        rows.append((dataset, *_named(check), check.severity, check.title, count))
    return rows


def _detail(finding: Finding, validation: Validation) -> Row:
    check = check_of(finding.check_id, validation.findings.checks)
    return (
        finding.dataset,
        finding.record or "",
        ", ".join(finding.variables),
        ", ".join(finding.values),
        "; ".join(f"{name}={value}" for name, value in finding.key),
        check.id,
        ", ".join(check.references),
        check.severity,
        sentence(finding, validation.findings.checks),
        check.remedy,
    )


def _rules(validation: Validation) -> list[Row]:
    """Each rule that was asked for and each check that found, with what became of it."""
    findings = validation.findings
    counts: Counter[str] = Counter()
    for (check_id, _, _), count in findings.totals.items():
        counts[check_id] += count
    statuses = rule_statuses(findings.outcomes)
    reasons: dict[str, list[str]] = {}
    for outcome in findings.outcomes:
        if outcome.status == statuses[outcome.rule_id] and outcome.reason:
            reasons.setdefault(outcome.rule_id, []).append(outcome.reason)
    checks = used_checks(findings)
    rows: list[Row] = []
    for name in sorted({*checks, *statuses}):
        check = checks.get(name) or Check(name, "", "", "", "", "")
        why = "; ".join(dict.fromkeys(reasons.get(name, ())))
        rows.append(
            (*_named(check), check.severity, check.title, check.remedy,
             statuses.get(name, "ran"), why, counts[name])
        )  # fmt: skip
    return rows


def _named(check: Check) -> tuple[str, str, str]:
    return check.id, ", ".join(check.references), check.authority
