"""The catalogue of findings, and the one place where a finding becomes a sentence."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Check, Finding

SEVERITIES = ("error", "warning", "note")

# blanks and marks that look like a plain blank, or like nothing; a blank after another one
_HIDDEN = re.compile(
    "[\u0080-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]|(?<= ) "
)
_COLUMNS = ("id", "severity", "authority", "title", "message", "remedy")


@lru_cache(maxsize=1)
def read_checks() -> Mapping[str, Check]:
    """Read the catalogue ``specs/checks.csv`` by id, sorted by id.

    Raises ConfigurationError for an id that stands there twice or an unknown severity.
    """
    path = specs_path() / "checks.csv"
    checks: dict[str, Check] = {}
    for line in read_table(path, _COLUMNS):
        check = Check(
            line["id"], line["severity"], line["authority"], line["title"], line["message"],
            line["remedy"],
        )  # fmt: skip
        if check.id in checks:
            raise ConfigurationError(f"{path}: {check.id} stands there twice; drop one.")
        if check.severity not in SEVERITIES:
            raise ConfigurationError(
                f"{path}: {check.id} has severity '{check.severity}'; "
                f"choose one of {', '.join(SEVERITIES)}."
            )
        checks[check.id] = check
    return MappingProxyType(dict(sorted(checks.items())))


def check_of(check_id: str, rules: Mapping[str, Check] | None = None) -> Check:
    """Return what a finding's id means: one of ``rules`` (``Findings.checks``), or the catalogue's.

    Raises ConfigurationError when there is none.
    """
    checks = rules if rules and check_id in rules else read_checks()
    if check_id not in checks:
        raise ConfigurationError(f"specs/checks.csv has no line for {check_id}; add it.")
    return checks[check_id]


def sentence(finding: Finding, rules: Mapping[str, Check] | None = None) -> str:
    """Write a finding as a sentence: the message of its check with the finding's fields.

    What the finding doesn't know is written out: "no key", "no cell"; a character that can't be
    seen, such as a no-break space or a second blank, by its number: <U+00A0>. Nobody parses it.
    """
    key = ", ".join(f"{name}={value}" for name, value in finding.key)
    if not key and finding.record is not None:
        key = f"record {finding.record}"
    return check_of(finding.check_id, rules).message.format(
        dataset=finding.dataset,
        variables=", ".join(finding.variables),
        values=", ".join(f"'{_visible(value)}'" for value in finding.values),
        key=key or "no key",
        cell=str(finding.cell) if finding.cell else "no cell",
        detail=_visible(finding.detail),
    )


def _visible(text: str) -> str:
    """Write characters that can't be seen by their numbers."""
    return _HIDDEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)
