"""ADaM datasets of any sponsor: the structure they have, and what the standard says of each name.

ADaM lets a sponsor add variables. So the specification of such a dataset is made for its columns:
it holds those that the standard names, by a name or a pattern, and the required ones that are
absent. What the standard doesn't name stays outside (a note, CDT-A024, never more).
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from cdisc_tools.metadata.adam_names import (
    NamePattern,
    fill_label,
    is_pattern,
    match_indexes,
    match_pattern,
    patterns_of,
)
from cdisc_tools.metadata.standards import (
    ADAM,
    SDTM,
    dataset_spec,
    read_standard,
    read_structures,
    source_variable,
    structure_spec,
)
from cdisc_tools.model.specs import DatasetSpec, VariableSpec

SUBJECT_LEVEL = "ADSL"
# the order in which a name is looked up beyond the dataset's own structure
_STRUCTURES = ("ADSL", "BDS", "OCCDS")
_OCCURRENCE = re.compile(r"([A-Z][A-Z0-9])(?:TERM|DECOD|TRT)")
_SUBJECT_KEYS = ("STUDYID", "USUBJID")


def recognize_structure(name: str, columns: Collection[str]) -> str:
    """Tell the structure of an ADaM dataset by its name and its columns.

    ADSL is the subject level; PARAMCD, or PARAM with a value, makes a BDS, with CNSR a TTE; a term
    or treatment of an SDTM domain an OCCDS; everything else is OTHER.

    >>> recognize_structure("ADLB", ["USUBJID", "PARAMCD", "AVAL"])
    'BDS'
    """
    if name == SUBJECT_LEVEL:
        return SUBJECT_LEVEL
    if "PARAMCD" in columns or ("PARAM" in columns and {"AVAL", "AVALC"} & set(columns)):
        return "TTE" if "CNSR" in columns else "BDS"
    return "OCCDS" if occurrence_domain(columns) else "OTHER"


def _declared_structure(dataset_class: str, columns: Collection[str], standard: str) -> str:
    """Return the structure of a declared class, "" for none; CNSR makes a BDS a TTE."""
    for structure, spec in read_structures(standard).items():
        if spec.dataset_class and spec.dataset_class == dataset_class.upper():
            return "TTE" if structure == "BDS" and "CNSR" in columns else structure
    return ""


def occurrence_domain(columns: Collection[str]) -> str:
    """Return the domain whose occurrences a dataset holds (AE of AETERM), "" for none.

    It is a domain of the SDTM, or one whose sequence number is there, too.
    """
    known = read_standard(SDTM)
    for column in columns:
        found = _OCCURRENCE.fullmatch(column)
        if found and (found[1] in known or f"{found[1]}SEQ" in columns):
            return found[1]
    return ""


@lru_cache(maxsize=8192)
def match_name(structure: str, name: str, *, standard: str = ADAM) -> VariableSpec | None:
    """Return what a structure of ADaM says of a variable's name, None where it says nothing.

    A name of the tables wins over a numbered pattern (TRTxxP), this over one of any domain
    (--TERM), and that over a free one (*DT). The numbers of the name are put into the label; a
    label that the standard leaves to the sponsor is "".
    """
    literal = _literals(structure, standard).get(name)
    return literal or match_pattern(_patterns((structure, "ALL"), standard), name)


@lru_cache(maxsize=8192)
def guide_variable(structure: str, name: str, *, standard: str = ADAM) -> VariableSpec | None:
    """Return what the guide says of a name in any structure, the dataset's own first.

    Its label is "" where the sponsor may word it: a name of any root, of any domain, or numbered
    by w, y or zz.

    >>> guide_variable("BDS", "TRT01P").label, guide_variable("ADSL", "AGEGR1").label
    ('Planned Treatment for Period 01', '')
    """
    structures = (structure, *_STRUCTURES)
    for each in structures:
        literal = _literals(each, standard).get(name)
        if literal is not None:
            return replace(literal, label=fill_label(literal.label, {}))
    patterns = _patterns((*structures, "ALL"), standard)
    matched = match_pattern(patterns, name)
    if matched is None:
        return None
    indexes = match_indexes(_pattern_met(patterns, name), name) or {}
    fixed = bool(indexes) and set(indexes) <= {"xx"}
    return matched if fixed else replace(matched, label="")


def resolve_analysis_dataset(
    name: str, columns: Sequence[str], *, standard: str = ADAM, dataset_class: str = ""
) -> DatasetSpec:
    """Make the specification of an ADaM dataset of any sponsor for its columns.

    One of the product's own analysis datasets is taken as it is, where it has every column.
    Otherwise the variables stand in the order of the columns, for ADaM prescribes none, and the
    required ones that are absent follow. Copies of SDTM and ADSL variables, and names that
    another structure of ADaM defines, have the type and label that they have there.
    ``dataset_class`` is what the study says of it; without it the columns tell the structure.
    """
    own = read_standard(standard).get(name)
    if own is not None and set(columns) <= set(own.by_name):
        return own
    structure = _declared_structure(dataset_class, columns, standard) or recognize_structure(
        name, columns
    )
    domain = occurrence_domain(columns) if structure == "OCCDS" else ""
    facts = read_structures(standard)[structure]
    same_class = own is not None and own.dataset_class == facts.dataset_class
    first = own.by_name if own is not None and same_class else {}
    found = {
        column: variable
        for column in columns
        if (variable := first.get(column) or _variable(structure, column, domain, standard))
    }
    for variable in _required(structure, domain, standard):
        found.setdefault(variable.name, variable)
    variables = tuple(replace(item, order=place) for place, item in enumerate(found.values(), 1))
    return replace(
        facts,
        name=name,
        label=own.label if own is not None and same_class else "",
        keys=_keys(facts, columns, domain),
        variables=variables,
    )


def _required(structure: str, domain: str, standard: str) -> Iterable[VariableSpec]:
    """Return what a dataset of a structure must have; of occurrences also what its domain wants."""
    for variable in structure_spec(structure, standard=standard).variables:
        if variable.core == "Req":
            yield variable
    if not domain:
        return
    for facts in read_structures(standard)[structure].variables:
        name = facts.name.replace("--", domain)
        source = source_variable(name, domain)
        if facts.core == "Req" and source is not None:
            yield replace(source, core="Req")


def _variable(structure: str, name: str, domain: str, standard: str) -> VariableSpec | None:
    """Look a column up: names first, of this structure, the others and the SDTM; then patterns."""
    literal = _literals(structure, standard).get(name)
    if literal is not None:
        return _of_its_domain(literal, domain)
    copied = _copies(standard).get(name)
    patterns = _patterns((structure,), standard)
    if copied is not None:
        # what occurs keeps the SDTM's label, and the importance that the structure gives it
        matched = match_pattern(patterns, name) if domain and name.startswith(domain) else None
        return replace(copied, core=matched.core if matched else "Perm")
    matched = match_pattern(patterns, name)
    if matched is not None and "*" not in _pattern_met(patterns, name):
        return matched
    everywhere = (structure, *_STRUCTURES, "ALL")
    other = match_pattern(_patterns(everywhere, standard), name)
    return replace(other, core="Perm") if other else None


def _of_its_domain(variable: VariableSpec, domain: str) -> VariableSpec:
    """Require what one domain must have (AESER) of that domain alone."""
    foreign = variable.name[:2] != domain and source_variable(variable.name, variable.name[:2])
    return replace(variable, core="Cond") if foreign and variable.core == "Req" else variable


def _pattern_met(patterns: tuple[NamePattern, ...], name: str) -> str:
    """Return the first pattern that a name meets, "" for none."""
    met = (item.facts.name for item in patterns if match_pattern((item,), name))
    return next(met, "")


def _keys(facts: DatasetSpec, columns: Collection[str], domain: str) -> tuple[str, ...]:
    """Return the key variables that are there; those of any domain stand for its own, or all.

    Without any beyond the subject nothing tells the records apart, unless there is one each.
    """
    if facts.name == SUBJECT_LEVEL:
        return facts.keys
    keys: list[str] = []
    for key in facts.keys:
        if "--" not in key:
            keys.append(key)
        elif domain:
            keys.append(key.replace("--", domain))
        else:
            keys.extend(column for column in columns if re.fullmatch(f"..{key[2:]}", column))
    present = tuple(key for key in keys if key in columns)
    return present if set(present) - set(_SUBJECT_KEYS) else ()


@lru_cache(maxsize=16)
def _literals(structure: str, standard: str) -> dict[str, VariableSpec]:
    """Return the variables whose names a structure fixes."""
    spec = read_structures(standard)[structure]
    return {item.name: item for item in spec.variables if not is_pattern(item.name)}


@lru_cache(maxsize=32)
def _patterns(structures: tuple[str, ...], standard: str) -> tuple[NamePattern, ...]:
    """Return the name patterns of some structures; of two alike the earlier structure's."""
    found: dict[str, VariableSpec] = {}
    for structure in structures:
        for variable in read_structures(standard)[structure].variables:
            found.setdefault(variable.name, variable)
    return patterns_of(tuple(found.values()))


@lru_cache(maxsize=4)
def _copies(standard: str) -> dict[str, VariableSpec]:
    """Return the variables that any ADaM dataset may copy: of ADSL, of the SDTM, of the others.

    DOMAIN tells the domain of the record it was copied from, so its fixed value doesn't hold.
    """
    found = dict(_literals(SUBJECT_LEVEL, standard))
    for dataset in ("DM", *read_standard(SDTM)):
        for variable in dataset_spec(dataset).variables:
            copied = replace(variable, values=() if "DOMAIN" in variable.name else variable.values)
            found.setdefault(variable.name, copied)
    for structure in _STRUCTURES:
        for name, variable in _literals(structure, standard).items():
            found.setdefault(name, variable)
    return found
