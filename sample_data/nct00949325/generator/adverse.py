"""Adverse events: the catalogue, the story and the REDCap table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from .model import Col, Table, between, pick, rng_for
from .subjects import BY_NO, DOSED, ENDINGS
from .treatment import PLD, TEM, Hold

FILE = "redcap_ae.csv"
BLOOD = "Blood and lymphatic system disorders"
LAB = "Investigations"
GUT = "Gastrointestinal disorders"
GENERAL = "General disorders and administration site conditions"
SKIN = "Skin and subcutaneous tissue disorders"
METABOLISM = "Metabolism and nutrition disorders"
CHEST = "Respiratory, thoracic and mediastinal disorders"
NERVE = "Nervous system disorders"
INFECTION = "Infections and infestations"


@dataclass(frozen=True)
class Kind:
    """An entry of the catalogue: CTCAE v4.0 term, class, verbatim texts, grades, relatedness."""

    term: str
    soc: str
    verbatim: tuple[str, ...]
    grades: tuple[int, ...]
    weight: float
    tem: str
    pld: str


YES, MAYBE, NO = "Probable", "Possible", "Unrelated"
CATALOGUE = [
    Kind("Mucositis oral", GUT, ("mouth sores", "Oral mucositis"), (1, 1, 2, 2, 3), 0.75, YES, YES),
    Kind("Fatigue", GENERAL, ("tired", "Fatigue"), (1, 1, 2, 2, 3), 0.75, YES, YES),
    Kind("Nausea", GUT, ("nausea", "Nauseated after infusion"), (1, 1, 2), 0.7, YES, YES),
    Kind(
        "Platelet count decreased",
        LAB,
        ("low platelets", "thrombocytopenia"),
        (1, 1, 2, 3, 4),
        0.6,
        YES,
        MAYBE,
    ),
    Kind(
        "Neutrophil count decreased",
        LAB,
        ("neutropenia", "low ANC"),
        (2, 2, 3, 3, 4),
        0.6,
        MAYBE,
        YES,
    ),
    Kind(
        "White blood cell decreased", LAB, ("leukopenia", "low WBC"), (1, 2, 2, 3), 0.4, MAYBE, YES
    ),
    Kind("Anemia", BLOOD, ("anemia", "low hemoglobin"), (1, 2, 2, 3), 0.6, MAYBE, MAYBE),
    Kind(
        "Palmar-plantar erythrodysesthesia syndrome",
        SKIN,
        ("hand-foot syndrome", "PPE"),
        (1, 1, 2, 2, 3),
        0.4,
        NO,
        YES,
    ),
    Kind(
        "Hyperglycemia", METABOLISM, ("high glucose", "hyperglycaemia"), (1, 1, 2, 3), 0.5, YES, NO
    ),
    Kind(
        "Cholesterol high",
        LAB,
        ("high cholesterol", "hypercholesterolaemia"),
        (1, 1, 2),
        0.5,
        YES,
        NO,
    ),
    Kind(
        "Hypertriglyceridemia", METABOLISM, ("elevated triglycerides",), (1, 1, 2, 3), 0.5, YES, NO
    ),
    Kind(
        "Creatinine increased",
        LAB,
        ("creatinine up", "elevated creatinine"),
        (1, 1, 2),
        0.3,
        MAYBE,
        NO,
    ),
    Kind("Hypophosphatemia", METABOLISM, ("low phosphate",), (2, 2, 3), 0.3, YES, NO),
    Kind("Rash maculo-papular", SKIN, ("rash on trunk", "skin rash"), (1, 1, 2), 0.35, YES, MAYBE),
    Kind("Diarrhea", GUT, ("loose stools", "diarrhoea"), (1, 1, 2), 0.3, MAYBE, MAYBE),
    Kind(
        "Alanine aminotransferase increased", LAB, ("ALT elevated",), (1, 1, 2), 0.25, MAYBE, MAYBE
    ),
    Kind("Epistaxis", CHEST, ("nose bleed",), (1, 1), 0.25, MAYBE, MAYBE),
    Kind("Anorexia", METABOLISM, ("poor appetite",), (1, 2), 0.25, MAYBE, MAYBE),
    Kind("Headache", NERVE, ("headache",), (1, 1, 2), 0.2, NO, NO),
    Kind("Upper respiratory infection", INFECTION, ("common cold", "URI"), (1, 2), 0.25, NO, NO),
]
BY_TERM = {kind.term: kind for kind in CATALOGUE}
PNEUMONITIS = Kind("Pneumonitis", CHEST, ("Pneumonitis on chest CT",), (3,), 0, YES, NO)
FEBRILE = Kind("Febrile neutropenia", BLOOD, ("fever and neutropenia",), (3,), 0, MAYBE, YES)
# Not left to chance: (no, kind, first day, last day or None, grade, serious)
FIXED = [
    (5, PNEUMONITIS, 41, None, 3, True),
    (9, FEBRILE, 98, 103, 3, True),
    (12, BY_TERM["Platelet count decreased"], 190, 203, 4, True),
    (14, BY_TERM["Mucositis oral"], 75, 88, 3, False),
    (15, BY_TERM["Hyperglycemia"], 130, 260, 3, False),
    (18, BY_TERM["Fatigue"], 5, None, 2, False),
]


@dataclass
class Event:
    """One adverse event."""

    no: int
    number: int
    kind: Kind
    verbatim: str
    grade: int
    start: int
    end: int | None
    serious: bool
    action_tem: str = "Dose not changed"
    action_pld: str = "Dose not changed"

    @property
    def key(self) -> str:
        """Key of its row."""
        return f"{self.no}/{self.number}"

    def on(self, day: int) -> date:
        """Date of a study day."""
        return BY_NO[self.no].on(day)


def events() -> list[Event]:
    """All adverse events, sorted by start within the subject."""
    out: list[Event] = []
    for subject in DOSED:
        rng = rng_for("ae", subject.no)
        last = ENDINGS[subject.no].off_treatment
        own = [
            Event(no, 0, kind, kind.verbatim[0], grade, start, end, serious)
            for no, kind, start, end, grade, serious in FIXED
            if no == subject.no
        ]
        taken = {event.kind.term for event in own}
        chosen = [
            kind for kind in CATALOGUE if kind.term not in taken and rng.random() < kind.weight
        ]
        low, high = (2, 3) if subject.no == 18 else (5, 10)
        while len(own) + len(chosen) < low:
            chosen.append(
                pick(
                    rng,
                    [kind for kind in CATALOGUE if kind not in chosen and kind.term not in taken],
                )
            )
        for kind in chosen[: high - len(own)]:
            own.append(random_event(rng, subject.no, kind, last))
        own.sort(key=lambda event: (event.start, event.kind.term))
        for number, event in enumerate(own, 1):
            event.number = number
            act(event)
        out += own
    return out


def random_event(rng: Random, no: int, kind: Kind, last: int) -> Event:
    """An event somewhere in the treatment, ended or ongoing."""
    start = between(rng, 2, max(3, min(last - 5, 150)))
    end: int | None = start + between(rng, 3, 40)
    if end is not None and end > last + 20:
        end = None
    return Event(no, 0, kind, pick(rng, kind.verbatim), pick(rng, kind.grades), start, end, False)


def act(event: Event) -> None:
    """What was done with the drugs."""
    if event.kind is PNEUMONITIS:
        event.action_tem = event.action_pld = "Drug withdrawn"
    elif event.grade >= 3 and event.kind.tem != NO:
        event.action_tem = "Drug interrupted"
    if event.kind.soc == SKIN and event.kind.pld == YES and event.grade >= 2:
        event.action_pld = "Dose reduced"


def holds(story: list[Event]) -> list[Hold]:
    """Infusions held or reduced because of adverse events."""
    out: list[Hold] = []
    for event in story:
        reason = f"AE: {event.kind.term} grade {event.grade}"
        if event.action_tem == "Drug interrupted":
            out.append(Hold(event.no, TEM, event.start, event.start + 7, "Held", reason))
        if event.action_pld == "Dose reduced":
            out.append(Hold(event.no, PLD, event.start, event.start + 56, "Reduced", reason))
    return out


def adverse_table(story: list[Event]) -> Table:
    """The REDCap export, a line for each event."""
    table = Table(
        FILE,
        "",
        [
            Col("record_id", "record_id", meaning="subject id"),
            Col("event", "redcap_event_name"),
            Col("instrument", "redcap_repeat_instrument"),
            Col("instance", "redcap_repeat_instance", "num", "number of the event in the subject"),
            Col("verbatim", "ae_verbatim", meaning="as reported"),
            Col("term", "ae_term", meaning="CTCAE v4.0 term"),
            Col("soc", "ae_soc", meaning="CTCAE v4.0 system organ class"),
            Col("grade", "ae_grade", "num", "CTCAE grade 1-5"),
            Col("start", "ae_start", "iso", "as collected, may be partial"),
            Col(
                "start_imp",
                "ae_start_imp",
                "mdyslash",
                "imputed by the EDC, m/d/yy; never use where ae_start is partial",
            ),
            Col("end", "ae_end", "iso"),
            Col("ongoing", "ae_ongoing", "num", "1 = yes, 0 = no"),
            Col("serious", "ae_serious", meaning="Yes / No"),
            Col("hospital", "ae_sae_crit___1", "num", "checkbox: hospitalisation"),
            Col("threat", "ae_sae_crit___2", "num", "checkbox: life-threatening"),
            Col("rel_tem", "ae_rel_tem", meaning="Unrelated, Possible, Probable"),
            Col("rel_pld", "ae_rel_pld", meaning="Unrelated, Possible, Probable"),
            Col("action_tem", "ae_action_tem"),
            Col("action_pld", "ae_action_pld"),
            Col("outcome", "ae_outcome"),
            Col("complete", "adverse_events_complete", "num", "2 = complete"),
        ],
        "adverse events, a line per event",
    )
    for event in story:
        subject = BY_NO[event.no]
        end = subject.on(event.end) if event.end else None
        table.add(
            event.key,
            event.no,
            record_id=subject.sid,
            event="adverse_events_arm_1",
            instrument="adverse_events",
            instance=event.number,
            verbatim=event.verbatim,
            term=event.kind.term,
            soc=event.kind.soc,
            grade=event.grade,
            start=subject.on(event.start),
            start_imp=subject.on(event.start),
            end=end,
            ongoing=0 if end else 1,
            serious="Yes" if event.serious else "No",
            hospital=int(event.serious),
            threat=int(event.grade == 4),
            rel_tem=event.kind.tem,
            rel_pld=event.kind.pld,
            action_tem=event.action_tem,
            action_pld=event.action_pld,
            outcome="Recovered/Resolved" if end else "Not recovered/Not resolved",
            complete=2,
        )
    return table


def settle(story: list[Event], reasons: set[tuple[int, str]]) -> None:
    """Take back an action that met no infusion (reasons = subject and reason of the rows)."""
    for event in story:
        reason = f"AE: {event.kind.term} grade {event.grade}"
        if (event.no, reason) not in reasons:
            if event.action_tem == "Drug interrupted":
                event.action_tem = "Dose not changed"
            if event.action_pld == "Dose reduced":
                event.action_pld = "Dose not changed"
