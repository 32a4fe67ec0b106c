"""Datasets as rules see them: records by column, and what their files say of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from cdisc_tools.metadata.standards import ADAM, standard_of
from cdisc_tools.rules.columns import Column, Value, as_text
from cdisc_tools.rules.errors import RuleSkipped
from cdisc_tools.rules.table import Places, Table

# what the names of supplemental qualifiers start with
SUPPLEMENTAL = ("SUPP", "SQ")
_ANALYSIS = "AD"
_RELATIONSHIPS = frozenset({"POOLDEF", "RELREC", "RELREF", "RELSPEC", "RELSUB"})
_DOMAIN_LENGTH = 2
# some 1 GB of places
MOST_PAIRS = 50_000_000


@dataclass(frozen=True)
class VariableFacts:
    """What a dataset's file says of a variable: ``type`` is Char or Num, ``length`` in bytes."""

    name: str
    label: str = ""
    type: str = ""
    length: int | None = None
    format: str = ""


@dataclass(frozen=True)
class RuleDataset:
    """A dataset under check: its records in the file's order, and the facts of its file.

    ``file`` is the file's name and ``file_size`` its bytes; ``parts`` are the names and records
    of the datasets that it was split into, of a whole one itself.
    """

    name: str
    table: Table
    label: str = ""
    variables: tuple[VariableFacts, ...] = ()
    file: str = ""
    file_size: int = 0
    parts: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of_frame(
        cls,
        name: str,
        frame: pd.DataFrame,
        *,
        label: str = "",
        variables: Iterable[VariableFacts] = (),
        file: str = "",
        file_size: int = 0,
    ) -> "RuleDataset":
        """Make a dataset of a frame, one column a variable; the first of two of a name counts."""
        frame = frame.loc[:, ~frame.columns.duplicated()]
        facts = tuple(variables) or tuple(_facts_of(frame))
        names = [str(column) for column in frame.columns]
        dataset = cls.of_variables(name, names, frame.__getitem__, len(frame))
        return replace(dataset, label=label, variables=facts, file=file, file_size=file_size)

    @classmethod
    def of_variables(
        cls, name: str, names: Iterable[str], read: Callable[[str], pd.Series], size: int
    ) -> "RuleDataset":
        """Make a dataset of ``size`` records whose variables are read when a rule first asks."""

        def maker(column: str) -> Callable[[], Column]:
            return lambda: Column.of_series(read(column))

        table = Table({column: maker(column) for column in names}, size)
        dataset = cls(name, table, parts=((name, size),))
        table.prefix = dataset.prefix
        return dataset

    @cached_property
    def domain(self) -> str:
        """The domain of its records: its own name where a record has it, else the most frequent.

        "" without a DOMAIN, and for a dataset of ADaM, where it tells the domain that a record was
        copied from.
        """
        return "" if standard_of(self.name) == ADAM else self._usual("DOMAIN", self.name)

    @cached_property
    def related_domain(self) -> str:
        """The domain that supplemental qualifiers belong to, "" for another dataset."""
        kind = self._supplemental_kind
        return self._usual("RDOMAIN", self.name.removeprefix(kind)) if kind else ""

    @property
    def is_supplemental(self) -> bool:
        """True for SUPP-- and SQ--."""
        return bool(self._supplemental_kind)

    @property
    def _supplemental_kind(self) -> str:
        return next((kind for kind in SUPPLEMENTAL if self.name.startswith(kind)), "")

    @cached_property
    def is_analysis(self) -> bool:
        """True for an analysis dataset (ADaM): it is named AD and more, or has none of the
        variables and names by which a dataset of the SDTM is known.
        """
        if self.name.startswith(_ANALYSIS) and len(self.name) > len(_ANALYSIS):
            return True
        known = self.is_supplemental or self.name in _RELATIONSHIPS
        return not known and "DOMAIN" not in self.table and "RDOMAIN" not in self.table

    @property
    def is_associated_persons(self) -> bool:
        """True for a dataset about persons who are no subjects (AP--)."""
        domain = self.related_domain if self.is_supplemental else self.domain
        return len(domain) == 2 * _DOMAIN_LENGTH and domain.startswith("AP")

    @property
    def associated_persons_domain(self) -> str:
        """The domain that a dataset of associated persons is like (AE of APAE), "" for others."""
        return self.domain[2:] if self.is_associated_persons and not self.is_supplemental else ""

    @property
    def prefix(self) -> str:
        """What ``--`` stands for in the names of its variables."""
        return self.associated_persons_domain or self.domain

    @property
    def whole_name(self) -> str:
        """The name of the dataset that this is a part of, where it was split (QS of QSPH)."""
        if self.domain:
            return self.domain
        return self._supplemental_kind + self.related_domain if self.related_domain else self.name

    @property
    def is_split(self) -> bool:
        """True when it is a part of a dataset: its name isn't its domain's."""
        return self.name != self.whole_name

    def place(self, record: int) -> tuple[str, int]:
        """Return the dataset that a record (from 0) lies in, and its number there, from 1."""
        for name, size in self.parts:
            if record < size:
                return name, record + 1
            record -= size
        raise IndexError(record)

    def facts(self, variable: str) -> VariableFacts | None:
        """Return what the file says of a variable, None where it has none."""
        return next((item for item in self.variables if item.name == variable), None)

    def _usual(self, variable: str, expected: str) -> str:
        """The value expected where a record has it, else the most frequent, "" where none has one.

        The order of the records makes no difference.
        """
        if variable not in self.table:
            return ""
        column = self.table[variable]
        present = [as_text(value) for value in column.present()]
        if expected in present or not present:
            return expected if present else ""
        counts = np.bincount(column.codes + 1, minlength=len(column.values) + 1)[1:]
        pairs = zip(counts.tolist(), column.values, strict=True)
        return min((-count, as_text(value)) for count, value in pairs)[1]


