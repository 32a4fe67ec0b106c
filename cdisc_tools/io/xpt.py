"""SAS transport version 5, written by pyreadstat with fixed timestamps."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyreadstat

from cdisc_tools.io.writing import replacing
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError

RECORD = 80
STAMP_BYTES = 16
# record number, offset: created and modified of the library and of its one member
STAMPS = ((1, 64), (2, 0), (5, 64), (6, 0))
DATE_FORMATS = frozenset({"DATE", "E8601DA", "YYMMDD"})
SAS_EPOCH_DATE = pd.Timestamp(date(1960, 1, 1))


def write_xpt(dataset: Dataset, path: Path, timestamp: datetime) -> None:
    """Write a dataset as SAS transport version 5; the same dataset gives the same bytes.

    Dates (datetime64) are written as numbers with format DATE9., missing text as "".
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
        if pd.api.types.is_datetime64_any_dtype(values):
            columns[str(name)] = (values - SAS_EPOCH_DATE).dt.days.astype("float64")
            formats[str(name)] = "DATE9."
        elif pd.api.types.is_numeric_dtype(values):
            columns[str(name)] = values.astype("float64")
        else:
            columns[str(name)] = _short_text(dataset, str(name), values)
    return pd.DataFrame(columns), formats


def _short_text(dataset: Dataset, name: str, values: pd.Series) -> pd.Series:
    text = values.astype("object").where(values.notna(), "")
    too_long = text.map(lambda value: len(value.encode("utf-8"))) > 200
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


def read_xpt(path: Path, encoding: str = "windows-1252") -> pd.DataFrame:
    """Read a SAS transport file; a number with a date format becomes a date.

    Raises ConfigurationError when the file is none.
    """
    try:
        frame, meta = pyreadstat.read_xport(
            str(path), encoding=encoding, disable_datetime_conversion=True
        )
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path.name} is no readable SAS transport version 5 file: {error}"
        ) from error
    for name, format_name in meta.original_variable_types.items():
        if (format_name or "").upper().rstrip("0123456789.") in DATE_FORMATS:
            days = pd.to_timedelta(frame[name], unit="D")
            frame[name] = (SAS_EPOCH_DATE + days).astype("datetime64[s]")
    return frame
