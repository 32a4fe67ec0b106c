"""A time-to-event endpoint: its origin, what ends follow-up, and the texts that say so."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Where = Mapping[str, tuple[str | None, ...]]


@dataclass(frozen=True, kw_only=True)
class TteSource:
    """Records that end follow-up on ``date``: ``cnsr`` 0 is an event.

    ``description`` is EVNTDESC, "" for none; ``date_description`` (censorings) is CNSDTDSC.
    """

    dataset: str
    date: str
    description: str
    cnsr: int = 0
    date_description: str = ""
    where: Where = field(default_factory=dict)
    rationale: str = ""


@dataclass(frozen=True, kw_only=True)
class TteOrigin:
    """Records whose earliest ``date`` starts follow-up; only subjects with one are followed."""

    dataset: str
    date: str
    where: Where = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TteMembers:
    """Records that a subject must have one of to be followed at all."""

    dataset: str
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
    and ``description``. Instead of ``longest_days`` a profile gives the missed ``visits`` and
    ``window_days``, and the study its interval: two visits of every 56 days with a window of 7 are
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
    STARTDT. Events within ``except_days`` of STARTDT count all the same (an early death); a profile
    gives ``except_visits`` of the study's interval instead.
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


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A time-to-event parameter and its choices.

    ``population`` is a flag of ADSL (all subjects if empty); follow-up starts at the variable
    ``origin`` of ADSL, or at the records of ``origin_records``; only subjects with a record of
    ``among`` are followed. ``of`` names the parameter that this is another reading of. Of equal
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
