"""Brings the SDTM frames into the state that the definitions expect, or says what lacks."""

import dataclasses
import typing
from collections.abc import Iterator, Mapping

import pandas as pd

from cdisc_tools.derivations.dates import is_unreadable
from cdisc_tools.derivations.readers import of_domain
from cdisc_tools.derivations.records import order_records, require_variables
from cdisc_tools.model.analysis import Analysis, Records, Variable
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Finding, Findings

_REQUIRED = {
    "DM": ("STUDYID", "USUBJID", "SUBJID", "SITEID", "AGE", "AGEU", "SEX", "RACE", "ARM", "ACTARM"),
    "EX": ("USUBJID", "EXSEQ"),
}
_SUPPLEMENTAL = ("USUBJID", "QNAM", "IDVAR", "IDVARVAL", "QVAL")
_COLUMNS = {
    "TU": ("TULNKID", "TUSTRESC", "TULOC", "TUDTC"),
    "TR": (
        "TRLNKID", "TRGRPID", "TRTESTCD", "TRSTRESC", "TRSTRESN", "TRSTRESU", "TRDTC",
    ),
    "AE": ("STUDYID", "AESTDTC", "AEENDTC", "AETOXGR", "AEBODSYS", "AEDECOD"),
}  # fmt: skip


def prepare_sources(
    sdtm: Mapping[str, pd.DataFrame], analysis: Analysis, findings: Findings
) -> dict[str, pd.DataFrame]:
    """Merge supplemental qualifiers in, and stand in for domains that are absent.

    Only the domains, and of their supplemental qualifiers those, that the definitions name are
    taken. Every domain comes in an order of its own (``order_records``), whatever that of the
    input. An absent domain is a finding and an empty frame; DM and EX, and the variables that
    the definitions name, must be there. Dates that can't be read are findings; so is a second
    record of a subject in DM, of which the first is kept.
    Raises ConfigurationError that names the domain and the variable.
    """
    for name, required in _REQUIRED.items():
        if name not in sdtm:
            raise ConfigurationError(f"The SDTM data have no {name}; no analysis without it.")
        require_variables(sdtm[name], required, name)
    needed = _needed_variables(analysis)
    used_domains = {*needed, *_REQUIRED, *_COLUMNS}
    sources = {
        name: merge_supplemental(
            order_records(sdtm[name], name), name, _qualifiers(sdtm, name, needed),
            findings=findings,
        )
        for name in sdtm
        if name in used_domains
    }  # fmt: skip
    sources["DM"] = _keep_first_subject(sources["DM"], findings)
    for name, variables in sorted(needed.items()):
        if name in sources:
            require_variables(sources[name], sorted(variables), name)
            used = {*variables, *_COLUMNS.get(name, ())} & {*sources[name].columns}
            _report_unreadable(sources[name], name, sorted(used), findings)
            continue
        sources[name] = _empty(name, variables, analysis)
        findings.add(Finding("CDT-A002", name, detail="nothing is derived from it"))
    return sources


def _qualifiers(
    sdtm: Mapping[str, pd.DataFrame], name: str, needed: Mapping[str, set[str]]
) -> pd.DataFrame | None:
    """The supplemental qualifiers of a domain that the definitions name."""
    supplemental = sdtm.get(f"SUPP{name}")
    if supplemental is None or "QNAM" not in supplemental:
        return supplemental
    return supplemental[supplemental["QNAM"].isin(needed.get(name, set()))]


