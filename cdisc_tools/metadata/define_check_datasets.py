"""Checks of the study, its standards, datasets, documents, methods and comments."""

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from cdisc_tools.metadata.define_document import Document
from cdisc_tools.metadata.define_hits import Hit, define_check
from cdisc_tools.metadata.define_names import ARM, DEFINE, ODM, XLINK, Element
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.specification import told_file

LABEL_BYTES = 40
HREF = f"{{{XLINK}}}href"
_WEB = re.compile(r"https?://", re.IGNORECASE)
# a drive, file: or a program
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PAGE = re.compile(r"[1-9]\d*( [1-9]\d*)*")
_OURS = (ODM, ARM, *DEFINE.values())


@lru_cache(maxsize=1)
def _classes() -> dict[str, tuple[str, int]]:
    """Purpose and place among the datasets of each class."""
    lines = read_table(specs_path() / "define" / "classes.csv", ("class", "purpose", "place"))
    return {line["class"]: (line["purpose"], int(line["place"])) for line in lines}


@define_check
def study(document: Document) -> Iterator[Hit]:
    """The study has its names; the file names the elements that Define-XML has."""
    for name in ("StudyName", "StudyDescription", "ProtocolName"):
        for element in document.all(name):
            if not (element.text or "").strip():
                yield Hit("CDT-D074", element)
    for element in document.root.iter("*"):
        space, name = etree.QName(element).namespace, etree.QName(element).localname
        if space in _OURS and name not in document.names.elements:
            yield Hit("CDT-D002", element, (name,), document.version)


@define_check
def standards(document: Document) -> Iterator[Hit]:
    """Define-XML 2.1 names an implementation guide; terminology says of what and of when."""
    found = document.all("Standard")
    if document.version == "2.1" and not any(each.get("Type") == "IG" for each in found):
        yield from (Hit("CDT-D075", element) for element in document.all("MetaDataVersion"))
    for element in found:
        is_terminology = element.get("Type") == "CT"
        if is_terminology and not element.get("PublishingSet"):
            yield Hit("CDT-D076", element)
        version = element.get("Version", "")
        if is_terminology and not re.fullmatch(r"\d{4}-\d\d-\d\d", version):
            yield Hit("CDT-D077", element, (version,))


@define_check
def standards_of_datasets(document: Document) -> Iterator[Hit]:
    """Each dataset follows a standard or is said to follow none, codelists follow terminology."""
    if document.version != "2.1":
        return
    for element, kind in [(each, "IG") for each in document.all("ItemGroupDef")] + [
        (each, "CT") for each in document.all("CodeList")
    ]:
        oid = document.get(element, "StandardOID")
        standard, other = document.find("Standard", oid), document.get(element, "IsNonStandard")
        if standard is not None and standard.get("Type") != kind:
            yield Hit("CDT-D078", element, (oid,), kind)
        if oid and other:
            yield Hit("CDT-D079", element, (oid,))
        if kind == "IG" and not oid and not other:
            yield Hit("CDT-D080", element)


@define_check
def labels(document: Document) -> Iterator[Hit]:
    """Datasets and variables have labels that a transport file can hold."""
    elements = document.all("ItemGroupDef") + [each.item for each in document.variables]
    for element in elements:
        text = document.text(element)
        if not text:
            yield Hit("CDT-D081", element)
        elif len(text.encode()) > LABEL_BYTES:
            yield Hit("CDT-D082", element, (text,), str(len(text.encode())))


@define_check
def datasets(document: Document) -> Iterator[Hit]:
    """What a dataset says of itself fits together."""
    for group in document.all("ItemGroupDef"):
        name, analysis = group.get("Name", ""), document.is_analysis(group)
        expected = _classes().get(document.class_of(group), ("", 0))[0]
        if expected and group.get("Purpose") and expected != group.get("Purpose"):
            yield Hit("CDT-D083", group, (group.get("Purpose", ""),), document.class_of(group))
        if group.get("SASDatasetName", name) != name:
            yield Hit("CDT-D084", group, (group.get("SASDatasetName", ""),), name)
        if not analysis and not group.get("Domain"):
            yield Hit("CDT-D085", group)
        names = {each.name for each in document.of(group)}
        if group.get("IsReferenceData") == "Yes" and "USUBJID" in names:
            yield Hit("CDT-D086", group)
        if not document.children(group, "ItemRef"):
            yield Hit("CDT-D087", group)
        yield from _split(document, group)


