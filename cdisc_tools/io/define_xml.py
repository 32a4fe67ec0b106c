"""Define-XML 2.0 and 2.1, read as a specification."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from cdisc_tools.io.define_building import NAMED, NO_LOCATION, YES, annotated_crf
from cdisc_tools.io.define_extras import apply_extras, pages_of, read_extras, unkept
from cdisc_tools.io.define_tree import build_define
from cdisc_tools.io.specification_workbook import SpecificationSource
from cdisc_tools.io.xml_files import parse_xml
from cdisc_tools.metadata.define_names import (
    ARM,
    DEFINE,
    NCI,
    ODM,
    TERMS,
    XLINK,
    XML,
    Element,
    default_domain,
    default_oid,
    define_names,
    leaf_id,
)
from cdisc_tools.metadata.define_names import short_id as _id
from cdisc_tools.metadata.specification import read_layout
from cdisc_tools.metadata.specification_checks import SpecProblem
from cdisc_tools.metadata.where_clauses import join_values
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification, SpecRecord, told_file
from cdisc_tools.model.texts import one_line_end

Values = dict[str, str]
# the moment that a tree made for comparison names
_NO_MOMENT = datetime(1980, 1, 1)


def read_define_xml(path: Path) -> SpecificationSource:
    """Read Define-XML 2.0 or 2.1 as a specification, with the line of each element in its place.

    OIDs lose the prefix that names their kind (IT., CL., MT., COM., WC., LF.), as in a workbook.
    A value level item with several where clauses becomes one record a clause, since any of them
    selects it. What a workbook has no column for is kept under a header of its own (Is Non
    Standard, Extended Value, Rank, Origin Description; Domain and Location of a dataset where its
    name doesn't tell them); an element or attribute that is
    not kept at all is a remark.

    Neither entities nor a document type are read, and nothing is fetched. Raises
    ConfigurationError for a file that is no XML, no Define-XML, or of another version.
    """
    with path.open("rb") as stream:
        return read_define_stream(path.name, stream)


def read_define_stream(shown: str, stream: BinaryIO) -> SpecificationSource:
    """Read Define-XML as ``read_define_xml`` does; ``shown`` names the file in messages."""
    define = _Define(shown, define_root_of(shown, stream))
    tables = {
        "study": define.study(),
        "standards": define.standards(),
        "datasets": define.datasets(),
        "variables": define.variables(),
        "value_level": define.value_level(),
        "where_clauses": define.where_clauses(),
        "codelists": define.codelists(),
        "dictionaries": define.dictionaries(),
        "methods": define.methods(),
        "comments": define.comments(),
        "documents": define.documents(),
        "analysis_displays": define.analysis_displays(),
        "analysis_results": define.analysis_results(),
        "analysis_criteria": define.analysis_criteria(),
    }
    found = {name: tuple(records) for name, records in tables.items()}
    spec = Specification({name: records for name, records in found.items() if records})
    if define.problems:
        return SpecificationSource(spec, {}, tuple(define.problems), ())
    whole, remarks = define.with_extras(spec)
    return SpecificationSource(whole, {}, (), remarks)


def define_root_of(shown: str, stream: BinaryIO) -> Element:
    """Parse a file without entities, document types or network, and check that it is ODM."""
    root = parse_xml(shown, stream)
    if root.tag != f"{{{ODM}}}ODM":
        raise ConfigurationError(
            f"{shown} line {root.sourceline}: the root is {root.tag}, not ODM 1.3 as in Define-XML"
        )
    return root


def define_metadata(shown: str, root: Element) -> tuple[Element, str]:
    """The one MetaDataVersion, and the namespace of its version of Define-XML."""
    found = root.findall(f"{{{ODM}}}Study/{{{ODM}}}MetaDataVersion")
    if len(found) != 1:
        raise ConfigurationError(f"{shown}: {len(found)} elements MetaDataVersion; there must be 1")
    for namespace in DEFINE.values():
        if found[0].get(f"{{{namespace}}}DefineVersion"):
            return found[0], namespace
    raise ConfigurationError(
        f"{shown} line {found[0].sourceline}: MetaDataVersion has no def:DefineVersion of "
        f"Define-XML {' or '.join(DEFINE)}; other versions are not read"
    )


class _Define:
    """A parsed define.xml: one method a table of the specification."""

    def __init__(self, shown: str, root: Element) -> None:
        self.shown = shown
        self.root = root
        self.metadata, self.define = define_metadata(shown, root)
        self.version = next(v for v, namespace in DEFINE.items() if namespace == self.define)
        self.problems: list[SpecProblem] = []
        self.items = self._by_oid("ItemDef")
        self.value_lists = self._by_oid("ValueListDef", self.define)
        self.clauses = self._by_oid("WhereClauseDef", self.define)

    def _by_oid(self, name: str, namespace: str = ODM) -> dict[str, Element]:
        """The elements of a name by their OID; an OID that stands there twice is a problem."""
        found: dict[str, Element] = {}
        for element in self.metadata.findall(f"{{{namespace}}}{name}"):
            oid = element.get("OID", "")
            if oid in found:
                self._problem("study", element, f"{name} {oid} stands there twice")
            found.setdefault(oid, element)
        return found

    def _problem(self, table: str, element: Element, text: str) -> None:
        position = (list(read_layout()).index(table), -1, -1)
        place = f"{self.shown} line {element.sourceline}"
        self.problems.append(SpecProblem(position, f"{place}: {text}", refuses=True))

    def _record(self, element: Element, values: Values) -> SpecRecord:
        filled = {name: one_line_end(text).strip() for name, text in values.items() if text.strip()}
        return SpecRecord(filled, f"{self.shown} line {element.sourceline}")

    def _own(self, table: str, element: Element, values: Values, oid: str = "") -> SpecRecord:
        """A record that has an OID: kept where its names don't tell it."""
        record = self._record(element, values)
        own = oid or element.get("OID", "")
        if own in ("", default_oid(table, record)):
            return record
        return SpecRecord({**record.values, "OID": own}, record.place)

    def _of(self, element: Element, name: str) -> str:
        """An attribute of the namespace of Define-XML."""
        return element.get(f"{{{self.define}}}{name}", "")

    def study(self) -> Iterator[SpecRecord]:
        """The names of study and standard, and the language of the descriptions."""
        variables = self.root.find(f"{{{ODM}}}Study/{{{ODM}}}GlobalVariables")
        for name in ("StudyName", "StudyDescription", "ProtocolName"):
            element = None if variables is None else variables.find(f"{{{ODM}}}{name}")
            if element is not None:
                yield self._record(element, {"attribute": name, "value": element.text or ""})
        names = (("StandardName", self._standard("Name")), ("StandardVersion",
                 self._standard("Version")), ("Language", self._language()))  # fmt: skip
        for name, value in names:
            if value:
                yield self._record(self.metadata, {"attribute": name, "value": value})

    def _standard(self, what: str) -> str:
        """Name or version of the standard: of the first implementation guide in 2.1."""
        for standard in self.metadata.iter(f"{{{self.define}}}Standard"):
            if standard.get("Type") == "IG":
                return standard.get(what, "")
        return self._of(self.metadata, f"Standard{what}")

    def _language(self) -> str:
        texts = self.metadata.iter(f"{{{ODM}}}TranslatedText")
        counts = Counter(text.get(f"{{{XML}}}lang", "") for text in texts)
        return max(counts, key=lambda language: counts[language], default="")

    def standards(self) -> Iterator[SpecRecord]:
        """The standards of Define-XML 2.1."""
        for element in self.metadata.iter(f"{{{self.define}}}Standard"):
            yield self._own("standards", element, {
                "id": _id(element.get("OID")),
                "name": element.get("Name", ""),
                "type": element.get("Type", ""),
                "publishing_set": element.get("PublishingSet", ""),
                "version": element.get("Version", ""),
                "status": element.get("Status", ""),
                "comment": _id(self._of(element, "CommentOID")),
            })  # fmt: skip

    @cached_property
    def groups(self) -> list[Element]:
        """The datasets."""
        return self.metadata.findall(f"{{{ODM}}}ItemGroupDef")

    def datasets(self) -> Iterator[SpecRecord]:
        """The datasets, with their keys from KeySequence."""
        for element in self.groups:
            group_class = element.find(f"{{{self.define}}}Class")
            yield self._own("datasets", element, {
                "dataset": element.get("Name", ""),
                "label": _description(element),
                "class": self._of(element, "Class") or _attribute(group_class, "Name"),
                "subclass": "; ".join(
                    each.get("Name", "") for each in element.iter(f"{{{self.define}}}SubClass")
                ),
                "structure": self._of(element, "Structure"),
                "purpose": element.get("Purpose", ""),
                "key_variables": ",".join(self._keys(element)),
                "standard": _id(self._of(element, "StandardOID")),
                "has_no_data": self._of(element, "HasNoData"),
                "repeating": element.get("Repeating", ""),
                "reference_data": element.get("IsReferenceData", ""),
                "comment": _id(self._of(element, "CommentOID")),
                "Is Non Standard": self._of(element, "IsNonStandard"),
                **self._unlike_name(element),
            })  # fmt: skip

    def _unlike_name(self, group: Element) -> Values:
        """The domain and the file of a dataset where its name doesn't tell them.

        A dataset without data is expected to have no file.
        """
        name, domain = group.get("Name", ""), group.get("Domain", "")
        leaf = group.find(f"{{{self.define}}}leaf")
        file = _attribute(leaf, f"{{{XLINK}}}href")
        title = None if leaf is None else leaf.find(f"{{{self.define}}}title")
        expected = "" if self._of(group, "HasNoData") == YES else told_file(name)
        place = _attribute(leaf, "ID") or ("" if not expected else NO_LOCATION)
        return {
            "Domain": _unlike(domain, default_domain(name)),
            "Location": _unlike(file, expected),
            "Location ID": _unlike(place, leaf_id(f"LF.{name}")),
            "Location Title": "" if title is None else _unlike(_normal(title.itertext()), file),
        }

    def _keys(self, group: Element) -> list[str]:
        refs = [ref for ref in group.findall(f"{{{ODM}}}ItemRef") if ref.get("KeySequence")]
        refs.sort(key=lambda ref: (len(ref.get("KeySequence", "")), ref.get("KeySequence", "")))
        return [self.items[ref.get("ItemOID", "")].get("Name", "")
                for ref in refs if ref.get("ItemOID") in self.items]  # fmt: skip

    def variables(self) -> Iterator[SpecRecord]:
        """The variables of each dataset."""
        for group in self.groups:
            for ref, item in self._items(group, "variables"):
                yield self._own("variables", ref, {
                    "dataset": group.get("Name", ""),
                    "variable": item.get("Name", ""),
                    "label": _description(item),
                    "role": ref.get("Role", ""),
                    "has_no_data": self._of(ref, "HasNoData"),
                    **self._item_values(ref, item),
                    **self._value_list(group, item),
                }, item.get("OID", ""))  # fmt: skip

    def _value_list(self, group: Element, item: Element) -> Values:
        """The OID of a variable's value list where its names don't tell it, and its description."""
        oid = _attribute(item.find(f"{{{self.define}}}ValueListRef"), "ValueListOID")
        return {
            "Value List OID": _unlike(oid, f"VL.{group.get('Name')}.{item.get('Name')}"),
            "Value List Description": _description(self.value_lists.get(oid)),
        }

    def _items(self, parent: Element, table: str) -> Iterator[tuple[Element, Element]]:
        """The item references of an element with their items; a dangling one is a problem."""
        for ref in parent.findall(f"{{{ODM}}}ItemRef"):
            item = self.items.get(ref.get("ItemOID", ""))
            if item is None:
                self._problem(table, ref, f"there is no ItemDef {ref.get('ItemOID')}")
            else:
                yield ref, item

    def _item_values(self, ref: Element, item: Element) -> Values:
        """What variables and value level records have in common."""
        return {
            "order": ref.get("OrderNumber", ""),
            "data_type": item.get("DataType", ""),
            "length": item.get("Length", ""),
            "significant_digits": item.get("SignificantDigits", ""),
            "format": self._of(item, "DisplayFormat"),
            "mandatory": ref.get("Mandatory", ""),
            "codelist": _id(_attribute(item.find(f"{{{ODM}}}CodeListRef"), "CodeListOID")),
            "method": _id(ref.get("MethodOID")),
            "comment": _id(self._of(item, "CommentOID")),
            "Is Non Standard": self._of(ref, "IsNonStandard"),
            **self._origin(item),
        }

    def _origin(self, item: Element) -> Values:
        """The first origin of an item; further ones have a table of their own."""
        origin = item.find(f"{{{self.define}}}Origin")
        if origin is None:
            return {}
        kind, text = origin.get("Type", ""), _description(origin)
        described = "predecessor" if kind == "Predecessor" else "Origin Description"
        referred = self._document(origin)
        document, pages = referred.pop("document"), referred["pages"]
        told = document == self._annotated_crf and pages
        return {
            "origin": kind,
            "source": origin.get("Source", ""),
            described: text,
            "Origin Document": "" if told else document,
            **referred,
        }

    @cached_property
    def _annotated_crf(self) -> str:
        return annotated_crf(self.documents())

    def _document(self, element: Element | None, pages: str = "pages") -> Values:
        """The first document that an element refers to, and the first list of its pages."""
        ref = None if element is None else element.find(f"{{{self.define}}}DocumentRef")
        if ref is None:
            return {"document": "", pages: ""}
        page = ref.find(f"{{{self.define}}}PDFPageRef")
        kind = _attribute(page, "Type")
        return {
            "document": _id(ref.get("leafID")),
            pages: pages_of(page),
            "Page Type": kind if kind == NAMED else "",
            "Page Title": _attribute(page, "Title"),
        }

    def value_level(self) -> Iterator[SpecRecord]:
        """The value level records of each variable, one a where clause."""
        for group in self.groups:
            for _, variable in self._items_silently(group):
                values = variable.find(f"{{{self.define}}}ValueListRef")
                if values is None:
                    continue
                listed = self.value_lists.get(values.get("ValueListOID", ""))
                if listed is None:
                    oid = values.get("ValueListOID")
                    self._problem("value_level", values, f"there is no ValueListDef {oid}")
                    continue
                yield from self._values(group, variable, listed)

    def _items_silently(self, group: Element) -> Iterator[tuple[Element, Element]]:
        """The items of a dataset, without saying again which are missing."""
        for ref in group.findall(f"{{{ODM}}}ItemRef"):
            if ref.get("ItemOID") in self.items:
                yield ref, self.items[ref.get("ItemOID", "")]

    def _values(self, group: Element, variable: Element, listed: Element) -> Iterator[SpecRecord]:
        for ref, item in self._items(listed, "value_level"):
            name = group.get("Name", "")
            clauses = ref.findall(f"{{{self.define}}}WhereClauseRef")
            for clause in [self._clause_id(each, name) for each in clauses] or [""]:
                yield self._own("value_level", ref, {
                    "dataset": name,
                    "variable": variable.get("Name", ""),
                    "where_clause": clause,
                    "description": _description(item),
                    **self._item_values(ref, item),
                }, item.get("OID", ""))  # fmt: skip

    def where_clauses(self) -> Iterator[SpecRecord]:
        """The conditions of each where clause, one a record."""
        for oid, clause in self.clauses.items():
            readings = self._readings.get(oid) or {self._datasets_of(oid, ""): _id(oid)}
            for check in clause.findall(f"{{{ODM}}}RangeCheck"):
                if self._of(check, "ItemOID") not in self._owners:
                    text = f"no dataset has the item {self._of(check, 'ItemOID')}"
                    self._problem("where_clauses", check, text)
            for datasets, name in readings.items():
                own = {"id": name, "comment": _id(self._of(clause, "CommentOID"))}
                own["OID"] = _unlike(oid, f"WC.{name}")
                yield from self._conditions(clause, datasets, own)

    def _conditions(
        self, clause: Element, datasets: Sequence[str], own: Values
    ) -> Iterator[SpecRecord]:
        """The conditions of a clause whose items are looked up in the given datasets."""
        for check, dataset in zip(clause.findall(f"{{{ODM}}}RangeCheck"), datasets, strict=True):
            item = self._of(check, "ItemOID")
            if item in self._owners:
                values = [value.text or "" for value in check.findall(f"{{{ODM}}}CheckValue")]
                comparator = check.get("Comparator", "")
                yield self._record(check, own | {
                    "dataset": dataset,
                    "variable": self._owners[item][dataset],
                    "comparator": comparator,
                    "value": join_values(comparator, values),
                })  # fmt: skip

    @cached_property
    def _owners(self) -> dict[str, dict[str, str]]:
        """The datasets that have an item, each with the name of its variable."""
        found: dict[str, dict[str, str]] = {}
        for group in self.groups:
            for ref, item in self._items_silently(group):
                own = found.setdefault(ref.get("ItemOID", ""), {})
                own.setdefault(group.get("Name", ""), item.get("Name", ""))
        return found

    def _datasets_of(self, oid: str, dataset: str) -> tuple[str, ...]:
        """The datasets that a clause's items are of, for the value level of one dataset.

        An item that several share (those of LBCH and LBHE) is the dataset's own.
        """
        clause = self.clauses.get(oid)
        checks = [] if clause is None else clause.findall(f"{{{ODM}}}RangeCheck")
        owners = (self._owners.get(self._of(check, "ItemOID"), {}) for check in checks)
        return tuple(dataset if dataset in own else next(iter(own), "") for own in owners)

    @cached_property
    def _readings(self) -> dict[str, dict[tuple[str, ...], str]]:
        """The ids of each clause by the datasets that it is about; a further one gets a suffix."""
        found: dict[str, dict[tuple[str, ...], str]] = {}
        for group in self.groups:
            name = group.get("Name", "")
            for _, variable in self._items_silently(group):
                for clause in self._clause_refs(variable):
                    oid = clause.get("WhereClauseOID", "")
                    own = found.setdefault(oid, {})
                    own.setdefault(self._datasets_of(oid, name), f"{_id(oid)}.{name}" if own
                                   else _id(oid))  # fmt: skip
        return found

    def _clause_refs(self, variable: Element) -> Iterator[Element]:
        """The where clauses that the value level of a variable names."""
        values = variable.find(f"{{{self.define}}}ValueListRef")
        oid = "" if values is None else values.get("ValueListOID", "")
        if oid in self.value_lists:
            yield from self.value_lists[oid].iter(f"{{{self.define}}}WhereClauseRef")

    def _clause_id(self, clause: Element, dataset: str) -> str:
        oid = clause.get("WhereClauseOID", "")
        return self._readings.get(oid, {}).get(self._datasets_of(oid, dataset), _id(oid))

    def codelists(self) -> Iterator[SpecRecord]:
        """The terms of each codelist; a codelist without any is one record."""
        for element in self.metadata.findall(f"{{{ODM}}}CodeList"):
            if element.find(f"{{{ODM}}}ExternalCodeList") is not None:
                continue
            own = {
                "id": _id(element.get("OID")),
                "name": element.get("Name", ""),
                "nci_codelist_code": _nci_code(element),
                "data_type": element.get("DataType", ""),
                "terminology": _id(self._of(element, "StandardOID")),
                "comment": _id(self._of(element, "CommentOID")),
                "Is Non Standard": self._of(element, "IsNonStandard"),
                "Description": _description(element),
            }
            oid = element.get("OID", "")
            terms = [term for term in element if etree.QName(term).localname in TERMS]
            for term in terms:
                yield self._own("codelists", term, own | self._term(term), oid)
            if not terms:
                yield self._own("codelists", element, own)

    def _term(self, term: Element) -> Values:
        return {
            "order": term.get("OrderNumber", ""),
            "term": term.get("CodedValue", ""),
            "nci_term_code": _nci_code(term),
            "decoded_value": _translated(term.find(f"{{{ODM}}}Decode")),
            "Rank": term.get("Rank", ""),
            "Extended Value": self._of(term, "ExtendedValue"),
            "Term Description": _description(term),
        }

    def dictionaries(self) -> Iterator[SpecRecord]:
        """The external dictionaries."""
        for element in self.metadata.findall(f"{{{ODM}}}CodeList"):
            external = element.find(f"{{{ODM}}}ExternalCodeList")
            if external is not None:
                yield self._own("dictionaries", element, {
                    "id": _id(element.get("OID")),
                    "name": element.get("Name", ""),
                    "data_type": element.get("DataType", ""),
                    "dictionary": external.get("Dictionary", ""),
                    "version": external.get("Version", ""),
                    "comment": _id(self._of(element, "CommentOID")),
                    "terminology": _id(self._of(element, "StandardOID")),
                    "Is Non Standard": self._of(element, "IsNonStandard"),
                    "Description": _description(element),
                })  # fmt: skip

    def methods(self) -> Iterator[SpecRecord]:
        """The methods, with their formal expression."""
        for element in self.metadata.findall(f"{{{ODM}}}MethodDef"):
            expression = element.find(f"{{{ODM}}}FormalExpression")
            yield self._own("methods", element, {
                "id": _id(element.get("OID")),
                "name": element.get("Name", ""),
                "type": element.get("Type", ""),
                "description": _description(element),
                "expression_context": _attribute(expression, "Context"),
                "expression_code": "" if expression is None else expression.text or "",
                **self._document(element),
            })  # fmt: skip

    def comments(self) -> Iterator[SpecRecord]:
        """The comments."""
        for element in self.metadata.findall(f"{{{self.define}}}CommentDef"):
            values = {"id": _id(element.get("OID")), "description": _description(element)}
            yield self._own("comments", element, values | self._document(element))

    def documents(self) -> Iterator[SpecRecord]:
        """The documents; the files of datasets are none."""
        kinds: dict[str, list[str]] = {}
        for kind in ("AnnotatedCRF", "SupplementalDoc"):
            path = f"{{{self.define}}}{kind}/{{{self.define}}}DocumentRef"
            for ref in self.metadata.findall(path):
                kinds.setdefault(ref.get("leafID", ""), []).append(kind)
        for element in self.metadata.findall(f"{{{self.define}}}leaf"):
            title = element.find(f"{{{self.define}}}title")
            yield self._own("documents", element, {
                "id": _id(element.get("ID")),
                "title": "" if title is None else _normal(title.itertext()),
                "href": element.get(f"{{{XLINK}}}href", ""),
                "Document Kind": "; ".join(kinds.get(element.get("ID", ""), ())),
            }, element.get("ID", ""))  # fmt: skip

    def analysis_displays(self) -> Iterator[SpecRecord]:
        """The displays of Analysis Results Metadata 1.0."""
        for element in self.metadata.iter(f"{{{ARM}}}ResultDisplay"):
            values = {"id": element.get("Name", ""), "title": _description(element)}
            yield self._own("analysis_displays", element, values | self._document(element))

    def analysis_results(self) -> Iterator[SpecRecord]:
        """The results of each display."""
        for display in self.metadata.iter(f"{{{ARM}}}ResultDisplay"):
            for element in display.findall(f"{{{ARM}}}AnalysisResult"):
                yield self._own("analysis_results", element, {
                    "display": display.get("Name", ""),
                    **self._result(element),
                })  # fmt: skip

    def _result(self, element: Element) -> Values:
        """What one result says, but for its display."""
        documentation = element.find(f"{{{ARM}}}Documentation")
        program = element.find(f"{{{ARM}}}ProgrammingCode")
        code = None if program is None else program.find(f"{{{ARM}}}Code")
        joined = element.find(f"{{{ARM}}}AnalysisDatasets")
        document = self._document(documentation)
        document["documentation_refs"] = document.pop("document")
        return {
            "id": _id(element.get("OID")),
            "description": _description(element),
            "variables": self._oids(element, "AnalysisVariable", "ItemOID", ARM),
            "reason": element.get("AnalysisReason", ""),
            "purpose": element.get("AnalysisPurpose", ""),
            "selection_criteria":
                self._oids(element, "WhereClauseRef", "WhereClauseOID", self.define),
            "join_comment": "" if joined is None else _id(self._of(joined, "CommentOID")),
            "documentation": _description(documentation),
            "programming_context": _attribute(program, "Context"),
            "programming_code": "" if code is None else code.text or "",
            "programming_document": self._document(program)["document"],
            "Programming Pages": self._document(program)["pages"],
            "Parameter": self._variable_name(element.get("ParameterOID", "")),
            **document,
        }  # fmt: skip

    def _variable_name(self, oid: str) -> str:
        """A variable with its dataset, DATASET.VARIABLE; the OID itself where none has it."""
        owners = self._owners.get(oid, {})
        return next((f"{dataset}.{name}" for dataset, name in owners.items()), oid)

    def analysis_criteria(self) -> Iterator[SpecRecord]:
        """The datasets of each result, with their variables and where clause."""
        for display in self.metadata.iter(f"{{{ARM}}}ResultDisplay"):
            for result in display.findall(f"{{{ARM}}}AnalysisResult"):
                own = {"display": display.get("Name", ""), "result": _id(result.get("OID"))}
                for element in result.iter(f"{{{ARM}}}AnalysisDataset"):
                    yield self._record(element, own | self._criterion(element))

    def _criterion(self, element: Element) -> Values:
        """A dataset of a result; a variable that it hasn't got is kept as an OID."""
        oid = element.get("ItemGroupOID", "")
        names = {group.get("OID", ""): group.get("Name", "") for group in self.groups}
        dataset = names.get(oid, _id(oid))
        clause = element.find(f"{{{self.define}}}WhereClauseRef")
        oids = [each.get("ItemOID", "") for each in element.findall(f"{{{ARM}}}AnalysisVariable")]
        return {
            "dataset": dataset,
            "variables": ", ".join(self._owners.get(each, {}).get(dataset, each) for each in oids),
            "where_clause": "" if clause is None else self._clause_id(clause, dataset),
        }

    def _oids(self, element: Element, name: str, attribute: str, namespace: str) -> str:
        found = element.iter(f"{{{namespace}}}{name}")
        return ", ".join(dict.fromkeys(_id(ref.get(attribute)) for ref in found))

    def with_extras(self, spec: Specification) -> tuple[Specification, tuple[str, ...]]:
        """Add the tables of what a workbook has no column for, and say what isn't kept at all."""
        names, language = define_names(self.version), spec.attribute("Language") or "en"
        built = build_define(spec, version=self.version, timestamp=_NO_MOMENT)
        tables = dict(spec.tables)
        for table, records in read_extras(self.root, built, names, language).items():
            if records:
                tables[table] = tuple(self._record(element, own) for element, own in records)
        whole = Specification(tables)
        apply_extras(built, whole, names)
        counts = unkept(self.root, built) + self._unknown_attributes()
        return whole, tuple(
            f"{self.shown}: {what} is not kept ({counts[what]} of them)" for what in sorted(counts)
        )

    def _unknown_attributes(self) -> Counter[str]:
        """Count the attributes that Define-XML doesn't have."""
        names = define_names(self.version)
        known = {(element, qualified) for (element, _), qualified in names.attributes.items()}
        return Counter(
            f"attribute {etree.QName(attribute).localname} of {name}"
            for element in self.root.iter("*")
            for name in [etree.QName(element).localname]
            for attribute in element.attrib
            if (name, str(attribute)) not in known
        )


def _unlike(text: str, other: str) -> str:
    """A text, "" where it is what another says."""
    return "" if text == other else text


def _attribute(element: Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "")


def _translated(element: Element | None) -> str:
    """The first translated text of an element."""
    text = None if element is None else element.find(f"{{{ODM}}}TranslatedText")
    return "" if text is None else _normal(text.itertext())


def _normal(parts: Iterable[str | bytes]) -> str:
    return "".join(str(part) for part in parts).strip()


def _description(element: Element | None) -> str:
    return "" if element is None else _translated(element.find(f"{{{ODM}}}Description"))


def _nci_code(element: Element) -> str:
    """The NCI concept code of a codelist or term."""
    for alias in element.findall(f"{{{ODM}}}Alias"):
        if alias.get("Context") == NCI:
            return alias.get("Name", "")
    return ""
