"""What is wrong in a specification: every fault by its place, all of them at once."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cdisc_tools.metadata.define_writable import (
    is_known_standard,
    unknown_standard,
    unwritable_clauses,
)
from cdisc_tools.metadata.specification import (
    FieldLayout,
    TableLayout,
    read_layout,
    read_specification,
)
from cdisc_tools.metadata.standards import ADAM, SDTM, read_standard, read_structures
from cdisc_tools.metadata.where_clauses import key_variables, split_values
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.numbers import DIGITS
from cdisc_tools.model.specification import Specification, SpecRecord

NAME_BYTES, LABEL_BYTES, TEXT_BYTES = 8, 40, 200
_WHOLE = re.compile(r"\d+")
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")

Columns = Mapping[tuple[str, str], str]
Fault = tuple[str, bool]


@dataclass(frozen=True, order=True)
class SpecProblem:
    """One fault of a specification.

    ``position`` (table, record, field) orders problems as the source does; ``refuses`` is True
    for a fault that an import is refused for, False for a remark.
    """

    position: tuple[int, int, int]
    message: str
    refuses: bool


@dataclass(frozen=True)
class _Checked:
    """A specification under check, and the header of each of its columns in the source."""

    spec: Specification
    columns: Columns

    @cached_property
    def layout(self) -> Mapping[str, TableLayout]:
        return read_layout()

    @cached_property
    def ids(self) -> dict[str, frozenset[str]]:
        """The ids of each table that others refer to."""
        return {
            name: frozenset(record[table.unique[0]] for record in self.spec.table(name))
            for name, table in self.layout.items()
            if table.unique
        } | {"where_clauses": frozenset(r["id"] for r in self.spec.table("where_clauses"))}

    @cached_property
    def variables(self) -> dict[tuple[str, str], SpecRecord]:
        """The variables by dataset and name."""
        return {(r["dataset"], r["variable"]): r for r in self.spec.table("variables")}

    @cached_property
    def terms(self) -> dict[str, frozenset[str]]:
        """The terms of each codelist."""
        found: dict[str, set[str]] = {}
        for record in self.spec.table("codelists"):
            found.setdefault(record["id"], set())
            if record["term"]:
                found[record["id"]].add(record["term"])
        return {name: frozenset(terms) for name, terms in found.items()}

    def column(self, table: str, field: str) -> str:
        """The header of a field in the source; the newest one where the source has none."""
        known = self.layout[table].by_name.get(field)
        return self.columns.get((table, field)) or (known.header if known else field)

    def lacks(self, table: str, field: str) -> bool:
        """True when the source has the table without the field's column."""
        return bool(self.columns) and (table, field) not in self.columns

    def is_missed(self, table: str) -> bool:
        """True where who read the file has said already that a needed table isn't there."""
        read = {name for name, _ in self.columns}
        return bool(read) and table not in read and self.layout[table].needed == "yes"

    def problem(self, table: str, number: int, field: str, fault: Fault) -> SpecProblem:
        """Locate a fault at a field of a record."""
        record = self.spec.table(table)[number]
        text, refuses = fault
        fields = [known.name for known in self.layout[table].fields]
        place = fields.index(field) if field in fields else len(fields)
        position = (list(self.layout).index(table), number, place)
        where = f"{record.place or table}, column {self.column(table, field)}"
        return SpecProblem(position, f"{where}: {text}", refuses)


def read_checked_specification(folder: Path) -> Specification:
    """Read specification tables that may have been edited by hand.

    Raises ConfigurationError with every fault, each with its file and line.
    """
    specification = read_specification(folder)
    faults = check_specification(specification)
    if faults:
        lines = "\n".join(faults)
        raise ConfigurationError(f"{folder} has {len(faults)} faults; mend them:\n{lines}")
    return specification


def check_specification(spec: Specification) -> tuple[str, ...]:
    """The faults that make a specification unusable, in the order of its tables and records."""
    return tuple(problem.message for problem in specification_problems(spec) if problem.refuses)


