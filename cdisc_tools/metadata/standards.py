"""Datasets and variables as the standards in ``specs/standards`` define them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from cdisc_tools.metadata.adam_names import example_of, is_pattern
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import Comparison, DatasetSpec, ValueLevelSpec, VariableSpec

SDTM = "sdtmig-3.4"
ADAM = "adamig-1.3"

GENERAL_CLASSES = frozenset({"Interventions", "Events", "Findings", "Findings About"})
_SECTIONS = {"Identifier": 0, "Timing": 2}
_SUPPQUAL = "SUPPQUAL"
_SUPP = "SUPP"
_DATASET_COLUMNS = ("dataset", "label", "class", "structure", "keys")
_STRUCTURE_COLUMNS = ("structure", "label", "class", "records", "keys")
_FACT_COLUMNS = ("variable", "label", "type", "core", "codelist", "values", "domain")
_CLASS_COLUMNS = ("class", "variable", "label", "like", "core", "codelist")
_VALUE_COLUMNS = ("dataset", "variable", "when", "equals", "codelist")


def standard_of(dataset: str) -> str:
    """Name the standard that a dataset belongs to by default: ADaM when its name starts AD.

    >>> standard_of("ADSL"), standard_of("AE")
    ('adamig-1.3', 'sdtmig-3.4')
    """
    return ADAM if dataset.upper().startswith("AD") else SDTM


@lru_cache(maxsize=8)
def read_standard(name: str) -> Mapping[str, DatasetSpec]:
    """Read a standard: its datasets by name, in the standard's order.

    ``name`` is a folder of ``specs/standards``. For ADaM the datasets are the product's own
    analysis datasets (``analysis_datasets.csv``), built on the structures of the ADaMIG.
    Raises ConfigurationError for an unknown standard or a table that can't be read.
    """
    folder = specs_path() / "standards" / name
    if not (folder / "datasets.csv").is_file():
        known = ", ".join(sorted(path.parent.name for path in folder.parent.glob("*/datasets.csv")))
        raise ConfigurationError(f"There is no standard '{name}'; choose one of {known}.")
    own = folder / "analysis_datasets.csv"
    variables = _read_variables(own if own.is_file() else folder / "variables.csv")
    return MappingProxyType(
        {
            line["dataset"]: DatasetSpec(
                name=line["dataset"],
                label=line["label"],
                dataset_class=line["class"],
                structure=line["structure"],
                keys=tuple(line["keys"].split()),
                variables=variables.get(line["dataset"], ()),
                value_level=_read_value_level(folder, line["dataset"], variables),
            )
            for line in read_table(folder / "datasets.csv", _DATASET_COLUMNS)
        }
    )


@lru_cache(maxsize=256)
def dataset_spec(dataset: str, *, standard: str = "") -> DatasetSpec:
    """Return what a standard says of one dataset; SUPPxx is SUPPQUAL for the domain xx.

    A dataset of a general observation class may also hold the identifier and timing variables of
    its class that its own table leaves out; they come last, as permissible. A structure of ADaM
    (BDS, TTE, OCCDS, OTHER) is given by the variables whose names it fixes.

    ``standard`` defaults to SDTMIG 3.4, or ADaMIG 1.3 for a name that starts with AD.
    Raises ConfigurationError for an unknown standard or dataset.
    """
    name = dataset.upper()
    standard = standard or standard_of(name)
    datasets = read_standard(standard)
    if name in datasets:
        spec = datasets[name]
        general = spec.dataset_class in GENERAL_CLASSES
        return with_variables(spec, general_variables(name, standard)) if general else spec
    if name in read_structures(standard):
        return structure_spec(name, standard=standard)
    if name.startswith(_SUPP) and len(name) > len(_SUPP) and _SUPPQUAL in datasets:
        return _supplemental_spec(datasets, name.removeprefix(_SUPP))
    known = ", ".join(sorted(datasets))
    raise ConfigurationError(f"{standard} has no dataset '{dataset}'; it has {known}.")


@lru_cache(maxsize=8)
def read_structures(standard: str = ADAM) -> Mapping[str, DatasetSpec]:
    """Read the structures of an ADaM standard by name; none for another standard.

    Their variables include name patterns (TRTxxP); "ALL" holds those of every structure and is
    no structure itself, so it has no label and no class.
    """
    folder = specs_path() / "standards" / standard
    if not (folder / "structures.csv").is_file():
        return MappingProxyType({})
    variables = _read_variables(folder / "variables.csv", owner="structure")
    lines = list(read_table(folder / "structures.csv", _STRUCTURE_COLUMNS))
    specs = {
        line["structure"]: DatasetSpec(
            name=line["structure"],
            label=line["label"],
            dataset_class=line["class"],
            structure=line["records"],
            keys=tuple(line["keys"].split()),
            variables=variables[line["structure"]],
        )
        for line in lines
    }
    every = DatasetSpec("ALL", "", "", "", (), variables.get("ALL", ()))
    return MappingProxyType(specs | {"ALL": every})


@lru_cache(maxsize=16)
def structure_spec(structure: str, *, standard: str = ADAM) -> DatasetSpec:
    """Return a structure of ADaM by the variables whose names it fixes.

    A required name that is a pattern stands with its first number (TRT01P of TRTxxP). What is
    required of one domain's occurrences alone (AESER) is conditional here.
    Raises ConfigurationError for an unknown structure.
    """
    structures = read_structures(standard)
    if structure not in structures or structure == "ALL":
        known = ", ".join(sorted(set(structures) - {"ALL"}))
        raise ConfigurationError(f"{standard} has no structure '{structure}'; it has {known}.")
    spec = structures[structure]
    variables = [
        replace(example_of(variable), core="Cond")
        if source_variable(variable.name, variable.name[:2])
        else example_of(variable)
        for variable in spec.variables
        if not is_pattern(variable.name) or _is_first_required(variable)
    ]
    names = {variable.name for variable in variables}
    keys = tuple(key for key in spec.keys if key in names)
    return replace(spec, variables=tuple(variables), keys=keys)


def source_variable(name: str, dataset: str, *, standard: str = SDTM) -> VariableSpec | None:
    """Return the variable of a general-class SDTM dataset, None where there is none."""
    spec = read_standard(standard).get(dataset)
    if spec is None or spec.dataset_class not in GENERAL_CLASSES or not name.startswith(dataset):
        return None
    return dataset_spec(dataset, standard=standard).by_name.get(name)


def _is_first_required(variable: VariableSpec) -> bool:
    """Tell whether a pattern must be met by a first name: not one of any domain's variable."""
    return variable.core == "Req" and "--" not in variable.name


