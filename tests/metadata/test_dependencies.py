"""What an ADaM variable needs beside it: a set of columns a line, and what is missing."""

import csv

import pandas as pd
import pytest

from cdisc_tools.metadata.adam_names import is_pattern, match_pattern, patterns_of
from cdisc_tools.metadata.dependencies import (
    find_absent_alternatives,
    find_absent_dependencies,
    read_dependencies,
)
from cdisc_tools.metadata.resolution import resolve_dataset
from cdisc_tools.metadata.standards import dataset_spec, read_structures
from cdisc_tools.metadata.validate import validate_dataset

BDS = "USUBJID TRTP PARAMCD"


def absent(name, columns):
    names = columns.split()
    frame = pd.DataFrame(columns=names)
    faults = find_absent_dependencies(frame, resolve_dataset(name, names), {})
    return [(fault.variable, fault.detail.partition(" (")[0]) for fault in faults]


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        ("ADSL", "TRT01PN", [("TRT01PN", "TRT01P")]),
        ("ADSL", "TRT01P TRT01PN", []),
        ("ADSL", "TRT02P TRT01PN TR02SDT TR02EDT",
         [("TRT01PN", "TRT01P"), ("TRT02P", "TRT01P")]),
        ("ADSL", "TRT01P TRT02P TR02SDT TR02EDT", []),
        ("ADSL", "TRT01P TRT02P", [("TRT02P", "TR02SDT"), ("TRT02P", "TR02EDT")]),
        ("ADSL", "TRT01A TRT01P TR01PG1", [("TR01PG1", "TR01AG1")]),
        ("ADSL", "TRT01P TR01PG1", []),
        ("ADSL", "TRT02A TRT02P TR01PG1 TRT01P TR02SDT TR02EDT", []),
        ("ADSL", "AGEGR1N AGEGR2", [("AGEGR1N", "AGEGR1")]),
        ("ADSL", "SAFFN", [("SAFFN", "SAFFL")]),
        ("ADSL", "DTHDTF", [("DTHDTF", "DTHDT or DTHDTM")]),
        ("ADSL", "DTHDTF DTHDTM", []),
        ("ADSL", "P01S1", [("P01S1", "TRT01P")]),
        ("ADSL", "STRAT1R STRAT2RN", [("STRAT2RN", "STRAT2R")]),
        ("ADX", BDS, []),
        ("ADX", BDS + " CHG", [("CHG", "AVAL"), ("CHG", "BASE")]),
        ("ADX", BDS + " CHG AVAL BASE ABLFL", []),
        ("ADX", BDS + " BASE", [("BASE", "ABLFL")]),
        ("ADX", BDS + " CRIT1FL CRIT2", [("CRIT1FL", "CRIT1"), ("CRIT2", "CRIT2FL")]),
        ("ADX", BDS + " A1IND", [("A1IND", "A1LO or A1HI or A1LOC or A1HIC")]),
        ("ADX", BDS + " A1IND A1HI", []),
        ("ADX", BDS + " A1IND A2HI", [("A1IND", "A1LO or A1HI or A1LOC or A1HIC")]),
        ("ADX", BDS + " AVISITN", [("AVISITN", "AVISIT")]),
        ("ADX", BDS + " SRCVAR SRCSEQ", [("SRCVAR", "SRCDOM"), ("SRCSEQ", "SRCDOM")]),
        ("ADX", BDS + " ABLFN", [("ABLFN", "ABLFL")]),
        ("ADX", "MHTERM MHSEQ SMQ01NAM", [("SMQ01NAM", "SMQ01CD"), ("SMQ01NAM", "SMQ01SC")]),
        ("ADX", "MHTERM ADURN", [("ADURN", "ADURU")]),
        # only the rules of every dataset hold for another structure
        ("ADX", "USUBJID CHG MYFN", [("MYFN", "MYFL")]),
    ],
)  # fmt: skip
def test_a_variable_without_the_one_it_needs(name, columns, expected):
    assert sorted(absent(name, columns)) == sorted(expected)


