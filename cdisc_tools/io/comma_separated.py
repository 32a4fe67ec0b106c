"""Datasets as CSV (RFC 4180, UTF-8), always with a side file that holds what a CSV can't say.

A text that a spreadsheet program would take for a formula gets an apostrophe in front, which our
own reading takes away again; numbers are never changed.
Source: RFC 4180, section 2; OWASP ASVS 5.0, requirement 1.2.10 (what begins a formula, and the
apostrophe); line ends, blanks before and the wide forms are ours.
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from cdisc_tools.io.moments import made_at
from cdisc_tools.io.numbers_held import checked_chunks, column_numbers, numbers_held
from cdisc_tools.io.side_files import (
    SideEntry,
    read_side_entry,
    replacing_with_side,
    side_entry,
    with_side,
)
from cdisc_tools.io.text_columns import (
    LARGE,
    Texts,
    between,
    encoded,
    joined_records,
    number_texts,
    text_values,
    without_blanks,
)
from cdisc_tools.io.variable_names import require_names
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import Numbers
from cdisc_tools.model.transport import (
    CHUNK,
    DatasetAttributes,
    DatasetStream,
    VariableAttributes,
)

APOSTROPHE = "apostrophe"
# what begins a formula, also in the wide forms of East Asian scripts, and behind blanks
_STARTS = r"[=+\-@\x00\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
_FORMULA = rf"^'* *{_STARTS}"
_GUARDED = rf"^''* *{_STARTS}"
_NEEDS_QUOTES = r'[",\r\n]'
_END = "\r\n"
_BLOCK = 16_777_216
# characters within which the header ends
_HEADER = 4_194_304
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"


def guarded(texts: Texts) -> Texts:
    """Put an apostrophe in front of texts that a spreadsheet program would calculate; a number
    with a sign is none.
    """
    is_number = pc.match_substring_regex(texts, _NUMBER)
    is_formula = pc.and_not(pc.match_substring_regex(texts, _FORMULA), is_number)
    return pc.if_else(is_formula, between("'", texts, ""), texts)


def unguarded(texts: Texts) -> Texts:
    """Take the apostrophes of ``guarded`` away again."""
    is_guarded = pc.match_substring_regex(texts, _GUARDED)
    return pc.if_else(is_guarded, pc.utf8_slice_codeunits(texts, 1), texts)


def write_csv(stream: DatasetStream, path: Path, *, timestamp: datetime | None = None) -> None:
    """Write a dataset with a header of its variables' names, and its side file.

    Raises ConfigurationError for what CSV can't hold; no file is written then.
    """
    held = numbers_held(stream, "CSV")
    about = made_at(stream.about, timestamp)
    names = [variable.name for variable in about.variables]
    require_names(names, about.name)
    plain = DatasetAttributes("", variables=tuple(VariableAttributes(name) for name in names))
    entry = side_entry(about, plain, held, shown=path.name, texts=APOSTROPHE)
    with replacing_with_side(path, [entry], always=True) as temporary, temporary.open("wb") as file:
        header = [_field(guarded(pa.array([name], LARGE))) for name in names]
        file.write(joined_records(header, ",", "", ("", _END)) if header else b"")
        for frame in checked_chunks(stream, held.records):
            file.write(_records(frame, about))


def _records(frame: pd.DataFrame, about: DatasetAttributes) -> memoryview:
    columns = [
        number_texts(column_numbers(frame[item.name]))
        if item.is_numeric
        else encoded(frame[item.name], lambda texts: _field(guarded(texts)))
        for item in about.variables
    ]
    if len(columns) == 1:
        # a line with nothing in it would be no record to many programs
        columns = [pc.fill_null(columns[0], pa.scalar('""', LARGE))]
    return joined_records(columns, ",", "", ("", _END)) if columns else memoryview(b"")


def _field(texts: Texts) -> Texts:
    """Quote the texts that need it."""
    needed = pc.match_substring_regex(texts, _NEEDS_QUOTES)
    quoted = between('"', pc.replace_substring(texts, '"', '""'), '"')
    return pc.if_else(needed, quoted, texts)


def open_csv(path: Path) -> DatasetStream:
    """Open a CSV file; with a side file its variables have the types and attributes that it says,
    without one all are texts.

    Raises ConfigurationError, at once or while records are read, for bytes that aren't UTF-8, a
    record of another number of values, a value that is no number where one belongs.
    """
    entry = read_side_entry(path)
    names = _header(path)
    if entry and entry.texts == APOSTROPHE:
        names = unguarded(pa.array(names, LARGE)).to_pylist()
    about = DatasetAttributes(
        entry.name if entry else path.stem.upper(),
        variables=tuple(VariableAttributes(name) for name in names),
    )
    numeric = _numeric(entry)

    def read() -> Iterator[pd.DataFrame]:
        start = 0
        for batch in _batches(path, names):
            for first in range(0, batch.num_rows, CHUNK):
                piece = batch.slice(first, CHUNK)
                yield _frame(piece, numeric, entry, (path.name, start))
                start += piece.num_rows
        if not start:
            empty = pa.RecordBatch.from_arrays([pa.array([], LARGE) for _ in names], names=names)
            yield _frame(empty, numeric, entry, (path.name, 0))

    stream = DatasetStream(about, read, path.name)
    return with_side(stream, entry) if entry else stream


def _numeric(entry: SideEntry | None) -> frozenset[str]:
    if entry is None:
        return frozenset()
    return frozenset(name for name, said in entry.attributes.items() if said.get("type") == "Num")


def _header(path: Path) -> list[str]:
    """The names of the variables, as the first record has them.

    Raises ConfigurationError for an empty name or one that stands twice, and for an empty line.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            start = stream.read(_HEADER)
            names = next(csv.reader(io.StringIO(start, newline=""), strict=True), [])
        except (csv.Error, UnicodeDecodeError) as error:
            raise _unreadable(path, str(error)) from error
    if len(start) == _HEADER and len(",".join(names)) > _HEADER // 2:
        raise _unreadable(path, "its first line has no end")
    if start and not names:
        raise ConfigurationError(
            f"{path.name} line 1 is empty where the names of the columns belong; remove it"
        )
    require_names(names, f"{path.name} line 1")
    return names


