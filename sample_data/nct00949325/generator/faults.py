"""Puts faults into the clean tables and logs each place."""

from __future__ import annotations

from .kinds import KINDS
from .model import Cell, Fault, Raw, Row, Table, as_text, date_text, render

Plain = str | int | float


class Faults:
    """The fault log; every method changes one place and records it."""

    def __init__(self, tables: list[Table]) -> None:
        self.tables = {table.name: table for table in tables}
        self.log: list[Fault] = []

    def put(self, kind: str, place: str, value: Cell, note: str = "") -> Row:
        """Write a value at `sheet|row key|column key`."""
        name, key, column = place.split("|")
        table = self.tables[name]
        row = table.find(key)
        row.values[column] = value
        self.note(kind, table, row, column, note)
        return row

    def put_all(self, kind: str, entries: dict[str, Plain]) -> None:
        """Write several values as they are."""
        for place, value in entries.items():
            self.put(kind, place, Raw(value))

    def respell(self, kind: str, entries: dict[str, str]) -> None:
        """Write the true date of each place in another form."""
        for place, form in entries.items():
            name, key, column = place.split("|")
            true = self.tables[name].find(key).values[column]
            if true is None or isinstance(true, Raw | str | int | float):
                raise TypeError(f"{place} holds no date")
            self.put(kind, place, Raw(date_text(true, form)))

    def swap(self, kind: str, name: str, key: str, one: str, other: str, note: str = "") -> None:
        """Exchange two cells of a row; both are logged."""
        row = self.tables[name].find(key)
        row.values[one], row.values[other] = row.values[other], row.values[one]
        for column in (one, other):
            self.note(kind, self.tables[name], row, column, note)

    def copy(self, kind: str, name: str, key: str, after: str = "") -> None:
        """Copy a row, to stand after itself or after another row; logged at the copy."""
        table = self.tables[name]
        row = table.find(key)
        twin = Row(f"{key}/copy", row.no, dict(row.values))
        table.rows.insert(table.rows.index(table.find(after or key)) + 1, twin)
        self.note(kind, table, twin, table.columns[0].key)

    def stranger(self, kind: str, name: str, key: str, subject: str) -> None:
        """Copy a row under a subject id that nobody has."""
        table = self.tables[name]
        row = table.find(key)
        twin = Row(f"stranger/{subject}", 0, dict(row.values))
        twin.values[table.columns[0].key] = subject
        table.rows.insert(table.rows.index(row) + 1, twin)
        self.note(kind, table, twin, table.columns[0].key)

    def blank(self, name: str, key: str) -> None:
        """Insert a blank row after a row."""
        table = self.tables[name]
        row = Row("blank", 0, kind="blank")
        table.rows.insert(table.rows.index(table.find(key)) + 1, row)
        self.note("blank_row", table, row, "")

    def footer(self, name: str, *lines: str) -> None:
        """Add a blank row and footer lines under the data."""
        table = self.tables[name]
        table.rows.append(Row("gap", 0, kind="blank"))
        for line in lines:
            row = Row("footer", 0, {table.columns[0].key: Raw(line)}, kind="footer")
            table.rows.append(row)
            self.note("sheet_footer", table, row, table.columns[0].key)

    def fill(self, name: str, *keys: str) -> None:
        """Colour rows."""
        for key in keys:
            row = self.tables[name].find(key)
            row.fill = True
            self.note("colour_only_meaning", self.tables[name], row, "", "Cell fill FFFF00.")

    def header(self, kind: str, name: str, row: int, column: str, value: str) -> None:
        """Log a fault of the layout."""
        table = self.tables[name]
        label = table.column(column).label if column else ""
        self.log.append(Fault(kind, table, row, label, value, KINDS[kind]))

    def note(self, kind: str, table: Table, row: Row, column: str, note: str = "") -> None:
        """Record a place."""
        value, label = "", ""
        if column:
            at = table.column(column)
            value, label = as_text(render(row.values.get(column), at.form)), at.label
        detail = f"{KINDS[kind]} {note}".strip()
        self.log.append(Fault(kind, table, row, label, value, detail))

    def merges(self) -> None:
        """Log the blocks of merged subject cells (called last, when rows are settled)."""
        for table in self.tables.values():
            for block in merged_blocks(table):
                last = table.row_number(block[-1])
                self.note(
                    "merged_subject_cell",
                    table,
                    block[0],
                    table.merge_column,
                    f"Merged down to row {last}.",
                )

    def ordered(self) -> list[Fault]:
        """The log by kind, then file order."""
        kinds = list(KINDS)
        names = list(self.tables)
        unused = set(kinds) - {fault.kind for fault in self.log}
        if unused:
            raise AssertionError(f"kinds without a place: {sorted(unused)}")
        return sorted(
            self.log,
            key=lambda fault: (
                kinds.index(fault.kind),
                names.index(fault.table.name),
                fault.row_number,
            ),
        )


def merged_blocks(table: Table) -> list[list[Row]]:
    """Runs of two or more rows of one subject, in a table with a merged column."""
    blocks: list[list[Row]] = []
    if table.merge_column:
        for row in table.rows:
            if row.kind != "data":
                continue
            if blocks and blocks[-1][0].no == row.no:
                blocks[-1].append(row)
            else:
                blocks.append([row])
    return [block for block in blocks if len(block) > 1]
