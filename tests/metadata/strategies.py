"""Hypothesis strategies made from the metadata: datasets that are right, and that have one fault.

``minimal_frames`` makes right datasets of any spec; ``faulty_frames`` puts exactly one fault of a
kind into one, where the spec has a variable for it (``applicable_kinds``).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from hypothesis import strategies as st

from cdisc_tools.metadata.masks import sequence_variable
from cdisc_tools.metadata.schemas import key_check
from cdisc_tools.metadata.value_checks import codelists_of
from cdisc_tools.model.specs import Codelist, DatasetSpec, VariableSpec

Codelists = Mapping[str, Codelist]

RECORDS = 3
ANALYSIS_CLASSES = {
    "SUBJECT LEVEL ANALYSIS DATASET",
    "BASIC DATA STRUCTURE",
    "OCCURRENCE DATA STRUCTURE",
    "ADAM OTHER",
}
# no term and no value of any list
FOREIGN = "~QQ~"
NO_DATES = ["2020-02-30", "20200101", "2020-13-01", "yesterday", "2020-02-01T25:00"]
NO_DURATIONS = ["1 day", "P", "PT", "3 weeks"]


@dataclass(frozen=True)
class FaultyFrame:
    """A dataset with one fault: what is to be found of it, and what may come along."""

    frame: pd.DataFrame
    check_id: str
    variables: tuple[str, ...]
    companions: frozenset[str] = frozenset()


@st.composite
def minimal_frames(
    draw: st.DrawFn, spec: DatasetSpec, codelists: Codelists, also: Iterable[str] = ()
) -> pd.DataFrame:
    """Make a right dataset: its required and expected variables, and those of ``also``.

    Its records are of different subjects, and have different values in every key variable that
    can have them. A name and its short form are terms of one concept.
    """
    names = {item.name for item in spec.variables if item.core in {"Req", "Exp"}} | set(also)
    columns: dict[str, list[object]] = {}
    for variable in spec.variables:
        if variable.name not in names or variable.name in columns:
            continue
        short = spec.by_name.get(f"{variable.name}CD")
        concepts = _concepts(variable, short, codelists) if short else ()
        if short is not None and concepts:
            chosen = draw(_different(concepts))
            columns[variable.name] = [pair[0] for pair in chosen]
            columns[short.name] = [pair[1] for pair in chosen]
        else:
            columns[variable.name] = draw(_values(variable, codelists))
    _meet_value_level(columns, spec, codelists)
    # a short form that stands before its name was drawn alone; it is overwritten above
    order = [item.name for item in spec.variables if item.name in columns and item.name in names]
    return pd.DataFrame(
        {name: pd.Series(columns[name], dtype=_dtype(spec.by_name[name])) for name in order}
    )


def _dtype(variable: VariableSpec) -> str:
    return "string" if variable.type == "Char" else "float64"


def _different(choices: tuple[object, ...]) -> st.SearchStrategy[list[object]]:
    """Draw a value for each record, neighbours in a list: different ones where there are enough."""
    return st.integers(0, len(choices) - 1).map(
        lambda first: [choices[(first + more) % len(choices)] for more in range(RECORDS)]
    )


def _meet_value_level(
    columns: dict[str, list[object]], spec: DatasetSpec, codelists: Codelists
) -> None:
    """Put terms of the value level's codelists where its conditions are met."""
    for level in spec.value_level:
        terms = _terms(level.variable, codelists)
        values = columns.get(level.variable.name)
        if not terms or values is None:
            continue
        for record in range(RECORDS):
            if all(columns.get(item.variable, [None] * RECORDS)[record] in item.values
                   for item in level.where):  # fmt: skip
                values[record] = terms[record % len(terms)]


def _values(variable: VariableSpec, codelists: Codelists) -> st.SearchStrategy[list[object]]:
    """Draw right values of a variable, one a record; different ones but for the study's id."""
    if variable.name == "STUDYID":
        return st.sampled_from(["S1", "STUDY-2"]).map(lambda value: [value] * RECORDS)
    if variable.values:
        fixed = tuple(float(item) if variable.type == "Num" else item for item in variable.values)
        return _different(fixed)
    if variable.type == "Num":
        return st.integers(1, 9999).map(lambda n: [float(n + more) for more in range(RECORDS)])
    terms = _terms(variable, codelists)
    if terms:
        return _different(terms)
    if variable.is_datetime:
        return st.integers(0, 9999).map(
            lambda days: [str(date(2001, 1, 1) + timedelta(days + more)) for more in range(RECORDS)]
        )
    if variable.domain.startswith("ISO 8601 duration"):
        return st.integers(1, 90).map(lambda n: [f"P{n + more}D" for more in range(RECORDS)])
    return st.sampled_from(["A", "Text", "x y", "caf\u00e9"]).map(
        lambda text: [f"{text}{number}" for number in range(RECORDS)]
    )


