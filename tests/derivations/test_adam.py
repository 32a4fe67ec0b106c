"""The whole derivation on the fifteen subjects of trial_subjects.csv: the published figures."""

import csv
import dataclasses

import pandas as pd
import pytest

from cdisc_tools.derivations.adam import derive_adam
from cdisc_tools.derivations.records import filter_where
from cdisc_tools.derivations.results import compute_results
from cdisc_tools.derivations.sensitivity import compare_profile
from cdisc_tools.metadata.analysis import read_analysis, read_profile
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.model.analysis import Analysis
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.profile import Profile
from cdisc_tools.model.response import ResponseParameter
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


def untidy() -> dict[str, pd.DataFrame]:
    """The study with ties and repeats: what comes first must not decide by chance."""
    frames = sdtm()
    tr, rs, dm, ds, mi = (frames[name] for name in ("TR", "RS", "DM", "DS", "MI"))
    again = tr[tr["USUBJID"].eq("10")].assign(TRSTRESN=33.0, TRSEQ=tr["TRSEQ"] + 100)
    second = tr[tr["USUBJID"].eq("11")].assign(TRLNKID="T02", TRSEQ=tr["TRSEQ"] + 100)
    unnamed = tr["USUBJID"].eq("12") & tr["VISITNUM"].eq(1)
    same_number = tr[tr["USUBJID"].eq("13")].assign(TRLNKID="T03", TRSTRESN=5.0)
    tr = tr.assign(TRLNKID=tr["TRLNKID"].mask(unnamed))
    frames["TR"] = pd.concat([tr, again, second, same_number])
    frames["RS"] = pd.concat([rs, rs[rs["USUBJID"].eq("14")].assign(RSSTRESC="PR", RSSEQ=99)])
    frames["DM"] = pd.concat([dm, dm[dm["USUBJID"].eq("3")].assign(SEX="M")])
    frames["DS"] = pd.concat([ds, ds.assign(DSDECOD="OTHER", DSSEQ=ds["DSSEQ"] + 10)])
    frames["MI"] = pd.concat([mi, mi.assign(MISTRESN=1.5, MISEQ=mi["MISEQ"] + 10)])
    frames["CM"] = frames["CM"].drop(columns="CUMDOSE")
    frames["SUPPCM"] = pd.DataFrame(
        {"USUBJID": ["1", "1", "1"], "QNAM": "CUMDOSE", "IDVAR": "CMSEQ",
         "IDVARVAL": ["1", "1", "9"], "QVAL": ["20", "10", "30"]}, dtype="string",
    )  # fmt: skip
    return frames


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("study", [sdtm, untidy])
def test_the_order_of_input_records_changes_nothing(analysis, study, seed):
    expected = derive_adam(study(), analysis, cutoff=CUTOFF)
    mixed = {
        name: frame.sample(frac=1, random_state=seed + place)
        for place, (name, frame) in enumerate(study().items())
    }
    ours = derive_adam(mixed, analysis, cutoff=CUTOFF)
    for name, frame in expected.frames.items():
        pd.testing.assert_frame_equal(ours.frames[name], frame)
    for name, links in expected.links.items():
        pd.testing.assert_frame_equal(ours.links[name], links)
    assert list(ours.findings) == list(expected.findings)
    assert compute_results(ours, analysis) == compute_results(expected, analysis)


def test_untidy_data_are_found_and_multiply_nothing(analysis):
    adam = derive_adam(untidy(), analysis, cutoff=CUTOFF)
    repeated = [(f.dataset, f.key[0][1]) for f in adam.findings if f.check_id == "CDT-A020"]
    # subject 14 has eleven assessments, each with a second response
    assert repeated == [("SUPPCM", "1"), ("DM", "3"), *[("RS", "14")] * 11]
    assert of(adam, "ADSL").loc["3", "SEX"] == "F"
    assert of(adam, "ADSL").index.is_unique
    for paramcd in ("OVR", "OVRINV"):
        records = of(adam, "ADRS", paramcd)
        assert not records.set_index("AVISITN", append=True).index.has_duplicates
    given = of(adam, "ADRS", "OVRINV").loc["14", "AVALC"]
    assert set(given) == {"SD"}


