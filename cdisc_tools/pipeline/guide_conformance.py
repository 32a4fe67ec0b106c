"""Sections of the reviewer's guides: how conformance was checked, and what was found."""

from collections import Counter
from collections.abc import Iterable

from cdisc_tools import __version__
from cdisc_tools.metadata.checks import SEVERITIES, check_of
from cdisc_tools.metadata.identity import finding_identity
from cdisc_tools.model.documents import TO_COMPLETE, Paragraph, Table
from cdisc_tools.model.findings import Findings
from cdisc_tools.pipeline.guide_facts import Blocks, GuideFacts, not_at_hand
from cdisc_tools.reports.outcomes import rule_counts

_OPEN = f"{TO_COMPLETE}explanation"
_DATASETS_SHOWN = 8


def inputs(facts: GuideFacts) -> Blocks:
    """Tell what the datasets were checked by."""
    counts = rule_counts(facts.validation.findings.outcomes)
    rows = [
        ("Program", f"cdisc_tools {__version__}"),
        *facts.validation.standards,
        ("Conformance rules", f"{counts['ran']} ran, {counts['skipped']} were for other datasets, "
                              f"{counts['broken']} could not be judged"),
        ("Accepted findings", f"{len(facts.entries)} of the baseline" if facts.entries else
                              "no baseline was given"),
    ]  # fmt: skip
    yield Table(("What", "Version"), tuple(rows), (1, 3))


def issues(facts: GuideFacts) -> Blocks:
    """List the checks that found something: how often, where, how severe, and why it stays."""
    findings = facts.validation.findings
    counts, datasets = _by_check(findings)
    if not counts:
        yield Paragraph("No check found anything.")
        return
    explained = _explanations(facts)
    rows = []
    for check_id in _by_severity(counts, findings):
        check = check_of(check_id, findings.checks)
        ids = " ".join(dict.fromkeys((check_id, *check.references)))
        named = sorted(datasets[check_id] - {""})
        shown = ", ".join(named[:_DATASETS_SHOWN])
        if len(named) > _DATASETS_SHOWN:
            shown += f" and {len(named) - _DATASETS_SHOWN} more"
        rows.append((ids, check.severity, check.title, shown, str(counts[check_id]),
                     explained.get(check_id, _OPEN)))  # fmt: skip
    yield Paragraph(f"{len(findings)} findings of {len(rows)} checks:")
    header = ("Check", "Severity", "Issue", "Datasets", "Count", "Explanation")
    yield Table(header, tuple(rows), (14, 10, 36, 22, 7, 30))


def _by_check(findings: Findings) -> tuple[Counter[str], dict[str, set[str]]]:
    counts: Counter[str] = Counter()
    datasets: dict[str, set[str]] = {}
    for (check_id, dataset, _), count in findings.totals.items():
        counts[check_id] += count
        datasets.setdefault(check_id, set()).add(dataset)
    return counts, datasets


def _by_severity(names: Iterable[str], findings: Findings) -> list[str]:
    """Sort checks, the most severe first."""
    return sorted(
        names,
        key=lambda name: (SEVERITIES.index(check_of(name, findings.checks).severity), name),
    )


def _explanations(facts: GuideFacts) -> dict[str, str]:
    """The explanations of the accepted findings of each check, and of how many of them."""
    room = {entry.identity: entry for entry in facts.entries}
    left = {identity: entry.count for identity, entry in room.items()}
    explained: dict[str, Counter[str]] = {}
    found: Counter[str] = Counter()
    for finding in facts.validation.findings:
        found[finding.check_id] += 1
        identity = finding_identity(finding)
        if left.get(identity, 0) > 0:
            left[identity] -= 1
            text = room[identity].explanation.strip()
            if text:
                explained.setdefault(finding.check_id, Counter())[text] += 1
    texts = {}
    for check_id, counter in explained.items():
        open_ones = found[check_id] - sum(counter.values())
        told = [text if count == found[check_id] else f"{text} ({count})"
                for text, count in counter.items()]  # fmt: skip
        rest = f"{_OPEN} of {open_ones}; " if open_ones else ""
        texts[check_id] = rest + "; ".join(told)
    return texts


def raw_faults(facts: GuideFacts) -> Blocks:
    """List the faults that were found in the collected data, and what became of them."""
    if facts.run is None:
        yield from not_at_hand("Which faults the collected data have")
        return
    yield Paragraph(
        "The collected data have these faults. A value that can't be read is missing in the "
        "datasets, and kept in the list of findings with its cell."
    )
    yield from _listed(facts.run.conversion.findings)


def derivation_faults(facts: GuideFacts) -> Blocks:
    """List what was found while the analysis datasets were derived."""
    if facts.run is None or facts.run.derivation is None:
        yield from not_at_hand("What was found in the derivation")
        return
    yield from _listed(facts.run.derivation.findings)


def _listed(findings: Findings) -> Blocks:
    counts, _ = _by_check(findings)
    if not counts:
        yield Paragraph("Nothing was found.")
        return
    rows = []
    for check_id in _by_severity(counts, findings):
        check = check_of(check_id, findings.checks)
        rows.append((check_id, check.severity, check.title, str(counts[check_id]), check.remedy))
    yield Table(("Check", "Severity", "Fault", "Count", "Remedy"), tuple(rows), (1, 1, 3, 1, 5))
