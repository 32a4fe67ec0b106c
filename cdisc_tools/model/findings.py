"""What was found in the data: records with fields, never sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Check:
    """What a finding of this id means: a line of ``specs/checks.csv``, or a conformance rule.

    ``message`` is a template over the fields of a finding; ``remedy`` tells what to do.
    ``severity`` is error, warning or note; ``references`` are the ids that the authority gives
    it (CG0176, FB1234), none for a check of our own.
    """

    id: str
    severity: str
    authority: str
    title: str
    message: str
    remedy: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellRef:
    """A raw cell: file, sheet ("" where a file has none), 1-based row, column header, address.

    Row 0 stands for a file as a whole. ``address`` is the spreadsheet address ("C17"); for CSV and
    statistical files it is "".
    """

    file: str
    sheet: str
    row: int
    column: str
    address: str = ""

    def __str__(self) -> str:
        sheet = f" [{self.sheet}]" if self.sheet else ""
        row = f" row {self.row}" if self.row else ""
        cell = f" {self.address}" if self.address else row
        return f"{self.file}{sheet}{cell}{f' ({self.column})' if self.column else ''}"


@dataclass(frozen=True)
class Finding:
    """One fault in the data.

    ``check_id`` names a line of the catalogue; ``dataset`` is a domain or a raw source;
    ``key`` is the natural key of the record (USUBJID, VISIT, ...), ``record`` its 1-based
    position, ``values`` go with ``variables``; ``cell`` is the raw cell where one is known;
    ``detail`` fills the catalogue's template (what was expected, what was done).
    """

    check_id: str
    dataset: str
    variables: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    key: tuple[tuple[str, str], ...] = ()
    record: int | None = None
    cell: CellRef | None = None
    detail: str = ""


@dataclass(frozen=True)
class RuleOutcome:
    """What became of a rule on a dataset ("" where it concerns none by itself).

    ``status`` is ran, skipped or broken, ``reason`` why it did not run, ``findings`` how many
    there are, those past a cap included.
    """

    rule_id: str
    dataset: str
    status: str
    reason: str = ""
    findings: int = 0


@dataclass
class Findings:
    """A collection of findings; ``totals`` counts also those past the cap of a check.

    A key of ``totals`` is (check id, dataset, variables). ``checks`` holds what the findings of
    rules mean, and the checks of the catalogue whose severity was overridden; ``outcomes`` what
    became of the rules that were asked for.
    """

    records: list[Finding] = field(default_factory=list)
    totals: dict[tuple[str, str, tuple[str, ...]], int] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    outcomes: list[RuleOutcome] = field(default_factory=list)

    def add(self, finding: Finding, count: int = 1) -> None:
        """Keep a finding; ``count`` says how many records it stands for."""
        self.records.append(finding)
        self.count(finding, count)

    def count(self, finding: Finding, count: int) -> None:
        """Count occurrences of a finding without keeping them."""
        key = (finding.check_id, finding.dataset, finding.variables)
        self.totals[key] = self.totals.get(key, 0) + count

    def extend(self, other: "Findings | Iterable[Finding]") -> None:
        """Take over the findings of another collection."""
        if isinstance(other, Findings):
            self.records.extend(other.records)
            for key, count in other.totals.items():
                self.totals[key] = self.totals.get(key, 0) + count
            self.checks.update(other.checks)
            self.outcomes.extend(other.outcomes)
            return
        for finding in other:
            self.add(finding)

    def without_repeats(self) -> "Findings":
        """Give one finding for each check, raw cell, value and detail, sorted by place.

        Several mapping lines may read one cell, and several sources one sheet. Totals that go
        beyond the records kept, those past a cap, stay.
        """
        kept: dict[tuple[object, ...], Finding] = {}
        result = Findings(
            totals=dict(self.totals), checks=dict(self.checks), outcomes=list(self.outcomes)
        )
        for finding in self.records:
            place: object = finding.cell or finding
            key = (finding.check_id, place, finding.values, finding.detail)
            if key in kept:
                total = (finding.check_id, finding.dataset, finding.variables)
                result.totals[total] -= 1
            kept.setdefault(key, finding)
        result.totals = {key: count for key, count in result.totals.items() if count}
        result.records = sorted(kept.values(), key=_place)
        return result

    def in_order(self) -> "Findings":
        """Give the same findings sorted by check, dataset, variables and record.

        Checks are sorted by id, outcomes by rule and dataset: whoever found them, and in which
        order, makes no difference to a report.
        """
        return Findings(
            records=sorted(self.records, key=_order),
            totals=dict(sorted(self.totals.items())),
            checks=dict(sorted(self.checks.items())),
            outcomes=sorted(self.outcomes, key=lambda item: (item.rule_id, item.dataset)),
        )

    def capped(self, cap: int) -> "Findings":
        """Give the first ``cap`` findings of each check, dataset and variables; count them all."""
        kept: list[Finding] = []
        seen: dict[tuple[str, str, tuple[str, ...]], int] = {}
        for finding in self.records:
            key = (finding.check_id, finding.dataset, finding.variables)
            seen[key] = seen.get(key, 0) + 1
            if seen[key] <= cap:
                kept.append(finding)
        return replace(self, records=kept)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.records)

    def __len__(self) -> int:
        return sum(self.totals.values())


def _place(finding: Finding) -> tuple[str, str, str, int, str, str, int]:
    cell = finding.cell
    if cell is None:
        return (finding.check_id, "", "", 0, "", finding.dataset, finding.record or 0)
    return (finding.check_id, cell.file, cell.sheet, cell.row, cell.column, finding.dataset, 0)


def _order(finding: Finding) -> tuple[object, ...]:
    return (
        finding.check_id, finding.dataset, finding.variables, finding.record or 0, finding.key,
        finding.values, finding.detail, str(finding.cell or ""),
    )  # fmt: skip
