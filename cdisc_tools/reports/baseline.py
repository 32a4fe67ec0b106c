"""Accepted findings as the file that a user fills in."""

import csv
import io
from collections.abc import Iterable

from cdisc_tools.metadata.baseline import BASELINE_COLUMNS
from cdisc_tools.model.baseline import BaselineEntry
from cdisc_tools.reports.tables import inert


def baseline_csv(entries: Iterable[BaselineEntry]) -> str:
    """Write one line an entry; what might be read as a formula gets an apostrophe."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(BASELINE_COLUMNS)
    for entry in entries:
        cells = (*entry.identity, str(entry.count), entry.explanation, entry.owner)
        writer.writerow([inert(cell) for cell in cells])
    return stream.getvalue()
