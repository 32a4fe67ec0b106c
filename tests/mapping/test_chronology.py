"""Dates that cannot be: one case a line, the finding it gives."""

import pytest

from tests.mapping.small_study import map_folder, places, write_study
from tests.tables import cases

AE = """
    variable  algorithm        source  column
    .         records          ae      .
    AETERM    assign_no_ct     .       Term
    AESTDTC   assign_datetime  .       Start
    AEENDTC   assign_datetime  .       End
    AESEQ     derive_sequence  .       .
"""


@pytest.mark.parametrize("case", cases("""
    CASE              START       END               BEFORE  LATE
    in-order          2019-03-01  2019-03-02        N       N
    same-day          2019-03-01  2019-03-01        N       N
    end-before-start  2019-03-02  2019-03-01        Y       N
    no-end            2019-03-02  .                 N       N
    no-start          .           2019-03-01        N       N
    month-of-start    2019-03-02  2019-03           N       N
    month-before      2019-03-02  2019-02           Y       N
    earlier-time      2019-03-02  2019-03-02T08:00  N       N
    after-cutoff      2019-03-02  2020-01-02        N       Y
    at-cutoff         2019-03-02  2020-01-01        N       N
"""))  # fmt: skip
def test_dates_that_cannot_be(tmp_path, case):
    line = case.fillna(".").iloc[0]
    raw = {"ae": f"""
        Subject  Term      Start          End
        01-001   Headache  {line.START}  {line.END}
    """}  # fmt: skip
    result = map_folder(write_study(tmp_path, raw, {"ae": AE}))
    assert bool(places(result, "CDT-R066")) == (line.BEFORE == "Y")
    assert bool(places(result, "CDT-R067")) == (line.LATE == "Y")