# A fault a line: the value of one record, and the finding that it raises.
@pytest.mark.parametrize("case", cases("""
    CASE                 DOMAIN  USUBJID  WHERE    VALUE    VARIABLE  NEW      CHECK     KEY
    visit-without-rs     RS      12       RSSEQ    3        RSSTRESC  DROP     CDT-A014  VISIT 3
    visit-without-tr     TR      1        VISITNUM  1       TRSTRESC  DROP     CDT-A014  VISIT 1
    unreadable-date      AE      5        AESEQ    1        AEENDTC   UNK      CDT-A016  5
    no-second-biopsy     MI      10       MISEQ    2        MIDTC     DROP     CDT-A018  ALDH
"""))  # fmt: skip
def test_a_fault_is_found(analysis, case):
    line = case.iloc[0]
    frames = sdtm()
    domain = frames[line["DOMAIN"]]
    is_it = domain["USUBJID"].eq(line["USUBJID"]) & domain[line["WHERE"]].eq(float(line["VALUE"]))
    if line["NEW"] == "DROP":
        domain = domain[~is_it]
    else:
        value = float(line["NEW"]) if line["NEW"].isdigit() else line["NEW"]
        domain = domain.assign(**{line["VARIABLE"]: domain[line["VARIABLE"]].mask(is_it, value)})
    frames[line["DOMAIN"]] = domain
    adam = derive_adam(frames, analysis, cutoff=CUTOFF)
    keys = [value for f in adam.findings if f.check_id == line["CHECK"] for _, value in f.key]
    assert line["KEY"] in keys, list(adam.findings)


def test_a_lesser_response_after_complete_response_is_found(analysis):
    frames = sdtm()
    tr = frames["TR"]
    later = tr["USUBJID"].eq("12") & tr["VISITNUM"].ge(2)
    # all gone from the second visit on; at the third the other lesion is not evaluated: PR
    state = tr["TRSTRESC"].mask(later & tr["TRLNKID"].eq("NT01"), "ABSENT")
    state = state.mask(later & tr["TRLNKID"].eq("NT01") & tr["VISITNUM"].eq(3), "NE")
    size = tr["TRSTRESN"].mask(later & tr["TRLNKID"].eq("T01"), 0)
    frames["TR"] = tr.assign(TRSTRESC=state, TRSTRESN=size)
    adam = derive_adam(frames, analysis, cutoff=CUTOFF)
    found = [f for f in adam.findings if f.check_id == "CDT-A013"]
    assert [(f.values, dict(f.key)["AVISIT"]) for f in found] == [(("PR",), "VISIT 3")]


def test_a_response_after_progression_is_found(analysis):
    frames = sdtm()
    tr = frames["TR"]
    # the target lesion doubles at the second visit, and is as before at the third
    doubled = tr["USUBJID"].eq("12") & tr["VISITNUM"].eq(2) & tr["TRLNKID"].eq("T01")
    frames["TR"] = tr.assign(TRSTRESN=tr["TRSTRESN"].mask(doubled, tr["TRSTRESN"] * 2))
    adam = derive_adam(frames, analysis, cutoff=CUTOFF)
    own = of(adam, "ADRS", "OVR").loc[["12"]].sort_values("ADT")
    first = own.loc[own["AVALC"].eq("PD"), "ADT"].min()
    later = own[(own["ADT"] > first) & own["AVALC"].isin(["CR", "PR", "SD", "NON-CR/NON-PD"])]
    found = [f for f in adam.findings if f.check_id == "CDT-A027"]
    assert len(later) > 1
    assert [(f.values, dict(f.key)["USUBJID"]) for f in found] == [
        ((later["AVALC"].iloc[0],), "12")
    ]
    more = f"{later['ADT'].min():%Y-%m-%d} (and {len(later) - 1} more later)"
    assert found[0].detail == more
    assert adam.findings.totals["CDT-A027", "ADRS", ("AVALC",)] == len(later)


def test_a_study_may_ask_for_further_parameters(analysis):
    more = (
        ResponseParameter(kind="confirmed_best", paramcd="CBOR", param="Confirmed Best Response"),
        ResponseParameter(kind="clinical_benefit", paramcd="CB", param="Clinical Benefit"),
    )
    response = dataclasses.replace(analysis.response, more=more)
    adam = derive_adam(sdtm(), dataclasses.replace(analysis, response=response), cutoff=CUTOFF)
    for parameter in more:
        own = of(adam, "ADRS", parameter.paramcd)
        assert own.index.is_unique
        assert set(own["PARAM"]) == {parameter.param}
        assert own["AVALC"].notna().all()
    assert len(of(adam, "ADRS", "CBOR")) == len(of(adam, "ADRS", "BOR"))


def with_another_history() -> dict[str, pd.DataFrame]:
    """The new therapy is subject 8's, on day 66; 13 isn't scanned between day 229 and death."""
    frames = sdtm()
    cm, tr = frames["CM"], frames["TR"]
    is_last = tr["USUBJID"].eq("13") & tr["TRDTC"].gt("2010-08-17")
    return {
        **frames,
        "CM": cm.assign(USUBJID=cm["USUBJID"].where(cm["USUBJID"].ne("7"), "8")),
        "TR": tr[~is_last].reset_index(drop=True),
    }


