"""Writers: what was written is read back by another program, and the bytes stay the same."""

import dataclasses
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc_tools.io.datasets import dataset_files
from cdisc_tools.io.parquet import write_frame, write_parquet
from cdisc_tools.io.writing import replacing, write_text
from cdisc_tools.io.xpt import read_xpt, write_xpt
from cdisc_tools.metadata.standards import dataset_spec
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError

MOMENT = datetime(2020, 1, 2, 3, 4, 5)


def exposure(**columns: list[object]) -> Dataset:
    """An EX of given columns: numbers as Float64, the rest as text."""
    typed = {
        name: pd.Series(values, dtype="Float64" if name in ("EXDOSE", "EXSEQ") else "string")
        for name, values in columns.items()
    }
    return Dataset(dataset_spec("EX", standard="sdtmig-3.4"), pd.DataFrame(typed))


EX = exposure(
    USUBJID=["T1-01", "T1-02", "T1-02"], EXSEQ=[1, 1, 2], EXTRT=["DRUG", "Mütze", None],
    EXDOSE=[0.1, None, 12345678.875], EXSTDTC=["2019-03", "2019-03-10T08:30", None],
)  # fmt: skip


def test_pyreadstat_reads_the_transport_file(tmp_path):
    write_xpt(EX, tmp_path / "ex.xpt", MOMENT)
    frame, meta = pyreadstat.read_xport(str(tmp_path / "ex.xpt"), encoding="utf-8")
    assert list(frame["EXTRT"]) == ["DRUG", "Mütze", ""]
    assert frame["EXDOSE"].tolist()[0] == 0.1
    assert frame["EXDOSE"].tolist()[2] == 12345678.875
    assert frame["EXDOSE"].isna().tolist() == [False, True, False]
    assert list(frame["EXSTDTC"]) == ["2019-03", "2019-03-10T08:30", ""]
    assert meta.column_names_to_labels["EXDOSE"] == "Dose"
    assert (meta.table_name, meta.file_label) == ("EX", "Exposure")


@pytest.mark.parametrize("version", [5, 8])
@pytest.mark.parametrize(("cut", "added", "whole"), [
    # nine records of 60 + 8 bytes: 612 bytes, filled up with 28 blanks to eight times 80
    (0, b"", True), (1, b"", False), (28, b"", False), (80, b"", False), (160, b"", False),
    (0, b"x", False),
])  # fmt: skip
def test_a_transport_file_that_was_cut_off_is_refused(tmp_path, version, cut, added, whole):
    path = tmp_path / "ex.xpt"
    frame = pd.DataFrame({"SUBJ": ["01" * 30] * 9, "NUM": [1.5] * 9})
    pyreadstat.write_xport(frame, str(path), file_format_version=version)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - cut] + added)
    if whole:
        assert len(read_xpt(path).frame) == 9
        return
    with pytest.raises(ConfigurationError, match=r"ex.xpt ends within a record"):
        read_xpt(path)


# of the two descriptors of 140 bytes, behind eight records of 80; numbers of two bytes
NUM, TXT = 8 * 80, 8 * 80 + 140


@pytest.mark.parametrize(("place", "written", "why"), [
    (NUM + 4, 9, r"x.xpt: NUM has 9 bytes at 0 of a record of 11"),
    (NUM + 4, 1, r"x.xpt: NUM has 1 bytes at 0 of a record of 3"),
    (NUM + 86, 4, r"x.xpt: NUM has 8 bytes at 4 of a record of 10"),
    (TXT + 86, 9, r"x.xpt: TXT has 2 bytes at 9 of a record of 10"),
    (TXT + 4, 0, r"x.xpt: TXT has 0 bytes at 8 of a record of 8"),
])  # fmt: skip
def test_a_descriptor_that_does_not_fit_the_record_is_refused(tmp_path, place, written, why):
    path = tmp_path / "x.xpt"
    pyreadstat.write_xport(
        pd.DataFrame({"NUM": [1.5], "TXT": ["ab"]}), str(path), file_format_version=5
    )
    data = bytearray(path.read_bytes())
    data[place : place + 2] = written.to_bytes(2, "big")
    path.write_bytes(data)
    with pytest.raises(ConfigurationError, match=why):
        read_xpt(path)


def test_a_file_of_several_datasets_or_of_a_name_twice_is_refused(tmp_path):
    path = tmp_path / "x.xpt"
    pyreadstat.write_xport(
        pd.DataFrame({"A": [1.5] * 10, "B": [2.5] * 10}), str(path), file_format_version=5
    )
    data = path.read_bytes()
    path.write_bytes(data + data[3 * 80 :])
    with pytest.raises(ConfigurationError, match=r"x.xpt holds several datasets; export each"):
        read_xpt(path)
    path.write_bytes(data.replace(b"B       ", b"A       "))
    with pytest.raises(ConfigurationError, match=r"x.xpt has two variables of the name A"):
        read_xpt(path)


