"""Which records an operation works on, and the groups that they form."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from cdisc_tools.rules.columns import Codes, Column, Mask, Value, as_text, group_codes
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.operations.registry import Call, key_columns
from cdisc_tools.rules.table import Places, Table

_WILDCARD = "&"


def filter_mask(call: Call) -> Mask:
    """True for the records of the source that meet the operation's filter, all without one.

    A filter gives variables the value that they must have: a value, the beginning of one with
    ``&`` behind it, or, added by us, the end of one with ``&`` before it, a part with both, "" for
    a missing one, and a list of such, any of which will do. Of several filters one will do.
    Raises RuleError for a filter that is neither; ColumnNotFoundError for an absent variable.
    """
    wanted = call.option("filter")
    if not wanted:
        return np.ones(call.source.size, dtype=bool)
    lines = wanted if isinstance(wanted, list) else [wanted]
    if not all(isinstance(line, Mapping) for line in lines):
        raise RuleError(f"line {call.operation.line}: a filter gives variables their values")
    joined: Mask = np.logical_or.reduce([_meets_all(call.source, line) for line in lines])
    return joined


def filtered(call: Call) -> Table:
    """Return the records of the source that meet the operation's filter."""
    if not call.option("filter"):
        return call.source
    return call.source.take(np.flatnonzero(filter_mask(call)))


def group_numbers(source: Table, names: Sequence[str]) -> tuple[Codes, Places]:
    """Number the records by group from 0 without gaps, and give the first record of each."""
    return number_groups(key_columns(source, names), source.size)


def number_groups(columns: Sequence[Column], size: int) -> tuple[Codes, Places]:
    """Number records by the values of columns from 0 without gaps, with the first of each."""
    groups, _ = group_codes(columns, size)
    _, first, dense = np.unique(groups, return_index=True, return_inverse=True)
    return dense, first


def members(groups: Codes, codes: Codes) -> list[list[int]]:
    """Return the codes of each group, in the order of the records."""
    if not len(groups):
        return []
    order = np.argsort(groups, kind="stable")
    bounds = np.flatnonzero(np.diff(groups[order])) + 1
    return [piece.tolist() for piece in np.split(codes[order], bounds)]


def _meets_all(source: Table, line: Mapping[str, Any]) -> Mask:
    kept = np.ones(source.size, dtype=bool)
    for name, value in line.items():
        wanted = value if isinstance(value, list) else [value]
        kept &= source[name].where(partial(_meets_any, wanted), missing="" in wanted)
    return kept


def _meets_any(wanted: Sequence[Any], item: Value) -> bool:
    return any(_meets(value, item) for value in wanted)


def _meets(value: Any, item: Value) -> bool:
    if not isinstance(value, str) or _WILDCARD not in {value[:1], value[-1:]}:
        return bool(item == value)
    part, text = value.strip(_WILDCARD), as_text(item)
    if not value.startswith(_WILDCARD):
        return text.startswith(part)
    return part in text if value.endswith(_WILDCARD) else text.endswith(part)
