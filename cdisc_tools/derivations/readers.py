"""Readers of scans: whose record it is, and whose response of an assessment is analysed."""

import pandas as pd

from cdisc_tools.derivations.diameters import TIME_POINT
from cdisc_tools.derivations.records import filter_where, require_variables
from cdisc_tools.model.analysis import Evaluators
from cdisc_tools.model.findings import Finding, Findings


def derive_vars_reader(
    dataset: pd.DataFrame, name: str, evaluators: Evaluators | None
) -> pd.DataFrame:
    """Add READER, IS_CANDIDATE and IS_ACCEPTED to the records of a tumour domain.

    READER has the values that tell readers apart, joined by a blank; it is "" for everybody when
    no evaluators are defined. A candidate's responses may be analysed; without a flag of
    acceptance every record is accepted.
    Raises ConfigurationError when the dataset lacks one of the variables.
    """
    if evaluators is None:
        reader = pd.Series("", index=dataset.index, dtype="string")
        return dataset.assign(READER=reader, IS_CANDIDATE=True, IS_ACCEPTED=True)
    names = [of_domain(variable, name) for variable in evaluators.identified_by]
    require_variables(dataset, names, name)
    reader = pd.Series("", index=dataset.index, dtype="string")
    for variable in names:
        reader = reader + " " + dataset[variable].astype("string").fillna("")
    where = {of_domain(variable, name): values for variable, values in evaluators.analysed.items()}
    is_candidate = dataset.index.isin(filter_where(dataset, where, name).index)
    is_accepted = pd.Series(True, index=dataset.index)
    if evaluators.accepted:
        flag = of_domain(evaluators.accepted, name)
        require_variables(dataset, [flag], name)
        is_accepted = dataset[flag].eq("Y").fillna(False).astype(bool)
    return dataset.assign(
        READER=reader.str.strip(), IS_CANDIDATE=is_candidate, IS_ACCEPTED=is_accepted
    )


def of_domain(variable: str, domain: str) -> str:
    """Name a variable of a domain: --EVAL of TR is TREVAL.

    >>> of_domain("--EVALID", "TU")
    'TUEVALID'
    """
    return domain + variable[2:] if variable.startswith("--") else variable


def derive_var_analysed(
    points: pd.DataFrame, results: pd.DataFrame, *, findings: Findings
) -> pd.DataFrame:
    """Mark the assessments that are analysed: of each subject's time point one reader's at most.

    That is the candidate with an accepted record of it. Where there are several, the first by
    name is taken, and where there are candidates and none was accepted, nobody's is: both are
    reported. Returns ``points`` with IS_ANALYSED.
    """
    is_chosen = results["IS_CANDIDATE"] & results["IS_ACCEPTED"]
    index = pd.MultiIndex.from_frame(points[TIME_POINT])
    candidates = index.isin(pd.MultiIndex.from_frame(results[results["IS_CANDIDATE"]][TIME_POINT]))
    accepted = index.isin(pd.MultiIndex.from_frame(results[is_chosen][TIME_POINT]))
    one = ["USUBJID", "TIMEPT"]
    is_further = points[accepted].sort_values([*one, "READER"]).duplicated(one)
    again = is_further[is_further].index
    _report(points.loc[again], "accepted for a second reader; the first is analysed", findings)
    known = pd.MultiIndex.from_frame(points[accepted][one])
    is_open = candidates & ~pd.MultiIndex.from_frame(points[one]).isin(known)
    unaccepted = points[is_open].drop_duplicates(one)
    _report(unaccepted, "accepted for no reader; it is not analysed", findings)
    return points.assign(IS_ANALYSED=accepted & ~points.index.isin(again))


def filter_to_analysed(results: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Keep the lesion results of the assessments that are analysed."""
    analysed = responses[responses["IS_ANALYSED"]]
    is_kept = pd.MultiIndex.from_frame(results[TIME_POINT]).isin(
        pd.MultiIndex.from_frame(analysed[TIME_POINT])
    )
    return results[is_kept].reset_index(drop=True)


def _report(points: pd.DataFrame, detail: str, findings: Findings) -> None:
    """Report assessments of which it isn't clear whose reading counts."""
    for point in points.itertuples():
        key = (("USUBJID", str(point.USUBJID)), ("TIMEPOINT", str(point.TIMEPT)))
        findings.add(
            Finding("CDT-A026", "TR", ("TRACPTFL",), (str(point.READER),), key, detail=detail)
        )
