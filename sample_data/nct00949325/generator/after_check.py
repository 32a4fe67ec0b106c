"""Reads the lesions back from the faulted sheet and checks that the responses are the same."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from .disposition import BIOPSIES
from .history_data import PRIOR_DOXORUBICIN
from .lesions import Scan
from .model import CUTOFF, Cell, Raw, Table
from .recist_check import check_time_points

MISSING = {"ne", "not done"}


def size_of(value: Cell) -> float | None:
    """Size in mm of a cell as sent; bare numbers are taken as mm."""
    content = value.value if isinstance(value, Raw) else value
    if content is None or isinstance(content, date):
        return None
    text = str(content).strip().lower()
    if text in MISSING:
        return None
    if text.startswith("too small") or text == "tstm":
        return 5
    number = re.fullmatch(r"([\d.]+)\s*(cm)?", text)
    if number is None:
        raise ValueError(f"lesion size {content!r}")
    return float(number[1]) * (10 if number[2] else 1)


def check_after_faults(tables: dict[str, Table], story: list[Scan]) -> None:
    """Time points as collected, prior doxorubicin, and nothing after the cut-off."""
    lesions = tables["TargetLesions"]
    differing = []
    for scan in story:
        row = lesions.find(scan.key)
        found = [size_of(row.values.get(f"size{n}")) for n in range(1, len(scan.sizes) + 1)]
        if Counter(found) != Counter(scan.sizes):
            differing.append(scan.key)
    if differing != ["14/623"]:  # the bare centimetres, without effect on the response
        raise AssertionError(f"sizes not recovered: {differing}")
    as_read = [
        replace_sizes(
            scan,
            [
                size_of(lesions.find(scan.key).values.get(f"size{number}"))
                for number in range(1, len(scan.sizes) + 1)
            ],
        )
        for scan in story
    ]
    check_time_points(as_read)
    if len(set(PRIOR_DOXORUBICIN) & set(range(1, 16))) != 9 or len(BIOPSIES) < 5:
        raise AssertionError("prior doxorubicin")
    for name, table in tables.items():
        for row in table.rows:
            for value in row.values.values():
                content = value.value if isinstance(value, Raw) else value
                if isinstance(content, date) and content.isoformat()[:10] > CUTOFF.isoformat():
                    raise AssertionError(f"{name} {row.key}: {content} after the cut-off")


def replace_sizes(scan: Scan, sizes: list[float | None]) -> Scan:
    """The scan with other sizes, in whole tenths of mm so that sums stay exact."""
    whole = [None if size is None else round(size * 10) for size in sizes]
    return Scan(
        scan.subject,
        scan.day,
        scan.visit,
        scan.scan_date,
        scan.report_date,
        scan.method,
        whole,
        scan.non_targets,
        scan.new_lesion,
    )
