"""Collected dates to ISO 8601, worked by hand from SDTMIG 3.4 section 4.4.2 (partial dates)."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_tools.mapping.dates import DateReader
from cdisc_tools.metadata.resources import read_table, specs_path
from tests.tables import cases

WORDS = {
    line["word"]: line["meaning"]
    for line in read_table(specs_path() / "mapping" / "date_words.csv", ("word", "meaning"))
}
ISO = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2})?)?)?)?|---\d{2})?")
# what a note may tell, in the order that a case names it
KINDS = ("partial", "serial", "two-digit", "against", "every part", "time dropped")


def kind_of(notes: tuple[str, ...]) -> str | None:
    """The kind of assumption that the notes tell, None where nothing was assumed."""
    found = [kind for kind in KINDS if any(kind in note for note in notes)]
    return " + ".join(found) or None


@pytest.mark.parametrize("case", cases("""
    COLLECTED                  ORDER  ISO                  NOTE
    2010-11-12                 dmy    2010-11-12           .
    2010.11.12                 dmy    2010-11-12           .
    2010/11/12                 mdy    2010-11-12           .
    2019 05 23                 dmy    2019-05-23           .
    20190212                   dmy    2019-02-12           .
    12NOV2010                  dmy    2010-11-12           .
    12Nov10                    dmy    2010-11-12           two-digit
    1NOV2010                   dmy    2010-11-01           .
    23.05.2019                 dmy    2019-05-23           .
    23.05.2019                 mdy    2019-05-23           .
    1.2.2019                   dmy    2019-02-01           .
    15-Sep-20                  dmy    2020-09-15           two-digit
    15-Sep-2020                dmy    2020-09-15           .
    Sept 5, 2019               dmy    2019-09-05           .
    5 september 2019           mdy    2019-09-05           .
    15. Mai 2019               dmy    2019-05-15           .
    3. März 2019               dmy    2019-03-03           .
    24-Dez-2018                dmy    2018-12-24           .
    1 Oktober 2018             dmy    2018-10-01           .
    05/06/2010                 dmy    2010-06-05           .
    05/06/2010                 mdy    2010-05-06           .
    01/31/2019                 mdy    2019-01-31           .
    01/31/2019                 dmy    2019-01-31           against
    31/01/2019                 mdy    2019-01-31           against
    1/2/19                     dmy    2019-02-01           two-digit
    01-Jan-30                  dmy    2030-01-01           two-digit
    01-Jan-31                  dmy    1931-01-01           two-digit
    29-Feb-2020                dmy    2020-02-29           .
    29-Feb-2000                dmy    2000-02-29           .
    UN/UNK/JAN/2010            dmy    2010-01              partial
    UN-JAN-2010                dmy    2010-01              partial
    UNKNOV2010                 dmy    2010-11              partial
    UNNOV2010                  dmy    2010-11              partial
    NOV2010                    dmy    2010-11              partial
    Nov 2010                   dmy    2010-11              partial
    11/2010                    dmy    2010-11              partial
    2010-11                    dmy    2010-11              partial
    2019-05-UN                 dmy    2019-05              partial
    20 UNK 2019                dmy    2019---20            partial
    03UNK2020                  dmy    2020---03            partial
    2019---20                  dmy    2019---20            partial
    2019-UNK-20                dmy    2019---20            partial
    UN UNK 2019                dmy    2019                 partial
    UN/UN/2019                 mdy    2019                 partial
    UNK 2019                   dmy    2019                 partial
    2004                       dmy    2004                 partial
    UNK                        dmy    .                    every part
    UN-UNK-UNK                 dmy    .                    every part
    40000                      dmy    2009-07-06           serial
    40000.5                    dmy    2009-07-06T12:00     serial
    45321.5                    dmy    2024-01-30T12:00     serial
    18264                      dmy    1950-01-01           serial
    36526.25                   dmy    2000-01-01T06:00     serial
    2019-05-23T14:30           dmy    2019-05-23T14:30     .
    2019-05-23T14:30:15        dmy    2019-05-23T14:30:15  .
    2019-05-23 14:30           dmy    2019-05-23T14:30     .
    2019-05-23 9:05            dmy    2019-05-23T09:05     .
    12NOV2010:14:30:15         dmy    2010-11-12T14:30:15  .
    23.05.2019 2:30 PM         dmy    2019-05-23T14:30     .
    23.05.2019 12:05 AM        dmy    2019-05-23T00:05     .
    23.05.2019 12:05 pm        dmy    2019-05-23T12:05     .
    23.05.2019 14:30 PM        dmy    2019-05-23T14:30     .
    5/23/2019 2:30:15 PM       mdy    2019-05-23T14:30:15  .
    23 May 2019 UN:UN          dmy    2019-05-23           .
    23 May 2019 14:UN          dmy    2019-05-23T14        .
    23 May 2019 14:30:UN       dmy    2019-05-23T14:30     .
    UN May 2019 14:30          dmy    2019-05              partial + time dropped
    20 UNK 2019 14:30          dmy    2019---20            partial + time dropped
