"""The checks of a variable's values, for all records of a dataset or for those of its value level.

A check looks at one value at a time: vector in, one truth value a record out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from cdisc_tools.metadata.masks import (
    has_at_most_digits,
    has_value,
    is_at_most,
    is_datetime_text,
    is_duration_text,
    is_of_data_type,
    is_one_of,
)
from cdisc_tools.model.specs import Codelist, VariableSpec

MAX_BYTES = 200
# a codelist of results binds the results that are words; LBSTRESC holds numbers, too
OR_NUMBER = "number or term"


@dataclass(frozen=True)
class ValueCheck:
    """A check by the id of its finding: what is expected of a value, and which values pass."""

    check_id: str
    expected: str
    passes: Callable[[pd.Series], pd.Series]


def value_checks(variable: VariableSpec, codelists: Mapping[str, Codelist]) -> Iterator[ValueCheck]:
    """Yield the checks that the standard and the study's specification make of the values."""
    if variable.values:
        permitted = frozenset(variable.values)
        expected = ", ".join(variable.values)
        yield ValueCheck("CDT-S006", expected, partial(is_one_of, permitted=permitted))
    yield from _term_checks(variable, codelists)
    if variable.type == "Char":
        yield from _text_checks(variable)
    if variable.data_type:
        yield from _specified_checks(variable)


def codelists_of(
    variable: VariableSpec, codelists: Mapping[str, Codelist]
) -> tuple[Codelist, ...] | None:
    """Return the codelists a variable is bound to, or None where one of them is not at hand."""
    if not variable.codelists or any(code not in codelists for code in variable.codelists):
        return None
    return tuple(codelists[code] for code in variable.codelists)


def _term_checks(variable: VariableSpec, codelists: Mapping[str, Codelist]) -> Iterator[ValueCheck]:
    """Yield the checks against the standard's codelists and the study's own.

    The study's own list is the documented extension of an extensible codelist, so that a value
    outside both is one finding; of a list that may not be extended a value outside it is the
    standard's finding alone.
    """
    or_number = variable.domain == OR_NUMBER
    own = variable.study_codelist
    bound = codelists_of(variable, codelists) or ()
    terms = frozenset[str]().union(*(codelist.submission_values for codelist in bound))
    extensible = any(codelist.extensible for codelist in bound)
    if bound and not (own and extensible):
        names = " or ".join(f"{item.short_name} ({item.code})" for item in bound)
        check_id = "CDT-T002" if extensible else "CDT-T001"
        yield ValueCheck(check_id, names, partial(is_one_of, permitted=terms, or_number=or_number))
    if own:
        fixed = terms if bound and not extensible else None
        yield ValueCheck(
            "CDT-M002", own.name, partial(_is_used, used=own.submission_values, fixed=fixed)
        )


def _is_used(series: pd.Series, used: frozenset[str], fixed: frozenset[str] | None) -> pd.Series:
    """True where a value is in the study's codelist, or outside a fixed one (CDT-T001)."""
    passed = is_one_of(series, used)
    return passed if fixed is None else passed | ~is_one_of(series, fixed)


def _text_checks(variable: VariableSpec) -> Iterator[ValueCheck]:
    """Yield the checks of a text: its length and, where it holds one, its date."""
    limit = variable.length or MAX_BYTES
    ids = ("CDT-M005" if variable.data_type else "CDT-S009") if variable.length else "CDT-S010"
    yield ValueCheck(ids, str(limit), partial(is_at_most, limit=limit))
    if variable.is_datetime:
        yield ValueCheck("CDT-S007", "", is_datetime_text)
    elif variable.domain.startswith("ISO 8601 duration"):
        interval = variable.domain.endswith("interval")
        yield ValueCheck("CDT-S008", "", partial(is_duration_text, interval=interval))


def _specified_checks(variable: VariableSpec) -> Iterator[ValueCheck]:
    """Yield the checks that only a study's specification makes."""
    if variable.mandatory:
        yield ValueCheck("CDT-M001", "", has_value)
    if not variable.is_datetime:
        kind = variable.data_type
        yield ValueCheck("CDT-M003", kind, partial(is_of_data_type, data_type=kind))
    if variable.digits is not None:
        digits = variable.digits
        yield ValueCheck("CDT-M004", str(digits), partial(has_at_most_digits, digits=digits))
