"""The 18 subjects (all SYNTHETIC) and the table trial_subjects number -> subject id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import sqrt

from .model import study_day

# trial_subjects.csv number -> subject id. 16 = screen failure, 17 = enrolled and never dosed,
# 18 = dosed and never re-imaged; these three are not evaluable.
SUBJECT_IDS = {
    1: "TLD-002",
    2: "TLD-010",
    3: "TLD-018",
    4: "TLD-005",
    5: "TLD-017",
    6: "TLD-015",
    7: "TLD-011",
    8: "TLD-001",
    9: "TLD-014",
    10: "TLD-009",
    11: "TLD-008",
    12: "TLD-003",
    13: "TLD-004",
    14: "TLD-013",
    15: "TLD-006",
    16: "TLD-007",
    17: "TLD-016",
    18: "TLD-012",
}
SCREEN_FAILURE = 16
NEVER_DOSED = 17
NEVER_REIMAGED = 18


@dataclass(frozen=True)
class Subject:
    """Who and when. `day1` is the first infusion of any drug, None when never dosed."""

    no: int
    site: str
    consent: date
    day1: date | None
    sex: str
    birth: date
    race: str
    ethnicity: str
    height: int
    weight: float

    @property
    def sid(self) -> str:
        """Subject id."""
        return SUBJECT_IDS[self.no]

    @property
    def age(self) -> int:
        """Age in years at consent."""
        before = (self.consent.month, self.consent.day) < (self.birth.month, self.birth.day)
        return self.consent.year - self.birth.year - int(before)

    @property
    def bsa(self) -> float:
        """Body surface area in m2 (Mosteller) at screening."""
        return bsa(self.height, self.weight)

    def on(self, day: int) -> date:
        """Date of a study day."""
        if self.day1 is None:
            raise ValueError(f"{self.sid} was never dosed")
        return study_day(self.day1, day)


def bsa(height: float, weight: float) -> float:
    """Mosteller formula, 2 decimals."""
    return round(sqrt(height * weight / 3600), 2)


HISPANIC = "Hispanic or Latino"
OTHER = "Not Hispanic or Latino"
D = date
SUBJECTS = [
    Subject(
        8,
        "01",
        D(2009, 10, 29),
        D(2009, 11, 10),
        "Female",
        D(1961, 4, 17),
        "White",
        OTHER,
        164,
        68.2,
    ),
    Subject(
        1,
        "02",
        D(2009, 11, 24),
        D(2009, 12, 8),
        "Male",
        D(1988, 9, 3),
        "White",
        HISPANIC,
        179,
        74.5,
    ),
    Subject(
        12,
        "01",
        D(2009, 12, 29),
        D(2010, 1, 12),
        "Male",
        D(1957, 12, 11),
        "White",
        OTHER,
        176,
        88.4,
    ),
    Subject(
        13,
        "03",
        D(2010, 2, 11),
        D(2010, 2, 23),
        "Female",
        D(1949, 6, 30),
        "Black or African American",
        OTHER,
        161,
        71.3,
    ),
    Subject(
        4, "01", D(2010, 3, 4), D(2010, 3, 16), "Male", D(1992, 2, 8), "White", OTHER, 182, 70.1
    ),
    Subject(
        15, "02", D(2010, 4, 6), D(2010, 4, 20), "Female", D(1974, 1, 22), "Asian", OTHER, 158, 55.6
    ),
    Subject(16, "01", D(2010, 5, 4), None, "Male", D(1953, 8, 14), "White", OTHER, 174, 83.0),
    Subject(
        11, "03", D(2010, 5, 5), D(2010, 5, 18), "Male", D(1966, 10, 2), "White", OTHER, 180, 92.7
    ),
    Subject(
        10,
        "01",
        D(2010, 6, 15),
        D(2010, 6, 29),
        "Female",
        D(1979, 3, 19),
        "White",
        OTHER,
        169,
        62.8,
    ),
    Subject(
        2,
        "02",
        D(2010, 7, 8),
        D(2010, 7, 20),
        "Male",
        D(1984, 11, 27),
        "Black or African American",
        OTHER,
        185,
        97.9,
    ),
    Subject(
        7, "01", D(2010, 7, 27), D(2010, 8, 10), "Female", D(1990, 5, 5), "White", OTHER, 166, 59.4
    ),
    Subject(
        18, "02", D(2010, 8, 31), D(2010, 9, 14), "Male", D(1959, 7, 9), "White", OTHER, 172, 79.6
    ),
    Subject(
        14, "01", D(2010, 9, 28), D(2010, 10, 12), "Male", D(1969, 2, 25), "White", OTHER, 178, 84.0
    ),
    Subject(
        9,
        "03",
        D(2010, 11, 3),
        D(2010, 11, 16),
        "Female",
        D(1955, 9, 21),
        "White",
        HISPANIC,
        160,
        66.9,
    ),
    Subject(
        6, "01", D(2011, 1, 6), D(2011, 1, 18), "Male", D(1981, 12, 6), "Asian", OTHER, 171, 69.3
    ),
    Subject(17, "03", D(2011, 2, 1), None, "Female", D(1964, 3, 28), "White", OTHER, 167, 73.5),
    Subject(
        5, "02", D(2011, 2, 22), D(2011, 3, 8), "Female", D(1993, 6, 12), "White", OTHER, 170, 61.2
    ),
    Subject(
        3, "01", D(2011, 4, 5), D(2011, 4, 19), "Male", D(1947, 10, 18), "White", OTHER, 175, 81.8
    ),
]
BY_NO = {subject.no: subject for subject in SUBJECTS}
DOSED = [subject for subject in SUBJECTS if subject.day1 is not None]


@dataclass(frozen=True)
class Ending:
    """End of treatment, end of study and survival, as study days."""

    off_treatment: int
    treatment_reason: str
    off_study: int
    study_reason: str
    last_contact: int
    death: int | None = None
    cause: str = ""
    new_therapy_day: int | None = None
    new_therapy: str = ""


PD_TEXT = "Progressive disease"
TUMOUR = "Disease progression"
ENDINGS = {
    1: Ending(28, PD_TEXT, 28, PD_TEXT, 168, 168, TUMOUR, 45, "Palliative radiotherapy T8"),
    2: Ending(53, PD_TEXT, 54, PD_TEXT, 301, 301, TUMOUR, 70, "Gemcitabine + docetaxel"),
    3: Ending(56, PD_TEXT, 57, PD_TEXT, 240, 240, TUMOUR),
    4: Ending(58, PD_TEXT, 59, PD_TEXT, 143, 143, TUMOUR, 79, "Ifosfamide + etoposide"),
    5: Ending(47, "Adverse event", 50, "Adverse event", 330),
    6: Ending(57, "Withdrawal by subject", 57, "Withdrawal by subject", 57),
    7: Ending(
        60,
        "Other: local therapy",
        65,
        "Other: local therapy",
        610,
        None,
        "",
        66,
        "Surgery: resection of residual mass",
    ),
    8: Ending(118, PD_TEXT, 119, PD_TEXT, 398, 398, TUMOUR, 135, "Pazopanib (trial)"),
    9: Ending(230, PD_TEXT, 231, PD_TEXT, 560, 560, TUMOUR, 250, "Dacarbazine"),
    10: Ending(316, PD_TEXT, 317, PD_TEXT, 720, None, "", 337, "Trabectedin"),
    11: Ending(372, PD_TEXT, 373, PD_TEXT, 620, 620, TUMOUR, 395, "Ifosfamide"),
    12: Ending(456, "Physician decision", 456, "Physician decision", 470),
    13: Ending(
        519,
        "Physician decision",
        540,
        "Death",
        540,
        540,
        "Myocardial infarction, no evidence of progression",
    ),
    14: Ending(623, "Study closure", 626, "Study closure", 626),
    15: Ending(799, "Study closure", 801, "Study closure", 801),
    18: Ending(16, "Withdrawal by subject", 20, "Withdrawal by subject", 20),
}


def sites_text(site: str) -> str:
    """Usual spelling of a site."""
    return f"S{site}"
