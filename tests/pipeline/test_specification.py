"""Specifications imported into studies, and built from the sample study."""

import datetime as dt
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from cdisc_tools.io.specification_files import read_specification_file
from cdisc_tools.io.specification_workbook import (
    read_specification_workbook,
    write_specification_workbook,
)
from cdisc_tools.metadata.resources import read_table, sample_study_path, specs_path
from cdisc_tools.metadata.specification import ADAM_PART as ADAM
from cdisc_tools.metadata.specification import SDTM_PART as SDTM
from cdisc_tools.metadata.specification import read_specification
from cdisc_tools.metadata.specification_checks import specification_problems
from cdisc_tools.metadata.study_specs import specify_datasets
from cdisc_tools.metadata.terminology import read_terminology
from cdisc_tools.metadata.validate import validate_dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification, SpecRecord
from cdisc_tools.pipeline.specification import (
    export_specification,
    import_specification,
    study_facts,
)
from cdisc_tools.pipeline.specification_building import build_specification
from tests.specifications import SHEETS, changed, write_sheets

PIPELINE = "cdisc_tools.pipeline.specification"


@pytest.fixture(scope="module")
def built(sample_run) -> dict[tuple[str, str], Specification]:
    """The sample study's specifications by standard and layout."""
    return {
        (standard, layout): build_specification(
            study_facts(sample_run, sample_study_path(), standard), layout=layout
        )
        for standard in (SDTM, ADAM)
        for layout in ("2.1", "2.0")
    }


@pytest.fixture
def study(tmp_path):
    """A folder with the study file of the sample study alone."""
    folder = tmp_path / "study"
    folder.mkdir()
    shutil.copy(sample_study_path() / "study.yaml", folder)
    return folder


def records(specification, table, **where):
    return [
        record
        for record in specification.table(table)
        if all(record[name] == value for name, value in where.items())
    ]


@pytest.mark.parametrize("layout", ["2.1", "2.0"])
@pytest.mark.parametrize("standard", [SDTM, ADAM])
def test_the_sample_study_is_exported_and_read_back_whole(built, tmp_path, standard, layout):
    specification = built[standard, layout]
    path = tmp_path / "spec.xlsx"
    write_specification_workbook(
        specification, path, layout=layout, timestamp=dt.datetime(2012, 7, 2)
    )
    found, remarks = read_specification_file(path)
    assert found == specification
    assert remarks == ()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_opens_the_sample_studys_workbook_with_the_same_cells(built, tmp_path):
    tables = built[SDTM, "2.1"].tables
    formula = SpecRecord({"id": "FORMULA", "description": "=1+1"})
    specification = Specification({**tables, "comments": (*tables["comments"], formula)})
    path = tmp_path / "ours.xlsx"
    write_specification_workbook(
        specification, path, layout="2.1", timestamp=dt.datetime(2012, 7, 2)
    )
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "theirs"),
         str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    theirs = read_specification_workbook(tmp_path / "theirs" / "ours.xlsx")
    assert theirs.problems == ()
    assert theirs.specification == specification


def test_every_variable_of_the_sample_study_is_specified(built, sample_run):
    for standard, datasets in (
        (SDTM, sample_run.conversion.datasets), (ADAM, sample_run.derivation.datasets),
    ):  # fmt: skip
        specification = built[standard, "2.1"]
        assert [record["dataset"] for record in specification.table("datasets")] == list(datasets)
        for name, dataset in datasets.items():
            found = records(specification, "variables", dataset=name)
            assert [record["variable"] for record in found] == list(dataset.frame.columns)


def test_no_problem_is_found_in_what_was_built(built):
    for specification in built.values():
        assert specification_problems(specification) == ()


def test_lengths_are_the_longest_values_and_codelists_hold_them_all(built, sample_run):
    specification = built[SDTM, "2.1"]
    terms = {(r["id"], r["term"]) for r in specification.table("codelists")}
    for record in specification.table("variables"):
        values = sample_run.conversion.datasets[record["dataset"]].frame[record["variable"]]
        used = {str(value) for value in values.dropna()}
        if record["data_type"] not in ("integer", "float"):
            assert record["length"] == str(max([1, *(len(value.encode()) for value in used)]))
        if record["codelist"] and record["codelist"] != "MedDRA":
            assert {(record["codelist"], value) for value in used} <= terms


