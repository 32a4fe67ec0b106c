"""Time-to-event parameters (ADTTE)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.derivations.dates import DATE_TYPE, days_of
from cdisc_tools.derivations.history import NONE, Mask, Places
from cdisc_tools.derivations.records import (
    Frames,
    filter_where,
    require_one_record,
    require_variables,
    sequence_of,
)
from cdisc_tools.model.endpoint import (
    AssessmentGap,
    Endpoint,
    NeededRecords,
    Selection,
    TteSource,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Finding, Findings

DAYS_IN: Mapping[str, float] = {"DAYS": 1.0, "WEEKS": 7.0, "MONTHS": 30.4375, "YEARS": 365.25}
_NEVER = np.datetime64("NaT", "s")
_ORIGIN = ("ADSL", "STARTDT")

Dates = np.ndarray[Any, np.dtype[np.datetime64]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]


def derive_param_tte(
    adsl: pd.DataFrame,
    datasets: Frames,
    endpoint: Endpoint,
    *,
    cutoff: date | None,
    findings: Findings,
) -> pd.DataFrame:
    """Derive one time-to-event parameter.

    The first event ends follow-up; without one the last censoring does. Nothing after the cut-off,
    or after one of the endpoint's ends (new therapy), counts; a censored subject with such an end
    has its CNSR and EVNTDESC. An event after too long a gap without assessment counts no more, and
    a subject without the records that it needs is censored at the origin (``model.endpoint``). ADT
    is never before STARTDT, whatever an earlier end says.

    Takes ``adsl`` with one record per USUBJID and the sources by name, dates ``datetime64``; no
    ``cutoff`` where the data were cut already. Returns one record per subject that is followed:
    STARTDT, ADT, AVAL in the endpoint's unit (AVALU), CNSR (0 is an event), EVNTDESC, CNSDTDSC
    (censored only), SRCDOM, SRCVAR and SRCSEQ. A subject without origin or ending is reported and
    has no record; an undated event is reported and ends nothing.

    Worked, the origin on 2024-01-01, progression PD, last assessment LSTA, new therapy NACT:

        PD 03-01                         AVAL 61  CNSR 0
        PD 03-01, NACT 02-01, LSTA 01-20 AVAL 20  CNSR of the end
        no PD, LSTA 02-29                AVAL 60  CNSR of the censoring
        neither                          AVAL 1   CNSR of the censoring at the origin

    Source: CDISC ADaM Basic Data Structure for Time-to-Event Analyses 1.0; the choices as admiral
    (derive_param_tte, end_dates), admiralonco 1.4 (template ad_adtte) and the FDA name them.
    """
    require_one_record(adsl)
    followed = _followed(adsl, datasets, endpoint, cutoff)
    endings = _collect(followed, datasets, endpoint, cutoff, findings)
    ends = _ends(followed, datasets, endpoint, cutoff)
    endings = endings.keep(ends.permit(endings))
    chosen = _choose(followed, endings, endpoint)
    tte = _described(followed, endings, chosen, endpoint)
    tte = ends.explain(tte)
    tte = _apply_gaps(tte, followed, datasets, endpoint)
    tte = _apply_needs(tte, followed, datasets, endpoint, cutoff)
    tte = _report_unresolved(tte, endpoint.paramcd, findings)
    tte = tte.assign(ADT=tte["ADT"].where(tte["ADT"] >= tte["STARTDT"], tte["STARTDT"]))
    return tte.assign(
        PARAMCD=endpoint.paramcd,
        PARAM=endpoint.param,
        AVAL=compute_time(tte["STARTDT"], tte["ADT"], endpoint),
        AVALU=endpoint.unit,
    )


def compute_time(start: pd.Series, end: pd.Series, endpoint: Endpoint) -> pd.Series:
    """Time from origin to ending in the endpoint's unit, the origin being day ``origin_day``."""
    if endpoint.unit not in DAYS_IN:
        raise ConfigurationError(
            f"{endpoint.paramcd}: there is no unit {endpoint.unit!r}; choose one of "
            f"{', '.join(DAYS_IN)}"
        )
    days = (end - start).dt.days + endpoint.origin_day
    return (days / DAYS_IN[endpoint.unit]).astype("Float64")


