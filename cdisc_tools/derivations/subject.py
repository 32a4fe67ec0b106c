"""Subject-level dataset (ADSL)."""

from datetime import date

import pandas as pd

from cdisc_tools.derivations.dates import (
    DATE_TYPE,
    compare_date,
    compute_duration,
    impute_dt,
)
from cdisc_tools.derivations.records import (
    Frames,
    filter_where,
    first_value,
    look_up,
    make_links,
    require_variables,
    select,
    select_dates,
    sequence_of,
)
from cdisc_tools.model.analysis import (
    Administrations,
    Characteristic,
    Disposition,
    Population,
    PriorTherapy,
    SubjectDefinition,
    ValueRecords,
)
from cdisc_tools.model.findings import Finding, Findings

_FROM_DM = (
    "STUDYID", "USUBJID", "SUBJID", "SITEID", "COUNTRY", "AGE", "AGEU", "SEX", "RACE", "ETHNIC",
    "ARM", "ARMCD", "ACTARM", "ACTARMCD", "DTHFL",
)  # fmt: skip


def derive_adsl(
    datasets: Frames, definition: SubjectDefinition, *, cutoff: date, findings: Findings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive ADSL but for what comes from responses and exposure.

    Returns ADSL, one record per subject of DM, and the links of its dates to their sources (SEQ
    missing: ADSL has no sequence number). Dates are ``datetime64``, TRTDURD is in days, first
    and last dose included. A subject without doses has no TRTSDT. LSTALVDT is never after the
    cut-off; of a dead subject it is the date of death at most.
    Source: ADaMIG 1.3, ADSL.
    """
    dm = datasets["DM"]
    adsl = dm[[name for name in _FROM_DM if name in dm.columns]].reset_index(drop=True)
    adsl = adsl.assign(TRT01P=adsl["ARM"], TRT01A=adsl["ACTARM"])
    sources = {
        "TRTSDT": _earliest(treatment_dates(datasets, definition.treatment)),
        "TRTEDT": _latest(treatment_dates(datasets, definition.treatment, last=True)),
        "RFICDT": _earliest(select_dates(datasets, definition.consent)),
        "ENRLDT": _earliest(select_dates(datasets, definition.enrolment)),
        "DTHDT": _first_listed(select_dates(datasets, definition.death)),
        "NACTDT": _earliest(select_dates(datasets, definition.new_therapy)),
    }
    for variable, source in sources.items():
        adsl = _derive_vars_dt(adsl, source, variable)
    sources["LSTALVDT"] = _last_alive(datasets, definition, adsl, cutoff, findings)
    adsl = _derive_vars_dt(adsl, sources["LSTALVDT"], "LSTALVDT")
    adsl["TRTDURD"] = compute_duration(adsl["TRTSDT"], adsl["TRTEDT"])
    adsl["DTHCAUS"] = look_up(adsl["USUBJID"], first_value(datasets, definition.death_cause))
    adsl = _derive_vars_disposition(adsl, datasets, definition)
    adsl = _derive_vars_prior_therapy(adsl, datasets, definition.prior_therapy, findings)
    adsl = _derive_vars_characteristic(adsl, datasets, definition.characteristics)
    for population in definition.populations:
        adsl = derive_var_population(adsl, datasets, population)
    return adsl, _links(sources)


def treatment_dates(
    datasets: Frames, doses: Administrations, *, last: bool = False
) -> pd.DataFrame:
    """Collect the dates on which a dose above zero was given; ``last`` takes the end dates.

    A missing end is the start of the same record; SRCVAR says which of the two a date is. Partial
    starts are imputed to the first day, partial ends to the last.
    """
    given = select(datasets, doses)
    require_variables(given, [doses.dose, doses.start], doses.dataset)
    given = given[given[doses.dose].gt(0).fillna(False)]
    dates = impute_dt(given[doses.start], "first")
    variable = pd.Series(str(doses.start), index=given.index, dtype="string")
    if last and doses.end and doses.end in given.columns:
        ends = impute_dt(given[doses.end], "last")
        has_end = ends["DT"].notna()
        dates = ends.where(has_end, dates)
        variable = variable.mask(has_end, str(doses.end))
    return pd.DataFrame(
        {
            "USUBJID": given["USUBJID"],
            "ADT": dates["DT"],
            "ADTF": dates["DTF"],
            "SRCDOM": doses.dataset,
            "SRCVAR": variable,
            "SRCSEQ": given[f"{doses.dataset}SEQ"],
            "RANK": 0,
        }
    ).dropna(subset=["ADT"])


def derive_var_population(
    adsl: pd.DataFrame, datasets: Frames, population: Population
) -> pd.DataFrame:
    """Derive one population flag: Y when all flags and conditions hold, else N."""
    is_member = adsl["TRTSDT"].notna() | (not population.treated)
    for flag in population.flags:
        require_variables(adsl, [flag], "ADSL")
        is_member &= adsl[flag].eq("Y").fillna(False)
    reference = adsl.set_index("USUBJID")["TRTSDT"]
    for condition in population.having:
        found = select(datasets, condition)
        if condition.period and condition.date:
            dt = impute_dt(found[condition.date], "first")["DT"]
            limit = look_up(found["USUBJID"], reference)
            found = found[compare_date(dt, limit, condition.period) & limit.notna()]
        is_member &= adsl["USUBJID"].isin(found["USUBJID"])
    flags = is_member.map({True: "Y", False: "N"}).astype("string")
    return adsl.assign(**{population.flag: flags})


def _earliest(dates: pd.DataFrame) -> pd.DataFrame:
    ordered = dates.sort_values(["ADT", "RANK", "SRCSEQ"], kind="stable")
    return ordered.drop_duplicates("USUBJID")


def _latest(dates: pd.DataFrame) -> pd.DataFrame:
    ordered = dates.sort_values(
        ["ADT", "RANK", "SRCSEQ"], ascending=[False, True, True], kind="stable"
    )
    return ordered.drop_duplicates("USUBJID")


def _first_listed(dates: pd.DataFrame) -> pd.DataFrame:
    ordered = dates.sort_values(["RANK", "ADT", "SRCSEQ"], kind="stable")
    return ordered.drop_duplicates("USUBJID")


def _derive_vars_dt(adsl: pd.DataFrame, source: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Add a date, and its imputation flag where ADSL has one."""
    by_subject = source.set_index("USUBJID")
    dates = look_up(adsl["USUBJID"], by_subject["ADT"])
    flags = look_up(adsl["USUBJID"], by_subject["ADTF"])
    return adsl.assign(**{variable: dates.astype(DATE_TYPE), f"{variable}F": flags})


def _last_alive(
    datasets: Frames,
    definition: SubjectDefinition,
    adsl: pd.DataFrame,
    cutoff: date,
    findings: Findings,
) -> pd.DataFrame:
    """Take the latest sign of life up to the cut-off; one after death is reported, not used."""
    signs = select_dates(datasets, definition.alive)
    signs = signs[signs["ADT"] <= pd.Timestamp(cutoff)]
    death = look_up(signs["USUBJID"], adsl.set_index("USUBJID")["DTHDT"])
    is_after = signs["ADT"] > death
    for sign in signs[is_after].itertuples():
        findings.add(
            Finding(
                "CDT-A011",
                str(sign.SRCDOM),
                (str(sign.SRCVAR),),
                (f"{sign.ADT:%Y-%m-%d}",),
                (("USUBJID", str(sign.USUBJID)),),
                detail="a sign of life after the date of death",
            )
        )
    return _latest(signs[~is_after])


def _derive_vars_disposition(
    adsl: pd.DataFrame, datasets: Frames, definition: SubjectDefinition
) -> pd.DataFrame:
    """Add status, date and reason of the end of treatment and of study."""
    names = {
        "T": (definition.end_of_treatment, "EOTSTT", "EOTDT", "DCTREAS", "DCTREASP", "TRTSDT"),
        "S": (definition.end_of_study, "EOSSTT", "EOSDT", "DCSREAS", "DCSREASP", "RFICDT"),
    }
    for disposition, status, dt, reason, specified, started in names.values():
        ended = _endings(datasets, disposition)
        decoded = look_up(adsl["USUBJID"], ended["DECODED"])
        is_completed = decoded.isin(disposition.completed)
        state = decoded.where(decoded.isna(), "DISCONTINUED").mask(is_completed, "COMPLETED")
        state = state.mask(decoded.isna() & adsl[started].notna(), "ONGOING")
        term = look_up(adsl["USUBJID"], ended["TERM"]).mask(is_completed)
        texts = {status: state, reason: decoded.mask(is_completed), specified: term}
        adsl = adsl.assign(**{name: text.astype("string") for name, text in texts.items()})
        adsl[dt] = look_up(adsl["USUBJID"], ended["ADT"]).astype(DATE_TYPE)
    return adsl


def _endings(datasets: Frames, disposition: Disposition) -> pd.DataFrame:
    """One disposition record per subject, the last: DECODED, TERM and ADT by USUBJID."""
    found = select(datasets, disposition)
    used = [disposition.date, disposition.decoded, disposition.term]
    require_variables(found, used, disposition.dataset)
    ended = pd.DataFrame(
        {
            "USUBJID": found["USUBJID"],
            "ADT": impute_dt(found[disposition.date], "last")["DT"],
            "DECODED": found[disposition.decoded],
            "TERM": found[disposition.term],
        }
    )
    last = ended.sort_values("ADT", kind="stable", na_position="first")
    return last.drop_duplicates("USUBJID", keep="last").set_index("USUBJID")


def _derive_vars_prior_therapy(
    adsl: pd.DataFrame, datasets: Frames, prior: PriorTherapy, findings: Findings
) -> pd.DataFrame:
    """Add PRDOXFL and PRANTHD, the summed prior anthracycline dose in mg/m2 (0 without any).

    A dose that is no number is reported and not added.
    """
    doxorubicin = select(datasets, prior.doxorubicin)
    doses = select(datasets, prior.anthracycline)
    require_variables(doses, [prior.anthracycline.variable], prior.anthracycline.dataset)
    collected = doses[prior.anthracycline.variable]
    amount = pd.to_numeric(collected, errors="coerce").astype("Float64")
    _report_doses(doses[collected.notna() & amount.isna()], prior.anthracycline, findings)
    total = amount.groupby(doses["USUBJID"]).sum()
    has_doxorubicin = adsl["USUBJID"].isin(doxorubicin["USUBJID"])
    return adsl.assign(
        PRDOXFL=has_doxorubicin.map({True: "Y", False: "N"}).astype("string"),
        PRANTHD=look_up(adsl["USUBJID"], total).astype("Float64").fillna(0),
    )


def _report_doses(doses: pd.DataFrame, source: ValueRecords, findings: Findings) -> None:
    """Report prior doses that are no numbers."""
    numbers = sequence_of(doses, source.dataset)
    for subject, number, dose in zip(
        doses["USUBJID"], numbers, doses[source.variable], strict=True
    ):
        key = (("USUBJID", str(subject)), ("SEQ", str(number)))
        findings.add(
            Finding(
                "CDT-A012", source.dataset, (source.variable,), (str(dose),), key,
                detail="it is no number",
            )
        )  # fmt: skip


def _derive_vars_characteristic(
    adsl: pd.DataFrame, datasets: Frames, characteristics: tuple[Characteristic, ...]
) -> pd.DataFrame:
    for characteristic in characteristics:
        values = look_up(adsl["USUBJID"], first_value(datasets, [characteristic]))
        adsl = adsl.assign(**{characteristic.name: values})
    return adsl


def derive_vars_response(
    adsl: pd.DataFrame, adrs: pd.DataFrame, adex_total: pd.Series
) -> pd.DataFrame:
    """Add what ADRS and exposure know: BOR, RESPFL, PDDT, LSTASDT and CUMANTH (mg/m2).

    ``adex_total`` is the anthracycline dose on study by USUBJID.
    """
    derived: dict[str, pd.Series] = {}
    for name, paramcd, variable in (
        ("BOR", "BOR", "AVALC"), ("RESPFL", "RSP", "AVALC"),
        ("PDDT", "PD", "ADT"), ("LSTASDT", "LSTA", "ADT"),
    ):  # fmt: skip
        records = filter_where(adrs, {"PARAMCD": (paramcd,)}, "ADRS").set_index("USUBJID")
        derived[name] = look_up(adsl["USUBJID"], records[variable])
    given = look_up(adsl["USUBJID"], adex_total).astype("Float64")
    return adsl.assign(**derived).assign(CUMANTH=adsl["PRANTHD"] + given.fillna(0))


def _links(sources: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Link each date of ADSL to the record that it came from."""
    parts = [
        make_links(source.assign(ASEQ=pd.Series(pd.NA, index=source.index, dtype="Int64")), name)
        for name, source in sources.items()
    ]
    return pd.concat(parts, ignore_index=True)
