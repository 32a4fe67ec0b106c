"""Numbers that SAS shows as dates, and the ISO 8601 texts that say the same.

A date is days since 1 January 1960, a moment seconds since then, a time seconds since midnight.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_tools.io.sas_formats import DATE, DATETIME, TIME, date_kind

SAS_EPOCH = datetime(1960, 1, 1)
SECONDS_A_DAY = 86_400
# days from 1 January 1960 to that of 1970, where Arrow counts from
_EPOCH_DAYS = 3653


@dataclass(frozen=True)
class DateKind:
    """A kind of date: its data type in Dataset-JSON, and the numbers that have a text.

    SAS knows dates from 1582 on; ISO 8601 writes years of four digits.
    """

    data_type: str
    least: int
    most: int
    pattern: str
    shown: str

    def texts(self, numbers: pa.Array) -> pa.Array:
        """Write whole numbers within the bounds as ISO 8601."""
        if self.data_type == DATE:
            days = pc.cast(pc.subtract(numbers, _EPOCH_DAYS), pa.int32())
            return pc.cast(pc.cast(days, pa.date32()), pa.large_string())
        if self.data_type == TIME:
            times = pc.cast(pc.cast(numbers, pa.int32()), pa.time32("s"))
            return pc.cast(times, pa.large_string())
        moments = pc.cast(pc.subtract(numbers, _EPOCH_DAYS * SECONDS_A_DAY), pa.timestamp("s"))
        return pc.binary_replace_slice(pc.cast(moments, pa.large_string()), 10, 11, "T")

    def numbers(self, texts: pa.Array) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """Read texts that fit ``pattern``; a text that is no date of the calendar is missing."""
        if self.data_type == TIME:
            return _seconds(texts, 0)
        days = _days(pc.utf8_slice_codeunits(texts, 0, 10))
        if self.data_type == DATE:
            return days
        return days * SECONDS_A_DAY + _seconds(texts, 11)


_CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?"
_DAY = r"\d{4}-\d{2}-\d{2}"
_FIRST, _LAST = -138_061, 2_936_549
DATE_KINDS = {
    DATE: DateKind(DATE, _FIRST, _LAST, f"^{_DAY}$", "YYYY-MM-DD"),
    DATETIME: DateKind(
        DATETIME, _FIRST * SECONDS_A_DAY, (_LAST + 1) * SECONDS_A_DAY - 1,
        f"^{_DAY}T{_CLOCK}$", "YYYY-MM-DDThh:mm:ss without a zone",
    ),
    TIME: DateKind(TIME, 0, SECONDS_A_DAY - 1, f"^{_CLOCK}$", "hh:mm:ss"),
}  # fmt: skip


def kind_of_date(format_name: str, data_type: str = "") -> DateKind | None:
    """Return the kind of date that a data type, or else a SAS format says; None for no date."""
    return DATE_KINDS.get(data_type or date_kind(format_name))


def sas_seconds(column: pa.Array) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Seconds of moments since 1960, or of times since midnight, as Arrow has them."""
    shares = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
    whole = pa.int32() if pa.types.is_time32(column.type) else pa.int64()
    counts = pc.cast(pc.cast(column, whole), pa.float64(), safe=False)
    start = 0 if pa.types.is_time(column.type) else _EPOCH_DAYS * SECONDS_A_DAY
    seconds: np.ndarray[Any, np.dtype[np.float64]] = (
        counts.to_numpy(zero_copy_only=False) / shares[column.type.unit] + start
    )
    return seconds


def sas_days(column: pa.Array) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Days of dates since 1960, as Arrow has them."""
    days = pc.cast(pc.cast(pc.cast(column, pa.date32()), pa.int32()), pa.float64())
    counted: np.ndarray[Any, np.dtype[np.float64]] = (
        days.to_numpy(zero_copy_only=False) + _EPOCH_DAYS
    )
    return counted


def _days(texts: pa.Array) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Days since 1960; a day that the calendar lacks is missing."""
    days = pc.strptime(texts, format="%Y-%m-%d", unit="s", error_is_null=True)
    # the parser lets the 31st of February pass over into March
    same = pc.equal(pc.strftime(days, format="%Y-%m-%d"), texts)
    seconds = pc.cast(pc.if_else(same, days, None), pa.int64())
    counted: np.ndarray[Any, np.dtype[np.float64]] = (
        pc.cast(seconds, pa.float64()).to_numpy(zero_copy_only=False) / SECONDS_A_DAY + _EPOCH_DAYS
    )
    return counted


def _seconds(texts: pa.Array, start: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Seconds since midnight of the clock time that begins at a place of the text."""

    def part(first: int, last: int | None) -> "np.ndarray[Any, np.dtype[np.float64]]":
        digits = pc.utf8_slice_codeunits(
            texts, start + first, None if last is None else start + last
        )
        digits = pc.if_else(pc.equal(digits, ""), "0", digits)
        read: np.ndarray[Any, np.dtype[np.float64]] = pc.cast(digits, pa.float64()).to_numpy(
            zero_copy_only=False
        )
        return read

    seconds: np.ndarray[Any, np.dtype[np.float64]] = (
        part(0, 2) * 3600 + part(3, 5) * 60 + part(6, None)
    )
    return seconds
