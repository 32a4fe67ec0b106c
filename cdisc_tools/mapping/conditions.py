"""The small filter language of mapping tables: which rows a line takes.

``[Column name] = 'text'``, ``!=``, ``<``, ``<=``, ``>``, ``>=`` (as numbers), ``in ('a', 'b')``,
``not in (...)``, ``is empty``, ``is not empty``, ``contains 'text'``; joined by ``and`` and ``or``,
where ``and`` binds first. Texts compare without regard to case; a quote within a text is
written twice. A column name without spaces may stand without brackets.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from cdisc_tools.mapping.masks import is_true
from cdisc_tools.mapping.numbers import plain_numbers
from cdisc_tools.model.errors import ConfigurationError

_TOKEN = re.compile(
    r"\s*(?:\[(?P<bracketed>[^\]]+)\]|'(?P<text>(?:[^']|'')*)'|(?P<op><=|>=|!=|=|<|>)|(?P<mark>[(),])"
    r"|(?P<word>[^\s\[\]'(),<>=!]+))"
)
_COMPARE: dict[str, Callable[[pd.Series, float], pd.Series]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Comparison:
    """One comparison of a column: operator and its texts."""

    column: str
    operator: str
    texts: tuple[str, ...]

    def mask(self, values: pd.Series) -> pd.Series:
        """True for each row that the comparison holds for.

        An empty cell equals no text, contains none and is no number, so it differs from each.
        """
        if self.operator in ("is empty", "is not empty"):
            return values.isna() if self.operator == "is empty" else values.notna()
        if self.operator in _COMPARE:
            numbers = values.map(plain_numbers(values.dropna().unique())).astype("Float64")
            return is_true(_COMPARE[self.operator](numbers, float(self.texts[0])))
        folded = values.str.strip().str.lower()
        wanted = [text.strip().lower() for text in self.texts]
        if self.operator == "contains":
            return is_true(folded.str.contains(wanted[0], regex=False))
        found = folded.isin(wanted)
        return ~found if self.operator in ("!=", "not in") else found


@dataclass(frozen=True)
class Condition:
    """Alternatives (or) of comparisons that hold together (and)."""

    alternatives: tuple[tuple[Comparison, ...], ...]

    def mask(self, column: Callable[[str], pd.Series]) -> pd.Series:
        """True for each row that the condition takes; ``column`` gives a column's values."""
        masks = []
        for group in self.alternatives:
            held = [comparison.mask(column(comparison.column)) for comparison in group]
            masks.append(pd.concat(held, axis=1).all(axis=1))
        return pd.concat(masks, axis=1).any(axis=1)


def parse_condition(text: str, place: str) -> Condition:
    """Parse a condition; ``place`` names the mapping line in messages."""
    tokens = _tokens(text, place)
    alternatives: list[tuple[Comparison, ...]] = []
    group: list[Comparison] = []
    position = 0
    while True:
        comparison, position = _comparison(tokens, position, text, place)
        group.append(comparison)
        if position == len(tokens):
            break
        joiner = tokens[position][1].lower()
        if joiner not in ("and", "or"):
            raise _wrong(text, place, f"expected 'and' or 'or' before {tokens[position][1]!r}")
        if joiner == "or":
            alternatives.append(tuple(group))
            group = []
        position += 1
    return Condition((*alternatives, tuple(group)))


def _tokens(text: str, place: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    stripped = text.rstrip()
    while position < len(stripped):
        found = _TOKEN.match(stripped, position)
        if not found:
            raise _wrong(text, place, f"cannot read {stripped[position:]!r}")
        kind = str(found.lastgroup)
        tokens.append((kind, found[kind].replace("''", "'") if kind == "text" else found[kind]))
        position = found.end()
    return tokens


def _comparison(
    tokens: list[tuple[str, str]], position: int, text: str, place: str
) -> tuple[Comparison, int]:
    if position >= len(tokens) or tokens[position][0] not in ("bracketed", "word"):
        raise _wrong(text, place, "expected a column name")
    column = tokens[position][1]
    words: list[str] = []
    position += 1
    while position < len(tokens) and len(words) < 3:
        kind, token = tokens[position]
        if kind not in ("op", "word"):
            break
        words.append(token.lower())
        position += 1
        if " ".join(words) in _OPERATORS:
            following = " ".join([*words, *(t[1].lower() for t in tokens[position : position + 1])])
            if not any(
                name.startswith(following) for name in _OPERATORS if name != " ".join(words)
            ):
                break
    name = " ".join(words)
    if name not in _OPERATORS:
        raise _wrong(text, place, f"unknown comparison {name!r}; known: {', '.join(_OPERATORS)}")
    texts, position = _texts(tokens, position, name, text, place)
    return Comparison(column, name, texts), position


_OPERATORS = (
    "=", "!=", "<", "<=", ">", ">=", "in", "not in", "is empty", "is not empty", "contains",
)  # fmt: skip


def _texts(
    tokens: list[tuple[str, str]], position: int, name: str, text: str, place: str
) -> tuple[tuple[str, ...], int]:
    if name.startswith("is "):
        return (), position
    if name in ("in", "not in"):
        texts, position = _listed(tokens, position)
    else:
        given = tokens[position : position + 1]
        texts = [token for kind, token in given if kind in ("text", "word")]
        position += 1
    if not texts:
        needs = "a list such as ('a', 'b')" if name in ("in", "not in") else "a value"
        raise _wrong(text, place, f"{name!r} needs {needs}")
    if name in _COMPARE and not re.fullmatch(r"[+-]?\d+(\.\d+)?", texts[0]):
        raise _wrong(text, place, f"{name!r} compares numbers, not {texts[0]!r}")
    return tuple(texts), position


def _listed(tokens: list[tuple[str, str]], position: int) -> tuple[list[str], int]:
    """The texts of a list in brackets and the place behind it; none where it is malformed."""
    texts: list[str] = []
    expected = "("
    for place, (kind, token) in enumerate(tokens[position:], position):
        if expected == "value" and kind in ("text", "word"):
            texts.append(token)
            expected = ",)"
        elif kind == "mark" and expected != "value" and token in expected:
            if token == ")":
                return texts, place + 1
            expected = "value"
        else:
            break
    return [], position


def _wrong(text: str, place: str, why: str) -> ConfigurationError:
    return ConfigurationError(f"{place}: condition {text!r}: {why}")
