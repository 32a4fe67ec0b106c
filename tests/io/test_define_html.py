"""The stylesheet: one page that shows what a define.xml says, of either version."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree, html

from cdisc_tools.io.define_html import define_html
from cdisc_tools.io.define_writing import define_root, write_stylesheet
from cdisc_tools.io.define_xml import read_define_xml

DEFINES = Path(__file__).parents[1] / "defines"
MOMENT = datetime(2024, 1, 1)


def shown(root):
    """The page of a tree, and its text with single blanks."""
    page = html.fromstring(define_html(root).decode())
    for block in page.iter("div", "td", "th", "li", "p", "dt", "dd", "h2", "h3", "h4", "pre"):
        block.text = f" {block.text or ''}"
        block.tail = f" {block.tail or ''}"
    return page, " ".join(page.find(".//body").text_content().split())


def of(name):
    return etree.parse(str(DEFINES / name)).getroot()


@pytest.mark.parametrize("name", ["sdtm.xml", "adam.xml", "version-2.0"])
def test_every_link_within_the_page_leads_somewhere(name):
    if name == "version-2.0":
        spec = read_define_xml(DEFINES / "sdtm.xml").specification
        root = define_root(spec, version="2.0", timestamp=MOMENT)
    else:
        root = of(name)
    page, text = shown(root)
    ids = page.xpath("//@id")
    links = [link[1:] for link in page.xpath("//a/@href") if link.startswith("#")]
    assert len(ids) == len(set(ids))
    assert len(links) > 15
    assert set(links) <= set(ids)
    assert not page.xpath("//script | //@onclick | //img | //link")
    for item in root.iter("{*}ItemGroupDef", "{*}CodeList", "{*}MethodDef"):
        assert item.get("Name") in text


SDTM_WORDS = [
    "A trial of xyzumab & placebo < 12 weeks",
    # standards, documents, pages, further languages
    "SDTMIG 3.4 (Final)", "Annotated case report form annotated CRF", "page 4 12", "page 4-5",
    "at AE_Form AE_Log", "Demographics form 4", "Demographie",
    # where clauses in words
    "where LBTESTCD is HGB (Hemoglobin) and LBSEQ is at least 100",
    "where LBTESTCD is none of HGB (Hemoglobin), COLOR, URINE (Color)",
    "where QNAM is RACEOTH",
    # methods with both expressions, codelists with codes, dictionaries, comments
    'age = floor(yrdif(birth, consent, "AGE"));', "age <- floor(years)", "C66731",
    "Female · Weiblich C16576 rank 1", "MedDRA 26.1", "LB and DM are joined by USUBJID.",
    "non-standard", "no data",
]  # fmt: skip
ADAM_WORDS = [
    "Table 14.2.1 Progression-free survival", "PRIMARY OUTCOME MEASURE, SPECIFIED IN PROTOCOL",
    "ADTTE: AVAL, CNSR where PARAMCD is one of PFS, OS", "ADSL where ITTFL is Y (Yes)",
    "Kaplan-Meier Statistical analysis plan, at KM, page 40-41", "proc lifetest data=adtte;",
    "t-pfs.sas, page 2", "Predecessor DM.USUBJID",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words"),
    [("sdtm.xml", each) for each in SDTM_WORDS] + [("adam.xml", each) for each in ADAM_WORDS],
)
def test_the_page_says_it(name, words):
    assert words in shown(of(name))[1]


def test_a_file_cannot_put_a_program_into_the_page():
    root = of("sdtm.xml")
    leaf = root.findall(".//{*}leaf")[-1]
    leaf.set("{http://www.w3.org/1999/xlink}href", "javascript:alert(1)")
    root.find(".//{*}StudyDescription").text = "<script>alert(1)</script>"
    page, text = shown(root)
    assert "<script>alert(1)</script>" in text
    assert not page.xpath("//script")
    assert not [link for link in page.xpath("//a/@href") if link.startswith("javascript")]


def test_the_stylesheet_is_written_and_needs_nothing_else(tmp_path):
    write_stylesheet(tmp_path / "define2-1.xsl")
    text = (tmp_path / "define2-1.xsl").read_text(encoding="utf-8")
    assert etree.XSLT(etree.fromstring(text.encode()))
    assert not re.search(r"xsl:(import|include)|document\(|href=\"https?:", text)
