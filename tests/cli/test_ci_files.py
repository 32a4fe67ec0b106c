"""The GitHub Action and the pre-commit hook: sound, and in step with the command."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from typer.main import get_command

from cdisc_tools.cli.main import app

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
VALIDATE = STEPS["Validate"]
OPTIONS = {
    option
    for parameter in get_command(app).commands["validate"].params
    for option in parameter.opts
}
# of a manifest, those that must be there and those that may
REQUIRED = {"id", "name", "entry", "language"}
OPTIONAL = {
    "files", "exclude", "types", "types_or", "exclude_types", "always_run", "fail_fast", "verbose",
    "pass_filenames", "require_serial", "description", "language_version",
    "minimum_pre_commit_version", "args", "stages",
}  # fmt: skip
README = (ROOT / "README.md").read_text(encoding="utf-8")


def check(schema: str, file: Path) -> str:
    """What the linter says of a file."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_the_action_passes_the_linter():
    assert "ok" in check("vendor.github-actions", ROOT / "action.yml").split()


def test_the_linter_finds_a_wrong_action(tmp_path):
    wrong = {**ACTION, "runs": {"using": "composite"}}
    (tmp_path / "action.yml").write_text(yaml.safe_dump(wrong), encoding="utf-8")
    assert "is not valid" in check("vendor.github-actions", tmp_path / "action.yml")


def test_the_workflow_in_the_readme_passes_the_linter(tmp_path):
    (text,) = re.findall(r"```yaml\n(jobs:.*?)```", README, re.DOTALL)
    (tmp_path / "ci.yml").write_text(f"on: push\n{text}", encoding="utf-8")
    assert "ok" in check("vendor.github-workflows", tmp_path / "ci.yml").split()
    step = yaml.safe_load(text)["jobs"]["validate"]["steps"][1]
    assert set(step["with"]) <= set(ACTION["inputs"])


def test_the_action_names_options_that_the_command_has():
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", VALIDATE["run"]))
    assert {"--baseline", "--rules", "--format", "--also", "--fail-on"} <= named
    assert named <= OPTIONS


def test_every_input_is_used_and_named_in_the_readme():
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == set(ACTION["inputs"])
    assert all(f"`{name}`" in README for name in (*ACTION["inputs"], *ACTION["outputs"]))


def test_no_script_holds_an_expression():
    """What stands in ``${{ }}`` would be pasted into the script; it comes as a variable instead."""
    assert all("${{" not in step.get("run", "") for step in STEPS.values())


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_whole_and_runs_the_command(hook):
    assert set(hook) >= REQUIRED
    assert set(hook) <= REQUIRED | OPTIONAL
    program, command, *words = hook["entry"].split()
    assert program == "cdisc-tools"
    assert command in get_command(app).commands
    assert {word for word in words if word.startswith("--")} <= OPTIONS
    assert re.search(hook["files"], "data/sdtm/dm.xpt")
    assert not re.search(hook["files"], "data/sdtm/dm.xpt.md")
    assert f"id: {hook['id']}" in README


SC = pd.DataFrame(
    {
        "STUDYID": "S1", "DOMAIN": "SC", "USUBJID": ["S1-1", "S1-2"], "SCSEQ": [1.0, 1.0],
        "SCTESTCD": "MARISTAT", "SCTEST": "Marital Status", "SCORRES": "SINGLE",
        "SCSTRESC": "SINGLE",
    }
)  # fmt: skip


@pytest.fixture
def act(tmp_path):
    """Run the script of the action's last step on a dataset, as a runner would."""
    programs, temporary = tmp_path / "bin", tmp_path / "temp"
    for folder in (programs, temporary, tmp_path / "my data"):
        folder.mkdir()
    for name, module in (("cdisc-tools", "-m cdisc_tools.cli.main"), ("python", "")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n', encoding="utf-8")
        program.chmod(0o755)

    def run(sc, **inputs):
        sc.to_parquet(tmp_path / "my data" / "sc.parquet")
        given = {name: item.get("default", "") for name, item in ACTION["inputs"].items()}
        # rules at hand have tests of their own
        given |= {"path": "my data", "select": "CDT-S\nCDT-T"} | inputs
        found = {
            variable: given[match[1]]
            for variable, text in VALIDATE["env"].items()
            if (match := re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", text))
        }
        files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", VALIDATE["run"]],
            cwd=tmp_path, capture_output=True, text=True, check=False,
            env={**found, "BIN": str(programs), "RUNNER_TEMP": str(temporary),
                 "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT),
                 **{name: str(file) for name, file in files.items()}},
        )  # fmt: skip
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        summary = files["GITHUB_STEP_SUMMARY"]
        text = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return done, dict(line.split("=") for line in lines), text

    if not shutil.which("bash"):
        pytest.skip("bash is not on this machine")
    return run


def test_the_action_on_clean_datasets(act, tmp_path):
    done, outputs, summary = act(SC)
    assert done.returncode == 0, done.stderr
    assert outputs == {"exit-code": "0", "errors": "0", "warnings": "0", "notes": "2"}
    assert "### cdisc_tools validate" in summary
    assert "Validated 1 datasets (records): SC 2" in summary
    report = json.loads((tmp_path / "findings.sarif").read_text(encoding="utf-8"))
    assert report["version"] == "2.1.0"


def test_the_action_on_findings(act, tmp_path):
    inputs = {"ignore": "CDT-T003", "format": "junit", "output": "out/junit.xml"}
    done, outputs, _ = act(SC.assign(DOMAIN="XX"), **inputs)
    assert done.returncode == 1
    assert outputs == {"exit-code": "1", "errors": "2", "warnings": "0", "notes": "0"}
    assert done.stdout.startswith("::error file=my data/sc.parquet,title=CDT-S006 SC")
    assert (tmp_path / "out" / "junit.xml").exists()


@pytest.mark.parametrize(("inputs", "code", "message"), [
    ({"fail-on": "never"}, 0, ""), ({"path": "nothere"}, 2, "nothere does not exist"),
    ({"baseline": "absent.csv"}, 2, "absent.csv does not exist"),
    ({"select": "CDT-S\nFAD"}, 2, "--select 'FAD' is no id"),
    ({"path": "--help"}, 2, "--help does not exist"),
    ({"standard": "$(touch hurt)"}, 2, "$(touch hurt)"),
])  # fmt: skip
def test_the_action_exits_as_the_command_does(act, tmp_path, inputs, code, message):
    done, outputs, _ = act(SC.assign(DOMAIN="XX"), **inputs)
    assert done.returncode == code
    assert outputs["exit-code"] == str(code)
    assert message in done.stderr
    assert not (tmp_path / "hurt").exists()
