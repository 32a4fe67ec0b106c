"""Comparisons of survival between arms: the log-rank test and the hazard ratio."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from cdisc_tools.derivations.survival import Floats, read_follow_up, require_known

# R's coxph.control: its stopping rule is ours, so that its estimates are
_CONVERGED = 1e-9
_STEPS = 20
_Z = float(norm.ppf(0.975))


@dataclass(frozen=True)
class LogRank:
    """A log-rank test: chi-square, degrees of freedom, two-sided p.

    ``arms`` has one record per arm: GROUP, N, OBSERVED and EXPECTED events. ``chisq`` and ``p``
    are None where there is nothing to compare: no event, or never two arms at risk together.
    """

    chisq: float | None
    df: int
    p: float | None
    arms: pd.DataFrame


@dataclass(frozen=True)
class HazardRatio:
    """A hazard ratio with its 95 % Wald limits; ``coefficient`` is its logarithm.

    Where no event of one arm has the other arm at risk, the likelihood rises without end: the
    coefficient is infinite (ratio infinity or 0), and there is no standard error, limit or p.
    Where no event has both arms at risk, there is no ratio either: all are None.
    """

    coefficient: float | None
    stderr: float | None
    ratio: float | None
    low: float | None
    high: float | None
    p: float | None

    @property
    def is_infinite(self) -> bool:
        """True when the coefficient is infinite, whatever its sign."""
        return self.coefficient is not None and bool(np.isinf(self.coefficient))


@dataclass(frozen=True)
class _RiskSets:
    """Subjects at risk and events: a line an event time of a stratum, a column an arm."""

    arms: tuple[object, ...]
    sizes: tuple[int, ...]
    at_risk: Floats
    events: Floats


def compute_log_rank(
    time: pd.Series,
    cnsr: pd.Series,
    group: pd.Series,
    *,
    strata: pd.Series | pd.DataFrame | None = None,
) -> LogRank:
    """Test that two or more arms have the same survival, within strata where given.

    ``time`` is in any unit, ``cnsr`` 0 is an event, ``group`` is the arm; several variables of
    ``strata`` are crossed. At equal times events come before censorings, and tied events have
    the hypergeometric variance. An arm that is never at risk at an event is left out of the
    degrees of freedom.

    Raises ValueError for a missing value of any of them and for fewer than two arms.
    Source: R survival 3.5.3 survdiff(rho=0). scipy.stats.logrank (1.17) gives the same for two
    arms without strata; it has neither strata nor a third arm.
    """
    sets = _risk_sets(time, cnsr, group, strata)
    total, events = sets.at_risk.sum(axis=1), sets.events.sum(axis=1)
    share = sets.at_risk / total[:, None]
    observed, expected = sets.events.sum(axis=0), (share * events[:, None]).sum(axis=0)
    # one subject alone at risk has no variance
    spread = np.where(total > 1, events * (total - events) / np.maximum(total - 1, 1), 0.0)
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    is_exposed = expected > 0
    chisq = _chi_square((observed - expected)[is_exposed], variance[is_exposed][:, is_exposed])
    df = max(int(is_exposed.sum()) - 1, 0)
    if not is_exposed.any():
        chisq = None
    p = None if chisq is None else float(chi2.sf(chisq, df)) if df else 1.0
    counts = {"GROUP": sets.arms, "N": sets.sizes, "OBSERVED": observed.astype(int)}
    return LogRank(chisq, df, p, pd.DataFrame({**counts, "EXPECTED": expected}))


def _chi_square(excess: Floats, variance: Floats) -> float | None:
    """The quadratic form without its first arm; None where the variance has no inverse."""
    excess, variance = excess[1:], variance[1:, 1:]
    if not len(excess):
        return 0.0
    if np.linalg.matrix_rank(variance) < len(excess):
        return None
    return float(excess @ np.linalg.solve(variance, excess))


def compute_hazard_ratio(
    time: pd.Series,
    cnsr: pd.Series,
    group: pd.Series,
    *,
    reference: object,
    strata: pd.Series | pd.DataFrame | None = None,
    ties: str = "efron",
) -> HazardRatio:
    """Estimate the hazard ratio of the other arm to ``reference`` by Cox regression.

    ``time`` is in any unit, ``cnsr`` 0 is an event, ``group`` is the arm; several variables of
    ``strata`` are crossed, each stratum has its own baseline hazard. ``ties`` is efron or
    breslow. At equal times events come before censorings.

    Raises ValueError for a missing value, for other than two arms, a reference that is none of
    them, unknown ``ties``, and ArithmeticError should the iteration not converge.
    Source: R survival 3.5.3 coxph, whose steps and stopping rule these are (coxfit6.c: a relative
    change of the log likelihood of 1e-9), so that both stop equally short of the maximum, by up
    to 4e-9 of the coefficient in the saved answers. Tried instead: lifelines, which needs pandas
    below 3; statsmodels 0.15 PHReg, which runs on it and agrees to 4e-9 where there is a maximum,
    but gives some 26 for an infinite coefficient, fails without events or without information,
    and takes times that differ by rounding as different.
    """
    if ties not in ("efron", "breslow"):
        raise ValueError(f"ties is '{ties}'; it must be efron or breslow")
    sets = _risk_sets(time, cnsr, group, strata)
    if len(sets.arms) != 2 or reference not in sets.arms:
        arms = ", ".join(map(str, sets.arms))
        raise ValueError(f"a hazard ratio is of '{reference}' and one other arm, not of {arms}")
    own = sets.arms.index(reference)
    at_risk, events = sets.at_risk[:, [own, 1 - own]], sets.events[:, [own, 1 - own]]
    boundless = _boundless(at_risk, events)
    if boundless is not None:
        return boundless
    beta, stderr = _maximise(*_terms(at_risk, events, ties))
    return HazardRatio(
        beta, stderr, float(np.exp(beta)),
        float(np.exp(beta - _Z * stderr)), float(np.exp(beta + _Z * stderr)),
        float(chi2.sf((beta / stderr) ** 2, 1)),
    )  # fmt: skip


def _boundless(at_risk: Floats, events: Floats) -> HazardRatio | None:
    """The answer where the likelihood has no single maximum, None where it has one."""
    falls = events[at_risk[:, 1] > 0, 0].sum() > 0
    rises = events[at_risk[:, 0] > 0, 1].sum() > 0
    if falls and rises:
        return None
    if not falls and not rises:
        return HazardRatio(None, None, None, None, None, None)
    return HazardRatio(np.inf if rises else -np.inf, None, np.inf if rises else 0.0, *[None] * 3)


def _terms(at_risk: Floats, events: Floats, ties: str) -> tuple[float, Floats, Floats]:
    """Events of the second arm; subjects of each arm in every factor of the likelihood.

    Each event is a factor. Efron's takes k of d tied events partly out of the risk set.
    """
    deaths = events.sum(axis=1).astype(int)
    line = np.repeat(np.arange(len(deaths)), deaths)
    rank = np.arange(len(line)) - np.repeat(np.cumsum(deaths) - deaths, deaths)
    part = rank / deaths[line] if ties == "efron" else np.zeros(len(line))
    left = at_risk[line] - part[:, None] * events[line]
    return float(events[:, 1].sum()), left[:, 0], left[:, 1]


def _maximise(events: float, first: Floats, second: Floats) -> tuple[float, float]:
    """The coefficient and its standard error, by Newton's steps from 0 as R takes them."""

    def derivatives(beta: float) -> tuple[float, float, float]:
        risk = first + second * np.exp(beta)
        share = second * np.exp(beta) / risk
        likelihood = events * beta - np.log(risk).sum()
        return likelihood, events - share.sum(), (share * (1 - share)).sum()

    beta, halvings = 0.0, 0
    best, score, information = derivatives(beta)
    new = beta + score / information
    for _ in range(_STEPS):
        likelihood, score, information = derivatives(new)
        if abs(1 - best / likelihood) <= _CONVERGED:
            return float(new), float(1 / np.sqrt(information))
        if likelihood < best:
            halvings += 1
            new = (new + halvings * beta) / (halvings + 1)
        else:
            beta, best, halvings = new, likelihood, 0
            new = beta + score / information
    raise ArithmeticError(f"the hazard ratio did not converge in {_STEPS} steps")


