"""What a define.xml says that a workbook has no column for: kept by its place, written again.

A place is the element that has an OID (its name and OID), the term where it is one of a
codelist, and the path from there, such as ``Origin[2]/Description``.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from cdisc_tools.io.define_building import PHYSICAL, Building
from cdisc_tools.io.define_items import add_origin
from cdisc_tools.metadata.define_names import (
    NCI,
    TERMS,
    XML,
    DefineNames,
    Element,
    short_id,
)
from cdisc_tools.model.specification import Specification, SpecRecord

LANGUAGE = f"{{{XML}}}lang"
# elements of which there is one, whatever its OID
_SINGLE = frozenset({"ODM", "Study", "MetaDataVersion"})
# made anew at each writing
_OF_THE_WRITING = frozenset({("ODM", "CreationDateTime")})
_STEP = re.compile(r"([^/\[]+)(?:\[(\d+)\])?")

Values = dict[str, str]


class Place(NamedTuple):
    """Where something stands in a define.xml."""

    element: str
    oid: str
    term: str = ""
    path: str = ""

    def values(self) -> Values:
        """The fields of a record that name the place."""
        return {"element": self.element, "oid": self.oid, "term": self.term, "place": self.path}


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname


def places(root: Element) -> dict[Place, Element]:
    """Every element by its place; of two in one place the first."""
    found: dict[Place, Element] = {}
    _walk(root, Place("ODM", ""), found)
    return found


def _walk(element: Element, place: Place, found: dict[Place, Element]) -> None:
    """Note an element and what is within it, without recursion so that depth costs nothing."""
    waiting = [(element, place)]
    while waiting:
        current, here = waiting.pop()
        found.setdefault(here, current)
        counts: Counter[str] = Counter()
        children = []
        for child in current.iterchildren("*"):
            name = local_name(child)
            counts[name] += 1
            children.append((child, _child_place(here, child, name, counts[name])))
        # the next to be taken is the last, and elements are taken in the order of the file
        waiting += reversed(children)


def _child_place(parent: Place, child: Element, name: str, number: int) -> Place:
    oid = child.get("OID") or child.get("ID") or ""
    if name in _SINGLE:
        return Place(name, "")
    if oid:
        return Place(name, oid)
    if name in TERMS and parent.element == "CodeList" and not parent.path:
        return Place("CodeList", parent.oid, child.get("CodedValue", ""))
    step = name if number == 1 else f"{name}[{number}]"
    return parent._replace(path=f"{parent.path}/{step}" if parent.path else step)


def read_extras(
    root: Element, built: Element, names: DefineNames, language: str
) -> dict[str, list[tuple[Element, Values]]]:
    """Read what the tables that a workbook has, too, do not hold of a file.

    ``built`` is the tree that these tables alone would become. Returns the records of the tables
    origins, expressions, document_refs, texts, aliases and xml_attributes, each with its element.
    """
    there, here = places(root), places(built)
    reading = _Reading(there, here, names, language)
    return {
        "origins": list(reading.origins()),
        "expressions": list(reading.expressions()),
        "document_refs": list(reading.document_refs()),
        "texts": list(reading.texts()),
        "aliases": list(reading.aliases()),
        "xml_attributes": list(reading.attributes()),
    }


@dataclass(frozen=True)
class _Reading:
    there: dict[Place, Element]
    here: dict[Place, Element]
    names: DefineNames
    language: str

    def _of(self, name: str) -> Iterator[tuple[Place, Element]]:
        for place, element in self.there.items():
            if local_name(element) == name:
                yield place, element

    def origins(self) -> Iterator[tuple[Element, Values]]:
        """The origins of an item after the first."""
        for place, element in self._of("Origin"):
            if place not in self.here:
                yield element, place.values() | {
                    "origin": element.get("Type", ""), "source": element.get("Source", ""),
                    "description": _first_text(element, self.names),
                }  # fmt: skip

    def expressions(self) -> Iterator[tuple[Element, Values]]:
        """The formal expressions of a method after the first."""
        for place, element in self._of("FormalExpression"):
            if place not in self.here:
                yield element, place.values() | {
                    "context": element.get("Context", ""), "code": element.text or "",
                }  # fmt: skip

    def document_refs(self) -> Iterator[tuple[Element, Values]]:
        """The further documents of an element, and further lists of pages."""
        for place, element in self._of("DocumentRef"):
            holder, _, step = place.path.rpartition("/")
            own = place._replace(path=holder).values() | {
                "number": _number(step), "document": short_id(element.get("leafID")),
            }  # fmt: skip
            pages = element.findall(self.names.tag("PDFPageRef"))
            if place not in self.here and not pages:
                yield element, own
            for number, page in enumerate(pages, 1):
                step = "PDFPageRef" if number == 1 else f"PDFPageRef[{number}]"
                if place._replace(path=f"{place.path}/{step}") not in self.here:
                    yield page, own | {
                        "pages": pages_of(page), "page_type": page.get("Type", ""),
                        "page_title": page.get("Title", ""),
                    }  # fmt: skip

    def texts(self) -> Iterator[tuple[Element, Values]]:
        """The texts after the first, and the language of a first text where it is another one."""
        for place, element in self._of("TranslatedText"):
            holder, _, step = place.path.rpartition("/")
            number, language = _number(step), element.get(LANGUAGE, "")
            if number != "1" or language != self.language:
                yield element, place._replace(path=holder).values() | {
                    "number": number, "language": language,
                    "text": "" if number == "1" else "".join(map(str, element.itertext())),
                }  # fmt: skip

    def aliases(self) -> Iterator[tuple[Element, Values]]:
        """The aliases of other contexts than the NCI's codes, and all but the first of those."""
        for place, element in self._of("Alias"):
            nci = element.get("Context") == NCI
            holder = element.getparent()
            first = holder is not None and next(
                (each for each in holder if each.get("Context") == NCI), None
            )
            if not nci or first is not element:
                path = place.path.rpartition("/")[0]
                yield element, place._replace(path=path).values() | {
                    "context": element.get("Context", ""), "name": element.get("Name", ""),
                }  # fmt: skip

    def attributes(self) -> Iterator[tuple[Element, Values]]:
        """The attributes that would be written otherwise, or not at all; those left out are ""."""
        held = ("TranslatedText", "Alias")
        for place, element in self.there.items():
            built, name = self.here.get(place), local_name(element)
            if built is None or name in held or local_name(built) != name:
                continue
            for attribute in sorted({*element.attrib, *built.attrib}):
                local = self.names.local.get((name, str(attribute)))
                text = element.get(attribute, "")
                if local and text != built.get(attribute, "") and (
                    (name, local) not in _OF_THE_WRITING
                ):  # fmt: skip
                    yield element, place.values() | {"attribute": local, "value": text}


