"""Names of ADaM variables: which pattern a name meets, with its label, one name a line."""

import pytest

from cdisc_tools.metadata.adam_names import (
    MAX_NAME,
    example_of,
    fill_in,
    fill_label,
    is_pattern,
    match_indexes,
)
from cdisc_tools.metadata.analysis_structures import match_name
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.standards import ADAM, read_structures
from tests.tables import table

# "." is: no such variable; label "-" is one that the sponsor words, or that would be too long
NAMES = table("""
    structure  name       type  core  label
    ADSL       TRT01P     Char  Req   Planned Treatment for Period 01
    ADSL       TRT99P     Char  Req   Planned Treatment for Period 99
    ADSL       TRT01PN    Num   Perm  Planned Treatment for Period 01 (N)
    ADSL       TRT02A     Char  Cond  Actual Treatment for Period 02
    ADSL       TR01PG1    Char  Perm  Planned Pooled Treatment 1 for Period 01
    ADSL       TR01PG12   Char  Perm  -
    ADSL       TR01PG1N   Num   Perm  Planned Pooled Trt 1 for Period 01 (N)
    ADSL       TR12AG3    Char  Cond  Actual Pooled Treatment 3 for Period 12
    ADSL       TR01SDT    Num   Cond  Date of First Exposure in Period 01
    ADSL       TR01SDTF   Char  Cond  Date 1st Exposure Period 01 Imput. Flag
    ADSL       AP02EDTM   Num   Perm  Period 02 End Datetime
    ADSL       P01S2      Char  Perm  Description of Period 01 Subperiod 2
    ADSL       P01S2SDM   Num   Perm  Period 01 Subperiod 2 Start Datetime
    ADSL       APHASE1    Char  Perm  Description of Phase 1
    ADSL       PH1SDT     Num   Perm  Phase 1 Start Date
    ADSL       AGEGR1     Char  Perm  Pooled Age Group 1
    ADSL       AGEGR1N    Num   Perm  Pooled Age Group 1 (N)
    ADSL       AGEGR12    Char  Perm  Pooled Age Group 12
    ADSL       REGION1    Char  Perm  Geographic Region 1
    ADSL       SITEGR1    Char  Perm  Pooled Site Group 1
    ADSL       STRAT1R    Char  Perm  Strat Factor 1 Value Used for Rand
    ADSL       STRAT9VN   Num   Perm  Strat Fact 9 Val from Verif Source (N)
    ADSL       EOT01STT   Char  Perm  End of Treatment Status in Period 01
    ADSL       RFIC2DT    Num   Perm  Date of Informed Consent 2
    ADSL       TRTSDT     Num   Cond  Date of First Exposure to Treatment
    ADSL       EOSDT      Num   Perm  End of Study Date
    ADSL       BIRTHDT    Num   Perm  -
    ADSL       BIRTHDTF   Char  Cond  -
    ADSL       MITTFL     Char  Perm  -
    ADSL       SAFFL      Char  Cond  Safety Population Flag
    ADSL       SAFFN      Num   Perm  -
    ADSL       WGTGR2     Char  Perm  -
    ADSL       WGTGR2N    Num   Perm  -
    BDS        AVAL       Num   Cond  Analysis Value
    BDS        AVALCAT1   Char  Perm  Analysis Value Category 1
    BDS        AVALCA1N   Num   Perm  Analysis Value Category 1 (N)
    BDS        A1LO       Num   Cond  Analysis Range 1 Lower Limit
    BDS        A12HI      Num   Cond  Analysis Range 12 Upper Limit
    BDS        A1HIC      Char  Perm  Analysis Range 1 Upper Limit (C)
    BDS        B1IND      Char  Perm  Baseline Analysis Range 1 Indicator
    BDS        R2A1LO     Num   Perm  Ratio to Analysis Range 1 Lower Limit
    BDS        CRIT1      Char  Perm  Analysis Criterion 1
    BDS        CRIT11FL   Char  Cond  Criterion 11 Evaluation Result Flag
    BDS        CRIT1FN    Num   Perm  Criterion 1 Evaluation Result Flag (N)
    BDS        MCRIT2ML   Char  Cond  Multi-Response Criterion 2 Evaluation
    BDS        ANL01FL    Char  Cond  Analysis Flag 01
    BDS        SHIFT1     Char  Perm  Shift 1
    BDS        PARCAT1    Char  Perm  Parameter Category 1
    BDS        ADTF       Char  Cond  Analysis Date Imputation Flag
    BDS        SAMPDT     Num   Perm  -
    BDS        SAMPSDTM   Num   Perm  -
    BDS        SAMPEDY    Num   Perm  -
    BDS        SAMPTMF    Char  Cond  -
    BDS        ABLFL      Char  Cond  Baseline Record Flag
    BDS        MYFL       Char  Perm  -
    TTE        TRT01P     Char  Cond  Planned Treatment for Period 01
    TTE        CNSR       Num   Req   Censor
    OCCDS      AETERM     Char  Req   Reported Term
    OCCDS      MHDECOD    Char  Cond  Dictionary-Derived Term
    OCCDS      XBSEQ      Num   Cond  Sequence Number
    OCCDS      AEOCCUR    Char  Cond  -
    OCCDS      AOCC01FL   Char  Perm  -
    OCCDS      SMQ01NAM   Char  Cond  SMQ 01 Name
    OCCDS      CQ99NAM    Char  Cond  Customized Query 99 Name
    OCCDS      ATC1CD     Char  Cond  ATC Level 1 Code
    OCCDS      DECDORG1   Char  Perm  PT in Original Dictionary 1
    OTHER      ASEQ       Num   Perm  Analysis Sequence Number
    OTHER      VISITDY    Num   Perm  -
    OTHER      XXELTM     Char  Perm  -
    ADSL       TRT1P      .     .     .
    ADSL       TRT100P    .     .     .
    ADSL       TRT00P     .     .     .
    ADSL       TRTxxP     .     .     .
    ADSL       TRT01      .     .     .
    ADSL       TRT01PX    .     .     .
    ADSL       trt01p     .     .     .
    ADSL       AGEGR0     .     .     .
    ADSL       AGEGR      .     .     .
    ADSL       AGEGR100   .     .     .
    ADSL       APHASE0    .     .     .
    ADSL       APHASE10   .     .     .
    ADSL       PH10SDT    Num   Perm  -
    ADSL       P1S1       .     .     .
    ADSL       AP         .     .     .
    ADSL       FL         .     .     .
    ADSL       DT         .     .     .
    ADSL       1DT        .     .     .
    ADSL       BIRTHDATE  .     .     .
    ADSL       LONGNAMFL  .     .     .
    BDS        AHI        .     .     .
    BDS        A0HI       .     .     .
    BDS        CRITFL     Char  Perm  -
    BDS        CRIT01     .     .     .
    BDS        ANL1FL     Char  Perm  -
    BDS        AETERM     .     .     .
    OCCDS      SMQ1NAM    .     .     .
    OCCDS      AAETERM    .     .     .
    OTHER      AVAL       .     .     .
""")