def _split(document: Document, group: Element) -> Iterator[Hit]:
    """A part of a domain says which domain it is of."""
    name, domain = group.get("Name", ""), group.get("Domain", "")
    related = name.startswith(("SUPP", "SQ", "REL"))
    if domain and name != domain and not related and not document.is_analysis(group):
        aliases = document.children(group, "Alias")
        if not any(each.get("Context") == "DomainDescription" for each in aliases):
            yield Hit("CDT-D088", group, (name,), domain)


@define_check
def order_of_datasets(document: Document) -> Iterator[Hit]:
    """Datasets stand in the order of their classes."""
    last = 0
    for group in document.all("ItemGroupDef"):
        place = _classes().get(document.class_of(group), ("", 0))[1]
        if place and place < last:
            yield Hit("CDT-D089", group, (document.class_of(group),))
        last = max(last, place)


@define_check
def keys(document: Document) -> Iterator[Hit]:
    """Each dataset has keys, numbered from 1 without a gap."""
    for group in document.all("ItemGroupDef"):
        refs = document.children(group, "ItemRef")
        found = [ref.get("KeySequence", "") for ref in refs if ref.get("KeySequence")]
        if refs and not found:
            yield Hit("CDT-D090", group)
        numbers = sorted({int(text) for text in found if text.isdigit()})
        if numbers and numbers != list(range(1, len(numbers) + 1)):
            yield Hit("CDT-D091", group, tuple(map(str, numbers)))
        for ref in refs:
            if ref.get("KeySequence") and document.get(ref, "HasNoData") == "Yes":
                yield Hit("CDT-D092", ref)


@define_check
def files(document: Document) -> Iterator[Hit]:
    """Each dataset with data names its file; files lie beside the define.xml."""
    for group in document.all("ItemGroupDef"):
        leaf, empty = document.child(group, "leaf"), document.get(group, "HasNoData") == "Yes"
        if leaf is None and not empty:
            yield Hit("CDT-D093", group)
        if leaf is not None and leaf.get("ID") != document.get(group, "ArchiveLocationID"):
            yield Hit("CDT-D094", group, (leaf.get("ID", ""),))
        href = "" if leaf is None else leaf.get(HREF, "")
        file = told_file(group.get("Name", "")).partition(".")[0]
        if leaf is not None and href.rpartition("/")[2].partition(".")[0] != file:
            yield Hit("CDT-D095", leaf, (href,), file)
    for leaf in document.all("leaf"):
        href, title = leaf.get(HREF, ""), document.child(leaf, "title")
        outside = href.startswith("/") or "\\" in href or _SCHEME.match(href)
        if not href or (outside and not _WEB.match(href)):
            yield Hit("CDT-D096", leaf, (href,))
        if title is None or not "".join(map(str, title.itertext())).strip():
            yield Hit("CDT-D097", leaf)


@define_check
def empty_data(document: Document) -> Iterator[Hit]:
    """A comment says why a dataset or variable has no data."""
    for element in document.all("ItemGroupDef"):
        if document.get(element, "HasNoData") and not document.get(element, "CommentOID"):
            yield Hit("CDT-D098", element)
    for variable in document.variables:
        empty = document.get(variable.ref, "HasNoData")
        group_empty = document.get(variable.group, "HasNoData")
        if empty and not group_empty and not document.get(variable.item, "CommentOID"):
            yield Hit("CDT-D098", variable.ref)


@define_check
def pages(document: Document) -> Iterator[Hit]:
    """Pages are a list of numbers or a range from first to last."""
    for page in document.all("PDFPageRef"):
        listed = page.get("PageRefs", "")
        first, last = page.get("FirstPage", ""), page.get("LastPage", "")
        if bool(listed) == bool(first or last) or bool(first) != bool(last):
            yield Hit("CDT-D099", page)
        if first.isdigit() and last.isdigit() and int(first) > int(last):
            yield Hit("CDT-D100", page, (first, last))
        if page.get("Type") == "PhysicalRef" and listed and not _PAGE.fullmatch(listed):
            yield Hit("CDT-D101", page, (listed,))


@define_check
def words(document: Document) -> Iterator[Hit]:
    """Methods and comments say something; expressions name their language and hold code."""
    for name in ("MethodDef", "CommentDef"):
        for element in document.all(name):
            if not document.text(element):
                yield Hit("CDT-D102", element)
    for element in document.all("FormalExpression"):
        if not element.get("Context") or not (element.text or "").strip():
            yield Hit("CDT-D103", element)
    for element in document.all("TranslatedText"):
        if not "".join(map(str, element.itertext())).strip():
            yield Hit("CDT-D104", element)
