"""Codelists and terms: an operation a line.

The codelist DOMAIN of 2022-03-25 is that of NCI EVS: CP (C181319) was added after 2020-12-18, AD
(C49563) was withdrawn by 2025-09-26.
"""

import pytest

from cdisc_tools.metadata.dated_terminology import (
    define_terminology,
    published_dates,
    read_pinned,
)
from cdisc_tools.metadata.terminology import CT
from cdisc_tools.metadata.terminology_store import data_folder
from cdisc_tools.model.specification import Specification, SpecRecord
from cdisc_tools.model.specs import Codelist, Term
from cdisc_tools.pipeline.terminology import import_terminology
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operations.frames import computed, dataset

NY = Codelist("C66742", "NY", "No Yes Response", False, (
    Term("C49488", "Y", "Yes"), Term("C49487", "N", "No"), Term("C17998", "U", "Unknown"),
))  # fmt: skip
SEX = Codelist("C66731", "SEX", "Sex", True, (Term("C16576", "F"), Term("C20197", "")))
CODELISTS = {codelist.code: codelist for codelist in (NY, SEX)}
XX = dataset("XX", "DOMAIN A\nXX 1\nXX 2")

OF_STUDY = {
    "codes": ({"codelists": ["NY"], "level": "term", "returntype": "code"},
              ("C49488", "C49487", "C17998")),
    "values": ({"codelists": ["NY"], "level": "term", "returntype": "value"}, ("Y", "N", "U")),
    "preferred": ({"codelists": ["NY"], "level": "term", "returntype": "pref_term"},
                  ("Yes", "No", "Unknown")),
    "any-case": ({"codelists": ["ny"], "level": "term", "returntype": "value"}, ("Y", "N", "U")),
    "several": ({"codelists": ["SEX", "NY"], "level": "term", "returntype": "code"},
                ("C16576", "C20197", "C49488", "C49487", "C17998")),
    "codelist-code": ({"codelists": ["NY", "SEX"], "level": "codelist", "returntype": "code"},
                      ("C66742", "C66731")),
    "codelist-value": ({"codelists": ["NY"], "level": "codelist", "returntype": "value"}, ("NY",)),
}  # fmt: skip


@pytest.mark.parametrize(("options", "expected"), OF_STUDY.values(), ids=OF_STUDY)
def test_terms_of_the_study(options, expected):
    operation = {"operator": "codelist_terms", **options}
    assert computed(operation, XX, codelists=CODELISTS) == [expected] * 2


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"codelists": ["DOMAIN"], "level": "term", "returntype": "code"}, "no codelist DOMAIN"),
        ({"codelists": ["SEX"], "level": "term", "returntype": "value"}, "not known"),
        ({"codelists": ["NY"], "level": "codelist", "returntype": "pref_term"}, "is not held"),
    ],
)
def test_terms_that_are_not_at_hand_skip_the_rule(options, why):
    with pytest.raises(RuleSkipped, match=why):
        computed({"operator": "codelist_terms", **options}, XX, codelists=CODELISTS)


@pytest.mark.parametrize(("name", "expected"), [("NY", False), ("SEX", True), ("sex", True)])
def test_a_codelist_that_may_be_added_to(name, expected):
    operation = {"operator": "codelist_extensible", "codelist": name}
    assert computed(operation, XX, codelists=CODELISTS) == [expected] * 2
    with pytest.raises(RuleSkipped, match="no codelist"):
        computed({**operation, "codelist": "AGEU"}, XX, codelists=CODELISTS)


# date, code of the codelist, code, value of a term; its value by the code, its code by the value
TERMS = dataset("TT", """
    DATE        LIST    CODE     VALUE
    2022-03-25  C66734  C49562   ae
    2022-03-25  C66734  C181319  CP
    2025-09-26  C66734  C49563   AD
    2022-03-25  C66734  .        .
    2022-03-25  C1      C49562   AE
    1999-01-01  C66734  C49562   AE
    .           C66734  C49562   AE
""")  # fmt: skip
DATED = {"ct_package_type": "SDTM", "version": "DATE", "codelist_code": "LIST"}
BY_RECORD = {
    "value": ({"term_code": "CODE"}, ["AE", "CP", None, None, None, None, None]),
    "code": ({"term_value": "VALUE"}, ["C49562", "C181319", None, None, None, None, None]),
    "one-codelist": (
        {"term_code": "CODE", "codelist_code": "C66734"},
        ["AE", "CP", None, None, "AE", None, None],
    ),
    "itself": ({"term_code": "CODE", "returntype": "code"},
               ["C49562", "C181319", None, None, None, None, None]),
}  # fmt: skip


@pytest.mark.parametrize(("options", "expected"), BY_RECORD.values(), ids=BY_RECORD)
def test_the_term_that_a_record_names_at_a_date(options, expected):
    operation = {"operator": "codelist_terms", **DATED, **options}
    assert computed(operation, TERMS) == expected


def test_whether_the_codelist_of_a_record_may_be_added_to():
    operation = {"operator": "codelist_extensible", **DATED}
    assert computed(operation, TERMS) == [True, True, True, True, None, None, None]


