"""The define.xml of the sample study, and datasets held to one, both ways."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cdisc_tools.io.define_writing import write_define_xml
from cdisc_tools.io.define_xml import read_define_xml
from cdisc_tools.metadata.checks import check_of
from cdisc_tools.metadata.define_completion import complete_for_define
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.metadata.specification import ADAM_PART as ADAM
from cdisc_tools.metadata.specification import SDTM_PART as SDTM
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline import define as pipeline
from cdisc_tools.pipeline.define import check_define_file, make_define
from cdisc_tools.pipeline.specification import study_facts
from cdisc_tools.pipeline.specification_building import build_specification
from cdisc_tools.pipeline.validate import Held, define_beside, validate_folder
from tests.specifications import spec as specification

MOMENT = datetime(2012, 7, 2)


@pytest.fixture(scope="module")
def built(sample_run):
    """The sample study's specifications, completed for Define-XML."""
    return {
        standard: complete_for_define(
            build_specification(
                study_facts(sample_run, sample_study_path(), standard), layout="2.1"
            )
        )
        for standard in (SDTM, ADAM)
    }


# what the sample study can't say: it has no annotated CRF, and no licence of MedDRA
KNOWN = {
    (SDTM, "2.1"): {"CDT-D137", "CDT-D152"},
    (SDTM, "2.0"): {"CDT-D137", "CDT-D152"},
    # percentages have all their decimals
    (ADAM, "2.1"): {"CDT-D123", "CDT-D152"},
    (ADAM, "2.0"): {"CDT-D123", "CDT-D152"},
}


@pytest.mark.parametrize(("standard", "version"), list(KNOWN))
def test_the_sample_studys_define_xml_is_valid(built, standard, version, tmp_path):
    path = tmp_path / "define.xml"
    write_define_xml(built[standard], path, version=version, timestamp=MOMENT)
    findings = check_define_file(path)
    assert {finding.check_id for finding in findings} == KNOWN[standard, version]
    assert not [each for each in findings if check_of(each.check_id).severity == "error"]


@pytest.mark.parametrize("standard", [SDTM, ADAM])
def test_what_is_written_is_read_and_written_the_same(built, standard, tmp_path):
    first, second = tmp_path / "a.xml", tmp_path / "b.xml"
    write_define_xml(built[standard], first, version="2.1", timestamp=MOMENT)
    source = read_define_xml(first)
    assert (source.problems, source.remarks) == ((), ())
    assert not source.specification.table("xml_attributes")
    write_define_xml(source.specification, second, version="2.1", timestamp=MOMENT)
    assert first.read_bytes() == second.read_bytes()


def test_datasets_stand_by_class_and_extensions_are_marked(built):
    names = [record["dataset"] for record in built[SDTM].table("datasets")]
    assert names[:5] == ["TA", "TE", "TI", "TS", "TV"]
    assert names.index("DM") < names.index("EX") < names.index("AE") < names.index("LB")
    assert built[ADAM].table("datasets")[0]["dataset"] == "ADSL"
    marked = {
        record["term"]
        for record in built[SDTM].table("codelists")
        if record["Extended Value"] and record["id"] == "MITESTCD"
    }
    assert "ALDH1" in marked | {
        record["term"] for record in built[SDTM].table("codelists") if record["Extended Value"]
    }


# display -> results with their dataset, variables, parameter, as analysis/*.yaml has them
RESULTS = {
    "Table 14.2.1": [
        ("pfs_median", "ADTTE", "AVAL, CNSR", "ADTTE.PARAMCD", "PRIMARY OUTCOME MEASURE"),
        ("pfs_shortest", "ADTTE", "AVAL", "ADTTE.PARAMCD", "PRIMARY OUTCOME MEASURE"),
        ("pfs_longest", "ADTTE", "AVAL", "ADTTE.PARAMCD", "PRIMARY OUTCOME MEASURE"),
    ],
    "Table 14.2.2": [("response_rate", "ADSL", "RESPFL", "", "SECONDARY OUTCOME MEASURE")],
    "Table 14.2.3": [
        ("os_median", "ADTTE", "AVAL, CNSR", "ADTTE.PARAMCD", "SECONDARY OUTCOME MEASURE"),
    ],
}


@pytest.mark.parametrize("display", RESULTS)
def test_the_results_of_an_endpoint_are_described(built, display):
    spec = built[ADAM]
    criteria = {record["result"]: record for record in spec.table("analysis_criteria")}
    found = [
        (r["id"], criteria[r["id"]]["dataset"], criteria[r["id"]]["variables"], r["Parameter"],
         r["purpose"])
        for r in spec.table("analysis_results") if r["display"] == display
    ]  # fmt: skip
    assert found == RESULTS[display]


