"""Writes the raw files so that the same content gives the same bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyreadstat
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from .faults import merged_blocks
from .model import Raw, Table, as_text, render

STAMP = datetime(2012, 7, 2, 9, 0, 0)
SAS_STAMP = b"02JUL12:09:00:00"
SAS_EPOCH = date(1960, 1, 1)
YELLOW = PatternFill("solid", start_color="FFFFFF00", end_color="FFFFFF00")


def write_workbook(path: Path, tables: list[Table]) -> None:
    """All sheets, then the zip again with fixed dates."""
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    for table in tables:
        fill_sheet(book.create_sheet(table.sheet), table)
    book.properties.creator = "synthetic"
    book.properties.created = STAMP
    book.properties.modified = STAMP
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(fixed_zip(buffer.getvalue()))


def fixed_zip(data: bytes) -> bytes:
    """The same members in a fixed order with fixed dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda item: (item != "[Content_Types].xml", item)):
            content = old.read(name)
            if name == "docProps/core.xml":
                stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            info = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            info.create_system = 0
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content, compresslevel=9)
    return out.getvalue()


def fill_sheet(sheet: Worksheet, table: Table) -> None:
    """Title, header, rows, merged cells."""
    if table.title:
        sheet.cell(1, 1, table.title).font = Font(bold=True, size=13)
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=6)
    write_header(sheet, table)
    covered = {id(row) for block in merged_blocks(table) for row in block[1:]}
    for number, row in enumerate(table.rows, table.first_data_row):
        for position, column in enumerate(table.columns, 1):
            if id(row) in covered and column.key == table.merge_column:
                continue
            value = render(row.values.get(column.key), column.form)
            if value is not None:
                cell = sheet.cell(number, position, value)
                if isinstance(value, date):
                    timed = isinstance(value, datetime)
                    cell.number_format = "DD-MMM-YYYY HH:MM" if timed else "DD-MMM-YYYY"
                if isinstance(value, str):
                    cell.data_type = "s"
            if row.fill:
                sheet.cell(number, position).fill = YELLOW
    for block in merged_blocks(table):
        at = [column.key for column in table.columns].index(table.merge_column) + 1
        sheet.merge_cells(
            start_row=table.row_number(block[0]),
            start_column=at,
            end_row=table.row_number(block[-1]),
            end_column=at,
        )
    for position, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(position)].width = max(11, len(column.header) + 2)


def write_header(sheet: Worksheet, table: Table) -> None:
    """One header row, or two with the group merged over its columns."""
    top = table.header_row
    groups: dict[str, list[int]] = {}
    for position, column in enumerate(table.columns, 1):
        bottom = top + table.header_rows - 1
        if table.header_rows == 1 or column.group:
            sheet.cell(bottom, position, column.header).font = Font(bold=True)
            if column.group:
                groups.setdefault(column.group, []).append(position)
        else:
            sheet.cell(top, position, column.header).font = Font(bold=True)
            sheet.merge_cells(
                start_row=top, start_column=position, end_row=bottom, end_column=position
            )
    for group, positions in groups.items():
        sheet.cell(top, positions[0], group).font = Font(bold=True)
        sheet.merge_cells(
            start_row=top, start_column=positions[0], end_row=top, end_column=positions[-1]
        )


def write_csv(path: Path, table: Table, encoding: str, newline: str) -> None:
    """A REDCap-style file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=newline)
    writer.writerow([column.header for column in table.columns])
    for row in table.rows:
        writer.writerow(
            [as_text(render(row.values.get(column.key), column.form)) for column in table.columns]
        )
    path.write_bytes(text.getvalue().encode(encoding))


def plain(value: object) -> object:
    """The value without its Raw wrapper."""
    return value.value if isinstance(value, Raw) else value


def write_xport(path: Path, table: Table) -> None:
    """SAS transport file, version 5, with fixed time stamps."""
    data: dict[str, list[str] | list[float]] = {}
    for column in table.columns:
        values = [plain(row.values.get(column.key)) for row in table.rows]
        if column.form == "date":
            data[column.header] = [
                float((value - SAS_EPOCH).days) if isinstance(value, date) else float("nan")
                for value in values
            ]
        elif column.form == "num":
            data[column.header] = [float(str(value)) for value in values]
        else:
            data[column.header] = [
                value.isoformat()
                if isinstance(value, date)
                else ""
                if value is None
                else str(value)
                for value in values
            ]
    labels: list[str | None] = [column.meaning[:40] for column in table.columns]
    formats = {column.header: "DATE9." for column in table.columns if column.form == "date"}
    pyreadstat.write_xport(
        pd.DataFrame(data),
        str(path),
        file_label="Laboratory (SYNTHETIC)",
        column_labels=labels,
        table_name=table.sheet,
        file_format_version=5,
        variable_format=formats,
    )
    content = path.read_bytes()
    head = re.sub(rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d", SAS_STAMP, content[:1200])
    path.write_bytes(head + content[1200:])
