"""Datasets and variables as the standards in ``specs/standards`` define them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import DatasetSpec, VariableSpec

SDTM = "sdtmig-3.4"
ADAM = "adamig-1.3"

_GENERAL_CLASSES = frozenset({"Interventions", "Events", "Findings", "Findings About"})
_SUPPQUAL = "SUPPQUAL"
_SUPP = "SUPP"
_DATASET_COLUMNS = ("dataset", "label", "class", "structure", "keys")
_VARIABLE_COLUMNS = ("dataset", "variable", "label", "type", "core", "codelist", "values", "domain")


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
            )
            for line in read_table(folder / "datasets.csv", _DATASET_COLUMNS)
        }
    )


@lru_cache(maxsize=256)
def dataset_spec(dataset: str, *, standard: str = "") -> DatasetSpec:
    """Return what a standard says of one dataset; SUPPxx is SUPPQUAL for the domain xx.

    A dataset of a general observation class may also hold the identifier and timing variables of
    its class that its own table leaves out; they come last, as permissible.

    ``standard`` defaults to SDTMIG 3.4, or ADaMIG 1.3 for a name that starts with AD.
    Raises ConfigurationError for an unknown standard or dataset.
    """
    name = dataset.upper()
    standard = standard or standard_of(name)
    datasets = read_standard(standard)
    if name in datasets:
        return _with_general_variables(datasets, name, standard)
    if name.startswith(_SUPP) and len(name) > len(_SUPP) and _SUPPQUAL in datasets:
        return _supplemental_spec(datasets[_SUPPQUAL], name.removeprefix(_SUPP))
    known = ", ".join(sorted(datasets))
    raise ConfigurationError(f"{standard} has no dataset '{dataset}'; it has {known}.")


def _with_general_variables(
    datasets: Mapping[str, DatasetSpec], name: str, standard: str
) -> DatasetSpec:
    """Add the variables that any dataset of a general observation class may hold."""
    spec = datasets[name]
    path = specs_path() / "standards" / standard / "general_variables.csv"
    if spec.dataset_class not in _GENERAL_CLASSES or not path.is_file():
        return spec
    extra: list[VariableSpec] = []
    for line in read_table(path, ("variable", "label", "like")):
        own = line["variable"].replace("--", name[:2])
        if own not in spec.by_name:
            dataset, variable = line["like"].split(".")
            like = datasets[dataset].by_name[variable]
            order = len(spec.variables) + len(extra) + 1
            extra.append(replace(like, name=own, label=line["label"], core="Perm", order=order))
    return replace(spec, variables=(*spec.variables, *extra))


def _supplemental_spec(suppqual: DatasetSpec, domain: str) -> DatasetSpec:
    """Make the spec of SUPPxx: its records relate to domain xx only."""
    variables = tuple(
        replace(variable, values=(domain[:2],)) if variable.name == "RDOMAIN" else variable
        for variable in suppqual.variables
    )
    return replace(
        suppqual,
        name=_SUPP + domain,
        label=f"{suppqual.label} for {domain}",
        variables=variables,
    )


def _read_variables(path: Path) -> dict[str, tuple[VariableSpec, ...]]:
    """Read the variables of each dataset, in the order of the ``order`` column."""
    found: defaultdict[str, list[VariableSpec]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for line in read_table(path, _VARIABLE_COLUMNS):
        key = (line["dataset"], line["variable"])
        if key in seen:
            raise ConfigurationError(f"{path}: {key[0]}.{key[1]} stands there twice; drop one.")
        seen.add(key)
        found[key[0]].append(_variable(path, line, len(found[key[0]]) + 1))
    return {
        dataset: tuple(sorted(variables, key=lambda variable: variable.order))
        for dataset, variables in found.items()
    }


def _variable(path: Path, line: Mapping[str, str], position: int) -> VariableSpec:
    """Make a variable from its line; lists in a cell are set apart by semicolons.

    ``position`` among the lines of its dataset stands in for an empty order.
    """
    if line["type"] not in {"Char", "Num"}:
        raise ConfigurationError(
            f"{path}: {line['dataset']}.{line['variable']} has type '{line['type']}'; "
            "it must be Char or Num."
        )
    try:
        order, length = int(line.get("order") or position), int(line.get("length") or 0)
    except ValueError as error:
        raise ConfigurationError(
            f"{path}: {line['dataset']}.{line['variable']}: order and length must be whole numbers."
        ) from error
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
