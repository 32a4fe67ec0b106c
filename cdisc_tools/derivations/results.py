"""The figures of the results, beside the published ones."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
from scipy.stats import binomtest, mannwhitneyu

from cdisc_tools.derivations.records import Frames, filter_where, require_variables
from cdisc_tools.derivations.survival import compute_median, estimate_survival
from cdisc_tools.model.analysis import Analysis, Figure
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.results import AdamResult, Result

Estimate = tuple[float | None, float | None, float | None, int]
_SIGNS = {"decrease": -1, "increase": 1}


def compute_results(adam: AdamResult, analysis: Analysis) -> list[Result]:
    """Compute every figure that the study's ``published.yaml`` asks for, in its order.

    A percentage has its Clopper-Pearson interval, a median time its Brookmeyer-Crowley one, a
    median value its range. Raises ConfigurationError for a dataset or variable that isn't there.
    """
    return [compute_figure(adam.frames, figure) for figure in analysis.figures]


def compute_figure(frames: Frames, figure: Figure) -> Result:
    """Compute one figure and compare it with the published one, at its decimals."""
    if figure.dataset not in frames:
        raise ConfigurationError(f"Figure {figure.name}: there is no dataset {figure.dataset}.")
    records = filter_where(frames[figure.dataset], figure.where, figure.dataset)
    if figure.variable:
        require_variables(records, [figure.variable], figure.dataset)
    value, low, high, n = _STATISTICS[figure.statistic](records, figure)
    published = "" if figure.published is None else f"{figure.published:.{figure.decimals}f}"
    return Result(
        name=figure.name,
        title=figure.title,
        value=value,
        low=low,
        high=high,
        n=n,
        unit=figure.unit,
        published=published or figure.direction,
        agrees=_agrees(value, figure),
        count=_counted(value, n, figure.statistic),
    )


def _counted(value: float | None, n: int, statistic: str) -> int | None:
    """How many subjects a count or a proportion counts."""
    if value is None or statistic not in ("count", "proportion"):
        return None
    return round(value) if statistic == "count" else round(value * n / 100)


def _agrees(value: float | None, figure: Figure) -> bool | None:
    """True when the value, rounded half up as papers do, is the published one."""
    if figure.direction:
        return value is not None and value * _SIGNS[figure.direction] > 0
    if figure.published is None:
        return None
    if value is None:
        return False
    step = Decimal(1).scaleb(-figure.decimals)
    rounded = Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP)
    return rounded == Decimal(repr(figure.published)).quantize(step)


def _count(records: pd.DataFrame, _figure: Figure) -> Estimate:
    return float(records["USUBJID"].nunique()), None, None, records["USUBJID"].nunique()


def _median_time(records: pd.DataFrame, _figure: Figure) -> Estimate:
    """Kaplan-Meier median with its 95 % interval."""
    if records.empty:
        return None, None, None, 0
    median = compute_median(estimate_survival(records["AVAL"], records["CNSR"]))
    return median.value, median.low, median.high, len(records)


def _shortest(records: pd.DataFrame, figure: Figure) -> Estimate:
    return _number(records[figure.variable].min()), None, None, len(records)


def _longest(records: pd.DataFrame, figure: Figure) -> Estimate:
    return _number(records[figure.variable].max()), None, None, len(records)


def _proportion(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Percentage of subjects with ``success``, with its exact 95 % interval."""
    n = records["USUBJID"].nunique()
    if n == 0:
        return None, None, None, 0
    successes = filter_where(records, figure.success, figure.dataset)["USUBJID"].nunique()
    interval = binomtest(successes, n).proportion_ci(0.95, method="exact")
    return 100 * successes / n, 100 * float(interval.low), 100 * float(interval.high), n


def _middle(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Median of a variable with its range."""
    values = records[figure.variable].dropna().astype(float)
    return _number(values.median()), _number(values.min()), _number(values.max()), len(values)


def _rank_sum(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Two-sided p value of Wilcoxon's rank-sum test between ``success`` and the others.

    The exact distribution without ties, the normal approximation (with continuity correction)
    with them, as R's wilcox.test does.
    """
    known = records[records[figure.variable].notna()]
    is_first = known.index.isin(filter_where(known, figure.success, figure.dataset).index)
    values = known[figure.variable].astype(float)
    first, second = values[is_first], values[~is_first]
    if first.empty or second.empty:
        return None, None, None, len(known)
    samples = first.to_numpy(), second.to_numpy()
    if values.duplicated().any():
        test = mannwhitneyu(*samples, alternative="two-sided", method="asymptotic")
    else:
        test = mannwhitneyu(*samples, alternative="two-sided", method="exact")
    return float(test.pvalue), None, None, len(known)


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


_STATISTICS: Mapping[str, Callable[[pd.DataFrame, Figure], Estimate]] = {
    "count": _count,
    "median": _median_time,
    "shortest": _shortest,
    "longest": _longest,
    "proportion": _proportion,
    "middle": _middle,
    "rank_sum": _rank_sum,
}


def compute_ae_table(adae: pd.DataFrame, adsl: pd.DataFrame, *, population: str) -> pd.DataFrame:
    """Count subjects by system organ class, term and worst grade, treatment emergent events only.

    Returns one record per AEBODSYS and AEDECOD: N (subjects with the event), PERCENT of the
    population, GRADE1 to GRADE5 (subjects by worst grade) and GRADE3UP; the most frequent first.
    A subject counts once a term, by the record flagged AOCCPIFL.
    """
    require_variables(adsl, [population], "ADSL")
    subjects = adsl.loc[adsl[population].eq("Y").fillna(False), "USUBJID"]
    worst = adae[adae["AOCCPIFL"].eq("Y").fillna(False) & adae["USUBJID"].isin(subjects)]
    terms = ["AEBODSYS", "AEDECOD"]
    groups = worst.groupby(terms, dropna=False)
    counts = groups.size().rename("N").to_frame()
    counts["PERCENT"] = 100 * counts["N"] / max(len(subjects), 1)
    for grade in range(1, 6):
        is_grade = worst["ATOXGRN"].eq(grade).fillna(False)
        counts[f"GRADE{grade}"] = is_grade.groupby([worst[t] for t in terms], dropna=False).sum()
    counts["GRADE3UP"] = counts[["GRADE3", "GRADE4", "GRADE5"]].sum(axis=1)
    table = counts.reset_index()
    return table.sort_values(["N", *terms], ascending=[False, True, True]).reset_index(drop=True)
