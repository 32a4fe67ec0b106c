"""Dataset-JSON: what the standard says of values and metadata, and files that are not of it."""

import gzip
import io
import json
import random
import re
import resource
import time
import zlib
from datetime import date, datetime

import numpy as np
import pytest

from cdisc_tools.io import json_scanner
from cdisc_tools.io.dataset_json import open_dataset_json, write_dataset_json
from cdisc_tools.io.json_schemas import require_valid
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import missing_number
from cdisc_tools.model.transport import NUM, VariableAttributes
from tests.io.streams import stream, values_of

HEAD = {
    "datasetJSONCreationDateTime": "2023-06-28T15:38:43", "datasetJSONVersion": "1.1.0",
    "itemGroupOID": "IG.DM", "records": 0, "name": "DM", "label": "Demographics",
    "columns": [{"itemOID": "IT.A", "name": "A", "label": "a", "dataType": "string"}],
}  # fmt: skip


def content(rows, *, columns=(("A", "string", ""),), **changes):
    """A dataset as JSON: its metadata, and its rows."""
    made = [
        {"itemOID": f"IT.{name}", "name": name, "label": "", "dataType": kind}
        | ({"targetDataType": target} if target else {})
        for name, kind, target in columns
    ]
    return HEAD | {"records": len(rows), "columns": made} | changes | {"rows": rows}


def as_lines(made):
    head = {name: value for name, value in made.items() if name != "rows"}
    return "".join(json.dumps(line) + "\n" for line in [head, *made.get("rows", [])])


def written(folder, made, suffix=".json"):
    path = folder / f"dm{suffix}"
    text = json.dumps(made) if suffix == ".json" else as_lines(made)
    path.write_bytes(zlib.compress(text.encode()) if suffix == ".dsjc" else text.encode())
    return path


def read(path):
    return values_of(open_dataset_json(path))


def bits(*numbers):
    return ["." if number is None else np.float64(number).tobytes() for number in numbers]


DAY = (date(2014, 1, 2) - date(1960, 1, 1)).days
# dataType, targetDataType, what stands in the rows, what it is: the combinations of the standard
TYPES = [
    ("string", "", ["a", "", None, "x  "], ["a", None, None, "x"]),
    ("date", "", ["2014-01", "", None, "--12"], ["2014-01", None, None, "--12"]),
    ("URI", "", ["http://a"], ["http://a"]),
    ("integer", "", [1, None, -5, 0], bits(1, None, -5, 0)),
    ("float", "", [1.5, None, 2, 1e-3], bits(1.5, None, 2, 0.001)),
    ("double", "", [5e-324, -0.0, 0.9e308], bits(5e-324, -0.0, 0.9e308)),
    ("boolean", "", [True, False, None], bits(1, 0, None)),
    ("decimal", "decimal", ["30.8983333332059", "1,234.5", None, "-.5", ""],
     bits(30.8983333332059, 1234.5, None, -0.5, None)),
    ("date", "integer", ["2014-01-02", None, "1960-01-01", ""], bits(DAY, None, 0, None)),
    ("datetime", "integer", ["2014-01-02T03:04:05", "1960-01-01T00:00", "1959-12-31T23:59:59.5"],
     bits(DAY * 86400 + 3 * 3600 + 4 * 60 + 5, 0, -0.5)),
    ("time", "integer", ["03:04:05", "23:59"], bits(3 * 3600 + 4 * 60 + 5, 23 * 3600 + 59 * 60)),
]  # fmt: skip


@pytest.mark.parametrize("suffix", [".json", ".ndjson", ".dsjc"])
@pytest.mark.parametrize(("kind", "target", "rows", "values"), TYPES)
def test_a_value_is_read_as_its_type_says(tmp_path, suffix, kind, target, rows, values):
    made = content([[value] for value in rows], columns=[("A", kind, target)])
    assert read(written(tmp_path, made, suffix))["A"] == values


