"""A study's specification laid over the standard: the specs its datasets are held to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cdisc_tools.metadata.standards import ADAM, standard_of
from cdisc_tools.metadata.where_clauses import key_variables, split_values
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.specification import Specification, SpecRecord
from cdisc_tools.model.specs import (
    Codelist,
    Comparison,
    DatasetSpec,
    Term,
    ValueLevelSpec,
    VariableSpec,
)

# name, variables and class of a dataset -> what the standard says of it
StandardSpec = Callable[[str, tuple[str, ...], str], DatasetSpec]

_NUMERIC = frozenset({"integer", "float"})
_PLAIN_TEXT = frozenset({"text"})
_DURATION = "durationDatetime"
_YES = "Yes"


def specify_datasets(
    specification: Specification, standard_spec: StandardSpec
) -> dict[str, DatasetSpec]:
    """Return the spec of each dataset of a specification, by name, in its order.

    A dataset holds the variables that the specification lists, and no other. What the standard
    says of a variable (core, codelists, fixed values, kind of date) holds on; label, order,
    length, format, data type, significant digits, Mandatory, codelist and value level are the
    specification's. A dataset without variables there is the standard's, with its label and keys.
    ``standard_spec`` gives what the standard says of a dataset of that name, variables and class.
    """
    codelists = _study_codelists(specification)
    variables = _by_dataset(specification.table("variables"))
    levels = _by_dataset(specification.table("value_level"))
    clauses = _where_clauses(specification)
    specs = {}
    for record in specification.table("datasets"):
        name = record["dataset"]
        listed = variables.get(name, ())
        base = standard_spec(name, tuple(line["variable"] for line in listed), record["class"])
        own = tuple(_variable(line, base, codelists, place) for place, line in enumerate(listed, 1))
        spec = _dataset(record, base, own)
        own_levels = _value_level(levels.get(name, ()), spec, codelists, clauses)
        specs[name] = replace(spec, value_level=(*base.value_level, *own_levels))
    return specs


def join_parts(domain: str, parts: Sequence[DatasetSpec]) -> DatasetSpec:
    """Return the spec of a domain as a whole whose parts (LBCH, LBHE) alone are specified.

    It has the variables and the value level of all parts. Where the parts differ in a variable's
    codelist or decimals nothing is said of them; a length is the longest.
    """
    variables: dict[str, VariableSpec] = {}
    for part in parts:
        for variable in part.variables:
            first = variables.get(variable.name)
            variables[variable.name] = _either(first, variable) if first else variable
    levels = dict.fromkeys(level for part in parts for level in part.value_level)
    return replace(
        parts[0],
        name=domain,
        domain="",
        variables=tuple(sorted(variables.values(), key=lambda variable: variable.order)),
        value_level=tuple(levels),
    )


def _either(first: VariableSpec, second: VariableSpec) -> VariableSpec:
    """Return what holds for a variable in either of two parts of a domain."""
    lengths = (first.length, second.length)
    same_list = first.study_codelist == second.study_codelist
    return replace(
        first,
        length=None if None in lengths else max(length or 0 for length in lengths),
        digits=first.digits if first.digits == second.digits else None,
        mandatory=first.mandatory and second.mandatory,
        study_codelist=first.study_codelist if same_list else None,
    )


def check_specified(
    specs: Iterable[DatasetSpec], standard_spec: StandardSpec, codelists: Mapping[str, Codelist]
) -> Findings:
    """Find where a study's specification leaves the standard: one finding a variable or term.

    Looked at are required variables left out or not mandatory, variables that the SDTM hasn't got,
    labels, types and roles unlike the standard's, terms outside a codelist that may not be
    extended, and their NCI codes. ``codelists`` are the standard's by NCI code.
    """
    findings = Findings()
    for spec in specs:
        names = tuple(variable.name for variable in spec.variables)
        base = standard_spec(spec.name, names, spec.dataset_class)
        findings.extend(_left_out(spec, base))
        for variable in spec.variables:
            findings.extend(_unlike(variable, spec, base))
            findings.extend(_unknown_terms(variable, spec, codelists))
            findings.extend(_other_codes(variable, spec, codelists))
    return findings


def _dataset(record: SpecRecord, base: DatasetSpec, own: tuple[VariableSpec, ...]) -> DatasetSpec:
    """Lay a line of the datasets table over the standard's dataset."""
    keys = key_variables(record["key_variables"])
    return replace(
        base,
        label=record["label"] or base.label,
        structure=record["structure"] or base.structure,
        has_no_data=record["has_no_data"] == _YES,
        keys=keys or base.keys,
        variables=tuple(sorted(own, key=lambda variable: variable.order)) or base.variables,
    )


