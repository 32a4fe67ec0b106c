"""Accepted findings: the file that holds them, and what is new or stale beside them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cdisc_tools.metadata.identity import finding_identity
from cdisc_tools.metadata.resources import read_cells
from cdisc_tools.model.baseline import BaselineEntry, Identity
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Finding, Findings

IDENTITY_COLUMNS = ("check_id", "dataset", "variables", "key", "values")
BASELINE_COLUMNS = (*IDENTITY_COLUMNS, "count", "explanation", "owner")
STALE = "CDT-M019"
# a report puts an apostrophe before what might be read as a formula
_QUOTED = ("'=", "'+", "'-", "'@", "'\t")


@dataclass(frozen=True)
class Comparison:
    """Findings beside a baseline: those that are new, and entries found less often than accepted.

    ``accepted`` counts the findings that are left out, ``unexplained`` the entries that accept
    them without an explanation; ``stale`` pairs an entry with how often it was missed.
    """

    new: Findings
    accepted: int
    unexplained: int
    stale: tuple[tuple[BaselineEntry, int], ...]


def read_baseline(path: Path) -> list[BaselineEntry]:
    """Read accepted findings from a CSV file; no ``count`` is 1.

    Raises ConfigurationError with file and line for a count that is no number above 0, and for a
    finding that stands there twice.
    """
    entries: dict[Identity, BaselineEntry] = {}
    for number, cells in read_cells(path, BASELINE_COLUMNS):
        check_id, dataset, variables, key, values, counted, explanation, owner = map(_text, cells)
        identity = (check_id, dataset, variables, key, values)
        count = counted.strip() or "1"
        if not (count.isascii() and count.isdigit() and int(count)):
            raise ConfigurationError(f"{path} line {number}: count '{count}' is no number above 0")
        if identity in entries:
            raise ConfigurationError(
                f"{path} line {number}: this finding stands there twice; join the two lines, with "
                "the sum of their counts"
            )
        entries[identity] = BaselineEntry(identity, int(count), explanation, owner)
    return list(entries.values())


def _text(cell: str) -> str:
    return cell[1:] if cell.startswith(_QUOTED) else cell


def compare_baseline(
    findings: Findings,
    entries: Iterable[BaselineEntry],
    looked_at: Callable[[BaselineEntry], bool],
) -> Comparison:
    """Leave out the findings that entries accept, each as often as its count says.

    Of findings that are alike the first ones are accepted. An entry that was not ``looked_at``,
    since its check or dataset was left out this time, is not stale. ``findings`` must hold all
    findings, none cut off by a cap: what is only counted is not accepted.
    """
    known = {entry.identity: entry for entry in entries}
    room = {identity: entry.count for identity, entry in known.items()}
    new: list[Finding] = []
    taken: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    for finding in findings:
        identity = finding_identity(finding)
        if room.get(identity, 0) > 0:
            room[identity] -= 1
            taken[finding.check_id, finding.dataset, finding.variables] += 1
        else:
            new.append(finding)
    totals = {key: count - taken[key] for key, count in findings.totals.items()}
    used = [entry for name, entry in known.items() if room[name] < entry.count]
    return Comparison(
        replace(findings, records=new, totals={key: n for key, n in totals.items() if n > 0}),
        taken.total(),
        sum(not entry.explanation.strip() for entry in used),
        tuple(
            (entry, room[name]) for name, entry in known.items() if room[name] and looked_at(entry)
        ),
    )


def renew_baseline(
    findings: Findings,
    entries: Iterable[BaselineEntry],
    looked_at: Callable[[BaselineEntry], bool],
) -> list[BaselineEntry]:
    """Give a baseline that accepts all findings, sorted: explanations and owners stay.

    Stale entries are dropped, but for those that were not looked at.
    """
    known = {entry.identity: entry for entry in entries}
    renewed = {name: entry for name, entry in known.items() if not looked_at(entry)}
    for identity, count in Counter(map(finding_identity, findings)).items():
        renewed[identity] = replace(known.get(identity) or BaselineEntry(identity), count=count)
    return [renewed[identity] for identity in sorted(renewed)]


def stale_findings(stale: Iterable[tuple[BaselineEntry, int]]) -> Iterator[Finding]:
    """Tell stale entries as notes, sorted by what they accept."""
    for entry, missed in sorted(stale, key=lambda item: item[0].identity):
        check_id, dataset, variables, key, values = entry.identity
        place = "; ".join(text for text in (key, values) if text)
        often = f" ({missed} of {entry.count} times)" if missed < entry.count else ""
        detail = f"{check_id}{f': {place}' if place else ''}{often}"
        yield Finding(STALE, dataset, tuple(variables.split()), detail=detail)
