"""Exposure, adverse events, biomarkers, responses and subject dates: a case a line."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from cdisc_tools.derivations.adverse_events import derive_adae
from cdisc_tools.derivations.biomarkers import derive_adbm
from cdisc_tools.derivations.dates import impute_dt
from cdisc_tools.derivations.exposure import derive_adex
from cdisc_tools.derivations.records import filter_where
from cdisc_tools.derivations.response_parameters import derive_param_bor, select_assessments
from cdisc_tools.derivations.results import compute_ae_table
from cdisc_tools.derivations.sources import merge_supplemental
from cdisc_tools.derivations.subject import derive_adsl
from cdisc_tools.metadata.analysis import read_analysis
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.response import ResponseParameter
from tests.derivations.study import CUTOFF, sdtm
from tests.tables import cases, table

BEST = ResponseParameter(kind="best", paramcd="BOR", param="Best Overall Response")
ANALYSIS = read_analysis(sample_study_path() / "analysis")


def dated(frame: pd.DataFrame) -> pd.DataFrame:
    for name in [name for name in frame.columns if name.endswith("DT")]:
        frame = frame.assign(**{name: impute_dt(frame[name])["DT"]})
    return frame


def numbered(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    for name in names:
        frame = frame.assign(**{name: pd.to_numeric(frame[name]).astype("Float64")})
    return frame


# First dose 2010-01-11, last dose 2010-02-10; treatment emergent up to 30 days later.
@pytest.mark.parametrize(
    "case",
    cases("""
    CASE                 AESTDTC     AEENDTC     ASTDT       ASTDTF  TRTEMFL
    before               2010-01-10  .           2010-01-10  .       .
    on-first-day         2010-01-11  .           2010-01-11  .       Y
    thirty-days-after    2010-03-12  .           2010-03-12  .       Y
    thirty-one-after     2010-03-13  .           2010-03-13  .       .
    month-of-first-dose  2010-01     .           2010-01-11  D       Y
    month-but-ended      2010-01     2010-01-05  2010-01-01  D       .
    earlier-month        2009-12     .           2009-12-01  D       .
    later-month          2010-02     .           2010-02-01  D       Y
    year-of-first-dose   2010        .           2010-01-11  M       Y
    earlier-year         2009        .           2009-01-01  M       .
    missing              .           .           2010-01-11  Y       Y
    missing-but-ended    .           2010-01-05  .           .       .
