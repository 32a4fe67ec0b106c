"""A specification built from a study: what its datasets are, as a run made them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import pandas as pd

from cdisc_tools.metadata.described_values import (
    ValueDescription,
    describe_results,
    describe_values,
)
from cdisc_tools.metadata.origins import (
    DERIVED,
    MappedOrigins,
    Origin,
    analysis_method,
    analysis_origin,
)
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.specification import read_layout
from cdisc_tools.metadata.terminology import Terminology
from cdisc_tools.metadata.terminology_store import read_packages
from cdisc_tools.metadata.value_level import records_where
from cdisc_tools.model.analysis import Analysis
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.specification import Specification, SpecRecord
from cdisc_tools.model.specs import Codelist, DatasetSpec, Term, VariableSpec
from cdisc_tools.model.study import Study
from cdisc_tools.model.terminology import pins_of
from cdisc_tools.pipeline.analysis_results_building import ResultTables

# folder of specs/standards -> the names of Define-XML 2.1 and of the workbook
STANDARDS = {"sdtmig": ("SDTMIG", "SDTM-IG"), "adamig": ("ADaMIG", "ADaM-IG")}
TABULATION, ANALYSIS = "Tabulation", "Analysis"
_PER_SUBJECT = frozenset({"STUDYID", "USUBJID"})
_TRIAL_DESIGN = "Trial Design"
_DICTIONARIES = frozenset({"MedDRA", "LOINC"})
_NUMBER_OR_TERM = "number or term"
_OLD_ORIGINS = {"Collected": "CRF", "Not Available": ""}

Values = dict[str, str]
Key = tuple[str, str]


@dataclass(frozen=True)
class StudyFacts:
    """What a specification is built from.

    ``datasets`` are those of one standard, in order; ``codelists`` the terminology by NCI code;
    ``mapped`` the origins by the mapping tables (SDTM), ``sources`` the source of each analysis
    variable (ADaM) and ``variables`` the variables of every dataset of the study; ``methods`` the
    words on how an analysis variable, or the parameter of a PARAMCD, is derived; ``versions`` those
    of the dictionaries at hand.
    """

    study: Study
    standard: str
    datasets: tuple[Dataset, ...]
    codelists: Terminology
    mapped: MappedOrigins | None = None
    sources: Mapping[Key, str] = field(default_factory=dict)
    variables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    analysis: Analysis | None = None

    @property
    def is_analysis(self) -> bool:
        """True for ADaM."""
        return self.standard.startswith("adam")

    def origin(self, spec: DatasetSpec, variable: str) -> Origin:
        """Where a variable comes from."""
        if self.mapped is not None:
            return self.mapped.of(spec.name, spec.dataset_class, variable)
        source = self.sources.get((spec.name, variable), "")
        origin = analysis_origin(spec.name, variable, source, self.variables)
        if origin.origin != DERIVED:
            return origin
        own = self.methods.get(variable) or analysis_method(spec.name, variable)
        return replace(origin, methods=(own,)) if own else origin


def build_specification(facts: StudyFacts, *, layout: str) -> Specification:
    """Build the specification of a study's datasets in the words of a workbook layout.

    Lengths, data types, decimals and codelists are those of the values that the datasets hold: a
    codelist has the terms in use, and no NCI code for a term that extends it. A codelist whose
    terms in use differ between variables becomes one a variable. What the study doesn't say
    (pages of the CRF, versions of dictionaries, methods of most analysis variables) stays empty.
    """
    building = _Building(facts)
    tables = {
        "study": building.study(),
        "standards": building.standards(),
        "datasets": map(building.dataset, facts.datasets),
        "variables": building.variables(),
        "value_level": building.value_level(),
        "where_clauses": building.where_clauses(),
        "codelists": building.codelists(),
        "dictionaries": building.dictionaries(),
        "methods": building.texts("methods"),
        "comments": building.texts("comments"),
        **building.analysis_results(),
    }
    found = {
        name: tuple(_record(_in_layout(name, values, layout), values) for values in records)
        for name, records in tables.items()
        if layout in read_layout()[name].sheets
    }
    return Specification({name: records for name, records in found.items() if records})


def _in_layout(table: str, values: Values, layout: str) -> Values:
    """Leave out the fields that a layout hasn't got; layout 2.0 calls collected data CRF."""
    fields = read_layout()[table].by_name
    kept = {
        name: text
        for name, text in values.items()
        if name not in fields or layout in fields[name].headers
    }
    if layout == "2.0" and "origin" in kept:
        kept["origin"] = _OLD_ORIGINS.get(kept["origin"], kept["origin"])
    return kept


