"""Response parameters worked by hand: a subject a line, randomised on 2020-01-01."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_tools.derivations.response_parameters import (
    KINDS,
    derive_param_ovr,
    derive_response_parameter,
    select_assessments,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.response import ResponseChoices, ResponseParameter
from tests.tables import cases

CHOICES = ResponseChoices()
VALUES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND")
ADSL = pd.DataFrame(
    {"USUBJID": ["01"], "RANDDT": pd.to_datetime(["2020-01-01"]), "NACTDT": pd.NaT,
     "DTHDT": pd.to_datetime(["2020-12-31"])}
)  # fmt: skip


def assessments(text: str) -> pd.DataFrame:
    """Assessments of one subject: ``SD 02-01, PR 03-01`` (month and day of 2020)."""
    pairs = [one.split() for one in text.split(",") if one.strip()]
    return pd.DataFrame(
        {"USUBJID": pd.Series(["01"] * len(pairs), dtype="string"),
         "AVALC": pd.Series([value for value, _ in pairs], dtype="string"),
         "ADT": pd.to_datetime(pd.Series([f"2020-{day}" for _, day in pairs], dtype="string")),
         "ASEQ": range(1, len(pairs) + 1)}
    )  # fmt: skip


def derive(kind: str, ovr: pd.DataFrame, choices=CHOICES, adsl=ADSL, **fields):
    parameter = ResponseParameter(kind=kind, paramcd="X", param="X", **fields)
    history = select_assessments(ovr, adsl, choices)
    (record,) = derive_response_parameter(history, parameter, choices).to_dict("records")
    day = "" if pd.isna(record["ADT"]) else f"{record['ADT']:%m-%d}"
    return record["AVALC"], day


# the first five lines of each table stand in the docstrings
@pytest.mark.parametrize("case", cases("""
    ASSESSED                          BOR      ADT
    SD_02-01,PR_03-01,PD_04-01        PR       03-01
    SD_02-01,PD_03-01                 PD       03-01
    SD_02-12,PD_03-01                 SD       02-12
    SD_02-01                          NE       02-01
    .                                 MISSING  .
    SD_02-11                          NE       02-11
    CR_01-05,PR_03-01                 CR       01-05
    NON-CR/NON-PD_02-12               NON-CR/NON-PD  02-12
    NON-CR/NON-PD_02-11               NE       02-11
    SD_03-01,SD_04-01                 SD       03-01
    PD_02-01,CR_03-01                 PD       02-01
    NE_02-01,NE_03-01                 NE       02-01
    ND_02-01                          MISSING  .
"""))  # fmt: skip
def test_best_overall_response(case):
    ovr = assessments(case["ASSESSED"].fillna("").item().replace("_", " "))
    assert derive("best", ovr) == (case["BOR"].item(), case["ADT"].fillna("").item())


# RECIST 1.1 table 3 (confirmation), read by admiralonco's rules: 28 days, one NE between
@pytest.mark.parametrize("case", cases("""
    ASSESSED                             CBOR     ADT
    PR_03-01,PR_03-29                    PR       03-01
    PR_03-01,PR_03-28                    SD       03-01
    CR_03-01,NE_03-15,CR_04-01           CR       03-01
    CR_03-01,PR_04-01                    SD       03-01
    PR_01-20                             NE       01-20
    CR_03-01,CR_03-29                    CR       03-01
    CR_03-01,CR_03-28                    SD       03-01
    CR_03-01,SD_04-01                    SD       03-01
    CR_03-01,PD_04-01                    SD       03-01
    CR_01-20,PD_04-01                    PD       04-01
    CR_03-01,NE_04-01                    SD       03-01
    CR_01-20,NE_04-01                    NE       01-20
    PR_03-01,CR_04-01                    PR       03-01
    PR_03-01,SD_04-01                    SD       03-01
    PR_03-01,PD_04-01                    SD       03-01
    PR_01-20,PD_04-01                    PD       04-01
    PR_03-01,NE_04-01                    SD       03-01
    NE_03-01,NE_04-01                    NE       03-01
    PR_03-01,NE_03-15,PR_04-01           PR       03-01
    PR_03-01,NE_03-10,NE_03-20,PR_04-01  SD       03-01
    PR_03-01,SD_03-15,PR_04-01           SD       03-01
    PR_03-01,CR_03-15,PR_04-01           SD       03-01
    PR_03-01,CR_03-15,CR_04-20           CR       03-15
