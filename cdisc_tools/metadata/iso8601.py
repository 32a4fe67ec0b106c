"""Which texts are ISO 8601 dates, times, intervals and durations, as SDTM writes them.

Source: ISO 8601 as SDTM restricts it: hyphens for unknown inner parts, truncation from the right.
"""

import re
from calendar import monthrange

_DATETIME = re.compile(
    r"(?P<year>\d{4}|-)"
    r"(?:-(?P<month>\d{2}|-)"
    r"(?:-(?P<day>\d{2}|-)"
    r"(?:T(?P<hour>\d{2}|-)"
    r"(?::(?P<minute>\d{2}|-)"
    r"(?::(?P<second>\d{2}(?:\.\d+)?))?)?"
    r"(?P<zone>Z|[+-]\d{2}:\d{2})?)?)?)?"
)
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_LOWEST = {"month": 1, "day": 1}
_HIGHEST = {"month": 12, "day": 31, "hour": 23, "minute": 59, "second": 59}
_NUMBER = r"\d+(?:\.\d+)?"
_DURATION = re.compile(
    rf"[+-]?P(?:(?P<weeks>{_NUMBER}W)|"
    rf"(?P<date>(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?)"
    rf"(?:T(?P<time>(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?))?)"
)
# 2000 is a leap year: 29 February of an unknown year is a day that exists
_ANY_YEAR = 2000


def is_datetime(text: str) -> bool:
    """Tell whether a text is a date or a date with a time.

    Parts may be left out from the right; an unknown part further left is a hyphen. The last
    part given is known, and the day exists in its month.

    >>> [is_datetime(text) for text in ("2003-12", "2003---15", "--12-15", "-----T07:15")]
    [True, True, True, True]
    >>> [is_datetime(text) for text in ("2020-02-60", "2019-02-29", "2003-12-", "15DEC2003")]
    [False, False, False, False]
    """
    found = _DATETIME.fullmatch(text)
    if found is None or not text.isascii():
        return False
    given = {part: found[part] for part in _PARTS if found[part] is not None}
    if given[list(given)[-1]] == "-":
        return False
    known = {part: float(value) for part, value in given.items() if value != "-"}
    return _parts_exist(known) and _zone_exists(found["zone"])


def is_duration(text: str) -> bool:
    """Tell whether a text is a duration; a sign may stand first, a fraction in the last part.

    >>> [is_duration(text) for text in ("P1Y2M", "PT0.5H", "-P2W", "P", "P1.5YT2H", "PT")]
    [True, True, True, False, False, False]
    """
    found = _DURATION.fullmatch(text)
    if found is None or not text.isascii() or not text[-1].isalpha():
        return False
    has_parts = bool(found["weeks"] or found["date"] or found["time"])
    # a fraction may stand in the last part only
    return has_parts and found["time"] != "" and not re.search(r"\.\d+[A-Z].*\d", text)


def is_interval(text: str) -> bool:
    """Tell whether a text is start/end, start/duration or duration/end.

    >>> [is_interval(text) for text in ("2003-12-01/2003-12-10", "2003-12/P1M", "P1D/P2D")]
    [True, True, False]
    """
    start, slash, end = text.partition("/")
    if not slash:
        return False
    if is_datetime(start):
        return is_datetime(end) or is_duration(end)
    return is_duration(start) and is_datetime(end)


def is_datetime_or_interval(text: str) -> bool:
    """Tell whether a text may stand in a --DTC variable.

    >>> is_datetime_or_interval("2003-12-15T13:14:17/2003-12-15T13:20")
    True
    """
    return is_datetime(text) or is_interval(text)


def is_duration_or_interval(text: str) -> bool:
    """Tell whether a text may stand in a variable of durations or intervals (--EVLINT).

    >>> is_duration_or_interval("-P2Y"), is_duration_or_interval("2003-12/2004-01")
    (True, True)
    """
    return is_duration(text) or is_interval(text)


def _parts_exist(known: dict[str, float]) -> bool:
    """Tell whether each known part is in its range and the day exists in its month."""
    if known.get("year", 1) < 1:
        return False
    for part, highest in _HIGHEST.items():
        if part in known and not _LOWEST.get(part, 0) <= known[part] < highest + 1:
            return False
    if "month" in known and "day" in known:
        year = int(known.get("year", _ANY_YEAR))
        return known["day"] <= monthrange(year, int(known["month"]))[1]
    return True


def _zone_exists(zone: str | None) -> bool:
    """Tell whether an offset from UTC is at most 23:59."""
    return zone is None or zone == "Z" or (int(zone[1:3]) <= 23 and int(zone[4:6]) <= 59)
