"""A study's specification narrows and extends the standard; what leaves it is a finding."""

from collections.abc import Mapping

import pytest

from cdisc_tools.metadata.resolution import resolve_dataset
from cdisc_tools.metadata.study_specs import (
    check_specified,
    specify_datasets,
    unjudged_value_level,
)
from cdisc_tools.metadata.terminology import read_terminology
from cdisc_tools.model.specification import Specification, SpecRecord
from cdisc_tools.model.specs import Comparison, DatasetSpec

DATASET = {"dataset": "LB", "class": "FINDINGS", "key_variables": "STUDYID, USUBJID, LBTESTCD"}
REQUIRED = ("STUDYID", "DOMAIN", "USUBJID", "LBSEQ", "LBTESTCD", "LBTEST")
TYPES = {"LBSEQ": "integer"}


def standard(name: str, columns: tuple[str, ...], _class: str) -> DatasetSpec:
    return resolve_dataset(name, columns, standard="sdtmig-3.4")


def specification(**tables: list[Mapping[str, str]]) -> Specification:
    return Specification(
        {
            name: tuple(SpecRecord(values, f"{name} {row}") for row, values in enumerate(rows, 2))
            for name, rows in tables.items()
        }
    )


def required() -> list[dict[str, str]]:
    return [line(name, TYPES.get(name, "text"), mandatory="Yes") for name in REQUIRED]


def line(variable: str, data_type: str = "text", **fields: str) -> dict[str, str]:
    return {"dataset": "LB", "variable": variable, "data_type": data_type, **fields}


def laboratory(*lines: dict[str, str], **tables: list[Mapping[str, str]]) -> DatasetSpec:
    made = specification(datasets=[DATASET], variables=[*required(), *lines], **tables)
    return specify_datasets(made, standard)["LB"]


def test_keys_may_end_with_a_comma():
    lines = [{**DATASET, "key_variables": "STUDYID, USUBJID,"}]
    specs = specify_datasets(specification(datasets=lines, variables=required()), standard)
    assert specs["LB"].keys == ("STUDYID", "USUBJID")


def test_a_dataset_holds_the_variables_of_the_specification():
    spec = laboratory(line("LBORRES"))
    assert [variable.name for variable in spec.variables] == [*REQUIRED, "LBORRES"]
    assert spec.keys == ("STUDYID", "USUBJID", "LBTESTCD")
    assert (spec.name, spec.label) == ("LB", "Laboratory Test Results")


@pytest.mark.parametrize(
    ("fields", "attribute", "value"),
    [
        # the standard's, where the specification says nothing
        ({}, "label", "Lab Test or Examination Name"),
        ({}, "core", "Req"),
        ({}, "codelists", ("C67154",)),
        ({}, "length", 40),
        ({"mandatory": ""}, "mandatory", False),
        # the specification's
        ({"label": "Test"}, "label", "Test"),
        ({"length": "20"}, "length", 20),
        ({"length": "60"}, "length", 40),
        ({"format": "$40."}, "format", "$40."),
        ({"role": "Topic"}, "role", "Topic"),
        ({"mandatory": "Yes"}, "mandatory", True),
        ({"mandatory": "No"}, "mandatory", False),
        ({"assigned_value": "GLUCOSE"}, "values", ("GLUCOSE",)),
        ({"order": "1"}, "order", 1),
    ],
)
def test_a_variable_of_the_standard(fields, attribute, value):
    lines = [item | fields if item["variable"] == "LBTEST" else item for item in required()]
    spec = specify_datasets(specification(datasets=[DATASET], variables=lines), standard)["LB"]
    assert getattr(spec.by_name["LBTEST"], attribute) == value


@pytest.mark.parametrize(
    ("data_type", "kind", "domain", "digits"),
    [
        ("text", "Char", "", None),
        ("integer", "Num", "", None),
        ("float", "Num", "", 2),
        ("date", "Char", "ISO 8601 datetime or interval", None),
        ("partialDatetime", "Char", "ISO 8601 datetime or interval", None),
        ("durationDatetime", "Char", "ISO 8601 duration", None),
    ],
)
def test_a_variable_of_the_sponsor(data_type, kind, domain, digits):
    own = laboratory(line("LBOWN", data_type, label="Own", significant_digits="2")).by_name["LBOWN"]
    assert (own.type, own.domain, own.digits, own.core) == (kind, domain, digits, "")


def test_the_studys_codelist():
    terms = [
        {"id": "UNITS", "nci_codelist_code": "C71620", "term": "g/L", "nci_term_code": "C42576"},
        {"id": "UNITS", "nci_codelist_code": "C71620", "term": "drops"},
    ]
    spec = laboratory(line("LBORRESU", codelist="UNITS"), codelists=terms)
    own = spec.by_name["LBORRESU"].study_codelist
    assert own is not None
    assert (own.code, own.submission_values) == ("C71620", {"g/L", "drops"})


