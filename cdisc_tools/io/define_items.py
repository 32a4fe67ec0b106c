"""Datasets, variables, value level and where clauses of a define.xml in the making."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from cdisc_tools.io.define_building import NO_LOCATION, YES, Building, own_oid, same_or_conflict
from cdisc_tools.metadata.define_names import Element, default_domain, leaf_id
from cdisc_tools.metadata.standards import ADAM, standard_of
from cdisc_tools.metadata.where_clauses import key_variables, split_values
from cdisc_tools.model.specification import SpecRecord, told_file

TABULATION, ANALYSIS = "Tabulation", "Analysis"

Key = tuple[str, str]


def add_value_lists(building: Building, parent: Element) -> None:
    """Add the value lists: the value level of each variable."""
    made: dict[str, Element] = {}
    for variable in building.spec.table("variables"):
        records = building.value_level(variable)
        if records:
            oid = value_list_oid(variable)
            element = building.sub(parent, "ValueListDef", OID=oid)
            building.described(element, variable["Value List Description"])
            for place, merged in enumerate(_by_item(records), 1):
                _value_ref(building, element, merged, place)
            _once(made, oid, element, variable)


def _once(made: dict[str, Element], oid: str, element: Element, record: SpecRecord) -> None:
    """Keep the first element of an OID; another one must say the same."""
    if oid in made:
        same_or_conflict(made[oid], element, record)
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    else:
        made[oid] = element


def value_list_oid(variable: SpecRecord) -> str:
    """The OID of a variable's value list."""
    return variable["Value List OID"] or f"VL.{variable['dataset']}.{variable['variable']}"


def _by_item(records: Iterable[SpecRecord]) -> Iterator[list[SpecRecord]]:
    """The records of one item together: it has a where clause in each."""
    for _, merged in groupby(records, lambda record: own_oid("value_level", record)):
        yield list(merged)


def _value_ref(building: Building, parent: Element, records: list[SpecRecord], place: int) -> None:
    record = records[0]
    ref = _item_ref(building, parent, record, own_oid("value_level", record), place)
    for each in records:
        clause = building.oid("where_clauses", each["where_clause"])
        if clause:
            building.sub(ref, "WhereClauseRef", WhereClauseOID=clause)


def _item_ref(
    building: Building, parent: Element, record: SpecRecord, oid: str, place: int, key: str = ""
) -> Element:
    return building.sub(
        parent, "ItemRef", ItemOID=oid, OrderNumber=record["order"] or str(place),
        Mandatory=record["mandatory"] or "No", KeySequence=key,
        MethodOID=building.oid("methods", record["method"]), Role=record["role"],
        IsNonStandard=_yes(record["Is Non Standard"]), HasNoData=_yes(record["has_no_data"]),
    )  # fmt: skip


def _yes(text: str) -> str:
    """Yes, or nothing: these attributes know no other word."""
    return text if text == YES else ""


def add_where_clauses(building: Building, parent: Element) -> None:
    """Add the where clauses; ids that share an OID are one clause."""
    written: dict[str, str] = {}
    for record in building.spec.table("where_clauses"):
        oid = building.oid("where_clauses", record["id"])
        if written.setdefault(oid, record["id"]) != record["id"]:
            continue
        clause = _clause(building, parent, oid, record)
        comparator, value = record["comparator"], record["value"]
        if record["variable"] or comparator:
            check = building.sub(
                clause, "RangeCheck", SoftHard="Soft", Comparator=comparator,
                ItemOID=building.item_oid(record["dataset"], record["variable"]),
            )  # fmt: skip
            # a comparison with nothing, such as EQ "", has an empty value
            for text in split_values(comparator, value) or ("",):
                building.sub(check, "CheckValue").text = text


def _clause(building: Building, parent: Element, oid: str, record: SpecRecord) -> Element:
    """The clause that a record belongs to, made where it is the first one of it."""
    for known in reversed(parent.findall(building.names.tag("WhereClauseDef"))):
        if known.get("OID") == oid:
            return known
    comment = building.oid("comments", record["comment"])
    return building.sub(parent, "WhereClauseDef", OID=oid, CommentOID=comment)


