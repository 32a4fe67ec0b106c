"""Rule files: what is read of them, and one message with file and line for each kind of fault."""

from itertools import pairwise

import pytest

from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.rules import (
    Choice,
    Condition,
    Conditions,
    MatchDataset,
    Operation,
    RuleReference,
)
from cdisc_tools.pipeline.rules import usable_rule
from cdisc_tools.rules.loader import read_rule

RULE = """\
Core: {Id: ACME-1, Version: "1", Status: Draft}
Severity: error
Rule Type: Record Data
Sensitivity: Record
Scope: {Domains: {Include: [AE]}}
Check:
  all:
    - {name: AESER, operator: equal_to, value: "Y"}
    - {name: AESDTH, operator: empty}
Outcome: {Message: Something is wrong., Output Variables: [AESER]}
"""
LAST = "Outcome: {Message: Something is wrong., Output Variables: [AESER]}\n"


def added(line):
    """The rule with a further line, its eleventh."""
    return RULE + line


def test_a_rule_has_what_its_file_says():
    text = (
        RULE
        + """\
Description: Serious, and in no way.
Operations:
  - {id: $doses, operator: record_count, domain: EX, group: [USUBJID], filter: {EXTRT: A}}
Match Datasets:
  - {Name: DM, Keys: [USUBJID, {Left: RDOMAIN, Right: DOMAIN}], Join Type: LEFT}
  - {Name: SUPP--, Keys: [USUBJID], Child: true}
Authorities:
  - Organization: CDISC
    Standards:
      - Name: SDTMIG
        Version: 3.4
        References: [{Rule Identifier: {Id: CG0001}}]
Each Variable: AE{root}
Same As: [CDT-S001, CDT-S002]
"""
    )
    rule = read_rule(text, "acme/rule.yml")
    assert (rule.id, rule.version, rule.status, rule.severity) == ("ACME-1", "1", "Draft", "error")
    assert (rule.rule_type, rule.sensitivity) == ("Record Data", "Record")
    assert rule.check == Conditions(
        "all", (Condition("AESER", "equal_to", "Y", line=8), Condition("AESDTH", "empty", line=9))
    )
    assert rule.scope.domains == Choice(("AE",))
    assert rule.operations == (
        Operation(
            "$doses", "record_count", "", "EX", ("USUBJID",), {"filter": {"EXTRT": "A"}}, line=13
        ),
    )
    assert rule.match_datasets == (
        MatchDataset("DM", (("USUBJID", "USUBJID"), ("RDOMAIN", "DOMAIN")), "left", wildcard="**"),
        MatchDataset("SUPP--", (("USUBJID", "USUBJID"),), is_child=True, wildcard="**"),
    )  # fmt: skip
    assert rule.references == (RuleReference("CDISC", "SDTMIG", "3.4", "CG0001"),)
    assert rule.authority == "CDISC"
    assert rule.each_variable == ("AE{root}",)
    assert rule.same_as == ("CDT-S001", "CDT-S002")
    assert rule.source == "acme/rule.yml"


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("{name: A, operator: empty}", Condition("A", "empty", line=1)),
        ("{not: {name: A, operator: empty}}",
         Conditions("not", (Condition("A", "empty", line=1),))),
        ("{any: [{name: A, operator: empty}]}",
         Conditions("any", (Condition("A", "empty", line=1),))),
        # two kinds beside each other both hold
        ("{all: [{name: A, operator: empty}], not: {name: B, operator: empty}}",
         Conditions("all", (Conditions("all", (Condition("A", "empty", line=1),)),
                            Conditions("not", (Condition("B", "empty", line=1),))))),
        # a date, a boolean and a number are data; Y is a text
        ("{name: A, operator: is_in, value: [2024-02-01, true, 5, Y], within: B}",
         Condition("A", "is_in", ["2024-02-01", True, 5, "Y"], {"within": "B"}, line=1)),
    ],
)  # fmt: skip
def test_checks(check, expected):
    rule = "Core: {Id: A}\nRule Type: Record Data\nSensitivity: Record\nScope: {}\n"
    rule += "Outcome: {Message: M}\n"
    assert read_rule(f"Check: {check}\n{rule}", "rule.yml").check == expected


