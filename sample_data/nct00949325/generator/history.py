"""Sheets Enrollment, Demographics, Diagnosis, MedHistory and PriorTherapy."""

from __future__ import annotations

from datetime import date, timedelta

from .history_data import (
    CONDITIONS,
    DIAGNOSES,
    ENDED,
    OTHER_CHEMOTHERAPY,
    PRIOR_DOXORUBICIN,
    RADIOTHERAPY,
    SURGERY,
)
from .model import Col, Table, between, pick, rng_for
from .subjects import DOSED, NEVER_DOSED, SCREEN_FAILURE, SUBJECTS, Subject, sites_text

FILE = "crf_export.xlsx"


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
            first = max(1996, subject.birth.year + 10)
            start = date(between(rng, first, 2007), between(rng, 1, 12), between(rng, 1, 28))
            ended = condition in ENDED
            end = start + timedelta(days=ENDED[condition]) if ended else None
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