@lru_cache(maxsize=256)
def general_variables(domain: str, standard: str = SDTM) -> tuple[VariableSpec, ...]:
    """Return the identifier and timing variables that any dataset of a general class may hold."""
    datasets = read_standard(standard)
    path = specs_path() / "standards" / standard / "general_variables.csv"
    if not path.is_file():
        return ()
    return tuple(
        replace(
            _like(datasets, line["like"]),
            name=line["variable"].replace("--", domain[:2]),
            label=line["label"],
            core="Perm",
            label_is_free=line["variable"] in _worded_by_domain(standard),
        )
        for line in _read_cached(path, ("variable", "label", "like"))
    )


@lru_cache(maxsize=256)
def class_variables(
    domain: str, dataset_class: str, standard: str = SDTM
) -> tuple[VariableSpec, ...]:
    """Return the variables of a general observation class, in order, for a domain.

    The identifiers come first, then the topic and the qualifiers, then timing; none for a
    dataset of another class. The fixed value of DOMAIN is the domain.
    """
    datasets = read_standard(standard)
    path = specs_path() / "standards" / standard / "class_variables.csv"
    if not path.is_file():
        return ()
    found = []
    for line in _read_cached(path, _CLASS_COLUMNS):
        if dataset_class in line["class"].split(";"):
            name = line["variable"].replace("--", domain[:2])
            like = replace(
                _like(datasets, line["like"]),
                name=name,
                label=line["label"],
                core=line["core"],
                codelists=_list(line["codelist"]),
                values=(domain[:2],) if name == "DOMAIN" else (),
                label_is_free=line["variable"] in _worded_by_domain(standard),
            )
            found.append(like)
    return _in_order([*found, *general_variables(domain, standard)])


