"""Findings of rules: their keys, what is kept and what is counted, and faults that are one."""

import pandas as pd
import pytest

from cdisc_tools.metadata.checks import sentence
from cdisc_tools.metadata.study_standards import standards_of
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.findings import Check, Finding, Findings
from cdisc_tools.model.specs import DatasetSpec
from cdisc_tools.pipeline import rule_findings as pipeline
from cdisc_tools.pipeline.rule_findings import check_rules, ruled, without_same_faults
from cdisc_tools.pipeline.rules import RuleBook, Unreadable
from tests.rules.small_rules import rule

STANDARDS = standards_of(None)
KEYS = {
    "AE": ("STUDYID", "USUBJID", "AETERM", "AESTDTC"),
    "QS1": ("STUDYID", "USUBJID", "QSTESTCD"),
    "QS2": ("STUDYID", "USUBJID", "QSTESTCD"),
    "ADVS": ("STUDYID", "USUBJID", "PARAMCD"),
}


def data(name, text):
    """A dataset of lines of values, ``.`` a missing one."""
    heads, *lines = [line.split() for line in text.strip().splitlines()]
    columns = list(zip(*lines, strict=True)) or [()] * len(heads)
    frame = pd.DataFrame(
        {head: [None if value == "." else value for value in values]
         for head, values in zip(heads, columns, strict=True)},
        dtype="string",
    )  # fmt: skip
    spec = DatasetSpec(name, "", "", "", KEYS.get(name, ("STUDYID", "USUBJID")), ())
    return ruled(Dataset(spec, frame))


AE = data("AE", """
    STUDYID  DOMAIN  USUBJID  AETERM  AESTDTC     AESER
    S        AE      1        FEVER   2024-01-01  X
    S        AE      1        RASH    .           X
    S        AE      2        FEVER   2024-02-01  Y
    S        AE      2        .       2024-02-02  X
""")  # fmt: skip
QS1 = data("QS1", "STUDYID DOMAIN USUBJID QSTESTCD QSORRES\nS QS 1 A .\nS QS 2 A .")
QS2 = data("QS2", "STUDYID DOMAIN USUBJID QSTESTCD QSORRES\nS QS 1 B 1\nS QS 2 B .\nS QS 3 B .")
ADVS = data("ADVS", "STUDYID USUBJID PARAMCD AVALC AESER\nS 1 SYSBP . X\nS 2 SYSBP 5 X")


def book(*rules, unreadable=()):
    return RuleBook({item.id: item for item in rules}, {}, tuple(unreadable))


def named(rule_id, check, **parts):
    return rule(check, core={"Id": rule_id}, severity="warning", **parts)


BAD = named("R1", "AESER equal_to X", output=["AESER"])


def test_a_finding_has_the_key_of_its_record():
    """What is missing is left out of the key, as is the study's identifier."""
    found = check_rules([AE], book(BAD), STANDARDS)
    assert [(item.record, item.key) for item in found] == [
        (1, (("USUBJID", "1"), ("AETERM", "FEVER"), ("AESTDTC", "2024-01-01"))),
        (2, (("USUBJID", "1"), ("AETERM", "RASH"))),
        (4, (("USUBJID", "2"), ("AESTDTC", "2024-02-02"))),
    ]
    assert [(item.variables, item.values) for item in found] == [(("AESER",), ("X",))] * 3
    assert sentence(found.records[1], found.checks) == (
        "It is wrong. (USUBJID=1, AETERM=RASH: 'X')"
    )
    assert (found.checks["R1"].severity, found.checks["R1"].remedy) == (
        "warning", pipeline.NO_REMEDY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "values", "told"),
    [
        # of a dataset a value is told where all records at fault have it
        ({"sensitivity": "Dataset", "output": ["AETERM", "DOMAIN", "AEGONE"]},
         ("", "AE", "Not in dataset"), "It is wrong."),
        # the number of a variable is not that of a record
        ({"rule_type": "Variable Metadata Check", "output": ["variable_name"]},
         ("AESER",), "It is wrong. ('AESER')"),
    ],
)  # fmt: skip
def test_a_finding_about_no_record_has_no_key(parts, values, told):
    of_variable = "rule_type" in parts
    check = "variable_name equal_to AESER" if of_variable else "AESER equal_to X"
    found = check_rules([AE], book(named("R1", check, **parts)), STANDARDS)
    (finding,) = found
    assert (finding.record, finding.key, finding.values) == (None, (), values)
    assert sentence(finding, found.checks) == told


