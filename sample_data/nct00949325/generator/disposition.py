"""Sheets OffStudy, Survival and Biopsies."""

from __future__ import annotations

from datetime import timedelta

from .model import CUTOFF, Col, Table
from .subjects import BY_NO, ENDINGS, NEVER_DOSED, SCREEN_FAILURE, SUBJECTS

FILE = "crf_export.xlsx"

# no: lesion, day of the biopsy before and after, then (ALDH %, pS6 H-score, tumour %) of each.
BIOPSIES = {
    10: ("Pelvis, soft tissue mass", -6, 50, (14.2, 190, 80), (4.1, 45, 60)),
    12: ("Pleura, right", -5, 52, (11.8, 165, 70), (3.6, 60, 55)),
    15: ("Shoulder, left, soft tissue mass", -4, 51, (9.5, 210, 85), (2.2, 35, 50)),
    9: ("Retroperitoneum, right", -7, 49, (8.7, 150, 75), (3.9, 70, 70)),
    2: ("Left iliac bone, soft tissue part", -4, 47, (10.4, 170, 90), (12.9, 175, 90)),
    4: ("Chest wall, right", -3, 48, (13.1, 140, 80), (15.6, 155, 85)),
}
UNPAIRED = {7: ("Sacrum, soft tissue part", -5, (7.4, 130, 65))}


def off_study() -> Table:
    """End of treatment and of study."""
    table = Table(
        FILE,
        "OffStudy",
        [
            Col("subject", "Subject ID"),
            Col("off_treatment", "Off-Treatment Date", "date"),
            Col("treatment_reason", "Reason", meaning="why treatment ended (first column Reason)"),
            Col("off_study", "Off-Study Date", "date"),
            Col("study_reason", "Reason", meaning="why the subject left (second column Reason)"),
            Col("contact", "Last Contact Date", "serial", "Excel serial number, not a date cell"),
            Col("comment", "Comments"),
        ],
        "end of treatment and study, a row per subject",
    )
    for subject in SUBJECTS:
        if subject.day1 is None:
            failed = subject.no == SCREEN_FAILURE
            gone = subject.consent + timedelta(days=9 if failed else 14)
            table.add(
                f"{subject.no}",
                subject.no,
                subject=subject.sid,
                off_study=gone,
                study_reason="Screen failure" if failed else "Withdrawal by subject",
                contact=gone,
                comment=None if failed else "Never dosed",
            )
            continue
        end = ENDINGS[subject.no]
        table.add(
            f"{subject.no}",
            subject.no,
            subject=subject.sid,
            off_treatment=subject.on(end.off_treatment),
            treatment_reason=end.treatment_reason,
            off_study=subject.on(end.off_study),
            study_reason=end.study_reason,
            contact=subject.on(end.last_contact),
            comment="Lost to follow-up after this visit" if subject.no == 12 else None,
        )
        if subject.on(end.last_contact) > CUTOFF:
            raise AssertionError(f"{subject.sid}: contact after cut-off")
    return table


def survival() -> Table:
    """Follow-up contacts about every 90 days after the end of study treatment."""
    table = Table(
        FILE,
        "Survival",
        [
            Col("subject", "Subject ID"),
            Col("contact_no", "Contact No.", "num"),
            Col("contact", "Contact Date", "dmony"),
            Col("status", "Vital Status", meaning="Alive / Dead / Unknown"),
            Col("death", "Date of Death", "date"),
            Col("cause", "Cause of Death"),
            Col("new_therapy", "New Anti-Cancer Therapy", meaning="Yes / No"),
            Col("therapy", "New Therapy"),
            Col("therapy_date", "New Therapy Start Date", "date"),
            Col("source", "Source", meaning="Clinic, Phone, Registry"),
        ],
        "survival follow-up, a row per contact",
    )
    for no in [subject.no for subject in SUBJECTS if subject.no in ENDINGS]:
        end, subject = ENDINGS[no], BY_NO[no]
        days = [*range(end.off_study + 60, end.last_contact - 20, 90), end.last_contact]
        for number, day in enumerate(days, 1):
            dead = day == end.last_contact and end.death is not None
            told = end.new_therapy_day
            begun = (
                told is not None and day >= told and all(not told <= other < day for other in days)
            )
            table.add(
                f"{no}/{number}",
                no,
                subject=subject.sid,
                contact_no=number,
                contact=subject.on(day),
                status="Dead" if dead else "Alive",
                death=subject.on(end.death) if dead and end.death else None,
                cause=end.cause if dead else None,
                new_therapy="Yes" if told is not None and day >= told else "No",
                therapy=end.new_therapy if begun else None,
                therapy_date=subject.on(told) if begun and told else None,
                source="Registry" if dead else "Phone" if number % 2 else "Clinic",
            )
    return table


def biopsies() -> Table:
    """Biopsies before and after treatment."""
    table = Table(
        FILE,
        "Biopsies",
        [
            Col("subject", "Subject ID"),
            Col("lesion", "Lesion"),
            Col("when", "Timepoint", meaning="Before / After"),
            Col("date", "Biopsy Date", "dmony"),
            Col("aldh", "ALDH (%)", "num", "ALDH-positive cells, %"),
            Col("ps6", "pS6\n(H-score)", "num", "phospho-S6, 0-300; readout of mTOR inhibition"),
            Col("tumour", "Tumor Content (%)", "num"),
            Col("comment", "Comments"),
        ],
        "paired biopsies, a row per biopsy",
        title="Correlative biopsies",
        header_row=2,
    )
    for no, (lesion, before, after, first, second) in BIOPSIES.items():
        for when, day, values in (("Before", before, first), ("After", after, second)):
            table.add(
                f"{no}/{when}",
                no,
                subject=BY_NO[no].sid,
                lesion=lesion,
                when=when,
                date=BY_NO[no].on(day),
                aldh=values[0],
                ps6=values[1],
                tumour=values[2],
            )
    for no, (lesion, day, values) in UNPAIRED.items():
        table.add(
            f"{no}/Before",
            no,
            subject=BY_NO[no].sid,
            lesion=lesion,
            when="Before",
            date=BY_NO[no].on(day),
            aldh=values[0],
            ps6=values[1],
            tumour=values[2],
            comment="No biopsy after treatment",
        )
    return table


def disposition_tables() -> list[Table]:
    """All sheets of this module."""
    return [off_study(), survival(), biopsies()]


assert NEVER_DOSED not in ENDINGS
