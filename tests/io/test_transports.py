"""Every format gives back what it was given: values bit for bit, attributes, provenance."""

import contextlib
import itertools
import json
import random
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from cdisc_tools.io.datasets import dataset_files
from cdisc_tools.io.side_files import SUFFIX, side_path
from cdisc_tools.io.transports import TRANSPORTS, is_dataset_file, open_datasets
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import missing_number
from cdisc_tools.model.transport import NUM, VariableAttributes
from tests.io.streams import datasets, fitted, said_of, stream, values_of, values_or_refused

FORMATS = ["json", "ndjson", "dsjc", "parquet", "csv", "xlsx"]


def through(form, given_stream, folder):
    """Write a dataset and read it again."""
    path = folder / f"dm{TRANSPORTS[form].suffix}"
    TRANSPORTS[form].write([given_stream], path, None)
    (read,) = open_datasets(path)
    return read


@pytest.mark.parametrize("form", FORMATS)
@given(given_stream=datasets())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
def test_every_dataset_comes_back(tmp_path, form, given_stream):
    read = through(form, given_stream, tmp_path)
    assert values_of(read) == values_of(given_stream)
    assert (read.about.name, read.about.label) == ("DM", given_stream.about.label)
    assert read.about.records == given_stream.about.records
    said, back = said_of(given_stream.about), said_of(read.about)
    for name, attributes in said.items():
        added = {"data_type", "target_data_type"} | ({"oid"} - set(attributes))
        assert {k: v for k, v in back[name].items() if k not in added} == attributes
    assert dict(given_stream.about.provenance).items() <= dict(read.about.provenance).items()


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_dataset_gives_the_same_bytes(tmp_path, form):
    given_stream = stream(A=["x", None], N=[1.5, missing_number("B")])
    contents = []
    for name in ("first", "second"):
        through(form, given_stream, tmp_path / name)
        contents.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert contents[0] == contents[1]


def test_a_chain_of_all_formats_loses_nothing(tmp_path):
    variables = (
        VariableAttributes("DT", "Day", NUM, 4, "DATE9.", "DATE9.", True, key=2),
        VariableAttributes("T", "Text", length=30, format="$30.", informat="$30.", oid="IT.T"),
    )
    at_first = stream(
        "DM", "Demographics", {"sas_version": "9.4", "created": "2012-04-04T22:16:21"}, variables,
        DT=[missing_number("Z"), 19000.0, None, -0.0], T=["-5", None, "'", "=x"],
    )  # fmt: skip
    read = at_first
    for form in FORMATS:
        read = through(form, read, tmp_path / form)
    assert values_of(read) == values_of(at_first)
    for name, attributes in said_of(at_first.about).items():
        assert attributes.items() <= said_of(read.about)[name].items()
    assert dict(at_first.about.provenance).items() <= dict(read.about.provenance).items()


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
@pytest.mark.parametrize("number", [float("inf"), float("-inf")])
def test_an_infinite_number_is_refused_and_nothing_is_written(tmp_path, form, number):
    with pytest.raises(
        ConfigurationError, match=r"DM.N record 2: -?inf is infinite, which .* can't"
    ):
        through(form, stream(N=[1.0, number]), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_parquet_keeps_an_infinite_number(tmp_path):
    given_stream = stream(N=[1.0, float("-inf")])
    assert values_of(through("parquet", given_stream, tmp_path)) == values_of(given_stream)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["", " "])
def test_a_variable_without_a_name_is_refused_by_writers_or_readers(tmp_path, form, name):
    with pytest.raises(ConfigurationError, match=r"name"):
        through(form, stream(**{name: ["x"], "B": ["y"]}), tmp_path)
    written = tmp_path / f"dm.{form}"
    assert form == "parquet" or not written.exists()


def exchange(old, new):
    return lambda text: text.replace(old, new, 1)


def twice(text):
    content = json.loads(text)
    return json.dumps(content | {"datasets": content["datasets"] * 2})


CHANGES = [
    ("no JSON", lambda text: text[:40], r"dm.json.metadata.json is no JSON"),
    ("unknown field", exchange('"file"', '"files"'), r"'file' is a required"),
    ("of another file", exchange("dm.json", "ae.json"), r"belongs to ae.json, not"),
    ("another variable", exchange('"N"', '"M"'), r"doesn't fit dm.json: it has v"),
    ("more records", exchange('"records": 3', '"records": 4'), r"it says 4 records, here are 3"),
    ("fewer", exchange('"records": 3', '"records": 2'), r"not first and last .* within 2 records"),
    ("a value there", exchange("[3, 3]", "[1, 1]"), r"it says .A for N of record 1"),
    ("a dataset more", twice, r"it is of 2 datasets, here is one"),
    ("another dataset", exchange('"name": "DM"', '"name": "AE"'), r"of the dataset AE, here is DM"),
    ("no length", exchange('"length": 4', '"length": -4'), r"length"),
    ("no run", exchange("[3, 3]", "[3]"), r"not first and last"),
    ("backwards", exchange("[3, 3]", "[3, 1]"), r"not first and last"),
    ("no number", exchange("[3, 3]", '[3, "x"]'), r"not first and last"),
]