@pytest.mark.parametrize(
    "case", [pytest.param(row, id=f"{row.structure}-{row.variable}") for row in
             NAMES.rename(columns={"name": "variable"}).itertuples()],
)  # fmt: skip
def test_a_name(case):
    found = match_name(case.structure, case.variable)
    if not isinstance(case.type, str):
        assert found is None
        return
    assert found is not None
    label = "" if case.label == "-" else case.label
    assert (found.name, found.type, found.core, found.label) == (
        case.variable, case.type, case.core, label,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "name", "indexes"),
    [
        ("TRxxPGyN", "TR03PG2N", {"xx": "03", "y": "2"}),
        ("PxxSwSDT", "P12S3SDT", {"xx": "12", "w": "3"}),
        ("*GRyN", "AGEGR1N", {"*": "AGE", "y": "1"}),
        ("--TERM", "AETERM", {"--": "AE"}),
        ("AVAL", "AVAL", {}),
        ("AVAL", "AVALC", None),
        ("*FL", "FL", None),
        ("AyHI", "A100HI", None),
    ],
)
def test_indexes(pattern, name, indexes):
    assert match_indexes(pattern, name) == indexes
    if indexes is not None:
        assert fill_in(pattern, indexes) == name


def test_the_number_before():
    assert fill_in("TRTxx-1P", {"xx": "10"}) == "TRT09P"
    assert fill_in("TRTxxP", {}) == "TRTxxP"


def test_a_label_with_the_words_of_its_placeholders():
    assert fill_label("Period xx Subperiod w Start Date", {"xx": "01", "w": "2"}) == (
        "Period 01 Subperiod 2 Start Date"
    )
    assert fill_label("Duration of XX", {}) == ""
    assert fill_label("{Date}", {"*": "A"}) == ""


def test_every_pattern_makes_names_and_labels_that_the_transport_format_takes():
    longest = {"xx": "99", "zz": "99", "y": "9", "w": "9", "--": "AE", "*": "A"}
    for structure in read_structures().values():
        for variable in structure.variables:
            name = fill_in(variable.name, longest)
            assert len(name) <= MAX_NAME, variable.name
            assert len(fill_label(variable.label, longest)) <= 40, variable.name
            assert fill_label(variable.label, longest).isascii(), variable.name
            if is_pattern(variable.name):
                assert match_indexes(variable.name, name) is not None, variable.name


def test_every_name_of_a_structure_is_found_with_its_own_facts():
    path = specs_path() / "standards" / ADAM / "variables.csv"
    seen = set()
    for line in read_table(path, ("structure", "variable", "type", "core")):
        place = (line["structure"], line["variable"])
        name = fill_in(line["variable"], {"xx": "01", "zz": "01", "y": "1", "w": "1", "--": "XB"})
        if place in seen or "*" in name:
            continue
        seen.add(place)
        found = match_name(line["structure"], name)
        assert found is not None, place
        assert (found.type, found.core) == (line["type"], line["core"]), place


def test_the_first_name_of_a_pattern():
    (facts,) = [item for item in read_structures()["ADSL"].variables if item.name == "TRTxxP"]
    first = example_of(facts)
    assert (first.name, first.label) == ("TRT01P", "Planned Treatment for Period 01")
