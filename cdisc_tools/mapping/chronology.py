"""Dates that cannot be: an end before its start, a date after the data cut-off."""

from datetime import date

import pandas as pd

from cdisc_tools.mapping.collected import Collected
from cdisc_tools.mapping.forms import Forms
from cdisc_tools.mapping.masks import is_true
from cdisc_tools.mapping.timing import DATE_LENGTH

# what is planned may lie after the cut-off
PLANNED = ("TV", "TE", "TA", "TS", "TI")


def check_chronology(collected: Collected, forms: Forms, cutoff: date) -> None:
    """Report each record whose --ENDTC is before its --STDTC, and each date after the cut-off.

    Dates are compared as far as both are known: 2010-03 is not after 2010-03-05.
    """
    frame = collected.frame
    start, end = collected.variable("STDTC"), collected.variable("ENDTC")
    if start in frame and end in frame:
        wrong = _before(frame[end], frame[start])
        for record in frame.index[wrong]:
            detail = f"{start} is {frame[start].iloc[record]}"
            forms.findings.add(collected.finding("CDT-R066", int(record), end, forms, detail))
    if collected.name in PLANNED:
        return
    for name in [str(n) for n in frame if str(n).endswith("DTC")]:
        day = frame[name].str.slice(0, DATE_LENGTH)
        late = is_true(day > cutoff.isoformat())
        for record in frame.index[late]:
            found = collected.finding("CDT-R067", int(record), name, forms, cutoff.isoformat())
            forms.findings.add(found)


def _before(end: pd.Series, start: pd.Series) -> pd.Series:
    """True where the end is before the start in the part that is known of both."""
    pairs = zip(end.fillna(""), start.fillna(""), strict=True)
    return pd.Series([e[: len(s)] < s[: len(e)] for e, s in pairs], index=end.index, dtype="bool")
