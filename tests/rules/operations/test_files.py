"""What lies beside the datasets, and what their files say of variables."""

import pandas as pd
import pytest

from cdisc_tools.model.rules import Operation
from cdisc_tools.rules.datasets import RuleDataset, VariableFacts
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.operations import compute
from cdisc_tools.rules.study import RuleStudy

FRAME = pd.DataFrame({"STUDYID": ["S1", "S1"], "SEX": ["F", "M"]})


def computed(operator: str, name: str = "", *, files=None, labels=("", "")):
    facts = [VariableFacts(*pair) for pair in zip(FRAME.columns, labels, strict=True)]
    dm = RuleDataset.of_frame("DM", FRAME, variables=facts)
    study = RuleStudy((dm,), files=files)
    column = compute(Operation("$x", operator, name), dm, dm.table, study)
    return [column.record(place) for place in range(2)]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (frozenset({"dm.xpt", "define.xml"}), [True, True]),
        (frozenset({"dm.xpt", "Define.xml"}), [False, False]),
        (frozenset(), [False, False]),
    ],
)
def test_a_file_lies_beside_the_datasets(files, expected) -> None:
    assert computed("has_file", "define.xml", files=files) == expected


def test_unknown_files_are_no_absent_ones() -> None:
    with pytest.raises(RuleSkipped, match="not known"):
        computed("has_file", "define.xml")


def test_a_file_needs_a_name() -> None:
    with pytest.raises(RuleError, match="names no file"):
        computed("has_file", files=frozenset())


@pytest.mark.parametrize(("labels", "expected"), [(("", ""), False), (("", "Sex"), True)])
def test_a_file_labels_variables(labels, expected) -> None:
    assert computed("has_variable_labels", labels=labels) == [expected, expected]
