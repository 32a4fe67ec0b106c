"""Lesions that are measured otherwise: words, parts, merged, other units; baseline and policies."""

import dataclasses
from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from cdisc_tools.derivations.lesions import derive_adtr
from cdisc_tools.derivations.recist import derive_lesion_responses, describe_response
from cdisc_tools.model.analysis import LesionParts
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from tests.derivations.scans import BEFORE, LESIONS, RECIST, overall, respond, scans
from tests.tables import cases

PATTERN = r"(?P<lesion>[TK]\d+)(\.\d+|[A-Z]|/.+)"
PARTS = dataclasses.replace(
    LESIONS, parts=LesionParts(rationale="test", source="test", pattern=PATTERN)
)


# recist.md item 2. SUM is that of the last visit, in mm; FOUND the lesions of CDT-A010 findings.
@pytest.mark.parametrize("case", cases("""
    CASE                     HISTORY                                                ANSWER  SUM   FOUND
    too-small-is-5           T1=20 T2=10 | T1=20 T2=TOO_SMALL_TO_MEASURE            SD      25    .
    too-small-alone          T1=20 | T1=TOO_SMALL_TO_MEASURE                        PR      5     .
    too-small-as-state       T1=20 | T1=NE T1:TUMSTATE=TOO_SMALL_TO_MEASURE         PR      5     .
    too-small-then-9.9       T1=20 | T1=TOO_SMALL_TO_MEASURE | T1=9.9               PR PR   9.9   .
    too-small-then-10        T1=20 | T1=TOO_SMALL_TO_MEASURE | T1=10                PR PD   10    .
    measured-below-5         T1=20 | T1=3                                           PR      3     .
    gone                     T1=20 | T1=DISAPPEARED                                 CR      0     .
    gone-as-state            T1=20 | T1:TUMSTATE=A                                  CR      0     .
    measured-beside-a-state  T1=20 | T1:TUMSTATE=A T1=18                            SD      18    .
    another-word             T1=20 | T1=BLURRED                                     NE      0     TRSTRESC
    said-not-evaluable       T1=20 | T1=NOT_EVALUABLE                               NE      0     .
    not-done-listed-first    T1=50 | T1=NE T1=60                                    PD      60    TRSEQ
    not-done-listed-last     T1=50 | T1=60 T1=NE                                    PD      60    TRSEQ
    two-measurements         T1=50 | T1=50 T1=60                                    SD      50    TRSEQ
    merged-at-70-percent     T1=20 T2=20 | T1=28 T2=COALESCED                       PR      28    .
    merged-above-70-percent  T1=20 T2=20 | T1=28.1 T2=COALESCED                     SD      28.1  .
    merged-at-120-percent    T1=20 T2=20 | T1=48 T2=COALESCED                       PD      48    .
    merged-as-state          T1=20 T2=20 | T1=28 T2:TUMSTATE=COALESCED              PR      28    .
    merged-into-nothing      T1=20 T2=20 | T1=NE T2=COALESCED                       NE      0     TRLNKID
    merged-with-one-gone     T1=20 T2=20 | T1=0 T2=COALESCED                        NE      0     TRLNKID
    merged-with-each-other   T1=20 T2=20 | T1=COALESCED T2=COALESCED                NE      0     TRLNKID
    merged-into-a-union      T1=20 T2=20 | T1=COALESCED T2=COALESCED T1/T2=28       PR      28    .
    split-at-70-percent      T1=30 | T1.1=10 T1.2=11                                PR      21    .
    split-above-70-percent   T1=30 | T1.1=10 T1.2=11.1                              SD      21.1  .
    split-by-letters         T1=30 | T1A=10 T1B=11                                  PR      21    .
    split-whole-not-done     T1=30 | T1=NE T1.1=10 T1.2=11                          PR      21    .
    split-and-whole          T1=30 | T1=21 T1.1=10 T1.2=11.1                        SD      21.1  TRLNKID
    split-part-not-done      T1=30 | T1.1=10 T1.2=11 | T1.1=10 T1.2=NE              PR NE   10    .
    split-part-left-out      T1=30 | T1.1=10 T1.2=11 | T1.1=10                      PR NE   10    .
    split-part-progressed    T1=30 | T1.1=10 T1.2=11 | T1.1=26                      PR PD   26    .
    split-part-added         T1=30 | T1.1=10 T1.2=11 | T1.1=10 T1.2=11 T1.3=5       PR PD   26    .
    split-then-one-again     T1=30 | T1.1=10 T1.2=11 | T1=21                        PR PR   21    .
    split-part-gone          T1=30 | T1.1=10 T1.2=DISAPPEARED                       PR      10    .
    split-all-gone           T1=30 | T1.1=0 T1.2=0                                  CR      0     .
    split-node-each-normal   T1=20 K1=16 | T1=0 K1.1=9 K1.2=8                       CR      17    .
    split-node-one-not       T1=20 K1=16 | T1=0 K1.1=10 K1.2=1                      PR      11    .
    split-at-baseline        T1.1=15 T1.2=15 | T1.1=10 T1.2=11                      PR      21    .
"""))  # fmt: skip  # noqa: E501
def test_lesions_that_change(case):
    line = case.iloc[0]
    tu, tr = scans(line["HISTORY"])
    findings = Findings()
    answer = respond(tu, tr, definition=PARTS, findings=findings)
    assert " ".join(answer["OVRLRESP"].dropna()) == line["ANSWER"]
    assert answer["SUM"].iloc[-1] == round(float(line["SUM"]) * 1_000_000)
    found = {name for finding in findings for name in finding.variables}
    assert found == (set() if pd.isna(line["FOUND"]) else {line["FOUND"]})


