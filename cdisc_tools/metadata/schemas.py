"""Pandera schemas built at run time from the specification of a dataset.

Each check is named by its line of ``specs/checks.csv`` and returns one truth value a record, so
that the findings are made of masks (``metadata/validate.py``), never of parsed failure cases.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from cdisc_tools.metadata.checks import SEVERITIES, read_checks
from cdisc_tools.metadata.distinct import is_repeated
from cdisc_tools.metadata.frame_checks import FRAME_FAULTS
from cdisc_tools.metadata.masks import (
    SHORT_FORM,
    has_value,
    is_first_of_key,
    is_of_type,
    is_same_term,
    sequence_variable,
)
from cdisc_tools.metadata.study_standards import standards_of
from cdisc_tools.metadata.value_checks import codelists_of, value_checks
from cdisc_tools.metadata.value_level import Selection, condition_text, term_levels
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import Codelist, DatasetSpec, VariableSpec

_ANALYSIS_CLASSES = frozenset(
    {
        "SUBJECT LEVEL ANALYSIS DATASET",
        "BASIC DATA STRUCTURE",
        "OCCURRENCE DATA STRUCTURE",
        "ADAM OTHER",
    }
)
_SUBJECT_KEYS = ("STUDYID", "USUBJID")
_TERM_CHECKS = frozenset({"CDT-T001", "CDT-T002"})
# a user who validates with the bare schema reads these in pandera's report
_SHOWN_CASES = 10


def schema(
    dataset: str,
    *,
    columns: Sequence[str] = (),
    study: Path | None = None,
    standard: str = "",
    terminology: str = "",
    severity: str = "error",
) -> pa.DataFrameSchema:
    """Return the pandera schema of a dataset; see ``cdisc_tools.schema``."""
    standards = standards_of(study, standard=standard, terminology=terminology)
    spec = standards.dataset_spec(dataset, columns)
    return build_schema(spec, standards.codelists, severity=severity)


def build_schema(
    spec: DatasetSpec,
    codelists: Mapping[str, Codelist],
    *,
    severity: str = "note",
    with_keys: bool = True,
) -> pa.DataFrameSchema:
    """Build the schema of a dataset: presence, types, terms, dates, lengths, keys, order.

    ``codelists`` are the codelists by NCI code; a variable whose codelist isn't among them is
    not checked against it (CDT-T003). Only checks of at least ``severity`` are built in; without
    those ``with_keys`` (``build_key_schema``) a record is judged by itself.
    """
    wanted = _wanted(severity)
    columns = {
        variable.name: pa.Column(
            None,
            [check for check in _column_checks(variable, spec, codelists) if check.name in wanted],
            required=presence_check(variable) in wanted,
            nullable=True,
            title=variable.label,
        )
        for variable in spec.variables
    }
    keys = _key_checks(spec) if with_keys else []
    checks = [check for check in keys + _frame_checks(spec, codelists) if check.name in wanted]
    return pa.DataFrameSchema(columns, checks, strict=unknown_check(spec) in wanted, name=spec.name)


def build_key_schema(spec: DatasetSpec) -> pa.DataFrameSchema:
    """Build the checks that look at all records of a dataset: its natural key, its sequence."""
    return pa.DataFrameSchema({}, _key_checks(spec), name=spec.name)


def key_variables(spec: DatasetSpec) -> tuple[str, ...]:
    """Return the variables that ``build_key_schema`` looks at."""
    sequence = sequence_variable(spec)
    names = (*spec.keys, *(("USUBJID", sequence) if sequence else ()))
    return tuple(dict.fromkeys(name for name in names if name in spec.by_name))


def presence_check(variable: VariableSpec) -> str:
    """Return the id of the finding that the variable's absence is, "" for none."""
    specified = "CDT-M006" if variable.data_type and not variable.has_no_data else ""
    return {"Req": "CDT-S001", "Exp": "CDT-S002"}.get(variable.core, specified)


def unknown_check(spec: DatasetSpec) -> str:
    """Return the id of the finding that a variable is which the specification lacks.

    ADaM lets a sponsor add variables, unless the study's specification lists them.
    """
    is_listed = any(variable.data_type for variable in spec.variables)
    is_free = spec.dataset_class in _ANALYSIS_CLASSES and not is_listed
    return "CDT-A024" if is_free else "CDT-S004"


def key_check(spec: DatasetSpec) -> str:
    """Return the id of the finding that a repeated natural key is."""
    return "CDT-S013" if spec.keys == _SUBJECT_KEYS else "CDT-S011"


def judged_by_value(spec: DatasetSpec) -> tuple[str, ...]:
    """Return the variables whose checks look at the value alone, and those of the key.

    They are worth making categories of: few distinct values stand in many records.
    """
    compared = {item.variable for level in spec.value_level for item in level.where}
    return tuple(
        variable.name
        for variable in spec.variables
        if variable.codelists
        or variable.values
        or variable.study_codelist
        or variable.domain.startswith("ISO 8601")
        or variable.name in spec.keys
        or variable.name in compared
    )


def _wanted(severity: str) -> frozenset[str]:
    """Return the ids of the checks of at least a severity."""
    if severity not in SEVERITIES:
        raise ConfigurationError(
            f"There is no severity '{severity}'; choose one of {', '.join(SEVERITIES)}."
        )
    kept = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return frozenset(check.id for check in read_checks().values() if check.severity in kept)


def _check(
    check_id: str,
    function: Callable[[Any], Any],
    *,
    variables: Sequence[str] = (),
    detail: str = "",
) -> pa.Check:
    """Make a check named by its id; missing values are the function's own affair.

    Its title holds the variables and its description the detail of its findings.
    """
    return pa.Check(
        function, name=check_id, title=" ".join(variables), description=detail, ignore_na=False,
        n_failure_cases=_SHOWN_CASES,
    )  # fmt: skip


