"""Rules about each variable of a form: what the wildcards meet and what is put in their place."""

import json
from dataclasses import replace

import pytest

from cdisc_tools.model.rules import RECORD, Condition, MatchDataset, Operation, Rule
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.loader import read_rule
from cdisc_tools.rules.wildcards import instances


def _rule(form: str, value: str) -> Rule:
    return Rule(
        id="CDT-A999", version="1", status="", description="", message=f"{value} is wrong",
        rule_type="Record Data", sensitivity=RECORD, executability="",
        check=Condition("USUBJID", "equal_to", value), each_variable=(form,),
        operations=(Operation("$x", "map", options={"map": [{"output": value}]}),),
        match_datasets=(MatchDataset("{domain}", (("USUBJID", "USUBJID"),)),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "value", "variables", "expected"),
    [
        ("TRT{xx}P", "TRT{xx-1}P", ["TRT01P", "TRT02P", "TRT10P"], ["TRT00P", "TRT01P", "TRT09P"]),
        ("TRT{xx}P", "{xx}", ["TRT00P", "TRT1P", "TRT99P"], ["99"]),
        ("{domain}SEQ", "{domain}.{domain}SEQ", ["AESEQ", "ASEQ", "SRCSEQ"], ["AE.AESEQ"]),
        ("{domain}{root}", "{root}", ["AETERM", "AE"], ["TERM"]),
        # a place that no wildcard of the form fills stays
        ("{root}FL", "{y}{APERIOD:02}", ["SAFFL"], ["{y}{APERIOD:02}"]),
        ("{variable}", "ADSL.{variable}", ["AGE"], ["ADSL.AGE"]),
        # {y} has no leading zero, {w} one digit, {xx} and {zz} two
        ("TRTAG{y}", "{y}", ["TRTAG1", "TRTAG12", "TRTAG01", "TRTAG0", "TRTAG100"], ["1", "12"]),
        ("CRIT{w}", "{w}", ["CRIT1", "CRIT9", "CRIT0", "CRIT10"], ["1", "9"]),
        ("TR{xx}PG{w}", "{xx}-{w}", ["TR01PG2", "TR01PG10", "TR1PG1"], ["01-2"]),
        ("P{xx}S{zz}", "{zz}.{xx}", ["P01S02", "P00S01"], ["02.01"]),
        # a wildcard that stands twice is the same in both places
        ("A{w}B{w}", "{w}", ["A1B1", "A1B2"], ["1"]),
        # what is no wildcard is taken as it is written
        ("A.B{w}", "{w}", ["A.B1", "AXB2"], ["1"]),
        ("{root}FL", "{root}", ["SAFFL", "FL", "1FL", "A_FL", "saffl"], ["SAF"]),
    ],
)
def test_what_is_put_in(form, value, variables, expected):
    found = list(instances(_rule(form, value), variables))
    assert [item.check.value for item in found] == expected
    assert [item.operations[0].options["map"][0]["output"] for item in found] == expected
    assert [item.message for item in found] == [f"{text} is wrong" for text in expected]


def test_a_matched_dataset_is_named_too():
    (found,) = instances(_rule("{domain}SEQ", "x"), ["LBSEQ"])
    assert found.match_datasets[0].name == "LB"


def test_an_unknown_wildcard_is_named():
    with pytest.raises(RuleError, match=r"\{zzz\} in A\{zzz\} is unknown"):
        list(instances(_rule("A{zzz}", "x"), ["A1"]))


def test_a_variable_of_several_forms_counts_once():
    several = replace(_rule("", "{variable}"), each_variable=("TRT{xx}P", "TRT{xx}{root}", "AGE"))
    found = list(instances(several, ["TRT01P", "AGE", "TRT02A", "SEX"]))
    assert [item.check.value for item in found] == ["TRT01P", "TRT01P", "TRT02A", "AGE"]
    assert all(not item.each_variable for item in found)
    same = replace(several, each_variable=("TRT{xx}P", "TRT{xx}P"))
    assert len(list(instances(same, ["TRT01P"]))) == 1


def test_a_rule_about_no_form_is_given_as_it_is():
    plain = replace(_rule("", "{xx}"), each_variable=())
    assert list(instances(plain, ["TRT01P"])) == [plain]


def test_the_id_and_the_file_stay():
    odd = replace(_rule("A{w}", "{w}"), id="ACME-{w}", source="{w}/rule.yml")
    (found,) = instances(odd, ["A1"])
    assert (found.id, found.source) == ("ACME-{w}", "{w}/rule.yml")


def test_all_that_a_rule_says_is_filled_in():
    of = read_rule(json.dumps({
        "Core": {"Id": "T"}, "Rule Type": "Record Data", "Sensitivity": "Group", "Scope": {},
        "Each Variable": "CRIT{w}FL", "Grouping Variables": ["CRIT{w}"],
        "Check": {"all": [{"not": {"name": "CRIT{w}", "operator": "is_in", "value": ["{w}", 1],
                                   "within": "X{w}"}}]},
        "Outcome": {"Message": "CRIT{w}", "Output Variables": ["CRIT{w}"]},
    }), "rule.yml")  # fmt: skip
    (found,) = instances(of, ["CRIT2FL"])
    condition = found.check.checks[0].checks[0]
    assert (condition.name, condition.value, condition.options) == (
        "CRIT2", ["2", 1], {"within": "X2"},
    )  # fmt: skip
    assert (found.output_variables, found.grouping_variables) == (("CRIT2",), ("CRIT2",))
    assert found.message == "CRIT2"
