"""Tables as CSV text that no spreadsheet program reads as formulas."""

import pandas as pd
import pytest

from cdisc_tools.reports.tables import table_csv


@pytest.mark.parametrize(("kind", "values", "lines"), [
    ("string", ["=1+1", "-5", None, "a,b"], ["'=1+1", "-5", '""', '"a,b"']),
    ("object", ["@x", "+ and", None, "é"], ["'@x", "'+ and", '""', "é"]),
    ("Float64", [-1.5, None, 0.1, 20.0], ["-1.5", '""', "0.1", "20.0"]),
    ("Int64", [-1, None, 0, 2], ["-1", '""', "0", "2"]),
    ("bool", [True, False, True, False], ["True", "False", "True", "False"]),
])  # fmt: skip
def test_a_column_of_each_kind(kind, values, lines):
    frame = pd.DataFrame({"VALUE": pd.Series(values, dtype=kind)})
    assert table_csv(frame) == "\n".join(["VALUE", *lines, ""])


def test_a_table_without_records_is_a_header():
    assert table_csv(pd.DataFrame({"A": [], "B": []})) == "A,B\n"


def test_the_frame_itself_stays_as_it_is():
    frame = pd.DataFrame({"A": ["=1"]})
    table_csv(frame)
    assert frame["A"].tolist() == ["=1"]
