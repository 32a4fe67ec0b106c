"""Second pass: variables that follow from collected ones, in one fixed order."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from cdisc_tools.mapping.algorithms import ALGORITHMS
from cdisc_tools.mapping.blocks import Surroundings
from cdisc_tools.mapping.collected import Collected, typed, typed_frame
from cdisc_tools.mapping.collecting import ONE_RECORD_PER, RECORDS, REFERENCE_DATES, fill_missing
from cdisc_tools.mapping.frequency import count_texts, most_frequent
from cdisc_tools.mapping.masks import is_true
from cdisc_tools.mapping.timing import (
    compute_study_day,
    derive_baseline_flag,
    derive_epoch,
    number_unscheduled,
)
from cdisc_tools.mapping.units import standardise
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.mapping import MappingLine

Derivation = Callable[[Collected, MappingLine, Mapping[str, Collected], Surroundings], None]
DATE_SUFFIXES = ("DTC", "STDTC")


def derive_datasets(datasets: Mapping[str, Collected], around: Surroundings) -> None:
    """Apply the derived lines of all datasets: visits, results, epochs, days, baseline, --SEQ."""
    for collected in datasets.values():
        put_in_order(collected)
    unscheduled = {rule.visit for rule in around.mapping.visits if rule.visitnum is None}
    _number_visits(datasets, unscheduled)
    for algorithm, derivation in DERIVATIONS.items():
        for collected in datasets.values():
            for line in collected.derived:
                if line.algorithm == algorithm:
                    derivation(collected, line, datasets, around)


def check_algorithms(lines: Iterable[MappingLine]) -> None:
    """Raise ConfigurationError for a line whose algorithm does not exist."""
    known = {*ALGORITHMS, *REFERENCE_DATES, RECORDS, *DERIVATIONS}
    for line in lines:
        if line.algorithm not in known:
            raise ConfigurationError(
                f"{line.place}: there is no algorithm {line.algorithm!r}; "
                f"known: {', '.join(sorted(known))}"
            )


def main_date(collected: Collected) -> str:
    """The variable that says when a record's observation was made, "" where there is none."""
    for suffix in DATE_SUFFIXES:
        if collected.variable(suffix) in collected.frame:
            return collected.variable(suffix)
    return ""


def put_in_order(collected: Collected) -> None:
    """Sort records by all that was collected, so that no result depends on the order of rows."""
    names = sorted(str(name) for name in collected.frame)
    keys = [key for key in collected.spec.keys if key in collected.frame]
    if keys and not collected.frame.duplicated(keys).any():
        names = keys
    sort_records(collected, names)


def _number_visits(datasets: Mapping[str, Collected], unscheduled: set[str]) -> None:
    """Give unscheduled visits (by VISIT) their number, the same in all datasets."""
    visited = [
        collected
        for collected in datasets.values()
        if {"USUBJID", "VISIT", "VISITNUM"} <= set(collected.frame) and main_date(collected)
    ]
    dated = [
        pd.DataFrame(
            {
                "USUBJID": c.frame["USUBJID"], "VISITNUM": c.frame["VISITNUM"],
                "VISIT": c.frame["VISIT"], "DTC": c.frame[main_date(c)],
            }
        )
        for c in visited
    ]  # fmt: skip
    if not dated:
        return
    visits = pd.concat(dated, ignore_index=True)
    visits = visits[visits["VISITNUM"].notna() | visits["VISIT"].isin(unscheduled)]
    numbers = number_unscheduled(visits).set_index(["USUBJID", "DAY", "VISIT"])["VISITNUM"]
    for collected in visited:
        frame = collected.frame
        loose = frame["VISITNUM"].isna() & frame["VISIT"].isin(unscheduled)
        day = frame[main_date(collected)].str.slice(0, 10)
        wanted = pd.MultiIndex.from_arrays([frame["USUBJID"], day, frame["VISIT"]])
        found = pd.Series(numbers.reindex(wanted).to_numpy(), index=frame.index, dtype="Float64")
        frame["VISITNUM"] = frame["VISITNUM"].mask(loose, found)
        text = frame["VISITNUM"].map(lambda number: f"{number:g}", na_action="ignore")
        named = frame["VISIT"].str.cat(text.astype("string"), sep=" ")
        numbered = loose & frame["VISITNUM"].notna()
        group = collected.variable("LNKGRP")
        if group in frame:
            same = is_true(frame[group] == frame["VISIT"])
            # a link group that bears the visit's name is that of this one visit
            frame[group] = frame[group].mask(same & numbered, named)
        frame["VISIT"] = frame["VISIT"].mask(numbered, named)