@pytest.mark.parametrize(("change", "why"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_a_side_file_that_does_not_fit_is_refused(tmp_path, change, why):
    variables = (VariableAttributes("N", type=NUM, length=4),)
    read = through("json", stream(variables=variables, N=[1.0, 2.0, missing_number("A")]), tmp_path)
    beside = side_path(tmp_path / "dm.json")
    assert values_of(read)["N"][2] == "A"
    beside.write_text(change(beside.read_text()))
    with pytest.raises(ConfigurationError, match=why):
        values_of(open_datasets(tmp_path / "dm.json")[0])


def test_a_side_file_that_is_no_longer_needed_goes(tmp_path):
    through("json", stream(N=[missing_number("A")]), tmp_path)
    assert side_path(tmp_path / "dm.json").exists()
    through("json", stream(N=[1.0]), tmp_path)
    assert not side_path(tmp_path / "dm.json").exists()


# a dataset that needs a side file, one that needs another, and one that needs none in Dataset-JSON
PAIRS = {
    "special": {"A": ["x", "y"], "N": [None, missing_number("A")]},
    "other": {"A": ["x", "y"], "N": [missing_number("B"), None]},
    "plain": {"A": ["x", "z"], "N": [None, 1.0]},
}


class EndedError(Exception):
    """What stands for the end of a process."""


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
@pytest.mark.parametrize(("old", "new"), list(itertools.permutations(PAIRS, 2)))
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_data_file_and_its_side_file_are_a_pair_at_every_moment(
    tmp_path, monkeypatch, form, old, new, step
):
    """Each change of a name in the folder is a moment at which a process may end."""
    old_stream, new_stream = (stream(**PAIRS[name]) for name in (old, new))
    path = tmp_path / f"dm.{form}"
    TRANSPORTS[form].write([old_stream], path, None)
    done = []

    def until(change):
        def changed(self, *words, **options):
            # what is temporary has a name with a dot, and is moved to another
            if words or not self.name.startswith("."):
                done.append(self.name)
                if len(done) == step:
                    raise EndedError
            return change(self, *words, **options)

        return changed

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", until(Path.replace))
        patched.setattr(Path, "unlink", until(Path.unlink))
        with contextlib.suppress(EndedError):
            TRANSPORTS[form].write([new_stream], path, None)
    either = [values_of(old_stream), values_of(new_stream)]
    assert values_or_refused(path) in (None, *either)


def test_only_datasets_of_a_folder_are_taken(tmp_path):
    for form in FORMATS:
        through(form, stream("DM", A=["=x"], N=[missing_number("A")]), tmp_path)
    (tmp_path / "manifest.json").write_text('{"inputs": []}')
    (tmp_path / "findings.csv").write_text("check,severity\n")
    (tmp_path / "AE.NDJSON").write_text("{}\n")
    assert [file.name for file in dataset_files(tmp_path)] == ["AE.NDJSON", "dm.parquet"]
    (tmp_path / "dm.parquet").unlink()
    assert [file.name for file in dataset_files(tmp_path)] == ["AE.NDJSON", "dm.json"]
    assert not is_dataset_file(tmp_path / f"dm.json{SUFFIX}")


def test_a_file_of_another_kind_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"a.pdf: not a dataset file; known: .xpt, .parq"):
        open_datasets(tmp_path / "a.pdf")


def test_the_moment_of_an_export_is_the_one_given(tmp_path):
    given_stream = stream(provenance={"created": "2010-01-01T00:00:00"}, A=["x"])
    for form in FORMATS:
        path = tmp_path / f"dm{TRANSPORTS[form].suffix}"
        TRANSPORTS[form].write([given_stream], path, datetime(2024, 2, 3, 4, 5, 6))
        assert open_datasets(path)[0].about.provenance["created"] == "2024-02-03T04:05:06"
    content = json.loads((tmp_path / "dm.json").read_text())
    assert content["datasetJSONCreationDateTime"] == "2024-02-03T04:05:06"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("is_side", [False, True])
def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path, form, is_side):
    variables = (VariableAttributes("DT", type=NUM, length=4, format="DATE9."),)
    given_stream = stream(variables=variables, DT=[1.0, None], T=["=x", 'a"b'],
                          N=[missing_number("A"), -0.0])  # fmt: skip
    through(form, given_stream, tmp_path)
    path = tmp_path / f"dm{TRANSPORTS[form].suffix}"
    target = side_path(path) if is_side and form != "parquet" else path
    good, chance = target.read_bytes(), random.Random(6)
    faults = []
    for _ in range(120):
        data, place = bytearray(good), chance.randrange(len(good))
        data[place : place + chance.randrange(3)] = chance.choice([b"", b"9", b'"', b"[", b"\xff"])
        target.write_bytes(data)
        if target is path and side_path(path).exists():
            fitted(path)
        try:
            values_of(open_datasets(path)[0])
        except ConfigurationError as error:
            faults.append(str(error))
    assert faults
    assert [fault for fault in faults if not fault.startswith("dm.")] == []
