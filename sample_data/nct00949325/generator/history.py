"""Sheets Enrollment, Demographics, Diagnosis, MedHistory and PriorTherapy."""

from __future__ import annotations

from datetime import date, timedelta

from .model import Col, Table, between, pick, rng_for
from .subjects import DOSED, NEVER_DOSED, SCREEN_FAILURE, SUBJECTS, Subject, sites_text

FILE = "crf_export.xlsx"
D = date

# no: diagnosis, histology, primary site, bone or soft tissue, grade, initial and metastatic date
DIAGNOSES = {
    1: (
        "Osteosarcoma",
        "Osteosarcoma, conventional, osteoblastic",
        "Left distal femur",
        "Bone",
        "High",
        D(2006, 5, 16),
        D(2008, 2, 11),
    ),
    2: (
        "Malignant peripheral nerve sheath tumor",
        "MPNST, high grade",
        "Left buttock",
        "Soft tissue",
        "High",
        D(2008, 3, 20),
        D(2009, 6, 9),
    ),
    3: (
        "Undifferentiated pleomorphic sarcoma",
        "Undifferentiated pleomorphic sarcoma",
        "Pelvis",
        "Soft tissue",
        "High",
        D(2009, 1, 27),
        D(2010, 8, 17),
    ),
    4: (
        "Ewing sarcoma",
        "Ewing sarcoma, EWSR1-FLI1",
        "Right seventh rib",
        "Bone",
        "High",
        D(2007, 10, 2),
        D(2009, 11, 30),
    ),
    5: (
        "Synovial sarcoma",
        "Synovial sarcoma, biphasic",
        "Left thigh",
        "Soft tissue",
        "High",
        D(2009, 4, 14),
        D(2010, 9, 22),
    ),
    6: (
        "Liposarcoma",
        "Dedifferentiated liposarcoma",
        "Left retroperitoneum",
        "Soft tissue",
        "High",
        D(2009, 8, 5),
        D(2010, 10, 12),
    ),
    7: (
        "Chondrosarcoma",
        "Chondrosarcoma, dedifferentiated",
        "Sacrum",
        "Bone",
        "High",
        D(2008, 11, 18),
        D(2010, 1, 26),
    ),
    8: (
        "Leiomyosarcoma",
        "Leiomyosarcoma of the uterus",
        "Uterus",
        "Soft tissue",
        "High",
        D(2007, 2, 6),
        D(2008, 7, 15),
    ),
    9: (
        "Leiomyosarcoma",
        "Leiomyosarcoma, retroperitoneal",
        "Right retroperitoneum",
        "Soft tissue",
        "Intermediate",
        D(2008, 9, 10),
        D(2010, 4, 21),
    ),
    10: (
        "Alveolar soft part sarcoma",
        "Alveolar soft part sarcoma",
        "Right pelvis",
        "Soft tissue",
        "Intermediate",
        D(2005, 6, 23),
        D(2008, 12, 3),
    ),
    11: (
        "Liposarcoma",
        "Myxoid liposarcoma",
        "Left abdominal wall",
        "Soft tissue",
        "Intermediate",
        D(2006, 1, 31),
        D(2009, 3, 17),
    ),
    12: (
        "Synovial sarcoma",
        "Synovial sarcoma, monophasic",
        "Right chest wall",
        "Soft tissue",
        "High",
        D(2007, 7, 25),
        D(2009, 2, 19),
    ),
    13: (
        "Leiomyosarcoma",
        "Leiomyosarcoma, retroperitoneal",
        "Left retroperitoneum",
        "Soft tissue",
        "Intermediate",
        D(2008, 4, 8),
        D(2009, 9, 29),
    ),
    14: (
        "Undifferentiated pleomorphic sarcoma",
        "Myxofibrosarcoma",
        "Right thigh",
        "Soft tissue",
        "High",
        D(2008, 6, 12),
        D(2010, 3, 4),
    ),
    15: (
        "Epithelioid hemangioendothelioma",
        "Epithelioid hemangioendothelioma",
        "Left shoulder",
        "Soft tissue",
        "Intermediate",
        D(2007, 12, 20),
        D(2009, 10, 27),
    ),
    16: (
        "Osteosarcoma",
        "Osteosarcoma, chondroblastic",
        "Right proximal tibia",
        "Bone",
        "High",
        D(2007, 3, 13),
        D(2010, 2, 9),
    ),
    17: (
        "Chondrosarcoma",
        "Chondrosarcoma, grade 3",
        "Right femur",
        "Bone",
        "High",
        D(2008, 10, 7),
        D(2010, 11, 16),
    ),
    18: (
        "Leiomyosarcoma",
        "Leiomyosarcoma, vascular",
        "Inferior vena cava",
        "Soft tissue",
        "High",
        D(2009, 2, 24),
        D(2010, 5, 18),
    ),
}

