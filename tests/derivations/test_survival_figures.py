"""Figures of survival in a study's results, against R survival's saved answers."""

import pandas as pd
import pytest

from cdisc_tools.derivations.results import compute_figure
from cdisc_tools.model.analysis import Figure
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.results import Result
from cdisc_tools.reports.results import results_text
from tests.oracle.survival import answers, subjects_of

CASE = "arms-seeded-5"
NAMES = {"time": "AVAL", "cnsr": "CNSR", "group": "TRTP", "strata": "SITE"}
ARMS = {"group": "TRTP", "reference": "A"}


def figure(statistic: str, **options: object) -> Figure:
    return Figure(
        name="x", title="x", statistic=statistic, dataset="ADTTE", rationale="", source="",
        **options,
    )  # fmt: skip


def result_of(case: str, statistic: str, **options: object) -> Result:
    adtte = subjects_of(case).rename(columns=NAMES)
    return compute_figure({"ADTTE": adtte}, figure(statistic, **options))


def answer(name: str, **where: object) -> pd.Series:
    """The one line of R's answers for the case in which each variable has the value."""
    own = answers(name)
    for variable, value in {"case": CASE, **where}.items():
        own = own[own[variable] == value]
    return own.iloc[0]


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_landmark_in_percent(conf_type):
    of_r = answers("landmark").query("case == @CASE and conf_type == @conf_type").iloc[4]
    result = result_of(CASE, "landmark", at=of_r["at"], conf_type=conf_type)
    expected = 100 * of_r[["survival", "lower", "upper"]].astype(float)
    assert [result.value, result.low, result.high] == pytest.approx(expected.tolist(), rel=1e-9)
    at_risk = result_of(CASE, "at_risk", at=of_r["at"])
    assert (at_risk.value, at_risk.n) == (of_r["nrisk"], len(subjects_of(CASE)))


@pytest.mark.parametrize("probability", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_quantile(probability, conf_type):
    of_r = answer("quantile", conf_type=conf_type, level=0.95, probability=probability)
    result = result_of(CASE, "quantile", probability=probability, conf_type=conf_type)
    assert [result.value, result.low, result.high] == of_r[["value", "low", "high"]].tolist()


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_median_with_other_limits(conf_type):
    of_r = answer("median", conf_type=conf_type, level=0.95)
    result = result_of(CASE, "median", conf_type=conf_type)
    assert [result.value, result.low, result.high] == of_r[["median", "low", "high"]].tolist()


@pytest.mark.parametrize("strata", [(), ("SITE",)])
def test_logrank(strata):
    of_r = answer("logrank", stratified=bool(strata))
    result = result_of(CASE, "logrank", group="TRTP", strata=strata)
    assert (result.value, result.n) == (pytest.approx(of_r["p"], rel=1e-9), 100)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("strata", [(), ("SITE",)])
def test_hazard_ratio(strata, ties):
    of_r = answer("cox", stratified=bool(strata), ties=ties)
    result = result_of(CASE, "hazard_ratio", strata=strata, ties=ties, **ARMS)
    expected = of_r[["hr", "low", "high"]].astype(float).tolist()
    assert [result.value, result.low, result.high] == pytest.approx(expected, rel=1e-9)


def test_arms_are_compared_as_text():
    adtte = subjects_of(CASE).rename(columns=NAMES)
    adtte["TRTPN"] = adtte["TRTP"].map({"A": 1, "B": 2})
    coded = figure("hazard_ratio", group="TRTPN", reference="1")
    assert compute_figure({"ADTTE": adtte}, coded).value == result_of(
        CASE, "hazard_ratio", **ARMS
    ).value  # fmt: skip


@pytest.mark.parametrize(
    ("case", "statistic", "options", "said"),
    [
        ("arms-no-event-in-one", "hazard_ratio", ARMS,
         "not estimable (infinite): no event in A with both arms at risk"),
        ("arms-no-event-in-other", "hazard_ratio", ARMS,
         "not estimable (zero): no event in the other arm with both arms at risk"),
        ("arms-no-events", "hazard_ratio", ARMS, "not estimable: no event with both arms at risk"),
        ("arms-no-events", "logrank", {"group": "TRTP"},
         "not estimable: no event with two arms at risk"),
        ("arms-no-events", "logrank", {"group": "TRTP", "where": {"TRTP": ("A",)}},
         "not estimable: one TRTP only"),
        ("arms-no-events", "hazard_ratio", {**ARMS, "where": {"TRTP": ("C",)}}, "no data"),
        ("arms-no-events", "landmark", {"at": 3, "where": {"TRTP": ("C",)}}, "no data"),
        ("arms-no-events", "at_risk", {"at": 3, "where": {"TRTP": ("C",)}}, "no data"),
        ("arms-no-events", "quantile", {"probability": 0.5, "where": {"TRTP": ("C",)}}, "no data"),
        ("arms-no-events", "quantile", {"probability": 0.5}, "not reached"),
    ],
)  # fmt: skip
def test_what_can_not_be_estimated_says_why(case, statistic, options, said):
    result = result_of(case, statistic, **options)
    assert (result.value, result.low, result.high) == (None, None, None)
    assert said in results_text([result])


@pytest.mark.parametrize(
    ("changes", "statistic", "options", "message"),
    [
        ({"AVAL": [1.0, None]}, "median", {}, r"Figure x: time is missing in 1 of 2"),
        ({}, "hazard_ratio", {"group": "TRTP", "reference": "C"}, r"Figure x:.*'C'.*not of A, B"),
        ({}, "logrank", {"group": "ARM"}, r"ADTTE.*ARM"),
        ({}, "logrank", {"group": "TRTP", "strata": ("SITE",)}, r"ADTTE.*SITE"),
    ],
)
def test_an_error_names_the_figure(changes, statistic, options, message):
    adtte = pd.DataFrame(
        {"USUBJID": ["1", "2"], "AVAL": [1.0, 2.0], "CNSR": [0, 0], "TRTP": ["A", "B"]}
    ).assign(**changes)
    own = figure(statistic, **options)
    with pytest.raises(ConfigurationError, match=message):
        compute_figure({"ADTTE": adtte}, own)


@pytest.mark.parametrize(
    ("statistic", "options", "message"),
    [
        ("landmark", {}, "needs at"),
        ("quantile", {}, "needs probability"),
        ("hazard_ratio", {"group": "TRTP"}, "needs reference"),
        ("landmark", {"at": -1.0}, "at -1"),
        ("quantile", {"probability": 75}, "probability 75"),
    ],
)
def test_a_figure_lacks_nothing_that_its_statistic_needs(statistic, options, message):
    with pytest.raises(ValueError, match=message):
        figure(statistic, **options)
