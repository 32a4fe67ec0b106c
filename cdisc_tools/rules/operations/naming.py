"""Operations on variables by the form of their names, and on what other datasets say (ours)."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from cdisc_tools.rules.columns import Column, Value, as_text
from cdisc_tools.rules.datasets import RuleDataset, VariableFacts, stack
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.operations.filters import number_groups
from cdisc_tools.rules.operations.registry import Call, operation
from cdisc_tools.rules.table import Table
from cdisc_tools.rules.wildcards import form_pattern

_PLACE = re.compile(r"\{([A-Z][A-Z0-9_]*)(?::0(\d))?\}")
_ATTRIBUTES: dict[str, Callable[[VariableFacts], str]] = {
    "variable_label": lambda facts: facts.label,
    "variable_data_type": lambda facts: facts.type,
    "variable_format": lambda facts: facts.format,
}
_SDTM = "SDTM"


@operation("variables_named")
def variables_named(call: Call) -> Column:
    """The names of the variables that have one of some ``forms`` (``{root}FL``), in their order;
    an empty list where there is none.
    """
    dataset = call.study.find(call.operation.domain) if call.operation.domain else call.dataset
    return call.constant(tuple(_named(call, (dataset or call.dataset).table)))


@operation("values_of_variables")
def values_of_variables(call: Call) -> Column:
    """The distinct values that the variables of some ``forms`` have in the records of ``domain``
    with the record's values of ``group`` (without a group in all of them), missing ones left out.

    Without a domain and a group those in the record itself. The list is empty where there is no
    such variable or value; missing for a group that the domain doesn't have.
    """
    columns = [call.source[name] for name in _named(call, call.source)]
    if not columns:
        return call.constant(())
    if not call.operation.domain and not call.group:
        places, combined = _combinations(columns)
        kept = [tuple(dict.fromkeys(item for item in items if item is not None))
                for items in combined]  # fmt: skip
        return Column.of(kept).take(places)
    keys = [call.source[name] for name in call.group]
    groups, first = number_groups(keys, call.source.size)
    stacked = stack(columns)
    lists: list[dict[Value, None]] = [{} for _ in first]
    for group, code in zip(
        np.tile(groups, len(columns)).tolist(), stacked.codes.tolist(), strict=True
    ):
        if code >= 0:
            lists[group][stacked.values[code]] = None
    found = Column.of([tuple(items) for items in lists])
    if not call.group:
        return call.constant(found.record(0) if len(found) else ())
    return call.by_group(call.source.take(first), found)


@operation("max_of_variables")
def max_of_variables(call: Call) -> Column:
    """The greatest of a record's values of the variables of some ``forms``: numbers or ISO 8601
    dates; missing ones don't count, and of none it is missing.
    """
    return _extreme(call, max)


@operation("min_of_variables")
def min_of_variables(call: Call) -> Column:
    """The least of a record's values of the variables of some ``forms``, else as the greatest."""
    return _extreme(call, min)


@operation("composed_name")
def composed_name(call: Call) -> Column:
    """A text with a record's values in it: ``TRT{APERIOD:02}P`` is TRT01P where APERIOD is 1;
    ``:02`` writes a number with two digits.

    Missing where one of the values is, or is neither a text nor a whole number from 0 on.
    """
    form = call.operation.name
    places = list(_PLACE.finditer(form))
    if not places:
        raise RuleError(f"line {call.operation.line}: {form!r} names no variable in braces")
    numbers, combined = _combinations([call.table[place[1]] for place in places])

    def written(values: Sequence[Value]) -> str | None:
        texts = [
            _written(value, int(place[2] or 0))
            for place, value in zip(places, values, strict=True)
        ]  # fmt: skip
        filled = iter(texts)
        return None if None in texts else _PLACE.sub(lambda _: next(filled) or "", form)

    return Column.of([written(values) for values in combined]).take(numbers)


@operation("variable_attribute_elsewhere")
def variable_attribute_elsewhere(call: Call) -> Column:
    """What other datasets say of the variable of each row's ``variable_name``: the distinct values
    of ``attribute_name`` (variable_label, variable_data_type, variable_format) in ``domain``, or
    with ``datasets: SDTM`` in every dataset that is no analysis dataset; empty ones left out.
    """
    read = _ATTRIBUTES.get(str(call.option("attribute_name")))
    if read is None:
        known = ", ".join(_ATTRIBUTES)
        raise RuleError(f"line {call.operation.line}: attribute_name must be one of {known}")
    found: dict[str, dict[str, None]] = {}
    for dataset in _others(call):
        for facts in dataset.variables:
            if read(facts):
                found.setdefault(facts.name, {})[read(facts)] = None
    return call.table["variable_name"].map(lambda name: tuple(found.get(as_text(name), ())))


def _others(call: Call) -> Iterable[RuleDataset]:
    if call.operation.domain:
        other = call.study.find(call.operation.domain)
        return (other,) if other else ()
    if call.option("datasets") == _SDTM:
        return (item for item in call.study.datasets if not item.is_analysis)
    raise RuleError(f"line {call.operation.line}: a domain, or datasets: SDTM, is needed")


def _named(call: Call, table: Table) -> list[str]:
    """Return the table's variables that have one of the operation's forms."""
    forms = call.option("forms")
    if not forms:
        raise RuleError(f"line {call.operation.line}: forms is missing; list forms of names")
    patterns = [form_pattern(str(form)) for form in ([forms] if isinstance(forms, str) else forms)]
    return [
        name for name in table.names
        if "." not in name and any(pattern.fullmatch(name) for pattern in patterns)
    ]  # fmt: skip


def _extreme(call: Call, choose: Callable[[Iterable[Any]], Any]) -> Column:
    columns = [call.source[name] for name in _named(call, call.source)]
    if not columns:
        return call.constant(None)
    places, combined = _combinations(columns)

    def chosen(values: Sequence[Value]) -> Value:
        present = [value for value in values if value is not None]
        numbers = all(isinstance(value, int | float) for value in present)
        return choose(present if numbers else map(as_text, present)) if present else None

    return Column.of([chosen(values) for values in combined]).take(places)


def _combinations(
    columns: Sequence[Column],
) -> tuple["np.ndarray[Any, np.dtype[np.intp]]", list[tuple[Value, ...]]]:
    """Return the distinct combinations of some columns' values, and each record's place in them."""
    places, first = number_groups(columns, len(columns[0]))
    return places, [tuple(column.record(place) for column in columns) for place in first.tolist()]


def _written(value: Value, width: int) -> str | None:
    """Write a value of a name, None for one that makes none."""
    if isinstance(value, int | float):
        return f"{int(value):0{width}d}" if value >= 0 and float(value).is_integer() else None
    text = as_text(value)
    return text.zfill(width) if text else None