def test_the_median_of_progression_free_survival_in_words(built):
    spec = built[ADAM]
    (result,) = [r for r in spec.table("analysis_results") if r["id"] == "pfs_median"]
    assert result["reason"] == "SPECIFIED IN PROTOCOL"
    assert result["documentation"].startswith("Kaplan-Meier median with its 95 % Brookmeyer-")
    assert "death from any cause, whichever is first" in result["documentation"]
    assert 'compute_figure({"ADTTE": adtte}, pfs_median)' in result["programming_code"]
    conditions = [
        (r["variable"], r["comparator"], r["value"])
        for r in spec.table("where_clauses") if r["id"] == result["selection_criteria"]
    ]  # fmt: skip
    assert conditions == [("PARAMCD", "EQ", "PFS"), ("EVALFL", "EQ", "Y")]


def test_a_response_says_what_is_counted(built):
    (result,) = [r for r in built[ADAM].table("analysis_results") if r["id"] == "response_rate"]
    assert "subjects whose RESPFL is Y, with the exact 95 % interval" in result["documentation"]


def test_make_writes_define_and_stylesheet_from_tables(tmp_path):
    """A folder of tables is enough; the same input gives the same bytes."""
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "datasets.csv").write_text("dataset,label,structure,class\nDM,Demographics,One,X\n")
    (tables / "variables.csv").write_text(
        "dataset,variable,label,data_type,length\nDM,SEX,Sex,text,1\n"
    )
    for name in ("one", "two"):
        made = make_define(tables, tmp_path / name, standard=SDTM)
        assert not made.built
        assert made.findings.totals
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["define.xml", "define2-1.xsl"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_tables_with_faults_are_named_by_line_and_nothing_is_written(tmp_path):
    (tmp_path / "datasets.csv").write_text("dataset,label\nDM,Demographics\n")
    (tmp_path / "variables.csv").write_text(
        "dataset,variable,data_type,length\nDM,SEX,text,one\nAE,AETERM,text,200\n"
    )
    with pytest.raises(ConfigurationError, match=r"(?s)line 2.*'one'.*line 3.*'AE'"):
        make_define(tmp_path, tmp_path / "out", standard=SDTM)
    assert not (tmp_path / "out").exists()


def test_make_runs_a_study_without_tables(built, monkeypatch, tmp_path):
    plain = {ADAM: replace(built[ADAM])}
    monkeypatch.setattr(
        pipeline, "build_study_specification", lambda _folder, standard, **_: plain[standard]
    )
    made = make_define(sample_study_path(), tmp_path / "out", standard=ADAM)
    assert made.built
    # the moment is the study's
    assert b'CreationDateTime="2012-07-02T00:00:00"' in made.path.read_bytes()


def test_an_output_that_is_a_file_is_refused(tmp_path):
    file = tmp_path / "out"
    file.write_text("x")
    with pytest.raises(ConfigurationError, match="is a file; give a folder"):
        make_define(sample_study_path(), file, standard=SDTM)


VARIABLES = [
    ("STUDYID", "Study Identifier", "text", 2), ("DOMAIN", "Domain Abbreviation", "text", 2),
    ("USUBJID", "Unique Subject Identifier", "text", 8),
    ("SCSEQ", "Sequence Number", "integer", 8),
    ("SCTESTCD", "Subject Characteristic Short Name", "text", 8),
    ("SCTEST", "Subject Characteristic", "text", 40),
    ("SCORRES", "Result or Finding in Original Units", "text", 8),
    ("SCSTRESN", "Numeric Result/Finding in Standard Units", "float", 8),
]  # fmt: skip
SC = {
    "STUDYID": ["S1"] * 3, "DOMAIN": ["SC"] * 3, "USUBJID": ["S1-1", "S1-1", "S1-2"],
    "SCSEQ": [1.0, 2.0, 1.0], "SCTESTCD": ["EDUYRNUM", "MARISTAT", "EDUYRNUM"],
    "SCTEST": ["Number of Years of Education", "Marital Status", "Number of Years of Education"],
    "SCORRES": ["12", "SINGLE", "9"], "SCSTRESN": [12.0, None, 9.5],
}  # fmt: skip


def define_of_sc(path: Path) -> None:
    """Write the define.xml of a small dataset with codelist, value level, keys and a format."""
    variables = [
        {"dataset": "SC", "variable": name, "label": label, "data_type": kind,
         "length": str(length), "order": str(number), "mandatory": "No"}
        for number, (name, label, kind, length) in enumerate(VARIABLES, 1)
    ]  # fmt: skip
    variables[6]["mandatory"] = "Yes"
    variables[4]["codelist"] = "TESTS"
    variables[7] |= {"significant_digits": "1", "format": "8.1"}
    spec = specification(
        study=[{"attribute": "StudyName", "value": "S1"}],
        datasets=[{"dataset": "SC", "label": "Subject Characteristics", "class": "FINDINGS",
                   "structure": "One record per test", "key_variables": "USUBJID, SCTESTCD"}],
        variables=variables,
        value_level=[{"dataset": "SC", "variable": "SCORRES", "where_clause": "W", "length": "2",
                      "data_type": "integer", "mandatory": "No"},
                     {"dataset": "SC", "variable": "SCORRES", "where_clause": "V", "length": "6",
                      "data_type": "text", "mandatory": "No"}],
        where_clauses=[{"id": "W", "dataset": "SC", "variable": "SCTESTCD", "comparator": "EQ",
                        "value": "EDUYRNUM"},
                       {"id": "V", "dataset": "SC", "variable": "SCTESTCD", "comparator": "NE",
                        "value": "EDUYRNUM"}],
        codelists=[{"id": "TESTS", "name": "Tests", "data_type": "text", "term": term}
                   for term in ("EDUYRNUM", "MARISTAT")],
    )  # fmt: skip
    write_define_xml(spec, path, version="2.1", timestamp=MOMENT)


def write(folder: Path, columns, *, name="sc", labels=None, formats=None, dataset_label=None):
    """Write SC as a transport file with labels, by a program that is not ours."""
    known = {variable: label for variable, label, _, _ in VARIABLES} | (labels or {})
    frame = pd.DataFrame(columns)
    pyreadstat.write_xport(
        frame, str(folder / f"{name}.xpt"), table_name=name.upper(), file_format_version=5,
        file_label=dataset_label or "Subject Characteristics",
        column_labels=[known.get(column, "") for column in frame],
        variable_format={"SCSTRESN": "8.1"} | (formats or {}),
    )  # fmt: skip


def found(folder: Path) -> list[tuple[str, tuple[str, ...]]]:
    """The findings that come of the define.xml; those of the standard alone are left out."""
    held = Held(specification=folder / "define.xml")
    _, findings = validate_folder(folder, held)
    kinds = {"CDT-M", "CDT-S002", "CDT-S004", "CDT-S015", "CDT-S019", "CDT-S020"}
    return [
        (finding.check_id, finding.variables)
        for finding in findings
        if any(finding.check_id.startswith(kind) for kind in kinds)
    ]


def test_data_as_the_define_xml_says_have_no_finding_of_it(tmp_path):
    define_of_sc(tmp_path / "define.xml")
    write(tmp_path, SC)
    # what is left is about the define.xml and the SDTM: required variables not called mandatory
    assert {check for check, _ in found(tmp_path)} == {"CDT-M017"}
    assert define_beside(tmp_path) == tmp_path / "define.xml"
    assert define_beside(tmp_path / "sc.xpt") == tmp_path / "define.xml"


def changed(**columns):
    return {**SC, **columns}


# fault -> the data, what else is unlike, check and variables
FAULTS = {
    "variable-absent": ({k: v for k, v in SC.items() if k != "SCORRES"}, {}, "CDT-S002",
                        ("SCORRES",)),
    "permissible-absent": ({k: v for k, v in SC.items() if k != "SCSTRESN"}, {}, "CDT-M006",
                           ("SCSTRESN",)),
    "variable-more": (changed(SCLOC=["A", "B", "C"]), {}, "CDT-S004", ("SCLOC",)),
    "longer": (changed(SCORRES=["12", "DIVORCED!", "9"]), {}, "CDT-M005", ("SCORRES",)),
    "not-in-codelist": (changed(SCTESTCD=["EDUYRNUM", "SKINCLAS", "EDUYRNUM"]), {}, "CDT-M002",
                        ("SCTESTCD",)),
    "value-level-type": (changed(SCORRES=["xx", "SINGLE", "9"]), {}, "CDT-M003", ("SCORRES",)),
    "value-level-length": (changed(SCORRES=["12", "DIVORCE", "9"]), {}, "CDT-M005", ("SCORRES",)),
    "decimals": (changed(SCSTRESN=[12.0, None, 9.55]), {}, "CDT-M004", ("SCSTRESN",)),
    "not-whole": (changed(SCSEQ=[1.0, 2.5, 1.0]), {}, "CDT-M003", ("SCSEQ",)),
    "mandatory": (changed(SCORRES=["12", "SINGLE", ""]), {}, "CDT-M001", ("SCORRES",)),
    "label": (SC, {"labels": {"SCTEST": "Characteristic"}}, "CDT-S019", ("SCTEST",)),
    "dataset-label": (SC, {"dataset_label": "Characteristics"}, "CDT-S019", ()),
    "format": (SC, {"formats": {"SCSTRESN": "8.2"}}, "CDT-M020", ("SCSTRESN",)),
    "order-of-variables": (dict(sorted(SC.items(), reverse=True)), {}, "CDT-S015", ()),
    "order-of-records": (changed(USUBJID=["S1-1", "S1-1", "S1-0"]), {}, "CDT-M021",
                         ("USUBJID", "SCTESTCD")),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "unlike", "check", "variables"), FAULTS.values(), ids=FAULTS)
def test_data_unlike_the_define_xml_are_found(columns, unlike, check, variables, tmp_path):
    define_of_sc(tmp_path / "define.xml")
    write(tmp_path, columns, **unlike)
    hits = [names for name, names in found(tmp_path) if name == check]
    assert variables in hits if variables else hits


@pytest.mark.parametrize(
    ("name", "check"), [("sc", []), ("eg", [("CDT-M011", ()), ("CDT-M012", ())])]
)
def test_datasets_of_one_side_only_are_found(name, check, tmp_path):
    define_of_sc(tmp_path / "define.xml")
    write(tmp_path, SC, name=name)
    assert [each for each in found(tmp_path) if each[0] in ("CDT-M011", "CDT-M012")] == check
