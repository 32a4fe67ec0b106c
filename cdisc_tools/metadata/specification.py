"""The layout of specification tables, and the tables that a study keeps in its folder ``spec``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cdisc_tools.metadata.resources import read_lines, read_table, specs_path
from cdisc_tools.metadata.standards import ADAM, standard_of
from cdisc_tools.metadata.where_clauses import condition_id, join_values, parse_conditions
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification, SpecRecord
from cdisc_tools.model.specs import Comparison

SPEC_FOLDER = "spec"
SDTM_PART, ADAM_PART = "sdtm", "adam"
LAYOUTS = ("2.1", "2.0")
TABLE_COLUMNS = (
    "table", "sheet_2_1", "sheet_2_0", "aliases", "needed", "unique", "order_within",
)  # fmt: skip
FIELD_COLUMNS = (
    "table", "field", "header_2_1", "header_2_0", "aliases", "kind", "choices", "needed", "refers",
)  # fmt: skip


@dataclass(frozen=True)
class FieldLayout:
    """One field of a specification table.

    ``headers`` holds the header that each workbook layout writes, without an entry where the
    layout lacks the field; ``aliases`` other accepted spellings. ``kind`` is text, whole, yes_no,
    choice, name, label, keys or reference; ``refers`` names the tables that a reference is looked
    up in. ``needed`` is yes (refused without), wanted (a remark without) or "".
    """

    name: str
    headers: Mapping[str, str]
    aliases: tuple[str, ...]
    kind: str
    choices: tuple[str, ...]
    needed: str
    refers: tuple[str, ...]

    @property
    def header(self) -> str:
        """The newest header of the field."""
        return next(iter(self.headers.values()))

    @property
    def words(self) -> tuple[str, ...]:
        """The words that may stand in the field, none where any text may."""
        return ("Yes", "No") if self.kind == "yes_no" else self.choices


@dataclass(frozen=True)
class TableLayout:
    """One specification table: its sheets, its fields in order, what is unique in it.

    ``sheets`` holds the sheet name that each workbook layout writes.
    """

    name: str
    sheets: Mapping[str, str]
    aliases: tuple[str, ...]
    needed: str
    unique: tuple[str, ...]
    order_within: tuple[str, ...]
    fields: tuple[FieldLayout, ...]

    @property
    def sheet(self) -> str:
        """The newest name of the sheet."""
        return next(iter(self.sheets.values()))

    @cached_property
    def by_name(self) -> dict[str, FieldLayout]:
        """The fields by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def by_header(self) -> dict[str, FieldLayout]:
        """The fields by every accepted header, folded."""
        return {
            fold_header(header): field
            for field in self.fields
            for header in (*field.headers.values(), *field.aliases, field.name)
        }

    def field_names(self, records: Iterable[SpecRecord]) -> list[str]:
        """The fields that records fill: those of the layout, then the others as they come."""
        filled = dict.fromkeys(name for record in records for name in record.values)
        known = [field.name for field in self.fields if field.name in filled]
        return [*known, *(name for name in filled if name not in self.by_name)]


def fold_header(text: str) -> str:
    """Fold a header or sheet name so that spellings compare.

    >>> fold_header("Where  Clause") == fold_header("where_clause") == fold_header("WhereClause")
    True
    """
    return re.sub(r"[\s_-]+", "", text).casefold()


@lru_cache(maxsize=1)
def read_layout() -> Mapping[str, TableLayout]:
    """Read the layout of specification tables by table name, in the order of the workbook."""
    folder = specs_path() / "specification"
    fields: dict[str, list[FieldLayout]] = {}
    for line in read_table(folder / "layout.csv", FIELD_COLUMNS):
        fields.setdefault(line["table"], []).append(_field(line))
    return {
        line["table"]: TableLayout(
            name=line["table"],
            sheets=_by_layout(line, "sheet"),
            aliases=_list(line["aliases"]),
            needed=line["needed"],
            unique=_list(line["unique"]),
            order_within=_list(line["order_within"]),
            fields=tuple(fields[line["table"]]),
        )
        for line in read_table(folder / "tables.csv", TABLE_COLUMNS)
    }


def _field(line: Mapping[str, str]) -> FieldLayout:
    return FieldLayout(
        name=line["field"],
        headers=_by_layout(line, "header"),
        aliases=_list(line["aliases"]),
        kind=line["kind"],
        choices=_list(line["choices"]),
        needed=line["needed"],
        refers=_list(line["refers"]),
    )