def test_without_a_pattern_a_part_is_a_lesion_without_baseline():
    tu, tr = scans("T1=30 | T1.1=10 T1.2=11")
    findings = Findings()
    unnamed = dataclasses.replace(LESIONS, parts=None)
    assert respond(tu, tr, definition=unnamed, findings=findings)["OVRLRESP"].iloc[1] == "NE"
    assert [(f.check_id, f.key[1][1]) for f in findings] == [
        ("CDT-A008", "T1.1"), ("CDT-A008", "T1.2"),
    ]  # fmt: skip


@pytest.mark.parametrize(("pattern", "message"), [("(T", "parts.pattern"), ("T.", "no group")])
def test_a_pattern_that_cannot_be_used_is_refused(pattern, message):
    tu, tr = scans("T1=30 | T1=30")
    wrong = LesionParts(rationale="test", source="test", pattern=pattern)
    with pytest.raises(ConfigurationError, match=message):
        respond(tu, tr, definition=dataclasses.replace(LESIONS, parts=wrong))


# the thresholds are in mm: 2 cm are 20 mm, and 5 mm more are 2.5 cm
@pytest.mark.parametrize("case", cases("""
    CASE           UNIT  HISTORY                ANSWER  SUM
    partial        cm    T1=2%cm | T1=1.4%cm    PR      14
    below-5-mm     cm    T1=2%cm | T1=2.49%cm   SD      24.9
    at-5-mm        cm    T1=2%cm | T1=2.5%cm    PD      25
    node-below-10  cm    K1=2%cm | K1=0.99%cm   CR      9.9
    node-at-10     cm    K1=2%cm | K1=1%cm      PR      10
    mm-among-cm    cm    T1=2%cm | T1=20%mm     NE      0
    cm-among-mm    mm    T1=20%mm | T1=2%cm     NE      0
    inches         inch  T1=1%inch | T1=2%inch  PD      50.8
"""))  # fmt: skip
def test_units(case):
    line = case.iloc[0]
    lengths = {"mm": Fraction(1), "cm": Fraction(10), "inch": Fraction("25.4")}
    definition = dataclasses.replace(LESIONS, unit=line["UNIT"], millimetres=lengths)
    answer = respond(*scans(line["HISTORY"]), definition=definition)
    assert answer["OVRLRESP"].iloc[1] == line["ANSWER"]
    assert answer["SUM"].iloc[1] == round(float(line["SUM"]) * 1_000_000)


def test_a_unit_of_unknown_length_is_refused():
    with pytest.raises(ConfigurationError, match=r"unit is 'inch'.*mm, cm.*in mm"):
        respond(*scans("T1=30 | T1=30"), definition=dataclasses.replace(LESIONS, unit="inch"))


# recist.md item 3. X is a new lesion: E equivocal, P present, A absent.
@pytest.mark.parametrize("case", cases("""
    CASE                HISTORY                                             FIRST     CONFIRMED
    confirmed           T1=50 | T1=50 X1=E | T1=50 X1=P                     PD PD     SD PD
    confirmed-late      T1=50 | T1=50 X1=E | T1=50 X1=E | T1=50 X1=P        PD PD PD  SD SD PD
    never-confirmed     T1=50 | T1=50 X1=E | T1=50 X1=E                     SD SD     SD SD
    gone-again          T1=50 | T1=50 X1=E | T1=50 X1=A                     SD SD     SD SD
    gone-in-between     T1=50 | T1=50 X1=E | T1=50 X1=A | T1=50 X1=P        SD SD PD  SD SD PD
    not-seen-between    T1=50 | T1=50 X1=E | T1=50 | T1=50 X1=P             PD SD PD  SD SD PD
    another-one         T1=50 | T1=50 X1=E | T1=50 X2=P                     SD PD     SD PD
    doubted-afterwards  T1=50 | T1=50 X1=P | T1=50 X1=E                     PD SD     PD SD
"""))  # fmt: skip
def test_an_equivocal_new_lesion(case):
    line = case.iloc[0]
    tu, tr = scans(line["HISTORY"])
    for value, answer in (("first_scan", "FIRST"), ("confirmation", "CONFIRMED")):
        policy = dataclasses.replace(LESIONS.equivocal, new_lesion_date=value)
        definition = dataclasses.replace(LESIONS, equivocal=policy)
        assert overall(tu, tr, definition=definition) == line[answer]


