"""Collected date texts to ISO 8601, with any part unknown."""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# serial 60 is 29 Feb 1900, a day that never was; every later serial counts from here
EXCEL_EPOCH = datetime(1899, 12, 30)
SERIALS = range(18264, 73051)  # 1950-01-01 to 2100-01-01
EARLIEST_YEAR = 1880

_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")
_TIME = re.compile(
    r"(?:^|[T\s:]\s*)(\d{1,2}|UN|UNK|--):(\d{2}|UN|UNK|--)(?::(\d{2}|UN|UNK|--)(?:\.\d+)?)?\s*([AP]M)?$",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_RUN_TOGETHER = re.compile(r"(\d{1,2}|[A-Za-z]{2,7}?|)([A-Za-z]{3})(\d{4}|\d{2})")
_ISO_UNKNOWN_MONTH = re.compile(r"(\d{4})---(\d{2})")
_TOKENS = re.compile(r"[\s./,\-]+")


@dataclass(frozen=True)
class DateReading:
    """A collected date as read.

    ``iso`` is ISO 8601, possibly partial, or None; ``fault`` says why there is none, or, beside
    a date, why its time of day could not be read; ``notes`` say what was assumed (partial,
    serial, century, order).
    """

    iso: str | None
    fault: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class DateReader:
    """Reads collected dates of one form.

    ``order`` (dmy or mdy) decides 05/06/2010; ``pivot`` is the last two-digit year of this
    century; ``words`` are month names and words for unknown, in lower case.
    """

    words: Mapping[str, str]
    order: str = "dmy"
    pivot: int = 30

    def read(self, text: str, time_text: str = "") -> DateReading:
        """Read one collected date, with its time from a second cell where there is one."""
        clock, rest, fault = _split_time(text.strip())
        if time_text.strip():
            clock, left_over, fault = _split_time(time_text.strip())
            fault = fault or (f"{time_text!r} is no time of day" if left_over else "")
        if not rest:
            return DateReading(None, fault or "a time of day stands where a date belongs")
        reading = self._read_date(rest)
        if reading.iso is None or fault:
            return DateReading(reading.iso, reading.fault or fault, reading.notes)
        return _with_clock(reading, clock) if clock else reading

    def _read_date(self, text: str) -> DateReading:
        serial = _SERIAL.fullmatch(text)
        if serial and int(serial[1]) in SERIALS:
            return _from_serial(float(text))
        if iso_gap := _ISO_UNKNOWN_MONTH.fullmatch(text):
            return _checked(int(iso_gap[1]), None, int(iso_gap[2]))
        if compact := _COMPACT.fullmatch(text):
            return _checked(*(int(part) for part in compact.groups()))
        if together := _RUN_TOGETHER.fullmatch(text):
            parts = [part for part in together.groups() if part]
        else:
            parts = [part for part in _TOKENS.split(text) if part]
        # "UN/UNK/JAN/2010": unknown written twice before the month
        if len(parts) == 4 and self._word(parts[0]) == self._word(parts[1]) == "unknown":
            parts = parts[1:]
        if len(parts) > 3:
            return DateReading(None, "not readable as a date")
        return self._from_parts(parts, dotted="." in text)

    def _from_parts(self, parts: list[str], *, dotted: bool) -> DateReading:
        lone_number = len(parts) == 1 and parts[0].isdecimal() and len(parts[0]) != 4
        unknown = any(not part.isdecimal() and not self._word(part) for part in parts)
        if not parts or lone_number or unknown:
            return DateReading(None, "not readable as a date")
        if len(parts[0]) == 4 and parts[0].isdecimal():
            year, *rest = parts
            return _checked(int(year), *[self._number(part) for part in rest])
        if not parts[-1].isdecimal() or len(parts[-1]) not in (2, 4):
            if all(self._word(part) == "unknown" for part in parts):
                return DateReading(None, "", ("every part is unknown",))
            return DateReading(None, "the year is missing or unknown")
        year_number, notes = self._year(parts[-1])
        month, day, order_note = self._month_and_day(parts[:-1], dotted=dotted)
        reading = _checked(year_number, month, day)
        if reading.iso is None:
            return reading
        return DateReading(reading.iso, "", (*notes, *order_note, *reading.notes))

    def _month_and_day(
        self, parts: list[str], *, dotted: bool
    ) -> tuple[int | None, int | None, tuple[str, ...]]:
        if len(parts) < 2:
            return (self._number(parts[0]) if parts else None), None, ()
        first, second = (self._number(part) for part in parts)
        named_first = self._word(parts[0]).isdecimal()
        named_second = self._word(parts[1]).isdecimal()
        month_first = named_first or (self.order == "mdy" and not dotted and not named_second)
        month, day = (first, second) if month_first else (second, first)
        swapped = month is not None and month > 12 and day is not None and day <= 12
        if swapped and not (named_first or named_second):
            other = "dmy" if month_first else "mdy"
            return day, month, (f"read as {other} against the form's {self.order}",)
        return month, day, ()

    def _year(self, text: str) -> tuple[int, tuple[str, ...]]:
        if len(text) == 4:
            return int(text), ()
        century = 2000 if int(text) <= self.pivot else 1900
        return century + int(text), (f"two-digit year read as {century + int(text)}",)

    def _word(self, text: str) -> str:
        return self.words.get(text.lower(), "")

    def _number(self, part: str) -> int | None:
        if part.isdecimal():
            return int(part)
        meaning = self._word(part)
        return int(meaning) if meaning.isdecimal() else None


def _with_clock(reading: DateReading, clock: str) -> DateReading:
    """Add a time of day to a complete date; a serial's own time gives way to it."""
    day = str(reading.iso).partition("T")[0]
    if len(day) != 10 or "---" in day:
        return DateReading(day, "", (*reading.notes, "time dropped: the day is unknown"))
    return DateReading(f"{day}T{clock}", "", reading.notes)


def _split_time(text: str) -> tuple[str, str, str]:
    """Split off a time of day: (ISO time, the rest, fault)."""
    found = _TIME.search(text)
    if not found:
        return "", text, ""
    hour_text, minute_text, second_text, half = found.groups()
    rest = text[: found.start()].strip()
    if not hour_text.isdecimal():
        return "", rest, ""
    hour = int(hour_text)
    # "14:30 PM" says one time twice; "14:30 AM" and "0:30 PM" contradict themselves
    contradicts = bool(half) and (hour > 12 if half.upper() == "AM" else hour == 0)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.upper() == "PM" else 0)
    shown = [f"{hour:02d}"]
    for part in (minute_text, second_text):
        if part is None or not part.isdecimal():
            break
        shown.append(part)
    if contradicts or hour > 23 or any(int(part) > 59 for part in shown[1:]):
        return "", rest, f"{found[0].strip()!r} is no time of day"
    return ":".join(shown), rest, ""