def _record(kept: Values, values: Values) -> SpecRecord:
    filled = {name: text.strip() for name, text in kept.items() if text.strip()}
    names = [values[name] for name in ("dataset", "variable", "id") if values.get(name)]
    return SpecRecord(filled, ".".join(names))


@dataclass(frozen=True)
class _Level:
    """The records of a dataset in which one variable has one value, and a variable there."""

    dataset: Dataset
    variable: str
    by: str
    value: str
    label: str
    values: pd.Series
    bound: VariableSpec | None = None

    @property
    def clause(self) -> str:
        return f"{self.dataset.name}.{self.by}.EQ.{self.value.replace(' ', '_')}"

    @property
    def key(self) -> Key:
        """The dataset, and the variable with the value that selects the records."""
        return self.dataset.name, f"{self.variable}.{self.value}"


class _Building:
    """A specification in the making."""

    def __init__(self, facts: StudyFacts) -> None:
        self.facts = facts

    @cached_property
    def standard(self) -> tuple[str, tuple[str, str]]:
        """The version of the standard, and its names."""
        family, _, version = self.facts.standard.partition("-")
        return version, STANDARDS.get(family, (family, family))

    def study(self) -> Iterator[Values]:
        """The attributes of the study."""
        study = self.facts.study
        version, (_, name) = self.standard
        for attribute, value in (
            ("StudyName", study.study_id), ("StudyDescription", study.title or study.study_id),
            ("ProtocolName", study.study_id), ("StandardName", name),
            ("StandardVersion", version), ("Language", "en"),
        ):  # fmt: skip
            yield {"attribute": attribute, "value": value}

    def standards(self) -> Iterator[Values]:
        """The implementation guide and the controlled terminology."""
        version, (name, _) = self.standard
        yield {"id": f"{name}.{version}", "name": name, "type": "IG", "version": version,
               "status": "Final"}  # fmt: skip
        packages = {self.facts.codelists.packages.get(codelist.code, "")
                    for codelist, _ in self._used.values()}  # fmt: skip
        for package in sorted(packages - {""}):
            yield {"id": self._terminology(package), "name": "CDISC/NCI", "type": "CT",
                   "status": "Final", "publishing_set": read_packages()[package].title,
                   "version": self._date_of(package)}  # fmt: skip

    def _date_of(self, package: str) -> str:
        """The date of a package of the terminology."""
        version = self.facts.study.terminology
        return pins_of(version).get(package, version)

    def _terminology(self, package: str) -> str:
        """The id of a package of the terminology, "" for none."""
        if not package:
            return ""
        return f"CT.{read_packages()[package].title}.{self._date_of(package)}"

    def dataset(self, dataset: Dataset) -> Values:
        """The line of a dataset."""
        spec, design = dataset.spec, dataset.spec.dataset_class == _TRIAL_DESIGN
        frame = dataset.frame
        # a key without any value tells no records apart
        keys = [key for key in spec.keys
                if key in frame and (frame[key].notna().any() or not len(frame))]  # fmt: skip
        single = design or set(keys) <= _PER_SUBJECT
        version, (name, _) = self.standard
        return {
            "dataset": spec.name, "label": spec.label,
            "class": spec.dataset_class.upper().replace("-", " "), "structure": spec.structure,
            "purpose": ANALYSIS if self.facts.is_analysis else TABULATION,
            "key_variables": ", ".join(keys), "standard": f"{name}.{version}",
            "has_no_data": "" if len(dataset.frame) else "Yes",
            "repeating": "No" if single else "Yes", "reference_data": "Yes" if design else "No",
        }  # fmt: skip

    @cached_property
    def described(self) -> dict[Key, ValueDescription]:
        """What the values of each variable are."""
        return {
            (dataset.name, name): describe_values(values, dates=_is_date(dataset.spec, name))
            for dataset, name, values in self._columns()
        }

    def _columns(self) -> Iterator[tuple[Dataset, str, pd.Series]]:
        for dataset in self.facts.datasets:
            for name in dataset.frame.columns:
                yield dataset, str(name), dataset.frame[name]

    @cached_property
    def origins(self) -> dict[Key, Origin]:
        """Where each variable comes from, and each supplemental qualifier."""
        found = {
            (dataset.name, name): self.facts.origin(dataset.spec, name)
            for dataset, name, _ in self._columns()
        }
        for level in self._levels:
            if level.variable == "QVAL":
                name = f"QVAL.{level.value}"
                found[level.dataset.name, name] = self.facts.origin(level.dataset.spec, name)
        return found

    def variables(self) -> Iterator[Values]:
        """The variables of each dataset, in the order that they stand there."""
        for dataset in self.facts.datasets:
            for order, name in enumerate(map(str, dataset.frame.columns), 1):
                key = (dataset.name, name)
                spec = dataset.spec.by_name.get(name) or VariableSpec(name, name, "Char", "")
                yield {
                    "order": str(order), "dataset": key[0], "variable": name, "label": spec.label,
                    **_types(self.described[key]),
                    "format": spec.format,
                    "mandatory": "Yes" if self._is_mandatory(spec, dataset) else "No",
                    "assigned_value": _fixed(spec, dataset.frame[name]),
                    "codelist": self._codelist_ids.get(key, _dictionary(spec)),
                    **self._origin(key, key), "role": spec.role,
                    "has_no_data": "" if dataset.frame[name].notna().any() else "Yes",
                }  # fmt: skip

    def _is_mandatory(self, spec: VariableSpec, dataset: Dataset) -> bool:
        """True where each record has a value: in ADaM a required variable may be empty."""
        required = spec.core == "Req"
        return required and not (self.facts.is_analysis and dataset.frame[spec.name].isna().any())

    def _origin(self, key: Key, words: Key) -> Values:
        """The fields of an origin; ``words`` names the variable whose methods they are."""
        origin = self.origins[key]
        name = ".".join(words)
        return {
            "origin": origin.origin, "source": origin.source, "predecessor": origin.predecessor,
            "method": name if origin.methods else "",
            "comment": name if origin.comments else "",
        }  # fmt: skip

    @cached_property
    def _levels(self) -> list[_Level]:
        """The value level records: results by test, parameters and qualifiers by their code, and
        what the standard binds to a codelist by another variable."""
        path = specs_path() / "specification" / "value_level.csv"
        patterns = list(read_table(path, ("variable", "by", "label")))
        return [
            level
            for dataset in self.facts.datasets
            for line in patterns
            for level in _levels_of(dataset, *(_own(name, dataset) for name in line.values()))
        ] + [level for dataset in self.facts.datasets for level in _bound_levels(dataset)]

    def value_level(self) -> Iterator[Values]:
        """What holds for a variable in the records of one test, parameter or qualifier."""
        orders: dict[Key, int] = {}
        for level in self._levels:
            key = (level.dataset.name, level.variable)
            orders[key] = orders.get(key, 0) + 1
            own = level.key if level.key in self.origins else key
            origin = self._origin(own, own)
            if level.by == "PARAMCD" and level.value in self.facts.methods:
                origin["method"] = f"{level.dataset.name}.{level.value}"
            codelist = self._codelist_ids.get(level.key, "") if level.bound else ""
            described = describe_values if codelist else describe_results
            yield {
                "order": str(orders[key]), "dataset": key[0], "variable": key[1],
                "where_clause": level.clause, "description": level.label,
                **_types(described(level.values)), "mandatory": "No", "codelist": codelist,
                **origin,
            }  # fmt: skip

    def where_clauses(self) -> Iterator[Values]:
        """The conditions of the value level and of the analysis results, each once."""
        levels = {level.clause: level for level in self._levels}
        for clause, level in levels.items():
            yield {"id": clause, "dataset": level.dataset.name, "variable": level.by,
                   "comparator": "EQ", "value": level.value}  # fmt: skip
        if self._results:
            yield from (each for each in self._results.where_clauses() if each["id"] not in levels)

    @cached_property
    def _results(self) -> ResultTables | None:
        """The displays of the analyses with their results."""
        analysis = self.facts.analysis
        if analysis is None or not self.facts.is_analysis:
            return None
        return ResultTables(analysis, frozenset(self.described))

    def analysis_results(self) -> dict[str, Iterator[Values]]:
        """The tables of the displays, their results, and what these rest on."""
        if self._results is None:
            return {}
        return {
            "analysis_displays": self._results.displays(),
            "analysis_results": self._results.results(),
            "analysis_criteria": self._results.criteria(),
        }

    @cached_property
    def _used(self) -> dict[Key, tuple[Codelist, dict[str, str]]]:
        """The codelist of each coded variable, and its terms in use with their decodes.

        Where the standard binds the values of some records to a codelist, it is theirs.
        """
        coded = [
            ((dataset.name, name), dataset, dataset.spec.by_name.get(name),
             values.drop(self._bound_records.get((dataset.name, name), [])))
            for dataset, name, values in self._columns()
        ]  # fmt: skip
        coded += [(level.key, level.dataset, level.bound, level.values)
                  for level in self._levels if level.bound]  # fmt: skip
        found = {}
        for key, dataset, spec, values in coded:
            used = sorted({str(value) for value in values.dropna()})
            codelist = self._codelist(dataset, spec, used) if spec and used else None
            if spec and codelist is not None:
                found[key] = codelist, _decodes(dataset, spec.name, used)
        return found

    @cached_property
    def _bound_records(self) -> dict[Key, pd.Index]:
        """The records of each variable that the value level binds to a codelist."""
        found: dict[Key, pd.Index] = {}
        for level in self._levels:
            if level.bound:
                key, records = (level.dataset.name, level.variable), level.values.index
                found[key] = found[key].union(records) if key in found else records
        return found

    def _codelist(self, dataset: Dataset, spec: VariableSpec, used: list[str]) -> Codelist | None:
        """The codelist that knows most of the terms in use, or one of the study's own."""
        if spec.type != "Char" or spec.domain == _NUMBER_OR_TERM:
            return None
        known = [self.facts.codelists[code] for code in spec.codelists
                 if code in self.facts.codelists]  # fmt: skip
        if known:
            return max(known, key=lambda each: len(each.submission_values & set(used)))
        if len(spec.values) > 1 or _decode_variable(dataset, spec.name):
            terms = tuple(Term("", value) for value in spec.values)
            return Codelist("", f"{dataset.name}.{spec.name}", spec.label, True, terms)
        return None

    @cached_property
    def _codelist_ids(self) -> dict[Key, str]:
        """The id of each variable's codelist: its short name where all use the same terms."""
        uses: dict[str, set[tuple[tuple[str, str], ...]]] = {}
        for codelist, terms in self._used.values():
            uses.setdefault(codelist.short_name, set()).add(tuple(terms.items()))
        return {
            key: codelist.short_name if len(uses[codelist.short_name]) == 1 else ".".join(key)
            for key, (codelist, _) in self._used.items()
        }

    def codelists(self) -> Iterator[Values]:
        """The terms in use of each codelist, those of the terminology in its order."""
        written: set[str] = set()
        for key, (codelist, decodes) in self._used.items():
            name = self._codelist_ids[key]
            if name in written:
                continue
            written.add(name)
            known = {term.submission_value: term for term in codelist.terms}
            ordered = [value for value in known if value in decodes]
            ordered += [value for value in decodes if value not in known]
            for order, value in enumerate(ordered, 1):
                term = known.get(value, Term("", value))
                yield {
                    "id": name, "name": codelist.name, "nci_codelist_code": codelist.code,
                    "data_type": "text", "order": str(order), "term": value,
                    "terminology": self._terminology(
                        self.facts.codelists.packages.get(codelist.code, "")
                    ),
                    "nci_term_code": term.code,
                    "decoded_value": decodes[value] or term.preferred_term or value,
                }  # fmt: skip

    def dictionaries(self) -> Iterator[Values]:
        """The dictionaries that variables are coded in."""
        named = {
            _dictionary(dataset.spec.by_name[name])
            for dataset, name, _ in self._columns()
            if name in dataset.spec.by_name
        }
        for name in sorted(named - {""}):
            yield {"id": name, "name": name, "data_type": "text", "dictionary": name,
                   "version": self.facts.versions.get(name, "")}  # fmt: skip

    def texts(self, what: str) -> Iterator[Values]:
        """The methods or comments of all variables and parameters."""
        for key, origin in self.origins.items():
            words = origin.methods if what == "methods" else origin.comments
            if words:
                yield _text(what, ".".join(key), "\n".join(words))
        if what == "methods":
            named = {f"{level.dataset.name}.{level.value}": level.value for level in self._levels
                     if level.by == "PARAMCD" and level.value in self.facts.methods}  # fmt: skip
            for name, value in named.items():
                yield _text(what, name, self.facts.methods[value])


