"""Define-XML written: nothing of a file is lost, whatever it holds."""

import io
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cdisc_tools.io.define_schema import schema_problems
from cdisc_tools.io.define_writing import define_bytes, define_root, write_define_xml
from cdisc_tools.io.define_xml import read_define_stream, read_define_xml
from cdisc_tools.io.specification_tables import write_specification_tables
from cdisc_tools.io.specification_workbook import (
    read_specification_workbook,
    write_specification_workbook,
)
from cdisc_tools.metadata.define_writable import unwritable, writable
from cdisc_tools.metadata.specification import read_specification
from cdisc_tools.model.errors import ConfigurationError
from tests.defines.trees import canonical, differences, parsed
from tests.specifications import SHEETS, write_sheets
from tests.specifications import spec as specification

DEFINES = Path(__file__).parents[1] / "defines"
MOMENT = datetime(2024, 1, 2, 3, 4, 5)


def rewritten(file: Path, folder: Path, version: str) -> Path:
    """Read a file and write it again, at the moment that it names."""
    source = read_define_xml(file)
    assert source.problems == ()
    moment = datetime.fromisoformat(etree.parse(str(file)).getroot().get("CreationDateTime"))
    path = folder / "again.xml"
    write_define_xml(source.specification, path, version=version, timestamp=moment)
    return path


def test_nothing_of_the_pilot_is_lost(shared, tmp_path):
    file = shared / "data" / "specs" / "SDTM_define.xml"
    again = rewritten(file, tmp_path, "2.0")
    assert list(differences(parsed(file), parsed(again))) == []
    # the comparison sees a difference
    tree = etree.parse(str(again)).getroot()
    tree.find(".//{*}ItemDef").set("Length", "99")
    assert len(list(differences(parsed(file), canonical(tree)))) == 1


@pytest.mark.parametrize("name", ["sdtm.xml", "adam.xml"])
def test_nothing_of_a_file_with_everything_in_it_is_lost(name, tmp_path):
    file = DEFINES / name
    source = read_define_xml(file)
    assert source.remarks == ()
    again = rewritten(file, tmp_path, "2.1")
    assert list(differences(parsed(file), parsed(again))) == []
    assert schema_problems(etree.parse(str(again)).getroot(), "2.1") == ()


def test_nothing_is_lost_by_way_of_tables_and_workbook(tmp_path):
    """What the reader keeps lives on in the study's folder and in a workbook."""
    spec = read_define_xml(DEFINES / "sdtm.xml").specification
    write_specification_tables(spec, tmp_path / "spec")
    write_specification_workbook(spec, tmp_path / "spec.xlsx", layout="2.1", timestamp=MOMENT)
    by_workbook = read_specification_workbook(tmp_path / "spec.xlsx").specification
    for number, kept in enumerate((read_specification(tmp_path / "spec"), by_workbook)):
        write_define_xml(kept, tmp_path / f"{number}.xml", version="2.1", timestamp=MOMENT)
        tree = etree.parse(str(tmp_path / f"{number}.xml")).getroot()
        tree.set("CreationDateTime", "2024-02-29T12:30:00+01:00")
        assert list(differences(parsed(DEFINES / "sdtm.xml"), canonical(tree))) == []


def test_value_level_of_two_variables_may_share_an_item(tmp_path):
    text = (DEFINES / "sdtm.xml").read_text(encoding="utf-8")
    # the qualifiers get the value level of the laboratory's results, one of its items included
    text = text.replace('ItemRef ItemOID="IT.SUPPDM.QVAL.RACEOTH"',
                        'ItemRef ItemOID="IT.LB.LBORRES.HGB"')  # fmt: skip
    file = tmp_path / "define.xml"
    file.write_text(text, encoding="utf-8")
    source = read_define_xml(file)
    # the item that nothing refers to any more, with its description, origin and page
    assert [remark.partition("element ")[2] for remark in source.remarks] == [
        "Description is not kept (1 of them)", "DocumentRef is not kept (1 of them)",
        "ItemDef is not kept (1 of them)", "Origin is not kept (1 of them)",
        "PDFPageRef is not kept (1 of them)", "TranslatedText is not kept (1 of them)",
    ]  # fmt: skip
    again = rewritten(file, tmp_path, "2.1")
    found = list(differences(parsed(file), parsed(again)))
    assert all("MetaDataVersion" in each for each in found)
    shared = etree.parse(str(again)).getroot().xpath("//*[@ItemOID='IT.LB.LBORRES.HGB']")
    assert len(shared) == 2


