"""The figures of the results, beside the published ones."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import pandas as pd
from scipy.stats import mannwhitneyu

from cdisc_tools.derivations.proportions import compute_exact_interval
from cdisc_tools.derivations.records import Frames, filter_where, require_variables
from cdisc_tools.derivations.survival import (
    compute_median,
    compute_quantiles,
    estimate_landmarks,
    estimate_survival,
)
from cdisc_tools.derivations.survival_comparisons import compute_hazard_ratio, compute_log_rank
from cdisc_tools.model.analysis import Analysis, Figure
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.results import AdamResult, Result

_SIGNS = {"decrease": -1, "increase": 1}


class Estimate(NamedTuple):
    """A value with its interval or range, how many subjects it rests on, or why there is none."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    note: str = ""


_NOTHING = Estimate(None, None, None, 0)


def compute_results(adam: AdamResult, analysis: Analysis) -> list[Result]:
    """Compute every figure that the study's ``published.yaml`` asks for, in its order.

    A percentage has its Clopper-Pearson interval, a median or quantile of time its
    Brookmeyer-Crowley one, a hazard ratio Wald's, a median value its range.

    Raises ConfigurationError for a dataset or variable that isn't there.
    """
    return [compute_figure(adam.frames, figure) for figure in analysis.figures]


def compute_figure(frames: Frames, figure: Figure) -> Result:
    """Compute one figure and compare it with the published one, at its decimals.

    Raises ConfigurationError that names the figure for a dataset or variable that isn't there,
    and for records without a time, censoring or arm.
    """
    if figure.dataset not in frames:
        raise ConfigurationError(f"Figure {figure.name}: there is no dataset {figure.dataset}.")
    records = filter_where(frames[figure.dataset], figure.where, figure.dataset)
    if figure.variable:
        require_variables(records, [figure.variable], figure.dataset)
    try:
        value, low, high, n, note = _STATISTICS[figure.statistic](records, figure)
    except ValueError as error:
        raise ConfigurationError(f"Figure {figure.name}: {error}") from error
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
        note=note,
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
    return Estimate(float(records["USUBJID"].nunique()), None, None, records["USUBJID"].nunique())


def _curve(records: pd.DataFrame, figure: Figure) -> pd.DataFrame:
    require_variables(records, ["AVAL", "CNSR"], figure.dataset)
    return estimate_survival(records["AVAL"], records["CNSR"], conf_type=figure.conf_type)


def _median_time(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Kaplan-Meier median with its 95 % interval."""
    if records.empty:
        return _NOTHING
    median = compute_median(_curve(records, figure))
    return Estimate(median.value, median.low, median.high, len(records))


def _quantile_time(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Time by which a share of the subjects had the event, with its 95 % interval."""
    if records.empty or figure.probability is None:
        return _NOTHING
    quantile = compute_quantiles(_curve(records, figure), [figure.probability]).iloc[0]
    time, low, high = (_number(quantile[name]) for name in ("TIME", "LOWER", "UPPER"))
    return Estimate(time, low, high, len(records))


def _landmark(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Percentage without the event at a time, with its 95 % interval."""
    if records.empty or figure.at is None:
        return _NOTHING
    landmark = estimate_landmarks(_curve(records, figure), [figure.at]).iloc[0]
    share, low, high = (_number(100 * landmark[name]) for name in ("SURVIVAL", "LOWER", "UPPER"))
    return Estimate(share, low, high, len(records))


def _at_risk(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Number of subjects without event or censoring before a time."""
    if records.empty or figure.at is None:
        return _NOTHING
    landmark = estimate_landmarks(_curve(records, figure), [figure.at]).iloc[0]
    return Estimate(float(landmark["NRISK"]), None, None, len(records))


def _logrank(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Two-sided p value of the log-rank test between the arms."""
    if not _has_arms(records, figure):
        return Estimate(None, None, None, len(records), _one_arm(records, figure))
    strata = records[list(figure.strata)] if figure.strata else None
    test = compute_log_rank(records["AVAL"], records["CNSR"], records[figure.group], strata=strata)
    note = "not estimable: no event with two arms at risk" if test.p is None else ""
    return Estimate(test.p, None, None, len(records), note)


def _hazard_ratio(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Hazard ratio of the other arm to the reference, with its 95 % interval."""
    n = len(records)
    if not _has_arms(records, figure):
        return Estimate(None, None, None, n, _one_arm(records, figure))
    hazard = compute_hazard_ratio(
        records["AVAL"], records["CNSR"], records[figure.group].astype("string"),
        reference=figure.reference,
        strata=records[list(figure.strata)] if figure.strata else None, ties=figure.ties,
    )  # fmt: skip
    if hazard.coefficient is None:
        return Estimate(None, None, None, n, "not estimable: no event with both arms at risk")
    if hazard.is_infinite:
        said = "infinite" if hazard.coefficient > 0 else "zero"
        eventless = figure.reference if hazard.coefficient > 0 else "the other arm"
        note = f"not estimable ({said}): no event in {eventless} with both arms at risk"
        return Estimate(None, None, None, n, note)
    return Estimate(hazard.ratio, hazard.low, hazard.high, n)


def _has_arms(records: pd.DataFrame, figure: Figure) -> bool:
    """True when there are two arms or more to compare."""
    variables = ["AVAL", "CNSR", figure.group, *figure.strata]
    require_variables(records, variables, figure.dataset)
    return bool(records[figure.group].nunique() > 1)


def _one_arm(records: pd.DataFrame, figure: Figure) -> str:
    return f"not estimable: one {figure.group} only" if len(records) else ""


def _shortest(records: pd.DataFrame, figure: Figure) -> Estimate:
    return Estimate(_number(records[figure.variable].min()), None, None, len(records))


def _longest(records: pd.DataFrame, figure: Figure) -> Estimate:
    return Estimate(_number(records[figure.variable].max()), None, None, len(records))


def _proportion(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Percentage of subjects with ``success``, with its exact 95 % interval."""
    n = records["USUBJID"].nunique()
    if n == 0:
        return _NOTHING
    successes = filter_where(records, figure.success, figure.dataset)["USUBJID"].nunique()
    low, high = compute_exact_interval(successes, n)
    return Estimate(100 * successes / n, 100 * low, 100 * high, n)


def _middle(records: pd.DataFrame, figure: Figure) -> Estimate:
    """Median of a variable with its range."""
    values = records[figure.variable].dropna().astype(float)
    return Estimate(
        _number(values.median()), _number(values.min()), _number(values.max()), len(values)
    )


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
        return Estimate(None, None, None, len(known))
    samples = first.to_numpy(), second.to_numpy()
    if values.duplicated().any():
        test = mannwhitneyu(*samples, alternative="two-sided", method="asymptotic")
    else:
        test = mannwhitneyu(*samples, alternative="two-sided", method="exact")
    return Estimate(float(test.pvalue), None, None, len(known))


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
    "landmark": _landmark,
    "at_risk": _at_risk,
    "quantile": _quantile_time,
    "logrank": _logrank,
    "hazard_ratio": _hazard_ratio,
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
