"""What rules ask of the standards: classes of domains, their labels and variables in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from cdisc_tools.metadata.analysis_structures import guide_variable, recognize_structure
from cdisc_tools.metadata.standards import (
    GENERAL_CLASSES,
    SDTM,
    associated_persons_variables,
    model_datasets,
    model_variables,
    read_standard,
    section,
)
from cdisc_tools.model.specs import DatasetSpec, VariableSpec
from cdisc_tools.rules.datasets import RuleDataset

_SUPPQUAL = "SUPPQUAL"
_FINDINGS, _FINDINGS_ABOUT = "FINDINGS", "FINDINGS ABOUT"
# a dataset that no standard knows is told by its topic variable
_TOPICS = (("TERM", "EVENTS"), ("TRT", "INTERVENTIONS"), ("QNAM", "RELATIONSHIP"))
NO_STANDARD: Mapping[str, DatasetSpec] = MappingProxyType({})


@dataclass(frozen=True)
class Library:
    """The facts of one standard of the SDTM; what is asked of a dataset is worked out once.

    ``standard`` is a folder of ``specs/standards``; ``datasets`` its datasets by name, none where
    rules of another standard are judged (ADaM).
    """

    standard: str = SDTM
    datasets: Mapping[str, DatasetSpec] = field(default_factory=lambda: NO_STANDARD)

    @classmethod
    def of(cls, standard: str = SDTM) -> "Library":
        """Read a standard of ``specs/standards``."""
        return cls(standard, read_standard(standard))

    def is_custom(self, domain: str) -> bool:
        """True for a domain that the standard doesn't have."""
        return domain not in self.datasets and domain not in self._model_datasets()

    def label(self, domain: str) -> str:
        """The standard's label of a domain, "" for one that it doesn't have."""
        return self.datasets[domain].label if domain in self.datasets else ""

    def class_of(self, dataset: RuleDataset) -> str:
        """The observation class of a dataset, by the standard or by its topic variable.

        It is written as in controlled terminology (SPECIAL PURPOSE); "" for an unknown one.
        """
        spec = self.datasets.get(dataset.whole_name)
        name = spec.dataset_class if spec else self._model_datasets().get(dataset.whole_name)
        return name.upper().replace("-", " ") if name else self._class_by_topic(dataset)

    def _model_datasets(self) -> Mapping[str, str]:
        return model_datasets(self.standard) if self.datasets else {}

    def _class_by_topic(self, dataset: RuleDataset) -> str:
        table = dataset.table
        if "DOMAIN" in table:
            prefix = dataset.domain
        elif "RDOMAIN" in table:
            prefix = ""
        else:
            return ""
        for topic, name in _TOPICS:
            if prefix + topic in table:
                return name
        if prefix + "TESTCD" in table:
            return _FINDINGS_ABOUT if prefix + "OBJ" in table else _FINDINGS
        like = self.datasets.get(dataset.associated_persons_domain)
        return like.dataset_class.upper().replace("-", " ") if like else ""

    def variables(self, dataset: RuleDataset) -> tuple[VariableSpec, ...]:
        """The variables that a dataset may have, in the standard's order: those of its class,
        with what the implementation guide says of them.
        """
        spec = self._spec(dataset)
        model = self.model_variables(dataset)
        if spec is None or not self._is_general(dataset):
            return model
        found = {variable.name: variable for variable in model}
        for variable in _of_persons(_named(spec, dataset), dataset, self.standard):
            found[variable.name] = variable
        return tuple(sorted(found.values(), key=section))

    def model_variables(self, dataset: RuleDataset) -> tuple[VariableSpec, ...]:
        """The variables of a dataset's class in the SDTM's order; of a dataset that belongs to
        no general class its own.
        """
        spec = self._spec(dataset)
        if self._is_general(dataset):
            found = model_variables(dataset.prefix, self.class_of(dataset).title(), self.standard)
        else:
            found = _named(spec, dataset) if spec else ()
        return _of_persons(found, dataset, self.standard)

    def _is_general(self, dataset: RuleDataset) -> bool:
        return self.class_of(dataset).title() in GENERAL_CLASSES

    def _spec(self, dataset: RuleDataset) -> DatasetSpec | None:
        if dataset.is_supplemental:
            return self.datasets.get(_SUPPQUAL)
        like = dataset.associated_persons_domain
        return self.datasets.get(like or dataset.whole_name)


def _named(spec: DatasetSpec, dataset: RuleDataset) -> tuple[VariableSpec, ...]:
    """Give a dataset's variables the names that they have in one like it (APEG of EG)."""
    return tuple(
        replace(variable, name=variable.name.replace("--", dataset.prefix))
        for variable in spec.variables
    )


def _of_persons(
    variables: tuple[VariableSpec, ...], dataset: RuleDataset, standard: str
) -> tuple[VariableSpec, ...]:
    """Put the identifiers of persons who are no subjects in the place of USUBJID."""
    if not dataset.is_associated_persons:
        return variables
    names = associated_persons_variables(standard)
    persons = tuple(VariableSpec(name, "", "Char", "Perm", role="Identifier") for name in names)
    kept = (item for item in variables if item.name != "USUBJID")
    return tuple(sorted((*kept, *persons), key=section))


def analysis_variable(dataset: RuleDataset, name: str) -> VariableSpec | None:
    """What the ADaM implementation guide says of a variable's name, None where it says nothing."""
    return guide_variable(recognize_structure(dataset.name.upper(), dataset.table.names), name)
