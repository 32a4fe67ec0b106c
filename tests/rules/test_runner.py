"""Rules on datasets: what is at fault, what an issue shows, and why a rule was not judged."""

import pytest

from cdisc_tools.model.rules import Condition, Conditions
from cdisc_tools.rules.runner import Issue, conditions_of, run_rule, run_rules
from cdisc_tools.rules.study import RuleStudy
from tests.rules.operations.frames import dataset
from tests.rules.small_rules import issues, judged, rule

AE = dataset("AE", """
    DOMAIN  USUBJID  AESEQ#  AETERM  AESER  AESDTH
    AE      1        1       FEVER   Y      .
    AE      1        2       RASH    N      Y
    AE      2        1       FEVER   .      .
    AE      3        1       .       Y      Y
""")  # fmt: skip
SER, DTH, TERM = "AESER equal_to Y", "AESDTH equal_to Y", "AETERM equal_to FEVER"
GONE = "AEGONE equal_to Y"


@pytest.mark.parametrize(
    ("check", "records"),
    [
        (SER, [1, 4]),
        ({"all": [SER, DTH]}, [4]),
        ({"any": [SER, DTH]}, [1, 2, 4]),
        ({"not": [SER]}, [2, 3]),
        # not is true where not all of them are
        ({"not": [SER, DTH]}, [1, 2, 3]),
        ({"all": [SER, {"any": [DTH, TERM]}]}, [1, 4]),
        ({"all": [{"not": [SER]}, {"not": [DTH]}]}, [3]),
        # of any, what can't be judged is passed over
        ({"any": [GONE, DTH]}, [2, 4]),
        ({"any": [DTH, GONE]}, [2, 4]),
        ({"any": [{"all": [SER, GONE]}, DTH]}, [2, 4]),
        ({"all": [{"any": [GONE, SER]}, DTH]}, [4]),
        # presence is asked for
        ({"all": [SER, "AEGONE not_exists"]}, [1, 4]),
        ({"all": [SER, "AEGONE exists"]}, []),
        ({"all": [SER, "AETERM exists"]}, [1, 4]),
    ],
)
def test_conditions_are_joined(check, records):
    assert [record for record, *_ in issues(rule(check), AE)] == records


@pytest.mark.parametrize(
    ("check", "absent"),
    [
        (GONE, "AEGONE"),
        ({"all": [SER, GONE]}, "AEGONE"),
        ({"not": [GONE]}, "AEGONE"),
        ({"any": [GONE, "AELOST empty"]}, "AEGONE"),
        ({"all": [{"any": [GONE]}, SER]}, "AEGONE"),
        ({"all": ["--GONE equal_to Y", SER]}, "AEGONE"),
    ],
)
def test_a_rule_on_an_absent_variable_is_skipped(check, absent):
    (found,) = judged(rule(check), AE)
    assert (found.status, found.reason) == ("skipped", f"there is no variable {absent}")
    assert (found.issues, found.count) == ((), 0)


@pytest.mark.parametrize(
    ("check", "sensitivity", "parts", "varying"),
    [
        (SER, "Record", {}, [set(), set()]),
        # a missing value is another one
        ("AESEQ less_than 2", "Dataset", {}, [{"USUBJID", "AETERM"}]),
        (TERM, "Dataset", {}, [{"USUBJID"}]),
        (DTH, "Dataset", {}, [{"USUBJID", "AETERM"}]),
        (
            "AESEQ greater_than 0",
            "Group",
            {"grouping_variables": ["USUBJID"]},
            [{"AETERM"}, set(), set()],
        ),
        (SER, "Group", {"grouping_variables": ["DOMAIN"]}, [{"USUBJID", "AETERM"}]),
    ],
)
def test_what_varies_within_a_dataset_or_group_is_told(check, sensitivity, parts, varying):
    of = rule(check, sensitivity=sensitivity, output=["USUBJID", "AETERM"], **parts)
    (found,) = judged(of, AE)
    assert [set(issue.varying) for issue in found.issues] == varying


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("--TERM is empty", "AETERM is empty"),
        ("empty -- ask the site", "empty -- ask the site"),
        ("--DY (--STDTC)", "AEDY (AESTDTC)"),
    ],
)
def test_a_message_names_the_variables_of_the_domain(message, expected):
    (found,) = judged(rule(SER, message=message), AE)
    assert {issue.message for issue in found.issues} == {expected}


