"""Raw tables, datasets, and the lineage between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from cdisc_tools.model.findings import CellRef
from cdisc_tools.model.specs import DatasetSpec

LINEAGE_COLUMNS = ("RECORD", "VARIABLE", "SOURCE", "ROW", "COLUMN")
# what a spreadsheet shows for a formula that failed
ERROR_VALUES = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
LINK_COLUMNS = ("USUBJID", "SEQ", "VARIABLE", "SRCDOM", "SRCVAR", "SRCSEQ")


@dataclass(frozen=True)
class RawTable:
    """A raw form as text: one record per data row of a sheet, CSV file or statistical file.

    ``frame`` holds text only (missing is <NA>), its index is the row number in the file
    (1-based, header lines counted; for statistical files the record number);
    ``addresses`` gives the spreadsheet column letter of each column ("" where there is none).
    ``date_cells`` holds, per column, the rows whose cell was a real date of the spreadsheet.
    """

    name: str
    file: str
    sheet: str
    frame: pd.DataFrame
    addresses: dict[str, str] = field(default_factory=dict)
    date_cells: dict[str, frozenset[int]] = field(default_factory=dict)

    def cell(self, row: int, column: str) -> CellRef:
        """Name a cell of this table."""
        letter = self.addresses.get(column, "")
        return CellRef(self.file, self.sheet, row, column, f"{letter}{row}" if letter else "")


@dataclass(frozen=True)
class DatasetFile:
    """What a dataset file holds: its records, its labels by variable ("" the dataset's), and the
    lengths in bytes and formats of its variables, where it says them.
    """

    frame: pd.DataFrame
    labels: Mapping[str, str]
    lengths: Mapping[str, int] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dataset:
    """A dataset in memory.

    ``frame`` has one record per what ``spec.structure`` says, its index is 0..n-1.
    ``lineage`` (SDTM) has one record per raw cell that a value came from: RECORD (position in
    ``frame``), VARIABLE, SOURCE (raw table), ROW, COLUMN.
    ``links`` (ADaM) has one record per source record of an analysis record: USUBJID, SEQ (its
    ASEQ), VARIABLE, SRCDOM, SRCVAR, SRCSEQ.
    ``labels`` are those of the file it was read from, by variable and, under "", of the dataset
    itself; None for a dataset that was made here. ``lengths`` (in bytes) and ``formats`` are the
    file's, too, by variable.
    """

    spec: DatasetSpec
    frame: pd.DataFrame
    lineage: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LINEAGE_COLUMNS))
    links: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LINK_COLUMNS))
    labels: Mapping[str, str] | None = None
    lengths: Mapping[str, int] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The dataset's name, in upper case."""
        return self.spec.name

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its variables."""
        return tuple(map(str, self.frame.columns))

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self.frame)
