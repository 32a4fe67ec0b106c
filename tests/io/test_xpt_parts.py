"""Parts of a transport file: whatever the whole holds, its parts hold the same bytes."""

import numpy as np
import pyreadstat
import pytest

from cdisc_tools.io.xpt_parts import records_per_part, write_xpt_part
from cdisc_tools.io.xpt_reading import open_xpt, read_members
from cdisc_tools.io.xpt_writing import write_xpt_streams
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import letter_of, missing_number
from cdisc_tools.model.transport import CHAR, NUM, VariableAttributes
from tests.io.streams import stream, values_of

COUNT = 97
BOUNDS = [(0, 1), (1, 40), (40, 96), (96, 97)]


def kind(name, type_=CHAR, **attributes):
    return VariableAttributes(name, type=type_, **attributes)


# what a ready file may hold that a dataset in memory doesn't, each by itself and all together
COLUMNS = {
    "numbers of 3 bytes": (
        kind("SHORT", NUM, length=3), [float(n % 7 - 3) for n in range(COUNT)],
    ),
    "seconds with fractions": (
        kind("DTM", NUM, format="DATETIME22.3"), [1.6e9 + n / 8 for n in range(COUNT)],
    ),
    "days with fractions": (
        kind("DT", NUM, format="DATE9."), [20_000 + n / 4 for n in range(COUNT)],
    ),
    "special missing values": (
        kind("MISS", NUM), [missing_number("._ABZ"[n % 5]) if n % 2 else 1.5 for n in range(COUNT)],
    ),
    "informats": (
        kind("INF", NUM, informat="DATE9.", format="E8601DA10."), [float(n) for n in range(COUNT)],
    ),
    "texts at the right": (
        kind("RIGHT", CHAR, length=40, is_right=True, informat="$40.", label="Größe"),
        [("Größe", None, "naïve €", "a")[n % 4] for n in range(COUNT)],
    ),
}  # fmt: skip
COLUMNS_OF = [*([name] for name in COLUMNS), list(COLUMNS)]


@pytest.fixture(params=COLUMNS_OF, ids=lambda names: names[0] if len(names) == 1 else "mixed")
def given(request):
    """A stream of some of the columns, with a key."""
    chosen = [COLUMNS[name] for name in request.param]
    values = {variable.name: column for variable, column in chosen}
    keys = [f"S{n // 5:03d}" for n in range(COUNT)]
    origin = {"sas_os": "X64_7HOM", "member_created": "2014-04-04T22:16:21"}
    return stream(
        "LB", "Labör", origin, tuple(variable for variable, _ in chosen), USUBJID=keys, **values
    )


@pytest.mark.parametrize("version", [5, 8])
def test_the_parts_have_the_bytes_of_the_records(given, tmp_path, version):
    whole = tmp_path / "lb.xpt"
    write_xpt_streams([given], whole, version=version, encoding="windows-1252")
    (member,) = read_members(whole)
    start, length = member.member.start, member.member.record_length
    raw = whole.read_bytes()
    joined, values = b"", []
    for number, bounds in enumerate(BOUNDS, 1):
        path = tmp_path / f"lb{number}.xpt"
        write_xpt_part(member, bounds, f"LB{number}", path)
        part = path.read_bytes()
        (of_part,) = read_members(path)
        assert of_part.records == bounds[1] - bounds[0]
        assert of_part.member.about.name == f"LB{number}"
        assert of_part.member.variables == member.member.variables
        assert of_part.member.about.provenance == member.member.about.provenance
        joined += part[start : start + of_part.records * length]
        assert not part[start + of_part.records * length :].strip(b" ")
        values.append(values_of(open_xpt(path, encoding="windows-1252")[0]))
        # another program reads as many
        frame, meta = pyreadstat.read_xport(str(path), encoding="windows-1252")
        assert len(frame) == of_part.records
        assert meta.table_name == f"LB{number}"
    assert joined == raw[start : start + COUNT * length]
    for name, column in values_of(open_xpt(whole, encoding="windows-1252")[0]).items():
        assert [value for part in values for value in part[name]] == column


def test_numbers_that_no_double_has_keep_their_bytes(tmp_path):
    """A number of SAS has up to 56 bits, and a text may hold any bytes."""
    whole = tmp_path / "lb.xpt"
    write_xpt_streams([stream("LB", A=[1.0] * 20, B=["x"] * 20)], whole)
    (member,) = read_members(whole)
    data, start = bytearray(whole.read_bytes()), member.member.start
    data[start : start + 9] = bytes.fromhex("4110000000000001") + b"\xff"
    whole.write_bytes(data)
    write_xpt_part(read_members(whole)[0], (0, 10), "LB1", tmp_path / "lb1.xpt")
    assert (tmp_path / "lb1.xpt").read_bytes()[start : start + 90] == data[start : start + 90]


@pytest.mark.parametrize("largest", [1200, 1279, 1280, 1281, 2000, 5000])
def test_no_part_is_larger_than_it_may_be(tmp_path, largest):
    whole = tmp_path / "lb.xpt"
    write_xpt_streams([stream("LB", A=["1234567"] * 900)], whole)
    (member,) = read_members(whole)
    most = records_per_part(member, largest)
    for count in (most, most + 1):
        write_xpt_part(member, (0, count), "LB1", tmp_path / "lb1.xpt")
        assert ((tmp_path / "lb1.xpt").stat().st_size <= largest) is (count == most)


def test_a_limit_below_one_record_is_refused(tmp_path):
    write_xpt_streams([stream("LB", A=["x" * 200])], tmp_path / "lb.xpt")
    (member,) = read_members(tmp_path / "lb.xpt")
    with pytest.raises(ConfigurationError, match=r"lb.xpt: no record of 200 bytes .* 1000 bytes"):
        records_per_part(member, 1000)


def test_a_blank_record_at_the_end_of_a_part_is_refused(tmp_path):
    whole = tmp_path / "lb.xpt"
    write_xpt_streams([stream("LB", A=["a", "b", None, "c"])], whole)
    (member,) = read_members(whole)
    with pytest.raises(ConfigurationError, match=r"lb.xpt record 3: the record is blank"):
        write_xpt_part(member, (0, 3), "LB1", tmp_path / "lb1.xpt")
    assert not (tmp_path / "lb1.xpt").exists()


def test_a_special_missing_value_is_read_back(tmp_path):
    whole = tmp_path / "lb.xpt"
    numbers = (kind("A", NUM, length=4),)
    write_xpt_streams([stream("LB", "", {}, numbers, A=[1.0, missing_number("Q")])], whole)
    write_xpt_part(read_members(whole)[0], (1, 2), "LB1", tmp_path / "lb1.xpt")
    (frame,) = open_xpt(tmp_path / "lb1.xpt")[0].read()
    assert letter_of(np.asarray(frame["A"])[0]) == "Q"
