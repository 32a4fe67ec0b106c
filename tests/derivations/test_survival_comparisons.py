"""Log-rank test and hazard ratio against R survival's saved answers (tests/oracle/survival.R)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cdisc_tools.derivations.survival_comparisons import (
    HazardRatio,
    LogRank,
    compute_hazard_ratio,
    compute_log_rank,
)
from tests.oracle.survival import answers, subjects_of
from tests.tables import cases, table

LOG_RANKS = answers("logrank")
ARMS = answers("logrank_arms")
HAZARDS = answers("cox")
# what R's coxph says of a coefficient that it found to be infinite: two sentences for one thing
INFINITE = r"coefficient may be infinite|Ran out of iterations"


def name_of(row: object) -> str:
    parts = [row.case, "stratified" if row.stratified else "", getattr(row, "ties", "")]
    return "-".join(part for part in parts if part)


def rows_of(saved: pd.DataFrame) -> list[object]:
    return [pytest.param(row, id=name_of(row)) for row in saved.itertuples()]


def log_rank_of(case: str, stratified: bool) -> LogRank:
    own = subjects_of(case)
    strata = own["strata"] if stratified else None
    return compute_log_rank(own["time"], own["cnsr"], own["group"], strata=strata)


def hazard_ratio_of(row: object) -> HazardRatio:
    own = subjects_of(row.case)
    return compute_hazard_ratio(
        own["time"], own["cnsr"], own["group"], reference="A", ties=row.ties,
        strata=own["strata"] if row.stratified else None,
    )  # fmt: skip


def or_missing(value: float | None) -> float:
    return np.nan if value is None else value


@pytest.mark.parametrize("row", rows_of(LOG_RANKS[LOG_RANKS["p"].notna()]))
def test_log_rank_is_that_of_r(row):
    test = log_rank_of(row.case, row.stratified)
    assert test.df == row.df
    np.testing.assert_allclose(test.chisq, row.chisq, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(test.p, row.p, rtol=1e-9)


@pytest.mark.parametrize("row", rows_of(LOG_RANKS[LOG_RANKS["p"].isna()]))
def test_nothing_to_compare_has_no_log_rank(row):
    """R says NaN without events, and that its matrix is singular where arms never meet."""
    test = log_rank_of(row.case, row.stratified)
    assert (test.chisq, test.p) == (None, None)


@pytest.mark.parametrize("row", rows_of(ARMS.drop_duplicates(["case", "stratified"])))
def test_observed_and_expected_events_are_those_of_r(row):
    of_r = ARMS[ARMS["case"].eq(row.case) & ARMS["stratified"].eq(row.stratified)]
    arms = log_rank_of(row.case, row.stratified).arms
    assert arms["GROUP"].tolist() == of_r["group"].tolist()
    assert arms["N"].tolist() == of_r["n"].tolist()
    assert arms["OBSERVED"].tolist() == of_r["observed"].tolist()
    np.testing.assert_allclose(arms["EXPECTED"], of_r["expected"], rtol=1e-9)


FINITE = HAZARDS[HAZARDS["coef"].notna() & ~HAZARDS["said"].str.contains(INFINITE, na=False)]


@pytest.mark.parametrize("row", rows_of(FINITE))
def test_hazard_ratio_is_that_of_r(row):
    hazard = hazard_ratio_of(row)
    ours = [hazard.coefficient, hazard.stderr, hazard.ratio, hazard.low, hazard.high, hazard.p]
    of_r = [row.coef, row.se, row.hr, row.low, row.high, row.p]
    np.testing.assert_allclose(ours, of_r, rtol=1e-9, atol=1e-12)
    # R's own stopping rule leaves up to 4e-9 to the maximum that a stricter one finds
    np.testing.assert_allclose(hazard.coefficient, row.converged_coef, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(hazard.stderr, row.converged_se, rtol=1e-7)


@pytest.mark.parametrize("row", rows_of(HAZARDS[HAZARDS["said"].str.contains(INFINITE, na=False)]))
def test_an_infinite_coefficient_is_said_where_r_warns(row):
    hazard = hazard_ratio_of(row)
    assert hazard.is_infinite
    assert hazard.coefficient == np.sign(row.coef) * np.inf
    assert hazard.ratio == (np.inf if row.coef > 0 else 0)
    assert [hazard.stderr, hazard.low, hazard.high, hazard.p] == [None] * 4


@pytest.mark.parametrize("row", rows_of(HAZARDS[HAZARDS["coef"].isna()]))
def test_no_information_has_no_hazard_ratio(row):
    hazard = hazard_ratio_of(row)
    assert not hazard.is_infinite
    assert hazard == HazardRatio(None, None, None, None, None, None)


# By hand: one event with both arms at risk. One of two at risk is the log-rank's E = 1/2, V = 1/4
# and chi-square 1; the second case has E = 2/3, V = 2/9 and chi-square (1 - 2/3)^2 / (2/9)
@pytest.mark.parametrize("case", cases("""
    CASE                TIMES  CNSR   GROUP  CHISQ
    one-of-two          1 2    0 1    A B    1
    one-of-three        1 2 2  0 1 1  B A B  0.5
    censored-that-day   1 1 1  0 1 1  B A B  0.5
    nobody-beside-it    2 1 1  0 1 1  B A B  0
