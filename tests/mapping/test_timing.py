"""Study days, epochs, visit numbers and baseline flags, worked by hand."""

import pandas as pd
import pytest

from cdisc_tools.mapping.timing import (
    complete_dates,
    compute_study_day,
    derive_baseline_flag,
    derive_epoch,
    number_unscheduled,
)
from tests.tables import cases, table


@pytest.mark.parametrize("case", cases("""
    CASE                DTC               RFSTDTC           DY
    day-one             2019-03-10        2019-03-10        1
    day-two             2019-03-11        2019-03-10        2
    day-before          2019-03-09        2019-03-10        -1
    over-leap-day       2020-03-01        2020-02-28        3
    over-no-leap-day    2019-03-01        2019-02-28        2
    over-new-year       2020-01-01        2019-12-31        2
    over-summer-time    2019-04-01        2019-03-31        2
    times-do-not-count  2019-03-11T00:05  2019-03-10T23:55  2
    partial-date        2019-03           2019-03-10        .
    unknown-month       2019---20         2019-03-10        .
    partial-reference   2019-03-10        2019-03           .
    no-date             .                 2019-03-10        .
    no-reference        2019-03-10        .                 .
"""))  # fmt: skip
def test_study_day(case):
    collected = case["DTC"].copy()
    days = compute_study_day(case["DTC"], case["RFSTDTC"])
    assert days.equals(case["DY"].astype("Int64"))
    assert case["DTC"].equals(collected)


def test_partial_dates_are_no_dates():
    dtc = pd.Series(["2019-03-10", "2019-03", "2019", "2019---10", None], dtype="string")
    assert complete_dates(dtc).notna().tolist() == [True, False, False, False, False]


SE = table("""
    USUBJID  EPOCH      SESTDTC
    1        SCREENING  2019-01-01
    1        TREATMENT  2019-01-15T09:00
    1        FOLLOW-UP  2019-06-01
    2        SCREENING  2019-02
    2        TREATMENT  2019-02-20
""")


@pytest.mark.parametrize("case", cases("""
    CASE                  USUBJID  DTC               EPOCH
    first-day             1        2019-01-01        SCREENING
    within                1        2019-01-14        SCREENING
    day-of-change         1        2019-01-15        TREATMENT
    after-the-last        1        2024-01-01        FOLLOW-UP
    before-the-first      1        2018-12-31        .
    partial               1        2019-03           .
    missing               1        .                 .
    element-partial       2        2019-02-10        .
    element-dated         2        2019-02-20T00:01  TREATMENT
    subject-without-se    3        2019-02-20        .
"""))  # fmt: skip
def test_epoch(case):
    assert derive_epoch(case["USUBJID"], case["DTC"], SE).equals(case["EPOCH"])


def test_epochs_keep_the_order_of_the_records():
    lb = table("""
        USUBJID  DTC         EPOCH
        2        2019-02-21  TREATMENT
        1        2019-07-01  FOLLOW-UP
        1        .           .
        1        2019-01-02  SCREENING
    """)
    assert derive_epoch(lb["USUBJID"], lb["DTC"], SE).equals(lb["EPOCH"])


def test_unscheduled_visits_follow_the_planned_visit_before_them():
    visits = table("""
        USUBJID  VISIT   VISITNUM  DTC
        1        A       1         2019-01-01
        1        B       2         2019-02-01
        1        C       3         2019-03-01
        1        EXTRA   .         2018-12-01
        1        EXTRA   .         2019-02-20
        1        EXTRA   .         2019-02-10T08:00
        1        EXTRA   .         2019-02-10
        1        RESCAN  .         2019-02-10
        1        EXTRA   .         2019-03-01
        1        EXTRA   .         .
        2        EXTRA   .         2019-02-10
        2        A       1         2019-02-09
    """)
    expected = table("""
        USUBJID  DAY         VISIT   VISITNUM
        1        2018-12-01  EXTRA   0.01
        1        2019-02-10  EXTRA   2.01
        1        2019-02-10  RESCAN  2.02
        1        2019-02-20  EXTRA   2.03
        1        2019-03-01  EXTRA   3.01
        2        2019-02-10  EXTRA   1.01
    """)
    numbered = number_unscheduled(visits.astype({"VISITNUM": "Float64"}))
    names = ["USUBJID", "DAY", "VISIT"]
    assert numbered[names].reset_index(drop=True).equals(expected[names])
    assert numbered["VISITNUM"].tolist() == expected["VISITNUM"].astype(float).tolist()