def alternatives(name, columns):
    names = columns.split()
    frame = pd.DataFrame(columns=names)
    faults = find_absent_alternatives(frame, resolve_dataset(name, names), {})
    assert {fault.variable for fault in faults} <= {""}
    return {fault.detail.rpartition("rule ")[2].rstrip(")") for fault in faults}


@pytest.mark.parametrize(
    ("name", "columns", "rules"),
    [
        ("ADSL", "TRT01P SAFFL TRTSDT TRTEDTM", set()),
        ("ADSL", "TRT01P TRTSDT TRTEDT", {"48"}),
        ("ADSL", "SAFFL", {"719", "61", "365"}),
        ("ADX", "PARAMCD TRTP AVALC", set()),
        ("ADX", "PARAMCD TRTP", {"198"}),
        ("ADX", "PARAMCD AVAL", {"719"}),
        ("ADX", "PARAMCD AVAL TRT02A", set()),
        ("ADX", "MHTERM TRTP", set()),
        ("ADX", "USUBJID", {"719"}),
    ],
)
def test_none_of_the_variables_of_which_one_is_due(name, columns, rules):
    assert alternatives(name, columns) == rules


def test_adverse_events_have_more_that_is_due():
    assert {"261", "621", "639"} <= alternatives("ADAEX", "AETERM TRTP MINE")
    assert "261" not in alternatives("ADAEX", "AETERM AEDECOD TRTP MINE")


def test_the_published_rule_is_named():
    frame = pd.DataFrame(columns=["TRT01PN"])
    (fault,) = find_absent_dependencies(frame, dataset_spec("ADSL"), {})
    assert fault.detail == "TRT01P (ADaM conformance rule 75)"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("STUDYID USUBJID PARAM PARAMCD TRTP AVAL CHG BASE ABLFL", []),
        ("STUDYID USUBJID PARAM PARAMCD TRTP AVAL CHG", [("CDT-A022", ("CHG",))]),
        ("STUDYID USUBJID PARAM PARAMCD TRTP ABLFL", [("CDT-A023", ())]),
        ("STUDYID USUBJID PARAM PARAMCD TRTP AVAL OWN", [("CDT-A024", ("OWN",))]),
    ],
)
def test_a_dataset_of_a_sponsors_is_validated_for_them(columns, expected):
    names = columns.split()
    numbers = {"AVAL", "CHG", "BASE"}
    frame = pd.DataFrame({name: [1.0] if name in numbers else ["Y"] for name in names})
    findings = validate_dataset(frame, resolve_dataset("ADX", names))
    assert [(item.check_id, item.variables) for item in findings] == expected


def test_sdtm_datasets_need_nothing():
    frame = pd.DataFrame(columns=["LBTESTFN", "CHG"])
    assert find_absent_dependencies(frame, dataset_spec("LB"), {}) == ()
    assert find_absent_alternatives(frame, dataset_spec("LB"), {}) == ()


def test_each_rule_is_one_of_the_published_list(shared):
    path = shared / "reference/standards/adam_conformance_rules_v5_0.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream))
    published = {line[0]: " ".join(line) for line in lines[1:] if line[3] == "1.3"}
    # these rules say the names in words: "a suffix of FN", "containing PG", "treatment variables"
    worded = {"7", "66", "70", "719"}
    for dependency in read_dependencies():
        if not dependency.rule:
            assert dependency.needs == ("SRCDOM",)
            continue
        assert dependency.rule in published, dependency
        if dependency.rule not in worded:
            for name in (*dependency.variables, *dependency.needs):
                assert name.replace("xx-1", "{xx-1}") in published[dependency.rule], dependency


def test_each_name_is_one_of_the_standard():
    variables = [item for spec in read_structures().values() for item in spec.variables]
    names = {item.name for item in variables}
    patterns = patterns_of(tuple(variables))
    # of OCCDS 1.1 and of other standards; the tables of OCCDS 1.0 lack them
    beyond = {"ONTRxxFL", "ONTRTwFL", "TRTxx-1P"}
    for dependency in read_dependencies():
        for name in {*dependency.variables, *dependency.needs} - beyond - names:
            assert not is_pattern(name), dependency
            assert match_pattern(patterns, name) is not None, dependency