def _terms(variable: VariableSpec, codelists: Codelists) -> tuple[str, ...]:
    """Return the terms that a variable may have, () where its codelists are not at hand."""
    lists = codelists_of(variable, codelists)
    if not lists:
        return ()
    if variable.codelists not in _TERMS:
        _TERMS[variable.codelists] = tuple(
            sorted({term for item in lists for term in item.submission_values})
        )
    return _TERMS[variable.codelists]


def _concepts(
    variable: VariableSpec, short: VariableSpec, codelists: Codelists
) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a name and its short form that are one concept."""
    lists, short_lists = codelists_of(variable, codelists), codelists_of(short, codelists)
    if not lists or not short_lists:
        return ()
    key = (variable.codelists, short.codelists)
    if key not in _PAIRS:
        shorts = {term.code: term.submission_value for item in short_lists for term in item.terms}
        _PAIRS[key] = tuple(
            (term.submission_value, shorts[term.code])
            for item in lists
            for term in item.terms
            if term.code in shorts
        )
    return _PAIRS[key]


# the terms of codelists by their codes: one terminology serves a run of the tests
_TERMS: dict[tuple[str, ...], tuple[str, ...]] = {}
_PAIRS: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[tuple[str, str], ...]] = {}


def _is_paired(variable: VariableSpec, spec: DatasetSpec, codelists: Codelists) -> bool:
    short = spec.by_name.get(f"{variable.name}CD")
    return short is not None and bool(_concepts(variable, short, codelists))


def _is_free(variable: VariableSpec) -> bool:
    """Tell whether a variable may have any value of its type."""
    return not (variable.codelists or variable.values or variable.domain)


# ---- faults: for each kind the variables that it can befall, and how it is put in --------------


def _candidates(kind: str, spec: DatasetSpec, codelists: Codelists) -> list[VariableSpec]:
    """Return the variables that a fault of a kind can befall."""
    sequence = sequence_variable(spec)
    rules: dict[str, Callable[[VariableSpec], bool]] = {
        "CDT-S001": lambda item: item.core == "Req",
        "CDT-S002": lambda item: item.core == "Exp",
        "CDT-S003": lambda item: item.core == "Req" and _must_have_value(item, spec),
        "CDT-S005": lambda item: _is_free(item) and item.name not in spec.keys,
        "CDT-S006": lambda item: bool(item.values),
        "CDT-S007": lambda item: item.is_datetime,
        "CDT-S008": lambda item: item.domain.startswith("ISO 8601 duration"),
        "CDT-S009": lambda item: item.length is not None and not _terms(item, codelists),
        "CDT-S010": lambda item: item.type == "Char" and item.length is None and _is_free(item),
        "CDT-S012": lambda item: item.name == sequence,
        "CDT-T001": lambda item: _closed(item, codelists) == "CDT-T001",
        "CDT-T002": lambda item: _closed(item, codelists) == "CDT-T002",
        "CDT-T004": lambda item: _is_paired(item, spec, codelists),
    }
    return [item for item in spec.variables if rules[kind](item)]


def _must_have_value(variable: VariableSpec, spec: DatasetSpec) -> bool:
    """SDTM wants a value of what is required; ADaM of what identifies the record."""
    return spec.dataset_class not in ANALYSIS_CLASSES or variable.name in spec.keys


def _closed(variable: VariableSpec, codelists: Codelists) -> str:
    """Return the id that a foreign term of a variable is found by, "" for none."""
    lists = codelists_of(variable, codelists)
    if not lists or variable.type != "Char":
        return ""
    return "CDT-T002" if any(item.extensible for item in lists) else "CDT-T001"


_OF_DATASETS = ("CDT-S004", "CDT-S014", "CDT-S015", "CDT-S016")
_OF_VARIABLES = (
    "CDT-S001", "CDT-S002", "CDT-S003", "CDT-S005", "CDT-S006", "CDT-S007", "CDT-S008",
    "CDT-S009", "CDT-S010", "CDT-S012", "CDT-T001", "CDT-T002", "CDT-T004",
)  # fmt: skip


def applicable_kinds(spec: DatasetSpec, codelists: Codelists) -> tuple[str, ...]:
    """Return the ids of the faults that a dataset of a spec can have."""
    kinds = [*_OF_DATASETS, *(kind for kind in _OF_VARIABLES if _candidates(kind, spec, codelists))]
    return tuple(sorted([*kinds, key_check(spec)] if spec.keys else kinds))


@st.composite
def faulty_frames(
    draw: st.DrawFn, kind: str, spec: DatasetSpec, codelists: Codelists
) -> FaultyFrame:
    """Make a dataset that has one fault of a kind, and is right otherwise."""
    if kind in {"CDT-S011", "CDT-S013"}:
        return _with_repeated_key(draw(minimal_frames(spec, codelists, also=spec.keys)), spec, kind)
    if kind in _OF_DATASETS:
        return _with_dataset_fault(draw(minimal_frames(spec, codelists)), kind)
    variable = draw(st.sampled_from(_candidates(kind, spec, codelists)))
    also = (variable.name, f"{variable.name}CD") if kind == "CDT-T004" else (variable.name,)
    frame = draw(minimal_frames(spec, codelists, also=also))
    if kind in {"CDT-S001", "CDT-S002"}:
        return FaultyFrame(frame.drop(columns=variable.name), kind, (variable.name,))
    if kind == "CDT-S005":
        return FaultyFrame(_of_other_type(frame, variable), kind, (variable.name,))
    if kind == "CDT-S012":
        return _with_repeated_number(frame, spec, variable.name)
    if kind == "CDT-T004":
        return _with_other_name(frame, variable.name)
    wrong = _with_value(frame, variable, draw(_wrong_value(kind, variable)))
    # a fixed value may be a term, too: what is neither is found twice
    both = bool(variable.values) and bool(variable.codelists)
    companions = {"CDT-S006", "CDT-T001", "CDT-T002"} if both else set()
    return FaultyFrame(wrong, kind, (variable.name,), frozenset(companions))


def _wrong_value(kind: str, variable: VariableSpec) -> st.SearchStrategy[object]:
    """Draw a value that is at fault."""
    text = variable.type == "Char"
    too_long = "x" * ((variable.length or 200) + 1)
    values: dict[str, list[object]] = {
        "CDT-S003": [None, "", " "] if text else [None],
        "CDT-S006": [FOREIGN] if text else [987654.0],
        "CDT-S007": list(NO_DATES),
        "CDT-S008": list(NO_DURATIONS),
        "CDT-S009": [too_long],
        "CDT-S010": [too_long, "\u00e9" * 101],
        "CDT-T001": [FOREIGN],
        "CDT-T002": [FOREIGN],
    }
    return st.sampled_from(values[kind])


def _with_value(frame: pd.DataFrame, variable: VariableSpec, value: object) -> pd.DataFrame:
    """Put a value into the last record."""
    values = [*frame[variable.name].tolist()[:-1], value]
    return frame.assign(**{variable.name: pd.Series(values, dtype=_dtype(variable))})


def _of_other_type(frame: pd.DataFrame, variable: VariableSpec) -> pd.DataFrame:
    numbers = pd.Series(range(1, len(frame) + 1), dtype="float64")
    other = numbers if variable.type == "Char" else numbers.map(lambda n: f"n{n}").astype("string")
    return frame.assign(**{variable.name: other})


def _with_repeated_key(frame: pd.DataFrame, spec: DatasetSpec, kind: str) -> FaultyFrame:
    """Make the last record the first one's again, but for its sequence number."""
    sequence = sequence_variable(spec)
    kept = [name for name in (sequence,) if name in frame and name not in spec.keys]
    records = [*range(len(frame) - 1), 0]
    again = frame.iloc[records].reset_index(drop=True).assign(**{n: frame[n] for n in kept})
    numbered_twice = {"CDT-S012"} if sequence and sequence not in kept else set()
    return FaultyFrame(again, kind, spec.keys, frozenset(numbered_twice))