@pytest.mark.parametrize(("path", "why"), [
    ("nothere", r"nothere does not exist; give a dataset file or a folder of them"),
    ("out", r"out has no dataset \(.xpt, .parquet, .json, .*\); look in .*adam, .*sdtm"),
    ("empty", r"empty has no dataset \(.xpt, .parquet, .json, .ndjson, .dsjc\)$"),
])  # fmt: skip
def test_a_folder_without_datasets(tmp_path, path, why):
    (tmp_path / "empty").mkdir()
    for name in ("sdtm", "adam"):
        write_xpt(EX, tmp_path / "out" / name / "ex.xpt", MOMENT)
    with pytest.raises(ConfigurationError, match=why):
        dataset_files(tmp_path / path)


def test_a_day_is_written_as_a_date(tmp_path):
    days = pd.to_datetime(pd.Series(["2019-03-10", None]), format="%Y-%m-%d")
    dataset = Dataset(EX.spec, pd.DataFrame({"EXSTDTC": days}))
    write_xpt(dataset, tmp_path / "ex.xpt", MOMENT)
    frame, meta = pyreadstat.read_xport(str(tmp_path / "ex.xpt"), disable_datetime_conversion=True)
    assert frame["EXSTDTC"].tolist()[0] == 21618
    assert frame["EXSTDTC"].isna().tolist() == [False, True]
    assert meta.original_variable_types["EXSTDTC"].startswith("DATE")


def test_labels_and_formats_are_those_of_the_spec(tmp_path):
    own = {
        "EXDOSE": ("Dose in mg", "8.2"), "EXSTDTC": ("Day", "E8601DA10."), "EXENDTC": ("End", ""),
    }  # fmt: skip
    variables = tuple(
        dataclasses.replace(variable, label=own[variable.name][0], format=own[variable.name][1])
        for variable in EX.spec.variables
        if variable.name in own
    )
    spec = dataclasses.replace(EX.spec, label="Doses", variables=variables)
    day = pd.Series(pd.to_datetime(["2019-03-10"]))
    frame = pd.DataFrame({"EXDOSE": [1.5], "EXSTDTC": day, "EXENDTC": day})
    write_xpt(Dataset(spec, frame), tmp_path / "ex.xpt", MOMENT)
    _, meta = pyreadstat.read_xport(str(tmp_path / "ex.xpt"))
    assert meta.file_label == "Doses"
    assert meta.column_names_to_labels == {name: label for name, (label, _) in own.items()}
    assert meta.original_variable_types == {
        "EXDOSE": "8.2", "EXSTDTC": "E8601DA10", "EXENDTC": "DATE9",
    }  # fmt: skip


def test_a_text_takes_no_format_of_numbers(tmp_path):
    formats = {"EXSTDTC": "DATE9.", "EXTRT": "$20.", "EXDOSE": "$8."}
    variables = tuple(
        dataclasses.replace(variable, format=formats.get(variable.name, ""))
        for variable in EX.spec.variables
    )
    frame = pd.DataFrame({"EXTRT": ["A"], "EXSTDTC": ["2019-03"], "EXDOSE": [1.0]})
    dataset = Dataset(dataclasses.replace(EX.spec, variables=variables), frame)
    write_xpt(dataset, tmp_path / "ex.xpt", MOMENT)
    _, meta = pyreadstat.read_xport(str(tmp_path / "ex.xpt"))
    assert meta.original_variable_types["EXTRT"] == "$20"
    assert meta.original_variable_types["EXSTDTC"] is None
    assert meta.original_variable_types["EXDOSE"] is None
    assert read_xpt(tmp_path / "ex.xpt").frame["EXSTDTC"].tolist() == ["2019-03"]


def test_a_text_with_a_date_format_is_read_as_text(tmp_path):
    path = tmp_path / "ex.xpt"
    pyreadstat.write_xport(
        pd.DataFrame({"EXSTDTC": ["2019-03"]}), str(path), table_name="EX",
        variable_format={"EXSTDTC": "DATE9."}, file_format_version=5,
    )  # fmt: skip
    assert read_xpt(path).frame["EXSTDTC"].tolist() == ["2019-03"]


def test_the_same_dataset_gives_the_same_bytes(tmp_path):
    for name in ("first", "second"):
        write_xpt(EX, tmp_path / f"{name}.xpt", MOMENT)
        write_parquet(EX, tmp_path / f"{name}.parquet")
    for suffix in ("xpt", "parquet"):
        first, second = ((tmp_path / f"{n}.{suffix}").read_bytes() for n in ("first", "second"))
        assert first == second
    assert (tmp_path / "first.xpt").read_bytes().count(b"02JAN20:03:04:05") == 4


