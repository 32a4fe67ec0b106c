"""SAS transport, SAS and SPSS files read as text, dates as ISO 8601."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from cdisc_tools.io.grid import Grid
from cdisc_tools.io.sas_dates import SAS_EPOCH, SECONDS_A_DAY
from cdisc_tools.io.sas_formats import DATE, DATETIME, TIME, date_kind
from cdisc_tools.io.xpt import only_member
from cdisc_tools.io.xpt_reading import whole_frame
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import letter_of
from cdisc_tools.model.study import SourceSpec

READERS: dict[str, Callable[..., Any]] = {
    ".sas7bdat": pyreadstat.read_sas7bdat,
    ".sav": pyreadstat.read_sav,
    ".zsav": pyreadstat.read_sav,
    ".por": pyreadstat.read_por,
    ".dta": pyreadstat.read_dta,
}
XPT, SPSS = ".xpt", (".sav", ".zsav", ".por")
SPSS_EPOCH = datetime(1582, 10, 14)
# what a format without its width shows: seconds since the epoch, or since midnight
SPSS_FORMATS = {
    DATETIME: re.compile(r"DATE|ADATE|EDATE|JDATE|SDATE|DATETIME|YMDHMS"),
    TIME: re.compile(r"TIME"),
}


def read_statistical(path: Path, source: SourceSpec) -> Grid:
    """Read a statistical file: its variable names and its records as text, numbered from 1.

    A special missing value of SAS transport is its letter (.A), any other is "".
    """
    frame, formats = _read(path, source)
    spss = path.suffix.lower() in SPSS
    columns = [_column(frame[name], formats.get(name) or "", spss=spss) for name in frame.columns]
    rows = [list(record) for record in zip(*columns, strict=True)]
    return Grid([str(name) for name in frame.columns], rows, list(range(1, len(rows) + 1)))


def _read(path: Path, source: SourceSpec) -> tuple[pd.DataFrame, Mapping[str, str | None]]:
    """Read the records of a file, and the formats of its variables."""
    try:
        if path.suffix.lower() != XPT:
            frame, meta = read_by_pyreadstat(path)
            return frame, meta.original_variable_types
        member = only_member(path)
    except ConfigurationError as error:
        raise ConfigurationError(f"source {source.name!r}: {error}") from error
    return whole_frame(member), member.member.about.formats


def read_by_pyreadstat(path: Path, **wanted: Any) -> tuple[pd.DataFrame, Any]:
    """Read a file of SAS, SPSS or Stata, dates as the numbers that they are, and what it says of
    itself; ``wanted`` are options of pyreadstat.

    Raises ConfigurationError when it can't be read.
    """
    suffix = path.suffix.lower()
    try:
        frame, meta = READERS[suffix](str(path), disable_datetime_conversion=True, **wanted)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path.name} is not a readable {suffix} file ({error}); export it again"
        ) from error
    return frame, meta


def _column(values: pd.Series, format_name: str, *, spss: bool) -> list[str]:
    """Write one variable as text; missing is "" until the raw table is made."""
    if not pd.api.types.is_numeric_dtype(values):
        return ["" if pd.isna(value) else str(value) for value in values]
    unit = _date_unit(format_name.upper(), spss=spss)
    return [_number_text(value, unit, spss=spss) for value in values]


def _date_unit(format_name: str, *, spss: bool) -> str:
    if not spss:
        return date_kind(format_name)
    stem = format_name.rstrip("0123456789.")
    return next((unit for unit, names in SPSS_FORMATS.items() if names.fullmatch(stem)), "")


def _number_text(value: float, unit: str, *, spss: bool) -> str:
    if pd.isna(value):
        letter = letter_of(value)
        return f".{letter}" if letter else ""
    if unit == TIME and 0 <= value < SECONDS_A_DAY:
        return (SAS_EPOCH + timedelta(seconds=float(value))).time().isoformat()
    if unit in (DATE, DATETIME):
        length = timedelta(days=1) if unit == DATE else timedelta(seconds=1)
        moment = (SPSS_EPOCH if spss else SAS_EPOCH) + float(value) * length
        midnight = moment.time() == datetime.min.time()
        return moment.date().isoformat() if midnight else moment.isoformat()
    whole = float(value).is_integer()
    return str(int(value)) if whole else format(Decimal(repr(float(value))), "f")
