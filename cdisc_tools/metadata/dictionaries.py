"""Values coded with MedDRA and WHODrug, against the user's own dictionaries."""

from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from cdisc_tools.metadata.dictionary_files import read_meddra, read_whodrug
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.dictionaries import Dictionaries, MedDra, WhoDrug
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.numbers import number_text
from cdisc_tools.model.specs import DatasetSpec, fold_term
from cdisc_tools.model.study import Study

CAP = 100
PRIMARY = "primary SOC"
# SDTMIG 4.2.8.3: a qualifier with several values that stand in the supplemental dataset
MULTIPLE = "MULTIPLE"
Values = Sequence[str | None]


@dataclass(frozen=True)
class CodedVariable:
    """A variable that holds a term or a code of a level of a dictionary."""

    name: str
    level: str
    holds: str


def read_dictionaries(study: Study) -> Dictionaries:
    """Read the dictionaries that a study names; their paths are those from the study folder.

    Raises ConfigurationError, with file, line and reason, for files that can't be used.
    """
    named = {one.name: one for one in study.dictionaries}
    meddra, whodrug = named.get("meddra"), named.get("whodrug")
    return Dictionaries(
        read_meddra(study.folder / meddra.path, meddra.version) if meddra else None,
        read_whodrug(study.folder / whodrug.path, whodrug.version) if whodrug else None,
    )


def check_dictionary(
    frame: pd.DataFrame, spec: DatasetSpec, dictionaries: Dictionaries, *, cap: int = CAP
) -> Findings:
    """Check the coded values of a dataset against the dictionaries.

    Takes the dataset's frame, one record per what ``spec.structure`` says; missing values are
    passed over. MedDRA: a value that is no term of its level (CDT-T005), a code that is none of
    its level or not that of its term (CDT-T006), levels that don't lead to each other
    (CDT-T007). WHODrug: a drug or class that isn't there (CDT-T008), a class that isn't one of
    the drug (CDT-T009). Of each check and variable ``cap`` are kept, ``totals`` counts all.
    """
    findings = Findings()
    reporter = _Reporter(frame.reset_index(drop=True), spec, findings, cap)
    if dictionaries.meddra is not None:
        _check_meddra(reporter, dictionaries.meddra)
    if dictionaries.whodrug is not None:
        _check_whodrug(reporter, dictionaries.whodrug)
    return findings


@lru_cache(maxsize=1)
def _bindings() -> tuple[Mapping[str, str], ...]:
    columns = ("dictionary", "suffix", "level", "holds", "datasets")
    return tuple(read_table(specs_path() / "dictionaries" / "variables.csv", columns))


def coded_variables(
    frame: pd.DataFrame, spec: DatasetSpec, dictionary: str
) -> dict[tuple[str, str], CodedVariable]:
    """The variables of a dataset that hold values of a dictionary, by level and term or code.

    They are those of its domain that ``specs/dictionaries/variables.csv`` lists, and any other
    of these names where the standard says that the dictionary holds for it.
    """
    domain = (spec.domain or spec.name)[:2]
    found = {}
    for line in _bindings():
        name = domain + line["suffix"]
        if line["dictionary"] != dictionary or name not in frame:
            continue
        said = spec.by_name[name].domain.lower() if name in spec.by_name else ""
        if domain in line["datasets"].split() or dictionary in said:
            level, holds = line["level"], line["holds"]
            found[level, holds] = CodedVariable(name, level, holds)
    return found


