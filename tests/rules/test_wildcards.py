"""Rules about each variable of a form: what the wildcards meet and what is put in their place."""

import pytest

from cdisc_tools.model.rules import RECORD, Condition, MatchDataset, Operation, Rule
from cdisc_tools.rules.errors import RuleError
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
