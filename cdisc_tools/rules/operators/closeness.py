"""Whether two numbers are the same but for how computers round (ours)."""

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Codes, Mask, where_codes
from cdisc_tools.rules.operators.attributes import wrong
from cdisc_tools.rules.operators.registry import operator
from cdisc_tools.rules.table import Table

_TOLERANCE = 1e-6
# what is left of 0.1 + 0.2 - 0.3, where a share of the values themselves is nothing
_LEAST = 1e-9


@operator("is_close_to")
def is_close_to(table: Table, condition: Condition) -> Mask:
    """True where two numbers differ by at most ``tolerance``, a share of the larger one (a
    millionth where it isn't given); a missing value or a text that is no number is close to none.
    """
    return _where(table, condition, close=True)


@operator("is_not_close_to")
def is_not_close_to(table: Table, condition: Condition) -> Mask:
    """True where two numbers differ by more than ``tolerance``; false where either is missing."""
    return _where(table, condition, close=False)


def _where(table: Table, condition: Condition, *, close: bool) -> Mask:
    tolerance = condition.options.get("tolerance", _TOLERANCE)
    if not isinstance(tolerance, int | float) or isinstance(tolerance, bool) or tolerance < 0:
        raise wrong(condition, f"tolerance must be a number of 0 or more, not {tolerance!r}")
    left, right = table.target(condition), table.comparator(condition)
    lefts, rights = left.numbers(), right.numbers()

    def judge(left_codes: Codes, right_codes: Codes) -> Mask:
        ours, theirs = lefts[left_codes], rights[right_codes]
        with np.errstate(over="ignore", invalid="ignore"):
            allowed = _LEAST + tolerance * np.maximum(np.abs(ours), np.abs(theirs))
            apart = np.abs(ours - theirs)
        mask: Mask = apart <= allowed if close else apart > allowed
        return mask

    return where_codes(left, right, judge)
