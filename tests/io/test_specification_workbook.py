"""The specification workbook: what is read, what is refused, and that nothing is lost."""

import datetime as dt
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from cdisc_tools.io import specification_workbook
from cdisc_tools.io.define_schema import schema_problems
from cdisc_tools.io.define_writing import define_bytes, define_root
from cdisc_tools.io.specification_tables import write_specification_tables
from cdisc_tools.io.specification_workbook import (
    read_specification_workbook,
    write_specification_workbook,
)
from cdisc_tools.metadata.define_writable import unwritable
from cdisc_tools.metadata.specification import read_layout, read_specification
from cdisc_tools.metadata.specification_checks import specification_problems
from cdisc_tools.model.errors import ConfigurationError
from tests.specifications import SHEETS, changed, spec, specifications, write_sheets

MOMENT = dt.datetime(2012, 7, 2)
PILOT_COUNTS = {
    "study": 6, "datasets": 31, "variables": 517, "value_level": 227, "where_clauses": 268,
    "codelists": 541, "dictionaries": 3, "methods": 103, "comments": 19, "documents": 1,
}  # fmt: skip
ANY_EXAMPLE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def written(specification, path, layout="2.1"):
    write_specification_workbook(specification, path, layout=layout, timestamp=MOMENT)
    return path


def messages(path):
    source = read_specification_workbook(path)
    found = sorted(
        {*source.problems, *specification_problems(source.specification, source.columns)}
    )
    return [(problem.message, problem.refuses) for problem in found]


def cells(path):
    workbook = openpyxl.load_workbook(path)
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in workbook.worksheets
    }


def test_a_workbook_is_read_as_text(tmp_path):
    found = read_specification_workbook(write_sheets(tmp_path / "s.xlsx", SHEETS))
    assert (found.problems, found.remarks) == ((), ())
    variables = found.specification.table("variables")
    assert (variables[0]["length"], variables[0]["order"]) == ("20", "1")
    assert (variables[1]["data_type"], variables[1]["mandatory"]) == ("text", "Yes")
    assert variables[3].place == "s.xlsx, sheet Variables, row 5"
    assert found.specification.table("datasets")[0]["label"] == "Laboratory Test Results"
    assert found.specification.table("value_level")[1]["where_clause"] == (
        "LB.LBTESTCD.IN.BUN.A, B"
    )
    clause = found.specification.table("where_clauses")[1]
    assert (clause["comparator"], clause["value"]) == ("IN", 'BUN, "A, B"')
    assert messages(tmp_path / "s.xlsx") == []


VALUES = {
    "number": (8.0, "8"),
    "decimal": (8.125, "8.125"),
    "large": (1e15, "1000000000000000"),
    "date": (dt.datetime(2024, 3, 1), "2024-03-01"),
    "moment": (dt.datetime(2024, 3, 1, 8, 30), "2024-03-01T08:30:00"),
    "true": (True, "TRUE"),
    "blanks": ("  x y ", "x y"),
    "return": ("a_x000D_\nb", "a\nb"),
    "escaped": ("_x005F_x000D_", "_x000D_"),
    "zeros": ("007", "007"),
    "only-blanks": ("  ", ""),
}


@pytest.mark.parametrize(("value", "text"), VALUES.values(), ids=VALUES)
def test_a_cell_is_read_as_text(tmp_path, value, text):
    path = write_sheets(tmp_path / "s.xlsx", changed("Comments", 2, "Description", value))
    found = read_specification_workbook(path)
    assert found.specification.table("comments")[0]["description"] == text


def test_unknown_columns_are_kept_and_unknown_sheets_named(tmp_path):
    sheets = {**SHEETS, "Notes": [["x"]]}
    sheets["Documents"] = [
        [*SHEETS["Documents"][0], "My Note", None],
        [*SHEETS["Documents"][1], "a", "b"],
        [None, None, None, None, None],
        ["D2", None, "d2.pdf", None, None],
    ]
    found = read_specification_workbook(write_sheets(tmp_path / "s.xlsx", sheets))
    assert found.remarks == ("s.xlsx, sheet Notes: not part of a specification",)
    documents = found.specification.table("documents")
    assert (documents[0]["My Note"], documents[0]["(column E)"]) == ("a", "b")
    assert documents[1].place == "s.xlsx, sheet Documents, row 4"
    again = read_specification_workbook(written(found.specification, tmp_path / "t.xlsx"))
    assert again.specification == found.specification


