"""ISO 8601 texts as SDTM writes them: known answers, and every date that exists."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_tools.metadata.iso8601 import (
    is_datetime,
    is_datetime_or_interval,
    is_duration,
    is_duration_or_interval,
    is_interval,
)

# the forms that SDTM knows, and faults that were seen in raw data
DATETIMES = [
    "2003",
    "2003-12",
    "2003-12-15",
    "2003-12-15T13",
    "2003-12-15T13:14",
    "2003-12-15T13:14:17",
    "2003-12-15T13:14:17.123",
    "2003-12-15T13:14:17Z",
    "2003-12-15T13:14:17+05:30",
    "2003-12-15T13:14-05:00",
    "2003---15",
    "--12-15",
    "--12",
    "----15",
    "-----T07:15",
    "2003-12-15T-:15",
    "2003-12-15T13:-:17",
    "2003---15T10",
    "2020-02-29",
    "2000-02-29",
    "--02-29",
]
FAULTY_DATETIMES = [
    *[
        "2020-02-60",
        "2019-02-29",
        "1900-02-29",
        "--02-30",
        "2003-13",
        "2003-00",
        "2003-04-31",
        "2003-12-00",
        "0000-01-01",
        "2003-12-15T24:00",
        "2003-12-15T13:60",
        "2003-12-15T13:14:60",
        "2003-12-15T13:14:17+24:00",
        "2003-12-15T1",
        "2003-1",
        "2003-1-5",
        "03-12-15",
        "20031215",
        "2003/12/15",
        "15DEC2003",
        "2003-12-",
        "2003-12--",
        "2003--",
        "-",
        "--",
        "2003-12-15T",
        "2003-12-15T-",
        "2003-12-15T13:-",
        "2003Z",
        "2003-12Z",
        "UNK",
        "2003-UN-UN",
        "2003-12-15t13:14",
        "---02-29T10",
    ],
    "",
    " 2003",
    "2003-12-15 13:14",
    "2003-12-15\n",
    "\u0662\u0660\u0660\u0663",
]
DURATIONS = [
    "P1Y",
    "P2M",
    "P10D",
    "PT6H",
    "P2Y6M",
    "P1Y2M3DT4H5M6S",
    "P3W",
    "PT0.5H",
    "P0.5W",
    "-P2D",
    "+P1D",
    "-PT30M",
    "P0D",
]
FAULTY_DURATIONS = [
    "",
    *[
        "P",
        "PT",
        "P1",
        "1D",
        "P1DT",
        "P1D2M",
        "P1.5YT2H",
        "P1W2D",
        "P1H",
        "PT1D",
        "P-1D",
        "p1d",
        "P1,5D",
    ],
]
INTERVALS = [
    "2003-12-01/2003-12-10",
    "2003-12-01T10/2003-12",
    "2003-01/P1M",
    "P1M/2003-01",
    "2003/2004-02-29",
]
FAULTY_INTERVALS = [
    "2003-12-01",
    "P1D/P2D",
    "2003/",
    "/2003",
    "2003-02-30/2004",
    "2003/2004/2005",
    "2003/x",
]


@pytest.mark.parametrize("text", DATETIMES)
def test_datetime(text):
    assert is_datetime(text)
    assert is_datetime_or_interval(text)


@pytest.mark.parametrize("text", FAULTY_DATETIMES)
def test_faulty_datetime(text):
    assert not is_datetime(text)
    assert not is_datetime_or_interval(text)


@pytest.mark.parametrize("text", DURATIONS)
def test_duration(text):
    assert is_duration(text)
    assert is_duration_or_interval(text)


@pytest.mark.parametrize("text", FAULTY_DURATIONS)
def test_faulty_duration(text):
    assert not is_duration(text)


@pytest.mark.parametrize("text", INTERVALS)
def test_interval(text):
    assert is_interval(text)
    assert is_datetime_or_interval(text)


@pytest.mark.parametrize("text", FAULTY_INTERVALS)
def test_faulty_interval(text):
    assert not is_interval(text)


@given(st.datetimes(), st.integers(min_value=1, max_value=7))
def test_every_datetime_that_exists_is_valid_however_truncated(moment, parts):
    text = moment.strftime("%m-%dT%H:%M:%S")
    ends = (0, 3, 6, 9, 12, 15, 15)[parts - 1]
    year = f"{moment.year:04d}"
    full = f"{year}-{text}"[: 4 + ends]
    assert is_datetime(full)
    if parts == 7:
        assert is_datetime(f"{full}.{moment.microsecond:06d}")


@given(st.dates())
def test_a_hyphen_may_stand_for_each_inner_part(date):
    year, month, day = f"{date.year:04d}", f"{date.month:02d}", f"{date.day:02d}"
    for text in (f"--{month}-{day}", f"{year}---{day}", f"----{day}", f"--{month}"):
        assert is_datetime(text)


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(28, 40))
def test_only_days_of_the_calendar_are_valid(year, month, day):
    try:
        datetime.date(year, month, day)
        exists = True
    except ValueError:
        exists = False
    assert is_datetime(f"{year:04d}-{month:02d}-{day:02d}") == exists
