"""Numbers as people and codelists write them."""

from decimal import Decimal

# what a double holds of any decimal number; SAS transport files lose the last bits of some
DIGITS = 15


def number_text(value: float) -> str:
    """Write a number as plain decimal text of at most 15 significant digits.

    >>> number_text(9.299999999999999), number_text(5.0), number_text(1e-7)
    ('9.3', '5', '0.0000001')
    """
    return format(Decimal(f"{value:.{DIGITS}g}").normalize() + 0, "f")