def without(sheet, column):
    rows = [list(row) for row in SHEETS[sheet]]
    place = rows[0].index(column)
    return {**SHEETS, sheet: [row[:place] + row[place + 1 :] for row in rows]}


def twice(sheet, row):
    return {**SHEETS, sheet: [*SHEETS[sheet], SHEETS[sheet][row - 1]]}


# the workbook with one fault -> its one message
ONE_FAULT = {
    "no-sheet": ({name: rows for name, rows in SHEETS.items() if name != "Methods"},
                 "sheet Methods is missing or empty, and 2 cells refer to it: "
                 "s.xlsx, sheet Variables, row 2, column Method"),
    "no-column": (without("Codelists", "ID"), "s.xlsx, sheet Codelists, row 1: column ID is "
                  "missing"),
    "two-columns": ({**SHEETS, "Documents": [[*SHEETS["Documents"][0], "href"],
                                             [*SHEETS["Documents"][1], "x"]]},
                    "s.xlsx, sheet Documents, row 1, column href: the column stands there twice"),
    "formula": (changed("Comments", 2, "Description", "=1+1"),
                "s.xlsx, sheet Comments, row 2, column Description: '=1+1' is a formula"),
    "error": (changed("Comments", 2, "Description", "#N/A"),
              "s.xlsx, sheet Comments, row 2, column Description: '#N/A' is an error value"),
    "empty": (changed("Variables", 4, "Data Type", None),
              "s.xlsx, sheet Variables, row 4, column Data Type: the cell is empty"),
    "two-sheets": ({**SHEETS, "DOCUMENTS ": SHEETS["Documents"]},
                   "s.xlsx, sheet DOCUMENTS : Documents is the same table"),
}  # fmt: skip


@pytest.mark.parametrize(("sheets", "message"), ONE_FAULT.values(), ids=ONE_FAULT)
def test_a_fault_of_the_file_is_named(tmp_path, sheets, message):
    found = messages(write_sheets(tmp_path / "s.xlsx", sheets))
    refused = [text for text, refuses in found if refuses]
    # without their ids, the terms of a codelist are nobody's
    assert [text for text in refused if text.startswith(message)]
    assert len(refused) == (3 if "column ID" in message else 1)


def test_titles_may_stand_above_a_header(tmp_path):
    titled = {**SHEETS, "Variables": [["My study", None], [None], *SHEETS["Variables"]]}
    source = read_specification_workbook(write_sheets(tmp_path / "s.xlsx", titled))
    plain = read_specification_workbook(write_sheets(tmp_path / "t.xlsx", SHEETS))
    assert source.specification == plain.specification
    assert source.remarks == (
        "s.xlsx, sheet Variables, row 1: no header of the sheet, passed over",
    )
    assert source.problems == ()


def test_a_needed_sheet_without_a_header_is_said_once(tmp_path):
    path = write_sheets(tmp_path / "s.xlsx", {**SHEETS, "Variables": [["a", "b"], ["c", "d"]]})
    found = [text for text, refuses in messages(path) if refuses and "sheet Variables" in text]
    assert found == ["s.xlsx, sheet Variables has no row with the headers Dataset, Variable, Data "
                     "Type"]  # fmt: skip


def test_twelve_seeded_faults_are_twelve_located_messages(tmp_path):
    seeded = [
        ("Datasets", 2, "Key Variables", "USUBJID, VISIT", "LB has no variable 'VISIT'"),
        ("Datasets", 2, "Repeating", "Maybe", "'Maybe' is none of Yes, No"),
        ("Datasets", 2, "Comment", "COM9", "'COM9' is not in Comments"),
        ("Variables", 2, "Length", "twenty", "'twenty' is no whole number"),
        ("Variables", 3, "Codelist", "GENDER", "'GENDER' is not in Codelists or Dictionaries"),
        ("Variables", 4, "Data Type", "Char", "'Char' is none of text, integer"),
        ("Variables", 5, "Variable", "USUBJID", "LB.USUBJID stands there twice"),
        ("Variables", 7, "Origin", "Source", "'Source' is none of Collected"),
        ("ValueLevel", 2, "Where Clause", "WC7", "'WC7' is no id in WhereClauses"),
        ("WhereClauses", 2, "Comparator", "LIKE", "'LIKE' is none of EQ, NE"),
        ("Codelists", 3, "Term", "F", "SEX.F stands there twice"),
        ("Methods", 2, "Description", "=1+1", "'=1+1' is a formula"),
    ]
    sheets = {name: [list(row) for row in rows] for name, rows in SHEETS.items()}
    # the variable that is overwritten is no key, nor in any where clause
    sheets["Variables"].insert(4, [9, "LB", "LBCAT", "Category", "text", 8, None, "No", None,
                                   "Assigned", None, None])  # fmt: skip
    for sheet, row, column, value, _ in seeded:
        sheets[sheet][row - 1][sheets[sheet][0].index(column)] = value
    found = [text for text, refuses in messages(write_sheets(tmp_path / "s.xlsx", sheets))
             if refuses]  # fmt: skip
    expected = [
        f"s.xlsx, sheet {sheet}, row {row}, column {column}: {message}"
        for sheet, row, column, _, message in seeded
    ]
    assert len(found) == len(expected) == 12
    for text, start in zip(found, expected, strict=True):
        assert text.startswith(start)


