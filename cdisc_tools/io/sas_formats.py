"""SAS formats of dates, date-times and times: what a number with one of them counts, and from when.

Source: SAS 9.4 Formats and Informats: Reference, categories Date and Time and ISO 8601 (names, as
public listings give them).
"""

import re
from collections.abc import Mapping

DATE, DATETIME, TIME = "date", "datetime", "time"
# of dates whose source says no format
DEFAULT_FORMATS: Mapping[str, str] = {DATE: "DATE9.", DATETIME: "DATETIME20.", TIME: "TIME8."}
# days since 1960, seconds since then, seconds since midnight
_KINDS = {
    DATE: re.compile(
        r"DATE|(MMDDYY|DDMMYY|YYMMDD)[BCDNPS]?|[BE]8601DA|IS8601DA|NLDATE|WORDDATX?|WEEKDATX?"
    ),
    DATETIME: re.compile(r"DATETIME|DATEAMPM|MDYAMPM|[BE]8601DT|IS8601DT|NLDATM"),
    TIME: re.compile(r"TIME|TIMEAMPM|HHMM|TOD|[BE]8601TM|IS8601TM|NLTIME"),
}
_FORMAT = re.compile(r"(?P<name>\$?(?:\w*[A-Za-z_])?)(?P<width>\d*)(?:\.(?P<decimals>\d*))?")


def date_kind(name: str) -> str:
    """Say what a number with a format is: date, datetime, time, or "" for a plain number.

    >>> date_kind("DATE9."), date_kind("E8601DT19."), date_kind("TIME8."), date_kind("8.2")
    ('date', 'datetime', 'time', '')
    """
    stem = name.upper().rstrip("0123456789.")
    return next((kind for kind, names in _KINDS.items() if names.fullmatch(stem)), "")


def format_text(name: str, width: int, decimals: int) -> str:
    """Write a format as SAS does, "" for none.

    >>> format_text("DATE", 9, 0), format_text("", 8, 2), format_text("$", 20, 0)
    ('DATE9.', '8.2', '$20.')
    """
    if not name and not width:
        return ""
    return f"{name}{width or ''}.{decimals or ''}"


def format_parts(text: str) -> tuple[str, int, int] | None:
    """Read a format into name, width and decimals; None for what is no format.

    >>> format_parts("DATE9."), format_parts("8.2"), format_parts("$20."), format_parts("9 to 5")
    (('DATE', 9, 0), ('', 8, 2), ('$', 20, 0), None)
    """
    found = _FORMAT.fullmatch(text.strip())
    if found is None:
        return None
    return found["name"], int(found["width"] or 0), int(found["decimals"] or 0)