def test_version_2_0_has_what_it_can_say(tmp_path):
    spec = read_define_xml(DEFINES / "sdtm.xml").specification
    path = tmp_path / "define.xml"
    write_define_xml(spec, path, version="2.0", timestamp=MOMENT)
    root = etree.parse(str(path)).getroot()
    assert schema_problems(root, "2.0") == ()
    metadata = root.find(".//{*}MetaDataVersion")
    space = "{http://www.cdisc.org/ns/def/v2.0}"
    assert metadata.get(f"{space}StandardName") == "SDTM-IG"
    assert metadata.get(f"{space}DefineVersion") == "2.0.0"
    origins = {origin.get("Type") for origin in root.iter(f"{space}Origin")}
    assert origins == {"Protocol", "Derived", "CRF", "Assigned"}
    assert not list(root.iter(f"{space}Standard", f"{space}Class"))


def test_a_workbook_alone_makes_a_valid_file(tmp_path):
    """Defaults stand for what the workbook leaves open."""
    spec = read_specification_workbook(write_sheets(tmp_path / "spec.xlsx", SHEETS)).specification
    write_define_xml(spec, tmp_path / "define.xml", version="2.0", timestamp=MOMENT)
    root = etree.parse(str(tmp_path / "define.xml")).getroot()
    problems = schema_problems(root, "2.0")
    # the workbook names no standard, and decodes one of three terms
    missed = [text.rpartition("The attribute ")[2] for _, text in problems]
    assert missed[:2] == [
        f"'def:{name}' is required but missing." for name in ("StandardName", "StandardVersion")
    ]
    assert "EnumeratedItem': This element is not expected" in missed[2]
    assert len(missed) == 3
    assert root.find(".//{*}ItemGroupDef").get("Domain") == "LB"
    assert root.find(".//{*}leaf").get("{http://www.w3.org/1999/xlink}href") == "lb.xpt"
    refs = {ref.get("ItemOID"): ref.get("KeySequence") for ref in root.iter("{*}ItemRef")}
    assert refs["IT.LB.LBTESTCD"] == "2"
    assert refs["IT.LB.LBORRES"] is None


# what is wrong -> what is said
WRONG = {
    "version": ({}, "3.0", "There is no version '3.0' of Define-XML here; choose 2.0 or 2.1"),
    "character": (
        {"comments": [{"id": "C", "description": "a\x0bb"}]}, "2.1",
        "comments, description: character U\\+000B can't stand in XML; remove it",
    ),
    "conflict": (
        {"datasets": [{"dataset": "DM"}, {"dataset": "AE"}],
         "variables": [{"dataset": "DM", "variable": "X", "OID": "IT.X", "length": "1"},
                       {"dataset": "AE", "variable": "X", "OID": "IT.X", "length": "2"}]},
        "2.1", "OID IT.X is that of another record, too, which says something else",
    ),
    # of a file that isn't there nobody has seen the lines
    "faults": (
        {"datasets": [{"dataset": "DM"}],
         "variables": [{"dataset": "DM", "variable": "X", "method": "MT.X"}],
         "methods": [{"id": "OTHER"}]},
        "2.1", "The specification has 2 faults(?s:.*)variables, column Method: 'MT.X' is not in",
    ),
}  # fmt: skip


# a where clause of one line that names no variable, and what refers to it
INCOMPLETE = {
    "datasets": [{"dataset": "LB"}],
    "variables": [{"dataset": "LB", "variable": "LBORRES"},
                  {"dataset": "LB", "variable": "LBTESTCD"}],
    "value_level": [{"dataset": "LB", "variable": "LBORRES", "where_clause": clause}
                    for clause in ("GOOD", "BAD")],
    "where_clauses": [
        {"id": "GOOD", "dataset": "LB", "variable": "LBTESTCD", "comparator": "EQ", "value": "A"},
        {"id": "BAD", "dataset": "LB", "variable": "LBTESTCD", "comparator": "EQ", "value": "B"},
        {"id": "BAD", "dataset": "LB", "comparator": "EQ", "value": "C"},
    ],
    "analysis_displays": [{"id": "T1", "title": "One"}],
    "analysis_results": [{"id": "R", "display": "T1", "selection_criteria": "GOOD, BAD"}],
    "analysis_criteria": [{"result": "R", "display": "T1", "dataset": "LB", "where_clause": "BAD"}],
}  # fmt: skip


def test_a_where_clause_without_a_variable_is_left_out_with_all_that_it_selects():
    spec = specification(**INCOMPLETE)
    kept = writable(spec, "2.1")
    assert [each["id"] for each in kept.table("where_clauses")] == ["GOOD"]
    assert [each["where_clause"] for each in kept.table("value_level")] == ["GOOD"]
    assert kept.table("analysis_results")[0]["selection_criteria"] == "GOOD"
    assert kept.table("analysis_criteria")[0]["where_clause"] == ""
    said = list(unwritable(spec, "2.1"))
    assert said[0] == (
        "where_clauses: where clause BAD names no variable; define.xml goes without it: fill it in"
    )
    tables = ["value_level", "analysis_criteria", "analysis_results"]
    assert [text.partition(":")[0] for text in said[1:]] == tables


