"""Baseline of the lesions: each one's last measurement before the reference date."""

import pandas as pd

from cdisc_tools.derivations.diameters import SUBJECT, TIME_POINT, reader_key
from cdisc_tools.derivations.lesions import NON_TARGET, TARGET
from cdisc_tools.derivations.records import look_up, require_variables
from cdisc_tools.model.analysis import BaselineWindow
from cdisc_tools.model.findings import Finding, Findings


def derive_baseline(
    assessments: pd.DataFrame,
    results: pd.DataFrame,
    adsl: pd.DataFrame,
    window: BaselineWindow,
    *,
    findings: Findings,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the baseline assessment, and bring each lesion's baseline result into it.

    The result is the last measurement of a target lesion, and the last record of a non-target
    one, on or before the reference date and within the window. The assessment is the last of
    those that gave a target lesion's, else a non-target's; else it is the last one. Returns the
    assessments from baseline on with IS_BASE, and ``results`` with the baseline results under
    the TIMEPT of that assessment. A subject with later assessments and none at baseline is
    reported and has none.
    Source: RECIST 1.1 (Eisenhauer 2009): baseline sum; the scan of each lesion is ours.
    """
    require_variables(adsl, [str(window.reference)], "ADSL")
    reference = look_up(assessments["USUBJID"], adsl.set_index("USUBJID")[str(window.reference)])
    points = assessments.assign(ORDER=range(len(assessments)))
    is_early = (points["ADT"] <= reference).fillna(False)
    if window.screening_days is not None:
        is_early &= (reference - points["ADT"]).dt.days <= window.screening_days
    chosen = _last_results(points[is_early], results)
    baseline = _baseline_points(points[is_early], chosen)
    after = points[points["ADT"] > reference]
    has_base = _is_among(after, baseline)
    _report_without(after[~has_base], window, findings)
    kept = pd.concat([baseline.assign(IS_BASE=True), after[has_base].assign(IS_BASE=False)])
    kept = kept.sort_values("ORDER").drop(columns=["ORDER"]).reset_index(drop=True)
    return kept, _into_baseline(results, chosen, baseline)


def _last_results(early: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """The last usable result of each lesion at these assessments, indexed as in ``results``."""
    is_target = results["KIND"].eq(TARGET) & results["VALUE"].notna()
    usable = results[results["IS_USED"] & (is_target | results["KIND"].eq(NON_TARGET))]
    dated = usable.reset_index().merge(
        early[[*TIME_POINT, "ORDER"]], on=TIME_POINT, validate="many_to_one"
    )
    ordered = dated.sort_values("ORDER", kind="stable").set_index("index")
    return ordered[~ordered.duplicated([*SUBJECT, "LESION"], keep="last")]


def _baseline_points(early: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """The baseline assessment of each subject and reader."""
    is_kind = {kind: chosen.loc[chosen["KIND"].eq(kind), "ORDER"] for kind in (TARGET, NON_TARGET)}
    rank = pd.Series(0, index=early.index)
    rank = rank.mask(early["ORDER"].isin(is_kind[NON_TARGET]), 1)
    last = early.assign(RANK=rank.mask(early["ORDER"].isin(is_kind[TARGET]), 2))
    ordered = last.sort_values(["RANK", "ORDER"])
    return ordered.drop_duplicates(SUBJECT, keep="last").drop(columns=["RANK"])


def _into_baseline(
    results: pd.DataFrame, chosen: pd.DataFrame, baseline: pd.DataFrame
) -> pd.DataFrame:
    """Give the chosen results the baseline's TIMEPT; another result of the lesion isn't used."""
    points = baseline.set_index(SUBJECT)["TIMEPT"]
    home = pd.Series(
        points.reindex(pd.MultiIndex.from_frame(chosen[SUBJECT])).to_numpy(),
        index=chosen.index,
        dtype="string",
    )
    moved = home[home.ne(chosen["TIMEPT"])]
    if moved.empty:
        return results
    keys = [*TIME_POINT, "LESION"]
    arriving = results.loc[moved.index].assign(TIMEPT=moved)
    is_replaced = pd.MultiIndex.from_frame(results[keys]).isin(
        pd.MultiIndex.from_frame(arriving[keys])
    )
    results = results.assign(IS_USED=results["IS_USED"] & ~is_replaced)
    results.loc[moved.index, "TIMEPT"] = moved
    return results


def _is_among(points: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """True for assessments of a subject and reader that the others have, too."""
    known = pd.MultiIndex.from_frame(points[SUBJECT]).isin(
        pd.MultiIndex.from_frame(others[SUBJECT])
    )
    return pd.Series(known, index=points.index, dtype=bool)


def _report_without(points: pd.DataFrame, window: BaselineWindow, findings: Findings) -> None:
    """Report subjects with assessments after the reference and no baseline."""
    days = window.screening_days
    detail = "no response can be derived" + (
        "" if days is None else f"; baseline is at most {days} days before {window.reference}"
    )
    for point in points.drop_duplicates(SUBJECT).itertuples():
        key = reader_key(point.USUBJID, point.READER)
        findings.add(Finding("CDT-A008", "TR", ("TRDTC",), (), key, detail=detail))
