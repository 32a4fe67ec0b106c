"""Documents as .docx: the same bytes each time, plain styles that Word and others show alike."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from cdisc_tools.io.workbooks import UNWRITABLE, ZIP_EPOCH
from cdisc_tools.model.documents import (
    TO_COMPLETE,
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Table,
)

_FONT, _DARK, _FILL = "Calibri", RGBColor(0x1F, 0x3A, 0x5F), "DDE6F0"
_SIZES = {"Normal": 10, "Title": 24, "Heading 1": 15, "Heading 2": 12, "Heading 3": 11}
_TEXT_WIDTH = Mm(247)
_DEEPEST = 3


def docx_bytes(document: Document, timestamp: datetime) -> bytes:
    """Write a document on A4 across: a title page with the contents, then the blocks.

    What is to be written by hand is highlighted and begins with "To complete". A character that
    XML can't hold becomes U+FFFD. ``timestamp`` is the moment that the file names.
    """
    written = docx.Document()
    _lay_out(written, document)
    _style(written)
    written.add_paragraph(_text(document.title), style="Title")
    for line in document.subtitles:
        written.add_paragraph(_text(line))
    _contents(written, document)
    for block in document.blocks:
        _WRITERS[type(block)](written, block)
    _set_properties(written, document, timestamp)
    buffer = io.BytesIO()
    written.save(buffer)
    return _undated(buffer)


def _lay_out(written: Any, document: Document) -> None:
    """Set the page: A4 across, a line above with what runs through, the page number below."""
    section = written.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(20)
    section.header.paragraphs[0].text = _text(document.running)
    below = section.footer.paragraphs[0]
    below.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _field(below, "PAGE", "1")


def _style(written: Any) -> None:
    for name, size in _SIZES.items():
        font = written.styles[name].font
        font.name, font.size = _FONT, Pt(size)
        # the theme's fonts would go before the name
        fonts = written.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        if name != "Normal":
            font.color.rgb = _DARK
    written.styles["Normal"].paragraph_format.space_after = Pt(6)


def _contents(written: Any, document: Document) -> None:
    """Write the headings as a table of contents on the first page."""
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    written.add_paragraph().add_run("Contents").bold = True
    for heading in headings:
        line = written.add_paragraph()
        line.add_run(_text(f"{heading.number}  {heading.text}")).font.size = Pt(9)
        line.paragraph_format.left_indent = Mm(6 * (heading.level - 1))
        line.paragraph_format.space_after = Pt(0)
        line.paragraph_format.line_spacing = Pt(11)
    written.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)


def _heading(written: Any, block: Heading) -> None:
    text = f"{block.number}  {block.text}" if block.number else block.text
    written.add_heading(_text(text), level=min(block.level, _DEEPEST))


def _paragraph(written: Any, block: Paragraph) -> None:
    paragraph = written.add_paragraph()
    run = paragraph.add_run(_text(f"{TO_COMPLETE}{block.text}" if block.by_hand else block.text))
    if block.by_hand:
        run.italic = True
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _bullets(written: Any, block: Bullets) -> None:
    for item in block.items:
        written.add_paragraph(_text(item), style="List Bullet")


def _table(written: Any, block: Table) -> None:
    """Write a table whose header is repeated on each page and whose rows are not broken."""
    table = written.add_table(rows=1, cols=len(block.header))
    table.style, table.autofit = "Table Grid", False
    widths = [_TEXT_WIDTH * share // sum(block.shares) for share in block.shares]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _fill_row(table.rows[0], block.header, widths, bold=True)
    _mark_row(table.rows[0], "w:tblHeader")
    for row in block.rows:
        added = table.add_row()
        _fill_row(added, row, widths, bold=False)
        _mark_row(added, "w:cantSplit")
    written.add_paragraph().paragraph_format.space_after = Pt(2)


def _fill_row(row: Any, texts: tuple[str, ...], widths: list[int], *, bold: bool) -> None:
    for cell, text, width in zip(row.cells, texts, widths, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
        is_open = text.startswith(TO_COMPLETE)
        run = paragraph.add_run(_text(text))
        run.bold, run.font.size = bold, Pt(8.5)
        if is_open:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        if bold:
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), _FILL)
            cell._tc.get_or_add_tcPr().append(shade)


def _mark_row(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    """Add a field such as the page number; ``shown`` stands there until a program computes it."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    paragraph._p.append(field)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = shown
    run.append(text)
    field.append(run)


_WRITERS: dict[type[Block], Callable[[Any, Any], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Table: _table,
}


def _text(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text)


def _set_properties(written: Any, document: Document, timestamp: datetime) -> None:
    properties = written.core_properties
    properties.title, properties.author = _text(document.title), "cdisc_tools"
    properties.last_modified_by, properties.comments = "cdisc_tools", ""
    properties.created = properties.modified = timestamp
    properties.revision = 1


def _undated(buffer: io.BytesIO) -> bytes:
    """Pack a document again with one fixed moment for each of its parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, ZIP_EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return packed.getvalue()
