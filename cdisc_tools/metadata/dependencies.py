"""What an ADaM variable needs beside it, and of which variables one must be there (presence)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from cdisc_tools.metadata.adam_names import fill_in, is_pattern, match_indexes
from cdisc_tools.metadata.faults import Fault
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.standards import ADAM
from cdisc_tools.model.specs import Codelist, DatasetSpec

_COLUMNS = ("structure", "variable", "needs", "least", "rule")
_STRUCTURES: Mapping[str, tuple[str, ...]] = {
    "SUBJECT LEVEL ANALYSIS DATASET": ("ALL", "ADSL"),
    "BASIC DATA STRUCTURE": ("ALL", "BDS"),
    "OCCURRENCE DATA STRUCTURE": ("ALL", "OCCDS"),
    "ADAM OTHER": ("ALL",),
}
_ADVERSE_EVENTS = ("AE", {"AETERM", "AEDECOD", "AESEQ"})


@dataclass(frozen=True)
class Dependency:
    """Where ``variables`` are all there, one of ``needs`` must be, with the same numbers.

    Without ``variables`` one of ``needs`` must be in any dataset of the structure. ``least`` is
    the number from which on a numbered name has the need; ``rule`` the id of the published ADaM
    conformance rule it is taken from, "" for none.
    """

    structure: str
    variables: tuple[str, ...]
    needs: tuple[str, ...]
    least: int
    rule: str


@lru_cache(maxsize=4)
def read_dependencies(standard: str = ADAM) -> tuple[Dependency, ...]:
    """Read what the variables of an ADaM standard need."""
    path = specs_path() / "standards" / standard / "dependencies.csv"
    return tuple(
        Dependency(
            structure=line["structure"],
            variables=tuple(line["variable"].split(";")) if line["variable"] else (),
            needs=tuple(line["needs"].split(";")),
            least=int(line["least"] or 0),
            rule=line["rule"],
        )
        for line in read_table(path, _COLUMNS)
    )


def find_absent_dependencies(
    frame: pd.DataFrame, spec: DatasetSpec, _codelists: Mapping[str, Codelist]
) -> tuple[Fault, ...]:
    """Find ADaM variables without the one they need (CDT-A022); what they need is the detail.

    Of two rules that ask the same of a variable the first is named. SDTM datasets have none.
    """
    columns = [str(name) for name in frame.columns]
    found: dict[tuple[str, str], Fault] = {}
    for dependency in _applicable(spec, columns):
        for name, needs in _unmet(dependency, columns):
            text = " or ".join(needs)
            found.setdefault((name, text), Fault(name, _cited(text, dependency.rule)))
    return tuple(found.values())


def find_absent_alternatives(
    frame: pd.DataFrame, spec: DatasetSpec, _codelists: Mapping[str, Codelist]
) -> tuple[Fault, ...]:
    """Find that an ADaM dataset has none of some variables, of which it must have one (CDT-A023).

    An alternative may be a pattern, which any of its names meets. SDTM datasets have none.
    """
    columns = [str(name) for name in frame.columns]
    return tuple(
        Fault("", _cited(" or ".join(dependency.needs), dependency.rule))
        for dependency in _applicable(spec, columns)
        if not dependency.variables and not any(_is_met(n, columns) for n in dependency.needs)
    )


def _applicable(spec: DatasetSpec, columns: Collection[str]) -> Iterator[Dependency]:
    """Yield the dependencies of the structure that a dataset has."""
    structures = set(_STRUCTURES.get(spec.dataset_class, ()))
    domain, marks = _ADVERSE_EVENTS
    if "OCCDS" in structures and marks & set(columns):
        structures.add(domain)
    for dependency in read_dependencies():
        if dependency.structure in structures:
            yield dependency


def _unmet(dependency: Dependency, columns: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each variable that has the need, and the names that would meet it."""
    for first in dependency.variables[:1]:
        for name in columns:
            indexes = match_indexes(first, name)
            if indexes is None or _below(indexes, dependency.least):
                continue
            others = (fill_in(other, indexes) for other in dependency.variables[1:])
            needs = tuple(fill_in(need, indexes) for need in dependency.needs)
            if all(_is_met(other, columns) for other in others) and not any(
                _is_met(need, columns) for need in needs
            ):
                yield name, needs


def _below(indexes: Mapping[str, str], least: int) -> bool:
    """Tell whether a numbered name's number is too low to have the need."""
    numbers = [int(index) for index in indexes.values() if index.isdigit()]
    return bool(numbers) and numbers[0] < least


def _is_met(need: str, columns: Collection[str]) -> bool:
    """Tell whether a name, or one that meets a pattern, is there."""
    if not is_pattern(need):
        return need in columns
    return any(match_indexes(need, name) is not None for name in columns)


def _cited(text: str, rule: str) -> str:
    """Name the published rule behind a need."""
    return f"{text} (ADaM conformance rule {rule})" if rule else text