# Cumulative prior doxorubicin, mg/m2. Evaluable subjects as in trial_subjects.csv (9 of 15);
# subjects 16 and 17 had it too, so a count over all enrolled gives another figure.
PRIOR_DOXORUBICIN = {
    1: 375,
    2: 300,
    3: 225,
    5: 375,
    7: 300,
    8: 300,
    11: 225,
    12: 150,
    14: 240,
    16: 450,
    17: 300,
}
OTHER_CHEMOTHERAPY = {
    1: ["Methotrexate", "Cisplatin"],
    2: ["Ifosfamide"],
    3: ["Ifosfamide"],
    4: ["Vincristine + cyclophosphamide", "Irinotecan + temozolomide"],
    5: ["Ifosfamide"],
    6: ["Trabectedin"],
    7: ["Cisplatin"],
    8: ["Gemcitabine + docetaxel"],
    9: ["Gemcitabine + docetaxel"],
    10: ["Sunitinib"],
    11: ["Ifosfamide"],
    12: ["Ifosfamide"],
    13: ["Gemcitabine + docetaxel", "Dacarbazine"],
    14: ["Gemcitabine + docetaxel"],
    15: ["Interferon alfa-2b"],
    16: ["Methotrexate"],
    18: ["Gemcitabine"],
}
SURGERY = {
    1: "Limb salvage, distal femur",
    2: "Wide excision",
    4: "Rib resection",
    5: "Wide excision, thigh",
    8: "Hysterectomy",
    9: "Retroperitoneal resection",
    10: "Partial resection",
    11: "Wide excision",
    12: "Chest wall resection",
    14: "Wide excision, thigh",
    15: "Biopsy and partial excision",
    16: "Proximal tibia resection",
}
RADIOTHERAPY = {
    2: (50.4, "Left buttock"),
    4: (45.0, "Right chest wall"),
    5: (50.0, "Left thigh"),
    7: (60.0, "Sacrum"),
    11: (50.0, "Abdominal wall"),
    12: (54.0, "Right chest wall"),
    14: (50.0, "Right thigh"),
}
CONDITIONS = [
    "Hypertension",
    "Hypercholesterolemia",
    "Seasonal allergy",
    "Hypothyroidism",
    "Gastroesophageal reflux",
    "Anxiety",
    "Migraine",
    "Asthma",
    "Appendectomy",
    "Type 2 diabetes mellitus",
    "Deep vein thrombosis",
    "Osteoarthritis",
]


