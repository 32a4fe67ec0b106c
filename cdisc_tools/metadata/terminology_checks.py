"""Whether the entries of a terminology file make whole codelists, and those that are known."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdisc_tools.metadata.terminology_store import read_packages
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import Codelist, Term
from cdisc_tools.model.terminology import Entry, Problem

MOST_SHOWN = 20
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_CODE = re.compile(r"C[0-9]+")
_DATE = re.compile(r"(?<![0-9])([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?![0-9])")
_AGAIN = "download the file again"


@dataclass
class _Draft:
    """A codelist being put together: its own entry and those of its terms."""

    header: Entry
    terms: list[Entry] = field(default_factory=list)


def package_in(texts: Sequence[str]) -> str:
    """The package that the first of some texts names: a title, a sheet's name, a file's name.

    >>> package_in(["", "CDISC Define-XML Terminology"]), package_in(["sdtmct-2024-09-27"])
    ('define-xml', 'sdtm')
    """
    for text in texts:
        found = [name for name in read_packages() if _names(text, name)]
        if found:
            return max(found, key=len)
    return ""


def _names(text: str, package: str) -> bool:
    """True where a text has a package's name as a word; the Library writes ct behind it."""
    words = re.escape(package).replace("\\-", "[-_ ]?")
    return bool(re.search(rf"(?<![a-z]){words}(?:ct)?(?![a-z])", text.lower()))


def date_in(texts: Sequence[str]) -> str:
    """The date that the first of some texts names, "" for none.

    >>> date_in(["SDTM Terminology 2026-03-27", "2025-09-26"])
    '2026-03-27'
    """
    found = (_DATE.search(text) for text in texts)
    return next((match[1] for match in found if match), "")


def check_entries(
    entries: Sequence[Entry], *, package: str, known: Mapping[str, Codelist],
    counts: Mapping[str, int],
) -> tuple[tuple[Codelist, ...], list[Problem]]:  # fmt: skip
    """Put codelists together and find what is wrong with them.

    ``known`` are codelists of the same package and date that the file must have term by term,
    ``counts`` the number of terms that published codelists have. Returns the codelists in the
    order of their codes, terms by submission value; they are of no use where there are problems.
    """
    problems: list[Problem] = []
    optional = package in read_packages() and read_packages()[package].context == "Other"
    drafts = _drafts(entries, problems)
    for code, draft in drafts.items():
        _check_header(draft, problems, optional=optional)
        _check_terms(draft, problems)
        if code in known:
            _compare(draft, known[code], problems)
        elif len(draft.terms) != counts.get(code, len(draft.terms)):
            reason = (
                f"the codelist {_shown(draft.header)} has {len(draft.terms)} terms; the published "
                f"one has {counts[code]}, so the file was cut or altered"
            )
            problems.append(Problem(draft.header.place, reason, _AGAIN))
    codelists = tuple(_codelist(draft) for draft in drafts.values())
    return tuple(sorted(codelists, key=lambda made: (len(made.code), made.code))), problems


def _drafts(entries: Sequence[Entry], problems: list[Problem]) -> dict[str, _Draft]:
    """Group the terms under their codelists, wherever these stand in the file."""
    drafts: dict[str, _Draft] = {}
    for entry in entries:
        if entry.codelist:
            continue
        if entry.code in drafts:
            first = drafts[entry.code].header.place
            reason = f"the codelist {_shown(entry)} stands there and at {first}"
            problems.append(Problem(entry.place, reason, _AGAIN))
        drafts.setdefault(entry.code, _Draft(entry))
    for entry in entries:
        if entry.codelist and entry.codelist in drafts:
            drafts[entry.codelist].terms.append(entry)
        elif entry.codelist:
            reason = (
                f"the term {_shown(entry)} is of the codelist '{entry.codelist}', which the file "
                "doesn't define"
            )
            problems.append(Problem(entry.place, reason, _AGAIN))
    return drafts