def _number(step: str) -> str:
    found = _STEP.fullmatch(step)
    return (found[2] if found else "") or "1"


def _first_text(element: Element, names: DefineNames) -> str:
    path = f"{names.tag('Description')}/{names.tag('TranslatedText')}"
    text = element.find(path)
    return "" if text is None else "".join(map(str, text.itertext())).strip()


def pages_of(page: Element | None) -> str:
    """The pages of a reference: a list, or a range from first to last."""
    if page is None:
        return ""
    span = (page.get("FirstPage", ""), page.get("LastPage", ""))
    return page.get("PageRefs", "") or "-".join(filter(None, span))


def unkept(root: Element, whole: Element) -> Counter[str]:
    """Count the elements of a file that a tree written from its specification hasn't got."""
    here = places(whole)
    return Counter(
        f"element {local_name(element)}"
        for place, element in places(root).items()
        if place not in here
    )


def apply_extras(root: Element, spec: Specification, names: DefineNames) -> None:
    """Write into a tree what ``read_extras`` kept; what has no place in it is passed over."""
    building = Building(spec, names)
    steps: tuple[tuple[str, Callable[[Element, SpecRecord, Building], None]], ...] = (
        ("origins", _origin), ("expressions", _expression), ("document_refs", _document_ref),
        ("texts", _text), ("aliases", _alias), ("xml_attributes", _attribute),
    )  # fmt: skip
    for table, step in steps:
        records = spec.table(table)
        known = places(root) if records else {}
        for record in records:
            element = known.get(_place(record, table))
            if element is not None:
                step(element, record, building)


