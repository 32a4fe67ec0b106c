"""What the datasets of a study are held to: named standards, its own domains, its specification."""

import shutil

import pytest

import cdisc_tools
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.metadata.study_standards import (
    NamedStandards,
    StudyStandards,
    named_standards,
    standards_of,
)
from cdisc_tools.metadata.terminology import CT, read_terminology
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import CustomDomain
from tests.specifications import spec

CODES = {"STUDYID", "DOMAIN", "USUBJID", "LBSEQ", "LBTESTCD", "LBTEST"}


def laboratory(*names: str):
    """A specification of parts of LB, each with the required variables."""
    return spec(
        datasets=[{"dataset": name, "class": "FINDINGS"} for name in names],
        variables=[
            {"dataset": name, "variable": variable, "data_type": "text", "length": str(length)}
            for length, name in enumerate(names, 10)
            for variable in sorted(CODES)
        ],
    )


@pytest.mark.parametrize(
    ("specified", "present", "expected"),
    [
        (["LB"], ["LB"], []),
        (["LB", "LBCH"], ["LB", "LBCH"], []),
        (["LB"], ["LB", "AE"], [("CDT-M012", "AE")]),
        (["LB", "EG"], ["LB"], [("CDT-M011", "EG")]),
        # the parts of a domain are specified, and the whole is there
        (["LBCH", "LBHE"], ["LB"], []),
        (["LBCH", "LBHE"], ["LBCH"], [("CDT-M011", "LBHE")]),
        (["SUPPLBCH", "LB"], ["SUPPLB", "LB"], []),
        # nothing is said of ADaM datasets where only SDTM is there
        (["LB", "ADSL"], ["LB"], []),
        # nor where nothing of ADaM is specified
        (["LB"], ["LB", "ADSL"], []),
        (["LB", "ADAE"], ["LB", "ADAE", "ADSL"], [("CDT-M012", "ADSL")]),
        ([], ["LB"], []),
    ],
)
def test_datasets_of_one_place_only(specified, present, expected):
    standards = StudyStandards(read_terminology())
    specified_too = standards.with_specification(laboratory(*specified))
    findings = specified_too.check_datasets(present)
    about = [(item.check_id, item.dataset) for item in findings if not item.variables]
    assert about == expected


def test_absent_datasets_are_not_missed_where_one_alone_is_looked_at():
    standards = StudyStandards(read_terminology()).with_specification(laboratory("LB", "EG"))
    missed = [item.dataset for item in standards.check_datasets(["LB"], whole=False)
              if item.check_id == "CDT-M011"]  # fmt: skip
    assert missed == []


def test_a_domain_whose_parts_are_specified_has_the_longest_length():
    standards = StudyStandards(read_terminology()).with_specification(laboratory("LBCH", "LBHE"))
    whole = standards.dataset_spec("LB")
    assert (whole.name, {item.name for item in whole.variables}) == ("LB", CODES)
    assert whole.by_name["USUBJID"].length == 11
    assert standards.dataset_spec("LBCH").by_name["USUBJID"].length == 10


NAMED = {
    "attributes": (
        {"study": [{"attribute": "StandardName", "value": "SDTM-IG"},
                   {"attribute": "StandardVersion", "value": "3.3"}]},
        {"sdtm": "sdtmig-3.3"}, {}, (),
    ),
    "table": (
        {"standards": [{"id": "1", "name": "SDTMIG", "version": "3.4"},
                       {"id": "2", "name": "ADaMIG", "version": "1.3"},
                       {"id": "3", "name": "CDISC/NCI", "type": "CT", "publishing_set": "SDTM",
                        "version": CT}]},
        {"sdtm": "sdtmig-3.4", "adam": "adamig-1.3"}, {"sdtm": CT}, (),
    ),
    "not-at-hand": (
        {"standards": [{"id": "1", "name": "SDTMIG", "version": "3.1.2"},
                       {"id": "2", "name": "CDISC/NCI", "type": "CT", "publishing_set": "SDTM",
                        "version": "2011-06-10"}]},
        {}, {}, ("SDTMIG 3.1.2", "SDTM terminology 2011-06-10"),
    ),
    # the names of older files
    "older-name": (
        {"study": [{"attribute": "StandardName", "value": "CDISC SDTM"},
                   {"attribute": "StandardVersion", "value": "3.2"}]},
        {}, {}, ("CDISC SDTM 3.2",),
    ),
    "own-name": (
        {"study": [{"attribute": "StandardName", "value": "CDISC"},
                   {"attribute": "StandardVersion", "value": "3.2"}]},
        {}, {}, ("CDISC 3.2",),
    ),
    "nothing": ({}, {}, {}, ()),
}  # fmt: skip


