"""What is wrong in a study folder stops the run with one message that says what to change."""

from pathlib import Path

import openpyxl
import pytest

from cdisc_tools.model.errors import ConfigurationError
from tests.mapping.small_study import assert_records, map_folder, write_study

EVENTS = "Subject  Term  Day\n01-001  Headache  2019-03-12"
AE = """
    variable  algorithm        source  column  value    codelist  condition
    .         records          events  .       .        .         .
    AETERM    assign_no_ct     .       Term    .        .         .
    AESTDTC   assign_datetime  .       Day     .        .         .
    AESEQ     derive_sequence  .       .       AESTDTC  .         .
"""


def ae_with(line: str) -> str:
    return f"{AE.rstrip()}\n    {line}\n"


@pytest.mark.parametrize(("line", "why"), [
    pytest.param(line, why, id=line.split("  ")[0] + " " + line.split("  ")[1])
    for line, why in [
        ("AEBODSYS  assign_no_ct  .  Organ  .  .  .",
         r"ae.csv line 6: source 'events' has no column 'Organ'; it has: Subject, Term, Day"),
        ("AEBODSYS  assign_text  .  Term  .  .  .",
         r"ae.csv line 6: there is no algorithm 'assign_text'; known: .*assign_no_ct"),
        ("AEBODSYS  assign_no_ct  visits  Term  .  .  .",
         r"ae.csv line 6: there is no source 'visits'; known: enrol, events, DM"),
        ("AECOLOUR  assign_no_ct  .  Term  .  .  .",
         r"ae.csv line 6: AE has no variable 'AECOLOUR'; .*SUPP.AECOLOUR"),
        ("AESEV  assign_ct  .  Term  .  SEVERITY  .",
         r"ae.csv line 6: there is no codelist 'SEVERITY'.*2026-03-27.*terms table"),
        ("AESEV  assign_ct  .  Term  .  .  .", r"ae.csv line 6: assign_ct needs a codelist"),
        ("AESER  hardcode_ct  .  .  Perhaps  NY  .",
         r"ae.csv line 6: 'Perhaps' is no term of codelist NY, which cannot be extended"),
        ("AESER  hardcode_no_ct  .  .  .  .  .", r"ae.csv line 6: hardcode_no_ct needs a value"),
        ("AESER  assign_no_ct  .  .  .  .  .", r"ae.csv line 6: assign_no_ct needs a column"),
        (".  assign_no_ct  .  Term  .  .  .", r"ae.csv line 6: assign_no_ct needs a target"),
        ("AESER  assign_no_ct  .  Term  .  .  [Term] like 'x'",
         r"ae.csv line 6: condition .*unknown comparison 'like'; known: =, !="),
        ("AESER  assign_no_ct  .  Term  .  .  [Terms] = 'x'",
         r"ae.csv line 6: source 'events' has no column 'Terms'"),
        ("AESER  assign_part  .  Term  2  .  .",
         r"ae.csv line 6: value '2' must be a separator, a space and the number"),
        ("AESER  assign_subject  .  .  .  .  .",
         r"ae.csv line 6: assign_subject gives USUBJID, SUBJID, SITEID, not AESER"),
        ("EPOCH  derive_epoch  .  .  .  .  .", r"ae.csv line 6: EPOCH needs the dataset SE"),
        ("AEENDY  derive_study_day  .  .  .  .  .", r"ae.csv line 6: AE has no AEENDTC"),
        ("AESTDY  derive_first_date  .  EX.EXSTDTC  .  .  .",
         r"ae.csv line 6: 'EX.EXSTDTC' is no mapped variable"),
        (".  records  events  .  .  .  [Term] = ", r"ae.csv line 6: condition .*needs a value"),
    ]
])  # fmt: skip
def test_a_wrong_line_of_a_mapping_table(tmp_path, line, why):
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": ae_with(line)})
    with pytest.raises(ConfigurationError, match=why):
        map_folder(folder)


