"""Runs rules on datasets: what is at fault, and why a rule was not judged."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.rules import DATASET, GROUP, STUDY, Condition, Conditions, Rule
from cdisc_tools.rules.columns import Mask, Value, group_codes
from cdisc_tools.rules.datasets import RuleDataset
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.evaluated import Evaluated
from cdisc_tools.rules.joins import match_datasets
from cdisc_tools.rules.operations import with_operation
from cdisc_tools.rules.operators import OPERATORS
from cdisc_tools.rules.rule_types import OF_RECORDS, OF_STUDY, build
from cdisc_tools.rules.scope import outside_scope
from cdisc_tools.rules.study import RuleStudy
from cdisc_tools.rules.table import ColumnNotFoundError, Places, Table
from cdisc_tools.rules.wildcards import instances

RAN, SKIPPED, BROKEN = "ran", "skipped", "broken"
# the -- of a variable's name, not that of a sentence
_PREFIXED = re.compile(r"--(?=[A-Z])")
NOT_IN_DATASET = "Not in dataset"


@dataclass(frozen=True)
class Issue:
    """What a rule found: the dataset, the record (from 1; None for the dataset as a whole), the
    variables and their values (None where missing), and the rule's message for them.

    ``varying`` are those of the variables that have several values among the records that a dataset
    or group is at fault for; the value is that of the first.
    ``is_record`` is False where ``record`` numbers the variables or files that the rule looks at.
    """

    dataset: str
    record: int | None
    variables: tuple[str, ...]
    values: tuple[Value, ...]
    message: str = ""
    varying: frozenset[str] = frozenset()
    is_record: bool = True


@dataclass(frozen=True)
class Judged:
    """What became of one rule on one dataset, of a split one under the name of the whole.

    ``counts`` says how many issues there are of each dataset (a part of a split one) and
    variables, those past the limit included.
    """

    rule: Rule
    dataset: str
    status: str
    reason: str = ""
    issues: tuple[Issue, ...] = ()
    counts: Mapping[tuple[str, tuple[str, ...]], int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many issues there are."""
        return sum(self.counts.values())


@dataclass
class _Found:
    """The issues of one rule and dataset, kept up to a limit."""

    limit: int | None
    is_split: bool = False
    issues: list[Issue] = field(default_factory=list)
    counts: Counter[tuple[str, tuple[str, ...]]] = field(default_factory=Counter)


def run_rule(rule: Rule, study: RuleStudy, *, limit: int | None = None) -> list[Judged]:
    """Run a rule on each dataset of a study that it is about, as ``run_rules`` does."""
    return list(run_rules([rule], study, limit=limit))


def run_rules(
    rules: Sequence[Rule], study: RuleStudy, *, limit: int | None = None
) -> Iterator[Judged]:
    """Run rules on each dataset of a study that they are about, dataset by dataset.

    Gives what became of each rule on each of them, and on those outside its scope why. Of the
    issues of one rule and dataset ``limit`` are kept. What rules of a dataset share is forgotten
    behind it. Never raises for wrong data or a wrong rule: the status tells.
    """
    present: set[str] = set()
    for name, parts in study.parts.items():
        if study.judged is not None and name not in study.judged:
            continue
        for rule in rules:
            # a rule about the study as a whole is judged once
            if rule.rule_type in OF_STUDY and rule.id in present:
                continue
            reason = outside_scope(rule, parts[0], study)
            if reason:
                yield Judged(rule, name, SKIPPED, reason)
                continue
            judged = _judge_dataset(rule, study.wholes[name], study, limit)
            if judged.status == RAN:
                present.add(rule.id)
            yield judged
        study.forget()


def _judge_dataset(rule: Rule, dataset: RuleDataset, study: RuleStudy, limit: int | None) -> Judged:
    """Run a rule on a dataset, once for each variable where it asks for that."""
    found = _Found(limit, is_split=len(dataset.parts) > 1)
    name, reasons = dataset.whole_name, []
    try:
        for instance in instances(rule, dataset.table.names):
            try:
                _judge(instance, dataset, study, found)
            except (RuleSkipped, ColumnNotFoundError) as error:
                reasons.append(_reason(error))
            else:
                reasons.append("")
    except ConfigurationError as error:
        return Judged(rule, name, BROKEN, f"{rule.source}: {error}".lstrip(": "))
    except Exception as error:  # noqa: BLE001 - one rule's fault must not stop the others
        return Judged(rule, name, BROKEN, f"{type(error).__name__}: {error}")
    if reasons and all(reasons):
        return Judged(rule, name, SKIPPED, reasons[0])
    if not reasons:
        return Judged(rule, name, SKIPPED, "no variable has the form that the rule is about")
    return Judged(rule, name, RAN, "", tuple(found.issues), found.counts)


def _reason(error: Exception) -> str:
    if isinstance(error, ColumnNotFoundError):
        return f"there is no variable {error.name}"
    return str(error)


