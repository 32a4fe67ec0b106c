"""Datasets against conformance rules: the findings, and what became of each rule."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from cdisc_tools.io.large_datasets import LargeDataset
from cdisc_tools.metadata.checks import check_of
from cdisc_tools.metadata.dated_terminology import define_terminology
from cdisc_tools.metadata.same_faults import read_same_faults
from cdisc_tools.metadata.standards import ADAM, standard_of
from cdisc_tools.metadata.study_standards import StudyStandards
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.findings import Check, Finding, Findings, RuleOutcome
from cdisc_tools.model.rules import GROUP, RECORD, Rule
from cdisc_tools.model.specs import DatasetSpec
from cdisc_tools.pipeline.rules import RuleBook
from cdisc_tools.rules.applicability import ADAMIG, SDTMIG, holds_for
from cdisc_tools.rules.columns import Column, Value, as_text
from cdisc_tools.rules.datasets import RuleDataset, VariableFacts, variable_type
from cdisc_tools.rules.library import Library
from cdisc_tools.rules.rule_types import OF_RECORDS, OF_STUDY
from cdisc_tools.rules.runner import BROKEN, RAN, SKIPPED, Issue, Judged, run_rules
from cdisc_tools.rules.study import RuleStudy

_LISTED = 10
# what an issue of these is about has a key
_KEYED = frozenset({RECORD, GROUP})
_WORDS = re.compile(r"[A-Z][A-Z0-9]*")
NO_REMEDY = "Correct the data, or accept the finding with its reason."


@dataclass(frozen=True)
class Ruled:
    """A dataset as rules see it, and the variables that tell its records apart."""

    dataset: RuleDataset
    keys: tuple[str, ...]


def ruled(dataset: Dataset, *, file: str = "", file_size: int = 0) -> Ruled:
    """Make what rules see of a dataset; ``file`` and ``file_size`` are those of its file."""
    labels = dataset.labels or {}
    # the first of two variables of a name counts
    frame = dataset.frame.loc[:, ~dataset.frame.columns.duplicated()]
    facts = tuple(
        VariableFacts(
            str(name),
            labels.get(str(name), ""),
            variable_type(frame[name]),
            dataset.lengths.get(str(name)),
            dataset.formats.get(str(name), ""),
        )
        for name in frame.columns
    )
    seen = RuleDataset.of_frame(
        dataset.name, frame, label=labels.get("", ""), variables=facts, file=file,
        file_size=file_size,
    )  # fmt: skip
    return Ruled(seen, _told_apart_by(dataset.spec))


def ruled_large(dataset: LargeDataset, *, file: str = "", file_size: int = 0) -> Ruled:
    """Make what rules see of a dataset of which they read a variable at a time."""
    facts = tuple(
        VariableFacts(item.name, item.label, item.type, item.length, item.format)
        for item in dataset.about.variables
    )
    names = [item.name for item in facts]
    seen = RuleDataset.of_variables(dataset.name, names, dataset.variable, dataset.records)
    seen = replace(seen, label=dataset.about.label, variables=facts, file=file, file_size=file_size)
    return Ruled(seen, _told_apart_by(dataset.spec))


def _told_apart_by(spec: DatasetSpec) -> tuple[str, ...]:
    return tuple(key for key in spec.keys if key != "STUDYID")


def check_rules(
    datasets: Sequence[Ruled],
    book: RuleBook,
    standards: StudyStandards,
    *,
    cap: int | None = 100,
    whole: bool = True,
    files: frozenset[str] | None = None,
) -> Findings:
    """Judge datasets by rules; of each rule and dataset ``cap`` findings are kept.

    A rule that can't be read, or breaks, is an outcome with its reason; one that is for other
    datasets is skipped. Unless the datasets are the ``whole`` of the study, no rule asks
    for absent ones; ``files`` names the files beside them, None where that isn't known.
    """
    findings = Findings()
    for item in book.unreadable:
        findings.outcomes.append(RuleOutcome(item.name, "", BROKEN, item.reason))
    by_name = {item.dataset.name: item for item in datasets}
    rules = list(book.rules.values())
    # what is asked of the study as a whole is asked once, not of each standard's datasets
    of_study = {rule.id for rule in rules if whole and rule.rule_type in OF_STUDY}
    ran: set[str] = set()
    for (product, version), study in _studies(datasets, standards, files).items():
        wanted = [rule for rule in rules if holds_for(rule, product, version)]
        ran.update(rule.id for rule in wanted)
        wanted = [rule for rule in wanted if rule.rule_type not in OF_STUDY or rule.id in of_study]
        for judged in run_rules(wanted, study, limit=cap):
            if judged.status == RAN:
                of_study.discard(judged.rule.id)
            parts = [part.name for part in study.parts[judged.dataset]]
            _collect(judged, parts, by_name, findings)
    for rule in rules:
        if rule.id not in ran:
            reason = "it is for other standards than those of the datasets"
            findings.outcomes.append(RuleOutcome(rule.id, "", SKIPPED, reason))
        elif rule.rule_type in OF_STUDY and not whole:
            reason = "the datasets are not the whole of the study"
            findings.outcomes.append(RuleOutcome(rule.id, "", SKIPPED, reason))
    return findings


def _studies(
    datasets: Sequence[Ruled], standards: StudyStandards, files: frozenset[str] | None
) -> dict[tuple[str, str], RuleStudy]:
    """Make a study for each standard that datasets are held to, by its name and version."""
    seen = tuple(item.dataset for item in datasets)
    analysis = tuple(item for item in seen if standard_of(item.name) == ADAM)
    tabulation = tuple(item for item in seen if standard_of(item.name) != ADAM)
    define = standards.define
    make = partial(
        RuleStudy,
        library=Library.of(standards.sdtm),
        # rules on define.xml hold its terms to the terminology that it names
        codelists=define_terminology(define) if define else standards.codelists,
        files=files,
        define=define,
        dictionaries=standards.dictionaries,
    )
    studies = {}
    if tabulation:
        key = (SDTMIG, standards.sdtm.partition("-")[2])
        studies[key] = make(tabulation, product=SDTMIG)
    if analysis:
        key = (ADAMIG, standards.adam.partition("-")[2])
        names = frozenset(item.whole_name for item in analysis)
        studies[key] = make(seen, product=ADAMIG, judged=names)
    return studies


def _collect(
    judged: Judged, parts: Sequence[str], datasets: Mapping[str, Ruled], findings: Findings
) -> None:
    """Add the issues of a rule on a dataset as findings, and what became of it.

    ``parts`` are the datasets that it was split into; the rule was run on each of them.
    """
    rule = judged.rule
    counts = Counter(dict.fromkeys(parts, 0))
    for (dataset, _), count in judged.counts.items():
        # what concerns the study as a whole counts for the dataset that it was found on
        counts[dataset if dataset in counts else parts[0]] += count
    for part in parts:
        outcome = RuleOutcome(rule.id, part, judged.status, judged.reason, counts[part])
        findings.outcomes.append(outcome)
    if not judged.counts:
        return
    findings.checks[rule.id] = rule_check(rule)
    rest = Counter(judged.counts)
    for issue in judged.issues:
        findings.add(_finding(rule, issue, datasets.get(issue.dataset)))
        rest[issue.dataset, issue.variables] -= 1
    for (dataset, variables), count in rest.items():
        if count:
            findings.count(Finding(rule.id, dataset, variables), count)


def rule_check(rule: Rule) -> Check:
    """Say what the findings of a rule mean."""
    return Check(
        id=rule.id,
        severity=rule.severity,
        authority=rule.authority,
        title=rule.message,
        message=_message(rule),
        remedy=rule.remedy or NO_REMEDY,
        references=tuple(dict.fromkeys(item.rule_id for item in rule.references)),
    )


def _message(rule: Rule) -> str:
    """The template of a finding's sentence; that of a variable or a file has no key."""
    if rule.sensitivity not in _KEYED:
        return "{detail}"
    return "{detail} ({key}: {values})" if rule.rule_type in OF_RECORDS else "{detail} ({values})"


