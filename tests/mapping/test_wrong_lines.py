"""Mapping lines that ask for what cannot be; forms that need care."""

import re

import pytest

from cdisc_tools.model.errors import ConfigurationError
from tests.mapping.small_study import map_folder, places, shown, write_study

DOSES = """
    Subject  Dose  Kit
    01-001   10    K1
    01-002   unk   K2
"""
LABS = """
    Subject  Test  Result  Unit
    01-001   HGB   13.2    g/dL
    01-001   WBC   5       10^9/L
    01-002   HGB   132     g/L
    01-002   HGB   12.9    g/dL
"""
LB = """
    variable  algorithm               source  column  codelist
    .         records                 labs    .       .
    LBTESTCD  assign_no_ct            .       Test    .
    LBORRES   assign_result           .       Result  .
    LBORRESU  assign_ct               .       Unit    UNIT
    LBSTRESC  derive_standard_result  .       .       .
    LBSTRESN  derive_standard_result  .       .       .
    LBSTRESU  derive_standard_result  .       .       .
    LBSEQ     derive_sequence         .       .       .
"""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("EXDOSE  hardcode_no_ct  .  lots", "'lots' is no number, and EXDOSE is a numeric"),
        ("EXTRT  hardcode_no_ct  .  {drug}", "{drug} stands for nothing; the block's repeat"),
        ("EXTRT  assign_ct  Kit  .", "assign_ct needs a codelist"),
    ],
)
def test_a_line_that_cannot_be(tmp_path, line, message):
    ex = (
        f"variable  algorithm  source  column  value\n.  records  doses  .  .\n{_with_source(line)}"
    )
    with pytest.raises(ConfigurationError, match=message.replace("{", r"\{").replace("}", r"\}")):
        map_folder(write_study(tmp_path, {"doses": DOSES}, {"ex": ex}))


def _with_source(line):
    variable, algorithm, column, value = line.split("  ")
    return f"{variable}  {algorithm}  .  {column}  {value}"


def test_text_in_a_dose_is_a_finding_whatever_the_algorithm(tmp_path):
    ex = """
        variable  algorithm        source  column  value
        .         records          doses   .       .
        EXDOSE    assign_result    .       Dose    .
        EXSEQ     derive_sequence  .       .       EXDOSE
    """
    result = map_folder(write_study(tmp_path, {"doses": DOSES}, {"ex": ex}))
    assert shown(result.datasets["EX"], ["EXDOSE"]) == [("10",), (".",)]
    assert places(result, "CDT-R030") == ["doses 3 Dose: unk; "]


def test_a_form_without_subjects_is_matched_by_its_columns(tmp_path):
    raw = {"doses": DOSES, "kits": "Kit  Drug\nK1  Placebo\nK2  Active"}
    ex = """
        variable  algorithm        source  column  match
        .         records          doses   .       .
        EXTRT     assign_no_ct     kits    Drug    Kit
        EXSEQ     derive_sequence  .       .       .
    """
    result = map_folder(write_study(tmp_path, raw, {"ex": ex}))
    assert shown(result.datasets["EX"], ["USUBJID", "EXTRT"]) == [
        ("T1-01-001", "Placebo"), ("T1-01-002", "Active"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("units", "numbers", "reported"),
    [
        (None, ["13.2", "5", "132", "12.9"], ["labs 4 Result: 132; g/L"]),
        ("testcd  unit  to  factor\nHGB  g/L  g/dL  0.1", ["13.2", "5", "13.2", "12.9"], []),
    ],
)
def test_units_that_differ_within_a_test(tmp_path, units, numbers, reported):
    mapping = {"lb": LB} | ({"units": units} if units else {})
    result = map_folder(write_study(tmp_path, {"labs": LABS}, mapping))
    rows = dict(shown(result.datasets["LB"], ["LBORRES", "LBSTRESN"]))
    assert [rows[text] for text in ("13.2", "5", "132", "12.9")] == numbers
    assert places(result, "CDT-R035") == reported


def test_rows_that_cannot_be_joined_are_reported(tmp_path):
    raw = {"visits": """
        Subject  No  Name   Day
        01-001   1   First  2019-03-10
        01-001   1   Frst   2019-03-11
        01-001   .   Odd    2019-03-12
    """}  # fmt: skip
    sv = """
        variable  algorithm        source  column                          value
        .         records          visits  .                               .
        VISITNUM  assign_no_ct     .       No                              .
        VISIT     assign_no_ct     .       Name                            .
        SVSTDTC   assign_datetime  .       Day                             .
        SVENDTC   assign_datetime  .       Day                             .
        .         one_record_per   .       SVSTDTC first;SVENDTC last      USUBJID VISITNUM
    """
    result = map_folder(write_study(tmp_path, raw, {"sv": sv}))
    names = ["VISITNUM", "VISIT", "SVSTDTC", "SVENDTC"]
    assert shown(result.datasets["SV"], names) == [("1", "First", "2019-03-10", "2019-03-11")]
    assert places(result, "CDT-R064") == ["visits 4 Subject: 01-001; VISITNUM"]
    assert places(result, "CDT-R065") == ["visits 3 Name: Frst; First"]


def test_rows_of_another_spelling_of_their_kind_are_taken_and_others_named(tmp_path):
    raw = {"forms": "Subject  Kind  Term\n01-001  ae  Rash\n01-001  AE  Ache\n01-002  aae  Lost"}
    ae = """
        variable  algorithm        source  column
        .         records          forms   .
        AETERM    assign_no_ct     .       Term
        AESEQ     derive_sequence  .       .
    """
    sources = {"forms": {"where": {"Kind": "ae"}}}
    study = write_study(tmp_path, raw, {"ae": ae}, sources)
    assert sorted(shown(map_folder(study).datasets["AE"], ["AETERM"])) == [("Ache",), ("Rash",)]


@pytest.mark.parametrize(
    ("kind", "columns", "low", "high", "message"),
    [
        ("order", "Dose", ".", ".", "order needs 2 columns, not 1"),
        ("equal", "Dose;Kit;Dose", ".", ".", "equal needs 2 columns, not 3"),
        ("terms", "Kit", ".", ".", "terms needs a codelist"),
        ("range", "Dose", "ten", ".", "low 'ten' is no number"),
        ("drift", "Dose", ".", ".", "drift needs a fraction"),
        ("near", "Dose", ".", ".", "there is no kind 'near'"),
        ("range", "Weight", "1", ".", "source 'doses' has no column 'Weight'"),
    ],
)
def test_a_check_that_cannot_be(tmp_path, kind, columns, low, high, message):
    checks = f"""
        id     source  kind    columns    low    high
        dose   doses   {kind}  {columns}  {low}  {high}
    """
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        map_folder(write_study(tmp_path, {"doses": DOSES}, {"checks": checks}))
