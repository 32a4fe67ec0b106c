"""Lesions: what TU and TR say of each lesion at each assessment, and ADTR."""

import pandas as pd

from cdisc_tools.derivations.dates import impute_dt
from cdisc_tools.derivations.records import (
    Frames,
    assign_aseq,
    make_links,
    require_variables,
    select,
    sequence_of,
)
from cdisc_tools.model.analysis import LesionDefinition
from cdisc_tools.model.findings import Finding, Findings

TARGET, NON_TARGET, NEW = "TARGET", "NON-TARGET", "NEW"
ABSENT, PRESENT, PROGRESSED, NOT_EVALUABLE = "ABSENT", "PRESENT", "PROGRESSED", "NOT EVALUABLE"
EXACT = 1_000_000  # sums are whole numbers of 10**-6 mm, so that thresholds compare exactly
_TIME_POINT = ["USUBJID", "TIMEPT"]


def derive_lesion_results(
    datasets: Frames, definition: LesionDefinition, *, findings: Findings
) -> pd.DataFrame:
    """Bring the tumour results of one evaluator into one form.

    Returns one record per record of TR, and one per new lesion of TU without any in TR: TIMEPT
    (what records of one assessment share), ADT, LESION, KIND, IS_NODE, VALUE (diameter in 10**-6
    mm, exact; missing when not assessed), STATE, IS_USED (the test that counts for the lesion),
    and SRCDOM, SRCVAR, SRCSEQ. A node counts by its short axis, another lesion by its longest
    diameter; of two records of a lesion at one assessment the one of the lower TRSEQ is used, a
    measurement of an unnamed lesion isn't: both are reported.
    Source: RECIST 1.1 (Eisenhauer 2009), measurement of lesions.
    """
    tu, tr = select(datasets, definition.tumors), select(datasets, definition.results)
    time_point = list(definition.time_point)
    require_variables(tu, ["TULNKID", "TUSTRESC", *time_point], "TU")
    used = ["TRLNKID", "TRGRPID", "TRTESTCD", "TRSTRESC", "TRSTRESN", "TRSTRESU", "TRDTC", "TRSEQ"]
    require_variables(tr, [*used, *time_point], "TR")
    results = pd.concat(
        [_results(tr, tu, definition, findings), _unmeasured_new(tu, tr, definition)],
        ignore_index=True,
    )
    return _report_undated(_derive_var_used(results, findings), findings)


def _results(
    tr: pd.DataFrame, tu: pd.DataFrame, definition: LesionDefinition, findings: Findings
) -> pd.DataFrame:
    """Describe each record of TR."""
    dates = impute_dt(tr["TRDTC"], definition.impute)
    is_node = _is_node(tr, tu, definition)
    kind = _kind(tr["TRGRPID"], definition)
    is_state = tr["TRTESTCD"].isin(definition.state_tests)
    is_length = (
        tr["TRTESTCD"]
        .isin(definition.node_tests)
        .where(is_node, tr["TRTESTCD"].isin(definition.diameter_tests))
    )
    is_other_unit = is_length & tr["TRSTRESN"].notna() & tr["TRSTRESU"].ne(definition.unit)
    is_other_unit = is_other_unit.fillna(True)
    _report(tr[is_other_unit], "TRSTRESU", f"a diameter counts in {definition.unit}", findings)
    value = (tr["TRSTRESN"].astype("Float64") * EXACT).round().astype("Int64")
    state = _state(tr["TRSTRESC"].where(is_state), definition)
    unknown = is_state & kind.eq(NON_TARGET) & tr["TRSTRESC"].notna() & state.isna()
    _report(tr[unknown], "TRSTRESC", "a state that lesions.yaml does not list", findings)
    is_used = (is_length & kind.eq(TARGET)) | (is_state & kind.eq(NON_TARGET)) | kind.eq(NEW)
    return time_point_columns(tr, "TR", definition).assign(
        ADT=dates["DT"],
        ADTF=dates["DTF"],
        LESION=tr["TRLNKID"],
        KIND=kind,
        IS_NODE=is_node,
        VALUE=value.where(is_length & ~is_other_unit),
        STATE=state,
        IS_USED=is_used.fillna(False),
        SRCVAR=pd.Series("TRSTRESC", index=tr.index, dtype="string").mask(is_length, "TRSTRESN"),
        TULOC=_location(tr, tu),
    )


