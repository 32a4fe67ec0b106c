"""What a define.xml says beyond the specification that a run's datasets give."""

from dataclasses import replace
from functools import lru_cache

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.specification import Specification, SpecRecord

YES = "Yes"
_NO_DATA = {"datasets": "NO.DATA.DATASET", "variables": "NO.DATA.VARIABLE"}


def complete_for_define(spec: Specification) -> Specification:
    """Complete a specification that was built from a study for Define-XML.

    Datasets stand in the order of their classes; a term that extends its NCI codelist is marked;
    a dataset or variable without data has a comment that says so.
    """
    tables = {name: tuple(map(_marked, records)) if name == "codelists" else records
              for name, records in spec.tables.items()}  # fmt: skip
    places = _places()
    datasets = sorted(spec.table("datasets"), key=lambda r: places.get(r["class"].upper(), 9))
    used: list[str] = []
    for name, records in (("datasets", tuple(datasets)), ("variables", spec.table("variables"))):
        empty = [r for r in records if r["has_no_data"] == YES and not r["comment"]]
        used += [_NO_DATA[name]] if empty else []
        tables[name] = tuple(_with(r, "comment", _NO_DATA[name]) if r in empty else r
                             for r in records)  # fmt: skip
    comments = [SpecRecord(line, line["id"]) for line in _remarks() if line["id"] in used]
    tables["comments"] = (*spec.table("comments"), *comments)
    return replace(spec, tables={name: records for name, records in tables.items() if records})


def _marked(term: SpecRecord) -> SpecRecord:
    """Mark a term that its codelist of the NCI hasn't got."""
    extends = term["nci_codelist_code"] and term["term"] and not term["nci_term_code"]
    return _with(term, "Extended Value", YES) if extends else term


def _with(record: SpecRecord, field: str, text: str) -> SpecRecord:
    return replace(record, values={**record.values, field: text})


@lru_cache(maxsize=1)
def _places() -> dict[str, int]:
    lines = read_table(specs_path() / "define" / "classes.csv", ("class", "purpose", "place"))
    return {line["class"]: int(line["place"]) for line in lines}


@lru_cache(maxsize=1)
def _remarks() -> tuple[dict[str, str], ...]:
    path = specs_path() / "define" / "remarks.csv"
    return tuple(read_table(path, ("id", "description")))
