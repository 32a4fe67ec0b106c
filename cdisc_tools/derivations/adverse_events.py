"""Adverse events (ADAE)."""

import pandas as pd

from cdisc_tools.derivations.dates import compute_duration, impute_dt
from cdisc_tools.derivations.records import Frames, look_up, require_variables, select
from cdisc_tools.model.analysis import AdverseEventDefinition
from cdisc_tools.model.findings import Finding, Findings

_OCCURRENCE = {
    "AOCCFL": ("USUBJID",),
    "AOCCSFL": ("USUBJID", "AEBODSYS"),
    "AOCCPFL": ("USUBJID", "AEBODSYS", "AEDECOD"),
}
_WORST = {
    "AOCCIFL": ("USUBJID",),
    "AOCCSIFL": ("USUBJID", "AEBODSYS"),
    "AOCCPIFL": ("USUBJID", "AEBODSYS", "AEDECOD"),
}


def derive_adae(
    datasets: Frames,
    adsl: pd.DataFrame,
    definition: AdverseEventDefinition,
    *,
    findings: Findings,
) -> pd.DataFrame:
    """Derive the analysis variables of adverse events.

    Returns one record per record of AE: ASTDT and AENDT with their imputation flags, ADURN in
    days, TRTEMFL, ATOXGR, and the first and worst occurrence flags among treatment emergent
    events. On equal grades the earlier event wins, then the lower AESEQ.
    Source: ADaM OCCDS 1.0.
    """
    ae = select(datasets, definition.events).reset_index(drop=True)
    require_variables(ae, ["AESTDTC", "AEENDTC", "AETOXGR", "AEBODSYS", "AEDECOD"], "AE")
    by_subject = adsl.set_index("USUBJID")
    first = look_up(ae["USUBJID"], by_subject["TRTSDT"])
    last = look_up(ae["USUBJID"], by_subject["TRTEDT"])
    ends = impute_dt(ae["AEENDTC"], definition.end_impute)
    starts = _impute_start(ae, first, ends["DT"], definition.start_impute)
    limit = last + pd.Timedelta(days=definition.days_after)
    is_emergent = (starts["DT"] >= first) & (starts["DT"] <= limit)
    adae = ae.drop(columns=["STUDYID"]).assign(
        ASTDT=starts["DT"],
        ASTDTF=starts["DTF"],
        AENDT=ends["DT"],
        AENDTF=ends["DTF"],
        ADURN=compute_duration(starts["DT"], ends["DT"]),
        TRTEMFL=_flag(is_emergent),
        ATOXGR=ae["AETOXGR"].where(ae["AETOXGR"].isin(definition.grades)),
    )
    adae["ADURU"] = pd.Series("DAYS", index=adae.index, dtype="string").where(adae["ADURN"].notna())
    adae["ATOXGRN"] = pd.to_numeric(adae["ATOXGR"]).astype("Int64")
    _report_grades(adae, findings)
    return _derive_vars_occurrence(adae)


def _impute_start(
    ae: pd.DataFrame, first_dose: pd.Series, end: pd.Series, day: str
) -> pd.DataFrame:
    """Impute partial starts; never before a first dose in the same unknown period.

    A start that is missing altogether is the first dose (flag Y), unless the event had ended
    before it. So an event that may have begun on treatment counts as treatment emergent.
    """
    starts = impute_dt(ae["AESTDTC"], day)
    period_end = impute_dt(ae["AESTDTC"], "last")["DT"]
    could_be_later = starts["DTF"].notna() & (starts["DT"] < first_dose)
    could_be_later &= (period_end >= first_dose) & ~(end < first_dose)
    is_missing = ae["AESTDTC"].isna() & ~(end < first_dose) & first_dose.notna()
    starts["DT"] = starts["DT"].mask(could_be_later | is_missing, first_dose)
    starts["DTF"] = starts["DTF"].mask(is_missing, "Y")
    return starts


def _derive_vars_occurrence(adae: pd.DataFrame) -> pd.DataFrame:
    """Flag the first, and the first worst, treatment emergent event within each group."""
    emergent = adae[adae["TRTEMFL"].eq("Y").fillna(False)]
    by_time = emergent.sort_values(["USUBJID", "ASTDT", "AESEQ"], kind="stable")
    by_grade = by_time.sort_values("ATOXGRN", ascending=False, kind="stable")
    flags = {}
    for ordered, groups in ((by_time, _OCCURRENCE), (by_grade, _WORST)):
        for name, group in groups.items():
            chosen = ordered.drop_duplicates(list(group)).index
            flags[name] = _flag(pd.Series(adae.index.isin(chosen), index=adae.index))
    return adae.assign(**flags)


def _flag(is_true: pd.Series) -> pd.Series:
    """Y where true, else missing."""
    return is_true.map({True: "Y"}).astype("string")


def _report_grades(adae: pd.DataFrame, findings: Findings) -> None:
    for event in adae[adae["ATOXGR"].isna()].itertuples():
        findings.add(
            Finding(
                "CDT-A015",
                "AE",
                ("AETOXGR",),
                (str(event.AETOXGR),),
                (("USUBJID", str(event.USUBJID)), ("AESEQ", str(event.AESEQ))),
                detail="left out of every table by worst grade",
            )
        )
