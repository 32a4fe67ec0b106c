"""Every raw cell is mapped or listed as unmapped."""

import numpy as np
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
    mapped: dict[tuple[str, str], np.ndarray] = {
        (str(source), str(column)): cells["ROW"].to_numpy(dtype="int64")
        for (source, column), cells in lineage.groupby(["SOURCE", "COLUMN"])
    }
    frames = [
        _of_form(form, mapped, mapping, unknown.get(form.name, set()), findings)
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
    form: Form,
    mapped: dict[tuple[str, str], np.ndarray],
    mapping: Mapping,
    unknown: set[int],
    findings: Findings,
) -> pd.DataFrame:
    numbers = form.raw.frame.index.to_numpy()
    default = dict.fromkeys(form.used_columns, STEERING) | dict.fromkeys(
        form.mapped_columns, NO_RECORD
    )
    columns = [str(column) for column in form.raw.frame]
    own = {column: mapped.get((form.name, column), np.array([], int)) for column in columns}
    left = [_left_over(form, column, numbers, own[column]) for column in columns]
    cells = pd.concat([frame for frame in left if len(frame)] or left[:1], ignore_index=True)
    reasons = {
        column: mapping.unmapped.get((form.name, column)) or default.get(column, NO_LINE)
        for column in cells["COLUMN"].unique()
    }
    reason = cells["COLUMN"].map(reasons)
    reason = reason.mask((reason == STEERING) & ~cells["ROW"].isin(form.used_rows), NO_RECORD)
    reason = reason.mask(cells["ROW"].isin(unknown), "the row's subject is not in the study")
    _report_columns(form, cells[reason == NO_LINE], findings)
    explained = cells[~reason.isin([NO_LINE, NO_RECORD, STEERING])]
    taken = {row for rows in own.values() for row in rows.tolist()}
    _report_rows(form, taken | unknown | set(explained["ROW"]), findings)
    return cells.assign(REASON=reason)[list(UNMAPPED_COLUMNS)]


def _left_over(form: Form, column: str, numbers: np.ndarray, mapped: np.ndarray) -> pd.DataFrame:
    """The filled cells of a column that are in no dataset."""
    left = form.filled(column) & ~np.isin(numbers, mapped)
    rows = numbers[left]
    letter = form.raw.addresses.get(column, "")
    return pd.DataFrame(
        {
            "SOURCE": form.name, "FILE": form.raw.file, "SHEET": form.raw.sheet, "ROW": rows,
            "COLUMN": column, "CELL": [f"{letter}{row}" if letter else "" for row in rows],
            "VALUE": form.raw.frame[column].array[left],
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


def _report_rows(form: Form, accounted: set[int], findings: Findings) -> None:
    for row in form.raw.frame.index:
        if row not in accounted and row not in form.used_rows:
            findings.add(row_finding("CDT-R062", form, int(row)))
