"""Terminology as an Excel workbook of NCI EVS, .xls or .xlsx."""

import io
import zipfile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from cdisc_tools.io.terminology_rows import is_header, read_rows
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.numbers import number_text
from cdisc_tools.model.terminology import ReleaseFile

OLE, ZIP = bytes.fromhex("d0cf11e0a1b11ae1"), b"PK\x03\x04"
# a release unpacks to some 50 MB
MOST_BYTES = 1_000_000_000
_AGAIN = "download the file again"


def is_workbook(data: bytes) -> bool:
    """True for the first bytes of an .xls or .xlsx file."""
    return data.startswith((OLE, ZIP))


def read_excel_release(data: bytes, shown: str) -> ReleaseFile:
    """Read the one sheet of a workbook that has the columns of a terminology table.

    The sheet's name tells its package and date. Raises ConfigurationError for a workbook that
    can't be read, or has no such sheet or several.
    """
    workbook = _opened(data, shown)
    found = []
    for name in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        texts = [[_text(cell) for cell in row] for row in rows]
        start = next((at for at, row in enumerate(texts) if any(row)), 0)
        if texts and is_header(texts[start]):
            found.append((name, start, texts))
    if len(found) != 1:
        raise ConfigurationError(
            f"{shown}: {len(found) or 'no'} sheet{'s' * (len(found) != 1)} with the header 'Code', "
            f"'Codelist Code' of a terminology table among {', '.join(workbook.sheet_names)}; "
            "give a workbook with one, as NCI EVS publishes it"
        )
    name, start, texts = found[0]
    places = [f"[{name}] row {number}" for number in range(1, len(texts) + 1)]
    header, *body = list(zip(places, texts, strict=True))[start:]
    entries, standards, problems = read_rows(header, body)
    return ReleaseFile("excel", tuple(entries), (name, *standards), tuple(problems))


def _opened(data: bytes, shown: str) -> CalamineWorkbook:
    try:
        if data.startswith(ZIP):
            _check_size(data, shown)
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise ConfigurationError(
            f"{shown} is protected by a password; save it without one"
        ) from error
    except (CalamineError, zipfile.BadZipFile) as error:
        raise ConfigurationError(
            f"{shown}: is cut or is no readable workbook ({error}); {_AGAIN}"
        ) from error


def _check_size(data: bytes, shown: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        size = sum(part.file_size for part in parts.infolist())
        broken = parts.testzip() if size <= MOST_BYTES else None
    if size > MOST_BYTES:
        raise ConfigurationError(
            f"{shown}: would unpack to {size:,} bytes, more than any release; {_AGAIN}"
        )
    if broken:
        raise ConfigurationError(f"{shown}: its part {broken} is altered; {_AGAIN}")


def _text(cell: object) -> str:
    """Write a cell as text; a number without its ".0"."""
    return number_text(cell) if isinstance(cell, float) else str(cell)
