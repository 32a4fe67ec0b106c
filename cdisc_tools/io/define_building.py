"""What every part of a define.xml in the making needs: names, OIDs, texts, references."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from cdisc_tools.metadata.define_names import XML, DefineNames, Element, default_oid
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification, SpecRecord

PHYSICAL, NAMED = "PhysicalRef", "NamedDestination"
YES = "Yes"
# stands for the location of a dataset that has data and names no file
NO_LOCATION = "-"
# pages from the first to the last, such as 4-7
_RANGE = re.compile(r"(\d+)\s*-\s*(\d+)")
_CODELISTS = ("codelists", "dictionaries")


@dataclass(frozen=True)
class Building:
    """A specification on its way into XML: the names of the version, the OIDs, the language."""

    spec: Specification
    names: DefineNames

    @cached_property
    def language(self) -> str:
        """The language of the descriptions."""
        return self.spec.attribute("Language") or "en"

    @cached_property
    def _oids(self) -> dict[str, dict[str, str]]:
        """The OID of each id, by table; the first record of an id tells it."""
        found: dict[str, dict[str, str]] = {}
        for table in (
            "standards", "datasets", "where_clauses", *_CODELISTS, "methods", "comments",
            "documents",
        ):  # fmt: skip
            key = "dataset" if table == "datasets" else "id"
            ids = found.setdefault(table, {})
            for record in self.spec.table(table):
                ids.setdefault(record[key], own_oid(table, record))
        return found

    def oid(self, table: str, name: str) -> str:
        """The OID that an id of a table stands for, "" for no id.

        An id that the table hasn't got becomes the OID that it would have.
        """
        if not name:
            return ""
        key = "dataset" if table == "datasets" else "id"
        return self._oids[table].get(name) or default_oid(table, SpecRecord({key: name}))

    def codelist_oid(self, name: str) -> str:
        """The OID of a codelist or dictionary."""
        return self._oids["dictionaries"].get(name) or self.oid("codelists", name)

    def standard_oid(self, name: str) -> str:
        """The OID of a standard by its id, or by its name and version as workbooks have it."""
        if name in self._oids["standards"]:
            return self._oids["standards"][name]
        for record in self.spec.table("standards"):
            parts = (record["name"], record["publishing_set"], record["version"])
            if name in (" ".join(filter(None, parts)), f"{parts[0]} {parts[2]}"):
                return own_oid("standards", record)
        return self.oid("standards", name)

    @cached_property
    def items(self) -> dict[tuple[str, str], str]:
        """The OID of each variable by dataset and name."""
        return {
            (record["dataset"], record["variable"]): own_oid("variables", record)
            for record in reversed(self.spec.table("variables"))
        }

    def item_oid(self, dataset: str, variable: str) -> str:
        """The OID of a variable; without a dataset the text is taken for the OID itself."""
        known = self.items.get((dataset, variable))
        if known or not dataset:
            return known or variable
        return default_oid("variables", SpecRecord({"dataset": dataset, "variable": variable}))

    @cached_property
    def _values(self) -> dict[tuple[str, str], list[SpecRecord]]:
        found: dict[tuple[str, str], list[SpecRecord]] = {}
        for record in self.spec.table("value_level"):
            found.setdefault((record["dataset"], record["variable"]), []).append(record)
        return found

    def value_level(self, variable: SpecRecord) -> list[SpecRecord]:
        """The value level records of a variable."""
        return self._values.get((variable["dataset"], variable["variable"]), [])

    def sub(self, parent: Element, name: str, **values: str) -> Element:
        """Add an element with its attributes."""
        element = etree.SubElement(parent, self.names.tag(name))
        self.names.put(element, values)
        return element

    def described(self, parent: Element, words: str, name: str = "Description") -> None:
        """Add a description in the language of the specification, none for no words."""
        held = name != "Description" or _local(parent) not in self.names.undescribed
        if words and held:
            holder = self.sub(parent, name)
            text = self.sub(holder, "TranslatedText")
            text.set(f"{{{XML}}}lang", self.language)
            text.text = words

    def document_ref(
        self, parent: Element, record: SpecRecord, document: str, pages: str = "pages"
    ) -> None:
        """Add the document that a record refers to, with its pages; nothing without one."""
        if document:
            ref = self.sub(parent, "DocumentRef", leafID=self.oid("documents", document))
            self.page_ref(ref, record[pages], record["Page Type"], record["Page Title"])

    def page_ref(self, ref: Element, pages: str, kind: str = "", title: str = "") -> None:
        """Add pages to a reference: a list, a range (4-7), or named destinations."""
        if not (pages or kind):
            return
        span = None if kind == NAMED else _RANGE.fullmatch(pages)
        if span:
            values = {"FirstPage": span[1], "LastPage": span[2]}
        else:
            values = {"PageRefs": " ".join(pages.replace(",", " ").split())}
        self.sub(ref, "PDFPageRef", Type=kind or PHYSICAL, Title=title, **values)

    @cached_property
    def annotated_crf(self) -> str:
        """The id of the annotated CRF that pages of an origin are of, "" for none."""
        return annotated_crf(self.spec.table("documents"))


def _local(element: Element) -> str:
    return etree.QName(element).localname


def own_oid(table: str, record: SpecRecord) -> str:
    """The OID of a record: its own, or the one that its names make."""
    return record["OID"] or default_oid(table, record)


def annotated_crf(documents: Iterable[SpecRecord]) -> str:
    """The id of the first document that is an annotated CRF, "" for none."""
    kinds = ((record["id"], record["Document Kind"]) for record in documents)
    return next((name for name, kind in kinds if kind == "AnnotatedCRF"), "")


def same_or_conflict(known: Element, made: Element, record: SpecRecord) -> None:
    """Raise ConfigurationError where two records with one OID say different things."""
    if etree.tostring(known) != etree.tostring(made):
        raise ConfigurationError(
            f"{record.place or 'the specification'}: OID {made.get('OID')} is that of another "
            "record, too, which says something else; make them agree, or drop the OID from one"
        )
