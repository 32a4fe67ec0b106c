"""Writes README.md and faults.csv."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from .kinds import IDS, KINDS
from .model import CUTOFF, Fault, Table, as_text, render
from .subjects import NEVER_DOSED, NEVER_REIMAGED, SCREEN_FAILURE, SUBJECTS

FORMS = {
    "text": "text",
    "num": "number",
    "date": "date cell",
    "dmony": "text DD-Mon-YYYY",
    "dmyslash": "text DD/MM/YYYY",
    "mdyslash": "text m/d/yy",
    "iso": "text YYYY-MM-DD",
    "serial": "Excel serial (number)",
}
INTRO = f"""# Sample study NCT00949325: synthetic raw data

**Every value of a subject in this folder is SYNTHETIC.** No patient's data were used; names of
sites, investigators and subjects are invented. The trial is real, its patient table is not public.

Published (Trucco et al. 2018, Clinical Sarcoma Research 8:21, doi 10.1186/s13569-018-0107-9,
abstract only), and reproduced by these data:

| aggregate | published | how the data give it |
|---|---|---|
| evaluable subjects | 15 | 18 consented; 1 screen failure, 1 never dosed, 1 never re-imaged |
| median progression free survival | 315 days | Kaplan-Meier median, day 1 = first dose |
| range | 27-799 days | shortest and longest, the longest censored |
| stable disease or better for 60 days | 53 % | 8 of 15 |
| prior doxorubicin | 9 | 9 of the 15 (11 of the 18 who consented) |

Treatment is as published (temsirolimus 20 mg/m2 weekly, liposomal doxorubicin 30 mg/m2 monthly).
The 28-day cycle, RECIST 1.1, CTCAE v4.0, the scan interval, the eligibility, all dates, sizes,
events, laboratory values, biopsies and deaths are invented. The direction of the biopsies (ALDH and
mTOR readout fall in responders only) follows the abstract, the numbers do not come from it.

**Trial design.** The protocol is not public: elements, visits and criteria (TA, TE, TV, TI) are
invented, and in TS (`mapping/design_ts.csv`) are invented or follow from the synthetic data:

- `SSTDTC` 2009-10-29, the first informed consent; `SENDTC` 2012-06-28, the last date of a subject;
- `ACTSUB` 17, who were entered; the screen failure gave consent only and is not counted;
- `FCNTRY`, the country of all subjects; `SPONSOR`, a placeholder; `TDIGRP`, `PCLAS`, worded here;
- `OUTMSPRI`, the published response, and `TTYPE`, efficacy and safety: taken to be what was meant;
- `ADAPT`, `ADDON`, `HLTSUBJI`, `NARMS`, `SEXPOP`, `TBLIND`, `TCNTRL`, `TINDTP`: choices that fit a
  single-arm treatment trial without masking or control; `TPHASE` is published (phase I/II).

What is not known and was not invented has `TSVALNF` UNK: `AGEMIN`, `AGEMAX`, `LENGTH`, `OBJPRIM`,
`PLANSUB`, `STOPRULE`.

**Data cut-off: {CUTOFF.isoformat()}.** Nothing is dated after it. TLD-013 (day 623) and TLD-006
(day 799) are without progression at their last scan before it.

`python generate.py` rewrites `raw/`, `faults.csv` and this file byte for byte (needs pandas,
openpyxl, pyreadstat); it first recomputes all time point responses and the figures above and stops
if they are off. The faults below are put on top of the clean story; none changes these figures
after sensible cleaning.
"""


def write_faults(path: Path, faults: list[Fault]) -> None:
    """One line per place."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", "kind", "file", "sheet", "row", "column", "value", "detail"])
    for fault in faults:
        writer.writerow(
            [
                IDS[fault.kind],
                fault.kind,
                f"raw/{fault.table.file}",
                sheet_of(fault),
                fault.row_number,
                fault.column,
                fault.value,
                fault.detail,
            ]
        )
    path.write_bytes(text.getvalue().encode())


