"""``cdisc-tools export``: exit codes, what is printed where, and that other commands read it."""

import json
import re

import pytest
from typer.testing import CliRunner

from cdisc_tools.cli.export import DatasetFormat
from cdisc_tools.cli.main import app
from cdisc_tools.io.transports import TRANSPORTS
from tests.io.streams import stream


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def dm(tmp_path):
    path = tmp_path / "in" / "dm.xpt"
    path.parent.mkdir()
    TRANSPORTS["xpt"].write(
        [stream("DM", "Demographics", STUDYID=["T1"], DOMAIN=["DM"], USUBJID=["T1-1"], AGE=[40.0])],
        path, None,
    )  # fmt: skip
    return path


def test_help_has_an_example():
    assert "cdisc-tools export" in re.sub(r"\s+", " ", run("export", "--help").stdout)


def test_every_format_of_the_product_is_offered():
    assert set(DatasetFormat) == set(TRANSPORTS)


@pytest.mark.parametrize("form", list(DatasetFormat))
def test_what_was_exported_is_validated_as_what_it_came_from(dm, tmp_path, form):
    result = run("export", dm.parent, "--to", form.value, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    written = tmp_path / "out" / f"dm{TRANSPORTS[form].suffix}"
    assert result.stdout == f"{dm} -> {written}\n"
    reports = [
        json.loads(run("validate", path, "--format", "json", "--select", "CDT-S").stdout)
        for path in (dm, written)
    ]
    assert reports[0]["findings"]
    assert reports[0]["findings"] == reports[1]["findings"]


def test_what_fails_is_told_once_and_exits_1(dm, tmp_path):
    (dm.parent / "ae.xpt").write_bytes(b"no transport file")
    result = run("export", dm.parent, "--to", "json", "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stdout == f"{dm} -> {tmp_path / 'out' / 'dm.json'}\n"
    first, last = result.stderr.splitlines()
    assert first.startswith("Error: ae.xpt")
    assert last == "1 of 2 files could not be exported"


@pytest.mark.parametrize(("words", "why"), [
    (["nothere", "--to", "json", "-o", "out"], r"nothere does not exist"),
    (["{dm}", "--to", "pdf", "-o", "out"], r"'pdf' is not one of"),
    (["{dm}", "--to", "json"], r"Missing option '--output'"),
    (["{dm}", "--to", "xpt", "-o", "{folder}"], r"is an input, which an export never overwrites"),
    (["{dm}", "--to", "xpt", "-o", "out", "--encoding", "x"], r"'x' is no code page"),
])  # fmt: skip
def test_wrong_usage_exits_2(dm, words, why):
    result = run("export", *(word.format(dm=dm, folder=dm.parent) for word in words))
    assert result.exit_code == 2
    assert re.search(why, re.sub(r"[\s│]+", " ", result.stderr))


def test_the_time_of_the_environment_is_in_the_files(dm, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1704067200")
    run("export", dm, "--to", "json", "-o", tmp_path)
    head = json.loads((tmp_path / "dm.json").read_text())
    assert head["datasetJSONCreationDateTime"] == "2024-01-01T00:00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert run("export", dm, "--to", "json", "-o", tmp_path).exit_code == 2
