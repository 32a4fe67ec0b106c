"""Files too large for memory: the findings are those of the same file read as a whole."""

import zipfile

import pandas as pd
import pytest

from cdisc_tools.io import large_datasets
from cdisc_tools.io.xpt_reading import open_xpt
from cdisc_tools.io.xpt_writing import write_xpt_streams
from cdisc_tools.model.transport import CHAR, NUM, DatasetAttributes, VariableAttributes, stream_of
from cdisc_tools.pipeline.rules import read_rules
from cdisc_tools.pipeline.validate import Held, read_held, validate_files
from tests.bench.laboratory import laboratory_records


def write_laboratory(path, records, share):
    """LB with a share of bad values of each kind, and a wrong label."""
    lb = laboratory_records(records, share)
    variables = tuple(
        VariableAttributes(
            name,
            label="Wrong" if name == "LBTEST" else "",
            type=NUM if pd.api.types.is_numeric_dtype(lb[name]) else CHAR,
        )
        for name in lb.columns
    )
    write_xpt_streams([stream_of(lb, DatasetAttributes("LB", "Labs", variables))], path)


def found(path, book, cap):
    counts, findings = validate_files(path, read_held(Held()), book=book, cap=cap)
    return counts, findings.in_order()


@pytest.fixture
def in_parts(monkeypatch):
    """Take any file for a large one, in parts of some hundred records."""

    def turn_on():
        monkeypatch.setattr(large_datasets, "LARGE_FILE", 0)
        monkeypatch.setattr(large_datasets, "PART", 700)

    return turn_on


@pytest.mark.parametrize("share", [0.0, 0.02])
@pytest.mark.parametrize("cap", [5, 100_000])
def test_parts_find_what_the_whole_finds(tmp_path, in_parts, share, cap):
    write_laboratory(tmp_path / "lb.xpt", 5_000, share)
    book = read_rules()
    whole = found(tmp_path, book, cap)
    in_parts()
    parts = found(tmp_path, book, cap)
    assert parts[0] == whole[0] == {"LB": 5_000}
    assert parts[1].totals == whole[1].totals
    assert parts[1].records == whole[1].records
    assert parts[1].outcomes == whole[1].outcomes
    assert share == 0 or {"CDT-T001", "CDT-S007", "CDT-S019"} <= {f.check_id for f in whole[1]}


def test_parts_of_the_pilot_find_what_the_whole_finds(shared, tmp_path, in_parts):
    with zipfile.ZipFile(shared / "data" / "cdisc-pilot-sdtm.zip") as archive:
        for name in archive.namelist():
            if name.split("/")[-1] in {"dm.xpt", "ae.xpt", "ex.xpt", "vs.xpt", "ts.xpt", "se.xpt"}:
                (tmp_path / name.split("/")[-1]).write_bytes(archive.read(name))
    book = read_rules()
    whole = found(tmp_path, book, 20)
    in_parts()
    parts = found(tmp_path, book, 20)
    assert parts[0] == whole[0]
    assert parts[1] == whole[1]
    assert len(whole[1]) > 100


def test_parts_held_to_a_specification_find_what_the_whole_finds(shared, tmp_path, in_parts):
    """Formats and the order of records are asked of the dataset as a whole."""
    with zipfile.ZipFile(shared / "data" / "cdisc-pilot-sdtm.zip") as archive:
        name = next(
            name for name in archive.namelist() if name.endswith("ae.xpt") and "supp" not in name
        )
        (tmp_path / "in.xpt").write_bytes(archive.read(name))
    stream = open_xpt(tmp_path / "in.xpt")[0]
    frame = pd.concat(list(stream.read())).sort_values("AETERM", ignore_index=True)
    (tmp_path / "data").mkdir()
    write_xpt_streams([stream_of(frame, stream.about)], tmp_path / "data" / "ae.xpt")
    held = Held(specification=shared / "data" / "specs" / "SDTM_define.xml")
    whole = validate_files(tmp_path / "data", read_held(held))[1].in_order()
    in_parts()
    parts = validate_files(tmp_path / "data", read_held(held))[1].in_order()
    assert parts == whole
    assert "CDT-M021" in {finding.check_id for finding in whole}


def test_dates_are_dates_in_every_part_or_in_none(tmp_path, in_parts):
    days = [1.0] * 1_000 + [1e12] + [2.0] * 1_000
    attributes = (
        VariableAttributes("USUBJID"), VariableAttributes("ADT", type=NUM, format="DATE9."),
        VariableAttributes("TRTSDT", type=NUM, format="DATE9."),
    )  # fmt: skip
    frame = pd.DataFrame({
        "USUBJID": pd.Series([f"{n:05d}" for n in range(len(days))], dtype="string"), "ADT": days,
        "TRTSDT": 21618.0,
    })  # fmt: skip
    about = DatasetAttributes("ADX", "", attributes)
    write_xpt_streams([stream_of(frame, about)], tmp_path / "adx.xpt")
    whole = found(tmp_path, read_rules(), 5)
    in_parts()
    assert found(tmp_path, read_rules(), 5) == whole