def _batches(path: Path, names: list[str]) -> Iterator[pa.RecordBatch]:
    columns = [f"c{place}" for place in range(len(names))]
    if not names:
        return
    try:
        with pacsv.open_csv(
            path,
            read_options=pacsv.ReadOptions(
                use_threads=False, block_size=_BLOCK, column_names=columns, skip_rows_after_names=1
            ),
            # an empty line is a record where there is but one variable
            parse_options=pacsv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=len(names) > 1
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(columns, LARGE), strings_can_be_null=False
            ),
        ) as reader:
            for batch in reader:
                yield batch.rename_columns(names)
    except pa.ArrowInvalid as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, fault: str) -> ConfigurationError:
    return ConfigurationError(
        f"{path.name} can't be read as CSV: {fault}; every line needs a value a column, set apart "
        "by commas, in UTF-8"
    )


def _frame(
    batch: pa.RecordBatch, numeric: frozenset[str], entry: SideEntry | None, place: tuple[str, int]
) -> pd.DataFrame:
    changed = entry is not None and entry.texts == APOSTROPHE
    columns = {}
    for name, texts in zip(batch.schema.names, batch.columns, strict=True):
        if name in numeric:
            columns[name] = numbers_of(texts, name, place)
        else:
            plain = unguarded(texts) if changed else texts
            columns[name] = text_values(without_blanks(plain))
    start = place[1]
    return pd.DataFrame(columns, index=pd.RangeIndex(start, start + batch.num_rows))


def numbers_of(texts: Texts, name: str, place: tuple[str, int]) -> Numbers:
    """Read texts as numbers, a missing one where there is none; ``place`` is file and record.

    Raises ConfigurationError that names the record of a text that is no number.
    """
    given = pc.if_else(pc.equal(texts, pa.scalar("", LARGE)), pa.scalar(None, LARGE), texts)
    fits = pc.fill_null(pc.match_substring_regex(given, _NUMBER), True)
    numbers = np.empty(0)
    if pc.all(fits).as_py() is not False:
        plain = pc.replace_substring_regex(given, r"^\+", "")
        numbers = pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False)
        fits = pa.array(~np.isinf(numbers))
    if pc.all(fits).as_py() is False:
        row = fits.index(False).as_py()
        raise ConfigurationError(
            f"{place[0]} record {place[1] + row + 1} {name}: {given[row].as_py()[:60]!r} is no "
            "number that 8 bytes hold; correct it, or make the variable Char in the side file"
        )
    return numbers
