"""Exposure parameters (ADEX): doses given, planned and held of each drug."""

import pandas as pd

from cdisc_tools.derivations.dates import impute_dt
from cdisc_tools.derivations.records import (
    Frames,
    assign_aseq,
    make_links,
    require_variables,
    select,
)
from cdisc_tools.model.analysis import Drug, ExposureDefinition
from cdisc_tools.model.findings import Finding, Findings


def derive_adex(
    datasets: Frames, definition: ExposureDefinition, *, findings: Findings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive the exposure parameters of each drug.

    Returns one record per subject, drug and parameter, and its links to EX: AVAL is the
    cumulative dose, the number of administrations, the dose planned from the first to the last
    administration (given or held), the relative dose intensity in percent, or the number held.
    ASTDT and AENDT are the first and last dose. A dose in another unit than the drug's is
    reported and not added.
    """
    given = _given(datasets, definition)
    held = _held(datasets, definition)
    parts, links = [], []
    for drug in definition.drugs:
        own = _check_unit(given[given["TREATMENT"].isin(drug.treatments)], drug, findings)
        own_held = held[held["TREATMENT"].isin(drug.treatments)]
        totals = _totals(own, own_held, drug)
        for parameter in definition.parameters:
            records = totals[["USUBJID", "ASTDT", "AENDT"]].assign(
                PARAMCD=f"{drug.code}{parameter.code}",
                PARAM=parameter.label.format(drug=drug.name, unit=drug.unit),
                PARCAT1=drug.name,
                AVAL=totals[parameter.measure].astype("Float64"),
                AVALU=parameter.unit.format(unit=drug.unit),
            )
            parts.append(records)
            links.append(own.assign(PARAMCD=f"{drug.code}{parameter.code}"))
    adex = assign_aseq(pd.concat(parts, ignore_index=True))
    sources = pd.concat(links, ignore_index=True).merge(
        adex[["USUBJID", "PARAMCD", "ASEQ"]], on=["USUBJID", "PARAMCD"], validate="many_to_one"
    )
    return adex, make_links(sources, "AVAL")


def _given(datasets: Frames, definition: ExposureDefinition) -> pd.DataFrame:
    """One record per dose above zero: USUBJID, TREATMENT, DOSE, UNIT, ADT and its source."""
    doses = definition.given
    found = select(datasets, doses)
    used = [doses.dose, doses.start, definition.treatment, definition.unit]
    require_variables(found, used, doses.dataset)
    found = found[found[doses.dose].gt(0).fillna(False)]
    return pd.DataFrame(
        {
            "USUBJID": found["USUBJID"],
            "TREATMENT": found[definition.treatment],
            "DOSE": found[doses.dose].astype("Float64"),
            "UNIT": found[definition.unit],
            "ADT": impute_dt(found[doses.start], "first")["DT"],
            "SRCDOM": doses.dataset,
            "SRCVAR": str(doses.dose),
            "SRCSEQ": found[f"{doses.dataset}SEQ"],
        }
    )


def _held(datasets: Frames, definition: ExposureDefinition) -> pd.DataFrame:
    """One record per dose that was due and not given: USUBJID, TREATMENT, ADT."""
    source = definition.held
    found = select(datasets, source)
    require_variables(found, [source.date, definition.held_treatment], source.dataset)
    return pd.DataFrame(
        {
            "USUBJID": found["USUBJID"],
            "TREATMENT": found[definition.held_treatment],
            "ADT": impute_dt(found[source.date], source.impute)["DT"],
        }
    )


def _check_unit(doses: pd.DataFrame, drug: Drug, findings: Findings) -> pd.DataFrame:
    """Keep the doses in the drug's unit and report the others."""
    is_other = doses["UNIT"].ne(drug.unit).fillna(True)
    for dose in doses[is_other].itertuples():
        findings.add(
            Finding(
                "CDT-A012",
                str(dose.SRCDOM),
                (str(dose.SRCVAR),),
                (f"{dose.DOSE} {dose.UNIT}",),
                (("USUBJID", str(dose.USUBJID)), ("SEQ", str(dose.SRCSEQ))),
                detail=f"{drug.name} is planned in {drug.unit}",
            )
        )
    return doses[~is_other]


def _totals(given: pd.DataFrame, held: pd.DataFrame, drug: Drug) -> pd.DataFrame:
    """One record per subject with a dose: the measures of one drug.

    Planned administrations lie ``interval_days`` apart from the first to the last due one; a
    dose less than half an interval late is still the one planned then.
    """
    groups = given.groupby("USUBJID")
    totals = pd.DataFrame(
        {
            "ASTDT": groups["ADT"].min(),
            "AENDT": groups["ADT"].max(),
            "cumulative": groups["DOSE"].sum(),
            "administrations": groups["DOSE"].count(),
        }
    )
    last_held = held.groupby("USUBJID")["ADT"].max().reindex(totals.index)
    last_due = totals["AENDT"].where(~(last_held > totals["AENDT"]), last_held)
    days = (last_due - totals["ASTDT"]).dt.days
    number = (days + drug.interval_days // 2) // drug.interval_days + 1
    totals["planned"] = number * drug.dose
    totals["intensity"] = 100 * totals["cumulative"] / totals["planned"]
    totals["held"] = held.groupby("USUBJID").size().reindex(totals.index).fillna(0)
    return totals.reset_index()


def anthracycline_dose(adex: pd.DataFrame, definition: ExposureDefinition) -> pd.Series:
    """Sum the anthracyclines given on study in mg/m2, by USUBJID."""
    names = [drug.name for drug in definition.drugs if drug.anthracycline]
    codes = [p.code for p in definition.parameters if p.measure == "cumulative"]
    is_total = adex["PARCAT1"].isin(names) & adex["PARAMCD"].str.endswith(tuple(codes))
    return adex[is_total].groupby("USUBJID")["AVAL"].sum()
