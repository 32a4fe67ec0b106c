"""Documents as .docx: what is written is read back by another program; the same bytes each time."""

import io
import zipfile
from datetime import datetime

import docx
import pytest
from docx.enum.text import WD_COLOR_INDEX

from cdisc_tools.io.documents import docx_bytes
from cdisc_tools.model.documents import (
    TO_COMPLETE,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Table,
)

MOMENT = datetime(2020, 1, 2, 3, 4, 5)
DOCUMENT = Document(
    "Guide",
    ("Study T1",),
    (
        Heading("1", "Introduction", 1),
        Paragraph("Text with <marks> & =signs"),
        Paragraph("Write this.", by_hand=True),
        Heading("1.1", "Lists", 2),
        Bullets(("one", "two")),
        Table(("Name", "What"), (("AE", "Adverse events"), ("DM", f"{TO_COMPLETE}label")), (1, 3)),
    ),
    running="T1 Guide",
)


def read(document):
    return docx.Document(io.BytesIO(docx_bytes(document, MOMENT)))


def test_texts_headings_lists_and_tables_are_read_back():
    made = read(DOCUMENT)
    paragraphs = [(item.style.name, item.text) for item in made.paragraphs]
    for expected in [
        ("Title", "Guide"), ("Normal", "Study T1"), ("Heading 1", "1  Introduction"),
        ("Normal", "Text with <marks> & =signs"), ("Normal", "To complete: Write this."),
        ("Heading 2", "1.1  Lists"), ("List Bullet", "one"), ("List Bullet", "two"),
    ]:  # fmt: skip
        assert expected in paragraphs
    (table,) = made.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Name", "What"], ["AE", "Adverse events"], ["DM", "To complete: label"]
    ]  # fmt: skip
    assert made.sections[0].header.paragraphs[0].text == "T1 Guide"


def test_what_a_person_writes_is_highlighted():
    made = read(DOCUMENT)
    cells = [cell for row in made.tables[0].rows for cell in row.cells]
    runs = [run for item in [*made.paragraphs, *(c.paragraphs[0] for c in cells)]
            for run in item.runs]  # fmt: skip
    marked = [run.text for run in runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW]
    assert marked == ["To complete: Write this.", "To complete: label"]


def test_the_same_document_gives_the_same_bytes_and_no_clock():
    data = docx_bytes(DOCUMENT, MOMENT)
    assert data == docx_bytes(DOCUMENT, MOMENT)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = read(DOCUMENT).core_properties
    assert properties.created.replace(tzinfo=None) == MOMENT
    assert properties.modified.replace(tzinfo=None) == MOMENT
    assert properties.author == properties.last_modified_by == "cdisc_tools"


@pytest.mark.parametrize("text", ["\x00\x1b", "\ud800", "\uffff", "Müdigkeit \U0001f600", ""])
def test_any_text_can_be_written(text):
    document = Document(text, (text,), (
        Heading("1", text, 5), Paragraph(text), Bullets((text,)), Table((text,), ((text,),), (1,)),
    ), text)  # fmt: skip
    made = read(document)
    shown = "".join("\ufffd" if c in "\x00\x1b\ud800\uffff" else c for c in text)
    assert made.tables[0].rows[1].cells[0].text == shown
