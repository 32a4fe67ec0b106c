"""The names of Define-XML: namespaces, elements, attributes, and the OIDs of what is described."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from lxml import etree

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.standards import ADAM, standard_of
from cdisc_tools.model.specification import SpecRecord, told_domain

ODM = "http://www.cdisc.org/ns/odm/v1.3"
ARM = "http://www.cdisc.org/ns/arm/v1.0"
DEFINE = {"2.0": "http://www.cdisc.org/ns/def/v2.0", "2.1": "http://www.cdisc.org/ns/def/v2.1"}
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NCI = "nci:ExtCodeID"
# what stands before an id in an OID, by convention of Pinnacle 21
PREFIXES = ("IG.", "IT.", "CL.", "MT.", "COM.", "WC.", "LF.", "STD.", "RD.", "AR.")
TERMS = ("CodeListItem", "EnumeratedItem")
# table of a specification -> the prefix of its OIDs
_TABLE_PREFIX = {
    "standards": "STD.", "datasets": "IG.", "where_clauses": "WC.", "codelists": "CL.",
    "dictionaries": "CL.", "methods": "MT.", "comments": "COM.", "documents": "LF.",
    "analysis_displays": "RD.", "analysis_results": "AR.",
}  # fmt: skip
# what an xs:ID may not hold, as the schema wants of a leaf's
_NOT_IN_ID = re.compile(r"[^\w.-]")

Element = etree._Element
Values = dict[str, str]


@dataclass(frozen=True)
class DefineNames:
    """The qualified names of one version of Define-XML: what it hasn't got is not there.

    ``origins`` holds what an origin of the other version becomes, with its source;
    ``undescribed`` the elements that have no description in this version.
    """

    version: str
    elements: Mapping[str, str]
    attributes: Mapping[tuple[str, str], str]
    origins: Mapping[str, tuple[str, str]]
    undescribed: frozenset[str]

    def origin(self, kind: str, source: str) -> tuple[str, str]:
        """An origin and its source in the words of the version, "" where it has no word."""
        becomes, own = self.origins.get(kind, (kind, ""))
        return becomes, source or own

    @cached_property
    def local(self) -> dict[tuple[str, str], str]:
        """The local name of each attribute by its element and qualified name."""
        return {
            (element, qualified): name for (element, name), qualified in self.attributes.items()
        }

    def tag(self, element: str) -> str:
        """The qualified name of an element."""
        return self.elements[element]

    def put(self, element: Element, values: Mapping[str, str]) -> None:
        """Set attributes by local name; those that are empty or that the version lacks are not."""
        name = etree.QName(element).localname
        for attribute, text in values.items():
            qualified = self.attributes.get((name, attribute))
            if qualified and text:
                element.set(qualified, text)


@lru_cache(maxsize=2)
def define_names(version: str) -> DefineNames:
    """The names of a version ("2.0" or "2.1")."""
    spaces = {"odm": ODM, "def": DEFINE[version], "arm": ARM, "xlink": XLINK, "xml": XML,
              "xsi": XSI}  # fmt: skip
    folder = specs_path() / "specification"
    lines = [
        line
        for line in read_table(
            folder / "define_elements.csv", ("element", "namespace", "versions", "described")
        )
        if version in line["versions"].split(";")
    ]
    elements = {
        line["element"]: f"{{{spaces[line['namespace']]}}}{line['element']}" for line in lines
    }
    undescribed = frozenset(
        line["element"] for line in lines if line["described"] not in ("", version)
    )
    attributes = {
        (line["element"], line["attribute"]): f"{{{spaces[line['namespace']]}}}{line['attribute']}"
        if line["namespace"]
        else line["attribute"]
        for line in read_table(
            folder / "define_attributes.csv", ("element", "attribute", "namespace", "versions")
        )
        if version in line["versions"].split(";")
    }
    origins = {
        line["origin"]: (line["becomes"], line["source"])
        for line in read_table(
            folder / "define_origins.csv", ("version", "origin", "becomes", "source")
        )
        if line["version"] == version
    }
    return DefineNames(version, elements, attributes, origins, undescribed)


@lru_cache(maxsize=1)
def standard_names() -> tuple[dict[str, str], dict[str, str]]:
    """The names of standards: those of 2.0 by 2.1, and those of 2.1 by 2.0."""
    path = specs_path() / "specification" / "standard_names.csv"
    lines = list(read_table(path, ("name_2_0", "name_2_1")))
    older = {line["name_2_1"]: line["name_2_0"] for line in reversed(lines)}
    return older, {line["name_2_0"]: line["name_2_1"] for line in lines}


def default_oid(table: str, record: SpecRecord) -> str:
    """The OID that a record of a table has where it names none.

    >>> default_oid("codelists", SpecRecord({"id": "SEX"}))
    'CL.SEX'
    """
    if table == "variables":
        return f"IT.{record['dataset']}.{record['variable']}"
    if table == "value_level":
        return f"IT.{record['dataset']}.{record['variable']}.{record['where_clause']}"
    name = record["dataset"] if table == "datasets" else record["id"]
    oid = _TABLE_PREFIX[table] + name
    return leaf_id(oid) if table == "documents" else oid


def leaf_id(text: str) -> str:
    """A text as the id of a leaf, which the schema wants as an xs:ID.

    >>> leaf_id("LF.Reviewer's Guide")
    'LF.Reviewer_s_Guide'
    """
    return _NOT_IN_ID.sub("_", text)


def short_id(oid: str | None) -> str:
    """An OID without the prefix that names its kind.

    >>> short_id("CL.SEX"), short_id("SEX"), short_id(None)
    ('SEX', 'SEX', '')
    """
    text = oid or ""
    return next((text.removeprefix(p) for p in PREFIXES if text.startswith(p)), text)


def default_domain(dataset: str) -> str:
    """The domain of a dataset that names none: analysis datasets have none.

    >>> default_domain("SUPPAE"), default_domain("ADSL")
    ('AE', '')
    """
    return "" if standard_of(dataset) == ADAM else told_domain(dataset)
