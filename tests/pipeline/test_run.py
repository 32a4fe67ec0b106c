"""A run's files: the same bytes twice, whole or not at all, published figures out."""

import hashlib
import json

import pandas as pd
import pyreadstat
import pytest

from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline import outputs
from cdisc_tools.pipeline.report import analysed_subjects, responses_since_origin
from cdisc_tools.pipeline.run import run_study, write_run

DOMAINS = [
    "DM", "SUPPDM", "DS", "SV", "SE", "EX", "CM", "PR", "MH", "AE", "VS", "LB", "TU", "TR", "RS",
    "MI", "DV", "SS", "TA", "TE", "TV", "TI", "TS", "RELREC",
]  # fmt: skip
ADAM = ["ADSL", "ADEX", "ADAE", "ADTR", "ADRS", "ADTTE", "ADBM"]


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_run_twice_gives_the_same_bytes(sample_run, tmp_path):
    write_run(sample_run, tmp_path / "one")
    write_run(run_study(sample_study_path()), tmp_path / "two")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


@pytest.mark.parametrize("name", DOMAINS)
def test_every_domain_is_made(sample_run, name):
    assert len(sample_run.conversion.datasets[name].frame) > 0


@pytest.mark.parametrize("name", ADAM)
def test_every_analysis_dataset_is_made(sample_run, name):
    assert len(sample_run.derivation.datasets[name].frame) > 0


# Source: abstract of Trucco et al. 2018; interval of 8/15 worked in ../shared/reference/trial.md
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("evaluable", 15), ("pfs_median", 315), ("pfs_shortest", 27), ("pfs_longest", 799),
        ("prior_doxorubicin", 9),
    ],
)  # fmt: skip
def test_published_figures_from_the_raw_forms(sample_run, name, value):
    results = {result.name: result for result in sample_run.derivation.results}
    assert results[name].value == value
    assert results[name].agrees


def test_published_response_from_the_raw_forms(sample_run):
    rate = next(r for r in sample_run.derivation.results if r.name == "response_rate")
    assert (rate.count, rate.n) == (8, 15)
    assert [round(x, 1) for x in (rate.value, rate.low, rate.high)] == [53.3, 26.6, 78.7]


@pytest.mark.parametrize("later", [0, 114])
def test_a_figure_counts_responses_from_the_endpoints_origin(sample_run, later):
    """Subject TLD-009 has assessments on day 56, 114, 170, 227, 283 and 315 (its raw forms)."""
    derivation = sample_run.derivation
    subjects = analysed_subjects(derivation, "PFS")
    subjects = subjects.assign(STARTDT=subjects["STARTDT"] + pd.Timedelta(days=later))
    pfs = next(one for one in derivation.analysis.endpoints if one.paramcd == "PFS")
    found = responses_since_origin(derivation, subjects, pfs)
    own = found[found["USUBJID"].str.endswith("TLD-009")]
    assert own["TIME"].tolist() == [
        day - later for day in (56, 114, 170, 227, 283, 315) if day > later
    ]


def test_datasets_read_back_as_they_are(sample_run, tmp_path):
    write_run(sample_run, tmp_path / "run")
    for name, dataset in sample_run.conversion.datasets.items():
        frame, meta = pyreadstat.read_xport(tmp_path / "run" / "sdtm" / f"{name.lower()}.xpt")
        assert list(frame.columns) == list(dataset.frame.columns)
        assert meta.column_labels == [dataset.spec.by_name[c].label for c in frame.columns]
        for column in frame.columns:
            written = dataset.frame[column]
            if pd.api.types.is_numeric_dtype(written):
                pd.testing.assert_series_equal(
                    frame[column].astype("float64"), written.astype("float64"), check_names=False
                )
            else:
                assert frame[column].tolist() == written.fillna("").tolist()


def test_the_manifest_names_inputs_and_outputs_with_their_hashes(sample_run, tmp_path):
    write_run(sample_run, tmp_path / "run")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    raw = sample_study_path() / "raw" / "labs.xpt"
    assert manifest["inputs"]["raw/labs.xpt"] == hashlib.sha256(raw.read_bytes()).hexdigest()
    made = files_of(tmp_path / "run")
    del made["manifest.json"]
    assert manifest["outputs"] == made


def test_a_run_that_fails_leaves_the_earlier_one(sample_run, tmp_path, monkeypatch):
    write_run(sample_run, tmp_path / "run")
    before = files_of(tmp_path / "run")

    def full_disk(*_args):
        raise OSError("no space left")

    monkeypatch.setattr(outputs, "write_parquet", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_run(sample_run, tmp_path / "run")
    assert files_of(tmp_path / "run") == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_file_put_into_an_earlier_run_is_never_lost(sample_run, tmp_path):
    write_run(sample_run, tmp_path / "run")
    (tmp_path / "run" / "notes.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"1 files that no earlier run wrote.*notes.txt"):
        write_run(sample_run, tmp_path / "run")
    assert (tmp_path / "run" / "notes.txt").read_text() == "mine"


def test_a_folder_of_something_else_is_never_replaced(sample_run, tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(ConfigurationError, match="no earlier run wrote"):
        write_run(sample_run, tmp_path)
    assert (tmp_path / "thesis.docx").read_text() == "mine"
