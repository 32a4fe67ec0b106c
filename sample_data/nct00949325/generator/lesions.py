"""Tumour measurements: the clean story of the target, non-target and new lesions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from .model import rng_for
from .subjects import BY_NO, NEVER_DOSED, NEVER_REIMAGED, Subject

BASELINE_DAY = {
    1: -9,
    2: -8,
    3: -13,
    4: -6,
    5: -14,
    6: -7,
    7: -12,
    8: -10,
    9: -11,
    10: -13,
    11: -8,
    12: -14,
    13: -9,
    14: -12,
    15: -10,
    18: -7,
}

# Skeleton of trial_subjects.csv: scan day and the RECIST 1.1 time point response it must give.
VISITS = {
    1: "27:PD",
    2: "52:PD",
    3: "55:PD",
    4: "57:PD",
    5: "50:SD",
    6: "56:SD",
    7: "58:SD",
    8: "63:SD;117:PD",
    9: "57:SD;113:SD;171:SD;228:PD",
    10: "56:SD;114:PR;170:PR;227:NE;283:PR;315:PD",
    11: "59:SD;112:SD;170:SD;226:SD;282:SD;340:SD;371:PD",
    12: "55:SD;111:PR;168:SD;225:SD;281:SD;338:SD;394:SD;455:SD",
    13: "57:SD;115:SD;172:SD;229:SD;285:SD;343:SD;399:SD;456:SD;512:SD",
    14: "56:SD;113:SD;169:SD;226:SD;282:SD;339:SD;395:SD;452:SD;508:SD;565:SD;623:SD",
    15: "58:SD;114:PR;171:PR;228:PR;284:PR;341:PR;397:PR;454:PR;510:PR;567:PR;623:PR;680:PR;"
    "736:PR;799:PR",
}

# Target lesions: site text, then one line of sizes in mm for each scan (baseline first).
# None = lesion not assessed; 5 from day 567 of subject 15 = too small to measure.
TARGETS: dict[int, tuple[list[str], list[list[int | None]]]] = {
    1: (["Lung, right lower lobe", "Lung, left upper lobe"], [[34, 22], [36, 23]]),
    2: (
        ["Liver, segment VII", "Lung, right upper lobe", "Left iliac bone, soft tissue part"],
        [[41, 18, 30], [52, 24, 36]],
    ),
    3: (["Pelvis, soft tissue mass", "Lung, left lower lobe"], [[68, 15], [70, 16]]),
    4: (
        ["Lung, right middle lobe", "Lung, left lower lobe", "Chest wall, right"],
        [[28, 19, 25], [38, 24, 29]],
    ),
    5: (["Thigh, left, soft tissue mass", "Lung, right upper lobe"], [[45, 17], [43, 17]]),
    6: (["Retroperitoneum, left", "Liver, segment IV"], [[31, 26], [29, 25]]),
    7: (["Sacrum, soft tissue part", "Lung, left lower lobe"], [[52, 20], [49, 19]]),
    8: (
        ["Lung, right lower lobe", "Lung, left lower lobe", "Lymph node, left inguinal"],
        [[40, 24, 16], [34, 20, 14], [42, 26, 17]],
    ),
    9: (
        ["Retroperitoneum, right", "Liver, segment II"],
        [[37, 21], [35, 20], [33, 20], [34, 20], [35, 21]],
    ),
    10: (
        ["Pelvis, soft tissue mass", "Lung, left upper lobe", "Lung, right lower lobe"],
        [
            [60, 30, 20],
            [52, 25, 17],
            [40, 20, 14],
            [34, 17, 11],
            [33, None, None],
            [34, 16, 10],
            [42, 19, 13],
        ],
    ),
    11: (
        ["Abdominal wall, left", "Liver, segment VI"],
        [[48, 27], [46, 26], [44, 25], [43, 25], [43, 24], [44, 25], [45, 25], [46, 26]],
    ),
    12: (
        ["Lung, right lower lobe", "Pleura, right", "Lung, left lower lobe"],
        [
            [44, 32, 19],
            [38, 27, 16],
            [31, 22, 12],
            [33, 23, 13],
            [34, 23, 13],
            [34, 24, 14],
            [35, 24, 14],
            [35, 25, 14],
            [36, 25, 15],
        ],
    ),
    13: (
        ["Retroperitoneum, left", "Lung, right upper lobe"],
        [
            [36, 25],
            [34, 24],
            [33, 23],
            [33, 22],
            [32, 22],
            [32, 22],
            [33, 22],
            [33, 23],
            [34, 23],
            [34, 24],
        ],
    ),
    14: (
        ["Thigh, right, soft tissue mass", "Lung, right lower lobe", "Lung, left upper lobe"],
        [
            [55, 23, 18],
            [52, 22, 17],
            [50, 21, 16],
            [48, 20, 16],
            [47, 20, 15],
            [46, 19, 15],
            [46, 19, 15],
            [45, 19, 15],
            [45, 19, 14],
            [46, 19, 14],
            [46, 20, 15],
            [47, 20, 15],
        ],
    ),
    15: (
        ["Shoulder, left, soft tissue mass", "Lung, left lower lobe", "Lymph node, left axillary"],
        [
            [50, 28, 16],
            [43, 23, 13],
            [35, 18, 11],
            [30, 15, 10],
            [27, 13, 9],
            [25, 12, 9],
            [24, 11, 8],
            [23, 10, 8],
            [22, 10, 8],
            [22, 9, 8],
            [22, 5, 8],
            [22, 5, 8],
            [21, 5, 8],
            [22, 5, 8],
            [22, 5, 8],
        ],
    ),
    17: (["Femur, right, soft tissue part", "Lung, right upper lobe"], [[39, 14]]),
    18: (["Lung, left upper lobe", "Liver, segment VIII"], [[23, 33]]),
}
TOO_SMALL = {(15, day) for day in (567, 623, 680, 736, 799)}  # TL2
NON_TARGETS = {
    1: ["Lung, multiple nodules < 10 mm"],
    3: ["Pleural effusion, left", "Lung, multiple nodules < 10 mm"],
    4: ["Lung, multiple nodules < 10 mm"],
    6: ["Ascites"],
    8: ["Bone, L3 vertebra"],
    10: ["Lung, multiple nodules < 10 mm", "Bone, right acetabulum"],
    11: ["Ascites", "Peritoneum, nodules"],
    12: ["Pleural effusion, right"],
    14: ["Lung, multiple nodules < 10 mm"],
    15: ["Bone, left scapula"],
    18: ["Lung, multiple nodules < 10 mm"],
}
NON_TARGET_PD = {(3, 55): "Pleural effusion, left", (11, 371): "Ascites"}
NEW_LESIONS = {
    (1, 27): ("Bone, T8 vertebra", "New lytic lesion with soft tissue part"),
    (4, 57): ("Liver, segment V", "New hypodense lesion 17 mm"),
    (9, 228): ("Lung, right upper lobe", "New nodule 14 mm"),
}


@dataclass
class Scan:
    """One time point of one subject."""

    subject: Subject
    day: int | None
    visit: str
    scan_date: date
    report_date: date
    method: str
    sizes: list[int | None]
    non_targets: dict[str, str] = field(default_factory=dict)
    new_lesion: tuple[str, str] | None = None
    target: str = ""
    non_target: str = ""
    overall: str = ""

    @property
    def key(self) -> str:
        """Key of the rows of this scan."""
        return f"{self.subject.no}/{'base' if self.is_baseline else self.day}"

    @property
    def is_baseline(self) -> bool:
        """Whether this is the scan before treatment."""
        return self.visit == "Baseline"

    @property
    def total(self) -> int | None:
        """Sum of diameters, None when a lesion was not assessed."""
        known = [size for size in self.sizes if size is not None]
        return sum(known) if len(known) == len(self.sizes) else None


def visit_name(index: int, days: list[int]) -> str:
    """Planned visit (every 8 weeks); a scan soon after the one before is unscheduled."""
    before = days[index - 1] if index else 1
    return "Unscheduled" if days[index] - before < 42 else f"Week {8 * (index + 1)}"


def scans() -> list[Scan]:
    """All scans, in the order of the subjects' enrolment."""
    out: list[Scan] = []
    for no in [subject.no for subject in BY_NO.values() if subject.no in TARGETS]:
        subject = BY_NO[no]
        rng = rng_for("scan", no)
        lines = TARGETS[no][1]
        days = [int(item.split(":")[0]) for item in VISITS.get(no, "").split(";") if item]
        method = "CT" if rng.random() < 0.8 else "MRI"
        for index, sizes in enumerate(lines):
            if index == 0:
                when = (
                    subject.consent + timedelta(days=4)
                    if no == NEVER_DOSED
                    else subject.on(BASELINE_DAY[no])
                )
                day, visit = None, "Baseline"
            else:
                day, visit = days[index - 1], visit_name(index - 1, days)
                when = subject.on(day)
            report = when + timedelta(days=1 + int(rng.random() * 3))
            scan = Scan(subject, day, visit, when, report, method, list(sizes))
            progressed = NON_TARGET_PD.get((no, day or 0))
            for site in NON_TARGETS.get(no, []):
                scan.non_targets[site] = (
                    "Unequivocal progression" if site == progressed else "Present"
                )
            scan.new_lesion = NEW_LESIONS.get((no, day or 0))
            out.append(scan)
    if {scan.subject.no for scan in out} != set(VISITS) | {NEVER_DOSED, NEVER_REIMAGED}:
        raise AssertionError("subjects with scans")
    return out
