"""Time point responses of RECIST 1.1: the boundaries of recist.md."""

import pandas as pd
import pytest

from cdisc_tools.derivations.lesions import derive_adtr
from cdisc_tools.derivations.recist import compute_overall_response, derive_lesion_responses
from cdisc_tools.metadata.analysis import read_criteria
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from tests.derivations.scans import BEFORE, FIRST_DOSE, LESIONS, RECIST, lesions, overall, respond
from tests.tables import cases


# recist.md item 1: thresholds include the boundary; item 2: exact decimals; item 5: not assessed.
@pytest.mark.parametrize("case", cases("""
    CASE                          HISTORY                  KINDS  ANSWER
    partial-at-30-percent         100 70                   T      PR
    just-not-partial              100 70.1                 T      SD
    partial-in-exact-decimals     30.1 21.07               T      PR
    just-above-it                 30.1 21.071              T      SD
    sums-of-decimals              3.3/6.6/0.1 2/5/0        TTT    PR
    progression-at-20-percent     100 120                  T      PD
    just-no-progression           100 119.9                T      SD
    twenty-percent-but-4.9-mm     20 24.9                  T      SD
    twenty-percent-and-5-mm       20 25                    T      PD
    five-mm-but-19-percent        50 59.5                  T      SD
    exact-growth                  42.5 51                  T      PD
    exact-growth-not-reached      42.5 50.9                T      SD
    nadir-includes-baseline       50 60 60                 T      PD PD
    from-nadir-below-baseline     100 50 60                T      PR PD
    nadir-of-a-middle-visit       100 60 50 61             T      PR PR PD
    partial-again-without-pd      100 69 71                T      PR SD
    growth-to-exactly-nadir-1.2   100 50 59.9              T      PR PR
    all-gone                      20/10 0/0                TT     CR
    one-left                      20/10 0/1                TT     PR
    node-below-10                 20/15 0/9.9              TK     CR
    node-at-10                    20/15 0/10               TK     PR
    node-left-lesion-left         20/15 1/9                TK     PR
    regrowth-from-nothing         20 0 5                   T      CR PD
    regrowth-below-5-mm           20 0 4.9                 T      CR PR
    too-small-is-5-mm             20/10 20/5               TT     SD
    one-not-assessed              50/50 50/NE              TT     NE
    not-assessed-but-small        50/50 10/NE              TT     NE
    not-assessed-yet-progressed   50/50 120/NE             TT     PD
    measured-part-below-pd        50/50 119.9/NE           TT     NE
    nothing-assessed              50/50 NE/NE              TT     NE
    partial-sum-is-no-nadir       50/50 10/NE 50/50        TT     NE SD
    non-target-progression        50/P 40/U                TN     PD
    non-target-not-evaluated      50/P 40/NE               TN     SD
    response-with-non-target-ne   50/P 0/NE                TN     PR
    gone-non-target-persists      50/P 0/P                 TN     PR
    gone-non-target-gone          50/P 0/A                 TN     CR
    not-assessed-new-lesion       50 NE+                   T      PD
    gone-with-new-lesion          50 0+                    T      PD
    target-ne-non-target-pd       50/P NE/U                TN     PD
    target-ne-non-target-stable   50/P NE/P                TN     NE
    only-non-target-persisting    P P                      N      NON-CR/NON-PD
    only-non-target-gone          P A                      N      CR
    only-non-target-ne            P NE                     N      NE
    only-non-target-part-ne       P/P A/NE                 NN     NE
    only-non-target-progression   P/P U/NE                 NN     PD
    only-non-target-new           P P+                     N      PD
"""))  # fmt: skip
def test_overall_response(case):
    tu, tr = lesions(case["HISTORY"].item(), case["KINDS"].item())
    assert overall(tu, tr) == case["ANSWER"].item()


# recist.md item 4, tables 1 and 2
@pytest.mark.parametrize("case", cases("""
    TRGRESP  NTRGRESP       NEWLIND  ANSWER
    CR       CR             N        CR
    CR       NONE           N        CR
    CR       NON-CR/NON-PD  N        PR
    CR       NE             N        PR
    PR       CR             N        PR
    PR       NON-CR/NON-PD  N        PR
    PR       NE             N        PR
    SD       CR             N        SD
    SD       NE             N        SD
    NE       NON-CR/NON-PD  N        NE
    NE       CR             N        NE
    PD       CR             N        PD
    PD       NE             N        PD
    CR       PD             N        PD
    NE       PD             N        PD
    CR       CR             Y        PD
    NE       NE             Y        PD
    NONE     CR             N        CR
    NONE     NON-CR/NON-PD  N        NON-CR/NON-PD
    NONE     NE             N        NE
    NONE     PD             N        PD
    NONE     CR             Y        PD
"""))  # fmt: skip
def test_response_table(case):
    assert compute_overall_response(case, RECIST).item() == case["ANSWER"].item()


def test_no_baseline_is_a_finding():
    tu, tr = lesions("50 60")
    findings = Findings()
    early = FIRST_DOSE - pd.Timedelta(days=30)
    assert respond(tu, tr, reference=early, findings=findings).empty
    assert [f.check_id for f in findings] == ["CDT-A008"]


