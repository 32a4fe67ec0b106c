"""SAS transport files: read back by other programs, kept bit by bit, refused where damaged."""

import contextlib
import dataclasses
import struct
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc_tools.io.xpt import read_xpt, study_lengths, write_xpt
from cdisc_tools.io.xpt_numbers import double_to_ibm, ibm_to_double, outside_range
from cdisc_tools.io.xpt_reading import open_xpt
from cdisc_tools.io.xpt_writing import write_xpt_streams
from cdisc_tools.metadata.resolution import resolve_dataset
from cdisc_tools.metadata.standards import dataset_spec
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import letter_of, letters_of, missing_number
from cdisc_tools.model.transport import (
    CHAR,
    NUM,
    DatasetAttributes,
    VariableAttributes,
    stream_of,
)

MOMENT = datetime(2020, 1, 2, 3, 4, 5)
BOTH = pytest.mark.parametrize("version", [5, 8])


def stream(name="LB", label="", provenance=None, **columns):
    """A stream of one dataset; a column is its values, or its values and attributes."""
    variables, frame = [], {}
    for variable, given_values in columns.items():
        values, attributes = given_values if isinstance(given_values, tuple) else (given_values, {})
        numeric = all(isinstance(value, float) for value in values)
        frame[variable] = pd.Series(values, dtype="float64" if numeric else "string")
        kind = NUM if numeric else CHAR
        variables.append(VariableAttributes(variable, type=kind, **attributes))
    about = DatasetAttributes(name, label, tuple(variables), provenance=provenance or {})
    return stream_of(pd.DataFrame(frame), about)


def records(opened):
    """All records of a stream in one frame, texts as texts."""
    frame = pd.concat(list(opened.read()))
    texts = [item.name for item in opened.about.variables if not item.is_numeric]
    return frame.astype(dict.fromkeys(texts, "string"))


def test_each_file_of_the_pilot_is_the_same_bytes_when_written_again(shared, tmp_path):
    """All 22 files, each byte of them: times, versions and systems are among what is kept."""
    with ZipFile(shared / "data" / "cdisc-pilot-sdtm.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(".xpt")]
        assert len(names) == 22
        for name in names:
            source, target = tmp_path / "in.xpt", tmp_path / "out.xpt"
            source.write_bytes(archive.read(name))
            opened = open_xpt(source)
            encoding = opened[0].about.provenance.get("encoding", "ascii")
            write_xpt_streams(opened, target, encoding=encoding)
            assert target.read_bytes() == source.read_bytes(), name


# IBM's own example, -118.625; the others worked by hand: 0.1 is 0x1999... rounded to 53 bits
@pytest.mark.parametrize(("number", "word"), [
    (0.0, 0x0000000000000000), (1.0, 0x4110000000000000), (-1.0, 0xC110000000000000),
    (-118.625, 0xC276A00000000000), (0.1, 0x401999999999999A), (16.0, 0x4210000000000000),
    (1 / 16, 0x4010000000000000), (2.0**252 * (1 - 2.0**-53), 0x7FFFFFFFFFFFFFF8),
    (2.0**-260, 0x0010000000000000),
    (float("nan"), 0x2E00000000000000), (missing_number("A"), 0x4100000000000000),
    (missing_number("Z"), 0x5A00000000000000), (missing_number("_"), 0x5F00000000000000),
])  # fmt: skip
def test_a_number_is_written_as_ibm_wrote_it(number, word):
    numbers = np.array([number])
    assert not outside_range(numbers).any()
    assert hex(int(double_to_ibm(numbers, letters_of(numbers))[0])) == hex(word)
    read = ibm_to_double(np.array([word], np.uint64))
    assert struct.pack("<d", read[0]) == struct.pack("<d", number)


def test_minus_zero_is_zero(tmp_path):
    """Other readers take its sign for that of a missing number."""
    path = tmp_path / "x.xpt"
    write_xpt_streams([stream(A=[-0.0, 1.0])], path)
    assert pyreadstat.read_xport(str(path))[0]["A"].tolist() == [0.0, 1.0]
    assert np.signbit(records(open_xpt(path)[0])["A"]).tolist() == [False, False]


DOUBLES = st.floats(width=64)


@given(numbers=st.lists(DOUBLES, min_size=1, max_size=20))
def test_each_double_within_the_range_survives_bit_by_bit(numbers):
    values = np.array(numbers)
    expected = [np.isfinite(v) and (v == 0 or 2.0**-260 <= abs(v) < 2.0**252) for v in numbers]
    assert (~outside_range(values) | np.isnan(values)).tolist() == [
        good or np.isnan(v) for good, v in zip(expected, numbers, strict=True)
    ]
    inside = values[expected]
    if len(inside):
        again = ibm_to_double(double_to_ibm(inside, letters_of(inside)))
        assert again.tobytes() == without_minus_zero(inside).tobytes()


def without_minus_zero(numbers):
    """Numbers with each zero the positive one."""
    return np.where(np.array(numbers) == 0, 0.0, numbers)


# trailing blanks and NUL are no part of a text of SAS; the rest of Unicode is
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30).map(
    lambda text: text.rstrip(" ")
)
NUMBERS = st.one_of(
    st.floats(-1e70, 1e70).filter(lambda v: v == 0 or abs(v) > 1e-70),
    st.just(float("nan")), st.sampled_from("_ABCXYZ").map(missing_number),
)  # fmt: skip


