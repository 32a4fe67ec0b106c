"""Datasets in workbooks: other programs open them, none is a formula, bombs are refused."""

import re
import resource
import time
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from cdisc_tools.io.inflating import MOST_CELLS
from cdisc_tools.io.side_files import side_path
from cdisc_tools.io.spreadsheets import WorkbookReader
from cdisc_tools.io.workbook_datasets import open_xlsx, write_xlsx
from cdisc_tools.model.errors import ConfigurationError
from tests.io.streams import ODD_TEXTS, stream, values_of


def test_openpyxl_reads_texts_and_numbers_and_no_formula(tmp_path):
    path = tmp_path / "sdtm.xlsx"
    texts = ["=1+1", "a<b>&c", " x ", "-5", None, "\u00fc"]
    write_xlsx([stream("DM", T=texts, N=[1.0, 0.1, -0.0, None, 1e300, -5.0]),
                stream("AE", A=["x"])], path)  # fmt: skip
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["DM", "AE"]
    rows = list(workbook["DM"].values)
    assert rows[0] == ("T", "N")
    assert [row[0] for row in rows[1:]] == texts
    assert [row[1] for row in rows[1:]] == [1, 0.1, 0, None, 1e300, -5]
    kinds = {cell.data_type for row in workbook["DM"] for cell in row}
    assert "f" not in kinds
    quoted = [cell.value for cell in workbook["DM"]["A"] if cell.quotePrefix]
    assert quoted == ["=1+1", "-5"]
    assert workbook["DM"].freeze_panes == "A2"


def test_texts_that_xml_cannot_hold_come_back(tmp_path):
    texts = [text for text in ODD_TEXTS if text.rstrip(" ")] + ["_x0041_\x01"]
    write_xlsx([stream(A=texts)], tmp_path / "dm.xlsx")
    assert values_of(open_xlsx(tmp_path / "dm.xlsx")[0])["A"] == texts


LIMITS = [
    ([stream(A=["x" * 32_768])], r"DM.A record 1: a text of 32768 characters; a cell holds 32767"),
    ([stream(A=["x", "\U0001f600" * 16_384])], r"DM.A record 2: a text of 32768 characters"),
    ([stream(A=["x", "a\ufffe"])], r"DM.A record 2: U\+FFFE or U\+FFFF stands in the text"),
    ([stream("A" * 32, A=["x"])], r"is no name of a sheet, which has up to 31 characters"),
    ([stream("A:B", A=["x"])], r"'A:B' is no name of a sheet"),
    ([stream("DM", A=["x"]), stream("dm", A=["x"])], r"two datasets of the name DM"),
    ([], r"no dataset"),
    (
        [stream(**{f"V{number}": ["x"] for number in range(16_385)})],
        r"16385 variables; a sheet hol",
    ),
]