def test_what_a_dated_term_needs():
    one = dataset("TT", "DATE LIST CODE\n2021-03-26 C66734 C49562")
    operation = {"operator": "codelist_terms", **DATED, "term_code": "CODE"}
    with pytest.raises(RuleSkipped, match="sdtm 2021-03-26 is not at hand"):
        computed(operation, one)
    with pytest.raises(RuleError, match="give one of"):
        computed({**operation, "term_value": "CODE"}, one)
    with pytest.raises(ColumnNotFoundError):
        computed({**operation, "version": "VERSION"}, one)


def test_the_dates_of_published_packages():
    dates = {"operator": "valid_codelist_dates"}
    (sdtm, _) = computed(dates, XX)
    assert (sdtm[0], sdtm[-1]) == ("2014-09-26", "2026-03-27")
    assert list(sdtm) == sorted(sdtm)
    (adam, _) = computed(dates, XX, product="ADAMIG")
    assert set(adam) == published_dates("adam") | published_dates("sdtm")
    (send, _) = computed(dates, XX, product="SENDIG")
    assert set(send) == published_dates("send")
    (tig, _) = computed(dates, XX, product="TIG", substandard="CDASH")
    assert set(tig) == published_dates("cdash")
    assert computed(dates, XX, product="NONE") == [()] * 2
    given = {**dates, "ct_package_types": ["TMF", "qrsct"]}
    assert computed(given, XX) == [tuple(sorted(published_dates("tmf") | published_dates("qrs")))
                                   ] * 2  # fmt: skip


TS = dataset("TS", """
    TSVCDREF  TSVCDVER
    CDISC     1999-01-01
    CDISC     .
    MedDRA    2022-03-25
    .         2022-03-25
""")  # fmt: skip
ATTRIBUTES = {
    "operator": "get_codelist_attributes", "name": "TSVCDREF", "version": "TSVCDVER",
    "ct_attribute": "Term CCODE",
}  # fmt: skip


def test_what_names_no_package_has_no_attributes():
    assert computed(ATTRIBUTES, TS) == [()] * 4
    with pytest.raises(RuleError, match="Term CCODE"):
        computed({**ATTRIBUTES, "ct_attribute": "Codes"}, TS)


def test_a_part_of_a_package_does_not_tell_all_codes():
    part = dataset("TS", f"TSVCDREF TSVCDVER\nCDISC {CT}")
    with pytest.raises(RuleSkipped, match="only a part"):
        computed(ATTRIBUTES, part)
    with pytest.raises(RuleSkipped, match="send 2026-03-27 is not at hand"):
        computed(ATTRIBUTES, part, product="SENDIG")


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ("Codelist CCODE", ("C66742",)),
        ("Codelist Value", ("NY",)),
        # an import puts them in the order of the submission values
        ("Term CCODE", ("C49487", "C49488")),
        ("Term Value", ("N", "Y")),
        ("Term Submission Value", ("N", "Y")),
        ("Term Preferred Term", ("No", "Yes")),
    ],
)
def test_the_attributes_of_an_imported_package(imported, attribute, expected):
    packages = dataset("TS", f"TSVCDREF TSVCDVER\nsdtmct {imported}\nCDISC_CT {imported}")
    operation = {**ATTRIBUTES, "ct_attribute": attribute}
    assert computed(operation, packages) == [expected] * 2


def test_an_imported_package_is_taken_at_its_date(imported):
    assert imported in published_dates("sdtm")
    assert set(read_pinned({"sdtm": imported, "adam": "2020-01-01"})) == {"C66742"}


@pytest.fixture
def imported(tmp_path, monkeypatch):
    """A package of one codelist that was imported; its date."""
    monkeypatch.setenv("CDISC_TOOLS_DATA", str(tmp_path / "data"))
    lines = (
        "Code\tCodelist Code\tCodelist Extensible (Yes/No)\tCodelist Name\tCDISC Submission Value"
        "\tCDISC Synonym(s)\tCDISC Definition\tNCI Preferred Term",
        "C66742\t\tNo\tNo Yes Response\tNY\t\td\tn",
        "C49488\tC66742\t\tNo Yes Response\tY\t\td\tYes",
        "C49487\tC66742\t\tNo Yes Response\tN\t\td\tNo",
    )
    path = tmp_path / "SDTM Terminology.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    import_terminology(path, date="2031-01-31")
    assert data_folder().is_dir()
    return "2031-01-31"


def standards(*lines):
    fields = ("type", "publishing_set", "version")
    records = (SpecRecord(dict(zip(fields, line.split(), strict=True))) for line in lines)
    return Specification({"standards": tuple(records)})


@pytest.mark.parametrize(
    ("define", "has_cp", "has_ad"),
    [
        (standards("CT SDTM 2020-12-18", "CT DEFINE-XML 2026-03-27"), False, True),
        (standards("CT SDTM 2022-03-25"), True, True),
        (standards("CT SDTM 2025-09-26"), True, False),
        # the newest of two
        (standards("CT SDTM 2025-09-26", "CT SDTM 2020-12-18"), True, False),
        # none, or only that of another package: the product's own
        (standards(), True, False),
        (standards("IG SDTM 2020-12-18"), True, False),
        (None, True, False),
    ],
)
def test_the_terminology_is_that_of_the_define_xml(define, has_cp, has_ad):
    values = define_terminology(define)["C66734"].submission_values
    assert ("CP" in values, "AD" in values) == (has_cp, has_ad)


def test_a_codelist_of_another_date_is_not_taken():
    assert not define_terminology(standards("CT SDTM 2021-03-26"))
    assert "C66742" not in define_terminology(standards("CT SDTM 2020-12-18"))
