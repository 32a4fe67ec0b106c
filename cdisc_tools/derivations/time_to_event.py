"""Time-to-event parameters (ADTTE)."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from cdisc_tools.derivations.dates import compare_date, compute_duration
from cdisc_tools.derivations.records import Frames, filter_where, require_variables, sequence_of
from cdisc_tools.model.endpoint import Endpoint, TteSource
from cdisc_tools.model.findings import Finding, Findings


def derive_param_tte(
    adsl: pd.DataFrame,
    datasets: Frames,
    endpoint: Endpoint,
    *,
    cutoff: date,
    findings: Findings,
) -> pd.DataFrame:
    """Derive one time-to-event parameter.

    The first event ends follow-up; without one the last censoring does. On equal dates the
    source listed first wins. Nothing after the cut-off, or after one of the endpoint's ends
    (new therapy), counts; a censored subject with such an end has its CNSR and EVNTDESC. ADT is
    never before STARTDT.

    Takes ``adsl`` with one record per USUBJID and the sources by name, dates ``datetime64``.
    Returns one record per subject of the endpoint's population: STARTDT, ADT, AVAL in days with
    the origin as day 1, CNSR (0 is an event), EVNTDESC, CNSDTDSC (censored only), SRCDOM,
    SRCVAR and SRCSEQ. A subject without origin or ending is reported and has no record; an
    undated event is reported and ends nothing.
    Source: CDISC ADaM Basic Data Structure for Time-to-Event Analyses 1.0.
    """
    require_variables(adsl, [endpoint.population, endpoint.origin], "ADSL")
    subjects = adsl[adsl[endpoint.population].eq("Y").fillna(False)]
    subjects = subjects.assign(STARTDT=subjects[endpoint.origin])
    ends = _ends(datasets, endpoint, cutoff)
    sources = [*endpoint.events, *endpoint.censorings]
    endings = _collect(datasets, sources, endpoint.paramcd, findings)
    endings = endings[endings["ADT"] <= pd.Timestamp(cutoff)]
    endings = endings.merge(ends, on="USUBJID", how="left", validate="many_to_one")
    is_kept = compare_date(endings["ADT"], endings["ENDDT"], "on_or_before")
    is_kept &= ~(endings["IS_EXCLUDED"].eq(True) & endings["ADT"].eq(endings["ENDDT"]))
    ending = _first_event_or_last_censoring(endings[is_kept])
    tte = subjects[["USUBJID", "STARTDT"]].merge(
        ending, on="USUBJID", how="left", validate="one_to_one"
    )
    tte = _report_unresolved(tte, endpoint.paramcd, findings)
    tte = tte.assign(ADT=tte["ADT"].where(tte["ADT"] >= tte["STARTDT"], tte["STARTDT"]))
    return tte.assign(
        PARAMCD=endpoint.paramcd,
        PARAM=endpoint.param,
        AVAL=compute_duration(tte["STARTDT"], tte["ADT"]).astype("Float64"),
        AVALU="DAYS",
    )


def _collect(
    datasets: Frames, sources: Iterable[TteSource], paramcd: str, findings: Findings
) -> pd.DataFrame:
    """Select the records that can end follow-up; an undated event is reported."""
    parts = []
    for rank, source in enumerate(sources):
        found = filter_where(datasets[source.dataset], source.where, source.dataset)
        require_variables(found, [source.date], source.dataset)
        undated = found[found[source.date].isna()]
        if source.cnsr == 0 and source.where:
            _report_undated(undated, source, paramcd, findings)
        dated = found[found[source.date].notna()]
        parts.append(
            pd.DataFrame(
                {
                    "USUBJID": dated["USUBJID"],
                    "ADT": dated[source.date],
                    "CNSR": source.cnsr,
                    "EVNTDESC": source.description,
                    "CNSDTDSC": source.date_description or None,
                    "SRCDOM": source.dataset,
                    "SRCVAR": source.date,
                    "SRCSEQ": sequence_of(dated, source.dataset),
                    "RANK": rank,
                }
            )
        )
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _ends(datasets: Frames, endpoint: Endpoint, cutoff: date) -> pd.DataFrame:
    """The earliest end of follow-up of a subject up to the cut-off, one record per subject."""
    parts = [
        pd.DataFrame(
            {
                "USUBJID": pd.Series(dtype="string"),
                "ENDDT": pd.Series(dtype="datetime64[s]"),
                "IS_EXCLUDED": pd.Series(dtype="boolean"),
                "ENDCNSR": pd.Series(dtype="Int64"),
                "ENDDESC": pd.Series(dtype="string"),
            }
        )
    ]
    for end in endpoint.ends:
        found = filter_where(datasets[end.dataset], end.where, end.dataset)
        require_variables(found, [end.date], end.dataset)
        found = found[found[end.date] <= pd.Timestamp(cutoff)]
        part = found[["USUBJID"]].assign(
            ENDDT=found[end.date],
            IS_EXCLUDED=pd.Series(end.keep == "before", index=found.index, dtype="boolean"),
            ENDCNSR=pd.Series(end.cnsr, index=found.index, dtype="Int64"),
            ENDDESC=pd.Series(end.description, index=found.index, dtype="string"),
        )
        parts.append(part)
    return (
        pd.concat(parts, ignore_index=True)
        .sort_values("ENDDT", kind="stable")
        .drop_duplicates("USUBJID")
    )


def _first_event_or_last_censoring(endings: pd.DataFrame) -> pd.DataFrame:
    """Choose the ending of each subject, and say why a cut follow-up was censored."""
    is_event = endings["CNSR"] == 0
    events = endings[is_event].sort_values(["ADT", "RANK"], kind="stable")
    censorings = endings[~is_event].sort_values(
        ["ADT", "RANK"], ascending=[False, True], kind="stable"
    )
    chosen = pd.concat([events, censorings]).drop_duplicates("USUBJID")
    is_cut = chosen["CNSR"].ne(0) & chosen["ENDDT"].notna()
    return chosen.assign(
        CNSR=chosen["CNSR"].astype("Int64").mask(is_cut, chosen["ENDCNSR"]),
        EVNTDESC=chosen["EVNTDESC"].astype("string").mask(is_cut, chosen["ENDDESC"]),
    ).drop(columns=["RANK", "ENDDT", "IS_EXCLUDED", "ENDCNSR", "ENDDESC"])


def _report_unresolved(tte: pd.DataFrame, paramcd: str, findings: Findings) -> pd.DataFrame:
    """Report and leave out subjects without origin or ending; report endings before the origin."""
    for check, is_wrong, variable in (
        ("CDT-A004", tte["STARTDT"].isna(), "STARTDT"),
        ("CDT-A005", tte["STARTDT"].notna() & tte["ADT"].isna(), "ADT"),
        ("CDT-A017", tte["ADT"] < tte["STARTDT"], "ADT"),
    ):
        for subject, value in zip(
            tte.loc[is_wrong, "USUBJID"], tte.loc[is_wrong, variable], strict=True
        ):
            shown = "" if pd.isna(value) else f"{value:%Y-%m-%d}"
            key = (("USUBJID", str(subject)), ("PARAMCD", paramcd))
            findings.add(Finding(check, "ADTTE", (variable,), (shown,), key))
    return tte[tte["STARTDT"].notna() & tte["ADT"].notna()].reset_index(drop=True)


def _report_undated(
    undated: pd.DataFrame, source: TteSource, paramcd: str, findings: Findings
) -> None:
    """Report events without a date: the subject is silently censored otherwise."""
    for subject in undated["USUBJID"]:
        key = (("USUBJID", str(subject)), ("PARAMCD", paramcd))
        findings.add(
            Finding(
                "CDT-A007", source.dataset, (source.date,), ("",), key, detail=source.description
            )
        )
