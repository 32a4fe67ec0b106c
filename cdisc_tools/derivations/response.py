"""Responses (ADRS): time point, best and durable response, progression, last assessment."""

from datetime import date

import numpy as np
import pandas as pd

from cdisc_tools.derivations.dates import impute_dt
from cdisc_tools.derivations.history import History, Mask, report_unassessed
from cdisc_tools.derivations.lesions import time_point_columns
from cdisc_tools.derivations.recist import describe_response
from cdisc_tools.derivations.records import (
    Frames,
    assign_aseq,
    make_links,
    require_variables,
    select,
)
from cdisc_tools.derivations.response_parameters import (
    VALUES,
    derive_param_durable,
    derive_response_parameter,
    select_assessments,
)
from cdisc_tools.model.analysis import (
    DurableResponse,
    LesionDefinition,
    ResponseDefinition,
)
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.response import ResponseParameter

OVR, OVRINV, PD, BOR, RSP, DEATH, LSTA = "OVR", "OVRINV", "PD", "BOR", "RSP", "DEATH", "LSTA"
_TIME_POINT = ["USUBJID", "TIMEPT"]


def derive_adrs(
    responses: pd.DataFrame,
    investigator: pd.DataFrame,
    adsl: pd.DataFrame,
    definition: ResponseDefinition,
    *,
    findings: Findings,
) -> pd.DataFrame:
    """Derive the response parameters but RSP.

    Returns the records of OVR and OVRINV (one per assessment) and of PD, LSTA, BOR, the parameters
    of ``definition.more`` and DEATH (at most one per subject of the population; BOR and those for
    each), numbered by ASEQ. A parameter that
    is picked from another names its record: SRCDOM ADRS, SRCVAR AVALC, SRCSEQ its ASEQ.
    """
    subjects = adsl[adsl[definition.population].eq("Y").fillna(False)]
    overall = derive_param_ovr(responses)
    numbered = assign_aseq(pd.concat([overall, investigator], ignore_index=True))
    numbered = numbered[numbered["USUBJID"].isin(subjects["USUBJID"])]
    analysed = numbered[numbered["PARAMCD"].eq(definition.analysed)]
    history = select_assessments(analysed, subjects, definition.choices)
    report_unassessed(history, findings)
    counted = history.source.iloc[history.record]
    best = ResponseParameter(kind="best", paramcd=BOR, param=definition.parameters[BOR])
    parts = [
        numbered,
        _picked(filter_to_first(analysed, definition.progression), PD, "Y"),
        _picked(filter_to_last(counted, definition.adequate), LSTA),
        *(
            derive_response_parameter(history, parameter, definition.choices)
            for parameter in (best, *definition.more)
        ),
        _deaths(subjects),
    ]
    adrs = assign_aseq(pd.concat(parts, ignore_index=True))
    return _derive_vars_aval(adrs, definition)


def derive_param_ovr(responses: pd.DataFrame) -> pd.DataFrame:
    """Make the records of OVR from time point responses: one per assessment after baseline.

    Each rests on several records of TR, which the links name; so it has no SRCSEQ.
    """
    later = responses[~responses["IS_BASE"]]
    names = [*_TIME_POINT, "AVISIT", "AVISITN", "ADT", "ADTF"]
    return later[names].assign(
        PARAMCD=OVR,
        AVALC=later["OVRLRESP"],
        SRCDOM="TR",
        SRCVAR="TRSTRESC",
        WORDS=describe_response(later),
    )


def derive_param_ovrinv(
    datasets: Frames,
    definition: ResponseDefinition,
    lesions: LesionDefinition,
    *,
    cutoff: date,
    findings: Findings,
) -> pd.DataFrame:
    """Make the records of OVRINV: one per assessment of the investigator in RS.

    Of several records of one assessment the earliest counts, then the lower RSSEQ; the others
    are reported. Ordered by ADT, AVISITN and TIMEPT.
    """
    source = definition.investigator
    rs = select(datasets, source)
    require_variables(rs, [definition.investigator_value, source.date], source.dataset)
    dates = impute_dt(rs[source.date], source.impute, limit=cutoff)
    given = time_point_columns(rs, source.dataset, lesions).assign(
        ADT=dates["DT"],
        ADTF=dates["DTF"],
        PARAMCD=OVRINV,
        AVALC=rs[definition.investigator_value],
        RSEVAL=rs.get("RSEVAL", pd.Series(pd.NA, index=rs.index)).astype("string"),
        SRCVAR=str(definition.investigator_value),
    )
    ordered = given.sort_values(["USUBJID", "ADT", "AVISITN", "TIMEPT", "SRCSEQ"], kind="stable")
    again = ordered.duplicated(_TIME_POINT)
    _report_repeated(ordered[again], findings)
    return ordered[~again].reset_index(drop=True)


def _report_repeated(given: pd.DataFrame, findings: Findings) -> None:
    """Report further responses of the investigator to one assessment."""
    for record in given.fillna({"AVALC": ""}).itertuples():
        findings.add(
            Finding(
                "CDT-A020",
                str(record.SRCDOM),
                (str(record.SRCVAR),),
                (str(record.AVALC),),
                (
                    ("USUBJID", str(record.USUBJID)),
                    ("VISIT", str(record.AVISIT)),
                    ("SEQ", str(record.SRCSEQ)),
                ),
                detail="the first response of the assessment is used",
            )
        )


