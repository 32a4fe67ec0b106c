"""``validate`` as a command: where reports go, and the exit code of each outcome."""

import io
import json

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from cdisc_tools.cli.main import app
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.metadata.rule_store import own_rules_folder
from cdisc_tools.metadata.standards import ADAM, SDTM
from cdisc_tools.metadata.terminology import CT
from cdisc_tools.model.findings import Check, Finding, Findings, RuleOutcome
from cdisc_tools.pipeline import validation as pipeline
from cdisc_tools.pipeline.rules import RuleBook
from cdisc_tools.pipeline.validate import Checked
from cdisc_tools.rules.loader import read_rule

# a dataset in which all is well but that two codelists are not at hand (notes)
SC = pd.DataFrame(
    {
        "STUDYID": "S1", "DOMAIN": "SC", "USUBJID": ["S1-1", "S1-2"], "SCSEQ": [1.0, 1.0],
        "SCTESTCD": "MARISTAT", "SCTEST": "Marital Status", "SCORRES": "SINGLE",
        "SCSTRESC": "SINGLE",
    }
)  # fmt: skip


def run(*words):
    return CliRunner().invoke(app, ["validate", *(str(word) for word in words)])


@pytest.fixture(autouse=True)
def _no_rules(monkeypatch):
    """These tests are of the command, not of the rules at hand."""
    monkeypatch.setattr(pipeline, "read_rules", lambda _paths: RuleBook({}, {}))


@pytest.fixture
def datasets(tmp_path):
    folder = tmp_path / "datasets"
    folder.mkdir()
    SC.to_parquet(folder / "sc.parquet")
    return folder


def _let(monkeypatch, findings):
    checked = Checked({"SC": 2}, findings, Findings())
    monkeypatch.setattr(pipeline, "check_files", lambda *_, **__: checked)


@pytest.fixture
def finds(monkeypatch):
    """Let the validation of datasets find what a test says."""

    def let(*checks, outcomes=()):
        findings = Findings(outcomes=list(outcomes))
        for check in checks:
            findings.add(Finding(check, "SC", ("SCTEST",)))
        _let(monkeypatch, findings)

    return let


def test_a_report_goes_to_stdout(datasets):
    result = run(datasets)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(
        "Validated 1 datasets (records): SC 2\n"
        f"Held to SDTM {SDTM}, ADaM {ADAM}, Terminology {CT}\n\nnote     CDT-T003"
    )
    assert result.stderr == ""


def test_one_specification_holds_and_it_is_said_which(datasets, tmp_path):
    """Of two the last one held, and nobody was told."""
    files = [tmp_path / name for name in ("a", "b")]
    for file in files:
        file.mkdir()
        (file / "datasets.csv").write_text("dataset,label,class,structure\nSC,Any,FINDINGS,One\n")
        (file / "variables.csv").write_text(
            "dataset,variable,label,data_type,length\nSC,SCTEST,Any,text,40\n"
        )
    result = run(datasets, "--define", files[0], "--spec", files[1])
    assert result.exit_code == 2
    assert "2 are given" in result.stderr
    result = run(datasets, "--spec", files[0], "--study", sample_study_path(), "--select", "CDT-M")
    assert f"What {files[0]} says goes before the specification of" in result.stderr


def test_or_to_a_file(datasets, tmp_path):
    file = tmp_path / "reports" / "findings.json"
    result = run(datasets, "--format", "json", "-o", file)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.rstrip().endswith(f"; see {file}")
    assert json.loads(file.read_text(encoding="utf-8"))["datasets"][0]["name"] == "SC"
    assert [path.name for path in file.parent.iterdir()] == ["findings.json"]


def test_one_run_writes_several_reports(datasets, tmp_path):
    result = run(
        datasets, "--format", "github",
        "--also", f"xlsx={tmp_path / 'a.xlsx'}", "--also", f"junit={tmp_path / 'a.xml'}",
    )  # fmt: skip
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("::notice title=cdisc-tools::")
    workbook = openpyxl.load_workbook(io.BytesIO((tmp_path / "a.xlsx").read_bytes()))
    assert "Details" in workbook.sheetnames
    assert (tmp_path / "a.xml").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "xlsx"])
def test_the_same_datasets_give_the_same_bytes(datasets, tmp_path, form):
    files = [tmp_path / name for name in ("a", "b")]
    for file in files:
        run(datasets, "--format", form, "-o", file)
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(("words", "message"), [
    (("--format", "xlsx"), "xlsx needs a file: add --output FILE"),
    (("--format", "html"), "'html' is not one of"),
    (("--also", "findings.sarif"), "'findings.sarif' is not FORMAT=FILE"),
    (("--also", "html=a.html"), "'html=a.html' is not FORMAT=FILE"),
    (("--also", "json="), "'json=' is not FORMAT=FILE"),
])  # fmt: skip
def test_wrong_usage_is_2(datasets, words, message):
    result = run(datasets, *words)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())


RAN, BROKEN = RuleOutcome("R1", "SC", "ran"), RuleOutcome("R2", "SC", "broken", "why")
SKIPPED = RuleOutcome("R3", "SC", "skipped", "why")
ERROR, WARNING, NOTE = "CDT-S003", "CDT-S002", "CDT-S015"


