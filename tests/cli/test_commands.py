"""The commands: exit codes, what goes to stdout, help with an example."""

import json
import re
import shutil

import pytest
from typer.testing import CliRunner

from cdisc_tools.cli.main import app
from cdisc_tools.metadata.resources import sample_study_path

COMMANDS = ("demo", "run", "convert", "derive", "validate", "trace", "report")


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "out"
    return run("demo", "--output", folder), folder


def test_demo_prints_the_published_figures_and_exits_0(demo):
    result, _ = demo
    assert result.exit_code == 0
    for text in (
        "Evaluable subjects: 15",
        "median 315 days (range 27-799",
        "8/15 (53.3 %, exact 95 % CI 26.6-78.7)",
        "Prior doxorubicin: 9/15",
        "synthetic",
    ):
        assert text in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"cdisc-tools {command}" in re.sub(r"\s+", " ", result.stdout)


def test_run_exits_1_with_errors_and_0_when_told_never(tmp_path):
    assert run("run", sample_study_path(), "-o", tmp_path / "a").exit_code == 1
    result = run("convert", sample_study_path(), "-o", tmp_path / "b", "--fail-on", "never")
    assert result.exit_code == 0
    assert not (tmp_path / "b" / "adam").exists()


def test_validate_reads_what_run_wrote(demo):
    _, folder = demo
    result = run("validate", folder / "sdtm", "--format", "json", "--fail-on", "never")
    assert result.exit_code == 0
    findings = json.loads(result.stdout)
    assert set(findings) == {"summary", "totals", "findings"}


def test_derive_from_the_written_sdtm_gives_the_same_results(demo, tmp_path):
    _, folder = demo
    result = run(
        "derive", sample_study_path(), "--sdtm", folder / "sdtm", "-o", tmp_path / "adam",
        "--fail-on", "never",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "adam" / "results.csv").read_text() == (folder / "results.csv").read_text()


def test_trace_prints_the_way_to_the_cell():
    result = run(
        "trace", sample_study_path(), "ADTTE", "--where", "USUBJID=NCT00949325-TLD-009 PARAMCD=PFS"
    )
    assert result.exit_code == 0
    for text in ("ADTTE", "ADRS", "RS ", "TR ", "raw/crf_export.xlsx [TargetLesions] G61"):
        assert text in result.stdout


def test_report_draws_each_endpoint(tmp_path):
    result = run("report", sample_study_path(), "-o", tmp_path)
    assert result.exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"pfs.png", "pfs.svg", "os.png", "os.svg"}


# each: what is done to a copy of the sample study, and what the one message says
def _no_workbook(folder):
    (folder / "raw" / "crf_export.xlsx").unlink()


def _no_sheet(folder):
    path = folder / "study.yaml"
    path.write_text(path.read_text().replace("sheet: Demographics", "sheet: Demografics"))


def _locked(folder):
    ole = bytes.fromhex("d0cf11e0a1b11ae1")
    (folder / "raw" / "crf_export.xlsx").write_bytes(ole + bytes(512))


def _empty(folder):
    (folder / "raw" / "redcap_ae.csv").write_bytes(b"")


def _latin(folder):
    path = folder / "raw" / "redcap_lvef.csv"
    path.write_bytes(path.read_bytes() + "TLD-001,é".encode("latin-1"))


def _algorithm(folder):
    path = folder / "mapping" / "ae.csv"
    path.write_text(path.read_text().replace("assign_datetime", "asign_datetime", 1))


def _column(folder):
    path = folder / "mapping" / "ae.csv"
    path.write_text(path.read_text().replace("ae_start", "ae_begin", 1))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_no_workbook, "file raw/crf_export.xlsx is not in the study folder"),
        (_no_sheet, "has no sheet 'Demografics'"),
        (_locked, "protected by a password"),
        (_empty, "redcap_ae.csv is empty"),
        (_latin, "is not utf-8"),
        (_algorithm, "there is no algorithm 'asign_datetime'"),
        (_column, "has no column 'ae_begin'"),
    ],
)
def test_bad_input_gives_one_message_and_exit_2(tmp_path, damage, message):
    folder = tmp_path / "study"
    shutil.copytree(sample_study_path(), folder)
    damage(folder)
    result = run("run", folder, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_no_study_folder(tmp_path):
    result = run("run", tmp_path, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "it has no study.yaml" in result.stderr
