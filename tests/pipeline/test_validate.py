"""``validate`` on folders: what datasets are held to, and the findings that follow."""

import shutil

import pandas as pd
import pytest
from typer.testing import CliRunner

from cdisc_tools.cli.main import app
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline.validate import Held, validate_folder
from tests.specifications import write_sheets

SHEETS = {
    "Define": [["Attribute", "Value"], ["StudyName", "S"]],
    "Datasets": [["Dataset", "Label", "Class", "Structure"],
                 ["SC", "Subject Characteristics", "FINDINGS", "One record"],
                 ["EG", "ECG Test Results", "FINDINGS", "One record"]],
    "Variables": [
        ["Order", "Dataset", "Variable", "Label", "Data Type", "Length", "Mandatory", "Codelist"],
        [1, "SC", "STUDYID", "Study Identifier", "text", 2, "Yes", None],
        [2, "SC", "DOMAIN", "Domain Abbreviation", "text", 2, "Yes", None],
        [3, "SC", "USUBJID", "Unique Subject Identifier", "text", 8, "Yes", None],
        [4, "SC", "SCSEQ", "Sequence Number", "integer", 8, "Yes", None],
        [5, "SC", "SCTESTCD", "Subject Characteristic Short Name", "text", 8, "Yes", None],
        [6, "SC", "SCTEST", "Subject Characteristic", "text", 40, "Yes", None],
        [7, "SC", "SCORRES", "Result or Finding in Original Units", "text", 7, "No", "OWN"],
    ],
    "ValueLevel": [
        ["Order", "Dataset", "Variable", "Where Clause", "Data Type", "Length", "Mandatory"],
        [1, "SC", "SCORRES", "W1", "integer", 3, "No"],
    ],
    "WhereClauses": [["ID", "Dataset", "Variable", "Comparator", "Value"],
                     ["W1", "SC", "SCTESTCD", "EQ", "EDUYRNUM"]],
    "Codelists": [
        ["ID", "Name", "Data Type", "Order", "Term"],
        *(["OWN", "Own", "text", number, term] for number, term in enumerate(["12", "SINGLE"], 1)),
    ],
}  # fmt: skip
SC = pd.DataFrame(
    {
        "STUDYID": "S1", "DOMAIN": "SC", "USUBJID": ["S1-1", "S1-1", "S1-2", "S1-2"],
        "SCSEQ": [1, 2, 1, 2],
        "SCTESTCD": ["EDUYRNUM", "MARISTAT"] * 2,
        "SCTEST": ["Number of Years of Education", "Marital Status"] * 2,
        "SCORRES": ["12", "SINGLE", "SINGLE", "ENGAGED"],
    }
)  # fmt: skip


@pytest.fixture
def datasets(tmp_path):
    folder = tmp_path / "datasets"
    folder.mkdir()
    SC.astype({"SCSEQ": "float64"}).to_parquet(folder / "sc.parquet")
    return folder


def of_the_study(findings) -> list[tuple[str, str, int | None]]:
    """The findings that only a study's specification gives, and variables outside the spec."""
    return [
        (item.check_id, " ".join(item.variables) or item.dataset, item.record)
        for item in findings
        if item.check_id.startswith("CDT-M") or item.check_id == "CDT-S004"
    ]


EXPECTED = [
    # ENGAGED is none of the study's terms; SINGLE is no number of years
    ("CDT-M002", "SCORRES", 4),
    ("CDT-M003", "SCORRES", 3),
    ("CDT-M011", "EG", None),
]


def test_datasets_are_held_to_a_workbook(datasets, tmp_path):
    workbook = write_sheets(tmp_path / "spec.xlsx", SHEETS)
    counts, findings = validate_folder(datasets, Held(specification=workbook))
    assert counts == {"SC": 4}
    assert of_the_study(findings) == EXPECTED


def test_the_same_by_the_tables_of_a_study(datasets, tmp_path):
    study = tmp_path / "study"
    study.mkdir()
    shutil.copy(sample_study_path() / "study.yaml", study)
    workbook = write_sheets(tmp_path / "spec.xlsx", SHEETS)
    runner = CliRunner()
    assert runner.invoke(app, ["spec", "import", str(workbook), str(study)]).exit_code == 0
    _, findings = validate_folder(datasets, Held(study=study))
    assert of_the_study(findings) == EXPECTED
    _, findings = validate_folder(datasets, Held(specification=study / "spec" / "sdtm"))
    assert of_the_study(findings) == EXPECTED


def test_without_a_specification_the_standard_alone_holds(datasets):
    _, findings = validate_folder(datasets, Held())
    assert of_the_study(findings) == []


def test_a_specification_with_faults_is_refused(datasets, tmp_path):
    sheets = {**SHEETS, "Datasets": SHEETS["Datasets"][:1]}
    workbook = write_sheets(tmp_path / "spec.xlsx", sheets)
    with pytest.raises(
        ConfigurationError, match=r"Datasets is missing or empty.*sheet Variables, row 2"
    ):
        validate_folder(datasets, Held(specification=workbook))


@pytest.mark.parametrize("standard", ["sdtmig-3.4", "sdtmig-3.3"])
def test_an_unknown_dataset_is_a_finding_and_the_others_are_checked(datasets, standard):
    pd.DataFrame({"USUBJID": ["1"]}).to_parquet(datasets / "zz.parquet")
    counts, findings = validate_folder(datasets, Held(standard=standard))
    assert counts == {"SC": 4}
    (unknown,) = [item for item in findings if item.check_id == "CDT-S020"]
    assert unknown.dataset == "ZZ"
    assert "datasets: {ZZ: {class: Findings" in unknown.detail


def test_adam_of_any_name_is_validated_on_demand(tmp_path):
    bds = pd.DataFrame({"STUDYID": ["S"], "USUBJID": ["S-1"], "PARAMCD": ["X"], "AVAL": [1.0]})
    bds.to_parquet(tmp_path / "labs.parquet")
    _, findings = validate_folder(tmp_path, Held(standard="adamig-1.3"))
    assert ("CDT-S001", ("PARAM",)) in {(item.check_id, item.variables) for item in findings}
