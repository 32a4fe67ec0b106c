"""The rules that ship: every case exact, and what each rule must say of itself."""

import csv
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from cdisc_tools.io.rule_files import read_rule_files, read_rule_folder
from cdisc_tools.metadata.rule_store import OWN, own_rules_folder
from cdisc_tools.model.rule_cases import EXACT
from cdisc_tools.pipeline.rule_cases import case_study, run_case
from cdisc_tools.pipeline.rule_findings import issue_values
from cdisc_tools.pipeline.rules import usable_rule
from cdisc_tools.rules.runner import run_rule

FOLDERS = sorted(path.parent for path in own_rules_folder().glob("*/rule.yml"))
COVERAGE = ("adam_coverage.csv",)
ID = re.compile(r"CDT-[A-Z]\d{3}")
RULE_SET = "Rule Set (Generally IG Version, OCCDS v1.0, ADNCA v1.0)"


def coverage():
    """The lines of the tables that say which rule stands for one of the authority's."""
    for name in COVERAGE:
        with (own_rules_folder() / name).open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_rule_says_what_is_needed_and_finds_what_it_must(folder):
    (files,) = read_rule_files(read_rule_folder(folder))
    rule = usable_rule(files.text, files.source)
    assert rule.id == folder.name
    assert ID.fullmatch(rule.id)
    assert rule.severity
    assert rule.remedy
    assert rule.description
    assert rule.references
    for reference in rule.references:
        assert reference.organization
        assert reference.rule_id == rule.id or reference.organization != OWN

    faultless = {"positive": True, "negative": False}
    assert {case.kind for case in files.cases} == set(faultless)
    for case in files.cases:
        assert (not case.expected) is faultless[case.kind], case.name
        outcome = run_case(rule, case)
        assert (outcome.status, outcome.absent, outcome.surplus) == (EXACT, (), ()), case.name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_order_of_the_records_makes_no_difference(folder):
    (files,) = read_rule_files(read_rule_folder(folder))
    rule = usable_rule(files.text, files.source)
    for case in files.cases:
        reverse = [
            replace(item, frame=item.frame.iloc[::-1].reset_index(drop=True))
            for item in case.datasets
        ]
        reversed_case = replace(case, datasets=tuple(reverse))
        assert identities(rule, reversed_case) == identities(rule, case), case.name


def identities(rule, case):
    """What a baseline compares of findings, but for the keys of records."""
    return Counter(
        (issue.dataset, issue.variables, issue_values(issue))
        for judged in run_rule(rule, case_study(case))
        for issue in judged.issues
    )


def test_no_folder_is_without_a_rule():
    inside = sorted(path for path in own_rules_folder().iterdir() if path.is_dir())
    assert inside == FOLDERS


def test_there_are_as_many_rules_as_promised():
    ids = [folder.name for folder in FOLDERS]
    assert len(ids) >= 350
    assert sum(rule_id.startswith("CDT-O") for rule_id in ids) >= 40
    assert sum(bool(line["rule"]) for line in coverage()) >= 300


def test_each_rule_of_the_authority_has_a_rule_or_a_reason():
    listed = [line["rule_id"] for line in coverage()]
    assert len(listed) == len(set(listed))
    for line in coverage():
        assert bool(line["rule"]) != bool(line["waits"]), line


def test_covered_rules_are_there_and_name_the_authority_s_id():
    by_folder = {folder.name: folder for folder in FOLDERS}
    for line in coverage():
        if line["rule"]:
            path: Path = by_folder[line["rule"]] / "rule.yml"
            rule = usable_rule(path.read_text(encoding="utf-8"), str(path))
            assert line["rule_id"] in {item.rule_id for item in rule.references}, line


def test_only_listed_ids_are_covered(shared):
    path = shared / "reference" / "standards" / "adam_conformance_rules_v5_0.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    listed = {f"AD{int(line['Rule ID']):04d}" for line in lines}
    assert {line["rule_id"] for line in coverage()} <= listed
