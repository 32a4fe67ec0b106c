"""Operations on what datasets are: their names and variables, and what the standard says."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from cdisc_tools.model.specs import VariableSpec
from cdisc_tools.rules.columns import Column, Value, as_text
from cdisc_tools.rules.datasets import RuleDataset
from cdisc_tools.rules.errors import RuleSkipped
from cdisc_tools.rules.evaluated import dataset_facts
from cdisc_tools.rules.operations.registry import Call, operation

_FACTS: dict[str, Callable[[VariableSpec], str]] = {
    "core": lambda item: item.core,
    "role": lambda item: item.role,
    "simpleDatatype": lambda item: item.type,
    "name": lambda item: item.name,
    "label": lambda item: item.label,
}


@operation("study_domains")
def study_domains(call: Call) -> Column:
    """The domains of the study."""
    return call.constant(tuple(dict.fromkeys(item.domain or None for item in call.study.datasets)))


@operation("dataset_names")
def dataset_names(call: Call) -> Column:
    """The names of the study's datasets."""
    return call.constant(tuple(dict.fromkeys(item.name for item in call.study.datasets)))


@operation("domain_is_custom")
def domain_is_custom(call: Call) -> Column:
    """True for a domain that the standard doesn't have."""
    domain = call.operation.domain or call.dataset.whole_name
    return call.constant(call.study.library.is_custom(domain))


@operation("related_domain_is_custom")
def related_domain_is_custom(call: Call) -> Column:
    """True for supplemental qualifiers of a domain that the standard doesn't have."""
    related = call.dataset.related_domain or call.dataset.associated_persons_domain
    return call.constant(bool(related) and call.study.library.is_custom(related[-2:]))


@operation("domain_label")
def domain_label(call: Call) -> Column:
    """The standard's label of the domain."""
    return call.constant(call.study.library.label(call.dataset.domain or call.dataset.name))


@operation("extract_metadata")
def extract_metadata(call: Call) -> Column:
    """A fact of the dataset's file: its name, label, size or location."""
    return call.constant(dataset_facts(call.dataset).get(call.operation.name))


@operation("variable_exists")
def variable_exists(call: Call) -> Column:
    """True when the dataset has a variable."""
    return call.constant(call.target in _contents(call).table)


@operation("variable_is_null")
def variable_is_null(call: Call) -> Column:
    """True when a variable isn't there, or is empty in all records.

    Asked are the records under check, by ``source: submission`` those of the dataset's file.
    """
    submitted = call.operation.domain or call.option("source") == "submission"
    table = _contents(call).table if submitted else call.table
    return call.constant(call.target not in table or bool(table[call.target].is_empty().all()))


@operation("variable_count")
def variable_count(call: Call) -> Column:
    """How many datasets of the study have a variable, ``--`` being each one's domain."""
    name = call.operation.name
    wholes = call.study.wholes.values()
    return call.constant(float(sum(item.table.expand(name) in item.table for item in wholes)))


@operation("variable_value_count")
def variable_value_count(call: Call) -> Column:
    """In how many datasets of the study each value of a variable occurs."""
    counts: dict[object, int] = {}
    for item in call.study.wholes.values():
        if call.operation.name in item.table:
            for value in item.table[call.operation.name].values:
                counts[value] = counts.get(value, 0) + 1
    return call.table[call.operation.name].map(lambda value: float(counts.get(value, 0)))


@operation("get_column_order_from_dataset")
def get_column_order_from_dataset(call: Call) -> Column:
    """The variables of the dataset, in its order."""
    return call.constant(tuple(_contents(call).table.names))


@operation("get_column_order_from_library")
def get_column_order_from_library(call: Call) -> Column:
    """The variables that the standard has for the dataset, in its order."""
    return call.constant(_names(_chosen(call, _standard(call))))


@operation("get_model_column_order")
def get_model_column_order(call: Call) -> Column:
    """The variables that the SDTM allows in a dataset of the class, in its order."""
    return call.constant(_names(_model(call, call.dataset)))


@operation("get_parent_model_column_order")
def get_parent_model_column_order(call: Call) -> Column:
    """The variables that the SDTM allows in the dataset of the record's RDOMAIN."""

    def allowed(domain: object) -> tuple[str, ...]:
        parent = call.study.find(as_text(domain))
        if parent is None:
            raise RuleSkipped(f"there is no dataset {domain}")
        return _names(_model(call, parent))

    return call.table["RDOMAIN"].map(allowed)