def _finding(rule: Rule, issue: Issue, ruled_dataset: Ruled | None) -> Finding:
    key: tuple[tuple[str, str], ...] = ()
    record = issue.record if issue.is_record else None
    if record is not None and ruled_dataset is not None:
        names = ruled_dataset.keys
        if rule.sensitivity == GROUP:
            names = tuple(map(ruled_dataset.dataset.table.expand, rule.grouping_variables))
        key = _key(ruled_dataset, record, names)
    return Finding(
        rule.id,
        issue.dataset,
        issue.variables,
        issue_values(issue),
        key,
        record,
        None,
        issue.message,
    )


def issue_values(issue: Issue) -> tuple[str, ...]:
    """Write the values of an issue as texts.

    Of a whole dataset or group the value of a variable is told only where it has no other: that
    of the first record would be another one as soon as the records are in another order.
    """
    return tuple(
        "" if name in issue.varying else _text(value)
        for name, value in zip(issue.variables, issue.values, strict=True)
    )


def _key(item: Ruled, record: int, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The variables of a record that tell it apart and have a value."""
    found = []
    for name in names:
        if name in item.dataset.table:
            column: Column = item.dataset.table[name]
            if record <= len(column):
                text = as_text(column.record(record - 1))
                if text:
                    found.append((name, text))
    return tuple(found)


def _text(value: Value) -> str:
    """Write a value, of a long list its beginning."""
    if isinstance(value, tuple):
        shown = ", ".join(as_text(item) for item in value[:_LISTED])
        return f"{shown}, ... ({len(value)} values)" if len(value) > _LISTED else shown
    return as_text(value)


def without_same_faults(
    schema_findings: Findings, rule_findings: Findings, rules: Mapping[str, Rule]
) -> Findings:
    """Leave out what rules find that the schemas found already, and what a rule of ours finds
    where the published rule that it is the same as was judged.

    The schema's finding stays, and its check names the rule's ids, too.
    """
    by_dataset, by_variable = read_same_faults()
    seen = _seen(schema_findings)
    ran = {(item.rule_id, item.dataset) for item in rule_findings.outcomes if item.status == RAN}
    dropped: set[tuple[str, str, tuple[str, ...]]] = set()
    for total in rule_findings.totals:
        rule_id, dataset, variables = total
        same = (*rules[rule_id].same_as, *by_variable.get(rule_id, ()))
        found = [check for check in same if seen.get((check, dataset), set()) & set(variables)]
        found += [check for check in by_dataset.get(rule_id, ()) if (check, dataset) in seen]
        if found or any((rule, dataset) in ran for rule in same):
            dropped.add(total)
        for check_id in found:
            _name_rule(schema_findings, check_id, rule_findings.checks[rule_id])
    return _without(rule_findings, dropped)


def _seen(findings: Findings) -> dict[tuple[str, str], set[str]]:
    """The variables that each check names in each dataset; of a finding that names none, the words
    of its detail.
    """
    seen: dict[tuple[str, str], set[str]] = {}
    for check_id, dataset, variables in findings.totals:
        seen.setdefault((check_id, dataset), set()).update(variables)
    for finding in findings.records:
        if not finding.variables:
            seen[finding.check_id, finding.dataset].update(_WORDS.findall(finding.detail))
    return seen


def _name_rule(findings: Findings, check_id: str, rule: Check) -> None:
    check = check_of(check_id, findings.checks)
    ids = dict.fromkeys((*check.references, rule.id, *rule.references))
    findings.checks[check_id] = replace(check, references=tuple(ids))


def _without(findings: Findings, dropped: Iterable[tuple[str, str, tuple[str, ...]]]) -> Findings:
    gone = set(dropped)
    kept = [
        item
        for item in findings.records
        if (item.check_id, item.dataset, item.variables) not in gone
    ]
    totals = {key: count for key, count in findings.totals.items() if key not in gone}
    return replace(findings, records=kept, totals=totals)
