"""A specification as the tree of a define.xml."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import cast

from lxml import etree

from cdisc_tools import __version__
from cdisc_tools.io.define_building import Building, own_oid
from cdisc_tools.io.define_items import (
    add_datasets,
    add_items,
    add_value_lists,
    add_where_clauses,
)
from cdisc_tools.io.define_results import add_analysis_results
from cdisc_tools.metadata.define_names import (
    ARM,
    DEFINE,
    NCI,
    ODM,
    XLINK,
    Element,
    define_names,
    standard_names,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification, SpecRecord

PRODUCT = "cdisc_tools"
# characters that XML 1.0 can't hold
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def build_define(spec: Specification, *, version: str, timestamp: datetime) -> Element:
    """Build the tree of a define.xml from the tables that a workbook has, too.

    ``version`` is "2.1" or "2.0". Raises ConfigurationError for another version, for two records
    with one OID that say different things, and for a character that XML can't hold.
    """
    if version not in DEFINE:
        raise ConfigurationError(
            f"There is no version {version!r} of Define-XML here; choose {' or '.join(DEFINE)}"
        )
    _writable(spec)
    building = Building(spec, define_names(version))
    root = _root(building, timestamp)
    study = building.sub(root, "Study", OID=f"STDY.{_study_name(spec)}")
    _globals(building, study)
    metadata = _metadata(building, study)
    sections: tuple[Callable[[Building, Element], None], ...] = (
        _standards, _kinds, add_value_lists, add_where_clauses, add_datasets, add_items,
        _codelists, _dictionaries, _methods, _comments, _documents, add_analysis_results,
    )  # fmt: skip
    for section in sections:
        section(building, metadata)
    return root


def _writable(spec: Specification) -> None:
    for table, records in spec.tables.items():
        for record in records:
            for field, text in record.values.items():
                found = _UNWRITABLE.search(text)
                if found:
                    raise ConfigurationError(
                        f"{record.place or table}, {field}: character U+{ord(found[0]):04X} can't "
                        "stand in XML; remove it"
                    )


def _root(building: Building, timestamp: datetime) -> Element:
    version = building.names.version
    spaces = {None: ODM, "def": DEFINE[version], "xlink": XLINK}
    if building.spec.table("analysis_displays"):
        spaces["arm"] = ARM
    root = etree.Element(building.names.tag("ODM"), nsmap=cast(Mapping[str, str], spaces))
    parts = ("DEF", _study_name(building.spec), *_standard(building))
    building.names.put(root, {
        "ODMVersion": "1.3.2", "FileType": "Snapshot", "FileOID": ".".join(filter(None, parts)),
        "CreationDateTime": timestamp.isoformat(), "SourceSystem": PRODUCT,
        "SourceSystemVersion": __version__, "Context": "Submission",
    })  # fmt: skip
    return root


def _study_name(spec: Specification) -> str:
    names = (spec.attribute(name) for name in ("StudyName", "ProtocolName"))
    return next(filter(None, names), "STUDY")


def _standard(building: Building) -> tuple[str, str]:
    """Name and version of the standard, in the words of the version of Define-XML."""
    spec, (older, newer) = building.spec, standard_names()
    name = spec.attribute("StandardName")
    words = older if building.names.version == "2.0" else newer
    return words.get(name, name), spec.attribute("StandardVersion")


def _globals(building: Building, study: Element) -> None:
    spec = building.spec
    variables = building.sub(study, "GlobalVariables")
    name = _study_name(spec)
    building.sub(variables, "StudyName").text = name
    building.sub(variables, "StudyDescription").text = spec.attribute("StudyDescription") or name
    building.sub(variables, "ProtocolName").text = spec.attribute("ProtocolName") or name


def _metadata(building: Building, study: Element) -> Element:
    name, (standard, number) = _study_name(building.spec), _standard(building)
    return building.sub(
        study, "MetaDataVersion", OID=".".join(filter(None, ("MDV", name, standard, number))),
        Name=f"Study {name}, Data Definitions", DefineVersion=f"{building.names.version}.0",
        StandardName=standard, StandardVersion=number,
    )  # fmt: skip


def _standards(building: Building, parent: Element) -> None:
    """Add the standards of 2.1; one that only the study's attributes name becomes the first."""
    if "Standards" not in building.names.elements:
        return
    records = building.spec.table("standards")
    name, number = _standard(building)
    if not records and name:
        records = (SpecRecord({"id": "1", "name": name, "type": "IG", "version": number,
                               "status": "Final"}),)  # fmt: skip
    if records:
        holder = building.sub(parent, "Standards")
        for record in records:
            building.sub(
                holder, "Standard", OID=own_oid("standards", record), Name=record["name"],
                Type=record["type"], PublishingSet=record["publishing_set"],
                Version=record["version"], Status=record["status"],
                CommentOID=building.oid("comments", record["comment"]),
            )  # fmt: skip