def enrollment() -> Table:
    """Consent, eligibility and enrolment."""
    table = Table(
        FILE,
        "Enrollment",
        [
            Col("subject", "Subject ID"),
            Col("site", "Site", meaning="S01, S02, S03"),
            Col("consent", "Informed Consent Date", "date"),
            Col("screening", "Screening Date", "date", "start of screening procedures"),
            Col("eligible", "Eligible (Y/N)"),
            Col("reason", "Reason Not Eligible"),
            Col("enrolled", "Enrollment Date", "dmony", "empty for a screen failure"),
            Col("dose_level", "Dose Level", meaning="RP2D = recommended phase 2 dose"),
            Col("comment", "Comments"),
        ],
        "consent, eligibility and enrolment, a row per subject",
        title="Trial NCT00949325 - enrollment log (SYNTHETIC DATA)",
        header_row=3,
    )
    for subject in SUBJECTS:
        failed = subject.no == SCREEN_FAILURE
        table.add(
            f"{subject.no}",
            subject.no,
            subject=subject.sid,
            site=sites_text(subject.site),
            consent=subject.consent,
            screening=subject.consent + timedelta(days=1),
            eligible="N" if failed else "Y",
            reason="LVEF below 50 % (42 %)" if failed else None,
            enrolled=None if failed else enrolment_date(subject),
            dose_level=None if failed else "RP2D",
            comment=(
                "Withdrew before first dose, preferred local treatment"
                if subject.no == NEVER_DOSED
                else None
            ),
        )
    return table


def enrolment_date(subject: Subject) -> date:
    """The day before day 1."""
    if subject.day1 is None:
        return subject.consent + timedelta(days=9)
    return subject.day1 - timedelta(days=1)


def demographics() -> Table:
    """Demographics."""
    table = Table(
        FILE,
        "Demographics",
        [
            Col("subject", "Subject ID"),
            Col("site", "Site"),
            Col("birth", "Date of Birth", "date"),
            Col("age", "Age", "num", "years at informed consent"),
            Col("sex", "Sex", meaning="Male / Female (codes: see sheet Codes)"),
            Col("race", "Race"),
            Col("ethnicity", "Ethnicity"),
            Col("country", "Country"),
            Col("site_copy", "Site", meaning="second column of the same name, added by the export"),
        ],
        "demographics, a row per subject",
    )
    for subject in SUBJECTS:
        table.add(
            f"{subject.no}",
            subject.no,
            subject=subject.sid,
            site=sites_text(subject.site),
            birth=subject.birth,
            age=subject.age,
            sex=subject.sex,
            race=subject.race,
            ethnicity=subject.ethnicity,
            country="USA",
            site_copy=sites_text(subject.site),
        )
    return table


def diagnosis() -> Table:
    """Diagnosis and histology."""
    table = Table(
        FILE,
        "Diagnosis",
        [
            Col("subject", "Subject ID"),
            Col("diagnosis", "Diagnosis"),
            Col("histology", "Histology"),
            Col("primary", "Primary Site"),
            Col("kind", "Tumor Type", meaning="Bone / Soft tissue"),
            Col("grade", "Grade", meaning="High, Intermediate"),
            Col("initial", "Date of Diagnosis", "dmony"),
            Col("metastatic", "Date of Relapse or Metastasis", "dmony"),
            Col("measurable", "Measurable Disease", meaning="Yes / No"),
        ],
        "diagnosis, a row per subject",
    )
    for subject in SUBJECTS:
        name, histology, primary, kind, grade, initial, metastatic = DIAGNOSES[subject.no]
        table.add(
            f"{subject.no}",
            subject.no,
            subject=subject.sid,
            diagnosis=name,
            histology=histology,
            primary=primary,
            kind=kind,
            grade=grade,
            initial=initial,
            metastatic=metastatic,
            measurable="Yes",
        )
    return table


