"""What the numbers of a dataset are, learned from all records before the first is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.io.text_columns import is_whole
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import LETTERS, Numbers, letters_of
from cdisc_tools.model.transport import DatasetStream

# runs of special missing values that a side file lists; more are for XPT or Parquet
MOST_RUNS = 2_000_000
Runs = np.ndarray[Any, np.dtype[np.int64]]


@dataclass
class NumbersHeld:
    """What the numbers of a variable have in common.

    ``whole`` when an integer holds each of them; ``least`` and ``most`` are NaN without a number.
    ``special`` has for each letter the runs of records, first and last from 1, whose value is the
    special missing one.
    """

    whole: bool = True
    least: float = float("nan")
    most: float = float("nan")
    special: dict[str, list[Runs]] = field(default_factory=dict)

    def add(self, numbers: Numbers, start: int) -> None:
        """Take in the numbers of records from ``start``, which counts from 0."""
        self.whole = self.whole and bool(is_whole(numbers).all())
        missing = np.isnan(numbers)
        if not missing.all():
            self.least = float(np.fmin(self.least, np.nanmin(numbers)))
            self.most = float(np.fmax(self.most, np.nanmax(numbers)))
        if missing.any():
            letters = letters_of(numbers)
            for code in np.unique(letters[letters != 0]).tolist():
                self.special.setdefault(chr(code), []).append(_runs(letters == code) + start)

    def lies_within(self, least: float, most: float) -> bool:
        """True where each number lies within two bounds, as it does where there is none."""
        return not (self.least < least or self.most > most)

    def runs(self) -> dict[str, Runs]:
        """The runs of each letter, in the order of the letters."""
        return {
            letter: np.concatenate(self.special[letter])
            for letter in LETTERS
            if letter in self.special
        }


@dataclass(frozen=True)
class Held:
    """How many records a dataset has, and what the numbers of each numeric variable are."""

    records: int
    numbers: Mapping[str, NumbersHeld]

    def special_missing(self, shown: str) -> dict[str, dict[str, Runs]]:
        """The runs of special missing values by variable and letter.

        Raises ConfigurationError where they are too many to be listed.
        """
        found = {name: held.runs() for name, held in self.numbers.items() if held.special}
        total = sum(len(runs) for letters in found.values() for runs in letters.values())
        if total > MOST_RUNS:
            raise ConfigurationError(
                f"{shown}: special missing values stand at {total} places, more than a side file "
                f"lists ({MOST_RUNS}); export to xpt or parquet, which hold them themselves"
            )
        return found


def numbers_held(stream: DatasetStream, form: str) -> Held:
    """Learn what the numbers of a dataset are; ``form`` is the format that it goes into.

    Raises ConfigurationError for an infinite number, which no format of text holds.
    """
    numeric = [variable.name for variable in stream.about.variables if variable.is_numeric]
    held = {name: NumbersHeld() for name in numeric}
    start = 0
    for frame in stream.read():
        for name in numeric:
            numbers = column_numbers(frame[name])
            _require_finite(numbers, (stream.about.name, name), start, form)
            held[name].add(numbers, start)
        start += len(frame)
    return Held(start, held)


def column_numbers(values: pd.Series) -> Numbers:
    """The numbers of a column, special missing values among them."""
    numbers: Numbers = np.asarray(values.to_numpy(), np.float64)
    return numbers


def spread(
    runs: Mapping[str, Runs], start: int, count: int
) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """The letters of records from ``start`` (from 0), as ASCII codes; 0 where there is none."""
    letters = np.zeros(count, np.uint8)
    for letter, places in runs.items():
        firsts, lasts = places[:, 0] - 1 - start, places[:, 1] - start
        near = (lasts > 0) & (firsts < count)
        for first, last in zip(firsts[near].tolist(), lasts[near].tolist(), strict=True):
            letters[max(first, 0) : last] = ord(letter)
    return letters


def _runs(marked: "np.ndarray[Any, np.dtype[np.bool_]]") -> Runs:
    """First and last place, from 1, of each run of True."""
    edges = np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8))
    runs: Runs = np.stack([np.flatnonzero(edges == 1) + 1, np.flatnonzero(edges == -1)], axis=1)
    return runs


def _require_finite(numbers: Numbers, named: tuple[str, str], start: int, form: str) -> None:
    infinite = np.isinf(numbers)
    if infinite.any():
        place = int(infinite.argmax())
        raise ConfigurationError(
            f"{'.'.join(named)} record {start + place + 1}: {numbers[place]} is infinite, which "
            f"{form} can't hold; set it missing or export to parquet"
        )


def checked_chunks(stream: DatasetStream, records: int) -> Iterator[pd.DataFrame]:
    """Give the records of a stream that were counted before.

    Raises ConfigurationError when they are no longer as many.
    """
    seen = 0
    for frame in stream.read():
        seen += len(frame)
        yield frame
    if seen != records:
        raise ConfigurationError(
            f"{stream.file or stream.about.name}: {records} records at first, {seen} when read "
            "again; it changed meanwhile, so export it again"
        )
