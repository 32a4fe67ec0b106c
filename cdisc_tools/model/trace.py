"""The way from an analysis value back to the raw cells that it came from."""

from dataclasses import dataclass

from cdisc_tools.model.findings import CellRef


@dataclass(frozen=True)
class TracedCell:
    """A raw cell with the text that stands in it."""

    variable: str
    cell: CellRef
    text: str


@dataclass(frozen=True)
class TraceNode:
    """A record on the way: what it says, the raw cells it holds, the records it came from.

    ``via`` is the variable of the record above that led here.
    """

    dataset: str
    key: str
    via: str
    values: tuple[tuple[str, str], ...]
    cells: tuple[TracedCell, ...] = ()
    sources: tuple["TraceNode", ...] = ()

    def all_cells(self) -> list[TracedCell]:
        """The raw cells of this record and of all that it came from."""
        return [*self.cells, *(cell for node in self.sources for cell in node.all_cells())]