def medical_history() -> Table:
    """Other conditions."""
    table = Table(
        FILE,
        "MedHistory",
        [
            Col("subject", "Subject ID"),
            Col("condition", "Condition"),
            Col("start", "Start Date", "dmony"),
            Col("end", "End Date", "dmony"),
            Col("ongoing", "Ongoing", meaning="Yes / No"),
        ],
        "medical history, a row per condition",
    )
    for subject in SUBJECTS:
        rng = rng_for("history", subject.no)
        used: list[str] = []
        for number in range(1, between(rng, 2, 4) + 1):
            condition = pick(rng, [item for item in CONDITIONS if item not in used])
            used.append(condition)
            start = date(between(rng, 1996, 2007), between(rng, 1, 12), between(rng, 1, 28))
            ended = condition in ("Appendectomy", "Deep vein thrombosis") or rng.random() < 0.2
            end = start + timedelta(days=between(rng, 1, 300)) if ended else None
            table.add(
                f"{subject.no}/{number}",
                subject.no,
                subject=subject.sid,
                condition=condition,
                start=start,
                end=end,
                ongoing="No" if ended else "Yes",
            )
    return table


def prior_therapy() -> Table:
    """Prior chemotherapy, radiotherapy and surgery; Subject ID merged over the subject's block."""
    table = Table(
        FILE,
        "PriorTherapy",
        [
            Col("subject", "Subject ID", meaning="merged over the rows of the subject"),
            Col("type", "Therapy Type", meaning="Surgery, Chemotherapy, Radiotherapy"),
            Col("agent", "Agent / Procedure"),
            Col("start", "Start Date", "dmony"),
            Col("end", "Stop Date", "dmony"),
            Col(
                "cumulative",
                "Cumulative Anthracycline (mg/m2)",
                "num",
                "cumulative dose of the anthracycline of the row",
            ),
            Col("gray", "RT Dose (Gy)", "num"),
            Col("field", "RT Field"),
            Col("response", "Best Response"),
            Col("stopped", "Reason Stopped"),
        ],
        "prior anti-cancer therapy, a row per therapy",
        title="Prior anti-cancer therapy",
        header_row=2,
        merge_column="subject",
    )
    for subject in SUBJECTS:
        add_prior(table, subject)
    return table


def add_prior(table: Table, subject: Subject) -> None:
    """Rows of one subject: surgery, doxorubicin, other drugs, radiotherapy."""
    rng = rng_for("prior", subject.no)
    initial = DIAGNOSES[subject.no][5]
    last = subject.consent - timedelta(days=30)
    when = initial + timedelta(days=between(rng, 7, 20))
    rows: list[tuple[str, str, int, int | None, float | None, str | None]] = []
    if subject.no in SURGERY:
        rows.append(("Surgery", SURGERY[subject.no], 0, None, None, None))
    if subject.no in PRIOR_DOXORUBICIN:
        dose = PRIOR_DOXORUBICIN[subject.no]
        rows.append(("Chemotherapy", "Doxorubicin", dose // 75 * 21 + 1, dose, None, None))
    rows += [
        ("Chemotherapy", drug, 84, None, None, None)
        for drug in OTHER_CHEMOTHERAPY.get(subject.no, [])
    ]
    if subject.no in RADIOTHERAPY:
        gray, where = RADIOTHERAPY[subject.no]
        rows.append(("Radiotherapy", "External beam", 35, None, gray, where))
    gap = max(7, ((last - when).days - sum(row[2] for row in rows)) // (len(rows) + 1))
    for number, (kind, agent, length, dose_given, gray_given, where_given) in enumerate(rows, 1):
        end = min(when + timedelta(days=length), last)
        table.add(
            f"{subject.no}/{number}",
            subject.no,
            subject=subject.sid,
            type=kind,
            agent=agent,
            start=when,
            end=end,
            cumulative=dose_given,
            gray=gray_given,
            field=where_given,
            response=None if kind == "Surgery" else pick(rng, ["SD", "PD", "PR", "Unknown"]),
            stopped=None if kind == "Surgery" else pick(rng, ["Completed", "Progression"]),
        )
        when = end + timedelta(days=gap)


def history_tables() -> list[Table]:
    """All sheets of this module."""
    return [enrollment(), demographics(), diagnosis(), medical_history(), prior_therapy()]


assert {subject.no for subject in DOSED} == set(range(1, 16)) | {18}
