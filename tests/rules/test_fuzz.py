"""Bent rules and bent datasets: located errors or statuses with reasons, never a traceback.

Whatever stands in a rule's file, it is refused with file and place, or it is judged; whatever
stands in a dataset, no rule that is right in itself breaks.
"""

import time
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from cdisc_tools.io.rule_files import RuleFolder
from cdisc_tools.metadata.study_standards import standards_of
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.rules import Scope
from cdisc_tools.model.specs import DatasetSpec
from cdisc_tools.pipeline.rule_cases import case_study
from cdisc_tools.pipeline.rule_findings import check_rules, ruled
from cdisc_tools.pipeline.rules import RuleBook
from cdisc_tools.rules.loader import read_rule
from cdisc_tools.rules.runner import BROKEN, RAN, SKIPPED, run_rule, run_rules
from tests.rules.fuzzing import bent_case, bent_rule, pool

SEEDS, STEP = 500, 25
BLOCKS = [range(first, first + STEP) for first in range(0, SEEDS, STEP)]
# of processor time; none takes a tenth of it
SECONDS = 5


@lru_cache(maxsize=1)
def standards():
    return standards_of(None)


def judged(run):
    """The outcomes of a run, each with a reason where the rule did not run, and in time."""
    start = time.process_time()
    outcomes = list(run)
    assert time.process_time() - start < SECONDS
    for item in outcomes:
        assert item.status in {RAN, SKIPPED, BROKEN}
        assert (item.status == RAN) == (item.reason == "")
    return outcomes


def read(content):
    """A bent rule, or the message that refuses it."""
    try:
        text = RuleFolder("bent", {"rule.yml": content}).text("rule.yml")
        return read_rule(text, "bent/rule.yml")
    except ConfigurationError as error:
        return str(error)


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_bent_rules_are_refused_or_judged(seeds):
    for seed in seeds:
        _, content, cases = bent_rule(seed)
        rule = read(content)
        if isinstance(rule, str):
            assert rule.startswith("bent/rule.yml"), seed
            assert len(rule.splitlines()) == 1, seed
        else:
            judged(run_rule(rule, case_study(cases[0])))


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_bent_datasets_break_no_rule(seeds):
    rules = [rule for rule, *_ in pool()]
    for seed in seeds:
        random = np.random.default_rng(seed)
        rule, _, cases = pool()[random.integers(len(rules))]
        case = bent_case(random, cases[random.integers(len(cases))])
        # the rule of the case, and others whatever datasets they are for
        others = (rules[place] for place in random.choice(len(rules), 6))
        asked = [rule, *(replace(other, scope=Scope()) for other in others)]
        broken = [
            (seed, item.rule.id, item.reason)
            for item in judged(run_rules(asked, case_study(case)))
            if item.status == BROKEN
        ]
        assert not broken


@pytest.mark.parametrize("seeds", BLOCKS[:4], ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_bent_datasets_have_findings(seeds):
    """The same by the way of ``validate``: keys, values and totals are told of any dataset."""
    for seed in seeds:
        random = np.random.default_rng(SEEDS + seed)
        rule, _, cases = pool()[random.integers(len(pool()))]
        case = bent_case(random, cases[random.integers(len(cases))])
        seen = [
            ruled(Dataset(DatasetSpec(item.name, "", "", "", ("USUBJID", "AVAL"), ()), item.frame))
            for item in case.datasets
        ]
        anywhere = replace(rule, scope=Scope(), references=())
        found = check_rules(seen, RuleBook({rule.id: anywhere}, {}), standards(), cap=5)
        assert len(found.records) <= len(found)
        assert not [item.reason for item in judged(found.outcomes) if item.status == BROKEN]


def test_the_pool_holds_every_word_of_the_language():
    """Most operators and operations are in it; a seed is the same everywhere."""
    assert len(pool()) >= 50
    first, second = bent_rule(7), bent_rule(7)
    assert first[1] == second[1]
