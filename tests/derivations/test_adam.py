"""The whole derivation on the fifteen subjects of trial_subjects.csv: the published figures."""

import csv
import dataclasses

import pandas as pd
import pytest

from cdisc_tools.derivations.adam import derive_adam
from cdisc_tools.derivations.results import compute_results
from cdisc_tools.metadata.analysis import read_analysis
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.model.analysis import Analysis
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.results import AdamResult
from tests.derivations.study import CUTOFF, SUBJECTS, sdtm
from tests.tables import cases


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return read_analysis(sample_study_path() / "analysis")


@pytest.fixture(scope="module")
def adam(analysis):
    return derive_adam(sdtm(), analysis, cutoff=CUTOFF)


def of(frames: AdamResult, dataset: str, paramcd: str = "") -> pd.DataFrame:
    frame = frames.frames[dataset].set_index("USUBJID")
    return frame[frame["PARAMCD"] == paramcd] if paramcd else frame


# Source: trial.md (abstract of Trucco et al. 2018); Clopper-Pearson interval of 8/15 in trial.md.
def test_the_published_figures_come_out(adam, analysis):
    results = {result.name: result for result in compute_results(adam, analysis)}
    for name in (
        "evaluable", "pfs_median", "pfs_shortest", "pfs_longest", "response_rate",
        "prior_doxorubicin", "aldh_change_responders",
    ):  # fmt: skip
        assert results[name].agrees, name
    rate = results["response_rate"]
    assert (rate.n, round(rate.low, 1), round(rate.high, 1)) == (15, 26.6, 78.7)
    assert round(rate.value, 1) == 53.3


@pytest.mark.parametrize("subject", SUBJECTS["SUBJ"].tolist())
def test_progression_free_survival(adam, subject):
    expected = SUBJECTS.set_index("SUBJ").loc[subject]
    pfs = of(adam, "ADTTE", "PFS")
    if pd.isna(expected["PFS"]):
        assert subject not in pfs.index
        return
    assert pfs.loc[subject, "AVAL"] == int(expected["PFS"])
    assert pfs.loc[subject, "CNSR"] == int(expected["CNSR"])


def test_the_skeleton_is_that_of_the_reference(shared):
    with (shared / "reference" / "trial_subjects.csv").open(encoding="utf-8") as stream:
        lines = {line["subj"]: line for line in csv.DictReader(stream)}
    for subject in SUBJECTS[:15].itertuples():
        line = lines[subject.SUBJ]
        assert (line["visits"], line["pfs_day"]) == (subject.VISITS, subject.PFS)
        assert (line["event"] == "1") == (subject.CNSR == "0")
        assert line["prior_doxorubicin"] == subject.PRIOR


def test_time_point_responses_are_those_of_the_skeleton(adam):
    derived = of(adam, "ADRS", "OVR").sort_values(["USUBJID", "ADY"])
    for subject in SUBJECTS[:15].itertuples():
        own = derived.loc[[subject.SUBJ]]
        visits = ";".join(f"{d}:{r}" for d, r in zip(own["ADY"], own["AVALC"], strict=True))
        assert visits == subject.VISITS
    assert [f for f in adam.findings if f.check_id == "CDT-A001"] == []


# trial.md, "Discriminating by design": responders under other readings of the definition.
@pytest.mark.parametrize("case", cases("""
    CASE               BASIS             DAYS  N
    visit-42           visit             42    11
    visit-56           visit             56    9
    visit-60           visit             60    8
    visit-90           visit             90    7
    free-56            progression_free  56    10
    free-60            progression_free  60    8
    free-90            progression_free  90    8
"""))  # fmt: skip
def test_response_under_other_readings(analysis, case):
    durable = dataclasses.replace(
        analysis.response.durable, basis=case["BASIS"].item(), days=int(case["DAYS"].item())
    )
    response = dataclasses.replace(analysis.response, durable=durable)
    adam = derive_adam(sdtm(), dataclasses.replace(analysis, response=response), cutoff=CUTOFF)
    adsl = adam.frames["ADSL"]
    assert (adsl["RESPFL"].eq("Y") & adsl["EVALFL"].eq("Y")).sum() == int(case["N"].item())


def test_populations(adam):
    adsl = of(adam, "ADSL")
    counts = {flag: int(adsl[flag].eq("Y").sum()) for flag in ("ENRLFL", "SAFFL", "EVALFL")}
    assert counts == {"ENRLFL": 17, "SAFFL": 16, "EVALFL": 15}
    assert adsl.loc["18", "MEASFL"] == "Y"
    assert adsl.loc["17", "TRTSDT"] is pd.NaT


def test_best_overall_response(adam):
    best = of(adam, "ADSL")["BOR"]
    # day 50 is more than 42 days after the first dose; subject 18 has no assessment
    assert best.loc[["1", "5", "10", "11", "15", "18"]].tolist() == [
        "PD", "SD", "PR", "SD", "PR", "NE",
    ]  # fmt: skip


