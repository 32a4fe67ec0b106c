"""Datasets of a few records, and operations on them."""

from typing import Any

import pandas as pd

from cdisc_tools.model.rules import Operation
from cdisc_tools.rules.columns import Value
from cdisc_tools.rules.datasets import RuleDataset
from cdisc_tools.rules.operations import with_operation
from cdisc_tools.rules.study import RuleStudy


def dataset(name: str, text: str) -> RuleDataset:
    """Make a dataset of lines of values, ``.`` a missing one; ``NAME#`` holds numbers."""
    lines = [line.split() for line in text.strip().splitlines()]
    columns = {}
    for place, head in enumerate(lines[0]):
        values = pd.Series(
            [None if line[place] == "." else line[place].replace("_", " ") for line in lines[1:]],
            dtype="string",
        )
        is_number = head.endswith("#")
        columns[head.rstrip("#")] = pd.to_numeric(values).astype(float) if is_number else values
    return RuleDataset.of_frame(name, pd.DataFrame(columns))


def computed(
    operation: dict[str, object], under_check: RuleDataset, *others: RuleDataset, **study: Any
) -> list[Value]:
    """Compute an operation, and the earlier ones under ``before``; a list of values.

    ``column`` names the column of an operation that gives several; ``study`` is what else
    the study has.
    """
    operation = dict(operation)
    before, column = operation.pop("before", []), operation.pop("column", "")
    whole = RuleStudy((under_check, *others), **study)
    table = under_check.table
    for item in [*before, operation]:
        table = with_operation(_operation(item), under_check, table, whole)
    name = str(operation.get("id", "$result")) + (f"_{column}" if column else "")
    return [table[name].record(place) for place in range(table.size)]


def _operation(item: dict[str, object]) -> Operation:
    fields = {"id", "operator", "name", "domain", "group"}
    options: dict[str, Value] = {key: value for key, value in item.items() if key not in fields}
    return Operation(
        id=str(item.get("id", "$result")),
        operator=str(item["operator"]),
        name=str(item.get("name", "")),
        domain=str(item.get("domain", "")),
        group=tuple(str(item.get("group", "")).split()),
        options=options,
    )
