"""Timing of records: study days, visits without a number, epochs, baseline."""

import re

import pandas as pd

from cdisc_tools.mapping.masks import is_true
from cdisc_tools.model.study_day import compute_study_day as compute_day_of_dates

DATE_LENGTH = 10
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
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
    return compute_day_of_dates(complete_dates(dtc), complete_dates(rfstdtc))


def number_unscheduled(visits: pd.DataFrame) -> pd.DataFrame:
    """Number the visits that have a date but no planned number.

    Takes one record per USUBJID and visit with VISIT, VISITNUM (<NA> for unscheduled ones) and
    DTC. Returns one record per USUBJID, date (DAY) and VISIT of an unscheduled visit: its
    VISITNUM is the last planned visit's before it plus 0.01, 0.02, ... by date and name. A date at
    which a planned visit also took place counts from that visit.
    Source: SDTMIG 3.4 section 4.4.5 (unplanned visits keep the order of time).
    """
    day = visits["DTC"].str.slice(0, DATE_LENGTH)
    dated = visits.assign(DAY=day).dropna(subset=["DAY"])
    planned = dated.dropna(subset=["VISITNUM"])
    loose = dated[dated["VISITNUM"].isna()]
    loose = loose[["USUBJID", "DAY", "VISIT"]].drop_duplicates()
    pairs = loose[["USUBJID", "DAY"]].drop_duplicates().merge(
        planned[["USUBJID", "DAY", "VISITNUM"]], on="USUBJID", how="left",
        suffixes=("", "_P"), validate="many_to_many",
    )  # fmt: skip
    before = pairs[is_true(pairs["DAY_P"] <= pairs["DAY"])]
    last = before.groupby(["USUBJID", "DAY"])["VISITNUM"].max()
    numbered = loose.sort_values(["USUBJID", "DAY", "VISIT"])
    base = numbered.merge(last.reset_index(), how="left", validate="many_to_one")
    base["VISITNUM"] = base["VISITNUM"].fillna(0)
    rank = base.groupby(["USUBJID", "VISITNUM"]).cumcount() + 1
    return base.assign(VISITNUM=(base["VISITNUM"] + rank * 0.01).round(2))


def derive_epoch(usubjid: pd.Series, dtc: pd.Series, se: pd.DataFrame) -> pd.Series:
    """The epoch of each date: that of the last element that began on or before it.

    ``se`` holds one record per element of a subject: USUBJID, EPOCH, SESTDTC. A record of the day
    on which an element began is before it only where both have a time of day that says so.
    Missing where the date is partial, or before the first element.
    """
    records = pd.DataFrame({"USUBJID": usubjid.to_numpy(), "DTC": dtc.to_numpy()})
    records = records.assign(DATE=complete_dates(dtc).to_numpy(), PLACE=range(len(records)))
    elements = se[["USUBJID", "EPOCH", "SESTDTC"]].assign(START=complete_dates(se["SESTDTC"]))
    begun = _last_begun(records, elements, same_day=True)
    timed = (begun["DTC"].str.len() > DATE_LENGTH) & (begun["SESTDTC"].str.len() > DATE_LENGTH)
    same_day = is_true(begun["DATE"] == begun["START"])
    too_early = same_day & is_true(timed) & is_true(begun["DTC"] < begun["SESTDTC"])
    epochs = begun["EPOCH"]
    if too_early.any():
        before = _last_begun(records, elements, same_day=False)
        epochs = epochs.mask(too_early, before["EPOCH"])
    return epochs.reindex(range(len(records))).set_axis(usubjid.index).astype("string")


def _last_begun(records: pd.DataFrame, elements: pd.DataFrame, *, same_day: bool) -> pd.DataFrame:
    """Join each record with the last element begun before it, or on its day, by PLACE."""
    left = records.dropna(subset=["DATE"]).sort_values(["DATE", "PLACE"])
    right = elements.dropna(subset=["START"]).sort_values(["START", "SESTDTC"])
    joined = pd.merge_asof(
        left.astype({"USUBJID": "object"}), right.astype({"USUBJID": "object"}),
        left_on="DATE", right_on="START", by="USUBJID", allow_exact_matches=same_day,
    )  # fmt: skip
    return joined.set_index("PLACE").sort_index()


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