@pytest.mark.parametrize(("version", "said"), [("2.1", 1), ("2.0", 0)])
def test_a_standard_of_no_known_name_is_left_out_of_2_1(version, said):
    """CDISC SDTM, as older workbooks write it, is known; CDISC is not; 2.0 takes any name."""
    for name, count in (("CDISC SDTM", 0), ("SDTM-IG", 0), ("SDTMIG", 0), ("CDISC", said)):
        study = [{"attribute": "StandardName", "value": name},
                 {"attribute": "StandardVersion", "value": "3.2"}]  # fmt: skip
        spec = specification(study=study, datasets=[{"dataset": "DM"}])
        assert len(list(unwritable(spec, version))) == count
        root = define_root(spec, version=version, timestamp=MOMENT)
        assert (b'"3.2"' in define_bytes(root)) == (count == 0)


@pytest.mark.parametrize(("tables", "version", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_written_is_named(tables, version, message, tmp_path):
    path = tmp_path / "define.xml"
    with pytest.raises(ConfigurationError, match=message):
        write_define_xml(specification(**tables), path, version=version, timestamp=MOMENT)
    assert not path.exists()


def test_the_same_specification_gives_the_same_bytes(tmp_path):
    spec = read_define_xml(DEFINES / "adam.xml").specification
    for name in ("a.xml", "b.xml"):
        write_define_xml(spec, tmp_path / name, version="2.1", timestamp=MOMENT)
    assert (tmp_path / "a.xml").read_bytes() == (tmp_path / "b.xml").read_bytes()
    assert (
        (tmp_path / "a.xml")
        .read_bytes()
        .startswith(
            b'<?xml version="1.0" encoding="UTF-8"?>\n'
            b'<?xml-stylesheet type="text/xsl" href="define2-1.xsl"?>\n<ODM '
        )
    )


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs", "Co"]),
                min_size=1, max_size=10).map(str.strip).filter(bool)  # fmt: skip
NAMES = st.from_regex(r"[A-Z][A-Z0-9]{0,5}", fullmatch=True)


def some(**fields):
    """Records that may lack any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def defined(draw):
    """A specification as Define-XML can hold it: whatever has a default is said."""
    datasets = draw(st.lists(NAMES.filter(lambda n: n[:2] != "AD"), min_size=1, max_size=3,
                             unique=True))  # fmt: skip
    codelists = draw(st.lists(NAMES, max_size=2, unique=True))
    methods = draw(st.lists(NAMES, max_size=2, unique=True))
    tables = {
        "study": [{"attribute": name, "value": draw(WORDS)} for name in (
            "StudyName", "StudyDescription", "ProtocolName")],
        "datasets": [], "variables": [], "codelists": [], "methods": [],
    }  # fmt: skip
    for name in datasets:
        variables = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
        tables["datasets"].append({
            "dataset": name, "label": draw(WORDS), "repeating": "Yes", "reference_data": "No",
            "purpose": "Tabulation", "structure": draw(WORDS), "class": "EVENTS",
            "key_variables": ",".join(variables[:1]),
        })  # fmt: skip
        for order, variable in enumerate(variables, 1):
            known = {"codelist": codelists, "method": methods}
            some_of = {name: st.sampled_from(ids) for name, ids in known.items() if ids}
            own = draw(some(label=WORDS, length=st.just("7"), role=WORDS, format=WORDS, **some_of))
            tables["variables"].append({
                "dataset": name, "variable": variable, "order": str(order), "data_type": "text",
                "mandatory": "No", **own,
            })  # fmt: skip
    for name in codelists:
        decoded = draw(st.booleans())
        for order, term in enumerate(draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))):
            own = {"decoded_value": draw(WORDS)} if decoded else {}
            tables["codelists"].append({
                "id": name, "name": name, "data_type": "text", "order": str(order), "term": term,
                **own,
            })  # fmt: skip
    for name in methods:
        own = draw(some(expression_context=WORDS)) | {"expression_code": draw(WORDS)}
        tables["methods"].append({
            "id": name, "name": draw(WORDS), "type": "Computation", "description": draw(WORDS),
            **own,
        })  # fmt: skip
    if any("label" in record for record in tables["variables"]) or datasets:
        tables["study"].append({"attribute": "Language", "value": "en"})
    return specification(**{name: records for name, records in tables.items() if records})


@settings(max_examples=60, deadline=None)
@given(spec=defined())
def test_a_specification_comes_back_from_its_define_xml(spec):
    root = define_root(spec, version="2.1", timestamp=MOMENT)
    source = read_define_stream("define.xml", io.BytesIO(define_bytes(root)))
    assert (source.problems, source.remarks) == ((), ())
    assert source.specification == spec
