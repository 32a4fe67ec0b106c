"""Collected values to controlled terms, and the unusual spellings among them."""

from collections.abc import Mapping as MappingType
from dataclasses import dataclass

import pandas as pd

from cdisc_tools.mapping.frequency import count_texts, most_frequent
from cdisc_tools.metadata.terminology import Terminology, TermMatch, match_term
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.mapping import Mapping
from cdisc_tools.model.specs import Codelist, fold_term

# how a match can fail
UNMATCHED = ("none", "ambiguous")


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
            f"{self.terminology.version} (packages {', '.join(self._packages())}) nor in the "
            "study's terms table"
        )

    def _packages(self) -> list[str]:
        return sorted(set(self.terminology.packages.values()))

    def code(self, values: pd.Series, name: str, place: str) -> CodedValues:
        """Match each distinct value once: exact, then synonyms, then the study's table."""
        codelist = self.codelist(name, place)
        own: MappingType[str, str] = self.mapping.terms.get(name, {})
        counts = count_texts(values)
        matches = {text: _match(codelist, text, own) for text in counts}
        coded = {text: match.value or text for text, match in matches.items()}
        lost = {how: {t for t, m in matches.items() if m.how == how} for how in UNMATCHED}
        unusual = self._variants(counts, coded, name).difference(*lost.values())
        return CodedValues(
            values=values.map(coded).astype("string"),
            unmatched=values.isin(lost["none"]),
            ambiguous=values.isin(lost["ambiguous"]),
            variants=values.isin(unusual),
        )

    def _variants(
        self, counts: MappingType[str, int], coded: MappingType[str, str], name: str
    ) -> set[str]:
        """The spellings other than the column's usual one of each term.

        What the study's table lists as it stands is usual; only its letter case can differ.
        ``counts`` says how often each spelling occurs; of equally frequent ones the first in
        the alphabet is usual.
        """
        named = {text for codelist, text in self.mapping.variants if codelist == name}
        listed = set(self.mapping.terms.get(name, {})) - named
        folded = {text: fold_term(text) for text in coded}
        spellings: dict[tuple[str, bool], list[str]] = {}
        for text, value in coded.items():
            is_listed = folded[text] in listed
            meaning = folded[text] if is_listed else value
            spellings.setdefault((meaning, is_listed), []).append(text)
        usual = {most_frequent(counts, texts) for texts in spellings.values()}
        return {text for text in coded if text not in usual or folded[text] in named}


def _match(codelist: Codelist, text: str, own: MappingType[str, str]) -> TermMatch:
    """Match a text; what the study's table says holds against a term in other letter case."""
    found = match_term(codelist, text, own)
    decided = own.get(fold_term(text))
    if found.how == "case" and decided not in (None, found.value):
        return TermMatch(text, decided, "study")
    return found