def _text(what: str, name: str, description: str) -> Values:
    if what == "comments":
        return {"id": name, "description": description}
    return {"id": name, "name": f"Algorithm to derive {name}", "type": "Computation",
            "description": description}  # fmt: skip


def _own(pattern: str, dataset: Dataset) -> str:
    """A variable's own name: --TESTCD of LB is LBTESTCD."""
    return pattern.replace("--", (dataset.spec.domain or dataset.name)[:2])


def _levels_of(dataset: Dataset, variable: str, by: str, label: str) -> Iterator[_Level]:
    frame = dataset.frame
    if variable not in frame or by not in frame:
        return
    filled = frame[frame[variable].notna() & frame[by].notna()]
    for value, records in filled.groupby(by, sort=True):
        text = str(records[label].iloc[0]) if label in records else str(value)
        yield _Level(dataset, variable, by, str(value), text, records[variable])


def _bound_levels(dataset: Dataset) -> Iterator[_Level]:
    """The records whose values the standard binds to a codelist by one value of a variable."""
    for level in dataset.spec.value_level:
        names = {level.variable.name, *(item.variable for item in level.where)}
        if len(level.where) != 1 or not level.variable.codelists or not names <= {*dataset.frame}:
            continue
        (where,) = level.where
        values = dataset.frame.loc[records_where(dataset.frame, level.where), level.variable.name]
        if where.comparator == "EQ" and values.notna().any():
            by, value = where.variable, where.values[0]
            text = _decodes(dataset, by, [value])[value] or value
            yield _Level(dataset, level.variable.name, by, value, text, values, level.variable)