def _by_layout(line: Mapping[str, str], what: str) -> dict[str, str]:
    names = {layout: line[f"{what}_{layout.replace('.', '_')}"] for layout in LAYOUTS}
    return {layout: name for layout, name in names.items() if name}


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";")) if cell else ()


def has_specification(folder: Path) -> bool:
    """True when a folder holds specification tables."""
    return any((folder / f"{name}.csv").is_file() for name in read_layout())


def specification_folders(study: Path) -> tuple[Path, ...]:
    """The folders of a study that hold specification tables: spec, spec/sdtm, spec/adam."""
    spec = study / SPEC_FOLDER
    places = (spec, spec / SDTM_PART, spec / ADAM_PART)
    return tuple(place for place in places if has_specification(place))


def part_of(spec: Specification) -> str:
    """Name the folder of ``spec`` for a specification: adam where all its datasets are ADaM's."""
    names = [record["dataset"] for record in spec.table("datasets")]
    return ADAM_PART if names and all(standard_of(name) == ADAM for name in names) else SDTM_PART


def read_specification(folder: Path) -> Specification:
    """Read specification tables (``variables.csv`` and the like); places name file and line.

    Where expressions become where clauses, as in a workbook.
    Raises ConfigurationError for a table of unknown name, a folder without any, or a file that is
    no table.
    """
    layout = read_layout()
    tables: dict[str, tuple[SpecRecord, ...]] = {}
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in layout:
            raise ConfigurationError(
                f"{folder.name}/{path.name}: no specification table has this name; remove it, or "
                f"name it after one of {', '.join(layout)}"
            )
        records = tuple(_records(path, f"{folder.name}/{path.name}"))
        if records:
            tables[path.stem] = records
    if not tables:
        raise ConfigurationError(f"{folder} holds no specification table, such as variables.csv")
    found = Specification({name: tables[name] for name in layout if name in tables})
    return with_where_clauses(found)


def _records(path: Path, shown: str) -> Iterator[SpecRecord]:
    for number, line in read_lines(path, (), shown):
        if "" in line:
            raise ConfigurationError(f"{shown} line {number}: a cell without a header; name it")
        values = {name: text.strip() for name, text in line.items() if text.strip()}
        yield SpecRecord(values, f"{shown} line {number}")


def with_where_clauses(spec: Specification) -> Specification:
    """Turn the where expressions of value level records into where clauses of their own.

    ``PARAMCD EQ "X"`` becomes a record of where_clauses, and the value level names its id, made of
    dataset, variable, comparator and value as in ``ADTTE.PARAMCD.EQ.X``. An expression that says
    the same for the same dataset shares the id. Ids, and texts that are no expression, stay.
    """
    known = {record["id"] for record in spec.table("where_clauses")}
    taken = set(known)
    made: dict[tuple[tuple[str, Comparison], ...], str] = {}
    clauses, levels = list(spec.table("where_clauses")), []
    for record in spec.table("value_level"):
        text = record["where_clause"]
        conditions = () if text in known else parse_conditions(text, record["dataset"])
        if conditions and conditions not in made:
            made[conditions] = _new_id(condition_id(conditions), taken)
            taken.add(made[conditions])
            place = f"{record.place}, where expression"
            clauses += _clauses(made[conditions], conditions, place)
        levels.append(_renamed(record, made[conditions]) if conditions else record)
    if not made:
        return spec
    tables = {**spec.tables, "value_level": tuple(levels), "where_clauses": tuple(clauses)}
    return Specification({name: tables[name] for name in read_layout() if name in tables})


def _new_id(wanted: str, taken: set[str]) -> str:
    """The wanted id, with a number where another clause has it."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}.{number}"
    return found


def _clauses(
    clause_id: str, conditions: Iterable[tuple[str, Comparison]], place: str
) -> Iterator[SpecRecord]:
    for dataset, condition in conditions:
        values = {
            "id": clause_id, "dataset": dataset, "variable": condition.variable,
            "comparator": condition.comparator,
            "value": join_values(condition.comparator, condition.values),
        }  # fmt: skip
        yield SpecRecord({name: text for name, text in values.items() if text}, place)


def _renamed(record: SpecRecord, clause_id: str) -> SpecRecord:
    return SpecRecord({**record.values, "where_clause": clause_id}, record.place)