def _variable(
    line: SpecRecord, base: DatasetSpec, codelists: Mapping[str, Codelist], place: int
) -> VariableSpec:
    """Lay a line of the variables table over the standard's variable; ``place`` stands in for
    an order that isn't given."""
    name = line["variable"]
    known = base.by_name.get(name)
    if known is None:
        kind = "Num" if line["data_type"] in _NUMERIC else "Char"
        known = VariableSpec(name, line["label"], kind, "")
    order = int(line["order"]) if line["order"].isdigit() else place
    return _specified(
        replace(
            known,
            label=line["label"] or known.label,
            order=order,
            role=line["role"] or known.role,
            format=line["format"] or known.format,
            domain=known.domain or _domain(line["data_type"]),
        ),
        line,
        codelists,
    )


def _specified(
    variable: VariableSpec, line: SpecRecord, codelists: Mapping[str, Codelist]
) -> VariableSpec:
    """Give a variable what a line of the variables or value level table says of its values."""
    data_type = line["data_type"] or "text"
    length = int(line["length"]) if line["length"].isdigit() else None
    limits = [limit for limit in (length, variable.length) if limit]
    digits = line["significant_digits"]
    return replace(
        variable,
        data_type=data_type,
        length=min(limits) if limits and data_type not in _NUMERIC else None,
        digits=int(digits) if data_type == "float" and digits.isdigit() else None,
        mandatory=line["mandatory"] == _YES,
        has_no_data=line["has_no_data"] == _YES,
        values=(line["assigned_value"],) if line["assigned_value"] else variable.values,
        study_codelist=codelists.get(line["codelist"]),
    )


def _domain(data_type: str) -> str:
    """Return the value domain that a data type of define.xml stands for, "" for none."""
    if data_type in _NUMERIC | _PLAIN_TEXT or not data_type:
        return ""
    return "ISO 8601 duration" if data_type == _DURATION else "ISO 8601 datetime or interval"


def _value_level(
    lines: Iterable[SpecRecord],
    spec: DatasetSpec,
    codelists: Mapping[str, Codelist],
    clauses: Mapping[str, tuple[tuple[str, Comparison], ...]],
) -> Iterator[ValueLevelSpec]:
    """Yield the value level of a dataset that can be judged (``unjudged_value_level``)."""
    for line in lines:
        conditions = clauses.get(line["where_clause"], ())
        parent = spec.by_name.get(line["variable"])
        if parent is None or _why_unjudged(line, spec, conditions):
            continue
        plain = VariableSpec(parent.name, parent.label, parent.type, "", domain="")
        variable = _specified(plain, line, codelists)
        yield ValueLevelSpec(variable, tuple(comparison for _, comparison in conditions))


def unjudged_value_level(
    specification: Specification, specs: Mapping[str, DatasetSpec]
) -> Iterator[Finding]:
    """Find value level that no record can be held to: why not is the detail.

    Its variable is not in the dataset, its where clause is incomplete, or is about another
    dataset, whose records are not looked at.
    """
    clauses = _where_clauses(specification)
    for line in specification.table("value_level"):
        spec = specs.get(line["dataset"])
        conditions = clauses.get(line["where_clause"], ())
        why = _why_unjudged(line, spec, conditions) if spec else ""
        if why:
            variables, values = (line["variable"],), (line["where_clause"],)
            yield Finding("CDT-M013", line["dataset"], variables, values, detail=why)


def _why_unjudged(
    line: SpecRecord, spec: DatasetSpec, conditions: Iterable[tuple[str, Comparison]]
) -> str:
    """Say why no record can be held to a line of the value level, "" where it can."""
    if line["variable"] not in spec.by_name:
        return f"{spec.name} has no variable {line['variable']}"
    if not conditions:
        return "its where clause is absent or incomplete"
    others = sorted({f"{name}.{item.variable}" for name, item in conditions if name != spec.name})
    return f"its where clause is about another dataset ({', '.join(others)})" if others else ""