def test_the_pilot_is_read_whole(shared):
    path = shared / "data" / "specs" / "SDTM_spec_CDISC_pilot.xlsx"
    found = read_specification_workbook(path)
    counts = {name: len(records) for name, records in found.specification.tables.items()}
    assert counts == PILOT_COUNTS
    assert found.problems == found.remarks == ()
    problems = specification_problems(found.specification, found.columns)
    assert not any(problem.refuses for problem in problems)
    places = [problem.message.split(": ")[0].split(", ", 1)[1] for problem in problems]
    # CDISC is no name of a standard; the value level of the clause in row 98 can't be written
    assert places == [
        f"sheet {sheet}, row {row}, column {column}"
        for sheet, row, column in [
            ("Study", 5, "Value"),
            *(("ValueLevel", row, "Where Clause") for row in (195, 196, 197)),
            ("WhereClauses", 16, "Value"), ("WhereClauses", 98, "Dataset"),
            ("WhereClauses", 98, "Variable"), ("WhereClauses", 189, "Value"),
            ("WhereClauses", 226, "Value"), ("WhereClauses", 248, "Value"),
        ]
    ]  # fmt: skip


def test_the_pilots_define_xml_has_nothing_made_of_empty_text(shared, tmp_path):
    """The clause without a variable, and a standard of no known name, are left out and named."""
    path = shared / "data" / "specs" / "SDTM_spec_CDISC_pilot.xlsx"
    write_specification_tables(read_specification_workbook(path).specification, tmp_path / "sdtm")
    spec = read_specification(tmp_path / "sdtm")
    said = tuple(unwritable(spec, "2.1"))
    assert [text.partition(":")[0] for text in said] == [
        "sdtm/where_clauses.csv line 98", "sdtm/value_level.csv line 195",
        "sdtm/value_level.csv line 196", "sdtm/value_level.csv line 197",
        "sdtm/study.csv line 5",
    ]  # fmt: skip
    root = define_root(spec, version="2.1", timestamp=MOMENT)
    assert schema_problems(root, "2.1") == ()
    # the id that the workbook gives the clause is the SHA-1 of no text
    assert b"da39a3ee" not in define_bytes(root)


def test_the_pilot_goes_through_tables_into_the_same_cells(shared, tmp_path):
    path = shared / "data" / "specs" / "SDTM_spec_CDISC_pilot.xlsx"
    write_specification_tables(read_specification_workbook(path).specification, tmp_path / "spec")
    again = written(read_specification(tmp_path / "spec"), tmp_path / "again.xlsx", "2.0")
    assert cells(again) == cells(path)


@given(specification=specifications())
@ANY_EXAMPLE
def test_a_workbook_is_read_back_as_it_was_written(tmp_path, specification):
    for layout in ("2.1", "2.0"):
        path = written(specification, tmp_path / "s.xlsx", layout)
        assert read_specification_workbook(path).specification == specification


@given(specification=specifications())
@ANY_EXAMPLE
def test_tables_are_read_back_as_they_were_written(tmp_path, specification):
    folder = tmp_path / "spec"
    write_specification_tables(specification, folder, replace=True)
    assert read_specification(folder) == specification


