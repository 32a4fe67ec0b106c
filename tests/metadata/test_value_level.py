"""Value level and the checks of a study's specification, on both sides of each boundary."""

import re

import numpy as np
import pandas as pd
import pytest

from cdisc_tools.metadata.standards import dataset_spec as standard_spec
from cdisc_tools.metadata.validate import validate_dataset
from cdisc_tools.metadata.value_level import records_where
from cdisc_tools.model.specs import (
    Codelist,
    Comparison,
    DatasetSpec,
    Term,
    ValueLevelSpec,
    VariableSpec,
)

NY = Codelist("C66742", "NY", "NY", extensible=False, terms=(Term("C49488", "Y"), Term("C1", "N")))
UNIT = Codelist("C71620", "UNIT", "UNIT", extensible=True, terms=(Term("C28253", "mg"),))
ONLY_Y = Codelist("C66742", "NY_Y", "NY_Y", extensible=False, terms=(Term("C49488", "Y"),))
OWN_UNITS = Codelist("C71620", "OWNU", "OWNU", extensible=False, terms=(Term("", "drops"),))
WRONG = Codelist("C66742", "NY_W", "NY_W", extensible=False, terms=(Term("", "y"),))
SCORES = Codelist("", "SCORE", "SCORE", extensible=False, terms=(Term("", "0"), Term("", "1")))
CODELISTS = {"C66742": NY, "C71620": UNIT}


def variable(name: str, kind: str = "Char", **facts) -> VariableSpec:
    return VariableSpec(name, name, kind, "", **facts)


def dataset_spec(*variables: VariableSpec, levels: tuple[ValueLevelSpec, ...] = ()) -> DatasetSpec:
    subject = VariableSpec("USUBJID", "Unique Subject Identifier", "Char", "Req")
    return DatasetSpec("XX", "Test", "Findings", "", (), (subject, *variables), value_level=levels)


def found(frame: pd.DataFrame, spec: DatasetSpec) -> list[tuple[str, int | None, str]]:
    findings = validate_dataset(frame, spec, CODELISTS)
    return [(finding.check_id, finding.record, finding.detail) for finding in findings]


@pytest.mark.parametrize(
    ("facts", "value", "expected"),
    [
        # a value that a study calls mandatory
        ({"data_type": "text", "mandatory": True}, None, ("CDT-M001", "")),
        ({"data_type": "text", "mandatory": True}, "x", None),
        ({"data_type": "text"}, None, None),
        # lengths are in bytes
        ({"data_type": "text", "length": 3}, "abc", None),
        ({"data_type": "text", "length": 3}, "abcd", ("CDT-M005", "3")),
        ({"data_type": "text", "length": 3}, "ab\u00e9", ("CDT-M005", "3")),
        # data types
        ({"data_type": "integer"}, "12", None),
        ({"data_type": "integer"}, "-12", None),
        ({"data_type": "integer"}, "12.0", ("CDT-M003", "integer")),
        ({"data_type": "integer"}, "<12", ("CDT-M003", "integer")),
        ({"data_type": "float"}, "12.5", None),
        ({"data_type": "float"}, "1E-5", None),
        ({"data_type": "float"}, ".5", None),
        ({"data_type": "float"}, "12,5", ("CDT-M003", "float")),
        ({"data_type": "float"}, "NEGATIVE", ("CDT-M003", "float")),
        ({"data_type": "date"}, "2020-02-29", None),
        ({"data_type": "date"}, "29FEB2020", ("CDT-M003", "date")),
        ({"data_type": "durationDatetime"}, "P1D", None),
        ({"data_type": "durationDatetime"}, "1 day", ("CDT-M003", "durationDatetime")),
        # decimals
        ({"data_type": "float", "digits": 1}, "12.5", None),
        ({"data_type": "float", "digits": 1}, "12.50", ("CDT-M004", "1")),
        ({"data_type": "float", "digits": 0}, "12.5", ("CDT-M004", "0")),
        ({"data_type": "float", "digits": 1}, "12", None),
        # the study's own codelist alone
        ({"data_type": "text", "study_codelist": SCORES}, "1", None),
        ({"data_type": "text", "study_codelist": SCORES}, "2", ("CDT-M002", "SCORE")),
        # a part of a fixed codelist: a value outside the codelist is the standard's finding
        ({"codelists": ("C66742",), "study_codelist": ONLY_Y}, "Y", None),
        ({"codelists": ("C66742",), "study_codelist": ONLY_Y}, "N", ("CDT-M002", "NY_Y")),
        ({"codelists": ("C66742",), "study_codelist": ONLY_Y}, "U", ("CDT-T001", "NY (C66742)")),
        # a fixed codelist can't be extended by the study
        ({"codelists": ("C66742",), "study_codelist": WRONG}, "y", ("CDT-T001", "NY (C66742)")),
        # an extensible one can, and then the study's list is what counts
        ({"codelists": ("C71620",), "study_codelist": OWN_UNITS}, "drops", None),
        ({"codelists": ("C71620",), "study_codelist": OWN_UNITS}, "mg", ("CDT-M002", "OWNU")),
        ({"codelists": ("C71620",)}, "drops", ("CDT-T002", "UNIT (C71620)")),
    ],
)
def test_a_text_against_the_studys_specification(facts, value, expected):
    frame = pd.DataFrame({"USUBJID": ["1"], "XXORRES": pd.array([value], dtype="string")})
    wanted = [] if expected is None else [(expected[0], 1, expected[1])]
    assert found(frame, dataset_spec(variable("XXORRES", **facts))) == wanted


