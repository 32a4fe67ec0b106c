"""Export: many files, each whole or not at all; what came in comes back byte for byte."""

import zipfile
from datetime import datetime

import pytest

from cdisc_tools.io import comma_separated
from cdisc_tools.io.transports import TRANSPORTS, open_datasets
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import missing_number
from cdisc_tools.model.transport import VariableAttributes
from cdisc_tools.pipeline.export import Wanted, export_datasets
from cdisc_tools.pipeline.timestamps import source_date
from tests.io.streams import stream, values_of


def put(path, *streams):
    """Write datasets as the suffix says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    TRANSPORTS[path.suffix[1:]].write(list(streams), path, None)
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def pilot(shared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pilot")
    with zipfile.ZipFile(shared / "data" / "cdisc-pilot-sdtm.zip") as archive:
        for name in archive.namelist():
            if name.endswith(".xpt"):
                (folder / name.rpartition("/")[2]).write_bytes(archive.read(name))
    return folder


def test_the_pilot_comes_back_byte_for_byte(pilot, tmp_path):
    """The CDISC pilot's SDTM: XPT to Dataset-JSON to Parquet to XPT."""
    folder = pilot
    for form in ("json", "parquet", "xpt"):
        done = export_datasets([folder], Wanted(form, tmp_path / form))
        assert [item.fault for item in done] == [""] * 22
        folder = tmp_path / form
    for path in pilot.iterdir():
        assert (folder / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize("way", [("ndjson", "dsjc", "csv", "xlsx", "xpt"), ("xpt8", "json", "xpt")])
def test_small_files_of_the_pilot_go_through_every_format(pilot, tmp_path, way):
    files = [pilot / f"{name}.xpt" for name in ("dm", "ts", "suppdm", "ti")]
    at_first = files
    for number, form in enumerate(way):
        done = export_datasets(files, Wanted(form, tmp_path / str(number)))
        files = [path for item in done for path in item.written]
    for first, last in zip(at_first, files, strict=True):
        assert last.read_bytes() == first.read_bytes(), first.name


def test_a_file_that_fails_does_not_keep_the_others_back(tmp_path):
    put(tmp_path / "in" / "ae.parquet", stream("AE", A=["x"]))
    put(tmp_path / "in" / "dm.parquet", stream("DM", A=["x", "\u00fc"]))
    (tmp_path / "in" / "vs.parquet").write_bytes(b"PAR1")
    done = export_datasets([tmp_path / "in"], Wanted("xpt", tmp_path / "out"))
    assert [item.file.name for item in done] == ["ae.parquet", "dm.parquet", "vs.parquet"]
    assert done[0].fault == ""
    assert "dm.parquet: DM.A record 2" in done[1].fault
    assert "is not of the encoding ascii" in done[1].fault
    assert done[2].fault.startswith("vs.parquet is no readable Parquet file")
    assert names(tmp_path / "out") == ["ae.xpt"]
    done = export_datasets(
        [tmp_path / "in" / "dm.parquet"], Wanted("xpt", tmp_path / "out", encoding="windows-1252")
    )
    assert done[0].fault == ""
    assert b"\xfc" in (tmp_path / "out" / "dm.xpt").read_bytes()


def test_a_length_in_characters_becomes_one_in_bytes(tmp_path):
    """Dataset-JSON counts characters, XPT the bytes of the code page."""
    said = VariableAttributes("A", length=2, data_type="string")
    source = put(tmp_path / "dm.json", stream("DM", variables=[said], A=["\u00fc\u00fc", "x"]))
    done = export_datasets([source], Wanted("xpt", tmp_path / "out", encoding="utf-8"))
    assert done[0].fault == ""
    read = open_datasets(done[0].written[0])[0]
    assert (read.about.variables[0].length, values_of(read)["A"][0]) == (4, "\u00fc\u00fc")


def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path, monkeypatch):
    source = put(tmp_path / "dm.parquet", stream("DM", A=["new"]))
    wanted = Wanted("csv", tmp_path / "out")
    put(tmp_path / "out" / "dm.csv", stream("DM", A=["old"]))
    before = {path.name: path.read_bytes() for path in wanted.output.iterdir()}

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(comma_separated, "_records", full_disk)
    assert "No space left on device" in export_datasets([source], wanted)[0].fault
    assert {path.name: path.read_bytes() for path in wanted.output.iterdir()} == before


