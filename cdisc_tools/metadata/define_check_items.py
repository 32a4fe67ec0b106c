"""Checks of variables, their origins, value level and where clauses."""

import re
from collections.abc import Iterator
from functools import lru_cache

from cdisc_tools.metadata.define_document import Document, Variable
from cdisc_tools.metadata.define_hits import Hit, define_check
from cdisc_tools.metadata.define_names import Element
from cdisc_tools.metadata.resources import read_table, specs_path

TEXT_BYTES = 200
MEASURED = frozenset({"text", "integer", "float"})
NUMBERS = frozenset({"integer", "float"})
LISTS = frozenset({"IN", "NOTIN"})
_SOURCE = re.compile(r"[A-Z][A-Z0-9]*\.[A-Z-][A-Z0-9-]*.*", re.DOTALL)
_DEFAULT_NAME = re.compile(r"[A-Z][A-Z0-9]{0,7}")


@lru_cache(maxsize=1)
def _sources() -> dict[str, frozenset[str]]:
    lines = read_table(specs_path() / "define" / "origin_sources.csv", ("origin", "sources"))
    return {line["origin"]: frozenset(filter(None, line["sources"].split(";"))) for line in lines}


@define_check
def lengths(document: Document) -> Iterator[Hit]:
    """Texts and numbers have a length, numbers with decimals say how many."""
    for item in document.all("ItemDef"):
        kind, length = item.get("DataType", ""), item.get("Length", "")
        digits = item.get("SignificantDigits", "")
        if kind in MEASURED and not length:
            yield Hit("CDT-D120", item, (kind,))
        if kind == "float" and not digits:
            yield Hit("CDT-D121", item)
        if digits and kind and kind != "float":
            yield Hit("CDT-D122", item, (digits,), kind)
        if length.isdecimal() and digits.isdecimal() and int(digits) >= int(length):
            yield Hit("CDT-D123", item, (digits,), length)
        if kind == "text" and length.isdecimal() and int(length) > TEXT_BYTES:
            yield Hit("CDT-D124", item, (length,))


@define_check
def names(document: Document) -> Iterator[Hit]:
    """Variables have names that a transport file can hold, each once in its dataset."""
    for group in document.all("ItemGroupDef"):
        first: dict[str, Element] = {}
        for variable in document.of(group):
            if not _DEFAULT_NAME.fullmatch(variable.name):
                yield Hit("CDT-D125", variable.item, (variable.name,))
            if variable.name in first and first[variable.name] is not variable.item:
                yield Hit("CDT-D126", variable.ref, (variable.name,), variable.dataset)
            first.setdefault(variable.name, variable.item)
            if variable.item.get("SASFieldName", variable.name) != variable.name:
                field = variable.item.get("SASFieldName", "")
                yield Hit("CDT-D127", variable.item, (field,), variable.name)


@define_check
def order_of_variables(document: Document) -> Iterator[Hit]:
    """Variables stand in the order of their numbers."""
    for group in document.all("ItemGroupDef"):
        last = 0
        for ref in document.children(group, "ItemRef"):
            text = ref.get("OrderNumber", "")
            number = int(text) if text.isdecimal() else last
            if number < last:
                yield Hit("CDT-D128", ref, (text,), str(last))
            last = max(last, number)


@define_check
def origins(document: Document) -> Iterator[Hit]:
    """Each variable has an origin, or its value level has."""
    for variable in document.variables:
        levels = document.values(variable)
        own = document.child(variable.item, "Origin")
        of_levels = [document.child(item, "Origin") for _, item in levels]
        # version 2.0 has no word for data that are not available; a comment says so there
        told = document.version == "2.0" and document.get(variable.item, "CommentOID")
        if own is None and not told and (not levels or None in of_levels):
            yield Hit("CDT-D130", variable.item)
    for origin in document.all("Origin"):
        yield from _origin(document, origin)


def _origin(document: Document, origin: Element) -> Iterator[Hit]:
    """Type and source of an origin go together, a predecessor is named."""
    kind, source, text = origin.get("Type", ""), origin.get("Source", ""), document.text(origin)
    allowed = _sources().get(kind)
    if document.version == "2.1" and allowed is not None:
        if not source and allowed:
            yield Hit("CDT-D131", origin, (kind,), ", ".join(sorted(allowed)))
        if source and source not in allowed:
            yield Hit("CDT-D132", origin, (kind, source), ", ".join(sorted(allowed)) or "none")
    if kind == "Predecessor" and not text:
        yield Hit("CDT-D133", origin)
    elif kind == "Predecessor" and not _SOURCE.fullmatch(text):
        yield Hit("CDT-D134", origin, (text,))


