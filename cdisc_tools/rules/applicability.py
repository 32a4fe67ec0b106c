"""Which rules hold for a standard and its version."""

from cdisc_tools.model.rules import Rule

SDTMIG, ADAMIG = "SDTMIG", "ADAMIG"
# standards whose rules hold for nothing that the product judges
_OTHERS = frozenset({"TIG", "SENDIG", "USDM"})
_PUBLISHERS = frozenset({"CDISC", "FDA", "PMDA"})


def holds_for(rule: Rule, product: str, version: str) -> bool:
    """Tell whether a rule holds for a standard (SDTMIG, ADAMIG) in a version.

    One of CDISC or an agency holds for the versions that it names; another's for the standard, and
    for all standards where it names none of them.
    """
    named = {item.standard.upper() for item in rule.references}
    if not named & {SDTMIG, ADAMIG}:
        return not any(name.split("-")[0] in _OTHERS for name in named)
    return any(
        item.standard.upper() == product
        and (item.version in {"", version} or item.organization.upper() not in _PUBLISHERS)
        for item in rule.references
    )
