"""Rules on the study's define.xml and dictionaries, as ``validate`` runs them."""

import pandas as pd
import pytest

from cdisc_tools.metadata.standards import dataset_spec
from cdisc_tools.metadata.study_standards import standards_of
from cdisc_tools.metadata.terminology import CT
from cdisc_tools.model.data import Dataset
from cdisc_tools.pipeline.rule_findings import check_rules, ruled
from cdisc_tools.pipeline.rules import RuleBook
from cdisc_tools.pipeline.validate import Held, read_held
from cdisc_tools.rules.loader import read_rule
from tests.io.test_define_xml import BODY, HEAD, TAIL
from tests.specifications import write_sheets

RULE = """
Core: {{Id: X1, Version: "1", Status: Published}}
Authorities:
  - Organization: Test
    Standards: [{{Name: SDTMIG, Version: "3.4", References: []}}]
Description: A test.
Executability: Fully Executable
Rule Type: {rule_type}
Sensitivity: Record
Severity: error
Scope: {{Domains: {{Include: [LB]}}}}
Operations: {operations}
Check: {{all: [{check}]}}
Outcome: {{Message: Wrong., Output Variables: [{variable}]}}
"""


@pytest.fixture
def define(tmp_path):
    path = tmp_path / "define.xml"
    path.write_text(HEAD + BODY + TAIL, encoding="utf-8")
    return path


def outcome(held, **rule):
    frame = pd.DataFrame({"DOMAIN": ["LB"], "LBTESTCD": ["ALB"], "LBDY": [1.0]})
    frame = frame.astype({"DOMAIN": "string", "LBTESTCD": "string"})
    lb = ruled(Dataset(dataset_spec("LB"), frame))
    text = RULE.format(**{"operations": "[]", "variable": "variable_name", **rule})
    read = read_rule(text, "rule.yml")
    found = check_rules([lb], RuleBook({read.id: read}, {}), read_held(held))
    (told,) = found.outcomes
    return told.status, told.reason, told.findings


VARIABLES = "Variable Metadata Check against Define XML"
NOT_DEFINED = "{name: define_variable_name, operator: empty}"


def test_a_variable_is_not_in_the_define_xml(define):
    held = Held(specification=define)
    # of DOMAIN, LBTESTCD and LBDY the define.xml has the second
    assert outcome(held, rule_type=VARIABLES, check=NOT_DEFINED) == ("ran", "", 2)


def test_without_a_define_xml_the_rule_is_skipped(tmp_path):
    skipped = ("skipped", "there is no define.xml", 0)
    assert outcome(Held(), rule_type=VARIABLES, check=NOT_DEFINED) == skipped
    sheets = {
        "Datasets": [("Dataset", "Label"), ("LB", "Laboratory")],
        "Variables": [("Dataset", "Variable", "Data Type"), ("LB", "LBTESTCD", "text")],
    }
    workbook = write_sheets(tmp_path / "spec.xlsx", sheets)
    held = Held(specification=workbook)
    assert outcome(held, rule_type=VARIABLES, check=NOT_DEFINED) == skipped


def test_the_terminology_is_that_of_the_define_xml_or_the_rule_is_skipped(define):
    operations = (
        "[{id: $t, operator: codelist_terms, codelists: [DOMAIN], level: term, returntype: value}]"
    )
    rule = {
        "rule_type": "Record Data", "operations": operations, "variable": "DOMAIN",
        "check": "{name: DOMAIN, operator: is_not_contained_by, value: $t}",
    }  # fmt: skip
    assert outcome(Held(), **rule) == ("ran", "", 0)
    status, reason, _ = outcome(Held(specification=define), **rule)
    assert (status, reason.partition(";")[0]) == (
        "skipped", "there is no codelist DOMAIN in the terminology sdtm=2024-03-29"
    )  # fmt: skip
    at_hand = define.read_text(encoding="utf-8").replace("2024-03-29", CT)
    define.write_text(at_hand, encoding="utf-8")
    assert outcome(Held(specification=define), **rule) == ("ran", "", 0)


def test_a_study_without_dictionaries_skips_the_rule():
    assert standards_of().dictionaries.meddra is None
    operations = "[{id: $v, operator: valid_external_dictionary_value, name: LBTESTCD,"
    operations += " external_dictionary_type: meddra, dictionary_term_type: PT}]"
    rule = {
        "rule_type": "Record Data", "operations": operations, "variable": "LBTESTCD",
        "check": "{name: $v, operator: equal_to, value: false}",
    }  # fmt: skip
    assert outcome(Held(), **rule) == ("skipped", "the study names no files of MedDRA", 0)
