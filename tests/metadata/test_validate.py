"""Each check of the schema on both sides of its boundary, one case a line."""

import datetime
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from pandera.errors import SchemaError, SchemaErrors

import cdisc_tools
from cdisc_tools.metadata import schemas
from cdisc_tools.metadata.checks import read_checks, sentence
from cdisc_tools.metadata.schemas import build_schema
from cdisc_tools.metadata.standards import dataset_spec
from cdisc_tools.metadata.terminology import read_terminology
from cdisc_tools.metadata.validate import BrokenCheckError, validate_dataset
from cdisc_tools.metadata.value_checks import OR_NUMBER
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import Codelist, DatasetSpec, Term, VariableSpec

CODELISTS = {
    "C1": Codelist("C1", "NY", "No Yes", extensible=False, terms=(Term("C11", "Y"),)),
    "C2": Codelist("C2", "UNIT", "Unit", extensible=True, terms=(Term("C21", "mg"),)),
    "C3": Codelist("C3", "FRM", "Form", extensible=False, terms=(Term("C31", "TABLET"),)),
}
DTC = "ISO 8601 datetime or interval"
DURATION = "ISO 8601 duration"
SPEC = DatasetSpec(
    name="XX",
    label="Test Domain",
    dataset_class="Findings",
    structure="One record per test per subject",
    keys=("STUDYID", "USUBJID", "XXTESTCD"),
    variables=(
        VariableSpec("STUDYID", "Study Identifier", "Char", "Req", 1),
        VariableSpec("USUBJID", "Unique Subject Identifier", "Char", "Req", 2),
        VariableSpec("XXSEQ", "Sequence Number", "Num", "Req", 3),
        VariableSpec("XXTESTCD", "Test Code", "Char", "Req", 4, length=8),
        VariableSpec("XXCAT", "Category", "Char", "Exp", 5),
        VariableSpec("XXFL", "Flag", "Char", "Perm", 6, codelists=("C1",)),
        VariableSpec("XXU", "Unit", "Char", "Perm", 7, codelists=("C2",)),
        VariableSpec("XXFRM", "Form", "Char", "Perm", 8, codelists=("C3", "C2")),
        VariableSpec("XXDOM", "Domain", "Char", "Perm", 9, values=("XX", "YY")),
        VariableSpec("XXGRADE", "Grade", "Num", "Perm", 10, values=("1", "2")),
        VariableSpec("XXRES", "Result", "Char", "Perm", 11, codelists=("C2",), domain=OR_NUMBER),
        VariableSpec("XXDTC", "Date", "Char", "Perm", 12, domain=DTC),
        VariableSpec("XXDUR", "Duration", "Char", "Perm", 13, domain=DURATION),
        VariableSpec(
            "XXINT", "Interval", "Char", "Perm", 14, domain="ISO 8601 duration or interval"
        ),
        VariableSpec("XXGONE", "Unchecked", "Char", "Perm", 15, codelists=("C9",)),
    ),
)


def dataset(**columns) -> pd.DataFrame:
    """Two records that are right, with some columns put in or replaced."""
    frame = pd.DataFrame(
        {
            "STUDYID": ["S", "S"],
            "USUBJID": ["S-1", "S-1"],
            "XXSEQ": [1.0, 2.0],
            "XXTESTCD": ["A", "B"],
            "XXCAT": ["C", "C"],
        }
    )
    for name, values in columns.items():
        frame[name] = values
    order = [variable.name for variable in SPEC.variables if variable.name in frame]
    return frame[[*order, *(name for name in frame if name not in order)]]


def ids(frame, spec=SPEC):
    return [
        (finding.check_id, finding.variables, finding.record)
        for finding in validate_dataset(frame, spec, CODELISTS)
    ]


def test_a_right_dataset_has_no_findings():
    assert ids(dataset()) == []