def sheet_of(fault: Fault) -> str:
    """Sheet of a workbook, empty for the other files."""
    return fault.table.sheet if fault.table.file.endswith("xlsx") else ""


def cell(text: str) -> str:
    """Text that is safe within a table of the README."""
    out = text.replace("|", "\\|").replace("\n", "\\n").replace("\u00a0", "\\u00a0")
    return f"`{out}`" if out else ""


def write_readme(path: Path, tables: list[Table], faults: list[Fault]) -> None:
    """All parts."""
    parts = [INTRO, subjects_part(), dictionary_part(tables), faults_part(faults)]
    path.write_bytes("\n".join(parts).encode())


def subjects_part() -> str:
    """Subject ids."""
    notes = {
        SCREEN_FAILURE: "screen failure",
        NEVER_DOSED: "enrolled, never dosed",
        NEVER_REIMAGED: "dosed, never re-imaged",
    }
    lines = [
        "## Subjects",
        "",
        "| subject | site | no. in trial_subjects.csv | day 1 | evaluable |",
        "|---|---|---|---|---|",
    ]
    for subject in SUBJECTS:
        note = notes.get(subject.no, f"{subject.no}")
        lines.append(
            f"| {subject.sid} | S{subject.site} | {note} | {subject.day1 or ''} | "
            f"{'no' if subject.no in notes else 'yes'} |"
        )
    lines += [
        "",
        "Numbers are those of the trial's skeleton (PFS day and reason per subject). "
        "The evaluable flag is not in the raw data; it follows from them.",
        "",
    ]
    return "\n".join(lines)


def dictionary_part(tables: list[Table]) -> str:
    """File, sheet, columns."""
    lines = [
        "## Data dictionary",
        "",
        "Row numbers are as in the file (1 = first row of the sheet or line of the CSV).",
        "Dates are of the usual form of the column; see the faults for the others.",
        "",
    ]
    for table in tables:
        name = f"`raw/{table.file}`" + (
            f", sheet `{table.sheet}`" if table.file.endswith("xlsx") else ""
        )
        data = [row for row in table.rows if row.kind == "data"]
        last = table.row_number(data[-1])
        header = {0: "variables", 1: f"header row {table.header_row}"}.get(
            min(table.header_row, 1), ""
        )
        if table.header_rows == 2 and table.header_row:
            header = f"header rows {table.header_row}-{table.header_row + 1} (merged)"
        lines += [
            f"### {name}",
            "",
            f"{table.about}. {header.capitalize()}; data from row "
            f"{table.first_data_row} to {last}, {len(data)} records.",
            "",
            "| # | column | format | example | meaning |",
            "|---|---|---|---|---|",
        ]
        for number, column in enumerate(table.columns, 1):
            sample = next(
                (
                    row.values[column.key]
                    for row in data
                    if row.values.get(column.key) not in (None, "")
                ),
                None,
            )
            shown = as_text(render(sample, column.form))
            form = (
                "SAS date, DATE9."
                if (table.header_row == 0 and column.form == "date")
                else FORMS[column.form]
            )
            lines.append(
                f"| {number} | {cell(column.label)} | {form} | {cell(shown)} | {column.meaning} |"
            )
        lines.append("")
    return "\n".join(lines)


def faults_part(faults: list[Fault]) -> str:
    """Faults by kind."""
    used = [kind for kind in KINDS if any(fault.kind == kind for fault in faults)]
    lines = [
        "## Faults",
        "",
        f"{len(used)} kinds at {len(faults)} places; `faults.csv` has a line "
        "per place. An id is the id of the kind.",
        "",
    ]
    for kind in used:
        lines += [
            f"### {IDS[kind]} {kind}",
            "",
            KINDS[kind],
            "",
            "| file | sheet | row | column | value |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {fault.table.file} | {sheet_of(fault)} | {fault.row_number} | "
            f"{cell(fault.column)} | {cell(fault.value)} |"
            for fault in faults
            if fault.kind == kind
        ]
        lines.append("")
    return "\n".join(lines)
