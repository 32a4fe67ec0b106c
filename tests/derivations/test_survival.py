"""Kaplan-Meier, quantiles, landmarks and exact limits against R's saved answers (tests/oracle)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_tools.derivations.proportions import compute_exact_interval
from cdisc_tools.derivations.results import compute_figure
from cdisc_tools.derivations.survival import (
    compute_median,
    compute_quantiles,
    estimate_landmarks,
    estimate_survival,
)
from cdisc_tools.model.analysis import Figure
from tests.oracle.survival import ORACLE, answers, cases_of, subjects_of
from tests.tables import cases

CURVES = answers("curve")
LANDMARKS = answers("landmark")
MEDIANS = answers("median")
QUANTILES = answers("quantile")
RATES = pd.read_csv(ORACLE / "binom.csv")
CONF_TYPES = ("log-log", "log", "plain")


def curve_of(case: str, conf_type: str = "log-log", level: float = 0.95) -> pd.DataFrame:
    own = subjects_of(case)
    return estimate_survival(own["time"], own["cnsr"], conf_type=conf_type, level=level)


def assert_equal(ours: object, of_r: object, what: str) -> None:
    """Equal to 1e-9 relative; 1e-12 absolute, for a limit of 0 that is 1e-17 in one of them."""
    np.testing.assert_allclose(
        np.asarray(ours, dtype=float), np.asarray(of_r, dtype=float),
        rtol=1e-9, atol=1e-12, err_msg=what,
    )  # fmt: skip


def test_the_data_sets_are_many_and_of_one_version_of_r():
    assert len(cases_of(CURVES)) >= 60
    versions = pd.read_csv(ORACLE / "survival_versions.csv").set_index("program")["version"]
    assert versions["survival"] == "3.5.3"


@pytest.mark.parametrize("case", cases_of(CURVES))
def test_curve_is_that_of_r(case):
    expected, ours = CURVES[CURVES["case"] == case], curve_of(case)
    for name in ("time", "nrisk", "nevent", "ncensor", "survival", "stderr"):
        assert_equal(ours[name.upper()], expected[name], name)
    for conf_type in CONF_TYPES:
        own = curve_of(case, conf_type)
        assert_equal(own["LOWER"], expected[f"lower_{conf_type}"], f"lower {conf_type}")
        assert_equal(own["UPPER"], expected[f"upper_{conf_type}"], f"upper {conf_type}")


@pytest.mark.parametrize("case", cases_of(MEDIANS))
def test_median_is_that_of_r(case):
    for expected in MEDIANS[MEDIANS["case"] == case].itertuples():
        median = compute_median(curve_of(case, expected.conf_type, expected.level))
        ours = [median.value, median.low, median.high]
        assert_equal(ours, [expected.median, expected.low, expected.high], expected.conf_type)


@pytest.mark.parametrize("case", cases_of(QUANTILES))
def test_quantiles_are_those_of_r(case):
    for (conf_type, level), expected in QUANTILES[QUANTILES["case"] == case].groupby(
        ["conf_type", "level"]
    ):
        ours = compute_quantiles(curve_of(case, conf_type, level), expected["probability"].tolist())
        for name, of_r in (("TIME", "value"), ("LOWER", "low"), ("UPPER", "high")):
            assert_equal(ours[name], expected[of_r], f"{name} {conf_type} {level}")


@pytest.mark.parametrize("case", cases_of(LANDMARKS))
def test_landmarks_are_those_of_r(case):
    for conf_type, expected in LANDMARKS[LANDMARKS["case"] == case].groupby("conf_type"):
        ours = estimate_landmarks(curve_of(case, conf_type), expected["at"].tolist())
        for name in ("nrisk", "nevent", "ncensor", "survival", "stderr", "lower", "upper"):
            assert_equal(ours[name.upper()], expected[name], f"{name} {conf_type}")


# By hand: n events at 10, 20, 30 ... so that survival is exactly 1/2 or 1/4 on a plateau.
# 1 - 9/10 is less than 0.1 by rounding: R 3.5.3 says 1.5 when asked for 0.05 and 0.1, and NA when
# asked for 0.1 alone
@pytest.mark.parametrize("case", cases("""
    CASE                      TIMES              CNSR           P     TIME
    plateau-midpoint          10 20 30 40        0 0 0 0        0.5   25
    plateau-quarter           10 20 30 40        0 0 0 0        0.25  15
    plateau-past-censoring    10 20 25 30 40     0 0 1 0 0      0.4   25
    no-plateau                10 20 30           0 0 0          0.5   20
    plateau-to-the-end        10 20 30 40        0 0 1 1        0.5   30
    not-reached               10 20 30 40        0 1 1 1        0.5   .
    all-censored              10 20              1 1            0.5   .
    level-missed-by-rounding  0 1 1 1 1 1 1 2 2 3  0 1 1 1 1 1 1 1 1 1  0.1  1.5
    one-subject               10                 0              0.5   10
    nothing-yet               10 20              0 0            0     0
    everyone                  10 20              0 0            1     20
