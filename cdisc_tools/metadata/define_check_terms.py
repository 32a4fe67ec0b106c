"""Checks of codelists and dictionaries."""

import re
from collections.abc import Iterator

from cdisc_tools.metadata.define_document import Document
from cdisc_tools.metadata.define_hits import Hit, define_check
from cdisc_tools.metadata.define_names import Element

_CODE = re.compile(r"C\d+")
_NUMBER = {"integer": re.compile(r"-?\d+"), "float": re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")}


@define_check
def codelists(document: Document) -> Iterator[Hit]:
    """A codelist has terms of one kind, or names a dictionary."""
    for codelist in document.all("CodeList"):
        terms, external = document.terms(codelist), document.child(codelist, "ExternalCodeList")
        kinds = {str(term.tag) for term in terms}
        if not terms and external is None:
            yield Hit("CDT-D150", codelist)
        if len(kinds) > 1:
            yield Hit("CDT-D151", codelist)
        if external is not None and not (external.get("Dictionary") and external.get("Version")):
            yield Hit("CDT-D152", codelist)
        ordered = [term.get("OrderNumber") for term in terms]
        if any(ordered) and not all(ordered):
            yield Hit("CDT-D153", codelist)
        for term in terms:
            yield from _term(document, codelist, term)


def _term(document: Document, codelist: Element, term: Element) -> Iterator[Hit]:
    value, kind = term.get("CodedValue", ""), codelist.get("DataType", "")
    if document.names.tag("CodeListItem") == term.tag and not document.text(term, "Decode"):
        yield Hit("CDT-D154", term, (value,))
    form = _NUMBER.get(kind)
    if form and not form.fullmatch(value):
        yield Hit("CDT-D155", term, (value,), kind)
    code, extends = document.code(term), document.get(term, "ExtendedValue") == "Yes"
    if code is not None and extends:
        yield Hit("CDT-D156", term, (value, code))
    if document.code(codelist) and code is None and not extends:
        yield Hit("CDT-D157", term, (value,), document.code(codelist) or "")


@define_check
def codes(document: Document) -> Iterator[Hit]:
    """NCI codes have their form; a codelist with one says which terminology it is of."""
    for element in (
        document.all("CodeList") + document.all("CodeListItem") + document.all("EnumeratedItem")
    ):
        code = document.code(element)
        if code is not None and not _CODE.fullmatch(code):
            yield Hit("CDT-D158", element, (code,))
    for codelist in document.all("CodeList"):
        lacks = document.code(codelist) and not document.get(codelist, "StandardOID")
        if document.version == "2.1" and lacks:
            yield Hit("CDT-D159", codelist)


@define_check
def uses(document: Document) -> Iterator[Hit]:
    """A codelist fits the items that use it: type, and length of the terms."""
    for item in document.all("ItemDef"):
        codelist = document.codelist_of(item)
        if codelist is None:
            continue
        kind, own = item.get("DataType", ""), codelist.get("DataType", "")
        if {kind, own} & {"integer", "float"} and "text" in (kind, own):
            yield Hit("CDT-D160", item, (kind,), f"{codelist.get('OID')} of {own}")
        length = item.get("Length", "")
        long = [
            term.get("CodedValue", "")
            for term in document.terms(codelist)
            if length.isdigit() and len(term.get("CodedValue", "").encode()) > int(length)
        ]
        if kind == "text" and long:
            yield Hit("CDT-D161", item, tuple(long[:3]), length)