def _from_serial(serial: float) -> DateReading:
    moment = EXCEL_EPOCH + timedelta(days=int(serial))
    note = (f"spreadsheet serial {serial:g} read as a date",)
    fraction = serial - int(serial)
    if not fraction:
        return DateReading(moment.date().isoformat(), "", note)
    minutes = round(fraction * 24 * 60)
    return DateReading((moment + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M"), "", note)


def _checked(year: int, month: int | None = None, day: int | None = None) -> DateReading:
    """Write the known parts as ISO 8601, or say why they are no date."""
    if year < EARLIEST_YEAR or year > 2100:
        return DateReading(None, f"year {year:04d} is outside {EARLIEST_YEAR} to 2100")
    if month is not None and not 1 <= month <= 12:
        return DateReading(None, f"there is no month {month}")
    longest = 31 if month is None else calendar.monthrange(year, month)[1]
    if day is not None and not 1 <= day <= longest:
        return DateReading(None, f"there is no such day: {day} in {year:04d}-{month or 0:02d}")
    if month is None and day is None:
        return DateReading(f"{year:04d}", "", ("partial",))
    if month is None:
        return DateReading(f"{year:04d}---{day:02d}", "", ("partial",))
    if day is None:
        return DateReading(f"{year:04d}-{month:02d}", "", ("partial",))
    return DateReading(date(year, month, day).isoformat())
