"""REDCap-style files: concomitant medication, deviations, LVEF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from .adverse import Event
from .history import enrolment_date
from .model import CUTOFF, Col, Table, between, rng_for
from .subjects import BY_NO, DOSED, ENDINGS, SCREEN_FAILURE, SUBJECTS

HEAD = [
    Col("record_id", "record_id", meaning="subject id"),
    Col("event", "redcap_event_name"),
    Col("instrument", "redcap_repeat_instrument"),
    Col("instance", "redcap_repeat_instance", "num", "number of the line in the subject"),
]


@dataclass(frozen=True)
class Drug:
    """A concomitant drug."""

    name: str
    dose: str
    unit: str
    route: str
    frequency: str
    indication: str


PREMEDICATION = Drug(
    "Diphenhydramine", "25", "mg", "Intravenous", "Once weekly", "Prophylaxis: infusion reaction"
)
ONDANSETRON = Drug("Ondansetron", "8", "mg", "Oral", "As needed", "Prophylaxis: nausea")
FOR_EVENT = {
    "Mucositis oral": Drug(
        "Magic mouthwash", "10", "mL", "Oral", "4 times daily", "Mucositis oral"
    ),
    "Hyperglycemia": Drug("Metformin", "500", "mg", "Oral", "Twice daily", "Hyperglycemia"),
    "Cholesterol high": Drug("Atorvastatin", "20", "mg", "Oral", "Once daily", "Cholesterol high"),
    "Hypertriglyceridemia": Drug(
        "Fenofibrate", "145", "mg", "Oral", "Once daily", "Hypertriglyceridemia"
    ),
    "Neutrophil count decreased": Drug(
        "Filgrastim", "300", "ug", "Subcutaneous", "Once daily", "Neutrophil count decreased"
    ),
    "Febrile neutropenia": Drug(
        "Cefepime", "2", "g", "Intravenous", "3 times daily", "Febrile neutropenia"
    ),
    "Pneumonitis": Drug("Prednisone", "60", "mg", "Oral", "Once daily", "Pneumonitis"),
    "Palmar-plantar erythrodysesthesia syndrome": Drug(
        "Urea cream", "1", "APPLICATION", "Topical", "Twice daily", "Hand-foot syndrome"
    ),
    "Diarrhea": Drug("Loperamide", "2", "mg", "Oral", "As needed", "Diarrhea"),
    "Headache": Drug("Paracetamol", "650", "mg", "Oral", "As needed", "Headache"),
    "Hypophosphatemia": Drug(
        "Potassium phosphate", "1", "TABLET", "Oral", "3 times daily", "Hypophosphatemia"
    ),
    "Rash maculo-papular": Drug(
        "Hydrocortisone cream", "1", "APPLICATION", "Topical", "Twice daily", "Rash"
    ),
}
CHRONIC = [
    Drug("Lisinopril", "10", "mg", "Oral", "Once daily", "Hypertension"),
    Drug("Omeprazole", "20", "mg", "Oral", "Once daily", "Gastroesophageal reflux"),
    Drug("Levothyroxine", "75", "ug", "Oral", "Once daily", "Hypothyroidism"),
    Drug("Oxycodone", "5", "mg", "Oral", "As needed", "Tumor pain"),
    Drug("Paracetamol", "650", "mg", "Oral", "As needed", "Pain"),
]


def conmed(story: list[Event]) -> Table:
    """Concomitant medication."""
    table = Table(
        "redcap_conmed.csv",
        "",
        [
            *HEAD,
            Col("name", "cm_name", meaning="as reported"),
            Col("dose", "cm_dose", "num"),
            Col("unit", "cm_dose_unit"),
            Col("route", "cm_route"),
            Col("frequency", "cm_freq"),
            Col("indication", "cm_indication"),
            Col("start", "cm_start", "iso", "as collected, may be partial"),
            Col(
                "start_imp",
                "cm_start_imp",
                "mdyslash",
                "imputed by the EDC, m/d/yy; never use where cm_start is partial",
            ),
            Col("end", "cm_end", "iso"),
            Col("ongoing", "cm_ongoing", "num", "1 = yes, 0 = no"),
            Col("complete", "concomitant_medications_complete", "num", "2 = complete"),
        ],
        "concomitant medication, a line per drug",
    )
    for subject in DOSED:
        rng = rng_for("conmed", subject.no)
        last = subject.on(ENDINGS[subject.no].off_treatment)
        lines = [
            (PREMEDICATION, subject.on(1), last, True),
            (ONDANSETRON, subject.on(1), last, True),
        ]
        for drug in CHRONIC:
            if rng.random() < 0.4:
                start = subject.consent - timedelta(days=between(rng, 40, 1500))
                lines.append((drug, start, last, rng.random() < 0.3))
        for event in story:
            if event.no == subject.no and event.kind.term in FOR_EVENT:
                end = subject.on(event.end) if event.end else None
                lines.append(
                    (
                        FOR_EVENT[event.kind.term],
                        subject.on(event.start),
                        end or last,
                        end is not None,
                    )
                )
        for number, (drug, start, end, ended) in enumerate(lines, 1):
            table.add(
                f"{subject.no}/{number}",
                subject.no,
                record_id=subject.sid,
                event="concomitant_medications_arm_1",
                instrument="concomitant_medications",
                instance=number,
                name=drug.name,
                dose=drug.dose,
                unit=drug.unit,
                route=drug.route,
                frequency=drug.frequency,
                indication=drug.indication,
                start=start,
                start_imp=start,
                end=end if ended else None,
                ongoing=0 if ended else 1,
                complete=2,
            )
    return table


DEVIATIONS = [
    (1, -2, "Visit window", "Screening ECG repeated outside the window", "Minor", "None"),
    (4, 43, "Visit window", "Quality of life form completed late", "Minor", "None"),
    (8, 63, "Visit window", "Week 8 scan done 6 days late", "Minor", "Site retrained"),
    (
        10,
        227,
        "Procedure",
        "Scan not repeated in spite of motion artefact",
        "Minor",
        "Discussed with radiology",
    ),
    (12, 29, "Dosing", "Temsirolimus given without premedication", "Minor", "Pharmacy informed"),
    (13, 366, "Laboratory", "Fasting lipids not done", "Minor", "None"),
    (14, 85, "Consent", "Amended consent signed 12 days after approval", "Minor", "Consent signed"),
    (15, 260, "Procedure", "ECG missed", "Minor", "Done at the next visit"),
    (9, 101, "Reporting", "SAE reported to sponsor after 48 hours", "Major", "Site retrained"),
    (3, 15, "Dosing", "Platelet count not available before infusion", "Minor", "None"),
]


def deviations() -> Table:
    """Protocol deviations."""
    table = Table(
        "redcap_deviations.csv",
        "",
        [
            *HEAD,
            Col("date", "dv_date", "iso"),
            Col("category", "dv_category"),
            Col("text", "dv_desc"),
            Col("severity", "dv_severity", meaning="Minor / Major"),
            Col("action", "dv_action"),
            Col("complete", "deviations_complete", "num", "2 = complete"),
        ],
        "protocol deviations, a line per deviation",
    )
    for no, day, category, text, severity, action in DEVIATIONS:
        table.add(
            f"{no}",
            no,
            record_id=BY_NO[no].sid,
            event="deviations_arm_1",
            instrument="deviations",
            instance=1,
            date=BY_NO[no].on(day),
            category=category,
            text=text,
            severity=severity,
            action=action,
            complete=2,
        )
    return table


def lvef() -> Table:
    """Left ventricular ejection fraction at screening and about every 12 weeks."""
    table = Table(
        "redcap_lvef.csv",
        "",
        [
            *HEAD,
            Col("visit", "lvef_visit"),
            Col("date", "lvef_date", "iso"),
            Col("method", "lvef_method", meaning="MUGA / ECHO"),
            Col("value", "lvef_pct", "num", "%"),
            Col("comment", "lvef_comment"),
            Col("complete", "lvef_complete", "num", "2 = complete"),
        ],
        "ejection fraction, a line per measurement",
    )
    for subject in SUBJECTS:
        rng = rng_for("lvef", subject.no)
        method = "ECHO" if rng.random() < 0.4 else "MUGA"
        base = 42 if subject.no == SCREEN_FAILURE else between(rng, 57, 68)
        before = (
            subject.consent + timedelta(days=3)
            if subject.day1 is None
            else max(subject.consent, enrolment_date(subject) - timedelta(days=6))
        )
        lines = [("Screening", before, base)]
        if subject.day1 is not None:
            last = ENDINGS[subject.no].off_treatment
            for number, day in enumerate(range(85, last, 84), 2):
                lines.append(
                    (
                        f"Cycle {3 * number - 2}",
                        subject.on(day - between(rng, 0, 2)),
                        base - between(rng, 0, 2) - min(number, 6),
                    )
                )
        for number, (visit, when, value) in enumerate(lines, 1):
            if when > CUTOFF:
                raise AssertionError("LVEF after cut-off")
            table.add(
                f"{subject.no}/{number}",
                subject.no,
                record_id=subject.sid,
                event="lvef_arm_1",
                instrument="lvef",
                instance=number,
                visit=visit,
                date=when,
                method=method,
                value=value,
                complete=2,
            )
    return table
