"""What rules are judged on: the datasets of a study, the standards and the study's define.xml."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from cdisc_tools.model.dictionaries import Dictionaries
from cdisc_tools.model.specification import Specification
from cdisc_tools.model.specs import Codelist
from cdisc_tools.rules.datasets import RuleDataset, join_parts
from cdisc_tools.rules.define_facts import DefineFacts
from cdisc_tools.rules.errors import RuleSkipped
from cdisc_tools.rules.library import Library

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class RuleStudy:
    """The datasets of a study as they lie in its files, and what they are held to.

    ``product`` is the standard that the rules are of (SDTMIG, ADAMIG, TIG ...); ``substandard``
    and ``use_case`` narrow it for TIG; ``define`` is the study's define.xml, None without one.
    ``dictionaries`` are its licensed dictionaries, and ``files`` the names of the files beside the
    datasets (define.xml ...), None where that isn't known.
    Rules are judged on the datasets of the names in ``judged``, all where it is None; the others
    are looked into.
    """

    datasets: tuple[RuleDataset, ...]
    library: Library = field(default_factory=Library.of)
    product: str = "SDTMIG"
    substandard: str = ""
    use_case: str = ""
    codelists: Mapping[str, Codelist] = field(default_factory=dict)
    define: Specification | None = None
    files: frozenset[str] | None = None
    dictionaries: Dictionaries = field(default_factory=Dictionaries)
    judged: frozenset[str] | None = None
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def keep(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what ``make`` gives, made once for each ``key``: rules share what they ask for."""
        if key not in self._kept:
            self._kept[key] = make()
        kept: Kept = self._kept[key]
        return kept

    def forget(self) -> None:
        """Drop what was kept."""
        self._kept.clear()

    @cached_property
    def wholes(self) -> Mapping[str, RuleDataset]:
        """The datasets with the parts of a split one joined, by the name of the whole."""
        return {name: join_parts(parts) for name, parts in self.parts.items()}

    @cached_property
    def parts(self) -> Mapping[str, tuple[RuleDataset, ...]]:
        """The datasets as they lie in their files, by the name of the whole."""
        found: dict[str, list[RuleDataset]] = {}
        for dataset in self.datasets:
            found.setdefault(dataset.whole_name, []).append(dataset)
        return {name: tuple(parts) for name, parts in found.items()}

    @cached_property
    def define_facts(self) -> DefineFacts:
        """What the define.xml says; raises RuleSkipped without one."""
        if self.define is None:
            raise RuleSkipped("there is no define.xml")
        return DefineFacts(self.define)

    def find(self, name: str) -> RuleDataset | None:
        """Return a dataset by its name, its domain or the name of its whole, None without one.

        ``SUPP--`` finds the first supplemental qualifiers that there are.
        """
        if name in self.wholes or not name:
            return self.wholes.get(name)
        for dataset in self.datasets:
            if name in {dataset.name, dataset.domain}:
                return self.wholes[dataset.whole_name]
            if name.endswith("--") and dataset.whole_name.startswith(name[:-2]):
                return self.wholes[dataset.whole_name]
        return None
