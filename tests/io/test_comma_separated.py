"""CSV: what stands in the file, for spreadsheet programs and for other readers."""

import csv

import pytest

from cdisc_tools.io.comma_separated import open_csv, write_csv
from cdisc_tools.io.side_files import side_path
from cdisc_tools.model.errors import ConfigurationError
from tests.io.streams import fitted, stream, values_of

# a text, and what stands in the file: what a spreadsheet program calculates gets an apostrophe
FORMULAS = [
    ("=1+1", "'=1+1"), ("+1+A1", "'+1+A1"), ("-A1", "'-A1"), ("-1.5e3", "-1.5e3"),
    ("+1", "+1"), ("'-1", "''-1"), ("@SUM(A1)", "'@SUM(A1)"),
    ("\x00=1", "'\x00=1"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("\n=1", "'\n=1"),
    ("  =1", "'  =1"), ("'=1", "''=1"),
    ("\uff1d1", "'\uff1d1"), ('=HYPERLINK("x")', "'=HYPERLINK(\"x\")"), ("'x", "'x"),
    ("x=1", "x=1"), ("", ""), ("5-1", "5-1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "stands"), FORMULAS)
def test_no_text_begins_a_formula(tmp_path, text, stands):
    path = tmp_path / "dm.csv"
    write_csv(stream(A=[text or None, "x"], B=["y", "z"]), path)
    with path.open(encoding="utf-8", newline="") as file:
        assert next(row[0] for number, row in enumerate(csv.reader(file)) if number == 1) == stands
    assert values_of(open_csv(path))["A"] == [text or None, "x"]


def test_numbers_stand_as_they_are(tmp_path):
    write_csv(stream(N=[-5.0, 0.1, 1e300, None, -0.0]), tmp_path / "dm.csv")
    assert (tmp_path / "dm.csv").read_bytes() == b'N\r\n-5\r\n0.1\r\n1e+300\r\n""\r\n-0.0\r\n'


def test_values_are_quoted_as_rfc_4180_says(tmp_path):
    write_csv(stream(A=['a"b', "a,b", "a\r\nb", " a"], N=[1.0, 2.0, None, 3.0]), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == (
        b'A,N\r\n"a""b",1\r\n"a,b",2\r\n"a\r\nb",\r\n a,3\r\n'
    )


def test_without_a_side_file_all_is_text_as_it_stands(tmp_path):
    (tmp_path / "ae.csv").write_bytes(b"\xef\xbb\xbfSUBJ,N\n001,'-1\n,\n1.50,=x\n")
    read = open_csv(tmp_path / "ae.csv")
    assert values_of(read) == {"SUBJ": ["001", None, "1.50"], "N": ["'-1", None, "=x"]}
    assert read.about.name == "AE"
    assert not any(variable.is_numeric for variable in read.about.variables)


FAULTS = [
    (b"A,B\n1\n", r"dm.csv can't be read as CSV: .*Row #2: Expected 2 columns, got 1"),
    (b"A,B\n1,2,3\n", r"Row #2: Expected 2 columns, got 3"),
    (b'A,B\n"1,2\n', r"can't be read as CSV"),
    (b"A,B\n\xff,2\n", r"invalid UTF8|UTF-8"),
    (b"A,A\n1,2\n", r"dm.csv line 1: the name A stands twice"),
    (b"A,\n1,2\n", r"dm.csv line 1: a name is empty"),
    (b"A, \n1,2\n", r"dm.csv line 1: a name is empty"),
    (b"\nA,B\n1,2\n", r"dm.csv line 1 is empty where the names of the columns belong; remove it"),
    (b"\xef\xbb\xbf\r\nA\r\n1\r\n", r"dm.csv line 1 is empty where"),
    (b"\n", r"dm.csv line 1 is empty where"),
    (b'"A\n1,2\n', r"can't be read as CSV: unexpected end of data"),
]


@pytest.mark.parametrize(("data", "why"), FAULTS)
def test_a_file_that_is_no_csv_is_refused(tmp_path, data, why):
    (tmp_path / "dm.csv").write_bytes(data)
    with pytest.raises(ConfigurationError, match=why):
        values_of(open_csv(tmp_path / "dm.csv"))


@pytest.mark.parametrize("text", ["1,5", "x", "0x10", "nan", "inf", "1e999", "1_000", "1 "])
def test_what_is_no_number_is_named(tmp_path, text):
    path = tmp_path / "dm.csv"
    write_csv(stream(A=["a", "b"], N=[1.0, 2.0]), path)
    path.write_text(f'A,N\na,1\nb,"{text}"\n')
    fitted(path)
    with pytest.raises(ConfigurationError, match=r"dm.csv record 2 N: '.*' is no number"):
        values_of(open_csv(path))


def test_other_programs_write_headers_and_numbers_otherwise(tmp_path):
    path = tmp_path / "dm.csv"
    write_csv(stream(A=["a", "b"], N=[1.0, 2.0]), path)
    path.write_text('"A","N"\n"c","+.5"\n"d","1E2"\n')
    with pytest.raises(ConfigurationError, match=r"the file was changed since; export again, or"):
        open_csv(path)
    fitted(path)
    assert values_of(open_csv(path))["A"] == ["c", "d"]
    assert open_csv(path).about.variables[1].is_numeric
    path.write_text('"A","N"\n"c","5"\n')
    fitted(path)
    with pytest.raises(ConfigurationError, match=r"it says 2 records, here are 1; export again"):
        values_of(open_csv(path))


def test_files_without_records_variables_or_anything(tmp_path):
    path = tmp_path / "dm.csv"
    write_csv(stream(A=[]), path)
    assert values_of(open_csv(path)) == {"A": []}
    write_csv(stream(), path)
    assert values_of(open_csv(path)) == {}
    side_path(path).unlink()
    assert path.read_bytes() == b""
    assert values_of(open_csv(path)) == {}