@define_check
def methods(document: Document) -> Iterator[Hit]:
    """What is derived has a method, and a method is of something derived or assigned."""
    for ref, item, levels in _references(document):
        kinds = {each.get("Type", "") for each in document.children(item, "Origin")}
        told = ref.get("MethodOID") or any(level.get("MethodOID") for level, _ in levels)
        if "Derived" in kinds and not told and not document.get(item, "CommentOID"):
            yield Hit("CDT-D135", item)
        if ref.get("MethodOID") and kinds and not kinds & {"Derived", "Assigned"}:
            yield Hit("CDT-D136", ref, tuple(sorted(kinds)))


def _references(
    document: Document,
) -> Iterator[tuple[Element, Element, list[tuple[Element, Element]]]]:
    """Variables and value level: reference, definition, value level below."""
    for variable in document.variables:
        levels = document.values(variable)
        yield variable.ref, variable.item, levels
        for ref, item in levels:
            yield ref, item, []


@define_check
def collected(document: Document) -> Iterator[Hit]:
    """Collected data names the pages of the annotated CRF, which is there.

    Without one each page would be missed again: that it isn't there is the one finding.
    """
    collected = {"Collected", "CRF"}
    found = [
        origin
        for variable in document.variables
        if not document.is_analysis(variable.group)
        for _, item in [(None, variable.item), *document.values(variable)]
        for origin in document.children(item, "Origin")
        if origin.get("Type") in collected and origin.get("Source", "") in ("", "Investigator")
    ]
    if found and not document.all("AnnotatedCRF"):
        yield from (Hit("CDT-D137", element) for element in document.all("MetaDataVersion"))
        return
    for origin in found:
        if document.child(origin, "DocumentRef") is None:
            yield Hit("CDT-D138", origin)


@define_check
def value_level(document: Document) -> Iterator[Hit]:
    """Value level says when it holds, and narrows what its variable says."""
    for listed in document.all("ValueListDef"):
        seen: dict[tuple[str, ...], Element] = {}
        for ref in document.children(listed, "ItemRef"):
            clauses = [each.get("WhereClauseOID", "")
                       for each in document.children(ref, "WhereClauseRef")]  # fmt: skip
            if not clauses:
                yield Hit("CDT-D140", ref)
            key = tuple(sorted(clauses))
            if clauses and key in seen:
                yield Hit("CDT-D141", ref, key, f"line {seen[key].sourceline}")
            seen.setdefault(key, ref)
    for variable in document.variables:
        yield from _narrows(document, variable)
        is_value = variable.name == "QVAL" and variable.dataset.startswith("SUPP")
        if is_value and document.child(variable.item, "ValueListRef") is None:
            yield Hit("CDT-D144", variable.item)


def _narrows(document: Document, variable: Variable) -> Iterator[Hit]:
    kind, length = variable.item.get("DataType", ""), variable.item.get("Length", "")
    for _, item in document.values(variable):
        own, size = item.get("DataType", ""), item.get("Length", "")
        if kind in NUMBERS and own not in NUMBERS:
            yield Hit("CDT-D142", item, (own,), kind)
        if kind == "text" and length.isdecimal() and size.isdecimal() and int(size) > int(length):
            yield Hit("CDT-D143", item, (size,), length)


@define_check
def where_clauses(document: Document) -> Iterator[Hit]:
    """Conditions compare a variable of a dataset with terms that it may have."""
    for clause in document.all("WhereClauseDef"):
        datasets: set[str] = set()
        for check, values in document.conditions(clause):
            oid = document.get(check, "ItemOID")
            owners = document.owners.get(oid, [])
            datasets |= {each.dataset for each in owners[:1]}
            item = document.find("ItemDef", oid)
            if item is not None and not owners:
                yield Hit("CDT-D145", check, (oid,))
            if not values:
                yield Hit("CDT-D146", check)
            if len(values) > 1 and check.get("Comparator") not in LISTS:
                yield Hit("CDT-D147", check, tuple(values), check.get("Comparator", ""))
            yield from _terms(document, check, item, values)
        if len(datasets) > 1 and not document.get(clause, "CommentOID"):
            yield Hit("CDT-D148", clause, tuple(sorted(datasets)))


def _terms(
    document: Document, check: Element, item: Element | None, values: list[str]
) -> Iterator[Hit]:
    """The values of a comparison are terms of the variable's codelist."""
    codelist = None if item is None else document.codelist_of(item)
    terms = set() if codelist is None else {
        each.get("CodedValue", "") for each in document.terms(codelist)
    }  # fmt: skip
    for value in values:
        if terms and value and value not in terms:
            yield Hit("CDT-D149", check, (value,), "" if codelist is None else
                      codelist.get("OID", ""))  # fmt: skip
