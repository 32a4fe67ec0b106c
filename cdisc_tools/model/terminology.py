"""Releases of controlled terminology: what a file says, what is at hand, what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cdisc_tools.model.specs import Codelist

SYNONYM_MARK = ";"


def pin_text(version: str | Mapping[str, str]) -> str:
    """Write a version as one text: a date, or the date of each package.

    >>> pin_text({"sdtm": "2026-03-27", "ADaM": "2025-09-26"})
    'adam=2025-09-26;sdtm=2026-03-27'
    """
    if isinstance(version, str):
        return version
    pins = sorted((str(package).lower(), str(date)) for package, date in version.items())
    return ";".join(f"{package}={date}" for package, date in pins)


def pins_of(version: str) -> dict[str, str]:
    """Read the date of each package back; a version that is one date has none.

    >>> pins_of("adam=2025-09-26;sdtm=2026-03-27"), pins_of("2026-03-27")
    ({'adam': '2025-09-26', 'sdtm': '2026-03-27'}, {})
    """
    if "=" not in version:
        return {}
    pairs = (pin.partition("=") for pin in version.split(";"))
    return {package.strip(): date.strip() for package, _, date in pairs}


@dataclass(frozen=True)
class Package:
    """A package of the controlled terminology, such as SDTM.

    ``context`` is Submission or Other; the files of the others may leave out whether a codelist
    is extensible.
    """

    name: str
    title: str
    context: str


@dataclass(frozen=True)
class Entry:
    """A codelist or a term as a file of any layout has it; ``codelist`` is "" for a codelist.

    ``place`` is where it stands: a line, a row of a sheet, or a JSON path.
    """

    place: str
    codelist: str
    code: str
    extensible: str
    name: str
    submission_value: str
    preferred_term: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong at a place of a file; ``remedy`` says what to do."""

    place: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class ReleaseFile:
    """What a reader found in a file: its entries, and texts that may tell its package and date.

    ``layout`` is text, csv, xml, excel or json; ``hints`` come in the order of their weight;
    ``problems`` are those of the layout, found before the entries are looked at; ``notes`` what
    the user should know.
    """

    layout: str
    entries: tuple[Entry, ...]
    hints: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Release:
    """A package of the terminology at its date."""

    package: str
    date: str
    codelists: tuple[Codelist, ...]

    @property
    def terms(self) -> int:
        """How many terms its codelists have."""
        return sum(len(codelist.terms) for codelist in self.codelists)


@dataclass(frozen=True)
class Holding:
    """A package that is at hand; ``origin`` is shipped or imported, ``file`` what it came from."""

    date: str
    package: str
    codelists: int
    terms: int
    origin: str
    file: str = ""


@dataclass(frozen=True)
class TermHit:
    """A term, or with an empty ``term`` a codelist, that a search found; ``how`` says by what."""

    short_name: str
    codelist: str
    extensible: bool
    term: str
    submission_value: str
    preferred_term: str
    how: str


@dataclass(frozen=True)
class DataHit:
    """A value of a dataset that a change of the terminology concerns, and in how many records."""

    dataset: str
    variable: str
    value: str
    records: int


@dataclass(frozen=True)
class TermChange:
    """A change between two versions of the terminology.

    ``kind`` is term added, term removed, term renamed, codelist added, codelist removed,
    codelist renamed, or extensible changed; ``old`` and ``new`` are the submission values, short
    names, or Yes and No.
    """

    kind: str
    short_name: str
    codelist: str
    term: str
    old: str
    new: str
    hits: tuple[DataHit, ...] = ()


@dataclass(frozen=True)
class TerminologyDiff:
    """The changes from version ``old`` to ``new``; ``notes`` say what could not be compared."""

    old: str
    new: str
    changes: tuple[TermChange, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def hits(self) -> int:
        """How many values of variables are concerned."""
        return sum(len(change.hits) for change in self.changes)