@pytest.mark.parametrize(
    ("facts", "value", "expected"),
    [
        ({"data_type": "integer"}, 12.0, None),
        ({"data_type": "integer"}, 12.5, "CDT-M003"),
        # 12 as a transport file may hold it: its last bits are lost
        ({"data_type": "integer"}, 11.999999999999998, None),
        ({"data_type": "integer"}, np.nan, None),
        ({"data_type": "float", "digits": 2}, 0.29, None),
        ({"data_type": "float", "digits": 2}, 0.291, "CDT-M004"),
        ({"data_type": "float", "digits": 2}, np.nan, None),
        ({"data_type": "float", "mandatory": True}, np.nan, "CDT-M001"),
        ({"data_type": "integer", "study_codelist": SCORES}, 1.0, None),
        ({"data_type": "integer", "study_codelist": SCORES}, 2.0, "CDT-M002"),
        ({"data_type": "float", "study_codelist": SCORES}, 0.9999999999999998, None),
        ({"data_type": "float", "study_codelist": SCORES}, 0.99999, "CDT-M002"),
    ],
)
def test_a_number_against_the_studys_specification(facts, value, expected):
    frame = pd.DataFrame({"USUBJID": ["1"], "XXSTRESN": [value]})
    ids = [
        check_id
        for check_id, *_ in found(frame, dataset_spec(variable("XXSTRESN", "Num", **facts)))
    ]
    assert ids == ([expected] if expected else [])


def test_a_variable_of_the_specification_that_is_absent():
    spec = dataset_spec(variable("XXORRES", data_type="text"))
    assert found(pd.DataFrame({"USUBJID": ["1"]}), spec) == [("CDT-M006", None, "XXORRES")]


RESULTS = pd.DataFrame(
    {
        "USUBJID": ["1", "2", "3", "4"],
        "XXTESTCD": pd.array(["HCT", "HCT", "COLOR", None], dtype="string"),
        "XXCAT": pd.array(["BLOOD", "URINE", "URINE", ""], dtype="string"),
        "VISITNUM": [1.0, 2.0, 2.5, np.nan],
        "XXORRES": pd.array(["41", "YELLOW", "YELLOW", "41"], dtype="string"),
    }
)


