"""Selecting source records, and bringing analysis records into their dataset's form."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pandas as pd

from cdisc_tools.derivations.dates import DATE_TYPE, impute_dt
from cdisc_tools.model.analysis import DatedRecords, Records, ValueRecords, Where
from cdisc_tools.model.data import LINK_COLUMNS
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.specs import DatasetSpec
from cdisc_tools.model.study_day import compute_study_day

Frames = Mapping[str, pd.DataFrame]
FROM_ADSL = (
    "SUBJID", "SITEID", "AGE", "SEX", "RACE", "SAFFL", "EVALFL", "TRTSDT", "TRTEDT", "TRT01A",
    "BOR", "RESPFL",
)  # fmt: skip


def require_variables(dataset: pd.DataFrame, variables: Iterable[str], name: str) -> None:
    """Raise ConfigurationError when the dataset lacks a variable that a definition uses."""
    absent = [variable for variable in variables if variable not in dataset.columns]
    if absent:
        raise ConfigurationError(
            f"{name} has no variable {', '.join(absent)}, neither of its own nor in its "
            f"supplemental qualifiers; an analysis definition uses it."
        )


def require_one_record(adsl: pd.DataFrame) -> None:
    """Raise ConfigurationError where a subject stands in ADSL more than once."""
    again = adsl["USUBJID"].duplicated()
    if again.any():
        raise ConfigurationError(
            f"ADSL has {adsl.loc[again, 'USUBJID'].iloc[0]} more than once ({int(again.sum())} "
            "records too many); keep one record per subject"
        )


def filter_where(dataset: pd.DataFrame, where: Where, name: str) -> pd.DataFrame:
    """Keep the records in which each variable holds one of its values; None is missing."""
    require_variables(dataset, where, name)
    keep = pd.Series(True, index=dataset.index)
    for variable, values in where.items():
        column = dataset[variable]
        wanted = [value for value in values if value is not None]
        if pd.api.types.is_numeric_dtype(column):
            is_wanted = column.isin(pd.to_numeric(pd.Series(wanted), errors="coerce").dropna())
        else:
            column = column.astype("string")
            is_wanted = column.isin(wanted)
        keep &= is_wanted.fillna(False) | (column.isna() if None in values else False)
    return dataset[keep]


def select(datasets: Frames, records: Records) -> pd.DataFrame:
    """Select the records of a definition."""
    if records.dataset not in datasets:
        raise ConfigurationError(f"There is no dataset {records.dataset} to select records from.")
    return filter_where(datasets[records.dataset], records.where, records.dataset)


def look_up(subjects: pd.Series, values: pd.Series) -> pd.Series:
    """Look a value of each subject up; ``values`` has one per USUBJID, its index, and its type."""
    found = values.reindex(subjects.to_numpy())
    return found.set_axis(subjects.index)


def look_up_keys(records: pd.DataFrame, values: pd.Series, keys: list[str]) -> pd.Series:
    """Look a value of each record up by several keys, the index of ``values``."""
    found = values.reindex(pd.MultiIndex.from_frame(records[keys]))
    return found.set_axis(records.index)


def filter_until_cutoff(
    records: pd.DataFrame, name: str, cutoff: date, *, findings: Findings
) -> pd.DataFrame:
    """Leave out, and report, records after the data cut-off."""
    is_late = records["ADT"] > pd.Timestamp(cutoff)
    for record in records[is_late].itertuples():
        key = (("USUBJID", str(record.USUBJID)), ("SEQ", str(record.SRCSEQ)))
        findings.add(Finding("CDT-A019", name, (f"{name}DTC",), (f"{record.ADT:%Y-%m-%d}",), key))
    return records[~is_late].reset_index(drop=True)


def order_records(dataset: pd.DataFrame, name: str) -> pd.DataFrame:
    """Put records in an order of their own, so that the order of the input changes nothing.

    By USUBJID and --SEQ; records that share these, or have none, by all their values as text.
    """
    dataset = dataset.reset_index(drop=True)
    keys = [key for key in ("USUBJID", f"{name}SEQ") if key in dataset.columns]
    others = [variable for variable in dataset.columns if variable not in keys]
    if keys and not dataset.duplicated(keys).any():
        others = []
    places = dataset[keys].join(dataset[others].astype("string"))
    order = places.sort_values([*keys, *others], kind="stable").index
    return dataset.loc[order].reset_index(drop=True)


def select_dates(datasets: Frames, sources: Sequence[DatedRecords]) -> pd.DataFrame:
    """Collect the dated records of several sources.

    Returns one record per source record with a date: USUBJID, ADT, ADTF, SRCDOM, SRCVAR,
    SRCSEQ, and RANK (position of the source in the list).
    """
    parts = [_empty_dates()]
    for rank, source in enumerate(sources):
        found = select(datasets, source)
        require_variables(found, [source.date], source.dataset)
        dates = impute_dt(found[source.date], source.impute)
        part = pd.DataFrame(
            {
                "USUBJID": found["USUBJID"],
                "ADT": dates["DT"],
                "ADTF": dates["DTF"],
                "SRCDOM": pd.Series(source.dataset, index=found.index, dtype="string"),
                "SRCVAR": pd.Series(str(source.date), index=found.index, dtype="string"),
                "SRCSEQ": sequence_of(found, source.dataset),
                "RANK": pd.Series(rank, index=found.index, dtype="Int64"),
            }
        )
        parts.append(part[part["ADT"].notna()])
    return pd.concat(parts, ignore_index=True)


def _empty_dates() -> pd.DataFrame:
    texts = {name: pd.Series(dtype="string") for name in ("USUBJID", "ADTF", "SRCDOM", "SRCVAR")}
    numbers = {name: pd.Series(dtype="Int64") for name in ("SRCSEQ", "RANK")}
    return pd.DataFrame({**texts, **numbers, "ADT": pd.Series(dtype=DATE_TYPE)})


def sequence_of(dataset: pd.DataFrame, name: str) -> pd.Series:
    """Return --SEQ of an SDTM domain, ASEQ of an ADaM dataset, missing where there is none."""
    for variable in ("ASEQ", f"{name}SEQ"):
        if variable in dataset.columns:
            return dataset[variable].astype("Int64")
    return pd.Series(pd.NA, index=dataset.index, dtype="Int64")


def first_value(datasets: Frames, sources: Sequence[ValueRecords]) -> pd.Series:
    """Return the first value of a subject, by USUBJID; sources listed first win."""
    parts = []
    for source in sources:
        found = select(datasets, source)
        require_variables(found, [source.variable], source.dataset)
        named = found[["USUBJID", source.variable]].set_axis(["USUBJID", "VALUE"], axis=1)
        parts.append(named.dropna())
    if not parts:
        return pd.Series(dtype="string", name="VALUE")
    values = pd.concat(parts, ignore_index=True).drop_duplicates("USUBJID")
    return values.set_index("USUBJID")["VALUE"]


def assign_aseq(records: pd.DataFrame) -> pd.DataFrame:
    """Number the records of each subject in their present order."""
    return records.assign(ASEQ=records.groupby("USUBJID").cumcount().add(1).astype("Int64"))


def make_links(records: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Link analysis records to sources: ``records`` has USUBJID, ASEQ, SRCDOM, SRCVAR, SRCSEQ."""
    links = records.rename(columns={"ASEQ": "SEQ"}).assign(VARIABLE=variable)
    return links[list(LINK_COLUMNS)].dropna(subset=["SRCDOM"]).reset_index(drop=True)