def test_the_sample_datasets_are_valid_by_their_own_specification(built, sample_run):
    codelists = read_terminology(sample_run.conversion.study.terminology)
    for standard, datasets in (
        (SDTM, sample_run.conversion.datasets), (ADAM, sample_run.derivation.datasets),
    ):  # fmt: skip
        specs = specify_datasets(
            built[standard, "2.1"], lambda name, _variables, _class, ds=datasets: ds[name].spec
        )
        for name, dataset in datasets.items():
            known = set(validate_dataset(dataset.frame, dataset.spec, codelists))
            found = set(validate_dataset(dataset.frame, specs[name], codelists))
            assert found <= known


# table, record -> what it says; worked out from mapping/*.csv and study.yaml by hand
SAID = {
    "mapped": ("variables", {"dataset": "DM", "variable": "SEX"},
               {"data_type": "text", "length": "1", "mandatory": "Yes", "codelist": "SEX",
                "origin": "Collected", "source": "Investigator", "role": "Record Qualifier"}),
    "hardcoded": ("variables", {"dataset": "DM", "variable": "AGEU"},
                  {"origin": "Assigned", "source": "Sponsor", "method": ""}),
    "fixed": ("variables", {"dataset": "DM", "variable": "DOMAIN"}, {"assigned_value": "DM"}),
    "empty": ("variables", {"dataset": "DM", "variable": "ACTARMUD"},
              {"has_no_data": "Yes", "origin": "Not Available", "comment": "DM.ACTARMUD"}),
    "method": ("methods", {"id": "DM.RFSTDTC"},
               {"description": "The earliest of the dates (EX.EXSTDTC); reference start is the "
                               "first dose"}),
    "copied": ("variables", {"dataset": "DM", "variable": "ACTARMCD"},
               {"origin": "Derived", "method": "DM.ACTARMCD"}),
    "design": ("datasets", {"dataset": "TA"},
               {"class": "TRIAL DESIGN", "reference_data": "Yes", "repeating": "No"}),
    "protocol": ("variables", {"dataset": "TA", "variable": "EPOCH"}, {"origin": "Protocol"}),
    "level": ("value_level", {"where_clause": "VS.VSTESTCD.EQ.HEIGHT", "variable": "VSORRES"},
              {"description": "Height"}),
    "clause": ("where_clauses", {"id": "VS.VSTESTCD.EQ.HEIGHT"},
               {"variable": "VSTESTCD", "comparator": "EQ", "value": "HEIGHT"}),
    "qualifier": ("value_level", {"where_clause": "SUPPDS.QNAM.EQ.TREATED"},
                  {"variable": "QVAL", "description": "Treated After Enrollment",
                   "origin": "Derived", "method": "SUPPDS.QVAL.TREATED"}),
    "term": ("codelists", {"id": "SEX", "term": "F"},
             {"nci_codelist_code": "C66731", "nci_term_code": "C16576", "order": "1"}),
    "study": ("study", {"attribute": "StandardVersion"}, {"value": "3.4"}),
}  # fmt: skip


@pytest.mark.parametrize(("table", "where", "said"), SAID.values(), ids=SAID)
def test_what_the_sample_study_says_of_sdtm(built, table, where, said):
    found = records(built[SDTM, "2.1"], table, **where)
    assert len(found) == 1
    assert {name: found[0][name] for name in said} == said


ANALYSIS_SAID = {
    "copied": ("variables", {"dataset": "ADSL", "variable": "SEX"},
               {"origin": "Predecessor", "predecessor": "DM.SEX", "source": ""}),
    "copied-on": ("variables", {"dataset": "ADTTE", "variable": "TRTSDT"},
                  {"predecessor": "ADSL.TRTSDT", "data_type": "integer", "format": "DATE9."}),
    "source": ("variables", {"dataset": "ADAE", "variable": "AETERM"},
               {"predecessor": "AE.AETERM"}),
    "derived": ("variables", {"dataset": "ADTTE", "variable": "AVAL"},
                {"origin": "Derived", "source": "Sponsor"}),
    "population": ("variables", {"dataset": "ADSL", "variable": "SAFFL"},
                   {"method": "ADSL.SAFFL"}),
    "parameter": ("value_level", {"where_clause": "ADTTE.PARAMCD.EQ.PFS"},
                  {"variable": "AVAL", "method": "ADTTE.PFS", "data_type": "integer"}),
    "decode": ("codelists", {"id": "ADTTE.PARAMCD", "term": "PFS"},
               {"decoded_value": "Progression-Free Survival (days)", "nci_term_code": ""}),
    "study": ("study", {"attribute": "StandardName"}, {"value": "ADaM-IG"}),
}  # fmt: skip


