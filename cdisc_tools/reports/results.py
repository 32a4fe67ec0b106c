"""Results as text and CSV, each beside the published figure."""

import csv
import io
import re

import pandas as pd

from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.results import Result
from cdisc_tools.reports.tables import inert

COLUMNS = (
    "name", "title", "value", "low", "high", "n", "count", "unit", "published", "agrees",
)  # fmt: skip
NUMBERS = ("value", "low", "high", "n", "count")
_PLACE = re.compile(r"\{(?P<figure>\w+)\.(?P<number>\w+)\}")
AGREES = {True: "agrees", False: "DIFFERS", None: ""}


def results_text(results: list[Result]) -> str:
    """Write a table: figure, value with its interval, the published figure, agreement."""
    rows = [("", "this run", "published", "")]
    rows += [
        (result.title, _value(result), result.published or "-", AGREES[result.agrees])
        for result in results
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
             for row in rows]  # fmt: skip
    return "\n".join(lines)


def results_csv(results: list[Result]) -> str:
    """Write one line a figure, numbers in full."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for result in results:
        fields = [getattr(result, name) for name in COLUMNS]
        writer.writerow([inert(field) if isinstance(field, str) else field for field in fields])
    return stream.getvalue()


def headlines_text(headlines: tuple[str, ...], results: list[Result]) -> str:
    """Write the study's own sentences about its results.

    Raises ConfigurationError for a sentence that names an unknown figure or number.
    """
    figures = {result.name: result for result in results}

    def number(found: re.Match[str]) -> str:
        result = figures.get(found["figure"])
        if result is None or found["number"] not in NUMBERS:
            raise ConfigurationError(
                f"published.yaml: headline {found.string!r}: {found[0]} is no number of a figure; "
                f"figures: {', '.join(figures)}; numbers: {', '.join(NUMBERS)}"
            )
        value = getattr(result, found["number"])
        return _number(value) if value is not None else result.note or "not reached"

    return "\n".join(_PLACE.sub(number, headline) for headline in headlines)


def ae_table_text(table: pd.DataFrame, most: int = 10) -> str:
    """Write the most frequent adverse events by worst grade."""
    grades = [name for name in table.columns if name.startswith("GRADE") and name[5:].isdigit()]
    header = f"{'Adverse event (treatment emergent)':<48}{'N':>4}{'%':>6}" + "".join(
        f"{'G' + name[5:]:>5}" for name in grades
    )
    lines = [header]
    for record in table.head(most).to_dict("records"):
        counts = "".join(f"{int(record[name]):>5}" for name in grades)
        lines.append(f"{record['AEDECOD']:<48}{record['N']:>4}{record['PERCENT']:>6.0f}{counts}")
    if len(table) > most:
        lines.append(f"... and {len(table) - most} more terms, see ae_worst_grade.csv")
    return "\n".join(lines)


def _value(result: Result) -> str:
    if result.value is None:
        return result.note or ("not reached" if result.n else "no data")
    text = f"{_number(result.value)} {result.unit}".strip()
    if result.low is not None or result.high is not None:
        low = "-" if result.low is None else _number(result.low)
        high = "-" if result.high is None else _number(result.high)
        text += f" ({low} to {high})"
    return text


def _number(value: float) -> str:
    if value == int(value):
        return str(int(value))
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.1f}"
