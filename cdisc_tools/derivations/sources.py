"""Brings the SDTM frames into the state that the definitions expect, or says what lacks."""

import dataclasses
import typing
from collections.abc import Iterator, Mapping

import pandas as pd

from cdisc_tools.derivations.dates import is_unreadable
from cdisc_tools.derivations.records import require_variables
from cdisc_tools.model.analysis import Analysis, Records, Variable
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Finding, Findings

_REQUIRED = {
    "DM": ("STUDYID", "USUBJID", "SUBJID", "SITEID", "AGE", "AGEU", "SEX", "RACE", "ARM", "ACTARM"),
    "EX": ("USUBJID", "EXSEQ"),
}
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

    An absent domain is a finding and an empty frame; DM and EX, and the variables that the
    definitions name, must be there. Dates that can't be read are findings.
    Raises ConfigurationError that names the domain and the variable.
    """
    for name, required in _REQUIRED.items():
        if name not in sdtm:
            raise ConfigurationError(f"The SDTM data have no {name}; no analysis without it.")
        require_variables(sdtm[name], required, name)
    sources = {
        name: merge_supplemental(frame, name, sdtm.get(f"SUPP{name}"))
        for name, frame in sdtm.items()
        if not name.startswith("SUPP")
    }
    needed = _needed_variables(analysis)
    for name, variables in sorted(needed.items()):
        if name in sources:
            require_variables(sources[name], sorted(variables), name)
            _report_unreadable(sources[name], name, sorted(variables), findings)
            continue
        sources[name] = _empty(name, variables, analysis)
        findings.add(Finding("CDT-A002", name, detail="nothing is derived from it"))
    return sources


def merge_supplemental(
    domain: pd.DataFrame, name: str, supplemental: pd.DataFrame | None
) -> pd.DataFrame:
    """Add each QNAM of SUPPxx as a variable of the records it belongs to.

    IDVAR is --SEQ, or empty for a qualifier of the subject (DM).
    """
    if supplemental is None or supplemental.empty:
        return domain
    for qnam, values in supplemental.groupby("QNAM"):
        if str(qnam) in domain.columns:
            continue
        sequence = f"{name}SEQ"
        if sequence in domain.columns:
            keyed = values.assign(KEY=pd.to_numeric(values["IDVARVAL"]).astype("Int64"))
            keys, own = ["USUBJID", "KEY"], domain.assign(KEY=domain[sequence].astype("Int64"))
        else:
            keyed, keys, own = values, ["USUBJID"], domain
        keyed = keyed[[*keys, "QVAL"]].rename(columns={"QVAL": str(qnam)})
        merged = own.merge(keyed, on=keys, how="left", validate="many_to_one")
        domain = merged.drop(columns=[key for key in keys if key == "KEY"])
    return domain


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
    return needed


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
