"""Each official layout is known by its content; what is cut or altered is refused by its place."""

import re
import zipfile

import pytest

from cdisc_tools.io.terminology import read_release_file
from cdisc_tools.metadata.terminology_checks import check_entries, date_in, package_in
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline.terminology import import_terminology
from tests.terminology_files import HEADER, WRITERS, name, rows, small_release


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("CDISC_TOOLS_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.parametrize("layout", WRITERS)
def test_each_layout_is_known_by_its_content_and_read_alike(layout, tmp_path):
    release = small_release()
    path = WRITERS[layout](tmp_path, release)
    other = path.rename(tmp_path / "file.dat")
    file = read_release_file(other)
    codelists, problems = check_entries(file.entries, package="sdtm", known={}, counts={})
    assert file.layout == layout
    assert (codelists, problems, file.problems) == (release.codelists, [], ())
    # only the text alone does not tell of itself what it is
    told = ("", "") if layout == "text" else ("sdtm", "2025-09-26")
    assert (package_in(file.hints), date_in(file.hints)) == told


def text_of(*changes, header=HEADER):
    """The small release as tab text, cells changed by (line, column, text); None drops a line."""
    lines = [list(header), *map(list, rows(small_release()))]
    for line, column, text in changes:
        if text is None:
            lines[line - 1] = None
        else:
            lines[line - 1][column - 1] = text
    return "\n".join("\t".join(line) for line in lines if line is not None) + "\n"


# lines of the small release: 2 SEX, 3 F, 4 M, 5 UNIT, 6 %, 7 10^9/L, 8 ug
ALTERED = {
    "header-column-renamed": (text_of((1, 5, "Value")), 1, "lacks the column 'CDISC Submission"),
    "header-column-unknown": (text_of((1, 5, "Value")), 1, "has the unknown column 'Value'"),
    "header-column-twice": (text_of((1, 7, "Code")), 1, "has the column 'Code' twice"),
    "header-in-other-order": (text_of((1, 1, "Codelist Code"), (1, 2, "Code")), 1,
                              "begins none of the official layouts"),
    "cut-in-last-line": (text_of()[:-12], 8, "7 cells under 8 columns, so the row or the file"),
    "cell-too-many": (text_of((3, 8, "Female\tmore")), 3, "9 cells under 8 columns;"),
    "codelist-undefined": (text_of((2, 1, None)), 2, "the codelist 'C66731', which the file does"),
    "codelist-without-terms": (text_of((3, 1, None), (4, 1, None)), 2,
                               "SEX (C66731) has no term, so the file was cut"),
    "codelist-twice": (text_of((5, 1, "C66731")), 5, "stands there and at line 2"),
    "code-of-term": (text_of((4, 1, "20197")), 4, "the code '20197' of 'M' isn't C with digits"),
    "code-of-codelist": (text_of((2, 1, "CX")), 2, "the code 'CX' of 'SEX' isn't C with digits"),
    "extensible-word": (text_of((2, 3, "Maybe")), 2, "extensible is 'Maybe' for SEX"),
    "extensible-empty": (text_of((5, 3, "")), 5, "extensible is '' for UNIT"),
    "extensible-of-term": (text_of((6, 3, "No")), 6, "for a term of UNIT (C71620), whose own is"),
    "term-code-twice": (text_of((4, 1, "C16576")), 4, "the code 'C16576' stands twice in the"),
    "value-twice": (text_of((8, 5, "%")), 8, "the submission value '%' stands twice in the"),
    "control-character": (text_of((8, 8, "Micro\0gram")), 8, "'C42576' has a control character"),
    "value-empty": (text_of((8, 5, "")), 8, "the submission value of 'C42576' is empty"),
}  # fmt: skip


@pytest.mark.parametrize("case", ALTERED)
def test_an_altered_text_is_refused_with_file_line_and_reason(case, tmp_path, data):
    text, line, reason = ALTERED[case]
    path = tmp_path / "SDTM Terminology 2025-09-26.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        import_terminology(path)
    found = [one for one in str(error.value).split("\n") if reason in one]
    assert found, error.value
    assert found[0].startswith(f"{path.name} line {line}: ")
    assert "; " in found[0]
    assert not data.exists()


def test_an_unaltered_text_is_taken_with_bom_and_crlf(tmp_path):
    path = tmp_path / "SDTM Terminology 2025-09-26.txt"
    path.write_bytes(b"\xef\xbb\xbf" + text_of().replace("\n", "\r\n").encode())
    assert import_terminology(path).release == small_release()


def test_a_last_line_without_its_end_and_a_cut_standard_are_refused(tmp_path):
    path = tmp_path / "SDTM Terminology 2025-09-26.txt"
    path.write_text(text_of()[:-3], encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"line 8: it has no line end, so the file may"):
        import_terminology(path)
    path = WRITERS["csv"](tmp_path, small_release())
    path.write_bytes(path.read_bytes().rstrip()[:-2])
    with pytest.raises(
        ConfigurationError, match=r"line 8: standard and date is 'SDTM CT 2025-09-'"
    ):
        import_terminology(path)


def test_a_cell_quoted_by_a_spreadsheet_program_and_an_older_header_are_read(tmp_path):
    header = [*HEADER[:5], "CDISC Synonym", *HEADER[6:]]
    text = text_of((7, 6, '"G/L; giga ""per"" L"'), header=header)
    path = tmp_path / "SDTM Terminology 2025-09-26.txt"
    path.write_text(text, encoding="utf-8")
    assert import_terminology(path).release == small_release()


def test_a_byte_that_is_not_utf_8_is_refused_with_its_line(tmp_path):
    path = tmp_path / "SDTM Terminology 2025-09-26.txt"
    path.write_bytes(text_of().encode().replace(b"Microgram", b"Micro\xb5gram"))
    with pytest.raises(ConfigurationError, match=r"26\.txt line 8: byte 0xB5 is not UTF-8"):
        import_terminology(path)


def test_up_to_twenty_problems_are_told_at_once(tmp_path):
    path = tmp_path / "SDTM Terminology 2025-09-26.txt"
    lines = [f"X{number}\tC1\t\tName\tV{number}\t\tD\tP" for number in range(30)]
    path.write_text("\n".join(["\t".join(HEADER), *lines]) + "\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="and 10 more problems") as error:
        import_terminology(path)
    assert len(str(error.value).split("\n")) == 21


def broken(layout, old, new, tmp_path):
    """A file of a layout, something in its text replaced or everything behind it cut off."""
    path = WRITERS[layout](tmp_path, small_release())
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text[: text.index(old)] if new is None else text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<a>&b;</a>'
)


@pytest.mark.parametrize(
    ("layout", "old", "new", "message"),
    [
        ("xml", "</MetaDataVersion>", None, r"xml line 39: the XML ends or breaks there"),
        ("xml", "</EnumeratedItem>", "", r"xml line \d+: the XML ends or breaks there"),
        ("xml", 'ExtCodeID="C20197"', 'ExtCodeID="20197"', "xml line 13: the code '20197' of 'M'"),
        ("xml", 'CodedValue="M"', 'CodedValue=""', "line 13: the submission value of 'C20197' is"),
        ("xml", 'CodeListExtensible="No"', 'CodeListExtensible="Y"', "line 7: extensible is 'Y'"),
        ("xml", "<nciodm:CDISCSubmissionValue>SEX<", "<nciodm:CDISCSubmissionValue><",
         "line 7: the submission value of 'C66731' is empty"),
        ("xml", "ODM", "MDO", r"xml line \d+: the XML ends"),
        ("xml", "odm/v1.3", "def/v2.1", "line 1: is XML with the root"),
        ("json", '"C20197"', '"20197"', r"json line 22 \(codelists\[0\]\.terms\[1\]\): the code"),
        ("json", '"C20197"', None, r"json line 23: the JSON ends or breaks there"),
        ("json", '"codelists"', '"lists"', "line 1: is JSON without a list 'codelists'"),
        ("json", '"false"', '"maybe"', r"\(codelists\[0\]\): extensible is 'maybe'"),
        ("json", '"terms": [', '"terms": 5, "x": [', r"codelists\[0\]: is no codelist with a list"),
        ("json", '"submissionValue": "M"', '"submissionValue": 5', "submissionValue is 5, which"),
        ("csv", "C20197", '"C20197', r"csv line \d+: a quoted cell that begins there"),
    ],
)  # fmt: skip
def test_an_altered_or_cut_file_is_refused(layout, old, new, message, tmp_path):
    with pytest.raises(ConfigurationError, match=message):
        import_terminology(broken(layout, old, new, tmp_path))


@pytest.mark.parametrize("text", [BOMB, BOMB.replace('"aaaa"', 'SYSTEM "file:///etc/passwd"')])
def test_a_file_with_entities_is_refused_before_it_is_parsed(text, tmp_path):
    path = tmp_path / "SDTM Terminology 2025-09-26.odm.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 2: has a document type declaration"):
        import_terminology(path)


