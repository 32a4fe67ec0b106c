"""From collected forms to SDTM datasets: the order of the mapping's steps."""

from collections.abc import Mapping as MappingType
from dataclasses import dataclass

import pandas as pd

from cdisc_tools.mapping.accounting import unmapped_cells
from cdisc_tools.mapping.blocks import Surroundings, condition_mask
from cdisc_tools.mapping.chronology import check_chronology
from cdisc_tools.mapping.collected import Collected, typed_frame
from cdisc_tools.mapping.collecting import (
    RECORDS,
    REFERENCE_DATES,
    collect_dataset,
    derive_reference_dates,
)
from cdisc_tools.mapping.conditions import parse_condition
from cdisc_tools.mapping.deriving import check_algorithms, derive_datasets, sort_records
from cdisc_tools.mapping.forms import Form, Forms, row_finding
from cdisc_tools.mapping.long_text import continue_long_text
from cdisc_tools.mapping.plausibility import check_forms
from cdisc_tools.mapping.relationships import comments, related_records, supplemental_qualifiers
from cdisc_tools.mapping.terms import TermReader
from cdisc_tools.metadata.study_standards import StudyStandards
from cdisc_tools.model.data import LINEAGE_COLUMNS, Dataset, RawTable
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.mapping import Mapping, MappingLine
from cdisc_tools.model.specs import fold_term
from cdisc_tools.model.study import Study

ROSTER = "DM"


@dataclass(frozen=True)
class MappingResult:
    """SDTM datasets by name, what was found on the way, and the raw cells left out."""

    datasets: dict[str, Dataset]
    findings: Findings
    unmapped: pd.DataFrame


def map_study(
    study: Study,
    mapping: Mapping,
    tables: dict[str, RawTable],
    standards: StudyStandards,
    date_words: dict[str, str],
) -> MappingResult:
    """Map a study's collected forms to SDTM by its mapping tables.

    Raises ConfigurationError for anything wrong in the tables; what is wrong in the data is a
    finding and the rest is mapped.
    """
    check_algorithms(mapping.lines)
    findings = Findings()
    forms = Forms(study, tables, findings)
    visits = {fold_term(rule.collected): rule for rule in mapping.visits}
    terms = TermReader(standards.codelists, mapping)
    around = Surroundings(forms, mapping, terms, date_words, visits)
    roster = _Roster(around)
    collected: dict[str, Collected] = {}
    for name in _order(mapping):
        lines = [line for line in mapping.lines if line.dataset == name]
        spec = standards.dataset_spec(name)
        made = collect_dataset(spec, lines, around, roster.known)
        made.lead_to_cells(collected)
        collected[name] = made
        derive_reference_dates(collected[name], collected)
        if name == ROSTER:
            roster.enrol(collected[name])
        forms.add_dataset(name, collected[name].frame)
    collected |= _designed(mapping, study, standards)
    derive_datasets(collected, around)
    for dataset in collected.values():
        check_chronology(dataset, forms, study.cutoff)
    _sort_the_rest(collected)
    for name in collected:
        if name not in mapping.design:
            continue_long_text(collected[name])
    _add_relationships(collected, mapping, study, standards)
    lineage = pd.concat([c.lineage for c in collected.values()], ignore_index=True)
    unmapped, left_out = unmapped_cells(forms, lineage, mapping, roster.unknown)
    findings.extend(left_out)
    # last, since a column that only a check reads is not mapped
    findings.extend(check_forms(mapping.checks, around))
    datasets = {name: _finished(c) for name, c in sorted(collected.items())}
    return MappingResult(datasets, findings.without_repeats(), unmapped)