@pytest.mark.parametrize(("tables", "why"), [
    pytest.param(tables, why, id=why[:30])
    for tables, why in [
        ({"ae": "variable  algorithm\nAETERM  assign_no_ct"},
         r"ae.csv: no line with algorithm 'records'; one must name the source"),
        ({"ae": "variable  method\nAETERM  assign_no_ct"},
         r"ae.csv.* algorithm"),
        ({"ae": "variable  algorithm  colour\nAETERM  assign_no_ct  red"},
         r"ae.csv: wrong columns \(unknown: colour; absent: none\); known: block, variable"),
        ({"ae": "variable  algorithm\nAETERM  ."}, r"ae.csv line 2: the algorithm is missing"),
        ({"visits": "collected  visitnum  visit\nDay 1  one  DAY 1"},
         r"visits.csv line 2: visitnum 'one' is no number"),
        ({"visits": "collected  number\nDay 1  1"}, r"visits.csv.* visitnum, visit"),
        ({"units": "testcd  unit  to  factor\nALT  g  mg  ten"},
         r"units.csv line 2: factor 'ten' is no number"),
        ({"units": "testcd  unit  to  factor  digits\nALT  g  mg  10  one"},
         r"units.csv line 2: digits 'one' is no whole number"),
        ({"xy": "variable  algorithm  source\n.  records  events"}, r"XY"),
        ({"ae": "variable  algorithm  source  repeat\n.  records  events  lesions"},
         r"ae.csv line 2: there is no table repeat_lesions; known: none"),
        ({"ae": "variable  algorithm  source\n.  records  CE",
          "ce": "variable  algorithm  source\n.  records  AE"},
         r"the mapping tables of AE, CE need each other"),
        ({"checks": "id  source  kind  columns\nC1  events  shape  Term"},
         r"checks table, C1: there is no kind 'shape'; known: range"),
        ({"checks": "id  source  kind  columns  low\nC1  labs  range  Term  1"},
         r"checks table, C1: there is no source 'labs'"),
        ({"design_ta": "ARMCD  COLOUR\nA  red"}, r"design_ta: TA has no variable COLOUR"),
    ]
])  # fmt: skip
def test_a_wrong_table(tmp_path, tables, why):
    folder = write_study(tmp_path, {"events": EVENTS}, tables)
    with pytest.raises(ConfigurationError, match=why):
        map_folder(folder)