"""),
)
def test_treatment_emergence(case):
    ae = case.assign(STUDYID="S", USUBJID="01", AESEQ=1, AETOXGR="2", AEBODSYS="A", AEDECOD="B")
    adsl = dated(pd.DataFrame({"USUBJID": ["01"], "TRTSDT": ["2010-01-11"],
                               "TRTEDT": ["2010-02-10"]}, dtype="string"))  # fmt: skip
    adae = derive_adae({"AE": ae}, adsl, ANALYSIS.adverse_events, findings=Findings())
    ours = adae["ASTDT"].dt.strftime("%Y-%m-%d").astype("string").fillna(".").item()
    assert ours == case["ASTDT"].fillna(".").item()
    for name in ("ASTDTF", "TRTEMFL"):
        assert adae[name].fillna(".").item() == case[name].fillna(".").item()


def events() -> tuple[pd.DataFrame, pd.DataFrame, Findings]:
    ae = table("""
        USUBJID  AEBODSYS  AEDECOD  AETOXGR  AESTDTC     AEENDTC     AESEQ
        01       Blood     Anemia   1        2010-01-12  .           1
        01       Blood     Anemia   3        2010-01-20  2010-01-22  2
        01       Blood     Anemia   3        2010-01-25  .           3
        01       Gut       Nausea   2        2010-01-12  .           4
        01       Gut       Nausea   4        2009-01-12  .           5
        02       Gut       Nausea   .        2010-01-12  .           6
        02       Gut       Nausea   1        2010-01-13  .           7
    """).assign(STUDYID="S")
    ae["AESEQ"] = ae["AESEQ"].astype("Int64")
    adsl = dated(
        table("""
        USUBJID  TRTSDT      TRTEDT      SAFFL
        01       2010-01-11  2010-02-10  Y
        02       2010-01-11  2010-02-10  Y
        03       2010-01-11  2010-02-10  Y
    """)
    )
    findings = Findings()
    return derive_adae({"AE": ae}, adsl, ANALYSIS.adverse_events, findings=findings), adsl, findings


# OCCDS 1.0: first, and first worst, occurrence in the subject, the class and the term
def test_occurrence_flags():
    adae, _, findings = events()
    flagged = {
        name: adae.loc[adae[name].eq("Y").fillna(False), "AESEQ"].tolist()
        for name in ("AOCCFL", "AOCCSFL", "AOCCPFL", "AOCCIFL", "AOCCSIFL", "AOCCPIFL")
    }
    assert flagged == {
        "AOCCFL": [1, 6], "AOCCSFL": [1, 4, 6], "AOCCPFL": [1, 4, 6],
        "AOCCIFL": [2, 7], "AOCCSIFL": [2, 4, 7], "AOCCPIFL": [2, 4, 7],
    }  # fmt: skip
    assert adae["ADURN"].tolist()[1] == 3
    assert [f.check_id for f in findings] == ["CDT-A015"]


def test_adverse_event_table():
    adae, adsl, _ = events()
    counts = compute_ae_table(adae, adsl, population="SAFFL")
    names = ["AEDECOD", "N", "GRADE1", "GRADE2", "GRADE3", "GRADE3UP"]
    assert counts[names].to_numpy().tolist() == [
        ["Nausea", 2, 1, 1, 0, 0],
        ["Anemia", 1, 0, 0, 1, 1],
    ]
    assert counts["PERCENT"].round(1).tolist() == [66.7, 33.3]


# Weekly 20 mg/m2: planned up to the last dose due, given or held.
@pytest.mark.parametrize("case", cases("""
    CASE           GIVEN                             HELD        CUM  NUM  PLAN  RDI    HELDN
    as-planned     2010-01-01=20 2010-01-08=20       .           40   2    40    100    0
    a-day-late     2010-01-01=20 2010-01-09=20       .           40   2    40    100    0
    one-skipped    2010-01-01=20 2010-01-15=20       .           40   2    60    66.67  0
    reduced        2010-01-01=20 2010-01-08=15       .           35   2    40    87.5   0
    held-last      2010-01-01=20 2010-01-08=20       2010-01-15  40   2    60    66.67  1
    held-between   2010-01-01=20 2010-01-15=20       2010-01-08  40   2    60    66.67  1
    one-dose       2010-01-01=20                     .           20   1    20    100    0
