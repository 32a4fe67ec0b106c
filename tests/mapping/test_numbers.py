"""Collected numbers: digits as they stand, nothing guessed unsaid."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_tools.mapping.numbers import read_number
from tests.tables import cases


@pytest.mark.parametrize("case", cases("""
    COLLECTED   NUMBER           QUALIFIER  UNIT       NOTE
    10.50       10.50            .          .          .
    007         007              .          .          .
    -0.5        -0.5             .          .          .
    .5          .5               .          .          .
    <0.5        0.5              <          .          .
    > 100       100              >          .          .
    <= 3        3                <=         .          .
    ≥ 3         3                ≥          .          .
    ~5          5                ~          .          .
    1,5         1.5              .          .          decimal comma
    0,234       0.234            .          .          decimal comma
    1,234       1234             .          .          thousands
    1,234.5     1234.5           .          .          thousands
    1,234,567   1234567          .          .          thousands
    12 mm       12               .          mm         .
    12mm        12               .          mm         .
    0,5 cm      0.5              .          cm         decimal comma
    <5.0mm      5.0              <          mm         .
    5 %         5                .          %          .
    37.2°C      37.2             .          °C         .
    5 10^9/L    5                .          10^9/L     .
    5 x10^9/L   5                .          x10^9/L    .
    8 g / dL    8                .          g / dL     .
    5 /HPF      5                .          /HPF       .
    1e-05       0.00001          .          .          .
    1.5E3       1500             .          .          .
    <1e3        1000             <          .          .
"""))  # fmt: skip
def test_a_number_is_read(case):
    line = case.fillna("").iloc[0]
    reading = read_number(line["COLLECTED"])
    assert (reading.number, reading.qualifier, reading.unit) == tuple(line.iloc[1:4])
    assert reading.note.startswith(line["NOTE"])
    assert bool(reading.note) == bool(line["NOTE"])


@pytest.mark.parametrize("text", [
    "2-3", "2 - 3", "120/80", "12 34", "1.2.3", "12,34,5", "1,23,456", "abc", "", ".", "<", "--5",
    "5 cm x 3 cm", "5 mm (estimated)", "T2", "2019-05-23", "12:30", "²",
])  # fmt: skip
def test_what_is_no_number(text):
    assert read_number(text).number is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_every_decimal_keeps_its_digits(value):
    assert read_number(f"{value:f}").number == f"{value:f}"


@given(st.text(alphabet="0123456789.,+-<>~eE /%mgL^²٣", max_size=12))
def test_no_text_breaks_the_reader(text):
    number = read_number(text).number
    assert number is None or Decimal(number).is_finite()
