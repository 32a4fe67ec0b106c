"""What a condition's attributes say: patterns, lengths, and the names of variables."""

import re
import warnings
from functools import lru_cache
from typing import Any

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Column
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.table import ColumnNotFoundError, Table


def wrong(condition: Condition, reason: str) -> RuleError:
    """Make the error for an attribute that is missing or can't be meant so."""
    where = f"line {condition.line}: {condition.operator} on {condition.name}"
    return RuleError(f"{where}: {reason}")


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        # what a later Python may read otherwise, this one reads as the rule's author does
        warnings.simplefilter("ignore", FutureWarning)
        return re.compile(pattern)


def read_pattern(condition: Condition, pattern: Any) -> re.Pattern[str]:
    """Compile a regular expression of a condition, once.

    Raises RuleError when it is none.
    """
    if not isinstance(pattern, str):
        raise wrong(condition, f"a regular expression is needed, not {pattern!r}")
    try:
        return _compiled(pattern)
    except re.error as error:
        raise wrong(condition, f"{pattern!r} is no regular expression ({error})") from None


def read_length(condition: Condition, attribute: str) -> int:
    """Return how many characters ``prefix`` or ``suffix`` asks for.

    Raises RuleError when it is missing or no positive whole number.
    """
    length = condition.options.get(attribute)
    if not isinstance(length, int) or isinstance(length, bool) or length < 1:
        raise wrong(condition, f"{attribute} must be a number of characters, not {length!r}")
    return length


def read_option(condition: Condition, attribute: str) -> Any:
    """Return an attribute that the operator can't do without.

    Raises RuleError when it is missing.
    """
    found = condition.options.get(attribute)
    if found is None or found in ("", []):
        raise wrong(condition, f"{attribute} is missing")
    return found


def listed_names(table: Table, value: Any) -> list[str]:
    """Return the names of variables that a value lists, each once and with the domain put in.

    A ``$id`` whose values are lists stands for the names in the first record's list.
    """
    names: list[str] = []
    for item in value if isinstance(value, list | tuple) else [value]:
        if item in table and table[item].is_list:
            names += [table.expand(str(name)) for name in _first_list(table[item])]
        elif isinstance(item, str) and item:
            names.append(table.expand(item))
    return list(dict.fromkeys(names))


def columns_of(table: Table, condition: Condition, value: Any) -> list[Column]:
    """Return the columns that a value names, one or several.

    Raises ColumnNotFoundError for one that there isn't, RuleError when none is named.
    """
    names = listed_names(table, value)
    if not names:
        raise wrong(condition, f"the name of a variable is needed, not {value!r}")
    return [table[name] for name in names]


def compares_column(table: Table, condition: Condition) -> bool:
    """True where a condition's value names a variable, and isn't meant as it stands."""
    return not condition.options.get("value_is_literal") and condition.value in table


def needed_column(table: Table, name: Any) -> Column:
    """Return the column that a value names, where a literal makes no sense.

    Raises ColumnNotFoundError when there is none.
    """
    if name not in table:
        raise ColumnNotFoundError(table.expand(str(name)))
    return table[name]


def _first_list(column: Column) -> tuple[Any, ...]:
    """Return the first record's list, the first there is when that is missing."""
    first = column.record(0) if len(column) else None
    found: tuple[Any, ...] = column.values[0] if first is None else first
    return found
