"""The specification of any dataset: of a standard, a part of a domain, or a sponsor's own."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cdisc_tools.metadata.analysis_structures import resolve_analysis_dataset
from cdisc_tools.metadata.custom_domains import (
    custom_spec,
    is_domain_name,
    recognize_class,
    split_spec,
)
from cdisc_tools.metadata.standards import (
    ADAM,
    GENERAL_CLASSES,
    SDTM,
    class_variables,
    dataset_spec,
    read_standard,
    read_structures,
    standard_of,
    structure_spec,
    with_variables,
)
from cdisc_tools.model.errors import ConfigurationError, UnknownDatasetError
from cdisc_tools.model.specs import DatasetSpec
from cdisc_tools.model.study import CustomDomain

NO_DOMAINS: Mapping[str, CustomDomain] = MappingProxyType({})
_SUPP = "SUPP"


def resolve_dataset(
    name: str,
    columns: Sequence[str] = (),
    *,
    standard: str = "",
    custom: Mapping[str, CustomDomain] = NO_DOMAINS,
    dataset_class: str = "",
) -> DatasetSpec:
    """Return the specification of a dataset of any sponsor, by its name and its columns.

    A dataset of the standard is as ``dataset_spec`` has it, with the further qualifiers of its
    class that are among the columns; LBCH is a part of LB; XX is a domain of ``custom``
    (study.yaml), or one whose class its topic variable tells; SUPPxx holds the supplemental
    qualifiers of any of these. A dataset of ADaM is one whose name starts with AD, or any where
    ``standard`` is one of ADaM; its structure is told by its columns. Without columns BDS, TTE,
    OCCDS and OTHER are the structures themselves.

    ``standard`` defaults to SDTMIG 3.4 and ADaMIG 1.3. One of the SDTM doesn't bind ADaM names.
    ``dataset_class`` is what a study's specification says of a dataset of the sponsor's own, in
    any case of letters; it goes before what the columns tell.
    Raises ConfigurationError for an unknown standard, UnknownDatasetError for a name that nothing
    tells the class of.
    """
    name = name.upper()
    analysis = bool(standard) and bool(read_structures(standard))
    adam = standard if analysis else ADAM
    if not columns and name in read_structures(adam) and name not in read_standard(adam):
        return structure_spec(name, standard=adam)
    if analysis or (standard_of(name) == ADAM and name not in custom):
        return resolve_analysis_dataset(
            name,
            tuple(columns),
            standard=adam,
            dataset_class=dataset_class,
        )
    if dataset_class and is_domain_name(name) and name[:2] not in custom:
        declared = CustomDomain(name[:2], dataset_class.title(), "")
        custom = _with_declared(declared, standard or SDTM, custom)
    return _tabulation_spec(name, columns, standard or SDTM, custom)


def _with_declared(
    domain: CustomDomain, standard: str, custom: Mapping[str, CustomDomain]
) -> Mapping[str, CustomDomain]:
    """Add a domain that is declared elsewhere, unless the standard has it or its class is none."""
    if domain.name in read_standard(standard) or domain.dataset_class not in GENERAL_CLASSES:
        return custom
    return {**custom, domain.name: domain}


def _tabulation_spec(
    name: str, columns: Sequence[str], standard: str, custom: Mapping[str, CustomDomain]
) -> DatasetSpec:
    """Find an SDTM dataset: its own name, that of the whole it is a part of, its topic."""
    datasets = read_standard(standard)
    both = sorted(set(custom) & set(datasets))
    if both:
        raise ConfigurationError(
            f"study.yaml: datasets.{both[0]} is a dataset of {standard}; only a domain of the "
            "sponsor's own stands there, so take it out or give it another name."
        )
    if name in datasets or (name.startswith(_SUPP) and is_domain_name(name[len(_SUPP) :])):
        return _with_qualifiers(dataset_spec(name, standard=standard), columns, standard)
    domain = name[:2]
    if not is_domain_name(name):
        raise _unknown(name, standard)
    if domain in datasets and datasets[domain].dataset_class in GENERAL_CLASSES:
        whole = _with_qualifiers(dataset_spec(domain, standard=standard), columns, standard)
    elif domain in custom:
        whole = custom_spec(custom[domain], standard=standard)
    elif domain not in datasets and (found := recognize_class(domain, columns, standard=standard)):
        whole = custom_spec(CustomDomain(domain, found, ""), standard=standard)
    else:
        raise _unknown(name, standard)
    return whole if name == domain else split_spec(whole, name)


def _with_qualifiers(spec: DatasetSpec, columns: Sequence[str], standard: str) -> DatasetSpec:
    """Add the variables of a dataset's general class that are among its columns."""
    if spec.dataset_class not in GENERAL_CLASSES or set(columns) <= set(spec.by_name):
        return spec
    present = set(columns)
    model = class_variables(spec.name, spec.dataset_class, standard)
    return with_variables(spec, (item for item in model if item.name in present))


def _unknown(name: str, standard: str) -> UnknownDatasetError:
    """Say what to do about a dataset that nothing is known of."""
    datasets = read_standard(standard)
    known = f"it has {', '.join(sorted(datasets))}."
    domain = name[:2]
    if not is_domain_name(name) or domain in datasets:
        return UnknownDatasetError(f"{standard} has no dataset '{name}'; {known}")
    return UnknownDatasetError(
        f"{standard} has no dataset '{name}', and no column tells its class ({domain}TRT, "
        f"{domain}TERM or {domain}TESTCD); name the domain in study.yaml, such as `datasets: "
        f"{{{domain}: {{class: Findings, label: ...}}}}`. Of the standard, {known}"
    )
