"""Domains of the sponsor's own: a general observation class of the SDTM makes their specification.

A domain is declared in ``study.yaml`` with its class, or known by the topic among its columns:
XXTRT of Interventions, XXTERM of Events, XXTESTCD of Findings, with XXOBJ of Findings About.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.standards import SDTM, class_variables
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import DatasetSpec
from cdisc_tools.model.study import CustomDomain

_COLUMNS = ("class", "topic", "structure", "keys")
_NAME = re.compile(r"[A-Z][A-Z0-9]{1,3}")


def is_domain_name(name: str) -> bool:
    """Tell whether a name may be a domain's, or that of a part of one (XB, XBCH).

    >>> is_domain_name("XB"), is_domain_name("XBCH"), is_domain_name("X"), is_domain_name("XBCHX")
    (True, True, False, False)
    """
    return _NAME.fullmatch(name) is not None


def recognize_class(domain: str, columns: Collection[str], *, standard: str = SDTM) -> str:
    """Return the general observation class of a domain by its topic variables, "" for none.

    Where two classes have their topics there, the one of more topic variables is meant.
    """
    for line in _classes(standard):
        topics = [topic.replace("--", domain) for topic in line["topic"].split(";")]
        if set(topics) <= set(columns):
            return line["class"]
    return ""


def custom_spec(domain: CustomDomain, *, standard: str = SDTM) -> DatasetSpec:
    """Make the specification of a sponsor's own domain.

    It holds every variable of its class; required are the identifiers of the record, the topic
    and, of a finding, the name of the test. DOMAIN is the domain.
    Raises ConfigurationError for an unknown class, or a key that is no variable of the class.
    """
    lines = {line["class"]: line for line in _classes(standard)}
    if domain.dataset_class not in lines:
        known = ", ".join(sorted(lines))
        raise ConfigurationError(
            f"{standard} has no general class '{domain.dataset_class}' for {domain.name}; "
            f"it has {known}."
        )
    line = lines[domain.dataset_class]
    variables = class_variables(domain.name, domain.dataset_class, standard)
    keys = tuple(key.replace("--", domain.name) for key in domain.keys or line["keys"].split())
    unknown = sorted(set(keys) - {variable.name for variable in variables})
    if unknown:
        raise ConfigurationError(
            f"The key variable {unknown[0]} of {domain.name} is no variable of the class "
            f"{domain.dataset_class}; correct datasets.{domain.name}.keys in study.yaml."
        )
    return DatasetSpec(
        name=domain.name,
        label=domain.label,
        dataset_class=domain.dataset_class,
        structure=domain.structure or line["structure"],
        keys=keys,
        variables=variables,
    )


def split_spec(spec: DatasetSpec, name: str) -> DatasetSpec:
    """Make the specification of a part of a domain (LBCH of LB): its name, the domain's facts."""
    return replace(spec, name=name, domain=spec.domain or spec.name)


@lru_cache(maxsize=8)
def _classes(standard: str) -> tuple[dict[str, str], ...]:
    """Read the general observation classes, those of more topic variables first."""
    path = specs_path() / "standards" / standard / "classes.csv"
    lines: list[Mapping[str, str]] = list(read_table(path, _COLUMNS)) if path.is_file() else []
    return tuple(dict(line) for line in sorted(lines, key=lambda line: -line["topic"].count(";")))