def _check_header(draft: _Draft, problems: list[Problem], *, optional: bool) -> None:
    header = draft.header
    _check_code(header, problems)
    if header.extensible not in ("Yes", "No") and not (optional and not header.extensible):
        reason = f"extensible is '{header.extensible}' for {_shown(header)}, neither Yes nor No"
        problems.append(Problem(header.place, reason, _AGAIN))
    if not draft.terms:
        reason = f"the codelist {_shown(header)} has no term, so the file was cut"
        problems.append(Problem(header.place, reason, _AGAIN))


def _check_terms(draft: _Draft, problems: list[Problem]) -> None:
    codes: dict[str, str] = {}
    values: dict[str, str] = {}
    for term in draft.terms:
        _check_code(term, problems)
        if term.extensible not in ("", draft.header.extensible):
            reason = (
                f"extensible is '{term.extensible}' for a term of {_shown(draft.header)}, whose "
                f"own is '{draft.header.extensible}'"
            )
            problems.append(Problem(term.place, reason, _AGAIN))
        for name, text, seen in (
            ("code", term.code, codes), ("submission value", term.submission_value, values)
        ):  # fmt: skip
            if text and text in seen:
                reason = (
                    f"the {name} '{text}' stands twice in the codelist {_shown(draft.header)}, "
                    f"there and at {seen[text]}"
                )
                problems.append(Problem(term.place, reason, _AGAIN))
            seen.setdefault(text, term.place)


def _check_code(entry: Entry, problems: list[Problem]) -> None:
    texts = (entry.submission_value, entry.name, entry.preferred_term, *entry.synonyms)
    if any(_CONTROL.search(text) for text in texts):
        reason = f"a text of '{entry.code}' has a control character"
        problems.append(Problem(entry.place, reason, _AGAIN))
    if not _CODE.fullmatch(entry.code):
        reason = f"the code '{entry.code}' of '{entry.submission_value}' isn't C with digits"
        problems.append(Problem(entry.place, reason, _AGAIN))
    if not entry.submission_value:
        reason = f"the submission value of '{entry.code}' is empty"
        problems.append(Problem(entry.place, reason, _AGAIN))


def _compare(draft: _Draft, known: Codelist, problems: list[Problem]) -> None:
    """Compare a codelist with the same one at hand: extensible, codes, submission values."""
    header = draft.header
    if header.extensible and (header.extensible == "Yes") != known.extensible:
        theirs = "Yes" if known.extensible else "No"
        reason = f"extensible is '{header.extensible}' for {_shown(header)}; published is {theirs}"
        problems.append(Problem(header.place, reason, _AGAIN))
    values = {term.code: term.submission_value for term in known.terms}
    for term in draft.terms:
        if term.code not in values:
            reason = f"{_shown(term)} is no term of the published codelist {_shown(header)}"
            problems.append(Problem(term.place, reason, _AGAIN))
        elif values.pop(term.code) != term.submission_value:
            was = next(own.submission_value for own in known.terms if own.code == term.code)
            reason = f"the term {_shown(term)} is published as '{was}'"
            problems.append(Problem(term.place, reason, _AGAIN))
    for code, value in values.items():
        reason = (
            f"the codelist {_shown(header)} lacks the published term '{value}' ({code}), so the "
            "file was cut or altered"
        )
        problems.append(Problem(header.place, reason, _AGAIN))


def _codelist(draft: _Draft) -> Codelist:
    header = draft.header
    terms = (
        Term(term.code, term.submission_value, term.preferred_term, term.synonyms)
        for term in draft.terms
    )
    return Codelist(
        code=header.code,
        short_name=header.submission_value,
        name=header.name,
        extensible=header.extensible != "No",
        terms=tuple(sorted(terms, key=lambda term: (term.submission_value, term.code))),
    )


def _shown(entry: Entry) -> str:
    return f"{entry.submission_value} ({entry.code})"


def problems_error(shown: str, problems: Sequence[Problem]) -> ConfigurationError:
    """One error of up to twenty problems of a file; nothing of the file is used."""
    lines = [
        f"{shown} {problem.place}: {problem.reason}; {problem.remedy}"
        for problem in problems[:MOST_SHOWN]
    ]
    if len(problems) > MOST_SHOWN:
        lines.append(f"and {len(problems) - MOST_SHOWN} more problems of {shown}")
    return ConfigurationError("\n".join(lines))
