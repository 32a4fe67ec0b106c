"""The forms in which a validation can be reported."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cdisc_tools.model.validation import Validation
from cdisc_tools.reports.findings import findings_csv, findings_ndjson
from cdisc_tools.reports.github import validation_github
from cdisc_tools.reports.junit import validation_junit
from cdisc_tools.reports.overview import validation_json, validation_text
from cdisc_tools.reports.sarif import validation_sarif

# a workbook is no text: its sheets are written by cdisc_tools.io
WORKBOOK = "xlsx"

TEXTS: Mapping[str, Callable[[Validation], str]] = MappingProxyType(
    {
        "text": validation_text,
        "json": validation_json,
        "ndjson": lambda validation: findings_ndjson(validation.findings),
        "csv": lambda validation: findings_csv(validation.findings),
        "junit": validation_junit,
        "sarif": validation_sarif,
        "github": validation_github,
    }
)
