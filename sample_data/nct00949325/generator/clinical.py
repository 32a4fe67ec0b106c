"""Sheet Vitals and the laboratory transport file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .adverse import Event
from .history import enrolment_date
from .model import Col, Table, between, rng_for
from .subjects import DOSED, SUBJECTS, Subject, bsa
from .treatment import Infusion


def vitals(items: list[Infusion]) -> Table:
    """Vital signs at screening and on day 1 of each cycle."""
    table = Table(
        "crf_export.xlsx",
        "Vitals",
        [
            Col("subject", "Subject ID"),
            Col("visit", "Visit", meaning="Screening, CnD1"),
            Col("date", "Visit Date", "date"),
            Col("ecog", "ECOG", "num"),
            Col("height", "Height (cm)", "num", "screening only"),
            Col("weight", "Weight (kg) ", "num", "header has a trailing space"),
            Col("bsa", "BSA (m2)", "num"),
            Col("bp", "BP (mmHg)", meaning="systolic/diastolic in one cell"),
            Col("pulse", "Pulse (bpm)", "num"),
            Col("temp", "Temp (C)", "num"),
            Col("comment", "Comments"),
        ],
        "vital signs, a row per visit",
    )
    for subject in SUBJECTS:
        rng = rng_for("vitals", subject.no)
        ecog = between(rng, 0, 1)
        weight = subject.weight
        for visit, when in visits(subject, items):
            screening = visit == "Screening"
            table.add(
                f"{subject.no}/{visit}",
                subject.no,
                subject=subject.sid,
                visit=visit,
                date=when,
                ecog=ecog + (0 if rng.random() < 0.9 else 1),
                height=subject.height if screening else None,
                weight=round(weight, 1),
                bsa=bsa(subject.height, weight),
                bp=f"{between(rng, 104, 142)}/{between(rng, 62, 88)}",
                pulse=between(rng, 60, 98),
                temp=round(36.2 + rng.random(), 1),
            )
            weight *= 0.99 + 0.018 * rng.random()
    return table


def visits(subject: Subject, items: list[Infusion]) -> list[tuple[str, date]]:
    """Screening and day 1 of each cycle that had a temsirolimus row."""
    before = (
        subject.consent + timedelta(days=2)
        if subject.day1 is None
        else enrolment_date(subject) - timedelta(days=4)
    )
    out = [("Screening", before)]
    out += [
        (f"C{item.cycle}D1", item.when)
        for item in items
        if item.subject.no == subject.no and item.cycle_day == 1 and item.drug[0] == "T"
    ]
    return out


@dataclass(frozen=True)
class Analyte:
    """A test: usual value, spread, digits, unit, normal range, change per cycle on treatment."""

    code: str
    name: str
    unit: str
    low: float
    high: float
    usual: float
    spread: float
    digits: int
    drift: float = 0.0
    blood_count: bool = False


COUNTS = "10^3/uL"
ANALYTES = [
    Analyte("WBC", "Leukocytes", COUNTS, 4.0, 11.0, 6.8, 1.3, 1, -0.5, True),
    Analyte("NEUT", "Neutrophils", COUNTS, 1.8, 7.7, 4.1, 0.9, 1, -0.4, True),
    Analyte("PLT", "Platelets", COUNTS, 150, 400, 245, 45, 0, -12, True),
    Analyte("HGB", "Hemoglobin", "g/dL", 12.0, 16.0, 12.9, 0.9, 1, -0.3, True),
    Analyte("CREAT", "Creatinine", "mg/dL", 0.6, 1.3, 0.9, 0.15, 2, 0.01),
    Analyte("ALT", "Alanine Aminotransferase", "U/L", 7, 56, 26, 9, 0, 1),
    Analyte("AST", "Aspartate Aminotransferase", "U/L", 10, 40, 24, 7, 0, 1),
    Analyte("LDH", "Lactate Dehydrogenase", "U/L", 120, 250, 205, 40, 0, 2),
    Analyte("PHOS", "Phosphate", "mg/dL", 2.5, 4.5, 3.5, 0.4, 1, -0.1),
    Analyte("GLUC", "Glucose", "mg/dL", 70, 99, 92, 8, 0, 4),
    Analyte("CHOL", "Cholesterol", "mg/dL", 125, 200, 184, 20, 0, 8),
    Analyte("TRIG", "Triglycerides", "mg/dL", 40, 150, 125, 25, 0, 12),
]
# Value for CTCAE v4.0 grades 1 to 4 of the event on a day within the event.
GRADED: dict[str, tuple[str, tuple[float, float, float, float]]] = {
    "White blood cell decreased": ("WBC", (3.4, 2.5, 1.5, 0.7)),
    "Neutrophil count decreased": ("NEUT", (1.6, 1.2, 0.7, 0.3)),
    "Platelet count decreased": ("PLT", (98, 62, 38, 19)),
    "Anemia": ("HGB", (10.8, 9.1, 7.5, 6.8)),
    "Creatinine increased": ("CREAT", (1.5, 2.4, 4.1, 8.0)),
    "Alanine aminotransferase increased": ("ALT", (110, 190, 420, 1200)),
    "Hypophosphatemia": ("PHOS", (2.4, 2.2, 1.6, 0.9)),
    "Hyperglycemia": ("GLUC", (140, 210, 310, 520)),
    "Cholesterol high": ("CHOL", (262, 340, 440, 520)),
    "Hypertriglyceridemia": ("TRIG", (220, 390, 640, 1100)),
}


def labs(items: list[Infusion], story: list[Event]) -> Table:
    """Laboratory results, long: a record for each result."""
    table = Table(
        "labs.xpt",
        "LABS",
        [
            Col("study", "STUDYID", meaning="study"),
            Col("site", "SITE", meaning="site of the subject"),
            Col("subject", "SUBJID", meaning="subject id"),
            Col("visit", "VISIT", meaning="Screening, CnD1, CnD15"),
            Col("date", "LBDT", "date", "collection date, SAS date number with format DATE9."),
            Col("time", "LBTM", meaning="collection time HH:MM"),
            Col("code", "LBCODE", meaning="short name of the test"),
            Col("test", "LBTEST", meaning="name of the test"),
            Col("result", "LBRES", meaning="result as reported (text)"),
            Col("unit", "LBUNIT", meaning="unit of result and range"),
            Col("low", "LBLO", "num", "lower limit of normal"),
            Col("high", "LBHI", "num", "upper limit of normal"),
            Col("flag", "LBFLAG", meaning="H, L or empty, by the laboratory"),
            Col("fasting", "LBFAST", meaning="Y / N"),
            Col("received", "LBRCVD", "iso", "date received by the laboratory (text)"),
            Col("comment", "LBCOM", meaning="comment"),
        ],
        "laboratory results, a record per result",
        header_row=0,
    )
    for subject in SUBJECTS:
        plan = visits(subject, items)
        if subject in DOSED:
            plan += [
                (f"C{item.cycle}D15", item.when)
                for item in items
                if item.subject.no == subject.no and item.cycle_day == 15 and item.cycle <= 2
            ]
        plan.sort(key=lambda entry: entry[1])
        for visit, when in plan:
            add_visit(table, subject, visit, when, story)
    return table


def add_visit(table: Table, subject: Subject, visit: str, when: date, story: list[Event]) -> None:
    """All results of a visit."""
    rng = rng_for("lab", subject.no, visit)
    clock = f"{between(rng, 7, 10):02d}:{5 * between(rng, 0, 11):02d}"
    fasting = "Y" if rng.random() < 0.8 else "N"
    treated = 0 if visit == "Screening" else min(int(visit[1:].split("D", maxsplit=1)[0]), 5)
    for analyte in ANALYTES:
        if visit.endswith("D15") and not analyte.blood_count:
            continue
        person = rng_for("person", subject.no, analyte.code).random() - 0.5
        value = analyte.usual + analyte.spread * (person + rng.random() - 0.5)
        value += analyte.drift * treated * (0.5 + 0.5 * rng.random())
        for event in story:
            code, levels = GRADED.get(event.kind.term, ("", (0.0, 0.0, 0.0, 0.0)))
            if (
                event.no == subject.no
                and code == analyte.code
                and event.on(event.start) <= when
                and (event.end is None or when <= event.on(event.end))
            ):
                value = levels[event.grade - 1]
        low, high = analyte.low, analyte.high
        if analyte.code == "HGB" and subject.sex == "Male":
            low, high, value = 13.5, 17.5, value + (0.9 if value > 11 else 0)
        shown = round(value, analyte.digits)
        table.add(
            f"{subject.no}/{visit}/{analyte.code}",
            subject.no,
            study="NCT00949325",
            site=f"S{subject.site}",
            subject=subject.sid,
            visit=visit,
            date=when,
            time=clock,
            code=analyte.code,
            test=analyte.name,
            result=f"{shown:.{analyte.digits}f}",
            unit=analyte.unit,
            low=low,
            high=high,
            flag="L" if shown < low else "H" if shown > high else None,
            fasting=fasting,
            received=when,
            comment=None,
        )
