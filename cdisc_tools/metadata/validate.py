"""The one adapter from pandera's results to findings."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from cdisc_tools.metadata.distinct import with_categories
from cdisc_tools.metadata.faults import find_unlike_labels
from cdisc_tools.metadata.frame_checks import FRAME_FAULTS
from cdisc_tools.metadata.schemas import (
    build_key_schema,
    build_schema,
    judged_by_value,
    key_variables,
    presence_check,
    unknown_check,
)
from cdisc_tools.metadata.terminology import read_terminology
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.numbers import number_text
from cdisc_tools.model.specs import Codelist, DatasetSpec

_ABSENT = SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME
_UNKNOWN = SchemaErrorReason.COLUMN_NOT_IN_SCHEMA
_CRASHED = SchemaErrorReason.CHECK_ERROR


class BrokenCheckError(RuntimeError):
    """A check crashed on a dataset; the message names the check, the dataset and the variable."""


def validate_dataset(
    frame: pd.DataFrame,
    spec: DatasetSpec,
    codelists: Mapping[str, Codelist] | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    cap: int = 100,
    with_keys: bool = True,
) -> Findings:
    """Check a dataset against its specification.

    Of each check and variable at most ``cap`` findings are kept, the first records'; ``totals``
    of the result counts all. A finding has the record's natural key, its 1-based position and
    its values. ``codelists`` defaults to the shipped terminology; ``labels`` are those of the
    dataset's file (``model.data.Dataset``). The frame isn't changed. Without the checks
    ``with_keys`` each record is judged by itself.
    Raises BrokenCheckError when a check crashed.
    """
    codelists = read_terminology() if codelists is None else codelists
    findings = Findings()
    findings.extend(_find_repeated_variables(frame, spec))
    findings.extend(_find_unlike_labels(labels or {}, spec))
    frame = frame.loc[:, ~frame.columns.duplicated()].reset_index(drop=True)
    coded = with_categories(frame, judged_by_value(spec))
    schema = build_schema(spec, codelists, with_keys=with_keys)
    return _judged(schema, coded, _Collector(frame, spec, codelists, cap, findings))


def validate_keys(frame: pd.DataFrame, spec: DatasetSpec, *, cap: int = 100) -> Findings:
    """Check the natural key and the sequence of a dataset, of which ``frame`` has the variables
    ``key_variables`` that there are; findings are as those of ``validate_dataset``.
    """
    frame = frame.reset_index(drop=True)
    coded = with_categories(frame, key_variables(spec))
    return _judged(build_key_schema(spec), coded, _Collector(frame, spec, {}, cap, Findings()))


def _judged(schema: pa.DataFrameSchema, frame: pd.DataFrame, collector: "_Collector") -> Findings:
    """Judge a frame by a schema; the findings in the order of checks, variables and records."""
    try:
        schema.validate(frame, lazy=True, inplace=True)
    except SchemaErrors as errors:
        for error in errors.schema_errors:
            collector.collect(error)
    findings = collector.findings
    findings.records.sort(key=_position)
    findings.totals = dict(sorted(findings.totals.items()))
    return findings


class PartFindings:
    """The findings of a dataset that was checked part by part, as if it had been whole.

    What is said of the dataset as a whole counts once; of each check and variable ``cap`` findings
    of records are kept, the first.
    """

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.records = 0
        self.findings = Findings()
        self._whole: set[Finding] = set()

    def add(self, found: Findings, records: int) -> None:
        """Add the findings of the next part, which has so many records."""
        for finding in found.records:
            if finding.record is None and finding in self._whole:
                total = (finding.check_id, finding.dataset, finding.variables)
                found.totals[total] -= 1
            elif finding.record is None:
                self._whole.add(finding)
                self.findings.records.append(finding)
            else:
                placed = replace(finding, record=finding.record + self.records)
                self.findings.records.append(placed)
        found.records = []
        self.findings.extend(found)
        self.findings = self.findings.capped(self.cap)
        self.records += records

    def in_order(self) -> Findings:
        """The findings in the order of checks, variables and records."""
        totals = {key: count for key, count in sorted(self.findings.totals.items()) if count}
        records = sorted(self.findings.records, key=_position)
        return replace(self.findings, records=records, totals=totals)


def _position(finding: Finding) -> tuple[str, tuple[str, ...], int]:
    """Order findings by check, variables and record."""
    return finding.check_id, finding.variables, finding.record or 0


def _find_repeated_variables(frame: pd.DataFrame, spec: DatasetSpec) -> Iterator[Finding]:
    """Find variables that stand in a frame more than once; the first is checked further."""
    repeated = frame.columns[frame.columns.duplicated()].unique()
    for name in repeated:
        yield Finding("CDT-S018", spec.name, (str(name),))


def _find_unlike_labels(labels: Mapping[str, str], spec: DatasetSpec) -> Iterator[Finding]:
    """Find labels of the dataset's file unlike those of the specification."""
    for fault in find_unlike_labels(labels, spec):
        variables = (fault.variable,) if fault.variable else ()
        values = (labels[fault.variable],)
        yield Finding("CDT-S019", spec.name, variables, values, detail=fault.detail)


