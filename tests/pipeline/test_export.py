"""Export: many files, each whole or not at all; what came in comes back byte for byte."""

import re
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from cdisc_tools.io import comma_separated
from cdisc_tools.io.side_files import side_path
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


@pytest.mark.parametrize("encoding", [
    "utf-16", "utf-16-le", "utf-8-sig", "utf-7", "cp037", "rot13", "base64", "idna", "undefined",
    "iso2022_jp", "raw_unicode_escape", "no", "a\0b", "\ud800", " ",
])  # fmt: skip
def test_a_code_page_that_would_spoil_texts_is_refused(tmp_path, encoding):
    source = put(tmp_path / "dm.parquet", stream("DM", A=["x"]))
    with pytest.raises(ConfigurationError, match=r" is no code page of transport files"):
        export_datasets([source], Wanted("xpt", tmp_path / "out", encoding=encoding))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("encoding", ["rot13", "a\0b", "utf-16", "base64", "no such"])
def test_a_code_page_of_a_file_that_is_none_counts_as_unsaid(tmp_path, encoding):
    plain = put(tmp_path / "dm.parquet", stream("DM", "", {"encoding": encoding}, A=["x"]))
    other = put(tmp_path / "ae.parquet", stream("AE", "", {"encoding": encoding}, A=["\u00fc"]))
    done = export_datasets([plain, other], Wanted("xpt", tmp_path / "out"))
    assert done[0].fault == ""
    assert "not of the encoding ascii" in done[1].fault


# what a file may say, and what becomes of it
SAID = [
    ({"text_lengths": "[1]"}, r"`text_lengths` of DM is '\[1\]', not whole numbers by variable"),
    ({"text_lengths": "{"}, r"`text_lengths` of DM"),
    ({"text_lengths": "[" * 100_000}, r"`text_lengths` of DM"),
    ({"text_lengths": '{"A": "x"}'}, r"`text_lengths` of DM"),
    ({"text_lengths": '{"N": 9}', "created": "yesterday", "modified": "\0"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("said", "why"), SAID, ids=range(len(SAID)))
def test_what_a_file_says_of_itself_wrongly_is_its_own_fault(tmp_path, said, why):
    bad = put(tmp_path / "dm.parquet", stream("DM", "", said, A=["x"], N=[1.0]))
    good = put(tmp_path / "ae.parquet", stream("AE", A=["x"]))
    for form in ("json", "csv", "xlsx", "xpt", "parquet"):
        done = export_datasets([bad, good], Wanted(form, tmp_path / form))
        assert (form, done[1].fault) == (form, "")
        assert re.search(why if form == "json" else "", done[0].fault)
        assert bool(done[0].fault) == (form == "json" and bool(why))


def test_datasets_of_ascii_and_of_one_code_page_go_into_one_file(tmp_path):
    streams = [
        stream(name, "", provenance, A=[text])
        for name, provenance, text in [
            ("DM", {}, "x"), ("AE", {"encoding": "UTF8"}, "\u00fc"),
            ("VS", {"encoding": "us-ascii"}, "y"), ("EX", {"encoding": "utf-8"}, "\u03b1"),
        ]
    ]  # fmt: skip
    source = put(tmp_path / "all.xlsx", *streams)
    (done,) = export_datasets([source], Wanted("xpt", tmp_path / "out"))
    assert done.fault == ""
    read = open_datasets(done.written[0])
    assert [values_of(item)["A"] for item in read] == [["x"], ["\u00fc"], ["y"], ["\u03b1"]]


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


def renamed(path, *pairs):
    """Give datasets of a transport file or sheets of a workbook names that no writer gives."""
    if path.suffix == ".xpt":
        data = path.read_bytes()
        for old, new in pairs:
            assert old.ljust(8).encode() in data
            data = data.replace(old.ljust(8).encode(), new.ljust(8).encode())
        path.write_bytes(data)
        return path
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    for old, new in pairs:
        book = parts["xl/workbook.xml"].decode()
        assert f'name="{old}"' in book
        parts["xl/workbook.xml"] = book.replace(f'name="{old}"', f'name="{new}"').encode()
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    side_path(path).unlink()
    return path


# what a member or a sheet is named, and what is said of it
ELSEWHERE = [
    ("xpt", "../EVIL", r"the name '\.\./EVIL', which can't name a file .*; rename it"),
    ("xpt", "/TMP/RV", r"the name '/TMP/RV', which can't"),
    ("xpt", "A\\B", r"the name 'A.*B', which can't"),
    ("xpt", "A\0B", r"holds a dataset of the name|is damaged|NUL"),
    ("xpt", ".EVIL", r"the name '.EVIL', which can't"),
    ("xpt", "AUX", r"Windows takes it for a device"),
    ("xpt", "BQZX", r"two datasets of the name BQZX"),
    ("xlsx", "../EVIL", r"the name '\.\./EVIL', which can't"),
    ("xlsx", "C:EVIL", r"the name 'C:EVIL', which can't"),
    ("xlsx", "bqzx", r"two datasets of the name"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "name", "why"), ELSEWHERE)
def test_no_name_of_a_dataset_leads_out_of_the_folder(tmp_path, form, name, why):
    source = put(tmp_path / "in" / f"all.{form}", stream("AQZX", A=["x"]), stream("BQZX", A=["y"]))
    renamed(source, ("AQZX", name))
    good = put(tmp_path / "in" / "dm.xpt", stream("DM", A=["x"]))
    done = export_datasets([source, good], Wanted("json", tmp_path / "deep" / "out"))
    assert done[0].fault.startswith(source.name)
    assert re.search(why, done[0].fault)
    assert done[1].fault == ""
    assert names(tmp_path / "deep") == ["out"]
    assert names(tmp_path / "deep" / "out") == ["dm.json", "dm.json.metadata.json"]


def test_a_file_given_by_two_paths_is_one(tmp_path, monkeypatch):
    put(tmp_path / "in" / "dm.xpt", stream("DM", A=["x"]))
    (tmp_path / "link").symlink_to(tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    given = [tmp_path / "in", tmp_path / "link" / "dm.xpt", Path("in/../in/dm.xpt")]
    done = export_datasets(given, Wanted("json", tmp_path / "out"))
    assert [item.fault for item in done] == [""]


def test_a_name_that_file_systems_do_not_hold_is_refused(tmp_path):
    source = put(tmp_path / f"{'d' * 216}.xpt", stream("DM", A=["x"]))
    assert export_datasets([source], Wanted("csv", tmp_path / "out"))[0].fault == ""
    longer = put(tmp_path / f"{'d' * 219}.xpt", stream("DM", A=["x"]))
    fault = export_datasets([longer], Wanted("json", tmp_path / "out"))[0].fault
    assert "has 224 bytes; at most 222 can be written" in fault


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
