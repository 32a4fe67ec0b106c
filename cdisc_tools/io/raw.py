"""Raw forms as text: one reader per kind of file, one shape for all."""

import re
from pathlib import Path

import pandas as pd

from cdisc_tools.io.delimited import read_delimited
from cdisc_tools.io.grid import CellNote, Grid
from cdisc_tools.io.spreadsheets import WorkbookReader
from cdisc_tools.io.statistical import read_statistical
from cdisc_tools.metadata.study import layout_hint
from cdisc_tools.model.data import ERROR_VALUES, RawTable
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import CellRef, Finding, Findings
from cdisc_tools.model.specs import fold_term
from cdisc_tools.model.study import SourceSpec, Study

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
STATISTICAL = frozenset({".xpt", ".sav", ".zsav", ".sas7bdat", ".por"})
# control characters but tab, line ends and the separators that count as space
CONTROL = r"[\x00-\x08\x0e-\x1b\x7f]"
UNNAMED = "(column "
DELIMITED = frozenset({".csv", ".tsv", ".txt"})


def read_sources(study: Study) -> tuple[dict[str, RawTable], Findings]:
    """Read every raw source of a study as text.

    Raises ConfigurationError when a file, sheet or declared column is missing or a file cannot
    be read; everything else that is odd becomes a finding.
    """
    findings = Findings()
    workbooks: dict[Path, WorkbookReader] = {}
    tables: dict[str, RawTable] = {}
    split: dict[tuple[str, str], tuple[dict[int, list[str]], set[int]]] = {}
    for source in study.sources.values():
        path = _existing(study.folder, source)
        grid = _grid(path, source, workbooks)
        tables[source.name] = _raw_table(source, grid, findings)
        if source.where:
            rows = split.setdefault((source.file, source.sheet), ({}, set()))
            numbered = zip(grid.numbers, grid.rows, strict=True)
            rows[0].update({n: texts for n, texts in numbered if any(t.strip() for t in texts)})
            rows[1].update(tables[source.name].frame.index)
    _report_unclaimed(split, findings)
    return tables, findings


def _report_unclaimed(
    split: dict[tuple[str, str], tuple[dict[int, list[str]], set[int]]], findings: Findings
) -> None:
    """Report the rows of a shared file or sheet that no source takes by its ``where``."""
    named = {(f.cell.file, f.cell.sheet, f.cell.row) for f in findings if f.cell
             and f.check_id in ("CDT-R004", "CDT-R006")}  # fmt: skip
    for (file, sheet), (rows, taken) in split.items():
        for number in sorted(set(rows) - taken):
            if (file, sheet, number) not in named:
                text = " | ".join(text for text in rows[number] if text)
                cell = CellRef(file, sheet, number, "")
                findings.add(Finding("CDT-R063", file, values=(text,), cell=cell))


def _existing(folder: Path, source: SourceSpec) -> Path:
    path = folder / source.file
    if path.is_dir():
        raise ConfigurationError(
            f"source {source.name!r}: {source.file} is a folder; name the file in it"
        )
    if not path.is_file():
        raise ConfigurationError(
            f"source {source.name!r}: file {source.file} is not in the study folder; "
            "put it there or correct `file` in study.yaml"
        )
    if path.stat().st_size == 0:
        raise ConfigurationError(
            f"source {source.name!r}: {source.file} is empty (0 bytes); export it again"
        )
    return path


def _grid(path: Path, source: SourceSpec, workbooks: dict[Path, WorkbookReader]) -> Grid:
    suffix = path.suffix.lower()
    if suffix in SPREADSHEETS:
        if path not in workbooks:
            workbooks[path] = WorkbookReader(path, source.file)
        return workbooks[path].read_sheet(source)
    if suffix in STATISTICAL:
        return read_statistical(path, source)
    if suffix in DELIMITED:
        return read_delimited(path, source)
    known = ", ".join(sorted(SPREADSHEETS | STATISTICAL | DELIMITED))
    raise ConfigurationError(
        f"source {source.name!r}: {source.file}: cannot read {suffix!r} files; known: {known}"
    )