@pytest.mark.parametrize(("streams", "why"), LIMITS, ids=range(len(LIMITS)))
def test_what_a_workbook_cannot_hold_is_refused(tmp_path, streams, why):
    with pytest.raises(ConfigurationError, match=why):
        write_xlsx(streams, tmp_path / "dm.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_more_records_than_a_sheet_holds_are_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"1048576 records .* a sheet holds 1048575 and"):
        write_xlsx([stream(N=[1.0] * 1_048_576)], tmp_path / "dm.xlsx")
    write_xlsx([stream(A=["x" * 32_767])], tmp_path / "dm.xlsx")
    assert len(values_of(open_xlsx(tmp_path / "dm.xlsx")[0])["A"][0]) == 32_767


def test_a_workbook_of_others_has_the_types_of_its_cells(tmp_path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "AE"
    sheet.append(["SUBJ", "AGE", "DAY", "MOMENT", "MIXED", "EMPTY"])
    sheet.append(["001", 34, date(1960, 1, 2), datetime(1960, 1, 1, 0, 1), 1, None])
    sheet.append(["002", None, None, datetime(1960, 1, 1), "x", None])
    workbook.save(tmp_path / "raw.xlsx")
    (read,) = open_xlsx(tmp_path / "raw.xlsx")
    kinds = {item.name: (item.type, item.format) for item in read.about.variables}
    assert kinds == {
        "SUBJ": ("Char", ""), "AGE": ("Num", ""), "DAY": ("Num", "DATE9."),
        "MOMENT": ("Num", "DATETIME20."), "MIXED": ("Char", ""), "EMPTY": ("Char", ""),
    }  # fmt: skip
    values = values_of(read)
    assert values["MIXED"] == ["1", "x"]
    assert values["EMPTY"] == [None, None]
    assert next(read.read())["MOMENT"].tolist() == [60.0, 0.0]


@pytest.mark.parametrize(("header", "why"), [
    (["A", "A"], r"raw.xlsx \[Sheet\] row 1: the name A stands twice"),
    (["A", None, "B"], r"raw.xlsx \[Sheet\] row 1: a name is empty"),
])  # fmt: skip
def test_a_header_that_names_no_variables_is_refused(tmp_path, header, why):
    workbook = openpyxl.Workbook()
    workbook.active.append(header)
    workbook.save(tmp_path / "raw.xlsx")
    with pytest.raises(ConfigurationError, match=why):
        open_xlsx(tmp_path / "raw.xlsx")


def test_sheets_that_are_not_those_of_the_side_file_are_refused(tmp_path):
    path = tmp_path / "dm.xlsx"
    write_xlsx([stream("DM", A=["x"])], path)
    beside = side_path(path)
    beside.write_text(beside.read_text().replace('"DM"', '"AE"'))
    with pytest.raises(ConfigurationError, match=r"it is of the sheets AE, here are DM"):
        open_xlsx(path)


def test_a_header_that_is_not_that_of_the_side_file_is_refused(tmp_path):
    path = tmp_path / "dm.xlsx"
    write_xlsx([stream("DM", A=["x"])], path)
    beside = side_path(path)
    beside.write_text(beside.read_text().replace('"A"', '"B"'))
    with pytest.raises(
        ConfigurationError, match=r"dm.xlsx \[DM\] row 1: the columns are A, not th"
    ):
        values_of(open_xlsx(path)[0])


def test_a_sheet_that_is_damaged_is_refused(tmp_path):
    path = sheet_replaced(tmp_path, [START, b"<row><c"])
    with pytest.raises(ConfigurationError, match=r"dm.xlsx is not a readable workbook"):
        open_xlsx(path)


def sheet_replaced(folder, sheet, said=None):
    """A workbook whose sheet is another text, given in pieces; ``said`` is the size it claims."""
    write_xlsx([stream("DM", A=["x"])], folder / "a.xlsx")
    with (
        zipfile.ZipFile(folder / "a.xlsx") as old,
        zipfile.ZipFile(folder / "dm.xlsx", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if "sheet1" not in name:
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as part:
            for piece in sheet:
                part.write(piece)
    if said is not None:
        data = (folder / "dm.xlsx").read_bytes()
        place = data.rindex(b"PK\x01\x02")
        (folder / "dm.xlsx").write_bytes(
            data[: place + 24] + said.to_bytes(4, "little") + data[place + 28 :]
        )
    return folder / "dm.xlsx"


START = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def bomb():
    yield START
    for _ in range(950):
        yield b"<row><c/></row>" * 20_000
    yield b"</sheetData></worksheet>"


FAR = START + b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
REFUSED = [
    (bomb, None, r"dm.xlsx grows to more than 250 times its size"),
    (bomb, 100, r"dm.xlsx grows to more than 250 times its size"),
    (lambda: [FAR, b"</sheetData></worksheet>"], None,
     r"a sheet reaches over 1048576 rows and 16384 columns"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "said", "why"), REFUSED, ids=["bomb", "that lies", "far cells"])
def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path, sheet, said, why):
    path = sheet_replaced(tmp_path, sheet(), said)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    with pytest.raises(ConfigurationError, match=why):
        open_xlsx(path)
    assert time.monotonic() - began < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
    with pytest.raises(ConfigurationError, match=r"grows to more|reaches over"):
        WorkbookReader(path, path.name)
    assert MOST_CELLS > 1_048_576 * 24


def test_a_file_that_is_no_workbook_is_refused(tmp_path):
    for data in (b"", b"PK\x03\x04", b"text"):
        (tmp_path / "dm.xlsx").write_bytes(data)
        with pytest.raises(ConfigurationError, match=r"dm.xlsx is not a readable workbook"):
            open_xlsx(tmp_path / "dm.xlsx")


def test_parts_bear_no_time_of_the_clock(tmp_path):
    write_xlsx([stream(A=["x"])], tmp_path / "dm.xlsx")
    with zipfile.ZipFile(tmp_path / "dm.xlsx") as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(re.search("docProps", name) for name in archive.namelist())
