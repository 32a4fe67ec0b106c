"""The workbook of a validation: its sheets, and that nothing in it is a formula."""

import io

import openpyxl
import pytest

from cdisc_tools.io.workbooks import MAX_TEXT, workbook_bytes
from cdisc_tools.model.sheets import Sheet
from cdisc_tools.reports.workbook import validation_sheets
from tests.reports.validations import nothing, validation


def written(sheets) -> dict[str, list[tuple]]:
    """The values of each sheet as openpyxl reads them."""
    workbook = openpyxl.load_workbook(io.BytesIO(workbook_bytes(sheets)))
    return {sheet.title: list(sheet.values) for sheet in workbook.worksheets}


@pytest.fixture(scope="module")
def sheets():
    return written(validation_sheets(validation(baseline=True)))


def test_the_sheets_are_those_that_reviewers_know(sheets):
    assert list(sheets) == [
        "Validation Summary", "Dataset Summary", "Issue Summary", "Details", "Rules",
    ]  # fmt: skip


def test_the_summary_counts_findings_rules_and_what_is_accepted(sheets):
    summary = dict(sheets["Validation Summary"])
    expected = {
        "SDTM": "sdtmig-3.4", "Datasets": 3, "Records": 22, "Errors": 1, "Warnings": 5, "Notes": 1,
        "Findings listed in Details": 4, "Rules ran": 1, "Rules skipped": 1, "Rules broken": 1,
        "Findings accepted by the baseline": 12, "Baseline entries without an explanation": 3,
        "Baseline entries no longer found": 1,
    }  # fmt: skip
    assert {name: summary[name] for name in expected} == expected


def test_each_dataset_and_each_issue_is_counted(sheets):
    assert sheets["Dataset Summary"][1:] == [
        ("AE", "data/ae 1.xpt", 20, 1, 5, 0),
        ("DM", "data/dm.xpt", 2, 0, 0, 1),
        ("VS", "data/vs.xpt", 0, 0, 0, 0),
    ]
    assert [(row[0], row[1], row[2], row[4], row[6]) for row in sheets["Issue Summary"][1:]] == [
        ("AE", "CDT-T002", None, "warning", 5),
        ("AE", "CORE-000001", "CG0176, FB1234", "error", 1),
        ("DM", "CDT-S015", None, "note", 1),
    ]


def test_a_detail_has_record_values_key_and_remedy(sheets):
    assert sheets["Details"][4] == (
        "AE", 7, "AESEV", None, "USUBJID=01-001; AETERM==1+1", "CORE-000001", "CG0176, FB1234",
        "error", "AESEV is empty (USUBJID=01-001, AETERM==1+1).", "Fill AESEV.",
    )  # fmt: skip


def test_every_rule_says_what_became_of_it(sheets):
    assert [(row[0], *row[6:]) for row in sheets["Rules"][1:]] == [
        ("CDT-S015", "ran", None, 1),
        ("CDT-T002", "ran", None, 5),
        ("CORE-000001", "ran", None, 1),
        ("CORE-000002", "skipped", "no dataset RELREC", 0),
        ("CORE-000003", "broken", "operator 'is_odd' is not known", 0),
    ]


def test_nothing_found_has_the_same_sheets():
    assert [len(rows) for rows in written(validation_sheets(nothing())).values()] == [8, 2, 1, 1, 1]


@pytest.mark.parametrize(("text", "read"), [
    ("=1+1", "=1+1"), ("+1", "+1"), ("-1", "-1"), ("@SUM(A1)", "@SUM(A1)"), ("001", "001"),
    ("a\r\nb", "a\nb"), ("a\x01b", "a\ufffdb"), ("_x0041_", "_x0041_"), ("Müller", "Müller"),
    ("x" * MAX_TEXT, "x" * MAX_TEXT), ("x" * (MAX_TEXT + 1), "x" * (MAX_TEXT - 6) + " [cut]"),
])  # fmt: skip
def test_a_text_stays_a_text(text, read):
    workbook = openpyxl.load_workbook(
        io.BytesIO(workbook_bytes([Sheet("S", ("A",), [(text,)])])), data_only=False
    )
    cell = workbook["S"]["A2"]
    assert cell.data_type == "s"
    assert openpyxl.utils.escape.unescape(cell.value) == read
    assert cell.quotePrefix is text.startswith(("=", "+", "-", "@"))


def test_numbers_are_numbers():
    workbook = openpyxl.load_workbook(io.BytesIO(workbook_bytes([Sheet("S", ("A",), [(3,)])])))
    assert workbook["S"]["A2"].data_type == "n"


def test_the_same_validation_gives_the_same_bytes():
    first, second = (workbook_bytes(validation_sheets(validation())) for _ in range(2))
    assert first == second
