"""Raw readers: every cell as text, everything odd named."""

import re
import zipfile
from dataclasses import replace
from datetime import date, datetime, time

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color

from cdisc_tools.io.raw import read_sources
from cdisc_tools.io.spreadsheets import OLE_SIGNATURE
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import SourceSpec, Study, SubjectSpec

STUDY = Study(
    folder=None, study_id="T1", title="", synthetic=True, sdtm="sdtmig-3.4", adam="adamig-1.3",
    terminology="2026-03-27", timestamp=datetime(2020, 1, 1), cutoff=date(2020, 1, 1),
    subject=SubjectSpec("(?P<subject>.+)", "{subject}", "{subject}"), sources={},
    missing=frozenset(), not_done=frozenset(), two_digit_year_pivot=30,
)  # fmt: skip


def read(path, **fields):
    """Read one file: its table, and its findings as "check row column: values; detail"."""
    source = SourceSpec("form", path.name, **fields)
    tables, findings = read_sources(replace(STUDY, folder=path.parent, sources={"form": source}))
    return tables["form"], [
        f"{f.check_id} {f.cell.row} {f.cell.column}: {' '.join(f.values)}; {f.detail}"
        for f in findings
    ]


def records(table):
    """The rows of a table with their numbers, missing as None."""
    frame = table.frame.astype("object").where(table.frame.notna(), None)
    return {row: list(values) for row, values in zip(frame.index, frame.to_numpy(), strict=True)}


def refused(path, why, **fields):
    with pytest.raises(ConfigurationError, match=why):
        read(path, **fields)


@pytest.fixture
def workbook(tmp_path):
    """An empty sheet "Lab", and a function that saves and reads it."""
    book = openpyxl.Workbook()
    book.active.title = "Lab"

    def saved(**fields):
        book.save(tmp_path / "form.xlsx")
        return read(tmp_path / "form.xlsx", **fields)

    return book.active, saved


def test_cells_of_every_kind_are_text(workbook):
    sheet, saved = workbook
    sheet.append(["Kind", "Value"])
    kinds = [
        ("text", "0012", "0012"), ("spaces", " a  b ", " a  b "), ("whole", 12, "12"),
        ("float", 10.5, "10.5"), ("small", 0.00001, "0.00001"), ("big", 1e21, "1" + "0" * 21),
        ("tenth", 0.1, "0.1"), ("negative", -0.25, "-0.25"), ("true", True, "TRUE"),
        ("date", date(2019, 3, 10), "2019-03-10"),
        ("moment", datetime(2019, 3, 10, 8, 30), "2019-03-10T08:30:00"),
        ("time", time(8, 30), "08:30:00"), ("NA", "NA", "NA"), ("break", "a\nb", "a\nb"),
        ("missing", None, None),
    ]  # fmt: skip
    for kind, value, _ in kinds:
        sheet.append([kind, value])
    table, findings = saved()
    assert list(records(table).values()) == [[kind, text] for kind, _, text in kinds]
    assert findings == []
    assert table.date_cells["Value"] >= {11, 12}
    assert table.cell(11, "Value").address == "B11"


def test_merged_cells_two_header_rows_title_and_footer(workbook):
    sheet, saved = workbook
    for row in [
        ["Export of 2019", None, None, None],
        ["Subject", "TL1", None, "Visit  date"],
        [None, "Site", "Size", None],
        ["01", "Lung", 12, "x"],
        [None, "Liver", 8, "y"],
        [None, None, None, None],
        ["02", "Node", 20, "z"],
        ["Printed by me", None, None, None],
    ]:
        sheet.append(row)
    for block in ("A2:A3", "B2:C2", "D2:D3", "A4:A5", "A1:D1"):
        sheet.merge_cells(block)
    table, findings = saved(header_rows=(2, 3), footer=("^printed",))
    assert list(table.frame) == ["Subject", "TL1 Site", "TL1 Size", "Visit date"]
    assert records(table) == {
        4: ["01", "Lung", "12", "x"], 5: ["01", "Liver", "8", "y"], 7: ["02", "Node", "20", "z"],
    }  # fmt: skip
    assert sorted(findings) == [
        "CDT-R003 6 : ; ",
        "CDT-R004 8 : Printed by me; ",
        "CDT-R007 5 Subject: 01; A4",
        "CDT-R015 3 Visit  date: Visit  date; Visit date",
        "CDT-R016 1 : Export of 2019; ",
        "CDT-R017 2 : ; 2 and 3",
    ]


