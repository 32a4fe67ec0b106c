"""Rule types on the study's define.xml: its datasets, variables and value level beside the data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from cdisc_tools.metadata.iso8601 import is_datetime, is_duration, is_interval
from cdisc_tools.model.specs import Comparison
from cdisc_tools.rules.columns import Column, Mask, Value, as_number, as_text
from cdisc_tools.rules.datasets import RuleDataset
from cdisc_tools.rules.define_facts import NO_DATASET, NO_VARIABLE, Facts, ValueLevel
from cdisc_tools.rules.errors import RuleSkipped
from cdisc_tools.rules.evaluated import (
    Evaluated,
    dataset_facts,
    emptiness,
    library_facts,
    of_parts,
    rule_type,
    values_of,
    variable_rows,
)
from cdisc_tools.rules.study import RuleStudy
from cdisc_tools.rules.table import Table

ITEMS = "Define Item Metadata Check"
ITEMS_AGAINST_LIBRARY = "Define Item Metadata Check against Library Metadata"
ITEM_GROUPS = "Define Item Group Metadata Check"
DATASETS = "Dataset Metadata Check against Define XML"
CONTENTS = "Dataset Contents Check against Define XML"
DOMAIN_PRESENCE = "Domain Presence Check against Define XML"
VARIABLES = "Variable Metadata Check against Define XML"
VARIABLES_AND_LIBRARY = "Variable Metadata Check against Define XML and Library Metadata"
VALUES = "Value Check against Define XML Variable"
VALUE_LEVEL = "Value Check against Define XML VLM"

_NEGATED = frozenset({"NE", "NOTIN"})
_ORDERED: Mapping[str, Callable[[Any, Any], bool]] = {
    "LT": lambda left, right: bool(left < right),
    "LE": lambda left, right: bool(left <= right),
    "GT": lambda left, right: bool(left > right),
    "GE": lambda left, right: bool(left >= right),
}


@rule_type(ITEMS)
def items(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a variable that the define.xml has for the dataset."""
    yield of_parts(dataset, study, lambda part: _items(part, study).values())


