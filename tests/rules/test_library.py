"""What rules ask of the standards: a dataset a line."""

import pytest

from cdisc_tools.rules.library import Library
from tests.rules.operations.frames import dataset

LIBRARY = Library.of("sdtmig-3.4")
AE = dataset("AE", "DOMAIN AETERM\nAE FEVER")
DM = dataset("DM", "DOMAIN SEX\nDM F")
LB = dataset("LB", "DOMAIN LBTESTCD\nLB ALT")
SUPPAE = dataset("SUPPAE", "RDOMAIN QNAM\nAE Q1")
APDM = dataset("APDM", "DOMAIN APID\nAPDM 1")
APFA = dataset("APFA", "DOMAIN FATESTCD FAOBJ\nAPFA A B")
XB = dataset("XB", "DOMAIN XBTERM\nXB Q1")


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (AE, "EVENTS"),
        (DM, "SPECIAL PURPOSE"),
        (LB, "FINDINGS"),
        (SUPPAE, "RELATIONSHIP"),
        # a dataset of a domain that no standard has goes by its topic variable
        (XB, "EVENTS"),
        (dataset("XT", "DOMAIN XTTRT\nXT A"), "INTERVENTIONS"),
        (dataset("XF", "DOMAIN XFTESTCD\nXF A"), "FINDINGS"),
        (dataset("XF", "DOMAIN XFTESTCD XFOBJ\nXF A B"), "FINDINGS ABOUT"),
        (dataset("XF", "DOMAIN XFOTHER\nXF A"), ""),
        (dataset("SQXX", "RDOMAIN QNAM\nXX A"), "RELATIONSHIP"),
        # one about persons who are no subjects, by its topic or by the dataset that it is like
        (APDM, "SPECIAL PURPOSE"),
        (APFA, "FINDINGS ABOUT"),
        # no dataset of the SDTM
        (dataset("LOOSE", "A\n1"), ""),
    ],
)
def test_the_class_of_a_dataset(of, expected):
    assert LIBRARY.class_of(of) == expected


def test_labels_and_custom_domains():
    assert LIBRARY.label("AE") == "Adverse Events"
    assert LIBRARY.label("XB") == ""
    assert [LIBRARY.is_custom(name) for name in ("AE", "XB")] == [False, True]


@pytest.mark.parametrize(
    ("of", "first", "named", "absent"),
    [
        # a general class: identifiers, topic and qualifiers, timing
        (AE, ("STUDYID", "DOMAIN", "USUBJID"), ("AETERM", "AESER", "AESTDTC", "EPOCH"), "AETESTCD"),
        (LB, ("STUDYID", "DOMAIN", "USUBJID"), ("LBTESTCD", "LBORRES", "LBDTC"), "LBTERM"),
        (XB, ("STUDYID", "DOMAIN", "USUBJID"), ("XBTERM", "XBSTDTC"), "AETERM"),
        # one of its own
        (DM, ("STUDYID", "DOMAIN", "USUBJID"), ("RFSTDTC", "SEX"), "EPOCH"),
        (SUPPAE, ("STUDYID", "RDOMAIN", "USUBJID"), ("QNAM", "QVAL"), "DOMAIN"),
        # APID and not USUBJID
        (APDM, ("STUDYID", "DOMAIN", "APID"), ("SEX",), "USUBJID"),
        (APFA, ("STUDYID", "DOMAIN"), ("APID", "FATESTCD", "FAOBJ"), "USUBJID"),
    ],
)
def test_the_variables_of_a_dataset_in_order(of, first, named, absent):
    for variables in (LIBRARY.variables(of), LIBRARY.model_variables(of)):
        names = [variable.name for variable in variables]
        assert tuple(names[: len(first)]) == first
        assert set(named) <= set(names)
        assert absent not in names
        assert len(names) == len(set(names))
        assert not [name for name in names if "--" in name]


def test_the_guide_says_more_than_the_model():
    """The guide makes AETERM required, and gives it its label."""
    found = {variable.name: variable for variable in LIBRARY.variables(AE)}
    assert found["AETERM"].core == "Req"
    assert found["AESER"].codelists


def test_without_a_standard_nothing_is_known():
    library = Library()
    assert library.is_custom("AE")
    assert library.label("AE") == ""
    assert library.class_of(dataset("AE", "DOMAIN AETERM\nAE A")) == "EVENTS"
    assert library.class_of(dataset("DM", "DOMAIN SEX\nDM F")) == ""
