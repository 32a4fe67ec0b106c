"""A study folder: its identity, raw sources, mapping tables and what its data mean."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path


@dataclass(frozen=True)
class SourceSpec:
    """One raw form: where it lies and how its rows are laid out.

    ``header_rows`` are 1-based; several are joined with a space. ``footer`` holds regular
    expressions: a row whose first filled cell matches one is no data. ``where`` keeps the rows
    whose column holds one of the values (REDCap's repeat instruments). ``duplicate_ignores``
    names columns left out when rows are compared. ``date_order`` is dmy or mdy.
    """

    name: str
    file: str
    sheet: str = ""
    header_rows: tuple[int, ...] = (1,)
    subject: str = ""
    date_order: str = "dmy"
    encoding: str = "utf-8"
    delimiter: str = ","
    footer: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    duplicate_ignores: tuple[str, ...] = ()
    fills: str = "report"


@dataclass(frozen=True)
class SubjectSpec:
    """How a collected subject id is read, and how identifiers are written.

    ``pattern`` is a regular expression with named groups; ``subjid``, ``siteid`` and ``usubjid``
    are formats over these groups and ``study``. ``numbers`` names the groups that are numbers.
    ``collected`` is the format of a well-written collected id ("" is that of ``subjid``): every
    other spelling is reported.
    """

    pattern: str
    subjid: str
    usubjid: str
    siteid: str = ""
    numbers: tuple[str, ...] = ()
    collected: str = ""


@dataclass(frozen=True)
class CustomDomain:
    """A domain of the sponsor's own: its two characters and its general observation class.

    ``structure`` and ``keys`` "" and () stand for those of the class; a key may be written with
    ``--`` for the domain.
    """

    name: str
    dataset_class: str
    label: str
    structure: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class DictionarySpec:
    """A licensed dictionary of the user: meddra or whodrug, where its files lie, its version."""

    name: str
    path: str
    version: str = ""


@dataclass(frozen=True)
class Study:
    """What ``study.yaml`` says.

    ``timestamp`` is the only clock of a run: it stands in every file header. ``missing`` are
    collected texts that mean "no value"; ``not_done`` those that mean "not assessed".
    ``datasets`` are the sponsor's own domains.
    ``terminology`` is a date, or the date of each package as one text (``pin_text``).
    """

    folder: Path
    study_id: str
    title: str
    synthetic: bool
    sdtm: str
    adam: str
    terminology: str
    timestamp: datetime
    cutoff: date
    subject: SubjectSpec
    sources: dict[str, SourceSpec]
    missing: frozenset[str]
    not_done: frozenset[str]
    two_digit_year_pivot: int
    analysis: bool = True
    dictionaries: tuple[DictionarySpec, ...] = ()
    datasets: dict[str, CustomDomain] = field(default_factory=dict)
