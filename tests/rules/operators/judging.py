"""Operators asked of tables of a few records."""

from collections.abc import Mapping, Sequence
from typing import Any

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.operators import OPERATORS
from cdisc_tools.rules.table import Table

Line = tuple[Any, ...]


def judged(
    operator: str, columns: Mapping[str, Sequence[Any]], value: Any = None, **options: Any
) -> list[bool]:
    """Ask an operator of the first column of a table; ``--`` stands for AE."""
    table = Table.of(columns, prefix="AE")
    condition = Condition(next(iter(columns)), operator, value, options, line=7)
    return OPERATORS[operator](table, condition).tolist()


def by_column(operator: str, lines: Sequence[Line], **options: Any) -> list[bool]:
    """Ask an operator of pairs: the first field of each line against the second, as columns."""
    columns = {"LEFT": [line[0] for line in lines], "RIGHT": [line[1] for line in lines]}
    return judged(operator, columns, "RIGHT", **options)


def by_literal(operator: str, line: Line, **options: Any) -> bool:
    """Ask an operator of one pair, the second field given in the rule itself."""
    # a second record, so that the value isn't alone in its column
    columns = {"LEFT": [line[0], "other"]}
    return judged(operator, columns, line[1], value_is_literal=True, **options)[0]


def alone(operator: str, value: Any, **options: Any) -> bool:
    """Ask an operator that compares with nothing of one value."""
    return judged(operator, {"LEFT": [value, "other"]}, **options)[0]
