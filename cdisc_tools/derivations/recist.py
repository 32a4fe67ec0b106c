"""Time point responses from lesions, by criteria that are data (RECIST 1.1)."""

from fractions import Fraction

import pandas as pd

from cdisc_tools.derivations.lesions import (
    ABSENT,
    EXACT,
    NEW,
    NON_TARGET,
    NOT_EVALUABLE,
    PROGRESSED,
    TARGET,
)
from cdisc_tools.derivations.records import look_up
from cdisc_tools.model.criteria import OverallRule, ResponseCriteria, TargetCriteria
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Finding, Findings

_TIME_POINT = ["USUBJID", "TIMEPT"]


def derive_time_point_response(
    assessments: pd.DataFrame,
    results: pd.DataFrame,
    reference: pd.Series,
    criteria: ResponseCriteria,
    *,
    findings: Findings,
) -> pd.DataFrame:
    """Derive target, non-target, new lesion and overall response of each assessment.

    Baseline is the last assessment on or before the subject's reference date (``reference``,
    by USUBJID). Returns one record per assessment from baseline on, with IS_BASE, the exact
    sums SUM, BASE and NADIR (10**-6 mm), EXPECTED and MEASURED target lesions, and TRGRESP,
    NTRGRESP, NEWLIND and OVRLRESP, which are missing at baseline. A subject assessed later but
    never at baseline is reported and has no records.
    Source: RECIST 1.1 (Eisenhauer 2009), time point tables 1 and 2, as in ``criteria``.
    """
    points = _derive_var_baseline(assessments, reference, findings)
    node_limit = criteria.target.node_below_mm
    points = derive_target_sums(points, results, node_limit, findings=findings)
    target = compute_target_response(points, criteria.target)
    non_target = _non_target_response(points, results, criteria)
    # an equivocal new lesion, or one gone again, is listed among these states
    is_doubtful = results["STATE"].isin([ABSENT, NOT_EVALUABLE]).fillna(False)
    new = results[results["KIND"].eq(NEW) & ~is_doubtful].groupby(_TIME_POINT).size()
    is_new = pd.MultiIndex.from_frame(points[_TIME_POINT]).isin(new.index)
    found = pd.Series(criteria.no_new_lesion, index=points.index, dtype="string")
    responses = points.assign(
        TRGRESP=target, NTRGRESP=non_target, NEWLIND=found.mask(is_new, criteria.new_lesion)
    )
    responses["OVRLRESP"] = compute_overall_response(responses, criteria)
    names = ["TRGRESP", "NTRGRESP", "NEWLIND", "OVRLRESP"]
    responses.loc[responses["IS_BASE"], names] = pd.NA
    return responses


def _derive_var_baseline(
    assessments: pd.DataFrame, reference: pd.Series, findings: Findings
) -> pd.DataFrame:
    """Mark the baseline assessment and leave out what lies before it."""
    points = assessments.assign(REFERENCE=look_up(assessments["USUBJID"], reference))
    before = points[points["ADT"] <= points["REFERENCE"]]
    baseline = before.drop_duplicates("USUBJID", keep="last").index
    after = points[points["ADT"] > points["REFERENCE"]]
    without = after[~after["USUBJID"].isin(points.loc[baseline, "USUBJID"])]
    for subject in without["USUBJID"].unique():
        findings.add(
            Finding("CDT-A008", "TR", ("TRDTC",), (), (("USUBJID", str(subject)),),
                    detail="no response can be derived")
        )  # fmt: skip
    kept = baseline.append(after.index.difference(without.index)).sort_values()
    return points.loc[kept].assign(IS_BASE=kept.isin(baseline)).reset_index(drop=True)


def derive_target_sums(
    points: pd.DataFrame, results: pd.DataFrame, node_below_mm: Fraction, *, findings: Findings
) -> pd.DataFrame:
    """Add the sums of the target lesions measured at baseline: one record per assessment.

    SUM is over the lesions that were measured, MEASURED of EXPECTED; IS_GONE says that all were,
    none but nodes is left and every node is below ``node_below_mm``. NADIR is the smallest
    complete sum before the assessment, baseline included. All lengths are in 10**-6 mm.
    """
    targets = results[results["IS_USED"] & results["KIND"].eq(TARGET)]
    at_base = targets.merge(
        points[points["IS_BASE"]][_TIME_POINT], on=_TIME_POINT, validate="many_to_one"
    )
    at_base = at_base[at_base["VALUE"].notna()][["USUBJID", "LESION", "IS_NODE"]]
    _report_unknown(targets, at_base, findings)
    grid = (
        points[_TIME_POINT]
        .merge(at_base, on="USUBJID", validate="many_to_many")
        .merge(
            targets[[*_TIME_POINT, "LESION", "VALUE"]],
            on=[*_TIME_POINT, "LESION"],
            how="left",
            validate="one_to_one",
        )
    )
    limit = node_below_mm * EXACT
    is_normal = grid["VALUE"] * limit.denominator < limit.numerator
    grid["IS_LEFT"] = ~(is_normal.where(grid["IS_NODE"], grid["VALUE"].eq(0)).fillna(False))
    groups = grid.groupby(_TIME_POINT)
    sums = pd.DataFrame(
        {
            "EXPECTED": groups.size().astype("Int64"),
            "MEASURED": groups["VALUE"].count().astype("Int64"),
            "SUM": groups["VALUE"].sum(),
            "IS_GONE": ~groups["IS_LEFT"].any().astype(bool),
        }
    )
    points = points.merge(sums, on=_TIME_POINT, how="left", validate="one_to_one")
    points[["EXPECTED", "MEASURED"]] = points[["EXPECTED", "MEASURED"]].fillna(0)
    complete = points["SUM"].where(points["MEASURED"].eq(points["EXPECTED"]))
    base = points[points["IS_BASE"]].set_index("USUBJID")["SUM"]
    smallest = complete.groupby(points["USUBJID"]).cummin().groupby(points["USUBJID"]).ffill()
    return points.assign(
        BASE=look_up(points["USUBJID"], base).astype("Int64"),
        NADIR=smallest.groupby(points["USUBJID"]).shift().astype("Int64"),
    )