def test_lines_of_xml_are_right_past_65535(tmp_path):
    path = WRITERS["xml"](tmp_path, small_release())
    text = path.read_text(encoding="utf-8").replace("<MetaData", "\n" * 70_000 + "<MetaData")
    path.write_text(text.replace('"C20197"', '"X"'), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 70013: the code 'X'"):
        import_terminology(path)


def test_an_altered_row_of_a_workbook_is_named_by_sheet_and_row(tmp_path):
    release = small_release()
    path = WRITERS["excel"](tmp_path, release)
    parts = _parts(path)
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"].replace(
        b">C20197<", b">20197<"
    )
    _pack(path, parts)
    place = re.escape(f"terminology.xlsx [{name(release)}] row 4: the code '20197'")
    with pytest.raises(ConfigurationError, match=place):
        import_terminology(path)


def test_a_cut_workbook_and_one_without_the_table_are_refused(tmp_path):
    path = WRITERS["excel"](tmp_path, small_release())
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(ConfigurationError, match=r"xlsx: is cut or is no readable workbook"):
        import_terminology(path)
    path.write_bytes(whole)
    parts = _parts(path)
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"].replace(
        b">Code<", b">Cod<"
    )
    _pack(path, parts)
    with pytest.raises(ConfigurationError, match="no sheets with the header 'Code'"):
        import_terminology(path)


def _parts(path):
    with zipfile.ZipFile(path) as book:
        return {part: book.read(part) for part in book.namelist()}


def _pack(path, parts):
    with zipfile.ZipFile(path, "w") as book:
        for part, content in parts.items():
            book.writestr(part, content)


@pytest.mark.parametrize(
    ("texts", "package", "date"),
    [
        (["SDTM Terminology 2026-03-27"], "sdtm", "2026-03-27"),
        (["CDISC Define-XML Terminology, 2024-03-29"], "define-xml", "2024-03-29"),
        (["", "sdtmct-2020-03-27"], "sdtm", "2020-03-27"),
        (["ADaM CT 2026-03-27", "SDTM"], "adam", "2026-03-27"),
        (["CDISC_CT.SEND.2025-09-26"], "send", "2025-09-26"),
        (["2026-13-01", "2026-12-01"], "", "2026-12-01"),
        (["presdtms"], "", ""),
        ([], "", ""),
    ],
)
def test_package_and_date_are_read_from_names(texts, package, date):
    assert (package_in(texts), date_in(texts)) == (package, date)
