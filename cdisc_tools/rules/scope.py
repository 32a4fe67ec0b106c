"""Which datasets a rule is about."""

from cdisc_tools.metadata.analysis_structures import occurrence_domain, recognize_structure
from cdisc_tools.metadata.standards import ADAM, read_structures
from cdisc_tools.model.rules import Choice, Rule
from cdisc_tools.rules.datasets import RuleDataset
from cdisc_tools.rules.study import RuleStudy

ALL = "ALL"
_SUPPLEMENTAL = frozenset({"SUPP--", "SQ--"})
_ASSOCIATED_PERSONS = frozenset({"AP--", "APFA--"})
_FINDINGS, _FINDINGS_ABOUT = "FINDINGS", "FINDINGS ABOUT"
_SUBCLASSES = {"TTE": "TIME-TO-EVENT"}
_ADVERSE_EVENTS = "ADVERSE EVENT"


def outside_scope(rule: Rule, dataset: RuleDataset, study: RuleStudy) -> str:
    """Say what keeps a rule from a dataset, "" where it is about it.

    ``dataset`` is the first part of one that was split.
    """
    scope = rule.scope
    if study.use_case and scope.use_cases and study.use_case not in scope.use_cases:
        return "outside its use cases"
    structures = scope.data_structures
    if structures.include or structures.exclude:
        if not dataset.is_analysis:
            return f"{dataset.name} is no analysis dataset"
        names = data_structures(dataset)
        if not _chosen(structures, names):
            return "outside its data structures"
    if not _chosen(scope.datasets, (dataset.name, dataset.whole_name)):
        return "outside its datasets"
    if not _in_domains(rule, dataset):
        return "outside its domains"
    return _outside_classes(rule, dataset, study)


def data_structures(dataset: RuleDataset) -> tuple[str, ...]:
    """Return the ADaM data structure of a dataset, and the subclass that its variables tell."""
    names = dataset.table.names
    structure = recognize_structure(dataset.name.upper(), names)
    found = [read_structures(ADAM)[structure].dataset_class]
    if structure in _SUBCLASSES:
        found.append(_SUBCLASSES[structure])
    if structure == "OCCDS" and occurrence_domain(names) == "AE":
        found.append(_ADVERSE_EVENTS)
    return tuple(found)


def _chosen(choice: Choice, names: tuple[str, ...]) -> bool:
    """Tell whether any of the names is included, and none excluded."""
    included = not choice.include or ALL in choice.include or bool(set(names) & set(choice.include))
    return included and not set(names) & set(choice.exclude)


def _in_domains(rule: Rule, dataset: RuleDataset) -> bool:
    domains, split = rule.scope.domains, rule.scope.include_split_datasets
    names = {dataset.domain, dataset.name, ALL, *_families(dataset)} - {""}
    included = (
        bool(names & set(domains.include))
        or (split is True and dataset.is_split)
        or (not domains.include and split is not True)
    )
    excluded = bool((names | {dataset.whole_name}) & set(domains.exclude)) or (
        split is False and dataset.is_split
    )
    return included and not excluded


def _families(dataset: RuleDataset) -> frozenset[str]:
    """The families of domains (SUPP--, AP--) that a dataset belongs to."""
    if dataset.is_supplemental:
        return _SUPPLEMENTAL
    return _ASSOCIATED_PERSONS if dataset.is_associated_persons else frozenset()


def _outside_classes(rule: Rule, dataset: RuleDataset, study: RuleStudy) -> str:
    classes = rule.scope.classes
    if ALL in classes.include or not (classes.include or classes.exclude):
        return ""
    name = study.library.class_of(dataset)
    names = {name, _FINDINGS} if name == _FINDINGS_ABOUT else {name}
    if classes.include and not names & set(classes.include):
        return "outside its classes"
    if name and names & set(classes.exclude):
        return "outside its classes"
    return ""
