"""Small specifications for tests: tables as text, workbooks as sheets."""

from pathlib import Path

import openpyxl
from hypothesis import strategies as st

from cdisc_tools.metadata.specification import FieldLayout, TableLayout, read_layout
from cdisc_tools.model.specification import Specification, SpecRecord

Cells = list[list[object]]

# a specification without a fault, as sheets of layout 2.0
SHEETS: dict[str, Cells] = {
    "Study": [["Attribute", "Value"], ["StudyName", "ABC-101"]],
    "Datasets": [
        ["Dataset", "Description", "Class", "Structure", "Key Variables", "Repeating", "Comment"],
        ["LB", "Laboratory Test Results", "FINDINGS", "One record per test", "USUBJID, LBTESTCD",
         "Yes", "COM1"],
        ["DM", "Demographics", "SPECIAL PURPOSE", "One record per subject", "USUBJID", "No", None],
    ],
    "Variables": [
        ["Order", "Dataset", "Variable", "Label", "Data Type", "Length", "Significant Digits",
         "Mandatory", "Codelist", "Origin", "Method", "Role"],
        [1, "DM", "USUBJID", "Unique Subject Identifier", "text", 20.0, None, "Yes", None,
         "Derived", "MT1", None],
        ["2", "DM", "SEX", "Sex", "TEXT", "1", None, "yes", "SEX", "CRF", None, None],
        [1, "LB", "USUBJID", "Unique Subject Identifier", "text", 20, None, "Yes", None,
         "Derived", "MT1", None],
        [2, "LB", "LBTESTCD", "Lab Test Short Name", "text", 8, None, "Yes", "LBTESTCD", "CRF",
         None, "TOPIC"],
        [3, "LB", "LBORRES", "Result in Original Units", "text", 20, None, "No", None, "CRF",
         None, None],
    ],
    "ValueLevel": [
        ["Order", "Dataset", "Variable", "Where Clause", "Description", "Data Type", "Length",
         "Significant Digits", "Mandatory", "Origin"],
        [1, "LB", "LBORRES", "WC1", "Albumin", "float", 5, 1, "No", "CRF"],
        [2, "LB", "LBORRES", 'LBTESTCD IN (BUN, "A, B")', None, "text", 5, None, "No", "CRF"],
    ],
    "WhereClauses": [
        ["ID", "Dataset", "Variable", "Comparator", "Value"],
        ["WC1", "LB", "LBTESTCD", "EQ", "ALB"],
    ],
    "Codelists": [
        ["ID", "Name", "NCI Codelist Code", "Data Type", "Order", "Term", "NCI Term Code",
         "Decoded Value"],
        ["SEX", "Sex", "C66731", "text", 1, "F", "C16576", "Female"],
        ["SEX", "Sex", "C66731", "text", 2, "M", "C20197", "Male"],
        ["LBTESTCD", "Test", "C65047", "text", 1, "ALB", None, "Albumin"],
        ["LBTESTCD", "Test", "C65047", "text", 2, "BUN", None, None],
        ["LBTESTCD", "Test", "C65047", "text", 3, "A, B", None, None],
    ],
    "Methods": [
        ["ID", "Name", "Type", "Description", "Document", "Pages"],
        ["MT1", "Subject", "Computation", "Study and subject number", None, None],
    ],
    "Comments": [
        ["ID", "Description", "Document", "Pages"],
        ["COM1", "See the guide.", "GUIDE", 3],
    ],
    "Documents": [["ID", "Title", "Href"], ["GUIDE", "Reviewer's Guide", "guide.pdf"]],
}  # fmt: skip


def write_sheets(path: Path, sheets: dict[str, Cells]) -> Path:
    """Write sheets as a workbook, each cell with the type that it has here."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def changed(sheet: str, row: int, column: str, value: object) -> dict[str, Cells]:
    """The sheets with one cell changed; ``row`` as the spreadsheet counts it."""
    rows = [list(cells) for cells in SHEETS[sheet]]
    rows[row - 1][rows[0].index(column)] = value
    return {**SHEETS, sheet: rows}


def spec(**tables: list[dict[str, str]]) -> Specification:
    """A specification of records given by field."""
    return Specification(
        {name: tuple(map(SpecRecord, records)) for name, records in tables.items()}
    )


def _field_texts(field: FieldLayout) -> st.SearchStrategy[str]:
    if field.words:
        return st.sampled_from(field.words)
    if field.kind == "whole":
        return st.integers(0, 10**6).map(str)
    # what stands around a text is not part of it, and a line ends one way
    texts = st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs"]), max_size=12
    )
    known = st.sampled_from(["=1+1", "-5", "@x", "+2", "#N/A", "1.0", "_x0041_", 'a "b", c', "a\nb",
                             "0012", "TRUE", "2024-01-02", "é ß 漢"])  # fmt: skip
    return (texts | known).map(str.strip).filter(bool)


def _records(table: TableLayout) -> st.SearchStrategy[tuple[SpecRecord, ...]]:
    fields = {field.name: _field_texts(field) for field in table.fields}
    # one clause has this id, so that no other text is read as an expression
    if table.name == "value_level":
        fields["where_clause"] = st.just("WC")
    fields["Own Column"] = _field_texts(table.fields[0])
    record = st.fixed_dictionaries({}, optional=fields).filter(bool).map(SpecRecord)
    return st.lists(record, min_size=1, max_size=3).map(tuple)


@st.composite
def specifications(draw: st.DrawFn) -> Specification:
    """Any specification within the layout, with a column of its own in some tables."""
    layout = read_layout()
    names = draw(st.lists(st.sampled_from(list(layout)), min_size=1, max_size=4, unique=True))
    tables = {name: draw(_records(layout[name])) for name in layout if name in names}
    clause = SpecRecord({"id": "WC", "comparator": "EQ", "value": "X"})
    tables["where_clauses"] = (*tables.get("where_clauses", ()), clause)
    return Specification({name: tables[name] for name in layout if name in tables})