"""))  # fmt: skip
def test_exposure(case):
    given = [dose.split("=") for dose in case["GIVEN"].item().split()]
    ex = pd.DataFrame(
        {
            "USUBJID": "01", "EXTRT": "TEMSIROLIMUS", "EXDOSU": "mg/m2",
            "EXSTDTC": [day for day, _ in given], "EXENDTC": [day for day, _ in given],
            "EXDOSE": [float(dose) for _, dose in given], "EXSEQ": range(1, len(given) + 1),
        }
    )  # fmt: skip
    held = (
        case["HELD"]
        .dropna()
        .to_frame("ECSTDTC")
        .assign(USUBJID="01", ECTRT="TEMSIROLIMUS", ECMOOD="PERFORMED", ECOCCUR="N")
    )
    adex, links = derive_adex({"EX": ex, "EC": held}, ANALYSIS.exposure, findings=Findings())
    values = adex.set_index("PARAMCD")["AVAL"]
    for code, name in (("CUM", "CUM"), ("NUM", "NUM"), ("PLAN", "PLAN"), ("RDI", "RDI"),
                       ("HELD", "HELDN")):  # fmt: skip
        assert round(float(values[f"TEM{code}"]), 2) == float(case[name].item()), code
    assert len(links) == 5 * len(given)


def test_a_dose_in_another_unit_is_reported_and_not_added():
    frames = sdtm()
    ex = frames["EX"]
    frames["EX"] = ex.assign(EXDOSU=ex["EXDOSU"].mask(ex["EXSEQ"].eq(2), "mg"))
    findings = Findings()
    adex, _ = derive_adex(frames, ANALYSIS.exposure, findings=findings)
    assert {f.check_id for f in findings} == {"CDT-A012"}
    own = adex[(adex["USUBJID"] == "1") & (adex["PARAMCD"] == "TEMCUM")]
    assert own["AVAL"].item() == 40


def test_biomarkers_are_paired():
    mi = numbered(table("""
        USUBJID  MITESTCD  MISTRESN  MIDTC       MISEQ
        01       ALDH1     99        2009-11-01  1
        01       ALDH1     10        2009-12-25  2
        01       ALDH1     4         2010-02-20  3
        01       ALDH1     1         2010-05-20  4
        02       ALDH1     7         2009-12-25  5
        03       ALDH1     7         2010-02-20  6
    """), "MISTRESN")  # fmt: skip
    mi["MISEQ"] = mi["MISEQ"].astype("Int64")
    adsl = dated(
        table("""
        USUBJID  TRTSDT
        01       2010-01-01
        02       2010-01-01
        03       2010-01-01
    """)
    )
    findings = Findings()
    adbm, links = derive_adbm({"MI": mi}, adsl, ANALYSIS.biomarkers, findings=findings)
    pair = adbm[adbm["ANL01FL"].eq("Y").fillna(False)]
    assert pair["SRCSEQ"].tolist() == [2, 3]
    assert pair["CHG"].tolist() == [pd.NA, -6]
    assert pair["PCHG"].tolist() == [pd.NA, -60]
    assert [f.detail for f in findings] == ["only Before treatment", "only After treatment"]
    assert len(links) == 4


# recist.md item 7: stable disease before the minimum is not evaluable; equal values, the earliest
@pytest.mark.parametrize("case", cases("""
    CASE                   ASSESSED                       BOR  ADT
    stable-on-day-42       2010-02-12=SD                  SD   2010-02-12
    stable-on-day-41       2010-02-11=SD                  NE   2010-02-11
    stable-early-then-pd   2010-01-20=SD 2010-02-20=PD    PD   2010-02-20
    response-after-pd      2010-02-20=PD 2010-03-20=CR    PD   2010-02-20
    response-early         2010-01-20=PR 2010-02-20=SD    PR   2010-01-20
    earliest-of-equals     2010-02-20=SD 2010-03-20=SD    SD   2010-02-20
    not-evaluable          2010-02-20=NE                  NE   2010-02-20
    never-assessed         .                              NE   .
