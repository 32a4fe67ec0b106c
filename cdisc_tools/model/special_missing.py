"""Special missing values of SAS (._ and .A to .Z) as numbers that are none.

A float64 that is no number has room for a payload, which copies, slices, pickles and Arrow keep:
its last byte is the letter. The ordinary missing value has none. What computes with such a number
sees a missing one.
Source: SAS Language Reference, Concepts: Missing Values (28 numeric missing values).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

LETTERS = "_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_QUIET = 0x7FF8_0000_0000_0000
_CODES = np.frombuffer(LETTERS.encode("ascii"), np.uint8)

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Letters = np.ndarray[Any, np.dtype[np.uint8]]


def missing_number(letter: str) -> float:
    """Return the number that stands for a special missing value.

    >>> missing_number("A") != missing_number("A"), letter_of(missing_number("A"))
    (True, 'A')
    """
    return float(np.array([_QUIET | ord(letter)], np.uint64).view(np.float64)[0])


def letter_of(number: float) -> str:
    """Return the letter of a special missing value, "" for any other number.

    >>> letter_of(missing_number("_")), letter_of(float("nan")), letter_of(1.0)
    ('_', '', '')
    """
    code = int(letters_of(np.array([number], np.float64))[0])
    return chr(code) if code else ""


def letters_of(numbers: Numbers) -> Letters:
    """Return the letter of each special missing value as its ASCII code, 0 for any other number."""
    bits = np.ascontiguousarray(numbers, np.float64).view(np.uint64)
    found = np.zeros(len(bits), np.uint8)
    missing = np.flatnonzero(np.isnan(numbers))
    last = (bits[missing] & np.uint64(0xFF)).astype(np.uint8)
    found[missing] = np.where(np.isin(last, _CODES), last, 0)
    return found


def set_letters(numbers: Numbers, letters: Letters) -> Numbers:
    """Return numbers with special missing values where ``letters`` has a code that isn't 0."""
    bits = numbers.astype(np.float64).view(np.uint64)
    special = letters != 0
    bits[special] = np.uint64(_QUIET) | letters[special].astype(np.uint64)
    made: Numbers = bits.view(np.float64)
    return made


def places_of_letters(numbers: Numbers) -> Mapping[str, list[int]]:
    """Return the places of each special missing value by its letter, from 0.

    >>> places_of_letters(np.array([1.0, missing_number("B"), float("nan")]))
    {'B': [1]}
    """
    letters = letters_of(numbers)
    return {
        chr(code): np.flatnonzero(letters == code).tolist()
        for code in _CODES.tolist()
        if (letters == code).any()
    }
