"""All rule types: those on datasets and the standard, and those on the study's define.xml."""

from cdisc_tools.rules import define, evaluated
from cdisc_tools.rules.evaluated import OF_RECORDS, OF_STUDY, RULE_TYPES, build

__all__ = ["OF_RECORDS", "OF_STUDY", "RULE_TYPES", "build", "define", "evaluated"]
