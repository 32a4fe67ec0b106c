"""CDISC controlled terminology: reading the codelists and matching collected values to terms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cdisc_tools.metadata.terminology_store import Layer, layers_of, read_layers, stamps
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import Codelist, Term, fold_term
from cdisc_tools.model.terminology import pin_text

CT = "2026-03-27"

_NO_TERMS: Mapping[str, str] = {}


@dataclass(frozen=True)
class TermMatch:
    """What a collected value stands for in a codelist.

    ``value`` is the submission value, None where nothing matched. ``how`` is exact, case
    (other case or spacing), synonym (a synonym or the preferred term), study (the study's own
    table), ambiguous (the name of several terms, listed in ``candidates``) or none. ``term`` is
    None where nothing matched, and where the study's table gives a term that it adds itself.
    """

    collected: str
    value: str | None
    how: str
    term: Term | None = None
    candidates: tuple[str, ...] = ()


class Terminology(Mapping[str, Codelist]):
    """The codelists of one version by NCI code; ``by_short_name`` finds them by short name.

    A codelist is made of its lines when it is first asked for: few of them are needed at once.
    ``packages`` names the package of each codelist; ``whole`` are the packages that are at hand
    with all their codelists, which a shipped one is not.
    """

    def __init__(
        self,
        version: str,
        headers: Mapping[str, Mapping[str, str]],
        lines: Mapping[str, list[dict[str, str]]],
        packages: Mapping[str, str],
        whole: frozenset[str] = frozenset(),
    ) -> None:
        self.version = version
        self.packages = packages
        self.whole = whole
        self._headers = headers
        self._lines = lines
        self._made: dict[str, Codelist] = {}
        self._codes = {header["short_name"]: code for code, header in headers.items()}

    def __getitem__(self, code: str) -> Codelist:
        if code not in self._made:
            header = self._headers[code]
            self._made[code] = Codelist(
                code=code,
                short_name=header["short_name"],
                name=header["name"],
                extensible=header["extensible"] == "Yes",
                terms=tuple(_term(line) for line in self._lines.get(code, ())),
            )
        return self._made[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)

    def by_short_name(self, short_name: str) -> Codelist:
        """Return the codelist of a short name such as NY; ConfigurationError when unknown."""
        if short_name not in self._codes:
            known = ", ".join(sorted(self._codes))
            raise ConfigurationError(
                f"Terminology {self.version} has no codelist '{short_name}'; it has {known}."
            )
        return self[self._codes[short_name]]

    def find(self, name: str) -> Codelist:
        """Return the codelist of an NCI code or a short name; ConfigurationError when unknown."""
        return self[name] if name in self._headers else self.by_short_name(name)


def read_terminology(version: str | Mapping[str, str] = CT) -> Terminology:
    """Read a version of the controlled terminology: what is shipped, and what was imported.

    ``version`` is a date, or pins packages to dates: a mapping, or the same as one text
    (``sdtm=2026-03-27;adam=2025-09-26``). Where several packages have a codelist, it is taken
    whole from the imported SDTM, else from the imported ADaM, the shipped one, any other.
    Raises ConfigurationError for a version that isn't at hand, and for an imported table that
    was altered.
    """
    text = pin_text(version)
    layers = tuple(layers_of(text))
    return _read(text, layers, stamps(layers))


@lru_cache(maxsize=4)
def _read(
    version: str, layers: tuple[Layer, ...], _stamps: tuple[tuple[int, ...], ...]
) -> Terminology:
    """Read the layers of a version once, until one of them changes."""
    headers, lines, packages = read_layers(layers)
    whole = frozenset(layer.package for layer in layers if layer.origin == "imported")
    return Terminology(version, headers, lines, packages, whole)


def match_term(
    codelist: Codelist, collected: str, study_terms: Mapping[str, str] = _NO_TERMS
) -> TermMatch:
    """Match one collected value to a term of a codelist.

    Tried in turn: the submission value; the same in other case or spacing; a synonym or the
    preferred term; the study's own table (collected value -> submission value, whatever its
    case and spacing). A synonym spelled just so comes before a value in other case: G/L is
    10^9/L, not g/L. Where the study's table and a synonym disagree, the table holds; where a
    synonym names several terms, only the table can decide. An empty value matches nothing.
    """
    if collected in codelist.submission_values:
        return TermMatch(collected, collected, "exact", _term_of(codelist, collected))
    folded = fold_term(collected)
    if not folded:
        return TermMatch(collected, None, "none")
    by_case = codelist.by_folded_value.get(folded, ())
    named = codelist.by_folded_synonym.get(folded, ())
    spelled = tuple(term for term in named if collected in (term.preferred_term, *term.synonyms))
    if len(by_case) == 1 and (not spelled or by_case[0] in spelled):
        return TermMatch(collected, by_case[0].submission_value, "case", by_case[0])
    named = spelled or named
    decided = _study_value(folded, study_terms)
    if len(named) == 1 and decided in {None, named[0].submission_value}:
        return TermMatch(collected, named[0].submission_value, "synonym", named[0])
    if decided is not None:
        return TermMatch(collected, decided, "study", _term_of(codelist, decided))
    candidates = tuple(term.submission_value for term in by_case or named)
    return TermMatch(collected, None, "ambiguous" if candidates else "none", None, candidates)


def _study_value(folded: str, study_terms: Mapping[str, str]) -> str | None:
    """Look a folded value up in the study's table."""
    for collected, value in study_terms.items():
        if fold_term(collected) == folded:
            return value
    return None


def _term_of(codelist: Codelist, value: str) -> Term | None:
    """Return the term of a submission value, if the codelist has it."""
    for term in codelist.by_folded_value.get(fold_term(value), ()):
        if term.submission_value == value:
            return term
    return None


def _term(line: Mapping[str, str]) -> Term:
    """Make a term from its line."""
    return Term(
        code=line["code"],
        submission_value=line["submission_value"],
        preferred_term=line.get("preferred_term", ""),
        synonyms=tuple(item for item in line.get("synonyms", "").split("; ") if item),
    )