def _place(record: SpecRecord, table: str) -> Place:
    """The place that a record is about; origins and expressions are new parts of their owner."""
    path = "" if table in ("origins", "expressions") else record["place"]
    return Place(record["element"], record["oid"], record["term"], path)


def _add(parent: Element, made: Element, after: tuple[str, ...]) -> None:
    """Put an element behind the last one of the given names, which the schema wants before it."""
    children = [child for child in parent if local_name(child) in after]
    index = parent.index(children[-1]) + 1 if children else 0
    parent.insert(index, made)


def _origin(item: Element, record: SpecRecord, building: Building) -> None:
    made = add_origin(building, item, record, record["description"])
    if made is None:
        return
    before = ("Description", "Question", "RangeCheck", "CodeListRef", "Alias", "Origin")
    item.remove(made)
    _add(item, made, before)


def _expression(method: Element, record: SpecRecord, building: Building) -> None:
    made = building.sub(method, "FormalExpression", Context=record["context"])
    made.text = record["code"]
    method.remove(made)
    _add(method, made, ("Description", "FormalExpression"))


def _document_ref(holder: Element, record: SpecRecord, building: Building) -> None:
    """Add pages to the reference of that number, made where there is none yet."""
    tag = building.names.tag("DocumentRef")
    refs, number = holder.findall(tag), int(record["number"] or "1")
    if number > len(refs):
        oid = building.oid("documents", record["document"])
        made = building.sub(holder, "DocumentRef", leafID=oid)
        holder.remove(made)
        _add(holder, made, ("Description", "FormalExpression", "Alias", "Code", "DocumentRef"))
        refs = holder.findall(tag)
    if record["pages"] or record["page_type"]:
        kind = "" if record["page_type"] == PHYSICAL else record["page_type"]
        building.page_ref(refs[-1 if number > len(refs) else number - 1], record["pages"],
                          kind or PHYSICAL, record["page_title"])  # fmt: skip


def _text(holder: Element, record: SpecRecord, building: Building) -> None:
    """Add a text in a further language, or give the first one its language."""
    tag = building.names.tag("TranslatedText")
    if record["number"] in ("", "1"):
        element = holder.find(tag)
        if element is None:
            return
    else:
        element = building.sub(holder, "TranslatedText")
        element.text = record["text"]
    element.attrib.pop(LANGUAGE, "")
    if record["language"]:
        element.set(LANGUAGE, record["language"])


def _alias(holder: Element, record: SpecRecord, building: Building) -> None:
    made = building.sub(holder, "Alias", Name=record["name"], Context=record["context"])
    holder.remove(made)
    before: tuple[str, ...] = (
        "Description", "ItemRef", "Question", "ExternalQuestion", "MeasurementUnitRef",
        "RangeCheck", "CodeListRef", "Role", "FormalExpression", "Decode", *TERMS,
        "ExternalCodeList", "Alias",
    )  # fmt: skip
    if local_name(holder) in TERMS:
        before = ("Decode", "Alias")
    _add(holder, made, before)


def _attribute(element: Element, record: SpecRecord, building: Building) -> None:
    qualified = building.names.attributes.get((local_name(element), record["attribute"]))
    version = building.names.version
    other = record["attribute"] == "DefineVersion" and not record["value"].startswith(version)
    if qualified is None or other:
        return
    element.attrib.pop(qualified, "")
    if record["value"]:
        element.set(qualified, record["value"])