# recist.md item 8, baseline 100: the nadir is 70, so that 84 is progression
@pytest.mark.parametrize("case", cases("""
    CASE                  HISTORY                               STANDARD  KEPT
    eortc-faq             T1=100 | T1=70 | T1=70 | T1=80        PR PR SD  PR PR PR
    just-no-progression   T1=100 | T1=70 | T1=83.9              PR SD     PR PR
    progression           T1=100 | T1=70 | T1=84                PR PD     PR PD
    after-progression     T1=100 | T1=70 | T1=84 | T1=80        PR PD SD  PR PD SD
    not-evaluable-first   T1=100 | T1=70 | T1=NE | T1=80        PR NE SD  PR NE PR
    never-partial         T1=100 | T1=70.1 | T1=80              SD SD     SD SD
    with-a-new-lesion     T1=100 | T1=70 X1=P | T1=80           PD SD     PD SD
    non-target-persists   T1=100 N1=P | T1=70 N1=P | T1=80 N1=P  PR SD    PR PR
"""))  # fmt: skip
def test_a_partial_response_that_grows(case):
    line = case.iloc[0]
    tu, tr = scans(line["HISTORY"])
    kept = dataclasses.replace(LESIONS, partial=dataclasses.replace(LESIONS.partial, keep=True))
    assert overall(tu, tr) == line["STANDARD"]
    assert overall(tu, tr, definition=kept) == line["KEPT"]


# The reference date is 2020-01-09; 2019-12-12 is 28 days before it.
@pytest.mark.parametrize("case", cases("""
    CASE                HISTORY                                                                     DAYS  DATE        BASE  ANSWER         FOUND
    one-visit           2020-01-09 T1=50 | 2020-02-09 T1=35                                         .     2020-01-09  50    PR             .
    day-after           2020-01-10 T1=50 | 2020-02-09 T1=35                                         .     .           .     .              CDT-A008
    non-target-later    2019-12-20 T1=50 T2=50 | 2020-01-08 N1=P | 2020-02-09 T1=30 T2=40 N1=P      .     2019-12-20  100   PR             .
    target-later        2019-12-20 T1=50 N1=P | 2020-01-08 T2=50 | 2020-02-09 T1=30 T2=40 N1=A      .     2020-01-08  100   PR             .
    measured-again      2019-12-20 T1=50 T2=50 | 2020-01-08 T1=40 | 2020-02-09 T1=40 T2=40          .     2020-01-08  90    SD             .
    not-done-again      2019-12-20 T1=50 | 2020-01-08 T1=NE | 2020-02-09 T1=35                      .     2019-12-20  50    PR             .
    half-done-again     2019-12-20 T1=50 T2=50 | 2020-01-08 T1=NE T2=40 | 2020-02-09 T1=35 T2=40    .     2020-01-08  90    SD             .
    28-days-before      2019-12-12 T1=50 | 2020-02-09 T1=35                                         28    2019-12-12  50    PR             .
    29-days-before      2019-12-11 T1=50 | 2020-02-09 T1=35                                         28    .           .     .              CDT-A008
    one-too-old         2019-12-11 T1=50 T2=50 | 2020-01-08 T2=40 | 2020-02-09 T1=1 T2=28           28    2020-01-08  40    PR             CDT-A008
    all-targets-old     2019-12-11 T1=50 | 2020-01-08 N1=P | 2020-02-09 T1=35 N1=P                  28    2020-01-08  .     NON-CR/NON-PD  CDT-A025
    never-measured      2020-01-08 T1=NE N1=P | 2020-02-09 T1=35 N1=P                               .     2020-01-08  .     NON-CR/NON-PD  CDT-A025
"""))  # fmt: skip  # noqa: E501
def test_baseline_of_each_lesion(case):
    line = case.iloc[0]
    days = None if pd.isna(line["DAYS"]) else int(line["DAYS"])
    window = dataclasses.replace(LESIONS.baseline, screening_days=days)
    definition = dataclasses.replace(LESIONS, baseline=window)
    findings = Findings()
    answer = respond(*scans(line["HISTORY"]), definition=definition, findings=findings)
    base = answer[answer["IS_BASE"]]
    assert base["ADT"].dt.strftime("%Y-%m-%d").tolist() == case["DATE"].dropna().tolist()
    assert (base["BASE"].dropna() / 1_000_000).tolist() == [
        float(value) for value in case["BASE"].dropna()
    ]
    assert answer["OVRLRESP"].dropna().tolist() == case["ANSWER"].dropna().tolist()
    assert sorted({f.check_id for f in findings}) == case["FOUND"].dropna().tolist()