@rule_type(ITEMS_AGAINST_LIBRARY)
def items_against_library(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a variable of the define.xml, beside what the standard says of it."""
    said = library_facts(dataset, study)

    def rows(part: RuleDataset) -> Iterator[Facts]:
        for name, facts in _items(part, study).items():
            yield {**facts, **said(name)}

    yield of_parts(dataset, study, rows)


@rule_type(ITEM_GROUPS)
def item_groups(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a dataset, as the define.xml has it."""
    yield of_parts(dataset, study, lambda part: [_group(part, study)])


@rule_type(CONTENTS, of_records=True)
def contents(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a record, beside what file and define.xml say of the dataset."""
    facts = {**_file_facts(dataset), **_group(dataset, study)}
    table = dataset.table
    for name, value in facts.items():
        if name not in table:
            table = table.with_column(name, Column.constant(value, table.size))
    yield Evaluated(table, dataset.place)


@rule_type(DATASETS, of_study=True)
def datasets(_dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a dataset of the study or of the define.xml; what one of them lacks is missing."""
    described = study.define_facts.datasets
    rows: list[Facts] = [
        {**_file_facts(item), **described.get(item.name, NO_DATASET)} for item in study.datasets
    ]
    present = {item.name for item in study.datasets}
    rows += [facts for name, facts in described.items() if name not in present]
    yield _of_study(rows)


@rule_type(DOMAIN_PRESENCE, of_study=True)
def domains(_dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a dataset of the define.xml, with its file where there is one."""
    files = {item.whole_name: item.file or item.name for item in study.datasets}
    files |= {item.name: item.file or item.name for item in study.datasets}
    rows = [
        {**facts, "domain": name if name in files else None, "filename": files.get(name)}
        for name, facts in study.define_facts.datasets.items()
    ]
    yield _of_study(rows)


@rule_type(VARIABLES)
def variables(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a variable of the file, beside what the define.xml says of it."""
    yield of_parts(dataset, study, lambda part: _variables(part, study))


@rule_type(VARIABLES_AND_LIBRARY)
def variables_and_library(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a variable of the file, beside what define.xml and standard say of it."""
    said = library_facts(dataset, study)

    def rows(part: RuleDataset) -> Iterator[Facts]:
        for row in _variables(part, study):
            name = str(row["variable_name"])
            yield {**row, **said(name), **emptiness(part, name)}

    yield of_parts(dataset, study, rows)


@rule_type(VALUES, of_records=True)
def values(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a value, beside what the define.xml says of its variable; a table a variable."""
    described = _items(dataset, study)
    for name in dataset.table.names:
        facts = described.get(name, NO_VARIABLE)
        yield values_of(dataset, name, {"variable_name": name, **facts})


@rule_type(VALUE_LEVEL, of_records=True)
def value_level(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a value that a value level record selects; a table a value level record.

    ``type_check`` and ``length_check`` say whether the value is of its data type and no longer
    than its length. A record whose condition is about another dataset, or about a variable that
    the dataset hasn't got, selects nothing.
    """
    name = _described_name(dataset, study)
    levels = study.define_facts.values(name)
    if not levels:
        raise RuleSkipped(f"the define.xml has no value level for {name}")
    for level in levels:
        chosen = _selected(level, name, dataset.table)
        if level.variable in dataset.table and len(chosen):
            yield _level_values(level, dataset, chosen)


def _items(dataset: RuleDataset, study: RuleStudy) -> Mapping[str, Facts]:
    return study.define_facts.variables.get(_described_name(dataset, study), {})


def _group(dataset: RuleDataset, study: RuleStudy) -> Facts:
    return study.define_facts.datasets[_described_name(dataset, study)]


def _described_name(dataset: RuleDataset, study: RuleStudy) -> str:
    """The name that a dataset has in the define.xml: its own, or that of its whole."""
    for name in (dataset.name, dataset.whole_name):
        if name in study.define_facts.datasets:
            return name
    raise RuleSkipped(f"the define.xml has no dataset {dataset.name}")


def _variables(dataset: RuleDataset, study: RuleStudy) -> Iterator[Facts]:
    described = _items(dataset, study)
    for row in variable_rows(dataset):
        yield {**row, **described.get(str(row["variable_name"]), NO_VARIABLE)}


def _file_facts(dataset: RuleDataset) -> dict[str, Any]:
    own = {"dataset_domain": dataset.domain, "dataset_columns": tuple(dataset.table.names)}
    return {**dataset_facts(dataset), **own}


def _of_study(rows: Sequence[Facts]) -> Evaluated:
    """Make a table of rows, each about a dataset as a whole."""
    columns = dict.fromkeys(name for row in rows for name in row)
    table = Table.of({name: [row.get(name) for row in rows] for name in columns})
    names = [str(row.get("dataset_name") or row["define_dataset_name"]) for row in rows]
    return Evaluated(table, lambda place: (names[place], None))


def _selected(level: ValueLevel, name: str, table: Table) -> np.ndarray[Any, np.dtype[np.intp]]:
    """The records that meet every condition of a value level record."""
    chosen = np.ones(table.size, dtype=bool)
    for dataset, condition in level.where:
        if dataset != name or condition.variable not in table:
            return np.zeros(0, dtype=np.intp)
        chosen &= _where(table[condition.variable], condition)
    return np.flatnonzero(chosen)


def _where(column: Column, condition: Comparison) -> Mask:
    """True for each record that meets a condition; a missing value meets only NE and NOTIN."""
    negated = condition.comparator in _NEGATED
    return column.where(partial(_meets, condition), missing=negated)


def _meets(condition: Comparison, value: Value) -> bool:
    if isinstance(value, str):
        wanted: list[Any] = list(condition.values)
    else:
        wanted = [as_number(text) for text in condition.values]
    if condition.comparator in _ORDERED:
        return bool(wanted) and _ORDERED[condition.comparator](value, wanted[0])
    return (value in wanted) != (condition.comparator in _NEGATED)


def _level_values(
    level: ValueLevel, dataset: RuleDataset, chosen: np.ndarray[Any, np.dtype[np.intp]]
) -> Evaluated:
    evaluated = values_of(dataset, level.variable, {"variable_name": level.variable, **level.facts})
    table = evaluated.table.take(chosen)
    column = table["variable_value"]
    data_type, length = level.facts["define_vlm_data_type"], level.facts["define_vlm_length"]
    table = table.with_column(
        "variable_value_length", column.map(lambda value: value_length(value, data_type))
    )
    table = table.with_column(
        "type_check", column.map(lambda value: is_of_type(as_text(value), data_type))
    )
    return Evaluated(
        table.with_column(
            "length_check", column.map(lambda value: not length or len(as_text(value)) <= length)
        ),
        evaluated.locate,
    )


def value_length(value: Value, data_type: str) -> float | None:
    """The length of a value as define.xml counts it: a number's digits, a text's characters.

    None for the other data types.

    >>> value_length("0012", "integer"), value_length(12.5, "float"), value_length("a b", "text")
    (2.0, 3.0, 3.0)
    """
    text = as_text(value)
    if data_type == "integer":
        return float(len(text.lstrip("0")))
    if data_type == "float":
        return float(len(text.lstrip("0").replace(".", "")))
    return float(len(text)) if data_type == "text" else None


def is_of_type(text: str, data_type: str) -> bool:
    """Tell whether a text is a value of a data type of define.xml.

    >>> is_of_type("5", "integer"), is_of_type("5.5", "integer"), is_of_type("2024-13", "date")
    (True, False, False)
    """
    if data_type in {"integer", "float"}:
        number = as_number(text)
        return bool(np.isfinite(number)) and (data_type == "float" or number == round(number))
    judge = _TEXTS.get(data_type.lower())
    return judge is None or judge(text)


def _is_whole_date(text: str) -> bool:
    return len(text) == len("2024-01-31") and is_datetime(text)


def _is_time(text: str) -> bool:
    return is_datetime(f"2024-01-31T{text}")


_TEXTS: Mapping[str, Callable[[str], bool]] = {
    "date": _is_whole_date,
    "time": _is_time,
    "partialtime": _is_time,
    "datetime": is_datetime,
    "partialdate": is_datetime,
    "partialdatetime": is_datetime,
    "incompletedatetime": is_datetime,
    "durationdatetime": is_duration,
    "intervaldatetime": is_interval,
}
