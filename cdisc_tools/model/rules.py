"""Conformance rules as the CDISC conformance-rules language states them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RECORD, DATASET, GROUP, STUDY = "Record", "Dataset", "Group", "Study"


@dataclass(frozen=True)
class Condition:
    """One leaf of a check: an operator on a variable, true for what is at fault.

    ``name`` is the variable, ``$id`` of an operation, or a property such as ``dataset_name``;
    ``--`` stands for the domain. ``value`` is what it is compared with, None where the operator
    takes none. ``options`` holds the operator's other attributes (``within``, ``regex`` ...), and
    ``line`` is where it stands in the rule's file.
    """

    name: str
    operator: str
    value: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True)
class Conditions:
    """Several checks joined: ``kind`` is all, any or not (which negates all of them)."""

    kind: str
    checks: "tuple[Condition | Conditions, ...]"


@dataclass(frozen=True)
class Operation:
    """A value that is computed before the check, and stands in it under ``id`` (``$...``).

    ``name`` is the variable and ``domain`` the dataset it works on, "" the one under check;
    ``group`` the variables within whose values it works; ``options`` its other attributes.
    """

    id: str
    operator: str
    name: str = ""
    domain: str = ""
    group: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True)
class MatchDataset:
    """A further dataset whose variables are joined to the records under check.

    ``keys`` pairs the variables of the left (under check) and of the right dataset;
    ``join`` is inner or left. ``is_child`` says that the dataset under check is a child of this one
    (SUPP--, CO, RELREC), so that its records are looked up by IDVAR; ``wildcard`` is what stands
    for the related domain in the names of RELREC.
    """

    name: str
    keys: tuple[tuple[str, str], ...]
    join: str = "inner"
    is_child: bool = False
    wildcard: str = ""


@dataclass(frozen=True)
class Choice:
    """Names that a scope includes and excludes; an empty ``include`` takes all."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """The datasets that a rule is about.

    ``classes`` are observation classes, ``domains`` domain codes (ALL, SUPP--, AP--),
    ``data_structures`` those of ADaM, ``datasets`` names of datasets (our addition),
    ``use_cases`` those of the submission (INDH, PROD, NONCLIN, ANALYSIS).
    """

    classes: Choice = field(default_factory=Choice)
    domains: Choice = field(default_factory=Choice)
    data_structures: Choice = field(default_factory=Choice)
    datasets: Choice = field(default_factory=Choice)
    use_cases: tuple[str, ...] = ()
    include_split_datasets: bool | None = None


@dataclass(frozen=True)
class RuleReference:
    """Where an authority states a rule: its organisation, standard and the id it has there."""

    organization: str
    standard: str
    version: str
    rule_id: str
    substandard: str = ""


@dataclass(frozen=True)
class Rule:
    """One conformance rule; ``check`` is true for what is at fault.

    ``sensitivity`` says what an issue is about: a Record, the Dataset, a Group of records by
    ``grouping_variables``, or the Study. ``severity`` (error, warning, note), ``remedy`` and
    ``rationale`` are additions of ours, "" in the rules of others, as are ``each_variable``, the
    forms of names (``TRTAG{y}N``) of which each match is judged by itself, and ``same_as``, the
    schema checks that see the same fault. ``source`` names the file.
    """

    id: str
    version: str
    status: str
    description: str
    message: str
    rule_type: str
    sensitivity: str
    executability: str
    check: Condition | Conditions
    scope: Scope = field(default_factory=Scope)
    output_variables: tuple[str, ...] = ()
    operations: tuple[Operation, ...] = ()
    match_datasets: tuple[MatchDataset, ...] = ()
    grouping_variables: tuple[str, ...] = ()
    references: tuple[RuleReference, ...] = ()
    severity: str = ""
    remedy: str = ""
    rationale: str = ""
    each_variable: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    source: str = ""

    @property
    def authority(self) -> str:
        """The organisations that state the rule."""
        return ", ".join(dict.fromkeys(item.organization for item in self.references))