CLAUSES = [
    {"id": "URINE.HCT", "dataset": "LB", "variable": "LBCAT", "comparator": "EQ", "value": "URINE"},
    {
        "id": "URINE.HCT", "dataset": "LB", "variable": "LBTESTCD", "comparator": "IN",
        "value": "HCT, HGB",
    },
    {"id": "MALE", "dataset": "DM", "variable": "SEX", "comparator": "EQ", "value": "M"},
    {"id": "INCOMPLETE", "dataset": "LB", "comparator": "EQ"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("clause", "where"),
    [
        (
            "URINE.HCT",
            (Comparison("LBCAT", "EQ", ("URINE",)), Comparison("LBTESTCD", "IN", ("HCT", "HGB"))),
        ),
        # another dataset's variable can't be looked at, an incomplete clause is about nothing
        ("MALE", None),
        ("INCOMPLETE", None),
        ("UNKNOWN", None),
    ],
)
def test_value_level(clause, where):
    level = line("LBORRES", "float", where_clause=clause, significant_digits="1", length="8")
    spec = laboratory(line("LBORRES"), value_level=[level], where_clauses=CLAUSES)
    assert [item.where for item in spec.value_level] == ([where] if where else [])
    if where:
        variable = spec.value_level[0].variable
        assert (variable.name, variable.type, variable.data_type) == ("LBORRES", "Char", "float")
        assert (variable.digits, variable.length) == (1, None)


@pytest.mark.parametrize(
    ("variable", "clause", "why"),
    [
        ("LBORRES", "URINE.HCT", None),
        ("LBORRES", "MALE", "its where clause is about another dataset (DM.SEX)"),
        ("LBORRES", "INCOMPLETE", "its where clause is absent or incomplete"),
        ("LBNONE", "URINE.HCT", "LB has no variable LBNONE"),
    ],
)
def test_value_level_that_cannot_be_judged_is_said(variable, clause, why):
    made = specification(
        datasets=[DATASET], variables=[*required(), line("LBORRES")],
        value_level=[line(variable, where_clause=clause)], where_clauses=CLAUSES,
    )  # fmt: skip
    specs = specify_datasets(made, standard)
    found = [(item.check_id, item.detail) for item in unjudged_value_level(made, specs)]
    assert found == ([("CDT-M013", why)] if why else [])


@pytest.mark.parametrize(("terms", "restricts"), [([""], False), (["", "A"], True)])
def test_a_codelist_without_terms_restricts_nothing(terms, restricts):
    lines = [{"id": "OWN", "term": term} for term in terms]
    own = laboratory(line("LBORRES", codelist="OWN"), codelists=lines).by_name["LBORRES"]
    assert (own.study_codelist is not None) == restricts
    assert own.study_codelist is None or own.study_codelist.submission_values == {"A"}


CODES = [
    {"id": "CODES", "nci_codelist_code": "C66742", "term": term, "nci_term_code": code}
    for term, code in (("Y", "C49488"), ("N", "C0"), ("U", ""))
]
NOT_YES = [{"id": "YN", "nci_codelist_code": "C66742", "term": term} for term in ("Y", "yes")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], []),
        ([line("LBORRES", label="Result or Finding in Original Units")], []),
        ([line("LBORRES", label="Result")], [("CDT-M008", "LBORRES", ("Result",))]),
        # a text may hold numbers; a number is no text
        ([line("LBORRES", "float")], []),
        ([line("LBSTRESN", "text")], [("CDT-M009", "LBSTRESN", ("text",))]),
        ([line("LBSTRESN", "integer")], []),
        # LBFAST is bound to NY, which may not be extended
        ([line("LBFAST", codelist="YN")], [("CDT-M010", "LBFAST", ("yes",))]),
        # LBORRESU to UNIT, which may
        ([line("LBORRESU", codelist="YN")], []),
        # no variable of LB and none of the Findings class; EVALID is one
        ([line("LBOWN", label="Own")], [("CDT-M016", "LBOWN", ())]),
        ([line("LBEVALID")], []),
        # roles compare whatever their case
        ([line("LBORRES", role="RESULT QUALIFIER")], []),
        ([line("LBORRES", role="Topic")], [("CDT-M018", "LBORRES", ("Topic",))]),
        # N's code is C49487; UNKNOWN's in NY is C17998 for U
        ([line("LBFAST", codelist="CODES")], [("CDT-M015", "LBFAST", ("N", "C0"))]),
    ],
)
def test_what_leaves_the_standard(lines, expected):
    spec = laboratory(*lines, codelists=[*NOT_YES, *CODES])
    findings = check_specified([spec], standard, read_terminology())
    assert [(item.check_id, *item.variables, item.values) for item in findings] == expected


def test_a_required_variable_that_is_not_mandatory():
    lines = [{**item, "mandatory": "No"} if item["variable"] == "LBTEST" else item
             for item in required()]  # fmt: skip
    specs = specify_datasets(specification(datasets=[DATASET], variables=lines), standard)
    findings = list(check_specified(specs.values(), standard, read_terminology()))
    assert [(item.check_id, item.variables) for item in findings] == [("CDT-M017", ("LBTEST",))]


@pytest.mark.parametrize("left_out", REQUIRED)
def test_a_required_variable_left_out(left_out):
    lines = [item for item in required() if item["variable"] != left_out]
    specs = specify_datasets(specification(datasets=[DATASET], variables=lines), standard)
    findings = list(check_specified(specs.values(), standard, read_terminology()))
    assert [(item.check_id, item.variables) for item in findings] == [("CDT-M007", (left_out,))]