@BOTH
@given(rows=st.lists(st.tuples(TEXTS, NUMBERS), min_size=1, max_size=8))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
def test_every_text_and_number_survives(tmp_path, version, rows):
    texts, numbers = zip(*rows, strict=True)
    written = stream(TXT=[text or None for text in texts], NUM=list(numbers))
    path = tmp_path / "lb.xpt"
    write_xpt_streams([written], path, version=version, encoding="utf-8")
    found = records(open_xpt(path, encoding="utf-8")[0])
    assert tuple(found["TXT"].fillna("")) == texts
    assert found["NUM"].to_numpy().tobytes() == without_minus_zero(numbers).tobytes()
    again = tmp_path / "again.xpt"
    write_xpt_streams(open_xpt(path), again, version=version, encoding="utf-8")
    assert again.read_bytes() == path.read_bytes()
    frame, _ = pyreadstat.read_xport(str(path), encoding="utf-8", disable_datetime_conversion=True)
    assert tuple(frame["TXT"]) == texts
    # it keeps 52 bits of a number, and takes a special missing value for an ordinary one
    assert frame["NUM"].tolist() == pytest.approx(list(numbers), rel=1e-14, nan_ok=True)


# pandas takes eight blanks anywhere in the last 80 bytes for what fills up the file, so that these
# fill a record of 80 bytes
FULL_TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=72, max_size=72)


@given(rows=st.lists(st.tuples(FULL_TEXTS, NUMBERS), min_size=1, max_size=8))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
def test_pandas_reads_every_text_and_number(tmp_path, rows):
    texts, numbers = zip(*rows, strict=True)
    path = tmp_path / "lb.xpt"
    write_xpt_streams([stream(TXT=list(texts), NUM=list(numbers))], path)
    frame = pd.read_sas(path, encoding="ascii")
    assert tuple(frame["TXT"]) == texts
    assert frame["NUM"].tolist() == pytest.approx(list(numbers), rel=1e-14, nan_ok=True)


MEASURED = stream(
    label="Results",
    USUBJID=(["01", "02", "03"], {"label": "Subject", "format": "$20."}),
    LBSTRESN=([1.5, float("nan"), -1e70], {"label": "Result", "format": "8.2"}),
    LBDT=([21618.0, float("nan"), 0.0], {"label": "Day", "format": "DATE9.", "informat": "DATE9."}),
)