def test_no_unscheduled_visit():
    visits = table("USUBJID  VISIT  VISITNUM  DTC\n1  A  1  2019-01-01")
    assert number_unscheduled(visits.astype({"VISITNUM": "Float64"})).empty


def test_an_element_begun_at_a_time_takes_what_is_timed_before_it():
    se = table("""
        USUBJID  EPOCH      SESTDTC
        1        SCREENING  2019-03-01
        1        TREATMENT  2019-03-10T13:25
    """)
    dtc = pd.Series(["2019-03-10T09:20", "2019-03-10T13:25", "2019-03-10"], dtype="string")
    epochs = derive_epoch(pd.Series(["1"] * 3, dtype="string"), dtc, se)
    assert epochs.tolist() == ["SCREENING", "TREATMENT", "TREATMENT"]


@pytest.mark.parametrize("case", cases("""
    CASE                    REFERENCE         FIRST             SECOND            FLAGS
    last-before             2019-03-10        2019-03-01        2019-03-05        - Y
    order-does-not-matter   2019-03-10        2019-03-05        2019-03-01        Y -
    day-of-the-reference    2019-03-10        2019-03-05        2019-03-10        - Y
    day-after               2019-03-10        2019-03-05        2019-03-11        Y -
    both-timed-before       2019-03-10T09:00  2019-03-10T08:00  2019-03-10T08:59  - Y
    both-timed-at-once      2019-03-10T09:00  2019-03-10T08:00  2019-03-10T09:00  - Y
    both-timed-after        2019-03-10T09:00  2019-03-10T08:00  2019-03-10T09:01  Y -
    reference-untimed       2019-03-10        2019-03-10T08:00  2019-03-10T09:01  - Y
    record-untimed          2019-03-10T09:00  2019-03-09T08:00  2019-03-10        - Y
    all-after               2019-03-10        2019-03-11        2019-03-12        - -
    partial-never           2019-03-10        2019-03-01        2019-03           Y -
    no-date                 2019-03-10        2019-03-01        .                 Y -
    no-reference            .                 2019-03-01        2019-03-02        - -
"""))  # fmt: skip
def test_baseline_flag(case):
    dtc = pd.concat([case["FIRST"], case["SECOND"]], ignore_index=True)
    reference = pd.concat([case["REFERENCE"]] * 2, ignore_index=True)
    keys = pd.DataFrame({"USUBJID": ["1", "1"], "LBTESTCD": ["ALT", "ALT"]})
    flags = derive_baseline_flag(keys, dtc, reference, pd.Series([True, True]))
    assert " ".join(flags.fillna("-")) == case["FLAGS"].item()


def test_baseline_is_a_record_with_a_result_of_each_test():
    lb = table("""
        USUBJID  TEST  DTC         RESULT  FLAG
        1        ALT   2019-03-01  5       Y
        1        ALT   2019-03-05  .       .
        1        AST   2019-03-05  7       Y
        2        ALT   2019-03-05  7       Y
    """)
    reference = pd.Series(["2019-03-10"] * 4, dtype="string")
    flags = derive_baseline_flag(
        lb[["USUBJID", "TEST"]], lb["DTC"], reference, lb["RESULT"].notna()
    )
    assert flags.equals(lb["FLAG"])