def test_measurable_disease_without_any_target_lesion_is_found():
    found = []
    for flag in ("Y", "N"):
        findings = Findings()
        respond(*scans("N1=P | N1=P"), findings=findings, MEASFL=flag)
        found += [(f.check_id, f.variables) for f in findings]
    assert found == [("CDT-A025", ("MEASFL",))]


def test_adtr_of_a_baseline_on_two_days():
    tu, tr = scans("2019-12-20 T1=50 T2=50 | 2020-01-08 T1=40 | 2020-02-09 T1=30 T2=40")
    adsl = BEFORE.rename("TRTSDT").rename_axis("USUBJID").reset_index()
    responses, results = derive_lesion_responses(
        {"TU": tu, "TR": tr}, adsl, LESIONS, RECIST, findings=Findings()
    )
    adtr, links = derive_adtr(responses, results)
    base = adtr[adtr["ABLFL"].eq("Y")]
    assert base["AVAL"].tolist() == [90, 40, 50]
    assert base["ADT"].dt.strftime("%m-%d").tolist() == ["01-08", "01-08", "12-20"]
    assert adtr[adtr["ABLFL"].isna()]["CHG"].tolist() == [-20, -10, -10]
    # the sum at baseline rests on the records 3 (T1) and 2 (T2)
    assert sorted(links[links["SEQ"].eq(1)]["SRCSEQ"]) == [2, 3]


# The last day of the month is imputed, the cut-off lies in it.
@pytest.mark.parametrize("case", cases("""
    CASE             SCAN        CUTOFF      DATE        FOUND
    within           2020-02     2020-02-20  2020-02-20  .
    month-over       2020-02     2020-03-01  2020-02-29  .
    first-day        2020-02     2020-02-01  2020-02-01  .
    month-to-come    2020-02     2020-01-31  .           CDT-A019
    year-alone       2020        2020-02-20  2020-02-20  .
    whole-date-late  2020-02-21  2020-02-20  .           CDT-A019
    whole-date       2020-02-20  2020-02-20  2020-02-20  .
"""))  # fmt: skip
def test_a_partial_date_in_the_month_of_the_cut_off(case):
    line = case.iloc[0]
    tu, tr = scans(f"2020-01-09 T1=50 | {line['SCAN']} T1=35")
    adsl = BEFORE.rename("TRTSDT").rename_axis("USUBJID").reset_index()
    findings = Findings()
    responses, _ = derive_lesion_responses(
        {"TU": tu, "TR": tr}, adsl, LESIONS, RECIST,
        cutoff=date.fromisoformat(line["CUTOFF"]), findings=findings,
    )  # fmt: skip
    dates = responses[~responses["IS_BASE"]]["ADT"].dt.strftime("%Y-%m-%d").tolist()
    assert dates == case["DATE"].dropna().tolist()
    assert [f.check_id for f in findings] == case["FOUND"].dropna().tolist()


@pytest.mark.parametrize("case", cases("""
    CASE         HISTORY                                      WORDS
    target       T1=100 | T1=70 | T1=84                       sum 84 mm (1 of 1 target lesions), baseline 100 mm (-16 %), nadir 70 mm (+20 %); target PD, non-target NONE, new lesion N
    part-of-it   T1=50 T2=50.5 N1=P | T1=10.25 N1=U           sum 10.25 mm (1 of 2 target lesions), baseline 100.5 mm (-89.8 %), nadir 100.5 mm (-89.8 %); target NE, non-target PD, new lesion N
    from-0       T1=20 | T1=0 | T1=5 X1=P                     sum 5 mm (1 of 1 target lesions), baseline 20 mm (-75 %), nadir 0 mm; target PD, non-target NONE, new lesion Y
    no-target    N1=P | N1=P                                  target NONE, non-target NON-CR/NON-PD, new lesion N
"""))  # fmt: skip  # noqa: E501
def test_a_response_in_words(case):
    answer = respond(*scans(case["HISTORY"].item()))
    assert describe_response(answer).iloc[-1] == case["WORDS"].item()
