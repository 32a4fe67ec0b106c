"""How severe a check is: by its own word, by its authority, or as a user wants it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cdisc_tools.metadata.authorities import authorities_of, known_authorities
from cdisc_tools.metadata.checks import SEVERITIES, check_of
from cdisc_tools.metadata.resources import read_lines, specs_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Check, Findings

# checks of ours are all at hand
_OWN = "CDT-"
# of a check without a severity, whose authority has none either
_ELSE = "warning"


@dataclass(frozen=True)
class Severities:
    """Severities by check id (or the id that an authority gives it) and by authority.

    ``defaults`` are those of the authorities for a check that has no severity of its own.
    The names of authorities are folded.
    """

    defaults: Mapping[str, str]
    by_id: Mapping[str, str] = field(default_factory=dict)
    by_authority: Mapping[str, str] = field(default_factory=dict)

    def of(self, check: Check) -> str:
        """Give the severity of a check: that of its id, its authority's, its own, the default.

        Of several ids or authorities the most severe holds.
        """
        ids = (check.id, *check.references)
        authorities = [name.casefold() for name in authorities_of(check)]
        choices = (
            [self.by_id[name] for name in ids if name in self.by_id],
            [self.by_authority[name] for name in authorities if name in self.by_authority],
            [check.severity] if check.severity else [],
            [self.defaults[name] for name in authorities if name in self.defaults],
            [_ELSE],
        )
        return min(next(found for found in choices if found), key=SEVERITIES.index)

    def weigh(self, check: Check) -> Check:
        """Give a check with its severity."""
        return replace(check, severity=self.of(check))


def weigh_findings(findings: Findings, severities: Severities) -> Findings:
    """Give findings whose checks have their severities."""
    found = {check_id for check_id, _, _ in findings.totals}
    checks = dict(findings.checks)
    for name in sorted({*found, *checks}):
        check = check_of(name, findings.checks)
        if severities.of(check) != check.severity:
            checks[name] = severities.weigh(check)
    return replace(findings, checks=checks)


def read_severities(path: Path | None, checks: Mapping[str, Check]) -> Severities:
    """Read the shipped severities of authorities, and the table of a user.

    A line of the user's CSV has an ``id`` or an ``authority``, and a ``severity``. ``checks`` are
    those at hand by id: an id of ours or an authority that is unknown to them is a mistake; an id
    of others may belong to rules that are not in use now.
    Raises ConfigurationError with file and line for a wrong line.
    """
    defaults = _read(specs_path() / "rules" / "severities.csv", checks)
    if path is None:
        return Severities(defaults["authority"])
    table = _read(path, checks)
    return Severities(defaults["authority"], table["id"], table["authority"])


def _read(path: Path, checks: Mapping[str, Check]) -> dict[str, dict[str, str]]:
    """Read a table of severities by id and by authority."""
    authorities = known_authorities(checks.values())
    known = {name.casefold() for name in authorities}
    table: dict[str, dict[str, str]] = {"id": {}, "authority": {}}
    for number, line in read_lines(path, ("severity",)):
        place = f"{path} line {number}"
        check_id, authority = line.get("id", "").strip(), line.get("authority", "").strip()
        severity = line["severity"].strip()
        if bool(check_id) == bool(authority):
            raise ConfigurationError(f"{place}: give either an id or an authority")
        if severity not in SEVERITIES:
            raise ConfigurationError(
                f"{place}: severity '{severity}'; choose one of {', '.join(SEVERITIES)}"
            )
        if authority and authority.casefold() not in known:
            raise ConfigurationError(
                f"{place}: authority '{authority}' is not known; known: {', '.join(authorities)}"
            )
        if check_id.startswith(_OWN) and check_id not in checks:
            raise ConfigurationError(f"{place}: there is no check '{check_id}'")
        kind, name = ("id", check_id) if check_id else ("authority", authority.casefold())
        if name in table[kind]:
            raise ConfigurationError(f"{place}: {check_id or authority} stands there twice")
        table[kind][name] = severity
    return table