class _Roster:
    """The subjects of the study: those of DM. Rows of others are reported and left out."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._subjects = self._enrolled()
        self.unknown: dict[str, set[int]] = {}

    def _enrolled(self) -> set[str] | None:
        """The subjects of the form that DM comes from; None where it comes from a dataset."""
        subjects: set[str] = set()
        for line in self._around.mapping.lines:
            if line.dataset != ROSTER or line.algorithm != RECORDS:
                continue
            if line.source not in self._around.forms:
                return None
            form = self._around.forms.get(line.source, line.place)
            rows = form.subjects["USUBJID"]
            if line.condition:
                condition = parse_condition(line.condition, line.place)
                held = condition_mask(condition, form, self._around.forms, line.place)
                rows = rows[held]
            subjects |= set(rows.dropna())
        return subjects or None

    def enrol(self, dm: Collected) -> None:
        """Take the subjects of DM; from now on all others are unknown."""
        self._subjects = set(dm.frame["USUBJID"].dropna())

    def known(self, form: Form) -> pd.Series:
        """True for each row of a form whose subject is in the study."""
        subjects = form.subjects["USUBJID"]
        if form.name not in self._around.forms.study.sources:
            return pd.Series(data=True, index=subjects.index)
        if not form.spec.subject:
            return pd.Series(data=True, index=subjects.index)
        mask = subjects.notna()
        if self._subjects is not None:
            mask &= subjects.isin(self._subjects)
        if form.name not in self.unknown and self._subjects is not None:
            self.unknown[form.name] = set(subjects.index[~mask])
            for row in subjects.index[subjects.notna() & ~mask]:
                detail = str(subjects[row])
                finding = row_finding("CDT-R014", form, int(row), detail)
                self._around.forms.findings.add(finding)
        return mask.astype(bool)


def _order(mapping: Mapping) -> list[str]:
    """Order datasets so that each comes after those it is made from; DM as early as it can."""
    names = list(mapping.datasets())
    needs = {name: _needs(name, mapping.lines, set(names)) for name in names}
    ordered: list[str] = []
    names.sort(key=lambda name: name != ROSTER)
    while names:
        ready = [name for name in names if needs[name] <= set(ordered)]
        if not ready:
            raise ConfigurationError(
                f"the mapping tables of {', '.join(names)} need each other; a dataset cannot be "
                "made from one that is made from it"
            )
        ordered.append(ready[0])
        names.remove(ready[0])
    return ordered


def _needs(name: str, lines: tuple[MappingLine, ...], known: set[str]) -> set[str]:
    needed: set[str] = set()
    for line in lines:
        if line.dataset != name:
            continue
        if line.source in known:
            needed.add(line.source)
        if line.algorithm in REFERENCE_DATES:
            needed |= {column.partition(".")[0] for column in line.columns}
    return (needed & known) - {name}


def _designed(mapping: Mapping, study: Study, standards: StudyStandards) -> dict[str, Collected]:
    """The trial design datasets, given whole by the study."""
    designed = {}
    for name, rows in mapping.design.items():
        spec = standards.dataset_spec(name)
        frame = pd.DataFrame(list(rows))
        unknown = [str(column) for column in frame if column not in spec.by_name]
        if unknown:
            raise ConfigurationError(
                f"design_{name.lower()}: {name} has no variable {', '.join(unknown)}"
            )
        frame = frame.assign(STUDYID=study.study_id, DOMAIN=name).replace("", pd.NA)
        sequence = f"{name}SEQ"
        if sequence in spec.by_name and sequence not in frame and f"{name}PARMCD" in frame:
            frame[sequence] = frame.groupby(f"{name}PARMCD").cumcount() + 1
        lineage = pd.DataFrame(columns=list(LINEAGE_COLUMNS))
        designed[name] = Collected(spec, typed_frame(spec, frame), lineage)
    return designed


def _sort_the_rest(collected: MappingType[str, Collected]) -> None:
    """Sort the datasets without --SEQ by their keys."""
    for name, dataset in collected.items():
        keys = [key for key in dataset.spec.keys if key in dataset.frame]
        if f"{name}SEQ" not in dataset.frame and keys:
            sort_records(dataset, keys)


def _add_relationships(
    collected: dict[str, Collected], mapping: Mapping, study: Study, standards: StudyStandards
) -> None:
    spec_of = standards.dataset_spec
    for name in list(collected):
        supp = supplemental_qualifiers(collected[name], spec_of(f"SUPP{name}"))
        if supp is not None:
            collected[supp.name] = supp
    extra = {
        "CO": comments(collected, spec_of("CO")),
        "RELREC": related_records(
            collected, mapping.relationships, spec_of("RELREC"), study.study_id
        ),
    }
    collected |= {name: made for name, made in extra.items() if made is not None}


def _finished(collected: Collected) -> Dataset:
    """The dataset with its variables in the standard's order, its records in that of its keys.

    Last of all: --SEQ, and what else was numbered, keeps the order that its line asks for.
    """
    keys = [key for key in collected.spec.keys if key in collected.frame]
    if keys:
        sort_records(collected, keys)
    names = [v.name for v in collected.spec.variables if v.name in collected.frame]
    # within a record the lines of the mapping table give the order
    lineage = collected.lineage.sort_values("RECORD", kind="stable", ignore_index=True)
    kinds = {"RECORD": "int64", "ROW": "int64"}
    kinds |= dict.fromkeys(("VARIABLE", "SOURCE", "COLUMN"), "string")
    frame = typed_frame(collected.spec, collected.frame[names])
    return Dataset(collected.spec, frame, lineage.astype(kinds))