def test_error_values_and_colours(workbook):
    sheet, saved = workbook
    sheet.append(["Subject", "Value"])
    sheet.append(["01", "#N/A"])
    sheet.append(["02", 5])
    sheet["B3"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["A3"].fill = PatternFill("solid", fgColor=Color(theme=4))
    # colour beyond the data is no finding
    sheet["F20"].fill = PatternFill("solid", fgColor="FFFFFF00")
    table, findings = saved()
    assert records(table) == {2: ["01", "#N/A"], 3: ["02", "5"]}
    assert sorted(findings) == [
        "CDT-R008 2 Value: #N/A; ",
        "CDT-R009 3 Subject: 02; theme 4",
        "CDT-R009 3 Value: 5; FFFFFF00",
    ]
    assert saved(fills="ignore")[1] == []


def test_repeated_and_empty_column_names(workbook):
    sheet, saved = workbook
    sheet.append(["Subject", "Value", "Value", None])
    sheet.append(["01", "a", "b", "c"])
    table, findings = saved()
    assert list(table.frame) == ["Subject", "Value", "Value__2", "(column 4)"]
    assert findings == ["CDT-R002 1 Value: Value; Value__2"]


def test_rows_that_repeat_and_rows_of_other_instruments(workbook):
    sheet, saved = workbook
    for row in [["Subject", "Form", "Id"], ["01", "lab", 1], ["01", "lab", 2], ["01", "vital", 3]]:
        sheet.append(row)
    table, findings = saved(where=(("Form", ("lab",)),), duplicate_ignores=("Id",))
    assert records(table) == {2: ["01", "lab", "1"]}
    assert findings == ["CDT-R006 3 : 01 | lab | 2; 2", "CDT-R063 4 : 01 | vital | 3; "]


def test_a_wrong_sheet_an_empty_sheet_a_wrong_column(workbook, tmp_path):
    sheet, saved = workbook
    sheet.append(["Subject"])
    saved()
    path = tmp_path / "form.xlsx"
    refused(path, r"source 'form': form.xlsx has no sheet 'Vitals'; it has: Lab", sheet="Vitals")
    refused(
        path, r"form.xlsx \[Lab\] has no column 'Id'; it has: Subject", sheet="Lab", subject="Id"
    )
    refused(path, r"form.xlsx \[Lab\] is empty: no header in row 5", header_rows=(5,))
    assert read(path)[0].frame.empty


@pytest.mark.parametrize(("name", "content", "why"), [
    ("locked.xlsx", OLE_SIGNATURE + bytes(600), r"locked.xlsx is protected by a password; save it"),
    ("torn.xlsx", b"PK\x03\x04torn", r"torn.xlsx is not a readable workbook .*save it again"),
    ("text.xlsx", b"Subject,Value", r"text.xlsx is not a readable workbook"),
    ("torn.xls", b"Subject,Value", r"torn.xls is not a readable workbook"),
    ("zero.xlsx", b"", r"source 'form': zero.xlsx is empty \(0 bytes\); export it again"),
    ("zero.csv", b"", r"source 'form': zero.csv is empty \(0 bytes\)"),
    ("mark.csv", b"\xef\xbb\xbf", r"mark.csv ends before its header \(row 1\)"),
    ("latin.csv", b"A\nx\nM\xfcller\n",
     r"latin.csv line 3: byte 0xFC is not utf-8; declare the file's `encoding` \(often cp1252\)"),
    ("torn.xpt", b"Subject,Value", r"source 'form': torn.xpt is no readable SAS transport file"),
    ("torn.sav", b"Subject,Value", r"source 'form': torn.sav is not a readable .sav file"),
    ("form.pdf", b"%PDF", r"source 'form': form.pdf: cannot read '.pdf' files; known: .csv"),
])  # fmt: skip
def test_a_file_that_cannot_be_read(tmp_path, name, content, why):
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name, why)


