"""Where clauses as text: lists of values, and expressions such as ``PARAMCD IN (A, B)``."""

import re
from collections.abc import Iterable

from cdisc_tools.model.specs import Comparison

LISTS = frozenset({"IN", "NOTIN"})
_QUOTED = r'"(?:[^"]|"")*"|' + r"'(?:[^']|'')*'"
_VALUE = re.compile(rf"\s*({_QUOTED}|[^,]*?)\s*(?:,|$)")
_HEAD = re.compile(
    r"\s*(?:(?P<dataset>\w+)\.)?(?P<variable>\w+)\s+(?P<comparator>EQ|NE|IN|NOT\s*IN|LT|LE|GT|GE)"
    r"(?=[\s(\"'])\s*",
    re.IGNORECASE,
)
_LIST = re.compile(rf"\(((?:{_QUOTED}|[^()\"'])*)\)")
_SINGLE = re.compile(rf"{_QUOTED}|\S.*?(?=\s+AND\s|\s*$)", re.IGNORECASE | re.DOTALL)
_KEYS = re.compile(r"[\s,;]+")
# "X OR B EQ Y" is no value: conditions are joined by AND alone
_ALTERNATIVE = re.compile(
    r"\sOR\s+(?:\w+\.)?\w+\s+(?:EQ|NE|IN|NOT\s*IN|LT|LE|GT|GE)[\s(]", re.IGNORECASE
)
_AND = re.compile(r"\s+AND(?=\s)|\s*$", re.IGNORECASE)


def split_values(comparator: str, text: str) -> tuple[str, ...]:
    """Split the value of a where clause: a list for IN and NOTIN, else the one value.

    >>> split_values("IN", 'A, "B, or C"'), split_values("EQ", "A, B")
    (('A', 'B, or C'), ('A, B',))
    """
    if comparator not in LISTS:
        return (text,) if text else ()
    values, start = [], 0
    while start < len(text):
        found = _VALUE.match(text, start)
        # a quote that is left open is a character like any other
        piece, end = (found[1], found.end()) if found else (text[start:].strip(), len(text))
        values.append(_unquoted(piece))
        start = end
    return tuple(values)


def join_values(comparator: str, values: Iterable[str]) -> str:
    """Write values so that ``split_values`` gives them back.

    >>> join_values("IN", ["A", "B, or C"])
    'A, "B, or C"'
    """
    if comparator not in LISTS:
        return "".join(values)
    return ", ".join(_quoted(value) if _needs_quotes(value) else value for value in values)


def key_variables(text: str) -> tuple[str, ...]:
    """Split key variables, which stand apart by commas, blanks or semicolons.

    >>> key_variables("STUDYID, USUBJID AETERM,")
    ('STUDYID', 'USUBJID', 'AETERM')
    """
    return tuple(key for key in _KEYS.split(text) if key)


def parse_conditions(text: str, dataset: str) -> tuple[tuple[str, Comparison], ...]:
    """Read an expression: conditions joined by AND, each with its dataset; () when it is none.

    ``dataset`` holds where a variable names no other (``ADSL.SEX EQ F``).

    >>> parse_conditions('LBTESTCD IN (ALB, BUN) and LBCAT EQ "CHEM"', "LB")[1][1]
    Comparison(variable='LBCAT', comparator='EQ', values=('CHEM',))
    >>> parse_conditions("LB.LBTESTCD.EQ.ALB", "LB")
    ()
    """
    found: list[tuple[str, Comparison]] = []
    start = 0
    while start < len(text):
        head = _HEAD.match(text, start)
        if head is None:
            return ()
        comparator = re.sub(r"\s", "", head["comparator"].upper())
        value = (_LIST if comparator in LISTS else _SINGLE).match(text, head.end())
        after = _AND.match(text, value.end()) if value else None
        if value is None or after is None or _is_alternative(value[0]):
            return ()
        values = split_values(comparator, value[1]) if comparator in LISTS else _one(value[0])
        if not values:
            return ()
        condition = Comparison(head["variable"].upper(), comparator, values)
        found.append(((head["dataset"] or dataset).upper(), condition))
        start = after.end()
    return tuple(found)


def condition_id(conditions: Iterable[tuple[str, Comparison]]) -> str:
    """Name conditions as dataset, variable, comparator and values, set apart by points.

    >>> condition_id([("LB", Comparison("LBTESTCD", "IN", ("ALB", "BUN")))])
    'LB.LBTESTCD.IN.ALB.BUN'
    """
    return ".".join(
        part
        for dataset, condition in conditions
        for part in (dataset, condition.variable, condition.comparator, *condition.values)
        # an id never ends in nothing: EQ "" is X.EQ
        if part
    )


def _is_alternative(text: str) -> bool:
    return text[0] not in "\"'(" and _ALTERNATIVE.search(text) is not None


def _one(text: str) -> tuple[str, ...]:
    return (_unquoted(text.strip()),)


def _needs_quotes(value: str) -> bool:
    return not value or value != value.strip() or value[0] in "\"'" or "," in value


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _unquoted(text: str) -> str:
    for quote in "\"'":
        if len(text) > 1 and text[0] == quote == text[-1]:
            return text[1:-1].replace(quote * 2, quote)
    return text