"""))  # fmt: skip
def test_a_date_is_read(case):
    line = case.iloc[0]
    reading = DateReader(WORDS, line["ORDER"]).read(line["COLLECTED"])
    assert reading.fault == ""
    assert (reading.iso or None) == (None if line.isna()["ISO"] else line["ISO"])
    assert kind_of(reading.notes) == (None if line.isna()["NOTE"] else line["NOTE"])


@pytest.mark.parametrize("case", cases("""
    COLLECTED            FAULT
    2020-02-60           no such day
    29-Feb-2019          no such day
    29-Feb-1900          no such day
    31/04/2019           no such day
    00/05/2019           no such day
    UN-32-2019           no month 32
    2019-13-01           no month 13
    2019-00-10           no month 0
    20/2019              no month 20
    13/13/2010           no month 13
    0000-01-01           year 0000
    1066-10-14           year 1066
    9999-12-31           year 9999
    47:45                no time of day
    33:10:12             no time of day
    12:30                a time of day stands where a date belongs
    UN:UN                a time of day stands where a date belongs
    5 JAN                the year is missing
    5 JAN UNK            the year is missing
    12345                not readable
    99999                not readable
    23                   not readable
    23.05.2019.01        not readable
    yesterday            not readable
    ² Jan 2010           not readable
    2019-05-23 ?         not readable
    - / -                not readable
"""))  # fmt: skip
def test_a_fault_is_named_and_never_made_a_date(case):
    reading = DateReader(WORDS).read(case["COLLECTED"].item())
    assert reading.iso is None
    assert case["FAULT"].item() in reading.fault


@pytest.mark.parametrize("case", cases("""
    DATE         TIME      ISO
    07-02-2014   11:45     2014-02-07T11:45
    07-02-2014   9:05 pm   2014-02-07T21:05
    07-02-2014   11:45:30  2014-02-07T11:45:30
    07-02-2014   UN:UN     2014-02-07
    UN-02-2014   11:45     2014-02
    07-02-2014   12:30     2014-02-07T12:30
"""))  # fmt: skip
def test_a_time_from_a_second_cell(case):
    line = case.iloc[0]
    reading = DateReader(WORDS).read(line["DATE"], line["TIME"])
    assert (reading.iso, reading.fault) == (line["ISO"], "")


@pytest.mark.parametrize("case", cases("""
    DATE                 TIME   ISO
    07-02-2014           noon   2014-02-07
    07-02-2014           24:00  2014-02-07
    07-02-2014           47:45  2014-02-07
    2019-05-23 24:00     .      2019-05-23
    2019-05-23 25:00     .      2019-05-23
    2019-05-23 14:60     .      2019-05-23
    2019-05-23 14:30:60  .      2019-05-23
    23.05.2019 13:30 AM  .      2019-05-23
    23.05.2019 25:00 PM  .      2019-05-23
    23.05.2019 0:30 PM   .      2019-05-23
"""))  # fmt: skip
def test_a_date_is_kept_without_its_unreadable_time(case):
    line = case.fillna("").iloc[0]
    reading = DateReader(WORDS).read(line["DATE"], line["TIME"])
    assert reading.iso == line["ISO"]
    assert "no time of day" in reading.fault


def test_a_serial_takes_the_time_of_a_second_cell():
    assert DateReader(WORDS).read("40210", "09:15").iso == "2010-02-01T09:15"


@pytest.mark.parametrize(("pivot", "iso"), [(19, "1920-03-01"), (20, "2020-03-01")])
def test_the_pivot_is_the_last_year_of_this_century(pivot, iso):
    assert DateReader(WORDS, pivot=pivot).read("01-Mar-20").iso == iso


@given(st.text(alphabet="0123456789.:-/ ,JANUNKfebT²٣", max_size=22))
def test_no_text_breaks_the_reader(text):
    reading = DateReader(WORDS).read(text)
    assert reading.iso is None or ISO.fullmatch(reading.iso)
    assert reading.iso is None or not reading.fault


@given(
    day=st.dates(date(1950, 1, 1), date(2099, 12, 31)),
    form=st.sampled_from(["%Y-%m-%d", "%d%b%Y", "%d.%m.%Y", "%d/%m/%Y", "%B %d, %Y", "%Y%m%d"]),
)
def test_every_day_is_read_in_every_form(day, form):
    assert DateReader(WORDS).read(day.strftime(form)).iso == day.isoformat()
