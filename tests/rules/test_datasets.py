"""Datasets as rules see them: the domain of one, and the joined parts of a split one."""

import pytest

from cdisc_tools.rules.columns import Column
from cdisc_tools.rules.datasets import stack
from cdisc_tools.rules.study import RuleStudy
from tests.rules.operations.frames import dataset


@pytest.mark.parametrize(
    ("name", "domains", "domain"),
    [
        ("AE", "AE AE", "AE"),
        # its own name where any record has it
        ("AE", "XX AE", "AE"),
        ("AE", "XX XX AE", "AE"),
        ("AE", ". AE", "AE"),
        # else what most records have, of as many the first by the alphabet
        ("QSPH", "QS QS", "QS"),
        ("QSPH", "XX QS QS", "QS"),
        ("QSPH", "XX QS", "QS"),
        ("AE", ". XX", "XX"),
        ("AE", ". .", ""),
    ],
)
def test_the_domain_does_not_hang_on_the_order_of_the_records(name, domains, domain):
    for values in (domains.split(), domains.split()[::-1]):
        assert dataset(name, "\n".join(["DOMAIN", *values])).domain == domain


@pytest.mark.parametrize(
    ("name", "domains", "whole"),
    [
        ("SUPPAE", "XX AE", "SUPPAE"),
        ("SUPPQSPH", "XX QS QS", "SUPPQS"),
        ("SQAPDM", "XX APDM", "SQAPDM"),
    ],
)
def test_the_related_domain_of_supplemental_qualifiers(name, domains, whole):
    assert dataset(name, "\n".join(["RDOMAIN", *domains.split()])).whole_name == whole


@pytest.mark.parametrize(
    ("parts", "numeric"),
    [
        ([[1.0], [2.0]], True),
        ([[1.0], ["high"]], False),
        # a part without values is of either type
        ([[1.0], [None]], True),
        ([["high"], [None]], False),
    ],
)
def test_a_variable_is_numeric_when_it_is_in_all_parts(parts, numeric):
    joined = stack([Column.of(values) for values in parts])
    assert joined.is_numeric is numeric
    assert [joined.record(place) for place in range(len(joined))] == [
        value for values in parts for value in values
    ]


@pytest.mark.parametrize("name", ["", "XX"])
def test_no_dataset_has_no_name(name):
    study = RuleStudy((dataset("RELREC", "RDOMAIN\nAE"), dataset("AE", "DOMAIN\nAE")))
    assert study.find(name) is None