def _types(described: ValueDescription) -> Values:
    return {
        "data_type": described.data_type,
        "length": str(described.length),
        "significant_digits": "" if described.digits is None else str(described.digits),
    }


def _is_date(spec: DatasetSpec, name: str) -> bool:
    variable = spec.by_name.get(name)
    return variable is not None and variable.is_datetime


def _dictionary(spec: VariableSpec) -> str:
    """The dictionary of a text that is coded in one; the codes of MedDRA are numbers."""
    return spec.domain if spec.type == "Char" and spec.domain in _DICTIONARIES else ""


def _fixed(spec: VariableSpec, values: pd.Series) -> str:
    """The one value that a variable always has, where the standard fixes it."""
    used = {str(value) for value in values.dropna()}
    return spec.values[0] if len(spec.values) == 1 and used == set(spec.values) else ""


def _decode_variable(dataset: Dataset, name: str) -> str:
    """The variable that says in words what a code stands for, "" where there is none."""
    for variable, words in _decode_pairs():
        decode = _own(words, dataset)
        if _own(variable, dataset) == name and decode in dataset.frame:
            return decode
    return ""


@lru_cache(maxsize=1)
def _decode_pairs() -> tuple[Key, ...]:
    """The variables that hold a code, each with the one that says it in words."""
    path = specs_path() / "specification" / "decodes.csv"
    lines = read_table(path, ("variable", "decode"))
    return tuple((line["variable"], line["decode"]) for line in lines)


def _decodes(dataset: Dataset, name: str, used: Iterable[str]) -> dict[str, str]:
    """The terms in use, each with the words that the dataset has for it."""
    decode = _decode_variable(dataset, name)
    if not decode:
        return dict.fromkeys(used, "")
    pairs = dataset.frame[[name, decode]].dropna().drop_duplicates(name)
    words = dict(zip(pairs[name].astype(str), pairs[decode].astype(str), strict=True))
    return {value: words.get(value, "") for value in used}