LISTS = [{"id": "$all", "operator": "get_column_order_from_dataset"}]


@pytest.mark.parametrize(
    ("sensitivity", "parts", "expected"),
    [
        ("Record", {}, [(1, "FEVER"), (3, "FEVER")]),
        ("Dataset", {}, [(None, "FEVER")]),
        # a group is shown by its first record
        ("Group", {"grouping_variables": ["AETERM"]}, [(1, "FEVER")]),
        ("Group", {"grouping_variables": ["USUBJID"]}, [(1, "FEVER"), (3, "FEVER")]),
        ("Group", {"grouping_variables": ["AESDTH", "DOMAIN"]}, [(1, "FEVER")]),
    ],
)
def test_sensitivity(sensitivity, parts, expected):
    of = rule(TERM, sensitivity=sensitivity, **parts)
    assert issues(of, AE) == expected


def test_a_group_by_an_absent_variable_is_skipped():
    of = rule(TERM, sensitivity="Group", grouping_variables=["AEGONE"])
    assert judged(of, AE)[0].reason == "there is no variable AEGONE"


@pytest.mark.parametrize(
    ("output", "variables", "values"),
    [
        # those of the check, each once
        ((), ("AESER", "AESDTH"), ("Y", "Y")),
        (("AETERM", "AESEQ"), ("AETERM", "AESEQ"), (None, 1.0)),
        (("AESEQ", "--SEQ", "--GONE"), ("AESEQ", "AEGONE"), (1.0, "Not in dataset")),
        # what a list names is shown, too
        (("$keys",), ("$keys", "AESEQ", "USUBJID"), (("AESEQ", "USUBJID", "VISIT"), 1.0, "3")),
    ],
)
def test_what_an_issue_shows(output, variables, values):
    operations = [{"id": "$keys", "operator": "distinct", "name": "K", "domain": "XX"}]
    keys = dataset("XX", "K\nUSUBJID\nAESEQ\nVISIT")
    check = {"all": [SER, DTH, "AESER non_empty"]}
    of = rule(check, output=list(output), message="--SER is wrong", operations=operations)
    (found,) = judged(of, AE, keys)
    assert found.issues == (Issue("AE", 4, variables, values, "AESER is wrong"),)
    assert found.counts == {("AE", variables): 1}


@pytest.mark.parametrize(("limit", "kept"), [(None, 3), (0, 0), (2, 2), (5, 3)])
def test_issues_past_a_limit_are_counted(limit, kept):
    (found,) = judged(rule({"any": [SER, DTH]}), AE, limit=limit)
    assert (len(found.issues), found.count) == (kept, 3)


EMPTY = dataset("AE", "DOMAIN USUBJID AESER")


