"""``package`` and ``precheck``: exit codes, what is printed, what is refused."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from cdisc_tools.cli.main import app
from tests.mapping.small_study import write_study

STUDY = "m5/datasets/t1"


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """A small study without a trial summary, and its package."""
    folder = tmp_path_factory.mktemp("packed")
    study = write_study(folder / "study", {}, {})
    return run("package", study, "--output", folder / "package"), folder


def test_a_package_that_is_not_ready_is_written_and_exits_1(packed):
    result, folder = packed
    assert result.exit_code == 1, result.output
    assert result.stdout.startswith("Not ready: 1 fault rejects the package")
    assert "error    CDT-X001 1734  There is no dataset TS (FDA)" in result.stdout
    assert f"{STUDY}/tabulations/sdtm/ts.xpt: There is no ts.xpt." in result.stdout
    assert "Remedy: Add the dataset TS." in result.stdout
    assert (folder / "package" / STUDY / "tabulations" / "sdtm" / "dm.xpt").is_file()


def test_precheck_says_the_same_of_the_same_tree(packed):
    result, folder = packed
    again = run("precheck", folder / "package")
    assert again.exit_code == 1
    assert again.stdout == result.stdout


def test_precheck_prints_json(packed):
    _, folder = packed
    result = run("precheck", folder / "package" / "m5", "--format", "json")
    content = json.loads(result.stdout)
    assert content["ready"] is False
    assert content["studies"] == ["t1"]
    (fault,) = [item for item in content["findings"] if item["severity"] == "error"]
    assert fault["check_id"] == "CDT-X001"
    assert fault["references"] == ["1734"]
    assert fault["file"] == f"{STUDY}/tabulations/sdtm/ts.xpt"
    assert fault["row"] is None
    assert fault["remedy"] == "Add the dataset TS."


def test_a_package_of_ready_datasets_exits_0_when_nothing_rejects(packed, tmp_path):
    """The datasets and define.xml of the small study with a trial summary beside them."""
    _, folder = packed
    study = tmp_path / "study"
    shutil.copytree(folder / "study", study)
    lines = "TSPARMCD,TSPARM,TSVAL,TSVALNF,TSVALCD,TSVCDREF,TSVCDVER\n"
    lines += "SSTDTC,Study Start Date,2019-03-01,,,ISO 8601,\n"
    (study / "mapping" / "design_ts.csv").write_text(lines)
    result = run("package", study, "--output", tmp_path / "package")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Ready")
    sdtm = tmp_path / "package" / STUDY / "tabulations" / "sdtm"
    again = run("package", study, "--sdtm", sdtm, "--output", tmp_path / "again")
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize(("words", "message"), [
    (("precheck", "{folder}"), "holds no folder m5/datasets"),
    (("precheck", "{folder}/absent"), "holds no folder m5/datasets"),
    (("package", "{folder}"), "no study folder"),
    (("package", "{folder}/study", "-o", "{folder}/study"), "no earlier run wrote"),
    (("package", "{folder}/study", "--sdtm", "{folder}/absent", "-o", "{folder}/x"), "absent"),
    (("package", "{folder}/study", "--baseline", "{folder}/absent.csv", "-o", "{folder}/x"),
     "absent.csv"),
])  # fmt: skip
def test_wrong_usage_exits_2_with_a_message(packed, words, message):
    _, folder = packed
    result = run(*(word.format(folder=folder) for word in words))
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (folder / "x").exists()
