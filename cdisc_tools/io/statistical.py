"""SAS transport, SAS and SPSS files read as text, dates as ISO 8601."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from cdisc_tools.io.grid import Grid
from cdisc_tools.io.xpt import require_whole
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import SourceSpec

READERS: dict[str, Callable[..., Any]] = {
    ".xpt": pyreadstat.read_xport,
    ".sas7bdat": pyreadstat.read_sas7bdat,
    ".sav": pyreadstat.read_sav,
    ".zsav": pyreadstat.read_sav,
    ".por": pyreadstat.read_por,
}
SAS_EPOCH = datetime(1960, 1, 1)
SECONDS_A_DAY = 86400
SPSS_EPOCH = datetime(1582, 10, 14)
# what a format without its width shows: days since 1960, seconds since then, or since midnight
SAS_FORMATS = {
    "days": re.compile(
        r"DATE|(MMDDYY|DDMMYY|YYMMDD)[BCDNPS]?|[BE]8601DA|IS8601DA|NLDATE|WORDDATX?|WEEKDATX?"
    ),
    "seconds": re.compile(r"DATETIME|DATEAMPM|MDYAMPM|[BE]8601DT|IS8601DT|NLDATM"),
    "time": re.compile(r"TIME|TIMEAMPM|HHMM|TOD|[BE]8601TM|IS8601TM|NLTIME"),
}
SPSS_FORMATS = {
    "seconds": re.compile(r"DATE|ADATE|EDATE|JDATE|SDATE|DATETIME|YMDHMS"),
    "time": re.compile(r"TIME"),
}


def read_statistical(path: Path, source: SourceSpec) -> Grid:
    """Read a statistical file: its variable names and its records as text, numbered from 1."""
    spss = path.suffix.lower() in (".sav", ".zsav", ".por")
    try:
        frame, meta = READERS[path.suffix.lower()](str(path), disable_datetime_conversion=True)
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"source {source.name!r}: {source.file} is not a readable {path.suffix} file ({error})"
        ) from error
    if path.suffix.lower() == ".xpt":
        require_whole(path, f"source {source.name!r}: {source.file}")
    formats = meta.original_variable_types
    columns = [_column(frame[name], formats.get(name) or "", spss=spss) for name in frame.columns]
    rows = [list(record) for record in zip(*columns, strict=True)]
    return Grid([str(name) for name in frame.columns], rows, list(range(1, len(rows) + 1)))


def _column(values: pd.Series, format_name: str, *, spss: bool) -> list[str]:
    """Write one variable as text; missing is "" until the raw table is made."""
    if not pd.api.types.is_numeric_dtype(values):
        return ["" if pd.isna(value) else str(value) for value in values]
    unit = _date_unit(format_name.upper(), spss=spss)
    return [_number_text(value, unit, spss=spss) for value in values]


def _date_unit(format_name: str, *, spss: bool) -> str:
    stem = format_name.rstrip("0123456789.")
    formats = SPSS_FORMATS if spss else SAS_FORMATS
    return next((unit for unit, names in formats.items() if names.fullmatch(stem)), "")


def _number_text(value: float, unit: str, *, spss: bool) -> str:
    if pd.isna(value):
        return ""
    if unit == "time" and 0 <= value < SECONDS_A_DAY:
        return (SAS_EPOCH + timedelta(seconds=float(value))).time().isoformat()
    if unit in ("days", "seconds"):
        moment = (SPSS_EPOCH if spss else SAS_EPOCH) + timedelta(**{unit: float(value)})
        midnight = moment.time() == datetime.min.time()
        return moment.date().isoformat() if midnight else moment.isoformat()
    whole = float(value).is_integer()
    return str(int(value)) if whole else format(Decimal(repr(float(value))), "f")
