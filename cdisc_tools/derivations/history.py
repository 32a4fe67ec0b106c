"""Overall responses in order: what the response parameters of ADRS are picked from."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.derivations.dates import days_of
from cdisc_tools.derivations.records import require_one_record, require_variables
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Finding, Findings

RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND")
NONE, _UNKNOWN = -1, -2
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


def make_history(ovr: pd.DataFrame, adsl: pd.DataFrame, *, reference: str = "RANDDT") -> History:
    """Order overall responses by subject, date and sequence number.

    Takes ``ovr`` with one record per assessment (USUBJID, ADT as ``datetime64``, AVALC, and RSSEQ
    or else ASEQ, by which records of one day are ordered) and ``adsl`` with one record per subject
    and its ``reference`` date. Records of other subjects, and those without a date or a value, are
    left out (``report_left_out`` says which).
    Raises ConfigurationError for an absent variable, a subject twice in ADSL, a variable that
    holds no dates, and a value that is no response (CR, PR, SD, NON-CR/NON-PD, PD, NE, ND), which
    it names with its subject.
    """
    require_variables(ovr, ["USUBJID", "ADT", "AVALC"], "The responses")
    require_variables(adsl, ["USUBJID", reference], "ADSL")
    require_one_record(adsl)
    adsl, ovr = adsl.reset_index(drop=True), ovr.reset_index(drop=True)
    subject = pd.Index(adsl["USUBJID"]).get_indexer(pd.Index(ovr["USUBJID"]))
    value = _places(ovr, subject != NONE)
    kept = np.flatnonzero((subject != NONE) & (value != NONE) & ovr["ADT"].notna().to_numpy())
    day = _days(days_of(ovr, "ADT", "The responses"))
    sequence = next((name for name in ("RSSEQ", "ASEQ") if name in ovr), "")
    number = pd.to_numeric(ovr[sequence]).to_numpy("float64", na_value=np.nan) if sequence else day
    kept = kept[np.lexsort((number[kept], day[kept], subject[kept]))]
    return History(
        adsl=adsl,
        source=ovr,
        subject=subject[kept],
        day=day[kept],
        value=value[kept],
        record=kept,
        start=_days(days_of(adsl, reference, "ADSL")),
    )


def _days(dates: pd.Series) -> Places:
    """Days since 1970, the largest number where a date is missing."""
    days = dates.to_numpy(dtype="datetime64[D]").astype(np.int64)
    return np.where(dates.isna().to_numpy(), _MISSING_DAY, days)


def _places(ovr: pd.DataFrame, is_wanted: Mask) -> Places:
    """Return the place of each response in RESPONSES, NONE for a missing one."""
    codes, texts = pd.factorize(ovr["AVALC"])
    places = {**{name: place for place, name in enumerate(RESPONSES)}, "": NONE}
    known = np.array([*(places.get(text, _UNKNOWN) for text in texts), NONE])
    value: Places = known[codes]
    wrong = np.flatnonzero((value == _UNKNOWN) & is_wanted)
    if len(wrong):
        record = ovr.iloc[wrong[0]]
        raise ConfigurationError(
            f"USUBJID {record['USUBJID']}: AVALC is {record['AVALC']!r}, which is none of "
            f"{', '.join(RESPONSES)} ({len(wrong)} such records); map it or leave it out"
        )
    return np.where(value == _UNKNOWN, NONE, value)


def report_left_out(
    ovr: pd.DataFrame, adsl: pd.DataFrame, findings: Findings, *, cutoff: date | None = None
) -> None:
    """Report the responses that count for nobody.

    Those of no subject of ADSL, undated ones, and those after the cut-off.
    """
    require_variables(ovr, ["USUBJID", "ADT", "AVALC"], "The responses")
    ovr = ovr.assign(ADT=days_of(ovr, "ADT", "The responses"))
    is_known = ovr["USUBJID"].isin(adsl["USUBJID"])
    is_undated = is_known & ovr["ADT"].isna() & ovr["AVALC"].notna()
    is_late = is_known & (
        ovr["ADT"] > (pd.Timestamp.max if cutoff is None else pd.Timestamp(cutoff))
    )
    for check, chosen, variable in (
        ("CDT-A028", ~is_known, "AVALC"),
        ("CDT-A029", is_undated, "AVALC"),
        ("CDT-A019", is_late, "ADT"),
    ):
        for subject, value in ovr.loc[chosen, ["USUBJID", variable]].itertuples(index=False):
            shown = "" if pd.isna(value) else str(value).removesuffix(" 00:00:00")
            key = (("USUBJID", str(subject)),)
            findings.add(Finding(check, "ADRS", (variable,), (shown,), key))


def report_unassessed(history: History, findings: Findings) -> None:
    """Report the subjects of ADSL without any response that counts."""
    has_one = np.zeros(len(history.adsl), dtype=bool)
    has_one[history.subject] = True
    recorded = history.source["USUBJID"].value_counts()
    for subject in history.adsl.loc[~has_one, "USUBJID"]:
        key = (("USUBJID", str(subject)),)
        detail = f"{int(recorded.get(subject, 0))} recorded"
        findings.add(Finding("CDT-A030", "ADRS", ("AVALC",), ("",), key, detail=detail))


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


def filter_until_progression(history: History) -> History:
    """Keep the records up to and including the day of the first PD."""
    first = history.first(history.is_one_of("PD"))
    days = np.where(first == NONE, _MISSING_DAY, np.append(history.day, 0)[first])
    return history.keep(history.day <= days[history.subject])