# a format, its numbers, and what stands in the file for them
WRITTEN = [
    ("DATE9.", [19000.0, None], "date", ["2012-01-08", None]),
    ("E8601DA.", [-138_061.0, 2_936_549.0], "date", ["1582-01-01", "9999-12-31"]),
    ("DATE9.", [2_936_550.0], "integer", [2936550]),
    ("DATE9.", [0.5, 1.0], "float", [0.5, 1]),
    ("DATETIME20.", [0.0, 86_399.0], "datetime", ["1960-01-01T00:00:00", "1960-01-01T23:59:59"]),
    ("DATETIME20.", [0.25], "float", [0.25]),
    ("TIME8.", [86_399.0], "time", ["23:59:59"]),
    ("TIME8.", [86_400.0], "integer", [86400]),
    ("8.2", [1.0, 2.0], "integer", [1, 2]),
    ("8.2", [0.1, -0.0], "float", [0.1, -0.0]),
    ("", [2.0**53 + 2], "float", [9007199254740994]),
]


@pytest.mark.parametrize(("form", "numbers", "kind", "values"), WRITTEN)
def test_a_number_is_written_as_its_format_shows_it(tmp_path, form, numbers, kind, values):
    variable = VariableAttributes("N", type=NUM, format=form)
    write_dataset_json(stream(variables=[variable], N=numbers), tmp_path / "dm.json")
    made = json.loads((tmp_path / "dm.json").read_text())
    (column,) = made["columns"]
    assert column["dataType"] == kind
    assert column.get("targetDataType") == (
        "integer" if kind in ("date", "datetime", "time") else None
    )
    assert [row[0] for row in made["rows"]] == values


@pytest.mark.parametrize(("kind", "target", "numbers", "now"), [
    ("decimal", "decimal", [1e-7, 1e22, None], ["0.0000001", "10000000000000000000000", None]),
    ("boolean", "", [1.0, 0.0, None], [True, False, None]),
    ("boolean", "", [2.0], [2]),
    ("integer", "", [2.5], [2.5]),
    ("double", "", [2.0, 1e22], [2, 1e22]),
])  # fmt: skip
def test_a_data_type_that_is_said_is_kept_where_it_holds_the_values(
    tmp_path, kind, target, numbers, now
):
    variable = VariableAttributes("N", type=NUM, data_type=kind, target_data_type=target)
    write_dataset_json(stream(variables=[variable], N=numbers), tmp_path / "dm.json")
    assert [row[0] for row in json.loads((tmp_path / "dm.json").read_text())["rows"]] == now
    back = open_dataset_json(tmp_path / "dm.json")
    assert values_of(back)["N"] == bits(*numbers)
    assert back.about.variables[0].data_type == kind


FAULTS = [
    ("a value too many", [["a"], ["b", "c"]], r"record 2: 2 values under 1 columns"),
    ("no array", [["a"], {"A": "b"}], r"record 2: it is no array of values"),
    ("a number for a text", [["a"], [1]], r"record 2 A: 1 is no text"),
    ("an array for a text", [[["a"]]], r"record 1 A: \['a'\] is no text"),
    ("half a character", [["a"], ["\ud800"]], r"record 2 A: '\\ud800' holds half a character"),
]
NUMBER_FAULTS = [
    ("integer", "", "1", r"record 1 A: '1' is no integer"),
    ("integer", "", True, r"record 1 A: True is no integer"),
    ("integer", "", 2**53 + 1, r"record 1 A: 9007199254740993 is no number that 8 bytes hold"),
    ("float", "", 10**400, r"is no number that 8 bytes hold"),
    ("boolean", "", 1, r"record 1 A: 1 is no boolean"),
    ("decimal", "decimal", "1e5", r"record 1 A: '1e5' is no decimal"),
    ("decimal", "decimal", 1.5, r"record 1 A: 1.5 is no decimal"),
    ("date", "integer", "2014-01", r"record 1 A: '2014-01' is no date as YYYY-MM-DD"),
    ("date", "integer", "2023-02-29", r"record 1 A: '2023-02-29' is no day of the calendar"),
    ("datetime", "integer", "2014-01-02T03:04:05Z", r"is no datetime as .* without a zone"),
    ("time", "integer", "24:00:00", r"record 1 A: '24:00:00' is no time as hh:mm:ss"),
]


