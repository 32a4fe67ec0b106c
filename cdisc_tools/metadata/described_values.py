"""What the values of a variable are: data type, length and decimals, as Define-XML says it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from cdisc_tools.model.numbers import number_text

NUMBER_BYTES = 8
_WHOLE, _DECIMAL = re.compile(r"-?\d{1,15}"), re.compile(r"-?\d{1,15}\.\d+")
_DATE, _PARTIAL_DATE = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"[\d-]{4,10}")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_PARTIAL_DATETIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d(:\d\d)?(:\d\d)?)?")


@dataclass(frozen=True)
class ValueDescription:
    """The data type, the length in bytes, and the decimals of a float."""

    data_type: str
    length: int
    digits: int | None = None


def describe_values(values: pd.Series, *, dates: bool = False) -> ValueDescription:
    """Describe the values of a variable; ``dates`` says that its text is ISO 8601.

    Numbers take 8 bytes: integer where all are whole (dates are numbers of days, so they are),
    else float with the most decimals that a value needs. Text is as long as its longest value in
    UTF-8, one byte at least. ISO 8601 text is date or datetime where every value is complete,
    partialDate or partialDatetime where some are not, incompleteDatetime for both kinds mixed.
    Without any value, a number is an integer and ISO 8601 text a datetime.
    """
    distinct = values.dropna().unique()
    if pd.api.types.is_datetime64_any_dtype(values):
        return ValueDescription("integer", NUMBER_BYTES)
    if pd.api.types.is_numeric_dtype(values):
        return _number(_decimals(float(value)) for value in distinct)
    texts = [str(value) for value in distinct]
    length = max((len(text.encode()) for text in texts), default=1)
    return ValueDescription(_date_type(texts) if dates else "text", length)


def describe_results(values: pd.Series) -> ValueDescription:
    """Describe the results of one test: as ``describe_values``, but text that is numbers is one.

    Integer where every text is a whole number, float where every text is a number, with the
    length of the text, since the variable stays a text.
    """
    described = describe_values(values)
    texts = [str(value) for value in values.dropna().unique()]
    if described.data_type != "text" or not texts:
        return described
    if all(_WHOLE.fullmatch(text) for text in texts):
        return ValueDescription("integer", described.length)
    if all(_WHOLE.fullmatch(text) or _DECIMAL.fullmatch(text) for text in texts):
        digits = max(len(text.partition(".")[2]) for text in texts)
        return ValueDescription("float", described.length, digits)
    return described


def _number(decimals: Iterable[int]) -> ValueDescription:
    digits = max(decimals, default=0)
    if digits:
        return ValueDescription("float", NUMBER_BYTES, digits)
    return ValueDescription("integer", NUMBER_BYTES)


def _decimals(value: float) -> int:
    """The decimals of a number as it is written."""
    return len(number_text(value).partition(".")[2])


def _date_type(texts: list[str]) -> str:
    for data_type, pattern in (
        ("datetime", _DATETIME), ("date", _DATE), ("partialDate", _PARTIAL_DATE),
        ("partialDatetime", _PARTIAL_DATETIME),
    ):  # fmt: skip
        if all(pattern.fullmatch(text) for text in texts):
            return data_type
    return "incompleteDatetime"