def _unmeasured_new(
    tu: pd.DataFrame, tr: pd.DataFrame, definition: LesionDefinition
) -> pd.DataFrame:
    """Describe the new lesions that TU identifies and TR has no record of."""
    new = tu[_kind(tu["TUSTRESC"], definition).eq(NEW).fillna(False)]
    known = pd.MultiIndex.from_frame(tr.loc[tr["TRLNKID"].notna(), ["USUBJID", "TRLNKID"]])
    new = new[~pd.MultiIndex.from_frame(new[["USUBJID", "TULNKID"]]).isin(known)]
    if "TUDTC" in new.columns:
        dates = impute_dt(new["TUDTC"], definition.impute)
    else:
        dates = impute_dt(pd.Series(pd.NA, index=new.index, dtype="string"))
    return time_point_columns(new, "TU", definition).assign(
        ADT=dates["DT"],
        ADTF=dates["DTF"],
        LESION=new["TULNKID"],
        KIND=pd.Series(NEW, index=new.index, dtype="string"),
        IS_NODE=pd.Series(False, index=new.index),
        VALUE=pd.Series(pd.NA, index=new.index, dtype="Int64"),
        STATE=pd.Series(pd.NA, index=new.index, dtype="string"),
        IS_USED=pd.Series(True, index=new.index),
        SRCVAR=pd.Series("TUSTRESC", index=new.index, dtype="string"),
        TULOC=new.get("TULOC", pd.Series(pd.NA, index=new.index)).astype("string"),
    )


def time_point_columns(
    dataset: pd.DataFrame, name: str, definition: LesionDefinition
) -> pd.DataFrame:
    """Name subject, assessment and source of the records of a tumour domain.

    Returns USUBJID, TIMEPT, AVISIT, AVISITN, SRCDOM and SRCSEQ (missing without --SEQ).
    """
    empty = pd.Series(pd.NA, index=dataset.index)
    return pd.DataFrame(
        {
            "USUBJID": dataset["USUBJID"],
            "TIMEPT": _time_point(dataset, definition),
            "AVISIT": dataset.get("VISIT", empty).astype("string"),
            "AVISITN": dataset.get("VISITNUM", empty).astype("Float64"),
            "SRCDOM": pd.Series(name, index=dataset.index, dtype="string"),
            "SRCSEQ": sequence_of(dataset, name),
        }
    )


def _time_point(dataset: pd.DataFrame, definition: LesionDefinition) -> pd.Series:
    """What the records of one assessment share, as text; a missing variable adds nothing."""
    require_variables(dataset, definition.time_point, "The tumour domain")
    texts = [dataset[name].astype("string").fillna("") for name in definition.time_point]
    joined = texts[0]
    for text in texts[1:]:
        joined = joined + "|" + text
    return joined


def _kind(group: pd.Series, definition: LesionDefinition) -> pd.Series:
    """TARGET, NON-TARGET or NEW, as the definition reads the study's values."""
    named = {TARGET: definition.target, NON_TARGET: definition.non_target, NEW: definition.new}
    kinds = {value: kind for kind, values in named.items() for value in values}
    return group.map(kinds).astype("string")


def _state(text: pd.Series, definition: LesionDefinition) -> pd.Series:
    """The state of a non-target lesion, as the definition reads the study's values."""
    states = definition.states
    named = {
        ABSENT: states.absent,
        PRESENT: states.present,
        PROGRESSED: states.progressed,
        NOT_EVALUABLE: states.not_evaluable,
    }
    return text.map({value: state for state, values in named.items() for value in values}).astype(
        "string"
    )


def _location(tr: pd.DataFrame, tu: pd.DataFrame) -> pd.Series:
    """TULOC of the lesion of each record of TR."""
    if "TULOC" not in tu.columns:
        return pd.Series(pd.NA, index=tr.index, dtype="string")
    known = tu[tu["TULNKID"].notna()].drop_duplicates(["USUBJID", "TULNKID"])
    lesions = tr[["USUBJID", "TRLNKID"]].merge(
        known[["USUBJID", "TULNKID", "TULOC"]],
        left_on=["USUBJID", "TRLNKID"],
        right_on=["USUBJID", "TULNKID"],
        how="left",
        validate="many_to_one",
    )
    return lesions["TULOC"].set_axis(tr.index)


