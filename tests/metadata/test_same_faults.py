"""The table of faults that a rule and a schema both see."""

import pytest

from cdisc_tools.metadata import same_faults
from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.metadata.rule_store import own_rules_folder
from cdisc_tools.model.errors import ConfigurationError


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Read a table with these lines."""
    monkeypatch.setattr(same_faults, "specs_path", lambda: tmp_path)

    def read(text):
        (tmp_path / "same_faults.csv").write_text(f"rule_id,check_id,by\n{text}", encoding="utf-8")
        return same_faults.read_same_faults.__wrapped__()

    return read


def test_a_rule_may_be_the_same_as_several_checks(table):
    by_dataset, by_variable = table(
        "R1,C1,dataset\nR1,C2,variable\nR1,C3,variable\nR2,C1,dataset\n"
    )
    assert by_dataset == {"R1": ("C1",), "R2": ("C1",)}
    assert by_variable == {"R1": ("C2", "C3")}


def test_another_kind_is_refused(table):
    with pytest.raises(ConfigurationError, match="R1 has by 'record'; choose dataset or variable"):
        table("R1,C1,record\n")


def test_the_table_names_checks_and_rules_that_there_are():
    rules = {path.name for path in own_rules_folder().iterdir() if path.is_dir()}
    for kind in same_faults.read_same_faults():
        for rule_id, checks in kind.items():
            assert set(checks) <= set(read_checks())
            assert rule_id in rules or not rule_id.startswith("CDT-")