@lru_cache(maxsize=256)
def model_variables(
    domain: str, dataset_class: str, standard: str = SDTM
) -> tuple[VariableSpec, ...]:
    """Return the variables that the SDTM allows in a domain of a general class, in its order.

    They are those of ``model_variables.csv``; of a section (identifiers, qualifiers, timing) that
    it leaves out, those of ``class_variables``. None of them is required: that the guide says.
    Where no guide tells more of a variable, its label and type are "".
    """
    known = {item.name: item for item in class_variables(domain, dataset_class, standard)}
    found: dict[str, VariableSpec] = {}
    for line in _model_lines(standard):
        if line["class"] == dataset_class:
            name = line["variable"].replace("--", domain)
            spec = known.get(name, VariableSpec(name, "", "", ""))
            found[name] = replace(spec, role=line["role"], core="Perm")
    sections = {section(item) for item in found.values()}
    for item in known.values():
        if section(item) not in sections:
            found[item.name] = replace(item, core="Perm")
    return tuple(sorted(found.values(), key=section))


def associated_persons_variables(standard: str = SDTM) -> tuple[str, ...]:
    """Return the identifiers of persons who are no subjects, which stand for USUBJID."""
    lines = _model_lines(standard)
    return tuple(line["variable"] for line in lines if line["class"] == "Associated Persons")


@lru_cache(maxsize=8)
def model_datasets(standard: str = SDTM) -> Mapping[str, str]:
    """Return the class of each dataset that the SDTM has beside those of its guide."""
    path = specs_path() / "standards" / standard / "model_datasets.csv"
    lines = _read_cached(path, ("dataset", "label", "class")) if path.is_file() else ()
    return MappingProxyType({line["dataset"]: line["class"] for line in lines})


def _model_lines(standard: str) -> tuple[dict[str, str], ...]:
    path = specs_path() / "standards" / standard / "model_variables.csv"
    return _read_cached(path, ("class", "order", "variable", "role")) if path.is_file() else ()


def section(variable: VariableSpec) -> int:
    """Rank a variable as the SDTM does: identifiers, topic and qualifiers, timing."""
    return _SECTIONS.get(variable.role, 1)


@lru_cache(maxsize=8)
def _worded_by_domain(standard: str) -> frozenset[str]:
    """Return the variables of the general classes (--TERM) whose labels differ by domain."""
    labels: defaultdict[str, set[str]] = defaultdict(set)
    for name, spec in read_standard(standard).items():
        if spec.dataset_class in GENERAL_CLASSES:
            for variable in spec.variables:
                generic = re.sub(f"^{name}", "--", variable.name)
                labels[generic].add(variable.label.casefold())
    return frozenset(name for name, found in labels.items() if len(found) > 1)


def _in_order(variables: list[VariableSpec]) -> tuple[VariableSpec, ...]:
    """Sort variables as the SDTM does: identifiers, topic and qualifiers, timing; number them."""
    ordered = sorted(variables, key=section)
    return tuple(replace(variable, order=place) for place, variable in enumerate(ordered, 1))


def with_variables(spec: DatasetSpec, extra: Iterable[VariableSpec]) -> DatasetSpec:
    """Add variables that a dataset lacks, behind its own."""
    added = [variable for variable in extra if variable.name not in spec.by_name]
    if not added:
        return spec
    first = len(spec.variables) + 1
    numbered = (replace(variable, order=place) for place, variable in enumerate(added, first))
    return replace(spec, variables=(*spec.variables, *numbered))