@pytest.mark.parametrize(
    ("variable", "values", "check_id"),
    [
        ("XXTESTCD", ["A", "12345678"], ""),
        ("XXTESTCD", ["A", "123456789"], "CDT-S009"),
        ("XXTESTCD", ["A", "1234567\u00e9"], "CDT-S009"),
        ("XXTESTCD", ["A", "123456\u00e9"], ""),
        ("XXCAT", ["C", "x" * 200], ""),
        ("XXCAT", ["C", "x" * 201], "CDT-S010"),
        ("XXCAT", ["C", "\u00e9" * 100], ""),
        ("XXCAT", ["C", "\u00e9" * 100 + "x"], "CDT-S010"),
        ("XXCAT", ["C", None], ""),
        ("XXCAT", ["C", ""], ""),
        ("USUBJID", ["S-1", None], "CDT-S003"),
        ("USUBJID", ["S-1", ""], "CDT-S003"),
        ("USUBJID", ["S-1", " \t"], "CDT-S003"),
        ("USUBJID", ["S-1", " x"], ""),
        ("XXSEQ", [1.0, np.nan], "CDT-S003"),
        ("XXSEQ", [2.0, 1.0], ""),
        ("XXSEQ", [1.0, 1.0], "CDT-S012"),
        ("XXTESTCD", ["A", "A"], "CDT-S011"),
        ("XXFL", ["Y", None], ""),
        ("XXFL", ["Y", ""], ""),
        ("XXFL", ["Y", "N"], "CDT-T001"),
        ("XXFL", ["Y", "y"], "CDT-T001"),
        ("XXU", ["mg", "g"], "CDT-T002"),
        ("XXFRM", ["TABLET", "mg"], ""),
        ("XXFRM", ["TABLET", "CAP"], "CDT-T002"),
        ("XXRES", ["mg", "5.2"], ""),
        ("XXRES", ["mg", "<0.5"], ""),
        ("XXRES", ["mg", ">=1E-5"], ""),
        ("XXRES", ["mg", "5.2 mg"], "CDT-T002"),
        ("XXDOM", ["XX", "YY"], ""),
        ("XXDOM", ["XX", "ZZ"], "CDT-S006"),
        ("XXGRADE", [1.0, np.nan], ""),
        ("XXGRADE", [1.0, 3.0], "CDT-S006"),
        ("XXDTC", ["2020-02-29", "2020-02"], ""),
        ("XXDTC", ["2020-02-29", "2020-02-01/2020-02-02"], ""),
        ("XXDTC", ["2020-02-29", "2019-02-29"], "CDT-S007"),
        ("XXDTC", ["2020-02-29", "2020-02-60"], "CDT-S007"),
        ("XXDTC", ["2020-02-28", None], ""),
        ("XXDTC", ["2020-02-28", ""], ""),
        ("XXDUR", ["P1D", "PT1H"], ""),
        ("XXDUR", ["P1D", "1 day"], "CDT-S008"),
        ("XXDUR", ["P1D", "2003/2004"], "CDT-S008"),
        ("XXINT", ["P1D", "2003/2004"], ""),
        ("XXINT", ["P1D", "2003/2004/2005"], "CDT-S008"),
    ],
)
@pytest.mark.parametrize("dtype", ["str", "object", "string", "string[python]", "category"])
def test_a_value(variable, values, check_id, dtype):
    column = pd.Series(values) if isinstance(values[0], float) else pd.Series(values, dtype=dtype)
    found = ids(dataset(**{variable: column}))
    expected = {"CDT-S011": [1, 2], "CDT-S012": [1, 2]}.get(check_id, [2] if check_id else [])
    assert [(item[0], item[2]) for item in found] == [(check_id, record) for record in expected]


@pytest.mark.parametrize(
    ("variable", "values", "fits"),
    [
        ("XXSEQ", pd.Series([1, 2], dtype="Int64"), True),
        ("XXSEQ", pd.Series([1.5, 2], dtype="Float64"), True),
        ("XXSEQ", pd.to_datetime(pd.Series(["2020-01-01", "2020-01-02"])), True),
        ("XXSEQ", pd.Series([datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)]), True),
        ("XXSEQ", pd.Series([True, False]), False),
        ("XXSEQ", pd.Series(["1", "2"]), False),
        ("XXCAT", pd.Series([1.0, 2.0]), False),
        ("XXCAT", pd.Series(["a", 1], dtype=object), False),
        ("XXCAT", pd.Series([None, None], dtype=object), True),
        ("XXCAT", pd.Series([np.nan, np.nan]), True),
        ("XXGRADE", pd.Series([None, None], dtype="str"), True),
        ("XXDTC", pd.to_datetime(pd.Series(["2020-01-01", "2020-01-02"])), False),
    ],
)
def test_a_type(variable, values, fits):
    expected = [] if fits else [("CDT-S005", (variable,), None)]
    assert ids(dataset(**{variable: values})) == expected