@pytest.mark.parametrize(("content", "line", "last"), [
    pytest.param(content, line, last, id=name)
    for name, content, line, last in [
        ("open-to-the-end", b'A,B\n1,"x\n2,y\n', 2, 4),
        ("open-to-the-end-crlf", b'A,B\r\n1,"x\r\n2,y\r\n', 2, 4),
        ("open-to-another-quote", b'A,B\n1,"x\n2,"y"\n', 2, 3),
        ("text-behind", b'A,B\n1,"x"y\n', 2, 2),
        ("second-cell-of-a-row", b'A,B\n"a\nb","x\n2,y\n', 3, 5),
        ("over-many-lines", b'A,B\n1,"x\n' + b"2,y\n" * 30 + b'3,z"\n', 2, 33),
        ("escaped-quotes-before", b'A,B\n"say ""a""",1\n2,"x\n', 3, 4),
    ]
])  # fmt: skip
def test_a_quote_that_is_not_closed(tmp_path, content, line, last):
    (tmp_path / "form.csv").write_bytes(content)
    why = rf"form.csv line {line}: the quoted cell .* \(line {last}\); close its quote"
    refused(tmp_path / "form.csv", why)


@pytest.mark.parametrize(("content", "hint"), [
    (b"S;V\n1;2\n", r"it has: S;V; declare the source's delimiter, such as `delimiter: ';'`"),
    (b"S\tV\n1\t2\n", r"declare the source's delimiter, such as `delimiter: \"\\t\"`"),
    (b"S|V\n", r"such as `delimiter: '\|'`"),
    (b"Export,,\nS,V,W\n1,2,3\n", r"in another row\? .* such as `header_rows: \[2\]`"),
    (b"S,V\n1,2\n", r"it has: S, V$"),
])  # fmt: skip
def test_a_column_that_is_absent_for_the_layout(tmp_path, content, hint):
    (tmp_path / "form.csv").write_bytes(content)
    refused(tmp_path / "form.csv", hint, subject="Subject")


def test_a_folder_as_file(tmp_path):
    (tmp_path / "lab").mkdir()
    refused(tmp_path / "lab", r"source 'form': lab is a folder; name the file in it")