def _standard_result(
    collected: Collected, line: MappingLine, _: Mapping[str, Collected], around: Surroundings
) -> None:
    """--STRESC, --STRESN, --STRESU, or a limit of normal, from what was collected.

    A value that another line gave is kept.
    """
    frame, named = collected.frame, collected.variable
    empty = pd.Series(pd.NA, index=frame.index, dtype="string")
    unit = frame.get(named("ORRESU"), empty)
    limit = {named("STNRLO"): named("ORNRLO"), named("STNRHI"): named("ORNRHI")}
    if line.variable in limit:
        collected_limit = frame.get(limit[line.variable], empty).astype("string")
        converted = standardise(
            frame[named("TESTCD")], collected_limit, unit, around.mapping.units, {}
        )
        frame[line.variable] = typed(collected.spec, line.variable, converted.number)
        return
    words = around.mapping.terms.get(line.codelist, {}) if line.codelist else {}
    results = standardise(
        frame[named("TESTCD")], frame[named("ORRES")], unit, around.mapping.units, words
    )
    wanted = {"STRESC": results.text, "STRESN": results.number, "STRESU": results.unit}
    for suffix, values in wanted.items():
        if line.variable == named(suffix):
            fill_missing(frame, line.variable, typed(collected.spec, line.variable, values))
    if line.variable != named("STRESC"):
        return
    _report(collected, results.unconverted, named("ORRES"), "CDT-R035", unit, around)
    _report(collected, results.from_words, named("ORRES"), "CDT-R038", results.text, around)
    usual = unit.groupby(frame[named("TESTCD")]).transform(_most_frequent)
    other_unit = unit.notna() & is_true(unit != usual) & is_true(results.unit != unit)
    _report(collected, other_unit, named("ORRESU"), "CDT-R039", results.unit, around)
    standard = results.unit.groupby(frame[named("TESTCD")]).transform(_most_frequent)
    mixed = is_true(results.unit != standard) & ~results.unconverted
    _report(collected, mixed, named("ORRES"), "CDT-R035", unit, around)


def _most_frequent(values: pd.Series) -> str | None:
    counts = count_texts(values)
    return most_frequent(counts) if counts else None


def _report(
    collected: Collected, mask: pd.Series, variable: str, check: str, detail: pd.Series,
    around: Surroundings,
) -> None:  # fmt: skip
    for record in mask.index[is_true(mask)]:
        text = detail.iloc[record]
        around.forms.findings.add(
            collected.finding(
                check, int(record), variable, around.forms, "" if pd.isna(text) else str(text)
            )
        )


def _one_record_per(
    collected: Collected, line: MappingLine, _: Mapping[str, Collected], around: Surroundings
) -> None:
    """Join records that agree in the variables of ``value``.

    ``column`` names variables that keep their earliest (VARIABLE first) or latest (VARIABLE last)
    value; every other variable keeps the first value that is not missing. A record without one
    of the key variables is reported and left out, as is a value that another one outweighs.
    """
    keys = line.value.split()
    rules = dict(part.rsplit(" ", 1) for part in line.columns)
    _report_not_joined(collected, keys, set(rules), around)
    frame = collected.frame.dropna(subset=keys)
    start = next((name for name, rule in rules.items() if rule == "first"), None)
    for name, rule in rules.items():
        # a visit that ended on the day it began has its start as end
        if rule == "last" and start and name in frame:
            frame[name] = frame[name].fillna(frame[start])
    how = {
        name: {"first": "min", "last": "max"}.get(rules.get(str(name), ""), "first")
        for name in frame
        if name not in keys
    }
    groups = frame.groupby(keys, sort=True, dropna=False)
    target = pd.Series(groups.ngroup(), index=frame.index)
    joined = groups.agg(how).reset_index()
    collected.lineage = collected.lineage[collected.lineage["RECORD"].isin(target.index)]
    collected.merge_into(target)
    collected.frame = typed_frame(collected.spec, joined)