"""))  # fmt: skip
def test_confirmed_best_overall_response(case):
    ovr = assessments(case["ASSESSED"].item().replace("_", " "))
    assert derive("confirmed_best", ovr) == (case["CBOR"].item(), case["ADT"].item())


OTHERWISE = {
    "one-sd-accepted": ("confirmed_best", "PR 03-01,SD 03-15,PR 04-01", {"accept_stable": True},
                        ("PR", "03-01")),
    "two-sd-never": ("confirmed_best", "PR 03-01,SD 03-10,SD 03-20,PR 04-01",
                     {"accept_stable": True}, ("SD", "03-01")),
    "two-ne": ("confirmed_best", "PR 03-01,NE 03-10,NE 03-20,PR 04-01",
               {"max_not_evaluable": 2}, ("PR", "03-01")),
    "no-ne": ("confirmed_best", "CR 03-01,NE 03-15,CR 04-01", {"max_not_evaluable": 0},
              ("SD", "03-01")),
    "56-days": ("confirmed_response", "PR 03-01,PR 04-25", {"confirm_days": 56}, ("N", "")),
    "on-day-56": ("confirmed_response", "PR 03-01,PR 04-26", {"confirm_days": 56}, ("Y", "03-01")),
    "missing-as-ne": ("best", "", {"missing": "NE"}, ("NE", "")),
    "nd-kept": ("best", "ND 02-01", {"not_done": "kept"}, ("ND", "02-01")),
    "nd-breaks": ("confirmed_best", "PR 03-01,ND 03-15,PR 04-01", {"not_done": "kept"},
                  ("SD", "03-01")),
    "nd-dropped": ("confirmed_best", "PR 03-01,ND 03-15,PR 04-01", {}, ("PR", "03-01")),
    "days-0": ("best", "SD 01-01", {"minimum_days": 0}, ("SD", "01-01")),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "ovr", "fields", "expected"), OTHERWISE.values(), ids=OTHERWISE)
def test_each_choice_is_a_parameter(kind, ovr, fields, expected):
    assert derive(kind, assessments(ovr), ResponseChoices(**fields)) == expected


@pytest.mark.parametrize("case", cases("""
    KIND                        ASSESSED                    AVALC  ADT
    progression                 SD_02-01,PD_03-01,PD_04-01  Y      03-01
    progression                 SD_02-01                    N      .
    response                    PR_01-20,CR_03-01           Y      01-20
    response                    PD_01-20,CR_03-01           N      .
    response                    PD_01-20,CR_01-20           N      .
    confirmed_response          PR_03-01,PR_03-29           Y      03-01
    confirmed_response          PR_03-01                    N      .
    clinical_benefit            PR_01-20                    Y      01-20
    clinical_benefit            SD_02-12                    Y      02-12
    clinical_benefit            SD_02-11                    N      .
    confirmed_clinical_benefit  PR_01-20                    N      .
    confirmed_clinical_benefit  PR_01-20,PR_03-01           Y      01-20
    last_assessment             SD_02-01,PD_03-01,NE_04-01  NE     04-01
    last_assessment             .                           .      .
    best_is_response            PR_01-20                    Y      01-20
    best_is_response            SD_03-01                    N      .
    confirmed_best_is_response  PR_03-01,PR_04-01           Y      03-01
    confirmed_best_is_response  PR_03-01                    N      .
    disease_control             SD_02-12                    Y      02-12
    disease_control             SD_02-11                    N      .
    death                       .                           Y      12-31
"""))  # fmt: skip
def test_the_other_parameters(case):
    ovr = assessments(case["ASSESSED"].fillna("").item().replace("_", " "))
    avalc, day = derive(case["KIND"].item(), ovr)
    assert ("" if pd.isna(avalc) else avalc) == case["AVALC"].fillna("").item()
    assert day == case["ADT"].fillna("").item()


@pytest.mark.parametrize("case", cases("""
    DAYS  ASSESSED            AVALC  ADT
    60    SD_03-01            Y      03-01
    60    SD_02-29            N      .
    60    SD_02-01,PD_03-01   N      .
    60    PD_02-01,SD_03-15   N      .
