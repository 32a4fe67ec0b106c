"""Conformance checks of a define.xml: each fires on one change of a clean file, with its line."""

import csv
import io
from functools import lru_cache
from pathlib import Path

import pytest
from lxml import etree

from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.metadata.define_checks import check_define
from cdisc_tools.metadata.define_names import DEFINE

FOLDER = Path(__file__).parents[1] / "defines"
SDTM, ADAM = "sdtm.xml", "adam.xml"
# check, file, text, what stands in its place
with (FOLDER / "cases.csv").open(encoding="utf-8", newline="") as stream:
    CASES = [tuple(line.values()) for line in csv.DictReader(stream)]
# these need every place of the text changed, the others the first one
EVERYWHERE = {"CDT-D027", "CDT-D057", "CDT-D180"}


@lru_cache(maxsize=4)
def clean(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def checked(text: str, version: str = "2.1"):
    root = etree.parse(io.BytesIO(text.encode())).getroot()
    return check_define(root, version, "define.xml").records


@pytest.mark.parametrize("name", [SDTM, ADAM])
def test_a_clean_file_has_no_finding(name):
    assert checked(clean(name)) == []


@pytest.mark.parametrize(("check", "name", "old", "new"), CASES, ids=[case[0] for case in CASES])
def test_a_check_fires_on_the_line_that_was_changed(check, name, old, new):
    text = clean(name)
    assert old in text
    found = [
        finding
        for finding in checked(text.replace(old, new, -1 if check in EVERYWHERE else 1))
        if finding.check_id == check
    ]
    assert found
    assert all(finding.cell is not None and finding.cell.row > 0 for finding in found)


def test_without_an_annotated_crf_its_pages_are_not_missed():
    """One finding says it; a variable without pages is a fault beside an annotated CRF alone."""
    cases = {case[0]: case[2:] for case in CASES}
    text = clean(SDTM)
    for check in ("CDT-D138", "CDT-D137"):
        text = text.replace(*cases[check])
    found = [item.check_id for item in checked(text) if item.check_id in cases]
    assert found.count("CDT-D137") == 1
    assert "CDT-D138" not in found


# a fault of an attribute stands in the very line that was changed
@pytest.mark.parametrize(
    "check", ["CDT-D010", "CDT-D029", "CDT-D045", "CDT-D062", "CDT-D101", "CDT-D113"]
)
def test_the_line_is_that_of_the_element(check):
    (_, name, old, new) = next(case for case in CASES if case[0] == check)
    text = clean(name)
    line = text[: text.index(old)].count("\n") + 1
    changed = checked(text.replace(old, new, 1))
    found = [each.cell.row for each in changed if each.check_id == check]
    assert line in found


OLDER = """<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.0"
 ODMVersion="1.3.2" FileType="Snapshot" FileOID="F" CreationDateTime="2024-01-01T00:00:00">
<Study OID="S"><GlobalVariables/><MetaDataVersion OID="M" Name="M" def:DefineVersion="2.0.0"
 def:StandardName="{}" def:StandardVersion="{}"/></Study></ODM>"""


@pytest.mark.parametrize(
    ("name", "number", "found"),
    [
        ("SDTM-IG", "3.4", []),
        ("SDTM", "3.4", ["CDT-D072"]),
        ("ADaM-IG", "", ["CDT-D073"]),
    ],
)
def test_the_standard_of_version_2_0_is_named(name, number, found):
    assert [each.check_id for each in checked(OLDER.format(name, number), "2.0")] == found


def test_every_check_of_the_catalogue_has_a_case():
    """CDT-D001 is the XML schema's, D072 and D073 are those of version 2.0."""
    ids = {name for name in read_checks() if name.startswith("CDT-D")}
    assert ids == {case[0] for case in CASES} | {"CDT-D001", "CDT-D072", "CDT-D073"}
    assert len(ids) >= 60
    assert set(DEFINE) == {"2.0", "2.1"}
