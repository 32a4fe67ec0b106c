"""Overall responses in order: what the response parameters of ADRS are picked from."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.derivations.records import require_variables

RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND")
NONE = -1
_MISSING_DAY = np.iinfo(np.int64).max

Places = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class History:
    """The overall responses of subjects, one element a record, ordered by subject, ADT, sequence.

    ``adsl`` has one record per subject; ``subject`` is a record's place in it, ``record`` its
    place in ``source``; ``day`` counts from 1970, ``value`` is the place in RESPONSES.
    ``start`` is the reference day of each subject of ``adsl``, the largest number where missing.
    """

    adsl: pd.DataFrame
    source: pd.DataFrame
    subject: Places
    day: Places
    value: Places
    record: Places
    start: Places

    def is_one_of(self, *values: str) -> Mask:
        """True for each record with one of the values."""
        return np.isin(self.value, [RESPONSES.index(value) for value in values])

    def since_start(self, days: int) -> Mask:
        """True for each record ``days`` after the reference day of its subject, or later."""
        start = self.start[self.subject]
        is_known: Mask = start != _MISSING_DAY
        is_late: Mask = self.day >= np.where(is_known, start, 0) + days
        return is_known & is_late

    def keep(self, chosen: Mask) -> "History":
        """Return the history of some records only."""
        return replace(
            self, subject=self.subject[chosen], day=self.day[chosen], value=self.value[chosen],
            record=self.record[chosen],
        )  # fmt: skip

    def first(self, chosen: Mask) -> Places:
        """Return the first chosen record of each subject of ``adsl``, NONE without any."""
        places = np.flatnonzero(chosen)
        found = np.full(len(self.adsl), NONE)
        # of several assignments to one place the last holds
        found[self.subject[places][::-1]] = places[::-1]
        return found

    def last(self, chosen: Mask) -> Places:
        """Return the last chosen record of each subject of ``adsl``, NONE without any."""
        places = np.flatnonzero(chosen)
        found = np.full(len(self.adsl), NONE)
        found[self.subject[places]] = places
        return found


def make_history(
    ovr: pd.DataFrame, adsl: pd.DataFrame, *, reference: str = "RANDDT", sequence: str = "RSSEQ"
) -> History:
    """Order overall responses by subject, date and sequence number.

    Takes ``ovr`` with one record per assessment (USUBJID, ADT as ``datetime64``, AVALC, and
    ``sequence`` where it has one) and ``adsl`` with one record per subject and its ``reference``
    date. Records of other subjects, and those without a date or a value, are left out.
    Raises ConfigurationError for an absent variable, ValueError for a value that is no response
    (CR, PR, SD, NON-CR/NON-PD, PD, NE, ND), which it names with its subject.
    """
    require_variables(ovr, ["USUBJID", "ADT", "AVALC"], "The responses")
    require_variables(adsl, ["USUBJID", reference], "ADSL")
    adsl, ovr = adsl.reset_index(drop=True), ovr.reset_index(drop=True)
    subject = pd.Index(adsl["USUBJID"]).get_indexer(pd.Index(ovr["USUBJID"]))
    value = _places(ovr, subject != NONE)
    kept = np.flatnonzero((subject != NONE) & (value != NONE) & ovr["ADT"].notna().to_numpy())
    day = _days(ovr["ADT"])
    number = ovr[sequence].to_numpy(dtype="float64", na_value=np.nan) if sequence in ovr else day
    kept = kept[np.lexsort((number[kept], day[kept], subject[kept]))]
    return History(
        adsl=adsl,
        source=ovr,
        subject=subject[kept],
        day=day[kept],
        value=value[kept],
        record=kept,
        start=_days(adsl[reference]),
    )


def _days(dates: pd.Series) -> Places:
    """Days since 1970, the largest number where a date is missing."""
    days = dates.to_numpy(dtype="datetime64[D]").astype(np.int64)
    return np.where(dates.isna().to_numpy(), _MISSING_DAY, days)


def _places(ovr: pd.DataFrame, is_wanted: Mask) -> Places:
    """Return the place of each response in RESPONSES, NONE for a missing one."""
    codes, texts = pd.factorize(ovr["AVALC"])
    known = np.array([*(RESPONSES.index(t) if t in RESPONSES else -2 for t in texts), NONE])
    value: Places = known[codes]
    wrong = np.flatnonzero((value == -2) & is_wanted)
    if len(wrong):
        record = ovr.iloc[wrong[0]]
        raise ValueError(
            f"USUBJID {record['USUBJID']}: AVALC is {record['AVALC']!r}, which is none of "
            f"{', '.join(RESPONSES)} ({len(wrong)} such records); map it or leave it out"
        )
    return np.where(value == -2, NONE, value)


def filter_to_worst_of_day(history: History, order: tuple[str, ...]) -> History:
    """Keep one record per subject and date: the worst by ``order`` (best first), then the last."""
    rank = np.array([order.index(name) if name in order else NONE for name in RESPONSES])
    badness = rank[history.value]
    places = np.lexsort((badness, history.day, history.subject))
    same = (np.diff(history.subject[places]) == 0) & (np.diff(history.day[places]) == 0)
    chosen = np.zeros(len(places), dtype=bool)
    chosen[places[:-1][~same]] = True
    chosen[places[-1:]] = True
    return history.keep(chosen)


def filter_until_progression(history: History, progression: History | None = None) -> History:
    """Keep the records up to and including the day of the first PD.

    ``progression`` has the records that count for it where these are others, such as those
    before the reference date.
    """
    source = progression or history
    first = source.first(source.is_one_of("PD"))
    days = np.where(first == NONE, _MISSING_DAY, np.append(source.day, 0)[first])
    return history.keep(history.day <= days[history.subject])
