"""Figures: the same data give the same bytes."""

import pandas as pd
import pytest

from cdisc_tools.reports.figures import figure_bytes, results_figure

CURVE = pd.DataFrame(
    {
        "TIME": [27.0, 60.0, 315.0], "SURVIVAL": [0.75, 0.5, 0.5],
        "LOWER": [0.3, 0.1, float("nan")],
        "UPPER": [0.95, 0.85, float("nan")], "NCENSOR": [0, 0, 1], "NRISK": [4, 3, 1],
    }
)  # fmt: skip
ADTTE = pd.DataFrame(
    {"USUBJID": ["T1-01", "T1-02", "T1-03", "T1-04"], "AVAL": [27, 60, 60, 315],
     "CNSR": [0, 0, 0, 1]}
)  # fmt: skip
ADRS = pd.DataFrame(
    {"USUBJID": ["T1-01", "T1-04", "T1-04", "T1-99"], "TIME": [27, 50, 100, 5],
     "AVALC": ["PD", "PR", "UNKNOWN", "CR"]}
)  # fmt: skip


@pytest.mark.parametrize(("kind", "starts"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_figure_is_the_same_twice(kind, starts):
    first, second = (
        figure_bytes(results_figure(CURVE, ADTTE, ADRS, "PFS", "Days"), kind) for _ in range(2)
    )
    assert first == second
    assert first.startswith(starts)


@pytest.mark.parametrize(("adrs", "labels"), [
    (ADRS, ["PD", "PR", "UNKNOWN", "censored"]), (ADRS.iloc[:0], ["censored"]),
])  # fmt: skip
def test_the_responses_of_the_subjects_shown_are_named(adrs, labels):
    _, below = results_figure(CURVE, ADTTE, adrs, "PFS", "Days").axes
    assert [text.get_text() for text in below.get_legend().get_texts()] == labels
    assert [tick.get_text() for tick in below.get_yticklabels()] == list(ADTTE["USUBJID"])
