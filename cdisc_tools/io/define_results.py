"""Analysis results (Analysis Results Metadata 1.0) of a define.xml in the making."""

from collections.abc import Iterator
from itertools import chain

from cdisc_tools.io.define_building import Building
from cdisc_tools.metadata.define_names import Element
from cdisc_tools.metadata.where_clauses import key_variables
from cdisc_tools.model.specification import SpecRecord


def add_analysis_results(building: Building, parent: Element) -> None:
    """Add the displays with their results."""
    displays = building.spec.table("analysis_displays")
    if not displays:
        return
    holder = building.sub(parent, "AnalysisResultDisplays")
    for display in displays:
        oid = display["OID"] or f"RD.{display['id']}"
        element = building.sub(holder, "ResultDisplay", OID=oid, Name=display["id"])
        building.described(element, display["title"])
        building.document_ref(element, display, display["document"])
        for record in building.spec.table("analysis_results"):
            if record["display"] == display["id"]:
                _result(building, element, record)


def result_oid(building: Building, record: SpecRecord) -> str:
    """The OID of a result; an id that several displays have is told apart by the display."""
    same = [r for r in building.spec.table("analysis_results") if r["id"] == record["id"]]
    name = record["id"] if len(same) == 1 else f"{record['display']}.{record['id']}"
    return record["OID"] or f"AR.{name}"


def _result(building: Building, display: Element, record: SpecRecord) -> None:
    result = building.sub(
        display, "AnalysisResult", OID=result_oid(building, record),
        ParameterOID=_qualified(building, record["Parameter"]), AnalysisReason=record["reason"],
        AnalysisPurpose=record["purpose"],
    )  # fmt: skip
    building.described(result, record["description"])
    joined = building.sub(
        result, "AnalysisDatasets", CommentOID=building.oid("comments", record["join_comment"])
    )
    for criterion in criteria_of(building, record):
        _dataset(building, joined, criterion)
    document = record["documentation_refs"]
    if record["documentation"] or document:
        documentation = building.sub(result, "Documentation")
        building.described(documentation, record["documentation"])
        building.document_ref(documentation, record, document)
    _program(building, result, record)


def criteria_of(building: Building, record: SpecRecord) -> list[SpecRecord]:
    """The datasets of a result with their variables and where clause.

    The table of analysis criteria tells them; without it, the variables (DATASET.VARIABLE) and
    the selection criteria of the result do, each clause for the dataset of its first condition.
    """
    own = [
        each for each in building.spec.table("analysis_criteria")
        if (each["display"], each["result"]) == (record["display"], record["id"])
    ]  # fmt: skip
    return own or list(_flat_criteria(building, record))


def _flat_criteria(building: Building, record: SpecRecord) -> Iterator[SpecRecord]:
    variables: dict[str, list[str]] = {}
    for text in key_variables(record["variables"]):
        dataset, _, name = text.partition(".")
        variables.setdefault(dataset, []).append(name)
    clauses: dict[str, str] = {}
    known = {each["id"]: each["dataset"] for each in building.spec.table("where_clauses")[::-1]}
    for text in record["selection_criteria"].split(","):
        if text.strip():
            clauses.setdefault(known.get(text.strip(), ""), text.strip())
    for dataset in dict.fromkeys(chain(variables, filter(None, clauses))):
        yield SpecRecord({
            "dataset": dataset, "variables": ", ".join(variables.get(dataset, ())),
            "where_clause": clauses.get(dataset, ""),
        })  # fmt: skip


def _dataset(building: Building, parent: Element, criterion: SpecRecord) -> None:
    name = criterion["dataset"]
    element = building.sub(parent, "AnalysisDataset", ItemGroupOID=building.oid("datasets", name))
    clause = building.oid("where_clauses", criterion["where_clause"])
    if clause:
        building.sub(element, "WhereClauseRef", WhereClauseOID=clause)
    for variable in key_variables(criterion["variables"]):
        known = building.items.get((name, variable))
        oid = known or (variable if "." in variable else building.item_oid(name, variable))
        building.sub(element, "AnalysisVariable", ItemOID=oid)


def _qualified(building: Building, text: str) -> str:
    """The OID of a variable written DATASET.VARIABLE; any other text is an OID itself."""
    dataset, point, variable = text.partition(".")
    return building.items.get((dataset, variable), text) if point else text


def _program(building: Building, result: Element, record: SpecRecord) -> None:
    context, code = record["programming_context"], record["programming_code"]
    document = record["programming_document"]
    if context or code or document:
        program = building.sub(result, "ProgrammingCode", Context=context)
        if code:
            building.sub(program, "Code").text = code
        if document:
            ref = building.sub(program, "DocumentRef", leafID=building.oid("documents", document))
            building.page_ref(ref, record["Programming Pages"])