def _keep_first_subject(dm: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Keep one record per subject, and report the others."""
    again = dm["USUBJID"].duplicated()
    for subject in dm.loc[again, "USUBJID"]:
        key = (("USUBJID", str(subject)),)
        findings.add(
            Finding("CDT-A020", "DM", ("USUBJID",), (str(subject),), key,
                    detail="the first record is used")
        )  # fmt: skip
    return dm[~again].reset_index(drop=True)


def merge_supplemental(
    domain: pd.DataFrame, name: str, supplemental: pd.DataFrame | None, *, findings: Findings
) -> pd.DataFrame:
    """Add each QNAM of SUPPxx as a variable of the records it belongs to.

    IDVAR is a variable of the domain such as --SEQ, or empty for a qualifier of the subject. Of
    several values for one record the first in order is kept; they and values that belong to no
    record are reported. Returns the records of ``domain``, none more and none less.
    Raises ConfigurationError when SUPPxx lacks one of its variables.
    """
    if supplemental is None or supplemental.empty:
        return domain
    require_variables(supplemental, _SUPPLEMENTAL, f"SUPP{name}")
    ordered = order_records(supplemental, f"SUPP{name}")
    ordered = ordered.assign(IDVAR=ordered["IDVAR"].fillna(""))
    is_own = ordered["QNAM"].isna() | ordered["QNAM"].isin(domain.columns)
    _report_qualifiers("CDT-A021", ordered[is_own], name, f"{name} has it already", findings)
    for (qnam, idvar), values in ordered[~is_own].groupby(["QNAM", "IDVAR"]):
        found = _qualifier(domain, name, str(idvar), values, findings)
        earlier = domain.get(str(qnam), found)
        domain = domain.assign(**{str(qnam): earlier.fillna(found)})
    return domain


def _qualifier(
    domain: pd.DataFrame, name: str, idvar: str, values: pd.DataFrame, findings: Findings
) -> pd.Series:
    """The value of one QNAM for each record of the domain, missing where there is none."""
    keys = ["USUBJID", "KEY"]
    nothing = pd.Series(pd.NA if idvar else "", index=domain.index, dtype="string")
    own = domain[["USUBJID"]].assign(KEY=domain.get(idvar, nothing))
    keyed = values.assign(KEY=values["IDVARVAL"].astype("string") if idvar else "")
    if pd.api.types.is_numeric_dtype(own["KEY"]):
        number = pd.to_numeric(keyed["KEY"], errors="coerce")
        own, keyed = own.astype({"KEY": "Float64"}), keyed.assign(KEY=number.astype("Float64"))
    records = pd.MultiIndex.from_frame(own)
    is_known = keyed["KEY"].notna() & pd.MultiIndex.from_frame(keyed[keys]).isin(records)
    _report_qualifiers("CDT-A021", keyed[~is_known], name, f"{name} has no such record", findings)
    keyed = keyed[is_known]
    again = keyed.duplicated(keys)
    _report_qualifiers("CDT-A020", keyed[again], name, "the first value is used", findings)
    merged = own.merge(
        keyed.loc[~again, [*keys, "QVAL"]], on=keys, how="left", validate="many_to_one"
    )
    return merged["QVAL"].set_axis(domain.index)


def _report_qualifiers(
    check: str, values: pd.DataFrame, name: str, detail: str, findings: Findings
) -> None:
    """Report supplemental qualifiers that aren't used."""
    for value in values.itertuples():
        key = [("USUBJID", str(value.USUBJID))]
        if value.IDVAR:
            key.append((str(value.IDVAR), str(value.IDVARVAL)))
        findings.add(
            Finding(
                check,
                f"SUPP{name}",
                (str(value.QNAM),),
                (str(value.QVAL),),
                tuple(key),
                detail=detail,
            )
        )


def _needed_variables(analysis: Analysis) -> dict[str, set[str]]:
    """The variables that the definitions name, by SDTM domain."""
    needed: dict[str, set[str]] = {}
    parts = (
        analysis.subjects, analysis.exposure, analysis.adverse_events, analysis.lesions,
        analysis.response, analysis.biomarkers,
    )  # fmt: skip
    for part in parts:
        for records in _records(part):
            names = needed.setdefault(records.dataset, {"USUBJID"})
            names.update(records.where)
            names.update(_variables(records))
    for records in (analysis.lesions.tumors, analysis.lesions.results):
        needed[records.dataset].update(_reader_variables(analysis, records.dataset))
    return needed


def _reader_variables(analysis: Analysis, name: str) -> set[str]:
    """The variables that tell the readers of a tumour domain apart."""
    evaluators = analysis.lesions.evaluators
    if evaluators is None:
        return set()
    names = {*evaluators.identified_by, *evaluators.analysed, evaluators.accepted}
    return {of_domain(variable, name) for variable in names if variable}


def _records(value: object) -> Iterator[Records]:
    """Find every selection of records inside a definition."""
    if isinstance(value, Records):
        yield value
    if isinstance(value, tuple):
        for item in value:
            yield from _records(item)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _records(getattr(value, field.name))


def _variables(records: Records) -> set[str]:
    """The names of variables that a selection holds in fields of type Variable."""
    hints = typing.get_type_hints(type(records))
    return {
        str(getattr(records, name))
        for name, hint in hints.items()
        if (hint is Variable or Variable in typing.get_args(hint)) and getattr(records, name)
    }


def _empty(name: str, variables: set[str], analysis: Analysis) -> pd.DataFrame:
    """An empty frame with every variable that a derivation could ask for."""
    extra = {
        str(analysis.exposure.held_treatment),
        str(analysis.biomarkers.date),
        str(analysis.biomarkers.value),
        str(analysis.response.investigator_value),
        *analysis.lesions.time_point,
        *_COLUMNS.get(name, ()),
    }
    texts = {key: pd.Series(dtype="string") for key in sorted(variables | extra)}
    return pd.DataFrame({**texts, f"{name}SEQ": pd.Series(dtype="Int64")})


def _report_unreadable(
    domain: pd.DataFrame, name: str, variables: list[str], findings: Findings
) -> None:
    """Report dates used by the analysis from which no date can be made."""
    for variable in (one for one in variables if one.endswith("DTC")):
        for record in domain.index[is_unreadable(domain[variable])]:
            findings.add(
                Finding(
                    "CDT-A016",
                    name,
                    (variable,),
                    (str(domain.at[record, variable]),),
                    (("USUBJID", str(domain.at[record, "USUBJID"])),),
                )
            )
