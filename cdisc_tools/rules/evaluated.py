"""What a rule is judged on by its rule type: records, variables, datasets, values."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cdisc_tools.model.specs import VariableSpec
from cdisc_tools.rules.columns import Column, as_text
from cdisc_tools.rules.datasets import RuleDataset, VariableFacts
from cdisc_tools.rules.errors import RuleSkipped
from cdisc_tools.rules.library import analysis_variable
from cdisc_tools.rules.study import RuleStudy
from cdisc_tools.rules.table import Table

RECORD_DATA = "Record Data"
DATASET_METADATA = "Dataset Metadata Check"
VARIABLE_METADATA = "Variable Metadata Check"
VARIABLES_AGAINST_LIBRARY = "Variable Metadata Check against Library Metadata"
DOMAIN_PRESENCE = "Domain Presence Check"
VALUES_WITH_DATASET = "Value Check with Dataset Metadata"
VALUES_WITH_VARIABLE = "Value Check with Variable Metadata"
VALUES_AGAINST_LIBRARY = "Value Check against Library Metadata"
STUDY_NAME = "STUDY"

# where a row of a table lies: the dataset and the record from 1, None for no record
Locate = Callable[[int], tuple[str, int | None]]


@dataclass(frozen=True)
class Evaluated:
    """A table that a rule's check is judged on, and where each of its rows lies."""

    table: Table
    locate: Locate


Build = Callable[[RuleDataset, RuleStudy], Iterator[Evaluated]]
RULE_TYPES: dict[str, Build] = {}
# the types whose one table is of the whole study, so that they are judged once
OF_STUDY: set[str] = set()
# the types whose rows are records of the dataset; those of the others are numbered by themselves
OF_RECORDS: set[str] = set()


def rule_type(
    name: str, *, of_study: bool = False, of_records: bool = False
) -> Callable[[Build], Build]:
    """Enter a function under the language's name of a rule type.

    ``of_study`` says that its table is the same whichever dataset is under check, ``of_records``
    that each row is a record of the dataset, or a value of one.
    """

    def enter(function: Build) -> Build:
        if name in RULE_TYPES:
            raise ValueError(f"the rule type {name} is there twice")
        RULE_TYPES[name] = function
        if of_study:
            OF_STUDY.add(name)
        if of_records:
            OF_RECORDS.add(name)
        return function

    return enter


@rule_type(RECORD_DATA, of_records=True)
def records(dataset: RuleDataset, _study: RuleStudy) -> Iterator[Evaluated]:
    """One row a record."""
    yield Evaluated(dataset.table, dataset.place)


