"""Variables by the form of their names, and what other datasets say of them, worked by hand."""

import pytest

from cdisc_tools.rules.datasets import RuleDataset, VariableFacts
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from tests.rules.operations.frames import computed, dataset

ADSL = dataset("ADSL", """
    USUBJID  TRT01P   TRT02P   TRTSEQP  PH1SDT      PH2SDT      TR01EDT     TR02EDT
    1        Placebo  Drug     P-D      2024-01-01  2024-02-01  2024-01-31  2024-02-28
    2        Drug     Drug     D-D      2024-01-05  .           2024-02-05  .
    3        .        .        .        .           .           .           .
""")  # fmt: skip
ADVS = dataset("ADVS", """
    USUBJID  PARAMCD  APERIOD#  ASPER#  APHASE  DOSE1#  DOSE2#
    2        SYSBP    1         1       A       5       10
    1        SYSBP    2         .       B       .       2.5
    3        SYSBP    12        2       .       .       .
    9        SYSBP    1.5       1       C       3       3
    1        SYSBP    .         2       D       -1      .
""")  # fmt: skip
PLANNED = {"operator": "values_of_variables", "forms": ["TRT{xx}P", "TRTSEQP"], "domain": "ADSL"}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"operator": "variables_named", "forms": "DOSE{w}"}, [("DOSE1", "DOSE2")] * 5),
        (
            {"operator": "variables_named", "forms": ["TRT{xx}P", "AGE"], "domain": "ADSL"},
            [("TRT01P", "TRT02P")] * 5,
        ),
        ({"operator": "variables_named", "forms": ["{root}FL"]}, [()] * 5),
        # the subject's own, each once; a subject without any has an empty list, an unknown none
        (
            {**PLANNED, "group": "USUBJID"},
            [("Drug", "D-D"), ("Placebo", "Drug", "P-D"), (), None, ("Placebo", "Drug", "P-D")],
        ),
        # without a group those of all subjects
        (
            {"operator": "values_of_variables", "forms": ["PH{w}SDT"], "domain": "ADSL"},
            [("2024-01-01", "2024-01-05", "2024-02-01")] * 5,
        ),
        ({**PLANNED, "forms": ["APHASE{w}"], "group": "USUBJID"}, [()] * 5),
        # of the record itself
        (
            {"operator": "values_of_variables", "forms": ["DOSE{w}"]},
            [(5.0, 10.0), (2.5,), (), (3.0,), (-1.0,)],
        ),
        ({"operator": "max_of_variables", "forms": ["DOSE{w}"]}, [10.0, 2.5, None, 3.0, -1.0]),
        ({"operator": "min_of_variables", "forms": ["DOSE{w}"]}, [5.0, 2.5, None, 3.0, -1.0]),
        ({"operator": "max_of_variables", "forms": ["TR{xx}EDT"]}, [None] * 5),
        # a value that is missing or no whole number makes no name
        (
            {"operator": "composed_name", "name": "P{APERIOD:02}S{ASPER}"},
            ["P01S1", None, "P12S2", None, None],
        ),
        ({"operator": "composed_name", "name": "PH{APHASE}"}, ["PHA", "PHB", None, "PHC", "PHD"]),
        ({"operator": "composed_name", "name": "D{DOSE1}"}, ["D5", None, None, "D3", None]),
    ],
)
def test_names_and_values(operation, expected):
    assert computed(dict(operation), ADVS, ADSL) == expected


def test_the_latest_of_dates():
    operation = {"operator": "max_of_variables", "forms": ["TR{xx}EDT"]}
    assert computed(operation, ADSL) == ["2024-02-28", "2024-02-05", None]


@pytest.mark.parametrize(
    ("operation", "error", "message"),
    [
        ({"operator": "variables_named"}, RuleError, "forms is missing"),
        ({"operator": "variables_named", "forms": "A{zzz}"}, RuleError, "unknown"),
        ({"operator": "composed_name", "name": "TRT01P"}, RuleError, "names no variable in braces"),
        ({**PLANNED, "domain": "ADXX"}, RuleSkipped, "no dataset ADXX"),
    ],
)
def test_wrong_operations(operation, error, message):
    with pytest.raises(error, match=message):
        computed(dict(operation), ADVS, ADSL)


def _described(name: str, label: str, type_: str, format_: str) -> RuleDataset:
    made = dataset(name, "AGE\n 1")
    return RuleDataset(
        name, made.table, variables=(VariableFacts("AGE", label, type_, 8, format_),)
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"attribute_name": "variable_label", "domain": "ADSL"}, [("Age (years)",), ()]),
        ({"attribute_name": "variable_format", "domain": "ADSL"}, [(), ()]),
        ({"attribute_name": "variable_data_type", "datasets": "SDTM"}, [("Num",), ()]),
    ],
)
def test_what_other_datasets_say(options, expected):
    rows = dataset("ADVS", "variable_name\n AGE\n SEX")
    dm = dataset("DM", "DOMAIN AGE\n DM 1")
    dm = RuleDataset("DM", dm.table, variables=(VariableFacts("AGE", "Age", "Num", 8, "3."),))
    others = (_described("ADSL", "Age (years)", "Char", ""), dm)
    operation = {"operator": "variable_attribute_elsewhere", **options}
    assert computed(operation, rows, *others) == expected