"""))  # fmt: skip
def test_log_rank_by_hand(case):
    row = case.iloc[0]
    time, cnsr = (pd.Series([float(x) for x in row[name].split()]) for name in ("TIMES", "CNSR"))
    test = compute_log_rank(time, cnsr, pd.Series(row["GROUP"].split()))
    assert test.chisq == pytest.approx(float(row["CHISQ"]), abs=1e-12)


def test_several_variables_of_strata_are_crossed():
    own = subjects_of("arms-seeded-5")
    halves = pd.Series(np.where(np.arange(len(own)) % 2, "odd", "even"))
    both = pd.DataFrame({"strata": own["strata"], "HALF": halves})
    pasted = own["strata"] + halves
    ours, other = (
        compute_log_rank(own["time"], own["cnsr"], own["group"], strata=s) for s in (both, pasted)
    )
    assert ours.chisq == pytest.approx(other.chisq, rel=1e-12)


def test_the_other_reference_has_the_inverse_ratio():
    own = subjects_of("arms-seeded-5")
    ours, other = (
        compute_hazard_ratio(own["time"], own["cnsr"], own["group"], reference=arm) for arm in "AB"
    )
    assert ours.ratio == pytest.approx(1 / other.ratio, rel=1e-8)
    assert (ours.low, ours.high) == pytest.approx((1 / other.high, 1 / other.low), rel=1e-8)


TWO = table("""
    TIME  CNSR  GROUP  SITE
    1     0     A      x
    2     0     B      x
    3     1     A      .
""")


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"TIME": [1, None, 3]}, {}, r"time is missing in 1 of 3 records, the first is record 1"),
        ({"CNSR": [None, 0, 0]}, {}, r"cnsr is missing in 1 of 3"),
        ({"GROUP": ["A", "B", None]}, {}, r"group is missing in 1 of 3"),
        ({"GROUP": ["A", "A", "A"]}, {}, r"group has 1 arms; a comparison needs two"),
        ({"GROUP": ["A", "B", "C"]}, {}, r"'A' and one other arm, not of A, B, C"),
        ({}, {"reference": "placebo"}, r"'placebo' and one other arm, not of A, B"),
        ({}, {"ties": "exact"}, r"ties is 'exact'; it must be efron or breslow"),
        ({}, {"strata": TWO[["SITE"]]}, r"SITE is missing in 1 of 3"),
        ({}, {"strata": TWO["SITE"].head(2)}, r"strata has 2 records and time has 3"),
    ],
)  # fmt: skip
def test_wrong_use_is_named(changes, options, message):
    own = TWO.astype({"TIME": float, "CNSR": int}).assign(**changes)
    with pytest.raises(ValueError, match=message):
        compute_hazard_ratio(
            own["TIME"], own["CNSR"], own["GROUP"], **{"reference": "A", **options}
        )


def test_no_subjects_are_no_comparison():
    empty = pd.Series([], dtype=float)
    with pytest.raises(ValueError, match="group has 0 arms"):
        compute_log_rank(empty, empty, empty)


SUBJECT = st.tuples(
    st.integers(0, 30), st.sampled_from([0, 1]), st.sampled_from("AB"), st.sampled_from("xy")
)


@given(st.lists(SUBJECT, min_size=2, max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(subjects, random):
    assume(len({arm for _, _, arm, _ in subjects}) == 2)
    shuffled = random.sample(subjects, len(subjects))
    for strata in (False, True):
        (test, hazard), (other_test, other_hazard) = (
            compared(s, strata) for s in (subjects, shuffled)
        )
        assert (test.chisq, test.p) == (other_test.chisq, other_test.p)
        assert hazard == other_hazard


def compared(subjects: list[tuple[int, int, str, str]], stratified: bool):
    own = pd.DataFrame(subjects, columns=["time", "cnsr", "group", "strata"])
    vectors = own["time"], own["cnsr"], own["group"]
    strata = own["strata"] if stratified else None
    return (
        compute_log_rank(*vectors, strata=strata),
        compute_hazard_ratio(*vectors, reference="A", strata=strata),
    )
