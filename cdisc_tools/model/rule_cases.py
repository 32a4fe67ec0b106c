"""The cases of a conformance rule: small data and the issues that they must give."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

EXACT, RECORDS, WRONG, CRASHED = "exact", "same records", "wrong", "crashed"
STATUSES = (EXACT, RECORDS, WRONG, CRASHED)


@dataclass(frozen=True)
class CaseVariable:
    """What ``_variables.csv`` says of a variable: ``type`` is Char or Num; ``format`` is ours, ""
    where the file has no such column.
    """

    name: str
    label: str
    type: str
    length: int | None
    format: str = ""


@dataclass(frozen=True)
class CaseDataset:
    """A dataset of a case: texts, and float64 for what is Num; missing is <NA> or NaN."""

    name: str
    label: str
    file: str
    frame: pd.DataFrame
    variables: tuple[CaseVariable, ...]


@dataclass(frozen=True)
class ResultLine:
    """One line of ``results.csv``: an issue's dataset, record ("" for none), variable and value."""

    dataset: str
    record: str
    variable: str
    value: str


@dataclass(frozen=True)
class RuleCase:
    """A case of a rule: ``kind`` is positive (nothing at fault) or negative.

    ``environment`` holds the lines of ``.env`` (PRODUCT, VERSION, CT, DEFINE_XML ...), and
    ``define`` the content of the define.xml that it names, None for none.
    """

    kind: str
    number: str
    environment: Mapping[str, str]
    datasets: tuple[CaseDataset, ...]
    expected: tuple[ResultLine, ...]
    define: bytes | None = None

    @property
    def name(self) -> str:
        """Its folder within the rule's: ``negative/01``."""
        return f"{self.kind}/{self.number}"


@dataclass(frozen=True)
class RuleFiles:
    """The files of one rule: its folder's name, the text of the rule, and its cases."""

    folder: str
    source: str
    text: str
    cases: tuple[RuleCase, ...]


@dataclass(frozen=True)
class CaseOutcome:
    """A case of a rule: how what was found compares with what is expected, and the difference.

    ``status`` is exact (every dataset, record, variable and value), same records, wrong, or
    crashed; ``absent`` are expected lines that were not found, ``surplus`` found ones that are
    not expected, ``reasons`` why the rule broke or was skipped.
    """

    rule_id: str
    case: str
    status: str
    absent: tuple[ResultLine, ...] = ()
    surplus: tuple[ResultLine, ...] = ()
    reasons: tuple[str, ...] = ()