def _report_not_joined(
    collected: Collected, keys: list[str], ruled: set[str], around: Surroundings
) -> None:
    frame = collected.frame
    for key in keys:
        for record in frame.index[frame[key].isna()]:
            found = collected.finding("CDT-R064", int(record), "USUBJID", around.forms, key)
            around.forms.findings.add(found)
    for name in [str(n) for n in frame if n not in (*keys, *ruled)]:
        first = frame.groupby(keys)[name].transform("first")
        for record in frame.index[is_true(frame[name] != first)]:
            detail = str(first[record])
            found = collected.finding("CDT-R065", int(record), name, around.forms, detail)
            around.forms.findings.add(found)


def _epoch(
    collected: Collected, line: MappingLine, datasets: Mapping[str, Collected], _: Surroundings
) -> None:
    """EPOCH of the record's date (``column``, else its start or collection date)."""
    if "SE" not in datasets:
        raise ConfigurationError(f"{line.place}: EPOCH needs the dataset SE; map it")
    date = line.columns[0] if line.columns else ""
    start = collected.variable("STDTC")
    date = date or (start if start in collected.frame else main_date(collected))
    frame = collected.frame
    epochs = derive_epoch(frame["USUBJID"], frame[date], datasets["SE"].frame)
    fill_missing(frame, "EPOCH", epochs)


def _study_day(
    collected: Collected, line: MappingLine, datasets: Mapping[str, Collected], _: Surroundings
) -> None:
    """A --DY variable from its --DTC variable and DM.RFSTDTC."""
    date = line.columns[0] if line.columns else line.variable.removesuffix("DY") + "DTC"
    if date not in collected.frame:
        raise ConfigurationError(f"{line.place}: {collected.name} has no {date}; map it first")
    reference = subject_values(datasets, "RFSTDTC", collected.frame["USUBJID"], line)
    collected.frame[line.variable] = compute_study_day(collected.frame[date], reference)


def _baseline(
    collected: Collected, line: MappingLine, datasets: Mapping[str, Collected], _: Surroundings
) -> None:
    """--LOBXFL (or --BLFL) by the variables of ``value``, up to DM.RFXSTDTC."""
    frame = collected.frame
    reference = subject_values(datasets, "RFXSTDTC", frame["USUBJID"], line)
    keys = ["USUBJID", *(line.value.split() or [collected.variable("TESTCD")])]
    result = frame[collected.variable("ORRES")].notna()
    frame[line.variable] = derive_baseline_flag(
        frame[keys], frame[main_date(collected)], reference, result
    )


def _sequence(
    collected: Collected, line: MappingLine, _: Mapping[str, Collected], __: Surroundings
) -> None:
    """--SEQ by stable natural keys: those of ``value``, else the dataset's own."""
    wanted = line.value.split() or [key for key in collected.spec.keys if key in collected.frame]
    absent = [key for key in wanted if key not in collected.frame]
    if absent:
        raise ConfigurationError(f"{line.place}: {collected.name} has no {', '.join(absent)}")
    keys = ["USUBJID", *[key for key in wanted if key not in ("STUDYID", "USUBJID")]]
    sort_records(collected, keys)
    collected.frame[line.variable] = (
        collected.frame.groupby("USUBJID").cumcount().add(1).astype("Int64")
    )


def sort_records(collected: Collected, keys: list[str]) -> None:
    """Sort records by keys; equal ones keep the order of their source."""
    order = collected.frame.sort_values(keys, kind="stable", na_position="first").index
    collected.take(order)


def subject_values(
    datasets: Mapping[str, Collected], variable: str, usubjid: pd.Series, line: MappingLine
) -> pd.Series:
    """A variable of DM for each record's subject."""
    if "DM" not in datasets or variable not in datasets["DM"].frame:
        raise ConfigurationError(f"{line.place}: {line.algorithm} needs DM.{variable}; map it")
    dm = datasets["DM"].frame.drop_duplicates("USUBJID")
    values = dict(zip(dm["USUBJID"].tolist(), dm[variable].tolist(), strict=True))
    return usubjid.map(values).astype("string")


DERIVATIONS: dict[str, Derivation] = {
    ONE_RECORD_PER: _one_record_per,
    "derive_standard_result": _standard_result,
    "derive_epoch": _epoch,
    "derive_study_day": _study_day,
    "derive_baseline_flag": _baseline,
    "derive_sequence": _sequence,
}
