"""Collected numbers: qualifiers, decimal commas, units written into the cell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = re.compile(r"(<=|>=|<|>|≤|≥|~)?\s*([+-]?[\d.,]*\d[\d.,]*)\s*(.*)", re.DOTALL)
_EXPONENT = re.compile(r"(<=|>=|<|>|≤|≥|~)?\s*([+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d{1,2})")
# "0,234" is no count of thousands
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
# "/80" behind 120 is no unit: a unit has a letter, % or °
_UNIT = re.compile(
    r"(?=.*[A-Za-z%°])(10[\^*]\d+|[A-Za-z%µμ°/])[A-Za-z0-9%µμ°/^*.]*(\s?/\s?[A-Za-z0-9^]+)?"
)


@dataclass(frozen=True)
class NumberReading:
    """A collected number as read.

    ``number`` is plain decimal text, None where the text is no number; ``qualifier`` is a
    leading < or >; ``unit`` what stands behind the number; ``note`` says what was assumed.
    """

    number: str | None
    qualifier: str = ""
    unit: str = ""
    note: str = ""


def read_number(text: str) -> NumberReading:
    """Read a collected number; digits are kept as they are written ("10.50")."""
    if exponent := _EXPONENT.fullmatch(text.strip()):
        return NumberReading(format(Decimal(exponent[2]), "f"), exponent[1] or "")
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        return NumberReading(None)
    qualifier, digits, unit = found[1] or "", found[2], found[3].strip()
    if unit and not _UNIT.fullmatch(unit):
        return NumberReading(None)
    if _PLAIN.fullmatch(digits):
        return NumberReading(digits, qualifier, unit)
    if _THOUSANDS.fullmatch(digits):
        return NumberReading(
            digits.replace(",", ""), qualifier, unit, "thousands separator removed"
        )
    if _DECIMAL_COMMA.fullmatch(digits):
        return NumberReading(
            digits.replace(",", "."), qualifier, unit, "decimal comma read as point"
        )
    return NumberReading(None)


def plain_numbers(texts: Iterable[str]) -> dict[str, float]:
    """The numbers among some texts, those with a qualifier or a unit left out."""
    read = [(text, read_number(text)) for text in texts]
    return {text: float(r.number) for text, r in read if r.number and not r.qualifier + r.unit}