@pytest.mark.parametrize(("table", "where", "said"), ANALYSIS_SAID.values(), ids=ANALYSIS_SAID)
def test_what_the_sample_study_says_of_adam(built, table, where, said):
    found = records(built[ADAM, "2.1"], table, **where)
    assert len(found) == 1
    assert {name: found[0][name] for name in said} == said


def test_every_derived_variable_has_its_method(built):
    derived = records(built[ADAM, "2.1"], "variables", origin="Derived")
    assert [r["variable"] for r in derived if not r["method"]] == []
    path = specs_path() / "specification" / "analysis_methods.csv"
    lines = {(line["dataset"], line["variable"]) for line in read_table(path, ("method",))}
    used = {(r["dataset"], r["variable"]) for r in derived}
    anywhere = {("*", variable) for _, variable in used}
    assert lines <= used | anywhere


def test_layout_2_0_has_its_own_words(built):
    specification = built[SDTM, "2.0"]
    assert not specification.table("standards")
    sex = records(specification, "variables", dataset="DM", variable="SEX")[0]
    assert (sex["origin"], sex["source"]) == ("CRF", "")
    assert specification.table("datasets")[0]["purpose"] == "Tabulation"


def test_an_export_of_a_study_without_a_specification_is_built(
    sample_run, built, tmp_path, monkeypatch
):
    monkeypatch.setattr(f"{PIPELINE}.run_study", lambda *_, **__: sample_run)
    paths = [tmp_path / "1.xlsx", tmp_path / "2.xlsx"]
    for path in paths:
        exported = export_specification(sample_study_path(), path, standard=ADAM)
        assert exported.built
    assert exported.specification == built[ADAM, "2.1"]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_an_import_goes_into_the_study_and_an_export_gives_it_back(study, tmp_path):
    path = write_sheets(tmp_path / "in.xlsx", SHEETS)
    imported = import_specification(path, study)
    assert (imported.folder, imported.remarks) == (study / "spec" / "sdtm", ())
    assert read_specification(study / "spec" / "sdtm") == imported.specification
    for layout in ("2.1", "2.0"):
        exported = export_specification(study, tmp_path / "out.xlsx", layout=layout)
        assert (exported.specification, exported.built) == (imported.specification, False)
        found = read_specification_workbook(tmp_path / "out.xlsx").specification
        assert found == imported.specification


def test_tables_for_both_standards_are_never_overlaid_unsaid(study, tmp_path):
    path = write_sheets(tmp_path / "in.xlsx", SHEETS)
    import_specification(path, study)
    (study / "spec" / "sdtm").rename(study / "sdtm")
    shutil.copytree(study / "sdtm", study / "spec", dirs_exist_ok=True)
    with pytest.raises(ConfigurationError, match="itself holds tables"):
        import_specification(path, study, replace=True)
    exported = export_specification(study, tmp_path / "out.xlsx")
    assert exported.specification == read_specification(study / "spec")
    shutil.copytree(study / "sdtm", study / "spec" / "sdtm")
    (study / "spec" / "sdtm" / "comments.csv").write_text("id,description\nCOM1,own\n")
    exported = export_specification(study, tmp_path / "out.xlsx")
    assert exported.specification.table("comments")[0]["description"] == "own"


