"""Every PFS value leads back to the raw cells that hold its dates or sizes."""

import datetime

import pytest

from cdisc_tools.mapping.dates import DateReader
from cdisc_tools.metadata.resources import read_date_words
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline.trace import parse_where, trace_records

SUBJECTS = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 13, 14, 15, 17, 18]
READER = DateReader(read_date_words())


def traced(run, subject):
    where = {"USUBJID": f"NCT00949325-TLD-{subject:03d}", "PARAMCD": "PFS"}
    (node,) = trace_records(run, "ADTTE", where)
    return node


def raw_text(run, cell):
    """What stands in a raw cell, looked up anew in the table that was read."""
    for table in run.conversion.tables.values():
        same = (table.file, table.sheet) == (cell.file, cell.sheet)
        if same and cell.row in table.frame.index and cell.column in table.frame:
            return table.frame.loc[cell.row, cell.column]
    raise AssertionError(f"no raw cell {cell}")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_from_pfs_to_the_cells_with_its_dates(sample_run, subject):
    node = traced(sample_run, subject)
    values = dict(node.values)
    cells = node.all_cells()
    assert cells
    for cell in cells:
        assert raw_text(sample_run, cell.cell) == cell.text
    days = {(READER.read(cell.text).iso or "")[:10] for cell in cells}
    assert values["ADT"] in days
    assert values["STARTDT"] in days
    elapsed = datetime.date.fromisoformat(values["ADT"]) - datetime.date.fromisoformat(
        values["STARTDT"]
    )
    assert int(values["AVAL"]) == elapsed.days + 1


# TLD-009 progressed by its target lesions at the scan of row 61, TLD-018 by a non-target lesion
@pytest.mark.parametrize(
    ("subject", "sheet", "address", "text"),
    [(9, "TargetLesions", "G61", "42"), (9, "TargetLesions", "I61", "19")],
)
def test_a_progression_leads_to_its_lesion_sizes(sample_run, subject, sheet, address, text):
    cells = {
        (c.cell.sheet, c.cell.address): c.text for c in traced(sample_run, subject).all_cells()
    }
    assert cells[sheet, address] == text


# what each dataset's record is asked by, and a raw cell that one of its values stands in
@pytest.mark.parametrize(
    ("dataset", "where", "text"),
    [
        ("DM", "SUBJID=TLD-009", "TLD-009"),
        ("LB", "USUBJID=NCT00949325-TLD-001 LBSEQ=1", "TLD-001"),
        ("SUPPDM", "USUBJID=NCT00949325-TLD-001", "RP2D"),
        ("ADAE", "USUBJID=NCT00949325-TLD-001 AESEQ=1", "TLD-001"),
        ("ADSL", "SUBJID=TLD-009", "2010-06-29"),
    ],
)
def test_any_record_leads_to_raw_cells(sample_run, dataset, where, text):
    nodes = trace_records(sample_run, dataset, parse_where(where))
    assert text in {cell.text for node in nodes for cell in node.all_cells()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("USUBJID=A-1 PARAMCD=PFS", {"USUBJID": "A-1", "PARAMCD": "PFS"}),
        ("AVISIT=WEEK 8  PARAMCD=OVR", {"AVISIT": "WEEK 8", "PARAMCD": "OVR"}),
        ("AVISIT='WEEK 8'", {"AVISIT": "WEEK 8"}),
        ("aeseq=1", {"AESEQ": "1"}),
    ],
)
def test_parse_where(text, expected):
    assert parse_where(text) == expected


@pytest.mark.parametrize(
    ("dataset", "where", "message"),
    [
        ("ADXX", "PARAMCD=PFS", "there is no dataset ADXX"),
        ("ADTTE", "PARAM=x", "ADTTE has no record with PARAM=x"),
        ("ADTTE", "NOSUCH=x", "ADTTE has no variable NOSUCH"),
        ("ADTTE", "pfs", "is not of the form"),
    ],
)
def test_a_wrong_question_is_answered(sample_run, dataset, where, message):
    with pytest.raises(ConfigurationError, match=message):
        trace_records(sample_run, dataset, parse_where(where))