@pytest.mark.parametrize(("tables", "guides", "dates", "absent"), NAMED.values(), ids=NAMED)
def test_the_standards_that_a_specification_names(tables, guides, dates, absent):
    assert named_standards(spec(**tables)) == NamedStandards(guides, dates, absent)


def test_a_standard_that_is_not_at_hand_is_said():
    standards = standards_of(specification=spec(**NAMED["not-at-hand"][0]))
    found = [(item.check_id, item.values, item.detail) for item in standards.check_datasets(["LB"])]
    used = f"sdtmig-3.4, adamig-1.3, terminology {CT}"
    assert found == [
        ("CDT-M014", ("SDTMIG 3.1.2",), used), ("CDT-M014", ("SDTM terminology 2011-06-10",), used),
    ]  # fmt: skip


def test_an_empty_dataset_of_the_specification_may_be_absent():
    lines = [{"dataset": "EG", "has_no_data": "Yes"}, {"dataset": "LB"}]
    standards = StudyStandards(read_terminology()).with_specification(spec(datasets=lines))
    assert list(standards.check_datasets(["LB"])) == []


def test_the_class_that_a_specification_says_goes_before_what_the_columns_tell():
    own = spec(
        datasets=[{"dataset": "ADX", "class": "ADaM OTHER"}],
        variables=[{"dataset": "ADX", "variable": name, "data_type": "text"}
                   for name in ("STUDYID", "USUBJID", "PARAMCD")],
    )  # fmt: skip
    standards = StudyStandards(read_terminology()).with_specification(own)
    assert standards.dataset_spec("ADX").dataset_class == "ADAM OTHER"
    assert list(standards.check_datasets(["ADX"])) == []


@pytest.mark.parametrize(
    ("given", "named", "expected"),
    [
        ("", "", "sdtmig-3.4"),
        ("", "3.3", "sdtmig-3.3"),
        ("sdtmig-3.4", "3.3", "sdtmig-3.4"),
        ("sdtmig-3.3", "", "sdtmig-3.3"),
    ],
)
def test_what_is_given_goes_before_what_the_specification_names(given, named, expected):
    standards = [{"id": "1", "name": "SDTMIG", "version": named}] if named else []
    found = standards_of(standard=given, specification=spec(standards=standards))
    assert found.sdtm == expected


def test_an_unknown_standard_is_refused_whatever_the_datasets():
    with pytest.raises(ConfigurationError, match=r"no standard 'adamig-1\.1'"):
        standards_of(standard="adamig-1.1")


def test_without_anything_the_newest_standards_hold():
    found = standards_of()
    assert (found.sdtm, found.adam, found.codelists.version) == ("sdtmig-3.4", "adamig-1.3", CT)


def test_a_study_has_its_own_domains_and_their_schema(tmp_path):
    study = tmp_path / "study"
    study.mkdir()
    text = (sample_study_path() / "study.yaml").read_text(encoding="utf-8")
    text += "\ndatasets: {XB: {class: Findings, label: Biomarkers}}\n"
    (study / "study.yaml").write_text(text, encoding="utf-8")
    assert standards_of(study).domains == {"XB": CustomDomain("XB", "Findings", "Biomarkers")}
    assert {"XBTESTCD", "XBORRES"} <= set(cdisc_tools.schema("XB", study=study).columns)
    with pytest.raises(ConfigurationError, match="has no dataset 'XB'"):
        cdisc_tools.schema("XB")


def test_a_specification_in_the_study_folder_holds_for_its_schema(tmp_path):
    study = tmp_path / "study"
    tables = study / "spec" / "sdtm"
    tables.mkdir(parents=True)
    shutil.copy(sample_study_path() / "study.yaml", study)
    (tables / "datasets.csv").write_text("dataset,class\nDM,SPECIAL PURPOSE\n", encoding="utf-8")
    (tables / "variables.csv").write_text(
        "dataset,variable,data_type,mandatory\nDM,USUBJID,text,Yes\n", encoding="utf-8"
    )
    assert list(cdisc_tools.schema("DM", study=study).columns) == ["USUBJID"]
    assert len(cdisc_tools.schema("DM").columns) > 25


@pytest.mark.parametrize("name", ["BDS", "TTE", "OCCDS", "OTHER"])
def test_a_structure_of_adam_has_a_schema(name):
    assert "USUBJID" in cdisc_tools.schema(name).columns


def test_an_analysis_dataset_of_any_name_has_a_schema_for_its_columns():
    columns = ["USUBJID", "PARAMCD", "AVAL", "CRIT1FL", "OWN"]
    found = set(cdisc_tools.schema("ADLB", columns=columns).columns)
    assert found >= {"USUBJID", "PARAMCD", "AVAL", "CRIT1FL", "PARAM"}
    assert "OWN" not in found
