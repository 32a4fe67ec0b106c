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
        ({"xy": "variable  algorithm  source\n.  records  events"},
         r"mapping/xy.csv: XY is no dataset of SDTM; a table is named after a dataset, a domain"),
        ({"aee": "variable  algorithm  source\n.  records  events"},
         r"mapping/aee.csv: AEE is no dataset of SDTM \(did you mean ae\?\)"),
        ({"unit": "testcd  unit  to  factor\nALT  g  mg  1"},
         r"mapping/unit.csv: .*did you mean units\?"),
        ({"design_tx": "ARMCD\nA"}, r"mapping/design_tx.csv: TX is no dataset of SDTM"),
        ({"ta": "variable  algorithm  source\n.  records  events", "design_ta": "ARMCD\nA"},
         r"mapping/design_ta.csv and mapping/ta.csv are tables of the same name; remove one"),
        ({"ae": "variable  algorithm  source"}, r"mapping/ae.csv has no lines; fill it or remove"),
        ({"repeat_x": "n"}, r"mapping/repeat_x.csv has no lines; fill it or remove"),
        ({"ae": "variable  algorithm  source\n.  .  ."}, r"mapping/ae.csv has no lines"),
        ({"ae": "variable  algorithm  codelist\nAESEV  hardcode_ct  ."},
         r"mapping/ae.csv line 2: hardcode_ct needs a codelist, and the line has none"),
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
        ("study:", "study: [", r"study.yaml: is no YAML: line \d+ .*expected"),
        ("cutoff: '2020-01-01'", "cutoff: soon", r"study.cutoff: 'soon' is no ISO 8601 date"),
        ("cutoff: '2020-01-01'", "cutoff: 01MAR2024", r"study.cutoff: '01MAR2024' is no ISO 8601"),
        ("cutoff: '2020-01-01'", "cutoff: 2024-13-01",
         r"study.yaml: is no YAML: line \d+ '2024-13-01': month must be in 1..12"),
        ("timestamp: '2020-01-01'", "timestamp: 1.5.2020", r"study.timestamp: '1.5.2020' is no"),
        ("  id: T1", "  id: T1\n  id: T2",
         r"study.yaml: is no YAML: line \d+ the key 'id' stands there and in line \d+; drop one"),
        ("not_done:", "missing: []\nnot_done:", r"line \d+ the key 'missing' stands there and in"),
        ("file: raw/events.csv", "file: raw/a.csv\n    file: raw/events.csv",
         r"line \d+ the key 'file' stands there and in line \d+"),
        ("file: raw/events.csv", "where: Term\n    file: raw/events.csv",
         r"study.yaml: sources.events.where: 'Term' is no mapping of columns to values"),
        ("file: raw/events.csv", "file: raw",
         r"source 'events': raw is a folder; name the file in it"),
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


def test_a_blank_row_of_a_mapping_table_is_passed_over(tmp_path):
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": AE})
    path = folder / "mapping" / "ae.csv"
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    blank = "," * header.count(",")
    text = "\r\n".join([header + ",", first, blank, "", " " + blank, *rest, blank])
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert len(map_folder(folder).datasets["AE"].frame) == 1
    path.write_text(f"{text}\r\nAEBODSYS,assign_no_ct,,Organ", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"ae.csv line 10: .*no column 'Organ'"):
        map_folder(folder)


@pytest.mark.parametrize(("name", "content", "why"), [
    pytest.param(name, content, why, id=why[:40])
    for name, content, why in [
        ("mapping/AE.csv", b"variable,algorithm\nAETERM,assign_no_ct\n",
         r"mapping/AE.csv and mapping/ae.csv are tables of the same name; remove one"),
        ("mapping/vs.CSV", b"variable,algorithm\n", r"mapping/vs.CSV: write its ending as .csv"),
        ("mapping/mapping.xlsx", b"PK", r"mapping/mapping.xlsx: .*beside study.yaml; move it up"),
        ("mapping.xlsx", b"PK", r"mapping.xlsx and mapping/ae.csv both hold mapping tables"),
        ("mapping/ae.csv", b"", r"mapping/ae.csv has no lines"),
        ("mapping/ae.csv", b"variable,algorithm,variable\n",
         r"mapping/ae.csv: the column variable stands there twice; drop one"),
        ("mapping/ae.csv", b"variable,algorithm\nAETERM,x\n\nM\xfcller,y\n",
         r"mapping/ae.csv line 4: byte 0xFC is not UTF-8; save the file as UTF-8"),
        ("mapping/ae.csv", b"\xef\xbb\xbfvariable\nM\xfcller\n", r"ae.csv line 2: byte 0xFC"),
        ("mapping/ae.csv", b'variable,algorithm\nAETERM,x\n"AETERM,y\n',
         r"mapping/ae.csv line 3: a quote is open or stands within a cell"),
        ("mapping/ae.csv", b'variable,algorithm\nAETERM,a,b\n',
         r"mapping/ae.csv line 2: 3 cells under 2 columns; quote the values that hold a comma"),
        ("study.yaml", b"study:\n  id: M\xfcller\n", r"study.yaml line 2: byte 0xFC is not UTF-8"),
    ]
])  # fmt: skip
def test_a_wrong_file_of_a_study(tmp_path, name, content, why):
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": AE})
    (folder / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=why) as caught:
        map_folder(folder)
    assert "\n" not in str(caught.value)


def test_a_table_named_in_capitals(tmp_path):
    folder = write_study(tmp_path, {"events": EVENTS}, {"AE": AE})
    assert list(map_folder(folder).datasets) == ["AE", "DM"]


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


@pytest.mark.parametrize(("sheet", "rows", "why"), [
    ("Sheet1", [], r"mapping.xlsx \[Sheet1\]: SHEET1 is no dataset of SDTM"),
    ("vs", [], r"mapping.xlsx \[vs\] has no lines; fill it or remove it"),
    ("vs", [["variable", "algorithm"], [None, None]], r"mapping.xlsx \[vs\] has no lines"),
    ("visits", [["collected", "visit"]], r"mapping.xlsx \[visits\]: the header lacks visitnum"),
    ("vs", [["variable", "variable"]], r"mapping.xlsx \[vs\]: the column variable stands there"),
])  # fmt: skip
def test_a_wrong_sheet_of_a_workbook(tmp_path, sheet, rows, why):
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": AE})
    workbook_of(folder)
    workbook = openpyxl.load_workbook(folder / "mapping.xlsx")
    added = workbook.create_sheet(sheet)
    for row in rows:
        added.append(row)
    workbook.save(folder / "mapping.xlsx")
    with pytest.raises(ConfigurationError, match=why):
        map_folder(folder)


def test_a_wrong_line_of_a_workbook_is_named_by_its_sheet(tmp_path):
    line = "AEBODSYS  assign_no_ct  .  Organ  .  .  ."
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": ae_with(line)})
    workbook_of(folder)
    why = r"mapping.xlsx \[ae\] line 6: .*no column 'Organ'"
    with pytest.raises(ConfigurationError, match=why):
        map_folder(folder)


def test_a_mapping_workbook_that_is_none(tmp_path):
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": AE})
    workbook_of(folder)
    (folder / "mapping.xlsx").write_bytes(b"no workbook")
    with pytest.raises(ConfigurationError, match=r"mapping.xlsx is not a readable workbook"):
        map_folder(folder)
