"""Match Datasets: the variables of further datasets, joined to the records under check."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cdisc_tools.model.rules import MatchDataset, Rule
from cdisc_tools.rules.columns import Column, normalized
from cdisc_tools.rules.datasets import SUPPLEMENTAL, RuleDataset, first_matches, look_up, stack
from cdisc_tools.rules.errors import RuleSkipped
from cdisc_tools.rules.related import RELREC, join_related
from cdisc_tools.rules.study import RuleStudy
from cdisc_tools.rules.table import Places, Table

_SUBJECT_KEYS = ("STUDYID", "USUBJID", "APID", "POOLID", "SPDEVID")
_IDENTIFIED = ("IDVAR", "IDVARVAL")


def match_datasets(table: Table, rule: Rule, dataset: RuleDataset, study: RuleStudy) -> Table:
    """Join the datasets that a rule names, one after the other, to the records under check.

    A variable that both have is the left's; the right's is ``DM.VAR``.
    Supplemental qualifiers that the study doesn't have are passed over. Raises RuleSkipped for
    another absent dataset, ColumnNotFoundError for an absent key.
    """
    if table is dataset.table and rule.match_datasets:
        key = ("joined", dataset.name, rule.match_datasets)
        return study.keep(key, lambda: _matched(table, rule, dataset, study))
    return _matched(table, rule, dataset, study)


def _matched(table: Table, rule: Rule, dataset: RuleDataset, study: RuleStudy) -> Table:
    for match in rule.match_datasets:
        if match.is_child:
            table = _join_parents(table, match, dataset, study)
        elif match.name == RELREC:
            table = join_related(table, match, dataset, study)
        elif match.name != dataset.whole_name:
            right = _right_dataset(match, dataset, study)
            if right is None:
                if match.name.startswith(SUPPLEMENTAL):
                    continue
                raise RuleSkipped(f"there is no dataset {match.name}")
            if right.is_supplemental:
                table = _join_supplemental(table, right)
            else:
                table = _join(table, right, match, dataset)
    return table


def _right_dataset(
    match: MatchDataset, dataset: RuleDataset, study: RuleStudy
) -> RuleDataset | None:
    if match.name in {"SUPP--", "SQ--"}:
        if dataset.is_supplemental:
            return None
        return study.find(match.name[:-2] + (dataset.domain or dataset.name))
    return study.find(match.name)


def _join(table: Table, right: RuleDataset, match: MatchDataset, dataset: RuleDataset) -> Table:
    """Join by keys; every pair of matching records is one, in the order of the left ones."""
    pairs = [
        (
            table[left.replace("--", dataset.prefix)],
            right.table[name.replace("--", right.prefix)],
        )
        for left, name in match.keys
    ]
    if not pairs:
        return table
    lefts, rights = look_up(pairs)
    if match.join == "left":
        alone = np.setdiff1d(np.arange(table.size), lefts)
        lefts = np.concatenate([lefts, alone])
        rights = np.concatenate([rights, np.full(len(alone), -1)])
        order = np.argsort(lefts, kind="stable")
        lefts, rights = lefts[order], rights[order]
    return _side_by_side(_taken(table, lefts), _taken(right.table, rights), match.name)


def _taken(table: Table, places: Places) -> Table:
    """Take records; the places are kept for as long as the table is, so in few bytes. All records
    in their order are the table itself.
    """
    if len(places) == table.size and np.array_equal(places, np.arange(table.size)):
        return table
    return table.take(places.astype(np.min_scalar_type(-max(table.size, 1)), copy=False))


def _side_by_side(left: Table, right: Table, name: str) -> Table:
    """Give the records of two tables of one size as one; ``NAME.VAR`` is always the right's."""

    def right_column(variable: str) -> Callable[[], Column]:
        return lambda: right[variable]

    def left_column(variable: str) -> Callable[[], Column]:
        return lambda: left[variable]

    makers = {variable: left_column(variable) for variable in left.names}
    for variable in right.names:
        makers[f"{name}.{variable}"] = right_column(variable)
        makers.setdefault(variable, right_column(variable))
    return left.with_makers(makers)


