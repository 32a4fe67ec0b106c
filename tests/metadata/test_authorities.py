"""Whose a check is."""

import pytest

from cdisc_tools.metadata.authorities import SPONSOR, authorities_named, known_authorities
from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.model.findings import Check


@pytest.mark.parametrize(("words", "authorities"), [
    ("CDISC", ("CDISC",)), ("CDISC, FDA", ("CDISC", "FDA")), ("FDA, CDISC", ("FDA", "CDISC")),
    ("SDTMIG/ADaMIG structure", ("CDISC",)), ("RECIST; ADRS", ("RECIST", "CDISC")),
    ("CDISC; SDTMIG", ("CDISC",)), ("Study specification: Length", ("sponsor",)),
    ("sponsor", ("sponsor",)), ("Acme", ("Acme", "sponsor")), ("", ()),
])  # fmt: skip
def test_the_authorities_of_a_source(words, authorities):
    assert authorities_named(words) == authorities


def test_every_source_of_the_catalogue_is_known():
    for check in read_checks().values():
        named = authorities_named(check.authority)
        assert named, check.id
        assert SPONSOR not in named[1:], check.id


def test_authorities_without_a_check_are_known():
    acme = Check("A1", "", "Acme", "", "", "")
    assert {"PMDA", "FDA", "Acme"} <= set(known_authorities([acme]))