def finish(records: pd.DataFrame, adsl: pd.DataFrame, spec: DatasetSpec) -> pd.DataFrame:
    """Add subject variables and study days, keep the specified variables, sort by the keys.

    Only variables of ``spec`` that were derived are kept, in its order.
    """
    wanted = [
        name
        for name in FROM_ADSL
        if name in spec.by_name and name in adsl.columns and name not in records.columns
    ]
    treatments = adsl[["TRT01P", "TRT01A"]].set_axis(["TRTP", "TRTA"], axis=1)
    subject = adsl[["STUDYID", "USUBJID", *wanted]].join(treatments)
    frame = records.merge(subject, on="USUBJID", how="left", validate="many_to_one")
    for day, dt in (("ADY", "ADT"), ("ASTDY", "ASTDT"), ("AENDY", "AENDT")):
        if dt in frame.columns:
            frame[day] = compute_study_day(frame[dt], frame["TRTSDT"])
    return keep_specified(frame, spec)


def keep_specified(frame: pd.DataFrame, spec: DatasetSpec) -> pd.DataFrame:
    """Keep the variables of ``spec`` in its order and types, sorted by its keys and ASEQ.

    Texts become ``string``; numbers without a type (all missing) become ``Float64``.
    """
    typed: dict[str, pd.Series] = {}
    for variable in spec.variables:
        if variable.name in frame.columns:
            column = frame[variable.name]
            if variable.type == "Char":
                column = column.astype("string")
            elif column.dtype == "object":
                column = column.astype("Float64")
            typed[variable.name] = column
    keys = [key for key in (*spec.keys, "ASEQ") if key in typed]
    return pd.DataFrame(typed).sort_values(keys, kind="stable").reset_index(drop=True)
