"""The Kaplan-Meier estimate and the median with its confidence interval."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

_HALF = 0.5
_TOLERANCE = float(np.sqrt(np.finfo(float).eps))  # R's, for a survival of exactly one half


@dataclass(frozen=True)
class Median:
    """A median time with its 95 % limits; None where the curve does not reach one half."""

    value: float | None
    low: float | None
    high: float | None


def estimate_survival(time: pd.Series, cnsr: pd.Series, *, level: float = 0.95) -> pd.DataFrame:
    """Estimate survival by Kaplan-Meier, with log-log confidence limits.

    ``cnsr`` 0 is an event; at equal times events come before censorings. Returns one record per
    distinct time: TIME, NRISK, NEVENT, NCENSOR, SURVIVAL, STDERR (Greenwood), LOWER, UPPER. The
    limits are missing while survival is 1 and once it is 0, as R's are.
    Source: R survival 3.5.3 survfit(conf.type="log-log"), SAS PROC LIFETEST default.
    """
    observed = pd.DataFrame({"TIME": time.astype(float), "EVENT": cnsr.eq(0).astype(int)})
    by_time = observed.groupby("TIME")["EVENT"]
    events, leaving = by_time.sum().to_numpy(dtype=float), by_time.size().to_numpy(dtype=float)
    at_risk = len(observed) - np.concatenate([[0.0], leaving.cumsum()[:-1]])
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard_error = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        spread = norm.ppf((1 + level) / 2) * hazard_error / np.abs(np.log(survival))
        lower, upper = survival ** np.exp(spread), survival ** np.exp(-spread)
        stderr = np.where(survival > 0, survival * hazard_error, 0.0)
    is_known = (survival < 1) & (survival > 0)
    return pd.DataFrame(
        {
            "TIME": np.sort(observed["TIME"].unique()),
            "NRISK": at_risk.astype(int),
            "NEVENT": events.astype(int),
            "NCENSOR": (leaving - events).astype(int),
            "SURVIVAL": survival,
            "STDERR": stderr,
            "LOWER": np.where(is_known, lower, np.nan),
            "UPPER": np.where(is_known, upper, np.nan),
        }
    )


def compute_median(curve: pd.DataFrame) -> Median:
    """Compute the median time and its Brookmeyer-Crowley limits from a survival curve.

    The median is the first time at which survival is one half or less; where it stays at exactly
    one half, the midpoint to the next drop. The limits are where the confidence limits of the
    curve do the same.
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
