"""Infusions: sheet DrugAdmin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .history_data import PRIOR_DOXORUBICIN
from .model import Col, Table, between, rng_for
from .subjects import DOSED, ENDINGS, Subject

FILE = "crf_export.xlsx"
TEM = "Temsirolimus"
PLD = "Liposomal doxorubicin"
LEVEL = {TEM: 20.0, PLD: 30.0}
ANTHRACYCLINE_CAP = 510
LAST_PLANNED_DAY = {13: 505}
WITHDRAWN_AT = {5: 41}  # pneumonitis


@dataclass
class Infusion:
    """One planned infusion."""

    subject: Subject
    cycle: int
    cycle_day: int
    drug: str
    day: int
    level: float
    status: str = "Given"
    reason: str = ""

    @property
    def key(self) -> str:
        """Key of its row."""
        return f"{self.subject.no}/C{self.cycle}D{self.cycle_day}/{self.drug[:3]}"

    @property
    def when(self) -> date:
        """Date."""
        return self.subject.on(self.day)


@dataclass(frozen=True)
class Hold:
    """A consequence of an adverse event for the infusions of a drug."""

    no: int
    drug: str
    first: int
    last: int
    status: str
    reason: str


def infusions(holds: list[Hold]) -> list[Infusion]:
    """All planned infusions until the end of treatment."""
    out: list[Infusion] = []
    for subject in DOSED:
        out += plan(subject)
    for item in out:
        for hold in holds:
            if (
                item.subject.no == hold.no
                and item.drug == hold.drug
                and item.day > 1
                and hold.first <= item.day <= hold.last
                and item.status == "Given"
            ):
                item.status, item.reason = hold.status, hold.reason
                item.level = 0.0 if hold.status == "Held" else item.level * 0.75
    return out


def plan(subject: Subject) -> list[Infusion]:
    """The infusions of one subject with the anthracycline cap applied."""
    rng = rng_for("infusion", subject.no)
    stop = ENDINGS[subject.no].off_treatment - 1
    stop = min(stop, LAST_PLANNED_DAY.get(subject.no, stop), WITHDRAWN_AT.get(subject.no, stop))
    cumulative = PRIOR_DOXORUBICIN.get(subject.no, 0)
    capped = False
    out: list[Infusion] = []
    for cycle in range(1, 40):
        for cycle_day in (1, 8, 15, 22):
            day = 28 * (cycle - 1) + cycle_day
            if cycle_day != 1 and rng.random() < 0.2:
                day += between(rng, 0, 1)
            if day > stop:
                return out
            out.append(Infusion(subject, cycle, cycle_day, TEM, day, LEVEL[TEM]))
            if cycle_day != 1 or capped:
                continue
            item = Infusion(subject, cycle, 1, PLD, day, LEVEL[PLD])
            if cumulative + LEVEL[PLD] > ANTHRACYCLINE_CAP:
                capped = True
                item.status, item.level = "Discontinued", 0.0
                item.reason = "Cumulative anthracycline limit reached"
            cumulative += int(item.level)
            out.append(item)
    return out


def drug_admin(items: list[Infusion]) -> Table:
    """A row for each infusion."""
    table = Table(
        FILE,
        "DrugAdmin",
        [
            Col("subject", "Subject ID"),
            Col("cycle", "Cycle", "num"),
            Col("day", "Cycle Day", "num", "1, 8, 15, 22 of a 28-day cycle"),
            Col("drug", "Drug", meaning="Temsirolimus / Liposomal doxorubicin"),
            Col("date", "Infusion Date", "date", "planned date when nothing was given"),
            Col("start", "Start Time", meaning="HH:MM"),
            Col("stop", "Stop Time", meaning="HH:MM"),
            Col("bsa", "BSA (m2)", "num", "used for dosing"),
            Col("planned_level", "Planned Dose (mg/m2)", "num"),
            Col("planned", "Planned Dose (mg)", "num"),
            Col("given", "Given Dose (mg)", "num", "0 when held"),
            Col("given_level", "Given Dose (mg/m2)", "num"),
            Col("route", "Route", meaning="IV"),
            Col("status", "Dose Status", meaning="Given, Reduced, Held, Discontinued"),
            Col("reason", "Reason Held/Reduced"),
            Col("comment", "Comments"),
        ],
        "a row per planned infusion",
    )
    for item in items:
        rng = rng_for("clock", item.key)
        given = item.level > 0
        hour, minute = between(rng, 8, 14), 5 * between(rng, 0, 11)
        if item.drug == PLD:
            hour += 1
        length = 60 if item.drug == PLD else 30
        end = hour * 60 + minute + length
        table.add(
            item.key,
            item.subject.no,
            subject=item.subject.sid,
            cycle=item.cycle,
            day=item.cycle_day,
            drug=item.drug,
            date=item.when,
            start=f"{hour:02d}:{minute:02d}" if given else None,
            stop=f"{end // 60:02d}:{end % 60:02d}" if given else None,
            bsa=item.subject.bsa,
            planned_level=LEVEL[item.drug],
            planned=round(LEVEL[item.drug] * item.subject.bsa, 1),
            given=round(item.level * item.subject.bsa, 1),
            given_level=item.level,
            route="IV",
            status=item.status,
            reason=item.reason or None,
        )
    return table
