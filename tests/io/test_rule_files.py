"""Files of rules and their cases: what is read of a folder or an archive, and what is refused."""

import pandas as pd
import pytest

from cdisc_tools.io.rule_files import (
    RuleFolder,
    is_rule_file,
    read_rule_files,
    read_rule_folder,
    rule_paths,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.rule_cases import CaseVariable, ResultLine
from tests.rule_folders import case, rule_text, write_rules, zipped


def read(files):
    """The cases of rule files, given as texts by path."""
    folder = RuleFolder("rules", {name: text.encode() for name, text in files.items()})
    return list(read_rule_files(folder))


def frame(text, variables="", name="ae"):
    """The dataset of a case of one file."""
    files = {
        "A/rule.yml": "",
        f"A/positive/01/data/{name}.csv": text,
        "A/positive/01/data/_variables.csv": f"dataset,variable,label,type,length\n{variables}",
    }
    (rule,) = read(files)
    (dataset,) = rule.cases[0].datasets
    return dataset


@pytest.mark.parametrize(
    ("text", "variables", "values"),
    [
        # numbers where all are, or where the variable is Num
        ("A\n1\n2.50\n", "", [1.0, 2.5]),
        ("A\n1\nx\n", "", ["1", "x"]),
        ("A\n001\n2\n", "ae,A,,Char,8\n", ["001", "2"]),
        ("A\n1\n\n2\n", "", [1.0, 2.0]),
        ("A,B\n1,\n,\n", "", [1.0, None]),
        ("A\n1\n<5\n", "ae,A,,Num,8\n", [1.0, None]),
        ("A\n2024-01-01\n.\n", "ae,A,,Num,8\n", ["2024-01-01", "."]),
        # what is said of another dataset doesn't matter; file names in any case
        ("A\n001\n", "dm,A,,Char,8\n", [1.0]),
        ("A\n001\n", "AE.XPT,A,,Char,8\n", ["001"]),
        # a line may lack cells or have too many; the first of two columns of a name counts
        ("A,B\nx\n", "", ["x"]),
        ("A,B\nx,y,z\n", "", ["x"]),
        ("A,A\nx,y\n", "", ["x"]),
        ('A\n"x\ny"\n', "", ["x\ny"]),
        ("A\n", "", []),
    ],
)
def test_values_of_a_case(text, variables, values):
    found = frame(text, variables).frame["A"]
    assert [None if pd.isna(value) else value for value in found] == values


def test_a_dataset_without_anything():
    found = frame("")
    assert (found.name, found.frame.shape) == ("AE", (0, 0))


def test_a_case_has_all_that_its_files_say():
    files = {
        "set/A-1/rule.yml": "text of the rule",
        "set/A-1/negative/02/data/.env": 'PRODUCT=SDTMIG\n# no=1\n'
        'VERSION = "3-4"\nDEFINE_XML=d.xml\n',
        "set/A-1/negative/02/data/_datasets.csv": "Filename,Label\nAE.csv,Adverse Events\n",
        "set/A-1/negative/02/data/_variables.csv": "dataset,variable,label,type,length\n"
        "ae,AESEQ,Sequence,Num,8\nae,AETERM,Term,Char,\n",
        "set/A-1/negative/02/data/ae.csv": "AESEQ,AETERM\n1,FEVER\n",
        "set/A-1/negative/02/data/dm.csv": "USUBJID\n1\n",
        "set/A-1/negative/02/data/d.xml": "<ODM/>",
        "set/A-1/negative/02/results/results.csv": "Dataset,Record,Variable,Value\nAE,1,AETERM,\n",
        "set/A-1/positive/01/data/dm.csv": "USUBJID\n1\n",
        "set/A-1/readme.md": "no case",
        "set/A-1/negative/02/notes.txt": "no case",
    }  # fmt: skip
    (rule,) = read(files)
    assert (rule.folder, rule.source) == ("A-1", "rules/set/A-1/rule.yml")
    assert rule.text == "text of the rule"
    negative, positive = rule.cases
    assert (negative.name, positive.name) == ("negative/02", "positive/01")
    assert negative.environment == {"PRODUCT": "SDTMIG", "VERSION": "3-4", "DEFINE_XML": "d.xml"}
    assert negative.define == b"<ODM/>"
    assert negative.expected == (ResultLine("AE", "1", "AETERM", ""),)
    # only the datasets that are listed
    (ae,) = negative.datasets
    assert (ae.name, ae.label, ae.file) == ("AE", "Adverse Events", "ae.csv")
    assert ae.variables == (
        CaseVariable("AESEQ", "Sequence", "Num", 8), CaseVariable("AETERM", "Term", "Char", None),
    )  # fmt: skip
    # without a list all, without results none expected
    assert [item.name for item in positive.datasets] == ["DM"]
    assert (positive.environment, positive.expected, positive.define) == ({}, (), None)


@pytest.mark.parametrize(
    ("names", "paths"),
    [
        (["A/rule.yml", "B/rule.yaml", "C/other.yml"], ["A/rule.yml", "B/rule.yaml"]),
        (["one.yml", "two.YAML", "three.txt", ".hidden.yml"], ["one.yml", "two.YAML"]),
        (["readme.md"], []),
    ],
)
def test_files_that_hold_rules(names, paths):
    assert rule_paths(RuleFolder("x", dict.fromkeys(names, b""))) == paths
    assert [is_rule_file(name) for name in ("a.yml", "a.yaml.txt", ".a.yml")] == [
        True,
        False,
        False,
    ]


def test_a_folder_and_an_archive_hold_the_same(tmp_path):
    cases = {"A-1": {"negative/01": case("AE,1,AESER,Y\n")}}
    folder = write_rules(tmp_path / "set", {"A-1": rule_text("A-1")}, cases)
    archive = read_rule_folder(zipped(folder, tmp_path / "set.zip"))
    plain = read_rule_folder(folder)
    assert {name.removeprefix("set/"): data for name, data in archive.files.items()} == plain.files
    assert list(read_rule_folder(folder, cases=False).files) == ["A-1/rule.yml"]
    assert list(read_rule_folder(folder / "A-1" / "rule.yml").files) == ["rule.yml"]
    # a rule's folder by itself is named as within its set
    assert [item.folder for item in read_rule_files(read_rule_folder(folder / "A-1"))] == ["A-1"]
    (first,), (second,) = (list(read_rule_files(item)) for item in (plain, archive))
    assert first.cases[0].expected == second.cases[0].expected


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("_datasets.csv", 'Filename,Label\n"ae', "unexpected end of data"),
        ("_variables.csv", 'dataset,variable\n"ae', "unexpected end of data"),
        (".env", b"\xff", r"\.env: byte 0xFF is not UTF-8; save the file as UTF-8"),
        ("ae.csv", b"A\n\xe9\n", r"ae\.csv: byte 0xE9 is not UTF-8"),
    ],
)
def test_a_file_of_a_case_that_can_not_be_read_is_named(file, content, message):
    content = content if isinstance(content, bytes) else content.encode()
    files = {"A/rule.yml": b"", "A/positive/01/data/ae.csv": b"A\n1\n"}
    files |= {f"A/positive/01/data/{file}": content}
    with pytest.raises(ConfigurationError, match=message) as caught:
        list(read_rule_files(RuleFolder("rules", files)))
    assert str(caught.value).startswith(f"rules/A/positive/01/data/{file}: ")
