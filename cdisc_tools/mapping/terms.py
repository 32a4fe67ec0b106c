"""Collected values to controlled terms, and the unusual spellings among them."""

from collections.abc import Mapping as MappingType
from dataclasses import dataclass

import pandas as pd

from cdisc_tools.mapping.masks import is_true
from cdisc_tools.metadata.terminology import Terminology, TermMatch, match_term
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.mapping import Mapping
from cdisc_tools.model.specs import Codelist


@dataclass(frozen=True)
class CodedValues:
    """Values of one column as terms.

    ``values`` are the submission values, the collected text where nothing matched;
    ``unmatched`` and ``ambiguous`` mark those; ``variants`` marks spellings that are unusual in
    the column or named as misspellings in the study's table.
    """

    values: pd.Series
    unmatched: pd.Series
    ambiguous: pd.Series
    variants: pd.Series


@dataclass(frozen=True)
class TermReader:
    """The codelists of a study: the standard's and, by their own names, the study's."""

    terminology: Terminology
    mapping: Mapping

    def codelist(self, name: str, place: str) -> Codelist:
        """Find a codelist by NCI code, short name, or as one of the study's own."""
        if name in self.terminology:
            return self.terminology[name]
        try:
            return self.terminology.by_short_name(name)
        except ConfigurationError:
            if name in self.mapping.terms:
                return Codelist("", name, name, extensible=False, terms=())
        raise ConfigurationError(
            f"{place}: there is no codelist {name!r}, neither in terminology "
            f"{self.terminology.version} nor in the study's terms table"
        )

    def code(self, values: pd.Series, name: str, place: str) -> CodedValues:
        """Match each distinct value once: exact, then synonyms, then the study's table."""
        codelist = self.codelist(name, place)
        own: MappingType[str, str] = self.mapping.terms.get(name, {})
        distinct = values.dropna().unique()
        matches = {text: _match(codelist, text, own) for text in distinct}
        coded = values.map({text: m.value or text for text, m in matches.items()}).astype("string")
        how = values.map({text: m.how for text, m in matches.items()}).astype("string")
        return CodedValues(
            values=coded,
            unmatched=is_true(how == "none"),
            ambiguous=is_true(how == "ambiguous"),
            variants=self._variants(values, coded, name) & ~how.isin(["none", "ambiguous"]),
        )

    def _variants(self, values: pd.Series, coded: pd.Series, name: str) -> pd.Series:
        """Mark a spelling other than the column's usual one of that term.

        What the study's table lists as it stands is usual; only its letter case can differ.
        """
        folded = values.str.split().str.join(" ").str.lower()
        named = {text for codelist, text in self.mapping.variants if codelist == name}
        listed = set(self.mapping.terms.get(name, {})) - named
        meant = coded.mask(folded.isin(listed), folded + " (listed)")
        usual = values.groupby(meant).agg(lambda texts: texts.value_counts().index[0])
        unusual = values != meant.map(usual)
        return (unusual.fillna(False) | folded.isin(named)) & values.notna()


def _match(codelist: Codelist, text: str, own: MappingType[str, str]) -> TermMatch:
    """Match a text; what the study's table says holds against a term in other letter case."""
    found = match_term(codelist, text, own)
    decided = own.get(" ".join(text.split()).lower())
    if found.how == "case" and decided not in (None, found.value):
        return TermMatch(text, decided, "study")
    return found
