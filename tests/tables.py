"""Tests as tables: a header line and a case a line, "." is missing."""

import io
import re

import pandas as pd
import pytest

SHARED_ABSENT = "../shared (reference facts and oracle data) is not on this machine"


def table(text: str) -> pd.DataFrame:
    """Read a table whose columns are set apart by two or more spaces; every value is text."""
    lines = [re.sub(r"\s{2,}", "\t", line.strip()) for line in text.strip().splitlines()]
    return pd.read_csv(
        io.StringIO("\n".join(lines)), sep="\t", dtype="string", na_values=["."],
        keep_default_na=False,
    )  # fmt: skip


def cases(text: str) -> list[object]:
    """One pytest parameter a line: a frame of that single record, named by its first field."""
    frame = table(text)
    return [
        pytest.param(frame.iloc[[row]].reset_index(drop=True), id=str(frame.iloc[row, 0]))
        for row in range(len(frame))
    ]
