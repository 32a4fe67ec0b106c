"""Licensed dictionaries, read from the user's own files: MedDRA and WHODrug."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

LEVELS = ("LLT", "PT", "HLT", "HLGT", "SOC")
ATC_LEVELS = frozenset({1, 3, 4, 5})


@dataclass(frozen=True)
class MedDra:
    """A version of MedDRA.

    ``terms`` holds the name of each code of each level (LLT, PT, HLT, HLGT, SOC); ``parents``
    the PT of each LLT; ``paths`` what each PT leads to: (HLT, HLGT, SOC) codes; ``primary`` its
    primary SOC. ``version`` is "" where nothing tells it.
    """

    version: str
    terms: Mapping[str, Mapping[str, str]]
    parents: Mapping[str, str]
    paths: Mapping[str, frozenset[tuple[str, str, str]]]
    primary: Mapping[str, str]

    @cached_property
    def codes(self) -> dict[str, dict[str, str]]:
        """The code of each name of each level."""
        return {
            level: {name: code for code, name in terms.items()}
            for level, terms in self.terms.items()
        }


@dataclass(frozen=True)
class WhoDrug:
    """A version of WHODrug.

    ``drugs`` holds the drug records that have a name, ``classes`` the text of each ATC code,
    ``assigned`` the ATC codes of each drug record.
    """

    version: str
    drugs: Mapping[str, frozenset[str]]
    classes: Mapping[str, str]
    assigned: Mapping[str, frozenset[str]]

    def classes_of(self, drug: str) -> frozenset[str]:
        """The ATC codes of a drug by its name, with those of the levels above."""
        codes = {
            code for record in self.drugs.get(drug, ()) for code in self.assigned.get(record, ())
        }
        above = {code[:length] for code in codes for length in ATC_LEVELS}
        return frozenset(codes | above)


@dataclass(frozen=True)
class Dictionaries:
    """The dictionaries that a study names; None where it names none."""

    meddra: MedDra | None = None
    whodrug: WhoDrug | None = None