def _column_checks(
    variable: VariableSpec, spec: DatasetSpec, codelists: Mapping[str, Codelist]
) -> list[pa.Check]:
    """Make the checks of one variable."""
    names = (variable.name,)
    expected = "text" if variable.type == "Char" else "numbers or dates"
    is_right = partial(is_of_type, expected=variable.type)
    checks = [_check("CDT-S005", is_right, variables=names, detail=expected)]
    required = _must_have_value(variable, spec)
    if required:
        checks.append(_check("CDT-S003", has_value, variables=names))
    by_record = bool(term_levels(variable, spec))
    checks += [
        _check(check.check_id, check.passes, variables=names, detail=check.expected)
        for check in value_checks(variable, codelists)
        if not (required and check.check_id == "CDT-M001")
        and not (by_record and check.check_id in _TERM_CHECKS)
    ]
    return checks


def _must_have_value(variable: VariableSpec, spec: DatasetSpec) -> bool:
    """Tell whether each record needs a value.

    In SDTM a required variable may not be missing; in ADaM it must be in the dataset, and only
    what identifies the record may not be missing (a screen failure has no treatment).
    """
    if variable.core != "Req":
        return False
    return spec.dataset_class not in _ANALYSIS_CLASSES or variable.name in spec.keys


def _key_checks(spec: DatasetSpec) -> list[pa.Check]:
    """Make the checks of what tells records apart."""
    keys = [key for key in spec.keys if key in spec.by_name]
    checks = [_check(key_check(spec), partial(is_first_of_key, spec=spec), variables=keys)]
    sequence = sequence_variable(spec)
    if sequence:
        is_numbered_once = partial(_is_numbered_once, sequence=sequence)
        checks.append(_check("CDT-S012", is_numbered_once, variables=(sequence,)))
    return checks


def _frame_checks(spec: DatasetSpec, codelists: Mapping[str, Codelist]) -> list[pa.Check]:
    """Make the checks of whole records and of the dataset."""
    checks = _pair_checks(spec, codelists)
    checks.extend(_value_level_checks(spec, codelists))
    checks.extend(_remaining_term_checks(spec, codelists))
    for check_id, faults in FRAME_FAULTS.items():
        function = partial(_has_no_fault, faults=faults, spec=spec, codelists=codelists)
        checks.append(_check(check_id, function))
    return checks


def _pair_checks(spec: DatasetSpec, codelists: Mapping[str, Codelist]) -> list[pa.Check]:
    """Make a check of each name and its short form."""
    checks = []
    for variable in spec.variables:
        short = spec.by_name.get(variable.name + SHORT_FORM)
        bound = codelists_of(variable, codelists)
        bound_short = codelists_of(short, codelists) if short else None
        if short and bound and bound_short:
            codes = (_codes(bound), _codes(bound_short))
            same = partial(is_same_term, name=variable.name, codes=codes)
            checks.append(_check("CDT-T004", same, variables=(variable.name, short.name)))
    return checks


def _value_level_checks(spec: DatasetSpec, codelists: Mapping[str, Codelist]) -> list[pa.Check]:
    """Make the checks of the values in the records that each value level is about."""
    return [
        _check(
            check.check_id,
            partial(_passes_in, name=level.variable.name, selection=selection, passes=check.passes),
            variables=(level.variable.name,),
            detail=f"{check.expected} where {condition_text(level.where)}".strip(),
        )
        for level in spec.value_level
        for selection in [Selection((level.where,))]
        for check in value_checks(level.variable, codelists)
    ]


def _remaining_term_checks(spec: DatasetSpec, codelists: Mapping[str, Codelist]) -> list[pa.Check]:
    """Make the checks of terms in the records that no value level names a codelist for."""
    return [
        _check(
            check.check_id,
            partial(_passes_in, name=variable.name, selection=elsewhere, passes=check.passes),
            variables=(variable.name,),
            detail=check.expected,
        )
        for variable in spec.variables
        if (levels := term_levels(variable, spec))
        for elsewhere in [Selection(tuple(level.where for level in levels), elsewhere=True)]
        for check in value_checks(variable, codelists)
        if check.check_id in _TERM_CHECKS
    ]


def _passes_in(
    frame: pd.DataFrame,
    name: str,
    selection: Selection,
    passes: Callable[[pd.Series], pd.Series],
) -> pd.Series:
    """True for each record that isn't selected, or whose value passes a check."""
    passed = np.ones(len(frame), dtype=bool)
    chosen = selection.positions(frame)
    if name in frame.columns and len(chosen):
        passed[chosen] = passes(frame[name].iloc[chosen]).to_numpy(dtype=bool)
    return pd.Series(passed, index=frame.index)


def _codes(bound: tuple[Codelist, ...]) -> dict[str, str]:
    """Return the NCI code of each term of some codelists."""
    return {term.submission_value: term.code for codelist in bound for term in codelist.terms}


def _is_numbered_once(frame: pd.DataFrame, sequence: str) -> pd.Series:
    """True where a sequence number is missing or stands once within its subject."""
    keys = ["USUBJID", sequence]
    if not set(keys) <= set(frame.columns):
        return pd.Series(True, index=frame.index)
    return ~pd.Series(is_repeated(frame, keys), index=frame.index) | frame[sequence].isna()


def _has_no_fault(
    frame: pd.DataFrame,
    faults: Callable[..., tuple[Any, ...]],
    spec: DatasetSpec,
    codelists: Mapping[str, Codelist],
) -> bool:
    """True where a dataset as a whole has none of a kind of faults."""
    return not faults(frame, spec, codelists)
