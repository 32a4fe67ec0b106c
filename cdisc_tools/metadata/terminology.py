"""CDISC controlled terminology: reading the codelists and matching collected values to terms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import Codelist, Term, fold_term

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
    """

    def __init__(
        self,
        version: str,
        headers: Mapping[str, Mapping[str, str]],
        lines: Mapping[str, list[dict[str, str]]],
    ) -> None:
        self.version = version
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


@lru_cache(maxsize=4)
def read_terminology(version: str = CT) -> Terminology:
    """Read a version of the controlled terminology, a folder of ``specs/terminology``.

    Raises ConfigurationError for a version that isn't there.
    """
    folder = specs_path() / "terminology" / version
    if not (folder / "codelists.csv").is_file():
        known = ", ".join(
            sorted(path.parent.name for path in folder.parent.glob("*/codelists.csv"))
        )
        raise ConfigurationError(f"There is no terminology '{version}'; choose one of {known}.")
    headers = {
        line["codelist"]: line
        for line in read_table(
            folder / "codelists.csv", ("codelist", "short_name", "name", "extensible")
        )
    }
    lines: dict[str, list[dict[str, str]]] = {}
    for line in read_table(folder / "terms.csv", ("codelist", "code", "submission_value")):
        lines.setdefault(line["codelist"], []).append(line)
    return Terminology(version, headers, lines)


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