def join_parts(parts: Sequence[RuleDataset]) -> RuleDataset:
    """Join the datasets that one was split into, their records behind one another."""
    if len(parts) == 1:
        return parts[0]
    table = stack_tables([part.table for part in parts], parts[0].table)
    facts = {item.name: item for part in reversed(parts) for item in part.variables}
    return replace(
        parts[0],
        table=table,
        variables=tuple(facts.values()),
        parts=tuple(item for part in parts for item in part.parts),
    )


def stack(columns: Sequence[Column]) -> Column:
    """Put columns behind one another."""
    found: dict[Value, int] = {}
    pieces = []
    for column in columns:
        places = [found.setdefault(value, len(found)) for value in column.values]
        pieces.append(np.array([*places, -1], dtype=np.int64)[column.codes])
    numeric = all(column.is_numeric for column in columns if column.values) and any(
        column.is_numeric for column in columns
    )
    codes = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)
    return Column(codes, tuple(found), is_numeric=numeric)


def stack_tables(pieces: Sequence[Table], like: Table) -> Table:
    """Put the records of tables behind one another; variables that one lacks are missing there.

    ``like`` gives the prefix, and the variables when there are no pieces.
    """
    names = dict.fromkeys(name for piece in pieces or (like,) for name in piece.names)

    def stacked(name: str) -> Callable[[], Column]:
        return lambda: stack(
            [
                piece[name] if name in piece else Column.constant(None, piece.size)
                for piece in pieces
            ]
        )

    size = sum(piece.size for piece in pieces)
    return Table({name: stacked(name) for name in names}, size, prefix=like.prefix)


def look_up(keys: Sequence[tuple[Column, Column]]) -> tuple[Places, Places]:
    """Match records of two tables by the values of some columns: the places of each pair.

    ``keys`` pairs the columns of the left and of the right table. Missing values match missing
    ones. The pairs come in the order of the left records, then of the right ones.
    """
    return match_codes(*_shared_codes(keys))


def first_matches(keys: Sequence[tuple[Column, Column]]) -> Places:
    """Match records as ``look_up`` does: the first right record of each left one, -1 for none."""
    lefts, rights = look_up(keys)
    places = np.full(len(keys[0][0]), -1)
    # of several that are written to one place the last stays
    places[lefts[::-1]] = rights[::-1]
    return places


def match_codes(left: Places, right: Places) -> tuple[Places, Places]:
    """Match equal numbers of two vectors: the places of each pair, in the order of the left.

    Raises RuleSkipped for more pairs than a memory holds.
    """
    order = np.argsort(right, kind="stable")
    sorted_right = right[order]
    first = np.searchsorted(sorted_right, left, side="left")
    counts = np.searchsorted(sorted_right, left, side="right") - first
    if counts.sum() > MOST_PAIRS:
        raise RuleSkipped(
            f"its keys match {int(counts.sum()):,} pairs of records, more than {MOST_PAIRS:,}"
        )
    lefts = np.repeat(np.arange(len(left)), counts)
    starts = np.repeat(first - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
    return lefts, order[starts + np.arange(len(lefts))]


def _shared_codes(keys: Sequence[tuple[Column, Column]]) -> tuple[Places, Places]:
    """Number the records of two tables alike where their keys are equal."""
    size = len(keys[0][0])
    both = np.zeros(size + len(keys[0][1]), dtype=np.int64)
    for left, right in keys:
        joined = stack([left, right])
        both = both * (len(joined.values) + 1) + joined.codes + 1
        both = pd.factorize(both)[0].astype(np.int64)
    return both[:size], both[size:]


def variable_type(values: pd.Series) -> str:
    """Tell the type of a variable of a dataset: Num for numbers and dates, else Char."""
    return "Num" if values.dtype.kind in "iufM" else "Char"


def _facts_of(frame: pd.DataFrame) -> Iterable[VariableFacts]:
    for name in frame.columns:
        yield VariableFacts(str(name), type=variable_type(frame[name]))
