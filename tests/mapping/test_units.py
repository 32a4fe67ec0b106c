"""Results in standard units, in exact decimals."""

import pytest

from cdisc_tools.mapping.units import standardise
from cdisc_tools.model.mapping import UnitRule
from tests.tables import cases

RULES = (
    UnitRule("", "mm", "mm"),
    UnitRule("", "cm", "mm", "10"),
    UnitRule("", "g/dL", "g/L", "10"),
    UnitRule("WEIGHT", "kg", "kg"),
    UnitRule("WEIGHT", "LB", "kg", "0.45359237", "0", "2"),
    UnitRule("TEMP", "C", "C"),
    # 5/9 and -160/9 to twelve places
    UnitRule("TEMP", "F", "C", "0.555555555556", "-17.777777777778", "1"),
    UnitRule("HALF", "a", "b", "0.5", "0", "0"),
)
WORDS = {"too small to measure": "5", "not visible": "0"}


@pytest.mark.parametrize("case", cases("""
    CASE                TESTCD  ORRES                 ORRESU  STRESC   STRESN  STRESU  FLAG
    cm-to-mm            LDIAM   1.2                   cm      12       12      mm      .
    exact-not-binary    LDIAM   0.29                  cm      2.9      2.9     mm      .
    digits-of-the-unit  LDIAM   12.0                  mm      12.0     12      mm      .
    converted-zero      LDIAM   0                     cm      0        0       mm      .
    pound               WEIGHT  150                   LB      68.04    68.04   kg      .
    fahrenheit          TEMP    98.6                  F       37       37      C       .
    fahrenheit-high     TEMP    100                   F       37.8     37.8    C       .
    below-zero          TEMP    14                    F       -10      -10     C       .
    half-up             HALF    5                     a       3        3       b       .
    half-down-negative  HALF    -5                    a       -3       -3      b       .
    qualifier           LDIAM   <0.5                  cm      <5       .       mm      .
    qualifier-no-rule   CRP     <0.3                  mg/L    <0.3     .       mg/L    .
    decimal-comma       LDIAM   1,2                   cm      12       12      mm      .
    word                LDIAM   Too small to measure  cm      5        5       mm      word
    text                LDIAM   present               .       present  .       .       .
    text-with-unit      LDIAM   present               cm      present  .       mm      .
    unit-in-the-text    LDIAM   12 cm                 mm      12 cm    .       mm      .
    same-unit-twice     LDIAM   12 mm                 mm      12       12      mm      .
    range               LDIAM   2-3                   cm      2-3      .       mm      .
    no-rule-at-all      CRP     10.50                 mg/L    10.50    10.5    mg/L    .
    no-unit             ECOG    1                     .       1        1       .       .
    unknown-unit        WEIGHT  11                    stone   11       11      stone   lost
    unknown-other-test  CRP     11                    stone   11       11      stone   .
    missing             LDIAM   .                     cm      .        .       .       .
"""))  # fmt: skip
def test_standard_results(case):
    results = standardise(case["TESTCD"], case["ORRES"], case["ORRESU"], RULES, WORDS)
    assert results.text.equals(case["STRESC"])
    assert results.number.equals(case["STRESN"].astype("Float64"))
    assert results.unit.equals(case["STRESU"])
    flag = "lost" if results.unconverted[0] else "word" if results.from_words[0] else None
    assert flag == (None if case["FLAG"].isna()[0] else case["FLAG"][0])


def test_no_records():
    case = cases("TESTCD  ORRES  ORRESU\nA  1  mm")[0].values[0].iloc[:0]
    results = standardise(case["TESTCD"], case["ORRES"], case["ORRESU"], RULES, WORDS)
    assert len(results.text) == len(results.unconverted) == 0