def add_datasets(building: Building, parent: Element) -> None:
    """Add the datasets with references to their variables."""
    by_dataset: dict[str, list[SpecRecord]] = {}
    for variable in building.spec.table("variables"):
        by_dataset.setdefault(variable["dataset"], []).append(variable)
    for record in building.spec.table("datasets"):
        group = _group(building, parent, record)
        building.described(group, record["label"])
        keys = key_variables(record["key_variables"])
        for place, variable in enumerate(by_dataset.get(record["dataset"], ()), 1):
            name = variable["variable"]
            key = str(keys.index(name) + 1) if name in keys else ""
            _item_ref(building, group, variable, own_oid("variables", variable), place, key)
        _class(building, group, record)
        _leaf(building, group, record)


def _group(building: Building, parent: Element, record: SpecRecord) -> Element:
    name = record["dataset"]
    analysis = standard_of(name) == ADAM
    return building.sub(
        parent, "ItemGroupDef", OID=own_oid("datasets", record),
        Domain=record["Domain"] or default_domain(name), Name=name,
        Repeating=record["repeating"] or YES, IsReferenceData=record["reference_data"] or "No",
        SASDatasetName=name, Purpose=record["purpose"] or (ANALYSIS if analysis else TABULATION),
        Structure=record["structure"], Class=record["class"],
        ArchiveLocationID=_location(record)[0],
        CommentOID=building.oid("comments", record["comment"]),
        StandardOID=building.standard_oid(record["standard"]),
        IsNonStandard=_yes(record["Is Non Standard"]), HasNoData=_yes(record["has_no_data"]),
    )  # fmt: skip


def _location(record: SpecRecord) -> tuple[str, str]:
    """Id and file of a dataset's location; without data it has none but a given one."""
    file = record["Location"]
    if not file and record["has_no_data"] != YES:
        file = told_file(record["dataset"])
    if not file or record["Location ID"] == NO_LOCATION:
        return "", ""
    return record["Location ID"] or leaf_id(f"LF.{record['dataset']}"), file


def _class(building: Building, group: Element, record: SpecRecord) -> None:
    """Add class and subclasses as elements, as Define-XML 2.1 has them."""
    if "Class" in building.names.elements and record["class"]:
        element = building.sub(group, "Class", Name=record["class"])
        for name in filter(None, map(str.strip, record["subclass"].split(";"))):
            building.sub(element, "SubClass", Name=name)


def _leaf(building: Building, group: Element, record: SpecRecord) -> None:
    place, file = _location(record)
    if place:
        leaf = building.sub(group, "leaf", ID=place, href=file)
        building.sub(leaf, "title").text = record["Location Title"] or file


def add_items(building: Building, parent: Element) -> None:
    """Add the definitions of the variables, and of the value level, each OID once."""
    made: dict[str, Element] = {}
    for record in building.spec.table("variables"):
        oid = own_oid("variables", record)
        item = _item(building, parent, record, oid)
        if building.value_level(record):
            building.sub(item, "ValueListRef", ValueListOID=value_list_oid(record))
        _once(made, oid, item, record)
    for variable in building.spec.table("variables"):
        for records in _by_item(building.value_level(variable)):
            oid = own_oid("value_level", records[0])
            _once(made, oid, _item(building, parent, records[0], oid), records[0])


def _item(building: Building, parent: Element, record: SpecRecord, oid: str) -> Element:
    name = record["variable"]
    item = building.sub(
        parent, "ItemDef", OID=oid, Name=name, DataType=record["data_type"] or "text",
        Length=record["length"], SignificantDigits=record["significant_digits"],
        SASFieldName=name, DisplayFormat=record["format"],
        CommentOID=building.oid("comments", record["comment"]),
    )  # fmt: skip
    building.described(item, record["label"] or record["description"])
    if record["codelist"]:
        building.sub(item, "CodeListRef", CodeListOID=building.codelist_oid(record["codelist"]))
    predecessor = record["predecessor"] if record["origin"] == "Predecessor" else ""
    origin = add_origin(building, item, record, predecessor or record["Origin Description"])
    if origin is not None:
        document = record["Origin Document"] or (record["pages"] and building.annotated_crf)
        building.document_ref(origin, record, document)
    return item


def add_origin(building: Building, item: Element, record: SpecRecord, words: str) -> Element | None:
    """Add an origin in the words of the version: collected data is CRF in 2.0.

    An origin that the version has no word for is left out.
    """
    kind, source = building.names.origin(record["origin"], record["source"])
    if not kind:
        return None
    origin = building.sub(item, "Origin", Type=kind, Source=source)
    building.described(origin, words)
    return origin