def _raw_table(source: SourceSpec, grid: Grid, findings: Findings) -> RawTable:
    header = _unique_header(source, grid, findings)
    _note_layout(source, grid, findings)
    letters = dict(zip(header, grid.letters, strict=False))
    rows, numbers = _data_rows(source, grid, header, findings)
    columns = {
        name: pd.array([row[place] or None for row in rows], dtype="string")
        for place, name in enumerate(header)
    }
    frame = pd.DataFrame(columns, index=pd.Index(numbers, name="ROW", dtype="int64"))
    frame, notes = _without_controls(frame)
    dates: dict[str, set[int]] = {}
    for row, place in grid.dates:
        if place < len(header):
            dates.setdefault(header[place], set()).add(row)
    table = RawTable(
        source.name, source.file, source.sheet, frame, letters,
        {name: frozenset(found) for name, found in dates.items()},
    )  # fmt: skip
    _require_columns(source, table)
    table = _kept_by_where(source, table)
    for check, row, place, value, detail in [*grid.notes, *notes]:
        # the encoding is noted at the first such text, a formula may be all that a row holds
        anywhere = row <= source.header_rows[-1] or check in ("CDT-R018", "CDT-R028")
        if anywhere or row in table.frame.index:
            column = header[place] if place < len(header) else ""
            findings.add(_note(check, table, row, column, value, detail))
    _note_error_values(table, findings)
    return _without_duplicates(source, table, findings)


def _note(
    check: str, table: RawTable, row: int, column: str, value: str, detail: str = ""
) -> Finding:
    return Finding(
        check, table.name, (column,), (value,), cell=table.cell(row, column), detail=detail
    )


def _without_controls(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[CellNote]]:
    """Take control characters out, which transport files cannot hold; note each cell."""
    notes: list[CellNote] = []
    cleaned = {}
    for place, (column, texts) in enumerate(frame.items()):
        held = texts.index[texts.str.contains(CONTROL).fillna(False).to_numpy(dtype=bool)]
        for row in held:
            found = dict.fromkeys(_named(mark) for mark in re.findall(CONTROL, texts[row]))
            shown = re.sub(CONTROL, lambda mark: _named(mark[0]), texts[row])
            notes.append(("CDT-R027", int(row), place, shown, " ".join(found)))
        if len(held):
            plain = texts.str.replace(CONTROL, "", regex=True)
            cleaned[column] = plain.mask(plain == "")
    return frame.assign(**{str(name): texts for name, texts in cleaned.items()}), notes


def _named(mark: str) -> str:
    return f"\\x{ord(mark):02x}"


def _note_error_values(table: RawTable, findings: Findings) -> None:
    """Report error values of a spreadsheet that stand as text, in whatever kind of file."""
    known = {(f.cell.row, f.cell.column) for f in findings if f.check_id == "CDT-R008" and f.cell
             and f.dataset == table.name}  # fmt: skip
    for column, texts in table.frame.items():
        held = texts.str.strip().isin(ERROR_VALUES)
        for row in texts.index[held.fillna(False).to_numpy(dtype=bool)]:
            if (row, column) not in known:
                findings.add(_note("CDT-R008", table, int(row), str(column), str(texts[row])))


def _unique_header(source: SourceSpec, grid: Grid, findings: Findings) -> list[str]:
    """Name every column once: a repeated name gets a number, an empty one its position."""
    seen: dict[str, int] = {}
    header = []
    row = source.header_rows[-1]
    for place, text in enumerate(grid.header):
        name = " ".join(re.sub(CONTROL, "", text).split()) or f"{UNNAMED}{place + 1})"
        if text and name != text:
            cell = CellRef(source.file, source.sheet, row, text)
            findings.add(Finding("CDT-R015", source.name, (text,), (text,), cell=cell, detail=name))
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            repeated = name
            name = f"{name}__{seen[name]}"
            cell = CellRef(source.file, source.sheet, row, repeated)
            findings.add(
                Finding("CDT-R002", source.name, (repeated,), (repeated,), cell=cell, detail=name)
            )
        header.append(name)
    return header


