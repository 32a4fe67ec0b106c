"""Rows of a terminology file: the columns of the NCI EVS text and Excel files, and their entries.

Source: the releases of NCI EVS (evs.nci.nih.gov/ftp1/CDISC), whose ReadMe sheet tells of the
columns; see specs/SOURCES.md.
"""

from collections.abc import Iterable, Sequence

from cdisc_tools.model.terminology import SYNONYM_MARK, Entry, Problem

CODE, CODELIST = "code", "codelist code"
STANDARD = "standard and date"
# the name of each column, and how else releases spelled it
COLUMNS: dict[str, tuple[str, ...]] = {
    CODE: (),
    CODELIST: (),
    "codelist extensible (yes/no)": ("codelist extensible",),
    "codelist name": (),
    "cdisc submission value": (),
    "cdisc synonym(s)": ("cdisc synonym", "cdisc synonyms", "cdisc symonym(s)"),
    "cdisc definition": (),
    "nci preferred term": (),
}
_SHOWN = {
    CODE: "Code",
    CODELIST: "Codelist Code",
    "codelist extensible (yes/no)": "Codelist Extensible (Yes/No)",
    "codelist name": "Codelist Name",
    "cdisc submission value": "CDISC Submission Value",
    "cdisc synonym(s)": "CDISC Synonym(s)",
    "cdisc definition": "CDISC Definition",
    "nci preferred term": "NCI Preferred Term",
}
_DOWNLOAD = "download the file again"
Row = tuple[str, Sequence[str]]


def is_header(cells: Sequence[str]) -> bool:
    """True for the header of a terminology table: its first two columns are the codes."""
    return [_folded(cell) for cell in cells[:2]] == [CODE, CODELIST]


def synonyms_of(text: str) -> tuple[str, ...]:
    """Split the synonyms of a cell.

    >>> synonyms_of("Male; M;")
    ('Male', 'M')
    """
    return tuple(item.strip() for item in cleaned(text).split(SYNONYM_MARK) if item.strip())


def read_rows(header: Row, rows: Iterable[Row]) -> tuple[list[Entry], list[str], list[Problem]]:
    """Make the entries of a table; blank rows are passed over, empty cells at a row's end count.

    Returns them, what the rows name as their standard and date, and the problems: columns that
    the header lacks, has twice or has unknown, and rows of another width.
    """
    names, problems = _columns(header)
    entries: list[Entry] = []
    standards: dict[str, None] = {}
    if problems:
        return entries, [], problems
    width = len(names)
    for place, raw in rows:
        cells = [cleaned(cell) for cell in raw]
        if not any(cells):
            continue
        if len(cells) < width or any(cells[width:]):
            problems.append(_width_problem(place, len(cells), width))
            continue
        line = dict(zip(names, cells, strict=False))
        standard = line.get(STANDARD, "")
        if standards and standard not in standards:
            reason = f"standard and date is '{standard}', above it is '{next(iter(standards))}'"
            problems.append(Problem(place, reason, _DOWNLOAD))
        standards.setdefault(standard)
        entries.append(_entry(place, line))
    return entries, [text for text in standards if text], problems


def _columns(header: Row) -> tuple[list[str], list[Problem]]:
    place, cells = header
    spelled = {other: name for name, others in COLUMNS.items() for other in others}
    names = [spelled.get(_folded(cell), _folded(cell)) for cell in cells]
    while names and not names[-1]:
        names.pop()
    problems = [
        Problem(place, f"the header lacks the column '{_SHOWN[name]}'", _DOWNLOAD)
        for name in COLUMNS
        if name not in names
    ]
    known = {*COLUMNS, STANDARD}
    for position, name in enumerate(names):
        if name not in known:
            reason = f"the header has the unknown column '{cells[position]}'"
            problems.append(Problem(place, reason, _DOWNLOAD))
        elif name in names[:position]:
            reason = f"the header has the column '{cells[position]}' twice"
            problems.append(Problem(place, reason, _DOWNLOAD))
    return names, problems


def _width_problem(place: str, cells: int, width: int) -> Problem:
    if cells < width:
        reason = f"{cells} cells under {width} columns, so the row or the file was cut"
    else:
        reason = f"{cells} cells under {width} columns"
    return Problem(place, reason, _DOWNLOAD)


def _entry(place: str, line: dict[str, str]) -> Entry:
    return Entry(
        place=place,
        codelist=line[CODELIST],
        code=line[CODE],
        extensible=line["codelist extensible (yes/no)"],
        name=line["codelist name"],
        submission_value=line["cdisc submission value"],
        preferred_term=line["nci preferred term"],
        synonyms=synonyms_of(line["cdisc synonym(s)"]),
    )


def _folded(cell: str) -> str:
    return " ".join(cell.split()).casefold()


def cleaned(text: str) -> str:
    """A text without line breaks and tabs, and without blanks around it."""
    return " ".join(text.splitlines()).replace("\t", " ").strip()
