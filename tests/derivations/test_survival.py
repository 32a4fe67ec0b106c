"""Kaplan-Meier against R survival's saved answers (tests/oracle/survival.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cdisc_tools.derivations.results import compute_figure
from cdisc_tools.derivations.survival import compute_median, estimate_survival
from cdisc_tools.model.analysis import Figure

ORACLE = Path(__file__).resolve().parents[1] / "oracle"
INPUT = pd.read_csv(ORACLE / "survival_input.csv")
MEDIANS = pd.read_csv(ORACLE / "survival_median.csv").set_index("case")
CURVES = pd.read_csv(ORACLE / "survival_curve.csv")


def curve_of(case: str) -> pd.DataFrame:
    own = INPUT[INPUT["case"] == case]
    return estimate_survival(own["time"], own["cnsr"])


@pytest.mark.parametrize("case", MEDIANS.index.tolist())
def test_median_is_that_of_r(case):
    median = compute_median(curve_of(case))
    ours = [np.nan if x is None else x for x in (median.value, median.low, median.high)]
    np.testing.assert_allclose(ours, MEDIANS.loc[case, ["median", "low", "high"]].astype(float))


@pytest.mark.parametrize("case", MEDIANS.index.tolist())
def test_curve_is_that_of_r(case):
    expected, ours = CURVES[CURVES["case"] == case], curve_of(case)
    for name in ("time", "nrisk", "nevent", "ncensor", "survival", "lower", "upper"):
        np.testing.assert_allclose(
            ours[name.upper()], expected[name].astype(float), atol=1e-9, err_msg=name
        )


def figure(statistic: str, **options: object) -> Figure:
    return Figure(
        name="x", title="x", statistic=statistic, dataset="D", rationale="", source="", **options
    )


def test_no_subjects_have_no_median():
    empty = pd.DataFrame({"USUBJID": [], "AVAL": [], "CNSR": []})
    assert compute_figure({"D": empty}, figure("median")).value is None


# R 4.2.2 wilcox.test, see tests/oracle/survival.R
@pytest.mark.parametrize(
    ("case", "first", "second"),
    [
        ("exact", [-10.1, -7.3, -4.8, -8.2], [2.5, 2.6]),
        ("tied", [-145.0, -105.0, -175.0, -80.0], [5.0, 5.0]),
    ],
)
def test_rank_sum_is_that_of_r(case, first, second):
    answers = pd.read_csv(ORACLE / "rank_sum.csv").set_index("case")["p"]
    records = pd.DataFrame(
        {
            "USUBJID": range(len(first + second)),
            "CHG": first + second,
            "RESPFL": ["Y"] * len(first) + ["N"] * len(second),
        }
    )
    own = figure("rank_sum", variable="CHG", success={"RESPFL": ("Y",)})
    assert compute_figure({"D": records}, own).value == pytest.approx(answers[case])


# Clopper-Pearson limits of R 4.2.2 binom.test: 0 of 5, 5 of 5, 8 of 15
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(0, 5, 0.0, 52.18238), (5, 5, 47.81762, 100.0), (8, 15, 26.58613, 78.73334)],
)
def test_exact_interval_of_a_proportion(successes, n, low, high):
    records = pd.DataFrame(
        {"USUBJID": range(n), "RESPFL": ["Y"] * successes + ["N"] * (n - successes)}
    )
    result = compute_figure({"D": records}, figure("proportion", success={"RESPFL": ("Y",)}))
    assert (result.low, result.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("value", "published", "decimals", "agrees"),
    [(53.3333, 53, 0, True), (52.5, 53, 0, True), (52.4, 53, 0, False), (0.25, 0.3, 1, True)],
)
def test_published_figures_agree_at_their_decimals(value, published, decimals, agrees):
    records = pd.DataFrame({"USUBJID": ["1"], "AVAL": [value]})
    own = figure("shortest", variable="AVAL", published=published, decimals=decimals)
    assert compute_figure({"D": records}, own).agrees is agrees
