"""The page on the rule language names all that we add to it, and nothing else."""

import re

from cdisc_tools.metadata.rule_store import own_rules_folder
from cdisc_tools.rules.loader import KEYS
from cdisc_tools.rules.operations import OPERATIONS
from cdisc_tools.rules.operators import OPERATORS
from cdisc_tools.rules.wildcards import WILDCARDS
from tests.rules.operators.test_registry import LANGUAGE as OPERATORS_OF_THE_LANGUAGE

PAGE = (own_rules_folder() / "README.md").read_text(encoding="utf-8")


def section(title: str) -> set[str]:
    """The names in the first cells of a section's table."""
    text = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([\w ]+)`", cell)}


def test_the_page_names_the_operators_of_ours():
    assert section("Operators of ours") == set(OPERATORS) - set(OPERATORS_OF_THE_LANGUAGE)


def test_the_page_names_operations_that_there_are():
    assert section("Operations of ours") <= set(OPERATIONS)


def test_the_page_names_the_keys_of_ours():
    assert {"Severity", "Remedy", "Rationale", "Each Variable", "Same As"} <= KEYS
    for key in ("Severity", "Remedy", "Rationale", "Each Variable", "Same As"):
        assert f"`{key}`" in PAGE


def test_the_page_names_the_wildcards():
    assert all(f"{{{name}}}" in PAGE for name in WILDCARDS)
