"""Mapping tables: what a study says of where each target variable comes from."""

from dataclasses import dataclass, field

MAPPING_COLUMNS = (
    "block", "variable", "algorithm", "source", "column", "value", "codelist",
    "condition", "match", "repeat", "label", "origin", "comment",
)  # fmt: skip


@dataclass(frozen=True)
class MappingLine:
    """One line of a mapping table: one target variable of one block of records.

    ``columns`` are the collected columns, ``value`` a fixed value or an option of the
    algorithm, ``condition`` a filter over the source's columns, ``match`` how rows of another
    form are found, ``repeat`` a table of repeats (wide to long), ``comment`` what the study's
    specification says beside. ``file`` and ``line`` say where the line stands, for messages.
    """

    dataset: str
    block: str
    variable: str
    algorithm: str
    source: str = ""
    columns: tuple[str, ...] = ()
    value: str = ""
    codelist: str = ""
    condition: str = ""
    match: str = ""
    repeat: str = ""
    label: str = ""
    origin: str = ""
    comment: str = ""
    file: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """Where the line stands."""
        return f"{self.file} line {self.line}"


@dataclass(frozen=True)
class VisitRule:
    """A line of the visit table: a collected visit text and the planned visit it names.

    ``visitnum`` is None for an unscheduled visit, whose number comes from its date.
    ``variant`` marks an unusual spelling: each cell that has it becomes a finding.
    """

    collected: str
    visitnum: float | None
    visit: str
    visitdy: int | None = None
    variant: bool = False


@dataclass(frozen=True)
class UnitRule:
    """A line of the unit table: value in ``to`` = value in ``unit`` x ``factor`` + ``offset``.

    ``testcd`` limits the rule to one test ("" is every test); equal units say only what the
    standard unit is. ``digits`` rounds the result to so many decimals ("" keeps them all).
    """

    testcd: str
    unit: str
    to: str
    factor: str = "1"
    offset: str = "0"
    digits: str = ""


@dataclass(frozen=True)
class RawCheck:
    """A line of the study's checks table: a plausibility check on a raw form.

    ``kind`` is a check of ``cdisc_tools.mapping.plausibility``; ``columns`` are the collected
    columns it looks at; ``low`` and ``high`` bound it; ``by`` names columns (or a codelist).
    """

    id: str
    source: str
    kind: str
    columns: tuple[str, ...]
    low: str = ""
    high: str = ""
    by: tuple[str, ...] = ()
    condition: str = ""
    message: str = ""


@dataclass(frozen=True)
class RelationshipLine:
    """A line of the RELREC table.

    With ``reltype`` it relates two datasets; with ``key`` it relates the records of a subject
    that share the value of the variable ``key``.
    """

    relid: str
    rdomain: str
    idvar: str
    reltype: str = ""
    key: str = ""


@dataclass(frozen=True)
class Mapping:
    """All mapping tables of a study.

    ``repeats`` holds the wide-to-long tables by name, each a list of name -> text;
    ``terms`` the study's own terms: codelist -> collected text in lower case -> value, and
    ``variants`` those of them, as (codelist, collected), that are misspellings to be reported;
    ``unmapped`` the columns left out on purpose: (source, column) -> reason;
    ``design`` trial design datasets given whole, as records of variable -> text.
    """

    lines: tuple[MappingLine, ...]
    visits: tuple[VisitRule, ...] = ()
    units: tuple[UnitRule, ...] = ()
    checks: tuple[RawCheck, ...] = ()
    relationships: tuple[RelationshipLine, ...] = ()
    repeats: dict[str, tuple[dict[str, str], ...]] = field(default_factory=dict)
    terms: dict[str, dict[str, str]] = field(default_factory=dict)
    variants: frozenset[tuple[str, str]] = frozenset()
    unmapped: dict[tuple[str, str], str] = field(default_factory=dict)
    design: dict[str, tuple[dict[str, str], ...]] = field(default_factory=dict)

    def datasets(self) -> tuple[str, ...]:
        """The datasets that the tables map, in the order of the tables."""
        return tuple(dict.fromkeys(line.dataset for line in self.lines))
