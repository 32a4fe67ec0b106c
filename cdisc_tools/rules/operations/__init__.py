"""The operations of the rule language: values computed before a check."""

from cdisc_tools.rules.operations import (
    arithmetic,
    define,
    dictionaries,
    files,
    markup,
    metadata,
    naming,
    related,
    sources,
    terminology,
    values,
)
from cdisc_tools.rules.operations.registry import OPERATIONS, compute, with_operation

__all__ = [
    "OPERATIONS",
    "arithmetic",
    "compute",
    "define",
    "dictionaries",
    "files",
    "markup",
    "metadata",
    "naming",
    "related",
    "sources",
    "terminology",
    "values",
    "with_operation",
]
