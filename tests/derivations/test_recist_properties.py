"""What holds for any lesions: time runs one way, more tumour is never better, order is nothing."""

import dataclasses

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_tools.derivations.recist import derive_lesion_responses
from cdisc_tools.model.findings import Findings
from tests.derivations.scans import BEFORE, LESIONS, RECIST, RECIST_1_0, scans

SETTINGS = settings(max_examples=8, deadline=None)
KEPT = dataclasses.replace(LESIONS, partial=dataclasses.replace(LESIONS.partial, keep=True))
VARIANTS = pytest.mark.parametrize(
    ("criteria", "definition"),
    [(RECIST, LESIONS), (RECIST, KEPT), (RECIST_1_0, LESIONS)],
    ids=["recist-1.1", "partial-kept", "recist-1.0"],
)
ORDER = {"CR": 0, "PR": 1, "SD": 2, "NON-CR/NON-PD": 2, "NE": 3, "PD": 4}
SUBJECTS = 10  # a call derives all of them at once
# tenths of mm, the thresholds and their neighbours among them
DIAMETERS = st.one_of(st.integers(0, 400), st.sampled_from([0, 49, 50, 51, 99, 100, 101]))
VALUES = st.one_of(DIAMETERS, DIAMETERS, st.sampled_from(["NE", "TOO_SMALL_TO_MEASURE"]))
KINDS = ("T1", "T2", "K1", "N1")


@st.composite
def histories(draw) -> list[dict[str, object]]:
    """The scans of a subject, baseline first: the value of each lesion."""
    names = draw(st.lists(st.sampled_from(KINDS), min_size=1, unique=True))
    visits: list[dict[str, object]] = []
    for number in range(draw(st.integers(2, 5))):
        scan: dict[str, object] = {}
        for name in names:
            states = st.sampled_from(["P", "P", "A", "NE", "U"])
            target = st.integers(100, 400) if number == 0 else VALUES
            scan[name] = draw(states if name == "N1" else target)
        if number and draw(st.integers(0, 7)) == 0:
            scan["X1"] = "P"
        visits.append(scan)
    return visits


def respond(subjects, criteria, definition, shuffle=None) -> pd.DataFrame:
    """The responses of several subjects, a node having both diameters of one size."""
    parts = []
    for number, visits in enumerate(subjects):
        words = [[_word(name, value) for name, value in scan.items()] for scan in visits]
        tu, tr = scans(" | ".join(" ".join(scan) for scan in words))
        parts.append((tu.assign(USUBJID=f"{number:02d}"), tr.assign(USUBJID=f"{number:02d}")))
    tu = pd.concat([part[0] for part in parts], ignore_index=True)
    tr = pd.concat([part[1] for part in parts], ignore_index=True)
    if shuffle is not None:
        tu = tu.sample(frac=1, random_state=shuffle)
        tr = tr.sample(frac=1, random_state=shuffle).reset_index(drop=True)
    names = pd.Series([f"{number:02d}" for number in range(len(subjects))], dtype="string")
    adsl = pd.DataFrame({"USUBJID": names, "TRTSDT": BEFORE.iloc[0]})
    answer, _ = derive_lesion_responses(
        {"TU": tu, "TR": tr}, adsl, definition, criteria, findings=Findings()
    )
    return answer.set_index(["USUBJID", "TIMEPT"])


def _word(name: str, value: object) -> str:
    shown = value / 10 if isinstance(value, int) else value
    both = f"{name}={shown} {name}:LDIAM={shown}"
    return both if name.startswith("K") else f"{name}={shown}"


@VARIANTS
@SETTINGS
@given(subjects=st.lists(histories(), min_size=SUBJECTS, max_size=SUBJECTS))
def test_a_later_scan_changes_no_earlier_response(criteria, definition, subjects):
    whole = respond(subjects, criteria, definition)
    shorter = respond([visits[:-1] for visits in subjects], criteria, definition)
    columns = ["IS_BASE", "SUM", "BASE", "NADIR", "TRGRESP", "NTRGRESP", "NEWLIND", "OVRLRESP"]
    pd.testing.assert_frame_equal(whole.loc[shorter.index, columns], shorter[columns])


@VARIANTS
@SETTINGS
@given(
    subjects=st.lists(histories(), min_size=SUBJECTS, max_size=SUBJECTS),
    more=st.lists(st.integers(1, 200), min_size=SUBJECTS, max_size=SUBJECTS),
    place=st.integers(1, 4),
)
def test_a_larger_lesion_improves_no_response(criteria, definition, subjects, more, place):
    larger, visits_of = [], []
    for visits, growth in zip(subjects, more, strict=True):
        number = min(place, len(visits) - 1)
        scan = visits[number]
        name = next((n for n, value in scan.items() if isinstance(value, int)), None)
        grown = scan if name is None else {**scan, name: scan[name] + growth}
        larger.append([*visits[:number], grown, *visits[number + 1 :]])
        visits_of.append(str(number))
    before, after = (respond(each, criteria, definition) for each in (subjects, larger))
    for number, visit in enumerate(visits_of):
        scan = [f"{number:02d}", f"{visit}|{visit}"]
        one, other = (frame.loc[tuple(scan), "OVRLRESP"] for frame in (before, after))
        assert ORDER[other] >= ORDER[one]


@VARIANTS
@SETTINGS
@given(
    subjects=st.lists(histories(), min_size=SUBJECTS, max_size=SUBJECTS),
    shuffle=st.integers(0, 1000),
)
def test_the_order_of_records_changes_nothing(criteria, definition, subjects, shuffle):
    pd.testing.assert_frame_equal(
        respond(subjects, criteria, definition, shuffle), respond(subjects, criteria, definition)
    )
