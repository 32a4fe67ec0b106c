"""Several readers: each on his own records, and whose reading of an assessment is analysed."""

import dataclasses

import pandas as pd
import pytest

from cdisc_tools.derivations.lesions import derive_adtr
from cdisc_tools.derivations.readers import filter_to_analysed
from cdisc_tools.derivations.recist import derive_lesion_responses
from cdisc_tools.model.analysis import Evaluators
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from tests.derivations.scans import BEFORE, LESIONS, RECIST, scans
from tests.tables import cases

READERS = Evaluators(
    rationale="test",
    source="test",
    identified_by=("--EVAL", "--EVALID"),
    analysed={"--EVAL": ("INDEPENDENT ASSESSOR",)},
    accepted="--ACPTFL",
)
INVESTIGATOR = dataclasses.replace(READERS, analysed={"--EVAL": ("INVESTIGATOR",)}, accepted="")
DEFINITION = dataclasses.replace(
    LESIONS,
    tumors=dataclasses.replace(LESIONS.tumors, where={"TUTESTCD": ("TUMIDENT",)}),
    results=dataclasses.replace(LESIONS.results, where={}),
    time_point=("VISIT",),
    baseline=dataclasses.replace(LESIONS.baseline, reference="RANDDT"),
    evaluators=READERS,
)


@pytest.fixture(scope="module")
def example(shared):
    """TU, TR, RS and ADSL of pharmaversesdtm's RECIST example."""
    folder = shared / "data" / "recist"
    frames = {
        name: pd.read_csv(folder / f"{file}.csv", dtype="string")
        for name, file in (("TU", "tu_onco_recist"), ("TR", "tr_onco_recist"),
                           ("RS", "rs_onco_recist"), ("ADSL", "adsl"))
    }  # fmt: skip
    for frame in (frames["TR"], frames["TU"]):
        frame["VISITNUM"] = pd.to_numeric(frame["VISITNUM"]).astype("Float64")
    frames["TR"]["TRSTRESN"] = pd.to_numeric(frames["TR"]["TRSTRESN"]).astype("Float64")
    for name in ("TU", "TR"):
        frames[name][f"{name}SEQ"] = frames[name][f"{name}SEQ"].astype("Int64")
    dates = pd.to_datetime(frames["ADSL"]["RANDDT"]).astype("datetime64[s]")
    return {**frames, "ADSL": frames["ADSL"].assign(RANDDT=dates)}


def derive(frames, evaluators=READERS, findings=None):
    definition = dataclasses.replace(DEFINITION, evaluators=evaluators)
    found = Findings() if findings is None else findings
    return derive_lesion_responses(frames, frames["ADSL"], definition, RECIST, findings=found)


def answers(responses):
    later = responses[~responses["IS_BASE"]]
    return later.set_index(["USUBJID", "READER", "TIMEPT"])["OVRLRESP"].sort_index().to_dict()


def given(rs):
    reader = rs["RSEVAL"] + (" " + rs["RSEVALID"]).fillna("")
    return rs.assign(READER=reader).set_index(["USUBJID", "READER", "VISIT"])["RSSTRESC"].to_dict()


# recist.md item 11: pharmaversesdtm {tu,tr,rs}_onco_recist, 66 overall responses of three readers
def test_the_public_example_data_in_one_call(example):
    findings = Findings()
    responses, _ = derive(example, findings=findings)
    assert answers(responses) == given(example["RS"])
    assert len(example["RS"]) == 66
    # several non-target lesions of a subject share one TRLNKID there
    assert {finding.check_id for finding in findings} == {"CDT-A010"}


def test_the_accepted_reading_of_each_assessment_is_analysed(example):
    responses, _ = derive(example)
    rs = example["RS"]
    accepted = given(rs[rs["RSACPTFL"].eq("Y").fillna(False)])
    assert answers(responses[responses["IS_ANALYSED"]]) == accepted
    assert len(accepted) == 22


def test_the_investigators_reading_is_analysed(example):
    responses, _ = derive(example, INVESTIGATOR)
    rs = example["RS"]
    own = given(rs[rs["RSEVAL"].eq("INVESTIGATOR")])
    assert answers(responses[responses["IS_ANALYSED"]]) == own


