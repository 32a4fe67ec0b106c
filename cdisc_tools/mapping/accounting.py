"""Every raw cell is mapped or listed as unmapped."""

import pandas as pd

from cdisc_tools.mapping.forms import Form, Forms, row_finding
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import CellRef, Finding, Findings
from cdisc_tools.model.mapping import Mapping

UNMAPPED_COLUMNS = ("SOURCE", "FILE", "SHEET", "ROW", "COLUMN", "CELL", "VALUE", "REASON")
NO_LINE = "no mapping line reads this column"
NO_RECORD = "no mapping line takes this cell"
STEERING = "read only to choose, match or check rows"


def unmapped_cells(
    forms: Forms, lineage: pd.DataFrame, mapping: Mapping, unknown: dict[str, set[int]]
) -> tuple[pd.DataFrame, Findings]:
    """List the filled raw cells that became part of no dataset, with the reason of each.

    ``lineage`` holds the cells that did (SOURCE, ROW, COLUMN); ``unknown`` the rows by source
    that belong to no subject of the study. Returns one record per cell:
    SOURCE, FILE, SHEET, ROW, COLUMN, CELL, VALUE, REASON; and a finding for each column or row
    that is left out without a reason in the study's unmapped table.
    """
    _check_reasons(forms, mapping)
    findings = Findings()
    frames = [
        _of_form(form, lineage, mapping, unknown.get(form.name, set()), findings)
        for form in forms.collected()
    ]
    columns = list(UNMAPPED_COLUMNS)
    filled = [frame for frame in frames if len(frame)]
    return (
        pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)
    ), findings


def _check_reasons(forms: Forms, mapping: Mapping) -> None:
    """A reason for a column that does not exist is a slip of the pen."""
    known = {form.name: set(form.raw.frame.columns) for form in forms.collected()}
    for source, column in mapping.unmapped:
        if column not in known.get(source, ()):
            raise ConfigurationError(
                f"unmapped table: source {source!r} has no column {column!r}; it has: "
                f"{', '.join(sorted(known.get(source, ()))) or 'nothing, there is no such source'}"
            )


def _of_form(
    form: Form, lineage: pd.DataFrame, mapping: Mapping, unknown: set[int], findings: Findings
) -> pd.DataFrame:
    cells = (
        form.raw.frame.rename_axis("ROW")
        .reset_index()
        .melt(id_vars="ROW", var_name="COLUMN", value_name="VALUE")
        .dropna(subset=["VALUE"])
    )
    own = lineage[lineage["SOURCE"] == form.name][["ROW", "COLUMN"]].drop_duplicates()
    own = own.astype({"ROW": "int64", "COLUMN": "object"})
    cells = cells.astype({"ROW": "int64", "COLUMN": "object"})
    marked = cells.merge(own, how="left", indicator="FOUND", validate="one_to_one")
    left = marked[marked["FOUND"] == "left_only"]
    default = dict.fromkeys(form.used_columns, STEERING) | dict.fromkeys(
        form.mapped_columns, NO_RECORD
    )
    reasons = {
        column: mapping.unmapped.get((form.name, column)) or default.get(column, NO_LINE)
        for column in left["COLUMN"].unique()
    }
    reason = left["COLUMN"].map(reasons)
    reason = reason.mask((reason == STEERING) & ~left["ROW"].isin(form.used_rows), NO_RECORD)
    reason = reason.mask(left["ROW"].isin(unknown), "the row's subject is not in the study")
    _report_columns(form, left[reason == NO_LINE], findings)
    explained = left[~reason.isin([NO_LINE, NO_RECORD, STEERING])]
    _report_rows(form, own, unknown | set(explained["ROW"]), findings)
    places = zip(left["ROW"], left["COLUMN"], strict=True)
    return pd.DataFrame(
        {
            "SOURCE": form.name, "FILE": form.raw.file, "SHEET": form.raw.sheet,
            "ROW": left["ROW"], "COLUMN": left["COLUMN"],
            "CELL": [form.raw.cell(row, column).address for row, column in places],
            "VALUE": left["VALUE"], "REASON": reason,
        }
    )  # fmt: skip


def _report_columns(form: Form, cells: pd.DataFrame, findings: Findings) -> None:
    for column, of_column in cells.groupby("COLUMN", sort=False):
        cell = CellRef(form.raw.file, form.raw.sheet, int(of_column["ROW"].iloc[0]), str(column))
        findings.add(
            Finding(
                "CDT-R061", form.name, (str(column),), (str(of_column["VALUE"].iloc[0]),),
                cell=cell, detail=str(len(of_column)),
            )
        )  # fmt: skip


def _report_rows(form: Form, own: pd.DataFrame, unknown: set[int], findings: Findings) -> None:
    used = set(own["ROW"]) | form.used_rows | unknown
    for row in form.raw.frame.index:
        if row not in used:
            findings.add(row_finding("CDT-R062", form, int(row)))
