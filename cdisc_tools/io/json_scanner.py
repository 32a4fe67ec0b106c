"""JSON texts of any size, read value by value in bounded memory."""

import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from cdisc_tools.io.variable_names import name_twice
from cdisc_tools.model.errors import ConfigurationError

# characters read at a time, the most that one value may have, and about those of a list of them
BLOCK = 4_194_304
LONGEST = 16_777_216
_MOST_TOGETHER = 67_108_864
# characters of values that are read at once: some thousand records, which the caches hold
_AT_ONCE = 1_572_864
_BLANKS = re.compile(r"[ \t\r\n]*")
# what may stand between the values of an array, and between those of lines
BETWEEN_ITEMS = re.compile(r"[ \t\r\n]*([,\]])[ \t\r\n]*")
BETWEEN_LINES = re.compile(r"[ \t\r]*(\n)[ \t\r\n]*")
# what usually stands between two arrays
_JOINTS = {BETWEEN_ITEMS: ("],\n[", "],["), BETWEEN_LINES: ("]\n[",)}


class JsonScanner:
    """The values of a JSON text, one after the other."""

    def __init__(self, stream: TextIO, shown: str) -> None:
        """Begin at the start of a text; ``shown`` is the file's name in messages."""
        self._stream = stream
        self._shown = shown
        self._text = ""
        self._place = 0
        self._before = 0
        decoder: Any = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_no_repeats)
        self._scan = decoder.scan_once

    def next_character(self) -> str:
        """The next character that is no blank, which stays; "" at the end."""
        while True:
            found = _BLANKS.match(self._text, self._place)
            self._place = found.end() if found else self._place
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._more():
                return ""

    def take(self, expected: str) -> str:
        """Pass over the next character, which must be one of those expected."""
        found = self.next_character()
        if not found or found not in expected:
            there = f"{found!r} stands" if found else "the file ends"
            raise self.error(f"{there} where {' or '.join(expected)} is expected")
        self._place += 1
        return found

    def value(self, what: str) -> Any:
        """Read the next value whole; ``what`` names it in messages."""
        self.next_character()
        while True:
            fault = "no JSON value"
            try:
                found, end = self._scan(self._text, self._place)
                # a number at the end of what was read may go on
                if end < len(self._text) or not self._more():
                    self._place = end
                    return found
                continue
            except RecursionError as error:
                raise self.error(f"{what} is nested too deeply") from error
            except StopIteration:
                pass
            except ValueError as error:
                fault = str(error)
            if not self._more():
                raise self.error(f"{what} is no JSON: {fault}")

    def values(self, between: re.Pattern[str], what: str, most: int) -> Iterator[list[Any]]:
        """Give the values up to the end of their array, or of the lines, in lists of up to
        ``most`` and of a bounded length of text.

        Raises ConfigurationError that names a faulty value by ``what`` and its number, from 1.
        """
        number, goes_on = 1, True
        while goes_on:
            with _without_collector():
                found = self._at_once(between)
                if found:
                    goes_on = self._passes(between, f"{what} {number + len(found) - 1}")
                else:
                    found, goes_on = self._several(between, what, number, most)
            number += len(found)
            for first in range(0, len(found), most):
                yield found[first : first + most]
            # let go before the next are made
            found = []

    def _at_once(self, between: re.Pattern[str]) -> list[Any]:
        """The next arrays, as many as surely end within what is read at once; none where one of
        them may be faulty, for a reading one by one to tell.
        """
        if len(self._text) - self._place < _AT_ONCE:
            self._more()
        # the rest is not worth it
        if len(self._text) - self._place < _AT_ONCE:
            return []
        start, joints = self._place, _JOINTS[between]
        end = max(self._text.rfind(joint, start, start + _AT_ONCE) for joint in joints) + 1
        part = self._text[start:end]
        if not part:
            return []
        lines = part.count("\n") if between is BETWEEN_LINES else 0
        if lines:
            # no text of JSON holds a line end, so that each of these is between two arrays; those
            # within a record are no values of a dataset
            if part.count(joints[0]) != lines:
                return []
            part = part.replace("\n", ",\n")
        try:
            found, read = self._scan(f"[{part}]", 0)
        except (StopIteration, ValueError, RecursionError):
            return []
        if read != len(part) + 2 or (between is BETWEEN_LINES and len(found) != lines + 1):
            return []
        self._place = end
        whole: list[Any] = found
        return whole

    def _several(
        self, between: re.Pattern[str], what: str, number: int, most: int
    ) -> tuple[list[Any], bool]:
        """The next of several values from a number on, and whether another follows."""
        found: list[Any] = []
        began, goes_on = self._before + self._place, True
        while goes_on and len(found) < most and self._before + self._place - began < _MOST_TOGETHER:
            value, goes_on = self._next_of(between, what, number + len(found))
            found.append(value)
        return found, goes_on

    def _next_of(self, between: re.Pattern[str], what: str, number: int) -> tuple[Any, bool]:
        """The next of several values, and whether another follows."""
        try:
            value, end = self._scan(self._text, self._place)
            passed = between.match(self._text, end)
        except (StopIteration, ValueError, RecursionError):
            passed = None
        if passed is None or passed.end() == len(self._text):
            value = self.value(f"{what} {number}")
            return value, self._passes(between, f"{what} {number}")
        if between is BETWEEN_LINES and self._text.find("\n", self._place, end) >= 0:
            raise self.error(f"{what} {number} goes over several lines")
        self._place = passed.end()
        return value, passed[1] != "]"

    def _passes(self, between: re.Pattern[str], what: str) -> bool:
        """Pass over what stands behind a value; tell whether another follows."""
        while True:
            passed = between.match(self._text, self._place)
            if passed is not None and passed.end() < len(self._text):
                break
            if not self._more():
                break
        if between is BETWEEN_LINES and not self.next_character():
            return False
        if passed is None:
            raise self.error(f"something stands behind {what} that belongs to none")
        self._place = max(passed.end(), self._place)
        return passed[1] != "]"

    def error(self, fault: str) -> ConfigurationError:
        """Say what is wrong, and where."""
        place = self._before + self._place
        return ConfigurationError(
            f"{self._shown}: {fault} (near character {place + 1}); export the file again"
        )

    def _more(self) -> bool:
        """Read on; what was passed is let go."""
        rest = len(self._text) - self._place
        if rest > LONGEST:
            raise self.error(f"a value of more than {LONGEST} characters")
        try:
            block = self._stream.read(max(BLOCK, rest))
        except UnicodeDecodeError as error:
            raise self.error(f"byte 0x{error.object[error.start]:02X} is not UTF-8") from error
        self._before += self._place
        self._text = self._text[self._place :] + block
        self._place = 0
        return bool(block)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the collector of circles away from millions of values that make none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs.

    Raises ValueError for a name that stands twice, of which readers would take the first or last.
    """
    made = dict(pairs)
    if len(made) < len(pairs):
        name = name_twice(name for name, _ in pairs)
        raise ValueError(f"the name {name!r} stands twice in an object")
    return made
