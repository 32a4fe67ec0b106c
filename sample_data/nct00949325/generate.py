"""Rewrites raw/, faults.csv and README.md of the synthetic sample study, byte for byte."""

from __future__ import annotations

from pathlib import Path

from generator.after_check import check_after_faults
from generator.build import clean_tables
from generator.faults import Faults
from generator.faults_story import apply
from generator.lesions import scans
from generator.readme import write_faults, write_readme
from generator.recist_check import check_published, check_time_points
from generator.writers import write_csv, write_workbook, write_xport

HERE = Path(__file__).resolve().parent
ENCODINGS = {"redcap_conmed.csv": ("utf-8-sig", "\r\n"), "redcap_deviations.csv": ("cp1252", "\n")}


def main() -> None:
    """Story, check, faults, files."""
    story = scans()
    check_time_points(story)
    check_published(story)
    tables = clean_tables(story)
    faults = Faults(tables)
    apply(faults)
    check_after_faults(faults.tables, story)
    raw = HERE / "raw"
    raw.mkdir(exist_ok=True)
    write_workbook(
        raw / "crf_export.xlsx", [table for table in tables if table.file == "crf_export.xlsx"]
    )
    for table in tables:
        if table.file.endswith(".csv"):
            write_csv(raw / table.file, table, *ENCODINGS.get(table.file, ("utf-8", "\n")))
        elif table.file.endswith(".xpt"):
            write_xport(raw / table.file, table)
    log = faults.ordered()
    write_faults(HERE / "faults.csv", log)
    write_readme(HERE / "README.md", tables, log)
    print(
        f"{len(tables)} tables, {len(log)} fault places, {len({fault.kind for fault in log})} kinds"
    )


if __name__ == "__main__":
    main()
