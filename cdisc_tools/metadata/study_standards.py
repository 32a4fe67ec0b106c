"""What the datasets of one study are held to: the standards it names, and its specification."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from cdisc_tools.metadata.define_names import standard_names
from cdisc_tools.metadata.dictionaries import read_dictionaries
from cdisc_tools.metadata.resolution import NO_DOMAINS, resolve_dataset
from cdisc_tools.metadata.resources import specs_path
from cdisc_tools.metadata.specification import specification_folders
from cdisc_tools.metadata.specification_checks import read_checked_specification
from cdisc_tools.metadata.standards import ADAM, SDTM, read_standard, standard_of
from cdisc_tools.metadata.study import CUSTOM_CLASSES, read_study
from cdisc_tools.metadata.study_specs import (
    check_specified,
    join_parts,
    specify_datasets,
    unjudged_value_level,
)
from cdisc_tools.metadata.terminology import CT, Terminology, read_terminology
from cdisc_tools.metadata.terminology_store import holdings
from cdisc_tools.model.dictionaries import Dictionaries
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.specification import Specification
from cdisc_tools.model.specs import DatasetSpec
from cdisc_tools.model.study import CustomDomain, Study

_SUPP = "SUPP"
_TERMINOLOGY = "CT"
_FAMILIES = {"SDTMIG": "sdtmig", "ADAMIG": "adamig"}
NOT_SPECIFIED: Mapping[str, DatasetSpec] = MappingProxyType({})


@dataclass(frozen=True)
class StudyStandards:
    """The standards of a study, its own domains and dictionaries, and what it specifies.

    ``specified`` is empty for a study without a specification: its datasets are the standards'.
    ``remarks`` are findings of the specification itself; ``define`` is the study's define.xml,
    None without one.
    """

    codelists: Terminology
    sdtm: str = SDTM
    adam: str = ADAM
    domains: Mapping[str, CustomDomain] = field(default_factory=lambda: NO_DOMAINS)
    specified: Mapping[str, DatasetSpec] = field(default_factory=lambda: NOT_SPECIFIED)
    dictionaries: Dictionaries = field(default_factory=Dictionaries)
    remarks: tuple[Finding, ...] = ()
    define: Specification | None = None

    def dataset_spec(self, name: str, columns: Iterable[str] = ()) -> DatasetSpec:
        """Return the spec of a dataset by its name and, for one of a sponsor's, its columns.

        Raises ConfigurationError for a dataset that neither is specified nor can be told.
        """
        name = name.upper()
        if name in self.specified:
            return self.specified[name]
        parts = self._parts(name)
        if parts:
            return join_parts(name, [self.specified[part] for part in parts])
        return self._standard_spec(name, tuple(columns), "")

    def analysis_datasets(self) -> Mapping[str, DatasetSpec]:
        """Return the specs of the analysis datasets that the product derives."""
        datasets = read_standard(self.adam)
        return {name: self.specified.get(name, spec) for name, spec in datasets.items()}

    def check_datasets(self, names: Iterable[str], *, whole: bool = True) -> Findings:
        """Find what the specification says unlike the standards, and datasets in one place only.

        ``names`` are those of the datasets that are there, of SDTM, of ADaM or of both; what
        the specification says of the other is not looked at. Unless they are ``whole``, all
        that there are, nothing is said of absent ones.
        """
        findings = Findings()
        present = set(names)
        kinds = {standard_of(name) for name in present}
        looked_at = {
            name: spec for name, spec in self.specified.items() if standard_of(name) in kinds
        }
        findings.extend(check_specified(looked_at.values(), self._standard_spec, self.codelists))
        findings.extend(item for item in self.remarks if item.dataset in {"", *present})
        parts = {name: self._parts(name) for name in present - set(looked_at)}
        for name in sorted(set(looked_at).difference(present, *parts.values())):
            if whole and not looked_at[name].has_no_data:
                findings.add(Finding("CDT-M011", name))
        specified = {standard_of(name) for name in looked_at}
        for name in sorted(name for name in parts if not parts[name]):
            if standard_of(name) in specified:
                findings.add(Finding("CDT-M012", name))
        return findings

    def with_specification(self, specification: Specification) -> "StudyStandards":
        """Return the standards with the datasets of a further specification laid over them."""
        specified = specify_datasets(specification, self._standard_spec)
        unjudged = unjudged_value_level(specification, specified)
        return replace(
            self,
            specified={**self.specified, **specified},
            remarks=(*self.remarks, *unjudged),
        )

    def of_versions(self, *, sdtm: str = "", adam: str = "") -> "StudyStandards":
        """Return the standards in other versions, where one is given."""
        return replace(self, sdtm=sdtm or self.sdtm, adam=adam or self.adam)

    def _parts(self, name: str) -> tuple[str, ...]:
        """Return the specified parts of a domain that isn't specified itself: LBCH, LBHE of LB."""
        return tuple(
            part
            for part, spec in self.specified.items()
            if name not in self.specified
            and (spec.domain == name or (name.startswith(_SUPP) and part[: len(name)] == name))
        )

    def _standard_spec(self, name: str, columns: tuple[str, ...], class_name: str) -> DatasetSpec:
        """Return what the standards say of a dataset; its class helps where its name doesn't."""
        domains = dict(self.domains)
        analysis = standard_of(name) == ADAM and name not in domains
        known = {text.casefold(): text for text in CUSTOM_CLASSES}
        own = known.get(class_name.casefold())
        domain = name[:2]
        if own and not analysis and domain not in {*domains, *read_standard(self.sdtm)}:
            domains[domain] = CustomDomain(domain, own, "")
        standard = self.adam if analysis else self.sdtm
        return resolve_dataset(
            name, columns, standard=standard, custom=domains, dataset_class=class_name
        )


