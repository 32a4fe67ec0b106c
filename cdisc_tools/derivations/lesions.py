"""Lesions: what TU and TR say of each lesion at each assessment, and ADTR."""

from datetime import date

import pandas as pd

from cdisc_tools.derivations.dates import impute_dt
from cdisc_tools.derivations.diameters import (
    EXACT,
    IN_WORDS,
    MEASURED,
    SUBJECT,
    TIME_POINT,
    UNKNOWN,
    compute_diameters,
    compute_whole,
    reader_key,
)
from cdisc_tools.derivations.readers import derive_vars_reader
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
EQUIVOCAL = "EQUIVOCAL"


def derive_lesion_results(
    datasets: Frames,
    definition: LesionDefinition,
    *,
    node_axis: str = "short",
    cutoff: date | None = None,
    findings: Findings,
) -> pd.DataFrame:
    """Bring the tumour results of every reader into one form.

    Returns one record per record of TR, and one per new lesion of TU without any in TR: READER,
    TIMEPT (what records of one assessment share), ADT, LESION, WHOLE (the lesion that a part
    counts for), KIND, IS_NODE, VALUE (diameter in 10**-6 mm, exact; missing when not assessed),
    IS_MERGED, STATE, IS_USED (the record that counts for the lesion), IS_CANDIDATE and
    IS_ACCEPTED (``derive_vars_reader``), and SRCDOM, SRCVAR, SRCSEQ.

    A node counts by its ``node_axis`` (short or longest), another lesion by its longest diameter.
    Of several records of a lesion at one assessment a measured one is used before words, words
    before none, then the lower TRSEQ; a measurement of an unnamed lesion isn't used: both are
    reported. A date imputed past the cut-off becomes the cut-off where the partial date allows it.
    Source: RECIST 1.1 (Eisenhauer 2009), measurement of lesions.
    """
    tu = select(datasets, definition.tumors)
    tr = select(datasets, definition.results)
    time_point = list(definition.time_point)
    require_variables(tu, ["TULNKID", "TUSTRESC", *time_point], "TU")
    used = ["TRLNKID", "TRGRPID", "TRTESTCD", "TRSTRESC", "TRSTRESN", "TRSTRESU", "TRDTC", "TRSEQ"]
    require_variables(tr, [*used, *time_point], "TR")
    tu = derive_vars_reader(tu, "TU", definition.evaluators)
    tr = derive_vars_reader(tr, "TR", definition.evaluators)
    own = _results(tr, tu, definition, node_axis, findings)
    new = _unmeasured_new(tu, tr, definition)
    results = pd.concat(
        [
            own.join(_dates(tr, "TRDTC", definition, cutoff)),
            new.join(_dates(tu.loc[new.index], "TUDTC", definition, cutoff)),
        ],
        ignore_index=True,
    )
    results = results.assign(WHOLE=compute_whole(results["LESION"], definition))
    return _report_undated(_derive_var_used(results, findings), findings)


def _dates(
    dataset: pd.DataFrame, variable: str, definition: LesionDefinition, cutoff: date | None
) -> pd.DataFrame:
    """ADT and ADTF of the records of a tumour domain."""
    absent = pd.Series(pd.NA, index=dataset.index, dtype="string")
    dates = impute_dt(dataset.get(variable, absent), definition.impute, limit=cutoff)
    return dates.set_axis(["ADT", "ADTF"], axis=1)