class _Reporter:
    """The dataset that is being checked, and what was found in it."""

    def __init__(
        self, frame: pd.DataFrame, spec: DatasetSpec, findings: Findings, cap: int
    ) -> None:
        self.frame = frame
        self.spec = spec
        self.findings = findings
        self.cap = cap
        self._texts: dict[str, Values] = {}
        self._keys = [key for key in spec.keys if key != "STUDYID" and key in frame]

    def values(self, name: str) -> Values:
        """The values of a variable as text, None where missing; a code has no decimals."""
        if name not in self._texts:
            series = self.frame[name]
            pairs = zip(series.tolist(), series.isna().tolist(), strict=True)
            self._texts[name] = [None if missing else _text(value) for value, missing in pairs]
        return self._texts[name]

    def report(
        self, check_id: str, names: tuple[str, ...], wrong: Callable[..., str], *keys: Values
    ) -> None:
        """Add a finding for each record where ``wrong`` of its values in ``keys`` is no "".

        ``wrong`` is asked once for each distinct set of values, and only where all are there.
        """
        rows = list(zip(*keys, strict=True))
        details: dict[Hashable, str] = {}
        for row in set(rows):
            detail = "" if None in row else wrong(*row)
            if detail:
                details[row] = detail
        if not details:
            return
        positions = [position for position, row in enumerate(rows) if row in details]
        for position in positions[: self.cap]:
            self.findings.add(self._finding(check_id, names, position, details[rows[position]]))
        if len(positions) > self.cap:
            more = Finding(check_id, self.spec.name, names)
            self.findings.count(more, len(positions) - self.cap)

    def _finding(
        self, check_id: str, names: tuple[str, ...], position: int, detail: str
    ) -> Finding:
        texts = ((key, self.values(key)[position] or "") for key in self._keys)
        return Finding(
            check_id,
            self.spec.name,
            names,
            tuple(self.values(name)[position] or "" for name in names),
            tuple((key, text) for key, text in texts if text),
            position + 1,
            None,
            detail,
        )


def _text(value: object) -> str | None:
    """A value as text, a whole number without decimals, None where it is empty."""
    if isinstance(value, float):
        return number_text(value)
    return str(value).strip() or None


def _check_meddra(reporter: _Reporter, meddra: MedDra) -> None:
    coded = coded_variables(reporter.frame, reporter.spec, "meddra")
    spelled = {level: _by_folded(terms.values()) for level, terms in meddra.terms.items()}
    for (level, holds), variable in coded.items():
        own = level.removeprefix("primary ")
        values = reporter.values(variable.name)
        if holds == "term":
            what = " ".join(f"MedDRA {meddra.version} {own}".split())
            wrong = _unknown_term(what, meddra.codes[own], spelled[own])
            reporter.report("CDT-T005", (variable.name,), wrong, values)
            continue
        reporter.report("CDT-T006", (variable.name,), _unknown_code(meddra.terms[own], own), values)
        term = coded.get((level, "term"))
        if term is not None:
            names = (term.name, variable.name)
            other = _other_term(meddra.terms[own], meddra.codes[own])
            reporter.report("CDT-T006", names, other, reporter.values(term.name), values)
    _check_levels(reporter, meddra, coded)


def _by_folded(names: Iterable[str]) -> dict[str, str]:
    return {fold_term(name): name for name in names}


def _unknown_term(
    what: str, known: Container[str], spelled: Mapping[str, str]
) -> Callable[[str], str]:
    def wrong(value: str) -> str:
        if value in known:
            return ""
        other = spelled.get(fold_term(value))
        return f"no {what}" + (f" (it is spelled '{other}' there)" if other else "")

    return wrong


def _unknown_code(terms: Mapping[str, str], level: str) -> Callable[[str], str]:
    return lambda code: "" if code in terms else f"it is no code of a {level}"


def _other_term(terms: Mapping[str, str], codes: Mapping[str, str]) -> Callable[[str, str], str]:
    """Wrong is a code of another term; an unknown term or code is a finding of its own."""

    def wrong(value: str, code: str) -> str:
        if value not in codes or code not in terms or terms[code] == value:
            return ""
        return f"{code} is the code of '{terms[code]}', that of '{value}' is {codes[value]}"

    return wrong


def _check_levels(
    reporter: _Reporter, meddra: MedDra, coded: Mapping[tuple[str, str], CodedVariable]
) -> None:
    """Check each level against the PT: the LLT belongs to it, the PT leads to the others."""
    pt = _level_codes(reporter, meddra, coded, "PT")
    if pt is None:
        return
    checks = {
        "LLT": _other_pt(meddra), "HLT": _off_path(meddra, 0, "HLT"),
        "HLGT": _off_path(meddra, 1, "HLGT"), "SOC": _off_path(meddra, 2, "SOC"),
        PRIMARY: _other_primary(meddra),
    }  # fmt: skip
    for level, wrong in checks.items():
        found = _level_codes(reporter, meddra, coded, level)
        if found is not None:
            reporter.report("CDT-T007", (pt[0], found[0]), wrong, pt[1], found[1])


