"""Pandera schemas built at run time from the specification of a dataset.

Each check is named by its line of ``specs/checks.csv`` and returns one truth value a record, so
that the findings are made of masks (``metadata/validate.py``), never of parsed failure cases.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import pandera.pandas as pa

from cdisc_tools.metadata.checks import SEVERITIES, read_checks
from cdisc_tools.metadata.distinct import is_repeated
from cdisc_tools.metadata.faults import FRAME_FAULTS
from cdisc_tools.metadata.masks import (
    SHORT_FORM,
    has_value,
    is_at_most,
    is_datetime_text,
    is_duration_text,
    is_first_of_key,
    is_of_type,
    is_one_of,
    is_same_term,
    sequence_variable,
)
from cdisc_tools.metadata.standards import dataset_spec
from cdisc_tools.metadata.terminology import CT, read_terminology
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import Codelist, DatasetSpec, VariableSpec

MAX_BYTES = 200
# a codelist of results binds the results that are words; LBSTRESC holds numbers, too
OR_NUMBER = "number or term"

_ANALYSIS_CLASSES = frozenset(
    {
        "SUBJECT LEVEL ANALYSIS DATASET",
        "BASIC DATA STRUCTURE",
        "OCCURRENCE DATA STRUCTURE",
        "ADAM OTHER",
    }
)
_SUBJECT_KEYS = ("STUDYID", "USUBJID")
# a user who validates with the bare schema reads these in pandera's report
_SHOWN_CASES = 10


def schema(
    dataset: str, *, standard: str = "", terminology: str = CT, severity: str = "error"
) -> pa.DataFrameSchema:
    """Return the pandera schema of a dataset of a standard.

    ``severity`` is the least severity that makes the schema fail: error, warning or note.
    Raises ConfigurationError for an unknown dataset, standard, terminology or severity.
    """
    spec = dataset_spec(dataset, standard=standard)
    return build_schema(spec, read_terminology(terminology), severity=severity)


def build_schema(
    spec: DatasetSpec, codelists: Mapping[str, Codelist], *, severity: str = "note"
) -> pa.DataFrameSchema:
    """Build the schema of a dataset: presence, types, terms, dates, lengths, keys, order.

    ``codelists`` are the codelists by NCI code; a variable whose codelist isn't among them is
    not checked against it (CDT-T003). Only checks of at least ``severity`` are built in.
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
    checks = [check for check in _frame_checks(spec, codelists) if check.name in wanted]
    return pa.DataFrameSchema(columns, checks, strict="CDT-S004" in wanted, name=spec.name)


def presence_check(variable: VariableSpec) -> str:
    """Return the id of the finding that the variable's absence is, "" for none."""
    return {"Req": "CDT-S001", "Exp": "CDT-S002"}.get(variable.core, "")


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


def codelists_of(
    variable: VariableSpec, codelists: Mapping[str, Codelist]
) -> tuple[Codelist, ...] | None:
    """Return the codelists a variable is bound to, or None where one of them is not at hand."""
    if not variable.codelists or any(code not in codelists for code in variable.codelists):
        return None
    return tuple(codelists[code] for code in variable.codelists)


def codelist_check(bound: tuple[Codelist, ...]) -> str:
    """Return the id of the finding that a value outside all of these codelists is."""
    return "CDT-T002" if any(codelist.extensible for codelist in bound) else "CDT-T001"


def _wanted(severity: str) -> frozenset[str]:
    """Return the ids of the checks of at least a severity."""
    if severity not in SEVERITIES:
        raise ConfigurationError(
            f"There is no severity '{severity}'; choose one of {', '.join(SEVERITIES)}."
        )
    kept = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return frozenset(check.id for check in read_checks().values() if check.severity in kept)


def _check(check_id: str, function: Callable[[Any], Any]) -> pa.Check:
    """Make a check named by its id; missing values are the function's own affair."""
    return pa.Check(function, name=check_id, ignore_na=False, n_failure_cases=_SHOWN_CASES)


def _column_checks(
    variable: VariableSpec, spec: DatasetSpec, codelists: Mapping[str, Codelist]
) -> list[pa.Check]:
    """Make the checks of one variable."""
    checks = [_check("CDT-S005", partial(is_of_type, expected=variable.type))]
    if _must_have_value(variable, spec):
        checks.append(_check("CDT-S003", has_value))
    if variable.values:
        checks.append(_check("CDT-S006", partial(is_one_of, permitted=frozenset(variable.values))))
    bound = codelists_of(variable, codelists)
    if bound:
        permitted = frozenset().union(*(codelist.submission_values for codelist in bound))
        is_term = partial(is_one_of, permitted=permitted, or_number=variable.domain == OR_NUMBER)
        checks.append(_check(codelist_check(bound), is_term))
    if variable.type == "Char":
        checks.extend(_text_checks(variable))
    return checks


def _text_checks(variable: VariableSpec) -> list[pa.Check]:
    """Make the checks of a variable's text: its length and, where it holds one, its date."""
    limit = partial(is_at_most, limit=variable.length or MAX_BYTES)
    checks = [_check("CDT-S009" if variable.length else "CDT-S010", limit)]
    if variable.is_datetime:
        checks.append(_check("CDT-S007", is_datetime_text))
    elif variable.domain.startswith("ISO 8601 duration"):
        interval = variable.domain.endswith("interval")
        checks.append(_check("CDT-S008", partial(is_duration_text, interval=interval)))
    return checks


def _must_have_value(variable: VariableSpec, spec: DatasetSpec) -> bool:
    """Tell whether each record needs a value.

    In SDTM a required variable may not be missing; in ADaM it must be in the dataset, and only
    what identifies the record may not be missing (a screen failure has no treatment).
    """
    if variable.core != "Req":
        return False
    return spec.dataset_class not in _ANALYSIS_CLASSES or variable.name in spec.keys


def _frame_checks(spec: DatasetSpec, codelists: Mapping[str, Codelist]) -> list[pa.Check]:
    """Make the checks of whole records and of the dataset."""
    checks = [_check(key_check(spec), partial(is_first_of_key, spec=spec))]
    sequence = sequence_variable(spec)
    if sequence:
        checks.append(_check("CDT-S012", partial(_is_numbered_once, sequence=sequence)))
    checks.extend(_pair_checks(spec, codelists))
    for check_id, faults in FRAME_FAULTS.items():
        function = partial(_has_no_fault, faults=faults, spec=spec, codelists=codelists)
        checks.append(_check(check_id, function))
    return checks


def _pair_checks(spec: DatasetSpec, codelists: Mapping[str, Codelist]) -> list[pa.Check]:
    """Make a check of each name and its short form; its title is the name's variable."""
    checks = []
    for variable in spec.variables:
        short = spec.by_name.get(variable.name + SHORT_FORM)
        bound = codelists_of(variable, codelists)
        bound_short = codelists_of(short, codelists) if short else None
        if bound and bound_short:
            codes = (_codes(bound), _codes(bound_short))
            check = _check("CDT-T004", partial(is_same_term, name=variable.name, codes=codes))
            check.title = variable.name
            checks.append(check)
    return checks


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
