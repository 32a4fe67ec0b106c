"""Reading the analysis files: errors name the file and the field."""

import shutil
from pathlib import Path

import pytest

from cdisc_tools.derivations.adam import derive_adam
from cdisc_tools.metadata.analysis import read_analysis, read_criteria
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.model.errors import ConfigurationError
from tests.derivations.study import CUTOFF, sdtm

SAMPLE = sample_study_path() / "analysis"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "analysis"))


def test_the_sample_study_is_read():
    analysis = read_analysis(SAMPLE)
    assert [endpoint.paramcd for endpoint in analysis.endpoints] == ["OS", "PFS"]
    assert analysis.criteria.name == "RECIST 1.1"
    assert analysis.subjects.populations[0].having[0].where["ARMNRS"][0] is None


def test_every_choice_has_its_reason_and_source():
    analysis = read_analysis(SAMPLE)
    choices = [
        analysis.subjects, analysis.exposure, analysis.adverse_events, analysis.lesions,
        analysis.response, analysis.response.choices, analysis.response.durable, analysis.criteria,
        analysis.lesions.words, analysis.lesions.parts, analysis.lesions.baseline,
        analysis.lesions.partial, analysis.lesions.equivocal,
        analysis.biomarkers, *analysis.endpoints, *analysis.figures,
        *analysis.subjects.populations,
    ]  # fmt: skip
    assert all(choice.rationale and choice.source for choice in choices)


def add_endpoint(folder: Path, use: str) -> None:
    (folder / "endpoints" / f"{use}.yaml").write_text(f"use: {use}\n", encoding="utf-8")


def test_two_endpoints_of_one_paramcd_are_named(folder):
    (folder / "endpoints" / "zz.yaml").write_text("use: pfs\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"zz\.yaml: PARAMCD PFS is that of .*pfs\.yaml"):
        read_analysis(folder)


def test_two_responses_of_one_paramcd_are_named(folder):
    path = folder / "response.yaml"
    more = "more:\n  - {kind: response, paramcd: BOR, param: Further}\n"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"response\.yaml: .*has PARAMCD BOR twice"):
        read_analysis(folder)


def test_an_endpoint_follows_the_studys_responses(folder):
    path = folder / "response.yaml"
    text = path.read_text(encoding="utf-8").replace("analysed: OVR", "analysed: OVRINV")
    path.write_text(f"{text}assessment_interval_days: 42\n", encoding="utf-8")
    add_endpoint(folder, "ttp")
    ttp = read_analysis(folder).endpoints[-1]
    assert ttp.paramcd == "TTP"
    assert ttp.parameters("ADRS") == {"PD", "OVRINV"}
    assert ttp.interval_days == 42


