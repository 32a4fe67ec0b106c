"""The commands ``define make``, ``define check`` and ``define show``."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cdisc_tools.cli.main import app

CLEAN, FINDINGS, USAGE = 0, 1, 2
DEFINES = Path(__file__).parents[1] / "defines"


def run(*arguments):
    return CliRunner().invoke(app, ["define", *map(str, arguments)])


def test_a_clean_file_exits_with_0():
    result = run("check", DEFINES / "sdtm.xml")
    assert (result.exit_code, result.stdout) == (
        CLEAN, "0 findings: 0 errors, 0 warnings, 0 notes\n",
    )  # fmt: skip


@pytest.fixture
def faulty(tmp_path):
    """A file with one fault in line 213, found by schema and by one of our checks."""
    text = (DEFINES / "sdtm.xml").read_text(encoding="utf-8")
    path = tmp_path / "define.xml"
    path.write_text(text.replace('DataType="partialDate"', 'DataType="iso"'), encoding="utf-8")
    line = text[: text.index('DataType="partialDate"')].count("\n") + 1
    return path, line


def test_findings_name_file_and_line(faulty):
    path, line = faulty
    result = run("check", path)
    assert result.exit_code == FINDINGS
    lines = result.stdout.splitlines()
    place = next(number for number, text in enumerate(lines) if "CDT-D045" in text)
    assert lines[place].startswith("error    CDT-D045       1  ")
    assert f"define.xml:{line}: ItemDef IT.DM.BRTHDTC has 'iso'" in lines[place + 1]
    assert f"define.xml:{line}: By the XML schema: Element" in result.stdout
    assert run("check", path, "--fail-on", "never").exit_code == CLEAN
    records = json.loads(run("check", path, "--format", "json").stdout)["findings"]
    assert {record["row"] for record in records} == {line}
    assert "CDT-D045" in run("check", path, "--format", "csv").stdout


def test_more_than_the_cap_are_counted(tmp_path):
    text = (DEFINES / "sdtm.xml").read_text(encoding="utf-8")
    path = tmp_path / "define.xml"
    path.write_text(text.replace('Mandatory="Yes"', 'Mandatory="Y"'), encoding="utf-8")
    lines = run("check", path, "--cap", "2").stdout.splitlines()
    place = next(number for number, line in enumerate(lines) if "CDT-D046" in line)
    count = text.count('Mandatory="Yes"')
    assert lines[place].startswith(f"error    CDT-D046  {count:>6}  ")
    first = [
        number for number, line in enumerate(text.splitlines(), 1) if 'Mandatory="Yes"' in line
    ]
    assert [line.partition(": ")[0].strip() for line in lines[place + 1 : place + 3]] == [
        f"define.xml:{number}" for number in first[:2]
    ]
    assert lines[place + 3].startswith(
        f"         and {count - 2} more, in line {first[2]}, {first[3]}, "
    )


@pytest.mark.parametrize("command", ["check", "show"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not well-formed XML"),
        ("<html/>", "the root is html, not ODM 1.3"),
        ('<!DOCTYPE ODM [<!ENTITY a "b">]><ODM/>', "a document type (ODM)"),
    ],
)
def test_a_file_that_is_no_define_xml_is_wrong_usage(command, content, message, tmp_path):
    path = tmp_path / "x.xml"
    path.write_text(content)
    more = ("-o", tmp_path / "page.html") if command == "show" else ()
    result = run(command, path, *more)
    assert result.exit_code == USAGE
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "page.html").exists()


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    result = run("check", tmp_path / "define.xml")
    assert result.exit_code == USAGE
    assert "can't be read" in result.stderr


def test_make_and_show(tmp_path):
    assert CliRunner().invoke(app, [
        "spec", "import", str(DEFINES / "sdtm.xml"), str(tmp_path / "tables"),
    ]).exit_code == CLEAN  # fmt: skip
    result = run("make", tmp_path / "tables", "-o", tmp_path / "out")
    assert result.exit_code == CLEAN
    path = tmp_path / "out" / "define.xml"
    assert result.stdout == f"Wrote {path} (from its tables, Define-XML 2.1)\n"
    assert result.stderr == "0 findings: 0 errors, 0 warnings, 0 notes\n"
    assert run("show", path, "-o", tmp_path / "page.html").exit_code == CLEAN
    assert "XYZ-301" in (tmp_path / "page.html").read_text(encoding="utf-8")
    older = run("make", tmp_path / "tables", "-o", tmp_path / "old", "--version", "2.0")
    assert "Define-XML 2.0" in older.stdout


@pytest.fixture
def tables(tmp_path):
    """A folder of tables without a fault."""
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "datasets.csv").write_text("dataset,label,structure,class\nDM,Demo,One,X\n")
    (folder / "variables.csv").write_text(
        "dataset,variable,label,data_type,length\nDM,SEX,Sex,text,1\n"
    )
    return folder


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" SourceSystem="SAS"/>',
         "names 'SAS' as its source"),
        ("no XML at all", "doesn't name its source"),
    ],
)  # fmt: skip
def test_make_spares_a_define_xml_of_another_program(content, said, tables, tmp_path):
    path = tmp_path / "out" / "define.xml"
    path.parent.mkdir()
    path.write_text(content)
    result = run("make", tables, "-o", path.parent)
    assert result.exit_code == USAGE
    assert said in result.stderr
    assert "--replace" in result.stderr
    assert path.read_text() == content
    assert "Wrote" in run("make", tables, "-o", path.parent, "--replace").stdout
    # its own is replaced
    assert "Wrote" in run("make", tables, "-o", path.parent).stdout


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("define.xml", "is the input"),
        ("page.xml", "name the page page.html"),
        (".", "is a folder; name the page in it"),
    ],
)
def test_show_overwrites_no_input_and_writes_no_page_as_xml(output, said, tmp_path):
    path = tmp_path / "define.xml"
    shutil.copy(DEFINES / "sdtm.xml", path)
    result = run("show", path, "-o", tmp_path / output)
    assert result.exit_code == USAGE
    assert said in result.stderr
    assert path.read_bytes() == (DEFINES / "sdtm.xml").read_bytes()
    assert [each.name for each in tmp_path.iterdir()] == ["define.xml"]


def test_a_folder_that_is_no_study_is_wrong_usage(tmp_path):
    result = run("make", tmp_path, "-o", tmp_path / "out")
    assert result.exit_code == USAGE
    assert "is no study folder (it has no study.yaml)" in result.stderr
    assert "holds no specification table" in result.stderr
    assert not (tmp_path / "out").exists()


def test_validate_takes_a_define_xml_that_lies_beside_the_datasets(tmp_path, shared):
    shutil.copy(DEFINES / "sdtm.xml", tmp_path / "define.xml")
    data = shared / "data" / "pharmaverse" / "sdtm" / "dm.csv"
    if not data.exists():
        pytest.skip("no DM there")
    pd.read_csv(data, dtype="string").to_parquet(tmp_path / "dm.parquet")
    result = CliRunner().invoke(app, ["validate", str(tmp_path), "--select", "CDT-M"])
    assert f"Held to {tmp_path / 'define.xml'}" in result.stderr
    assert "CDT-M011" in result.stdout
    result = CliRunner().invoke(
        app, ["validate", str(tmp_path), "--define", str(tmp_path / "define.xml"), "--select",
              "CDT-M"]
    )  # fmt: skip
    assert "Held to" not in result.stderr


def test_a_define_xml_that_is_given_is_not_missed_beside_the_datasets(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    frame = pd.DataFrame({"STUDYID": ["S"], "DOMAIN": ["DM"], "USUBJID": ["S-1"]})
    frame.to_parquet(folder / "dm.parquet")
    for given, expected in (((), True), (("--define", DEFINES / "sdtm.xml"), False)):
        words = ["validate", folder, "--select", "CDT-X007", *given]
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert ("CDT-X007" in result.stdout) == expected, result.output


@pytest.mark.parametrize("command", ["make", "check", "show"])
def test_help_has_an_example(command):
    text = " ".join(run(command, "--help").stdout.split())
    assert f"Example: cdisc-tools define {command}" in text


def test_help_is_quick():
    start = time.perf_counter()
    code = "from cdisc_tools.cli.main import app; import sys; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert time.perf_counter() - start < 5