class _Collector:
    """Turns the schema errors of one dataset into findings."""

    def __init__(
        self,
        frame: pd.DataFrame,
        spec: DatasetSpec,
        codelists: Mapping[str, Codelist],
        cap: int,
        findings: Findings,
    ) -> None:
        self.frame = frame
        self.spec = spec
        self.codelists = codelists
        self.cap = cap
        self.findings = findings

    def collect(self, error: SchemaError) -> None:
        """Add what one schema error stands for."""
        if error.reason_code is _ABSENT:
            variable = self.spec.by_name[str(error.failure_cases)]
            self._add(presence_check(variable), (variable.name,), detail=variable.label)
        elif error.reason_code is _UNKNOWN:
            self._add(unknown_check(self.spec), (str(error.failure_cases),))
        elif error.reason_code is _CRASHED or not getattr(error.check, "name", None):
            name = getattr(error.check, "name", None) or error.check
            raise BrokenCheckError(
                f"{name} crashed on {self.spec.name} ({error.schema.name}): {error.args[0]}"
            ) from error
        else:
            self._collect_check(error)

    def _collect_check(self, error: SchemaError) -> None:
        """Add what a failed check stands for: the dataset, a variable, or single records."""
        check_id, detail = str(error.check.name), str(error.check.description or "")
        variables = tuple(str(error.check.title or "").split())
        if check_id in FRAME_FAULTS:
            for fault in FRAME_FAULTS[check_id](self.frame, self.spec, self.codelists):
                at_fault = (fault.variable,) if fault.variable else ()
                self._add(check_id, at_fault, detail=fault.detail)
        elif check_id == "CDT-S005":
            found = self.frame[variables[0]].dtype
            self._add(check_id, variables, detail=f"{detail} expected, {found} found")
        else:
            present = tuple(name for name in variables if name in self.frame.columns)
            self._add_records(check_id, present, error, detail=detail)

    def _add(self, check_id: str, variables: tuple[str, ...], *, detail: str = "") -> None:
        """Add a finding of the dataset as a whole."""
        self.findings.add(Finding(check_id, self.spec.name, variables, detail=detail))

    def _add_records(
        self, check_id: str, variables: tuple[str, ...], error: SchemaError, *, detail: str = ""
    ) -> None:
        """Add a finding a failed record up to the cap; count them all."""
        failed = np.flatnonzero(~np.asarray(error.check_output, dtype=bool))
        keys = [key for key in self.spec.keys if key != "STUDYID" and key in self.frame.columns]
        shown = self.frame[list(dict.fromkeys((*keys, *variables)))].iloc[failed[: self.cap]]
        for position, record in zip(failed, shown.to_dict("records"), strict=False):
            values = tuple(_text(record[name]) for name in variables)
            key = tuple((name, _text(record[name])) for name in keys if _text(record[name]))
            self.findings.add(
                Finding(
                    check_id,
                    self.spec.name,
                    variables,
                    values,
                    key,
                    int(position) + 1,
                    None,
                    detail,
                )
            )
        if len(failed) > self.cap:
            rest = Finding(check_id, self.spec.name, variables)
            self.findings.count(rest, len(failed) - self.cap)


def _text(value: Any) -> str:
    """Write a value of a record as text: missing is "", a date without a time is its day."""
    if pd.isna(value):
        return ""
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, pd.Timestamp):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)
