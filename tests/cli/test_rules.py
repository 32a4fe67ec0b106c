"""``rules`` as commands: what they print, and the exit code of each outcome."""

import json

import pytest
from typer.testing import CliRunner

from cdisc_tools.cli.main import app
from tests.rule_folders import case, rule_text, write_rules, zipped

FOUND = "AE,1,AESER,Y\n"
EXACT = {"negative/01": case(FOUND), "positive/01": case(ae="DOMAIN,USUBJID,AESER\nAE,1,N\n")}


def run(*words):
    return CliRunner().invoke(app, ["rules", *(str(word) for word in words)])


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    folder = tmp_path / "user-data"
    monkeypatch.setenv("CDISC_TOOLS_DATA", str(folder))
    return folder


@pytest.mark.parametrize(
    ("rules", "cases", "code", "told"),
    [
        ({"A-1": rule_text("A-1")}, {"A-1": EXACT}, 0, "2 exact, 0 same records"),
        ({"A-1": rule_text("A-1")}, {"A-1": {"negative/01": case("AE,2,AESER,N\n")}}, 1, "1 wrong"),
        ({"A-1": rule_text("A-1")}, {"A-1": {"negative/01": case("AE,1,AESER,X\n")}}, 1,
         "1 same records"),
        ({"A-1": rule_text("A-1", operator="equals")}, {"A-1": EXACT}, 3, "2 crashed"),
        ({"A-1": "a: ["}, {"A-1": EXACT}, 3, "1 crashed"),
        # a crash weighs more than a difference
        ({"A-1": rule_text("A-1", operator="equals"), "B-1": rule_text("B-1")},
         {"A-1": EXACT, "B-1": {"negative/01": case()}}, 3, "1 wrong, 2 crashed"),
    ],
)  # fmt: skip
def test_the_exit_code_of_tests(rules, cases, code, told, tmp_path):
    folder = write_rules(tmp_path / "rules", rules, cases)
    result = run("test", folder)
    assert result.exit_code == code
    assert told in result.stdout
    archive = zipped(folder, tmp_path / "rules.zip")
    assert run("test", archive).stdout.splitlines()[-1] == result.stdout.splitlines()[-1]


def test_differences_are_told(tmp_path):
    folder = write_rules(
        tmp_path / "rules", {"A-1": rule_text("A-1")}, {"A-1": {"negative/01": case("AE,,X,\n")}}
    )
    text = run("test", folder).stdout
    assert "expected, not found: AE X=''" in text
    assert "found, not expected: AE record 1 AESER='Y'" in text
    content = json.loads(run("test", folder, "--format", "json").stdout)
    assert content["totals"] == {"exact": 0, "same records": 0, "wrong": 1, "crashed": 0}
    assert content["cases"][0]["absent"] == [
        {"dataset": "AE", "record": "", "variable": "X", "value": ""}
    ]
    lines = run("test", folder, "--format", "csv").stdout.splitlines()
    assert lines == ["rule_id,case,status,absent,surplus,reasons", "A-1,negative/01,wrong,1,1,"]


def test_one_rule_alone(tmp_path):
    rules = {name: rule_text(name) for name in ("A-1", "A-2")}
    folder = write_rules(tmp_path / "rules", rules, {"A-1": EXACT, "A-2": EXACT})
    assert "1 rules, 2 cases" in run("test", folder, "--only", "A-2").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("test", "absent"), "absent does not exist"),
        (("show", "CDT-X999"), "there is no rule 'CDT-X999'"),
        (("add", "absent"), "absent does not exist"),
        (("list", "--rules", "absent"), "absent does not exist"),
        (("list", "--format", "xml"), "'xml' is not one of"),
        (("new", "."), "is there already"),
        (("check",), "No such command"),
    ],
)
def test_wrong_usage_is_2(words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_a_case_that_can_not_be_read_is_2(tmp_path):
    cases = {"A-1": {"negative/01": case(ae='DOMAIN,AESER\nAE,"Y\n')}}
    folder = write_rules(tmp_path / "rules", {"A-1": rule_text("A-1")}, cases)
    (folder / "A-1/negative/01/data/_variables.csv").write_bytes(b"\xff\xfe")
    result = run("test", folder)
    assert result.exit_code == 2
    assert "_variables.csv: byte 0xFF is not UTF-8" in result.stderr


def test_rules_are_added_listed_and_shown(tmp_path):
    rules = {"ACME-1": rule_text("ACME-1"), "ACME-2": rule_text("ACME-2", operator="equals")}
    folder = write_rules(tmp_path / "acme", rules)
    result = run("add", folder, "--version", "7")
    assert result.exit_code == 0
    assert result.stdout.startswith("Added: acme, version 7, 2 rules, SHA-256 ")
    assert "Note: not usable: ACME-2/rule.yml line 5: there is no operator" in result.stderr
    assert run("add", folder, "--version", "7").stdout.startswith("Already added: acme")
    assert run("add", folder, "--version", "8").exit_code == 2
    assert run("add", folder, "--version", "8", "--replace").exit_code == 0
    listed = run("list", "ACME-")
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["ACME-1", "1"]
    assert run("list", "no such rule").stdout == "0 rules\n"
    shown = run("show", "acme-1")
    assert shown.exit_code == 0
    assert "AESER equal_to Y" in shown.stdout


def test_a_new_rule_passes_its_tests(tmp_path):
    folder = tmp_path / "mine" / "ACME-7"
    result = run("new", folder)
    assert result.exit_code == 0
    assert f"wrote {folder / 'rule.yml'}" in result.stdout
    assert run("test", tmp_path / "mine").exit_code == 0


def test_an_internal_error_is_3(tmp_path, monkeypatch):
    def fail(*_words, **_options):
        raise KeyError("A")

    monkeypatch.setattr("cdisc_tools.pipeline.rules.add_rules", fail)
    result = run("add", tmp_path)
    assert result.exit_code == 3
    assert "Internal error: KeyError: 'A'" in result.stderr
