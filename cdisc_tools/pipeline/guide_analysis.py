"""Sections of the reviewer's guide of the analysis datasets: sources, choices, endpoints."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from cdisc_tools import __version__
from cdisc_tools.metadata.specification import ADAM_PART
from cdisc_tools.model.analysis import DatedRecords, Definition
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.documents import Bullets, Paragraph, Table
from cdisc_tools.model.endpoint import Endpoint, TteSource
from cdisc_tools.pipeline.guide_facts import Blocks, GuideFacts, not_at_hand, texts
from cdisc_tools.pipeline.guide_sections import dataset_named, sdtm_names

_PREDECESSOR = re.compile(r"\b([A-Z][A-Z0-9]{1,7})\.[A-Z]")
_TREATMENT = ("TRT", "ARM", "ACTARM")
_PER_DATASET = frozenset({"STUDYID", "USUBJID"})
# the records of a dated choice are not imputed
_NOT = "none"


def sources(facts: GuideFacts) -> Blocks:
    """Tell which datasets each analysis dataset takes values from."""
    known = sdtm_names(facts)
    yield Paragraph(
        "The analysis datasets were derived from the tabulation datasets of this package."
        if known
        else "The tabulation datasets that the analysis datasets come from are not in this package."
    )
    rows = [
        (name, ", ".join(sorted(taken & known)) or "-") for name, taken in _taken(facts).items()
    ]
    if known:
        yield Table(("Analysis dataset", "Takes values from"), tuple(rows), (1, 4))


def dependencies(facts: GuideFacts) -> Blocks:
    """Tell which analysis datasets need others, in the order in which they are made."""
    own = {dataset.name for dataset in facts.part.datasets}
    rows = [
        (name, ", ".join(sorted(taken & (own - {name}))) or "-")
        for name, taken in _taken(facts).items()
    ]
    yield Table(("Analysis dataset", "Needs"), tuple(rows), (1, 4))


def _taken(facts: GuideFacts) -> dict[str, set[str]]:
    """The datasets that each analysis dataset takes values from: those of its predecessors, and of
    the records that its values are linked to.
    """
    taken: dict[str, set[str]] = {}
    for dataset in facts.part.datasets:
        links = texts(dataset.links, ("SRCDOM",)) if isinstance(dataset, Dataset) else []
        taken[dataset.name] = {name for (name,) in links if name}
    for record in facts.part.specification.table("variables"):
        named = _PREDECESSOR.findall(record["predecessor"])
        taken.setdefault(record["dataset"], set()).update(named)
    return taken


def core_variables(facts: GuideFacts) -> Blocks:
    """List the variables of ADSL that every other analysis dataset has as well."""
    adsl = dataset_named(facts, "ADSL")
    others = [dataset for dataset in facts.part.datasets if dataset.name != "ADSL"]
    if adsl is None or not others:
        yield from not_at_hand("Which variables all datasets have")
        return
    common = set(adsl.variables).intersection(*(set(dataset.variables) for dataset in others))
    rows = [
        (name, adsl.spec.by_name[name].label)
        for name in adsl.variables
        if name in common - _PER_DATASET
    ]
    yield Paragraph("Beside STUDYID and USUBJID, all analysis datasets have of ADSL:")
    yield Table(("Variable", "Label"), tuple(rows), (1, 4))


def treatment_variables(facts: GuideFacts) -> Blocks:
    """List the treatment variables of ADSL with their values."""
    adsl = dataset_named(facts, "ADSL")
    if adsl is None:
        yield from not_at_hand("Which variables tell the treatment")
        return
    rows = []
    for name, values in adsl.frame.items():
        if str(name).startswith(_TREATMENT):
            found = sorted(values.dropna().astype("string").unique())
            shown = "; ".join(found) if len(found) <= 5 else f"{len(found)} values"
            rows.append((str(name), adsl.spec.by_name[str(name)].label, shown))
    yield Table(("Variable", "Label", "Values"), tuple(rows), (1, 3, 4))


def populations(facts: GuideFacts) -> Blocks:
    """List the populations: flag, subjects, why it is as it is."""
    if facts.analysis is None:
        yield from not_at_hand("How the populations are defined")
        return
    frame = facts.frame("ADSL")
    rows = []
    for one in facts.analysis.subjects.populations:
        is_there = frame is not None and one.flag in frame
        flags = texts(frame, (one.flag,)) if is_there and frame is not None else []
        count = sum(flag == "Y" for (flag,) in flags)
        rows.append((one.flag, str(count), one.rationale, one.source))
    yield Table(("Flag", "Subjects", "Rationale", "Source"), tuple(rows), (1, 1, 5, 3))


def cutoff(facts: GuideFacts) -> Blocks:
    """Tell the data cut-off and what it does."""
    yield Paragraph(
        f"The data cut-off of the analysis is {facts.study.cutoff.isoformat()}. What is dated "
        "after it counts for no analysis value."
    )


def imputation(facts: GuideFacts) -> Blocks:
    """List where partial dates are completed, and how."""
    if facts.analysis is None:
        yield from not_at_hand("How partial dates are completed")
        return
    rows: dict[tuple[str, ...], None] = {}
    for place, records in _dated(facts.analysis, ""):
        if records.impute != _NOT:
            where = f"{records.dataset}.{records.date}"
            rows[place, where, f"to the {records.impute} possible day"] = None
    events = facts.analysis.adverse_events
    for what, impute in (("start", events.start_impute), ("end", events.end_impute)):
        rows[f"adverse events, {what}", events.events.dataset, f"to the {impute} possible day"] = (
            None
        )
    yield Paragraph(
        "Partial dates stay as collected in the tabulations. In the analysis they are completed "
        "as follows; any other partial date counts as missing."
    )
    yield Table(("Used for", "Date", "Completed"), tuple(rows), (2, 2, 2))


def _dated(part: object, place: str) -> Iterator[tuple[str, DatedRecords]]:
    """The dated records within a definition, each with the path of fields that leads to it."""
    if isinstance(part, DatedRecords):
        yield place, part
    elif is_dataclass(part):
        for item in fields(part):
            inner = f"{place}, {item.name}" if place else item.name
            yield from _dated(getattr(part, item.name), inner.replace("_", " "))
    elif isinstance(part, tuple):
        for item in part:
            yield from _dated(item, place)


def choices(facts: GuideFacts) -> Blocks:
    """List the study's choices, each with its rationale and its source."""
    if facts.analysis is None:
        yield from not_at_hand("Which choices the analysis took")
        return
    rows: dict[tuple[str, ...], None] = {}
    for item in fields(facts.analysis):
        part = getattr(facts.analysis, item.name)
        if isinstance(part, Definition):
            rows[item.name.replace("_", " "), part.rationale.strip(), part.source.strip()] = None
    yield Table(("Choice", "Rationale", "Source"), tuple(rows), (1, 5, 3))