def _judge(rule: Rule, dataset: RuleDataset, study: RuleStudy, found: _Found) -> None:
    for evaluated in build(rule.rule_type, dataset, study):
        table = match_datasets(evaluated.table, rule, dataset, study)
        if not table.size:
            raise RuleSkipped("there are no records")
        for item in rule.operations:
            table = with_operation(item, dataset, table, study)
        failed = np.flatnonzero(evaluate(rule.check, table))
        if len(failed):
            _collect(rule, Evaluated(table, evaluated.locate), failed, found)
        if rule.sensitivity in {DATASET, STUDY} and found.counts:
            break


def evaluate(check: Condition | Conditions, table: Table) -> Mask:
    """True for each row that a check holds of.

    Of ``any`` the conditions on absent variables are passed over, as long as one is left. Raises
    RuleError for an operator that there isn't, ColumnNotFoundError for an absent variable.
    """
    if isinstance(check, Condition):
        judge = OPERATORS.get(check.operator)
        if judge is None:
            raise RuleError(f"line {check.line}: there is no operator {check.operator}")
        return judge(table, check)
    if check.kind == "any":
        return _evaluate_any(check, table)
    masks = [evaluate(item, table) for item in check.checks]
    joined: Mask = np.logical_and.reduce(masks)
    return ~joined if check.kind == "not" else joined


def _evaluate_any(check: Conditions, table: Table) -> Mask:
    masks, absent = [], None
    for item in check.checks:
        try:
            masks.append(evaluate(item, table))
        except ColumnNotFoundError as error:
            absent = absent or error
    if not masks and absent:
        raise absent
    joined: Mask = np.logical_or.reduce(masks)
    return joined


def _collect(rule: Rule, evaluated: Evaluated, failed: Places, found: _Found) -> None:
    """Turn the rows at fault into issues, as many as the rule's sensitivity says."""
    table = evaluated.table
    rows, groups = _representatives(rule, table, failed)
    variables = output_variables(rule, table, rows)
    is_record = rule.rule_type in OF_RECORDS
    is_whole = is_record and not found.is_split
    for name, count in _located(evaluated, rows, is_whole=is_whole).items():
        found.counts[name, variables] += count
    message = _PREFIXED.sub(table.prefix, rule.message)
    room = None if found.limit is None else max(found.limit - len(found.issues), 0)
    # a row that stands for itself alone varies in nothing
    grouped = variables if len(rows) < len(failed) else ()
    varying = {name: _varying(table, name, failed, rows, groups) for name in grouped}
    places = table.places_at(rows[:room]).tolist()
    for number, (row, place) in enumerate(zip(rows[:room].tolist(), places, strict=True)):
        dataset, record = evaluated.locate(place)
        if rule.sensitivity == DATASET:
            record = None
        values = tuple(_value(table, name, row) for name in variables)
        several = frozenset(name for name, mask in varying.items() if mask[number])
        found.issues.append(
            Issue(dataset, record, variables, values, message, several, is_record=is_record)
        )


def _located(evaluated: Evaluated, rows: Places, *, is_whole: bool) -> Mapping[str, int]:
    """Count rows by the dataset that they lie in; ``is_whole`` says that there is one."""
    places = evaluated.table.places_at(rows)
    if is_whole:
        return {evaluated.locate(int(places[0]))[0]: len(rows)}
    return Counter(evaluated.locate(place)[0] for place in places.tolist())


def _representatives(rule: Rule, table: Table, failed: Places) -> tuple[Places, Places]:
    """The rows that stand for what is at fault: each, or the first of the dataset or group; and
    for each failed row which of them stands for it.
    """
    if rule.sensitivity in {DATASET, STUDY}:
        return failed[:1], np.zeros(len(failed), dtype=np.int64)
    if rule.sensitivity == GROUP:
        columns = [table[name].take(failed) for name in rule.grouping_variables]
        groups, _ = pd.factorize(group_codes(columns, len(failed))[0])
        return failed[np.unique(groups, return_index=True)[1]], groups
    return failed, np.arange(len(failed))


def _varying(table: Table, name: str, failed: Places, rows: Places, groups: Places) -> Mask:
    """True for each group of rows at fault in which a variable has several values; a missing
    value is one.
    """
    several = np.zeros(len(rows), dtype=bool)
    if name in table:
        codes = table[name].codes
        several[groups[codes[failed] != codes[rows[groups]]]] = True
    return several


def output_variables(rule: Rule, table: Table, rows: Places) -> tuple[str, ...]:
    """The variables that an issue shows: those that the rule names, else those of its check; with
    the variables that a list among their values names.
    """
    named = rule.output_variables or tuple(item.name for item in conditions_of(rule.check))
    names = list(dict.fromkeys(table.expand(name) for name in named))
    for name in tuple(names):
        if name in table:
            column = table[name].take(rows)
            for value in column.present():
                if isinstance(value, tuple):
                    names.extend(str(item) for item in value if item in table)
    return tuple(dict.fromkeys(names))


def conditions_of(check: Condition | Conditions) -> Iterator[Condition]:
    """The conditions of a check, in their order."""
    if isinstance(check, Condition):
        yield check
        return
    for item in check.checks:
        yield from conditions_of(item)


def _value(table: Table, name: str, row: int) -> Value:
    if name not in table:
        return NOT_IN_DATASET
    return table[name].record(row)
