"""A study's specification of its datasets: what define.xml and the specification workbook hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SpecRecord:
    """One record of a specification table: text by field name, and the place it was read from.

    ``place`` names file, sheet or element, and row ("spec.xlsx, sheet Variables, row 12"); it is
    no part of what the record says. A field that isn't there is "".
    """

    values: Mapping[str, str]
    place: str = field(default="", compare=False)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True)
class Specification:
    """The tables of a specification by name; records in the order of their source.

    The tables and their fields are those of ``specs/specification/layout.csv``: study (attribute
    and value), standards, datasets, variables, value_level, where_clauses, codelists (a record a
    term), dictionaries, methods, comments, documents, and the analysis tables. A field of the
    source that the layout doesn't know is kept under its header as written. Empty cells are left
    out of a record, so that two specifications that say the same are equal.
    """

    tables: Mapping[str, tuple[SpecRecord, ...]]

    def table(self, name: str) -> tuple[SpecRecord, ...]:
        """The records of a table, none where the specification hasn't got it."""
        return self.tables.get(name, ())

    def attribute(self, name: str) -> str:
        """A study attribute such as StandardName, "" where it isn't given."""
        for record in self.table("study"):
            if record["attribute"] == name:
                return record["value"]
        return ""


def told_domain(dataset: str) -> str:
    """The domain that a dataset's name tells.

    >>> told_domain("AE"), told_domain("SUPPAE")
    ('AE', 'AE')
    """
    return dataset.removeprefix("SUPP") or dataset


def told_file(dataset: str) -> str:
    """The file that a dataset's name tells.

    >>> told_file("AE")
    'ae.xpt'
    """
    return f"{dataset.lower()}.xpt"