def test_the_current_folder_is_never_replaced(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write_sheets(tmp_path / "in.xlsx", SHEETS)
    with pytest.raises(ConfigurationError, match="current folder"):
        import_specification(path, Path())
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.xlsx"]


def test_the_terminology_of_a_pinned_study_is_named_by_its_packages(sample_run):
    facts = study_facts(sample_run, sample_study_path(), ADAM)
    pinned = replace(facts.study, terminology="adam=2025-09-26;sdtm=2026-03-27")
    found = build_specification(replace(facts, study=pinned), layout="2.1")
    rows = [record.values for record in records(found, "standards", type="CT")]
    assert {(row["id"], row["publishing_set"], row["version"]) for row in rows} == {
        ("CT.ADaM.2025-09-26", "ADaM", "2025-09-26"), ("CT.SDTM.2026-03-27", "SDTM", "2026-03-27"),
    }  # fmt: skip
    named = {r["terminology"] for r in found.table("codelists") if r["nci_codelist_code"]}
    assert named <= {row["id"] for row in rows}


def test_a_folder_that_is_no_study_takes_the_tables_itself(tmp_path):
    path = write_sheets(tmp_path / "in.xlsx", SHEETS)
    imported = import_specification(path, tmp_path / "tables")
    assert (tmp_path / "tables" / "variables.csv").is_file()
    exported = export_specification(tmp_path / "tables", tmp_path / "out.xlsx")
    assert exported.specification == imported.specification


def test_the_define_xml_of_the_pilot_is_imported(shared, study, tmp_path):
    imported = import_specification(shared / "data" / "specs" / "SDTM_define.xml", study)
    export_specification(study, tmp_path / "out.xlsx")
    found, _ = read_specification_file(tmp_path / "out.xlsx")
    assert found == imported.specification == read_specification(study / "spec" / "sdtm")


def test_a_specification_is_replaced_only_on_demand(study, tmp_path):
    path = write_sheets(tmp_path / "in.xlsx", SHEETS)
    import_specification(path, study)
    write_sheets(path, changed("Comments", 2, "Description", "Other"))
    with pytest.raises(ConfigurationError, match="--replace"):
        import_specification(path, study)
    assert (
        read_specification(study / "spec" / "sdtm").table("comments")[0]["description"] != "Other"
    )
    import_specification(path, study, replace=True)
    assert (
        read_specification(study / "spec" / "sdtm").table("comments")[0]["description"] == "Other"
    )
    assert {entry.name for entry in study.iterdir()} == {"study.yaml", "spec"}


def test_a_refused_import_writes_nothing_and_names_every_fault(study, tmp_path):
    sheets = changed("Variables", 2, "Length", "x")
    sheets["Methods"] = changed("Methods", 2, "Type", "Magic")["Methods"]
    path = write_sheets(tmp_path / "in.xlsx", sheets)
    with pytest.raises(ConfigurationError) as refused:
        import_specification(path, study)
    lines = str(refused.value).splitlines()
    assert lines[0] == "in.xlsx has 2 faults; mend them and import again. Nothing was written."
    assert [line.split(": ")[0] for line in lines[1:]] == [
        "in.xlsx, sheet Variables, row 2, column Length",
        "in.xlsx, sheet Methods, row 2, column Type",
    ]
    assert not (study / "spec" / "sdtm").exists()


FILES = {
    "text": (b"Dataset,Variable\n", "neither a workbook"),
    "old": (bytes.fromhex("d0cf11e0a1b11ae1"), "protected by a password"),
    "empty": (b"", "neither a workbook"),
}


@pytest.mark.parametrize(("content", "message"), FILES.values(), ids=FILES)
def test_a_file_of_another_kind_is_refused(study, tmp_path, content, message):
    path = tmp_path / "spec.xlsx"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        import_specification(path, study)


def test_a_file_is_known_by_its_content(tmp_path):
    path = write_sheets(tmp_path / "in.xlsx", SHEETS).rename(tmp_path / "define.xml")
    assert read_specification_file(path)[0].table("study")


def test_an_absent_file_is_named(study, tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.xlsx can't be read"):
        import_specification(tmp_path / "none.xlsx", study)


WRONG = {
    "layout": ({"layout": "3.0"}, "out.xlsx", "no layout '3.0'"),
    "suffix": ({}, "out.csv", "name the workbook out.xlsx"),
    "no-study": ({}, "out.xlsx", "no specification table"),
}


@pytest.mark.parametrize(("options", "name", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_export_is_refused(tmp_path, options, name, message):
    with pytest.raises(ConfigurationError, match=message):
        export_specification(tmp_path, tmp_path / name, **options)


def test_an_unknown_standard_is_refused(study, tmp_path):
    with pytest.raises(ConfigurationError, match="no standard 'send'"):
        export_specification(study, tmp_path / "out.xlsx", standard="send")