@dataclass(frozen=True)
class NamedStandards:
    """The standards that a specification names: folders of specs/standards, a date a package.

    ``absent`` are those that are not at hand, in the specification's words.
    """

    guides: Mapping[str, str]
    terminology: Mapping[str, str]
    absent: tuple[str, ...]


def named_standards(specification: Specification) -> NamedStandards:
    """Return the guides (``sdtm``, ``adam``) and the terminology that a specification names.

    The older layout names one guide among the study's attributes, the newer ones each in a table.
    """
    attributes = (
        specification.attribute("StandardName"),
        specification.attribute("StandardVersion"),
    )
    records = specification.table("standards")
    guides, terminology, absent = {}, {}, []
    for name, version in (attributes, *((item["name"], item["version"]) for item in records)):
        family = _family(name)
        if family and (specs_path() / "standards" / f"{family}-{version}").is_dir():
            guides["adam" if family == "adamig" else "sdtm"] = f"{family}-{version}"
        # the one that the file itself names counts whatever it is
        elif version and (family or (name and (name, version) == attributes)):
            absent.append(f"{name} {version}")
    at_hand = {(item.package, item.date) for item in holdings()}
    for item in records:
        package, date = item["publishing_set"].lower(), item["version"]
        if item["type"] == _TERMINOLOGY and (package, date) in at_hand:
            terminology[package] = date
        elif item["type"] == _TERMINOLOGY:
            absent.append(f"{item['publishing_set']} terminology {date}")
    return NamedStandards(guides, terminology, tuple(dict.fromkeys(absent)))


def _family(name: str) -> str:
    """The family of a guide by its name in any version of Define-XML, "" for another's."""
    _, newer = standard_names()
    return _FAMILIES.get(re.sub(r"[\s-]", "", newer.get(name, name)).upper(), "")


def standards_of(
    study: Path | None = None,
    *,
    standard: str = "",
    terminology: str = "",
    specification: Specification | None = None,
) -> StudyStandards:
    """Return what datasets are held to: a study folder's standards, or the newest that ship.

    A standard of the SDTM (or of ADaM, for datasets of any name) and a terminology that are given
    go before those that a specification names, and these before the study's; but a study pins its
    terminology. A guide or terminology that is named and not at hand is a remark.
    Raises ConfigurationError for an unknown standard or terminology, or a wrong study.
    """
    if study is not None:
        standards = read_study_standards(read_study(study))
    else:
        standards = StudyStandards(read_terminology(terminology or CT))
    if specification is not None:
        named = named_standards(specification)
        standards = standards.of_versions(**named.guides)
        if study is None and named.terminology:
            pins = {"sdtm": CT, "adam": CT, **named.terminology}
            standards = replace(standards, codelists=read_terminology(pins))
    if standard:
        read_standard(standard)
        standards = standards.of_versions(sdtm=standard)
    if terminology:
        standards = replace(standards, codelists=read_terminology(terminology))
    if specification is None:
        return standards
    used = f"{standards.sdtm}, {standards.adam}, terminology {standards.codelists.version}"
    absent = (Finding("CDT-M014", "", (), (name,), detail=used) for name in named.absent)
    standards = replace(standards, remarks=(*standards.remarks, *absent))
    return standards.with_specification(specification)


def read_study_standards(study: Study) -> StudyStandards:
    """Return the standards that ``study.yaml`` names, with the study's folder ``spec`` over them.

    Raises ConfigurationError for an unknown standard or terminology, or a wrong specification.
    """
    standards = StudyStandards(
        read_terminology(study.terminology), study.sdtm, study.adam, study.datasets,
        dictionaries=read_dictionaries(study),
    )  # fmt: skip
    for folder in specification_folders(study.folder):
        standards = standards.with_specification(read_checked_specification(folder))
    return standards