@BOTH
def test_pyreadstat_and_pandas_read_the_same_values(tmp_path, version):
    path = tmp_path / "lb.xpt"
    write_xpt_streams([MEASURED], path, version=version, timestamp=MOMENT)
    expected = records(MEASURED).astype({"USUBJID": "object"})
    frame, meta = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
    pd.testing.assert_frame_equal(frame.astype({"USUBJID": "object"}), expected)
    assert (meta.table_name, meta.file_label) == ("LB", "Results")
    assert meta.column_names_to_labels["LBSTRESN"] == "Result"
    assert meta.original_variable_types == {"USUBJID": "$20", "LBSTRESN": "8.2", "LBDT": "DATE9"}
    assert meta.creation_time == MOMENT
    if version == 5:
        frame = pd.read_sas(path, encoding="ascii")
        # pandas tells a missing number by its bytes, and takes a DATE9 for a date
        assert frame["USUBJID"].tolist() == ["01", "02", "03"]
        assert frame["LBSTRESN"].tolist()[0::2] == pytest.approx([1.5, -1e70], rel=1e-15)
        assert frame["LBSTRESN"].isna().tolist() == [False, True, False]


LONG = stream(
    name="LONGDATASETNAME", label="Label",
    AVERYLONGVARIABLENAME=(["x" * 300], {"label": "L" * 200}),
    SHORT=([1.0], {"label": "Short", "format": "LONGFORMATNAME12.3", "informat": "BEST12."}),
)  # fmt: skip


def test_version_8_holds_long_names_labels_formats_and_values(tmp_path):
    path = tmp_path / "long.xpt"
    write_xpt_streams([LONG], path, version=8, timestamp=MOMENT)
    assert open_xpt(path)[0].about.variables == tuple(
        dataclasses.replace(item, length=length)
        for item, length in zip(LONG.about.variables, (300, 8), strict=True)
    )
    labelled = stream(AVERYLONGVARIABLENAME=(["x" * 300], {"label": "L" * 200}), A=["b"])
    write_xpt_streams([labelled], path, version=8, timestamp=MOMENT)
    frame, meta = pyreadstat.read_xport(str(path))
    assert frame["AVERYLONGVARIABLENAME"].tolist() == ["x" * 300]
    # pyreadstat counts the variables of this section from 0, SAS from 1
    assert "L" * 200 in meta.column_labels


def test_pyreadstat_s_version_8_is_read(tmp_path):
    path = tmp_path / "x.xpt"
    frame = pd.DataFrame({"ALONGNAMEOFMINE": ["x" * 250, "b"], "N": [1.5, np.nan]})
    pyreadstat.write_xport(
        frame, str(path), file_format_version=8, table_name="LONGTABLE", file_label="Some",
        column_labels=["L" * 100, "N"],
    )  # fmt: skip
    found = read_xpt(path)
    assert found.frame["ALONGNAMEOFMINE"].tolist() == ["x" * 250, "b"]
    assert found.frame["N"].isna().tolist() == [False, True]
    assert found.labels == {"ALONGNAMEOFMINE": "L" * 100, "N": "N", "": "Some"}


@BOTH
def test_several_members_of_one_file(tmp_path, version):
    path = tmp_path / "both.xpt"
    second = stream("AE", USUBJID=["01"], AESEQ=[1.0])
    third = MEASURED.with_about(dataclasses.replace(MEASURED.about, name="LBX"))
    write_xpt_streams([MEASURED, second, third], path, version=version, timestamp=MOMENT)
    opened = open_xpt(path)
    assert [item.about.name for item in opened] == ["LB", "AE", "LBX"]
    assert [item.about.records for item in opened] == [3, 1, 3]
    pd.testing.assert_frame_equal(records(opened[2]), records(MEASURED))
    assert records(opened[1])["USUBJID"].tolist() == ["01"]


def test_more_records_than_a_chunk_holds(tmp_path):
    count = 150_001
    numbered = stream(
        ID=[f"{number:06d}" for number in range(count)], N=[float(n) for n in range(count)]
    )
    path = tmp_path / "many.xpt"
    write_xpt_streams([numbered], path)
    frames = list(open_xpt(path)[0].read())
    assert [len(frame) for frame in frames] == [65_536, 65_536, 18_929]
    whole = pd.concat(frames)
    assert whole.index.tolist() == list(range(count))
    assert whole["N"].tolist() == list(range(count))
    assert whole["ID"].astype("string").tolist()[-1] == "150000"
    pd.testing.assert_series_equal(
        read_xpt(path).frame["ID"].astype("string"), whole["ID"].astype("string")
    )