def _where_clauses(
    specification: Specification,
) -> dict[str, tuple[tuple[str, Comparison], ...]]:
    """Group the lines of where clauses by id: each a dataset and a comparison, all of which hold.

    A clause with an incomplete line is left out: nobody can say which records it is about.
    """
    found: dict[str, list[tuple[str, Comparison]]] = {}
    incomplete = set()
    for line in specification.table("where_clauses"):
        values = split_values(line["comparator"], line["value"])
        if not (line["variable"] and line["comparator"] and values):
            incomplete.add(line["id"])
        comparison = Comparison(line["variable"], line["comparator"], values)
        found.setdefault(line["id"], []).append((line["dataset"], comparison))
    return {name: tuple(lines) for name, lines in found.items() if name not in incomplete}


def _study_codelists(specification: Specification) -> dict[str, Codelist]:
    """Make the study's codelists by id; their code is that of the NCI codelist they are part of."""
    lines: dict[str, list[SpecRecord]] = {}
    for line in specification.table("codelists"):
        # a codelist without any term restricts nothing
        if line["term"]:
            lines.setdefault(line["id"], []).append(line)
    return {
        name: Codelist(
            code=terms[0]["nci_codelist_code"],
            short_name=name,
            name=name,
            extensible=False,
            terms=tuple(
                Term(term["nci_term_code"], term["term"], term["decoded_value"]) for term in terms
            ),
        )
        for name, terms in lines.items()
    }


def _by_dataset(records: Iterable[SpecRecord]) -> dict[str, list[SpecRecord]]:
    """Group records by their dataset."""
    found: dict[str, list[SpecRecord]] = {}
    for record in records:
        found.setdefault(record["dataset"], []).append(record)
    return found


def _left_out(spec: DatasetSpec, base: DatasetSpec) -> Iterator[Finding]:
    """Find required variables of the standard that the specification lacks."""
    for variable in base.variables:
        if variable.core == "Req" and variable.name not in spec.by_name:
            yield Finding("CDT-M007", spec.name, (variable.name,), detail=variable.label)


def _unlike(variable: VariableSpec, spec: DatasetSpec, base: DatasetSpec) -> Iterator[Finding]:
    """Find a label or a type unlike the standard's; a text may be specified as a number."""
    known = base.by_name.get(variable.name)
    names = (variable.name,)
    is_tabulation = standard_of(spec.name) != ADAM
    if known is None:
        if is_tabulation:
            yield Finding("CDT-M016", spec.name, names, detail=base.dataset_class)
        return
    if is_tabulation and known.core == "Req" and variable.data_type and not variable.mandatory:
        yield Finding("CDT-M017", spec.name, names)
    if variable.role.casefold() != known.role.casefold():
        yield Finding("CDT-M018", spec.name, names, (variable.role,), detail=known.role)
    if variable.label != known.label:
        yield Finding("CDT-M008", spec.name, names, (variable.label,), detail=known.label)
    # a dataset whose variables aren't listed has the standard's
    if known.type == "Num" and variable.data_type not in {"", *_NUMERIC}:
        yield Finding("CDT-M009", spec.name, names, (variable.data_type,), detail=known.type)


def _other_codes(
    variable: VariableSpec, spec: DatasetSpec, codelists: Mapping[str, Codelist]
) -> Iterator[Finding]:
    """Find terms of the study's codelist whose NCI code is not that of the standard's term."""
    own = variable.study_codelist
    known = codelists.get(own.code) if own else None
    if own is None or known is None:
        return
    codes = {term.submission_value: term.code for term in known.terms}
    for term in own.terms:
        published = codes.get(term.submission_value, "")
        if term.code and term.code != published:
            values = (term.submission_value, term.code)
            detail = published or "none, since it is no term of the codelist"
            yield Finding("CDT-M015", spec.name, (variable.name,), values, detail=detail)


def _unknown_terms(
    variable: VariableSpec, spec: DatasetSpec, codelists: Mapping[str, Codelist]
) -> Iterator[Finding]:
    """Find terms of the study's codelist that the standard's fixed codelist hasn't got."""
    own = variable.study_codelist
    bound = [codelists[code] for code in variable.codelists if code in codelists]
    if not own or not bound or any(codelist.extensible for codelist in bound):
        return
    known = frozenset[str]().union(*(codelist.submission_values for codelist in bound))
    detail = " or ".join(f"{codelist.short_name} ({codelist.code})" for codelist in bound)
    for term in own.terms:
        if term.submission_value not in known:
            value = (term.submission_value,)
            yield Finding("CDT-M010", spec.name, (variable.name,), value, detail=detail)
