"""The operations of the rule language: values computed before a check."""

from cdisc_tools.rules.operations import (
    arithmetic,
    metadata,
    naming,
    related,
    sources,
    terminology,
    values,
)
from cdisc_tools.rules.operations.registry import OPERATIONS, compute

__all__ = [
    "OPERATIONS",
    "arithmetic",
    "compute",
    "metadata",
    "naming",
    "related",
    "sources",
    "terminology",
    "values",
]
