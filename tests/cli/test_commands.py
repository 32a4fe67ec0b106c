"""The commands: exit codes, what goes to stdout, help with an example."""

import json
import os
import re
import shutil

import pytest
import typer
from typer.testing import CliRunner

from cdisc_tools.cli.console import messages
from cdisc_tools.cli.main import app
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.model.errors import ConfigurationError
from tests.mapping.small_study import write_study

COMMANDS = (
    "demo", "run", "convert", "derive", "validate", "package", "precheck", "trace", "report",
)  # fmt: skip


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
    content = json.loads(result.stdout)
    assert {"summary", "totals", "findings", "datasets", "rules"} <= set(content)


def test_derive_compares_with_profiles(demo, tmp_path):
    _, folder = demo
    words = ["derive", sample_study_path(), "--sdtm", folder / "sdtm", "-o", tmp_path / "adam"]
    result = run(*words, "--sensitivity", "fda-pfs", "--sensitivity", "admiralonco")
    assert result.exit_code == 0
    assert "TLD-011: 58 censored (3), New anti-cancer therapy -> 66 event" in result.stdout
    lines = (tmp_path / "adam" / "sensitivity.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("PROFILE,OF,PARAMCD,USUBJID,ADT,AVAL,CNSR,EVNTDESC,ADT_NEW")
    assert len(lines) == 1 + int(re.search(r"Endings that change: (\d+)", result.stdout)[1])
    result = run(*words, "--sensitivity", "ema")
    assert result.exit_code == 2
    assert "no profile 'ema'; choose one of admiralonco, fda-pfs" in result.stderr


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


def _in_the_way(folder, out):
    (folder / "mapping" / "vs.csv").unlink()
    (folder / "mapping" / "vs.csv").mkdir()
    return "vs.csv: can't be read (Is a directory)"


def _unreadable_file(folder, out):
    (folder / "raw" / "redcap_ae.csv").chmod(0)
    return "redcap_ae.csv: Permission denied"


def _unreadable_study(folder, out):
    (folder / "study.yaml").chmod(0)
    return "study.yaml: can't be read (Permission denied)"


def _output_below_a_file(folder, out):
    out.parent.write_text("")
    return "below: File exists"


def _output_parent_read_only(folder, out):
    out.parent.mkdir(mode=0o500)
    return "Permission denied"


AS_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")


@pytest.mark.parametrize("hinder", [
    _in_the_way,
    pytest.param(_unreadable_file, marks=AS_ROOT),
    pytest.param(_unreadable_study, marks=AS_ROOT),
    _output_below_a_file,
    pytest.param(_output_parent_read_only, marks=AS_ROOT),
])  # fmt: skip
def test_what_the_system_refuses_is_named_with_exit_2(tmp_path, hinder):
    folder, out = tmp_path / "study", tmp_path / "below" / "out"
    shutil.copytree(sample_study_path(), folder)
    message = hinder(folder, out)
    result = run("convert", folder, "-o", out)
    assert result.exit_code == 2
    assert message in result.stderr
    assert str(tmp_path) in result.stderr or "mapping/vs.csv" in result.stderr
    assert result.stderr.count("\n") == 1
    assert "fault of" not in result.stderr


@pytest.mark.parametrize(("error", "code", "message"), [
    (PermissionError(13, "Permission denied", "raw/ae.csv"), 2,
     "Error: raw/ae.csv: Permission denied"),
    (OSError("no such device"), 2, "Error: no such device"),
    (ConfigurationError("ae.csv line 2: wrong"), 2, "Error: ae.csv line 2: wrong"),
    (ValueError("odd"), 3, "Internal error: ValueError: odd. This is a fault of cdisc-tools"),
])  # fmt: skip
def test_an_error_becomes_one_message_and_a_code(capsys, error, code, message):
    with pytest.raises(typer.Exit) as caught, messages(debug=False):
        raise error
    assert caught.value.exit_code == code
    assert capsys.readouterr().err.startswith(message)
    with pytest.raises(type(error)), messages(debug=True):
        raise error


def test_a_closed_pipe_is_left_to_typer():
    with pytest.raises(BrokenPipeError), messages(debug=False):
        raise BrokenPipeError


@pytest.mark.parametrize(("command", "analysis", "folders", "said"), [
    ("run", False, "sdtm/, findings.csv", True),
    ("convert", True, "sdtm/, findings.csv", False),
])  # fmt: skip
def test_the_last_line_names_what_was_made(tmp_path, command, analysis, folders, said):
    folder, out = write_study(tmp_path / "study", {}, {}), tmp_path / "out"
    if analysis:
        (folder / "analysis").mkdir()
    result = run(command, folder, "-o", out, "--fail-on", "never")
    assert result.exit_code == 0, result.stderr
    *_, last = result.stdout.splitlines()
    assert last.startswith(f"Files are in {out}: {folders}")
    assert all((out / name.rstrip("/")).exists() for name in last.split(": ")[1].split(", "))
    assert ("ADaM was skipped: the study has no folder analysis/" in result.stdout) is said


@pytest.mark.parametrize(("path", "message"), [
    ("nothere", "nothere does not exist"), ("study/..", "look in"), (".", "has no dataset"),
])  # fmt: skip
def test_validate_of_no_datasets(tmp_path, path, message):
    (tmp_path / "study" / "sdtm").mkdir(parents=True)
    (tmp_path / "sdtm").mkdir()
    if message == "look in":
        (tmp_path / "sdtm" / "dm.xpt").write_bytes(b"")
    result = run("validate", tmp_path / path)
    assert result.exit_code == 2
    assert message in result.stderr


def test_no_study_folder(tmp_path):
    result = run("run", tmp_path, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "it has no study.yaml" in result.stderr
