"""Reads rules: YAML in the CDISC conformance-rules language, checked, with file and line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from cdisc_tools.metadata.checks import SEVERITIES
from cdisc_tools.metadata.yaml_files import Located, parse_located
from cdisc_tools.model.rules import (
    DATASET,
    GROUP,
    RECORD,
    STUDY,
    Choice,
    Condition,
    Conditions,
    MatchDataset,
    Operation,
    Rule,
    RuleReference,
    Scope,
)
from cdisc_tools.rules.errors import RuleError

SENSITIVITIES = (RECORD, DATASET, GROUP, STUDY)
KEYS = frozenset(
    {
        "Authorities", "Check", "Core", "Description", "Each Variable", "Executability",
        "Grouping Variables", "Match Datasets", "Operations", "Outcome", "Rationale", "Remedy",
        "Rule Type", "Same As", "Scope", "Sensitivity", "Severity",
    }
)  # fmt: skip
RULE_ID = re.compile(r"[\w.-]+")
_REQUIRED = ("Core", "Check", "Outcome", "Rule Type", "Scope", "Sensitivity")
_KINDS = ("all", "any", "not")
_JOINS = ("inner", "left")
_OPERATION_FIELDS = {"id", "operator", "name", "domain", "group"}


def read_rule(text: str, source: str) -> Rule:
    """Read one rule; ``source`` names its file in messages.

    Raises RuleError that names the file and the line: no YAML, a key that is absent or unknown,
    a check that is neither a condition nor a list of them.
    """
    content = parse_located(text, source)
    if not isinstance(content, Located):
        raise RuleError(
            f"{source}: holds no rule; a rule is a mapping with the keys Core, Check ..."
        )
    return _Reader(source).rule(content)


class _Reader:
    """Reads the parts of one rule, and names its file in what it raises."""

    def __init__(self, source: str) -> None:
        self.source = source

    def rule(self, content: Located) -> Rule:
        """Read the whole."""
        self._check_keys(content)
        core = self._mapping(content, "Core")
        outcome = self._mapping(content, "Outcome")
        severity = self._text(content, "Severity")
        if severity not in {"", *SEVERITIES}:
            raise self._wrong(content, f"Severity '{severity}'; choose one of {_or(SEVERITIES)}")
        sensitivity = self._text(content, "Sensitivity")
        if sensitivity not in SENSITIVITIES:
            raise self._wrong(
                content, f"Sensitivity '{sensitivity}'; choose one of {_or(SENSITIVITIES)}"
            )
        grouping = self._names(content, "Grouping Variables")
        if sensitivity == GROUP and not grouping:
            raise self._wrong(content, "Sensitivity Group without Grouping Variables; name them")
        message = self._text(outcome, "Message")
        if not message:
            raise self._wrong(outcome, "Outcome has no Message; say what is at fault")
        return Rule(
            id=self._id(core),
            version=self._text(core, "Version"),
            status=self._text(core, "Status"),
            description=self._text(content, "Description"),
            message=message,
            rule_type=self._needed(content, "Rule Type"),
            sensitivity=sensitivity,
            executability=self._text(content, "Executability"),
            check=self._check(content["Check"], content),
            scope=self._scope(self._mapping(content, "Scope")),
            output_variables=self._names(outcome, "Output Variables"),
            operations=self._operations(content),
            match_datasets=self._match_datasets(content),
            grouping_variables=grouping,
            references=tuple(self._references(content)),
            severity=severity,
            remedy=self._text(content, "Remedy"),
            rationale=self._text(content, "Rationale"),
            each_variable=self._names(content, "Each Variable"),
            same_as=self._names(content, "Same As"),
            source=self.source,
        )

    def _check_keys(self, content: Located) -> None:
        absent = [key for key in _REQUIRED if not content.get(key) and key != "Scope"]
        if absent:
            raise self._wrong(content, f"{_and(absent)} is absent or empty; add it")
        unknown = sorted(set(content) - KEYS, key=str)
        if unknown:
            raise self._wrong(content, f"the key '{unknown[0]}' is unknown; known are {_or(KEYS)}")

    def _check(self, node: Any, parent: Located) -> Condition | Conditions:
        if not isinstance(node, Located):
            raise self._wrong(parent, "Check is no mapping; begin it with all, any or not")
        kinds = [kind for kind in _KINDS if kind in node]
        if not kinds:
            return self._condition(node)
        if len(node) > len(kinds):
            raise self._wrong(
                node, f"{kinds[0]} stands beside other keys; give it a line of its own"
            )
        checks = tuple(self._joined(kind, node) for kind in kinds)
        return checks[0] if len(checks) == 1 else Conditions("all", checks)

    def _joined(self, kind: str, node: Located) -> Conditions:
        inner = node[kind]
        items = inner if isinstance(inner, list) else [inner]
        if not items or inner is None:
            raise self._wrong(node, f"{kind} has no condition; give it one")
        return Conditions(kind, tuple(self._check(item, node) for item in items))

    def _condition(self, node: Located) -> Condition:
        operator = self._needed(node, "operator")
        options = {
            str(key): _plain(value)
            for key, value in node.items()
            if key not in {"name", "operator", "value"}
        }
        return Condition(
            name=self._needed(node, "name"),
            operator=operator,
            value=_plain(node.get("value")),
            options=options,
            line=node.line,
        )

    def _id(self, core: Located) -> str:
        found = self._needed(core, "Id")
        if not RULE_ID.fullmatch(found):
            raise self._wrong(core, f"'{found}' is no id; use letters, digits, '.', '-' and '_'")
        return found

    def _scope(self, node: Located) -> Scope:
        domains = self._mapping(node, "Domains")
        split = domains.get("include_split_datasets")
        return Scope(
            classes=self._choice(node, "Classes"),
            domains=self._choice(node, "Domains"),
            data_structures=self._choice(node, "Data Structures"),
            datasets=self._choice(node, "Datasets"),
            use_cases=tuple(
                part.strip() for part in self._text(node, "Use Case").split(",") if part.strip()
            ),
            include_split_datasets=split if isinstance(split, bool) else None,
        )

    def _choice(self, node: Located, key: str) -> Choice:
        inner = self._mapping(node, key)
        return Choice(self._names(inner, "Include"), self._names(inner, "Exclude"))

    def _operations(self, content: Located) -> tuple[Operation, ...]:
        found = []
        for node in self._list(content, "Operations"):
            options = {
                str(key): _plain(value)
                for key, value in node.items()
                if key not in _OPERATION_FIELDS
            }
            found.append(
                Operation(
                    id=self._needed(node, "id"),
                    operator=self._needed(node, "operator"),
                    name=self._text(node, "name"),
                    domain=self._text(node, "domain"),
                    group=self._names(node, "group"),
                    options=options,
                    line=node.line,
                )
            )
        return tuple(found)

    def _match_datasets(self, content: Located) -> tuple[MatchDataset, ...]:
        found = []
        for node in self._list(content, "Match Datasets"):
            join = (self._text(node, "Join Type") or "inner").lower()
            if join not in _JOINS:
                raise self._wrong(node, f"Join Type '{join}'; choose one of {_or(_JOINS)}")
            keys = node.get("Keys") or []
            if not isinstance(keys, list):
                raise self._wrong(node, "Keys is no list")
            found.append(
                MatchDataset(
                    name=self._needed(node, "Name"),
                    keys=tuple(self._key(key, node) for key in keys),
                    join=join,
                    is_child=bool(node.get("Child")),
                    wildcard=self._text(node, "Wildcard") or "**",
                )
            )
        return tuple(found)

    def _key(self, key: Any, node: Located) -> tuple[str, str]:
        if isinstance(key, str):
            return key, key
        sides = (
            {str(name).lower(): side for name, side in key.items() if isinstance(side, str)}
            if isinstance(key, Located)
            else {}
        )
        if set(sides) != {"left", "right"}:
            raise self._wrong(node, "a key is a variable, or Left and Right; correct Keys")
        return sides["left"], sides["right"]

    def _references(self, content: Located) -> Iterable[RuleReference]:
        for authority in self._list(content, "Authorities"):
            organization = self._text(authority, "Organization")
            for standard in self._list(authority, "Standards"):
                for reference in self._list(standard, "References"):
                    identifier = self._mapping(reference, "Rule Identifier")
                    yield RuleReference(
                        organization,
                        self._text(standard, "Name"),
                        self._text(standard, "Version"),
                        self._text(identifier, "Id"),
                        self._text(standard, "Substandard"),
                    )

    def _mapping(self, node: Located, key: str) -> Located:
        value = node.get(key)
        if value is None:
            return Located({}, node.line)
        if not isinstance(value, Located):
            raise self._wrong(node, f"{key} is no mapping")
        return value

    def _list(self, node: Located, key: str) -> list[Located]:
        value = node.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, Located) for item in value):
            raise self._wrong(node, f"{key} is no list of mappings")
        return value

    def _names(self, node: Located, key: str) -> tuple[str, ...]:
        value = node.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str | int | bool) for item in items):
            raise self._wrong(node, f"{key} is no list of names")
        return tuple(_name(item) for item in items)

    def _text(self, node: Located, key: str) -> str:
        value = node.get(key)
        if isinstance(value, dict | list):
            raise self._wrong(node, f"{key} is no text")
        return "" if value is None else _name(value).strip()

    def _needed(self, node: Located, key: str) -> str:
        text = self._text(node, key)
        if not text:
            raise self._wrong(node, f"{key} is absent or empty; add it")
        return text

    def _wrong(self, node: Located, what: str) -> RuleError:
        return RuleError(f"{self.source} line {node.line}: {what}.")


def _plain(value: Any) -> Any:
    """Return a value of a rule as data: dates as ISO 8601 texts, mappings as plain ones."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _name(value: Any) -> str:
    """Write a scalar as the author did: YAML reads Y as text, but NO as a boolean."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def _or(names: Iterable[str]) -> str:
    return ", ".join(names if isinstance(names, Sequence) else sorted(names))


def _and(names: Sequence[str]) -> str:
    return re.sub(r", (\S+)$", r" and \1", ", ".join(names))