"""))  # fmt: skip
def test_quantile_by_hand(case):
    row = case.iloc[0]
    curve = estimate_survival(numbers(row["TIMES"]), numbers(row["CNSR"]))
    ours = compute_quantiles(curve, [float(row["P"])])["TIME"].item()
    assert ours == pytest.approx(
        np.nan if pd.isna(row["TIME"]) else float(row["TIME"]), nan_ok=True
    )


# Events at 10 and 20, censored at 15: at risk just before, the rest up to and with the time
@pytest.mark.parametrize("case", cases("""
    CASE              AT  NRISK  NEVENT  NCENSOR  SURVIVAL
    at-the-origin     0   3      0       0        1
    before-the-first  9   3      0       0        1
    at-an-event       10  3      1       0        0.6666666666666667
    at-a-censoring    15  2      1       1        0.6666666666666667
    between           16  1      1       1        0.6666666666666667
    at-the-last       20  1      2       1        0
    after-the-last    21  0      2       1        0
"""))  # fmt: skip
def test_landmark_by_hand(case):
    curve = estimate_survival(pd.Series([10, 15, 20]), pd.Series([0, 1, 0]))
    landmark = estimate_landmarks(curve, [float(case["AT"].item())])
    for name in ("NRISK", "NEVENT", "NCENSOR", "SURVIVAL"):
        assert landmark[name].item() == pytest.approx(float(case[name].item()), abs=1e-15)


def numbers(text: str) -> pd.Series:
    return pd.Series([float(number) for number in text.split()])


def test_no_subjects_have_no_estimates():
    curve = estimate_survival(pd.Series([], dtype=float), pd.Series([], dtype="Int64"))
    assert curve.empty
    assert compute_median(curve).value is None
    assert compute_quantiles(curve)[["TIME", "LOWER", "UPPER"]].isna().all(axis=None)
    landmark = estimate_landmarks(curve, [0, 10])
    assert landmark["NRISK"].tolist() == [0, 0]
    assert landmark[["SURVIVAL", "STDERR", "LOWER", "UPPER"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("time", "cnsr", "message"),
    [
        ([1.0, None], [0, 0], r"time is missing in 1 of 2 records, the first is record b"),
        ([1.0, 2.0], [0, None], r"cnsr is missing in 1 of 2 records, the first is record b"),
        ([1.0, np.inf], [0, 0], r"time is infinite in record b"),
    ],
)
def test_a_missing_time_is_named(time, cnsr, message):
    with pytest.raises(ValueError, match=message):
        estimate_survival(pd.Series(time, index=["a", "b"]), pd.Series(cnsr, index=["a", "b"]))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda curve: compute_quantiles(curve, [50]), r"probabilities are \[50\]"),
        (lambda curve: estimate_landmarks(curve, [-1]), r"times are \[-1\]"),
        (lambda _: curve_of("ties", "logit"), r"'logit'.*log-log, log, plain"),
        (lambda _: compute_exact_interval(3, 2), r"3 of 2"),
        (lambda _: compute_exact_interval(0, 0), r"0 of 0"),
    ],
)
def test_wrong_use_is_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong(curve_of("ties"))


@pytest.mark.parametrize(
    "row", list(RATES.itertuples()), ids=lambda row: f"{row.successes}-of-{row.n}"
)
def test_exact_interval_is_that_of_r(row):
    ours = compute_exact_interval(int(row.successes), int(row.n), level=row.level)
    np.testing.assert_allclose(ours, (row.low, row.high), rtol=1e-9)


SUBJECTS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0, 1])), min_size=1, max_size=40)


def columns(subjects: list[tuple[int, int]], k: float = 1) -> tuple[pd.Series, pd.Series]:
    frame = pd.DataFrame(subjects, columns=["time", "cnsr"])
    return k * frame["time"], frame["cnsr"]


@given(SUBJECTS, st.randoms(use_true_random=False), st.sampled_from(CONF_TYPES))
def test_the_order_of_records_changes_nothing(subjects, random, conf_type):
    shuffled = random.sample(subjects, len(subjects))
    curve, other = (
        estimate_survival(*columns(s), conf_type=conf_type) for s in (subjects, shuffled)
    )
    pd.testing.assert_frame_equal(curve, other, check_exact=True)
    pd.testing.assert_frame_equal(compute_quantiles(curve), compute_quantiles(other))


@given(SUBJECTS)
def test_survival_never_rises_and_stays_within_its_limits(subjects):
    curve = estimate_survival(*columns(subjects))
    assert (curve["SURVIVAL"].diff().dropna() <= 0).all()
    known = curve.dropna()
    assert (known["LOWER"] <= known["SURVIVAL"]).all()
    assert (known["SURVIVAL"] <= known["UPPER"]).all()
    landmarks = estimate_landmarks(curve, range(45))
    assert (landmarks["SURVIVAL"].diff().dropna() <= 0).all()
    assert (landmarks["NRISK"].diff().dropna() <= 0).all()


@given(SUBJECTS, st.sampled_from([0.25, 7, 30.4375, 365.25]), st.sampled_from(CONF_TYPES))
def test_times_in_another_unit_have_quantiles_in_that_unit(subjects, k, conf_type):
    curve, scaled = (
        estimate_survival(*columns(subjects, unit), conf_type=conf_type) for unit in (1, k)
    )
    times = ["TIME", "LOWER", "UPPER"]
    ours, expected = compute_quantiles(scaled)[times], k * compute_quantiles(curve)[times]
    np.testing.assert_allclose(ours, expected, rtol=1e-12)
    medians = compute_median(curve), compute_median(scaled)
    assert medians[1].value == (
        None if medians[0].value is None else pytest.approx(k * medians[0].value)
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
