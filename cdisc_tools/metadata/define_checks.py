"""The conformance checks of a define.xml, those that tables of ``specs/define`` say first."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from lxml import etree

from cdisc_tools.metadata import (  # noqa: F401  # they register their checks
    define_check_datasets,
    define_check_items,
    define_check_results,
    define_check_terms,
)
from cdisc_tools.metadata.define_document import Document, label
from cdisc_tools.metadata.define_hits import REGISTER, Hit, define_check
from cdisc_tools.metadata.define_names import Element, define_names
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.findings import CellRef, Finding, Findings

SCHEMA = "CDT-D001"
_COLUMNS = {
    "references": ("check", "element", "attribute", "target"),
    "unused": ("check", "element"),
    "unique": ("check", "within", "element", "attribute"),
    "values": ("check", "versions", "element", "attribute", "needed", "values", "pattern"),
}  # fmt: skip


def check_define(root: Element, version: str, shown: str) -> Findings:
    """Check the tree of a define.xml; each finding has the line of its element as its row.

    ``shown`` names the file in findings. A reference to nothing is one finding; what hangs on it
    is not judged.
    """
    document = Document(root, define_names(version))
    findings = Findings()
    hits = {hit for check in REGISTER for hit in check(document)}
    for hit in sorted(hits, key=lambda hit: (_line(hit.element), hit[0], hit[2:])):
        findings.add(_finding(hit, shown))
    return findings


def schema_findings(problems: tuple[tuple[int, str], ...], shown: str) -> Iterator[Finding]:
    """What the XML schema says (lines and messages) as findings."""
    for line, message in problems:
        yield Finding(SCHEMA, shown, cell=CellRef(shown, "", line, ""), detail=message)


def _finding(hit: Hit, shown: str) -> Finding:
    place = CellRef(shown, "", _line(hit.element), "")
    return Finding(hit.check, shown, (label(hit.element),), hit.values, cell=place,
                   detail=hit.detail)  # fmt: skip


def _line(element: Element) -> int:
    return int(cast(int | None, element.sourceline) or 0)


@lru_cache(maxsize=8)
def _lines(table: str) -> tuple[dict[str, str], ...]:
    return tuple(read_table(specs_path() / "define" / f"{table}.csv", _COLUMNS[table]))


@define_check
def references(document: Document) -> Iterator[Hit]:
    """Find references to what isn't there."""
    for line in _lines("references"):
        for element in document.all(line["element"]):
            oid = document.get(element, line["attribute"])
            if oid and document.find(line["target"], oid) is None:
                yield Hit(line["check"], element, (oid,), line["target"])


@define_check
def unused(document: Document) -> Iterator[Hit]:
    """Find definitions that nothing refers to."""
    used: dict[str, set[str]] = {}
    for line in _lines("references"):
        for element in document.all(line["element"]):
            used.setdefault(line["target"], set()).add(document.get(element, line["attribute"]))
    for line in _lines("unused"):
        for element in document.all(line["element"]):
            oid = element.get("OID") or element.get("ID") or ""
            if oid not in used.get(line["element"], ()):
                yield Hit(line["check"], element)


@define_check
def unique(document: Document) -> Iterator[Hit]:
    """Find OIDs, names and orders that stand twice within one element."""
    for line in _lines("unique"):
        for holder in document.all(line["within"]):
            first: dict[str, Element] = {}
            for element in document.children(holder, line["element"]):
                text = document.get(element, line["attribute"])
                if text and text in first:
                    place = f"first in line {first[text].sourceline}"
                    yield Hit(line["check"], element, (text,), f"{line['attribute']}, {place}")
                first.setdefault(text, element)


@define_check
def values(document: Document) -> Iterator[Hit]:
    """Find attributes whose value the standard doesn't know, and needed ones left out."""
    for line in _lines("values"):
        if document.version not in line["versions"].split(";"):
            continue
        known = frozenset(line["values"].split(";")) if line["values"] else None
        for element in document.all(line["element"]):
            text = document.get(element, line["attribute"])
            if not text and not (line["needed"] and _is_expected(element)):
                continue
            fits = text in known if known else re.fullmatch(line["pattern"], text)
            if not fits:
                expected = line["values"].replace(";", ", ") or f"the form {line['pattern']}"
                yield Hit(line["check"], element, (text,), f"{line['attribute']}: {expected}")


def _is_expected(element: Element) -> bool:
    """False for a text of a title, which has no language."""
    return etree.QName(element).localname != "title"
