"""Lists and pages of the rules at hand, and the files of a new one."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from cdisc_tools.io.rule_files import RuleFolder, read_rule_files, read_rule_folder
from cdisc_tools.io.writing import replacing_folder
from cdisc_tools.metadata.resources import specs_path
from cdisc_tools.metadata.rule_store import own_rules_folder
from cdisc_tools.metadata.severities import read_severities
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.rule_cases import RuleCase
from cdisc_tools.model.rules import Rule
from cdisc_tools.pipeline.rule_findings import rule_check
from cdisc_tools.pipeline.rules import RuleBook, read_rules
from cdisc_tools.reports.rules import rule_page, write_rules
from cdisc_tools.rules.loader import RULE_ID


def list_rules(paths: Iterable[Path], text: str, authority: str, form: str) -> str:
    """Write the rules at hand whose id, message or variables hold a text, in a form."""
    book = _weighed_rules(paths)
    wanted, organization = text.casefold(), authority.casefold()
    chosen = [
        rule
        for rule in book.rules.values()
        if wanted in _searched(rule)
        and (not organization or organization in rule.authority.casefold().split(", "))
    ]
    return write_rules(chosen, book.sets, form)


def _weighed_rules(paths: Iterable[Path]) -> RuleBook:
    """Read the rules at hand with the severities that their findings have."""
    book = read_rules(paths)
    checks = {name: rule_check(rule) for name, rule in book.rules.items()}
    severities = read_severities(None, checks)
    rules = {
        name: replace(rule, severity=severities.of(checks[name]))
        for name, rule in book.rules.items()
    }
    return replace(book, rules=rules)


def _searched(rule: Rule) -> str:
    ids = (item.rule_id for item in rule.references)
    return " ".join(
        (rule.id, *ids, rule.message, rule.description, *rule.output_variables)
    ).casefold()


def rule_pages(rule_id: str, paths: Iterable[Path]) -> list[str]:
    """Write the page of a rule by its id; by an authority's id of each rule that has it.

    Raises ConfigurationError for an id that no rule at hand has.
    """
    paths = tuple(paths)
    book = _weighed_rules(paths)
    wanted = rule_id.upper()
    found = [
        rule
        for rule in book.rules.values()
        if wanted == rule.id.upper() or wanted in {item.rule_id.upper() for item in rule.references}
    ]
    if not found:
        raise ConfigurationError(
            f"there is no rule '{rule_id}'; look for it: cdisc-tools rules list TEXT"
        )
    return [rule_page(rule, book.sets[rule.id], _example(rule.id, paths)) for rule in found]


def _example(rule_id: str, paths: Iterable[Path]) -> RuleCase | None:
    """Return the first negative case of a rule, of the product's own or of a path's."""
    folders = [own_rules_folder() / rule_id, *(path / rule_id for path in paths), *paths]
    for folder in folders:
        if not folder.is_dir() or folder.name != rule_id:
            continue
        for files in read_rule_files(read_rule_folder(folder)):
            negative = [case for case in files.cases if case.kind == "negative"]
            if negative:
                return negative[0]
    return None


def new_rule(folder: Path) -> list[Path]:
    """Write a rule to begin with, under the folder's name, and return its files.

    Raises ConfigurationError when the folder is there already, or its name is no id.
    """
    if not RULE_ID.fullmatch(folder.absolute().name):
        raise ConfigurationError(
            f"'{folder.name}' is no id of a rule; give one of letters, digits, '.', '-' and '_'"
        )
    if folder.exists():
        raise ConfigurationError(f"{folder} is there already; give the name of a new folder")
    template = read_rule_folder(specs_path() / "rule_template")
    with replacing_folder(folder) as made:
        for name in template.files:
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_filled(template, name, folder.name), encoding="utf-8")
    return [folder / name for name in sorted(template.files)]


def _filled(template: RuleFolder, name: str, rule_id: str) -> str:
    return template.text(name).replace("RULE-ID", rule_id)