@pytest.mark.parametrize("suffix", [".json", ".ndjson"])
@pytest.mark.parametrize(("rows", "why"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_record_that_does_not_fit_is_named(tmp_path, suffix, rows, why):
    with pytest.raises(ConfigurationError, match=rf"dm{suffix} {why}"):
        read(written(tmp_path, content(rows), suffix))


@pytest.mark.parametrize(("kind", "target", "value", "why"), NUMBER_FAULTS)
def test_a_value_of_another_type_is_named(tmp_path, kind, target, value, why):
    with pytest.raises(ConfigurationError, match=why):
        read(written(tmp_path, content([[value]], columns=[("A", kind, target)])))


METADATA_FAULTS = [
    ({"records": -1}, r"records: -1 is less than the minimum"),
    ({"datasetJSONVersion": "2.0"}, r"datasetJSONVersion: '2.0' does not match"),
    ({"datasetJSONCreationDateTime": "yesterday"}, r"datasetJSONCreationDateTime: 'yesterday'"),
    ({"label": None}, r"label: None is not of type 'string'"),
    ({"itemGroupOID": ""}, r"itemGroupOID: ''"),
    ({"sourceSystem": {"name": "SAS"}}, r"sourceSystem: 'version' is a required property"),
    ({"more": 1}, r"'more' is no attribute of Dataset-JSON|more"),
    ({"columns": [{"name": "A"}]}, r"columns.0: 'itemOID' is a required property"),
]


@pytest.mark.parametrize("suffix", [".json", ".ndjson"])
@pytest.mark.parametrize(("changes", "why"), METADATA_FAULTS)
def test_metadata_that_the_standard_does_not_know_are_refused(tmp_path, suffix, changes, why):
    with pytest.raises(ConfigurationError, match=why):
        open_dataset_json(written(tmp_path, content([["a"]]) | changes, suffix))


@pytest.mark.parametrize(("columns", "why"), [
    ([("A", "string", ""), ("A", "string", "")], r"dm.json: the name A stands twice"),
    ([("A", "string", "integer")], r"column A: dataType string with targetDataType integer is no"),
    ([(f"V{n}", "string", "") for n in range(40_000)], r"40000 columns, more than 32767"),
])  # fmt: skip
def test_columns_that_no_dataset_has_are_refused(tmp_path, columns, why):
    with pytest.raises(ConfigurationError, match=why):
        open_dataset_json(written(tmp_path, content([], columns=columns)))


@pytest.mark.parametrize("suffix", [".json", ".ndjson", ".dsjc"])
@pytest.mark.parametrize(("said", "why"), [
    (10**12, r"`records` says 1000000000000, but 2 are there"),
    (1, r"`records` says 1, but at least 2 are there"),
    (0, r"`records` says 0, but at least 2 are there"),
])  # fmt: skip
def test_another_number_of_records_than_is_said_is_refused(tmp_path, suffix, said, why):
    with pytest.raises(ConfigurationError, match=why):
        read(written(tmp_path, content([["a"], ["b"]], records=said), suffix))


def test_rows_may_be_absent_and_attributes_stand_in_any_order(tmp_path):
    head = {name: value for name, value in content([]).items() if name != "rows"}
    assert read(written(tmp_path, head)) == {"A": []}
    turned = dict(reversed(content([["a"], [None]], originator="we").items()))
    path = written(tmp_path, turned)
    assert next(iter(json.loads(path.read_text()))) == "rows"
    assert read(path) == {"A": ["a", None]}
    assert open_dataset_json(path).about.provenance["originator"] == "we"


HEAD_TEXT = json.dumps(HEAD)
TEXTS = [
    ("", r"doesn't begin with the metadata"),
    ("[]", r"doesn't begin with the metadata"),
    ("{}", r"is a required property"),
    ('{"rows": [', r"no JSON|where"),
    (HEAD_TEXT[:-1] + ', "rows": [["a"]', r"records|something stands behind record 1"),
    (HEAD_TEXT[:-1] + ', "rows": [["a"],]}', r"record 2 is no JSON"),
    (HEAD_TEXT[:-1] + ', "rows": []} x', r"something stands behind the dataset"),
    (HEAD_TEXT[:-1] + ', "name": "AE", "rows": []}', r"attribute 'name' stands twice"),
    (
        HEAD_TEXT.replace('"label": "a"', '"label": "a", "label": "b"'),
        r"'label' stands twice in an",
    ),
    (HEAD_TEXT[:-1] + ', "rows": [[NaN]]}', r"record 1 is no JSON: NaN is no number of JSON"),
    (HEAD_TEXT[:-1] + ', "rows": [[-Infinity]]}', r"-Infinity is no number of JSON"),
    (HEAD_TEXT[:-1] + ', "rows": [["a\nb"]]}', r"record 1 is no JSON: Invalid control character"),
    (HEAD_TEXT[:-1] + ', "rows": [' + "[" * 200_000, r"record 1 is nested too deeply"),
    ('{"columns": ' + '{"a":' * 200_000, r"nested too deeply"),
    (
        HEAD_TEXT[:-1] + ', "rows": [[' + "9" * 5000 + "]]}",
        r"record 1 is no JSON: Exceeds the limit",
    ),
]


@pytest.mark.parametrize(("text", "why"), TEXTS, ids=range(len(TEXTS)))
def test_a_text_that_is_no_dataset_is_refused(tmp_path, text, why):
    (tmp_path / "dm.json").write_text(text)
    with pytest.raises(ConfigurationError, match=rf"^dm.json.*({why})"):
        read(tmp_path / "dm.json")


LINES = [
    (HEAD_TEXT + '\n["a"] ["b"]\n', r"something stands behind record 1"),
    (HEAD_TEXT + '\n["a"],\n', r"something stands behind record 1"),
    (HEAD_TEXT + '\n["a",\n"b"]\n["c"]\n', r"record 1 goes over several lines"),
    (HEAD_TEXT + '\n["a"]\n["b', r"record 2 is no JSON: Unterminated string"),
]


@pytest.mark.parametrize(("text", "why"), LINES)
def test_lines_that_are_no_records_are_refused(tmp_path, text, why):
    (tmp_path / "dm.ndjson").write_text(text)
    with pytest.raises(ConfigurationError, match=why):
        read(tmp_path / "dm.ndjson")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\n\n"])
def test_any_line_end_is_read(tmp_path, ends):
    text = as_lines(content([["a"], ["b\u2028c"]])).rstrip("\n").replace("\n", ends)
    for last in ("", ends):
        (tmp_path / "dm.ndjson").write_text(text + last, newline="")
        assert read(tmp_path / "dm.ndjson") == {"A": ["a", "b\u2028c"]}


def test_bytes_that_are_not_utf_8_are_refused(tmp_path):
    (tmp_path / "dm.ndjson").write_bytes(as_lines(content([["a"]])).encode() + b'["\xff"]\n')
    with pytest.raises(ConfigurationError, match=r"dm.ndjson: byte 0xFF is not UTF-8"):
        read(tmp_path / "dm.ndjson")


def test_compressed_data_may_be_gzip_as_the_published_examples_are(tmp_path):
    text = as_lines(content([["a"]])).encode()
    (tmp_path / "dm.dsjc").write_bytes(gzip.compress(text))
    assert read(tmp_path / "dm.dsjc") == {"A": ["a"]}


@pytest.mark.parametrize(("change", "why"), [
    (lambda data: data[:-5], r"the compressed data are cut off"),
    (lambda data: data + b"x", r"something stands behind the compressed data"),
    (lambda data: data[:30] + b"\0\0\0\0" + data[34:], r"it is no zlib data|is no JSON|not UTF-8"),
    (lambda data: b"PK" + data, r"it is no zlib data"),
])  # fmt: skip
def test_damaged_compressed_data_are_refused(tmp_path, change, why):
    path = written(tmp_path, content([["a"]] * 50), ".dsjc")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ConfigurationError, match=why):
        read(path)


def bomb(path, piece, times):
    """Compress a file that grows to a thousand times its size."""
    packer = zlib.compressobj(9)
    with path.open("wb") as target:
        target.write(packer.compress(as_lines(content([], records=10**9)).encode()))
        for _ in range(times):
            target.write(packer.compress(piece))
        target.write(packer.flush())


@pytest.mark.parametrize(("piece", "why"), [
    (b'"' + b"a" * 1_000_000, r"a value of more than 16777216 characters"),
    (b" " * 1_000_000, r"grow to more than 250 times"),
])  # fmt: skip
def test_a_bomb_is_refused_in_bounded_time_and_memory(tmp_path, piece, why):
    path = tmp_path / "dm.dsjc"
    bomb(path, piece, 300)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    with pytest.raises(ConfigurationError, match=why):
        read(path)
    assert time.monotonic() - began < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700_000


def test_metadata_of_the_file_are_kept(tmp_path):
    said = {
        "fileOID": "f", "dbLastModifiedDateTime": "2023-02-15T10:23:15", "originator": "Sponsor",
        "sourceSystem": {"name": "S", "version": "1"}, "studyOID": "s", "metaDataVersionOID": "m",
        "metaDataRef": "define.xml", "itemGroupOID": "IG.X",
        "datasetJSONCreationDateTime": "2023-03-22T11:53:27.5+01:00",
    }  # fmt: skip
    columns = [{"itemOID": "I.1", "name": "N", "label": "l", "dataType": "float", "length": 12,
                "displayFormat": "8.2", "keySequence": 2}]  # fmt: skip
    path = written(tmp_path, content([[0.5]], **said) | {"columns": columns})
    write_dataset_json(open_dataset_json(path), tmp_path / "again.json")
    again = json.loads((tmp_path / "again.json").read_text())
    assert {name: again[name] for name in said} == said
    assert again["columns"] == columns
    assert [file.name for file in tmp_path.iterdir() if "metadata" in file.name] == []


def test_a_file_is_not_made_before_its_last_change(tmp_path):
    moments = {"created": "2012-04-04T22:16:21", "modified": "2013-01-01T00:00:00"}
    for at, made in [(None, "2013-01-01T00:00:00"), (datetime(2012, 6, 1), "2012-06-01T00:00:00")]:
        write_dataset_json(stream(provenance=moments, A=["x"]), tmp_path / "dm.json", timestamp=at)
        head = json.loads((tmp_path / "dm.json").read_text())
        assert head["datasetJSONCreationDateTime"] == made
        assert head["dbLastModifiedDateTime"] <= made
    write_dataset_json(stream(provenance={"created": "?"}, A=["x"]), tmp_path / "dm.json")
    assert open_dataset_json(tmp_path / "dm.json").about.provenance["created"] == "?"


def test_what_is_written_fits_the_schema_and_the_order_of_the_standard(tmp_path):
    given_stream = stream(
        "AE",
        "Events",
        A=["x"],
        N=[
            1.5,
        ],
        M=[missing_number("A")],
    )
    write_dataset_json(given_stream, tmp_path / "ae.ndjson")
    head, record = (tmp_path / "ae.ndjson").read_text().splitlines()
    require_valid(json.loads(head), "dataset_json", "ae")
    assert record == '["x",1.5,null]'
    assert list(json.loads(head)) == [
        "datasetJSONCreationDateTime", "datasetJSONVersion", "itemGroupOID", "records", "name",
        "label", "columns",
    ]  # fmt: skip


def test_a_dataset_without_records_or_without_variables(tmp_path):
    for suffix in (".json", ".ndjson", ".dsjc"):
        write_dataset_json(stream(A=[]), tmp_path / f"dm{suffix}")
        assert read(tmp_path / f"dm{suffix}") == {"A": []}
        write_dataset_json(stream(), tmp_path / f"dm{suffix}")
        assert read(tmp_path / f"dm{suffix}") == {}


def test_records_over_several_chunks_are_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("cdisc_tools.io.json_scanner.BLOCK", 7)
    monkeypatch.setattr("cdisc_tools.io.dataset_json.CHUNK", 2)
    texts = ["a", '"', "],[", "\\", "ü\u2028", None, "x" * 50]
    for suffix in (".json", ".ndjson", ".dsjc"):
        write_dataset_json(stream(A=texts, N=[1.0, 12.5, None, 4.0, 5.0, 6.0, -7e-300]),
                           tmp_path / f"dm{suffix}")  # fmt: skip
        back = open_dataset_json(tmp_path / f"dm{suffix}")
        assert [len(frame) for frame in back.read()] == [2, 2, 2, 1]
        assert values_of(back) == {"A": texts, "N": bits(1, 12.5, None, 4, 5, 6, -7e-300)}


PIECES = ["[1]", "[2,null]", '["],[",-0.0]', '["]\\n[","a,b"]', "[[1],[2]]", "[1\n2]",
          '["a\nb"]', "[1],[2]", "[1][2]", "1", "null", "[", "]", "{}",
          '{"a":1,"a":2}', ""]  # fmt: skip
JOINTS = {json_scanner.BETWEEN_ITEMS: [",", ",\n", " ,\r\n ", "\n"],
          json_scanner.BETWEEN_LINES: ["\n", "\r\n", "\n\n", " \n", ","]}  # fmt: skip


def scanned(text, between, size, monkeypatch):
    """What is read of records with a piece read at once of a size, or what is said of a fault."""
    monkeypatch.setattr(json_scanner, "_AT_ONCE", size)
    scanner = json_scanner.JsonScanner(io.StringIO(text), "dm")
    found = []
    try:
        if scanner.next_character():
            for values in scanner.values(between, "record", 3):
                assert len(values) <= 3
                found += values
    except ConfigurationError as error:
        # json counts from where it was let begin, and a place is a place near
        return found, re.sub(r"(: line \d+ column \d+)? \((near )?char\w* \d+\)", "", str(error))
    return found, ""


@pytest.mark.parametrize("between", list(JOINTS), ids=["items", "lines"])
def test_records_read_at_once_are_those_read_one_by_one(monkeypatch, between):
    """Faulty ones and odd ones, too: the same values, and the same message for the same record."""
    chance, faults = random.Random(6), 0
    for _ in range(1500):
        good = chance.random() < 0.5
        pieces = chance.choices(PIECES[: 4 if good else len(PIECES)], k=chance.randrange(1, 12))
        usual = JOINTS[between][:1] if chance.random() < 0.7 else JOINTS[between]
        text = "".join(piece + chance.choice(usual) for piece in pieces[:-1]) + pieces[-1]
        text += "]" if between is json_scanner.BETWEEN_ITEMS else "\n"
        alone, fault = scanned(text, between, 10**6, monkeypatch)
        for size in (8, 24):
            found, other = scanned(text, between, size, monkeypatch)
            assert (found, other) == (alone, fault) or (fault and fault == other), text
        faults += bool(fault)
    assert 300 < faults < 1200
