"""Rules at hand: the product's own, those that were added, and those of a path."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cdisc_tools.io.rule_files import read_rule_folder, rule_paths
from cdisc_tools.io.writing import replacing_folder, write_text
from cdisc_tools.metadata.rule_store import (
    OWN,
    RuleSet,
    added_sets,
    own_rules_folder,
    read_set,
    rules_folder,
    set_files,
    texts_hash,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.rules import Rule
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.loader import read_rule
from cdisc_tools.rules.operations import OPERATIONS
from cdisc_tools.rules.operators import OPERATORS
from cdisc_tools.rules.runner import conditions_of
from cdisc_tools.rules.wildcards import form_pattern

_NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Unreadable:
    """A rule that can't be used: the name of its file or its id, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class RuleBook:
    """Rules by id, the sets that they come from, and those that can't be used."""

    rules: Mapping[str, Rule]
    sets: Mapping[str, str]
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True)
class Added:
    """An added set, the rules of it that can't be used, and whether it was written."""

    rule_set: RuleSet
    unreadable: tuple[Unreadable, ...]
    folder: Path
    written: bool


def read_rules(paths: Iterable[Path] = (), *, added: bool = True) -> RuleBook:
    """Read the rules at hand: the product's own, the added ones, and those of ``paths``.

    Of two rules with one id that of the set read later holds, within a set the first. A rule that
    can't be read is listed. Raises ConfigurationError for a path without rules or an added set
    that was altered.
    """
    rules: dict[str, Rule] = {}
    sets: dict[str, str] = {}
    unreadable: list[Unreadable] = []
    for name, texts in _rule_texts(paths, added=added):
        of_set: dict[str, str] = {}
        for source, text in texts.items():
            try:
                rule = usable_rule(text, source)
            except ConfigurationError as error:
                unreadable.append(Unreadable(source, str(error)))
                continue
            if rule.id in of_set:
                reason = f"{source}: the id {rule.id} is that of {of_set[rule.id]}, too"
                unreadable.append(Unreadable(source, reason))
                continue
            of_set[rule.id] = source
            rules[rule.id] = rule
            sets[rule.id] = name
    return RuleBook(dict(sorted(rules.items())), sets, tuple(unreadable))


def usable_rule(text: str, source: str) -> Rule:
    """Read a rule whose operators, operations and wildcards are known.

    Raises ConfigurationError that names the file and line of what is wrong.
    """
    rule = read_rule(text, source)
    for condition in conditions_of(rule.check):
        if condition.operator not in OPERATORS:
            raise ConfigurationError(
                f"{source} line {condition.line}: there is no operator '{condition.operator}'"
            )
    for item in rule.operations:
        if item.operator not in OPERATIONS:
            raise ConfigurationError(
                f"{source} line {item.line}: there is no operation '{item.operator}'"
            )
    for form in rule.each_variable:
        try:
            form_pattern(form)
        except RuleError as error:
            raise RuleError(f"{source}: {error}") from error
    return rule


def _rule_texts(paths: Iterable[Path], *, added: bool) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield OWN, folder_texts(own_rules_folder())
    if added:
        for rule_set in added_sets():
            yield rule_set.name, read_set(rules_folder() / rule_set.name)[1]
    for path in paths:
        yield str(path), folder_texts(path)


def folder_texts(path: Path) -> dict[str, str]:
    """Return the texts of the rules of a folder, a zip archive or one file.

    Raises ConfigurationError when there is none.
    """
    folder = read_rule_folder(path, cases=False)
    texts = {name: folder.text(name) for name in rule_paths(folder)}
    if not texts:
        raise ConfigurationError(f"{path} has no rule; a rule is a folder with a rule.yml")
    return texts


def add_rules(path: Path, *, name: str = "", version: str = "", replace: bool = False) -> Added:
    """Keep the rules of a folder or zip archive for later use.

    ``name`` defaults to the path's own. Raises ConfigurationError for a path without rules, a name
    that is none, or another set under the same name unless ``replace`` is given.
    """
    texts = folder_texts(path)
    name = name or path.stem
    if not _NAME.fullmatch(name) or name.startswith("."):
        raise ConfigurationError(
            f"'{name}' is no name of a set; give one of letters, digits, '.', '-' and '_' by --name"
        )
    if name == OWN:
        raise ConfigurationError(f"'{OWN}' is the set that ships; give another --name")
    unreadable, ids = _unreadable(texts)
    if not ids:
        raise ConfigurationError(f"{path}: none of its rules can be read: {unreadable[0].reason}")
    rule_set = RuleSet(name, version, texts_hash(texts), path.name, len(texts))
    folder = rules_folder() / name
    if folder.is_dir() and not replace:
        earlier, _ = read_set(folder)
        if (earlier.sha256, earlier.version) == (rule_set.sha256, rule_set.version):
            return Added(rule_set, unreadable, folder, written=False)
        raise ConfigurationError(
            f"there are other rules under the name '{name}' (version {earlier.version or 'unsaid'}"
            f", {earlier.rules} rules of {earlier.file}); give --replace or another --name"
        )
    with replacing_folder(folder) as made:
        for file, text in set_files(rule_set, texts).items():
            write_text(made / file, text)
    return Added(rule_set, unreadable, folder, written=True)


def _unreadable(texts: Mapping[str, str]) -> tuple[tuple[Unreadable, ...], list[str]]:
    """Sort rules into those that can't be used and the ids of the others."""
    found, ids = [], []
    for source, text in texts.items():
        try:
            ids.append(usable_rule(text, source).id)
        except ConfigurationError as error:
            found.append(Unreadable(source, str(error)))
    return tuple(found), ids
