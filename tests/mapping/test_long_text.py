"""Text over 200 bytes: continued in SUPP-- or COVAL1, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_tools.mapping.long_text import split_text
from tests.mapping.small_study import map_folder, shown, write_study
from tests.tables import cases

LONG = " ".join(f"word{number:03d}" for number in range(40))  # 40 x 7 letters and 39 spaces: 319
AE = """
    variable  algorithm        source  column
    .         records          ae      .
    AETERM    assign_no_ct     .       Term
    CO.COVAL  assign_no_ct     .       Note
    AESEQ     derive_sequence  .       .
"""


@pytest.mark.parametrize("case", cases("""
    TEXT           LIMIT  PARTS
    one            8      one
    one_two        8      one_two
    one_two_three  8      one_two|three
    onetwothree    8      onetwoth|ree
    one_twothree   3      one|two|thr|ee
    äöüäö          4      äö|üä|ö
"""))  # fmt: skip
def test_split(case):
    line = case.iloc[0]
    parts = split_text(line.TEXT.replace("_", " "), int(line.LIMIT))
    assert parts == line.PARTS.replace("_", " ").split("|")


@given(st.text(alphabet="abc äß€", max_size=60).map(lambda text: " ".join(text.split())))
def test_no_part_is_too_long_and_no_letter_is_lost(text):
    parts = split_text(text, 10)
    assert all(len(part.encode()) <= 10 for part in parts)
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")


def test_a_long_term_and_a_long_comment_are_continued(tmp_path):
    raw = {"ae": f"Subject  Term  Note\n01-001  {LONG}  {LONG}\n01-002  short  ."}
    result = map_folder(write_study(tmp_path, raw, {"ae": AE}))
    first, rest = LONG[:199], LONG[200:]
    assert shown(result.datasets["AE"], ["AETERM"]) == [(first,), ("short",)]
    names = ["USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL"]
    assert shown(result.datasets["SUPPAE"], names) == [("T1-01-001", "AESEQ", "1", "AETERM1", rest)]
    assert shown(result.datasets["CO"], ["RDOMAIN", "COVAL", "COVAL1"]) == [("AE", first, rest)]
    assert [v.name for v in result.datasets["CO"].spec.variables if "COVAL" in v.name] == [
        "COVAL", "COVAL1",
    ]  # fmt: skip