def test_undated_and_far_apart_records_are_findings():
    tu, tr = lesions("50/50 60/60 70/70", "TT")
    tr["TRDTC"] = ["2020-01-02", "2020-01-02", None, None, "2020-02-01", "2020-03-01"]
    findings = Findings()
    answer = respond(tu, tr.assign(TRDTC=tr["TRDTC"].astype("string")), findings=findings)
    assert sorted({f.check_id for f in findings}) == ["CDT-A006", "CDT-A009"]
    assert answer["ADT"].dt.strftime("%Y-%m-%d").tolist() == ["2020-01-02", "2020-02-01"]


def test_other_units_and_unknown_states_are_findings():
    tu, tr = lesions("50/P 5/P", "TN")
    tr.loc[2, "TRSTRESU"] = "cm"
    tr.loc[3, "TRSTRESC"] = "WORSE"
    findings = Findings()
    assert respond(tu, tr, findings=findings)["OVRLRESP"].tolist()[1] == "NE"
    assert [f.detail for f in findings] == [
        "a diameter counts in mm", "a state that lesions.yaml does not list",
    ]  # fmt: skip


def test_a_new_lesion_known_to_tu_only_is_progression():
    tu, tr = lesions("50 50")
    new = tu.assign(
        TULNKID="NEW", TUSTRESC="NEW", VISIT="1", VISITNUM="1", TUDTC="2020-01-10", TUSEQ=2
    )
    answer = respond(pd.concat([tu, new], ignore_index=True), tr)
    assert answer["OVRLRESP"].tolist()[1] == "PD"


# recist.md item 3: an equivocal new lesion is no progression
def test_an_equivocal_new_lesion_is_no_progression_yet():
    tu, tr = lesions("50 50+")
    is_new = tr["TRGRPID"].eq("NEW")
    equivocal = tr.assign(TRSTRESC=tr["TRSTRESC"].mask(is_new, "EQUIVOCAL"))
    assert respond(tu, equivocal)["OVRLRESP"].tolist()[1] == "SD"


def test_a_lesion_measured_twice_is_used_once_and_reported():
    tu, tr = lesions("50 50")
    again = tr.iloc[[1]].assign(TRSTRESN=5.0, TRSEQ=9)
    findings = Findings()
    answer = respond(tu, pd.concat([tr, again], ignore_index=True),
                     findings=findings)  # fmt: skip
    assert answer["OVRLRESP"].tolist()[1] == "SD"
    assert [(f.check_id, f.values) for f in findings] == [("CDT-A010", ("9",))]


# 50/50 at baseline, 20/50 then: 70 of 100 is partial response, 20 or 50 of 100 alone isn't known.
@pytest.mark.parametrize("case", cases("""
    CASE                 HISTORY      KINDS  UNNAMED  ANSWER         SUM  SEQ
    target-later         50/50 20/50  TT     3        NE             50   3
    both-targets-later   50/50 20/50  TT     3 4      NE             0    3 4
    target-at-baseline   50/50 30/50  TT     1        SD             50   1
    both-at-baseline     50/50 20/50  TT     1 2      NONE           0    1 2
    state-later          50/P 50/P    TN     4        SD             50   4
    states-later         P/P P/P      NN     3 4      NE             0    3 4
    new-lesion           50/P 50/P+   TN     5        PD             50   .
"""))  # fmt: skip
def test_a_measurement_of_no_named_lesion_is_found_and_in_no_sum(case):
    line = case.iloc[0]
    tu, tr = lesions(line["HISTORY"], line["KINDS"])
    unnamed = [int(number) for number in line["UNNAMED"].split()]
    tr = tr.assign(TRLNKID=tr["TRLNKID"].mask(tr["TRSEQ"].isin(unnamed)))
    findings = Findings()
    answer = respond(tu, tr, findings=findings)
    values = answer["TRGRESP"] if line["ANSWER"] == "NONE" else answer["OVRLRESP"]
    assert values.tolist()[1:] == [line["ANSWER"]]
    assert answer["SUM"].fillna(0).tolist()[1] == int(line["SUM"]) * 1_000_000
    found = [f.key[1][1] for f in findings if f.check_id == "CDT-A010"]
    assert found == ([] if pd.isna(line["SEQ"]) else line["SEQ"].split())
    assert {f.variables for f in findings if f.check_id == "CDT-A010"} <= {("TRLNKID",)}


def test_an_unnamed_measurement_multiplies_no_record_of_adtr():
    tu, tr = lesions("50/50 20/50", "TT")
    tr = tr.assign(TRLNKID=tr["TRLNKID"].mask(tr["TRSEQ"].isin([1, 2, 3])))
    adsl = pd.DataFrame({"USUBJID": BEFORE.index, "TRTSDT": BEFORE.to_numpy()})
    points, results = derive_lesion_responses(
        {"TU": tu, "TR": tr}, adsl, LESIONS, RECIST, findings=Findings()
    )
    adtr, _ = derive_adtr(points, results)
    # no lesion has a baseline, so there is no sum and no record
    assert adtr.empty


def test_the_criteria_name_their_file_when_wrong():
    with pytest.raises(ConfigurationError, match=r"recist-1\.1"):
        read_criteria("recist-9")
