"""Dates of analysis: imputed from ISO 8601 texts, study days and durations."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

import pandas as pd

from cdisc_tools.model.errors import ConfigurationError

DATE_TYPE: Final = "datetime64[s]"
_ISO = re.compile(r"(\d{4})(?:-(\d{2}|-)(?:-(\d{2}|-))?)?(?:T[\d:.+Z-]*)?")
_MONTHS = {"first": 1, "mid": 6, "last": 12}


def impute_dt(dtc: pd.Series, day: str = "none", *, limit: date | None = None) -> pd.DataFrame:
    """Make numeric dates of ISO 8601 texts, imputing what is missing of a partial one.

    ``day`` is first, mid (day 15; 30 June of a year), last, or none: a partial date stays
    missing. The time is passed over. A text that is no date is missing, see ``is_unreadable``.
    A date imputed past ``limit`` (the data cut-off) becomes the limit, if the partial date may
    lie on or before it.
    Returns a frame of the same index with DT (``datetime64``) and DTF: D when the day was
    imputed, M when the month (and day) were.
    Source: ADaMIG 1.3, date imputation flags.

    >>> impute_dt(pd.Series(["2014-02", "2014-02-03T10:05"]), "last").DT.dt.day.tolist()
    [28, 3]
    >>> impute_dt(pd.Series(["2014-02"]), "last", limit=date(2014, 2, 20)).DT.dt.day.tolist()
    [20]
    """
    distinct = dtc.dropna().unique()
    parsed = {text: _impute_one(str(text), day) for text in distinct}
    dates = {text: moment for text, (moment, _) in parsed.items()}
    flags = {text: flag for text, (_, flag) in parsed.items()}
    if limit is not None:
        dates = {text: _bound(text, dates[text], flags[text], limit) for text in dates}
    return pd.DataFrame(
        {
            "DT": pd.to_datetime(dtc.map(dates)).astype(DATE_TYPE),
            "DTF": dtc.map(flags).astype("string"),
        },
        index=dtc.index,
    )


def is_unreadable(dtc: pd.Series) -> pd.Series:
    """True for each text from which no date can be made, however it is imputed."""
    return dtc.notna() & impute_dt(dtc, "first")["DT"].isna()


def _impute_one(text: str, day: str) -> tuple[pd.Timestamp | None, str | None]:
    """Read one text as a date; a known day of an unknown month is imputed with the month."""
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return None, None
    year, month, number = match[1], match[2], match[3]
    known_month = month is not None and month != "-"
    flag = None if known_month and number not in {None, "-"} else "D" if known_month else "M"
    if flag and day == "none":
        return None, None
    try:
        whole = int(month) if known_month else _MONTHS[day]
        if flag is None:
            return pd.Timestamp(date(int(year), whole, int(number))), None
        return _day_of_month(date(int(year), whole, 1), day, month_known=flag == "D"), flag
    except ValueError:
        return None, None


def _bound(
    text: str, moment: pd.Timestamp | None, flag: str | None, limit: date
) -> pd.Timestamp | None:
    """Move an imputed date back to the limit where the first possible date isn't after it."""
    last = pd.Timestamp(limit)
    if flag is None or moment is None or moment <= last:
        return moment
    earliest, _ = _impute_one(text, "first")
    return last if earliest is not None and earliest <= last else moment


def _day_of_month(first: date, day: str, *, month_known: bool) -> pd.Timestamp:
    """Choose the imputed day in the month that starts with ``first``."""
    start = pd.Timestamp(first)
    if day == "last" or (day == "mid" and not month_known):
        return start + pd.offsets.MonthEnd(0)
    return start if day == "first" else start.replace(day=15)


def days_of(frame: pd.DataFrame, variable: str, name: str) -> pd.Series:
    """Return the days of a numeric date, without the time; missing stays missing.

    Raises ConfigurationError for a variable that holds no dates, such as a text --DTC, a number,
    or dates with a time zone.
    """
    values = frame[variable]
    if not values.notna().any():
        return pd.Series(pd.NaT, index=values.index, dtype=DATE_TYPE)
    if not pd.api.types.is_datetime64_dtype(values.dtype):
        raise ConfigurationError(
            f"{name}.{variable} holds no dates but {values.dtype}; a numeric date (--DT, without "
            "a time zone) is needed: make one with impute_dt"
        )
    days: pd.Series = values.dt.floor("D").astype(DATE_TYPE)
    return days


def compute_duration(start: pd.Series, end: pd.Series) -> pd.Series:
    """Days from ``start`` to ``end``, both included; missing when either is."""
    return (end - start).dt.days.astype("Int64") + 1


def compare_date(dt: pd.Series, limit: pd.Series, keep: str) -> pd.Series:
    """True where ``dt`` lies before, on_or_before or after ``limit``.

    A missing limit is no limit: nothing is after it, everything is before it.
    """
    comparisons: dict[str, Callable[[], pd.Series]] = {
        "before": lambda: (dt < limit) | limit.isna(),
        "on_or_before": lambda: (dt <= limit) | limit.isna(),
        "after": lambda: dt > limit,
        "any": lambda: pd.Series(True, index=dt.index),
    }
    return comparisons[keep]()
