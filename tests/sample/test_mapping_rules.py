"""What the sample study's datasets must have in common, whatever the raw rows are."""

import dataclasses

import pandas as pd
import pytest

from cdisc_tools.mapping.engine import map_study
from cdisc_tools.metadata.mapping_tables import read_mapping
from cdisc_tools.metadata.resources import read_date_words, sample_study_path
from cdisc_tools.metadata.study_standards import read_study_standards

ARMS = ["ARMCD", "ACTARMCD", "ACTARM", "ARMNRS"]


def mapped(sample, **changed: pd.DataFrame):
    """Map the study anew with other rows of some raw forms."""
    tables = dict(sample.tables)
    for name, frame in changed.items():
        tables[name] = dataclasses.replace(tables[name], frame=frame)
    study = sample.study
    standards = read_study_standards(study)
    return map_study(study, read_mapping(sample_study_path()), tables, standards, read_date_words())


def without(sample, source: str, subject: str) -> pd.DataFrame:
    frame = sample.tables[source].frame
    return frame[frame["Subject ID"].str.strip() != subject]


@pytest.mark.parametrize("subject", ["TLD-001", "TLD-016"])
def test_the_actual_arm_does_not_depend_on_the_off_study_form(sample, subject):
    result = mapped(sample, offstudy=without(sample, "offstudy", subject))
    pd.testing.assert_frame_equal(result.datasets["DM"].frame[ARMS], sample.frames["DM"][ARMS])


def test_who_has_no_exposure_was_not_treated(sample):
    result = mapped(sample, drugadmin=without(sample, "drugadmin", "TLD-012"))
    dm = result.datasets["DM"].frame.set_index("SUBJID").loc["TLD-012", ARMS]
    assert dm.dropna().to_dict() == {"ARMCD": "TEMPLD", "ARMNRS": "ASSIGNED, NOT TREATED"}


def test_the_actual_arm_is_given_to_who_has_exposure_and_to_nobody_else(sample):
    dm, exposed = sample.frames["DM"], set(sample.frames["EX"]["USUBJID"])
    assert set(dm.loc[dm["ACTARMCD"].notna(), "USUBJID"]) == exposed
    assert set(dm.loc[dm["ARMNRS"].isna(), "USUBJID"]) == exposed
    assert (dm["ACTARMCD"].isna() == dm["RFXSTDTC"].isna()).all()


def test_each_visit_of_each_dataset_is_in_sv(sample):
    known = set(sample.frames["SV"][["USUBJID", "VISITNUM"]].itertuples(index=False, name=None))
    for name, frame in sample.frames.items():
        if {"USUBJID", "VISITNUM"} <= set(frame):
            visits = frame[["USUBJID", "VISITNUM"]].dropna()
            assert set(visits.itertuples(index=False, name=None)) <= known, name


# 31 infusions were held; on 20 of those days nothing else was done.
def test_a_visit_that_did_not_occur_has_a_reason_and_no_date(sample):
    sv = sample.frames["SV"]
    missed = sv["SVOCCUR"].eq("N").fillna(False).astype(bool)
    assert missed.sum() == 20
    assert (sv["SVREASOC"].notna() == missed).all()
    assert (sv["SVSTDTC"].isna() == missed).all()


def test_a_contact_with_a_registry_is_no_visit(sample):
    ss, supp = sample.frames["SS"], sample.frames["SUPPSS"]
    source = supp[supp["QNAM"] == "SSSRC"].assign(SSSEQ=lambda s: s["IDVARVAL"].astype(int))
    joined = ss.merge(source[["USUBJID", "SSSEQ", "QVAL"]], validate="one_to_one")
    assert len(joined) == len(ss)
    assert (joined["VISITNUM"].isna() == (joined["QVAL"] == "Registry")).all()


def test_another_reason_of_ineligibility_is_a_finding(sample):
    frame = sample.tables["enrollment"].frame.copy()
    row = frame.index[frame["Reason Not Eligible"].notna()][0]
    frame.loc[row, "Reason Not Eligible"] = "No measurable disease"
    result = mapped(sample, enrollment=frame)
    found = {
        (f.cell.row, f.cell.column, f.detail)
        for f in result.findings
        if f.check_id == "CDT-R042" and f.cell
    }
    assert (row, "Reason Not Eligible", "IETESTCD") in found
    assert "INCL02" not in set(result.datasets["IE"].frame["IETESTCD"])


def test_the_criterion_is_one_of_the_trial(sample):
    criteria = ["IETESTCD", "IETEST", "IECAT"]
    ie, ti = sample.frames["IE"][criteria], sample.frames["TI"][criteria]
    assert len(ie) == len(ie.merge(ti, validate="many_to_one")) == 1


# Eight died, TLD-004 while still on study, which is a record of its own.
def test_every_death_has_a_disposition_event(sample):
    dm, ds = sample.frames["DM"], sample.frames["DS"]
    deaths = ds[ds["DSDECOD"] == "DEATH"]
    assert set(deaths["DSCAT"]) == {"DISPOSITION EVENT"}
    own = deaths[deaths["DSSCAT"].isna()].set_index("USUBJID")["DSSTDTC"]
    died = dm.dropna(subset=["DTHDTC"]).set_index("USUBJID")["DTHDTC"]
    assert own.to_dict() == died.to_dict()
    assert len(own) == 8
    ended = deaths.loc[deaths["DSSCAT"] == "STUDY PARTICIPATION", "USUBJID"]
    assert ended.str[-3:].tolist() == ["004"]


def test_the_end_of_treatment_is_of_the_treatment_epoch(sample):
    ds = sample.frames["DS"]
    treatment = (ds["DSSCAT"] == "STUDY TREATMENT").fillna(False).astype(bool)
    assert set(ds.loc[treatment, "EPOCH"]) == {"TREATMENT"}
    assert treatment.sum() == 16
    assert set(ds.loc[~treatment, "EPOCH"]) == {"SCREENING", "FOLLOW-UP"}


def test_one_response_answers_to_the_lesions_of_a_scan(sample):
    rs, tr = sample.frames["RS"], sample.frames["TR"]
    linked = rs.dropna(subset=["RSLNKGRP"])
    assert set(linked["RSTESTCD"]) == {"OVRLRESP"}
    responses = linked.set_index(["USUBJID", "RSLNKGRP"]).index
    assert responses.is_unique
    lesions = tr.dropna(subset=["TRLNKGRP"])
    assert set(responses) == set(
        lesions[["USUBJID", "TRLNKGRP"]].itertuples(index=False, name=None)
    )
    baseline = tr["VISIT"] == "BASELINE"
    assert (tr["TRLNKGRP"].isna() == baseline).all()