"""))  # fmt: skip
def test_stable_disease_or_better_for_some_days(case):
    ovr = assessments(case["ASSESSED"].item().replace("_", " "))
    found = derive("durable", ovr, days=int(case["DAYS"].item()))
    assert found == (case["AVALC"].item(), case["ADT"].fillna("").item())


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("any", ("CR", "04-01")), ("before", ("SD", "02-20")), ("on_or_before", ("PR", "03-01"))],
)
def test_new_therapy_ends_what_counts(choice, expected):
    adsl = ADSL.assign(NACTDT=pd.to_datetime(["2020-03-01"]))
    ovr = assessments("SD 02-20,PR 03-01,CR 04-01")
    assert derive("best", ovr, ResponseChoices(new_therapy=choice), adsl) == expected


def test_of_a_day_the_worst_counts_and_flags_say_so():
    ovr = assessments("SD 02-01,PD 02-01,CR 02-20,NE 01-01,SD 12-31")
    ovr.loc[4, "ADT"] = pd.Timestamp("2019-12-31")
    flagged = derive_param_ovr(ovr, select_assessments(ovr, ADSL, CHOICES))
    assert flagged["ANL01FL"].fillna("").tolist() == ["", "Y", "Y", "Y", ""]
    assert flagged["ANL02FL"].fillna("").tolist() == ["", "Y", "", "Y", ""]
    assert flagged["AVAL"].tolist() == [3, 5, 1, 6, 3]


def test_a_picked_record_names_its_source():
    ovr = assessments("SD 02-20,PR 03-01")
    parameter = ResponseParameter(kind="best", paramcd="BOR", param="Best")
    history = select_assessments(ovr, ADSL, CHOICES)
    (record,) = derive_response_parameter(history, parameter, CHOICES).to_dict("records")
    assert (record["SRCDOM"], record["SRCVAR"], record["SRCSEQ"]) == ("ADRS", "AVALC", 2)


@pytest.mark.parametrize(
    ("ovr", "adsl", "kind", "error", "message"),
    [
        (
            "IR 02-01",
            ADSL,
            "best",
            ConfigurationError,
            "USUBJID 01: AVALC is 'IR', which is none of CR",
        ),
        ("SD 02-01", ADSL, "worst", ConfigurationError, "there is no kind 'worst'; choose one of"),
        ("SD 02-01", ADSL.drop(columns="RANDDT"), "best", ConfigurationError, "ADSL has no"),
    ],
)
def test_wrong_use_is_named(ovr, adsl, kind, error, message):
    with pytest.raises(error, match=message):
        derive(kind, assessments(ovr), adsl=adsl)


def test_a_subject_without_a_reference_date_has_no_response():
    adsl = ADSL.assign(RANDDT=pd.Series([pd.NaT], dtype="datetime64[s]"))
    assert derive("best", assessments("CR 02-01"), adsl=adsl) == ("MISSING", "")


HISTORIES = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3"]), st.integers(0, 200), st.sampled_from(VALUES)),
    max_size=25, unique_by=lambda record: record[:2],
)  # fmt: skip
THREE = pd.DataFrame({"USUBJID": pd.Series(["1", "2", "3"], dtype="string"),
                      "RANDDT": pd.to_datetime(["2020-01-01"] * 3),
                      "DTHDT": pd.Series([pd.NaT] * 3)})  # fmt: skip


def frame_of(records) -> pd.DataFrame:
    day = pd.Timestamp("2020-01-01")
    return pd.DataFrame(
        {"USUBJID": pd.Series([who for who, _, _ in records], dtype="string"),
         "ADT": pd.to_datetime(pd.Series([day + pd.Timedelta(days=n) for _, n, _ in records],
                                         dtype="datetime64[s]")),
         "AVALC": pd.Series([value for _, _, value in records], dtype="string")}
    )  # fmt: skip


def all_parameters(ovr: pd.DataFrame, adsl: pd.DataFrame) -> pd.DataFrame:
    history = select_assessments(ovr, adsl, CHOICES)
    parts = [
        derive_response_parameter(
            history, ResponseParameter(kind=kind, paramcd=kind, param=kind), CHOICES
        )[["USUBJID", "PARAMCD", "AVALC", "ADT"]]
        for kind in KINDS
    ]
    return pd.concat(parts, ignore_index=True).sort_values(
        ["PARAMCD", "USUBJID"], ignore_index=True
    )


@settings(max_examples=60, deadline=None)
@given(records=HISTORIES, seed=st.randoms(use_true_random=False))
def test_neither_the_order_of_records_nor_the_subjects_beside_change_anything(records, seed):
    whole = all_parameters(frame_of(records), THREE)
    shuffled = list(records)
    seed.shuffle(shuffled)
    pd.testing.assert_frame_equal(all_parameters(frame_of(shuffled), THREE), whole)
    alone = [all_parameters(frame_of(records), THREE[THREE["USUBJID"].eq(who)]) for who in "123"]
    parted = pd.concat(alone).sort_values(["PARAMCD", "USUBJID"], ignore_index=True)
    pd.testing.assert_frame_equal(parted, whole)


@settings(max_examples=60, deadline=None)
@given(records=HISTORIES, later=st.sampled_from(VALUES))
def test_an_assessment_after_progression_changes_no_response(records, later):
    progressed = [*records, ("1", 250, "PD")]
    before = all_parameters(frame_of(progressed), THREE)
    after = all_parameters(frame_of([*progressed, ("1", 300, later)]), THREE)
    same = before["PARAMCD"].ne("last_assessment")
    pd.testing.assert_frame_equal(after[same], before[same])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"minimum_days": -1}, "minimum_days is -1; it must be 0 or more"),
        ({"confirm_days": -1}, "confirm_days is -1"),
        ({"max_not_evaluable": -1}, "max_not_evaluable is -1"),
        ({"worst_of_day": ()}, "worst_of_day must name each response once"),
        ({"worst_of_day": ("CR", "CR")}, "worst_of_day must name each response once"),
        ({"worst_of_day": ("CR", "XX")}, "worst_of_day has 'XX', which is none of"),
    ],
)
def test_choices_that_cannot_be_meant_so(fields, message):
    with pytest.raises(ConfigurationError, match=message):
        ResponseChoices(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [({"days": -2}, "RS: days is -2"), ({"values": ("CRR",)}, "RS: values has 'CRR'")],
)
def test_parameters_that_cannot_be_meant_so(fields, message):
    with pytest.raises(ConfigurationError, match=message):
        ResponseParameter(kind="durable", paramcd="RS", param="", **fields)
