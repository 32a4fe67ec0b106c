"""A time-to-event endpoint: its origin, what ends follow-up, and the texts that say so."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class TteSource:
    """Records that end follow-up on ``date``: ``cnsr`` 0 is an event.

    ``description`` is EVNTDESC; ``date_description`` (censorings) is CNSDTDSC.
    """

    dataset: str
    date: str
    description: str
    cnsr: int = 0
    date_description: str = ""
    where: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)


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
    where: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A time-to-event parameter; sources listed first win on equal dates."""

    paramcd: str
    param: str
    population: str
    origin: str
    events: tuple[TteSource, ...]
    censorings: tuple[TteSource, ...]
    ends: tuple[FollowUpEnd, ...] = ()
    rationale: str
    source: str