def _like(datasets: Mapping[str, DatasetSpec], place: str) -> VariableSpec:
    """Return the variable of a standard that a line names (AE.AEGRPID)."""
    dataset, variable = place.split(".")
    return datasets[dataset].by_name[variable]


@lru_cache(maxsize=16)
def _read_cached(path: Path, columns: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """Read a table once, however many datasets ask for it."""
    return tuple(read_table(path, columns))


def _supplemental_spec(datasets: Mapping[str, DatasetSpec], domain: str) -> DatasetSpec:
    """Make the spec of SUPPxx: its records relate to domain xx only.

    The codelist of domains holds those of the standard, so a sponsor's own isn't held to it.
    """
    suppqual = datasets[_SUPPQUAL]
    related = replace(suppqual.by_name["RDOMAIN"], values=(domain[:2],))
    if domain[:2] not in datasets:
        related = replace(related, codelists=())
    return replace(
        suppqual,
        name=_SUPP + domain,
        label=f"{suppqual.label} for {domain}",
        variables=tuple(
            related if variable.name == related.name else variable
            for variable in suppqual.variables
        ),
    )


def _read_value_level(
    folder: Path, dataset: str, variables: Mapping[str, tuple[VariableSpec, ...]]
) -> tuple[ValueLevelSpec, ...]:
    """Read which codelist binds a variable where another one has a value; none without a table."""
    path = folder / "value_level.csv"
    if not path.is_file():
        return ()
    by_name = {variable.name: variable for variable in variables.get(dataset, ())}
    return tuple(
        ValueLevelSpec(
            replace(by_name[line["variable"]], codelists=_list(line["codelist"])),
            (Comparison(line["when"], "EQ", (line["equals"],)),),
        )
        for line in _read_cached(path, _VALUE_COLUMNS)
        if line["dataset"] == dataset
    )


def _read_variables(path: Path, *, owner: str = "dataset") -> dict[str, tuple[VariableSpec, ...]]:
    """Read the variables of each dataset, in the order of the ``order`` column.

    A structure (``owner``) may have a variable in several sections; the first one counts.
    """
    found: defaultdict[str, list[VariableSpec]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for line in read_table(path, (owner, *_FACT_COLUMNS)):
        key = (line[owner], line["variable"])
        if key in seen and owner == "dataset":
            raise ConfigurationError(f"{path}: {key[0]}.{key[1]} stands there twice; drop one.")
        if key not in seen:
            place = f"{path}: {key[0]}.{key[1]}"
            found[key[0]].append(_variable(place, line, len(found[key[0]]) + 1))
        seen.add(key)
    return {
        dataset: tuple(sorted(variables, key=lambda variable: variable.order))
        for dataset, variables in found.items()
    }


def _variable(place: str, line: Mapping[str, str], position: int) -> VariableSpec:
    """Make a variable from its line; lists in a cell are set apart by semicolons.

    ``position`` among the lines of its dataset stands in for an empty order; ``place`` names the
    file and the variable.
    """
    if line["type"] not in {"Char", "Num"}:
        raise ConfigurationError(f"{place} has type '{line['type']}'; it must be Char or Num.")
    try:
        order, length = int(line.get("order") or position), int(line.get("length") or 0)
    except ValueError as error:
        raise ConfigurationError(f"{place}: order and length must be whole numbers.") from error
    return VariableSpec(
        name=line["variable"],
        label=line["label"],
        type=line["type"],
        core=line["core"],
        order=order,
        role=line.get("role", ""),
        codelists=_list(line["codelist"]),
        values=_list(line["values"]),
        domain=line["domain"],
        length=length or None,
        format=line.get("format", ""),
    )


def _list(cell: str) -> tuple[str, ...]:
    """Split a cell at its semicolons."""
    return tuple(item.strip() for item in cell.split(";")) if cell else ()