@pytest.mark.parametrize(("texts", "written", "kept"), [
    (["12345678", None, "12345678"], 3, True), (["12345678", None], 2, False),
    (["12345678"] * 9 + [None], 10, False), (["12345678"] * 10 + [None] * 10, 20, False),
    ([None], 1, True), (["x" * 40, None], 2, False), (["x" * 40, None, None], 3, True),
    (["x" * 80, None, None], 3, True), (["x" * 200, None], 2, True),
])  # fmt: skip
def test_blank_records_at_the_end_are_kept_or_refused(tmp_path, texts, written, kept):
    path = tmp_path / "x.xpt"
    blank = stream(A=(texts, {"length": len(texts[0] or "12345678")}))
    if not kept:
        with pytest.raises(
            ConfigurationError, match=rf"LB record {written}: the last record is bl"
        ):
            write_xpt_streams([blank], path)
        assert not list(tmp_path.iterdir())
        return
    write_xpt_streams([blank], path)
    assert len(records(open_xpt(path)[0])) == written


@pytest.mark.parametrize(("given_stream", "options", "why"), [
    (stream(LONGNAMES=["a"]), {}, r"LB.LONGNAMES: the name has 9 bytes, and .* 1 to 8 letters"),
    (stream(NAÏVE=["a"]), {}, r"LB.NAÏVE: the name has 6 bytes"),
    (stream("LONGDATASET", A=["a"]), {}, r"dataset LONGDATASET: the name has 11 bytes"),
    (stream(**{"A B": ["a"]}), {}, r"LB.A B: the name has 3 bytes, and .* letters, digits and un"),
    (stream("../EVIL", A=["a"]), {}, r"dataset ../EVIL: the name has 7 bytes"),
    (stream(**{f"V{n}": [1.0] for n in range(10_000)}), {}, r"LB has 10,000 variables, .* 9,999"),
    (stream(A=(["a"], {"label": "x" * 41})), {}, r"LB.A: the label has 41 bytes, and at most 40"),
    (stream(label="x" * 41, A=["a"]), {}, r"dataset LB: the label has 41 bytes"),
    (stream(A=(["a"], {"label": "Größe"})), {}, r"LB.A: the label holds 'ö' \(U\+00F6\)"),
    (stream(A=(["a"], {"format": "LONGFORMAT8."})), {}, r"LB.A: the format LONGFORMAT8. has a na"),
    (stream(A=(["a"], {"informat": "no format"})), {}, r"LB.A: the informat 'no format' is none"),
    (stream(A=(["a"], {"length": 201})), {}, r"LB.A: the length is 201, .* 1 to 200 bytes"),
    (stream(A=([1.0], {"length": 9})), {}, r"LB.A: the length is 9, .* 2 to 8 bytes"),
    (stream(A=["a", "x" * 201]), {}, r"LB.A record 2: the value has 201 bytes, more than the 200"),
    (stream(A=(["abc", "abcd"], {"length": 3})), {}, r"LB.A record 2: .* 4 bytes.* the 3 bytes of"),
    (stream(A=["a", None, "Größe"]), {}, r"LB.A record 3: .* 'ö' \(U\+00F6\).* name a code page"),
    (stream(A=["a", "€", "Ω"]), {"encoding": "windows-1252"}, r"LB.A record 3: .*'Ω'.* windows"),
    (stream(A=["a", "b\0c"]), {}, r"LB.A record 2: the value holds a character NUL"),
    (stream(A=[1.0, 1e76]), {}, r"LB.A record 2: the number 1e\+76 is out of the range"),
    (stream(A=[1.0, 1e-79]), {}, r"LB.A record 2: the number 1e-79 is out of the range"),
    (stream(A=[float("inf")]), {}, r"LB.A record 1: the number inf is out of the range"),
    (stream(A=([1.0, 0.1], {"length": 4})), {}, r"LB.A record 2: the number 0.1 needs more than"),
])  # fmt: skip
@pytest.mark.parametrize("coded", [False, True])
def test_what_a_transport_file_cannot_hold_is_refused(tmp_path, given_stream, options, why, coded):
    if coded:
        frame = next(iter(given_stream.read())).copy()
        texts = frame.select_dtypes("string").columns
        frame[texts] = frame[texts].astype("category")
        given_stream = stream_of(frame, given_stream.about)
    with pytest.raises(ConfigurationError, match=why):
        write_xpt_streams([given_stream], tmp_path / "x.xpt", **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("encoding", "raw"), [
    ("windows-1252", b"Gr\xf6\xdfe"), ("utf-8", b"Gr\xc3\xb6\xc3\x9fe"),
])  # fmt: skip
def test_a_named_code_page_is_written_and_read_again(tmp_path, encoding, raw):
    path = tmp_path / "x.xpt"
    write_xpt_streams([stream(A=["Größe", None, "a"])], path, encoding=encoding)
    assert raw in path.read_bytes()
    opened = open_xpt(path)[0]
    assert opened.about.provenance["encoding"] == encoding
    assert records(opened)["A"].fillna("").tolist() == ["Größe", "", "a"]
    assert read_xpt(path).frame["A"].astype("string").fillna("").tolist() == ["Größe", "", "a"]