@operation("required_variables")
def required_variables(call: Call) -> Column:
    """The variables that the standard requires of the dataset."""
    return call.constant(_names(item for item in _standard(call) if item.core == "Req"))


@operation("expected_variables")
def expected_variables(call: Call) -> Column:
    """The variables that the standard expects of the dataset."""
    return call.constant(_names(item for item in _standard(call) if item.core == "Exp"))


@operation("permissible_variables")
def permissible_variables(call: Call) -> Column:
    """The variables that the standard permits in the dataset."""
    return call.constant(_names(item for item in _standard(call) if item.core == "Perm"))


@operation("get_dataset_filtered_variables")
def get_dataset_filtered_variables(call: Call) -> Column:
    """The variables of the standard with a property (``key_name`` is ``key_value``) that the
    dataset has.
    """
    names = _names(_chosen(call, _standard(call)))
    return call.constant(tuple(name for name in names if name in call.table))


@operation("get_model_filtered_variables")
def get_model_filtered_variables(call: Call) -> Column:
    """The variables of the SDTM's class with a property (``key_name`` is ``key_value``)."""
    return call.constant(_names(_chosen(call, _model(call, call.dataset))))


@operation("variable_names")
def variable_names(call: Call) -> Column:
    """All names of variables that the standard has."""
    return call.constant(
        tuple(dict.fromkeys(
            name for spec in call.study.library.datasets.values() for name in spec.by_name
        ))
    )  # fmt: skip


@operation("standard_domains")
def standard_domains(call: Call) -> Column:
    """The domains that the standard has."""
    return call.constant(tuple(call.study.library.datasets))


@operation("get_library_class_domains")
def get_library_class_domains(call: Call) -> Column:
    """The domains of a class (``domain_class``) that the standard has."""
    wanted = str(call.option("domain_class") or "").upper().replace("-", " ")
    specs = call.study.library.datasets.items()
    return call.constant(
        tuple(
            name for name, spec in specs
            if spec.dataset_class.upper().replace("-", " ") == wanted
        )
    )  # fmt: skip


@operation("name_referenced_variable_metadata")
def name_referenced_variable_metadata(call: Call) -> Mapping[str, Column]:
    """What the standard says of the variable whose name a value is: its name, label, role, core,
    simpleDatatype and ordinal, each a column; missing for no variable of the dataset.
    """
    return _referenced(call, "name")


@operation("label_referenced_variable_metadata")
def label_referenced_variable_metadata(call: Call) -> Mapping[str, Column]:
    """What the standard says of the variable whose label a value is, as by its name."""
    return _referenced(call, "label")


def _referenced(call: Call, by: str) -> Mapping[str, Column]:
    facts: Mapping[str, Callable[[VariableSpec], Value]] = {
        **_FACTS,
        "ordinal": lambda item: float(item.order),
    }
    known: dict[str, VariableSpec] = {}
    for item in _standard(call):
        known.setdefault(_FACTS[by](item), item)
    values = call.table[call.operation.name]
    return {name: values.map(partial(_fact_of, known, fact)) for name, fact in facts.items()}


def _fact_of(
    known: Mapping[str, VariableSpec], fact: Callable[[VariableSpec], Value], value: Value
) -> Value:
    found = known.get(as_text(value))
    return fact(found) if found else None


def _contents(call: Call) -> RuleDataset:
    """The dataset that an operation names, else the one under check."""
    if not call.operation.domain:
        return call.dataset
    return call.study.find(call.operation.domain) or call.dataset


def _standard(call: Call) -> tuple[VariableSpec, ...]:
    library, dataset = call.study.library, call.dataset
    return call.study.keep(("standard", dataset.name), lambda: library.variables(dataset))


def _model(call: Call, dataset: RuleDataset) -> tuple[VariableSpec, ...]:
    library = call.study.library
    return call.study.keep(("model", dataset.name), lambda: library.model_variables(dataset))


def _chosen(call: Call, variables: tuple[VariableSpec, ...]) -> tuple[VariableSpec, ...]:
    """Keep the variables that have the wanted property, all where none is asked for."""
    name = str(call.option("key_name") or "")
    if not name:
        return variables
    if name not in _FACTS:
        raise RuleSkipped(f"of the standard's variables the {name} is not held")
    fact, wanted = _FACTS[name], str(call.option("key_value"))
    return tuple(item for item in variables if fact(item) == wanted)


def _names(variables: Iterable[VariableSpec]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.name for item in variables))
