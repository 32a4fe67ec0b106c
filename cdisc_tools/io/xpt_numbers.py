"""Numbers of SAS transport: IBM floating point and the doubles of this machine, both ways.

An IBM number is (-1)^sign x 0.fraction x 16^(exponent - 64), its fraction 56 bits; a double has 53,
so that each double within the range of IBM numbers is one of them, bit for bit, but minus zero. A
missing number is its letter (. or _ or A to Z) in the first byte and zeros behind it.
Source: SAS TS-140, section Numeric data fields.
"""

from typing import Any

import numpy as np

from cdisc_tools.model.special_missing import LETTERS, Letters, Numbers

Words = np.ndarray[Any, np.dtype[np.uint64]]

_FRACTION_BITS, _MANTISSA_BITS = 56, 52
_FRACTION = np.uint64((1 << _FRACTION_BITS) - 1)
_MANTISSA = np.uint64((1 << _MANTISSA_BITS) - 1)
_SIGN = np.uint64(1 << 63)
_QUIET = np.uint64(0x7FF8_0000_0000_0000)
# what 2 ^ (exponent of a double - 1075) x 2^56 counts from, and the bounds of the IBM exponent
_EXPONENT_SHIFT, _BIAS = 1019, 64
_LEAST_EXPONENT, _MOST_EXPONENT = _EXPONENT_SHIFT - 4 * _BIAS, _EXPONENT_SHIFT + 4 * _BIAS - 1
ORDINARY = ord(".")


def _scales() -> Numbers:
    """What a fraction is multiplied by, by the first byte: sign and power of 16."""
    exponents = np.arange(128, dtype=np.int32)
    scales = np.ldexp(1.0, 4 * (exponents - _BIAS) - _FRACTION_BITS)
    return np.concatenate([scales, -scales])


def _missing_bits() -> Words:
    """The double of a missing number by the first byte, 0 for a byte that marks none."""
    bits = np.zeros(256, np.uint64)
    bits[ORDINARY] = _QUIET
    for letter in LETTERS:
        bits[ord(letter)] = _QUIET | np.uint64(ord(letter))
    return bits


_SCALES, _MISSING = _scales(), _missing_bits()


def ibm_to_double(words: Words) -> Numbers:
    """Convert IBM numbers, as integers of 64 bits, to doubles; a missing one is NaN, a special one
    the NaN of ``model.special_missing``. What a double can't hold of 56 bits is rounded to even.
    """
    first = (words >> np.uint64(_FRACTION_BITS)).astype(np.uint8)
    fraction = words & _FRACTION
    numbers: Numbers = fraction.astype(np.float64) * _SCALES[first]
    zeros = np.flatnonzero(fraction == 0)
    if len(zeros):
        missing = _MISSING[first[zeros]]
        marked = missing != 0
        numbers.view(np.uint64)[zeros[marked]] = missing[marked]
    return numbers


def double_to_ibm(numbers: Numbers, letters: Letters) -> Words:
    """Convert doubles to IBM numbers, as integers of 64 bits; ``letters`` marks special missing
    ones. Minus zero becomes zero, as other readers take it for a missing number. What
    ``outside_range`` finds must not be among them.
    """
    bits = numbers.view(np.uint64)
    moved = bits >> np.uint64(_MANTISSA_BITS)
    moved &= np.uint64(0x7FF)
    zero = np.flatnonzero(moved == 0)
    # what is out of range, zero and missing numbers among it, wraps and is written anew below
    moved -= np.uint64(_LEAST_EXPONENT)
    words: Words = bits & _MANTISSA
    words |= np.uint64(1 << _MANTISSA_BITS)
    words <<= moved & np.uint64(3)
    moved >>= np.uint64(2)
    moved <<= np.uint64(_FRACTION_BITS)
    words |= moved
    words |= bits & _SIGN
    words[zero] = 0
    missing = np.flatnonzero(np.isnan(numbers))
    marks = letters[missing].astype(np.uint64)
    words[missing] = np.where(marks != 0, marks, np.uint64(ORDINARY)) << np.uint64(_FRACTION_BITS)
    return words


def outside_range(numbers: Numbers) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """True for each number that no IBM number is: infinite, 16^63 or more, or nearer to zero than
    16^-65 without being zero.
    """
    bits = numbers.view(np.uint64)
    exponent = (bits >> np.uint64(_MANTISSA_BITS)) & np.uint64(0x7FF)
    within = (exponent >= np.uint64(_LEAST_EXPONENT)) & (exponent <= np.uint64(_MOST_EXPONENT))
    found = np.flatnonzero(~within)
    outside = np.zeros(len(numbers), bool)
    outside[found] = ~np.isnan(numbers[found]) & (numbers[found] != 0)
    return outside
