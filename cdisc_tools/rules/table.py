"""The table that a rule is judged on: the records under check, with all that is joined to them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from cdisc_tools.model.rules import Condition
from cdisc_tools.rules.columns import Column, Value

Places = np.ndarray[Any, np.dtype[np.intp]]


class ColumnNotFoundError(KeyError):
    """A rule names a variable that the table doesn't have, so that it can't be judged."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Table:
    """Records by column; a column is made when a rule first asks for it.

    ``makers`` gives each column's name and how it is made; ``size`` is how many records there are;
    ``prefix`` is what ``--`` stands for; ``places`` is, for each record, its place in the
    dataset under check (from 0, -1 for none), by which a finding names it.
    """

    def __init__(
        self,
        makers: Mapping[str, Callable[[], Column]],
        size: int,
        *,
        prefix: str = "",
        places: Places | None = None,
    ) -> None:
        self._makers = dict(makers)
        self._columns: dict[str, Column] = {}
        self.size = size
        self.prefix = prefix
        # None where each record is at its own place, so that many records take no room
        self._places = places

    @property
    def places(self) -> Places:
        """Each record's place in the dataset under check, from 0; -1 for none."""
        return np.arange(self.size) if self._places is None else self._places

    def places_at(self, rows: Places) -> Places:
        """The places of some records, -1 for the row -1."""
        if self._places is None:
            return rows
        places: Places = np.append(self._places, -1)[rows]
        return places

    @classmethod
    def of(cls, columns: Mapping[str, Iterable[Value]], *, prefix: str = "") -> "Table":
        """Make a table of values by column, such as those of metadata or of a test."""
        made = {name: Column.of(values) for name, values in columns.items()}
        size = len(next(iter(made.values()))) if made else 0
        table = cls({}, size, prefix=prefix)
        table._columns.update(made)
        return table

    @property
    def names(self) -> list[str]:
        """The names of the columns, in their order."""
        return list(dict.fromkeys((*self._makers, *self._columns)))

    def expand(self, name: str) -> str:
        """Put the domain in the place of ``--``, where a name starts with it."""
        return self.prefix + name[2:] if name.startswith("--") and self.prefix else name

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (
            self.expand(name) in self._columns or self.expand(name) in self._makers
        )

    def __getitem__(self, name: str) -> Column:
        name = self.expand(name)
        if name not in self._columns:
            if name not in self._makers:
                raise ColumnNotFoundError(name)
            self._columns[name] = self._makers[name]()
        return self._columns[name]

    def with_column(self, name: str, column: Column) -> "Table":
        """Return the table with one more column (an operation's); the others are shared."""
        table = Table(self._makers, self.size, prefix=self.prefix, places=self._places)
        table._columns = self._columns | {name: column}
        return table

    def with_makers(self, makers: Mapping[str, Callable[[], Column]]) -> "Table":
        """Return a table of other columns for the same records."""
        return Table(makers, self.size, prefix=self.prefix, places=self._places)

    def with_places(self, places: Places) -> "Table":
        """Return the table with other places of its records; the columns are shared."""
        table = Table(self._makers, self.size, prefix=self.prefix, places=places)
        table._columns = self._columns
        return table

    def take(self, chosen: Places, places: Places | None = None) -> "Table":
        """Return the records at some places, -1 for a record without values."""

        def taken(name: str) -> Callable[[], Column]:
            return lambda: self[name].take(chosen)

        return Table(
            {name: taken(name) for name in self.names},
            len(chosen),
            prefix=self.prefix,
            places=self.places_at(chosen) if places is None else places,
        )

    def target(self, condition: Condition) -> Column:
        """Return the column that a condition is about.

        Raises ColumnNotFoundError when there is none.
        """
        return self[condition.name]

    def comparator(self, condition: Condition) -> Column:
        """Return what a condition compares with: a column where its value names one, else the
        value itself in every record (a list is one value, a tuple).
        """
        value = condition.value
        literal = bool(condition.options.get("value_is_literal"))
        if not literal and value in self:
            return self[value]
        return Column.constant(value, self.size)