def specification_problems(
    spec: Specification, columns: Columns | None = None
) -> tuple[SpecProblem, ...]:
    """Every fault of a specification, in the order of its tables and records.

    ``columns`` names the columns of the source by table and field: messages use its headers, and
    a column that it lacks is not missed again in every record.

    Refused is what cannot be understood, or says two things: a needed cell that is empty, text for
    a number, a word that is no choice, a dataset, variable, id or term given twice, a reference to
    what isn't there. Remarks are what can be understood but a submission could not carry or would
    ask about: names over 8 or labels over 40 characters, text longer than 200 bytes, an order
    given twice, decimals of what is no float, a codelist without terms, an assigned or compared
    value outside its codelist, a class or a standard that isn't known, an empty cell that
    Define-XML wants. The published workbook of
    the CDISC pilot has such: a where clause without dataset and variable.
    """
    checked = _Checked(spec, columns or {})
    found = [
        problem
        for name in checked.layout
        for check in (_cells, _references, _repeated, _orders)
        for problem in check(checked, name)
    ]
    own_checks = (
        _absent_tables, _lengths, _keys, _empty_codelists, _one_codelist, _values, _standards,
        _classes, _unwritable, _standard_name,
    )  # fmt: skip
    for own_check in own_checks:
        found += own_check(checked)
    return tuple(sorted(found))


def _cells(checked: _Checked, table: str) -> Iterator[SpecProblem]:
    """Check each cell by the kind of its field."""
    for number, record in enumerate(checked.spec.table(table)):
        for field in checked.layout[table].fields:
            text = record[field.name]
            fault = _KINDS[field.kind](field, text) if text else _emptiness(field)
            if fault and (text or not checked.lacks(table, field.name)):
                yield checked.problem(table, number, field.name, fault)


def _emptiness(field: FieldLayout) -> Fault | None:
    return ("the cell is empty; fill it", field.needed == "yes") if field.needed else None


def _no_fault(_field: FieldLayout, _text: str) -> Fault | None:
    return None


def _whole_fault(_field: FieldLayout, text: str) -> Fault | None:
    if _WHOLE.fullmatch(text):
        return None
    return f"{text!r} is no whole number; write digits alone", True


def _choice_fault(field: FieldLayout, text: str) -> Fault | None:
    if text in field.words:
        return None
    return f"{text!r} is none of {', '.join(field.words)}", True


def _name_fault(_field: FieldLayout, text: str) -> Fault | None:
    if len(text.encode()) > NAME_BYTES:
        return f"{text!r} is longer than {NAME_BYTES} characters, more than XPT holds", False
    if not _NAME.fullmatch(text):
        return f"{text!r} is no name of capital letters and digits", False
    return None


def _label_fault(_field: FieldLayout, text: str) -> Fault | None:
    if not text.isascii():
        return f"{text!r} has characters that are not ASCII", False
    if len(text) > LABEL_BYTES:
        return f"{text!r} is longer than {LABEL_BYTES} characters, more than XPT holds", False
    return None


_KINDS: dict[str, Callable[[FieldLayout, str], Fault | None]] = {
    "text": _no_fault,
    "keys": _no_fault,
    "reference": _no_fault,
    "whole": _whole_fault,
    "yes_no": _choice_fault,
    "choice": _choice_fault,
    "name": _name_fault,
    "label": _label_fault,
}


def _references(checked: _Checked, table: str) -> Iterator[SpecProblem]:
    """Find ids that no record has; a table that is wholly absent is reported once elsewhere."""
    for field in checked.layout[table].fields:
        if not any(checked.spec.table(name) for name in field.refers):
            continue
        for number, record in enumerate(checked.spec.table(table)):
            text = record[field.name]
            if text and not _refers(checked, field, record):
                yield checked.problem(table, number, field.name, (_dangling(field, record), True))


def _refers(checked: _Checked, field: FieldLayout, record: SpecRecord) -> bool:
    """True when a reference finds its record; a variable of no known dataset is not missed too."""
    if field.refers == ("variables",):
        dataset = record["dataset"]
        known = (dataset, record[field.name]) in checked.variables
        return known or dataset not in checked.ids["datasets"]
    return any(record[field.name] in checked.ids[name] for name in field.refers)


