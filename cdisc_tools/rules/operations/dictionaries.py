"""Operations on the study's licensed dictionaries: MedDRA and WHODrug."""

from collections.abc import Callable, Mapping, Sequence

from cdisc_tools.model.dictionaries import LEVELS, MedDra, WhoDrug
from cdisc_tools.rules.columns import Column, Value, as_text
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.operations.filters import number_groups
from cdisc_tools.rules.operations.registry import Call, operation

# the variables that hold the code and the term of each level
_PAIRS: Mapping[str, tuple[str, str]] = {
    "LLT": ("--LLTCD", "--LLT"),
    "PT": ("--PTCD", "--DECOD"),
    "HLT": ("--HLTCD", "--HLT"),
    "HLGT": ("--HLGTCD", "--HLGT"),
    "SOC": ("--SOCCD", "--SOC"),
}
_CODE_SUFFIXES = ("LLTCD", "PTCD", "HLTCD", "HLGTCD", "SOCCD", "BDSYCD")
_MEDDRA, _WHODRUG = "meddra", "whodrug"
_NOT_READ = frozenset({"loinc", "medrt", "unii", "snomed"})


@operation("valid_meddra_code_references")
def valid_meddra_code_references(call: Call) -> Column:
    """True where the codes of a record's five levels of MedDRA lead to one another.

    Missing where one of them is.
    """
    meddra = _meddra(call)
    return _of_records(call, [code for code, _ in _PAIRS.values()], _path_judge(meddra))


@operation("valid_meddra_term_references")
def valid_meddra_term_references(call: Call) -> Column:
    """True where the terms of a record's five levels of MedDRA lead to one another.

    Missing where one of them is.
    """
    meddra = _meddra(call)
    is_path = _path_judge(meddra)

    def judge(*terms: str) -> bool:
        codes = (meddra.codes[level].get(term) for level, term in zip(LEVELS, terms, strict=True))
        return is_path(*(code or "" for code in codes))

    return _of_records(call, [term for _, term in _PAIRS.values()], judge)


def _path_judge(meddra: MedDra) -> Callable[..., bool]:
    """Tell whether codes of LLT, PT, HLT, HLGT and SOC lead to one another, on any axis."""

    def judge(llt: str, pt: str, hlt: str, hlgt: str, soc: str) -> bool:
        return meddra.parents.get(llt) == pt and (hlt, hlgt, soc) in meddra.paths.get(pt, ())

    return judge


@operation("valid_meddra_code_term_pairs")
def valid_meddra_code_term_pairs(call: Call) -> Column:
    """True where the code and term of the level that a variable (``name``) is of belong together.

    Missing where one of the two is.
    """
    meddra = _meddra(call)
    level = next((level for level, pair in _PAIRS.items() if call.target in _expanded(call, pair)),
                 "")  # fmt: skip
    if not level:
        raise RuleError(f"line {call.operation.line}: {call.target} is no term or code of MedDRA")
    known = meddra.terms[level]
    return _of_records(call, _PAIRS[level], lambda code, term: known.get(code) == term)


def _expanded(call: Call, names: Sequence[str]) -> frozenset[str]:
    return frozenset(call.table.expand(name) for name in names)


@operation("valid_whodrug_references")
def valid_whodrug_references(call: Call) -> Column:
    """True where a value is an ATC code of WHODrug."""
    whodrug = _whodrug(call)
    return call.table[call.target].map(lambda value: as_text(value) in whodrug.classes)


@operation("whodrug_code_hierarchy")
def whodrug_code_hierarchy(call: Call) -> Column:
    """True where --CLASCD is an ATC code of the drug --DECOD, and --CLAS its text.

    A level above those assigned to the drug is one of its codes. Missing where one of them is.
    """
    whodrug = _whodrug(call)

    def judge(drug: str, text: str, code: str) -> bool:
        return code in whodrug.classes_of(drug) and whodrug.classes.get(code) == text

    return _of_records(call, ("--DECOD", "--CLAS", "--CLASCD"), judge)


