"""The operators by the standard's names."""

from collections.abc import Callable

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Mask
from cdisc_tools.rules.table import Table

Operator = Callable[[Table, Condition], Mask]

OPERATORS: dict[str, Operator] = {}


def operator(name: str) -> Callable[[Operator], Operator]:
    """Enter a function under the standard's name of an operator."""

    def enter(function: Operator) -> Operator:
        if name in OPERATORS:
            raise ValueError(f"the operator {name} is there twice")
        OPERATORS[name] = function
        return function

    return enter


def complement(name: str, of: str) -> None:
    """Enter an operator that is true where another is not."""
    positive = OPERATORS[of]

    def negated(table: Table, condition: Condition) -> Mask:
        return ~positive(table, condition)

    negated.__doc__ = f"True where ``{of}`` isn't."
    operator(name)(negated)
