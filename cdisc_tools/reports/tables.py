"""Tables as CSV text that no spreadsheet program reads as formulas."""

import re

import pandas as pd

from cdisc_tools.model.texts import one_line_end

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def inert(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet program would read as a formula.

    Line breaks become "\\n", since the CSV writer leaves a lone carriage return unquoted.

    >>> inert("=1+1"), inert("-5"), inert("- none")
    ("'=1+1", '-5', "'- none")
    """
    formula = text.startswith(FORMULA_MARKS) and not _NUMBER.fullmatch(text)
    shown = one_line_end(text)
    return f"'{shown}" if formula else shown


def table_csv(frame: pd.DataFrame) -> str:
    """Write a frame as CSV, its texts inert, numbers in full; missing is an empty cell."""
    texts = {
        str(name): values.map(inert, na_action="ignore")
        for name, values in frame.items()
        if not pd.api.types.is_numeric_dtype(values)
    }
    return frame.assign(**texts).to_csv(index=False, lineterminator="\n")