FAULTS = [
    # no rule at all
    ("", "rule.yml: holds no rule; a rule is a mapping"),
    ("- a\n- b\n", "rule.yml: holds no rule"),
    ("{a: [b", "rule.yml: is no YAML: line 2 "),
    (RULE + "\tx: 1\n", "rule.yml: is no YAML: line 11 "),
    (RULE + "Severity: note\n", "is no YAML: line 11 the key 'Severity' stands there twice"),
    (RULE + "[a]: 1\n", "rule.yml: is no YAML: line 11 a key is no text"),
    (RULE + "Remedy: 2024-13-45\n", "rule.yml: is no YAML: line 11 month must be in 1..12"),
    (RULE + "Remedy: !!python/object:os.system x\n", "line 11 could not determine a constructor"),
    # its keys
    (RULE.replace("Core:", "Kern:"), "rule.yml line 1: Core is absent or empty"),
    (RULE.replace(LAST, ""), "rule.yml line 1: Outcome is absent or empty"),
    (RULE.replace("Scope:", "Skope:"), "rule.yml line 1: the key 'Skope' is unknown"),
    (RULE.replace("Id: ACME-1", 'Id: ""'), "rule.yml line 1: Id is absent or empty"),
    (RULE.replace("Id: ACME-1", "Id: [A]"), "rule.yml line 1: Id is no text"),
    (RULE.replace("{Id: ACME-1, Version: \"1\", Status: Draft}", "ACME-1"), "Core is no mapping"),
    (RULE.replace("error", "fatal"), "line 1: Severity 'fatal'; choose one of"),
    (RULE.replace("ty: Record", "ty: Records"), "line 1: Sensitivity 'Records'; choose one of"),
    (RULE.replace("ty: Record", "ty: Group"), "Sensitivity Group without Grouping Variables"),
    (RULE.replace("Type: Record Data", "Type: [A]"), "line 1: Rule Type is no text"),
    (RULE.replace("{Message: Something is wrong., ", "{"), "line 10: Outcome has no Message"),
    (RULE.replace("[AESER]", "[{A: 1}]"), "line 10: Output Variables is no list of names"),
    # its check
    (RULE.replace("  all:", "  some:"), "rule.yml line 7: operator is absent or empty"),
    (RULE.replace("operator: empty", "value: 1"), "line 9: operator is absent or empty"),
    (RULE.replace("name: AESDTH, ", ""), "rule.yml line 9: name is absent or empty"),
    (RULE.replace("name: AESDTH", "name: [A]"), "rule.yml line 9: name is no text"),
    (RULE.replace("{name: AESDTH, operator: empty}", "AESDTH"), "line 7: Check is no mapping"),
    (RULE.replace("{name: AESDTH, operator: empty}", "{all: []}"), "line 9: all has no condition"),
    (RULE.replace("{name: AESDTH, operator: empty}", "{any: }"), "line 9: any has no condition"),
    (RULE.replace("{name: AESDTH,", "{any: [{name: A, operator: empty}],"),
     "rule.yml line 9: any stands beside other keys"),
    (RULE.replace("Check:\n  all:\n", "Check:\n"), "rule.yml line 1: Check is no mapping"),
    # scope, operations, datasets, authorities
    (RULE.replace("Scope: {Domains: {Include: [AE]}}", "Scope: [AE]"), "Scope is no mapping"),
    (RULE.replace("{Include: [AE]}", "[AE]"), "rule.yml line 5: Domains is no mapping"),
    (RULE.replace("[AE]", "{AE: 1}"), "rule.yml line 5: Include is no list of names"),
    (added("Operations: {id: $a}\n"), "line 1: Operations is no list of mappings"),
    (added("Operations: [{operator: distinct}]\n"), "line 11: id is absent or empty"),
    (added("Operations: [{id: $a}]\n"), "line 11: operator is absent or empty"),
    (added("Operations: [{id: $a, operator: distinct, group: {A: 1}}]\n"), "group is no list"),
    (added("Match Datasets: [DM]\n"), "line 1: Match Datasets is no list of mappings"),
    (added("Match Datasets: [{Keys: [A]}]\n"), "line 11: Name is absent or empty"),
    (added("Match Datasets: [{Name: DM, Join Type: outer}]\n"), "line 11: Join Type 'outer'"),
    (added("Match Datasets: [{Name: DM, Keys: USUBJID}]\n"), "line 11: Keys is no list"),
    (added("Match Datasets: [{Name: DM, Keys: 5}]\n"), "line 11: Keys is no list"),
    (added("Match Datasets: [{Name: DM, Keys: [5]}]\n"), "line 11: a key is a variable, or Left"),
    (added("Match Datasets: [{Name: DM, Keys: [{Left: A}]}]\n"), "a key is a variable, or Left"),
    (added("Match Datasets: [{Name: DM, Keys: [{Left: A, Right: [B]}]}]\n"), "a key is a variable"),
    (added("Authorities: CDISC\n"), "line 1: Authorities is no list of mappings"),
    (added("Authorities: [{Standards: [3.4]}]\n"), "line 11: Standards is no list of mappings"),
    (added("Each Variable: {A: 1}\n"), "line 1: Each Variable is no list of names"),
    # names that the language doesn't have
    (RULE.replace("operator: empty", "operator: emty"), "line 9: there is no operator 'emty'"),
    (added("Operations: [{id: $a, operator: distinkt}]\n"), "line 11: there is no operation"),
    (added("Each Variable: TRT{q}P\n"), "Each Variable: {q} in TRT{q}P is unknown; known are {y}"),
    # what would keep a reader busy
    (added("Remedy: " + "[" * 50_000 + "\n"), "line 11 nests deeper than 100 levels"),
    (added("Remedy:\n" + "".join(f"{' ' * depth}- \n" for depth in range(1, 150))), "nests deeper"),
    (added("Remedy:\n " + "- " * 5_000 + "\n"), "line 12 nests deeper than 100 levels"),
    (added("Remedy: &a [*a]\n"), "line 11 an alias stands within what it repeats"),
    (added("Remedy: {a: &a {b: 1}, c: [" + "*a, " * 60_000 + "]}\n"), "more than 100000 values"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FAULTS, ids=[message for _, message in FAULTS])
def test_a_wrong_rule_gives_one_message_with_file_and_line(text, message):
    with pytest.raises(ConfigurationError) as caught:
        usable_rule(text, "rule.yml")
    shown = str(caught.value)
    assert message in shown
    assert shown.startswith("rule.yml")
    assert "\n" not in shown


def test_aliases_are_refused_by_what_they_repeat():
    """Nine lists of nine aliases each: a billion values in ten lines, refused at once."""
    levels = "abcdefghij"
    lines = [f"{name}: &{name} [{', '.join(['*' + before] * 9)}]"
             for before, name in pairwise(levels)]  # fmt: skip
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(lines)
    with pytest.raises(ConfigurationError, match="line 5 holds more than 100000 values"):
        read_rule(text, "rule.yml")


def test_aliases_may_repeat_a_little():
    text = RULE.replace("Include: [AE]", "Include: &names [AE]") + "Same As: *names\n"
    assert read_rule(text, "rule.yml").same_as == ("AE",)