def _kinds(building: Building, parent: Element) -> None:
    """Add which documents are the annotated CRF, and which supplement it."""
    for kind in ("AnnotatedCRF", "SupplementalDoc"):
        found = [r for r in building.spec.table("documents") if kind in r["Document Kind"]]
        if found:
            holder = building.sub(parent, kind)
            for record in found:
                building.sub(holder, "DocumentRef", leafID=own_oid("documents", record))


def _codelists(building: Building, parent: Element) -> None:
    by_id: dict[str, list[SpecRecord]] = {}
    for record in building.spec.table("codelists"):
        by_id.setdefault(record["id"], []).append(record)
    for records in by_id.values():
        codelist = _codelist(building, parent, "codelists", records[0])
        for record in records:
            if record["term"]:
                _term(building, codelist, record)
        _alias(building, codelist, records[0]["nci_codelist_code"])


def _codelist(building: Building, parent: Element, table: str, record: SpecRecord) -> Element:
    codelist = building.sub(
        parent, "CodeList", OID=own_oid(table, record), Name=record["name"] or record["id"],
        DataType=record["data_type"] or "text",
        StandardOID=building.standard_oid(record["terminology"]),
        IsNonStandard=record["Is Non Standard"],
        CommentOID=building.oid("comments", record["comment"]),
    )  # fmt: skip
    building.described(codelist, record["Description"])
    return codelist


def _term(building: Building, codelist: Element, record: SpecRecord) -> None:
    """Add a term: one with a decode is a CodeListItem, any other an EnumeratedItem."""
    decode = record["decoded_value"]
    term = building.sub(
        codelist, "CodeListItem" if decode else "EnumeratedItem", CodedValue=record["term"],
        OrderNumber=record["order"], Rank=record["Rank"], ExtendedValue=record["Extended Value"],
    )  # fmt: skip
    building.described(term, decode, "Decode")
    _alias(building, term, record["nci_term_code"])
    building.described(term, record["Term Description"])


def _alias(building: Building, element: Element, code: str) -> None:
    if code:
        building.sub(element, "Alias", Name=code, Context=NCI)


def _dictionaries(building: Building, parent: Element) -> None:
    for record in building.spec.table("dictionaries"):
        codelist = _codelist(building, parent, "dictionaries", record)
        building.sub(codelist, "ExternalCodeList", Dictionary=record["dictionary"],
                     Version=record["version"])  # fmt: skip


def _methods(building: Building, parent: Element) -> None:
    for record in building.spec.table("methods"):
        method = building.sub(
            parent, "MethodDef", OID=own_oid("methods", record),
            Name=record["name"] or record["id"], Type=record["type"] or "Computation",
        )  # fmt: skip
        building.described(method, record["description"])
        if record["expression_code"]:
            building.sub(
                method, "FormalExpression", Context=record["expression_context"]
            ).text = record["expression_code"]
        building.document_ref(method, record, record["document"])


def _comments(building: Building, parent: Element) -> None:
    for record in building.spec.table("comments"):
        comment = building.sub(parent, "CommentDef", OID=own_oid("comments", record))
        building.described(comment, record["description"])
        building.document_ref(comment, record, record["document"])


def _documents(building: Building, parent: Element) -> None:
    for record in building.spec.table("documents"):
        leaf = building.sub(parent, "leaf", ID=own_oid("documents", record), href=record["href"])
        building.sub(leaf, "title").text = record["title"] or record["href"]
