"""Parquet: files of others, what ours say to others, and the product's own datasets in memory."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cdisc_tools.io.parquet import open_parquet, write_parquet, write_parquet_stream
from cdisc_tools.metadata.standards import dataset_spec
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import missing_number
from cdisc_tools.model.transport import NUM, VariableAttributes
from tests.io.streams import stream, values_of


def bits(*numbers):
    return ["." if number is None else np.float64(number).tobytes() for number in numbers]


DAY = (date(2020, 2, 29) - date(1960, 1, 1)).days
# what a column of another program holds, the format that it needs, and what it is
COLUMNS = [
    (pa.array([1, None], pa.int8()), "", bits(1, None)),
    (pa.array([2**53, None], pa.uint64()), "", bits(2**53, None)),
    (pa.array([1.5, float("nan")], pa.float32()), "", bits(1.5, None)),
    (pa.array([True, None]), "", bits(1, None)),
    (pa.array([Decimal("1.25"), None]), "", bits(1.25, None)),
    (pa.array([Decimal("0.10"), Decimal("-12345678901234567000")], pa.decimal128(38, 10)), "",
     bits(0.1, -12345678901234567000.0)),
    (pa.array([Decimal("9007199254740992.00"), None], pa.decimal256(60, 2)), "", bits(2**53, None)),
    (pa.array([-(2**53), None], pa.int64()), "", bits(-(2**53), None)),
    (pa.array([date(2020, 2, 29), None]), "DATE9.", bits(DAY, None)),
    (pa.array([datetime(1960, 1, 1, 0, 0, 1, 500_000), None], pa.timestamp("us")), "DATETIME20.",
     bits(1.5, None)),
    (pa.array([datetime(1959, 12, 31), None], pa.timestamp("ns")), "DATETIME20.",
     bits(-86_400, None)),
    (pa.array([time(0, 1, 2), None], pa.time64("us")), "TIME8.", bits(62, None)),
    (pa.array(["x ", ""]), "", ["x", None]),
    (pa.array(["x", None], pa.large_string()), "", ["x", None]),
    (pa.array(["x", None]).dictionary_encode(), "", ["x", None]),
    (pa.array([None, None]), "", [None, None]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "form", "values"), COLUMNS, ids=[str(column.type) for column, _, _ in COLUMNS]
)
def test_a_column_of_another_program(tmp_path, column, form, values):
    pq.write_table(pa.table({"A": column}), tmp_path / "ae.parquet")
    read = open_parquet(tmp_path / "ae.parquet")
    assert (read.about.name, read.about.variables[0].format) == ("AE", form)
    assert values_of(read)["A"] == values


@pytest.mark.parametrize(("column", "why"), [
    (pa.array([None, 2**53 + 1]), r"ae.parquet record 2 A: 9007199254740993 has more dig"),
    (pa.array([-(2**63)]), r"-9223372036854775808 has more digits"),
    (pa.array([2**64 - 1], pa.uint64()), r"18446744073709551615 has more digits"),
    (pa.array([Decimal("1.5"), Decimal("0.12345678901234567891")]),
     r"ae.parquet record 2 A: 0.12345678901234567891 has more digits than 8 bytes"),
    (pa.array([Decimal(2**53 + 1)]), r"record 1 A: 9007199254740993 has more digits"),
    (pa.array([timedelta(days=1)]), r"A holds duration.us., neither .* texts; count it in days or"),
    (pa.array([[1]]), r"column A holds list<.*>, neither numbers nor texts"),
    (pa.array([b"x"]), r"column A holds binary, neither numbers nor texts"),
])  # fmt: skip
def test_a_column_that_no_dataset_holds_is_refused(tmp_path, column, why):
    pq.write_table(pa.table({"A": column}), tmp_path / "ae.parquet")
    with pytest.raises(ConfigurationError, match=why):
        values_of(open_parquet(tmp_path / "ae.parquet"))


@pytest.mark.parametrize("length", ["x", "-1", "\u00b2", "1.0", "9" * 5000, ""])
def test_a_length_that_is_no_whole_number_is_refused(tmp_path, length):
    field = pa.field("A", pa.string(), metadata={"length": length})
    table = pa.Table.from_arrays([pa.array(["x"])], schema=pa.schema([field]))
    pq.write_table(table, tmp_path / "ae.parquet")
    with pytest.raises(ConfigurationError, match=r"the length of A is '.*', no whole number"):
        open_parquet(tmp_path / "ae.parquet")


def test_other_programs_see_plain_columns_and_the_metadata(tmp_path):
    path = tmp_path / "dm.parquet"
    variables = [VariableAttributes("N", "Number", NUM, 4, "8.2", key=1)]
    write_parquet_stream(
        stream("DM", "Demographics", variables=variables, N=[1.5, None, missing_number("A")]), path
    )
    assert pd.read_parquet(path)["N"].isna().tolist() == [False, True, True]
    schema = pq.read_schema(path)
    assert schema.metadata[b"label"] == b"Demographics"
    said = schema.field("N").metadata
    assert {name: said[name] for name in (b"label", b"length", b"format", b"key")} == {
        b"label": b"Number", b"length": b"4", b"format": b"8.2", b"key": b"1",
    }  # fmt: skip
    # a special missing value stays a number that is none; only the ordinary one is null
    assert pq.read_table(path)["N"].null_count == 1


def test_a_dataset_in_memory_has_dates_that_a_stream_counts(tmp_path):
    frame = pd.DataFrame({
        "USUBJID": pd.Series(["1", "2"], dtype="string"),
        "AGE": pd.Series([4, None], dtype="Int64"),
        "RFSTDTC": pd.to_datetime(pd.Series(["2020-02-29", None])),
        "RFENDTC": pd.to_datetime(pd.Series(["1960-01-01T00:01", None])),
    })  # fmt: skip
    write_parquet(Dataset(dataset_spec("DM"), frame), tmp_path / "dm.parquet")
    read = open_parquet(tmp_path / "dm.parquet")
    assert (read.about.name, read.about.label) == ("DM", "Demographics")
    formats = {item.name: item.format for item in read.about.variables}
    assert (formats["RFSTDTC"], formats["RFENDTC"]) == ("DATE9.", "DATETIME20.")
    assert values_of(read) == {
        "USUBJID": ["1", "2"], "AGE": bits(4, None), "RFSTDTC": bits(DAY, None),
        "RFENDTC": bits(60, None),
    }  # fmt: skip


def test_an_index_of_a_frame_is_no_variable(tmp_path):
    pd.DataFrame({"A": ["x"]}, index=pd.Index([7], name="row")).to_parquet(tmp_path / "ae.parquet")
    assert values_of(open_parquet(tmp_path / "ae.parquet")) == {"A": ["x"]}