def formula_book(path, cells):
    """A workbook of which some cells are XML put in place of what openpyxl wrote."""
    book = openpyxl.Workbook()
    for row in [["A", "B"], ["01", 1], ["02", 2]]:
        book.active.append(row)
    book.save(path)
    with zipfile.ZipFile(path) as parts:
        contents = {name: parts.read(name) for name in parts.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    for address, xml in cells.items():
        whole = rf'<c r="{address}".*?</c>'.encode()
        assert re.search(whole, contents[sheet])
        contents[sheet] = re.sub(whole, xml.encode(), contents[sheet])
    with zipfile.ZipFile(path, "w") as parts:
        for name, data in contents.items():
            parts.writestr(name, data)


@pytest.mark.parametrize("fields", [{}, {"fills": "ignore"}], ids=["fills", "no-fills"])
@pytest.mark.parametrize(("xml", "value", "findings"), [
    pytest.param(xml, value, findings, id=name)
    for name, xml, value, findings in [
        ("calculated", '<c r="B2"><f>1+1</f><v>2</v></c>', "2", []),
        ("no-value", '<c r="B2"><f>1+1</f></c>', None, ["CDT-R028 2 B: =1+1; "]),
        ("empty-value", '<c r="B2"><f>1+1</f><v></v></c>', None, ["CDT-R028 2 B: =1+1; "]),
        ("closed-value", '<c r="B2"><f>A2</f><v/></c>', None, ["CDT-R028 2 B: =A2; "]),
        ("gives-an-empty-text", '<c r="B2" t="str"><f>1</f><v></v></c>', None, []),
        ("plain", '<c r="B2"><v>2</v></c>', "2", []),
    ]
])  # fmt: skip
def test_a_formula_without_a_value(tmp_path, fields, xml, value, findings):
    formula_book(tmp_path / "form.xlsx", {"B2": xml})
    table, found = read(tmp_path / "form.xlsx", **fields)
    assert records(table) == {2: ["01", value], 3: ["02", "2"]}
    assert found == findings


def test_a_row_of_formulas_without_values_is_named(tmp_path):
    empty = {address: f'<c r="{address}"><f>1+1</f></c>' for address in ("A3", "B3")}
    formula_book(tmp_path / "form.xlsx", empty)
    table, found = read(tmp_path / "form.xlsx")
    assert records(table) == {2: ["01", "1"]}
    assert found == ["CDT-R028 3 A: =1+1; ", "CDT-R028 3 B: =1+1; "]


def test_a_transport_file_that_was_cut_off(tmp_path):
    frame = pd.DataFrame({"SUBJ": [f"{number}" * 30 for number in range(9)], "NUM": [1.5] * 9})
    pyreadstat.write_xport(frame, str(tmp_path / "form.xpt"), file_format_version=5)
    assert len(read(tmp_path / "form.xpt")[0].frame) == 9
    data = (tmp_path / "form.xpt").read_bytes()
    (tmp_path / "form.xpt").write_bytes(data[:-80])
    refused(
        tmp_path / "form.xpt",
        r"source 'form': form.xpt ends within a record of DATASET: .* cut off",
    )


def test_a_file_that_is_not_there(tmp_path):
    refused(tmp_path / "lab.csv", r"source 'form': file lab.csv is not in the study folder; put")


def test_an_unknown_encoding(tmp_path):
    (tmp_path / "form.csv").write_bytes(b"A\n")
    refused(tmp_path / "form.csv", r"unknown encoding 'cp9999' in study.yaml", encoding="cp9999")


@pytest.mark.parametrize(("content", "fields", "rows", "findings"), [
    pytest.param(content, fields, rows, findings, id=name)
    for name, content, fields, rows, findings in [
        ("plain", b"A,B\n001,10.50\nNA,\n", {}, {2: ["001", "10.50"], 3: ["NA", None]}, []),
        ("crlf", b"A,B\r\n1,2\r\n", {}, {2: ["1", "2"]}, []),
        ("old-mac", b"A,B\r1,2\r", {}, {2: ["1", "2"]}, []),
        ("no-last-line-end", b"A,B\n1,2", {}, {2: ["1", "2"]}, []),
        ("byte-order-mark", b"\xef\xbb\xbfA,B\n1,2\n", {}, {2: ["1", "2"]},
         ["CDT-R018 1 A: A; UTF-8 with a byte order mark"]),
        ("quoted", b'A,B\n"x, y","say ""a"""\n', {}, {2: ["x, y", 'say "a"']}, []),
        ("line-break", b'A,B\n"x\ny",1\nz,2\n', {}, {2: ["x\ny", "1"], 3: ["z", "2"]}, []),
        ("cp1252", b"A,B\nM\xfcller,\x80\n", {"encoding": "cp1252"},
         {2: ["M\u00fcller", "\u20ac"]}, ["CDT-R018 2 A: M\u00fcller; cp1252"]),
        ("utf-16", "A,B\n1,\u00fc\n".encode("utf-16"), {"encoding": "utf-16"},
         {2: ["1", "\u00fc"]}, ["CDT-R018 2 B: \u00fc; utf-16"]),
        ("semicolon", b"A;B\n1,5;2\n", {"delimiter": ";"}, {2: ["1,5", "2"]}, []),
        ("empty-row", b"A,B\n1,2\n,\n\n3,4\n\n", {}, {2: ["1", "2"], 5: ["3", "4"]},
         ["CDT-R003 3 : ; ", "CDT-R003 4 : ; "]),
        ("short-row", b"A,B\n1\n", {}, {2: ["1", None]}, ["CDT-R026 2 : 1; 2"]),
        ("short-but-blank", b"A,B\n1,2\n \n3,4\n", {}, {2: ["1", "2"], 4: ["3", "4"]},
         ["CDT-R003 3 : ; "]),
        ("nul", b"A,B\nx\x00y,1\n", {}, {2: ["xy", "1"]}, [r"CDT-R027 2 A: x\x00y; \x00"]),
        ("controls", b"A,B\n\x07\x1bx\x7f,\x01\n", {}, {2: ["x", None]},
         [r"CDT-R027 2 A: \x07\x1bx\x7f; \x07 \x1b \x7f", r"CDT-R027 2 B: \x01; \x01"]),
        ("nul-in-header", b"A\x00,B\n1,2\n", {}, {2: ["1", "2"]},
         ["CDT-R015 1 A\x00: A\x00; A"]),
        ("quote-within", b'A,B\n5" tube,1\n', {}, {2: ['5" tube', "1"]}, []),
        ("many-lines", b'A,B\n"' + b"x\n" * 19 + b'y",1\n', {}, {2: ["x\n" * 19 + "y", "1"]},
         []),
        ("long-row", b"A,B\n1,2,3\n", {}, {2: ["1", "2"]}, ["CDT-R005 2 : 3; 2"]),
        ("long-row-of-nothing", b"A,B\n1,2,,\n", {}, {2: ["1", "2"]}, []),
        ("header-only", b"A,B\n", {}, {}, []),
        ("title", b"Export\nA,B\n1,2\n", {"header_rows": (2,)}, {3: ["1", "2"]},
         ["CDT-R016 1 : Export; "]),
        ("two-headers", b"A,\n,B\n1,2\n", {"header_rows": (1, 2)}, {3: ["1", "2"]},
         ["CDT-R017 1 : ; 1 and 2"]),
        ("odd-separators", "A,B\nx\u2028y,a\x0bb\x85\n".encode(), {},
         {2: ["x\u2028y", "a\x0bb\x85"]}, []),
    ]
])  # fmt: skip
def test_delimited_text(tmp_path, content, fields, rows, findings):
    (tmp_path / "form.csv").write_bytes(content)
    table, found = read(tmp_path / "form.csv", **fields)
    assert list(table.frame) == ["A", "B"]
    assert records(table) == rows
    assert found == findings


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=8)


