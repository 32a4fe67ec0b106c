"""A validation as JUnit XML: a test suite a dataset, a test case a check or rule."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from lxml import etree

from cdisc_tools.metadata.checks import check_of, sentence
from cdisc_tools.model.findings import Finding, Findings, RuleOutcome
from cdisc_tools.model.validation import DatasetRead, Validation
from cdisc_tools.reports.outcomes import BROKEN, RAN, SKIPPED, rule_statuses

# the suite of what concerns no dataset by itself
STUDY = "study"
# the test case of a dataset in which nothing was found, and that no rule was asked about
SCHEMA = "schema"
# the format demands a moment; a report of the same findings is the same at any time
TIMESTAMP = "1970-01-01T00:00:00"
# what XML 1.0 can't hold
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class _Case:
    """One check or rule on one dataset; ``count`` counts also findings past the cap."""

    name: str
    severity: str = ""
    title: str = ""
    status: str = RAN
    reason: str = ""
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def result(self) -> str:
        """What the case is in JUnit's words: error, failure, skipped, or "" where it passed."""
        if self.status == BROKEN:
            return "error"
        if self.count and self.severity != "note":
            return "failure"
        return "skipped" if self.status == SKIPPED and not self.count else ""


def validation_junit(validation: Validation) -> str:
    """Write a suite a dataset, and in it each rule that was asked for and each check that found.

    Errors and warnings are failures, a broken rule is an error, a skipped one is skipped; notes
    pass and stand in the suite's output. A rule that was skipped for all datasets is a case of the
    study. The elements and attributes are those of the schemas of
    Ant's and Jenkins's JUnit reports; times are zero.
    """
    root = etree.Element("testsuites")
    read = {item.name: item for item in validation.datasets}
    cases = _cases(validation.findings)
    for number, name in enumerate(sorted({*read, *cases})):
        suite = cases.get(name) or {SCHEMA: _Case(SCHEMA)}
        _add_suite(root, number, name, read.get(name), suite, validation.findings)
    text: str = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    ).decode("utf-8")
    return text


def _cases(findings: Findings) -> dict[str, dict[str, _Case]]:
    """The cases of each dataset by check id."""
    cases: dict[str, dict[str, _Case]] = defaultdict(dict)
    statuses = rule_statuses(findings.outcomes)
    for outcome in findings.outcomes:
        skipped = outcome.status == SKIPPED
        # a rule is for few of the datasets: where it was skipped is told if it ran on none
        if not skipped or statuses[outcome.rule_id] == SKIPPED:
            suite = cases["" if skipped else outcome.dataset]
            suite.setdefault(outcome.rule_id, _asked(outcome, findings))
    for (check_id, dataset, _), count in findings.totals.items():
        case = cases[dataset].setdefault(check_id, _Case(check_id))
        check = check_of(check_id, findings.checks)
        case.severity, case.title = check.severity, check.title
        case.count += count
    for finding in findings:
        cases[finding.dataset][finding.check_id].findings.append(finding)
    return cases


def _asked(outcome: RuleOutcome, findings: Findings) -> _Case:
    check = findings.checks.get(outcome.rule_id)
    title = check.title if check else ""
    return _Case(outcome.rule_id, title=title, status=outcome.status, reason=outcome.reason)


def _add_suite(
    root: etree._Element,
    number: int,
    name: str,
    read: DatasetRead | None,
    cases: dict[str, _Case],
    findings: Findings,
) -> None:
    """Add the suite of one dataset; what the schemas order is in their order."""
    results = [case.result for case in cases.values()]
    suite = etree.SubElement(
        root, "testsuite", id=str(number), name=name or STUDY, package="cdisc_tools",
        tests=str(len(cases)), failures=str(results.count("failure")),
        errors=str(results.count("error")), skipped=str(results.count("skipped")),
        time="0", timestamp=TIMESTAMP, hostname="localhost",
    )  # fmt: skip
    properties = etree.SubElement(suite, "properties")
    if read is not None:
        etree.SubElement(properties, "property", name="file", value=_xml(read.file))
        etree.SubElement(properties, "property", name="records", value=str(read.records))
    for key in sorted(cases):
        _add_case(suite, name or STUDY, cases[key], findings)
    notes = [_text(case, findings) for _, case in sorted(cases.items()) if not case.result]
    etree.SubElement(suite, "system-out").text = "\n".join(text for text in notes if text)
    etree.SubElement(suite, "system-err").text = ""


def _add_case(suite: etree._Element, dataset: str, case: _Case, findings: Findings) -> None:
    name = f"{case.name} {case.title}".strip()
    element = etree.SubElement(
        suite, "testcase", name=_xml(name), classname=f"cdisc_tools.{dataset}", time="0"
    )
    if case.result == "skipped":
        etree.SubElement(element, "skipped", message=_xml(case.reason))
    elif case.result == "error":
        error = etree.SubElement(element, "error", message=_xml(case.reason), type=BROKEN)
        error.text = _text(case, findings)
    elif case.result == "failure":
        message = f"{case.count} findings: {case.title}"
        failure = etree.SubElement(element, "failure", message=_xml(message), type=case.severity)
        failure.text = _text(case, findings)


def _text(case: _Case, findings: Findings) -> str:
    """The findings of a case, one a line, and how many more there are."""
    lines = [sentence(finding, findings.checks) for finding in case.findings]
    more = case.count - len(lines)
    if more > 0:
        lines.append(f"{more} further findings are counted and not listed")
    return _xml("\n".join(lines))


def _xml(text: str) -> str:
    """Replace what XML can't hold."""
    return _UNWRITABLE.sub("\ufffd", text)
