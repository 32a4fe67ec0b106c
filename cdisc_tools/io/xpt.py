"""SAS transport version 5, written by pyreadstat with fixed timestamps."""

import mmap
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from cdisc_tools.io.writing import replacing
from cdisc_tools.io.xpt_records import RECORD, UnreadLayoutError, read_member
from cdisc_tools.model.data import Dataset, DatasetFile
from cdisc_tools.model.errors import ConfigurationError

STAMP_BYTES = 16
MAX_BYTES = 200
# record number, offset: created and modified of the library and of its one member
STAMPS = ((1, 64), (2, 0), (5, 64), (6, 0))
# headers of version 5 and of version 8, which pyreadstat reads as well
MEMBER = re.compile(rb"HEADER RECORD\*{7}(?:MEMBER  |MEMBV8  )HEADER RECORD")
NAMES = re.compile(rb"HEADER RECORD\*{7}(?:NAMESTR |NAMSTV8 )HEADER RECORD")
OBSERVATIONS = re.compile(rb"HEADER RECORD\*{7}(?:OBS     |OBSV8   )HEADER RECORD!{7}([ \d]{15})")
DATE_FORMATS = frozenset({"DATE", "E8601DA", "YYMMDD"})
SAS_EPOCH_DATE = pd.Timestamp(date(1960, 1, 1))


def write_xpt(dataset: Dataset, path: Path, timestamp: datetime) -> None:
    """Write a dataset as SAS transport version 5; the same dataset gives the same bytes.

    Labels and formats are those of the spec; a text takes $ formats alone. Dates (datetime64) are
    written as numbers, with format DATE9. where the spec gives no date format; missing text as "".
    Raises ConfigurationError when a value is longer than 200 bytes.
    """
    frame, formats = _transportable(dataset)
    labels: dict[str, str | None] = {
        name: dataset.spec.by_name[name].label for name in frame.columns
    }
    with replacing(path) as temporary:
        pyreadstat.write_xport(
            frame, str(temporary), file_label=dataset.spec.label[:40], column_labels=labels,
            table_name=dataset.name, file_format_version=5, variable_format=formats,
        )  # fmt: skip
        _stamp(temporary, timestamp)


def _transportable(dataset: Dataset) -> tuple[pd.DataFrame, dict[str, str]]:
    columns: dict[str, object] = {}
    formats: dict[str, str] = {}
    for name, values in dataset.frame.items():
        specified = dataset.spec.by_name[str(name)].format
        # a text takes no format of numbers: a reader would look for a date in it
        if specified and _is_number(values) != specified.startswith("$"):
            formats[str(name)] = specified
        if pd.api.types.is_datetime64_any_dtype(values):
            columns[str(name)] = (values - SAS_EPOCH_DATE).dt.days.astype("float64")
            if not _is_date_format(specified):
                formats[str(name)] = "DATE9."
        elif pd.api.types.is_numeric_dtype(values):
            columns[str(name)] = values.astype("float64")
        else:
            columns[str(name)] = _short_text(dataset, str(name), values)
    return pd.DataFrame(columns), formats


def _is_number(values: pd.Series) -> bool:
    kinds = pd.api.types
    return kinds.is_numeric_dtype(values) or kinds.is_datetime64_any_dtype(values)


def _is_date_format(name: str) -> bool:
    return name.upper().rstrip("0123456789.") in DATE_FORMATS


def _short_text(dataset: Dataset, name: str, values: pd.Series) -> pd.Series:
    text = pd.Series(values.fillna("").to_numpy(dtype="object"))
    # four bytes are the most that a character takes
    if not (values.str.len() * 4 > MAX_BYTES).any():
        return text
    too_long = text.map(lambda value: len(value.encode("utf-8"))) > MAX_BYTES
    if too_long.any():
        record = int(too_long.to_numpy().argmax())
        raise ConfigurationError(
            f"{dataset.name}.{name} record {record + 1}: the value is longer than 200 bytes, "
            f"which SAS transport version 5 cannot hold: {text.iloc[record][:60]!r}..."
        )
    return text


