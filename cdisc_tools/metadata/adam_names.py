"""Names of ADaM variables that are patterns (TRTxxP, CRITyFL, *DTF), and the real names they meet.

A pattern holds placeholders: ``xx`` and ``zz`` are 01 to 99, ``y`` is 1 to 99, ``w`` is 1 to 9,
``--`` is the two characters of a domain, ``*`` is whatever makes a name of at most 8 characters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from cdisc_tools.model.specs import VariableSpec

MAX_NAME = 8
MAX_LABEL = 40

_PLACEHOLDERS: Mapping[str, str] = {
    "xx": r"(?!00)\d\d",
    "zz": r"(?!00)\d\d",
    "y": r"[1-9]\d?",
    "w": r"[1-9]",
    "--": r"[A-Z][A-Z0-9]",
    "*": r"[A-Z][A-Z0-9]*",
}
_FIRST: Mapping[str, str] = {"xx": "01", "zz": "01", "y": "1", "w": "1"}
_TOKEN = re.compile(r"xx-1|xx|zz|y|w|--|\*")
_WORD = re.compile(r"\b(xx|zz|y|w)\b")
# a label that the standard leaves to the sponsor: {Date}, "XX Occurrence", "1st Occurrence of ..."
_OPEN_LABEL = re.compile(r"[{\u2026]|\bXX\b")


@dataclass(frozen=True)
class NamePattern:
    """A pattern with its facts; ``rank`` sorts the more specific before the less specific."""

    facts: VariableSpec
    rank: tuple[int, int]


def is_pattern(name: str) -> bool:
    """Tell whether a name of a table stands for many names.

    >>> is_pattern("TRTxxP"), is_pattern("*DTF"), is_pattern("AVAL")
    (True, True, False)
    """
    return _TOKEN.search(name) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern; its placeholders become groups named p0, p1 ..."""
    parts, last = [], 0
    for number, found in enumerate(_TOKEN.finditer(pattern)):
        parts.append(re.escape(pattern[last : found.start()]))
        parts.append(f"(?P<p{number}>{_PLACEHOLDERS[found.group()]})")
        last = found.end()
    return re.compile("".join([*parts, re.escape(pattern[last:])]))


def match_indexes(pattern: str, name: str) -> dict[str, str] | None:
    """Return what the placeholders of a pattern stand for in a name, None where it isn't met.

    >>> match_indexes("TRxxPGy", "TR01PG2")
    {'xx': '01', 'y': '2'}
    >>> match_indexes("TRTxxP", "TRT1P")
    """
    found = _compiled(pattern).fullmatch(name) if len(name) <= MAX_NAME else None
    if found is None:
        return None
    tokens = [token.group() for token in _TOKEN.finditer(pattern)]
    return {token: found.group(f"p{number}") for number, token in enumerate(tokens)}


def fill_in(pattern: str, indexes: Mapping[str, str]) -> str:
    """Write a pattern with its placeholders filled in; one that has no value stays.

    ``xx-1`` is the number before xx.

    >>> fill_in("TRTxxP", {"xx": "02"}), fill_in("TRTxx-1P", {"xx": "02"})
    ('TRT02P', 'TRT01P')
    """

    def value(token: re.Match[str]) -> str:
        if token.group() == "xx-1" and "xx" in indexes:
            return f"{int(indexes['xx']) - 1:02d}"
        return indexes.get(token.group(), token.group())

    return _TOKEN.sub(value, pattern)


def fill_label(label: str, indexes: Mapping[str, str]) -> str:
    """Write a label with the numbers of its name; "" where the sponsor words the label.

    That is also where the published label is too long for the transport format (PBCHGCyN).

    >>> fill_label("Planned Treatment for Period xx", {"xx": "01"})
    'Planned Treatment for Period 01'
    """
    if _OPEN_LABEL.search(label):
        return ""
    filled = _WORD.sub(lambda word: indexes.get(word.group(), word.group()), label)
    return filled if len(filled) <= MAX_LABEL else ""


def example_of(variable: VariableSpec) -> VariableSpec:
    """Return the first real variable of a numbered pattern (TRT01P); another one as it is."""
    return replace(
        variable,
        name=fill_in(variable.name, _FIRST),
        label=fill_label(variable.label, _FIRST if is_pattern(variable.name) else {}),
    )


def patterns_of(variables: tuple[VariableSpec, ...]) -> tuple[NamePattern, ...]:
    """Return the patterns among variables, the most specific first; ties keep their order.

    Numbered names come before those of any domain (--), these before free ones (*), and of two
    of a kind the one with more fixed characters.
    """
    found = [NamePattern(item, _rank(item.name)) for item in variables if is_pattern(item.name)]
    return tuple(sorted(found, key=lambda pattern: pattern.rank))


def match_pattern(patterns: tuple[NamePattern, ...], name: str) -> VariableSpec | None:
    """Return the variable that a name is by the first pattern it meets, None by none."""
    for pattern in patterns:
        indexes = match_indexes(pattern.facts.name, name)
        if indexes is not None:
            label = fill_label(pattern.facts.label, indexes)
            return replace(pattern.facts, name=name, label=label)
    return None


def _rank(pattern: str) -> tuple[int, int]:
    kind = 2 if "*" in pattern else 1 if "--" in pattern else 0
    return kind, -len(_TOKEN.sub("", pattern))