def _join_supplemental(table: Table, right: RuleDataset) -> Table:
    """Put each QNAM of a supplemental dataset beside its parent records as a variable.

    A record whose IDVAR the parent lacks has no parent.
    """
    keys = [name for name in _SUBJECT_KEYS if name in table and name in right.table]
    names, identified = right.table["QNAM"], right.table["IDVAR"]
    columns: dict[str, Column] = {}
    for code, qnam in enumerate(names.values):
        if qnam in table:
            continue
        chosen = np.flatnonzero(names.codes == code)
        source = np.full(table.size, -1)
        for variable in dict.fromkeys(identified.codes[chosen].tolist()):
            within = chosen[identified.codes[chosen] == variable]
            pairs = [(table[key], right.table[key].take(within)) for key in keys]
            if variable >= 0:
                idvar = str(identified.values[variable])
                if idvar not in table:
                    continue
                values = right.table["IDVARVAL"].take(within)
                pairs.append((table[idvar].map(normalized), values.map(normalized)))
            lefts, rights = look_up(pairs)
            source[lefts] = within[rights]
        columns[str(qnam)] = right.table["QVAL"].take(source)
    for name, column in columns.items():
        table = table.with_column(name, column)
    return table


@dataclass(frozen=True)
class _Parents:
    """For each child record, the parent dataset (by its place in ``tables``) and its record."""

    tables: list[Table]
    which: Places
    places: Places


def _join_parents(
    table: Table, match: MatchDataset, dataset: RuleDataset, study: RuleStudy
) -> Table:
    """Put the variables of the parent record beside each child record (SUPP--, CO, RELREC).

    The parent is the record of the child's RDOMAIN whose variable IDVAR has the value IDVARVAL;
    of several the first. A variable that both have is the parent's.
    """
    parents = _parent_datasets(table, match, dataset, study)
    if not parents:
        return table
    keys = [name for name, _ in match.keys if name not in _IDENTIFIED]
    which = np.full(table.size, -1)
    places = np.full(table.size, -1)
    for number, parent in enumerate(parents):
        children = _children_of(parent, table, dataset)
        found = _parent_records(table, parent, children, keys)
        which[children] = number
        places[children] = found
    return _with_parents(table, _Parents([item.table for item in parents], which, places))


def _parent_datasets(
    table: Table, match: MatchDataset, dataset: RuleDataset, study: RuleStudy
) -> list[RuleDataset]:
    if match.name.startswith(("SUPP", "SQAP")) and dataset.is_supplemental:
        if match.name not in {"SUPP--", dataset.name}:
            return []
        found = [study.find(dataset.related_domain)]
    elif match.name in {dataset.domain, dataset.name} and "RDOMAIN" in table:
        found = [study.find(str(name)) for name in table["RDOMAIN"].values]
    else:
        found = []
    return [item for item in found if item is not None and item.domain]


def _children_of(parent: RuleDataset, table: Table, dataset: RuleDataset) -> Places:
    if dataset.is_supplemental or "RDOMAIN" not in table:
        return np.arange(table.size)
    return np.flatnonzero(table["RDOMAIN"].where(lambda value: value == parent.domain))


def _parent_records(
    table: Table, parent: RuleDataset, children: Places, keys: Sequence[str]
) -> Places:
    """Find the parent record of each child, -1 where there is none."""
    found = np.full(len(children), -1)
    idvar = table["IDVAR"].take(children)
    values = table["IDVARVAL"].take(children).map(normalized)
    shared = [key for key in keys if key in table and key in parent.table]
    for code in np.unique(idvar.codes).tolist():
        within = np.flatnonzero(idvar.codes == code)
        pairs = [(table[key].take(children[within]), parent.table[key]) for key in shared]
        if code >= 0:
            name = str(idvar.values[code])
            if name not in parent.table:
                continue
            pairs.append((values.take(within), parent.table[name].map(normalized)))
        if pairs:
            found[within] = first_matches(pairs)
    return found


def _with_parents(table: Table, parents: _Parents) -> Table:
    """Put the parents' variables in the place of, and beside, the children's."""

    def joined(name: str) -> Callable[[], Column]:
        return lambda: _parent_column(table, parents, name)

    def own(name: str) -> Callable[[], Column]:
        return lambda: table[name]

    makers = {name: own(name) for name in table.names}
    for parent in parents.tables:
        for name in parent.names:
            makers[name] = joined(name)
    return table.with_makers(makers)


def _parent_column(table: Table, parents: _Parents, name: str) -> Column:
    """Take a variable from the parent where there is one that has it, else from the child."""
    own = table[name] if name in table else Column.constant(None, table.size)
    pieces, sources = [own], np.arange(table.size)
    start = table.size
    for number, parent in enumerate(parents.tables):
        if name not in parent:
            continue
        pieces.append(parent[name])
        of_it = (parents.which == number) & (parents.places >= 0)
        sources = np.where(of_it, parents.places + start, sources)
        start += parent.size
    return stack(pieces).take(sources)
