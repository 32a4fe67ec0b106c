"""Terminology as ODM XML of NCI EVS.

Source: the ODM extension for controlled terminology, namespace
http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC; see specs/SOURCES.md.
"""

import re
from collections.abc import Iterator

from lxml import etree

from cdisc_tools.io.terminology_rows import cleaned, synonyms_of
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.terminology import Entry, Problem, ReleaseFile

NCI = "{http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC}"
ODM = re.compile(r"\{http://www\.cdisc\.org/ns/odm/v1\.[0-9]\}")
ITEMS = ("EnumeratedItem", "CodeListItem")
_AGAIN = "download the file again"
# the parser's own line numbers are right up to 65,535 only
_STARTS = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(?:[\w.-]+:)?(?P<tag>CodeList|EnumeratedItem|CodeListItem)"
    r"(?=[\s/>])",
    re.DOTALL,
)


def read_xml_release(text: str, shown: str) -> ReleaseFile:
    """Read the codelists of an ODM file; each entry's place is its line.

    No entity is expanded and nothing is fetched. Raises ConfigurationError, with the line, for
    a document type declaration, for XML that is not well formed, and for another root than ODM.
    """
    declared = text.find("<!DOCTYPE")
    if declared >= 0:
        raise ConfigurationError(
            f"{shown} line {text.count(chr(10), 0, declared) + 1}: has a document type "
            f"declaration, which no official file has; {_AGAIN}"
        )
    root = _parsed(text, shown)
    namespace = ODM.match(str(root.tag))
    if namespace is None or root.tag != f"{namespace[0]}ODM":
        raise ConfigurationError(
            f"{shown} line 1: is XML with the root {root.tag}, not an ODM file; "
            "give the .odm.xml file of NCI EVS"
        )
    lines = _lines(text)
    entries = list(_entries(root, namespace[0], lines))
    problems = () if entries else (Problem("line 1", "has no CodeList", _AGAIN),)
    return ReleaseFile("xml", tuple(entries), tuple(_hints(root, namespace[0])), problems)


def _parsed(text: str, shown: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise ConfigurationError(
            f"{shown} line {line}: the XML ends or breaks there ({error.msg}); {_AGAIN}"
        ) from error


def _entries(root: etree._Element, odm: str, lines: Iterator[int]) -> Iterator[Entry]:
    """Yield each codelist and its terms; ``lines`` are those of their elements, in order."""
    items = [f"{odm}{name}" for name in ITEMS]
    for codelist in root.iter(f"{odm}CodeList"):
        code = codelist.get(f"{NCI}ExtCodeID", "")
        extensible = codelist.get(f"{NCI}CodeListExtensible", "")
        name = codelist.get("Name", "")
        yield Entry(
            place=f"line {next(lines, 0)}",
            codelist="",
            code=code,
            extensible=extensible,
            name=name,
            submission_value=_child(codelist, "CDISCSubmissionValue"),
            preferred_term=_child(codelist, "PreferredTerm"),
            synonyms=_synonyms(codelist),
        )
        for item in codelist.iterchildren(*items):
            yield _term(item, code, name, odm, f"line {next(lines, 0)}")


def _term(item: etree._Element, codelist: str, name: str, odm: str, place: str) -> Entry:
    decode = item.findtext(f"{odm}Decode/{odm}TranslatedText") or ""
    return Entry(
        place=place,
        codelist=codelist,
        code=item.get(f"{NCI}ExtCodeID", ""),
        extensible="",
        name=name,
        submission_value=cleaned(item.get("CodedValue", "")),
        preferred_term=_child(item, "PreferredTerm") or cleaned(decode),
        synonyms=_synonyms(item),
    )


def _child(element: etree._Element, name: str) -> str:
    """The text of a child of the NCI namespace; older files have it as an attribute."""
    text = element.findtext(f"{NCI}{name}") or element.get(f"{NCI}{name}") or ""
    return cleaned(text)


def _synonyms(element: etree._Element) -> tuple[str, ...]:
    texts = [child.text or "" for child in element.iterchildren(f"{NCI}CDISCSynonym")]
    return tuple(item for text in texts for item in synonyms_of(text))


def _lines(text: str) -> Iterator[int]:
    line, seen = 1, 0
    for found in _STARTS.finditer(text):
        line += text.count("\n", seen, found.start())
        seen = found.start()
        if found["tag"]:
            yield line


def _hints(root: etree._Element, odm: str) -> Iterator[str]:
    study = root.find(f"{odm}Study")
    if study is not None:
        for name in ("StudyName", "StudyDescription"):
            yield study.findtext(f"{odm}GlobalVariables/{odm}{name}") or ""
        yield study.get("OID", "")
    for name in ("FileOID", "SourceSystemVersion", "AsOfDateTime"):
        yield root.get(name, "")
