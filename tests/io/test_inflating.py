"""Spreadsheets of OpenDocument that would fill the memory; the other bounds are tested with the
formats that they hold.
"""

import resource
import time
import zipfile

import pytest

from cdisc_tools.io.spreadsheets import WorkbookReader
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import SourceSpec

NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
TYPE = "application/vnd.oasis.opendocument.spreadsheet"
FILLED = '<table:table-cell{} office:value-type="string"><text:p>a</text:p></table:table-cell>'
EMPTY = "<table:table-cell{}/>"


def row(*cells, times=1):
    """A row of cells, each with how often it is repeated."""
    made = "".join(
        cell.format(f' table:number-columns-repeated="{repeats}"') for cell, repeats in cells
    )
    return f'<table:table-row table:number-rows-repeated="{times}">{made}</table:table-row>'


def spreadsheet(path, *rows, further=""):
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{NAMES}office:1.0" '
        f'xmlns:table="{NAMES}table:1.0" xmlns:text="{NAMES}text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="S">{"".join(rows)}</table:table>'
        f"</office:spreadsheet></office:body></office:document-content>{further}"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", TYPE)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{NAMES}manifest:1.0"><manifest:file-entry '
            f'manifest:full-path="/" manifest:media-type="{TYPE}"/></manifest:manifest>',
        )
    return path


# a spreadsheet program fills up a sheet with one empty row that is repeated to its end
END = row((EMPTY, 16384), times=1_048_570)


def test_a_spreadsheet_with_repeated_cells_is_read(tmp_path):
    path = spreadsheet(
        tmp_path / "form.ods", row((FILLED, 1), (EMPTY, 2), (FILLED, 1), (EMPTY, 16380)),
        row((FILLED, 4), times=3), END,
    )  # fmt: skip
    grid = WorkbookReader(path, "form.ods").read_sheet(SourceSpec(name="form", file="form.ods"))
    assert [list(record) for record in grid.rows] == [["a", "a", "a", "a"]] * 3


@pytest.mark.parametrize(("rows", "why"), [
    ([row((FILLED, 16384), times=1_048_576)], r"reaches over 1048576 rows and 16384 columns"),
    ([row((FILLED, 1)), row((EMPTY, 16383), (FILLED, 1), times=100_000)], r"100001 rows and 16384"),
    ([row((EMPTY, 1), times=1_000_000), row((FILLED, 100))], r"over 1000001 rows and 100 columns"),
    ([row((FILLED, "many"))], r"form.ods is not a readable workbook \(invalid literal"),
    ([row((FILLED, 1)), "<torn>"], r"form.ods is not a readable workbook \(Opening and ending tag"),
])  # fmt: skip
def test_a_spreadsheet_that_would_fill_the_memory_is_refused(tmp_path, rows, why):
    path = spreadsheet(tmp_path / "form.ods", *rows)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(ConfigurationError, match=why):
        WorkbookReader(path, "form.ods")
    assert time.monotonic() - began < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_an_archive_that_grows_too_much_is_refused(tmp_path):
    path = spreadsheet(tmp_path / "form.ods", row((FILLED, 1)), further=" " * 300_000_000)
    with pytest.raises(ConfigurationError, match=r"form.ods grows to more than 250 times its size"):
        WorkbookReader(path, "form.ods")