@pytest.mark.parametrize(
    ("text", "fits"), [("x" * 200, True), ("x" * 201, False), ("ü" * 101, False)]
)
def test_a_text_of_more_than_200_bytes_is_refused(tmp_path, text, fits):
    dataset = exposure(USUBJID=["T1-01", "T1-02"], EXTRT=["a", text])
    path = tmp_path / "ex.xpt"
    if fits:
        write_xpt(dataset, path, MOMENT)
        assert pyreadstat.read_xport(str(path))[0]["EXTRT"][1] == text
        return
    with pytest.raises(
        ConfigurationError,
        match=r"EX.EXTRT record 2: the value has 20[12] bytes, more than the 200",
    ):
        write_xpt(dataset, path, MOMENT)
    assert list(tmp_path.iterdir()) == []


def test_a_dataset_without_records(tmp_path):
    empty = Dataset(EX.spec, EX.frame.iloc[:0])
    write_xpt(empty, tmp_path / "ex.xpt", MOMENT)
    write_parquet(empty, tmp_path / "ex.parquet")
    assert list(pyreadstat.read_xport(str(tmp_path / "ex.xpt"))[0]) == list(EX.frame)
    assert pd.read_parquet(tmp_path / "ex.parquet").shape == (0, 5)


# a transport file holds no difference between trailing spaces and none
CELLS = st.text(st.characters(min_codepoint=33, max_codepoint=255), min_size=1, max_size=40)
# the range of IBM doubles; pyreadstat keeps 52 bits within it
NUMBERS = st.integers(-(10**12), 10**12).map(lambda number: number / 1000)


@given(rows=st.lists(st.tuples(CELLS, st.none() | NUMBERS), min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_text_and_number_survives_the_transport_file(tmp_path, rows):
    texts, numbers = zip(*rows, strict=True)
    write_xpt(exposure(EXTRT=list(texts), EXDOSE=list(numbers)), tmp_path / "ex.xpt", MOMENT)
    frame, _ = pyreadstat.read_xport(str(tmp_path / "ex.xpt"), encoding="utf-8")
    assert tuple(frame["EXTRT"]) == texts
    expected = [float("nan") if number is None else number for number in numbers]
    assert frame["EXDOSE"].tolist() == pytest.approx(expected, rel=1e-14, nan_ok=True)


def test_parquet_keeps_values_types_and_labels(tmp_path):
    write_parquet(EX, tmp_path / "ex.parquet")
    schema = pq.read_schema(tmp_path / "ex.parquet")
    assert schema.metadata[b"label"] == b"Exposure"
    assert schema.field("EXDOSE").metadata[b"label"] == b"Dose"
    frame = pd.read_parquet(tmp_path / "ex.parquet")
    pd.testing.assert_frame_equal(frame.astype(EX.frame.dtypes), EX.frame)
    assert str(frame["EXTRT"].dtype) == "string"


def test_a_plain_frame_survives_parquet(tmp_path):
    frame = pd.DataFrame({"ROW": pd.Series([1, 2], dtype="int64"), "COLUMN": ["a", None]})
    write_frame(frame, tmp_path / "new" / "lineage.parquet")
    back = pd.read_parquet(tmp_path / "new" / "lineage.parquet")
    assert back["ROW"].tolist() == [1, 2]
    assert back["COLUMN"].isna().tolist() == [False, True]


def interrupted(path: Path) -> None:
    with replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "sub" / "report.txt"
    with pytest.raises(RuntimeError):
        interrupted(path)
    assert list(path.parent.iterdir()) == []
    write_text(path, "old\r\n")
    with pytest.raises(RuntimeError):
        interrupted(path)
    assert path.read_bytes() == b"old\r\n"
    write_text(path, "new\n")
    assert [file.read_bytes() for file in path.parent.iterdir()] == [b"new\n"]
    assert oct(path.stat().st_mode)[-3:] == "644"


def test_text_of_either_encoding_is_read(tmp_path):
    """What we write is UTF-8; files of others are often windows-1252."""
    frame = pd.DataFrame({"STUDYID": pd.Series(["Müller 5 µg"], dtype="string")})
    spec = dataset_spec("DM")
    write_xpt(Dataset(spec, frame), tmp_path / "dm.xpt", datetime(2020, 1, 1))
    assert read_xpt(tmp_path / "dm.xpt").frame["STUDYID"].tolist() == ["Müller 5 µg"]
    data = (tmp_path / "dm.xpt").read_bytes()
    old = data.replace("Müller 5 µg".encode(), "Müller 5 µg".encode("cp1252") + b"  ")
    (tmp_path / "old.xpt").write_bytes(old)
    assert read_xpt(tmp_path / "old.xpt").frame["STUDYID"].tolist() == ["Müller 5 µg"]
