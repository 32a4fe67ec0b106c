"""Biomarkers before and after treatment (ADBM)."""

import pandas as pd

from cdisc_tools.derivations.dates import impute_dt
from cdisc_tools.derivations.records import (
    Frames,
    assign_aseq,
    look_up,
    make_links,
    require_variables,
    select,
    sequence_of,
)
from cdisc_tools.model.analysis import Biomarker, BiomarkerDefinition
from cdisc_tools.model.findings import Finding, Findings


def derive_adbm(
    datasets: Frames, adsl: pd.DataFrame, definition: BiomarkerDefinition, *, findings: Findings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive the biomarker parameters and their links.

    Before treatment is the last value on or before TRTSDT, after treatment the first one after
    it. Returns one record per subject, parameter and time: AVAL, BASE, and CHG and PCHG after
    treatment. ANL01FL is Y for both records of a pair; a subject with one of them is reported.
    """
    parts = [_values(datasets, adsl, biomarker, definition) for biomarker in definition.biomarkers]
    values = pd.concat(parts, ignore_index=True)
    is_before = values["ADT"] <= values["TRTSDT"]
    ordered = values.sort_values(["USUBJID", "PARAMCD", "ADT", "SRCSEQ"], kind="stable")
    group = ["USUBJID", "PARAMCD"]
    before = ordered[is_before[ordered.index]].drop_duplicates(group, keep="last")
    after = ordered[~is_before[ordered.index]].drop_duplicates(group)
    base = before[[*group, "AVAL"]].rename(columns={"AVAL": "BASE"})
    adbm = pd.concat(
        [
            before.assign(AVISIT=definition.before, AVISITN=0.0, ABLFL="Y"),
            after.assign(AVISIT=definition.after, AVISITN=1.0),
        ],
        ignore_index=True,
    )
    adbm = adbm.merge(base, on=group, how="left", validate="many_to_one")
    adbm = adbm.sort_values([*group, "AVISITN"], kind="stable").reset_index(drop=True)
    change = (adbm["AVAL"] - adbm["BASE"]).where(adbm["AVISITN"] > 0)
    is_pair = adbm.groupby(group)["AVISITN"].transform("size").eq(2)
    _report_unpaired(adbm[~is_pair], findings)
    adbm = adbm.assign(
        CHG=change,
        PCHG=(100 * change / adbm["BASE"]).where(adbm["BASE"].gt(0)),
        ANL01FL=is_pair.map({True: "Y"}).astype("string"),
    )
    adbm = assign_aseq(adbm.drop(columns=["TRTSDT"]))
    return adbm, make_links(adbm, "AVAL")


def _values(
    datasets: Frames, adsl: pd.DataFrame, biomarker: Biomarker, definition: BiomarkerDefinition
) -> pd.DataFrame:
    """One record per dated value of a biomarker in treated subjects."""
    name = biomarker.records.dataset
    found = select(datasets, biomarker.records)
    require_variables(found, [definition.date, definition.value], name)
    dates = impute_dt(found[definition.date], "first")
    extra = {key: found[key] for key in ("MISPEC", "MILOC") if key in found.columns}
    values = pd.DataFrame(
        {
            "USUBJID": found["USUBJID"],
            "PARAMCD": biomarker.paramcd,
            "PARAM": biomarker.param,
            "AVAL": found[definition.value].astype("Float64"),
            "AVALU": biomarker.unit,
            "ADT": dates["DT"],
            "ADTF": dates["DTF"],
            "TRTSDT": look_up(found["USUBJID"], adsl.set_index("USUBJID")["TRTSDT"]),
            "SRCDOM": name,
            "SRCVAR": str(definition.value),
            "SRCSEQ": sequence_of(found, name),
            **extra,
        }
    )
    return values.dropna(subset=["AVAL", "ADT", "TRTSDT"])


def _report_unpaired(single: pd.DataFrame, findings: Findings) -> None:
    for record in single.itertuples():
        key = (("USUBJID", str(record.USUBJID)), ("PARAMCD", str(record.PARAMCD)))
        findings.add(
            Finding("CDT-A018", str(record.SRCDOM), (), (), key, detail=f"only {record.AVISIT}")
        )