@pytest.mark.parametrize(
    ("where", "records"),
    [
        ([("XXTESTCD", "EQ", "HCT")], [1, 2]),
        ([("XXTESTCD", "NE", "HCT")], [3, 4]),
        ([("XXTESTCD", "IN", "HCT", "COLOR")], [1, 2, 3]),
        ([("XXTESTCD", "NOTIN", "HCT", "COLOR")], [4]),
        ([("XXTESTCD", "EQ", "HCT"), ("XXCAT", "EQ", "URINE")], [2]),
        ([("VISITNUM", "EQ", "2")], [2]),
        ([("VISITNUM", "EQ", "2.0000")], [2]),
        ([("VISITNUM", "LT", "2")], [1]),
        ([("VISITNUM", "LE", "2")], [1, 2]),
        ([("VISITNUM", "GT", "2")], [3]),
        ([("VISITNUM", "GE", "2")], [2, 3]),
        ([("XXDT", "EQ", "2020-01-02")], [2]),
        ([("XXDT", "GE", "2020-01-02")], [2, 3]),
        ([("XXDT", "NE", "2020-01-02")], [1, 3, 4]),
        ([("XXTESTCD", "GT", "COLOR")], [1, 2]),
        ([("XXNONE", "EQ", "HCT")], []),
        ([("XXNONE", "NE", "HCT")], []),
        ([], [1, 2, 3, 4]),
    ],
)
def test_the_records_of_a_where_clause(where, records):
    comparisons = [
        Comparison(name, comparator, tuple(values)) for name, comparator, *values in where
    ]
    dated = RESULTS.assign(XXDT=pd.to_datetime(["2020-01-01", "2020-01-02", "2020-02-01", None]))
    chosen = records_where(dated, comparisons)
    assert [number for number, is_chosen in enumerate(chosen, 1) if is_chosen] == records


def test_a_variable_without_data_may_be_absent():
    spec = dataset_spec(variable("XXORRES", data_type="text", has_no_data=True))
    assert found(pd.DataFrame({"USUBJID": ["1"]}), spec) == []


@pytest.mark.parametrize("comparator", ["EQ", "LT", "GE"])
def test_a_condition_on_values_of_mixed_types_breaks_nothing(comparator):
    frame = pd.DataFrame({"XXMIX": pd.Series(["2", 3, None], dtype=object)})
    chosen = records_where(frame, [Comparison("XXMIX", comparator, ("3",))])
    assert list(chosen) == {
        "EQ": [False, True, False], "LT": [True, False, False], "GE": [False, True, False],
    }[comparator]  # fmt: skip


def test_a_codelist_of_the_value_level_that_is_not_at_hand_is_said():
    by_test = ValueLevelSpec(
        variable("XXORRES", codelists=("C999",)), (Comparison("XXTESTCD", "EQ", ("HCT",)),)
    )
    spec = dataset_spec(variable("XXTESTCD"), variable("XXORRES"), levels=(by_test,))
    frame = pd.DataFrame({"USUBJID": ["1"], "XXTESTCD": ["HCT"], "XXORRES": ["x"]}, dtype="string")
    assert found(frame, spec) == [("CDT-T003", None, "C999")]
    assert found(frame.assign(XXTESTCD="HGB"), spec) == []


def test_a_value_level_holds_for_its_records_alone():
    number = ValueLevelSpec(
        variable("XXORRES", data_type="integer"), (Comparison("XXTESTCD", "EQ", ("HCT",)),)
    )
    names = ("XXTESTCD", "XXCAT", "VISITNUM", "XXORRES")
    kinds = {"VISITNUM": "Num"}
    spec = dataset_spec(
        *(variable(name, kinds.get(name, "Char")) for name in names), levels=(number,)
    )
    assert found(RESULTS, spec) == [("CDT-M003", 2, "integer where XXTESTCD EQ HCT")]


@pytest.mark.parametrize(
    ("category", "term", "codelists"),
    [
        ("DISPOSITION EVENT", "COMPLETED", None),
        ("DISPOSITION EVENT", "RANDOMIZED", "NCOMPLT"),
        ("PROTOCOL MILESTONE", "RANDOMIZED", None),
        ("OTHER EVENT", "FINAL LAB VISIT", "OTHEVENT"),
        # no category tells which codelist answers, so any may
        (None, "RANDOMIZED", None),
        (None, "FINAL LAB VISIT", "NCOMPLT PROTMLST OTHEVENT"),
    ],
)
def test_a_term_is_found_once_by_the_codelist_of_its_record(category, term, codelists):
    ds = pd.DataFrame({"USUBJID": ["1"], "DSCAT": [category], "DSDECOD": [term]}, dtype="string")
    findings = validate_dataset(ds, standard_spec("DS"))
    details = [item.detail for item in findings if item.check_id == "CDT-T002"]
    named = [" ".join(re.findall("NCOMPLT|PROTMLST|OTHEVENT", detail)) for detail in details]
    assert named == ([] if codelists is None else [codelists])