def test_bytes_that_windows_1252_leaves_open_are_kept(tmp_path):
    path, again = tmp_path / "x.xpt", tmp_path / "again.xpt"
    write_xpt_streams([stream(A=["a#c", "é"])], path, encoding="windows-1252")
    path.write_bytes(path.read_bytes().replace(b"a#c", b"a\x81c"))
    assert records(open_xpt(path)[0])["A"].tolist() == ["a\x81c", "é"]
    write_xpt_streams(open_xpt(path), again, encoding="windows-1252")
    assert again.read_bytes() == path.read_bytes()
    with pytest.raises(ConfigurationError, match=r"x.xpt: A: .* is not of the encoding utf-8"):
        records(open_xpt(path, encoding="utf-8")[0])


@BOTH
def test_a_value_that_reads_like_a_header_is_a_value(tmp_path, version):
    path = tmp_path / "x.xpt"
    marks = {5: "MEMBER  ", 8: "MEMBV8  "}
    mark = f"HEADER RECORD*******{marks[version]}HEADER RECORD!!!!!!!"
    write_xpt_streams([stream(A=(["x", mark, "y"], {"length": 80}))], path, version=version)
    opened = open_xpt(path)
    assert [item.about.records for item in opened] == [3]
    assert records(opened[0])["A"].tolist() == ["x", mark, "y"]


def test_long_records_are_written_in_small_chunks(tmp_path):
    path = tmp_path / "x.xpt"
    texts = [f"{number}" for number in range(5_000)]
    write_xpt_streams([stream(A=(texts, {"length": 32_767}))], path, version=8)
    assert path.stat().st_size > 160_000_000
    assert records(open_xpt(path)[0])["A"].tolist() == texts


def test_two_datasets_of_a_name_or_none_at_all_are_refused(tmp_path):
    path = tmp_path / "x.xpt"
    with pytest.raises(ConfigurationError, match=r"dataset ae: two datasets of one file have the"):
        write_xpt_streams([stream("ae", A=["a"]), stream("AE", A=["b"])], path)
    with pytest.raises(ConfigurationError, match=r"holds at least one dataset"):
        write_xpt_streams([], path)
    assert not list(tmp_path.iterdir())


def test_short_numbers_are_kept(tmp_path):
    path = tmp_path / "x.xpt"
    numbers = [1.0, -118.625, float("nan"), missing_number("Q")]
    write_xpt_streams([stream(A=(numbers, {"length": 3}), B=["x"] * 4)], path)
    opened = open_xpt(path)[0]
    found = records(opened)["A"]
    assert opened.about.by_name["A"].length == 3
    assert found.to_numpy().tobytes() == np.array(numbers).tobytes()
    assert letter_of(found[3]) == "Q"
    assert pyreadstat.read_xport(str(path))[0]["A"].tolist()[:2] == numbers[:2]


