"""The rows of a raw form before any cleaning."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

# check id, row number, column position, value, detail
CellNote = tuple[str, int, int, str, str]


@dataclass(frozen=True)
class Grid:
    """A raw form as read: texts only.

    ``header`` are the column names as they stand (some may repeat or be empty); ``rows`` the
    texts ("" is an empty cell), with their row numbers in the file in ``numbers``; ``letters``
    the spreadsheet columns; ``dates`` the (row number, column position) of cells that were real
    dates; ``notes`` findings about single cells; ``above`` the texts that stand over the header,
    with their row numbers.
    """

    header: list[str]
    rows: list[list[str]]
    numbers: list[int]
    letters: list[str] = field(default_factory=list)
    dates: frozenset[tuple[int, int]] = frozenset()
    notes: list[CellNote] = field(default_factory=list)
    above: list[tuple[int, str]] = field(default_factory=list)


def joined_header(levels: Sequence[Sequence[str]]) -> list[str]:
    """Join the lines of a header, each part once ("TL1" over "Site" is "TL1 Site")."""
    return [
        " ".join(dict.fromkeys(part for part in parts if part.strip()))
        for parts in zip_longest(*levels, fillvalue="")
    ]


def texts_above(rows: Sequence[Sequence[str]], first_header: int) -> list[tuple[int, str]]:
    """The texts that stand over the header, with their row numbers; a merged one counts once."""
    return [
        (number, " ".join(dict.fromkeys(text for text in row if text)))
        for number, row in enumerate(rows[: first_header - 1], 1)
        if any(row)
    ]
