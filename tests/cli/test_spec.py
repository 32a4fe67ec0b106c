"""The commands ``spec import`` and ``spec export``."""

import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from cdisc_tools.cli.main import app
from tests.specifications import SHEETS, changed, write_sheets

OK, USAGE = 0, 2


def run(*arguments):
    return CliRunner().invoke(app, ["spec", *map(str, arguments)])


def test_import_and_export(tmp_path):
    sheets = {**SHEETS, "Notes": [["mine"]]}
    result = run("import", write_sheets(tmp_path / "in.xlsx", sheets), tmp_path / "spec")
    assert result.exit_code == OK
    assert "variables                5" in result.stdout
    assert result.stdout.splitlines()[-1] == f"Imported 9 tables into {tmp_path / 'spec'}"
    assert result.stderr == "Remark: in.xlsx, sheet Notes: not part of a specification\n"
    result = run("export", tmp_path / "spec", "-o", tmp_path / "out.xlsx", "--layout", "2.0")
    assert result.exit_code == OK
    assert result.stdout.splitlines()[-1] == (
        f"Wrote {tmp_path / 'out.xlsx'} (from its tables, layout 2.0)"
    )


def test_a_refused_import_exits_with_2_and_names_the_cell(tmp_path):
    path = write_sheets(tmp_path / "in.xlsx", changed("Variables", 2, "Length", "x"))
    result = run("import", path, tmp_path / "spec")
    assert result.exit_code == USAGE
    assert "in.xlsx, sheet Variables, row 2, column Length: 'x' is no whole number" in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "spec").exists()


def test_an_existing_specification_needs_replace(tmp_path):
    path = write_sheets(tmp_path / "in.xlsx", SHEETS)
    assert run("import", path, tmp_path / "spec").exit_code == OK
    assert run("import", path, tmp_path / "spec").exit_code == USAGE
    assert run("import", path, tmp_path / "spec", "--replace").exit_code == OK


def test_an_unknown_layout_is_wrong_usage(tmp_path):
    assert run("export", tmp_path, "-o", tmp_path / "x.xlsx", "--layout", "3").exit_code == USAGE


@pytest.mark.parametrize("command", ["import", "export"])
def test_help_has_an_example(command):
    assert f"Example: cdisc-tools spec {command}" in " ".join(run(command, "--help").stdout.split())


def test_help_is_quick():
    code = (
        "import sys; from cdisc_tools.cli import main; "
        "sys.exit(any(name in sys.modules for name in ('pandas', 'openpyxl', 'lxml')))"
    )
    start = time.perf_counter()
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert time.perf_counter() - start < 5
