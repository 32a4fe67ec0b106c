"""Rules against their cases: how what is found compares with what is expected."""

import pytest

from cdisc_tools.io.rule_files import RuleFolder, read_rule_files
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.rule_cases import ResultLine
from cdisc_tools.pipeline.rule_cases import case_study, run_case, run_cases
from cdisc_tools.rules.loader import read_rule
from tests.rule_folders import case, rule_text, write_rules

LB = "DOMAIN,USUBJID,LBSEQ,LBORRES\nLB,1,1,0.5\nLB,1,2,\n"


def outcome(text, results, **data):
    """The outcome of one case of a rule."""
    files = {f"A/negative/01/{name}": content.encode() for name, content in
             {"../../rule.yml": text, **case(results, **data)}.items()}  # fmt: skip
    files["A/rule.yml"] = files.pop("A/negative/01/../../rule.yml")
    (read,) = read_rule_files(RuleFolder("rules", files))
    return run_case(read_rule(read.text, read.source), read.cases[0])


SHOWN = rule_text("A").replace("[AESER]", "[USUBJID, AESER]")


@pytest.mark.parametrize(
    ("text", "results", "status"),
    [
        (SHOWN, "AE,1,USUBJID,1\nAE,1,AESER,Y\n", "exact"),
        # in any order, numbers by their value, blanks around do not count
        (SHOWN, "AE,1,AESER,Y\nAE,1,USUBJID,1.0\n", "exact"),
        (SHOWN, "AE,1,AESER, Y\nAE,1,USUBJID,1\n", "exact"),
        (SHOWN, "AE,1,AESER,Y\n", "same records"),
        (SHOWN, "AE,1,AESER,Y\nAE,1,USUBJID,2\n", "same records"),
        (SHOWN, "AE,2,AESER,Y\nAE,2,USUBJID,1\n", "wrong"),
        (SHOWN, "AE,1,USUBJID,1\nAE,1,AESER,Y\nAE,2,AESER,N\n", "wrong"),
        # a line that is expected twice must be found twice
        (SHOWN, "AE,1,USUBJID,1\nAE,1,AESER,Y\nAE,1,AESER,Y\n", "same records"),
        (SHOWN, "", "wrong"),
        (rule_text("A", value="X"), "", "exact"),
        (rule_text("A", operator="equals"), "", "crashed"),
    ],
)
def test_outcomes(text, results, status):
    assert outcome(text, results).status == status


def test_lists_are_compared_by_what_they_hold():
    columns = "Operations: [{id: $all, operator: get_column_order_from_dataset}]\n"
    text = rule_text("A").replace("[AESER]", "[$all]") + columns
    # the variables that the list names are shown, too
    shown = "AE,1,DOMAIN,AE\nAE,1,USUBJID,1\nAE,1,AESER,Y\n"
    assert outcome(text, f"AE,1,$all,\"['USUBJID', 'AESER', 'DOMAIN']\"\n{shown}").status == "exact"
    assert outcome(text, f"AE,1,$all,\"['USUBJID', 'AESER']\"\n{shown}").status == "same records"


def test_the_difference_and_the_reasons_are_told():
    found = outcome(rule_text("A"), "AE,2,AESER,N\n")
    assert found.absent == (ResultLine("AE", "2", "AESER", "N"),)
    assert found.surplus == (ResultLine("AE", "1", "AESER", "Y"),)
    found = outcome(rule_text("A").replace("AESER, operator", "AEGONE, operator"), "")
    assert (found.status, found.reasons) == ("exact", ("there is no variable AEGONE",))


@pytest.mark.parametrize(
    ("environment", "standard", "known"),
    [
        ("PRODUCT=SDTMIG\nVERSION=3-3\n", "sdtmig-3.3", True),
        ("PRODUCT=SDTMIG\nVERSION=3-4\n", "sdtmig-3.4", True),
        # the newest where it isn't at hand
        ("PRODUCT=SENDIG\nVERSION=3-1\n", "sdtmig-3.4", True),
        ("", "sdtmig-3.4", True),
        # rules of ADaM ask nothing of the SDTM
        ("PRODUCT=ADAMIG\nVERSION=1-3\n", "sdtmig-3.4", False),
    ],
)
def test_the_standard_of_a_case(environment, standard, known):
    files = {"A/rule.yml": b"", "A/positive/01/data/.env": environment.encode()}
    files |= {"A/positive/01/data/lb.csv": LB.encode()}
    (read,) = read_rule_files(RuleFolder("rules", files))
    study = case_study(read.cases[0])
    assert (study.library.standard, bool(study.library.datasets)) == (standard, known)


def test_all_cases_of_a_folder_in_order(tmp_path):
    cases = {"B": {"negative/01": case("AE,1,AESER,Y\n"), "positive/01": case()},
             "A": {"negative/02": case("AE,1,AESER,Y\n")}}  # fmt: skip
    rules = {"B": rule_text("B"), "A": rule_text("A"), "C": "a: [", "D": rule_text("D")}
    folder = write_rules(tmp_path / "rules", rules, cases)
    assert [(item.rule_id, item.case, item.status) for item in run_cases(folder)] == [
        ("A", "negative/02", "exact"), ("B", "negative/01", "exact"), ("B", "positive/01", "wrong"),
        ("C", "rule.yml", "crashed"),
    ]  # fmt: skip
    assert [item.rule_id for item in run_cases(folder, only="B")] == ["B", "B"]
    with pytest.raises(ConfigurationError, match="has no rule 'Z'; give the name of a rule's fo"):
        list(run_cases(folder, only="Z"))


def test_a_path_without_rules(tmp_path):
    with pytest.raises(ConfigurationError, match="has no rule; a rule is a folder"):
        list(run_cases(tmp_path))
