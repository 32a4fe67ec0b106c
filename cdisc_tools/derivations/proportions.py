"""Estimates of a proportion."""

from scipy.special import betaincinv


def compute_exact_interval(successes: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Compute the Clopper-Pearson limits of the proportion ``successes`` of ``n``.

    Both are proportions from 0 to 1. The lower limit of none is 0, the upper limit of all is 1.
    Raises ValueError without subjects and for more successes than subjects.
    Source: R 4.2.2 binom.test.

    >>> [round(limit, 4) for limit in compute_exact_interval(8, 15)]
    [0.2659, 0.7873]
    """
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no proportion")
    tail = (1 - level) / 2
    low = float(betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return low, high
