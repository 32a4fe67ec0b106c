"""Sensitivity analyses as text and CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cdisc_tools.model.numbers import number_text
from cdisc_tools.reports.tables import table_csv

COLUMNS = (
    "PROFILE", "OF", "PARAMCD", "USUBJID", "ADT", "AVAL", "CNSR", "EVNTDESC", "ADT_NEW", "AVAL_NEW",
    "CNSR_NEW", "EVNTDESC_NEW",
)  # fmt: skip
_WIDTHS = (14, 8, 4, 7, 30)


@dataclass(frozen=True)
class Reading:
    """An endpoint as a profile reads it: subjects, events, median with its 95 % limits.

    ``of`` is the study's parameter that it is another reading of; None is not reached.
    """

    profile: str
    paramcd: str
    of: str
    subjects: int
    events: int
    median: float | None
    low: float | None
    high: float | None


def sensitivity_text(readings: Sequence[Reading], changes: pd.DataFrame) -> str:
    """A line a reading, then a line a subject that changes: from what to what, and why."""
    lines = ["Sensitivity analyses"]
    header = ("profile", "PARAMCD", "n", "events", "median (95 % CI)")
    lines.append(_aligned(header))
    lines += [_aligned(_cells(reading)) for reading in readings]
    for change in changes.to_dict("records"):
        before = _ending(change["AVAL"], change["CNSR"], change["EVNTDESC"])
        after = _ending(change["AVAL_NEW"], change["CNSR_NEW"], change["EVNTDESC_NEW"])
        name = f"{change['PROFILE']} {change['PARAMCD']}"
        lines.append(f"  {name}: {change['USUBJID']}: {before} -> {after}")
    return "\n".join([*lines, f"Endings that change: {len(changes)}"])


def _cells(reading: Reading) -> tuple[str, ...]:
    limits = f"{_number(reading.low)} to {_number(reading.high)}"
    return (
        reading.profile, reading.paramcd, str(reading.subjects), str(reading.events),
        f"{_number(reading.median)} ({limits})",
    )  # fmt: skip


def _aligned(cells: Sequence[str]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()


def _number(value: float | None) -> str:
    return "not reached" if value is None else number_text(value)


def _ending(aval: Any, cnsr: Any, words: Any) -> str:
    """An ending in words: its time, event or censored, and what it was."""
    if pd.isna(cnsr):
        return "not followed"
    kind = "event" if cnsr == 0 else f"censored ({cnsr})"
    described = "" if pd.isna(words) else f", {words}"
    return f"{number_text(float(aval))} {kind}{described}"


def sensitivity_csv(changes: pd.DataFrame) -> str:
    """One line a subject and reading that changes, the study's ending and the profile's."""
    days = {
        name: pd.to_datetime(changes[name]).dt.strftime("%Y-%m-%d") for name in ("ADT", "ADT_NEW")
    }
    return table_csv(changes.assign(**days).reindex(columns=list(COLUMNS)))
