"""Datasets of SAS, SPSS and Stata, read by pyreadstat into the numbers and formats of SAS.

Dates of SPSS and Stata become dates of SAS. Special missing values are kept (SAS, and .a to .z of
Stata); missing values that a user of SPSS declared stay the numbers that they are. Labels of
values and declared missing values are in the provenance, as JSON.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_tools.io.sas_dates import SAS_EPOCH, SECONDS_A_DAY
from cdisc_tools.io.sas_formats import DATE, DATETIME, DEFAULT_FORMATS, TIME, format_text
from cdisc_tools.io.statistical import READERS, SPSS_EPOCH, SPSS_FORMATS, read_by_pyreadstat
from cdisc_tools.io.text_columns import LARGE, text_values, without_blanks
from cdisc_tools.io.variable_names import require_names
from cdisc_tools.model.special_missing import Numbers, missing_number
from cdisc_tools.model.transport import (
    CHAR,
    CHUNK,
    NUM,
    DatasetAttributes,
    DatasetStream,
    VariableAttributes,
)

STATISTICAL = tuple(READERS)
# from where SPSS counts to where SAS does
_SPSS_SECONDS = (SAS_EPOCH - SPSS_EPOCH).total_seconds()
_SPSS_NUMBER = re.compile(r"F(\d+)(?:\.(\d+))?")
_SPSS_TEXT = re.compile(r"A(\d+)")
# what Stata counts for a format: days, or milliseconds, since 1960
_STATA_DAY, _STATA_MOMENT = re.compile(r"%-?td.*"), re.compile(r"%-?t[cC].*")


@dataclass(frozen=True)
class _Change:
    """How a format of another program becomes one of SAS: (value - start) / divisor."""

    format: str = ""
    start: float = 0
    divisor: float = 1
    is_of_sas: bool = False


def open_statistical(path: Path) -> DatasetStream:
    """Open a file of SAS (.sas7bdat), SPSS (.sav, .zsav, .por) or Stata (.dta).

    Raises ConfigurationError when it can't be read.
    """
    meta = _read(path, metadataonly=True)[1]
    require_names(meta.column_names, path.name)
    suffix = path.suffix.lower()
    changes = {
        name: _change(suffix, meta.original_variable_types.get(name) or "")
        for name in meta.column_names
    }
    about = DatasetAttributes(
        (meta.table_name or path.stem).upper(),
        meta.file_label or "",
        tuple(_variable(name, meta, changes[name]) for name in meta.column_names),
        meta.number_rows if suffix != ".por" else None,
        _provenance(meta),
    )

    def read() -> Iterator[pd.DataFrame]:
        start = 0
        while True:
            frame = _read(path, row_offset=start, row_limit=CHUNK)[0]
            if len(frame) or not start:
                yield _frame(frame, about, changes, start)
            start += len(frame)
            if len(frame) < CHUNK:
                return

    return DatasetStream(about, read, path.name)


def _read(path: Path, **wanted: Any) -> tuple[pd.DataFrame, Any]:
    if path.suffix.lower() != ".por":
        wanted["user_missing"] = True
    return read_by_pyreadstat(path, **wanted)


def _variable(name: str, meta: Any, change: _Change) -> VariableAttributes:
    is_text = meta.readstat_variable_types.get(name) == "string"
    return VariableAttributes(
        name,
        meta.column_names_to_labels.get(name) or "",
        CHAR if is_text else NUM,
        length=_length(meta.variable_storage_width.get(name), change, is_text=is_text),
        format=change.format,
        informat=_dotted((meta.original_variable_informats or {}).get(name) or ""),
    )


def _length(width: int | None, change: _Change, *, is_text: bool) -> int | None:
    """The bytes of a value; only those of SAS say how exact a number is."""
    if is_text:
        return width or None
    return width if width and change.is_of_sas and 2 <= width <= 8 else None


def _dotted(name: str) -> str:
    """A format as SAS writes it."""
    return name if not name or "." in name else f"{name}."


def _change(suffix: str, format_name: str) -> _Change:
    """Translate a format, and say how its numbers become those of SAS."""
    name = format_name.upper()
    if suffix == ".sas7bdat":
        return _Change(_dotted(name), is_of_sas=True)
    return _stata_change(format_name) if suffix == ".dta" else _spss_change(name)


def _stata_change(format_name: str) -> _Change:
    if _STATA_DAY.fullmatch(format_name):
        return _Change(DEFAULT_FORMATS[DATE])
    if _STATA_MOMENT.fullmatch(format_name):
        return _Change(DEFAULT_FORMATS[DATETIME], 0, 1000)
    return _Change()


def _spss_change(name: str) -> _Change:
    unit = next(
        (unit for unit, names in SPSS_FORMATS.items()
         if names.fullmatch(name.rstrip("0123456789."))), "",
    )  # fmt: skip
    if unit == TIME:
        return _Change(DEFAULT_FORMATS[TIME])
    if unit and "TIME" not in name and name[:6] != "YMDHMS":
        return _Change(DEFAULT_FORMATS[DATE], _SPSS_SECONDS, SECONDS_A_DAY)
    if unit:
        return _Change(DEFAULT_FORMATS[DATETIME], _SPSS_SECONDS)
    number, text = _SPSS_NUMBER.fullmatch(name), _SPSS_TEXT.fullmatch(name)
    if number:
        return _Change(format_text("", int(number[1]), int(number[2] or 0)))
    return _Change(f"${text[1]}.") if text else _Change()


def _provenance(meta: Any) -> dict[str, str]:
    said = {
        "created": _moment(meta.creation_time),
        "modified": _moment(meta.modification_time),
        "encoding": meta.file_encoding or "",
        "value_labels": _json(meta.variable_value_labels),
        "missing_ranges": _json(meta.missing_ranges),
        "notes": "\n".join(getattr(meta, "notes", None) or []),
    }
    return {name: value for name, value in said.items() if value}


def _moment(value: Any) -> str:
    return (
        value.replace(tzinfo=None, microsecond=0).isoformat() if isinstance(value, datetime) else ""
    )


def _json(value: Mapping[str, Any] | None) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if value else ""


def _frame(
    frame: pd.DataFrame, about: DatasetAttributes, changes: Mapping[str, _Change], start: int
) -> pd.DataFrame:
    columns = {
        item.name: _numbers(frame[item.name], changes[item.name])
        if item.is_numeric
        else text_values(
            without_blanks(pa.array([_text(value) for value in frame[item.name]], LARGE))
        )
        for item in about.variables
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(start, start + len(frame)))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _numbers(values: pd.Series, change: _Change) -> Numbers:
    """Numbers of SAS; a letter among them is a special missing value."""
    if pd.api.types.is_numeric_dtype(values):
        numbers: Numbers = values.to_numpy(np.float64, na_value=np.nan)
    else:
        numbers = np.array([_number(value) for value in values], np.float64)
    if (change.start, change.divisor) == (0, 1):
        return numbers
    # arithmetic keeps the letter of a special missing value
    changed: Numbers = (numbers - change.start) / change.divisor
    return np.where(np.isnan(numbers), numbers, changed)


def _number(value: Any) -> float:
    if isinstance(value, str):
        return missing_number(value.upper()[:1] or "_")
    return float("nan") if value is None else float(value)
