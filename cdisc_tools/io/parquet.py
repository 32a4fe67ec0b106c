"""Parquet with all that is known of the dataset and its variables in its metadata.

Numbers stand bit for bit as float64, dates of SAS among them; a missing one is null, a special
missing one a NaN with its letter (``model.special_missing``). Of files that others made, dates
become numbers of SAS, and what holds no number or text is refused.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cdisc_tools.io.moments import made_at
from cdisc_tools.io.numbers_held import column_numbers
from cdisc_tools.io.sas_dates import SECONDS_A_DAY, sas_days, sas_seconds
from cdisc_tools.io.sas_formats import DATE, DATETIME, DEFAULT_FORMATS, TIME, date_kind
from cdisc_tools.io.text_columns import plain_texts, text_values, without_blanks
from cdisc_tools.io.variable_names import require_names
from cdisc_tools.io.writing import replacing
from cdisc_tools.io.xpt import dataset_about
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import Numbers, letters_of
from cdisc_tools.model.transport import (
    CHAR,
    CHUNK,
    NUM,
    DatasetAttributes,
    DatasetStream,
    VariableAttributes,
)

_ATTRIBUTES = tuple(item.name for item in fields(VariableAttributes) if item.name != "name")
_WHOLE_NUMBERS = frozenset({"length", "key"})
_WHOLE = re.compile(r"[0-9]{1,9}")
_EXACT = 2**53
# of decimals that float64 always holds
_DIGITS = 15
_WIDE = 64


def write_parquet(dataset: Dataset, path: Path) -> None:
    """Write a dataset; each field carries its label, the file the dataset's name and label."""
    table = pa.Table.from_pandas(dataset.frame, preserve_index=False)
    # dates stay dates here; their format says whether they are days or moments
    known = dataset_about(dataset).by_name
    schema_fields = [
        field.with_metadata(_said(known[field.name], ("type",))) for field in table.schema
    ]
    metadata = {b"dataset": dataset.name.encode(), b"label": dataset.spec.label.encode()}
    schema = pa.schema(schema_fields, metadata={**(table.schema.metadata or {}), **metadata})
    with replacing(path) as temporary:
        pq.write_table(table.cast(schema), temporary, compression="zstd")


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a plain frame (lineage, links)."""
    with replacing(path) as temporary:
        pq.write_table(
            pa.Table.from_pandas(frame, preserve_index=False), temporary, compression="zstd"
        )


def write_parquet_stream(
    stream: DatasetStream, path: Path, *, timestamp: datetime | None = None
) -> None:
    """Write a dataset chunk by chunk, a row group each, with all of its attributes.

    The file was created at ``timestamp``, where one is given.
    """
    schema = _schema(made_at(stream.about, timestamp))
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    # a dictionary of numbers would make one of all special missing values
    with (
        replacing(path) as temporary,
        pq.ParquetWriter(temporary, schema, compression="zstd", use_dictionary=texts) as writer,
    ):
        for frame in stream.read():
            columns = [
                _number_column(frame[item.name])
                if item.is_numeric
                else pc.cast(plain_texts(frame[item.name]), pa.string())
                for item in stream.about.variables
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _number_column(values: pd.Series) -> pa.Array:
    """Numbers; null where one is missing, and not specially so."""
    numbers = column_numbers(values)
    missing = np.isnan(numbers)
    if missing.any():
        missing &= letters_of(numbers) == 0
    return pa.array(numbers, mask=missing)


def _schema(about: DatasetAttributes) -> pa.Schema:
    kinds = {CHAR: pa.string(), NUM: pa.float64()}
    columns = [
        pa.field(item.name, kinds[item.type], metadata=_said(item, ("type",)))
        for item in about.variables
    ]
    provenance = json.dumps(dict(about.provenance), ensure_ascii=False)
    said = {"dataset": about.name, "label": about.label, "provenance": provenance}
    return pa.schema(columns, metadata={name: text.encode() for name, text in said.items()})


def _said(variable: VariableAttributes, always: tuple[str, ...]) -> dict[str, str]:
    """What is said of a variable, as texts by name; a label always, as others look for it."""
    values = {name: getattr(variable, name) for name in _ATTRIBUTES}
    return {
        name: str(value)
        for name, value in values.items()
        if name in ("label", *always) or (value and name != "type")
    }


def open_parquet(path: Path) -> DatasetStream:
    """Open a Parquet file; what its metadata don't say of a variable follows from its type.

    Raises ConfigurationError for a file that can't be read, and for columns that hold neither
    numbers nor texts nor dates.
    """
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise ConfigurationError(f"{path.name} is no readable Parquet file: {error}") from error
    with file:
        schema, records = file.schema_arrow, file.metadata.num_rows
    about = _about(schema, path, records)

    def read() -> Iterator[pd.DataFrame]:
        start = 0
        try:
            with pq.ParquetFile(path) as opened:
                for batch in opened.iter_batches(batch_size=CHUNK, columns=list(about.by_name)):
                    yield _frame(batch, about, start, path.name)
                    start += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise ConfigurationError(
                f"{path.name} can't be read: {error}; copy it again"
            ) from error
        if not start:
            empty = pa.RecordBatch.from_pylist([], schema=schema)
            yield _frame(empty, about, 0, path.name)

    return DatasetStream(about, read, path.name)


def _about(schema: pa.Schema, path: Path, records: int) -> DatasetAttributes:
    said = _decoded(schema.metadata)
    index = set(_index_columns(said.get("pandas", "")))
    variables = tuple(_variable(field, path.name) for field in schema if field.name not in index)
    require_names([variable.name for variable in variables], path.name)
    try:
        provenance = {str(k): str(v) for k, v in json.loads(said.get("provenance", "{}")).items()}
    except (ValueError, AttributeError, RecursionError):
        provenance = {}
    return DatasetAttributes(
        said.get("dataset") or path.stem.upper(),
        said.get("label", ""),
        variables,
        records,
        provenance,
    )


def _index_columns(pandas: str) -> list[str]:
    """The columns that were the index of a frame, which are no variables."""
    try:
        columns = json.loads(pandas or "{}").get("index_columns", [])
    except (ValueError, AttributeError, RecursionError):
        return []
    return [name for name in columns if isinstance(name, str)]


def _variable(field: pa.Field, file: str) -> VariableAttributes:
    said = _decoded(field.metadata)
    known: dict[str, Any] = {
        name: said[name]
        for name in _ATTRIBUTES
        if name in said and name not in ("type", "is_right")
    }
    for name in _WHOLE_NUMBERS & set(known):
        if not _WHOLE.fullmatch(known[name]):
            raise ConfigurationError(
                f"{file}: the {name} of {field.name} is {known[name]!r}, no whole number; export "
                "the file again"
            )
        known[name] = int(known[name])
    kind = field.type
    form = known.get("format", "")
    kinds = _date_kinds(kind)
    if kinds and date_kind(form) not in kinds:
        known["format"] = DEFAULT_FORMATS[kinds[0]]
    elif not (_is_text(kind) or _is_number(kind) or kinds):
        advice = "count it in days or seconds" if pa.types.is_duration(kind) else "leave it out"
        raise ConfigurationError(
            f"{file}: column {field.name} holds {kind}, neither numbers nor texts; {advice}"
        )
    type_ = CHAR if _is_text(kind) and said.get("type", CHAR) == CHAR else NUM
    return VariableAttributes(
        field.name, type=type_, is_right=said.get("is_right") == "True", **known
    )


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(inner) for test in tests) or pa.types.is_null(inner)


def _is_number(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean,
    )  # fmt: skip
    return any(test(kind) for test in tests)


def _date_kinds(kind: pa.DataType) -> tuple[str, ...]:
    """The kinds of date of SAS that a type may become, the usual one first; none for no date."""
    if pa.types.is_timestamp(kind):
        return (DATETIME, DATE)
    if pa.types.is_date(kind):
        return (DATE,)
    return (TIME,) if pa.types.is_time(kind) else ()


def _frame(batch: pa.RecordBatch, about: DatasetAttributes, start: int, file: str) -> pd.DataFrame:
    columns = {
        item.name: _read_numbers(batch.column(item.name), item, (file, start))
        if item.is_numeric
        else text_values(without_blanks(batch.column(item.name)))
        for item in about.variables
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(start, start + batch.num_rows))


def _read_numbers(column: pa.Array, item: VariableAttributes, place: tuple[str, int]) -> Numbers:
    """The numbers of a column; ``place`` is the file, and the records before these."""
    kind = column.type
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    if pa.types.is_timestamp(kind):
        seconds = sas_seconds(column)
        return seconds / SECONDS_A_DAY if date_kind(item.format) == DATE else seconds
    if pa.types.is_date(kind):
        return sas_days(column)
    if pa.types.is_time(kind):
        return sas_seconds(column)
    if pa.types.is_integer(kind) and kind.bit_width == _WIDE:
        _require_held(column, _is_whole_and_held, item.name, place)
    if pa.types.is_decimal(kind) and kind.precision > _DIGITS:
        _require_held(column, _is_decimal_and_held, item.name, place)
    numbers: Numbers = pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return numbers


def _is_whole_and_held(value: int) -> bool:
    return abs(value) <= _EXACT


def _is_decimal_and_held(value: Decimal) -> bool:
    """True for a decimal that has no more digits than the shortest text of its float64."""
    return Decimal(repr(float(value))) == value


def _require_held(
    column: pa.Array, is_held: Callable[[Any], bool], name: str, place: tuple[str, int]
) -> None:
    """Raise ConfigurationError for a number that float64 doesn't hold."""
    bounds = pc.min_max(column).as_py().values()
    if pa.types.is_integer(column.type) and all(
        value is None or is_held(value) for value in bounds
    ):
        return
    for row, value in enumerate(column.to_pylist()):
        if value is not None and not is_held(value):
            raise ConfigurationError(
                f"{place[0]} record {place[1] + row + 1} {name}: {value} has more digits than 8 "
                "bytes of SAS hold (whole numbers beyond 2**53, decimals of more than 15); make "
                "the column text, or round it"
            )


def _decoded(metadata: Mapping[bytes, bytes] | None) -> dict[str, str]:
    return {
        name.decode("utf-8", "replace"): text.decode("utf-8", "replace")
        for name, text in (metadata or {}).items()
    }