def _report_unknown(targets: pd.DataFrame, at_base: pd.DataFrame, findings: Findings) -> None:
    """Report target lesions without a baseline measurement: they enter no sum."""
    known = pd.MultiIndex.from_frame(at_base[["USUBJID", "LESION"]])
    lesions = targets[["USUBJID", "LESION"]].drop_duplicates()
    has_base = lesions["USUBJID"].isin(at_base["USUBJID"])
    unknown = lesions[has_base & ~pd.MultiIndex.from_frame(lesions).isin(known)]
    for lesion in unknown.itertuples():
        key = (("USUBJID", str(lesion.USUBJID)), ("TRLNKID", str(lesion.LESION)))
        findings.add(Finding("CDT-A008", "TR", ("TRSTRESN",), (), key, detail="in no sum"))


def compute_target_response(points: pd.DataFrame, criteria: TargetCriteria) -> pd.Series:
    """Compute the target response from exact sums; thresholds include the boundary.

    With a lesion not assessed the response is not evaluable, unless the measured ones alone are
    progression. Without target lesions it is the criteria's ``none``.
    """
    total, base, nadir = points["SUM"], points["BASE"], points["NADIR"]
    partial = 1 - criteria.partial_decrease_percent / 100
    growth = 1 + criteria.progression_increase_percent / 100
    step = criteria.progression_increase_mm * EXACT
    is_progressed = (total * growth.denominator >= nadir * growth.numerator) & (total > nadir)
    is_progressed &= (total - nadir) * step.denominator >= step.numerator
    meets = {
        criteria.stable: total.notna(),
        criteria.partial: total * partial.denominator <= base * partial.numerator,
        criteria.progression: is_progressed,
        criteria.complete: points["IS_GONE"].fillna(False).astype(bool),
    }
    response = pd.Series(criteria.not_evaluable, index=points.index, dtype="string")
    is_complete = points["MEASURED"].eq(points["EXPECTED"])
    for name in reversed(criteria.order):
        met = meets[name].fillna(False).astype(bool)
        response = response.mask(met & (is_complete | (name == criteria.progression)), name)
    return response.mask(points["EXPECTED"].eq(0), criteria.none)


def _non_target_response(
    points: pd.DataFrame, results: pd.DataFrame, criteria: ResponseCriteria
) -> pd.Series:
    """Compute the non-target response over the non-target lesions known at baseline."""
    own = results[results["IS_USED"] & results["KIND"].eq(NON_TARGET)]
    at_base = own.merge(
        points[points["IS_BASE"]][_TIME_POINT], on=_TIME_POINT, validate="many_to_one"
    )
    grid = (
        points[_TIME_POINT]
        .merge(at_base[["USUBJID", "LESION"]], on="USUBJID", validate="many_to_many")
        .merge(
            own[[*_TIME_POINT, "LESION", "STATE"]],
            on=[*_TIME_POINT, "LESION"],
            how="left",
            validate="one_to_one",
        )
    )
    grid["STATE"] = grid["STATE"].fillna(NOT_EVALUABLE)
    keys = [grid[name] for name in _TIME_POINT]
    names = criteria.non_target
    is_absent = grid["STATE"].eq(ABSENT).groupby(keys).all().astype(bool)
    state = pd.Series(names.neither, index=is_absent.index, dtype="string")
    state = state.mask(is_absent, names.complete)
    for value, name in ((NOT_EVALUABLE, names.not_evaluable), (PROGRESSED, names.progression)):
        state = state.mask(grid["STATE"].eq(value).groupby(keys).any().astype(bool), name)
    merged = points[_TIME_POINT].merge(
        state.rename("STATE").reset_index(), on=_TIME_POINT, how="left", validate="one_to_one"
    )
    return merged["STATE"].fillna(names.none)


def compute_overall_response(responses: pd.DataFrame, criteria: ResponseCriteria) -> pd.Series:
    """Look the overall response up in the criteria's table; the first matching line holds.

    Raises ConfigurationError when no line matches a combination.
    """
    overall = pd.Series(pd.NA, index=responses.index, dtype="string")
    for rule in reversed(criteria.overall):
        overall = overall.mask(_matches(responses, rule), rule.overall)
    if overall.isna().any():
        first = responses[overall.isna()].iloc[0]
        raise ConfigurationError(
            f"{criteria.name}: no line of 'overall' matches target {first['TRGRESP']}, non-target "
            f"{first['NTRGRESP']}, new lesion {first['NEWLIND']}; add one."
        )
    return overall


def _matches(responses: pd.DataFrame, rule: OverallRule) -> pd.Series:
    """True where a line of the table matches; an empty list matches anything."""
    matches = pd.Series(True, index=responses.index)
    for variable, values in (
        ("TRGRESP", rule.target),
        ("NTRGRESP", rule.non_target),
        ("NEWLIND", rule.new_lesion),
    ):
        if values:
            matches &= responses[variable].isin(values)
    return matches
