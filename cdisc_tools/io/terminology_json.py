"""Terminology as JSON of the CDISC Library: one package with its codelists and terms.

Source: the CDISC Library API, /mdr/ct/packages/{package}; see specs/SOURCES.md.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cdisc_tools.io.terminology_rows import cleaned, synonyms_of
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.terminology import Entry, Problem, ReleaseFile

_AGAIN = "download the file again"
_HINTS = ("name", "label", "package", "version", "effectiveDate", "description")
_YES = {"true": "Yes", "false": "No", "yes": "Yes", "no": "No"}
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)


def read_json_release(text: str, shown: str) -> ReleaseFile:
    """Read a package; each entry's place is its path, such as codelists[3].terms[2], and line.

    Raises ConfigurationError, with the line, for text that is no whole JSON, and for JSON that
    is no package.
    """
    content = _parsed(text, shown)
    if not isinstance(content, dict) or not isinstance(content.get("codelists"), list):
        raise ConfigurationError(
            f"{shown} line 1: is JSON without a list 'codelists'; give one package as the CDISC "
            "Library sends it (/mdr/ct/packages/sdtmct-YYYY-MM-DD)"
        )
    problems: list[Problem] = []
    entries = list(_entries(content["codelists"], problems))
    if not entries and not problems:
        problems.append(Problem("codelists", "has no codelist", _AGAIN))
    # the Library itself sends one line
    lines = _line_numbers(text) if "\n" in text.strip() else {}
    return ReleaseFile(
        "json",
        tuple(_with_line(entry, lines) for entry in entries),
        tuple(_hints(content)),
        tuple(problems),
    )


def _with_line(entry: Entry, lines: dict[str, int]) -> Entry:
    line = lines.get(entry.place)
    place = f"line {line} ({entry.place})" if line else entry.place
    return replace(entry, place=place)


def _parsed(text: str, shown: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigurationError(
            f"{shown} line {error.lineno}: the JSON ends or breaks there ({error.msg}, column "
            f"{error.colno}); {_AGAIN}"
        ) from error
    except ValueError as error:
        raise ConfigurationError(f"{shown}: is JSON with a number too large; {_AGAIN}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{shown}: is JSON nested too deeply; {_AGAIN}") from error


def _entries(codelists: list[Any], problems: list[Problem]) -> Iterator[Entry]:
    for number, codelist in enumerate(codelists):
        place = f"codelists[{number}]"
        if not isinstance(codelist, dict) or not isinstance(codelist.get("terms", []), list):
            problems.append(Problem(place, "is no codelist with a list of terms", _AGAIN))
            continue
        header = _entry(codelist, "", place, problems)
        yield header
        for position, term in enumerate(codelist.get("terms", [])):
            inner = f"{place}.terms[{position}]"
            if isinstance(term, dict):
                yield _entry(term, header.code, inner, problems)
            else:
                problems.append(Problem(inner, "is no term with fields", _AGAIN))


def _entry(fields: dict[str, Any], codelist: str, place: str, problems: list[Problem]) -> Entry:
    def text(name: str) -> str:
        value = fields.get(name) or ""
        if not isinstance(value, str):
            problems.append(Problem(place, f"{name} is {value!r}, which is no text", _AGAIN))
            return ""
        return cleaned(value)

    synonyms = fields.get("synonyms") or []
    if not isinstance(synonyms, list) or not all(isinstance(item, str) for item in synonyms):
        problems.append(Problem(place, "synonyms is no list of texts", _AGAIN))
        synonyms = []
    return Entry(
        place=place,
        codelist=codelist,
        code=text("conceptId"),
        extensible="" if codelist else _extensible(fields.get("extensible")),
        name=text("name"),
        submission_value=text("submissionValue"),
        preferred_term=text("preferredTerm"),
        synonyms=tuple(item for one in synonyms for item in synonyms_of(one)),
    )


def _extensible(value: object) -> str:
    """Yes or No for true or false, written as text or not; another value as it stands."""
    written = "" if value is None else str(value)
    return _YES.get(written.lower(), written)


def _hints(content: dict[str, Any]) -> Iterator[str]:
    for name in _HINTS:
        yield str(content.get(name) or "")
    links = content.get("_links")
    own = links.get("self") if isinstance(links, dict) else None
    if isinstance(own, dict):
        yield str(own.get("href") or "")


def _line_numbers(text: str) -> dict[str, int]:
    """The line where each codelist and each term begins, by its path."""
    lines: dict[str, int] = {}
    path: list[str | int] = []
    line, seen, last = 1, 0, ""
    for token in _TOKENS.finditer(text):
        line += text.count("\n", seen, token.start())
        seen = token.start()
        mark = token[0]
        if mark in "{[":
            if mark == "{":
                lines[_written(path)] = line
            path.append(0 if mark == "[" else "")
        elif mark in "}]":
            path.pop()
        elif mark == "," and path and isinstance(path[-1], int):
            path[-1] += 1
        elif mark == ":" and path:
            path[-1] = last[1:-1]
        last = mark
    return lines


def _written(path: list[str | int]) -> str:
    written = ""
    for step in path:
        written += f"[{step}]" if isinstance(step, int) else f".{step}"
    return written.lstrip(".")
