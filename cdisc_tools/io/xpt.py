"""SAS transport files of one dataset, as the product reads and writes its own."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_tools.io.sas_dates import SAS_EPOCH, SECONDS_A_DAY
from cdisc_tools.io.sas_formats import DATE, DATETIME, DEFAULT_FORMATS, date_kind
from cdisc_tools.io.xpt_limits import UTF_8
from cdisc_tools.io.xpt_reading import XptMember, read_members, whole_frame
from cdisc_tools.io.xpt_writing import longest_values, write_xpt_streams
from cdisc_tools.model.data import Dataset, DatasetFile
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import VariableSpec
from cdisc_tools.model.transport import (
    CHAR,
    NUM,
    DatasetAttributes,
    DatasetStream,
    VariableAttributes,
    stream_of,
)

_EPOCH = np.datetime64(SAS_EPOCH, "s")
_UNITS = {DATE: "D", DATETIME: "s"}
_SUPPLEMENTAL = "SUPP"
_SECONDS = {"D": SECONDS_A_DAY, "s": 1}
# of the year 19900, as far from 1960 as dates of SAS go
_LAST_SECOND = 5.67e11


def write_xpt(
    dataset: Dataset,
    path: Path,
    timestamp: datetime,
    *,
    lengths: Mapping[str, int] | None = None,
    encoding: str = UTF_8,
) -> None:
    """Write a dataset as SAS transport version 5; the same dataset gives the same bytes.

    Labels and formats are those of the spec; a text takes $ formats alone. A text variable has the
    length of ``lengths`` (``study_lengths``), or else, and in a supplemental dataset, of its
    longest value in bytes. Dates (datetime64) are written as
    days, with format DATE9. where the spec gives no format of dates; with a time of day, or a
    format of date-times, as seconds (DATETIME20.). Missing text is blank.
    Raises ConfigurationError as ``write_xpt_streams`` does, such as for a value of more than 200
    bytes.
    """
    stream = dataset_stream(dataset)
    found = {} if dataset.name.startswith(_SUPPLEMENTAL) else lengths or {}
    variables = tuple(
        item if item.is_numeric else replace(item, length=found.get(item.name))
        for item in stream.about.variables
    )
    stream = stream.with_about(replace(stream.about, variables=variables))
    write_xpt_streams([stream], path, timestamp=timestamp, encoding=encoding)


def study_lengths(datasets: Iterable[Dataset]) -> dict[str, int]:
    """Measure the texts of a study: of each variable the longest value in bytes, over all datasets
    but the supplemental ones; a length that the study's specification states is the least.

    Source: FDA Study Data Technical Conformance Guide 6.0, on the size of datasets.
    """
    counted = [dataset for dataset in datasets if not dataset.name.startswith(_SUPPLEMENTAL)]
    streams = [dataset_stream(dataset) for dataset in counted]
    names = {item.name for stream in streams for item in stream.about.variables
             if not item.is_numeric}  # fmt: skip
    longest = longest_values(streams, sorted(names), UTF_8)
    for dataset in counted:
        for variable in dataset.spec.variables:
            # a standard's length is a limit, a specification's is meant
            if variable.name in longest and variable.data_type and variable.length:
                longest[variable.name] = max(longest[variable.name], variable.length)
    return longest


def longer_of(lengths: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    """Join the lengths of variables, the longer of two."""
    return {
        name: max(lengths.get(name, 0), others.get(name, 0)) for name in sorted({*lengths, *others})
    }


def dataset_stream(dataset: Dataset) -> DatasetStream:
    """Make a stream of a dataset in memory, with the attributes of its spec."""
    about = dataset_about(dataset)
    columns = {item.name: _held(dataset.frame[item.name], item) for item in about.variables}
    return stream_of(pd.DataFrame(columns, index=dataset.frame.index), about)


def dataset_about(dataset: Dataset) -> DatasetAttributes:
    """Say of a dataset in memory what a transport file says: labels and formats of its spec."""
    variables = tuple(
        _attributes(dataset.spec.by_name[str(name)], values)
        for name, values in dataset.frame.items()
    )
    return DatasetAttributes(dataset.name, dataset.spec.label, variables)


def _attributes(spec: VariableSpec, values: pd.Series) -> VariableAttributes:
    """The attributes of a variable: a text takes no format of numbers, as a reader would look for
    a date in it; dates have a format of dates.
    """
    kinds, named = pd.api.types, spec.format
    is_date = kinds.is_datetime64_any_dtype(values)
    is_number = is_date or kinds.is_numeric_dtype(values)
    if is_date:
        kind = _date_kind(named, values)
        named = named if date_kind(named) == kind else DEFAULT_FORMATS[kind]
    elif named.startswith("$") == is_number:
        named = ""
    return VariableAttributes(spec.name, spec.label, NUM if is_number else CHAR, format=named)


def _held(values: pd.Series, item: VariableAttributes) -> pd.Series:
    """The values of a variable as a stream holds them."""
    if not item.is_numeric:
        empty = values == ""
        return values.mask(empty) if bool(empty.any()) else values
    if not pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("float64")
    since = values.to_numpy("datetime64[s]") - _EPOCH
    unit = _UNITS[date_kind(item.format)]
    return pd.Series(since / np.timedelta64(1, unit), values.index)  # type: ignore[call-overload]


def _date_kind(name: str, values: pd.Series) -> str:
    """What a vector of dates is written as: a format of date-times, or a time of day, asks for
    seconds.
    """
    kind = date_kind(name)
    if kind in _UNITS:
        return kind
    present = values.dropna()
    return DATE if bool((present.dt.normalize() == present).all()) else DATETIME


def read_xpt(path: Path) -> DatasetFile:
    """Read a SAS transport file of version 5 or 8 with its labels; a number with a format of dates
    or date-times becomes a date (datetime64), and texts are categories.

    Text is UTF-8, or else windows-1252, which reads any bytes.
    Raises ConfigurationError when the file is none, is damaged, ends within a record, or holds
    several datasets.
    """
    member = only_member(path)
    return dataset_file(member.member.about, whole_frame(member))


def dataset_file(about: DatasetAttributes, frame: pd.DataFrame) -> DatasetFile:
    """Give the records of a file as the product uses them: a number with a format of dates or
    date-times becomes a date (datetime64).
    """
    lengths = {item.name: item.length for item in about.variables if item.length}
    return DatasetFile(with_dates(frame, about), about.labels, lengths, about.formats)


def only_member(path: Path) -> XptMember:
    """Return the one member of a file; raises ConfigurationError for one that holds several."""
    members = read_members(path)
    if len(members) > 1:
        raise ConfigurationError(f"{path.name} holds several datasets; export each to its own file")
    return members[0]


def with_dates(
    frame: pd.DataFrame, about: DatasetAttributes, names: Container[str] | None = None
) -> pd.DataFrame:
    """Return a frame whose numbers with a format of dates or date-times are dates: those of
    ``names``, or else each of which all numbers are dates.
    """
    dates = {}
    for name in map(str, frame.columns):
        unit = date_unit(about.by_name[name])
        wanted = unit is not None and (names is None or name in names)
        if unit is not None and wanted and are_dates(frame[name], unit):
            dates[name] = _dates(frame[name], unit)
    return frame.assign(**dates) if dates else frame


def date_unit(item: VariableAttributes) -> str | None:
    """What the numbers of a variable count from 1960: D days, s seconds, None for no date."""
    return _UNITS.get(date_kind(item.format)) if item.is_numeric else None


def are_dates(numbers: pd.Series, unit: str) -> bool:
    """True where no number is further from 1960 than dates of SAS go."""
    return not bool((numbers.abs() > _LAST_SECOND / _SECONDS[unit]).any())


def _dates(numbers: pd.Series, unit: str) -> pd.Series:
    """Days or seconds since 1960 as dates, without parts of a second."""
    seconds = np.floor(numbers.to_numpy() * _SECONDS[unit])
    missing = np.isnan(seconds)
    counted = np.where(missing, 0, seconds).astype("int64").astype("timedelta64[s]")
    dates = _EPOCH + counted
    dates[missing] = np.datetime64("NaT")
    return pd.Series(dates, numbers.index)
