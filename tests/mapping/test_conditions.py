"""The filter language: which rows a condition takes."""

import pytest

from cdisc_tools.mapping.conditions import parse_condition
from cdisc_tools.model.errors import ConfigurationError
from tests.tables import cases, table

ROWS = table("""
    ROW  Answer  Lesion site  N
    1    Yes     Left lung    5
    2    no      .            10
    3    .       pt's liver   .
    4    YES     lung         12 mm
""")


@pytest.mark.parametrize("case", cases("""
    CONDITION                                           ROWS
    [Answer] = 'yes'                                    1 4
    Answer = yes                                        1 4
    Answer='yes'                                        1 4
    [Answer] != 'yes'                                   2 3
    [N] < 10                                            1
    [N] <= 10                                           1 2
    [N] > 5                                             2
    [N] >= 5.0                                          1 2
    [N] >= '5'                                          1 2
    [N] > -1                                            1 2
    [Answer] in ('yes', 'no')                           1 2 4
    [Answer] in ('no')                                  2
    [Answer] not in ('yes', 'no')                       3
    [Lesion site] is empty                              2
    [Lesion site] is not empty                          1 3 4
    [Lesion site] IS NOT EMPTY                          1 3 4
    [Lesion site] contains 'LUNG'                       1 4
    [Lesion site] contains '('                          .
    [Lesion site] = 'pt''s liver'                       3
    [Answer] = 'no' or [Answer] = 'yes' and [N] > 7     2
    [Answer] = 'yes' and [N] > 7 or [Answer] = 'no'     2
    [Answer] is empty or [N] is empty or [N] = '5'      1 3
    [Answer] = 'yes' AND [Lesion site] contains 'left'  1
"""))  # fmt: skip
def test_the_rows_taken(case):
    mask = parse_condition(case["CONDITION"].item(), "ae.csv line 3").mask(lambda name: ROWS[name])
    assert " ".join(ROWS["ROW"][mask]) == case["ROWS"].fillna("").item()


@pytest.mark.parametrize("case", cases("""
    CONDITION                      WHY
    [A] =                          '=' needs a value
    [A] = (                        '=' needs a value
    = 'x'                          expected a column name
    [A] = 'x' and                  expected a column name
    ([A] = 'x')                    expected a column name
    [A] like 'x'                   unknown comparison 'like'
    [A]                            unknown comparison ''
    [A] = 'x' [B] = 'y'            expected 'and' or 'or' before 'B'
    [A] = 'Crohn's'                cannot read "'"
    [A] > 'high'                   compares numbers, not 'high'
    [A] in 'x' and [B] = 'y'       'in' needs a list
    [A] in ('x', 'y'               'in' needs a list
    [A] not in ()                  'not in' needs a list
    [A] in ('x' 'y')               'in' needs a list
    [A = 'x'                       cannot read
"""))  # fmt: skip
def test_a_wrong_condition_names_its_place_and_why(case):
    with pytest.raises(ConfigurationError) as caught:
        parse_condition(case["CONDITION"].item(), "ae.csv line 3")
    assert str(caught.value).startswith("ae.csv line 3: condition ")
    assert case["WHY"].item() in str(caught.value)