def _with_repeated_number(frame: pd.DataFrame, spec: DatasetSpec, sequence: str) -> FaultyFrame:
    """Give the last record the subject and the number of the first one."""
    records = [*range(len(frame) - 1), 0]
    same = {name: frame[name].iloc[records].to_numpy() for name in ("USUBJID", sequence)}
    companions = frozenset({key_check(spec)})
    return FaultyFrame(frame.assign(**same), "CDT-S012", (sequence,), companions)


def _with_other_name(frame: pd.DataFrame, name: str) -> FaultyFrame:
    """Give the last record the name of the first one's concept; its short form stays."""
    records = [*range(len(frame) - 1), 0]
    other = frame.assign(**{name: frame[name].iloc[records].to_numpy()})
    return FaultyFrame(other, "CDT-T004", (name, f"{name}CD"))


def _with_dataset_fault(frame: pd.DataFrame, kind: str) -> FaultyFrame:
    """Put in a fault of the dataset as a whole."""
    unknown = frozenset({"CDT-S004", "CDT-A024"})
    if kind == "CDT-S014":
        return FaultyFrame(frame.iloc[:0], kind, ())
    if kind == "CDT-S015":
        names = [frame.columns[-1], *frame.columns[:-1]]
        return FaultyFrame(frame[names], kind, (names[0],))
    if kind == "CDT-S016":
        return FaultyFrame(frame.assign(toolongname="a"), kind, ("toolongname",), unknown)
    return FaultyFrame(frame.assign(QQUNKNWN="a"), kind, ("QQUNKNWN",))
