"""A time-to-event endpoint: its origin, what ends follow-up, and the texts that say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdisc_tools.model.errors import ConfigurationError

Where = Mapping[str, tuple[str | None, ...]]
KEEP, CENSORING_TIES = ("before", "on_or_before"), ("first", "last")


@dataclass(frozen=True, kw_only=True)
class TteSource:
    """Records that end follow-up on ``date``: ``cnsr`` 0 is an event.

    ``description`` is EVNTDESC, "" for none; ``date_description`` (censorings) is CNSDTDSC. The
    date STARTDT of ADSL is the origin itself, whatever variable that is. With ``at_cutoff`` a later
    date than the cut-off counts as the cut-off (who is alive later was alive then).
    """

    dataset: str
    date: str
    description: str
    cnsr: int = 0
    date_description: str = ""
    where: Where = field(default_factory=dict)
    at_cutoff: bool = False
    rationale: str = ""


@dataclass(frozen=True, kw_only=True)
class TteOrigin:
    """Records whose earliest ``date`` starts follow-up; only subjects with one are followed."""

    dataset: str
    date: str
    where: Where = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TteMembers:
    """Records that a subject must have one of to be followed at all.

    With ``date``, one that is dated, up to the cut-off.
    """

    dataset: str
    date: str = ""
    where: Where = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FollowUpEnd:
    """A date after which nothing counts any more, such as the start of new therapy.

    ``keep`` is before or on_or_before. ``cnsr`` and ``description`` say why a subject whose
    follow-up it cut was censored.
    """

    dataset: str
    date: str
    keep: str
    cnsr: int
    description: str
    where: Where = field(default_factory=dict)
    rationale: str = ""


@dataclass(frozen=True, kw_only=True)
class AssessmentGap:
    """Events that don't count because assessments were missed before them.

    An event more than ``longest_days`` after the subject's last such assessment before it (or
    STARTDT without any) ends nothing: the subject is censored at that assessment, with ``cnsr``
    and ``description``. Instead of ``longest_days`` the missed ``visits`` and ``window_days`` may
    be given, and the endpoint's interval: two visits of every 56 days with a window of 7 are
    2 * 56 + 7 days. ``events`` are the descriptions of the events that it holds for, all if empty.
    """

    dataset: str
    date: str
    cnsr: int
    description: str
    date_description: str
    longest_days: int = 0
    visits: int = 0
    window_days: int = 0
    where: Where = field(default_factory=dict)
    events: tuple[str, ...] = ()
    rationale: str = ""


@dataclass(frozen=True, kw_only=True)
class NeededRecords:
    """Records without which a subject is censored at STARTDT, whatever else ended follow-up.

    Such as an assessment at baseline or after it. ``period`` with ``date`` is on_or_before or after
    STARTDT. Events within ``except_days`` of STARTDT count all the same (an early death);
    instead ``except_visits`` of the endpoint's interval may be given.
    """

    dataset: str
    cnsr: int
    description: str
    date_description: str
    date: str = ""
    period: str = ""
    where: Where = field(default_factory=dict)
    except_days: int = 0
    except_visits: int = 0
    rationale: str = ""


Selection = TteSource | TteOrigin | TteMembers | FollowUpEnd | AssessmentGap | NeededRecords


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A time-to-event parameter and its choices.

    ``population`` is a flag of ADSL (all subjects if empty); follow-up starts at the variable
    ``origin`` of ADSL, or at the records of ``origin_records``; only subjects with a record of
    ``among`` are followed. ``of`` names the parameter that this is another reading of;
    ``interval_days`` is the schedule of assessments, by which missed visits are counted. Of equal
    dates the source listed first wins, of censorings the last one where ``censoring_tie`` is last.
    AVAL counts the origin as day ``origin_day`` (1 or 0), in ``unit``: DAYS, WEEKS (7 days), MONTHS
    (30.4375), YEARS (365.25).
    """

    paramcd: str
    param: str
    events: tuple[TteSource, ...]
    censorings: tuple[TteSource, ...]
    rationale: str
    source: str
    population: str = ""
    origin: str = ""
    origin_records: TteOrigin | None = None
    among: TteMembers | None = None
    of: str = ""
    ends: tuple[FollowUpEnd, ...] = ()
    gaps: tuple[AssessmentGap, ...] = ()
    needs: tuple[NeededRecords, ...] = ()
    censoring_tie: str = "first"
    origin_day: int = 1
    unit: str = "DAYS"
    interval_days: int = 0

    def __post_init__(self) -> None:
        """Raise ConfigurationError for an endpoint that can't be meant so."""
        censoring: Sequence[TteSource | FollowUpEnd | AssessmentGap | NeededRecords] = (
            *self.censorings, *self.ends, *self.gaps, *self.needs,
        )  # fmt: skip
        wrong = [
            *(f"the event {one.description!r} has a cnsr; take it out"
              for one in self.events if one.cnsr != 0),
            *(f"the censoring {one.description!r} needs a cnsr above 0, since 0 is an event"
              for one in censoring if one.cnsr <= 0),
            *(f"the gap {one.description!r} needs longest_days or visits, above 0"
              for one in self.gaps if one.longest_days <= 0 and one.visits <= 0),
            *(f"the need {one.description!r} has a period, so it needs a date"
              for one in self.needs if one.period and not one.date),
        ]  # fmt: skip
        if not self.origin and self.origin_records is None:
            wrong.append("give origin, or origin_records")
        wrong += self._outside()
        if wrong:
            raise ConfigurationError(f"{self.paramcd}: {wrong[0]}")

    def _outside(self) -> list[str]:
        """Say which values are outside of what they may be."""
        known = [event.description for event in self.events]
        numbers = [("interval_days", self.interval_days)]
        for gap in self.gaps:
            numbers += [(name, getattr(gap, name)) for name in ("longest_days", "visits",
                                                                "window_days")]  # fmt: skip
        for need in self.needs:
            numbers += [(name, getattr(need, name)) for name in ("except_days", "except_visits")]
        return [
            *([] if self.events else ["events is empty; without one everybody is censored"]),
            *([] if self.origin_day in (0, 1)
              else [f"origin_day is {self.origin_day}; give 0 or 1"]),
            *([] if self.censoring_tie in CENSORING_TIES
              else [f"censoring_tie is {self.censoring_tie!r}; give first or last"]),
            *(f"keep is {end.keep!r}; give before or on_or_before"
              for end in self.ends if end.keep not in KEEP),
            *(f"{name} is {value}; it must be 0 or more" for name, value in numbers if value < 0),
            *(f"where {variable} of {one.dataset} has no values"
              for one in self._selections() for variable, values in one.where.items()
              if not values),
            *(f"the gap {gap.description!r} is for {name!r}; events are {', '.join(known)}"
              for gap in self.gaps for name in gap.events if name not in known),
        ]  # fmt: skip

    def _selections(self) -> list["Selection"]:
        """Every selection of records."""
        selections: Sequence[Selection | None] = (
            *self.events, *self.censorings, *self.ends, *self.gaps, *self.needs,
            self.origin_records, self.among,
        )  # fmt: skip
        return [one for one in selections if one is not None]

    def parameters(self, dataset: str) -> set[str]:
        """The PARAMCDs of a dataset that the endpoint uses."""
        return {
            value
            for one in self._selections()
            if one.dataset == dataset
            for value in one.where.get("PARAMCD", ())
            if value is not None
        }

    def days_of_visits(self, visits: int, window_days: int = 0) -> int:
        """How long the missed visits of a gap or a need are, in days; 0 for none.

        Raises ConfigurationError without ``interval_days``.
        """
        if visits and self.interval_days <= 0:
            raise ConfigurationError(
                f"{self.paramcd}: visits are counted by interval_days, the schedule of "
                "assessments; give it, or days instead of visits"
            )
        return visits * self.interval_days + window_days if visits else 0