def filter_to_first(records: pd.DataFrame, values: tuple[str, ...]) -> pd.DataFrame:
    """Keep the first record of each subject with one of the values."""
    found = records[records["AVALC"].isin(values) & records["ADT"].notna()]
    return found.sort_values(["ADT", "ASEQ"], kind="stable").drop_duplicates("USUBJID")


def filter_to_last(records: pd.DataFrame, values: tuple[str, ...]) -> pd.DataFrame:
    """Keep the last record of each subject with one of the values."""
    found = records[records["AVALC"].isin(values) & records["ADT"].notna()]
    ordered = found.sort_values(["ADT", "ASEQ"], kind="stable")
    return ordered.drop_duplicates("USUBJID", keep="last")


def derive_param_rsp_by_visit(history: History, definition: ResponseDefinition) -> pd.DataFrame:
    """Derive RSP: Y when an assessment ``days`` after the reference or later has one of the values.

    Only assessments up to the day of the first progression count; the record is that of the first
    such assessment. Returns one record per subject; without one it is N and undated.
    """
    durable = definition.durable
    parameter = ResponseParameter(
        kind="durable", paramcd=RSP, param=definition.parameters[RSP],
        days=durable.days - durable.origin_day, values=durable.values,
    )  # fmt: skip
    return derive_param_durable(history, parameter, definition.choices)


def derive_param_rsp_by_follow_up(
    adtte: pd.DataFrame, adsl: pd.DataFrame, durable: DurableResponse
) -> pd.DataFrame:
    """Derive RSP: Y when the endpoint's follow-up lasted ``days``, whatever ended it.

    Returns one record per subject of ``adsl``, Y dated by the end of follow-up, N undated.
    """
    tte = adtte[adtte["PARAMCD"].eq(durable.endpoint)]
    days = (tte["ADT"] - tte["STARTDT"]).dt.days + durable.origin_day
    long = tte[days >= durable.days]
    found = pd.DataFrame(
        {
            "USUBJID": long["USUBJID"],
            "ADT": long["ADT"],
            "PARAMCD": RSP,
            "AVALC": "Y",
            "SRCDOM": "ADTTE",
            "SRCVAR": "AVAL",
            "SRCSEQ": long["ASEQ"],
        }
    )
    return _complete(found, adsl, RSP, "N")


def append_rsp(
    adrs: pd.DataFrame, adsl: pd.DataFrame, adtte: pd.DataFrame, definition: ResponseDefinition
) -> pd.DataFrame:
    """Add RSP, derived as the study chose, to ADRS; its ASEQ follow those already given."""
    subjects = adsl[adsl[definition.population].eq("Y").fillna(False)]
    durable = definition.durable
    if durable.basis == "visit":
        analysed = adrs[adrs["PARAMCD"].eq(definition.analysed)]
        history = select_assessments(analysed, subjects, definition.choices)
        rsp = derive_param_rsp_by_visit(history, definition)
    else:
        rsp = derive_param_rsp_by_follow_up(adtte, subjects, durable)
    rsp = rsp.assign(PARAM=definition.parameters[RSP], AVAL=rsp["AVALC"].map({"Y": 1.0, "N": 0.0}))
    return assign_aseq(pd.concat([adrs, rsp], ignore_index=True))