def _risk_sets(
    time: pd.Series, cnsr: pd.Series, group: pd.Series, strata: pd.Series | pd.DataFrame | None
) -> _RiskSets:
    """Count the subjects at risk and the events of each arm at each event time of a stratum."""
    times, is_event = read_follow_up(time, cnsr)
    require_known(group, "group")
    if len(group) != len(times):
        raise ValueError(f"group has {len(group)} records and time has {len(times)}")
    codes, arms = pd.factorize(group, sort=True)
    if len(arms) < 2:
        raise ValueError(f"group has {len(arms)} arms; a comparison needs two")
    stratum = _stratum(strata, len(times))
    at_risk: list[Floats] = []
    events: list[Floats] = []
    for number in np.unique(stratum):
        own = stratum == number
        at = np.unique(times[own & is_event])
        for counts, counted in ((at_risk, own), (events, own & is_event)):
            by_arm = [np.sort(times[counted & (codes == arm)]) for arm in range(len(arms))]
            counts.append(np.column_stack([_from(at, arm, events is counts) for arm in by_arm]))
    return _RiskSets(
        tuple(arms), tuple(np.bincount(codes).tolist()),
        np.concatenate(at_risk), np.concatenate(events),
    )  # fmt: skip


def _from(at: Floats, times: Floats, only_then: bool) -> Floats:
    """How many of the sorted times are at or after each ``at``, or only at it."""
    ends = np.searchsorted(times, at, side="right") if only_then else len(times)
    return np.asarray(ends - np.searchsorted(times, at, side="left"), dtype=float)


def _stratum(strata: pd.Series | pd.DataFrame | None, n: int) -> NDArray[np.int64]:
    """The number of each record's stratum; all 0 without strata."""
    if strata is None:
        return np.zeros(n, dtype=np.int64)
    if len(strata) != n:
        raise ValueError(f"strata has {len(strata)} records and time has {n}")
    variables = strata.to_frame("strata") if isinstance(strata, pd.Series) else strata
    for name in variables:
        require_known(variables[name], str(name))
    return variables.groupby(list(variables)).ngroup().to_numpy().astype(np.int64)
