"""Packages: the tree, the same bytes twice, parts of large datasets, datasets that lie ready."""

import csv
import hashlib
import io
import json
import shutil
from dataclasses import replace

import docx
import pandas as pd
import pytest

from cdisc_tools.io.datasets import read_dataset
from cdisc_tools.io.xpt import only_member, read_xpt, study_lengths
from cdisc_tools.metadata.resources import read_table, sample_study_path, specs_path
from cdisc_tools.metadata.study import read_study
from cdisc_tools.metadata.study_standards import read_study_standards
from cdisc_tools.model.baseline import BaselineEntry
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.documents import TO_COMPLETE
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline.guides import CONTENTS, GUIDES
from cdisc_tools.pipeline.outputs import run_folder
from cdisc_tools.pipeline.package import PackageSources, package_study, write_package
from cdisc_tools.pipeline.package_files import write_part, write_split
from cdisc_tools.pipeline.package_parts import lengths_of, ready_inputs, ready_part
from cdisc_tools.reports.precheck import is_ready

TREE = "m5/datasets/nct00949325"
SDTM, ADAM = f"{TREE}/tabulations/sdtm", f"{TREE}/analysis/adam/datasets"


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(request, once):
    """The package of the whole sample study, and what its pre-check found."""
    return once(
        "whole", lambda output: write_package(request.getfixturevalue("sample_package"), output)
    )


def test_the_package_of_the_sample_study_is_ready(whole, sample_package):
    output, check = whole
    assert is_ready(check)
    names = {
        part.standard: [d.name.lower() for d in part.datasets] for part in sample_package.parts
    }
    expected = {f"{SDTM}/{name}.xpt" for name in names["sdtm"]}
    expected |= {f"{ADAM}/{name}.xpt" for name in names["adam"]}
    for folder, guide in ((SDTM, "csdrg.docx"), (ADAM, "adrg.docx")):
        expected |= {f"{folder}/{name}" for name in (guide, "define.xml", "define2-1.xsl")}
    assert set(files_of(output)) == expected | {"manifest.json", "precheck.json"}
    assert len(names["sdtm"]) == 42
    assert len(names["adam"]) == 7


def test_the_manifest_has_the_hash_of_every_file(whole):
    output, _ = whole
    manifest = json.loads((output / "manifest.json").read_text())
    made = files_of(output)
    del made["manifest.json"]
    assert manifest["outputs"] == made
    assert json.loads((output / "precheck.json").read_text())["ready"] is True