@pytest.mark.parametrize(
    ("of", "datasets", "status", "reason"),
    [
        (rule(SER), (AE,), "ran", ""),
        (rule(SER), (EMPTY,), "skipped", "there are no records"),
        (rule(SER, scope={"Domains": {"Include": ["DM"]}}), (AE,), "skipped",
         "outside its domains"),
        (rule(SER, rule_type="JSONata"), (AE,), "skipped",
         "rules of the type JSONata are not judged on datasets"),
        (rule(SER, operations=[{"id": "$a", "operator": "distinct", "domain": "EX", "name": "A"}]),
         (AE,), "skipped", "there is no dataset EX"),
        (rule(SER, each_variable="TRT{xx}P"), (AE,), "skipped",
         "no variable has the form that the rule is about"),
        (rule("AESER equals Y"), (AE,), "broken", "rule.yml: line 1: there is no operator equals"),
        (rule(SER, operations=[{"id": "$a", "operator": "distinkt"}]), (AE,), "broken",
         "rule.yml: line 1: there is no operation distinkt"),
        (rule(SER, each_variable="TRT{q}P"), (AE,), "broken",
         "rule.yml: Each Variable: {q} in TRT{q}P is unknown; known are {y}, {w}, {xx}, {zz}, "
         "{root}, {domain}, {variable}"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_rule(of, datasets, status, reason):
    (found,) = judged(of, *datasets)
    assert (found.status, found.reason, found.dataset) == (status, reason, "AE")


def test_a_wrong_regular_expression_is_a_broken_rule():
    (found,) = judged(rule("AETERM matches_regex ("), AE)
    assert found.status == "broken"
    assert found.reason


def test_a_rule_for_each_variable_is_judged_for_those_that_it_can_be():
    """CRIT2FL has no CRIT2: the rule ran for CRIT1 and is counted once."""
    advs = dataset("ADVS", "USUBJID CRIT1 CRIT1FL CRIT2FL\n1 . Y Y\n2 A Y .")
    of = rule({"all": ["CRIT{w}FL equal_to Y", "CRIT{w} empty"]}, each_variable="CRIT{w}FL",
              message="CRIT{w} is empty")  # fmt: skip
    (found,) = judged(of, advs)
    assert found.status == "ran"
    assert found.issues == (
        Issue("ADVS", 1, ("CRIT1FL", "CRIT1"), ("Y", None), "CRIT1 is empty"),
    )  # fmt: skip
    assert found.rule is of


QS1 = dataset("QS1", "DOMAIN USUBJID QSSEQ# QSORRES\nQS 1 1 A\nQS 1 2 .")
QS2 = dataset("QS2", "DOMAIN USUBJID QSSEQ# QSORRES QSSTAT\nQS 2 1 . .\nQS 1 1 B .\nQS 2 9 . N")


def test_an_issue_of_a_split_dataset_names_the_part_and_its_record():
    of = rule("QSORRES empty", output=["QSSEQ", "QSSTAT"])
    found = run_rule(of, RuleStudy((QS1, AE, QS2)))
    assert [(item.dataset, item.status) for item in found] == [("QS", "ran"), ("AE", "skipped")]
    assert [(item.dataset, item.record, item.values) for item in found[0].issues] == [
        ("QS1", 2, (2.0, None)), ("QS2", 1, (1.0, None)), ("QS2", 3, (9.0, "N")),
    ]  # fmt: skip


def test_issues_past_a_limit_are_counted_by_part():
    of = rule("QSORRES empty", output=["QSSEQ"])
    (found,) = run_rule(of, RuleStudy((QS1, QS2)), limit=1)
    assert [issue.dataset for issue in found.issues] == ["QS1"]
    assert found.counts == {("QS1", ("QSSEQ",)): 1, ("QS2", ("QSSEQ",)): 2}


def test_the_number_of_a_variable_is_no_record():
    of = rule("variable_name equal_to AETERM", rule_type="Variable Metadata Check")
    (found,) = judged(of, AE)
    assert [(issue.record, issue.is_record) for issue in found.issues] == [(4, False)]
    (found,) = judged(rule(DTH), AE)
    assert [(issue.record, issue.is_record) for issue in found.issues] == [(2, True), (4, True)]


def test_a_split_dataset_is_judged_as_a_whole():
    of = rule("QSSEQ is_not_unique_set USUBJID")
    (found,) = run_rule(of, RuleStudy((QS1, QS2)))
    assert [(item.dataset, item.record) for item in found.issues] == [("QS1", 1), ("QS2", 2)]


def test_a_rule_about_the_study_is_judged_once():
    of = rule({"all": ["AE exists", "DM not_exists"]}, rule_type="Domain Presence Check",
              sensitivity="Dataset")  # fmt: skip
    found = run_rule(of, RuleStudy((AE, QS1)))
    assert [issue for item in found for issue in item.issues] == [
        Issue(
            "STUDY", None, ("AE", "DM"), ("AE", "Not in dataset"), "It is wrong.", is_record=False
        )
    ]


def test_rules_are_run_dataset_by_dataset_and_only_on_those_judged():
    rules = [rule(SER), rule("QSORRES empty", scope={"Domains": {"Include": ["QS"]}})]
    study = RuleStudy((AE, QS1))
    assert [(item.dataset, item.status, item.count) for item in run_rules(rules, study)] == [
        ("AE", "ran", 2), ("AE", "skipped", 0), ("QS", "skipped", 0), ("QS", "ran", 1),
    ]  # fmt: skip
    (only,) = judged(rules[0], AE, QS1)
    assert only.dataset == "AE"
    assert run_rule(rules[0], RuleStudy(())) == []


def test_the_conditions_of_a_check_in_their_order():
    first, second, third = (Condition(name, "empty") for name in "ABC")
    check = Conditions("all", (first, Conditions("any", (second, Conditions("not", (third,))))))
    assert list(conditions_of(check)) == [first, second, third]
