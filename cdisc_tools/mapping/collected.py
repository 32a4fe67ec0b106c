"""Datasets while they are being made: collected variables, lineage, and what is derived next."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from cdisc_tools.mapping.forms import Forms, cell_finding
from cdisc_tools.model.data import LINEAGE_COLUMNS
from cdisc_tools.model.findings import Finding
from cdisc_tools.model.mapping import MappingLine
from cdisc_tools.model.specs import DatasetSpec

WHOLE_NUMBERS = ("SEQ", "DY", "TAETORD")


@dataclass
class Collected:
    """A dataset in the making.

    ``frame`` has one record per future record, index 0..n-1; a column "SUPP.QNAM" holds a
    supplemental qualifier, "CO.COVAL" a comment. ``lineage`` is as in ``model.data.Dataset``.
    ``derived`` are the mapping lines that are applied once all datasets are collected.
    """

    spec: DatasetSpec
    frame: pd.DataFrame
    lineage: pd.DataFrame
    derived: list[MappingLine] = field(default_factory=list)
    supplemental: list[MappingLine] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.spec.name

    def variable(self, suffix: str) -> str:
        """Name the variable of this domain with a suffix: "ORRES" is LBORRES in LB."""
        return f"{self.name[:2]}{suffix}"

    def take(self, records: pd.Index) -> None:
        """Keep these records in this order, and their lineage."""
        places = pd.Series(range(len(records)), index=records)
        lineage = self.lineage[self.lineage["RECORD"].isin(records)]
        self.lineage = lineage.assign(RECORD=lineage["RECORD"].map(places)).reset_index(drop=True)
        self.frame = self.frame.loc[records].reset_index(drop=True)

    def merge_into(self, target_of: pd.Series) -> None:
        """Move the lineage of every record to the record that takes it in."""
        self.lineage = self.lineage.assign(RECORD=self.lineage["RECORD"].map(target_of))

    def add_lineage(self, piece: pd.DataFrame) -> None:
        """Add raw cells that a value came from."""
        columns = list(LINEAGE_COLUMNS)
        self.lineage = pd.concat([self.lineage, piece[columns]], ignore_index=True)

    def lead_to_cells(self, others: Mapping[str, "Collected"]) -> None:
        """Replace lineage that leads to records of other datasets by those records' raw cells.

        To be called before the others are sorted or joined: their records move then.
        """
        through = self.lineage["SOURCE"].isin(others)
        pieces = [self.lineage[~through]]
        for source, links in self.lineage[through].groupby("SOURCE"):
            # a dataset that is a source has its records numbered from 1
            wanted = links.assign(PLACE=links["ROW"].astype("int64") - 1)
            wanted = wanted.rename(columns={"COLUMN": "FROM"})[
                ["RECORD", "VARIABLE", "PLACE", "FROM"]
            ]
            cells = others[str(source)].lineage.rename(
                columns={"RECORD": "PLACE", "VARIABLE": "FROM"}
            )
            pieces.append(wanted.merge(cells.astype({"PLACE": "int64"}), on=["PLACE", "FROM"]))
        joined = pd.concat(
            [piece[list(LINEAGE_COLUMNS)] for piece in pieces if len(piece)] or pieces
        )
        self.lineage = joined.drop_duplicates(ignore_index=True)

    def finding(
        self, check: str, record: int, variable: str, forms: Forms, detail: str = ""
    ) -> Finding:
        """Make a finding about a record's variable, at the raw cell that it came from."""
        cells = self.lineage[
            (self.lineage["RECORD"] == record) & (self.lineage["VARIABLE"] == variable)
        ]
        if len(cells):
            cell = self._best_cell(cells, self.frame[variable].iloc[record], forms)
            form = forms.get(str(cell["SOURCE"]), self.name)
            return cell_finding(
                check, form, int(cell["ROW"]), str(cell["COLUMN"]), dataset=self.name, detail=detail
            )
        value = self.frame[variable].iloc[record]
        return Finding(
            check, self.name, (variable,), ("" if pd.isna(value) else str(value),),
            record=record + 1, detail=detail,
        )  # fmt: skip

    def _best_cell(self, cells: pd.DataFrame, value: object, forms: Forms) -> pd.Series:
        """Of the cells that a value came from, the one that shows it; else the first."""
        for _, cell in cells.iterrows():
            raw = forms.get(str(cell["SOURCE"]), self.name).raw.frame
            text = raw[str(cell["COLUMN"])].get(int(cell["ROW"]))
            if isinstance(text, str) and str(value).lower() == text.strip().lower():
                return cell
        return cells.iloc[0]


def typed_frame(spec: DatasetSpec, frame: pd.DataFrame) -> pd.DataFrame:
    """Give every column of a frame the type that the standard says."""
    return frame.assign(
        **{str(name): typed(spec, str(name), values) for name, values in frame.items()}
    )


def typed(spec: DatasetSpec, name: str, values: pd.Series) -> pd.Series:
    """Give a column the type that the standard says: text, number, or whole number."""
    variable = spec.by_name.get(name)
    if variable is None or variable.type == "Char":
        return values if values.dtype == "string" else values.astype("string")
    numbers = values.astype("Float64")
    whole = name[2:] in WHOLE_NUMBERS or name.endswith("DY") or name in WHOLE_NUMBERS
    return numbers.astype("Int64") if whole else numbers
