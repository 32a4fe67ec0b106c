"""Timing of records: study days, visits without a number, epochs, baseline."""

import pandas as pd

from cdisc_tools.mapping.masks import is_true

DATE_LENGTH = 10
# Tests of dates compare ISO 8601 text: complete dates sort as they follow each other.


def complete_dates(dtc: pd.Series) -> pd.Series:
    """The dates of complete --DTC values, NaT where a part is unknown."""
    days = dtc.str.slice(0, DATE_LENGTH)
    complete = is_true(days.str.fullmatch(r"\d{4}-\d{2}-\d{2}"))
    dates = pd.to_datetime(days.where(complete), format="%Y-%m-%d", errors="coerce")
    # without a single date pandas chooses another unit, and as-of joins need one
    return dates.astype("datetime64[us]")


def compute_study_day(dtc: pd.Series, rfstdtc: pd.Series) -> pd.Series:
    """Days from the reference start date: it is day 1, the day before is -1.

    Missing where either date is partial or missing; the collected date is not touched.
    Source: SDTMIG 3.4 section 4.4.4.
    """
    days = (complete_dates(dtc) - complete_dates(rfstdtc)).dt.days.astype("Int64")
    return days + (days >= 0).astype("Int64")


def number_unscheduled(visits: pd.DataFrame) -> pd.DataFrame:
    """Number the visits that have a date but no planned number.

    Takes one record per USUBJID and visit with VISITNUM (<NA> for unscheduled ones) and DTC.
    Returns one record per USUBJID and date of an unscheduled visit: its VISITNUM is the last
    planned visit's before it plus 0.01, 0.02, ... by date. A date at which a planned visit also
    took place counts from that visit.
    Source: SDTMIG 3.4 section 4.4.5 (unplanned visits keep the order of time).
    """
    day = visits["DTC"].str.slice(0, DATE_LENGTH)
    dated = visits.assign(DAY=day).dropna(subset=["DAY"])
    planned = dated.dropna(subset=["VISITNUM"])
    loose = dated[dated["VISITNUM"].isna()].drop_duplicates(["USUBJID", "DAY"])
    pairs = loose[["USUBJID", "DAY"]].merge(
        planned[["USUBJID", "DAY", "VISITNUM"]], on="USUBJID", how="left",
        suffixes=("", "_P"), validate="many_to_many",
    )  # fmt: skip
    before = pairs[is_true(pairs["DAY_P"] <= pairs["DAY"])]
    last = before.groupby(["USUBJID", "DAY"])["VISITNUM"].max()
    numbered = loose[["USUBJID", "DAY"]].sort_values(["USUBJID", "DAY"])
    base = numbered.merge(last.reset_index(), how="left", validate="one_to_one")
    base["VISITNUM"] = base["VISITNUM"].fillna(0)
    rank = base.groupby(["USUBJID", "VISITNUM"]).cumcount() + 1
    return base.assign(VISITNUM=(base["VISITNUM"] + rank * 0.01).round(2))


def derive_epoch(usubjid: pd.Series, dtc: pd.Series, se: pd.DataFrame) -> pd.Series:
    """The epoch of each date: that of the last element that began on or before it.

    ``se`` holds one record per element of a subject: USUBJID, EPOCH, SESTDTC. Missing where the
    date is partial, or before the first element.
    """
    dates = pd.DataFrame({"USUBJID": usubjid, "DATE": complete_dates(dtc)})
    dates["PLACE"] = range(len(dates))
    elements = se.assign(START=complete_dates(se["SESTDTC"])).dropna(subset=["START"])
    left = dates.dropna(subset=["DATE"]).sort_values("DATE", kind="stable")
    joined = pd.merge_asof(
        left.astype({"USUBJID": "object"}),
        elements[["USUBJID", "START", "EPOCH"]]
        .sort_values("START", kind="stable")
        .astype({"USUBJID": "object"}),
        left_on="DATE", right_on="START", by="USUBJID",
    )  # fmt: skip
    epochs = joined.set_index("PLACE")["EPOCH"].reindex(range(len(dates)))
    return epochs.set_axis(usubjid.index).astype("string")


def derive_baseline_flag(
    keys: pd.DataFrame, dtc: pd.Series, reference: pd.Series, has_result: pd.Series
) -> pd.Series:
    """Flag the last record with a result at or before the reference date, by ``keys``.

    Where both have a time of day the times count; else a record of the reference day itself is
    before it. Records without a complete date are never baseline.
    """
    both_timed = (dtc.str.len() > DATE_LENGTH) & (reference.str.len() > DATE_LENGTH)
    days = dtc.str.slice(0, DATE_LENGTH) <= reference.str.slice(0, DATE_LENGTH)
    before = (dtc <= reference).where(is_true(both_timed), days)
    eligible = before.fillna(False) & has_result & complete_dates(dtc).notna()
    candidates = keys.assign(DTC=dtc)[eligible.astype(bool)]
    last = candidates.sort_values("DTC", kind="stable").drop_duplicates(
        list(keys.columns), keep="last"
    )
    flag = pd.Series(pd.NA, index=dtc.index, dtype="string")
    flag.loc[last.index] = "Y"
    return flag