@operation("valid_external_dictionary_value")
def valid_external_dictionary_value(call: Call) -> Column:
    """True where a value is a term of a dictionary (``external_dictionary_type``); in a variable
    of codes, a code.

    ``dictionary_term_type`` is the level of MedDRA; ``case_sensitive: false`` takes a term in
    capital or small letters.
    """
    if call.operation.name.upper().endswith(_CODE_SUFFIXES):
        return _where_among(call, _codes(call))
    return _where_among(call, _terms(call))


@operation("valid_external_dictionary_code")
def valid_external_dictionary_code(call: Call) -> Column:
    """True where a value is a code of a dictionary, of MedDRA one of ``dictionary_term_type``."""
    return _where_among(call, _codes(call))


@operation("valid_external_dictionary_code_term_pair")
def valid_external_dictionary_code_term_pair(call: Call) -> Column:
    """True where a code (``name``) and its term (``external_dictionary_term_variable``) belong
    together, of MedDRA at any level unless ``dictionary_term_type`` says one.

    Missing where one of the two is.
    """
    term = str(call.option("external_dictionary_term_variable") or "")
    if _kind(call) == _MEDDRA:
        meddra = _meddra(call)
        levels = [_level(call)] if call.option("dictionary_term_type") else list(LEVELS)
        known: list[Mapping[str, str]] = [meddra.terms[level] for level in levels]
    else:
        known = [_whodrug(call).classes]
    return _of_records(
        call,
        (call.target, term),
        lambda code, text: any(names.get(code) == text for names in known),
    )


def _terms(call: Call) -> frozenset[str]:
    """The terms of the dictionary that a call names."""
    if _kind(call) == _MEDDRA:
        return frozenset(_meddra(call).terms[_level(call)].values())
    whodrug = _whodrug(call)
    return frozenset((*whodrug.drugs, *whodrug.classes.values()))


def _codes(call: Call) -> frozenset[str]:
    if _kind(call) == _MEDDRA:
        return frozenset(_meddra(call).terms[_level(call)])
    return frozenset(_whodrug(call).classes)


def _where_among(call: Call, known: frozenset[str]) -> Column:
    column = call.table[call.target]
    if call.option("case_sensitive", default=True):
        return column.map(lambda value: as_text(value) in known)
    folded = frozenset(text.lower() for text in known)
    return column.map(lambda value: as_text(value).lower() in folded)


def _of_records(call: Call, names: Sequence[str], judge: Callable[..., bool]) -> Column:
    """Judge the values of some variables together, once for each distinct set of them."""
    columns = [call.table[name] for name in names]
    groups, first = number_groups(columns, call.table.size)
    made: list[Value] = []
    for place in first.tolist():
        values = [column.record(place) for column in columns]
        made.append(None if None in values else judge(*map(as_text, values)))
    return Column.of(made).take(groups)


def _kind(call: Call) -> str:
    kind = str(call.option("external_dictionary_type") or "").lower()
    if kind in _NOT_READ:
        raise RuleSkipped(f"the dictionary {kind} is not read")
    if kind not in {_MEDDRA, _WHODRUG}:
        raise RuleError(f"line {call.operation.line}: there is no dictionary '{kind}'")
    return kind


def _level(call: Call) -> str:
    level = str(call.option("dictionary_term_type") or "").upper()
    if level not in LEVELS:
        known = ", ".join(LEVELS)
        raise RuleError(f"line {call.operation.line}: MedDRA has no level '{level}', but {known}")
    return level


def _meddra(call: Call) -> MedDra:
    if call.study.dictionaries.meddra is None:
        raise RuleSkipped("the study names no files of MedDRA")
    return call.study.dictionaries.meddra


def _whodrug(call: Call) -> WhoDrug:
    if call.study.dictionaries.whodrug is None:
        raise RuleSkipped("the study names no files of WHODrug")
    return call.study.dictionaries.whodrug