def test_times_are_those_given_or_those_that_came(tmp_path):
    path = tmp_path / "x.xpt"
    for origin, timestamp, stamp in (
        ({}, None, b"01JAN60:00:00:00"),
        ({"created": "2012-04-04T22:16:21"}, None, b"04APR12:22:16:21"),
        ({"created": "2012-04-04T22:16:21"}, MOMENT, b"02JAN20:03:04:05"),
    ):  # fmt: skip
        write_xpt_streams([stream(A=["a"], provenance=origin)], path, timestamp=timestamp)
        assert path.read_bytes().count(stamp) == 4


def test_who_made_a_file_is_kept(tmp_path):
    origin = {
        "sas_version": "9.3", "sas_os": "X64_7HOM", "created": "2012-04-04T22:16:21",
        "modified": "2013-04-04T22:16:21", "member_created": "2014-04-04T22:16:21",
        "member_sas_os": "Linux", "dataset_type": "DATA",
    }  # fmt: skip
    path = tmp_path / "x.xpt"
    write_xpt_streams([stream(A=["a"], provenance=origin)], path)
    assert open_xpt(path)[0].about.provenance == origin


def lengths_case(name, **columns):
    typed = {variable: pd.Series(values, dtype="string") for variable, values in columns.items()}
    spec = resolve_dataset(name, tuple(typed))
    return Dataset(spec, pd.DataFrame(typed))


def test_a_text_is_as_long_as_its_longest_value_over_the_study(tmp_path):
    ae = lengths_case("AE", USUBJID=["T-1"], AETERM=["Kopfschmerz ä"])
    ex = lengths_case("EX", USUBJID=["T-0002"], EXTRT=["DRUG"])
    supp = lengths_case("SUPPAE", USUBJID=["T-000000003"], QVAL=["x" * 50])
    lengths = study_lengths([ae, ex, supp])
    # bytes: the last letter of the term takes two
    assert lengths == {"USUBJID": 6, "AETERM": 14, "EXTRT": 4}
    for dataset, expected in (
        (ae, {"USUBJID": 6, "AETERM": 14}),
        (supp, {"USUBJID": 11, "QVAL": 50}),
    ):
        write_xpt(dataset, tmp_path / "x.xpt", MOMENT, lengths=lengths)
        assert read_xpt(tmp_path / "x.xpt").lengths == expected


def test_a_length_of_the_specification_is_the_least():
    ae = lengths_case("AE", AETERM=["Pain"])
    stated = dataclasses.replace(ae.spec.by_name["AETERM"], data_type="text", length=40)
    spec = dataclasses.replace(ae.spec, variables=(stated,))
    assert study_lengths([dataclasses.replace(ae, spec=spec)]) == {"AETERM": 40}


@pytest.mark.parametrize(("values", "given_format", "written", "numbers"), [
    (["2019-03-10"], "", "DATE9", [21618]), (["2019-03-10"], "E8601DA10.", "E8601DA10", [21618]),
    (["2019-03-10T08:30"], "", "DATETIME20", [21618 * 86400 + 30600]),
    (["2019-03-10"], "DATETIME20.", "DATETIME20", [21618 * 86400]),
    (["1959-12-31T23:59:59"], "E8601DT19.", "E8601DT19", [-1]),
])  # fmt: skip
def test_dates_and_times_are_counted_from_1960(tmp_path, values, given_format, written, numbers):
    spec = dataset_spec("EX", standard="sdtmig-3.4")
    item = dataclasses.replace(spec.by_name["EXSTDTC"], format=given_format)
    moments = pd.Series(pd.to_datetime(values, format="ISO8601"))
    dataset = Dataset(
        dataclasses.replace(spec, variables=(item,)), pd.DataFrame({"EXSTDTC": moments})
    )
    write_xpt(dataset, tmp_path / "ex.xpt", MOMENT)
    frame, meta = pyreadstat.read_xport(str(tmp_path / "ex.xpt"), disable_datetime_conversion=True)
    assert meta.original_variable_types["EXSTDTC"] == written
    assert frame["EXSTDTC"].tolist() == numbers
    assert read_xpt(tmp_path / "ex.xpt").frame["EXSTDTC"].tolist() == moments.tolist()


