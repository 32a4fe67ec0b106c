"""RECIST 1.1 and 1.0: each threshold at, just below and just above it, and each table line."""

from itertools import product

import pandas as pd
import pytest

from cdisc_tools.derivations.recist import compute_overall_response
from tests.derivations.scans import RECIST, RECIST_1_0, lesions, overall, respond, scans
from tests.tables import cases


# recist.md items 1 and 9. Sums are in mm; in words: -30 % from baseline is PR, +20 % from the nadir
# PD, in 1.1 only with +5 mm.
@pytest.mark.parametrize("case", cases("""
    CASE                         HISTORY       KINDS  RECIST_1_1     RECIST_1_0
    partial-below-70             100 69.9      T      PR             PR
    partial-at-70                100 70        T      PR             PR
    no-partial-above-70          100 70.1      T      SD             SD
    no-progression-below-120     100 119.9     T      SD             SD
    progression-at-120           100 120       T      PD             PD
    progression-above-120        100 120.1     T      PD             PD
    nadir-no-progression         100 80 95.9   T      SD SD          SD SD
    nadir-progression            100 80 96     T      SD PD          SD PD
    nadir-above-progression      100 80 96.1   T      SD PD          SD PD
    below-5-mm                   20 24.9       T      SD             PD
    at-5-mm                      20 25         T      PD             PD
    above-5-mm                   20 25.1       T      PD             PD
    20-percent-is-4-mm           20 24         T      SD             PD
    below-20-percent-of-20       20 23.9       T      SD             SD
    5-mm-below-20-percent        25.1 30.1     T      SD             SD
    5-mm-at-20-percent           25 30         T      PD             PD
    5-mm-above-20-percent        24.9 29.9     T      PD             PD
    regrowth-of-4.9              20 0 4.9      T      CR PR          CR PD
    regrowth-of-5                20 0 5        T      CR PD          CR PD
    regrowth-of-0.1              20 0 0.1      T      CR PR          CR PD
    nothing-stays-nothing        20 0 0        T      CR CR          CR CR
    measured-part-progressed     10/10 25/NE   TT     PD             PD
    measured-part-at-20-percent  10/10 24/NE   TT     NE             PD
    measured-part-below          10/10 23.9/NE  TT    NE             NE
    middle-category-alone        P P           N      NON-CR/NON-PD  SD
    middle-category-with-target  50/P 0/P      TN     PR             PR
"""))  # fmt: skip
def test_thresholds(case):
    line = case.iloc[0]
    tu, tr = lesions(line["HISTORY"], line["KINDS"])
    assert overall(tu, tr, criteria=RECIST) == line["RECIST_1_1"]
    assert overall(tu, tr, criteria=RECIST_1_0) == line["RECIST_1_0"]


# A target of 20 mm that goes, and a node of 15 mm by its short axis and 20 by its longest diameter.
# 1.1: sum 35, PR up to 24.5; a node below 10 is normal. 1.0: sum 40, PR up to 28; it must be gone.
@pytest.mark.parametrize("case", cases("""
    CASE              SHORT  LONGEST  RECIST_1_1  SUM_1_1  RECIST_1_0  SUM_1_0
    below-10          9.9    14       CR          9.9      PR          14
    at-10             10     14       PR          10       PR          14
    above-10          10.1   14       PR          10.1     PR          14
    gone              0      0        CR          0        CR          0
    partial-by-one    24.5   28.1     PR          24.5     SD          28.1
    partial-by-other  24.6   28       SD          24.6     PR          28
"""))  # fmt: skip
def test_the_axis_of_a_node(case):
    line = case.iloc[0]
    tu, tr = scans(
        "T1=20 K1=15 K1:LDIAM=20"
        f" | T1=0 K1={line['SHORT']} K1:LDIAM={line['LONGEST']}"
    )  # fmt: skip
    for criteria, name in ((RECIST, "1_1"), (RECIST_1_0, "1_0")):
        answer = respond(tu, tr, criteria=criteria).iloc[1]
        assert answer["OVRLRESP"] == line[f"RECIST_{name}"]
        assert answer["SUM"] == round(float(line[f"SUM_{name}"]) * 1_000_000)


def test_the_middle_category_has_the_name_of_its_version():
    tu, tr = lesions("50/P 40/P", "TN")
    names = [respond(tu, tr, criteria=one)["NTRGRESP"].iloc[1] for one in (RECIST, RECIST_1_0)]
    assert names == ["NON-CR/NON-PD", "INCOMPLETE RESPONSE/SD"]


# recist.md item 4, a line of the printed table a line; MID is the middle category of the version,
# several values are set apart by a blank and all of them must give the answer
TABLE = """
    LINE                   TARGET          NON_TARGET         NEW  ANSWER
    1-cr-cr                CR              CR                 N    CR
    1-cr-without           CR              NONE               N    CR
    1-cr-middle            CR              MID                N    PR
    1-cr-not-evaluated     CR              NE                 N    PR
    1-pr-non-pd            PR              CR MID NE NONE     N    PR
    1-sd-non-pd            SD              CR MID NE NONE     N    SD
    1-ne-non-pd            NE              CR MID NE NONE     N    NE
    1-pd-any-any           PD              CR MID PD NE NONE  N Y  PD
    1-any-pd-any           CR PR SD PD NE  PD                 N Y  PD
    1-any-any-yes          CR PR SD PD NE  CR MID PD NE NONE  Y    PD
    2-cr                   NONE            CR                 N    CR
    2-middle               NONE            MID                N    ALONE
    2-not-evaluated        NONE            NE                 N    NE
    2-no-lesion-at-all     NONE            NONE               N    NE
    2-pd-any               NONE            PD                 N Y  PD
    2-any-yes              NONE            CR MID PD NE NONE  Y    PD
"""


@pytest.mark.parametrize("criteria", [RECIST, RECIST_1_0], ids=lambda criteria: criteria.name)
@pytest.mark.parametrize("case", cases(TABLE))
def test_each_line_of_the_response_tables(case, criteria):
    line = case.iloc[0]
    middle = criteria.non_target.neither
    alone = {"NON-CR/NON-PD": "NON-CR/NON-PD", "INCOMPLETE RESPONSE/SD": "SD"}[middle]
    combinations = product(*(line[name].split() for name in ("TARGET", "NON_TARGET", "NEW")))
    names = ["TRGRESP", "NTRGRESP", "NEWLIND"]
    responses = pd.DataFrame(combinations, columns=names, dtype="string").replace("MID", middle)
    expected = alone if line["ANSWER"] == "ALONE" else line["ANSWER"]
    assert set(compute_overall_response(responses, criteria)) == {expected}
