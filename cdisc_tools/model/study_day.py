"""The study day, which SDTM and ADaM count in the same way."""

import pandas as pd


def compute_study_day(dt: pd.Series, reference: pd.Series) -> pd.Series:
    """Days from the reference date: it is day 1, the day before it is -1, there is no day 0.

    Takes ``datetime64`` dates of one index, without a time of day. Missing where either is.
    Source: SDTMIG 3.4 section 4.4.4.

    >>> days = pd.Series(pd.to_datetime(["2009-12-31", "2010-01-01", None]))
    >>> compute_study_day(days, pd.Series(pd.Timestamp("2010-01-01"), index=days.index)).tolist()
    [-1, 1, <NA>]
    """
    elapsed = (dt - reference).dt.days.astype("Int64")
    return elapsed + (elapsed >= 0).astype("Int64")
