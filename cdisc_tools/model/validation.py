"""What a validation gave, as its reports need it."""

from dataclasses import dataclass

from cdisc_tools.model.findings import Findings


@dataclass(frozen=True)
class DatasetRead:
    """A dataset that was validated: its name, its file as the user named it, its records."""

    name: str
    file: str
    records: int


@dataclass(frozen=True)
class BaselineUse:
    """What a baseline did: findings that it accepted, entries without an explanation, stale ones.

    ``accepted`` counts findings, ``unexplained`` and ``stale`` entries of the file.
    """

    file: str
    accepted: int
    unexplained: int
    stale: int


@dataclass(frozen=True)
class Validation:
    """Datasets that were read, what they were held to by name, and the findings to report.

    ``standards`` pairs what is named (SDTM, ADaM, terminology) with its version.
    """

    datasets: tuple[DatasetRead, ...]
    findings: Findings
    standards: tuple[tuple[str, str], ...] = ()
    baseline: BaselineUse | None = None