def _is_node(tr: pd.DataFrame, tu: pd.DataFrame, definition: LesionDefinition) -> pd.Series:
    """True where TULOC is a node, or the lesion is only ever measured by its short axis."""
    keys = [tr["USUBJID"], tr["TRLNKID"]]
    has_short = tr["TRTESTCD"].isin(definition.node_tests).groupby(keys).transform("any")
    has_long = tr["TRTESTCD"].isin(definition.diameter_tests).groupby(keys).transform("any")
    only_short = has_short.fillna(False).astype(bool) & ~has_long.fillna(False).astype(bool)
    return _location(tr, tu).isin(definition.nodes).fillna(False) | only_short


def _derive_var_used(results: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Use the first of several records of a lesion at one assessment, and report the others.

    A record of no named lesion is reported, too, and not used, unless its lesion is new.
    """
    used = results[results["IS_USED"]].rename(columns={"SRCSEQ": "TRSEQ", "LESION": "TRLNKID"})
    used = used.sort_values(["USUBJID", "TRSEQ"], kind="stable")
    unnamed = used[used["TRLNKID"].isna() & used["KIND"].ne(NEW)]
    _report(unnamed, "TRLNKID", "a measurement of no named lesion, not used", findings)
    named = used[used["TRLNKID"].notna()]
    again = named[named.duplicated([*_TIME_POINT, "TRLNKID"])]
    _report(again[again["KIND"].ne(NEW)], "TRSEQ", "measured twice, not used", findings)
    return results.assign(
        IS_USED=results["IS_USED"] & ~results.index.isin([*unnamed.index, *again.index])
    )


def _report_undated(results: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Leave out, and report, records of a time point none of whose records has a date."""
    has_date = results["ADT"].notna().groupby([results[name] for name in _TIME_POINT])
    undated = ~has_date.transform("any").astype(bool)
    for record in results[undated].itertuples():
        findings.add(
            Finding(
                "CDT-A006",
                str(record.SRCDOM),
                (f"{record.SRCDOM}DTC",),
                ("",),
                (("USUBJID", str(record.USUBJID)), ("SEQ", str(record.SRCSEQ))),
                detail="no record of the assessment has a usable date; it is left out",
            )
        )
    return results[~undated].reset_index(drop=True)


def _report(records: pd.DataFrame, variable: str, detail: str, findings: Findings) -> None:
    """Report tumour results that can't be used as they are."""
    for subject, number, value in zip(
        records["USUBJID"], records["TRSEQ"], records[variable], strict=True
    ):
        key = (("USUBJID", str(subject)), ("TRSEQ", str(number)))
        shown = "" if pd.isna(value) else str(value)
        findings.add(Finding("CDT-A010", "TR", (variable,), (shown,), key, detail=detail))


def derive_assessments(
    results: pd.DataFrame, definition: LesionDefinition, *, findings: Findings
) -> pd.DataFrame:
    """Derive the assessments: one record per subject and time point, in order of ADT.

    ADT is the first (or last, as defined) date of the assessment's records, with its flag; on
    equal dates the one that isn't imputed, then the lower TRSEQ. Dates further apart than
    ``longest_days`` are reported.
    """
    is_first = definition.assessment_date == "first"
    dated = results[results["ADT"].notna()].sort_values(
        ["USUBJID", "ADT", "ADTF", "SRCDOM", "SRCSEQ"],
        ascending=[True, is_first, True, True, True],
        na_position="first",
        kind="stable",
    )
    chosen = dated.drop_duplicates(_TIME_POINT)[[*_TIME_POINT, "AVISIT", "AVISITN", "ADT", "ADTF"]]
    spans = dated.groupby(_TIME_POINT)["ADT"].agg(["min", "max"])
    spans = spans.set_axis(["FIRST", "LAST"], axis=1)
    wide = spans[(spans["LAST"] - spans["FIRST"]).dt.days > definition.longest_days]
    for span in wide.reset_index().itertuples():
        findings.add(
            Finding(
                "CDT-A009",
                "TR",
                ("TRDTC",),
                (f"{span.FIRST:%Y-%m-%d} to {span.LAST:%Y-%m-%d}",),
                (("USUBJID", str(span.USUBJID)), ("TIMEPOINT", str(span.TIMEPT))),
                detail=f"more than {definition.longest_days} days",
            )
        )
    order = ["USUBJID", "ADT", "AVISITN", "TIMEPT"]
    return chosen.sort_values(order, kind="stable").reset_index(drop=True)


def derive_adtr(
    responses: pd.DataFrame, results: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive ADTR from the assessments of target lesions, and its links to TR.

    ``responses`` has one record per assessment from baseline on (``derive_target_sums``).
    Returns SDIAM, the sum of diameters per assessment (missing unless every target lesion was
    measured), and LDIAM, the diameter of each target lesion, in mm. CHG and PCHG are against
    BASE; NADIR is the smallest earlier sum, baseline included, CHGNAD and PCHGNAD are against
    it: ADaM's BDS has no variable for a second reference value, and admiralonco's ADTR uses
    these three names. ASEQ counts the sums by ADT, then the lesions by name, ADT and TRSEQ.
    """
    sums = responses[responses["EXPECTED"].gt(0)]
    total = sums[[*_TIME_POINT, "AVISIT", "AVISITN", "ADT", "ADTF", "IS_BASE"]].assign(
        PARAMCD="SDIAM",
        PARAM="Sum of Diameters of Target Lesions (mm)",
        AVAL=_to_mm(sums["SUM"].where(sums["MEASURED"].eq(sums["EXPECTED"]))),
        BASE=_to_mm(sums["BASE"]),
        NADIR=_to_mm(sums["NADIR"]),
    )
    lesion = results[results["IS_USED"] & results["KIND"].eq(TARGET)].merge(
        sums[[*_TIME_POINT, "IS_BASE"]], on=_TIME_POINT, validate="many_to_one"
    )
    lesion = lesion.assign(
        PARAMCD="LDIAM",
        PARAM="Diameter of Target Lesion (mm)",
        AVAL=_to_mm(lesion["VALUE"]),
        TRLNKID=lesion["LESION"],
    )
    first = lesion[lesion["IS_BASE"]][["USUBJID", "LESION", "AVAL"]]
    lesion = lesion.merge(
        first.rename(columns={"AVAL": "BASE"}),
        on=["USUBJID", "LESION"],
        how="left",
        validate="many_to_one",
    )
    lesion = lesion.sort_values(["USUBJID", "LESION", "ADT", "SRCSEQ"], kind="stable")
    adtr = assign_aseq(_derive_vars_change(pd.concat([total, lesion], ignore_index=True)))
    lesions = adtr[adtr["PARAMCD"].eq("LDIAM")]
    parts = lesions.drop(columns=["ASEQ"]).merge(
        adtr[adtr["PARAMCD"].eq("SDIAM")][[*_TIME_POINT, "ASEQ"]],
        on=_TIME_POINT,
        validate="many_to_one",
    )
    return adtr, make_links(pd.concat([parts, lesions], ignore_index=True), "AVAL")


def _derive_vars_change(adtr: pd.DataFrame) -> pd.DataFrame:
    """Add changes from baseline and nadir to records after baseline, and the flags."""
    value = adtr["AVAL"].mask(adtr["IS_BASE"])
    base, nadir = adtr["BASE"], adtr["NADIR"]
    flag = pd.Series("Y", index=adtr.index, dtype="string")
    return adtr.assign(
        AVALU="mm",
        ABLFL=flag.where(adtr["IS_BASE"]),
        CHG=value - base,
        PCHG=(100 * (value - base) / base).where(base.gt(0)),
        CHGNAD=value - nadir,
        PCHGNAD=(100 * (value - nadir) / nadir).where(nadir.gt(0)),
        ANL01FL=flag.where(value.notna()),
    )


def _to_mm(exact: pd.Series) -> pd.Series:
    """Millimetres of an exact length."""
    return exact.astype("Float64") / EXACT
