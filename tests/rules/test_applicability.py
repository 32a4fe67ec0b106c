"""Which rules hold for a standard and a version: a rule's references a line."""

from dataclasses import replace

import pytest

from cdisc_tools.model.rules import RuleReference
from cdisc_tools.rules.applicability import holds_for
from tests.rules.small_rules import rule

SDTM34, ADAM13 = ("SDTMIG", "3.4"), ("ADAMIG", "1.3")


@pytest.mark.parametrize(
    ("references", "for_sdtm", "for_adam"),
    [
        # an authority's rule holds for the versions that it names
        ([("CDISC", "SDTMIG", "3.4")], True, False),
        ([("CDISC", "SDTMIG", "3.3")], False, False),
        ([("CDISC", "SDTMIG", "3.3"), ("CDISC", "SDTMIG", "3.4")], True, False),
        ([("CDISC", "SDTMIG", "")], True, False),
        ([("CDISC", "ADaMIG", "1.3")], False, True),
        ([("CDISC", "ADaMIG", "1.2")], False, False),
        ([("CDISC", "SDTMIG", "3.4"), ("CDISC", "ADaMIG", "1.3")], True, True),
        ([("FDA", "SDTMIG", "3.3")], False, False),
        # another's for the standard, whatever the version
        ([("cdisc_tools", "SDTMIG", "3.3")], True, False),
        ([("Sponsor", "ADaMIG", "1.1")], False, True),
        # for all where it names none of them
        ([], True, True),
        ([("Sponsor", "", "")], True, True),
        ([("Sponsor", "Define-XML", "2.1")], True, True),
        # standards that are not judged here
        ([("CDISC", "SENDIG", "3.1")], False, False),
        ([("CDISC", "SENDIG-DART", "1.1")], False, False),
        ([("CDISC", "TIG", "1.0")], False, False),
        ([("CDISC", "USDM", "4.0")], False, False),
        ([("CDISC", "SENDIG", "3.1"), ("CDISC", "SDTMIG", "3.4")], True, False),
    ],
)  # fmt: skip
def test_rules_hold_for_their_standards(references, for_sdtm, for_adam):
    of = replace(
        rule("A empty"),
        references=tuple(RuleReference(*reference, rule_id="X1") for reference in references),
    )
    assert holds_for(of, *SDTM34) is for_sdtm
    assert holds_for(of, *ADAM13) is for_adam