def test_a_long_list_is_cut():
    columns = [{"id": "$all", "operator": "get_column_order_from_dataset"}]
    wide = data("AE", " ".join(f"V{place}" for place in range(12)) + "\n" + "1 " * 12)
    of = named("R1", "V0 non_empty", operations=columns, output=["$all"])
    (finding,) = check_rules([wide], book(of), STANDARDS)
    assert finding.values[0] == ", ".join(f"V{place}" for place in range(10)) + ", ... (12 values)"


EMPTY = named("R2", "QSORRES empty", output=["QSORRES"])


@pytest.mark.parametrize(
    ("cap", "kept"),
    [
        (None, [("QS1", 1), ("QS1", 2), ("QS2", 2), ("QS2", 3)]),
        (3, [("QS1", 1), ("QS1", 2), ("QS2", 2)]),
        (1, [("QS1", 1)]),
    ],
)
def test_findings_past_the_cap_are_counted_where_they_lie(cap, kept):
    found = check_rules([QS1, QS2], book(EMPTY), STANDARDS, cap=cap)
    assert [(item.dataset, item.record) for item in found] == kept
    assert found.totals == {("R2", "QS1", ("QSORRES",)): 2, ("R2", "QS2", ("QSORRES",)): 2}
    assert len(found) == 4
    assert [(item.dataset, item.status, item.findings) for item in found.outcomes] == [
        ("QS1", "ran", 2), ("QS2", "ran", 2),
    ]  # fmt: skip


def test_the_key_is_that_of_the_part():
    found = check_rules([QS1, QS2], book(EMPTY), STANDARDS)
    assert found.records[-1].key == (("USUBJID", "3"), ("QSTESTCD", "B"))


def references(standard, organization="CDISC", version=""):
    version = version or {"SDTMIG": "3.4", "ADaMIG": "1.3"}.get(standard, "1.0")
    standards = {"Name": standard, "Version": version,
                 "References": [{"Rule Identifier": {"Id": "X0001"}}]}  # fmt: skip
    return [{"Organization": organization, "Standards": [standards]}]


def outcomes(found):
    return [(item.rule_id, item.dataset, item.status, item.reason) for item in found.outcomes]


@pytest.mark.parametrize(
    ("authorities", "judged"),
    [
        (references("SDTMIG"), ["AE"]),
        (references("ADaMIG"), ["ADVS"]),
        (references("SDTMIG") + references("ADaMIG"), ["AE", "ADVS"]),
        ([], ["AE", "ADVS"]),
        (references("SDTMIG", version="3.2"), []),
        (references("SENDIG"), []),
    ],
)
def test_rules_are_judged_on_the_datasets_of_their_standard(authorities, judged):
    of = named("R1", "AESER equal_to X", output=["AESER"], authorities=authorities)
    found = check_rules([AE, ADVS], book(of), STANDARDS)
    assert list(dict.fromkeys(item.dataset for item in found)) == judged
    reason = "it is for other standards than those of the datasets"
    assert outcomes(found) == [
        ("R1", name, "ran", "") for name in judged
    ] or outcomes(found) == [("R1", "", "skipped", reason)]  # fmt: skip


def test_rules_of_adam_look_into_the_datasets_of_sdtm():
    match = [{"Name": "AE", "Keys": ["USUBJID"]}]
    of = named("R1", {"all": ["AETERM equal_to FEVER", "PARAMCD non_empty"]}, output=["AETERM"],
               match_datasets=match, authorities=references("ADaMIG"))  # fmt: skip
    found = check_rules([AE, ADVS], book(of), STANDARDS)
    assert [(item.dataset, item.record) for item in found] == [("ADVS", 1), ("ADVS", 2)]


def test_what_became_of_each_rule():
    broken = named("R3", "AESER equals X")
    absent = named("R4", "AEGONE empty")
    presence = named("R5", "DM not_exists", rule_type="Domain Presence Check",
                     sensitivity="Dataset")  # fmt: skip
    unreadable = [Unreadable("R6/rule.yml", "no YAML")]
    rules = book(BAD, broken, absent, presence, unreadable=unreadable)
    found = check_rules([AE], rules, STANDARDS)
    assert outcomes(found) == [
        ("R6/rule.yml", "", "broken", "no YAML"),
        ("R1", "AE", "ran", ""),
        ("R3", "AE", "broken", "rule.yml: line 1: there is no operator equals"),
        ("R4", "AE", "skipped", "there is no variable AEGONE"),
        ("R5", "AE", "ran", ""),
    ]
    assert found.totals["R5", "STUDY", ("DM",)] == 1
    # a dataset by itself doesn't miss the others
    alone = check_rules([AE], rules, STANDARDS, whole=False)
    assert outcomes(alone)[-1] == (
        "R5", "", "skipped", "the datasets are not the whole of the study",
    )  # fmt: skip
    assert check_rules([], book(BAD), STANDARDS).outcomes[0].status == "skipped"


