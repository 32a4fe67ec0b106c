"""Which datasets a rule is about: a scope and a dataset a line."""

import pytest

from cdisc_tools.rules.library import Library
from cdisc_tools.rules.scope import data_structures, outside_scope
from cdisc_tools.rules.study import RuleStudy
from tests.rules.operations.frames import dataset
from tests.rules.small_rules import rule

AE = dataset("AE", "DOMAIN AETERM\nAE FEVER")
DM = dataset("DM", "DOMAIN SEX\nDM F")
LB = dataset("LB", "DOMAIN LBTESTCD\nLB ALT")
FA = dataset("FA", "DOMAIN FATESTCD FAOBJ\nFA SEV FEVER")
TA = dataset("TA", "DOMAIN ARMCD\nTA A")
QSPH = dataset("QSPH", "DOMAIN QSTESTCD\nQS Q1")
XB = dataset("XB", "DOMAIN XBTESTCD\nXB Q1")
XO = dataset("XO", "DOMAIN XOTHER\nXO Q1")
SUPPAE = dataset("SUPPAE", "RDOMAIN QNAM\nAE Q1")
SUPPQSPH = dataset("SUPPQSPH", "RDOMAIN QNAM\nQS Q1")
APDM = dataset("APDM", "DOMAIN APID\nAPDM 1")
RELREC = dataset("RELREC", "RDOMAIN RELID\nAE 1")
ADSL = dataset("ADSL", "USUBJID TRT01P\n1 A")
ADVS = dataset("ADVS", "USUBJID PARAMCD AVAL#\n1 SYSBP 120")
ADTTE = dataset("ADTTE", "USUBJID PARAMCD AVAL# CNSR#\n1 OS 12 0")
ADAE = dataset("ADAE", "USUBJID AETERM AEDECOD\n1 FEVER Fever")
ADX = dataset("ADX", "USUBJID X\n1 2")

DOMAINS, CLASSES = "outside its domains", "outside its classes"
STRUCTURES, DATASETS = "outside its data structures", "outside its datasets"