def test_a_number_too_large_for_a_date_stays_a_number(tmp_path):
    dates = stream(ADT=([1e12, 3.0, float("nan")], {"format": "DATE9."}))
    write_xpt_streams([dates], tmp_path / "x.xpt")
    assert read_xpt(tmp_path / "x.xpt").frame["ADT"].tolist()[:2] == [1e12, 3.0]


def bent(data, *changes):
    """Bytes with some of them changed: (place, bytes)."""
    changed = bytearray(data)
    for place, raw in changes:
        changed[place : place + len(raw)] = raw
    return bytes(changed)


MEMBER_AT, NAMES_AT = 240, 560


@pytest.mark.parametrize(("version", "changes", "why"), [
    (8, [(800 + 48, b"  1000000000000")], r"ends within a record of LB, .* have 1,000,000,000,000"),
    (8, [(800 + 48, b"         banana")], r"'banana' should be a number of its headers"),
    (5, [(NAMES_AT + 54, b"9999")], r"x.xpt: it ends at byte [\d,]+, within its headers"),
    (5, [(NAMES_AT + 54, b"many")], r"'0many' should be a number of its headers"),
    (5, [(NAMES_AT + 54, b"0000")], r"the header OBS is missing"),
    (5, [(NAMES_AT, b"HEADER RECORD*******MEMBER")], r"at byte 560 the header NAMESTR is missing"),
    (5, [(MEMBER_AT + 74, b"0136")], r"its descriptors have 0136 bytes, not 140"),
    (5, [(MEMBER_AT + 74, b"\xff\xff\xff\xff")], r"its descriptors have .* bytes, not 140"),
    (5, [(NAMES_AT + 88, b"        ")], r"'' is no name of a variable"),
    (5, [(NAMES_AT + 88, b"A\0B     ")], r"'A\\x00B' is no name of a variable"),
    (5, [(MEMBER_AT + 168, b"A\0B     ")], r"'A\\x00B' is no name of a dataset"),
    (5, [(0, b"SAS")], r"x.xpt is no readable SAS transport file of version 5 or 8"),
])  # fmt: skip
def test_headers_that_claim_what_is_not_there_are_refused(tmp_path, version, changes, why):
    path = tmp_path / "x.xpt"
    write_xpt_streams([stream(A=["a" * 80] * 3)], path, version=version)
    path.write_bytes(bent(path.read_bytes(), *changes))
    with pytest.raises(ConfigurationError, match=why):
        open_xpt(path)


@given(place=st.integers(0, 1100), raw=st.binary(min_size=1, max_size=20), cut=st.integers(0, 1200))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)
@BOTH
def test_any_damage_is_read_or_refused_and_nothing_else(tmp_path, version, place, raw, cut):
    path = tmp_path / "x.xpt"
    write_xpt_streams([stream(A=["a" * 80] * 3, B=[1.0] * 3)], path, version=version)
    path.write_bytes(bent(path.read_bytes(), (place, raw))[: cut or None])
    with contextlib.suppress(ConfigurationError):
        for opened in open_xpt(path):
            records(opened)
    with contextlib.suppress(ConfigurationError):
        read_xpt(path)


def test_an_empty_file_and_a_folder_of_none(tmp_path):
    path = tmp_path / "x.xpt"
    path.write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"x.xpt is no readable SAS transport file"):
        open_xpt(path)


@BOTH
def test_a_dataset_without_records_keeps_its_variables(tmp_path, version):
    path = tmp_path / "x.xpt"
    write_xpt_streams([stream(A=([], {"length": 5}))], path, version=version)
    opened = open_xpt(path)[0]
    assert (opened.about.records, len(records(opened))) == (0, 0)
    assert list(read_xpt(path).frame) == ["A"]


def test_a_file_of_a_folder_is_shown_by_its_name(tmp_path):
    path = Path(tmp_path) / "lb.xpt"
    write_xpt_streams([stream(A=["a"])], path)
    assert open_xpt(path)[0].file == "lb.xpt"
