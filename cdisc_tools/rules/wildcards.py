"""Rules about each variable of a form: ``TRTAG{y}N`` stands for TRTAG1N, TRTAG2N ..."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from cdisc_tools.model.rules import Rule
from cdisc_tools.rules.errors import RuleError

WILDCARDS = {
    "y": "[1-9][0-9]?",
    "w": "[1-9]",
    "xx": "0[1-9]|[1-9][0-9]",
    "zz": "0[1-9]|[1-9][0-9]",
    "root": "[A-Z][A-Z0-9]*",
    "domain": "[A-Z][A-Z0-9]",
}
WHOLE = "variable"
_BEFORE = "-1"
_PLACE = re.compile(r"\{([a-z]+(?:-1)?)\}")


def instances(rule: Rule, variables: Sequence[str]) -> Iterator[Rule]:
    """Give a rule once for each variable that has one of its forms, the wildcards filled in.

    A rule without ``Each Variable`` is given as it is. Raises RuleError for an unknown wildcard.
    """
    if not rule.each_variable:
        yield rule
        return
    seen: set[tuple[tuple[str, str], ...]] = set()
    for form in rule.each_variable:
        pattern = form_pattern(form)
        for name in variables:
            match = pattern.fullmatch(name)
            if match is None:
                continue
            found = {**match.groupdict(), WHOLE: name}
            key = tuple(sorted(found.items()))
            if key not in seen:
                seen.add(key)
                yield fill(rule, found)


@lru_cache(maxsize=512)
def form_pattern(form: str) -> "re.Pattern[str]":
    """Turn a form of names into a regular expression.

    Raises RuleError for an unknown wildcard.
    """
    parts = _PLACE.split(form)
    written, used = [], set()
    for place, part in enumerate(parts):
        if place % 2 == 0:
            written.append(re.escape(part))
        elif part == WHOLE:
            written.append("[A-Z][A-Z0-9_]*")
        elif part not in WILDCARDS:
            known = ", ".join(f"{{{name}}}" for name in (*WILDCARDS, WHOLE))
            raise RuleError(f"Each Variable: {{{part}}} in {form} is unknown; known are {known}")
        else:
            written.append(f"(?P={part})" if part in used else f"(?P<{part}>{WILDCARDS[part]})")
            used.add(part)
    return re.compile("".join(written))


def fill(rule: Rule, found: Mapping[str, str]) -> Rule:
    """Put what the wildcards stand for into every text of a rule; ``{xx-1}`` is the number before
    that of ``{xx}``.
    """
    filled: Rule = _filled(replace(rule, each_variable=()), found)
    return replace(filled, id=rule.id, source=rule.source)


def _filled(part: Any, found: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        return _PLACE.sub(lambda match: _stands_for(match, found), part) if "{" in part else part
    if isinstance(part, tuple | list):
        return type(part)(_filled(item, found) for item in part)
    if isinstance(part, Mapping):
        return {_filled(key, found): _filled(value, found) for key, value in part.items()}
    if is_dataclass(part) and not isinstance(part, type):
        changed = {item.name: _filled(getattr(part, item.name), found) for item in fields(part)}
        return replace(part, **changed)
    return part


def _stands_for(place: "re.Match[str]", found: Mapping[str, str]) -> str:
    name = place[1]
    if not name.endswith(_BEFORE):
        return found.get(name, place[0])
    number = found.get(name.removesuffix(_BEFORE), "")
    return f"{int(number) - 1:0{len(number)}d}" if number.isdigit() else place[0]
