"""Findings that are accepted, one by one."""

from dataclasses import dataclass

# check, dataset, variables, key and values, as texts of a table
Identity = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class BaselineEntry:
    """A finding that is accepted ``count`` times: why, and who answers for it."""

    identity: Identity
    count: int = 1
    explanation: str = ""
    owner: str = ""
