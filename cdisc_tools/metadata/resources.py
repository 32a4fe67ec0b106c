"""Where the data files of the product lie, in a checkout and in a wheel."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from cdisc_tools.model.errors import ConfigurationError

SAMPLE_STUDY = "nct00949325"
_PACKAGE = Path(__file__).resolve().parents[1]


def specs_path() -> Path:
    """Return the folder of standards, terminology, criteria, endpoints and checks.

    Raises ConfigurationError when the installation lacks it.
    """
    return _find("specs")


def sample_study_path() -> Path:
    """Return the folder of the sample study that ships with the product.

    Raises ConfigurationError when the installation lacks it.
    """
    return _find("sample_data") / SAMPLE_STUDY


def read_text(path: Path, shown: str = "") -> str:
    """Read a UTF-8 file of ours, with or without a byte order mark; ``shown`` names it.

    Raises ConfigurationError that names the file, and the line of a byte that is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{shown or path}: can't be read ({error.strerror}).") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # the error counts from behind a byte order mark
        start = error.start + len(data) - len(error.object)
        line = len(data[:start].splitlines()) or 1
        raise ConfigurationError(
            f"{shown or path} line {line}: byte 0x{data[start]:02X} is not UTF-8; save the file as "
            "UTF-8 (in a spreadsheet program: CSV UTF-8)"
        ) from error


def read_table(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the lines of a CSV file of ours as text; an empty cell is "".

    A line may lack trailing cells; blank lines are passed over.
    Raises ConfigurationError that names the file, and the line or the columns that are wrong.
    """
    for _, line in read_lines(path, columns):
        yield line


def read_lines(
    path: Path, columns: Sequence[str], shown: str = ""
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the lines of a CSV file as ``read_table`` does, with a spreadsheet's row numbers."""
    shown = shown or str(path)
    header, rows = _headed(path, columns, shown)
    for number, cells in rows:
        if any(cell.strip() for cell in cells):
            yield number, _line(header, cells, f"{shown} line {number}")


def read_cells(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of the named columns of each line as ``read_lines`` does, in their order.

    For files of many lines: no line becomes a dictionary.
    """
    shown = str(path)
    header, rows = _headed(path, columns, shown)
    places, width = [header.index(name) for name in columns], len(header)
    for number, cells in rows:
        if len(cells) == width:
            named = [cells[place] for place in places]
        else:
            filled = _line(header, cells, f"{shown} line {number}")
            named = [filled.get(name, "") for name in columns]
        if any(named):
            yield number, named


def _headed(
    path: Path, columns: Sequence[str], shown: str
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the header of a CSV file, which must have some columns, and the rows behind it."""
    rows = _rows(path, shown)
    _, cells = next(rows, (1, []))
    header = [name.strip() for name in cells]
    check_header(header, columns, shown)
    return header, rows


def _rows(path: Path, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file with a spreadsheet's row numbers, the header among them."""
    reader = csv.reader(io.StringIO(read_text(path, shown), newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error as error:
        raise ConfigurationError(
            f"{shown} line {number + 1}: a quote is open or stands within a cell ({error}); write "
            "a quote within a quoted cell twice"
        ) from error


def check_header(header: list[str], columns: Sequence[str], shown: str) -> None:
    """Raise ConfigurationError where a header lacks a column or has one twice."""
    absent = [column for column in columns if column not in header]
    if absent:
        raise ConfigurationError(f"{shown}: the header lacks {', '.join(absent)}; add it.")
    repeated = sorted({name for name in header if header.count(name) > 1 and name})
    if repeated:
        raise ConfigurationError(f"{shown}: the column {repeated[0]} stands there twice; drop one.")


def _line(header: list[str], cells: list[str], place: str) -> dict[str, str]:
    width = len(header)
    if len(cells) > width:
        raise ConfigurationError(
            f"{place}: {len(cells)} cells under {width} columns; "
            "quote the values that hold a comma."
        )
    filled_up = zip(header, cells + [""] * (width - len(cells)), strict=True)
    # an unnamed column without anything in it is none
    return {name: cell for name, cell in filled_up if name or cell.strip()}


def _find(folder: str) -> Path:
    """Find a data folder: inside the package (wheel) or beside it (checkout)."""
    candidates = (_PACKAGE / "_data" / folder, _PACKAGE.parent / folder)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    places = " nor ".join(str(candidate) for candidate in candidates)
    raise ConfigurationError(f"The data folder '{folder}' is neither {places}; reinstall.")


def read_date_words() -> dict[str, str]:
    """Read the words of collected dates: month names (1 to 12) and words for unknown."""
    lines = read_table(specs_path() / "mapping" / "date_words.csv", ("word", "meaning"))
    return {line["word"]: line["meaning"] for line in lines}
