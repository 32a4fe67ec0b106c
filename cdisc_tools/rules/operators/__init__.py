"""The check operators of the CDISC conformance-rules language."""

from cdisc_tools.rules.operators import (
    closeness,
    comparison,
    consistency,
    dates,
    equality,
    groups,
    membership,
    moments,
    ordering,
    presence,
    sets,
    sorting,
    text,
    titles,
    transport,
    uniqueness,
)
from cdisc_tools.rules.operators.registry import OPERATORS, Operator

__all__ = [
    "OPERATORS",
    "Operator",
    "closeness",
    "comparison",
    "consistency",
    "dates",
    "equality",
    "groups",
    "membership",
    "moments",
    "ordering",
    "presence",
    "sets",
    "sorting",
    "text",
    "titles",
    "transport",
    "uniqueness",
]
