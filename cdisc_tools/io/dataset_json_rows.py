"""Records of Dataset-JSON as frames, and frames as records: a column at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_tools.io.dataset_json_about import data_types
from cdisc_tools.io.numbers_held import column_numbers
from cdisc_tools.io.sas_dates import DATE_KINDS
from cdisc_tools.io.text_columns import (
    LARGE,
    Texts,
    between,
    encoded,
    joined_records,
    json_texts,
    number_texts,
    text_values,
    without_blanks,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import Numbers
from cdisc_tools.model.transport import VariableAttributes

_NOTHING = type(None)
# the types of Python that stand for the values of each JSON type
_PYTHON: dict[str, frozenset[type]] = {
    "text": frozenset({str, _NOTHING}),
    "integer": frozenset({int, float, _NOTHING}),
    "number": frozenset({int, float, _NOTHING}),
    "decimal": frozenset({str, _NOTHING}),
    "boolean": frozenset({bool, _NOTHING}),
}
_DECIMAL = r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?$|^[+-]?\.\d+$"
_EXACT = 2**53


@dataclass(frozen=True)
class Place:
    """Where records come from, for messages: the file, and the records before them."""

    shown: str
    before: int

    def error(self, row: int, fault: str, name: str = "") -> ConfigurationError:
        """Say what is wrong in a record, counted from 0 among these."""
        variable = f" {name}" if name else ""
        return ConfigurationError(
            f"{self.shown} record {self.before + row + 1}{variable}: {fault}; export the file again"
        )


def frame_of(
    rows: list[Any], variables: Sequence[VariableAttributes], place: Place
) -> pd.DataFrame:
    """Make a frame of records as JSON has them.

    Raises ConfigurationError that names the record and variable of a value that doesn't fit.
    """
    width = len(variables)
    if set(map(type, rows)) - {list} or set(map(len, rows)) - {width}:
        for row, record in enumerate(rows):
            if not isinstance(record, list):
                raise place.error(row, "it is no array of values")
            if len(record) != width:
                raise place.error(row, f"{len(record)} values under {width} columns")
    columns = zip(*rows, strict=True) if rows else ((),) * width
    made = {
        variable.name: _column(values, variable, place)
        for variable, values in zip(variables, columns, strict=False)
    }
    return pd.DataFrame(made, index=pd.RangeIndex(place.before, place.before + len(rows)))


def _column(values: Sequence[Any], variable: VariableAttributes, place: Place) -> Any:
    form = data_types()[(variable.data_type, variable.target_data_type)].json
    allowed = _PYTHON.get(form, _PYTHON["text"])
    if not set(map(type, values)) <= allowed:
        row = next(row for row, value in enumerate(values) if type(value) not in allowed)
        raise place.error(row, f"{_shown(values[row])} is no {form}", variable.name)
    if form in ("integer", "number", "boolean"):
        return _numbers(values, variable.name, place)
    texts = _texts(values, variable.name, place)
    if form == "text":
        return text_values(texts)
    if form == "decimal":
        return _decimals(texts, variable.name, place)
    return _dates(texts, form, variable.name, place)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _numbers(values: Sequence[Any], name: str, place: Place) -> Numbers:
    """Numbers as they stand: a dataType is what was planned, so that a fraction is kept in a column
    of integers, too.
    """
    try:
        numbers = np.array(values, np.float64)
    except OverflowError:
        numbers = np.array([_float(value) for value in values], np.float64)
    large = np.flatnonzero(np.abs(numbers) >= _EXACT)
    for row in large.tolist():
        value = values[row]
        if np.isinf(numbers[row]) or (isinstance(value, int) and int(numbers[row]) != value):
            raise place.error(row, f"{_shown(value)} is no number that 8 bytes hold", name)
    return numbers


def _float(value: Any) -> float:
    try:
        return float("nan") if value is None else float(value)
    except OverflowError:
        return float("inf")


def _texts(values: Sequence[Any], name: str, place: Place) -> Texts:
    """Texts without trailing blanks; nothing is missing."""
    try:
        texts = pa.array(values, LARGE)
    except UnicodeEncodeError as error:
        row = next(row for row, value in enumerate(values) if value and not _is_unicode(value))
        fault = f"{_shown(values[row])} holds half a character"
        raise place.error(row, fault, name) from error
    return without_blanks(texts)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _decimals(texts: Texts, name: str, place: Place) -> Numbers:
    _require(texts, _DECIMAL, "decimal", name, place)
    plain = pc.replace_substring(texts, ",", "")
    numbers: Numbers = np.array(
        [float("nan") if text is None else float(text) for text in plain.to_pylist()], np.float64
    )
    return numbers


def _dates(texts: Texts, form: str, name: str, place: Place) -> Numbers:
    kind = DATE_KINDS[form]
    _require(texts, kind.pattern, f"{form} as {kind.shown}", name, place)
    numbers = kind.numbers(texts)
    lost = np.isnan(numbers) & pc.is_valid(texts).to_numpy(zero_copy_only=False)
    if lost.any():
        row = int(lost.argmax())
        raise place.error(row, f"{texts[row].as_py()!r} is no day of the calendar", name)
    return numbers


def _require(texts: Texts, pattern: str, what: str, name: str, place: Place) -> None:
    fits = pc.fill_null(pc.match_substring_regex(texts, pattern), True)
    if not pc.all(fits).as_py() and len(texts):
        row = fits.index(False).as_py()
        raise place.error(row, f"{_shown(texts[row].as_py())} is no {what}", name)


def records_of(
    frame: pd.DataFrame, types: Sequence[tuple[str, str, str]], ends: tuple[str, str]
) -> memoryview:
    """Write the records of a frame as JSON arrays, each between two ``ends``.

    ``types`` has the name, dataType and targetDataType of each column.
    """
    if not types:
        return memoryview((f"{ends[0]}{ends[1]}" * len(frame)).encode())
    columns = [
        _literals(frame[name], data_types()[(data_type, target)].json)
        for name, data_type, target in types
    ]
    return joined_records(columns, ",", "null", ends)


def _literals(values: pd.Series, form: str) -> Texts:
    """Write a column as JSON; missing values are null."""
    if form == "text":
        return encoded(values, json_texts)
    numbers = column_numbers(values)
    writer = _WRITERS.get(form, number_texts)
    return writer(numbers)


def _boolean_texts(numbers: Numbers) -> Texts:
    array = pa.array(numbers, mask=np.isnan(numbers))
    return pc.if_else(pc.equal(array, 1.0), pa.scalar("true", LARGE), pa.scalar("false", LARGE))


def _decimal_texts(numbers: Numbers) -> Texts:
    written = [
        None if np.isnan(number) else f'"{Decimal(repr(number)):f}"' for number in numbers.tolist()
    ]
    return pa.array(written, LARGE)


def _date_writer(form: str) -> Callable[[Numbers], Texts]:
    def written(numbers: Numbers) -> Texts:
        array = pc.cast(pa.array(numbers, mask=np.isnan(numbers)), pa.int64())
        return between('"', DATE_KINDS[form].texts(array), '"')

    return written


_WRITERS: dict[str, Callable[[Numbers], Texts]] = {
    "boolean": _boolean_texts,
    "decimal": _decimal_texts,
    **{form: _date_writer(form) for form in DATE_KINDS},
}