SCHEMA = Check("CDT-S014", "error", "cdisc_tools", "t", "m", "r")


def schema_findings(*findings):
    found = Findings(checks={SCHEMA.id: SCHEMA})
    for finding in findings:
        found.add(finding)
    return found


def seen(variables=("AESER",), detail="", dataset="AE"):
    return Finding("CDT-S014", dataset, variables, detail=detail)


@pytest.mark.parametrize(
    ("of_schema", "same_as", "table", "kept"),
    [
        # the same variable of the same dataset
        ([seen()], ["CDT-S014"], ({}, {}), 0),
        ([seen()], [], ({}, {"R1": ("CDT-S014",)}), 0),
        ([seen(("AETERM",))], ["CDT-S014"], ({}, {}), 3),
        ([seen(dataset="CM")], ["CDT-S014"], ({}, {}), 3),
        ([seen()], ["CDT-S015"], ({}, {}), 3),
        ([seen()], [], ({}, {}), 3),
        ([], ["CDT-S014"], ({}, {}), 3),
        # a finding that names no variable names it in its words
        ([seen((), "AESER is not there")], ["CDT-S014"], ({}, {}), 0),
        ([seen((), "AESERX is not there")], ["CDT-S014"], ({}, {}), 3),
        # the same dataset, whatever the variable
        ([seen(("AETERM",))], [], ({"R1": ("CDT-S014",)}, {}), 0),
        ([seen(dataset="CM")], [], ({"R1": ("CDT-S014",)}, {}), 3),
    ],
)  # fmt: skip
def test_a_fault_that_a_schema_sees_too_is_one_finding(
    of_schema, same_as, table, kept, monkeypatch
):
    monkeypatch.setattr(pipeline, "read_same_faults", lambda: table)
    rules = book(named("R1", "AESER equal_to X", output=["AESER"], same_as=same_as,
                       authorities=references("SDTMIG")))  # fmt: skip
    schemas = schema_findings(*of_schema)
    found = check_rules([AE], rules, STANDARDS)
    left = without_same_faults(schemas, found, rules.rules)
    assert (len(left), len(left.records)) == (kept, kept)
    # the check that stays names the rule; what became of the rule is told as before
    named_ids = schemas.checks["CDT-S014"].references
    assert named_ids == (() if kept else ("R1", "X0001"))
    assert left.outcomes == found.outcomes


def test_a_rule_of_ours_gives_way_to_the_published_one_that_was_judged(monkeypatch):
    monkeypatch.setattr(pipeline, "read_same_faults", lambda: ({}, {}))
    published = named("CORE-1", "AESER equal_to X", output=["AESER"])
    ours = named("CDT-1", "AESER equal_to X", output=["AESER"], same_as=["CORE-1"])
    rules = book(ours, published)
    left = without_same_faults(Findings(), check_rules([AE], rules, STANDARDS), rules.rules)
    assert {item.check_id for item in left} == {"CORE-1"}
    alone = book(ours)
    left = without_same_faults(Findings(), check_rules([AE], alone, STANDARDS), alone.rules)
    assert {item.check_id for item in left} == {"CDT-1"}


def test_a_finding_of_a_group_has_the_group_for_its_key():
    of = named("R1", "AESER non_empty", sensitivity="Group", grouping_variables=["USUBJID"])
    found = check_rules([AE], book(of), STANDARDS)
    assert [item.key for item in found] == [(("USUBJID", "1"),), (("USUBJID", "2"),)]


def test_a_rule_about_the_study_is_judged_once_for_both_standards():
    advs = data("ADVS", "STUDYID USUBJID PARAMCD\nS 1 SYSBP")
    of = named("R1", "AE exists", rule_type="Domain Presence Check", sensitivity="Study")
    found = check_rules([AE, advs], book(of), STANDARDS)
    assert [item.dataset for item in found] == ["STUDY"]
    assert [item.status for item in found.outcomes] == ["ran"]