@rule_type(DOMAIN_PRESENCE, of_study=True)
def domains(_dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row, with a column a dataset that is there."""
    table = Table.of({item.whole_name: [item.file or item.name] for item in study.datasets})
    yield Evaluated(table, lambda _row: (STUDY_NAME, None))


@rule_type(DATASET_METADATA)
def dataset_metadata(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a dataset file."""
    yield of_parts(dataset, study, lambda part: [dataset_facts(part)])


@rule_type(VARIABLE_METADATA)
def variable_metadata(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a variable of the file."""
    yield of_parts(dataset, study, variable_rows)


@rule_type(VARIABLES_AGAINST_LIBRARY)
def variables_against_library(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a variable of the file, beside what the standard says of it."""
    said = library_facts(dataset, study)

    def rows(part: RuleDataset) -> Iterator[Mapping[str, Any]]:
        for row in variable_rows(part):
            name = str(row["variable_name"])
            yield {**row, **emptiness(part, name), **said(name)}

    yield of_parts(dataset, study, rows)


def emptiness(dataset: RuleDataset, name: str) -> dict[str, bool]:
    """Say whether some, and whether all records miss a variable's value."""
    empty = dataset.table[name].is_empty() if name in dataset.table else np.ones(1, bool)
    return {
        "variable_has_empty_values": bool(empty.any()),
        "variable_is_empty": bool(empty.all()),
    }


def library_facts(dataset: RuleDataset, study: RuleStudy) -> Callable[[str], dict[str, Any]]:
    """Return what tells the facts that the standard has of a dataset's variable, by its name.

    They are missing where it hasn't got the variable.
    """
    if dataset.is_analysis:
        return lambda name: _library_facts(analysis_variable(dataset, name))
    known = {item.name: item for item in study.library.variables(dataset)}
    return lambda name: _library_facts(known.get(name))


def _library_facts(spec: VariableSpec | None) -> dict[str, Any]:
    return {
        "library_variable_name": spec.name if spec else None,
        "library_variable_label": (spec.label or None) if spec else None,
        "library_variable_data_type": spec.type if spec else None,
        "library_variable_role": spec.role if spec else None,
        "library_variable_core": spec.core if spec else None,
        "library_variable_ccode": (spec.codelists or ("",))[0] if spec else None,
        "library_variable_has_codelist": bool(spec and spec.codelists),
        "library_variable_order_number": spec.order if spec else None,
    }


@rule_type(VALUES_AGAINST_LIBRARY, of_records=True)
def values_against_library(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a value, beside what the standard says of its variable; a table a variable."""
    said = library_facts(dataset, study)
    for name in dataset.table.names:
        facts = said(name)
        facts["library_variable_ordinal"] = facts["library_variable_order_number"]
        facts["library_variable_simpleDatatype"] = facts["library_variable_data_type"]
        yield values_of(dataset, name, {"variable_name": name, **facts})


@rule_type(VALUES_WITH_DATASET, of_records=True)
def values_with_dataset(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a value; a table a variable."""
    facts = dataset_facts(dataset)
    for name in dataset.table.names:
        yield values_of(dataset, name, {"variable_name": name, **facts})
    _ = study


@rule_type(VALUES_WITH_VARIABLE, of_records=True)
def values_with_variable(dataset: RuleDataset, study: RuleStudy) -> Iterator[Evaluated]:
    """One row a value, with the facts of its variable and its own length; a table a variable."""
    orders = {item.name: order for order, item in enumerate(dataset.variables, 1)}
    for name in dataset.table.names:
        facts = dataset.facts(name) or VariableFacts(name)
        row = _variable_row(facts, orders.get(name, 0))
        yield values_of(dataset, name, row, with_length=True)
    _ = study


def values_of(
    dataset: RuleDataset, name: str, facts: Mapping[str, Any], *, with_length: bool = False
) -> Evaluated:
    """Make the table of a variable's values: one row a record, each with the same facts, and its
    own length in characters where that is asked for.
    """
    column = dataset.table[name]
    size = len(column)
    makers = {"row_number": lambda: _numbered(size)}
    if with_length:
        makers["variable_value_length"] = lambda: column.map(
            lambda value: float(len(as_text(value)))
        )
    table = Table(makers, size, prefix=dataset.prefix)
    for fact, value in facts.items():
        table = table.with_column(fact, Column.constant(value, size))
    return Evaluated(table.with_column("variable_value", column), dataset.place)


def _numbered(size: int) -> Column:
    return Column(np.arange(size), tuple(float(number) for number in range(1, size + 1)),
                  is_numeric=True)  # fmt: skip


def of_parts(
    dataset: RuleDataset,
    study: RuleStudy,
    rows_of: Callable[[RuleDataset], Iterable[Mapping[str, Any]]],
) -> Evaluated:
    """Make a table of rows, each of the part of a dataset that it comes from."""
    rows: list[Mapping[str, Any]] = []
    places: list[tuple[str, int | None]] = []
    for part in study.parts.get(dataset.whole_name, (dataset,)):
        for record, row in enumerate(rows_of(part), 1):
            rows.append(row)
            places.append((part.name, record))
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = Table.of(
        {name: [row.get(name) for row in rows] for name in names}, prefix=dataset.prefix
    )
    return Evaluated(table, lambda place: places[place])


def dataset_facts(dataset: RuleDataset) -> dict[str, Any]:
    """Return what a dataset's file says of it, by the language's names."""
    return {
        "dataset_name": dataset.name,
        "dataset_label": dataset.label,
        "dataset_location": dataset.file,
        "dataset_size": dataset.file_size,
        "record_count": dataset.table.size,
        "is_ap": dataset.is_associated_persons,
        "ap_suffix": dataset.associated_persons_domain,
        "domain": dataset.domain,
        "DOMAIN": dataset.domain,
    }


def variable_rows(dataset: RuleDataset) -> Iterator[Mapping[str, Any]]:
    """Yield what the file says of each variable, by the language's names."""
    for order, facts in enumerate(dataset.variables, 1):
        yield _variable_row(facts, order, _longest(dataset, facts.name))


def _longest(dataset: RuleDataset, name: str) -> int:
    """The longest value of a variable, in characters."""
    if name not in dataset.table:
        return 0
    column = dataset.table[name]
    return column.keep(
        "longest", lambda: max((len(as_text(value)) for value in column.values), default=0)
    )


def _variable_row(facts: VariableFacts, order: int, longest: int = 0) -> dict[str, Any]:
    return {
        "variable_name": facts.name,
        "variable_order_number": order,
        "variable_label": facts.label,
        "variable_size": facts.length,
        "variable_data_type": facts.type,
        "variable_format": facts.format,
        "variable_max_size": longest,
    }


def build(rule_type_name: str, dataset: RuleDataset, study: RuleStudy) -> list[Evaluated]:
    """Make the tables that rules of a type are judged on, once for a dataset.

    Raises RuleSkipped for a type that these data can't serve.
    """
    if rule_type_name not in RULE_TYPES:
        raise RuleSkipped(f"rules of the type {rule_type_name} are not judged on datasets")
    make = RULE_TYPES[rule_type_name]
    return study.keep((rule_type_name, dataset.name), lambda: list(make(dataset, study)))