def derive_links(adrs: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Link ADRS to its sources.

    OVR is linked to every record of TR (or TU) of the assessment and to the investigator's
    record of it, the other parameters to the record that their SRCDOM and SRCSEQ name.
    """
    named = adrs[adrs["PARAMCD"].ne(OVR)]
    overall = adrs[adrs["PARAMCD"].eq(OVR)][[*_TIME_POINT, "ASEQ"]]
    lesions = results[[*_TIME_POINT, "SRCDOM", "SRCVAR", "SRCSEQ"]]
    given = adrs[adrs["PARAMCD"].eq(OVRINV)][[*_TIME_POINT, "SRCDOM", "SRCVAR", "SRCSEQ"]]
    sources = pd.concat([lesions, given], ignore_index=True)
    assessed = overall.merge(sources, on=_TIME_POINT, validate="one_to_many")
    return make_links(pd.concat([assessed, named], ignore_index=True), "AVALC")


def report_responses(
    adrs: pd.DataFrame, definition: ResponseDefinition, findings: Findings
) -> None:
    """Report where derived and investigator's response differ, a lesser one after complete, and a
    better one after progression."""
    columns = [*_TIME_POINT, "AVISIT", "ADT", "AVALC", "SRCSEQ"]
    derived = adrs[adrs["PARAMCD"].eq(OVR)][[*columns, "WORDS"]]
    given = adrs[adrs["PARAMCD"].eq(OVRINV)][columns]
    both = derived.merge(
        given, on=_TIME_POINT, how="outer", suffixes=("", "_INV"), validate="one_to_one"
    )
    differs = both["AVALC"].fillna("") != both["AVALC_INV"].fillna("")
    absent = {"AVALC": "none", "AVALC_INV": "none", "WORDS": ""}
    for pair in both[differs].fillna(absent).itertuples():
        is_alone = "none" in {pair.AVALC, pair.AVALC_INV}
        visit = pair.AVISIT_INV if pair.AVALC == "none" else pair.AVISIT
        findings.add(
            Finding(
                "CDT-A014" if is_alone else "CDT-A001",
                "RS",
                ("RSSTRESC",),
                (str(pair.AVALC_INV),),
                (("USUBJID", str(pair.USUBJID)), ("VISIT", str(visit))),
                detail="; ".join(
                    filter(
                        None,
                        (f"derived {pair.AVALC}, investigator {pair.AVALC_INV}", str(pair.WORDS)),
                    )
                ),
            )
        )
    analysed = adrs[adrs["PARAMCD"].eq(definition.analysed)]
    accepted = {*definition.complete, *definition.progression}
    report_later(analysed, definition.complete, set(definition.adequate) - accepted, "CDT-A013",
                  findings)  # fmt: skip
    better = set(definition.adequate) - set(definition.progression)
    report_later(analysed, definition.progression, better, "CDT-A027", findings)


def report_later(
    analysed: pd.DataFrame, first: tuple[str, ...], values: set[str], check: str,
    findings: Findings,
) -> None:  # fmt: skip
    """Report assessments of some values after a subject's first of others, one finding a subject.

    Takes the responses of a parameter: USUBJID, ADT, AVALC, ASEQ, and AVISIT where there is one.
    """
    place, subjects = pd.factorize(analysed["USUBJID"])
    day = analysed["ADT"].to_numpy("datetime64[D]")
    is_dated = ~np.isnat(day)
    since = np.full(len(subjects), np.datetime64("9999-12-31"))
    has_first = is_dated & _is_one_of(analysed["AVALC"], first)
    np.minimum.at(since, place[has_first], day[has_first])
    later = np.flatnonzero(
        is_dated & (day > since[place]) & _is_one_of(analysed["AVALC"], tuple(values))
    )
    order = later[np.lexsort((analysed["ASEQ"].to_numpy()[later], day[later], place[later]))]
    _, earliest, counts = np.unique(place[order], return_index=True, return_counts=True)
    records = analysed.iloc[order[earliest]]
    visits = records["AVISIT"] if "AVISIT" in records else [None] * len(records)
    days = records["ADT"].dt.strftime("%Y-%m-%d")
    for subject, visit, value, first_day, count in zip(
        records["USUBJID"], visits, records["AVALC"], days, counts, strict=True
    ):
        where = () if visit is None else (("AVISIT", str(visit)),)
        detail = str(first_day) if count == 1 else f"{first_day} (and {count - 1} more later)"
        finding = Finding(
            check, "ADRS", ("AVALC",), (str(value),), (("USUBJID", str(subject)), *where),
            detail=detail,
        )  # fmt: skip
        findings.add(finding, int(count))


def _is_one_of(avalc: pd.Series, values: tuple[str, ...]) -> Mask:
    """True for each response that is one of the values."""
    codes, texts = pd.factorize(avalc)
    return np.isin(codes, [place for place, text in enumerate(texts) if text in values])


def _picked(records: pd.DataFrame, paramcd: str, avalc: str | None = None) -> pd.DataFrame:
    """Make records of a parameter from records of ADRS, naming these as the source."""
    value = records["AVALC"] if avalc is None else avalc
    return records.assign(
        PARAMCD=paramcd, AVALC=value, SRCDOM="ADRS", SRCVAR="AVALC", SRCSEQ=records["ASEQ"]
    )


def _complete(found: pd.DataFrame, adsl: pd.DataFrame, paramcd: str, missing: str) -> pd.DataFrame:
    """Add an undated record for each subject without one."""
    without = adsl[~adsl["USUBJID"].isin(found["USUBJID"])]
    others = without[["USUBJID"]].assign(PARAMCD=paramcd, AVALC=missing)
    return pd.concat([found, others], ignore_index=True)


def _deaths(adsl: pd.DataFrame) -> pd.DataFrame:
    dead = adsl[adsl["DTHDT"].notna()]
    return pd.DataFrame(
        {
            "USUBJID": dead["USUBJID"],
            "ADT": dead["DTHDT"],
            "PARAMCD": DEATH,
            "AVALC": "Y",
            "SRCDOM": "ADSL",
            "SRCVAR": "DTHDT",
        }
    )


def _derive_vars_aval(adrs: pd.DataFrame, definition: ResponseDefinition) -> pd.DataFrame:
    """Add AVAL (the place of AVALC in the list of values; 1 for Y) and PARAM."""
    numbers = {value: float(place) for place, value in enumerate(definition.values, 1)}
    labels = {**definition.parameters, **{one.paramcd: one.param for one in definition.more}}
    return adrs.assign(
        AVAL=adrs["AVALC"].map({**VALUES, **numbers}).astype("Float64"),
        PARAM=adrs["PARAMCD"].map(labels).astype("string"),
    )