@pytest.mark.parametrize("form", ["xpt", "xpt8"])
def test_inputs_are_never_overwritten(tmp_path, form):
    put(tmp_path / "dm.xpt", stream("DM", A=["x"]))
    with pytest.raises(ConfigurationError, match=r"dm.xpt is an input, which an export never over"):
        export_datasets([tmp_path / "dm.xpt"], Wanted(form, tmp_path))


def test_the_side_file_of_an_input_is_never_overwritten(tmp_path):
    put(tmp_path / "dm.json", stream("DM", A=["x"], N=[missing_number("A")]))
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(ConfigurationError, match=r"is an input"):
        export_datasets([tmp_path / "dm.json"], Wanted("json", tmp_path / "link"))


def test_two_inputs_of_one_output_are_refused_before_anything_is_written(tmp_path):
    put(tmp_path / "a" / "dm.xpt", stream("DM", A=["x"]))
    put(tmp_path / "b" / "DM.parquet", stream("DM", A=["y"]))
    with pytest.raises(
        ConfigurationError, match=r"would both become .*DM.json; export them to fol"
    ):
        export_datasets([tmp_path / "a", tmp_path / "b"], Wanted("json", tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    with pytest.raises(ConfigurationError, match=r"nothere does not exist"):
        export_datasets([tmp_path / "nothere"], Wanted("json", tmp_path / "out"))


def test_several_datasets_of_a_file_become_files_or_sheets(tmp_path):
    source = put(tmp_path / "all.xpt", stream("DM", A=["x"]), stream("AE", A=["y"]))
    for form, expected in [
        ("json", ["ae.json", "dm.json"]), ("xlsx", ["all.xlsx"]), ("xpt8", ["all.xpt"]),
    ]:  # fmt: skip
        export_datasets([source], Wanted(form, tmp_path / form))
        found = [name for name in names(tmp_path / form) if "metadata" not in name]
        assert found == expected
    sheets = open_datasets(tmp_path / "xlsx" / "all.xlsx")
    assert [values_of(sheet)["A"] for sheet in sheets] == [["x"], ["y"]]
    export_datasets([tmp_path / "xlsx" / "all.xlsx"], Wanted("xpt", tmp_path / "back"))
    assert (tmp_path / "back" / "all.xpt").read_bytes() == source.read_bytes()


def test_workers_give_the_same_bytes(tmp_path):
    for number in range(3):
        put(tmp_path / "in" / f"d{number}.parquet", stream(f"D{number}", A=["x"], N=[number * 1.5]))
    said: list[str] = []
    for workers, progress in ((1, said.append), (2, said.append)):
        wanted = Wanted("dsjc", tmp_path / str(workers), datetime(2024, 1, 1))
        export_datasets([tmp_path / "in"], wanted, workers=workers, progress=progress)
    for path in (tmp_path / "1").iterdir():
        assert path.read_bytes() == (tmp_path / "2" / path.name).read_bytes()
    assert said[0] == "1 of 3: d0.parquet"
    assert len(said) == 6


@pytest.mark.parametrize(("text", "moment"), [
    ("", None), ("0", datetime(1970, 1, 1)), ("1704067200", datetime(2024, 1, 1)),
])  # fmt: skip
def test_the_moment_of_the_environment(text, moment):
    assert source_date({"SOURCE_DATE_EPOCH": text}) == moment


@pytest.mark.parametrize("text", ["now", "1e9", "-5", "99999999999999999999"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(
        ConfigurationError, match=r"SOURCE_DATE_EPOCH is '.*'; it should be seconds"
    ):
        source_date({"SOURCE_DATE_EPOCH": text})