def endpoints(facts: GuideFacts) -> Blocks:
    """Describe each endpoint: who, from when, until what, and why so."""
    if facts.analysis is None:
        yield from not_at_hand("How the endpoints are defined")
        return
    for endpoint in facts.analysis.endpoints:
        yield Paragraph(f"{endpoint.paramcd}: {endpoint.param}")
        yield Table(("What", "Definition"), tuple(_endpoint_rows(endpoint)), (1, 6))


def _endpoint_rows(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    yield "Population", endpoint.population or "all subjects"
    records = endpoint.origin_records
    origin = f"ADSL.{endpoint.origin}" if endpoint.origin else ""
    yield "Origin", f"{records.dataset}.{records.date}" if records else origin
    yield "Events", "; ".join(map(_source, endpoint.events))
    yield "Censorings", "; ".join(map(_source, endpoint.censorings))
    if endpoint.ends:
        yield (
            "Follow-up ends",
            "; ".join(
                f"{end.description} ({end.dataset}.{end.date}, CNSR {end.cnsr})"
                for end in endpoint.ends
            ),
        )
    yield "Rationale", endpoint.rationale.strip()
    yield "Source", endpoint.source.strip()


def _source(source: TteSource) -> str:
    """Write what ends follow-up: its words, its date, its records, and CNSR of a censoring."""
    where = " and ".join(
        f"{name} in ({', '.join(value or 'missing' for value in values)})"
        for name, values in source.where.items()
    )
    kept = f" where {where}" if where else ""
    censored = f", CNSR {source.cnsr}" if source.cnsr else ""
    return f"{source.description} ({source.dataset}.{source.date}{kept}{censored})"


def intermediate(facts: GuideFacts) -> Blocks:
    """Say that there are no intermediate datasets, where that is known."""
    if facts.run is None:
        yield from not_at_hand("Whether there are intermediate datasets")
    else:
        yield Paragraph("No dataset stands between the tabulations and the analysis datasets.")


def programs(facts: GuideFacts) -> Blocks:
    """Say what made the datasets."""
    if facts.run is None:
        yield from not_at_hand("Which programs made the datasets")
        return
    yield Paragraph(
        f"The datasets were made by cdisc_tools {__version__} from tables, not programs:"
    )
    tables = ["the mapping tables (tabulations)"]
    if ADAM_PART in facts.parts:
        tables.append("the analysis definitions (populations, response, endpoints)")
    yield Bullets(tuple(tables))
    yield Paragraph("No programs are in this package; the tables are with the sponsor.")
