"""Define-XML 2.0 and 2.1, read as a specification."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from cdisc_tools.io.specification_workbook import SpecificationSource
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.specification import read_layout
from cdisc_tools.metadata.specification_checks import SpecProblem
from cdisc_tools.metadata.where_clauses import join_values
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification, SpecRecord, told_domain, told_file
from cdisc_tools.model.texts import one_line_end

ODM = "http://www.cdisc.org/ns/odm/v1.3"
ARM = "http://www.cdisc.org/ns/arm/v1.0"
DEFINE = {"2.0": "http://www.cdisc.org/ns/def/v2.0", "2.1": "http://www.cdisc.org/ns/def/v2.1"}
XLINK = "http://www.w3.org/1999/xlink"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NCI = "nci:ExtCodeID"
# what stands before an id in an OID, by convention of Pinnacle 21
PREFIXES = ("IG.", "IT.", "CL.", "MT.", "COM.", "WC.", "LF.", "STD.", "RD.", "AR.")

Element = etree._Element
Values = dict[str, str]


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
    define = _Define(shown, _root(shown, stream))
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
    }
    found = {name: tuple(records) for name, records in tables.items()}
    spec = Specification({name: records for name, records in found.items() if records})
    return SpecificationSource(spec, {}, tuple(define.problems), define.remarks())


def _root(shown: str, stream: BinaryIO) -> Element:
    """Parse a file without entities, document types or network, and check that it is ODM."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        tree = etree.parse(stream, parser)
    except etree.XMLSyntaxError as error:
        raise ConfigurationError(
            f"{shown} line {error.lineno or 1}: not well-formed XML ({error.msg})"
        ) from error
    doctype = getattr(tree.docinfo, "doctype", "")
    if doctype:
        raise ConfigurationError(
            f"{shown} line 1: a document type ({doctype}), which Define-XML doesn't have; remove it"
        )
    root = tree.getroot()
    if root.tag != f"{{{ODM}}}ODM":
        raise ConfigurationError(
            f"{shown} line {root.sourceline}: the root is {root.tag}, not ODM 1.3 as in Define-XML"
        )
    return root


