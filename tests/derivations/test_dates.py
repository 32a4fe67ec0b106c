"""Imputation of dates: one text a line."""

import pandas as pd
import pytest

from cdisc_tools.derivations.dates import (
    compare_date,
    compute_duration,
    impute_dt,
    is_unreadable,
)
from cdisc_tools.model.study_day import compute_study_day
from tests.tables import cases


# ADaMIG 1.3: D the day was imputed, M the month (and day); admiral's "mid" is 15 and 30 June.
@pytest.mark.parametrize("case", cases("""
    DTC               DAY    DT          DTF
    2010-02-03        first  2010-02-03  .
    2010-02-03T10:05  last   2010-02-03  .
    2010-02           first  2010-02-01  D
    2010-02           last   2010-02-28  D
    2012-02           last   2012-02-29  D
    2010-02           mid    2010-02-15  D
    2010-02           none   .           .
    2010              first  2010-01-01  M
    2010              last   2010-12-31  M
    2010              mid    2010-06-30  M
    2010---03         last   2010-12-31  M
    2011-02-29        first  .           .
    2010-13           first  .           .
    0000-11-01        first  .           .
    --02-03           first  .           .
    2010-01/2010-02   first  .           .
    UNK               first  .           .
    .                 first  .           .
"""))  # fmt: skip
def test_impute_dt(case):
    imputed = impute_dt(case["DTC"], case["DAY"].item())
    dates = imputed["DT"].dt.strftime("%Y-%m-%d").astype("string")
    assert dates.fillna(".").item() == case["DT"].fillna(".").item()
    assert imputed["DTF"].fillna(".").item() == case["DTF"].fillna(".").item()


def test_an_unreadable_date_is_neither_missing_nor_partial():
    dtc = pd.Series(["2010", "2011-02-29", None, "47:45"], dtype="string")
    assert is_unreadable(dtc).tolist() == [False, True, False, True]


def test_an_empty_series_stays_empty():
    assert impute_dt(pd.Series(dtype="string"), "first")["DT"].dtype == "datetime64[s]"


# There is no day 0 (SDTMIG 3.4, 4.4.4).
@pytest.mark.parametrize(
    "case",
    cases("""
    DT          DY
    2010-01-01  1
    2010-01-02  2
    2009-12-31  -1
    .           .
"""),
)
def test_study_day(case):
    dt = impute_dt(case["DT"])["DT"]
    reference = pd.Series(pd.Timestamp("2010-01-01")).astype("datetime64[s]")
    day = compute_study_day(dt, reference).item()
    assert pd.isna(day) if pd.isna(case["DY"].item()) else day == int(case["DY"].item())


def test_a_duration_counts_both_days():
    start = pd.Series(pd.to_datetime(["2010-01-01", None]))
    assert compute_duration(start, start).tolist() == [1, pd.NA]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        ("before", [True, False, False, True]),
        ("on_or_before", [True, True, False, True]),
        ("after", [False, False, True, False]),
        ("any", [True, True, True, True]),
    ],
)
def test_compare_date(keep, expected):
    dt = pd.Series(pd.to_datetime(["2010-01-01", "2010-01-02", "2010-01-03", "2010-01-03"]))
    limit = pd.Series(pd.to_datetime(["2010-01-02", "2010-01-02", "2010-01-02", None]))
    assert compare_date(dt, limit, keep).tolist() == expected