def _dangling(field: FieldLayout, record: SpecRecord) -> str:
    layout = read_layout()
    text = record[field.name]
    if field.refers == ("variables",):
        return (
            f"{record['dataset']} has no variable {text!r}; add it to {layout['variables'].sheet}"
        )
    sheets = " or ".join(layout[name].sheet for name in field.refers)
    if field.refers == ("where_clauses",):
        return (
            f"{text!r} is no id in {sheets}, nor an expression such as PARAMCD EQ X or "
            "PARAMCD IN (X, Y)"
        )
    return f"{text!r} is not in {sheets}; add it there"


def _absent_tables(checked: _Checked) -> Iterator[SpecProblem]:
    """Report once a table that others refer to, and that has no record at all."""
    tables = list(checked.layout)
    for refers, cells in _references_to_nothing(checked).items():
        table, number, field = cells[0]
        sheets = " or ".join(checked.layout[name].sheet for name in refers)
        first = checked.problem(table, number, field, ("", True)).message.removesuffix(": ")
        text = f"sheet {sheets} is missing or empty, and {len(cells)} cells refer to it: {first}"
        yield SpecProblem((tables.index(refers[0]), -1, -1), text, True)


def _references_to_nothing(
    checked: _Checked,
) -> dict[tuple[str, ...], list[tuple[str, int, str]]]:
    found: dict[tuple[str, ...], list[tuple[str, int, str]]] = {}
    for name, table in checked.layout.items():
        for field in table.fields:
            if not field.refers or any(checked.spec.table(refer) for refer in field.refers):
                continue
            if any(checked.is_missed(refer) for refer in field.refers):
                continue
            for number, record in enumerate(checked.spec.table(name)):
                if record[field.name]:
                    found.setdefault(field.refers, []).append((name, number, field.name))
    return found


def _repeated(checked: _Checked, table: str) -> Iterator[SpecProblem]:
    """Find records that say again who they are; the first one keeps the name."""
    unique = checked.layout[table].unique
    first: dict[tuple[str, ...], SpecRecord] = {}
    for number, record in enumerate(checked.spec.table(table)):
        key = tuple(record[field] for field in unique)
        if not key or not all(key):
            continue
        if key in first:
            text = f"{'.'.join(key)} stands there twice, first at {first[key].place or table}"
            yield checked.problem(table, number, unique[-1], (text, True))
        first.setdefault(key, record)


def _orders(checked: _Checked, table: str) -> Iterator[SpecProblem]:
    """Find an order given twice among the records that it orders."""
    within = checked.layout[table].order_within
    seen: set[tuple[str, ...]] = set()
    for number, record in enumerate(checked.spec.table(table)):
        key = (*(record[field] for field in within), record["order"])
        if within and record["order"] and key in seen:
            text = f"{record['order']} orders another record, too; their order here holds"
            yield checked.problem(table, number, "order", (text, False))
        seen.add(key)


def _lengths(checked: _Checked) -> Iterator[SpecProblem]:
    """Find lengths and decimals that do not fit the data type."""
    for table in ("variables", "value_level"):
        for number, record in enumerate(checked.spec.table(table)):
            length, data_type = record["length"], record["data_type"]
            if data_type == "text" and _WHOLE.fullmatch(length) and int(length) > TEXT_BYTES:
                text = f"text of {length} bytes is longer than the {TEXT_BYTES} that XPT holds"
                yield checked.problem(table, number, "length", (text, False))
            if _WHOLE.fullmatch(length) and not int(length):
                yield checked.problem(table, number, "length", ("0 is no length", True))
            digits = record["significant_digits"]
            if digits and data_type and data_type != "float":
                text = f"{data_type} has no significant digits; only float has"
                yield checked.problem(table, number, "significant_digits", (text, False))
            if _WHOLE.fullmatch(digits) and int(digits[:9]) > DIGITS:
                text = f"{digits} decimals are more than the {DIGITS} digits of a number"
                yield checked.problem(table, number, "significant_digits", (text, True))


def _keys(checked: _Checked) -> Iterator[SpecProblem]:
    """Find key variables that their dataset hasn't got."""
    for number, record in enumerate(checked.spec.table("datasets")):
        for key in key_variables(record["key_variables"]):
            if (record["dataset"], key) not in checked.variables and checked.variables:
                text = f"{record['dataset']} has no variable {key!r}"
                yield checked.problem("datasets", number, "key_variables", (text, True))