"""))  # fmt: skip
def test_best_overall_response(case):
    adsl = dated(pd.DataFrame({"USUBJID": ["01"], "TRTSDT": ["2010-01-01"]}, dtype="string"))
    assessed = [one.split("=") for one in case["ASSESSED"].fillna("").item().split()]
    records = dated(pd.DataFrame(
        {"USUBJID": "01", "ADT": [day for day, _ in assessed], "AVALC": [v for _, v in assessed]},
        dtype="string",
    )).assign(ASEQ=range(len(assessed)))  # fmt: skip
    choices = ANALYSIS.response.choices
    history = select_assessments(records, adsl, replace(choices, new_therapy="any"))
    best = derive_param_bor(history, BEST, choices)
    assert best["AVALC"].item() == case["BOR"].item()
    if pd.notna(case["ADT"].item()):
        assert f"{best['ADT'].item():%Y-%m-%d}" == case["ADT"].item()


def test_a_sign_of_life_after_death_is_found():
    frames = sdtm()
    frames["SS"] = pd.concat([frames["SS"], pd.DataFrame(
        {"USUBJID": ["2"], "SSTESTCD": ["SURVSTAT"], "SSSTRESC": ["ALIVE"],
         "SSDTC": ["2011-06-01"], "SSSEQ": [1]}
    )])  # fmt: skip
    findings = Findings()
    adsl, links = derive_adsl(frames, ANALYSIS.subjects, cutoff=CUTOFF, findings=findings)
    assert [f.check_id for f in findings] == ["CDT-A011"]
    own = adsl.set_index("USUBJID").loc["2"]
    assert own["LSTALVDT"] <= own["DTHDT"]
    assert set(links["VARIABLE"]) >= {"TRTSDT", "DTHDT", "LSTALVDT", "NACTDT"}


def test_last_alive_is_not_after_the_cut_off():
    adsl, _ = derive_adsl(sdtm(), ANALYSIS.subjects, cutoff=date(2010, 3, 1), findings=Findings())
    assert adsl["LSTALVDT"].max() <= pd.Timestamp(2010, 3, 1)


# IDVAR names --SEQ, another variable, or nothing: a qualifier of the subject (SDTMIG, SUPPQUAL)
@pytest.mark.parametrize("case", cases("""
    CASE              USUBJID  QNAM   IDVAR    IDVARVAL  QVAL     JOINED     CHECK     NAMED
    by-number         01       X      CMSEQ    2         a        . a .      .         .
    by-other-text     01       X      CMSEQ    2.0       a        . a .      .         .
    by-variable       01       X      CMDECOD  B         a        . a .      .         .
    of-the-subject    01       X      .        .         a        a a .      .         .
    repeated          01 01    X X    CMSEQ    2         b a      . a .      CDT-A020  b
    repeated-subject  02 02    X X    .        .         a a      . . a      CDT-A020  a
    no-such-record    01       X      CMSEQ    9         a        . . .      CDT-A021  a
    no-such-subject   09       X      CMSEQ    1         a        . . .      CDT-A021  a
    not-a-number      01       X      CMSEQ    two       a        . . .      CDT-A021  a
    no-such-variable  01       X      CMSPID   2         a        . . .      CDT-A021  a
    no-idvarval       01       X      CMSEQ    .         a        . . .      CDT-A021  a
"""))  # fmt: skip
def test_supplemental_qualifiers_join_their_record(case):
    cm = table("""
        USUBJID  CMSEQ  CMDECOD
        01       1      A
        01       2      B
        02       1      A
    """)
    line = case.iloc[0]
    names = ["USUBJID", "QNAM", "QVAL"]
    supp = pd.DataFrame({name: line[name].split() for name in names}, dtype="string")
    supp = supp.assign(IDVAR=line["IDVAR"], IDVARVAL=line["IDVARVAL"])
    supp = supp.astype({"IDVAR": "string", "IDVARVAL": "string"})
    findings = Findings()
    merged = merge_supplemental(
        cm.assign(CMSEQ=cm["CMSEQ"].astype("Int64")), "CM", supp, findings=findings
    )
    assert " ".join(merged["X"].fillna(".")) == line["JOINED"]
    expected = [] if pd.isna(line["CHECK"]) else [(line["CHECK"], ("X",), (line["NAMED"],))]
    assert [(f.check_id, f.variables, f.values) for f in findings] == expected


def test_a_qualifier_that_the_domain_has_already_is_found():
    cm = pd.DataFrame({"USUBJID": ["01"], "CMSEQ": [1], "CMDECOD": ["A"]})
    supp = pd.DataFrame({"USUBJID": ["01"], "QNAM": ["CMDECOD"], "IDVAR": ["CMSEQ"],
                         "IDVARVAL": ["1"], "QVAL": ["B"]}, dtype="string")  # fmt: skip
    findings = Findings()
    merged = merge_supplemental(cm, "CM", supp, findings=findings)
    assert merged["CMDECOD"].tolist() == ["A"]
    assert [f.check_id for f in findings] == ["CDT-A021"]


def test_supplemental_qualifiers_without_their_variables_are_named():
    supp = pd.DataFrame({"USUBJID": ["01"], "QNAM": ["X"], "QVAL": ["a"]})
    with pytest.raises(ConfigurationError, match="SUPPCM has no variable IDVAR, IDVARVAL"):
        merge_supplemental(pd.DataFrame({"USUBJID": ["01"]}), "CM", supp, findings=Findings())


# The last dose's own end; without one its start, and the link says so.
@pytest.mark.parametrize("case", cases("""
    CASE           STARTS                 ENDS                   TRTEDT      SRCVAR   SEQ
    end            2010-01-01 2010-01-08  2010-01-02 2010-01-09  2010-01-09  EXENDTC  2
    no-end         2010-01-01 2010-01-08  2010-01-02 .           2010-01-08  EXSTDTC  2
    only-first     2010-01-01 2010-01-08  2010-01-20 .           2010-01-20  EXENDTC  1
    no-ends        2010-01-01 2010-01-08  . .                    2010-01-08  EXSTDTC  2
    unreadable     2010-01-01 2010-01-08  2010-01-02 UNK         2010-01-08  EXSTDTC  2
    partial-end    2010-01-01 2010-01-08  2010-01-02 2010-01     2010-01-31  EXENDTC  2
    tie            2010-01-01 2010-01-01  2010-01-08 2010-01-08  2010-01-08  EXENDTC  1