@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5, unique=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_text_survives_csv(tmp_path, rows):
    rows = [("x" + first, second) for first, second in rows]
    quoted = [",".join(f'"{text.replace(chr(34), chr(34) * 2)}"' for text in row) for row in rows]
    (tmp_path / "form.csv").write_bytes("\n".join(["A,B", *quoted]).encode())
    table, _ = read(tmp_path / "form.csv")
    assert [tuple(values) for values in records(table).values()] == rows


def test_sas_transport_numbers_dates_and_times(tmp_path):
    # SAS: day 0 and second 0 are 1960-01-01, so 2019-03-10 is day 21618
    frame = pd.DataFrame(
        {
            "SUBJ": ["01", "02"], "NUM": [10.5, float("nan")], "WHOLE": [3.0, 1e-5],
            "DAY": [21618.0, float("nan")], "DAY2": [21618.0, -1.0],
            "MOMENT": [21618 * 86400 + 30600.0, 21618 * 86400.0], "CLOCK": [30600.0, 59.0],
        }
    )  # fmt: skip
    formats = {"DAY": "DATE9.", "DAY2": "YYMMDDN8.", "MOMENT": "DATETIME20.", "CLOCK": "TIME5."}
    pyreadstat.write_xport(frame, str(tmp_path / "form.xpt"), variable_format=formats)
    table, findings = read(tmp_path / "form.xpt")
    assert records(table) == {
        1: ["01", "10.5", "3", "2019-03-10", "2019-03-10", "2019-03-10T08:30:00", "08:30:00"],
        2: ["02", None, "0.00001", None, "1959-12-31", "2019-03-10", "00:00:59"],
    }
    assert findings == []


def test_spss_dates_and_times(tmp_path):
    frame = pd.DataFrame(
        {
            "subj": ["01", "02"], "day": [date(2019, 3, 10), None],
            "moment": [datetime(2019, 3, 10, 8, 30), None], "clock": [time(8, 30), time(23, 59, 1)],
            "num": [0.1, float("nan")],
        }
    )  # fmt: skip
    pyreadstat.write_sav(frame, str(tmp_path / "form.sav"))
    table, _ = read(tmp_path / "form.sav")
    assert records(table) == {
        1: ["01", "2019-03-10", "2019-03-10T08:30:00", "08:30:00", "0.1"],
        2: ["02", None, None, "23:59:01", None],
    }


def test_two_sources_of_one_workbook(workbook, tmp_path):
    sheet, saved = workbook
    sheet.append(["Subject"])
    sheet.parent.create_sheet("Vitals").append(["Patient"])
    saved()
    sources = {name: SourceSpec(name, "form.xlsx", sheet=name) for name in ("Lab", "Vitals")}
    tables, _ = read_sources(replace(STUDY, folder=tmp_path, sources=sources))
    assert [list(tables[name].frame) for name in sources] == [["Subject"], ["Patient"]]
    assert re.search("Vitals", str(tables["Vitals"].cell(1, "Patient")))
