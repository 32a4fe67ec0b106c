"""Profiles held to the saved answers of admiralonco 1.4, ADRS and ADTTE whole."""

import dataclasses
from datetime import date

import pandas as pd
import pytest

from cdisc_tools.derivations.dates import impute_dt
from cdisc_tools.derivations.profile import derive_adrs, derive_adtte
from cdisc_tools.metadata.analysis import read_profile
from cdisc_tools.model.endpoint import Endpoint, FollowUpEnd, TteSource
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from tests.tables import table

ADMIRALONCO = read_profile("admiralonco")
PD = TteSource(dataset="ADRS", date="ADT", where={"PARAMCD": ("PD",), "AVALC": ("Y",)},
               description="Disease Progression")  # fmt: skip
DEATH = TteSource(dataset="ADRS", date="ADT", where={"PARAMCD": ("DEATH",), "AVALC": ("Y",)},
                  description="Death")  # fmt: skip
# the vignette's PFS with new therapy, by admiral 1.5's end_dates: expected_tte_nact.csv
PFSNACT = Endpoint(
    paramcd="PFSNACT", param="", origin="RANDDT", rationale="", source="", censoring_tie="last",
    events=(PD, DEATH),
    censorings=(
        TteSource(dataset="ADRS", date="ADT", cnsr=1, description="",
                  date_description="Last Evaluable Assessment",
                  where={"PARAMCD": ("OVR",), "ANL01FL": ("Y",),
                         "AVALC": ("CR", "PR", "SD", "NON-CR/NON-PD", "PD")}),
        TteSource(dataset="ADSL", date="RANDDT", cnsr=1, description="",
                  date_description="Randomization"),
    ),
    ends=(FollowUpEnd(dataset="ADSL", date="NACTDT", keep="on_or_before", cnsr=2,
                      description="New anti-cancer therapy"),),
)  # fmt: skip


def read(path, *dates: str) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""])
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in dates})


