"""Terminology as tab-delimited text of NCI EVS, or as CSV with the same columns."""

import csv
import io
from collections.abc import Iterator

from cdisc_tools.io.terminology_rows import Row, is_header, read_rows
from cdisc_tools.model.terminology import Problem, ReleaseFile

TAB = "\t"
UNENDED = "it has no line end, so the file may be cut"
UNENDED_REMEDY = "download the file again, or add a line end where it is whole"


def is_text_table(text: str) -> bool:
    """True when the first line is the header of a terminology table, by tabs or commas."""
    return is_header(_first(text).split(TAB)) or is_header(_first(text).split(","))


def read_text_release(text: str) -> ReleaseFile:
    """Read tab-delimited or comma-delimited text; each row's place is its line."""
    tabs = TAB in _first(text)
    problems: list[Problem] = []
    rows = _tab_rows(text) if tabs else _comma_rows(text, problems)
    header = next(rows)
    entries, standards, found = read_rows(header, rows)
    layout = "text" if tabs else "csv"
    if not text.endswith("\n"):
        # what a cut leaves of the last cell can't be told from a whole one
        last = f"line {text.count(chr(10)) + 1}"
        problems.append(Problem(last, UNENDED, UNENDED_REMEDY))
    return ReleaseFile(layout, tuple(entries), tuple(standards), (*found, *problems))


def _first(text: str) -> str:
    return text.partition("\n")[0].rstrip("\r")


def _tab_rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        yield f"line {number}", [_unquoted(cell) for cell in line.rstrip("\r").split(TAB)]


def _unquoted(cell: str) -> str:
    """Take the quotes off that a spreadsheet program puts around a cell with a quote in it."""
    inner = cell[1:-1]
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if quoted else cell


def _comma_rows(text: str, problems: list[Problem]) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield f"line {line}", cells
            line = reader.line_num + 1
    except csv.Error as error:
        reason = f"a quoted cell that begins there does not end as it should ({error})"
        problems.append(Problem(f"line {line}", reason, "download the file again"))
