"""What the mapping makes of the sample study's odd cells; expected values worked from raw/."""

import pandas as pd
import pytest

from cdisc_tools.derivations.results import compute_results
from cdisc_tools.model.data import Dataset


def records(dataset: Dataset, **where: object) -> pd.DataFrame:
    """The records of a dataset that have these values; SUBJ is the number of the subject."""
    frame = dataset.frame.assign(SUBJ=dataset.frame["USUBJID"].str[-3:])
    for variable, value in where.items():
        frame = frame[frame[variable] == value]
    return frame


def test_records_stand_in_the_order_of_the_keys(sample):
    """A missing key is the lowest; numbers sort by value, texts by their code points."""
    for name, dataset in sample.result.datasets.items():
        keys = [key for key in dataset.spec.keys if key in dataset.frame]
        values = [
            tuple((0, 0) if pd.isna(value) else (1, value) for value in record)
            for record in dataset.frame[keys].astype(object).itertuples(index=False)
        ]
        assert values == sorted(values), name


# Row 74 of TargetLesions: TL2 and TL3 stand in each other's columns.
# Row 71: "2.0 CM"; row 42: "too small to measure"; row 59: "NE"; row 6: the site is reworded.
@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("013", "WEEK 56", "T02"), ("19", "mm", 19, None)),
        (("013", "WEEK 56", "T03"), ("15", "mm", 15, None)),
        (("013", "WEEK 32", "T02"), ("2.0", "cm", 20, None)),
        (("006", "WEEK 80", "T02"), ("too small to measure", "mm", 5, None)),
        (("009", "WEEK 32", "T02"), (None, None, None, "NOT DONE")),
        (("001", "WEEK 16", "T01"), ("42", "mm", 42, None)),
    ],
)
def test_target_lesions(sample, place, expected):
    found = records(
        sample.result.datasets["TR"], **dict(zip(("SUBJ", "VISIT", "TRLNKID"), place, strict=True))
    )
    values = found[["TRORRES", "TRORRESU", "TRSTRESN", "TRSTAT"]].astype(object)
    assert tuple(None if pd.isna(v) else v for v in values.iloc[0]) == expected


# A node is measured by its short axis: TLD-001 and TLD-006 have one each.
def test_nodes_have_a_short_axis(sample):
    nodes = records(sample.result.datasets["TU"], TUSTRESC="TARGET")
    nodes = nodes[nodes["TULOC"].str.endswith("LYMPH NODE")]
    assert nodes["SUBJ"].tolist() == ["001", "006"]
    measured = records(sample.result.datasets["TR"], TRTESTCD="LPERP")
    assert set(measured["SUBJ"] + measured["TRLNKID"]) == {"001T03", "006T03"}


@pytest.mark.parametrize(
    ("subject", "reason", "arm", "actual"),
    [("007", "SCREEN FAILURE", None, None), ("016", "ASSIGNED, NOT TREATED", "TEMPLD", None),
     ("012", None, "TEMPLD", "TEMPLD")],
)  # fmt: skip
def test_arms_of_who_was_not_treated(sample, subject, reason, arm, actual):
    found = records(sample.result.datasets["DM"], SUBJ=subject)
    values = found[["ARMNRS", "ARMCD", "ACTARMCD"]].astype(object).iloc[0]
    assert [None if pd.isna(v) else v for v in values] == [reason, arm, actual]


# 655 rows are planned; 5 of a discontinued drug were no longer due, 31 were held, 619 given.
def test_planned_held_and_given_infusions(sample):
    ec = sample.result.datasets["EC"]
    assert len(records(ec, ECMOOD="SCHEDULED")) == 655
    assert len(records(ec, ECOCCUR="N")) == 31
    assert len(records(ec, ECOCCUR="Y")) == len(sample.result.datasets["EX"].frame) == 619


# umol/L divided by 88.4: 73 is 0.83 mg/dL; the limits of the record go with it.
def test_a_result_and_its_limits_in_another_unit(sample):
    lb = records(sample.result.datasets["LB"], LBORRESU="umol/L", LBORRES="73")
    wanted = lb[["LBSTRESN", "LBSTRESU", "LBSTNRLO", "LBSTNRHI"]].iloc[0]
    assert wanted.tolist() == [0.83, "mg/dL", 0.6, 1.3]


@pytest.mark.parametrize(
    ("test", "collected", "unit", "standard"),
    [("WEIGHT", "205.0", "LB", 93.0), ("HEIGHT", "72.8", "in", 184.9), ("HEIGHT", "1.71", "m", 171),
     ("WEIGHT", "66.5", "kg", 66.5), ("WEIGHT", "156.1", "kg", 156.1)],
)  # fmt: skip
def test_vital_signs(sample, test, collected, unit, standard):
    found = records(sample.result.datasets["VS"], VSTESTCD=test, VSORRES=collected)
    assert (found["VSORRESU"].iloc[0], found["VSSTRESN"].iloc[0]) == (unit, standard)


# Source: Trucco et al. 2018, abstract.
def test_the_published_figures_come_out_of_the_raw_data(adam, analysis):
    results = {result.name: result for result in compute_results(adam, analysis)}
    values = {
        name: round(results[name].value)
        for name in ("evaluable", "pfs_median", "pfs_shortest", "pfs_longest", "prior_doxorubicin")
    }
    assert values == {
        "evaluable": 15, "pfs_median": 315, "pfs_shortest": 27, "pfs_longest": 799,
        "prior_doxorubicin": 9,
    }  # fmt: skip
    assert (results["response_rate"].n, round(results["response_rate"].value, 1)) == (15, 53.3)
