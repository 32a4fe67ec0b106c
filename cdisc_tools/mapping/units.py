"""Results in standard units, in exact decimals."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from cdisc_tools.mapping.numbers import read_number
from cdisc_tools.model.mapping import UnitRule
from cdisc_tools.model.specs import fold_term


@dataclass(frozen=True)
class StandardResults:
    """Results as standardised, aligned with the collected ones.

    ``text`` and ``number`` are --STRESC and --STRESN, ``unit`` is --STRESU; ``unconverted``
    marks numbers in a unit that the unit table does not know, ``from_words`` texts that the
    study reads as a number.
    """

    text: pd.Series
    number: pd.Series
    unit: pd.Series
    unconverted: pd.Series
    from_words: pd.Series


def standardise(
    testcd: pd.Series, result: pd.Series, unit: pd.Series, rules: tuple[UnitRule, ...],
    words: Mapping[str, str],
) -> StandardResults:  # fmt: skip
    """Convert results to standard units, each distinct (test, result, unit) once.

    A test without any unit rule keeps its collected unit. ``words`` are texts (in lower case)
    that stand for a number in the standard unit, such as "too small to measure".
    """
    table = {(rule.testcd, rule.unit): rule for rule in rules}
    keys = pd.DataFrame({"t": testcd, "r": result, "u": unit}).fillna("")
    done = {
        key: _standardise_one(key, table, words)
        for key in keys.drop_duplicates().itertuples(index=False, name=None)
    }
    rows = [done[key] for key in keys.itertuples(index=False, name=None)]
    frame = pd.DataFrame(rows, columns=["text", "number", "unit", "lost", "words"])
    return StandardResults(
        text=frame["text"].astype("string"),
        number=frame["number"].astype("Float64"),
        unit=frame["unit"].astype("string"),
        unconverted=frame["lost"].astype(bool),
        from_words=frame["words"].astype(bool),
    )


def decimal_text(value: Decimal) -> str:
    """Write a decimal without exponent or superfluous zeros."""
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "") else text


def convert(number: str, rule: UnitRule) -> Decimal:
    """Convert one number by a unit rule; halves are rounded away from zero, as SAS does."""
    value = Decimal(number) * Decimal(rule.factor) + Decimal(rule.offset)
    if not rule.digits:
        return value
    return value.quantize(Decimal(1).scaleb(-int(rule.digits)), ROUND_HALF_UP)


def _standardise_one(
    key: tuple[str, str, str], table: Mapping[tuple[str, str], UnitRule], words: Mapping[str, str]
) -> tuple[str | None, float | None, str | None, bool, bool]:  # fmt: skip
    testcd, result, unit = key
    if not result:
        return None, None, None, False, False
    rule = table.get((testcd, unit)) or _standard_already(testcd, unit, table)
    rule = rule or table.get(("", unit))
    standard_unit = rule.to if rule else unit or None
    worded = words.get(fold_term(result))
    if worded is not None:
        return worded, float(worded), standard_unit, False, True
    reading = read_number(result)
    # "12 cm" in a result whose unit is mm is a text, and so is "3 weeks"
    if reading.number is None or reading.unit.lower() not in ("", unit.lower()):
        return result, None, standard_unit, False, False
    if rule is None:
        known_test = any(test == testcd for test, _ in table)
        number = None if reading.qualifier else float(reading.number)
        return result, number, unit or None, known_test and bool(unit), False
    value = convert(reading.number, rule)
    is_same = value == Decimal(reading.number) and rule.unit == rule.to and not rule.digits
    text = f"{reading.qualifier}{reading.number if is_same else decimal_text(value)}"
    return text, None if reading.qualifier else float(value), rule.to, False, False


def _standard_already(
    testcd: str, unit: str, table: Mapping[tuple[str, str], UnitRule]
) -> UnitRule | None:
    """A unit that others of the test are converted to needs no line of its own."""
    is_target = any(test == testcd and rule.to == unit for (test, _), rule in table.items())
    return UnitRule(testcd, unit, unit) if is_target and unit else None
