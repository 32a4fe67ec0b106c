"""Faults of a dataset as a whole: its names, labels, order of variables, codelists at hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cdisc_tools.metadata.value_level import records_where
from cdisc_tools.model.specs import Codelist, DatasetSpec

MAX_NAME = 8
MAX_LABEL = 40

_NAME = re.compile(r"[A-Z][A-Z0-9]*")


@dataclass(frozen=True)
class Fault:
    """The variable at fault, "" for the dataset itself, and what is wrong with it."""

    variable: str
    detail: str = ""


def find_no_records(
    frame: pd.DataFrame, _spec: DatasetSpec, _codelists: Mapping[str, Codelist]
) -> tuple[Fault, ...]:
    """Find that a dataset has no records."""
    return () if len(frame) else (Fault(""),)


def find_wrong_order(
    frame: pd.DataFrame, spec: DatasetSpec, _codelists: Mapping[str, Codelist]
) -> tuple[Fault, ...]:
    """Find the first variable that stands before one of a lower order; unknown ones don't count."""
    known = [name for name in frame.columns if name in spec.by_name]
    expected = [variable.name for variable in spec.variables if variable.name in set(known)]
    for name, due in zip(known, expected, strict=True):
        if name != due:
            return (Fault(name, due),)
    return ()


def find_wrong_names(
    frame: pd.DataFrame, spec: DatasetSpec, _codelists: Mapping[str, Codelist]
) -> tuple[Fault, ...]:
    """Find names of the dataset and its variables that the transport format doesn't take."""
    faults = [Fault("", fault) for fault in [_name_fault(spec.name)] if fault]
    for name in frame.columns:
        fault = _name_fault(str(name))
        if fault:
            faults.append(Fault(str(name), fault))
    return tuple(faults)


def find_wrong_labels(
    frame: pd.DataFrame, spec: DatasetSpec, _codelists: Mapping[str, Codelist]
) -> tuple[Fault, ...]:
    """Find labels that the transport format doesn't take, of the dataset and what it holds."""
    labels = {"": spec.label} | {
        name: spec.by_name[name].label for name in frame.columns if name in spec.by_name
    }
    found = ((name, _label_fault(label)) for name, label in labels.items())
    return tuple(Fault(name, fault) for name, fault in found if fault)


def find_unlike_labels(labels: Mapping[str, str], spec: DatasetSpec) -> tuple[Fault, ...]:
    """Find labels of a file unlike those of the spec, which stand in the details.

    ``labels`` are those of variables by name, and under "" of the dataset; an absent one in the
    file is unlike, one that the spec doesn't give is not judged.
    """
    expected = {"": spec.label} | {variable.name: variable.label for variable in spec.variables}
    return tuple(
        Fault(name, expected[name])
        for name, label in labels.items()
        if expected.get(name) and label.strip() != expected[name]
    )


def find_absent_codelists(
    frame: pd.DataFrame, spec: DatasetSpec, codelists: Mapping[str, Codelist]
) -> tuple[Fault, ...]:
    """Find variables whose values could not be checked, their codelist not being at hand.

    That of a value level is missed where the dataset has such records.
    """
    bound = [(variable, ()) for variable in spec.variables]
    levels = [(level.variable, level.where) for level in spec.value_level]
    absent: dict[str, dict[str, None]] = {}
    for variable, where in (*bound, *levels):
        codes = [code for code in variable.codelists if code not in codelists]
        if codes and variable.name in frame and (not where or records_where(frame, where).any()):
            absent.setdefault(variable.name, {}).update(dict.fromkeys(codes))
    return tuple(Fault(name, ", ".join(codes)) for name, codes in absent.items())


def _name_fault(name: str) -> str:
    """Say what is wrong with a name, "" for nothing."""
    if not _NAME.fullmatch(name):
        return "only upper-case letters and digits, a letter first"
    return f"{len(name)} characters, at most {MAX_NAME}" if len(name) > MAX_NAME else ""


def _label_fault(label: str) -> str:
    """Say what is wrong with a label, "" for nothing."""
    if not label.isascii():
        return "not ASCII"
    return f"{len(label)} characters, at most {MAX_LABEL}" if len(label) > MAX_LABEL else ""
