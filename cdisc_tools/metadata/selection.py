"""Which checks a user wants: by id, by the start of ids, or by authority."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from cdisc_tools.metadata.authorities import authorities_of, known_authorities
from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Check, Findings


@dataclass(frozen=True)
class Selection:
    """The words of ``--select`` and ``--ignore``; without any of the first all are selected.

    A word is the id of a check or rule (CDT-S003, CORE-000012), the id that an authority gives it
    (CG0176), the start of ids (CDT-A), or an authority in any case (FDA).
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def takes(self, check: Check) -> bool:
        """True for a check that is selected and not ignored."""
        selected = not self.select or any(_names(word, check) for word in self.select)
        return selected and not self.ignores(check)

    def ignores(self, check: Check) -> bool:
        """True for a check that is ignored."""
        return any(_names(word, check) for word in self.ignore)


def _names(word: str, check: Check) -> bool:
    return (
        check.id.startswith(word)
        or word in check.references
        or word.casefold() in {name.casefold() for name in authorities_of(check)}
    )


def verify_selection(selection: Selection, checks: Mapping[str, Check]) -> None:
    """Raise ConfigurationError for a word that names none of the checks at hand.

    An authority that none of them has at the moment is no mistake.
    """
    authorities = known_authorities(checks.values())
    known = {name.casefold() for name in authorities}
    words = [("--select", word) for word in selection.select]
    words += [("--ignore", word) for word in selection.ignore]
    for option, word in words:
        named = word and any(_names(word, check) for check in checks.values())
        if not named and word.casefold() not in known:
            like = difflib.get_close_matches(word, [*checks, *authorities], 1)
            meant = f"; did you mean {like[0]}?" if like else ""
            raise ConfigurationError(
                f"{option} '{word}' is no id of a check or rule, no start of one and none of the "
                f"authorities {', '.join(authorities)}{meant}"
            )


def select_findings(findings: Findings, selection: Selection) -> Findings:
    """Give the findings, totals and outcomes of the checks that are taken."""
    known = {**read_checks(), **findings.checks}

    def takes(name: str) -> bool:
        return selection.takes(known.get(name) or Check(name, "", "", "", "", ""))

    asked = {outcome.rule_id for outcome in findings.outcomes}
    taken = {name for name in {*known, *asked} if takes(name)}
    return Findings(
        [finding for finding in findings if finding.check_id in taken],
        {key: count for key, count in findings.totals.items() if key[0] in taken},
        {name: check for name, check in findings.checks.items() if name in taken},
        [outcome for outcome in findings.outcomes if outcome.rule_id in taken],
    )