def _metadata(shown: str, root: Element) -> tuple[Element, str]:
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
        self.metadata, self.define = _metadata(shown, root)
        self.problems: list[SpecProblem] = []
        self.further: list[str] = []
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
        text = next(self.metadata.iter(f"{{{ODM}}}TranslatedText"), None)
        return "" if text is None else text.get(LANG, "")

    def standards(self) -> Iterator[SpecRecord]:
        """The standards of Define-XML 2.1."""
        for element in self.metadata.iter(f"{{{self.define}}}Standard"):
            yield self._record(element, {
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
            yield self._record(element, {
                "dataset": element.get("Name", ""),
                "label": _description(element),
                "class": self._of(element, "Class") or _attribute(group_class, "Name"),
                "subclass": _attribute(element.find(f".//{{{self.define}}}SubClass"), "Name"),
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
        """The domain and the file of a dataset where its name doesn't tell them."""
        name, domain = group.get("Name", ""), group.get("Domain", "")
        file = _attribute(group.find(f"{{{self.define}}}leaf"), f"{{{XLINK}}}href")
        return {
            "Domain": _unlike(domain, told_domain(name)),
            "Location": _unlike(file, told_file(name)),
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
                yield self._record(ref, {
                    "dataset": group.get("Name", ""),
                    "variable": item.get("Name", ""),
                    "label": _description(item),
                    "role": ref.get("Role", ""),
                    "has_no_data": self._of(ref, "HasNoData"),
                    **self._item_values(ref, item),
                })  # fmt: skip

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
        """The origin of an item: the first, and a remark where it has several."""
        origins = item.findall(f"{{{self.define}}}Origin")
        if not origins:
            return {}
        self._first_alone(item, origins, "origins")
        kind, text = origins[0].get("Type", ""), _description(origins[0])
        described = "predecessor" if kind == "Predecessor" else "Origin Description"
        return {
            "origin": kind,
            "source": origins[0].get("Source", ""),
            "pages": self._document(origins[0])["pages"],
            described: text,
        }

    def _first_alone(self, element: Element, found: Sequence[Element], what: str) -> None:
        if len(found) > 1:
            name = element.get("OID") or element.get("Name") or etree.QName(element).localname
            self.further.append(f"{self.shown} line {element.sourceline}: {name} has {len(found)} "
                                f"{what}; the first is kept")  # fmt: skip

    def _document(self, element: Element | None) -> Values:
        """The first document that an element refers to, and its pages."""
        refs = [] if element is None else element.findall(f"{{{self.define}}}DocumentRef")
        if element is None or not refs:
            return {"document": "", "pages": ""}
        self._first_alone(element, refs, "documents")
        pages = refs[0].findall(f"{{{self.define}}}PDFPageRef")
        self._first_alone(element, pages, "lists of pages")
        first, last = (_attribute(pages[0] if pages else None, name)
                       for name in ("FirstPage", "LastPage"))  # fmt: skip
        listed = _attribute(pages[0] if pages else None, "PageRefs")
        return {
            "document": _id(refs[0].get("leafID")),
            "pages": listed or "-".join(filter(None, (first, last))),
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
            for clause in ref.findall(f"{{{self.define}}}WhereClauseRef"):
                yield self._record(ref, {
                    "dataset": group.get("Name", ""),
                    "variable": variable.get("Name", ""),
                    "where_clause": self._clause_id(clause, group.get("Name", "")),
                    "description": _description(item) or _description(ref),
                    **self._item_values(ref, item),
                })  # fmt: skip

    def where_clauses(self) -> Iterator[SpecRecord]:
        """The conditions of each where clause, one a record."""
        for oid, clause in self.clauses.items():
            readings = self._readings.get(oid) or {self._datasets_of(oid, ""): _id(oid)}
            for check in clause.findall(f"{{{ODM}}}RangeCheck"):
                if self._of(check, "ItemOID") not in self._owners:
                    text = f"no dataset has the item {self._of(check, 'ItemOID')}"
                    self._problem("where_clauses", check, text)
            for datasets, name in readings.items():
                comment = _id(self._of(clause, "CommentOID"))
                yield from self._conditions(clause, datasets, {"id": name, "comment": comment})

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
        return self._readings[oid][self._datasets_of(oid, dataset)]

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
            }
            terms = [
                term
                for term in element
                if term.tag in (f"{{{ODM}}}CodeListItem", f"{{{ODM}}}EnumeratedItem")
            ]
            for term in terms:
                yield self._record(term, own | self._term(term))
            if not terms:
                yield self._record(element, own)

    def _term(self, term: Element) -> Values:
        return {
            "order": term.get("OrderNumber", ""),
            "term": term.get("CodedValue", ""),
            "nci_term_code": _nci_code(term),
            "decoded_value": _translated(term.find(f"{{{ODM}}}Decode")),
            "Rank": term.get("Rank", ""),
            "Extended Value": self._of(term, "ExtendedValue"),
        }

    def dictionaries(self) -> Iterator[SpecRecord]:
        """The external dictionaries."""
        for element in self.metadata.findall(f"{{{ODM}}}CodeList"):
            external = element.find(f"{{{ODM}}}ExternalCodeList")
            if external is not None:
                yield self._record(element, {
                    "id": _id(element.get("OID")),
                    "name": element.get("Name", ""),
                    "data_type": element.get("DataType", ""),
                    "dictionary": external.get("Dictionary", ""),
                    "version": external.get("Version", ""),
                })  # fmt: skip

    def methods(self) -> Iterator[SpecRecord]:
        """The methods, with their formal expression."""
        for element in self.metadata.findall(f"{{{ODM}}}MethodDef"):
            expressions = element.findall(f"{{{ODM}}}FormalExpression")
            self._first_alone(element, expressions, "formal expressions")
            expression = expressions[0] if expressions else None
            yield self._record(element, {
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
            yield self._record(element, values | self._document(element))

    def documents(self) -> Iterator[SpecRecord]:
        """The documents; the files of datasets are none."""
        kinds = {
            ref.get("leafID", ""): kind
            for kind in ("AnnotatedCRF", "SupplementalDoc")
            for ref in self.metadata.findall(
                f"{{{self.define}}}{kind}/{{{self.define}}}DocumentRef"
            )
        }
        for element in self.metadata.findall(f"{{{self.define}}}leaf"):
            title = element.find(f"{{{self.define}}}title")
            yield self._record(element, {
                "id": _id(element.get("ID")),
                "title": "" if title is None else title.text or "",
                "href": element.get(f"{{{XLINK}}}href", ""),
                "Document Kind": kinds.get(element.get("ID", ""), ""),
            })  # fmt: skip

    def analysis_displays(self) -> Iterator[SpecRecord]:
        """The displays of Analysis Results Metadata 1.0."""
        for element in self.metadata.iter(f"{{{ARM}}}ResultDisplay"):
            values = {"id": element.get("Name", ""), "title": _description(element)}
            yield self._record(element, values | self._document(element))

    def analysis_results(self) -> Iterator[SpecRecord]:
        """The results of each display."""
        for display in self.metadata.iter(f"{{{ARM}}}ResultDisplay"):
            for element in display.findall(f"{{{ARM}}}AnalysisResult"):
                documentation = element.find(f"{{{ARM}}}Documentation")
                program = element.find(f"{{{ARM}}}ProgrammingCode")
                code = None if program is None else program.find(f"{{{ARM}}}Code")
                joined = element.find(f"{{{ARM}}}AnalysisDatasets")
                yield self._record(element, {
                    "display": display.get("Name", ""),
                    "id": _id(element.get("OID")),
                    "description": _description(element),
                    "variables": self._oids(element, "AnalysisVariable", "ItemOID", ARM),
                    "reason": element.get("AnalysisReason", ""),
                    "purpose": element.get("AnalysisPurpose", ""),
                    "selection_criteria":
                        self._oids(element, "WhereClauseRef", "WhereClauseOID", self.define),
                    "join_comment": "" if joined is None else _id(self._of(joined, "CommentOID")),
                    "documentation": _description(documentation),
                    "documentation_refs": self._document(documentation)["document"],
                    "programming_context": _attribute(program, "Context"),
                    "programming_code": "" if code is None else code.text or "",
                    "programming_document": self._document(program)["document"],
                    "pages": self._document(documentation)["pages"],
                    "Parameter": _id(element.get("ParameterOID")),
                })  # fmt: skip

    def _oids(self, element: Element, name: str, attribute: str, namespace: str) -> str:
        found = element.iter(f"{{{namespace}}}{name}")
        return ", ".join(dict.fromkeys(_id(ref.get(attribute)) for ref in found))

    def remarks(self) -> tuple[str, ...]:
        """Say what of the file is not kept: further origins, unknown elements and attributes."""
        known = {
            line["element"]: {*line["attributes"].split(";")}
            for line in read_table(
                specs_path() / "specification" / "define_elements.csv", ("element", "attributes")
            )
        }
        counts: Counter[str] = Counter()
        for element in self.root.iter("*"):
            name = etree.QName(element).localname
            if name not in known:
                counts[f"element {name}"] += 1
                continue
            for attribute in element.attrib:
                local = etree.QName(attribute).localname
                if local not in known[name]:
                    counts[f"attribute {local} of {name}"] += 1
            if name == "TranslatedText" and element.getprevious() is not None:
                counts["text in a further language"] += 1
            if name == "Alias" and element.get("Context") != NCI:
                counts[f"Alias of context {element.get('Context')}"] += 1
        unkept = (f"{self.shown}: {what} is not kept ({counts[what]} of them)" for what in counts)
        return (*self.further, *sorted(unkept))


def _unlike(text: str, other: str) -> str:
    """A text, "" where it is what another says."""
    return "" if text == other else text


def _id(oid: str | None) -> str:
    """An OID without the prefix that names its kind."""
    text = oid or ""
    return next((text.removeprefix(p) for p in PREFIXES if text.startswith(p)), text)


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