def _level_codes(
    reporter: _Reporter, meddra: MedDra, coded: Mapping[tuple[str, str], CodedVariable], level: str
) -> tuple[str, Values] | None:
    """The codes of a level's values, by the term where the dataset has it, else by the code.

    Returns the variable, too; an unknown value is None, which is a finding of another check.
    """
    own = level.removeprefix("primary ")
    term, code = coded.get((level, "term")), coded.get((level, "code"))
    if term is not None:
        codes = meddra.codes[own]
        return term.name, [codes.get(value or "") for value in reporter.values(term.name)]
    if code is not None:
        known = meddra.terms[own]
        values = reporter.values(code.name)
        return code.name, [value if value in known else None for value in values]
    return None


def _other_pt(meddra: MedDra) -> Callable[[str, str], str]:
    def wrong(pt: str, llt: str) -> str:
        parent = meddra.parents[llt]
        if parent == pt:
            return ""
        names = meddra.terms["LLT"][llt], meddra.terms["PT"][parent]
        return f"the LLT '{names[0]}' belongs to the PT '{names[1]}'"

    return wrong


def _off_path(meddra: MedDra, place: int, level: str) -> Callable[[str, str], str]:
    def wrong(pt: str, code: str) -> str:
        reached = {path[place] for path in meddra.paths[pt]}
        if code in reached:
            return ""
        names = " or ".join(f"'{name}'" for name in sorted(meddra.terms[level][c] for c in reached))
        return f"the PT leads to the {level} {names}"

    return wrong


def _other_primary(meddra: MedDra) -> Callable[[str, str], str]:
    def wrong(pt: str, soc: str) -> str:
        primary = meddra.primary[pt]
        return "" if soc == primary else f"the primary SOC is '{meddra.terms['SOC'][primary]}'"

    return wrong


def _check_whodrug(reporter: _Reporter, whodrug: WhoDrug) -> None:
    coded = coded_variables(reporter.frame, reporter.spec, "whodrug")
    keys = (("drug", "term"), ("ATC", "term"), ("ATC", "code"))
    drug, text, code = (coded[key].name if key in coded else "" for key in keys)
    title = f"WHODrug {whodrug.version}".strip()
    texts = frozenset(whodrug.classes.values())
    classes = _by_folded(texts)
    known = {
        drug: _unknown_term(f"drug name of {title}", whodrug.drugs, _by_folded(whodrug.drugs)),
        text: _but_multiple(_unknown_term(f"ATC text of {title}", texts, classes)),
        code: _but_multiple(_unknown_term(f"ATC code of {title}", whodrug.classes, {})),
    }
    for name, wrong in known.items():
        if name:
            reporter.report("CDT-T008", (name,), wrong, reporter.values(name))
    if text and code:
        columns = reporter.values(text), reporter.values(code)
        reporter.report("CDT-T008", (text, code), _other_class(whodrug), *columns)
    if drug and code:
        columns = reporter.values(drug), reporter.values(code)
        reporter.report("CDT-T009", (drug, code), _not_assigned(whodrug), *columns)


def _but_multiple(wrong: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: "" if value == MULTIPLE else wrong(value)


def _other_class(whodrug: WhoDrug) -> Callable[[str, str], str]:
    def wrong(text: str, code: str) -> str:
        known = whodrug.classes.get(code, text)
        return "" if text in (known, MULTIPLE) else f"the text of {code} is '{known}'"

    return wrong


def _not_assigned(whodrug: WhoDrug) -> Callable[[str, str], str]:
    def wrong(drug: str, code: str) -> str:
        if drug not in whodrug.drugs or code not in whodrug.classes:
            return ""
        classes = whodrug.classes_of(drug)
        if code in classes:
            return ""
        named = ", ".join(sorted(classes & set(whodrug.classes))) or "none"
        return f"the ATC codes of {drug} are {named}"

    return wrong
