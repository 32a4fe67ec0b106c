"""Finding terms by what a user knows of them."""

from collections.abc import Iterable, Iterator

from cdisc_tools.metadata.terminology import Terminology
from cdisc_tools.model.specs import Codelist, fold_term
from cdisc_tools.model.terminology import TermHit


def search_terms(terminology: Terminology, text: str, *, codelist: str = "") -> list[TermHit]:
    """Find terms by submission value, preferred term, synonym or code, and codelists by name.

    Exact matches come first, then those that contain the text; case and spacing don't matter. An
    empty text finds all terms of the codelist. Raises ConfigurationError for an unknown codelist.
    """
    searched = [terminology.find(codelist)] if codelist else list(terminology.values())
    wanted = fold_term(text)
    found = [hit for one in searched for hit in _hits(one, wanted)]
    return [hit for _, hit in sorted(found, key=_order)]


def _order(found: tuple[int, TermHit]) -> tuple[int, str, str, str]:
    rank, hit = found
    return rank, hit.short_name, hit.submission_value, hit.term


def _hits(codelist: Codelist, wanted: str) -> Iterator[tuple[int, TermHit]]:
    own = (codelist.code, codelist.short_name, codelist.name)
    how = _how((("codelist", name) for name in own), wanted) if wanted else None
    if how:
        yield how[0], _hit(codelist, how[1])
    for term in codelist.terms:
        names = [("code", term.code), ("value", term.submission_value),
                 ("preferred term", term.preferred_term)]  # fmt: skip
        names += [("synonym", synonym) for synonym in term.synonyms]
        how = _how(names, wanted) if wanted else (0, "")
        if how:
            value = term.submission_value
            yield how[0], _hit(codelist, how[1], term.code, value, term.preferred_term)


def _hit(
    codelist: Codelist, how: str, term: str = "", value: str = "", preferred: str = ""
) -> TermHit:
    name = preferred if term else codelist.name
    return TermHit(codelist.short_name, codelist.code, codelist.extensible, term, value, name, how)


def _how(names: Iterable[tuple[str, str]], wanted: str) -> tuple[int, str] | None:
    """How the best of some names matches: 0 exact or 1 containing, and by which name."""
    best = None
    for kind, name in names:
        folded = fold_term(name)
        shown = f"{kind} '{name}'" if kind == "synonym" else kind
        if folded == wanted:
            return 0, shown
        if best is None and wanted in folded:
            best = 1, f"{shown} contains it"
    return best