@dataclass(frozen=True)
class _Followed:
    """The subjects that are followed, by their place, and where follow-up starts."""

    subjects: pd.Index
    start: pd.Series

    def places(self, records: pd.DataFrame) -> Places:
        """The place of each record's subject, NONE for one that isn't followed."""
        return self.subjects.get_indexer(pd.Index(records["USUBJID"]))


def _followed(
    adsl: pd.DataFrame, datasets: Frames, endpoint: Endpoint, cutoff: date | None
) -> _Followed:
    """Select the population, and the subjects with an origin record where the endpoint has some."""
    wanted = [name for name in (endpoint.population, endpoint.origin) if name]
    require_variables(adsl, wanted, "ADSL")
    if endpoint.population:
        adsl = adsl[adsl[endpoint.population].eq("Y").fillna(False)]
    if endpoint.among is not None:
        members = _until(datasets, endpoint.among, cutoff)
        adsl = adsl[adsl["USUBJID"].isin(members["USUBJID"])]
    if endpoint.origin_records is None:
        start = days_of(adsl, endpoint.origin, "ADSL").reset_index(drop=True)
        return _Followed(pd.Index(adsl["USUBJID"]), start)
    found = _until(datasets, endpoint.origin_records, cutoff)
    first = found.groupby("USUBJID")["ADT"].min()
    first = first[first.index.isin(adsl["USUBJID"])]
    return _Followed(pd.Index(first.index), first.reset_index(drop=True).astype(DATE_TYPE))


def _origin(endpoint: Endpoint) -> tuple[str, str]:
    """The dataset and variable in which the origin stands."""
    records = endpoint.origin_records
    return (records.dataset, records.date) if records else ("ADSL", endpoint.origin)


def _selected(datasets: Frames, selection: Selection) -> pd.DataFrame:
    """The records of a source; ConfigurationError for a dataset that isn't there."""
    if selection.dataset not in datasets:
        raise ConfigurationError(
            f"There is no dataset {selection.dataset}, which an endpoint names; there are "
            f"{', '.join(datasets)}."
        )
    return filter_where(datasets[selection.dataset], selection.where, selection.dataset)


def _with_days(datasets: Frames, selection: Selection) -> pd.DataFrame:
    """The records of a source, with the day of its date in ADT."""
    found = _selected(datasets, selection)
    require_variables(found, [selection.date], selection.dataset)
    return found.assign(ADT=days_of(found, selection.date, selection.dataset))


def _dated(datasets: Frames, selection: Selection) -> pd.DataFrame:
    """The records of a source that have a date."""
    found = _with_days(datasets, selection)
    return found[found["ADT"].notna()]


def _until(datasets: Frames, selection: Selection, cutoff: date | None) -> pd.DataFrame:
    """The records of a source up to the cut-off, all where no date is named."""
    if not selection.date:
        return _selected(datasets, selection)
    dated = _dated(datasets, selection)
    return dated if cutoff is None else dated[dated["ADT"] <= pd.Timestamp(cutoff)]


@dataclass(frozen=True)
class _Endings:
    """What can end follow-up, one element a record; ``source`` is the place among the sources."""

    subject: Places
    day: Dates
    source: Places
    is_event: Mask
    sequence: Numbers

    def keep(self, kept: Mask) -> "_Endings":
        """The endings of a mask."""
        return _Endings(
            self.subject[kept], self.day[kept], self.source[kept], self.is_event[kept],
            self.sequence[kept],
        )  # fmt: skip


