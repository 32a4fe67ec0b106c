"""What a finding is known by, wherever its record stands: check, dataset, key and values."""

import hashlib
import re
from collections.abc import Sequence

from cdisc_tools.model.baseline import Identity
from cdisc_tools.model.findings import Finding

_MARKS = re.compile(r"[\\;\n\r]")
_WRITTEN = {"\\": r"\\", ";": r"\;", "\n": r"\n", "\r": r"\r"}


def finding_identity(finding: Finding) -> Identity:
    """Give check, dataset, variables, key and values of a finding as texts of a table.

    Neither the record's number nor the detail is part of it. Key and values are pairs such as
    ``USUBJID=01-001; AESTDTC=2013-05-20``, which a spreadsheet program leaves as they are; a
    value that goes with no variable stands under ``value``. Different findings have different
    texts.

    >>> finding_identity(Finding("CDT-S011", "AE", ("AETERM",), ("A; B",), (("USUBJID", "01"),)))
    ('CDT-S011', 'AE', 'AETERM', 'USUBJID=01', 'AETERM=A\\\\; B')
    """
    names = finding.variables
    if len(names) < len(finding.values):
        names = (*names, *["value"] * (len(finding.values) - len(names)))
    key = finding.key
    return (
        finding.check_id,
        finding.dataset,
        " ".join(finding.variables),
        _pairs([name for name, _ in key], [value for _, value in key]),
        _pairs(names, finding.values),
    )


def finding_hash(finding: Finding) -> str:
    """Give the identity of a finding in 32 hexadecimal digits."""
    text = "\x1f".join(finding_identity(finding))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _pairs(names: Sequence[str], values: Sequence[str]) -> str:
    """Write pairs of names and values; a mark within a value is escaped."""
    # once for all values: few have one, and findings are many
    if _MARKS.search("".join(values)):
        values = [_MARKS.sub(lambda mark: _WRITTEN[mark[0]], value) for value in values]
    return "; ".join([f"{name}={value}" for name, value in zip(names, values, strict=False)])
