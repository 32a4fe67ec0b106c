"""What operations are given, and that each of them has cases: those of ``operations/``."""

from pathlib import Path

import pytest

from cdisc_tools.model.rules import Operation
from cdisc_tools.rules.errors import RuleSkipped
from cdisc_tools.rules.operations import OPERATIONS, compute, with_operation
from cdisc_tools.rules.operations.registry import operation
from cdisc_tools.rules.study import RuleStudy
from cdisc_tools.rules.table import Table
from tests.rules.operations.frames import computed, dataset

FOLDER = Path(__file__).parent / "operations"
AE = dataset("AE", "DOMAIN USUBJID AETERM\nAE 1 A\nAE 2 B")
SUPPAE = dataset("SUPPAE", "RDOMAIN USUBJID QNAM\nAE 1 X\nAE 1 Y")
SUPPLB = dataset("SUPPLB", "RDOMAIN USUBJID QNAM\nLB 1 Z")


def test_every_operation_has_cases():
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.glob("test_*.py")]
    untested = [name for name in OPERATIONS if not any(f'"{name}' in text for text in texts)]
    assert untested == []


def test_an_operation_is_there_once():
    with pytest.raises(ValueError, match="distinct is there twice"):
        operation("distinct")(lambda call: call.constant(1))


# what an operation works on: the records of its domain, SUPP-- being that of the related domain
SOURCES = {
    "own": (AE, {"name": "AETERM"}, ("A", "B")),
    "own-domain": (AE, {"name": "AETERM", "domain": "AE"}, ("A", "B")),
    "other": (AE, {"name": "QNAM", "domain": "SUPPLB"}, ("Z",)),
    "supplement": (SUPPAE, {"name": "QNAM", "domain": "SUPP--"}, ("X", "Y")),
    "any-supplement": (AE, {"name": "QNAM", "domain": "SUPP--"}, ("X", "Y")),
}


@pytest.mark.parametrize(("under_check", "options", "expected"), SOURCES.values(), ids=SOURCES)
def test_the_records_that_an_operation_works_on(under_check, options, expected):
    found = computed({"operator": "distinct", **options}, under_check, AE, SUPPAE, SUPPLB)
    assert found == [expected] * under_check.table.size


def test_of_a_table_of_metadata_the_values_are_those_of_the_dataset():
    study = RuleStudy((AE,))
    metadata = Table.of({"variable_name": ["DOMAIN", "AETERM", "USUBJID"]}, prefix="AE")
    item = Operation("$terms", "distinct", "--TERM")
    assert compute(item, AE, metadata, study).record(2) == ("A", "B")
    # what the table has itself is its own
    first = AE.table.take(AE.table.places[:1])
    assert compute(item, AE, first, study).record(0) == ("A",)


def test_what_is_computed_stands_under_its_id():
    study = RuleStudy((SUPPAE, AE))
    table = with_operation(Operation("$n", "record_count"), SUPPAE, SUPPAE.table, study)
    assert [name for name in table.names if name.startswith("$")] == ["$n"]
    referenced = Operation("$of", "name_referenced_variable_metadata", "QNAM")
    table = with_operation(referenced, SUPPAE, table, study)
    assert {"$of_name", "$of_label", "$of_role", "$of_core"} <= set(table.names)
    # the records under check are as they were
    assert not any(name.startswith("$") for name in SUPPAE.table.names)


def test_an_earlier_operation_is_known_to_a_later_one():
    before = [{"id": "$all", "operator": "distinct", "name": "QNAM", "domain": "SUPPAE"}]
    minus = {"operator": "minus", "name": "$all", "subtract": "Y", "before": before}
    assert computed(minus, AE, SUPPAE) == [("X",)] * 2


@pytest.mark.parametrize("domain", ["LB", "SUPPDM", "SQ--"])
def test_an_absent_dataset_skips_the_rule(domain):
    with pytest.raises(RuleSkipped, match=f"there is no dataset {domain}"):
        computed({"operator": "distinct", "name": "QNAM", "domain": domain}, AE, SUPPAE)