def test_absent_variables():
    found = ids(dataset().drop(columns=["XXSEQ", "XXCAT"]))
    assert found == [("CDT-S001", ("XXSEQ",), None), ("CDT-S002", ("XXCAT",), None)]


def test_a_key_without_a_wanted_variable_is_not_judged():
    found = ids(dataset(XXTESTCD=["A", "A"]).drop(columns="USUBJID"))
    assert found == [("CDT-S001", ("USUBJID",), None)]


def test_variables_that_the_specification_lacks_and_their_names():
    frame = dataset(XXNEW=["a", "b"], xx_low=["a", "b"], XXTOOLONG=["a", "b"])
    assert ids(frame) == [
        ("CDT-S004", ("XXNEW",), None),
        ("CDT-S004", ("XXTOOLONG",), None),
        ("CDT-S004", ("xx_low",), None),
        ("CDT-S016", ("XXTOOLONG",), None),
        ("CDT-S016", ("xx_low",), None),
    ]


def test_one_record_per_subject():
    spec = dataset_spec("DM")
    frame = pd.DataFrame({name: ["x", "x"] for name in ("STUDYID", "USUBJID")})
    found = [item for item in ids(frame, spec) if item[0] == "CDT-S013"]
    assert found == [("CDT-S013", spec.keys, 1), ("CDT-S013", spec.keys, 2)]


def test_a_dataset_without_records():
    assert ids(dataset().iloc[:0]) == [("CDT-S014", (), None)]


def test_the_order_of_variables():
    assert ids(dataset()[["USUBJID", "STUDYID", "XXSEQ", "XXTESTCD", "XXCAT"]]) == [
        ("CDT-S015", ("USUBJID",), None)
    ]


def test_labels_of_the_specification():
    variables = (
        VariableSpec("A", "x" * 40, "Char", "Perm"),
        VariableSpec("B", "x" * 41, "Char", "Perm"),
        VariableSpec("C", "caf\u00e9", "Char", "Perm"),
    )
    spec = DatasetSpec("XX", "x" * 41, "Events", "", ("A",), variables)
    found = ids(pd.DataFrame({"A": ["a"], "B": ["b"], "C": ["c"]}), spec)
    assert found == [("CDT-S017", name, None) for name in [(), ("B",), ("C",)]]


def test_a_variable_twice():
    frame = dataset()
    twice = pd.concat([frame, frame[["XXCAT"]]], axis=1)
    assert ids(twice) == [("CDT-S018", ("XXCAT",), None)]


def test_a_codelist_that_is_not_at_hand_is_said():
    assert ids(dataset(XXGONE=["a", "b"])) == [("CDT-T003", ("XXGONE",), None)]


@pytest.mark.parametrize(
    ("test", "short", "matches"),
    [
        ("Albumin", "ALB", True),
        ("Albumin", "GLUC", False),
        ("Albumin", "OWN", True),
        ("Own Test", "ALB", True),
        ("Albumin", None, True),
        (None, "ALB", True),
    ],
)
def test_a_name_and_its_short_form_are_one_concept(test, short, matches):
    lb = pd.DataFrame({"LBTESTCD": [short], "LBTEST": [test]}, dtype="str")
    findings = validate_dataset(lb, dataset_spec("LB"))
    found = [item.variables for item in findings if item.check_id == "CDT-T004"]
    assert found == ([] if matches else [("LBTEST", "LBTESTCD")])


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({}, []),
        ({"": "Test Domain", "XXCAT": "Category"}, []),
        ({"XXCAT": "Category "}, []),
        ({"": "", "XXCAT": "category"}, [((), ("",)), (("XXCAT",), ("category",))]),
        # of a variable that the specification lacks nothing is known
        ({"XXNEW": "New"}, []),
    ],
)
def test_labels_of_the_file(labels, expected):
    findings = validate_dataset(dataset(), SPEC, CODELISTS, labels=labels)
    found = [(item.check_id, item.variables, item.values) for item in findings]
    assert found == [("CDT-S019", *item) for item in expected]


def test_every_check_of_a_dataset_is_tested_here_or_beside():
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    for check_id in read_checks():
        # a dataset that isn't known and the dictionaries have tests of their own
        elsewhere = check_id == "CDT-S020" or check_id > "CDT-T004"
        if check_id.startswith(("CDT-M", "CDT-S", "CDT-T")) and not elsewhere:
            assert any(check_id in text for text in texts), check_id