@pytest.mark.parametrize("case", cases("""
    PROFILE      PARAMCD  USUBJID  AVAL  CNSR  AVAL_NEW  CNSR_NEW  WHY
    fda-pfs      PFS      13       540   0     229       4         Event_after_two_or_more_missed_visits
    fda-pfs      PFSTP    8        63    3     117       0         Disease_progression
    fda-pfs      PFSNTE   8        63    3     66        0         New_anti-cancer_therapy
    admiralonco  PFS      8        63    3     117       0         Disease_Progression
"""))  # fmt: skip  # noqa: E501
def test_a_profile_says_who_changes_and_why(analysis, case):
    line = case.iloc[0]
    adam = derive_adam(with_another_history(), analysis, cutoff=CUTOFF)
    profile = read_profile(line["PROFILE"], analysis.response)
    tte, changes = compare_profile(
        adam.frames, profile, analysis.endpoints, analysis.response, cutoff=CUTOFF
    )
    own = changes[changes["PARAMCD"].eq(line["PARAMCD"]) & changes["USUBJID"].eq(line["USUBJID"])]
    for name in ("AVAL", "CNSR", "AVAL_NEW", "CNSR_NEW"):
        assert own[name].item() == int(line[name]), name
    assert own["EVNTDESC_NEW"].item() == line["WHY"].replace("_", " ")
    followed = tte.loc[tte["PARAMCD"].eq(line["PARAMCD"]), "USUBJID"]
    assert set(followed) == set(of(adam, "ADTTE", "PFS").index)


@pytest.mark.parametrize("unit", ["DAYS", "MONTHS"])
def test_follow_up_of_a_durable_response_is_counted_in_days(analysis, unit):
    durable = dataclasses.replace(analysis.response.durable, basis="progression_free")
    own = dataclasses.replace(
        analysis,
        response=dataclasses.replace(analysis.response, durable=durable),
        endpoints=tuple(dataclasses.replace(one, unit=unit) for one in analysis.endpoints),
    )
    rsp = of(derive_adam(sdtm(), own, cutoff=CUTOFF), "ADRS", "RSP")
    # those of SUBJECTS with 61 days or more of PFS: 60 days without the first
    assert set(rsp.index[rsp["AVALC"].eq("Y")]) == {"8", "9", "10", "11", "12", "13", "14", "15"}


def test_a_numeric_variable_is_selected_by_number(analysis):
    adam = derive_adam(sdtm(), analysis, cutoff=CUTOFF)
    adtte = adam.frames["ADTTE"]
    for text in ("315", "315.0"):
        found = filter_where(adtte, {"AVAL": (text,), "PARAMCD": ("PFS",)}, "ADTTE")
        assert found["USUBJID"].tolist() == ["10"]


def test_a_profile_counts_as_the_study_counts(analysis):
    """In weeks from day 0; a censoring of another kind on the same day is no change."""
    endpoints = tuple(
        dataclasses.replace(endpoint, unit="WEEKS", origin_day=0) for endpoint in analysis.endpoints
    )
    own = dataclasses.replace(analysis, endpoints=endpoints)
    adam = derive_adam(sdtm(), own, cutoff=CUTOFF)
    tte, changes = compare_profile(
        adam.frames, read_profile("admiralonco", analysis.response), endpoints, own.response,
        cutoff=CUTOFF,
    )  # fmt: skip
    pfs = tte[tte["PARAMCD"].eq("PFS")].set_index("USUBJID")
    assert pfs.loc["10", "AVAL"] == pytest.approx(314 / 7)
    assert (of(adam, "ADTTE", "PFS").loc["7", "CNSR"], pfs.loc["7", "CNSR"]) == (3, 1)
    assert changes.empty


def test_the_studys_own_choices_as_a_profile_change_nobody(adam, analysis):
    same = Profile(name="same", rationale="", source="", endpoints=analysis.endpoints)
    _, changes = compare_profile(
        adam.frames, same, analysis.endpoints, analysis.response, cutoff=CUTOFF
    )
    assert changes.empty


def test_a_disagreement_is_found(analysis):
    frames = sdtm()
    rs = frames["RS"]
    is_visit = (rs["USUBJID"] == "5") & (rs["VISIT"] == "VISIT 1")
    frames["RS"] = rs.assign(RSSTRESC=rs["RSSTRESC"].mask(is_visit, "PR"))
    adam = derive_adam(frames, analysis, cutoff=CUTOFF)
    found = [f for f in adam.findings if f.check_id == "CDT-A001"]
    assert [f.detail for f in found] == [
        "derived SD, investigator PR; sum 90 mm (1 of 1 target lesions), baseline 100 mm (-10 %), "
        "nadir 100 mm (-10 %); target SD, non-target NON-CR/NON-PD, new lesion N"
    ]


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
    others = [f for f in adam.findings if f.check_id != "CDT-A019"]
    assert [(f.check_id, dict(f.key)["USUBJID"]) for f in others] == [("CDT-A030", "18")]
