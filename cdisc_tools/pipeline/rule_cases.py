"""Rules against their cases: what they find beside what they must find."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from cdisc_tools.io.define_xml import read_define_stream
from cdisc_tools.io.rule_files import read_rule_files, read_rule_folder
from cdisc_tools.metadata.dated_terminology import define_terminology
from cdisc_tools.metadata.standards import SDTM, read_standard
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.rule_cases import (
    CRASHED,
    EXACT,
    RECORDS,
    WRONG,
    CaseDataset,
    CaseOutcome,
    ResultLine,
    RuleCase,
)
from cdisc_tools.model.rules import Rule
from cdisc_tools.model.specification import Specification
from cdisc_tools.rules.datasets import RuleDataset, VariableFacts
from cdisc_tools.rules.library import Library
from cdisc_tools.rules.loader import read_rule
from cdisc_tools.rules.runner import BROKEN, Judged, run_rule
from cdisc_tools.rules.study import RuleStudy

_NO_LIBRARY = ("ADAMIG",)
_DEFINE = "define.xml"


def run_cases(path: Path, *, only: str = "") -> Iterator[CaseOutcome]:
    """Run the cases of every rule of a folder or zip archive; ``only`` one rule's.

    A rule that can't be read is a crashed case of its own. Raises ConfigurationError when there
    is no rule, none of the name ``only``, no case, or a case can't be read.
    """
    folder = read_rule_folder(path)
    found = asked = has_cases = False
    for files in read_rule_files(folder):
        found = True
        if only and only != files.folder:
            continue
        asked = True
        has_cases = has_cases or bool(files.cases)
        try:
            rule = read_rule(files.text, files.source)
        except ConfigurationError as error:
            has_cases = True
            yield CaseOutcome(files.folder, "rule.yml", CRASHED, reasons=(str(error),))
            continue
        for case in files.cases:
            yield run_case(rule, case)
    if not found:
        raise ConfigurationError(f"{path} has no rule; a rule is a folder with a rule.yml")
    if not asked:
        raise ConfigurationError(f"{path} has no rule '{only}'; give the name of a rule's folder")
    if not has_cases:
        raise ConfigurationError(
            f"{path} has no cases; a rule's lie beside it, positive/ and negative/"
        )


def run_case(rule: Rule, case: RuleCase) -> CaseOutcome:
    """Run one case of a rule and compare what was found with what is expected."""
    judged = run_rule(rule, case_study(case))
    found = tuple(line for item in judged for line in result_lines(item))
    reasons = tuple(dict.fromkeys(item.reason for item in judged if item.reason))
    broken = [item for item in judged if item.status == BROKEN]
    absent, surplus = _difference(case.expected, found)
    if broken:
        status = CRASHED
    elif not absent and not surplus:
        status = EXACT
    elif _records(case.expected) == _records(found):
        status = RECORDS
    else:
        status = WRONG
    return CaseOutcome(rule.id, case.name, status, absent, surplus, reasons)


def case_study(case: RuleCase) -> RuleStudy:
    """Make the study that a case stands for."""
    product = case.environment.get("PRODUCT", "").upper()
    define = _define(case)
    return RuleStudy(
        tuple(_dataset(item) for item in case.datasets),
        library=Library() if product in _NO_LIBRARY else _library(case.environment),
        product=product,
        substandard=case.environment.get("SUBSTANDARD", ""),
        use_case=case.environment.get("USE_CASE", ""),
        codelists=define_terminology(define),
        define=define,
        files=frozenset({_DEFINE} if case.define else set()),
    )


def _define(case: RuleCase) -> Specification | None:
    if case.define is None:
        return None
    name = case.environment.get("DEFINE_XML", "define.xml")
    return read_define_stream(f"{case.name}/{name}", BytesIO(case.define)).specification


def _library(environment: Mapping[str, str]) -> Library:
    """Return the standard of a case, the newest where it isn't at hand."""
    version = environment.get("VERSION", "").replace("-", ".")
    name = f"{environment.get('PRODUCT', '').lower()}-{version}"
    try:
        read_standard(name)
    except ConfigurationError:
        name = SDTM
    return Library.of(name)


def _dataset(item: CaseDataset) -> RuleDataset:
    facts = (
        VariableFacts(fact.name, fact.label, fact.type, fact.length, fact.format)
        for fact in item.variables
    )
    return RuleDataset.of_frame(
        item.name, item.frame, label=item.label, variables=facts, file=item.file
    )


def result_lines(judged: Judged) -> Iterator[ResultLine]:
    """Write the issues of a rule as lines of ``results.csv``."""
    for issue in judged.issues:
        record = "" if issue.record is None else str(issue.record)
        for name, value in zip(issue.variables, issue.values, strict=True):
            yield ResultLine(issue.dataset, record, name, _written(value))


def _written(value: object) -> str:
    if value is None:
        return ""
    return str(list(value)) if isinstance(value, tuple) else str(value)


def _difference(
    expected: tuple[ResultLine, ...], found: tuple[ResultLine, ...]
) -> tuple[tuple[ResultLine, ...], tuple[ResultLine, ...]]:
    """Compare as collections of lines, in any order; numbers compare by value, and lists by what
    they hold, since the recorded ones are in the order of a hash table.
    """
    wanted = Counter(map(_comparable, expected))
    got = Counter(map(_comparable, found))
    return tuple((wanted - got).elements()), tuple((got - wanted).elements())


def _comparable(line: ResultLine) -> ResultLine:
    value = line.value.strip()
    if value.startswith("["):
        value = ", ".join(sorted(value.strip("[]").split(", ")))
    else:
        with suppress(ValueError):
            value = str(float(value))
    return ResultLine(line.dataset, line.record, line.variable, value)


def _records(lines: tuple[ResultLine, ...]) -> set[tuple[str, str]]:
    return {(line.dataset, line.record) for line in lines}