def test_a_finding_names_the_record_and_writes_its_sentence():
    (finding,) = validate_dataset(dataset(XXFL=["Y", "Maybe"]), SPEC, CODELISTS)
    assert finding.key == (("USUBJID", "S-1"), ("XXTESTCD", "B"))
    assert finding.values == ("Maybe",)
    assert sentence(finding) == (
        "XXFL is 'Maybe', which is not in the codelist NY (C1) (USUBJID=S-1, XXTESTCD=B)."
    )


def test_the_index_of_the_frame_does_not_matter_and_the_frame_stays():
    frame = dataset(XXFL=["Y", "N"]).set_axis(["a", "a"])
    before = frame.copy()
    assert ids(frame) == [("CDT-T001", ("XXFL",), 2)]
    pd.testing.assert_frame_equal(frame, before)


def test_in_adam_a_required_variable_may_be_missing_where_it_identifies_nothing():
    adsl = pd.DataFrame({"STUDYID": ["S"], "USUBJID": [None], "SEX": [None]}, dtype="str")
    found = [item for item in ids(adsl, dataset_spec("ADSL")) if item[0] == "CDT-S003"]
    assert found == [("CDT-S003", ("USUBJID",), 1)]


def test_one_per_cent_of_20000_records_is_capped_and_counted():
    n = 20_000
    numbers = np.arange(n)
    bad = numbers % 100 == 0
    frame = dataset().iloc[[0] * n].reset_index(drop=True)
    frame["USUBJID"] = pd.Series(numbers).astype("str")
    frame["XXFL"] = pd.Series(np.where(bad, "Q", "Y"), dtype="str")
    frame["XXDTC"] = pd.Series(np.where(bad, "2020-02-60", "2020-02-06"), dtype="str")
    frame["XXCAT"] = pd.Series(np.where(bad, "\u00e9" * 101, "C"), dtype="str")
    findings = validate_dataset(frame, SPEC, CODELISTS, cap=10)
    assert findings.totals == {
        ("CDT-S010", "XX", ("XXCAT",)): 200,
        ("CDT-S007", "XX", ("XXDTC",)): 200,
        ("CDT-T001", "XX", ("XXFL",)): 200,
    }
    assert len(findings) == 600
    assert len(findings.records) == 30
    assert [item.record for item in findings if item.check_id == "CDT-S007"] == [
        *range(1, 1000, 100)
    ]


def test_a_check_that_crashes_is_no_finding(monkeypatch):
    def crash(_series):
        raise ZeroDivisionError("nothing to divide")

    monkeypatch.setattr(schemas, "has_value", crash)
    with pytest.raises(BrokenCheckError, match=r"CDT-S003 crashed on XX \(STUDYID\).*divide"):
        validate_dataset(dataset(), SPEC, CODELISTS)


def test_the_schema_of_a_user_is_pandera_and_fails_on_errors_alone():
    schema = cdisc_tools.schema("TE")
    assert isinstance(schema, pa.DataFrameSchema)
    te = pd.DataFrame(
        {"STUDYID": ["S"], "DOMAIN": ["TE"], "ETCD": ["SCRN"], "ELEMENT": ["Screening"],
         "TESTRL": ["Consent"], "TEDUR": ["P28D"]}
    )  # fmt: skip
    schema.validate(te)
    with pytest.raises(SchemaError, match="CDT-S006"):
        schema.validate(te.assign(DOMAIN="TA"))
    with pytest.raises(SchemaErrors, match="CDT-S008"):
        schema.validate(te.assign(TEDUR="28 days"), lazy=True)
    cdisc_tools.schema("TE").validate(te.assign(OTHER="x"))
    with pytest.raises(SchemaErrors, match="OTHER"):
        cdisc_tools.schema("TE", severity="warning").validate(te.assign(OTHER="x"))


@pytest.mark.parametrize("dataset_name", ["ADSL", "ADTTE", "SUPPDM", "LB"])
def test_the_schema_is_found_by_name(dataset_name):
    assert cdisc_tools.schema(dataset_name).name == dataset_name


def test_an_unknown_severity_is_named():
    with pytest.raises(ConfigurationError, match="no severity 'grave'"):
        build_schema(SPEC, read_terminology(), severity="grave")


def test_importing_the_package_imports_no_pandas():
    code = "import sys, cdisc_tools; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
