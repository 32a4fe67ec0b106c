"""Whether a label is in title case."""

import re

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Mask, Value, as_text
from cdisc_tools.rules.operators.registry import complement, operator
from cdisc_tools.rules.table import Table

# articles, conjunctions and short prepositions: capital only where a phrase starts or ends
_SMALL = (
    *("a", "an", "and", "as", "at", "but", "by", "en", "for", "if", "in", "of", "on", "or"),
    *("the", "to", "v", "v.", "via", "vs", "vs."),
)
_ALWAYS_SMALL = frozenset({"per", "and/or", "is", "with"})
_ACRONYMS = frozenset({"ID"})

_ANY_SMALL = "|".join(re.escape(word) for word in sorted(_SMALL, key=len, reverse=True))
_FIRST = re.compile(rf"^[\W_]*(?:{_ANY_SMALL})\b", re.IGNORECASE)
_LAST = re.compile(rf"\b(?:{_ANY_SMALL})[\W_]?$", re.IGNORECASE)
_AFTER_STOP = re.compile(rf"(?<=[:.;?!\u2010-\u2015-] )(?:{_ANY_SMALL})\b")
_INNER_DOT = re.compile(r"\w\.\w")
_INNER_CAPITAL = re.compile(r"[\W_]*[A-Za-z]+[A-Z]")
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-xz]{3,}", re.IGNORECASE)


@operator("is_title_case")
def is_title_case(table: Table, condition: Condition) -> Mask:
    """True for a text in title case, and for a missing value.

    Words start with a capital, but for articles, conjunctions and short prepositions inside the
    text. A word with capitals or a dot within is right as it is; one of consonants is an
    abbreviation.
    """

    def judge(value: Value) -> bool:
        text = " ".join(as_text(value).split())
        return text == title_case(text)

    return table.target(condition).where(judge, missing=True)


complement("is_not_title_case", of="is_title_case")


def title_case(text: str) -> str:
    """Write a text in title case.

    >>> title_case("date of first dose"), title_case("REASON NOT DONE"), title_case("QTcF interval")
    ('Date of First Dose', 'Reason Not Done', 'QTcF Interval')
    """
    shouted = text == text.upper()
    words = [_title_word(word, shouted=shouted) for word in text.split(" ")]
    if words[0].lower() not in _ALWAYS_SMALL:
        words[0] = _FIRST.sub(_capital, words[0])
    if words[-1].lower() not in _ALWAYS_SMALL:
        words[-1] = _LAST.sub(_capital, words[-1])
    title = _AFTER_STOP.sub(_capital, " ".join(words))
    return title[:1].upper() + title[1:]


def _title_word(word: str, *, shouted: bool) -> str:
    small = word.lower()
    if small in _ALWAYS_SMALL or small in _SMALL:
        return small
    if word.upper() in _ACRONYMS:
        return word.upper()
    if _INNER_DOT.search(word) or (not shouted and _INNER_CAPITAL.match(word)):
        return word
    for mark in "/-":
        if mark in word and mark * 2 not in word:
            return mark.join(_title_word(part, shouted=shouted) for part in word.split(mark))
    if _CONSONANTS.fullmatch(word):
        # Std and STD are both written
        return word if word == small.capitalize() else word.upper()
    return _first_capital(small if shouted else word)


def _first_capital(word: str) -> str:
    """Make the first letter or digit after any punctuation a capital."""
    return re.sub(r"^([\W_]*)(\w)", lambda found: found[1] + found[2].upper(), word)


def _capital(found: re.Match[str]) -> str:
    return _first_capital(found[0])
