"""A sheet of a workbook, as a report fills it and a writer writes it."""

from collections.abc import Sequence
from dataclasses import dataclass

Row = tuple[str | int, ...]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the header of each column, and a row a record.

    A text stays a text whatever it looks like; a number is a number.
    """

    name: str
    header: tuple[str, ...]
    rows: Sequence[Row]