def test_the_same_package_twice_is_the_same_bytes(small_package, small_tree, tmp_path):
    tree, _ = small_tree
    write_package(small_package, tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(tree)


def test_a_file_of_the_users_is_never_lost(small_package, small_tree, tmp_path):
    tree, _ = small_tree
    shutil.copytree(tree, tmp_path / "package")
    mine = tmp_path / "package" / SDTM / "csdrg.pdf"
    mine.write_text("mine")
    with pytest.raises(ConfigurationError, match=r"no earlier run wrote.*csdrg.pdf"):
        write_package(small_package, tmp_path / "package")
    assert mine.read_text() == "mine"


def test_an_output_that_is_a_link_stays_one(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    (tmp_path / "dangling").symlink_to("absent")
    read = read_study(sample_study_path())
    with run_folder(tmp_path / "link", read) as made:
        (made / "a.csv").write_text("a")
    assert (tmp_path / "link").is_symlink()
    assert set(files_of(tmp_path / "there")) == {"a.csv", "manifest.json"}
    with (
        pytest.raises(ConfigurationError, match=r"dangling is a link to absent"),
        run_folder(tmp_path / "dangling", read),
    ):
        pass


@pytest.fixture(scope="module")
def split(small_package, once):
    """A package whose AE and SUPPDM and ADAE are too large for one file."""
    return once("split", lambda output: write_package(small_package, output, largest=20_000))


@pytest.mark.parametrize(("folder", "name"), [(SDTM, "ae"), (ADAM, "adae")])
def test_large_datasets_are_split_by_subjects(split, folder, name):
    output, check = split
    assert is_ready(check)
    whole_file = output / folder / f"{name}.xpt"
    parts = sorted((output / folder / "split").glob(f"{name}*.xpt"), key=lambda p: (len(p.name), p))
    assert len(parts) > 2
    assert [part.stem for part in parts] == [f"{name}{n}" for n in range(1, len(parts) + 1)]
    frames = [read_xpt(part).frame.astype("string") for part in parts]
    joined = pd.concat(frames, ignore_index=True)
    pd.testing.assert_frame_equal(joined, read_xpt(whole_file).frame.astype("string"))
    subjects = [set(frame["USUBJID"]) for frame in frames]
    assert sum(map(len, subjects)) == len(set().union(*subjects))
    head = only_member(whole_file).member
    for part in parts:
        assert part.stat().st_size <= 20_000
        of_part = only_member(part).member
        assert of_part.about.name == part.stem.upper()
        assert of_part.record_length == head.record_length
        assert of_part.about.label == head.about.label


def test_a_subject_too_large_for_a_part_is_cut_by_records(small_tree, tmp_path):
    shutil.copy(small_tree[0] / ADAM / "adae.xpt", tmp_path)
    told = write_split(tmp_path / "adae.xpt", 10_500)
    parts = [tmp_path / "split" / f"{part.name.lower()}.xpt" for part in told]
    assert set(parts) == set((tmp_path / "split").iterdir())
    assert all(part.stat().st_size <= 10_500 for part in parts)
    frames = [read_xpt(part).frame for part in parts]
    assert [end - start + 1 for start, end in (part.records for part in told)] == [
        len(frame) for frame in frames
    ]
    joined = pd.concat([frame.astype("string") for frame in frames], ignore_index=True)
    whole_frame = read_xpt(tmp_path / "adae.xpt").frame.astype("string")
    pd.testing.assert_frame_equal(joined, whole_frame)
    assert sum(frame["USUBJID"].nunique() for frame in frames) > 16


def test_a_limit_below_one_record_is_refused(small_package, tmp_path):
    with pytest.raises(ConfigurationError, match="no record of"):
        write_package(small_package, tmp_path / "package", largest=1_000)
    assert not (tmp_path / "package").exists()


@pytest.mark.parametrize("guide", ["csdrg", "adrg"])
def test_the_guide_of_a_split_dataset_explains_it(split, guide):
    output, _ = split
    folder, name = (SDTM, "AE") if guide == "csdrg" else (ADAM, "ADAE")
    made = docx.Document(output / folder / f"{guide}.docx")
    cells = [[cell.text for cell in row.cells] for table in made.tables for row in table.rows]
    assert any(row[:2] == [name, f"{name}1"] for row in cells)


# datasets that lie ready


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study of which only study.yaml and the analysis are at hand: no raw forms."""
    folder = tmp_path_factory.mktemp("study")
    shutil.copy(sample_study_path() / "study.yaml", folder)
    return folder


@pytest.fixture(scope="module")
def ready(study, small_tree, once):
    """A package of the small package's datasets."""
    tree, _ = small_tree
    sources = PackageSources(tree / SDTM, tree / ADAM)
    return once("ready", lambda output: package_study(study, output, sources))


def test_ready_datasets_are_packed_as_they_are(ready, small_tree):
    output, check = ready
    assert is_ready(check)
    old, new = files_of(small_tree[0]), files_of(output)
    assert set(new) == set(old)
    for name in old:
        if name.endswith((".xpt", ".xml", ".xsl")):
            assert new[name] == old[name]
    inputs = json.loads((output / "manifest.json").read_text())["inputs"]
    assert inputs["sdtm/ae.xpt"] == old[f"{SDTM}/ae.xpt"]


def test_the_documents_of_a_ready_define_xml_go_with_it(study, small_tree, tmp_path):
    shutil.copytree(small_tree[0] / SDTM, tmp_path / "ready" / "sdtm")
    ready = tmp_path / "ready" / "sdtm"
    named = ("acrf.pdf", "docs/../../secret.pdf", "../secret.pdf", "absent.pdf", "dm.xpt")
    leafs = "".join(
        f'<def:leaf ID="LF.{n}" xlink:href="{name}"><def:title>x</def:title></def:leaf>'
        for n, name in enumerate(named)
    )
    define = (ready / "define.xml").read_text(encoding="utf-8")
    define = define.replace("</MetaDataVersion>", f"{leafs}</MetaDataVersion>")
    (ready / "define.xml").write_text(define, encoding="utf-8")
    for name in ("acrf.pdf", "../secret.pdf", "unnamed.pdf"):
        (ready / name).write_text(name)
    read = read_study(study)
    part = ready_part(ready, "sdtm", study, read_study_standards(read))
    write_part(part, tmp_path / "made" / "sdtm", read.timestamp, {}, 10**9)
    made = files_of(tmp_path / "made")
    given = files_of(tmp_path / "ready")
    assert set(given) - set(made) == {"secret.pdf", "sdtm/unnamed.pdf", "sdtm/csdrg.docx"}
    assert all(given[name] == made[name] for name in made)
    assert ready_inputs([part])["sdtm/acrf.pdf"] == ready / "acrf.pdf"


def test_ready_transport_files_stay_on_the_disk(study, small_tree, tmp_path):
    """What is told of them is what reading them tells; only other formats are in memory."""
    shutil.copytree(small_tree[0] / SDTM, tmp_path / "sdtm")
    (tmp_path / "sdtm" / "ae.xpt").unlink()
    ae = read_xpt(small_tree[0] / SDTM / "ae.xpt")
    ae.frame.astype("string").to_parquet(tmp_path / "sdtm" / "ae.parquet")
    standards = read_study_standards(read_study(study))
    part = ready_part(tmp_path / "sdtm", "sdtm", study, standards)
    in_memory = [dataset.name for dataset in part.datasets if isinstance(dataset, Dataset)]
    assert in_memory == ["AE"]
    whole = []
    for dataset in part.datasets:
        if isinstance(dataset, Dataset):
            whole.append(dataset)
            continue
        path = tmp_path / "sdtm" / f"{dataset.name.lower()}.xpt"
        read = read_dataset(path, lambda names, spec=dataset.spec: spec, categories=True)
        pd.testing.assert_frame_equal(dataset.frame, read.frame)
        assert (dataset.records, dataset.variables) == (read.records, read.variables)
        assert [item.label for item in dataset.spec.variables] == [
            read.labels[name] for name in read.variables
        ]
        whole.append(read)
    # the longest values of the study are those of all datasets
    lengths, expected = lengths_of([part]), study_lengths(whole)
    assert {name: lengths[name] for name in expected} == expected
    others = tuple(dataset for dataset in part.datasets if dataset.name != "AE")
    assert lengths_of([replace(part, datasets=others)]) == {}


def test_ready_datasets_alone_need_a_define_xml(study, small_tree, tmp_path):
    tree, _ = small_tree
    shutil.copytree(tree / SDTM, tmp_path / "sdtm")
    (tmp_path / "sdtm" / "define.xml").unlink()
    with pytest.raises(ConfigurationError, match="beside the datasets, or import"):
        package_study(study, tmp_path / "package", PackageSources(sdtm=tmp_path / "sdtm"))


def test_ready_datasets_of_one_standard_are_not_ready_without_ts(study, small_tree, tmp_path):
    tree, _ = small_tree
    check = package_study(study, tmp_path / "package", PackageSources(adam=tree / ADAM))
    assert not is_ready(check)
    assert {name for name, _, _ in check.findings.totals if name == "CDT-X001"}


def test_results_of_datasets_that_are_left_out_are_not_told(sample_package, small_package):
    """The small package has ADSL and ADAE of the datasets that displays show."""
    (adam,) = [part for part in small_package.parts if part.standard == "adam"]
    (whole,) = [part for part in sample_package.parts if part.standard == "adam"]
    for table in ("results", "criteria"):
        found = adam.specification.table(f"analysis_{table}")
        assert len(found) < len(whole.specification.table(f"analysis_{table}"))
    names = {record["dataset"] for record in adam.specification.table("analysis_criteria")}
    assert names <= {"ADSL", "ADAE"}


# the guides


def document(small_package, tmp_path, **changes):
    """The guide of the tabulations, read by another program."""
    parts = tuple(part for part in small_package.parts if part.standard == "sdtm")
    write_package(replace(small_package, parts=parts, **changes), tmp_path / "package")
    return docx.Document(tmp_path / "package" / SDTM / "csdrg.docx")


def test_the_guide_has_the_explanations_of_the_baseline(small_package, tmp_path):
    term = "SAE reported to sponsor after 48 hours \u2013 na\u00efve reporter"
    identity = (
        "CDT-X025", "DV", "variable_name variable_value",
        f"USUBJID=NCT00949325-TLD-014; DVTERM={term}; DVSTDTC=2011-02-24",
        f"variable_name=DVTERM; variable_value={term}",
    )  # fmt: skip
    entry = BaselineEntry(identity, 1, "The site wrote it so.", "data management")
    made = document(small_package, tmp_path, entries=(entry,))
    found = ["warning", "The value has characters outside ASCII.", "DV", "1"]
    assert rows_of(made, "CDT-X025") == [[*found, "The site wrote it so."]]
    bare = document(small_package, tmp_path, entries=())
    assert rows_of(bare, "CDT-X025") == [[*found, f"{TO_COMPLETE}explanation"]]


def rows_of(made, check):
    """The rows of a check in a guide's tables, without the check itself."""
    rows = [[cell.text for cell in row.cells] for table in made.tables for row in table.rows]
    return [row[1:] for row in rows if row[0] == check]


def test_a_guide_tells_the_study_its_mapping_and_its_unmapped_cells(whole):
    output, _ = whole
    made = docx.Document(output / SDTM / "csdrg.docx")
    rows = [[cell.text for cell in row.cells] for table in made.tables for row in table.rows]
    headings = [p.text for p in made.paragraphs if p.style.name.startswith("Heading")]
    path = specs_path() / "submission" / "guides.csv"
    lines = [line for line in read_table(path, ("guide", "number", "title"))
             if line["guide"] == "csdrg"]  # fmt: skip
    assert headings == [f"{line['number']}  {line['title']}" for line in lines]
    assert ["Study Start Date", "2009-10-29"] in rows
    assert ["Tabulation", "SDTMIG 3.4"] in rows
    assert ["MedDRA", f"{TO_COMPLETE}version"] in rows
    remark = "EX is in the unit of the protocol; the milligrams are in EC"
    assert ["EX.EXDOSE", "drugadmin", "Given Dose (mg/m2)", remark] in rows
    (dm,) = [row for row in rows if row[:2] == ["DM", "Demographics"]]
    assert dm[4:] == ["STUDYID, USUBJID", "18", "no"]
    assert ["labs", "STUDYID", "2060", "Study id, the same in every record"] in rows


def test_a_guide_of_the_analysis_tells_endpoints_with_their_rationale(whole):
    output, _ = whole
    made = docx.Document(output / ADAM / "adrg.docx")
    rows = [[cell.text for cell in row.cells] for table in made.tables for row in table.rows]
    texts = [paragraph.text for paragraph in made.paragraphs]
    assert "PFS: Progression-Free Survival (days)" in texts
    rationale = [row[1] for row in rows if row[0] == "Rationale"]
    assert any(
        text.startswith("From the first dose to the first progression") for text in rationale
    )
    (censorings,) = [row[1] for row in rows if row[0] == "Censorings" and "ADRS.ADT" in row[1]]
    assert "No progression or death (ADRS.ADT where PARAMCD in (OVR)" in censorings
    (evaluable,) = [row for row in rows if row[0] == "EVALFL" and len(row) == 4]
    assert evaluable[1] == "15"
    assert ["subjects, death", "DM.DTHDTC", "to the first possible day"] in rows
    (adtte,) = [row for row in rows if row[:2] == ["ADTTE", "Time-to-Event Analysis Dataset"]]
    assert adtte[5] == "32"
    assert ["ADTTE", "ADRS, ADSL"] in rows


def test_every_section_that_is_named_can_be_filled():
    path = specs_path() / "submission" / "guides.csv"
    lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert {line["content"] for line in lines} - {""} == set(CONTENTS)
    assert {line["guide"] for line in lines} == set(GUIDES.values())


def test_a_guide_without_a_run_leaves_to_a_person_what_is_not_known(ready):
    output, _ = ready
    made = docx.Document(output / ADAM / "adrg.docx")
    texts = [paragraph.text for paragraph in made.paragraphs]
    opened = f"{TO_COMPLETE}How the endpoints are defined is not known from the study's tables"
    assert any(text.startswith(opened) for text in texts)