def _results(
    tr: pd.DataFrame,
    tu: pd.DataFrame,
    definition: LesionDefinition,
    node_axis: str,
    findings: Findings,
) -> pd.DataFrame:
    """Describe each record of TR."""
    kind = _kind(tr["TRGRPID"], definition)
    is_target = kind.eq(TARGET).fillna(False)
    is_node = _is_node(tr, tu, definition)
    is_state = tr["TRTESTCD"].isin(definition.state_tests)
    is_long = tr["TRTESTCD"].isin(definition.diameter_tests)
    is_short = tr["TRTESTCD"].isin(definition.node_tests)
    is_length = is_short.where(is_node & (node_axis == "short"), is_long)
    diameters = compute_diameters(tr, is_length, is_state & is_target, definition)
    state = _state(tr["TRSTRESC"].where(is_state), definition)
    _report_diameters(tr, is_length & is_target, diameters, definition, findings)
    unknown = is_state & kind.eq(NON_TARGET) & tr["TRSTRESC"].notna() & state.isna()
    _report(tr[unknown], "TRSTRESC", "a state that lesions.yaml does not list", findings)
    is_known = state.notna() & ~state.isin([NOT_EVALUABLE, EQUIVOCAL])
    rank = diameters["RANK"].where(is_target, UNKNOWN).mask(~is_target & is_known, MEASURED)
    is_word = is_target & is_state & diameters["RANK"].eq(IN_WORDS)
    is_used = (is_target & is_length) | is_word | (is_state & kind.eq(NON_TARGET)) | kind.eq(NEW)
    is_number = is_length & diameters["RANK"].ne(IN_WORDS)
    return _time_points(tr, "TR", definition).assign(
        LESION=tr["TRLNKID"],
        KIND=kind,
        IS_NODE=is_node,
        VALUE=diameters["VALUE"],
        IS_MERGED=diameters["IS_MERGED"],
        STATE=state,
        RANK=rank,
        IS_WORD=is_word,
        IS_USED=is_used.fillna(False).astype(bool),
        SRCVAR=pd.Series("TRSTRESC", index=tr.index, dtype="string").mask(is_number, "TRSTRESN"),
        TULOC=_location(tr, tu),
    )


def _report_diameters(
    tr: pd.DataFrame,
    is_diameter: pd.Series,
    diameters: pd.DataFrame,
    definition: LesionDefinition,
    findings: Findings,
) -> None:
    """Report diameters in other units, and words that aren't known in place of a diameter."""
    other = tr[diameters["IS_OTHER_UNIT"]]
    _report(other, "TRSTRESU", f"a diameter counts in {definition.unit}", findings)
    text = tr["TRSTRESC"]
    is_open = is_diameter & tr["TRSTRESN"].isna() & text.notna()
    is_open &= ~text.isin(definition.states.not_evaluable)
    unknown = is_open.fillna(False) & diameters["RANK"].eq(UNKNOWN)
    detail = "no diameter, and not among the words of lesions.yaml"
    _report(tr[unknown], "TRSTRESC", detail, findings)


def _unmeasured_new(
    tu: pd.DataFrame, tr: pd.DataFrame, definition: LesionDefinition
) -> pd.DataFrame:
    """Describe the new lesions that TU identifies and TR has no record of, indexed as in TU."""
    new = tu[_kind(tu["TUSTRESC"], definition).eq(NEW).fillna(False)]
    known = pd.MultiIndex.from_frame(tr.loc[tr["TRLNKID"].notna(), [*SUBJECT, "TRLNKID"]])
    new = new[~pd.MultiIndex.from_frame(new[[*SUBJECT, "TULNKID"]]).isin(known)]
    return _time_points(new, "TU", definition).assign(
        LESION=new["TULNKID"],
        KIND=pd.Series(NEW, index=new.index, dtype="string"),
        IS_NODE=pd.Series(False, index=new.index),
        VALUE=pd.Series(pd.NA, index=new.index, dtype="Int64"),
        IS_MERGED=pd.Series(False, index=new.index),
        STATE=pd.Series(pd.NA, index=new.index, dtype="string"),
        RANK=pd.Series(UNKNOWN, index=new.index),
        IS_WORD=pd.Series(False, index=new.index),
        IS_USED=pd.Series(True, index=new.index),
        SRCVAR=pd.Series("TUSTRESC", index=new.index, dtype="string"),
        TULOC=new.get("TULOC", pd.Series(pd.NA, index=new.index)).astype("string"),
    )


def _time_points(dataset: pd.DataFrame, name: str, definition: LesionDefinition) -> pd.DataFrame:
    """Name subject, reader, assessment and source of the records of TU or TR."""
    reader = dataset[["READER", "IS_CANDIDATE", "IS_ACCEPTED"]]
    return time_point_columns(dataset, name, definition).join(reader)


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
    """The state of a non-target or new lesion, as the definition reads the study's values."""
    states = definition.states
    named = {
        ABSENT: states.absent,
        PRESENT: states.present,
        PROGRESSED: states.progressed,
        NOT_EVALUABLE: states.not_evaluable,
        EQUIVOCAL: states.equivocal,
    }
    return text.map({value: state for state, values in named.items() for value in values}).astype(
        "string"
    )