def _collect(
    followed: _Followed, datasets: Frames, endpoint: Endpoint, cutoff: date | None,
    findings: Findings,
) -> _Endings:  # fmt: skip
    """Select the records that can end follow-up; an undated event is reported."""
    last = _NEVER if cutoff is None else np.datetime64(cutoff, "s")
    parts = []
    for place, source in enumerate((*endpoint.events, *endpoint.censorings)):
        subject, day, sequence = _candidates(followed, datasets, source, endpoint.paramcd, findings)
        if source.at_cutoff and cutoff is not None:
            day = np.minimum(day, last)
        is_event = np.full(len(day), source.cnsr == 0)
        parts.append(_Endings(subject, day, np.full(len(day), place), is_event, sequence))
    names = ("subject", "day", "source", "is_event", "sequence")
    endings = _Endings(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    counts: Mask = endings.subject != NONE
    if cutoff is not None:
        counts &= endings.day <= last
    return endings.keep(counts)


def _candidates(
    followed: _Followed, datasets: Frames, source: TteSource, paramcd: str, findings: Findings
) -> tuple[Places, Dates, Numbers]:
    """The place of the subject, day and sequence number of each dated record of a source."""
    if (source.dataset, source.date) == _ORIGIN:
        places = np.flatnonzero(followed.start.notna())
        return places, followed.start.to_numpy(DATE_TYPE)[places], np.full(len(places), np.nan)
    found = _with_days(datasets, source)
    place, is_dated = followed.places(found), found["ADT"].notna().to_numpy()
    if source.cnsr == 0 and source.where:
        undated = found[~is_dated & (place != NONE)]
        _report_undated(undated, source, paramcd, findings)
    dated = found[is_dated]
    sequence = sequence_of(dated, source.dataset).to_numpy("float64", na_value=np.nan)
    return place[is_dated], dated["ADT"].to_numpy(DATE_TYPE), sequence


@dataclass(frozen=True)
class _Ends:
    """The earliest end of follow-up of each subject, NaT for none, and its place in the list."""

    endpoint: Endpoint
    start: Dates
    day: Dates
    place: Places

    def permit(self, endings: _Endings) -> Mask:
        """True for each ending that no end of follow-up excludes; none excludes the origin."""
        end = self.day[endings.subject]
        only_before = np.array([end.keep == "before" for end in self.endpoint.ends] + [False])
        is_before: Mask = np.isnat(end) | (endings.day < end)
        on_the_day = (endings.day == end) & ~only_before[self.place[endings.subject]]
        permitted: Mask = is_before | on_the_day | (endings.day <= self.start[endings.subject])
        return permitted

    def explain(self, tte: pd.DataFrame) -> pd.DataFrame:
        """Say why a censored subject with an end of follow-up was censored."""
        is_cut = tte["CNSR"].ne(0).fillna(False).to_numpy(dtype=bool) & (self.place != NONE)
        codes = np.array([end.cnsr for end in self.endpoint.ends] + [0])
        texts = np.array([end.description for end in self.endpoint.ends] + [""], dtype=object)
        return tte.assign(
            CNSR=tte["CNSR"].mask(is_cut, pd.Series(codes[self.place], dtype="Int64")),
            EVNTDESC=tte["EVNTDESC"].mask(is_cut, pd.Series(texts[self.place], dtype="string")),
        )


def _ends(followed: _Followed, datasets: Frames, endpoint: Endpoint, cutoff: date | None) -> _Ends:
    """Find the earliest end of follow-up of each subject, up to the cut-off."""
    day = np.full(len(followed.subjects), _NEVER)
    place = np.full(len(followed.subjects), NONE)
    for number, end in enumerate(endpoint.ends):
        dated = _until(datasets, end, cutoff)
        subject, days = followed.places(dated), dated["ADT"].to_numpy(DATE_TYPE)
        # the latest first, so that the earliest is written last
        order = np.argsort(days, kind="stable")[::-1]
        order = order[subject[order] != NONE]
        own = np.full(len(day), _NEVER)
        own[subject[order]] = days[order]
        is_first = ~np.isnat(own) & (np.isnat(day) | (own < day))
        day[is_first], place[is_first] = own[is_first], number
    return _Ends(endpoint, followed.start.to_numpy(DATE_TYPE), day, place)


def _choose(followed: _Followed, endings: _Endings, endpoint: Endpoint) -> Places:
    """Choose the ending of each subject: the first event, else the last censoring.

    Of equal dates the source decides, then the sequence number: the first of either, of censorings
    the last where the endpoint says so.
    """
    chosen = np.full(len(followed.subjects), NONE)
    sign = 1 if endpoint.censoring_tie == "first" else -1
    days = endings.day.astype(np.int64)
    for is_kind, order in (
        (~endings.is_event, np.lexsort((sign * endings.sequence, sign * endings.source, -days))),
        (endings.is_event, np.lexsort((endings.sequence, endings.source, days))),
    ):
        places = order[is_kind[order]][::-1]
        chosen[endings.subject[places]] = places
    return chosen


def _described(
    followed: _Followed, endings: _Endings, chosen: Places, endpoint: Endpoint
) -> pd.DataFrame:
    """Make the records: subject, origin, ending, and what it was."""
    sources: Sequence[TteSource] = (*endpoint.events, *endpoint.censorings)
    places = [
        _origin(endpoint) if (one.dataset, one.date) == _ORIGIN else (one.dataset, one.date)
        for one in sources
    ]
    has_one = chosen != NONE
    source = np.where(has_one, np.append(endings.source, NONE)[chosen], NONE)

    def text(values: Sequence[str]) -> pd.Series:
        found = np.array([*(value or None for value in values), None], dtype=object)[source]
        return pd.Series(found, dtype="string")

    codes = np.array([*(source.cnsr for source in sources), 0])[source]
    sequence = pd.Series(np.append(endings.sequence, np.nan)[chosen]).where(has_one)
    return pd.DataFrame(
        {
            "USUBJID": pd.Series(followed.subjects.to_numpy(), dtype="string"),
            "STARTDT": followed.start,
            "ADT": pd.Series(np.append(endings.day, _NEVER)[chosen]).where(has_one),
            "CNSR": pd.Series(codes, dtype="Int64").where(has_one),
            "EVNTDESC": text([one.description for one in sources]),
            "CNSDTDSC": text([one.date_description for one in sources]),
            "SRCDOM": text([dataset for dataset, _ in places]),
            "SRCVAR": text([variable for _, variable in places]),
            "SRCSEQ": sequence.astype("Int64"),
        }
    )


def _apply_gaps(
    tte: pd.DataFrame, followed: _Followed, datasets: Frames, endpoint: Endpoint
) -> pd.DataFrame:
    """Censor at the last assessment before an event that came after too long a gap."""
    for gap in endpoint.gaps:
        longest = gap.longest_days or endpoint.days_of_visits(gap.visits, gap.window_days)
        dated = _dated(datasets, gap)
        assessed = pd.DataFrame(
            {"PLACE": followed.places(dated), "SEEN": dated["ADT"].to_numpy(DATE_TYPE),
             "SEQ": sequence_of(dated, gap.dataset).to_numpy("float64", na_value=np.nan)}
        )  # fmt: skip
        assessed = assessed[assessed["PLACE"].ne(NONE)]
        assessed = assessed[assessed["SEEN"] < tte["ADT"].to_numpy()[assessed["PLACE"]]]
        last = assessed.sort_values(["PLACE", "SEEN", "SEQ"]).drop_duplicates("PLACE", keep="last")
        last = last.set_index("PLACE").reindex(tte.index)
        is_seen = last["SEEN"] >= tte["STARTDT"]
        since = last["SEEN"].where(is_seen, tte["STARTDT"]).astype(DATE_TYPE)
        is_late = tte["CNSR"].eq(0).fillna(False) & ((tte["ADT"] - since).dt.days > longest)
        if gap.events:
            is_late &= tte["EVNTDESC"].isin(gap.events)
        tte = _censored(tte, is_late, since, gap).assign(
            SRCDOM=tte["SRCDOM"].mask(is_late, gap.dataset),
            SRCVAR=tte["SRCVAR"].mask(is_late, gap.date),
            SRCSEQ=tte["SRCSEQ"].mask(is_late, last["SEQ"].astype("Int64")),
        )
        tte = _from_origin(tte, is_late & ~is_seen, endpoint)
    return tte


def _apply_needs(
    tte: pd.DataFrame, followed: _Followed, datasets: Frames, endpoint: Endpoint,
    cutoff: date | None,
) -> pd.DataFrame:  # fmt: skip
    """Censor at the origin the subjects without the records that they need."""
    for need in endpoint.needs:
        excepted = need.except_days or endpoint.days_of_visits(need.except_visits)
        found = _until(datasets, need, cutoff)
        found = found[followed.places(found) != NONE]
        place = followed.places(found)
        if need.period:
            start, seen = followed.start.to_numpy(DATE_TYPE)[place], found["ADT"].to_numpy()
            place = place[(seen > start) if need.period == "after" else (seen <= start)]
        has_one = np.zeros(len(tte), dtype=bool)
        has_one[place] = True
        days = (tte["ADT"] - tte["STARTDT"]).dt.days
        is_early = tte["CNSR"].eq(0).fillna(False) & (days <= excepted)
        is_lacking = ~pd.Series(has_one) & ~(is_early & (excepted > 0))
        tte = _censored(tte, is_lacking, tte["STARTDT"], need)
        tte = _from_origin(tte, is_lacking, endpoint)
    return tte


def _censored(
    tte: pd.DataFrame, chosen: pd.Series, day: pd.Series, why: AssessmentGap | NeededRecords
) -> pd.DataFrame:
    """Censor the chosen subjects on a day, with the code and the texts of the reason."""
    return tte.assign(
        ADT=tte["ADT"].mask(chosen, day),
        CNSR=tte["CNSR"].mask(chosen, why.cnsr),
        EVNTDESC=tte["EVNTDESC"].mask(chosen, why.description),
        CNSDTDSC=tte["CNSDTDSC"].mask(chosen, why.date_description),
    )


def _from_origin(tte: pd.DataFrame, chosen: pd.Series, endpoint: Endpoint) -> pd.DataFrame:
    """Name the origin as the source of the chosen subjects' ending."""
    dataset, variable = _origin(endpoint)
    return tte.assign(
        SRCDOM=tte["SRCDOM"].mask(chosen, dataset),
        SRCVAR=tte["SRCVAR"].mask(chosen, variable),
        SRCSEQ=tte["SRCSEQ"].mask(chosen),
    )


def _report_unresolved(tte: pd.DataFrame, paramcd: str, findings: Findings) -> pd.DataFrame:
    """Report and leave out subjects without origin or ending; report endings before the origin."""
    for check, is_wrong, variable in (
        ("CDT-A004", tte["STARTDT"].isna(), "STARTDT"),
        ("CDT-A005", tte["STARTDT"].notna() & tte["ADT"].isna(), "ADT"),
        ("CDT-A017", tte["ADT"] < tte["STARTDT"], "ADT"),
    ):
        for subject, value in zip(
            tte.loc[is_wrong, "USUBJID"], tte.loc[is_wrong, variable], strict=True
        ):
            shown = "" if pd.isna(value) else f"{value:%Y-%m-%d}"
            key = (("USUBJID", str(subject)), ("PARAMCD", paramcd))
            findings.add(Finding(check, "ADTTE", (variable,), (shown,), key))
    return tte[tte["STARTDT"].notna() & tte["ADT"].notna()].reset_index(drop=True)


def _report_undated(
    undated: pd.DataFrame, source: TteSource, paramcd: str, findings: Findings
) -> None:
    """Report events without a date: the subject is silently censored otherwise."""
    for subject in undated["USUBJID"]:
        key = (("USUBJID", str(subject)), ("PARAMCD", paramcd))
        findings.add(
            Finding(
                "CDT-A007", source.dataset, (source.date,), ("",), key, detail=source.description
            )
        )
