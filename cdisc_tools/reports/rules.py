"""Rules as a table, and the page of one rule."""

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from cdisc_tools.model.rule_cases import CaseDataset, RuleCase
from cdisc_tools.model.rules import Choice, Condition, Conditions, Rule

WIDTH = 100
_COLUMNS = ("id", "severity", "authority", "references", "standards", "rule_type", "sensitivity",
            "set", "message")  # fmt: skip


def write_rules(rules: Iterable[Rule], sets: Mapping[str, str], form: str) -> str:
    """Write rules in a form: text (a line a rule), csv or json."""
    lines = [_fields(rule, sets.get(rule.id, "")) for rule in rules]
    if form == "json":
        return json.dumps(lines, indent=1, ensure_ascii=False) + "\n"
    if form == "csv":
        stream = io.StringIO()
        writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
        return stream.getvalue()
    written = [
        f"{line['id']:<12} {line['severity']:<8} {line['authority']:<12} "
        f"{textwrap.shorten(line['references'], 22, placeholder=' ...'):<22} "
        f"{textwrap.shorten(line['message'], WIDTH, placeholder=' ...')}"
        for line in lines
    ]
    return "\n".join([*written, f"{len(lines)} rules"]) + "\n"


def _fields(rule: Rule, set_name: str) -> dict[str, str]:
    ids = dict.fromkeys(item.rule_id for item in rule.references if item.rule_id)
    standards = dict.fromkeys(
        f"{item.standard} {item.version}".strip() for item in rule.references if item.standard
    )
    return {
        "id": rule.id,
        "severity": rule.severity,
        "authority": rule.authority,
        "references": " ".join(ids),
        "standards": ", ".join(standards),
        "rule_type": rule.rule_type,
        "sensitivity": rule.sensitivity,
        "set": set_name,
        "message": rule.message,
    }


def rule_page(rule: Rule, set_name: str, case: RuleCase | None) -> str:
    """Write all that a user wants to know of a rule; ``case`` is an example of what it finds."""
    fields = _fields(rule, set_name)
    lines = [f"{rule.id}  {rule.message}", ""]
    lines += _paragraphs(
        ("What", rule.description),
        ("Why", rule.rationale),
        ("What to do", rule.remedy),
        ("Severity", rule.severity),
        ("Authority", f"{fields['authority']} {fields['references']}".strip()),
        ("Standards", fields["standards"]),
        ("About", ", ".join(_scope(rule))),
        ("Rule type", f"{rule.rule_type}, one finding a {rule.sensitivity.lower()}"),
        ("Joined", ", ".join(_joined(rule))),
        ("Shown", " ".join(rule.output_variables)),
        ("Set", set_name),
    )
    if rule.operations:
        lines += ["", "Computed first:"]
        lines += [f"  {line}" for line in _operations(rule)]
    lines += ["", "At fault where:", *(f"  {line}" for line in condition_lines(rule.check))]
    if case is not None:
        lines += ["", f"Example ({case.name}):", *_case_lines(case)]
    return "\n".join(lines) + "\n"


def _paragraphs(*parts: tuple[str, str]) -> Iterator[str]:
    for name, text in parts:
        if text:
            yield textwrap.fill(
                text, WIDTH, initial_indent=f"{name + ':':<12} ", subsequent_indent=" " * 13
            )


def _scope(rule: Rule) -> Iterator[str]:
    scope = rule.scope
    named = (
        ("classes", scope.classes), ("domains", scope.domains), ("datasets", scope.datasets),
        ("data structures", scope.data_structures),
    )  # fmt: skip
    for name, choice in named:
        if choice != Choice():
            included = " ".join(choice.include) or "all"
            excluded = f" but {' '.join(choice.exclude)}" if choice.exclude else ""
            yield f"{name} {included}{excluded}"
    for form in rule.each_variable:
        yield f"each variable {form}"


def _joined(rule: Rule) -> Iterator[str]:
    for match in rule.match_datasets:
        keys = " ".join(left if left == right else f"{left}={right}" for left, right in match.keys)
        yield f"{match.name} by {keys}" if keys else match.name


def _operations(rule: Rule) -> Iterator[str]:
    for item in rule.operations:
        parts = [item.operator, *(part for part in (item.name, item.domain) if part)]
        group = f" within {' '.join(item.group)}" if item.group else ""
        options = "".join(f", {name} {value}" for name, value in item.options.items())
        yield f"{item.id} = {' of '.join(parts)}{group}{options}"


def condition_lines(check: Condition | Conditions, depth: int = 0) -> Iterator[str]:
    """Write a check as indented lines, a line a condition."""
    indent = "  " * depth
    if isinstance(check, Condition):
        value = "" if check.value is None else f" {check.value}"
        options = "".join(f", {name} {value}" for name, value in check.options.items())
        yield f"{indent}{check.name} {check.operator}{value}{options}"
        return
    yield f"{indent}{check.kind}:"
    for item in check.checks:
        yield from condition_lines(item, depth + 1)


def _case_lines(case: RuleCase) -> Iterator[str]:
    for dataset in case.datasets:
        yield f"  {dataset.name}"
        yield from (f"    {line}" for line in _records(dataset))
    yield "  found:"
    for line in case.expected:
        record = f" record {line.record}" if line.record else ""
        yield f"    {line.dataset}{record}: {line.variable} = {line.value or '(missing)'}"


def _records(dataset: CaseDataset, most: int = 8) -> Iterator[str]:
    shown = dataset.frame.head(most).astype("string").fillna("")
    yield from shown.to_string(index=False).splitlines()
    if len(dataset.frame) > most:
        yield f"... {len(dataset.frame) - most} records more"