def test_the_same_specification_gives_the_same_bytes(tmp_path, monkeypatch):
    specification = read_specification_workbook(
        write_sheets(tmp_path / "s.xlsx", SHEETS)
    ).specification
    first = written(specification, tmp_path / "1.xlsx").read_bytes()

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2031, 1, 1, tzinfo=tz)

    monkeypatch.setattr(dt, "datetime", Later)
    assert written(specification, tmp_path / "2.xlsx").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "1.xlsx") as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = archive.read("docProps/core.xml").decode()
    assert properties.count("2012-07-02T00:00:00Z") == 2


def test_a_workbook_has_text_only_a_frozen_header_and_a_filter(tmp_path):
    texts = ["=1+1", "+1", "-1", "@x", "#REF!", "12", "1e5", "'x"]
    records = [{"id": f"D{number}", "href": text} for number, text in enumerate(texts)]
    path = written(spec(documents=records), tmp_path / "s.xlsx")
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["Documents"]
    found = [row[2] for row in sheet.iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in found] == [(text, "s") for text in texts]
    assert [cell.quotePrefix for cell in found] == [True] * 4 + [False] * 4
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:C9")
    assert all(cell.font.bold for cell in sheet[1])
    newer = [table.sheets["2.1"] for table in read_layout().values() if "2.0" in table.sheets]
    assert workbook.sheetnames == newer


UNWRITABLE = {
    "control": ("a\x07b", "character U[+]0007 cannot stand in a workbook"),
    "surrogate": ("a\ud800b", "character U[+]D800"),
    "too-long": ("x" * 32_768, "has 32,768 characters, and a cell of a workbook holds 32,767"),
}


@pytest.mark.parametrize(("text", "message"), UNWRITABLE.values(), ids=UNWRITABLE)
def test_a_text_that_a_cell_cannot_hold_is_refused(tmp_path, text, message):
    with pytest.raises(ConfigurationError, match=f"documents, column Href: .*{message}"):
        written(spec(documents=[{"id": "D", "href": text}]), tmp_path / "s.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = write_sheets(tmp_path / "s.xlsx", SHEETS)
    monkeypatch.setattr(specification_workbook, "MAX_UNPACKED", 1000)
    with pytest.raises(ConfigurationError, match=r"s\.xlsx unpacks to .* more than 1,000"):
        read_specification_workbook(path)


def test_a_bomb_is_refused_before_it_is_opened(tmp_path):
    path = tmp_path / "s.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (129 * 1024 * 1024))
    assert path.stat().st_size < 200_000
    with pytest.raises(ConfigurationError, match="unpacks to"):
        read_specification_workbook(path)


def test_a_far_off_address_does_not_keep_the_reader_busy(tmp_path, monkeypatch):
    monkeypatch.setattr(specification_workbook, "MAX_CELLS", 10_000)
    path = write_sheets(tmp_path / "s.xlsx", SHEETS)
    far = tmp_path / "far.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(far, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b'<row r="2"', b'<row r="999999999999"')
            new.writestr(name, data)
    with pytest.raises(ConfigurationError, match=r"far\.xlsx has more than 10,000 cells"):
        read_specification_workbook(far)


def test_a_workbook_with_a_document_type_is_refused(tmp_path):
    path = tmp_path / "s.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>')
    with pytest.raises(ConfigurationError, match=r"xl/workbook\.xml declares a document type"):
        read_specification_workbook(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04cut", b""], ids=["cut", "empty"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path, content):
    path = tmp_path / "s.xlsx"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="not a readable workbook"):
        read_specification_workbook(path)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "s.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    with pytest.raises(ConfigurationError, match="not a readable workbook"):
        read_specification_workbook(path)


def test_a_carriage_return_never_splits_a_record(tmp_path):
    comments = spec(comments=[{"id": "C", "description": "a\rb\r\nc"}])
    write_specification_tables(comments, tmp_path / "tables")
    (record,) = read_specification(tmp_path / "tables").table("comments")
    assert dict(record.values) == {"id": "C", "description": "a\nb\nc"}


def test_tables_never_take_the_place_of_other_files(tmp_path):
    specification = spec(documents=[{"id": "D", "href": "d.pdf"}])
    folder = tmp_path / "spec"
    write_specification_tables(specification, folder)
    with pytest.raises(ConfigurationError, match="replace it with --replace"):
        write_specification_tables(specification, folder)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"holds notes\.txt"):
        write_specification_tables(specification, folder, replace=True)
    assert {path.name for path in folder.iterdir()} == {"documents.csv", "notes.txt"}
