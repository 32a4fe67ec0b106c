"""RELREC: the records that the study relates to those under check."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cdisc_tools.model.rules import MatchDataset
from cdisc_tools.rules.columns import Column, group_codes, normalized, where_same
from cdisc_tools.rules.datasets import RuleDataset, look_up, match_codes, stack, stack_tables
from cdisc_tools.rules.study import RuleStudy
from cdisc_tools.rules.table import ColumnNotFoundError, Places, Table

RELREC = "RELREC"
_NAMES = ("STUDYID", "USUBJID", "RELID", "RDOMAIN", "IDVAR", "IDVARVAL")
_SUBJECT = ("STUDYID", "USUBJID")


def join_related(
    table: Table, match: MatchDataset, dataset: RuleDataset, study: RuleStudy
) -> Table:
    """Join to each record those that RELREC relates it to, as ``RELREC.`` variables.

    ``**`` (or the rule's wildcard) stands for the related domain in their names. The records
    come kind of relationship by kind; those that none relates are left out. A study without RELREC
    is left as it is. Raises ColumnNotFoundError for a variable that RELREC or one of the two
    datasets doesn't have.
    """
    relrec = study.find(RELREC)
    if relrec is None:
        return table
    absent = next((name for name in _NAMES if name not in relrec.table), "")
    if absent:
        raise ColumnNotFoundError(absent)
    pieces = []
    for kind in _kinds(relrec.table, dataset.domain):
        right = study.find(kind.domain)
        if right is not None:
            lefts, rights = _related(kind, relrec.table, table, right.table)
            named = _named(right.table.take(rights), right.domain, match.wildcard)
            pieces.append(_beside(table.take(lefts), named))
    return _stacked([piece for piece in pieces if piece.size], table)


@dataclass(frozen=True)
class _Kind:
    """Pairs of RELREC records that name the related ones in the same way.

    ``lefts`` and ``rights`` are the places of their records, ``variables`` the IDVAR of both
    sides, ``domain`` the related one. ``of_values`` says that both sides name one record by its
    value, else all records that have equal values are related; ``of_subject`` that they are a
    subject's.
    """

    lefts: Places
    rights: Places
    variables: tuple[str, str]
    domain: str
    of_values: bool
    of_subject: bool


def _kinds(relrec: Table, domain: str) -> Iterator[_Kind]:
    """Pair the records of each relationship: one of the domain with each of another."""
    domains = relrec["RDOMAIN"]
    own = np.flatnonzero(domains.where(lambda value: value == domain))
    keys = [(relrec[name].take(own), relrec[name]) for name in _NAMES[:3]]
    found, rights = look_up(keys)
    lefts = own[found]
    named = ~(domains.is_empty() | relrec["IDVAR"].is_empty())
    kept = (domains.codes[rights] != domains.codes[lefts]) & named[lefts] & named[rights]
    lefts, rights = lefts[kept], rights[kept]
    of_value = ~relrec["IDVARVAL"].is_empty()
    of_subject = ~relrec["USUBJID"].is_empty()
    flags = Column((of_value[lefts] & of_value[rights]) * 2 + of_subject[lefts], (0, 1, 2, 3))
    columns = (domains.take(rights), relrec["IDVAR"].take(lefts), relrec["IDVAR"].take(rights))
    groups, _ = group_codes([*columns, flags], len(lefts))
    for number in dict.fromkeys(groups.tolist()):
        within = np.flatnonzero(groups == number)
        first = int(within[0])
        name, left, right = (str(column.record(first)) for column in columns)
        flag = int(flags.codes[first])
        yield _Kind(lefts[within], rights[within], (left, right), name, flag >= 2, bool(flag % 2))


def _related(kind: _Kind, relrec: Table, left: Table, right: Table) -> tuple[Places, Places]:
    """The places of related records of two tables; both are of one study and subject."""
    sides = (
        _side(kind, relrec.take(kind.lefts), left, kind.variables[0]),
        _side(kind, relrec.take(kind.rights), right, kind.variables[1]),
    )
    (pairs, lefts), (other_pairs, rights) = sides
    keys = [pairs], [other_pairs]
    if not kind.of_values:
        values = left[kind.variables[0]].take(lefts).map(normalized)
        others = right[kind.variables[1]].take(rights).map(normalized)
        codes = stack([values, others]).codes
        keys[0].append(codes[: len(lefts)])
        keys[1].append(codes[len(lefts) :])
    first, second = match_codes(*_numbered(keys[0], keys[1]))
    lefts, rights = lefts[first], rights[second]
    same = np.ones(len(lefts), dtype=bool)
    for name in _SUBJECT:
        same &= where_same(left[name].take(lefts), right[name].take(rights))
    return lefts[same], rights[same]


def _side(kind: _Kind, named: Table, table: Table, variable: str) -> tuple[Places, Places]:
    """The records that one side of the pairs names: the pair, and the record's place."""
    if kind.of_values and variable not in table:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    keys = []
    if kind.of_subject:
        keys.append((named["USUBJID"], table["USUBJID"]))
    if kind.of_values:
        keys.append((named["IDVARVAL"].map(normalized), table[variable].map(normalized)))
    if keys:
        return look_up(keys)
    pairs = np.repeat(np.arange(named.size), table.size)
    return pairs, np.tile(np.arange(table.size), named.size)


def _numbered(left: list[Places], right: list[Places]) -> tuple[Places, Places]:
    """Number the combinations of several vectors alike on both sides; -1 (missing) meets none."""
    size = len(left[0])
    both = np.zeros(size + len(right[0]), dtype=np.int64)
    missing = np.zeros(len(both), dtype=bool)
    for one, other in zip(left, right, strict=True):
        joined = np.concatenate([one, other])
        missing |= joined < 0
        both = np.unique(both * (joined.max(initial=0) + 2) + joined + 1, return_inverse=True)[1]
    both[missing] = -1 - np.arange(int(missing.sum()))
    return both[:size], both[size:]


def _named(right: Table, domain: str, wildcard: str) -> Table:
    """Give the related records' variables the names that rules know them by."""
    makers = {f"{RELREC}.{_wild(name, domain, wildcard)}": _maker(right, name)
              for name in right.names}  # fmt: skip
    return Table(makers, right.size)


def _wild(name: str, domain: str, wildcard: str) -> str:
    """Put the wildcard in the place of the domain in a variable's name."""
    return wildcard + name[len(domain) :] if domain and name.startswith(domain) else name


def _maker(table: Table, name: str) -> Callable[[], Column]:
    return lambda: table[name]


def _beside(left: Table, right: Table) -> Table:
    makers = {name: _maker(left, name) for name in left.names}
    makers |= {name: _maker(right, name) for name in right.names}
    return left.with_makers(makers)


def _stacked(pieces: list[Table], empty: Table) -> Table:
    """Put the records of several tables behind one another, each with its place."""
    if not pieces:
        return empty.take(np.zeros(0, dtype=np.intp))
    table = stack_tables(pieces, empty)
    return table.with_places(np.concatenate([piece.places for piece in pieces]))
