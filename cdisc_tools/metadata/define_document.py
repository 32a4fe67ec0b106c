"""A define.xml as its checks see it: elements by name and OID, and what belongs to what."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from cdisc_tools.metadata.define_names import NCI, TERMS, DefineNames, Element


@dataclass(frozen=True)
class Variable:
    """A variable of a dataset: the dataset, the reference to it, its definition."""

    group: Element
    ref: Element
    item: Element

    @property
    def dataset(self) -> str:
        """The name of the dataset."""
        return self.group.get("Name", "")

    @property
    def name(self) -> str:
        """The name of the variable."""
        return self.item.get("Name", "")


class Document:
    """The elements of a define.xml; a reference to nothing leads nowhere, it raises nothing."""

    def __init__(self, root: Element, names: DefineNames) -> None:
        self.root, self.names = root, names
        self.version = names.version

    @cached_property
    def _by_name(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for element in self.root.iter("*"):
            found.setdefault(etree.QName(element).localname, []).append(element)
        return found

    def all(self, name: str) -> list[Element]:
        """Every element of a name, in the order of the file."""
        return self._by_name.get(name, [])

    @cached_property
    def _by_oid(self) -> dict[tuple[str, str], Element]:
        found: dict[tuple[str, str], Element] = {}
        for name, elements in self._by_name.items():
            for element in elements:
                oid = element.get("OID") or element.get("ID")
                if oid:
                    found.setdefault((name, oid), element)
        return found

    def find(self, name: str, oid: str) -> Element | None:
        """The element of a name that has an OID or ID."""
        return self._by_oid.get((name, oid))

    def get(self, element: Element, attribute: str) -> str:
        """An attribute by its local name, "" where it isn't there."""
        name = etree.QName(element).localname
        qualified = self.names.attributes.get((name, attribute), attribute)
        return element.get(qualified, "")

    def child(self, element: Element, name: str) -> Element | None:
        """The first child of a name."""
        tag = self.names.elements.get(name)
        return element.find(tag) if tag else None

    def children(self, element: Element, name: str) -> list[Element]:
        """The children of a name."""
        tag = self.names.elements.get(name)
        return element.findall(tag) if tag else []

    def text(self, element: Element, name: str = "Description") -> str:
        """The first translated text of a description."""
        holder = self.child(element, name)
        text = None if holder is None else self.child(holder, "TranslatedText")
        return "" if text is None else "".join(map(str, text.itertext())).strip()

    @cached_property
    def variables(self) -> list[Variable]:
        """The variables of every dataset."""
        return [
            Variable(group, ref, item)
            for group in self.all("ItemGroupDef")
            for ref in self.children(group, "ItemRef")
            for item in [self.find("ItemDef", ref.get("ItemOID", ""))]
            if item is not None
        ]

    def of(self, group: Element) -> list[Variable]:
        """The variables of a dataset."""
        return self._of_group.get(group, [])

    @cached_property
    def _of_group(self) -> dict[Element, list[Variable]]:
        found: dict[Element, list[Variable]] = {}
        for variable in self.variables:
            found.setdefault(variable.group, []).append(variable)
        return found

    @cached_property
    def owners(self) -> dict[str, list[Variable]]:
        """The variables that each item is, by its OID."""
        found: dict[str, list[Variable]] = {}
        for variable in self.variables:
            found.setdefault(variable.item.get("OID", ""), []).append(variable)
        return found

    def values(self, variable: Variable) -> list[tuple[Element, Element]]:
        """The value level of a variable: references and definitions."""
        ref = self.child(variable.item, "ValueListRef")
        listed = self.find("ValueListDef", ref.get("ValueListOID", "")) if ref is not None else None
        if listed is None:
            return []
        found = [(each, self.find("ItemDef", each.get("ItemOID", "")))
                 for each in self.children(listed, "ItemRef")]  # fmt: skip
        return [(each, item) for each, item in found if item is not None]

    def class_of(self, group: Element) -> str:
        """The class of a dataset."""
        element = self.child(group, "Class")
        return self.get(group, "Class") if element is None else element.get("Name", "")

    def is_analysis(self, group: Element) -> bool:
        """True for an analysis dataset."""
        return group.get("Purpose") == "Analysis"

    def terms(self, codelist: Element) -> list[Element]:
        """The terms of a codelist."""
        return [each for each in codelist if etree.QName(each).localname in TERMS]

    def codelist_of(self, item: Element) -> Element | None:
        """The codelist of an item."""
        ref = self.child(item, "CodeListRef")
        return None if ref is None else self.find("CodeList", ref.get("CodeListOID", ""))

    def code(self, element: Element) -> str | None:
        """The NCI code of a codelist or term, None where it has none."""
        for alias in self.children(element, "Alias"):
            if alias.get("Context") == NCI:
                return alias.get("Name", "")
        return None

    def conditions(self, clause: Element) -> Iterator[tuple[Element, list[str]]]:
        """The comparisons of a where clause with their values."""
        for check in self.children(clause, "RangeCheck"):
            yield check, [each.text or "" for each in self.children(check, "CheckValue")]


def label(element: Element) -> str:
    """Name an element by its kind and OID, or by that of the one that it is in.

    A reference is named by what it refers to.
    """
    name = etree.QName(element).localname
    for attribute in ("OID", "ID", "ItemOID", "CodedValue", "Name"):
        if element.get(attribute):
            return f"{name} {element.get(attribute)}"
    parent = element.getparent()
    return name if parent is None or name == "ODM" else f"{name} in {label(parent)}"
