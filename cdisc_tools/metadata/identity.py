"""What a finding is known by, wherever its record stands: check, dataset, key and values."""

import hashlib
import re
from collections.abc import Iterable

from cdisc_tools.model.findings import Finding

Identity = tuple[str, str, str, str, str]
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
    names = (*finding.variables, *["value"] * (len(finding.values) - len(finding.variables)))
    return (
        finding.check_id,
        finding.dataset,
        " ".join(finding.variables),
        _pairs(finding.key),
        _pairs(zip(names, finding.values, strict=False)),
    )


def finding_hash(finding: Finding) -> str:
    """Give the identity of a finding in 32 hexadecimal digits."""
    text = "\x1f".join(finding_identity(finding))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join([f"{name}={_written(value)}" for name, value in pairs])


def _written(value: str) -> str:
    """Write a value so that it ends where it ends."""
    if not _MARKS.search(value):
        return value
    return _MARKS.sub(lambda mark: _WRITTEN[mark[0]], value)