"""))  # fmt: skip
def test_the_end_of_treatment_names_its_variable(case):
    frames = sdtm()
    line = case.iloc[0]
    frames["EX"] = pd.DataFrame(
        {
            "USUBJID": "1", "EXTRT": "A", "EXDOSE": [1.0, 1.0], "EXSEQ": [1, 2],
            "EXSTDTC": pd.Series(line["STARTS"].split(), dtype="string"),
            "EXENDTC": pd.Series(line["ENDS"].split(), dtype="string").replace(".", pd.NA),
        }
    )  # fmt: skip
    adsl, links = derive_adsl(frames, ANALYSIS.subjects, cutoff=CUTOFF, findings=Findings())
    ended = adsl.set_index("USUBJID").loc["1", "TRTEDT"]
    link = links[links["VARIABLE"].eq("TRTEDT")].iloc[0]
    answer = (f"{ended:%Y-%m-%d}", link["SRCVAR"], str(link["SRCSEQ"]))
    assert answer == (line["TRTEDT"], line["SRCVAR"], line["SEQ"])


def test_a_prior_dose_that_is_no_number_is_found_and_not_added():
    frames = sdtm()
    cm = frames["CM"].astype({"CUMDOSE": "string"})
    frames["CM"] = cm.assign(CUMDOSE=cm["CUMDOSE"].mask(cm["USUBJID"].eq("1"), "300 mg"))
    findings = Findings()
    adsl, _ = derive_adsl(frames, ANALYSIS.subjects, cutoff=CUTOFF, findings=findings)
    assert adsl.set_index("USUBJID").loc[["1", "2"], "PRANTHD"].tolist() == [0, 300]
    assert [(f.check_id, f.values) for f in findings] == [("CDT-A012", ("300 mg",))]


@pytest.mark.parametrize(
    ("where", "kept"),
    [({}, 3), ({"A": ("x",)}, 1), ({"A": (None,)}, 1), ({"A": ("x", None)}, 2), ({"A": ()}, 0)],
)
def test_where(where, kept):
    frame = pd.DataFrame({"A": pd.Series(["x", "y", None], dtype="string")})
    assert len(filter_where(frame, where, "D")) == kept


def test_where_names_an_absent_variable():
    with pytest.raises(ConfigurationError, match="D has no variable B"):
        filter_where(pd.DataFrame({"A": []}), {"B": ("x",)}, "D")