def _location(tr: pd.DataFrame, tu: pd.DataFrame) -> pd.Series:
    """TULOC of the lesion of each record of TR."""
    if "TULOC" not in tu.columns:
        return pd.Series(pd.NA, index=tr.index, dtype="string")
    known = tu[tu["TULNKID"].notna()].drop_duplicates([*SUBJECT, "TULNKID"])
    lesions = tr[[*SUBJECT, "TRLNKID"]].merge(
        known[[*SUBJECT, "TULNKID", "TULOC"]],
        left_on=[*SUBJECT, "TRLNKID"],
        right_on=[*SUBJECT, "TULNKID"],
        how="left",
        validate="many_to_one",
    )
    return lesions["TULOC"].set_axis(tr.index)


def _is_node(tr: pd.DataFrame, tu: pd.DataFrame, definition: LesionDefinition) -> pd.Series:
    """True where TULOC is a node, or the lesion is only ever measured by its short axis."""
    keys = [tr[name] for name in (*SUBJECT, "TRLNKID")]
    has_short = tr["TRTESTCD"].isin(definition.node_tests).groupby(keys).transform("any")
    has_long = tr["TRTESTCD"].isin(definition.diameter_tests).groupby(keys).transform("any")
    only_short = has_short.fillna(False).astype(bool) & ~has_long.fillna(False).astype(bool)
    return _location(tr, tu).isin(definition.nodes).fillna(False).astype(bool) | only_short