def test_censoring_is_described(adam):
    pfs = of(adam, "ADTTE", "PFS")
    assert pfs.loc["7", "EVNTDESC"] == "New anti-cancer therapy"
    assert pfs.loc["7", "CNSDTDSC"] == "Last adequate tumor assessment"
    assert pfs.loc["13", "EVNTDESC"] == "Death"
    assert pd.isna(pfs.loc["13", "CNSDTDSC"])


def test_exposure(adam):
    adex = adam.frames["ADEX"]
    own = adex[adex["USUBJID"] == "1"].set_index("PARAMCD")["AVAL"]
    # three weekly doses of 20 and one of 30
    assert own.to_dict() == {
        "TEMCUM": 60, "TEMNUM": 3, "TEMPLAN": 60, "TEMRDI": 100, "TEMHELD": 0,
        "PLDCUM": 30, "PLDNUM": 1, "PLDPLAN": 30, "PLDRDI": 100, "PLDHELD": 0,
    }  # fmt: skip
    assert of(adam, "ADSL").loc["1", "CUMANTH"] == 330


def test_every_linked_record_exists(adam):
    sources = {**sdtm(), **adam.frames}
    for name, links in adam.links.items():
        for link in links[links["SRCSEQ"].notna()].itertuples():
            source = sources[link.SRCDOM]
            number = "ASEQ" if "ASEQ" in source.columns else f"{link.SRCDOM}SEQ"
            is_it = (source["USUBJID"] == link.USUBJID) & (source[number] == link.SRCSEQ)
            assert is_it.sum() == 1, (name, link)
            assert link.SRCVAR in source.columns


def test_progression_leads_back_to_the_lesions(adam):
    pfs = of(adam, "ADTTE", "PFS").loc["10"]
    links = adam.links["ADRS"].query("USUBJID == '10'")
    picked = links[links["SEQ"] == pfs["SRCSEQ"]]
    assert (pfs["SRCDOM"], picked["SRCDOM"].item()) == ("ADRS", "ADRS")
    assessed = links[links["SEQ"] == picked["SRCSEQ"].item()]
    assert sorted(assessed["SRCDOM"]) == ["RS", "TR", "TR"]


def test_only_specified_variables_in_their_order(adam, analysis):
    for name, frame in adam.frames.items():
        known = [variable.name for variable in analysis.datasets[name].variables]
        assert frame.columns.tolist() == [v for v in known if v in frame.columns]
        for variable in analysis.datasets[name].variables:
            if variable.name in frame.columns:
                is_text = frame[variable.name].dtype == "string"
                assert is_text == (variable.type == "Char"), variable.name


def test_same_input_in_another_order_gives_the_same_frames(adam, analysis):
    mixed = {name: frame.iloc[::-1].reset_index(drop=True) for name, frame in sdtm().items()}
    again = derive_adam(mixed, analysis, cutoff=CUTOFF)
    for name in ("ADSL", "ADTTE", "ADEX", "ADAE"):
        pd.testing.assert_frame_equal(again.frames[name], adam.frames[name])


def test_a_disagreement_is_found(analysis):
    frames = sdtm()
    rs = frames["RS"]
    is_visit = (rs["USUBJID"] == "5") & (rs["VISIT"] == "VISIT 1")
    frames["RS"] = rs.assign(RSSTRESC=rs["RSSTRESC"].mask(is_visit, "PR"))
    adam = derive_adam(frames, analysis, cutoff=CUTOFF)
    found = [f for f in adam.findings if f.check_id == "CDT-A001"]
    assert [f.detail for f in found] == ["derived SD, investigator PR"]


def test_absent_domains_are_found_and_the_rest_is_derived(analysis):
    frames = sdtm()
    absent = ("MI", "AE", "RS", "EC", "PR", "SS", "CM", "TU", "TR", "DS", "DD")
    for name in absent:
        del frames[name]
    with_cm = {**frames}
    adam = derive_adam(with_cm, analysis, cutoff=CUTOFF)
    assert sorted(f.dataset for f in adam.findings if f.check_id == "CDT-A002") == sorted(absent)
    assert len(adam.frames["ADSL"]) == 18


@pytest.mark.parametrize(
    ("domain", "variable"), [("TR", "TRSTAT"), ("EX", "EXDOSE"), ("DM", "ARM")]
)
def test_an_absent_variable_is_named(analysis, domain, variable):
    frames = sdtm()
    frames[domain] = frames[domain].drop(columns=[variable])
    with pytest.raises(ConfigurationError, match=f"{domain}.*{variable}"):
        derive_adam(frames, analysis, cutoff=CUTOFF)


def test_the_cut_off_ends_follow_up(analysis):
    # day 400 of subject 14 is 2011-02-04; the assessment before it is that of day 395
    adam = derive_adam(sdtm(), analysis, cutoff=pd.Timestamp("2011-02-04").date())
    pfs = of(adam, "ADTTE", "PFS")
    assert (pfs.loc["14", "AVAL"], pfs.loc["14", "CNSR"]) == (395, 1)
    assert (pfs.loc["13", "AVAL"], pfs.loc["13", "CNSR"]) == (399, 1)
    assert {f.check_id for f in adam.findings} == {"CDT-A019"}