@pytest.mark.parametrize(
    ("use", "kind", "paramcd"),
    [("dor", "response", "RESP"), ("ttr", "confirmed_response", "RESP"),
     ("dcb", "clinical_benefit", "CB")],
)  # fmt: skip
def test_an_endpoint_names_the_response_that_it_needs(folder, use, kind, paramcd):
    add_endpoint(folder, use)
    with pytest.raises(
        ConfigurationError, match=rf"{use}\.yaml: {use.upper()} uses PARAMCD {paramcd}"
    ):
        read_analysis(folder)
    more = f"more:\n  - {{kind: {kind}, paramcd: {paramcd}, param: Further}}\n"
    path = folder / "response.yaml"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    analysis = read_analysis(folder)
    adam = derive_adam(sdtm(), analysis, cutoff=CUTOFF)
    adtte = adam.frames["ADTTE"]
    own = adtte[adtte["PARAMCD"].eq(use.upper())].set_index("USUBJID")
    # subject 10 (tests/derivations/study.py): PR on day 114, 170 and 283, PD on day 315
    assert own.loc["10", "AVAL"] == {"dor": 315 - 114 + 1, "ttr": 114, "dcb": 315}[use]
    assert ("9" in own.index) == (use != "dor")
    assert "1" not in own.index or use == "ttr"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("lesions.yaml", "longest_days: 14", "longest: 14", r"lesions\.yaml.*unknown.*longest"),
        ("lesions.yaml", "longest_days: 14", "", r"lesions\.yaml.*lacks.*longest_days"),
        ("lesions.yaml", "longest_days: 14", "longest_days: two", r"longest_days is 'two'.*int"),
        ("lesions.yaml", "impute: last", "impute: middle", r"impute is 'middle'.*first, last"),
        ("lesions.yaml", "_date: first_scan", "_date: last", r"new_lesion_date is 'last'"),
        ("response.yaml", "basis: visit", "basis: both", r"durable\.basis is 'both'"),
        ("response.yaml", "criteria: recist-1.1", "criteria: x", r"criteria 'x'.*recist-1\.1"),
        ("response.yaml", "adequate: [CR", "adequate: [no", r"adequate\.1 is False.*quote"),
        ("response.yaml", "not_done: dropped", "not_done: lost", r"choices\.not_done is 'lost'"),
        ("endpoints/pfs.yaml", "keep: on_or_before", "keep: after", r"pfs\.yaml: ends\.1\.keep"),
        ("endpoints/pfs.yaml", "where: {PARAMCD: PD}", "where: PD", r"where must be a mapping"),
        ("published.yaml", "statistic: count", "statistic: eval", r"figures\.1\.statistic"),
        ("published.yaml", "statistic: count", "statistic: landmark",
         r"published\.yaml: figures\.1 has statistic landmark, which needs at"),
        ("published.yaml", "statistic: count", "statistic: quantile\n    probability: 50",
         r"published\.yaml: figures\.1 has probability 50\.0; it must be from 0 to 1"),
        ("published.yaml", "statistic: count", "statistic: at_risk\n    at: -1",
         r"published\.yaml: figures\.1 has at -1\.0; it must be 0 or more"),
        ("published.yaml", "statistic: count", "statistic: hazard_ratio\n    group: TRTP",
         r"published\.yaml: figures\.1 has statistic hazard_ratio, which needs reference"),
        ("published.yaml", "statistic: count", "statistic: count\n    ties: exact",
         r"figures\.1\.ties is 'exact'.*efron, breslow"),
        ("published.yaml", "statistic: count", "statistic: count\n    conf_type: logit",
         r"figures\.1\.conf_type is 'logit'.*log-log, log, plain"),
        ("exposure.yaml", "rationale:", "rationale: [", r"exposure\.yaml: is no YAML"),
        ("lesions.yaml", "longest_days: 14", "longest_days: 14\nlongest_days: 21",
         r"lesions\.yaml: is no YAML: line \d+ the key 'longest_days' stands there and in line"),
    ],
)  # fmt: skip
def test_an_error_names_file_and_field(folder, file, old, new, message):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        read_analysis(folder)


def test_a_file_that_is_not_utf_8_is_named(folder):
    path = folder / "lesions.yaml"
    path.write_bytes(b"# M\xfcller\n" + path.read_bytes())
    with pytest.raises(ConfigurationError, match=r"lesions\.yaml line 1: byte 0xFC is not UTF-8"):
        read_analysis(folder)


def test_an_absent_file_is_named(folder):
    (folder / "response.yaml").unlink()
    with pytest.raises(ConfigurationError, match=r"response\.yaml: can't be read"):
        read_analysis(folder)


def test_unknown_criteria_are_named():
    with pytest.raises(ConfigurationError, match=r"'recist-9'.*recist-1\.1"):
        read_criteria("recist-9")


def test_a_display_with_an_unknown_figure_is_named(folder):
    path = folder / "displays.yaml"
    path.write_text(
        "displays:\n  - name: T 1\n    title: One\n    results:\n"
        "      - {figure: pfs_mean, reason: DATA DRIVEN, purpose: PRIMARY OUTCOME MEASURE}\n"
    )
    with pytest.raises(ConfigurationError, match=r"display T 1 has the figure pfs_mean, which"):
        read_analysis(folder)


def test_a_study_may_list_no_display(folder):
    (folder / "displays.yaml").unlink()
    assert read_analysis(folder).displays == ()
