"""Estimates of one survival curve: Kaplan-Meier, quantiles, landmarks, number at risk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

Floats = NDArray[np.float64]

_HALF = 0.5
_TOLERANCE = float(np.sqrt(np.finfo(float).eps))  # R's, for equal times and for a plateau
QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Median:
    """A median time with its confidence limits; None where the curve does not reach one half."""

    value: float | None
    low: float | None
    high: float | None


def estimate_survival(
    time: pd.Series, cnsr: pd.Series, *, level: float = 0.95, conf_type: str = "log-log"
) -> pd.DataFrame:
    """Estimate survival by Kaplan-Meier, with limits of ``conf_type`` log-log, log or plain.

    ``time`` is in any unit, ``cnsr`` 0 is an event. At equal times events come before
    censorings; times that differ by no more than 1.5e-8 of their mean (or in itself) are equal.

    Returns one record per distinct time: TIME, NRISK (just before it), NEVENT, NCENSOR, SURVIVAL,
    STDERR (Greenwood), LOWER, UPPER; none for no subjects. Once survival is 0, STDERR and limits
    are missing, as R's are; log-log limits are missing while it is 1 too.

    Raises ValueError for a missing time or cnsr, an infinite time or an unknown ``conf_type``.
    Source: R survival 3.5.3 survfit, summary.survfit; log-log is the default of SAS PROC LIFETEST.
    """
    if conf_type not in _LIMITS:
        raise ValueError(f"conf_type is '{conf_type}'; it must be one of {', '.join(_LIMITS)}")
    times, is_event = read_follow_up(time, cnsr)
    distinct, place = np.unique(times, return_inverse=True)
    events = np.bincount(place, weights=is_event, minlength=len(distinct))
    leaving = np.bincount(place, minlength=len(distinct))
    at_risk = len(times) - np.cumsum(leaving) + leaving
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard_error = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        width = float(norm.ppf((1 + level) / 2)) * hazard_error
        lower, upper = _LIMITS[conf_type](survival, width)
        stderr = survival * hazard_error
    return pd.DataFrame(
        {
            "TIME": distinct,
            "NRISK": at_risk,
            "NEVENT": events.astype(int),
            "NCENSOR": leaving - events.astype(int),
            "SURVIVAL": survival,
            "STDERR": stderr,
            "LOWER": np.where(survival > 0, lower, np.nan),
            "UPPER": np.where(survival > 0, upper, np.nan),
        }
    )


def compute_median(curve: pd.DataFrame) -> Median:
    """Compute the median time and its Brookmeyer-Crowley limits from a survival curve.

    The median is the first time at which survival is one half or less; where it stays at exactly
    one half, the midpoint to the next drop, and without a next drop the time at which it reached
    one half. The limits are where the confidence limits of the curve do the same.

    ``curve`` is that of ``estimate_survival``, in whose unit the times are. All are None for an
    empty one. ``compute_quantiles`` differs in what its docstring says.
    Source: R survival 3.5.3 print.survfit.
    """
    return Median(*(_crossing(curve, name) for name in ("SURVIVAL", "LOWER", "UPPER")))


def _crossing(curve: pd.DataFrame, name: str) -> float | None:
    """The time at which a curve falls to one half, None when it never does."""
    reached = curve[curve[name] < _HALF + _TOLERANCE]
    if reached.empty:
        return None
    first = reached.iloc[0]
    below = reached[reached[name] < first[name]]
    if abs(first[name] - _HALF) < _TOLERANCE and not below.empty:
        return float(first["TIME"] + below.iloc[0]["TIME"]) / 2
    return float(first["TIME"])


def compute_quantiles(
    curve: pd.DataFrame, probabilities: Sequence[float] = QUARTILES
) -> pd.DataFrame:
    """Compute the times by which a share of the subjects had the event, with their limits.

    The time of probability p is the first at which survival is 1 - p or less; where survival
    stays at exactly that, the midpoint to the next drop. The Brookmeyer-Crowley limits are where
    the confidence limits of the curve do the same. R's ``quantile`` differs from its ``print``
    (``compute_median``) in two cases, and so do these two: on a plateau that lasts to the end of
    follow-up the time is the midpoint to the last time, and a limit that rises again counts
    where it is nearest to 1 - p from below. From R's this differs in one: where the curve ends at
    1 - p but for rounding, R gives NA when p is the smallest probability asked for, and the
    midpoint when it isn't; this gives the midpoint always.

    ``curve`` is that of ``estimate_survival``, in whose unit the times are. Returns one record
    per probability: PROBABILITY, TIME, LOWER, UPPER; missing where the curve does not get there.
    The time of probability 0 is 0. Raises ValueError for a probability outside 0 to 1.
    Source: R survival 3.5.3 quantile.survfit.
    """
    wanted = np.asarray(probabilities, dtype=float)
    if not ((wanted >= 0) & (wanted <= 1)).all():
        raise ValueError(f"probabilities are {list(probabilities)}; each must be from 0 to 1")
    times = np.concatenate([[0.0], curve["TIME"]])
    found = {"PROBABILITY": wanted}
    for name, column in (("TIME", "SURVIVAL"), ("LOWER", "LOWER"), ("UPPER", "UPPER")):
        failed = np.concatenate([[0.0], 1 - curve[column]])
        found[name] = _times_of(wanted, times, failed)
    return pd.DataFrame(found)


def _times_of(wanted: Floats, times: Floats, failed: Floats) -> Floats:
    """The time of each wanted probability on a curve of failure, missing where it has none."""
    first = np.unique(failed, return_index=True)[1]
    known = first[~np.isnan(failed[first])]
    levels, reached = failed[known], np.append(times[known], np.nan)
    start = reached[np.searchsorted(levels + _TOLERANCE, wanted)]
    stop = reached[np.searchsorted(levels - _TOLERANCE, wanted)]
    is_last = np.abs(wanted - failed[first.max()]) < _TOLERANCE
    middle = (start + np.where(is_last, times[-1], stop)) / 2
    return np.where(wanted == 0, times[0], middle)


def estimate_landmarks(curve: pd.DataFrame, times: Sequence[float]) -> pd.DataFrame:
    """Estimate survival at given times, and count who is at risk, had the event or was censored.

    Events and censorings at the time itself count as having happened, and those subjects are
    still at risk. Past the last observed time the curve is carried forward with none at risk;
    before the first it is 1 with limits of 1.

    ``curve`` is that of ``estimate_survival``, ``times`` are in its unit. Returns one record per
    time, in the order given: TIME, NRISK, NEVENT and NCENSOR (both up to that time), SURVIVAL,
    STDERR, LOWER, UPPER; the last four are missing for a curve of no subjects.
    Raises ValueError for a negative or missing time.
    Source: R survival 3.5.3 summary.survfit(times=, extend=TRUE), its counts cumulated.
    """
    at = np.asarray(times, dtype=float)
    if not (at >= 0).all():
        raise ValueError(f"times are {list(times)}; none may be negative or missing")
    past = np.searchsorted(curve["TIME"], at, side="right")
    ahead = np.searchsorted(curve["TIME"], at, side="left")
    one = np.nan if curve.empty else 1.0
    start = {"SURVIVAL": one, "STDERR": one - 1, "LOWER": one, "UPPER": one}
    return pd.DataFrame(
        {
            "TIME": at,
            "NRISK": np.append(curve["NRISK"], 0)[ahead],
            "NEVENT": np.append(0, curve["NEVENT"].cumsum())[past],
            "NCENSOR": np.append(0, curve["NCENSOR"].cumsum())[past],
            **{name: np.append(value, curve[name])[past] for name, value in start.items()},
        }
    )


def read_follow_up(time: pd.Series, cnsr: pd.Series) -> tuple[Floats, NDArray[np.bool_]]:
    """Read times and who had the event (``cnsr`` 0), times that are equal but for rounding as one.

    Raises ValueError that names the first record with a missing time or cnsr or an infinite time.
    Source: R survival 3.5.3 aeqSurv (timefix), whose tolerance it is.
    """
    require_known(time, "time")
    require_known(cnsr, "cnsr")
    if len(time) != len(cnsr):
        raise ValueError(f"time has {len(time)} records and cnsr has {len(cnsr)}")
    times = time.to_numpy(dtype=float)
    if not np.isfinite(times).all():
        raise ValueError(f"time is infinite in record {time.index[~np.isfinite(times)][0]}")
    distinct = np.unique(times)
    mean = np.abs(distinct).sum() / max(len(distinct), 1)
    gaps = np.diff(distinct, prepend=-np.inf)
    starts = distinct[(gaps > _TOLERANCE) & (gaps > _TOLERANCE * mean)]
    return starts[np.searchsorted(starts, times, side="right") - 1], cnsr.to_numpy(float) == 0


def require_known(values: pd.Series, name: str) -> None:
    """Raise ValueError when a value is missing; the message names it and the first record."""
    missing = values.isna()
    if missing.any():
        raise ValueError(
            f"{name} is missing in {int(missing.sum())} of {len(values)} records, "
            f"the first is record {values.index[missing][0]}"
        )


def _log_log_limits(survival: Floats, width: Floats) -> tuple[Floats, Floats]:
    spread = width / np.abs(np.log(survival))
    lower, upper = survival ** np.exp(spread), survival ** np.exp(-spread)
    return np.where(survival < 1, lower, np.nan), np.where(survival < 1, upper, np.nan)


def _log_limits(survival: Floats, width: Floats) -> tuple[Floats, Floats]:
    return survival * np.exp(-width), np.minimum(survival * np.exp(width), 1)


def _plain_limits(survival: Floats, width: Floats) -> tuple[Floats, Floats]:
    return np.maximum(survival * (1 - width), 0), np.minimum(survival * (1 + width), 1)


_LIMITS: Mapping[str, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    "log-log": _log_log_limits,
    "log": _log_limits,
    "plain": _plain_limits,
}
