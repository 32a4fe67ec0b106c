"""The operations of the rule language: values computed before a check."""

from cdisc_tools.rules.operations import (
    arithmetic,
    files,
    metadata,
    naming,
    related,
    sources,
    values,
)
from cdisc_tools.rules.operations.registry import OPERATIONS, compute

__all__ = [
    "OPERATIONS",
    "arithmetic",
    "compute",
    "files",
    "metadata",
    "naming",
    "related",
    "sources",
    "values",
]
