"""Time point responses from lesions, by criteria that are data (RECIST 1.1)."""

from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from cdisc_tools.derivations.baseline import derive_baseline
from cdisc_tools.derivations.diameters import (
    EXACT,
    SUBJECT,
    TIME_POINT,
    derive_lesion_diameters,
    reader_key,
)
from cdisc_tools.derivations.lesions import (
    ABSENT,
    EQUIVOCAL,
    NEW,
    NON_TARGET,
    NOT_EVALUABLE,
    PROGRESSED,
    TARGET,
    derive_assessments,
    derive_lesion_results,
)
from cdisc_tools.derivations.readers import derive_var_analysed
from cdisc_tools.derivations.records import Frames, filter_until_cutoff, look_up_keys
from cdisc_tools.model.analysis import LesionDefinition
from cdisc_tools.model.criteria import OverallRule, ResponseCriteria, TargetCriteria
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Finding, Findings


def derive_lesion_responses(
    datasets: Frames,
    adsl: pd.DataFrame,
    definition: LesionDefinition,
    criteria: ResponseCriteria,
    *,
    cutoff: date | None = None,
    findings: Findings,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive every reader's time point responses from TU and TR, and the lesions behind them.

    ``adsl`` has one record per subject with the reference date of ``definition.baseline``, and
    MEASFL if there is one. Records after the cut-off are reported and left out. Returns what
    ``derive_time_point_response`` does, IS_ANALYSED added (of a subject's time point one
    reader's), and the results of ``derive_lesion_results``.
    """
    results = derive_lesion_results(
        datasets, definition, node_axis=criteria.target.node_axis, cutoff=cutoff, findings=findings
    )
    if cutoff is not None:
        results = filter_until_cutoff(results, "TR", cutoff, findings=findings)
    assessments = derive_assessments(results, definition, findings=findings)
    points, results = derive_baseline(
        assessments, results, adsl, definition.baseline, findings=findings
    )
    responses = derive_time_point_response(points, results, definition, criteria, findings=findings)
    report_without_target(responses, results, adsl, findings)
    return derive_var_analysed(responses, results, findings=findings), results


def derive_time_point_response(
    points: pd.DataFrame,
    results: pd.DataFrame,
    definition: LesionDefinition,
    criteria: ResponseCriteria,
    *,
    findings: Findings,
) -> pd.DataFrame:
    """Derive target, non-target, new lesion and overall response of each assessment.

    Takes what ``derive_baseline`` returns. Returns one record per reader's assessment from
    baseline on, with IS_BASE, the exact sums SUM, BASE and NADIR (10**-6 mm), EXPECTED and
    MEASURED target lesions, and TRGRESP, NTRGRESP, NEWLIND and OVRLRESP, which are missing at
    baseline. Where the definition says so, a partial response is kept until progression.
    Source: RECIST 1.1 (Eisenhauer 2009), time point tables 1 and 2, as in ``criteria``.
    """
    points = derive_target_sums(points, results, criteria.target.node_below_mm, findings=findings)
    is_new = _has_new_lesion(points, results, definition)
    found = pd.Series(criteria.no_new_lesion, index=points.index, dtype="string")
    responses = points.assign(
        TRGRESP=compute_target_response(points, criteria.target),
        NTRGRESP=_non_target_response(points, results, criteria),
        NEWLIND=found.mask(is_new, criteria.new_lesion),
    )
    responses["OVRLRESP"] = compute_overall_response(responses, criteria)
    if definition.partial.keep:
        responses["TRGRESP"] = keep_partial_response(responses, criteria.target)
        responses["OVRLRESP"] = compute_overall_response(responses, criteria)
    names = ["TRGRESP", "NTRGRESP", "NEWLIND", "OVRLRESP"]
    responses.loc[responses["IS_BASE"], names] = pd.NA
    return responses


def _has_new_lesion(
    points: pd.DataFrame, results: pd.DataFrame, definition: LesionDefinition
) -> pd.Series:
    """True for assessments with a new lesion: one that isn't doubtful, or is confirmed later."""
    new = results[results["KIND"].eq(NEW)]
    # an equivocal new lesion, or one gone again, is listed among these states
    is_doubtful = new["STATE"].isin([ABSENT, NOT_EVALUABLE, EQUIVOCAL]).fillna(False).astype(bool)
    if definition.equivocal.new_lesion_date == "first_scan":
        is_doubtful &= ~_is_confirmed(new, points, is_doubtful)
    known = pd.MultiIndex.from_frame(new[~is_doubtful][TIME_POINT])
    is_new = pd.MultiIndex.from_frame(points[TIME_POINT]).isin(known)
    return pd.Series(is_new, index=points.index)


def _is_confirmed(new: pd.DataFrame, points: pd.DataFrame, is_doubtful: pd.Series) -> pd.Series:
    """True for equivocal new lesions that a later assessment confirms, never absent between."""
    keys = [*SUBJECT, "LESION"]
    dates = new[TIME_POINT].merge(
        points[[*TIME_POINT, "ADT"]], on=TIME_POINT, how="left", validate="many_to_one"
    )
    seen = new.assign(POINTDT=dates["ADT"].to_numpy(), IS_SURE=~is_doubtful)
    seen = seen[seen["LESION"].notna() & seen["POINTDT"].notna()].sort_values("POINTDT")
    first = look_up_keys(seen, seen[seen["IS_SURE"]].groupby(keys)["POINTDT"].min(), keys)
    is_gone = seen["STATE"].eq(ABSENT).fillna(False) & (seen["POINTDT"] < first)
    gone = look_up_keys(seen, seen[is_gone].groupby(keys)["POINTDT"].max(), keys)
    is_run = (seen["POINTDT"] < first) & ~(seen["POINTDT"] <= gone)
    confirmed = seen.index[seen["STATE"].eq(EQUIVOCAL).fillna(False) & is_run]
    return pd.Series(new.index.isin(confirmed), index=new.index)


def derive_target_sums(
    points: pd.DataFrame,
    results: pd.DataFrame,
    node_below_mm: Fraction | None,
    *,
    findings: Findings,
) -> pd.DataFrame:
    """Add the sums of the target lesions measured at baseline: one record per assessment.

    SUM is over the lesions that were measured, MEASURED of EXPECTED; IS_GONE says that all were,
    none but nodes is left and every node is below ``node_below_mm`` (without it, 0). NADIR is
    the reader's smallest complete sum before the assessment, baseline included. All lengths are
    in 10**-6 mm.
    """
    targets = results[results["IS_USED"] & results["KIND"].eq(TARGET)]
    is_point = pd.MultiIndex.from_frame(targets[TIME_POINT]).isin(
        pd.MultiIndex.from_frame(points[TIME_POINT])
    )
    lesions = derive_lesion_diameters(points, targets[is_point], findings=findings)
    at_base = lesions.merge(
        points[points["IS_BASE"]][TIME_POINT], on=TIME_POINT, validate="many_to_one"
    )
    at_base = at_base[at_base["VALUE"].notna()][[*SUBJECT, "WHOLE", "IS_NODE"]]
    _report_unknown(targets[is_point], at_base, findings)
    grid = (
        points[TIME_POINT]
        .merge(at_base, on=SUBJECT, validate="many_to_many")
        .merge(
            lesions.drop(columns=["IS_NODE"]),
            on=[*TIME_POINT, "WHOLE"],
            how="left",
            validate="one_to_one",
        )
    )
    points = points.merge(
        _sums(grid, node_below_mm), on=TIME_POINT, how="left", validate="one_to_one"
    )
    points[["EXPECTED", "MEASURED"]] = points[["EXPECTED", "MEASURED"]].fillna(0)
    complete = points["SUM"].where(points["MEASURED"].eq(points["EXPECTED"]))
    own = [points[name] for name in SUBJECT]
    base = points["SUM"].where(points["IS_BASE"]).groupby(own).transform("first")
    smallest = complete.groupby(own).cummin().groupby(own).ffill()
    return points.assign(
        BASE=base.astype("Int64"), NADIR=smallest.groupby(own).shift().astype("Int64")
    )


def _sums(grid: pd.DataFrame, node_below_mm: Fraction | None) -> pd.DataFrame:
    """Sum up the lesions of each assessment: EXPECTED, MEASURED, SUM and IS_GONE."""
    is_gone = grid["VALUE"].eq(0)
    if node_below_mm is not None:
        limit = node_below_mm * EXACT
        is_normal = grid["LARGEST"] * limit.denominator < limit.numerator
        is_gone = is_gone.mask(grid["IS_NODE"], is_normal)
    is_complete = grid["IS_COMPLETE"].astype("boolean").fillna(False).astype(bool)
    is_left = ~(is_gone.fillna(False).astype(bool) & is_complete)
    groups = grid.assign(IS_LEFT=is_left, IS_MEASURED=is_complete).groupby(TIME_POINT)
    return pd.DataFrame(
        {
            "EXPECTED": groups.size().astype("Int64"),
            "MEASURED": groups["IS_MEASURED"].sum().astype("Int64"),
            "SUM": groups["VALUE"].sum().astype("Int64"),
            "IS_GONE": ~groups["IS_LEFT"].any().astype(bool),
        }
    )


def _report_unknown(targets: pd.DataFrame, at_base: pd.DataFrame, findings: Findings) -> None:
    """Report target lesions without a baseline measurement: they enter no sum."""
    known = pd.MultiIndex.from_frame(at_base[[*SUBJECT, "WHOLE"]])
    lesions = targets[[*SUBJECT, "WHOLE"]].drop_duplicates()
    has_base = pd.MultiIndex.from_frame(lesions[SUBJECT]).isin(
        pd.MultiIndex.from_frame(at_base[SUBJECT])
    )
    unknown = lesions[has_base & ~pd.MultiIndex.from_frame(lesions).isin(known)]
    for lesion in unknown.itertuples():
        key = reader_key(lesion.USUBJID, lesion.READER, ("TRLNKID", lesion.WHOLE))
        findings.add(Finding("CDT-A008", "TR", ("TRSTRESN",), (), key, detail="in no sum"))


def report_without_target(
    responses: pd.DataFrame, results: pd.DataFrame, adsl: pd.DataFrame, findings: Findings
) -> None:
    """Report subjects without a target lesion at baseline who should have one.

    That is a reader's subject whose TR has records of target lesions, or a subject with MEASFL Y
    of whom no reader's has.
    """
    base = responses[responses["IS_BASE"]]
    without = base[base["EXPECTED"].eq(0)]
    targets = results[results["KIND"].eq(TARGET)]
    has_target = pd.MultiIndex.from_frame(without[SUBJECT]).isin(
        pd.MultiIndex.from_frame(targets[SUBJECT])
    )
    found = [
        (reader_key(subject, reader), "TRGRPID", "TR has target lesions")
        for subject, reader in without.loc[has_target, SUBJECT].itertuples(index=False)
    ]
    if "MEASFL" in adsl.columns:
        flagged = adsl[adsl["MEASFL"].eq("Y").fillna(False)]["USUBJID"]
        silent = base[base["USUBJID"].isin(flagged) & ~base["USUBJID"].isin(targets["USUBJID"])]
        found += [
            (reader_key(one, ""), "MEASFL", "MEASFL is Y") for one in silent["USUBJID"].unique()
        ]
    for key, variable, detail in found:
        findings.add(Finding("CDT-A025", "TR", (variable,), (), key, detail=detail))


def compute_target_response(points: pd.DataFrame, criteria: TargetCriteria) -> pd.Series:
    """Compute the target response from exact sums; thresholds include the boundary.

    With a lesion not assessed the response is not evaluable, unless the measured ones alone are
    progression. Without target lesions it is the criteria's ``none``.
    """
    total, base, nadir = points["SUM"], points["BASE"], points["NADIR"]
    partial = 1 - criteria.partial_decrease_percent / 100
    growth = 1 + criteria.progression_increase_percent / 100
    step = (criteria.progression_increase_mm or Fraction(0)) * EXACT
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


def keep_partial_response(responses: pd.DataFrame, criteria: TargetCriteria) -> pd.Series:
    """Keep a partial (or complete) target response as partial where it would be stable now.

    It ends with the first overall progression; an assessment in between that isn't evaluable
    doesn't end it. Confirmation of the response isn't asked for.
    Source: EORTC RECIST FAQ, "Managing PR when TP measurements change slightly over time".
    """
    own = [responses[name] for name in SUBJECT]
    ends = responses["OVRLRESP"].eq(criteria.progression).groupby(own).cumsum()
    is_response = responses["TRGRESP"].isin([criteria.partial, criteria.complete])
    is_response &= ~responses["IS_BASE"] & responses["OVRLRESP"].ne(criteria.progression)
    has_had = is_response.groupby([*own, ends]).cummax().astype(bool)
    is_stable = responses["TRGRESP"].eq(criteria.stable)
    return responses["TRGRESP"].mask(is_stable & has_had, criteria.partial)


def _non_target_response(
    points: pd.DataFrame, results: pd.DataFrame, criteria: ResponseCriteria
) -> pd.Series:
    """Compute the non-target response over the non-target lesions known at baseline."""
    own = results[results["IS_USED"] & results["KIND"].eq(NON_TARGET)]
    at_base = own.merge(
        points[points["IS_BASE"]][TIME_POINT], on=TIME_POINT, validate="many_to_one"
    )
    grid = (
        points[TIME_POINT]
        .merge(at_base[[*SUBJECT, "LESION"]], on=SUBJECT, validate="many_to_many")
        .merge(
            own[[*TIME_POINT, "LESION", "STATE"]],
            on=[*TIME_POINT, "LESION"],
            how="left",
            validate="one_to_one",
        )
    )
    grid["STATE"] = grid["STATE"].fillna(NOT_EVALUABLE).replace(EQUIVOCAL, NOT_EVALUABLE)
    keys = [grid[name] for name in TIME_POINT]
    names = criteria.non_target
    is_absent = grid["STATE"].eq(ABSENT).groupby(keys).all().astype(bool)
    state = pd.Series(names.neither, index=is_absent.index, dtype="string")
    state = state.mask(is_absent, names.complete)
    for value, name in ((NOT_EVALUABLE, names.not_evaluable), (PROGRESSED, names.progression)):
        state = state.mask(grid["STATE"].eq(value).groupby(keys).any().astype(bool), name)
    merged = points[TIME_POINT].merge(
        state.rename("STATE").reset_index(), on=TIME_POINT, how="left", validate="one_to_one"
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


def describe_response(responses: pd.DataFrame) -> pd.Series:
    """Say in words what each response rests on: sum, baseline, nadir, changes, lesions, parts.

    >>> describe_response(pd.DataFrame({
    ...     "SUM": [84_000_000], "BASE": [100_000_000], "NADIR": [70_000_000], "EXPECTED": [2],
    ...     "MEASURED": [2], "TRGRESP": ["PD"], "NTRGRESP": ["NE"], "NEWLIND": ["N"],
    ... })).item()
    'sum 84 mm (2 of 2 target lesions), baseline 100 mm (-16 %), nadir 70 mm (+20 %); target PD, \
non-target NE, new lesion N'
    """
    return pd.Series(
        [_describe(one) for one in responses.itertuples()], index=responses.index, dtype="string"
    )


def _describe(response: Any) -> str:
    """The words of one response."""
    parts = f"target {response.TRGRESP}, non-target {response.NTRGRESP}"
    parts += f", new lesion {response.NEWLIND}"
    if not response.EXPECTED:
        return parts
    counted = f"{response.MEASURED} of {response.EXPECTED} target lesions"
    total = f"sum {_mm(response.SUM)} ({counted})"
    for name, value in (("baseline", response.BASE), ("nadir", response.NADIR)):
        total += f", {name} {_mm(value)}{_percent(response.SUM, value)}"
    return f"{total}; {parts}"


def _mm(exact: Any) -> str:
    """A length in mm with the decimals it has."""
    return "unknown" if pd.isna(exact) else f"{float(Fraction(int(exact), EXACT)):.6g} mm"


def _percent(total: Any, other: Any) -> str:
    """The change from a reference value, empty where it can't be told."""
    if pd.isna(total) or pd.isna(other) or other == 0:
        return ""
    return f" ({float(100 * (Fraction(int(total)) / int(other) - 1)):+.4g} %)"