def _empty_codelists(checked: _Checked) -> Iterator[SpecProblem]:
    """Find codelists without any term."""
    for number, record in enumerate(checked.spec.table("codelists")):
        if record["id"] and not record["term"] and not checked.terms[record["id"]]:
            text = f"codelist {record['id']} has no term, so that any value passes"
            yield checked.problem("codelists", number, "term", (text, False))


def _one_codelist(checked: _Checked) -> Iterator[SpecProblem]:
    """Find lines of a codelist that say two things of it."""
    first: dict[str, SpecRecord] = {}
    for number, record in enumerate(checked.spec.table("codelists")):
        known = first.setdefault(record["id"], record)
        for field, refuses in (("nci_codelist_code", True), ("name", False), ("data_type", True)):
            if record["id"] and record[field] != known[field]:
                text = f"codelist {record['id']} has {known[field]!r} above and {record[field]!r}"
                yield checked.problem("codelists", number, field, (text, refuses))


def _standards(checked: _Checked) -> Iterator[SpecProblem]:
    """Find standards that datasets and codelists name and the table of standards lacks."""
    ids = {record["id"] for record in checked.spec.table("standards")}
    for table, field in (("datasets", "standard"), ("codelists", "terminology")):
        seen: set[str] = set()
        for number, record in enumerate(checked.spec.table(table)):
            text = record[field]
            if ids and text and text not in ids | seen:
                seen.add(text)
                named = f"{text!r} is not in {checked.layout['standards'].sheet}"
                yield checked.problem(table, number, field, (named, False))


def _unwritable(checked: _Checked) -> Iterator[SpecProblem]:
    """Find value level whose where clause names no variable: a define.xml can't say it."""
    gone = unwritable_clauses(checked.spec)
    for number, record in enumerate(checked.spec.table("value_level")):
        if record["where_clause"] in gone:
            text = (
                f"where clause {record['where_clause']!r} names no dataset or variable; define.xml "
                "goes without this line, and no record is held to it"
            )
            yield checked.problem("value_level", number, "where_clause", (text, False))


def _standard_name(checked: _Checked) -> Iterator[SpecProblem]:
    """Find a standard among the study's attributes that Define-XML doesn't know."""
    for number, record in enumerate(checked.spec.table("study")):
        known = record["attribute"] != "StandardName" or is_known_standard(record["value"])
        if record["value"] and not known and not checked.spec.table("standards"):
            text = unknown_standard(record["value"])
            yield checked.problem("study", number, "value", (text, False))


def _classes(checked: _Checked) -> Iterator[SpecProblem]:
    """Find classes of datasets that neither the SDTM nor ADaM has."""
    for number, record in enumerate(checked.spec.table("datasets")):
        text = record["class"]
        if text and _class_words(text) not in _known_classes():
            named = f"{text!r} is no class of the SDTM or of ADaM"
            yield checked.problem("datasets", number, "class", (named, False))


def _class_words(text: str) -> str:
    """Write a class so that spellings compare: SPECIAL PURPOSE and Special-Purpose are one."""
    return " ".join(text.replace("-", " ").upper().split())


@lru_cache(maxsize=1)
def _known_classes() -> frozenset[str]:
    tabulations = {spec.dataset_class for spec in read_standard(SDTM).values()}
    analyses = {spec.dataset_class for spec in read_structures(ADAM).values()}
    return frozenset(_class_words(text) for text in tabulations | analyses)


def _values(checked: _Checked) -> Iterator[SpecProblem]:
    """Find assigned and compared values that are no term of their variable's codelist."""
    for table, field in (
        ("variables", "assigned_value"), ("value_level", "assigned_value"),
        ("where_clauses", "value"),
    ):  # fmt: skip
        for number, record in enumerate(checked.spec.table(table)):
            own = record["codelist"] or _codelist_of(checked, record)
            terms = checked.terms.get(own, frozenset())
            values = split_values(record["comparator"], record[field])
            for value in _outside(values, terms):
                text = f"{value!r} is no term of codelist {own}"
                yield checked.problem(table, number, field, (text, False))


def _codelist_of(checked: _Checked, record: SpecRecord) -> str:
    variable = checked.variables.get((record["dataset"], record["variable"]))
    return variable["codelist"] if variable else ""


def _outside(values: Iterable[str], terms: frozenset[str]) -> Iterator[str]:
    return (value for value in values if terms and value not in terms)