@pytest.mark.parametrize(("checks", "outcomes", "fail_on", "code"), [
    ((), (), "error", 0), ((), (), "note", 0), ((), (RAN, SKIPPED), "note", 0),
    ((ERROR,), (), "error", 1), ((WARNING, NOTE), (), "error", 0), ((WARNING,), (), "warning", 1),
    ((NOTE,), (), "warning", 0), ((NOTE,), (), "note", 1), ((ERROR,), (), "never", 0),
    ((ERROR,), (RAN, SKIPPED), "error", 1),
    ((), (BROKEN,), "error", 3), ((ERROR,), (BROKEN,), "error", 3), ((), (BROKEN,), "never", 3),
])  # fmt: skip
def test_the_exit_code_of_each_outcome(datasets, finds, checks, outcomes, fail_on, code):
    finds(*checks, outcomes=outcomes)
    assert run(datasets, "--fail-on", fail_on).exit_code == code


def test_an_internal_error_is_3(datasets, monkeypatch):
    def crash(*_, **__):
        raise ValueError("odd")

    monkeypatch.setattr(pipeline, "check_files", crash)
    result = run(datasets)
    assert result.exit_code == 3
    assert "Internal error: ValueError: odd" in result.stderr


def test_no_datasets_are_2(tmp_path):
    assert run(tmp_path / "nothere").exit_code == 2


def test_findings_past_the_cap_are_counted(datasets):
    SC.assign(DOMAIN="XX").to_parquet(datasets / "sc.parquet")
    content = json.loads(run(datasets, "--cap", "1", "--format", "json").stdout)
    listed = [item for item in content["findings"] if item["check_id"] == "CDT-S006"]
    totals = [item["count"] for item in content["totals"] if item["check_id"] == "CDT-S006"]
    assert (len(listed), totals) == (1, [2])


def test_a_rule_is_told_by_its_own_words(datasets, monkeypatch):
    rule = Check("CORE-000001", "error", "CDISC", "Title", "SCTEST is odd.", "Mend it.", ("CG1",))
    findings = Findings(checks={rule.id: rule}, outcomes=[RuleOutcome(rule.id, "SC", "ran")])
    findings.add(Finding(rule.id, "SC", ("SCTEST",)))
    _let(monkeypatch, findings)
    result = run(datasets)
    assert result.exit_code == 1
    assert "e.g. SCTEST is odd." in result.stdout
    assert "Rules: 1 asked for, 1 ran, 0 skipped, 0 broken" in result.stdout


@pytest.mark.parametrize(("words", "checks"), [
    ((), [WARNING, ERROR, NOTE]), (("--select", "CDT-S003"), [ERROR]),
    (("--select", "CDT-S00", "--ignore", ERROR), [WARNING]), (("--ignore", "cdisc"), []),
    (("--select", ERROR, "--select", NOTE), [ERROR, NOTE]), (("--select", "FDA"), []),
])  # fmt: skip
def test_select_and_ignore_choose_findings(datasets, finds, words, checks):
    finds(ERROR, WARNING, NOTE)
    result = run(datasets, "--format", "ndjson", "--fail-on", "never", *words)
    assert result.exit_code == 0, result.stderr
    assert [json.loads(line)["check_id"] for line in result.stdout.splitlines()] == checks


@pytest.mark.parametrize(
    ("words", "check"), [((), "CDT-S010"), (("--ignore", "CDT-S010"), "CDT-X024")]
)
def test_what_is_ignored_hides_no_rule_on_the_same_fault(datasets, monkeypatch, words, check):
    text = (own_rules_folder() / "CDT-X024" / "rule.yml").read_text("utf-8")
    book = RuleBook({"CDT-X024": read_rule(text, "CDT-X024")}, {})
    monkeypatch.setattr(pipeline, "read_rules", lambda _paths: book)
    SC.assign(SCORRES=["x" * 201, "SINGLE"]).to_parquet(datasets / "sc.parquet")
    result = run(datasets, "--format", "ndjson", *words)
    found = [json.loads(line)["check_id"] for line in result.stdout.splitlines()]
    assert {"CDT-S010", "CDT-X024"} & set(found) == {check}


def test_severities_of_ones_own_decide_the_exit_code(datasets, finds, tmp_path):
    finds(WARNING)
    table = tmp_path / "severities.csv"
    table.write_text(f"id,severity\n{WARNING},error\n", encoding="utf-8")
    assert run(datasets).exit_code == 0
    result = run(datasets, "--severity", table)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[3].startswith(f"error    {WARNING}")


def test_a_baseline_is_written_and_then_accepts(datasets, tmp_path):
    SC.assign(DOMAIN="XX").to_parquet(datasets / "sc.parquet")
    file = tmp_path / "baseline.csv"
    assert run(datasets, "--baseline", file).exit_code == 2
    assert run(datasets).exit_code == 1
    assert run(datasets, "--baseline", file, "--update-baseline").exit_code == 0
    result = run(datasets, "--baseline", file)
    assert result.exit_code == 0
    # two of the codelists that are not at hand, one fault in two records
    assert "4 findings accepted and not listed, 4 of its lines without" in result.stdout
    SC.to_parquet(datasets / "sc.parquet")
    result = run(datasets, "--baseline", file)
    assert result.exit_code == 0
    assert "; 2 of its lines stale:\n  The baseline accepts in SC what is no" in result.stdout
    assert run(datasets, "--baseline", file, "--fail-on", "note").exit_code == 1


@pytest.mark.parametrize(("words", "message"), [
    (("--select", "CDT-S999"), "--select 'CDT-S999' is no id of a check or rule"),
    (("--ignore", "FAD"), "--ignore 'FAD' is no id of a check or rule"),
    (("--severity", "absent.csv"), "absent.csv: can't be read"),
    (("--baseline", "absent.csv"), "absent.csv does not exist; --update-baseline writes it"),
    (("--update-baseline",), "add --baseline FILE"),
])  # fmt: skip
def test_what_names_nothing_is_2(datasets, words, message):
    result = run(datasets, *words)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())
