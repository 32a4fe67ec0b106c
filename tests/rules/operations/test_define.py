"""What the define.xml says: an operation a line. The define.xml is that of ``defines.py``."""

import pytest

from cdisc_tools.model.specs import Codelist
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from tests.rules.defines import DEFINE
from tests.rules.operations.frames import computed, dataset

AE = dataset("AE", "DOMAIN AETERM AESEV\nAE A B\nAE C D")
QSPH = dataset("QSPH", "DOMAIN QSTESTCD\nQS A")
CODELISTS = {"C66742": Codelist("C66742", "NY", "No Yes Response", False, ())}

ON_AE = {
    "label": ({"name": "AETERM", "attribute_name": "define_variable_label"}, "Term"),
    "prefix": ({"name": "--TERM", "attribute_name": "define_variable_label"}, "Term"),
    "length": ({"name": "AETERM", "attribute_name": "define_variable_length"}, 20.0),
    "list": ({"name": "AESER", "attribute_name": "define_variable_codelist_coded_values"},
             ("Y", "N", "MAYB")),
    "no-such-fact": ({"name": "AETERM", "attribute_name": "define_variable_x"}, None),
    "no-such-variable": ({"name": "AESEV", "attribute_name": "define_variable_label"}, None),
}  # fmt: skip


@pytest.mark.parametrize(("options", "expected"), ON_AE.values(), ids=ON_AE)
def test_a_fact_of_a_variable(options, expected):
    operation = {"operator": "define_variable_metadata", **options}
    assert computed(operation, AE, define=DEFINE) == [expected] * 2


def test_a_fact_of_another_dataset():
    operation = {"operator": "define_variable_metadata", "name": "QSTESTCD", "domain": "QS",
                 "attribute_name": "define_variable_label"}  # fmt: skip
    assert computed(operation, AE, QSPH, define=DEFINE) == ["Test"] * 2
    with pytest.raises(RuleSkipped, match="no dataset QS"):
        computed(operation, AE, define=DEFINE)


ADDED = {
    # by the define.xml's name, the short name and the NCI code
    "name": (["Yes-No"], ("MAYB",)),
    "short-name": (["ny"], ("MAYB",)),
    "code": (["C66742"], ("MAYB",)),
    "several": (["OURS", "NY"], ("MAYB", "A", "B")),
    "all": (["ALL"], ("MAYB", "A", "B")),
    "nothing-added": (["Domain"], ()),
    "unknown": (["XX"], ()),
}


@pytest.mark.parametrize(("codelists", "expected"), ADDED.values(), ids=ADDED)
def test_terms_that_the_sponsor_added(codelists, expected):
    operation = {"operator": "define_extensible_codelists", "codelists": codelists}
    assert computed(operation, AE, define=DEFINE, codelists=CODELISTS) == [expected] * 2


@pytest.mark.parametrize("operator", ["define_variable_metadata", "define_extensible_codelists"])
def test_what_is_needed(operator):
    operation = {"operator": operator, "name": "AETERM", "codelists": ["NY"]}
    with pytest.raises(RuleSkipped, match=r"no define\.xml"):
        computed(operation, AE)
    with pytest.raises(RuleError, match="is absent"):
        computed({"operator": operator}, AE, define=DEFINE)


def test_a_dataset_that_is_not_described_skips_the_rule():
    operation = {"operator": "define_variable_metadata", "name": "XXTERM"}
    with pytest.raises(RuleSkipped, match=r"the define\.xml has no dataset XX"):
        computed(operation, dataset("XX", "DOMAIN\nXX"), define=DEFINE)


def test_the_schema_of_xhtml_does_not_ship():
    operation = {"operator": "get_xhtml_errors", "name": "AETERM", "namespace": "urn:x"}
    with pytest.raises(RuleSkipped, match="schema of urn:x is not at hand"):
        computed(operation, AE)