def readings(first: str, second: str, accepted: str) -> dict[str, pd.DataFrame]:
    """TU, TR and ADSL of two readers; ``accepted`` has a digit a visit, 1 or 2, 3 both, 0 none."""
    parts = []
    for number, history in enumerate((first, second), 1):
        tu, tr = scans(history)
        flags = {str(visit): int(digit) for visit, digit in enumerate(accepted)}
        for name, frame in (("TU", tu), ("TR", tr)):
            frame[f"{name}EVAL"] = pd.array(["INDEPENDENT ASSESSOR"] * len(frame), dtype="string")
            frame[f"{name}EVALID"] = pd.array([f"READER {number}"] * len(frame), dtype="string")
            is_accepted = frame["VISIT"].map(flags).isin([number, 3])
            flag = pd.Series("Y", index=frame.index, dtype="string")
            frame[f"{name}ACPTFL"] = flag.where(is_accepted)
        parts.append((tu, tr))
    adsl = BEFORE.rename("RANDDT").rename_axis("USUBJID").reset_index()
    tu = pd.concat([part[0] for part in parts], ignore_index=True)
    tr = pd.concat([part[1] for part in parts], ignore_index=True)
    tr = tr.assign(TRSEQ=pd.Series(range(1, len(tr) + 1), dtype="Int64"))
    return {"TU": tu, "TR": tr, "ADSL": adsl}


# Nadirs: 50 of the first reader (60 is PD), 80 of the second (60 of 100 is PR).
@pytest.mark.parametrize("case", cases("""
    CASE           ACCEPTED  ANSWER  READERS  FOUND
    first          111       PR PD   1 1      .
    second         222       SD PR   2 2      .
    first-then-2   112       PR PR   1 2      .
    second-then-1  221       SD PD   2 1      .
    both-at-last   113       PR PD   1 1      2
    both-always    333       PR PD   1 1      0 1 2
    none-at-last   110       PR      1        2
    none-at-all    000       .       .        0 1 2
"""))  # fmt: skip
def test_each_reader_has_a_nadir_of_his_own(case):
    line = case.iloc[0]
    frames = readings("T1=100 | T1=50 | T1=60", "T1=100 | T1=80 | T1=60", line["ACCEPTED"])
    findings = Findings()
    responses, results = derive(frames, findings=findings)
    later = responses[responses["IS_ANALYSED"] & ~responses["IS_BASE"]].sort_values("ADT")
    assert " ".join(later["OVRLRESP"]) == ("" if pd.isna(line["ANSWER"]) else line["ANSWER"])
    shown = " ".join(later["READER"].str[-1])
    assert shown == ("" if pd.isna(line["READERS"]) else line["READERS"])
    assert {finding.check_id for finding in findings} <= {"CDT-A026"}
    visits = sorted(finding.key[1][1] for finding in findings)
    assert visits == ([] if pd.isna(line["FOUND"]) else line["FOUND"].split())
    kept = filter_to_analysed(results, responses)
    assert not kept.duplicated(["USUBJID", "TIMEPT", "LESION"]).any()


def test_adtr_of_mixed_readers_has_each_ones_own_baseline():
    frames = readings("T1=100 | T1=50 | T1=60", "T1=40 | T1=30 | T1=20", "112")
    responses, results = derive(frames)
    adtr, links = derive_adtr(responses, results)
    sums = adtr[adtr["PARAMCD"].eq("SDIAM")]
    assert sums["AVAL"].tolist() == [100, 50, 20]
    assert sums["CHG"].fillna(0).tolist() == [0, -50, -20]
    assert sums["CHGNAD"].fillna(0).tolist() == [0, -50, -10]
    assert adtr[adtr["PARAMCD"].eq("LDIAM")]["CHG"].fillna(0).tolist() == [0, -50, -20]
    assert len(links) == 6


def test_a_reader_who_cannot_be_told_is_refused(example):
    frames = {**example, "TR": example["TR"].drop(columns=["TREVALID"])}
    with pytest.raises(ConfigurationError, match="TREVALID"):
        derive(frames)
