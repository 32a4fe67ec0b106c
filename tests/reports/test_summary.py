"""What a run read and made, in a few lines."""

import pandas as pd
import pytest

from cdisc_tools.metadata.standards import dataset_spec
from cdisc_tools.model.data import Dataset, RawTable
from cdisc_tools.reports.summary import datasets_text, files_text, sources_text, unmapped_text


def form(name: str, file: str, rows: int) -> RawTable:
    return RawTable(name, file, "", pd.DataFrame({"A": ["x"] * rows}))


def test_the_sheets_and_rows_of_each_file():
    forms = [form("a", "crf.xlsx", 3), form("b", "crf.xlsx", 2), form("c", "ae.csv", 0)]
    assert sources_text({table.name: table for table in forms}).splitlines() == [
        "Read 3 raw forms", "  crf.xlsx: 2 sheets, 5 rows", "  ae.csv: 0 rows",
    ]  # fmt: skip


def test_the_records_of_each_dataset_in_lines_of_the_width():
    datasets = [
        Dataset(dataset_spec(name), pd.DataFrame({"USUBJID": ["01"] * count}))
        for name, count in (("DM", 3), ("AE", 0), ("VS", 120))
    ]
    assert datasets_text("SDTM", datasets, width=15).splitlines() == [
        "SDTM (3 datasets, records)", "  DM 3   AE 0", "  VS 120",
    ]  # fmt: skip


def test_the_reasons_of_unmapped_cells():
    unmapped = pd.DataFrame({"REASON": ["no line", "a title", "no line"]})
    lines = unmapped_text(unmapped).splitlines()
    assert [line.split() for line in lines] == [
        ["3", "filled", "raw", "cells", "are", "in", "no", "dataset"], ["2", "no", "line"],
        ["1", "a", "title"],
    ]  # fmt: skip


@pytest.mark.parametrize(("files", "folders", "named"), [
    (("manifest.json", "findings.csv"), ("sdtm",), "sdtm/, findings.csv, manifest.json"),
    (("results.csv",), ("sdtm", "adam"), "adam/, sdtm/, results.csv"),
])  # fmt: skip
def test_only_what_was_made_is_named(tmp_path, files, folders, named):
    for name in folders:
        (tmp_path / name).mkdir()
    for name in files:
        (tmp_path / name).write_text("")
    assert files_text(tmp_path) == f"Files are in {tmp_path}: {named}"
