"""What of a specification a define.xml can't say, such as where clauses without a variable."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from cdisc_tools.metadata.define_names import default_oid, standard_names
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.specification import Specification, SpecRecord

NAMES = "CDT-D054"
# tables whose records go with their where clause, or go on without it; the field that names it
_GOES, _STAYS = ("value_level",), ("analysis_criteria", "analysis_results")
_FIELDS = {
    "value_level": "where_clause", "analysis_criteria": "where_clause",
    "analysis_results": "selection_criteria",
}  # fmt: skip
_IMPLIED = ("StandardName", "StandardVersion")


@dataclass(frozen=True)
class _Clauses:
    """The where clauses of a specification, and which of them can't be written."""

    spec: Specification

    @cached_property
    def items(self) -> frozenset[str]:
        """The OIDs of the variables."""
        records = self.spec.table("variables")
        return frozenset(each["OID"] or default_oid("variables", each) for each in records)

    @cached_property
    def unwritable(self) -> dict[str, list[SpecRecord]]:
        """The incomplete lines by the id of their clause."""
        found: dict[str, list[SpecRecord]] = {}
        for record in self.spec.table("where_clauses"):
            # without a dataset the text may be the OID of the item
            named = record["variable"] and (record["dataset"] or record["variable"] in self.items)
            if record["comparator"] and not named:
                found.setdefault(record["id"], []).append(record)
        return found

    def of(self, table: str, record: SpecRecord) -> list[str]:
        """The unwritable clauses that a record of a table names."""
        named = record[_FIELDS[table]].split(",") if table == "analysis_results" else [
            record[_FIELDS[table]]
        ]  # fmt: skip
        return [name.strip() for name in named if name.strip() in self.unwritable]


def unwritable_clauses(spec: Specification) -> frozenset[str]:
    """The ids of the where clauses that can't be written: a line of theirs names no variable."""
    return frozenset(_Clauses(spec).unwritable)


def writable(spec: Specification, version: str) -> Specification:
    """Leave out what a define.xml of a version can't say (``unwritable`` tells what).

    A where clause with a line that names no variable selects nobody knows what: it goes as a
    whole, with the value level that it selects; analysis results go on without it. A standard that
    the study's attributes name in words of their own goes, too.
    """
    clauses = _Clauses(spec)
    tables = dict(spec.tables)
    tables["where_clauses"] = tuple(
        each for each in spec.table("where_clauses") if each["id"] not in clauses.unwritable
    )
    for table in _GOES:
        tables[table] = tuple(r for r in spec.table(table) if not clauses.of(table, r))
    for table in _STAYS:
        tables[table] = tuple(_without(clauses, table, r) for r in spec.table(table))
    if _unknown_standard(spec, version) is not None:
        tables["study"] = tuple(r for r in spec.table("study") if r["attribute"] not in _IMPLIED)
    return Specification({name: records for name, records in tables.items() if records})


def unwritable(spec: Specification, version: str) -> Iterator[str]:
    """Say what ``writable`` leaves out, each with its table and line, and what to do."""
    clauses = _Clauses(spec)
    for name, records in clauses.unwritable.items():
        for record in records:
            lacks = " and ".join(each for each in ("dataset", "variable") if not record[each])
            yield (
                f"{record.place or 'where_clauses'}: where clause {name} names no {lacks}; "
                "define.xml goes without it: fill it in"
            )
    for table in (*_GOES, *_STAYS):
        what = "goes without this line" if table in _GOES else "goes without this selection"
        for record in spec.table(table):
            for name in clauses.of(table, record):
                yield (
                    f"{record.place or table}: its where clause {name} can't be written; "
                    f"define.xml {what}"
                )
    named = _unknown_standard(spec, version)
    if named is not None:
        yield f"{named.place or 'study'}: {unknown_standard(named['value'])}"


def unknown_standard(name: str) -> str:
    """Say that Define-XML 2.1 doesn't know a standard's name."""
    return (
        f"{name!r} is no standard that Define-XML 2.1 knows; it is left out of define.xml: write "
        f"one of {', '.join(sorted(known_standards()))}"
    )


def _without(clauses: _Clauses, table: str, record: SpecRecord) -> SpecRecord:
    """Take the clauses that can't be written from a record."""
    gone = clauses.of(table, record)
    if not gone:
        return record
    kept = [name.strip() for name in record[_FIELDS[table]].split(",")]
    text = ", ".join(name for name in kept if name and name not in gone)
    values = {**record.values, _FIELDS[table]: text}
    return replace(record, values={name: value for name, value in values.items() if value})


def _unknown_standard(spec: Specification, version: str) -> SpecRecord | None:
    """The attribute that names a standard which 2.1 doesn't know, None where there is none.

    2.0 takes any name; a table of standards goes before the attribute.
    """
    if version == "2.0" or spec.table("standards"):
        return None
    found = (each for each in spec.table("study") if each["attribute"] == _IMPLIED[0])
    return next((each for each in found if not is_known_standard(each["value"])), None)


def is_known_standard(name: str) -> bool:
    """True for the name of a standard in the words of 2.1 or of 2.0."""
    _, newer = standard_names()
    return newer.get(name, name) in known_standards()


@lru_cache(maxsize=1)
def known_standards() -> frozenset[str]:
    """The names of standards that Define-XML 2.1 knows."""
    lines = read_table(specs_path() / "define" / "values.csv", ("check", "values"))
    return frozenset(next(line["values"] for line in lines if line["check"] == NAMES).split(";"))
