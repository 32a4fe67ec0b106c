"""The shipped tables equal the reference; the loader names what is wrong."""

import csv
import re
from pathlib import Path

import pytest

from cdisc_tools.metadata import standards
from cdisc_tools.metadata.resources import read_table, sample_study_path, specs_path
from cdisc_tools.metadata.standards import ADAM, SDTM, dataset_spec, read_standard
from cdisc_tools.model.errors import ConfigurationError

# the reference's list of known corrections (shared/README.md)
CORRECTED_TYPES = {("DM", "RFSTDTC"): "Char", ("DM", "RFENDTC"): "Char"}
# ours: a codelist of results binds results that are words, these variables hold numbers, too
OR_NUMBER = {"EGSTRESC", "LBSTRESC", "RSSTRESC", "TRSTRESC"}


def reference(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_sdtmig_variable_equals_the_reference(shared):
    lines = reference(shared / "reference/standards/sdtmig_3_4_variables.csv")
    ours = {
        (dataset.name, variable.name): (
            variable.order,
            variable.label,
            variable.type,
            variable.role,
            variable.core,
            ";".join(variable.codelists),
            ";".join(variable.values),
            "" if variable.name in OR_NUMBER else variable.domain,
        )
        for dataset in read_standard(SDTM).values()
        for variable in dataset.variables
    }
    theirs = {
        (line["dataset"], line["variable"]): (
            int(line["ordinal"]),
            line["label"],
            CORRECTED_TYPES.get((line["dataset"], line["variable"]), line["type"]),
            line["role"],
            line["core"],
            line["codelist"],
            line["value_list"],
            line["described_value_domain"],
        )
        for line in lines
    }
    assert len(ours) == 1917
    assert ours == theirs


def test_every_sdtmig_dataset_equals_the_reference(shared):
    lines = reference(shared / "reference/standards/sdtmig_3_4_datasets.csv")
    ours = {
        spec.name: (spec.label, spec.dataset_class, spec.structure)
        for spec in read_standard(SDTM).values()
    }
    theirs = {
        line["dataset"]: (
            line["label"].removesuffix(" for [domain name]"),
            line["class"],
            line["structure"].rstrip(".").replace("per per", "per"),
        )
        for line in lines
    }
    assert len(ours) == 63
    assert ours == theirs


@pytest.mark.parametrize(
    ("structure", "file"),
    [
        ("ADSL", "adamig_1_3_adsl.csv"),
        ("BDS", "adamig_1_3_bds.csv"),
        ("TTE", "adam_bds_tte.csv"),
        ("OCCDS", "adam_occds.csv"),
    ],
)
def test_every_adam_structure_equals_the_reference(shared, structure, file):
    lines = reference(shared / "reference/standards" / file)
    ours = [line for line in structures() if line["structure"] == structure]
    assert [facts(line) for line in ours] == [
        (
            line["variable"],
            line["label"].rstrip("*").strip().replace("Dictionary- Derived", "Dictionary-Derived"),
            line["type"],
            line["core"],
            line["codelist"],
        )
        for line in lines
    ]


def structures() -> list[dict[str, str]]:
    path = specs_path() / "standards" / ADAM / "variables.csv"
    return list(read_table(path, ("structure", "variable", "label", "type", "core")))


def facts(line: dict[str, str]) -> tuple[str, ...]:
    return tuple(line[name] for name in ("variable", "label", "type", "core", "codelist"))


def test_a_standard_analysis_variable_has_the_standards_label_type_and_codelist():
    facts_of = {(line["structure"], line["variable"]): line for line in reversed(structures())}
    path = specs_path() / "standards" / ADAM / "analysis_datasets.csv"
    for line in read_table(path, ("dataset", "variable", "source", "label", "type", "codelist")):
        structure, _, name = line["source"].partition(".")
        if not name or name.startswith("--"):
            continue
        if (structure, name) in facts_of:
            fact = facts_of[structure, name]
            label, kind, codelist = fact["label"], fact["type"], fact["codelist"]
        else:
            variable = dataset_spec(structure, standard=SDTM).by_name[name]
            label, kind = variable.label, variable.type
            codelist = ";".join(variable.codelists)
        # the standard writes y, xx and zz where a name has its number
        pattern = re.sub(r"\b(y|xx|zz)\b", r"\\d+", re.escape(label))
        place = f"{line['dataset']}.{line['variable']}"
        assert re.fullmatch(pattern, line["label"]), place
        assert (line["type"], line["codelist"]) == (kind, codelist), place


def test_a_general_variable_is_like_one_of_the_standard():
    path = specs_path() / "standards" / SDTM / "general_variables.csv"
    labels = {
        (variable.name.replace(dataset.name, "--", 1), variable.label)
        for dataset in read_standard(SDTM).values()
        for variable in dataset.variables
    }
    for line in read_table(path, ("variable", "label", "like", "role")):
        dataset, _, name = line["like"].partition(".")
        like = read_standard(SDTM)[dataset].by_name[name]
        assert name.replace(dataset, "--", 1) == line["variable"], line
        assert line["role"] == like.role, line
        assert (line["variable"], line["label"]) in labels, line


@pytest.mark.parametrize("standard", [SDTM, ADAM])
def test_the_keys_of_a_dataset_are_among_its_variables(standard):
    for spec in read_standard(standard).values():
        assert spec.keys, spec.name
        assert set(spec.keys) <= set(spec.by_name), spec.name


@pytest.mark.parametrize("standard", [SDTM, ADAM])
def test_names_and_labels_fit_the_transport_format(standard):
    for spec in read_standard(standard).values():
        assert len(spec.label) <= 40, spec.name
        for variable in spec.variables:
            assert len(variable.name) <= 8, variable.name
            assert len(variable.label) <= 40, (spec.name, variable.name)
            assert variable.label.isascii(), (spec.name, variable.name)


@pytest.mark.parametrize("dataset", ["ADSL", "ADAE", "ADEX", "ADTR", "ADRS", "ADBM", "ADTTE"])
def test_the_analysis_datasets_are_there(dataset):
    assert {"STUDYID", "USUBJID"} <= set(dataset_spec(dataset).by_name)


def test_supplemental_qualifiers_take_the_name_of_their_domain():
    spec = dataset_spec("SUPPDM")
    assert (spec.name, spec.label) == ("SUPPDM", "Supplemental Qualifiers for DM")
    assert spec.by_name["RDOMAIN"].values == ("DM",)
    assert spec.by_name["QNAM"].length == 8


@pytest.mark.parametrize(
    ("dataset", "standard", "message"),
    [
        ("DM", "sdtmig-9.9", "no standard 'sdtmig-9.9'; choose one of .*sdtmig-3.4"),
        ("ZZ", "", "sdtmig-3.4 has no dataset 'ZZ'; it has AE, "),
        ("SUPP", "", "no dataset 'SUPP'"),
        ("SUPPADSL", ADAM, "adamig-1.3 has no dataset 'SUPPADSL'"),
    ],
)
def test_what_does_not_exist_is_named(dataset, standard, message):
    with pytest.raises(ConfigurationError, match=message):
        dataset_spec(dataset, standard=standard)


HEADER = "dataset,variable,label,type,role,core,codelist,values,domain,order"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([HEADER, "XX,A,Label,Text,,,,,,"], "XX.A has type 'Text'"),
        ([HEADER, "XX,A,Label,Char,,,,,,one"], "XX.A: order and length"),
        ([HEADER, "XX,A,Label,Char", "XX,A,Label,Char"], "XX.A stands there twice"),
        ([HEADER, "XX,A,La,bel,Char,,,,,,,,"], "line 2: 13 cells under 10 columns"),
        (["dataset,variable"], "the header lacks label, type"),
    ],
    ids=["type", "order", "twice", "cells", "header"],
)
def test_a_faulty_table_is_named(tmp_path, monkeypatch, lines, message):
    folder = tmp_path / "standards" / "own"
    folder.mkdir(parents=True)
    datasets = "dataset,label,class,structure,keys\nXX,Label,Events,One record per subject,A\n"
    (folder / "datasets.csv").write_text(datasets)
    (folder / "variables.csv").write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(standards, "specs_path", lambda: tmp_path)
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        read_standard.__wrapped__("own")


def test_lines_without_an_order_keep_their_place(tmp_path, monkeypatch):
    folder = tmp_path / "standards" / "own"
    folder.mkdir(parents=True)
    datasets = "dataset,label,class,structure,keys\nXX,Label,Events,One record per subject,A\n"
    (folder / "datasets.csv").write_text(datasets)
    lines = "\n".join([HEADER, "XX,B,Second,Char,,Perm,,Y;N,,", "XX,A,First,Num,,Req,,,,"])
    (folder / "variables.csv").write_text(lines + "\n")
    monkeypatch.setattr(standards, "specs_path", lambda: tmp_path)
    spec = read_standard.__wrapped__("own")["XX"]
    assert [variable.name for variable in spec.variables] == ["B", "A"]
    assert spec.by_name["B"].values == ("Y", "N")


def test_the_data_folders_are_found():
    assert (specs_path() / "checks.csv").is_file()
    assert sample_study_path().name == "nct00949325"