@pytest.mark.parametrize(
    ("scope", "of", "reason"),
    [
        ({}, AE, ""),
        ({"Domains": {"Include": ["ALL"]}}, ADSL, ""),
        ({"Domains": {"Include": ["AE", "DM"]}}, AE, ""),
        ({"Domains": {"Include": ["AE", "DM"]}}, LB, DOMAINS),
        ({"Domains": {"Exclude": ["AE"]}}, AE, DOMAINS),
        ({"Domains": {"Exclude": ["AE"]}}, LB, ""),
        ({"Domains": {"Include": ["ALL"], "Exclude": ["AE"]}}, AE, DOMAINS),
        # families of domains
        ({"Domains": {"Include": ["SUPP--"]}}, SUPPAE, ""),
        ({"Domains": {"Include": ["SUPP--"]}}, AE, DOMAINS),
        ({"Domains": {"Include": ["SUPPAE"]}}, SUPPAE, ""),
        ({"Domains": {"Include": ["ALL"], "Exclude": ["SUPP--"]}}, SUPPAE, DOMAINS),
        ({"Domains": {"Include": ["AP--"]}}, APDM, ""),
        ({"Domains": {"Include": ["AP--"]}}, DM, DOMAINS),
        ({"Domains": {"Include": ["DM"]}}, APDM, DOMAINS),
        # a part of a dataset that was split is of its domain
        ({"Domains": {"Include": ["QS"]}}, QSPH, ""),
        ({"Domains": {"Include": ["QSPH"]}}, QSPH, ""),
        ({"Domains": {"Exclude": ["QS"]}}, QSPH, DOMAINS),
        ({"Domains": {"include_split_datasets": True}}, QSPH, ""),
        ({"Domains": {"include_split_datasets": True}}, AE, DOMAINS),
        ({"Domains": {"Include": ["AE"], "include_split_datasets": True}}, AE, ""),
        ({"Domains": {"include_split_datasets": False}}, QSPH, DOMAINS),
        ({"Domains": {"include_split_datasets": False}}, AE, ""),
        ({"Domains": {"include_split_datasets": True}}, SUPPQSPH, ""),
        # classes, by the standard or by the topic variable
        ({"Classes": {"Include": ["EVENTS"]}}, AE, ""),
        ({"Classes": {"Include": ["EVENTS"]}}, LB, CLASSES),
        ({"Classes": {"Include": ["SPECIAL PURPOSE"]}}, DM, ""),
        ({"Classes": {"Include": ["TRIAL DESIGN"]}}, TA, ""),
        ({"Classes": {"Include": ["RELATIONSHIP"]}}, SUPPAE, ""),
        ({"Classes": {"Include": ["RELATIONSHIP"]}}, RELREC, ""),
        ({"Classes": {"Include": ["FINDINGS"]}}, QSPH, ""),
        ({"Classes": {"Include": ["FINDINGS"]}}, XB, ""),
        ({"Classes": {"Include": ["FINDINGS"]}}, FA, ""),
        ({"Classes": {"Include": ["FINDINGS ABOUT"]}}, FA, ""),
        ({"Classes": {"Include": ["FINDINGS ABOUT"]}}, LB, CLASSES),
        ({"Classes": {"Include": ["FINDINGS"]}}, XO, CLASSES),
        ({"Classes": {"Exclude": ["FINDINGS"]}}, LB, CLASSES),
        ({"Classes": {"Exclude": ["FINDINGS"]}}, XO, ""),
        ({"Classes": {"Include": ["ALL"]}}, XO, ""),
        ({"Classes": {"Include": ["EVENTS"]}, "Domains": {"Exclude": ["AE"]}}, AE, DOMAINS),
        # names of datasets, and structures of ADaM
        ({"Datasets": {"Include": ["ADTTE"]}}, ADTTE, ""),
        ({"Datasets": {"Include": ["ADTTE"]}}, ADVS, DATASETS),
        ({"Datasets": {"Exclude": ["ADSL"]}}, ADSL, DATASETS),
        ({"Datasets": {"Include": ["QS"]}}, QSPH, ""),
        ({"Data Structures": {"Include": ["ALL"]}}, ADX, ""),
        ({"Data Structures": {"Include": ["ALL"]}}, AE, "AE is no analysis dataset"),
        ({"Data Structures": {"Include": ["BASIC DATA STRUCTURE"]}}, ADVS, ""),
        ({"Data Structures": {"Include": ["BASIC DATA STRUCTURE"]}}, ADTTE, ""),
        ({"Data Structures": {"Include": ["BASIC DATA STRUCTURE"]}}, ADSL, STRUCTURES),
        ({"Data Structures": {"Include": ["TIME-TO-EVENT"]}}, ADTTE, ""),
        ({"Data Structures": {"Include": ["TIME-TO-EVENT"]}}, ADVS, STRUCTURES),
        ({"Data Structures": {"Exclude": ["TIME-TO-EVENT"]}}, ADTTE, STRUCTURES),
        ({"Data Structures": {"Include": ["ADVERSE EVENT"]}}, ADAE, ""),
        ({"Data Structures": {"Include": ["OCCURRENCE DATA STRUCTURE"]}}, ADAE, ""),
        ({"Data Structures": {"Exclude": ["SUBJECT LEVEL ANALYSIS DATASET"]}}, ADSL, STRUCTURES),
    ],
)  # fmt: skip
def test_scope(scope, of, reason):
    study = RuleStudy((of,), library=Library.of("sdtmig-3.4"))
    assert outside_scope(rule("A empty", scope=scope), of, study) == reason


@pytest.mark.parametrize(
    ("of", "structures"),
    [
        (ADSL, ("SUBJECT LEVEL ANALYSIS DATASET",)),
        (ADVS, ("BASIC DATA STRUCTURE",)),
        (ADTTE, ("BASIC DATA STRUCTURE", "TIME-TO-EVENT")),
        (ADAE, ("OCCURRENCE DATA STRUCTURE", "ADVERSE EVENT")),
        (ADX, ("ADAM OTHER",)),
    ],
)
def test_data_structures(of, structures):
    assert data_structures(of) == structures


@pytest.mark.parametrize(
    ("use_cases", "wanted", "reason"),
    [
        ("INDH, PROD", "INDH", ""),
        ("PROD", "INDH", "outside its use cases"),
        ("PROD", "", ""),
        (None, "INDH", ""),
    ],
)
def test_a_use_case_is_judged_where_one_is_given(use_cases, wanted, reason):
    scope = {"Use Case": use_cases} if use_cases else {}
    assert (
        outside_scope(rule("A empty", scope=scope), AE, RuleStudy((AE,), use_case=wanted)) == reason
    )
