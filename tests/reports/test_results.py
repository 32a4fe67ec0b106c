"""Results beside the published figures, as text and CSV."""

import csv
import io

import pandas as pd
import pytest

from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.results import Result
from cdisc_tools.reports.results import ae_table_text, headlines_text, results_csv, results_text


def result(value, low=None, high=None, *, n=15, unit="days", published="", agrees=None, count=None):
    return Result("pfs", "PFS", value, low, high, n, unit, published, agrees, count)


@pytest.mark.parametrize(("given", "line"), [
    (result(315.0, 55.0, None), "PFS  315 days (55 to -)  -"),
    (result(315.25), "PFS  315.2 days  -"),
    (result(315.35), "PFS  315.4 days  -"),
    (result(-0.5), "PFS  -0.5 days  -"),
    (result(0.03456, unit=""), "PFS  0.0346  -"),
    (result(0.0, unit=""), "PFS  0  -"),
    (result(None), "PFS  not reached  -"),
    (result(None, n=0), "PFS  no data  -"),
    (result(8.0, 5.0, 9.0, unit="", published="8 (5-9)", agrees=True),
     "PFS  8 (5 to 9)  8 (5-9)    agrees"),
    (result(9.0, unit="", published="8", agrees=False), "PFS  9         8          DIFFERS"),
])  # fmt: skip
def test_a_figure_beside_the_published_one(given, line):
    assert results_text([given]).splitlines()[1].split() == line.split()


def test_no_results_are_a_header_alone():
    assert results_text([]).split() == ["this", "run", "published"]


@pytest.mark.parametrize(("given", "value", "low", "agrees"), [
    (result(53.333333333333336, 26.6), "53.333333333333336", "26.6", ""),
    (result(None, agrees=False), "", "", "False"),
])  # fmt: skip
def test_the_csv_has_numbers_in_full(given, value, low, agrees):
    (record,) = csv.DictReader(io.StringIO(results_csv([given])))
    assert (record["value"], record["low"], record["agrees"]) == (value, low, agrees)


def test_no_text_of_the_csv_is_a_formula():
    (record,) = csv.DictReader(io.StringIO(results_csv([result(1.0, published="=1+1", unit="-5")])))
    assert (record["published"], record["unit"]) == ("'=1+1", "-5")


@pytest.mark.parametrize(("sentence", "written"), [
    ("Median {pfs.value} days ({pfs.low}-{pfs.high})", "Median 315 days (55-not reached)"),
    ("{pfs.count}/{pfs.n}", "8/15"),
    ("no figure at all", "no figure at all"),
])  # fmt: skip
def test_a_headline_is_filled_in(sentence, written):
    assert headlines_text((sentence,), [result(315.0, 55.0, None, count=8)]) == written


@pytest.mark.parametrize("wrong", ["{os.value}", "{pfs.median}", "{pfs.title}"])
def test_a_headline_of_an_unknown_number_is_refused(wrong):
    with pytest.raises(ConfigurationError, match=r"published.yaml: headline .*figures: pfs; num"):
        headlines_text((f"Median {wrong}",), [result(315.0)])


@pytest.mark.parametrize(("terms", "lines", "more"), [(0, 1, ""), (2, 3, ""), (5, 4, "2 more")])
def test_the_most_frequent_adverse_events(terms, lines, more):
    table = pd.DataFrame(
        {
            "AEDECOD": [f"Term {number}" for number in range(terms)], "N": 3, "PERCENT": 20.0,
            "GRADE1": 1, "GRADE3": 2, "GRADEALL": 3,
        }
    )  # fmt: skip
    text = ae_table_text(table, most=3)
    assert len(text.splitlines()) == lines + bool(more)
    assert more in text
    assert text.splitlines()[0].split()[-4:] == ["N", "%", "G1", "G3"]
