"""The trial summary: terms, codes and names of the terminology, and what follows from the data."""

import re

import pandas as pd
import pytest

from cdisc_tools.metadata.resources import read_table, sample_study_path, specs_path
from cdisc_tools.metadata.terminology import read_terminology

PARAMETERS = list(read_table(sample_study_path() / "mapping" / "design_ts.csv", ("TSPARMCD",)))
VERSION = "2026-03-27"
CODELISTS = {
    line["tsparmcd"]: line["codelist"]
    for line in read_table(
        specs_path() / "terminology" / VERSION / "ts_parameters.csv", ("tsparmcd",)
    )
}
CODED = [line for line in PARAMETERS if line["TSPARMCD"] in CODELISTS]
# What a regulator expects as far as it is known here; SSTDTC is a technical rejection criterion.
EXPECTED = """
    ACTSUB ADAPT ADDON AGEMAX AGEMIN DCUTDESC DCUTDTC FCNTRY HLTSUBJI INDIC INTMODEL INTTYPE LENGTH
    NARMS OBJPRIM OUTMSPRI PCLAS PLANSUB RANDOM REGID SDTIGVER SDTMVER SENDTC SEXPOP SPONSOR SSTDTC
    STOPRULE STYPE TBLIND TCNTRL TDIGRP TINDTP TITLE TPHASE TRT TTYPE
"""


@pytest.fixture(scope="module")
def terminology():
    return read_terminology(VERSION)


@pytest.mark.parametrize("line", CODED, ids=lambda line: f"{line['TSPARMCD']}-{line['TSVAL']}")
def test_a_value_with_a_codelist_is_its_term_with_its_code(terminology, line):
    terms = {t.submission_value: t.code for t in terminology[CODELISTS[line["TSPARMCD"]]].terms}
    assert line["TSVALCD"] == terms[line["TSVAL"]]
    assert (line["TSVCDREF"], line["TSVCDVER"]) == ("CDISC CT", VERSION)


@pytest.mark.parametrize("line", PARAMETERS, ids=lambda line: line["TSPARMCD"])
def test_name_and_short_name_are_one_term(terminology, line):
    codes = {t.submission_value: t.code for t in terminology.by_short_name("TSPARMCD").terms}
    names = {t.submission_value: t.code for t in terminology.by_short_name("TSPARM").terms}
    assert codes[line["TSPARMCD"]] == names[line["TSPARM"]]


@pytest.mark.parametrize("line", PARAMETERS, ids=lambda line: line["TSPARMCD"])
def test_a_parameter_has_a_value_or_says_why_not(line):
    assert bool(line["TSVAL"]) != bool(line["TSVALNF"])
    assert line["TSVALNF"] in ("", "UNK")
    if line["TSPARMCD"].endswith("DTC"):
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", line["TSVAL"])
        assert line["TSVCDREF"] == "ISO 8601"


def test_the_parameters_are_those_expected():
    assert sorted({line["TSPARMCD"] for line in PARAMETERS}) == EXPECTED.split()


def test_the_terminology_is_that_of_the_study(sample):
    assert sample.study.terminology == VERSION


# The first informed consent, the last date of anyone, who was entered, where.
def test_dates_and_numbers_follow_from_the_data(sample):
    values = {line["TSPARMCD"]: line["TSVAL"] for line in PARAMETERS}
    dm, ds = sample.frames["DM"], sample.frames["DS"]
    assert values["SSTDTC"] == dm["RFICDTC"].min() == "2009-10-29"
    assert values["SENDTC"] == dm["RFPENDTC"].max()
    assert values["DCUTDTC"] == str(sample.study.cutoff)
    assert int(values["ACTSUB"]) == (ds["DSDECOD"] == "ENTERED INTO TRIAL").sum() == 17
    assert set(dm["COUNTRY"]) == {values["FCNTRY"]}
    assert int(values["NARMS"]) == sample.frames["TA"]["ARMCD"].nunique()


def test_the_dataset_holds_each_line(sample):
    ts = sample.frames["TS"]
    given = pd.DataFrame(PARAMETERS)[["TSPARMCD", "TSVAL"]].replace("", pd.NA)
    assert len(ts.merge(given.drop_duplicates(), on=["TSPARMCD", "TSVAL"])) == len(PARAMETERS)
    assert not ts.duplicated(["TSPARMCD", "TSSEQ"]).any()
