"""Datasets of a few records, and operations on them."""

import pandas as pd

from cdisc_tools.model.rules import Operation
from cdisc_tools.rules.columns import Value
from cdisc_tools.rules.datasets import RuleDataset
from cdisc_tools.rules.operations import compute
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


def computed(operation: dict[str, object], under_check: RuleDataset, *others: RuleDataset):
    """Compute an operation, and the earlier ones under ``before``; a list of values."""
    study = RuleStudy((under_check, *others))
    table = under_check.table
    before = operation.pop("before", [])
    for item in [*before, operation]:
        column = compute(_operation(item), under_check, table, study)
        table = table.with_column(str(item.get("id", "$result")), column)
    return [column.record(place) for place in range(table.size)]


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
