"""What the transport format asks of texts: bytes, and brackets in pairs (ours)."""

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Mask, as_text
from cdisc_tools.rules.operators.attributes import wrong
from cdisc_tools.rules.operators.registry import operator
from cdisc_tools.rules.table import Table

_CLOSING = {")": "(", "]": "[", "}": "{"}
_QUOTES = ("'", '"')


@operator("longer_in_bytes_than")
def longer_in_bytes_than(table: Table, condition: Condition) -> Mask:
    """True for a value of more bytes in UTF-8 than the comparator, a number, says; a letter with
    an accent has two. False for a missing value.
    """
    limit = condition.value
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise wrong(condition, f"longer_in_bytes_than has no whole number as value, but {limit!r}")
    return table.target(condition).where(
        lambda value: len(as_text(value).encode("utf-8", "surrogatepass")) > limit
    )


@operator("is_unbalanced")
def is_unbalanced(table: Table, condition: Condition) -> Mask:
    """True for a text with a bracket that is not closed or opened, or a quote without a second
    one; an apostrophe counts as a quote. False for a missing value.
    """
    return table.target(condition).where(lambda value: _is_unbalanced(as_text(value)))


def _is_unbalanced(text: str) -> bool:
    """Tell whether brackets and quotes don't come in pairs.

    >>> [_is_unbalanced(text) for text in ("Dose (mg)", "Dose (mg", "a) b (", "Subject's Age", "")]
    [False, True, True, True, False]
    """
    opened: list[str] = []
    for letter in text:
        if letter in _CLOSING.values():
            opened.append(letter)
        elif letter in _CLOSING and (not opened or opened.pop() != _CLOSING[letter]):
            return True
    return bool(opened) or any(text.count(quote) % 2 for quote in _QUOTES)