@pytest.mark.parametrize(("old", "new", "why"), [
    pytest.param(*change, id=change[2][:40])
    for change in [
        ("not_done:", "not_dome:", r"study.yaml: unknown field 'not_dome'; known: study, "),
        ("  id: T1", "  name: T1", r"study.yaml: study: unknown field 'name'; known: id, title"),
        ("  id: T1", "  title: T1", r"study.yaml: study.id is missing; add it"),
        ("study:", "study: [", r"study.yaml line \d+ cannot be read: .*expected"),
        ("cutoff: '2020-01-01'", "cutoff: soon", r"study.yaml: .*'soon' is no ISO 8601 date"),
        ("pattern: ", "pattern: '(' # ", r"study.yaml: subject.pattern: .*unterminated"),
        ("usubjid: T1-{subjid}", "usubjid: T1-{subject}",
         r"study.yaml: subject.usubjid: 'T1-{subject}' cannot be filled in .*; known: site"),
        ("siteid: '{site:02d}'", "siteid: '{site:02x!}'", r"study.yaml: subject.siteid: "),
        ("- site\n", "- centre\n", r"subject.numbers: the pattern has no group 'centre'; it has"),
        ("file: raw/events.csv", "files: raw/events.csv",
         r"study.yaml: sources.events: unknown field 'files'; known: file, sheet"),
        ("file: raw/events.csv", "sheet: events", r"sources.events.file is missing; add it"),
        ("file: raw/events.csv", "date_order: ymd\n    file: raw/events.csv",
         r"study.yaml: sources.events.date_order: 'ymd' is neither dmy nor mdy"),
        ("file: raw/events.csv", "header_rows: 2\n    file: raw/events.csv",
         r"study.yaml: sources.events.header_rows: 2 is no list of row numbers"),
        ("file: raw/events.csv", "header_rows: []\n    file: raw/events.csv",
         r"study.yaml: sources.events.header_rows: \[\] is no list of row numbers"),
        ("file: raw/events.csv", "header_rows: [0]\n    file: raw/events.csv",
         r"study.yaml: sources.events.header_rows: \[0\] is no list of row numbers"),
        ("file: raw/events.csv", "footer: ['(']\n    file: raw/events.csv",
         r"study.yaml: sources.events.footer: .*unterminated"),
        ("file: raw/events.csv", "fills: colour\n    file: raw/events.csv",
         r"study.yaml: sources.events.fills: 'colour' is neither report nor ignore"),
        ("file: raw/events.csv", "delimiter: ';;'\n    file: raw/events.csv",
         r"study.yaml: sources.events.delimiter: ';;' is no single character"),
        ("missing:\n- n/k", "missing: n/k", r"study.yaml: missing: 'n/k' is no list"),
        ("not_done:", "two_digit_year_pivot: x\nnot_done:",
         r"study.yaml: two_digit_year_pivot: 'x' is no number"),
        ("sdtm: sdtmig-3.4", "sdtm: sdtmig-9", r"sdtmig-9.*sdtmig-3.4"),
        ("terminology: '2026-03-27'", "terminology: '1999-01-01'",
         r"no terminology '1999-01-01'; choose one of .*2026-03-27"),
        ("file: raw/events.csv", "file: raw/event.csv",
         r"source 'events': file raw/event.csv is not in the study folder; put it there"),
        ("file: raw/events.csv", "file: raw/../study.yaml",
         r"source 'events': raw/../study.yaml: cannot read '.yaml' files; known: .csv"),
        ("file: raw/events.csv\n    subject: Subject",
         "file: raw/events.csv\n    subject: Patient",
         r"source 'events': raw/events.csv has no column 'Patient'; it has: Subject, Term, Day"),
    ]
])  # fmt: skip
def test_a_wrong_study_file(tmp_path, old, new, why):
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": AE})
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=why) as caught:
        map_folder(folder)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_study(tmp_path):
    with pytest.raises(ConfigurationError, match=r"is no study folder: it has no study.yaml"):
        map_folder(tmp_path)


def test_an_empty_study_file(tmp_path):
    (tmp_path / "study.yaml").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"study.yaml is empty or no list of fields"):
        map_folder(tmp_path)


def test_a_study_without_mapping_tables(tmp_path):
    folder = write_study(tmp_path, {"events": EVENTS}, {})
    (folder / "mapping" / "dm.csv").unlink()
    with pytest.raises(ConfigurationError, match=r"mapping"):
        map_folder(folder)


def workbook_of(folder: Path) -> None:
    """Put the mapping tables of a folder into the sheets of one workbook."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for path in sorted((folder / "mapping").glob("*.csv")):
        sheet = workbook.create_sheet(path.stem)
        for line in path.read_text(encoding="utf-8").splitlines():
            sheet.append([cell or None for cell in line.split(",")])
        path.unlink()
    workbook.save(folder / "mapping.xlsx")


def test_mapping_tables_as_one_workbook(tmp_path):
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": AE})
    tables = map_folder(folder)
    workbook_of(folder)
    assert_records(
        map_folder(folder).datasets["AE"],
        """
        USUBJID    AESEQ  AETERM    AESTDTC
        T1-01-001  1      Headache  2019-03-12
    """,
    )
    assert tables.datasets["AE"].frame.equals(map_folder(folder).datasets["AE"].frame)


def test_a_wrong_line_of_a_workbook_is_named_by_its_sheet(tmp_path):
    line = "AEBODSYS  assign_no_ct  .  Organ  .  .  ."
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": ae_with(line)})
    workbook_of(folder)
    why = r"mapping.xlsx \[ae\] line 6: .*no column 'Organ'"
    with pytest.raises(ConfigurationError, match=why):
        map_folder(folder)


def test_a_mapping_workbook_that_is_none(tmp_path):
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": AE})
    (folder / "mapping.xlsx").write_bytes(b"no workbook")
    with pytest.raises(ConfigurationError, match=r"mapping.xlsx is not a readable workbook"):
        map_folder(folder)