def _note_layout(source: SourceSpec, grid: Grid, findings: Findings) -> None:
    """Report what stands around the data: titles, a header of several rows, the encoding."""
    for number, text in grid.above:
        cell = CellRef(source.file, source.sheet, number, "")
        findings.add(Finding("CDT-R016", source.name, values=(text,), cell=cell))
    if len(source.header_rows) > 1:
        cell = CellRef(source.file, source.sheet, source.header_rows[0], "")
        rows = " and ".join(str(row) for row in source.header_rows)
        findings.add(Finding("CDT-R017", source.name, cell=cell, detail=rows))


def _data_rows(
    source: SourceSpec, grid: Grid, header: list[str], findings: Findings
) -> tuple[list[list[str]], list[int]]:
    """Leave out empty rows and footers, each named; fill short rows up."""
    footer = [re.compile(pattern, re.IGNORECASE) for pattern in source.footer]
    rows, numbers, width = [], [], len(header)
    last = max((n for n, row in zip(grid.numbers, grid.rows, strict=True) if any(row)), default=0)
    for number, texts in zip(grid.numbers, grid.rows, strict=True):
        cell = CellRef(source.file, source.sheet, number, "")
        filled = [text for text in texts if text.strip()]
        if not filled:
            if number < last:
                findings.add(Finding("CDT-R003", source.name, cell=cell))
            continue
        if any(pattern.search(filled[0].strip()) for pattern in footer):
            text = " ".join(filled)
            findings.add(Finding("CDT-R004", source.name, values=(text,), cell=cell))
            continue
        if len(texts) > width and any(text.strip() for text in texts[width:]):
            extra = " | ".join(texts[width:])
            findings.add(
                Finding("CDT-R005", source.name, values=(extra,), cell=cell, detail=str(width))
            )
        if any(not name.startswith(UNNAMED) for name in header[len(texts) :]):
            text = " | ".join(filled)
            findings.add(
                Finding("CDT-R026", source.name, values=(text,), cell=cell, detail=str(width))
            )
        rows.append((texts + [""] * width)[:width])
        numbers.append(number)
    return rows, numbers


def _require_columns(source: SourceSpec, table: RawTable) -> None:
    needed = [source.subject, *(column for column, _ in source.where), *source.duplicate_ignores]
    for column in needed:
        if column and column not in table.frame.columns:
            raise ConfigurationError(
                f"source {source.name!r}: {source.file}"
                f"{f' [{source.sheet}]' if source.sheet else ''} has no column {column!r}; "
                f"it has: {', '.join(table.frame.columns)}{layout_hint(list(table.frame.columns))}"
            )


def _kept_by_where(source: SourceSpec, table: RawTable) -> RawTable:
    frame = table.frame
    for column, values in source.where:
        wanted = {fold_term(value) for value in values}
        frame = frame[frame[column].fillna("").map(fold_term).isin(wanted)]
    return RawTable(table.name, table.file, table.sheet, frame, table.addresses, table.date_cells)


def _without_duplicates(source: SourceSpec, table: RawTable, findings: Findings) -> RawTable:
    """Leave out rows that repeat an earlier row in every column, each named."""
    compared = table.frame.drop(columns=list(source.duplicate_ignores))
    repeated = compared.duplicated()
    if not repeated.any():
        return table
    first = compared.reset_index().groupby(list(compared.columns), dropna=False)["ROW"]
    original = first.transform("min").to_numpy()
    for row, earlier in zip(table.frame.index[repeated], original[repeated], strict=True):
        text = " | ".join(value for value in table.frame.loc[row] if isinstance(value, str))
        cell = CellRef(table.file, table.sheet, int(row), "")
        findings.add(
            Finding("CDT-R006", table.name, values=(text,), cell=cell, detail=str(earlier))
        )
    return RawTable(
        table.name, table.file, table.sheet, table.frame[~repeated], table.addresses,
        table.date_cells,
    )  # fmt: skip
