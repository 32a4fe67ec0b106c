"""Checks of analysis results (Analysis Results Metadata 1.0)."""

from collections.abc import Iterator

from cdisc_tools.metadata.define_document import Document
from cdisc_tools.metadata.define_hits import Hit, define_check
from cdisc_tools.metadata.define_names import Element


@define_check
def displays(document: Document) -> Iterator[Hit]:
    """Displays and results say what they are."""
    for display in document.all("ResultDisplay"):
        if not document.children(display, "AnalysisResult"):
            yield Hit("CDT-D170", display)
    for element in document.all("ResultDisplay") + document.all("AnalysisResult"):
        if not document.text(element):
            yield Hit("CDT-D171", element)
    if document.all("ResultDisplay") and not any(
        document.is_analysis(group) for group in document.all("ItemGroupDef")
    ):
        yield from (Hit("CDT-D180", each) for each in document.all("AnalysisResultDisplays"))


@define_check
def results(document: Document) -> Iterator[Hit]:
    """A result names its variables, how it was made, and what tells more."""
    for result in document.all("AnalysisResult"):
        joined = document.child(result, "AnalysisDatasets")
        datasets = [] if joined is None else document.children(joined, "AnalysisDataset")
        variables = [each for dataset in datasets
                     for each in document.children(dataset, "AnalysisVariable")]  # fmt: skip
        if not variables:
            yield Hit("CDT-D172", result)
        if joined is not None and len(datasets) > 1 and not document.get(joined, "CommentOID"):
            yield Hit("CDT-D173", joined)
        if document.child(result, "Documentation") is None:
            yield Hit("CDT-D174", result)
        if document.child(result, "ProgrammingCode") is None:
            yield Hit("CDT-D175", result)
        for dataset in datasets:
            yield from _dataset(document, dataset)
        yield from _parameter(document, result, datasets)


def _dataset(document: Document, dataset: Element) -> Iterator[Hit]:
    """Variables and conditions are those of the dataset."""
    group = document.find("ItemGroupDef", dataset.get("ItemGroupOID", ""))
    if group is None:
        return
    own = {each.item.get("OID", "") for each in document.of(group)}
    for variable in document.children(dataset, "AnalysisVariable"):
        oid = variable.get("ItemOID", "")
        if document.find("ItemDef", oid) is not None and oid not in own:
            yield Hit("CDT-D176", variable, (oid,), group.get("Name", ""))
    for oid in _compared(document, dataset):
        if oid not in own and document.owners.get(oid):
            yield Hit("CDT-D177", dataset, (oid,), group.get("Name", ""))


def _compared(document: Document, dataset: Element) -> Iterator[str]:
    """The items that the where clause of a dataset is about."""
    for ref in document.children(dataset, "WhereClauseRef"):
        clause = document.find("WhereClauseDef", ref.get("WhereClauseOID", ""))
        for check, _ in document.conditions(clause) if clause is not None else ():
            yield document.get(check, "ItemOID")


def _parameter(document: Document, result: Element, datasets: list[Element]) -> Iterator[Hit]:
    """The parameter of a result is a PARAMCD, and its where clause selects by it."""
    oid = result.get("ParameterOID", "")
    item = document.find("ItemDef", oid)
    if item is None:
        return
    if item.get("Name") != "PARAMCD":
        yield Hit("CDT-D178", result, (item.get("Name", ""),))
    compared = {each for dataset in datasets for each in _compared(document, dataset)}
    if oid not in compared:
        yield Hit("CDT-D179", result, (oid,))
