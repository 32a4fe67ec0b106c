"""Who states a check: the authorities by which checks are chosen and weighed."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.findings import Check

# whoever is not known is the sponsor of the study, or works for him
SPONSOR = "sponsor"


@lru_cache(maxsize=1)
def read_authorities() -> Mapping[str, str]:
    """Read ``specs/rules/authorities.csv``: how the words of a source start, and whose it is."""
    path = specs_path() / "rules" / "authorities.csv"
    lines = read_table(path, ("words", "authority"))
    return MappingProxyType({line["words"]: line["authority"] for line in lines})


@lru_cache(maxsize=1024)
def authorities_named(words: str) -> tuple[str, ...]:
    """Give the authorities that a check's field ``authority`` names, in its order.

    A source that is not known is both the sponsor's and an authority of its own name.

    >>> authorities_named("ADaMIG 1.3; FDA Study Data Technical Conformance Guide 6.0")
    ('CDISC', 'FDA')
    >>> authorities_named("Acme Standards")
    ('Acme Standards', 'sponsor')
    """
    named: list[str] = []
    for part in re.split(r"[;,]", words):
        source = part.strip()
        known = [name for start, name in read_authorities().items() if source.startswith(start)]
        if source:
            named += known[:1] or [source, SPONSOR]
    return tuple(dict.fromkeys(named))


def authorities_of(check: Check) -> tuple[str, ...]:
    """Give the authorities of a check."""
    return authorities_named(check.authority)


def known_authorities(checks: Iterable[Check]) -> tuple[str, ...]:
    """The authorities that checks name, and those of the table, sorted."""
    of_checks = (name for check in checks for name in authorities_of(check))
    return tuple(sorted({*read_authorities().values(), *of_checks}))
