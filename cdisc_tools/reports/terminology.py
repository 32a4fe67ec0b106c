"""Versions, terms and changes of the terminology as text, CSV and JSON."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from cdisc_tools.model.terminology import Holding, TermChange, TermHit, TerminologyDiff
from cdisc_tools.reports.tables import inert

HOLDING_COLUMNS = ("date", "package", "codelists", "terms", "origin", "file")
HIT_COLUMNS = (
    "short_name", "codelist", "extensible", "term", "submission_value", "preferred_term", "how",
)  # fmt: skip
CHANGE_COLUMNS = (
    "kind", "short_name", "codelist", "term", "old", "new", "dataset", "variable", "value",
    "records",
)  # fmt: skip
WIDEST = 60


def holdings_text(holdings: Sequence[Holding]) -> str:
    """One line a package at hand."""
    lines = [asdict(holding) for holding in holdings]
    return _aligned(HOLDING_COLUMNS, lines)


def holdings_csv(holdings: Sequence[Holding]) -> str:
    """One line a package at hand."""
    return _csv(HOLDING_COLUMNS, map(asdict, holdings))


def holdings_json(holdings: Sequence[Holding]) -> str:
    """A list of the packages at hand."""
    return _json({"versions": list(map(asdict, holdings))})


def hits_text(hits: Sequence[TermHit], limit: int) -> str:
    """The first terms found, one a line, and how many there are."""
    shown = hits[:limit]
    lines = [_hit_line(hit) for hit in shown]
    total = f"{len(hits)} found" + (f", the first {limit} shown" if len(hits) > limit else "")
    return f"{_aligned(HIT_COLUMNS, lines)}\n{total}"


def hits_csv(hits: Sequence[TermHit]) -> str:
    """One line a term found."""
    return _csv(HIT_COLUMNS, map(_hit_line, hits))


def hits_json(hits: Sequence[TermHit], version: str) -> str:
    """The terms found in a version."""
    return _json({"version": version, "terms": list(map(asdict, hits))})


def _hit_line(hit: TermHit) -> dict[str, object]:
    return asdict(hit) | {"extensible": "Yes" if hit.extensible else "No"}


def diff_text(diff: TerminologyDiff) -> str:
    """The changes by codelist, under each the values of datasets that it concerns, and totals."""
    lines: list[str] = []
    codelist = ""
    for change in diff.changes:
        if change.codelist != codelist:
            codelist = change.codelist
            lines.append(f"{change.short_name} ({change.codelist})")
        lines.append(f"  {change_words(change)}")
        lines += [
            f"    {hit.dataset}.{hit.variable} '{hit.value}': {hit.records} records"
            for hit in change.hits
        ]
    kinds: dict[str, int] = {}
    for change in diff.changes:
        kinds[change.kind] = kinds.get(change.kind, 0) + 1
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    lines.append(f"{diff.old} to {diff.new}: {counted or 'no change'}")
    if diff.hits:
        lines.append(f"{diff.hits} values of the data are concerned")
    return "\n".join([*lines, *(f"Note: {note}" for note in diff.notes)])


def change_words(change: TermChange) -> str:
    """Name a change: what it is, and the old and the new value.

    >>> change_words(TermChange("term renamed", "UNIT", "C71620", "C42576", "ug", "mcg"))
    "term renamed: 'ug' -> 'mcg' (C42576)"
    """
    values = " -> ".join(f"'{text}'" for text in (change.old, change.new) if text)
    return f"{change.kind}: {values}" + (f" ({change.term})" if change.term else "")


def diff_csv(diff: TerminologyDiff) -> str:
    """One line a change and value of the data; a change that concerns none has one line, too."""
    lines: list[dict[str, object]] = []
    for change in diff.changes:
        own = {name: getattr(change, name) for name in CHANGE_COLUMNS[:6]}
        lines += [own | asdict(hit) for hit in change.hits] or [own]
    return _csv(CHANGE_COLUMNS, lines)


def diff_json(diff: TerminologyDiff) -> str:
    """The changes, each with the values of the data that it concerns."""
    return _json(asdict(diff))


def _csv(columns: Sequence[str], lines: Iterable[Mapping[str, object]]) -> str:
    """Write lines as CSV; what might be read as a formula gets an apostrophe."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({name: inert(str(value)) for name, value in line.items()})
    return stream.getvalue()


def _json(content: Mapping[str, object]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _aligned(columns: Sequence[str], lines: Sequence[Mapping[str, object]]) -> str:
    """Write lines under each other, every column as wide as its widest cell."""
    rows = [list(columns), *([_cut(str(line[name])) for name in columns] for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
