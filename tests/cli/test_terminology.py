"""``terminology import``, ``list`` and ``diff``: output, exit codes, help."""

import csv
import io
import json
import re

import pandas as pd
import pytest
from typer.testing import CliRunner

from cdisc_tools.cli.main import app
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.model.specs import Codelist, Term
from cdisc_tools.model.terminology import Holding, Release, TermHit
from cdisc_tools.reports.terminology import hits_csv, holdings_csv
from tests.terminology_files import small_release, write_text

NEW = "2025-09-26"


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("CDISC_TOOLS_DATA", str(tmp_path / "data"))


def run(*words):
    return CliRunner().invoke(app, ["terminology", *(str(word) for word in words)])


@pytest.mark.parametrize("command", ["import", "list", "diff"])
def test_help_has_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"cdisc-tools terminology {command}" in re.sub(r"\s+", " ", result.stdout)


def test_a_file_is_imported_once_and_a_cut_one_refused(tmp_path):
    path = write_text(tmp_path, small_release())
    first, second = run("import", path), run("import", path)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout.startswith(f"Imported: sdtm {NEW}, 2 codelists, 5 terms (text) in ")
    assert second.stdout.startswith(f"Already imported: sdtm {NEW}")
    path.write_text(path.read_text("utf-8")[:-40], encoding="utf-8")
    result = run("import", path, "--replace")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{path.name} line 8: " in result.stderr


def test_the_versions_at_hand_are_listed(tmp_path):
    run("import", write_text(tmp_path, small_release()))
    lines = run("list").stdout.splitlines()
    assert lines[0].split() == ["date", "package", "codelists", "terms", "origin", "file"]
    assert lines[1].split()[:5] == [NEW, "sdtm", "2", "5", "imported"]
    only = json.loads(run("list", "--version", "2026-03-27", "--format", "json").stdout)
    assert [one["package"] for one in only["versions"]] == ["adam", "sdtm"]


def test_terms_are_found_in_each_form_and_nothing_found_is_said():
    text = run("list", "male", "--codelist", "SEX").stdout
    assert [line.split()[0] for line in text.splitlines()[1:-1]] == ["SEX", "SEX"]
    assert text.endswith("2 found\n")
    lines = list(csv.DictReader(io.StringIO(run("list", "C20197", "--format", "csv").stdout)))
    assert {line["submission_value"] for line in lines} == {"M"}
    assert "first 1 shown" in run("list", "male", "--limit", 1).stdout
    content = json.loads(run("list", "no such term", "--format", "json").stdout)
    assert content == {"version": "2026-03-27", "terms": []}
    nothing = run("list", "no such term")
    assert (nothing.exit_code, nothing.stdout) == (0, "0 found\n")
    assert nothing.stderr == "Terminology 2026-03-27 has no term 'no such term'.\n"


def test_a_study_is_compared_and_exits_1_where_its_values_are_concerned(tmp_path):
    # SEX as it might be renamed: the study has M and F
    sex = Codelist("C66731", "SEX", "Sex", extensible=False, terms=(
        Term("C16576", "FEMALE", "Female"), Term("C20197", "M", "Male"),
        Term("C17998", "U", "Unknown"), Term("C45908", "INTERSEX", "Intersex"),
    ))  # fmt: skip
    run("import", write_text(tmp_path, Release("sdtm", "2027-03-26", (sex,))))
    words = ("diff", "2026-03-27", "2027-03-26")
    plain = run(*words, "--format", "json")
    assert plain.exit_code == 0
    renamed = next(one for one in json.loads(plain.stdout)["changes"] if one["term"] == "C16576")
    assert (renamed["kind"], renamed["old"], renamed["new"]) == ("term renamed", "F", "FEMALE")
    result = run(*words, "--study", sample_study_path())
    assert result.exit_code == 1
    hits = r"\n(    \w+\.SEX 'F': \d+ records\n)+"
    assert re.search(r"term renamed: 'F' -> 'FEMALE' \(C16576\)" + hits, result.stdout)
    assert re.search(r"    DM\.SEX 'F'", result.stdout)
    assert re.search(r"    ADSL\.SEX 'F'", result.stdout)
    frame = pd.DataFrame({"SEX": ["F", "M", "F"]}, dtype="string")
    frame.to_parquet(tmp_path / "dm.parquet")
    result = run(*words, "--datasets", tmp_path, "--format", "csv")
    assert result.exit_code == 1
    table = csv.DictReader(io.StringIO(result.stdout))
    assert [(one["value"], one["records"]) for one in table if one["dataset"]] == [("F", "2")]
    assert run("diff", "2026-03-27", "2026-03-27").stdout.endswith("no change\n")
    assert run("diff", "1999-01-01", "2026-03-27").exit_code == 2


def test_no_cell_of_a_csv_is_read_as_a_formula():
    hit = TermHit("X", "C1", True, "C2", "=1+1", "@x", "value")
    assert "'=1+1,'@x" in hits_csv([hit])
    assert "'=a.txt" in holdings_csv([Holding("2026-03-27", "sdtm", 1, 1, "imported", "=a.txt")])