def numbers(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    return frame.assign(**{name: pd.to_numeric(frame[name]).astype("Float64") for name in names})


@pytest.fixture(scope="module")
def random_histories(shared):
    folder = shared / "data" / "response"
    adsl = read(folder / "adsl.csv", "RANDDT", "TRTSDT", "DTHDT", "LSTALVDT", "NACTDT")
    ovr = numbers(read(folder / "ovr.csv", "ADT"), "RSSEQ")
    return adsl, derive_adrs(ovr, adsl, ADMIRALONCO.response, targets=adsl, findings=Findings())


@pytest.mark.parametrize(
    ("file", "endpoints", "answers"),
    [
        ("expected_tte.csv", ADMIRALONCO.endpoints, 400),
        ("expected_tte_nact.csv", (PFSNACT,), 200),
    ],
)
def test_time_to_event_of_the_random_histories(shared, random_histories, file, endpoints, answers):
    adsl, adrs = random_histories
    ours = derive_adtte(
        adsl, {"ADSL": adsl, "ADRS": adrs}, endpoints, cutoff=None, findings=Findings()
    )
    theirs = read(shared / "data" / "response" / file, "ADT", "STARTDT")
    theirs = numbers(theirs, "CNSR", "AVAL")
    both = theirs.merge(
        ours, on=["USUBJID", "PARAMCD"], suffixes=("", "_OURS"), validate="one_to_one"
    )
    assert len(both) == len(theirs) == answers
    for name in ("ADT", "STARTDT", "CNSR", "AVAL", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR"):
        left, right = both[name], both[f"{name}_OURS"]
        assert both[~(left.eq(right) | (left.isna() & right.isna())).fillna(False)].empty, name


@pytest.fixture(scope="module")
def public(shared):
    """The eight subjects of pharmaversesdtm: ADSL, and ADRS of the investigator."""
    folder = shared / "data" / "recist"
    adsl = read(folder / "adsl.csv", "RANDDT", "DTHDT", "LSTALVDT", "TRTSDT")
    rs = read(folder / "rs_onco_recist.csv")
    rs = rs[rs["RSEVAL"].eq("INVESTIGATOR") & rs["RSTESTCD"].eq("OVRLRESP")]
    dates = impute_dt(rs["RSDTC"], "last")
    ovr = numbers(rs, "RSSEQ").assign(AVALC=rs["RSSTRESC"], AVISIT=rs["VISIT"], ADT=dates["DT"])
    tu = read(folder / "tu_onco_recist.csv")
    targets = tu[tu["TUSTRESC"].eq("TARGET") & tu["VISIT"].eq("SCREENING")
                 & tu["TUEVAL"].eq("INVESTIGATOR")]  # fmt: skip
    return adsl, derive_adrs(ovr, adsl, ADMIRALONCO.response, targets=targets, findings=Findings())


def test_the_thirteen_parameters_of_the_public_subjects(shared, public):
    theirs = numbers(read(shared / "data" / "recist" / "expected_adrs.csv", "ADT"), "AVAL", "RSSEQ")
    ours = public[1]
    ours = ours[ours["USUBJID"].isin(theirs["USUBJID"])]
    keys = ["USUBJID", "PARAMCD", "RSSEQ"]
    both = theirs.merge(ours, on=keys, how="outer", suffixes=("", "_OURS"), indicator=True)
    assert both["_merge"].eq("both").all()
    assert (len(both), both["PARAMCD"].nunique()) == (118, 13)
    for name in ("AVALC", "AVAL", "ADT", "AVISIT", "ANL01FL", "PARAM"):
        if name != "PARAM" or "PARAM_OURS" not in both:
            left, right = both[name], both[f"{name}_OURS"]
            wrong = both[~(left.eq(right) | (left.isna() & right.isna())).fillna(False)]
            assert wrong.empty, (name, wrong[[*keys, name, f"{name}_OURS"]])


@pytest.mark.parametrize(("values", "expected"), [((), "N"), (None, "Y"), (("SD",), "N")])
def test_the_best_confirmed_response_by_its_label(shared, public, values, expected):
    """CBOR of 01-701-1118 is PR; the template's CBCP is N all the same."""
    adsl, adrs = public
    ovr = adrs[adrs["PARAMCD"].eq("OVR")]
    own = dataclasses.replace(
        ADMIRALONCO.response,
        parameters=tuple(
            dataclasses.replace(one, values=values)
            for one in ADMIRALONCO.response.parameters
            if one.paramcd == "CBCP"
        ),
    )
    derived = derive_adrs(ovr, adsl, own, findings=Findings()).set_index(["USUBJID", "PARAMCD"])
    assert derived.loc[("01-701-1118", "CBCP"), "AVALC"] == expected


def test_the_endpoints_of_the_public_subjects(shared, public):
    adsl, adrs = public
    theirs = read(shared / "data" / "recist" / "expected_adtte.csv", "ADT", "STARTDT")
    theirs = numbers(theirs, "CNSR", "AVAL", "ASEQ")
    subjects = adsl[adsl["USUBJID"].isin(theirs["USUBJID"])]
    ours = derive_adtte(
        subjects, {"ADSL": subjects, "ADRS": adrs}, ADMIRALONCO.endpoints, cutoff=None,
        findings=Findings(),
    )  # fmt: skip
    both = theirs.merge(
        ours, on=["USUBJID", "PARAMCD"], how="outer", suffixes=("", "_OURS"), indicator=True
    )
    assert both["_merge"].eq("both").all()
    names = ("ADT", "STARTDT", "CNSR", "AVAL", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "PARAM",
             "ASEQ")  # fmt: skip
    for name in names:
        left, right = both[name], both[f"{name}_OURS"]
        wrong = both[~(left.eq(right) | (left.isna() & right.isna())).fillna(False)]
        assert wrong.empty, (name, wrong[["USUBJID", "PARAMCD", name, f"{name}_OURS"]])


OVERALL = table("""
    USUBJID  ADT         AVALC  RSSEQ
    01       2024-02-01  CR     1
    01       2024-03-01  SD     2
    01       2024-04-01  PD     3
    01       2024-05-01  PR     4
    01       .           SD     5
    02       2024-02-01  SD     1
""")
SUBJECT = table("USUBJID  RANDDT  DTHDT\n01  2024-01-01  .")


def adrs_of_one(targets: pd.DataFrame | None, cutoff: date | None) -> tuple[pd.DataFrame, Findings]:
    findings = Findings()
    dates = {name: pd.to_datetime(SUBJECT[name]) for name in ("RANDDT", "DTHDT")}
    adrs = derive_adrs(
        OVERALL.assign(ADT=pd.to_datetime(OVERALL["ADT"])), SUBJECT.assign(**dates),
        ADMIRALONCO.response, targets=targets, cutoff=cutoff, findings=findings,
    )  # fmt: skip
    return adrs.set_index("PARAMCD"), findings


def test_responses_that_count_for_nothing_or_are_odd_are_reported():
    adrs, findings = adrs_of_one(SUBJECT, None)
    assert {(one.check_id, one.values) for one in findings} == {
        ("CDT-A028", ("SD",)), ("CDT-A029", ("SD",)), ("CDT-A013", ("SD",)),
        ("CDT-A027", ("PR",)),
    }  # fmt: skip
    assert findings.totals["CDT-A013", "ADRS", ("AVALC",)] == 2
    assert adrs.loc[["BOR", "PD", "MDIS"], "AVALC"].tolist() == ["CR", "Y", "Y"]


@pytest.mark.parametrize(("cutoff", "progression"), [("2024-03-31", "N"), ("2024-04-01", "Y")])
def test_responses_after_the_cut_off_are_left_out(cutoff, progression):
    adrs, findings = adrs_of_one(SUBJECT, date.fromisoformat(cutoff))
    assert adrs.loc["PD", "AVALC"] == progression
    late = [one.values[0] for one in findings if one.check_id == "CDT-A019"]
    assert late == ["2024-04-01", "2024-05-01"][progression == "Y" :]


def test_a_subject_without_a_response_that_counts_is_reported():
    adrs, findings = adrs_of_one(SUBJECT, date(2023, 12, 31))
    assert adrs.loc["BOR", "AVALC"] == "MISSING"
    unassessed = [one for one in findings if one.check_id == "CDT-A030"]
    assert [one.key for one in unassessed] == [(("USUBJID", "01"),)]


def test_a_text_is_no_date_of_a_response():
    with pytest.raises(ConfigurationError, match=r"The responses\.ADT holds no dates but"):
        derive_adrs(OVERALL, SUBJECT, ADMIRALONCO.response, targets=SUBJECT, findings=Findings())


def test_measurable_disease_needs_target_lesions():
    with pytest.raises(ConfigurationError, match="MDIS: give targets"):
        adrs_of_one(None, None)


def test_an_unknown_profile_is_named():
    with pytest.raises(ConfigurationError, match="no profile 'ema'; choose one of admiralonco"):
        read_profile("ema")