def _derive_var_used(results: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Use the best of several records of a lesion at one assessment, and report the others.

    A state in words beside a measurement is no second measurement. A record of no named lesion
    is reported, too, and not used, unless its lesion is new.
    """
    used = results[results["IS_USED"]].rename(columns={"SRCSEQ": "TRSEQ", "LESION": "TRLNKID"})
    used = used.sort_values(["USUBJID", "RANK", "TRSEQ"], kind="stable")
    unnamed = used[used["TRLNKID"].isna() & used["KIND"].ne(NEW)]
    _report(unnamed, "TRLNKID", "a measurement of no named lesion, not used", findings)
    named = used[used["TRLNKID"].notna()]
    keys = [*TIME_POINT, "TRLNKID"]
    again = named[named.duplicated(keys)]
    measured = named[~named["IS_WORD"] & named["KIND"].ne(NEW)]
    _report(measured[measured.duplicated(keys)], "TRSEQ", "measured twice, not used", findings)
    return results.assign(
        IS_USED=results["IS_USED"] & ~results.index.isin([*unnamed.index, *again.index])
    ).drop(columns=["RANK", "IS_WORD"])


def _report_undated(results: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Leave out, and report, records of a time point none of whose records has a date."""
    has_date = results["ADT"].notna().groupby([results[name] for name in TIME_POINT])
    undated = ~has_date.transform("any").astype(bool)
    for record in results[undated].itertuples():
        findings.add(
            Finding(
                "CDT-A006",
                str(record.SRCDOM),
                (f"{record.SRCDOM}DTC",),
                ("",),
                reader_key(record.USUBJID, record.READER, ("SEQ", record.SRCSEQ)),
                detail="no record of the assessment has a usable date; it is left out",
            )
        )
    return results[~undated].reset_index(drop=True)


def _report(records: pd.DataFrame, variable: str, detail: str, findings: Findings) -> None:
    """Report tumour results that can't be used as they are."""
    names = ["USUBJID", "READER", "TRSEQ", variable]
    for subject, reader, number, value in zip(*(records[name] for name in names), strict=True):
        key = reader_key(subject, reader, ("TRSEQ", number))
        shown = "" if pd.isna(value) else str(value)
        findings.add(Finding("CDT-A010", "TR", (variable,), (shown,), key, detail=detail))


def derive_assessments(
    results: pd.DataFrame, definition: LesionDefinition, *, findings: Findings
) -> pd.DataFrame:
    """Derive the assessments: one record per subject, reader and time point, in order of ADT.

    ADT is the first (or last, as defined) date of the assessment's records, with its flag; on
    equal dates the one that isn't imputed, then the lower TRSEQ. Dates further apart than
    ``longest_days`` are reported.
    """
    is_first = definition.assessment_date == "first"
    dated = results[results["ADT"].notna()].sort_values(
        [*SUBJECT, "ADT", "ADTF", "SRCDOM", "SRCSEQ"],
        ascending=[True, True, is_first, True, True, True],
        na_position="first",
        kind="stable",
    )
    chosen = dated.drop_duplicates(TIME_POINT)[[*TIME_POINT, "AVISIT", "AVISITN", "ADT", "ADTF"]]
    spans = dated.groupby(TIME_POINT)["ADT"].agg(["min", "max"])
    spans = spans.set_axis(["FIRST", "LAST"], axis=1)
    wide = spans[(spans["LAST"] - spans["FIRST"]).dt.days > definition.longest_days]
    for span in wide.reset_index().itertuples():
        findings.add(
            Finding(
                "CDT-A009",
                "TR",
                ("TRDTC",),
                (f"{span.FIRST:%Y-%m-%d} to {span.LAST:%Y-%m-%d}",),
                reader_key(span.USUBJID, span.READER, ("TIMEPOINT", span.TIMEPT)),
                detail=f"more than {definition.longest_days} days",
            )
        )
    order = [*SUBJECT, "ADT", "AVISITN", "TIMEPT"]
    return chosen.sort_values(order, kind="stable").reset_index(drop=True)


def derive_adtr(
    responses: pd.DataFrame, results: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive ADTR from the assessments of target lesions, and its links to TR.

    ``responses`` has one record per assessment from baseline on (``derive_lesion_responses``);
    those that are analysed are taken. Returns SDIAM, the sum of diameters per assessment (missing
    unless every target lesion was measured), and LDIAM, the diameter of each target lesion or
    part of one, in mm. CHG and PCHG are against the same reader's BASE; NADIR is the reader's
    smallest earlier sum, baseline included, CHGNAD and PCHGNAD are against
    it: ADaM's BDS has no variable for a second reference value, and admiralonco's ADTR uses
    these three names. ASEQ counts the sums by ADT, then the lesions by name, ADT and TRSEQ.
    """
    order = ["USUBJID", "ADT", "AVISITN", "TIMEPT"]
    sums = responses[responses["EXPECTED"].gt(0)].sort_values(order, kind="stable")
    flags = ["IS_BASE", "IS_ANALYSED"]
    total = sums[[*TIME_POINT, "AVISIT", "AVISITN", "ADT", "ADTF", *flags]].assign(
        PARAMCD="SDIAM",
        PARAM="Sum of Diameters of Target Lesions (mm)",
        AVAL=_to_mm(sums["SUM"].where(sums["MEASURED"].eq(sums["EXPECTED"]))),
        BASE=_to_mm(sums["BASE"]),
        NADIR=_to_mm(sums["NADIR"]),
    )
    lesion = results[results["IS_USED"] & results["KIND"].eq(TARGET)].merge(
        sums[[*TIME_POINT, *flags]], on=TIME_POINT, validate="many_to_one"
    )
    lesion = lesion.assign(
        PARAMCD="LDIAM",
        PARAM="Diameter of Target Lesion (mm)",
        AVAL=_to_mm(lesion["VALUE"]),
        TRLNKID=lesion["LESION"],
    )
    first = lesion[lesion["IS_BASE"]][[*SUBJECT, "LESION", "AVAL"]]
    lesion = lesion.merge(
        first.rename(columns={"AVAL": "BASE"}),
        on=[*SUBJECT, "LESION"],
        how="left",
        validate="many_to_one",
    )
    lesion = lesion.sort_values(["USUBJID", "LESION", "ADT", "SRCSEQ"], kind="stable")
    adtr = _derive_vars_change(pd.concat([total, lesion], ignore_index=True))
    adtr = assign_aseq(adtr[adtr["IS_ANALYSED"]])
    lesions = adtr[adtr["PARAMCD"].eq("LDIAM")]
    parts = lesions.drop(columns=["ASEQ"]).merge(
        adtr[adtr["PARAMCD"].eq("SDIAM")][[*TIME_POINT, "ASEQ"]],
        on=TIME_POINT,
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
