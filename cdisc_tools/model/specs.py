"""What the standards say of datasets, variables and controlled terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property


def fold_term(text: str) -> str:
    """Fold the case of a text and its runs of white space, so that spellings compare.

    >>> fold_term("  Not   Recovered ")
    'not recovered'
    """
    return " ".join(text.split()).casefold()


def _group(pairs: "Iterable[tuple[str, Term]]") -> "dict[str, tuple[Term, ...]]":
    """Group terms by name; a term stands once under a name."""
    found: dict[str, dict[Term, None]] = {}
    for name, term in pairs:
        found.setdefault(name, {})[term] = None
    return {name: tuple(terms) for name, terms in found.items()}


@dataclass(frozen=True)
class Term:
    """One permitted value of a codelist, with its NCI concept code and synonyms."""

    code: str
    submission_value: str
    preferred_term: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codelist:
    """A controlled terminology list; a study may add terms only to an extensible one."""

    code: str
    short_name: str
    name: str
    extensible: bool
    terms: tuple[Term, ...]

    @cached_property
    def submission_values(self) -> frozenset[str]:
        """The values that may stand in a dataset."""
        return frozenset(term.submission_value for term in self.terms)

    @cached_property
    def by_folded_value(self) -> dict[str, tuple[Term, ...]]:
        """The terms by submission value, whatever its case and spacing."""
        return _group((fold_term(term.submission_value), term) for term in self.terms)

    @cached_property
    def by_folded_synonym(self) -> dict[str, tuple[Term, ...]]:
        """The terms by preferred term or synonym, whatever its case and spacing."""
        return _group(
            (fold_term(name), term)
            for term in self.terms
            for name in (term.preferred_term, *term.synonyms)
            if name
        )


@dataclass(frozen=True)
class VariableSpec:
    """One variable of a dataset.

    ``type`` is "Char" or "Num"; ``core`` is Req, Exp, Perm, Cond or "" (ADaM: Req, Cond, Perm).
    ``codelists`` holds NCI codelist codes; ``values`` a fixed list of permitted values;
    ``domain`` the described value domain ("ISO 8601 datetime or interval", "MedDRA").
    ``length`` is in bytes; None means "as long as the data need, 200 at most".
    ``data_type`` is that of define.xml (text, integer, float, date, datetime ...), "" unsaid;
    ``digits`` the decimals that a float may have; ``mandatory`` that a study's specification wants
    a value in each record; ``study_codelist`` the study's own list of the values it uses.
    ``has_no_data`` says that the specification calls it empty, so that it may be absent.
    ``label_is_free`` says that the standard words the label for each domain, so that the one
    given is an example and a sponsor's is as good.
    """

    name: str
    label: str
    type: str
    core: str
    order: int = 0
    role: str = ""
    codelists: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    domain: str = ""
    length: int | None = None
    format: str = ""
    data_type: str = ""
    digits: int | None = None
    mandatory: bool = False
    study_codelist: Codelist | None = None
    label_is_free: bool = False
    has_no_data: bool = False

    @property
    def is_datetime(self) -> bool:
        """True when the value is an ISO 8601 date, time or interval held as text."""
        return self.domain.startswith("ISO 8601 datetime")


@dataclass(frozen=True)
class Comparison:
    """One condition on a record: a variable compared with values, as define.xml writes it.

    ``comparator`` is EQ, NE, IN, NOTIN, LT, LE, GT or GE; all but IN and NOTIN have one value.
    """

    variable: str
    comparator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ValueLevelSpec:
    """What holds for a variable in the records that meet every condition of ``where``."""

    variable: VariableSpec
    where: tuple[Comparison, ...]


@dataclass(frozen=True)
class DatasetSpec:
    """One dataset: its label, class, structure, the variables that identify a record, and all.

    ``domain`` is the domain whose records it holds where that isn't its name (LB of a split LBCH);
    ``has_no_data`` says that the study's specification calls it empty, so that it may be absent.
    """

    name: str
    label: str
    dataset_class: str
    structure: str
    keys: tuple[str, ...]
    variables: tuple[VariableSpec, ...]
    domain: str = ""
    value_level: tuple[ValueLevelSpec, ...] = ()
    has_no_data: bool = False

    @cached_property
    def by_name(self) -> dict[str, VariableSpec]:
        """The variables by name."""
        return {variable.name: variable for variable in self.variables}