def _stamp(path: Path, timestamp: datetime) -> None:
    """Overwrite the four timestamps that the writer took from the clock."""
    text = timestamp.strftime("%d%b%y:%H:%M:%S").upper().encode("ascii")
    with path.open("r+b") as stream:
        for record, offset in STAMPS:
            stream.seek(record * RECORD + offset)
            stream.write(text.ljust(STAMP_BYTES))


def read_xpt(path: Path) -> DatasetFile:
    """Read a SAS transport file with its labels; a number with a date format becomes a date, and
    texts are categories.

    Text is UTF-8, or else windows-1252, which reads any bytes. A file of version 8 is left to
    pyreadstat.
    Raises ConfigurationError when the file is none, is damaged, ends within a record, or holds
    several datasets.
    """
    try:
        member = read_member(path)
    except UnreadLayoutError:
        return _read_other(path)
    require_whole(path, path.name)
    frame = member.frame
    for item in member.variables:
        if item.numeric and _is_date_format(item.format):
            frame[item.name] = _dates(frame[item.name])
    labels = {item.name: item.label for item in member.variables}
    return DatasetFile(
        frame,
        {**labels, "": member.label},
        {item.name: item.length for item in member.variables},
        {item.name: item.format for item in member.variables if item.format},
    )


def _dates(days: pd.Series) -> pd.Series:
    return (SAS_EPOCH_DATE + pd.to_timedelta(days, unit="D")).astype("datetime64[s]")


def _read_other(path: Path) -> DatasetFile:
    try:
        frame, meta = _read_in_either(path)
    except pyreadstat.ReadstatError as error:
        raise ConfigurationError(
            f"{path.name} is no readable SAS transport version 5 file: {error}"
        ) from error
    require_whole(path, path.name)
    for name, format_name in meta.original_variable_types.items():
        if _is_date_format(format_name or "") and pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = _dates(frame[name])
    labels = {name: label or "" for name, label in meta.column_names_to_labels.items()}
    formats = {name: text for name, text in meta.original_variable_types.items() if text}
    lengths = dict(meta.variable_storage_width)
    return DatasetFile(frame, {**labels, "": meta.file_label or ""}, lengths, formats)


def _read_in_either(path: Path) -> tuple[pd.DataFrame, Any]:
    """Read as UTF-8; bytes that are none arrive as an error of the reader."""
    try:
        return _read(path, "utf-8")
    except (UnicodeDecodeError, pyreadstat.ReadstatError):
        return _read(path, "windows-1252")


def _read(path: Path, encoding: str) -> tuple[pd.DataFrame, Any]:
    return pyreadstat.read_xport(str(path), encoding=encoding, disable_datetime_conversion=True)


def require_whole(path: Path, shown: str) -> None:
    """Raise ConfigurationError when a transport file ends within a record; ``shown`` names it.

    The reader leaves such a rest out. Version 5 has no count of records, so a file that was cut
    between two of them cannot be told from a whole one.
    Source: SAS TS-140, the record layout of a SAS version 5 or 6 transport data set.
    """
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if len(data) % RECORD or not _ends_with_a_record(data):
            raise ConfigurationError(
                f"{shown} ends within a record: the file was cut off; export or copy it again"
            )


def _ends_with_a_record(data: mmap.mmap) -> bool:
    member, names = MEMBER.search(data), NAMES.search(data)
    header = OBSERVATIONS.search(data)
    if not member or not names or not header:
        return True
    size = int(data[member.start() + 74 : member.start() + 78])
    count = int(data[names.start() + 54 : names.start() + 58])
    first = names.start() + RECORD
    length = sum(
        int.from_bytes(data[place + 4 : place + 6], "big")
        for place in range(first, first + count * size, size)
    )
    start = header.start() + RECORD
    another = next((m for m in MEMBER.finditer(data, start) if m.start() % RECORD == 0), None)
    end = another.start() if another else len(data)
    rest = (end - start) % length if length else 0
    # version 8 counts its records; behind the last one stand blanks up to the file's record
    counted = int(header[1]) if header[1].strip(b" 0") else 0
    whole = counted * length <= end - start
    return whole and rest < RECORD and not data[end - rest : end].strip(b" ")
