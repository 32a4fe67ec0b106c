"""Order, lineage, accounting: what holds for every study."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc_tools.metadata.validate import validate_dataset
from tests.mapping.small_study import (
    assert_records,
    found,
    map_folder,
    places,
    shown,
    write_csv,
    write_study,
)
from tests.mapping.test_relationships import AE, DOSES, EVENTS, EX, RELREC
from tests.tables import table

TABLES = {"ae": AE, "ex": EX, "relrec": RELREC}


@pytest.fixture(scope="module")
def shuffled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shuffled")
    write_study(folder, {"events": EVENTS, "doses": DOSES}, TABLES)
    return folder, map_folder(folder)


@given(order=st.permutations(range(4)))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_order_of_raw_rows_changes_nothing_but_row_numbers(shuffled, order):
    folder, first = shuffled
    write_csv(table(EVENTS).iloc[order], folder / "raw" / "events.csv")
    write_csv(table(DOSES).iloc[[row for row in order if row < 3]], folder / "raw" / "doses.csv")
    again = map_folder(folder)
    assert set(again.datasets) == set(first.datasets)
    for name, dataset in first.datasets.items():
        pd.testing.assert_frame_equal(again.datasets[name].frame, dataset.frame)
        cells = ["RECORD", "VARIABLE", "SOURCE", "COLUMN"]
        pd.testing.assert_frame_equal(again.datasets[name].lineage[cells], dataset.lineage[cells])


def test_lineage_leads_to_the_cell_that_holds_the_value(tmp_path):
    folder = write_study(tmp_path, {"events": EVENTS, "doses": DOSES}, TABLES)
    result = map_folder(folder)
    raw = {name: table(text) for name, text in (("events", EVENTS), ("doses", DOSES))}
    kept = {"AETERM", "AESTDTC", "AELNKID", "EXDOSE", "EXLNKID", "QVAL", "COVAL"}
    seen = set()
    for name in ("AE", "EX", "SUPPAE", "CO"):
        dataset = result.datasets[name]
        for cell in dataset.lineage[dataset.lineage["VARIABLE"].isin(kept)].itertuples():
            # row 2 of the file is the first record
            collected = raw[cell.SOURCE].iloc[cell.ROW - 2][cell.COLUMN]
            assert shown(dataset, [cell.VARIABLE])[cell.RECORD] == (collected,)
            seen.add((name, cell.VARIABLE, cell.RECORD))
    filled = {
        (name, variable, record)
        for name in ("AE", "EX", "SUPPAE", "CO")
        for variable in kept & set(result.datasets[name].frame)
        for record in result.datasets[name].frame.index[
            result.datasets[name].frame[variable].notna()
        ]
    }
    assert seen == filled


LEFT_OUT = """
    Subject  Term      Day         Colour  Reviewer
    01-001   Headache  2019-03-12  red     AB
    01-009   Nausea    2019-03-11  blue    .
    1/2      Rash      2019-04-02  .       CD
    01-002   none      2019-04-02  .       .
"""


def test_every_cell_is_mapped_or_listed_with_its_reason(tmp_path):
    ae = """
        variable  algorithm        source  column  value    condition
        .         records          events  .       .        [Term] != 'none'
        AETERM    assign_no_ct     .       Term    .        .
        AESTDTC   assign_datetime  .       Day     .        .
        AESEQ     derive_sequence  .       .       AESTDTC  .
    """
    unmapped = "source  column  reason\nevents  Reviewer  not submitted"
    folder = write_study(tmp_path, {"events": LEFT_OUT}, {"ae": ae, "unmapped": unmapped})
    result = map_folder(folder)
    left = result.unmapped[result.unmapped["SOURCE"] == "events"]
    listed = left[["ROW", "COLUMN", "REASON"]].astype("string").sort_values(["ROW", "COLUMN"])
    unknown = "the row's subject is not in the study"
    assert list(listed.itertuples(index=False, name=None)) == [
        ("2", "Colour", "no mapping line reads this column"),
        ("2", "Reviewer", "not submitted"),
        ("3", "Colour", unknown), ("3", "Day", unknown), ("3", "Subject", unknown),
        ("3", "Term", unknown),
        ("4", "Day", unknown), ("4", "Reviewer", unknown), ("4", "Subject", unknown),
        ("4", "Term", unknown),
        ("5", "Day", "no mapping line takes this cell"),
        ("5", "Subject", "no mapping line takes this cell"),
        ("5", "Term", "no mapping line takes this cell"),
    ]  # fmt: skip
    assert places(result, "CDT-R013") == ["events 4 Subject: 1/2; "]
    assert [f.detail for f in found(result, "CDT-R014")] == ["T1-01-009"]
    assert [f.variables for f in found(result, "CDT-R061")] == [("Colour",)]
    assert [f.cell.row for f in found(result, "CDT-R062") if f.cell] == [5]


def test_a_subject_twice_in_the_roster_with_other_values_is_a_finding(tmp_path):
    enrol = "Subject  Start\n01-001  2019-03-10\n01-001  2019-03-11\n01-002  2019-04-01"
    dm = map_folder(write_study(tmp_path, {"enrol": enrol}, {})).datasets["DM"]
    found_twice = [f for f in validate_dataset(dm.frame, dm.spec) if f.check_id == "CDT-S013"]
    assert {dict(finding.key)["USUBJID"] for finding in found_twice} == {"T1-01-001"}


def test_a_repeated_row_is_left_out_and_named(tmp_path):
    enrol = "Subject  Start\n01-001  2019-03-10\n01-001  2019-03-10"
    result = map_folder(write_study(tmp_path, {"enrol": enrol}, {}))
    assert_records(result.datasets["DM"], "USUBJID    RFSTDTC\nT1-01-001  2019-03-10")
    assert [f.detail for f in found(result, "CDT-R006")] == ["2"]


def test_a_form_without_records_gives_a_dataset_without_records(tmp_path):
    raw = {"events": table(EVENTS).iloc[:0], "doses": DOSES}
    result = map_folder(write_study(tmp_path, raw, TABLES))
    assert len(result.datasets["AE"].frame) == 0
    assert "AETERM" in result.datasets["AE"].frame
    assert len(result.datasets["EX"].frame) == 3


def test_a_study_of_one_subject_without_any_date(tmp_path):
    raw = {"enrol": "Subject  Start\n01-001  .", "events": EVENTS, "doses": DOSES}
    result = map_folder(write_study(tmp_path, raw, TABLES))
    assert len(result.datasets["AE"].frame) == 2


def test_lineage_through_another_dataset_leads_to_the_raw_cell(tmp_path):
    # AE is sorted by date after CE was made from it
    ce = """
        variable  algorithm        source  column  value
        .         records          AE      .       .
        CETERM    assign_upper     .       AETERM  .
        CESEQ     derive_sequence  .       .       CETERM
    """
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": AE, "ce": ce})
    dataset = map_folder(folder).datasets["CE"]
    terms = dataset.lineage[dataset.lineage["VARIABLE"] == "CETERM"]
    cells = [tuple(cell) for cell in terms[["RECORD", "SOURCE", "ROW", "COLUMN"]].to_numpy()]
    assert shown(dataset, ["CETERM"]) == [("HEADACHE",), ("NAUSEA",), ("RASH",), ("RASH",)]
    assert cells == [(place, "events", place + 2, "Term") for place in range(4)]
