"""The operations by the standard's names, and what each is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cdisc_tools.model.rules import Operation
from cdisc_tools.rules.columns import Column, Value
from cdisc_tools.rules.datasets import SUPPLEMENTAL, RuleDataset, first_matches
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.study import RuleStudy
from cdisc_tools.rules.table import Table

_RELATED = frozenset({"RELREC", "RELSUB", "CO"})


@dataclass(frozen=True)
class Call:
    """One operation on one dataset under check.

    ``table`` holds the records under check, all that was joined and computed before included;
    ``source`` the records that the operation works on: those under check, or another dataset.
    """

    operation: Operation
    dataset: RuleDataset
    table: Table
    source: Table
    study: RuleStudy

    def option(self, name: str, default: Any = None) -> Any:
        """Return an attribute of the operation."""
        return self.operation.options.get(name, default)

    @property
    def target(self) -> str:
        """The variable that it works on, with the domain in the place of ``--``."""
        return self.source.expand(self.operation.name)

    @property
    def group(self) -> tuple[str, ...]:
        """The variables within whose values it works; an operation's list is spelled out."""
        names: list[str] = []
        for name in self.operation.group:
            expanded = self.source.expand(name)
            values = self.table[expanded].values if name.startswith("$") else ()
            if values and isinstance(values[0], tuple):
                names.extend(values[0])
            else:
                names.append(expanded)
        return tuple(dict.fromkeys(names))

    @property
    def group_aliases(self) -> tuple[str, ...]:
        """The names that the group's variables have in the records under check."""
        aliases = self.option("group_aliases") or []
        names = list(self.group)
        names[: len(aliases)] = [self.table.expand(str(alias)) for alias in aliases]
        return tuple(names)

    def constant(self, value: Value) -> Column:
        """Give every record under check one value."""
        return Column.constant(value, self.table.size)

    def by_group(self, groups: Table, values: Column) -> Column:
        """Give each record under check the value of its group; without one it is missing.

        ``groups`` has one record a group, with the group's variables. Without group variables
        there is one group.
        """
        if not self.group:
            return self.constant(values.record(0) if len(values) else None)
        own, theirs = key_columns(self.table, self.group_aliases), key_columns(groups, self.group)
        return values.take(first_matches(list(zip(own, theirs, strict=True))))


def key_columns(table: Table, names: Sequence[str]) -> list[Column]:
    """Return grouping variables. The first must be there; a further one that the dataset doesn't
    have (a permissible one, such as the evaluator's identifier) is missing in all its records.

    Raises ColumnNotFoundError for the first.
    """
    return [
        table[name] if name in table or not place else Column.constant(None, table.size)
        for place, name in enumerate(names)
    ]


# an operation gives one column, or several by what is put behind its id
Computed = Column | Mapping[str, Column]
Compute = Callable[[Call], Computed]
OPERATIONS: dict[str, Compute] = {}


def operation(name: str) -> Callable[[Compute], Compute]:
    """Enter a function under the standard's name of an operation."""

    def enter(function: Compute) -> Compute:
        if name in OPERATIONS:
            raise ValueError(f"the operation {name} is there twice")
        OPERATIONS[name] = function
        return function

    return enter


def compute(item: Operation, dataset: RuleDataset, table: Table, study: RuleStudy) -> Computed:
    """Compute an operation for the records under check.

    Raises RuleError for an unknown operation, RuleSkipped where its dataset isn't there,
    ColumnNotFoundError where a variable isn't.
    """
    if item.operator not in OPERATIONS:
        raise RuleError(f"line {item.line}: there is no operation {item.operator}")
    source, expanded = _source(item, dataset, table, study)
    call = Call(expanded, dataset, table, source, study)
    if table is not dataset.table:
        return OPERATIONS[item.operator](call)
    key = ("computed", dataset.name, repr(replace(expanded, id="", line=0)))
    return study.keep(key, lambda: OPERATIONS[item.operator](call))


def with_operation(item: Operation, dataset: RuleDataset, table: Table, study: RuleStudy) -> Table:
    """Return the records under check with what an operation computes; raises as ``compute``.

    It stands under the operation's id, several columns under ``id_name``, ``id_label`` ....
    """
    computed = compute(item, dataset, table, study)
    columns = {"": computed} if isinstance(computed, Column) else computed
    for suffix, column in columns.items():
        name = f"{item.id}_{suffix}" if suffix else item.id
        table = table.with_column(name, column)
    return table


def _source(
    item: Operation, dataset: RuleDataset, table: Table, study: RuleStudy
) -> tuple[Table, Operation]:
    """Return the records that an operation works on, and the operation with its domain's name."""
    domain = item.domain
    if domain.startswith(SUPPLEMENTAL) and domain.endswith("--") and dataset.related_domain:
        domain = domain.replace("--", dataset.related_domain)
    if not domain and item.name and item.name not in table:
        # such as a table of variables: the values are those of the dataset
        return dataset.table, item
    if not domain or domain == dataset.domain:
        return table, item
    other = study.find(domain)
    if other is None:
        raise RuleSkipped(f"there is no dataset {domain}")
    return other.table, replace(item, domain=domain)
