"""Reads ``study.yaml`` into a Study; every wrong or unknown field is named."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cdisc_tools.metadata.yaml_files import read_yaml
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import SourceSpec, Study, SubjectSpec

STUDY_FILE = "study.yaml"
SECTIONS = {
    "study": ("id", "title", "synthetic", "cutoff", "timestamp"),
    "standards": ("sdtm", "adam", "terminology"),
    "subject": ("pattern", "subjid", "usubjid", "siteid", "numbers", "collected"),
    "missing": (),
    "not_done": (),
    "two_digit_year_pivot": (),
    "sources": (),
}
SOURCE_FIELDS = (
    "file", "sheet", "header_rows", "subject", "date_order", "encoding", "delimiter", "footer",
    "where", "duplicate_ignores", "fills",
)  # fmt: skip


_CHOICES = {"date_order": ("dmy", "mdy"), "fills": ("report", "ignore")}


def read_study(folder: Path) -> Study:
    """Read a study folder's ``study.yaml``.

    Raises ConfigurationError that names the field: absent, unknown, or of the wrong kind.
    """
    path = folder / STUDY_FILE
    if not path.is_file():
        raise ConfigurationError(
            f"{folder} is no study folder: it has no {STUDY_FILE}; give the folder that has one"
        )
    content = _parsed(path)
    for name, fields in SECTIONS.items():
        if fields:
            _known_fields(_section(content, name), fields, f"{STUDY_FILE}: {name}")
    identity, standards = _section(content, "study"), _section(content, "standards")
    return Study(
        folder=folder,
        study_id=str(_needed(identity, "id", "study")),
        title=str(identity.get("title", "")),
        synthetic=bool(identity.get("synthetic", False)),
        sdtm=str(_needed(standards, "sdtm", "standards")),
        adam=str(standards.get("adam", "adamig-1.3")),
        terminology=str(_needed(standards, "terminology", "standards")),
        timestamp=_moment(identity, "timestamp"),
        cutoff=_moment(identity, "cutoff").date(),
        subject=_subject(_section(content, "subject")),
        sources=_sources(_section(content, "sources")),
        missing=frozenset(text.lower() for text in _texts(content, "missing", STUDY_FILE)),
        not_done=frozenset(text.lower() for text in _texts(content, "not_done", STUDY_FILE)),
        two_digit_year_pivot=_pivot(content),
        analysis=(folder / "analysis").is_dir(),
    )


def _parsed(path: Path) -> Mapping[str, Any]:
    content = read_yaml(path, STUDY_FILE)
    if not isinstance(content, Mapping):
        raise ConfigurationError(f"{STUDY_FILE} is empty or no list of fields")
    _known_fields(content, tuple(SECTIONS), STUDY_FILE)
    return content


def _section(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = content.get(name)
    if not isinstance(section, Mapping):
        raise ConfigurationError(f"{STUDY_FILE}: the section {name!r} is missing; add it")
    return section


def _known_fields(section: Mapping[str, Any], fields: tuple[str, ...], place: str) -> None:
    for name in section:
        if name not in fields:
            raise ConfigurationError(f"{place}: unknown field {name!r}; known: {', '.join(fields)}")


def _needed(section: Mapping[str, Any], name: str, place: str) -> Any:
    if section.get(name) in (None, ""):
        raise ConfigurationError(f"{STUDY_FILE}: {place}.{name} is missing; add it")
    return section[name]


def _texts(section: Mapping[str, Any], name: str, place: str) -> tuple[str, ...]:
    values = section.get(name) or []
    if not isinstance(values, list):
        raise ConfigurationError(f"{place}: {name}: {values!r} is no list; write [{values}]")
    return tuple(str(value) for value in values)


def _pivot(content: Mapping[str, Any]) -> int:
    pivot = content.get("two_digit_year_pivot", 30)
    if not isinstance(pivot, int) or not 0 <= pivot <= 99:
        raise ConfigurationError(
            f"{STUDY_FILE}: two_digit_year_pivot: {pivot!r} is no number from 0 to 99"
        )
    return pivot


def _moment(section: Mapping[str, Any], name: str) -> datetime:
    value = _needed(section, name, "study")
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    try:
        return datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ConfigurationError(
            f"{STUDY_FILE}: study.{name}: {value!r} is no ISO 8601 date, such as 2024-06-30"
        ) from error


def _subject(section: Mapping[str, Any]) -> SubjectSpec:
    pattern = str(_needed(section, "pattern", "subject"))
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(f"{STUDY_FILE}: subject.pattern: {error}") from error
    spec = SubjectSpec(
        pattern=pattern,
        subjid=str(_needed(section, "subjid", "subject")),
        usubjid=str(_needed(section, "usubjid", "subject")),
        siteid=str(section.get("siteid", "")),
        numbers=_texts(section, "numbers", f"{STUDY_FILE}: subject"),
        collected=str(section.get("collected", "")),
    )
    _try_formats(spec)
    return spec


def _try_formats(spec: SubjectSpec) -> None:
    """Write an id by every format, so that a wrong one is known before any row is read."""
    parts: dict[str, str | int] = dict.fromkeys(re.compile(spec.pattern).groupindex, "1")
    unknown = [name for name in spec.numbers if name not in parts]
    if unknown:
        raise ConfigurationError(
            f"{STUDY_FILE}: subject.numbers: the pattern has no group {unknown[0]!r}; "
            f"it has: {', '.join(parts) or 'none'}"
        )
    parts |= dict.fromkeys(spec.numbers, 1) | {"study": "T"}
    for name in ("subjid", "siteid", "collected", "usubjid"):
        known = parts | ({"subjid": "1"} if name == "usubjid" else {})
        try:
            getattr(spec, name).format(**known)
        except (KeyError, IndexError, ValueError) as error:
            raise ConfigurationError(
                f"{STUDY_FILE}: subject.{name}: {getattr(spec, name)!r} cannot be filled in "
                f"({error}); known: {', '.join(known)}; list groups that are numbers in "
                "subject.numbers"
            ) from error


def _sources(section: Mapping[str, Any]) -> dict[str, SourceSpec]:
    sources = {}
    for name, fields in section.items():
        place = f"{STUDY_FILE}: sources.{name}"
        if not isinstance(fields, Mapping):
            raise ConfigurationError(f"{place} has no fields; give at least `file`")
        _known_fields(fields, SOURCE_FIELDS, place)
        sources[str(name)] = _source(str(name), fields, place)
    return sources


def _source(name: str, fields: Mapping[str, Any], place: str) -> SourceSpec:
    header_rows = fields.get("header_rows", [1])
    whole = isinstance(header_rows, list) and all(isinstance(row, int) for row in header_rows)
    if not whole or not header_rows or min(header_rows) < 1 or header_rows != sorted(header_rows):
        raise ConfigurationError(f"{place}.header_rows: {header_rows!r} is no list of row numbers")
    for field, choices in _CHOICES.items():
        if fields.get(field, choices[0]) not in choices:
            raise ConfigurationError(
                f"{place}.{field}: {fields[field]!r} is neither {' nor '.join(choices)}"
            )
    delimiter = str(fields.get("delimiter", ","))
    if len(delimiter) != 1:
        raise ConfigurationError(f"{place}.delimiter: {delimiter!r} is no single character")
    return SourceSpec(
        name=name,
        file=str(_needed(fields, "file", f"sources.{name}")),
        sheet=str(fields.get("sheet", "")),
        header_rows=tuple(header_rows),
        subject=str(fields.get("subject", "")),
        date_order=str(fields.get("date_order", "dmy")),
        encoding=str(fields.get("encoding", "utf-8")),
        delimiter=delimiter,
        footer=_patterns(fields, place),
        where=_where(fields, place),
        duplicate_ignores=_texts(fields, "duplicate_ignores", place),
        fills=str(fields.get("fills", "report")),
    )


def _patterns(fields: Mapping[str, Any], place: str) -> tuple[str, ...]:
    patterns = _texts(fields, "footer", place)
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ConfigurationError(f"{place}.footer: {pattern!r}: {error}") from error
    return patterns


def _where(fields: Mapping[str, Any], place: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    where = fields.get("where") or {}
    if not isinstance(where, Mapping):
        raise ConfigurationError(f"{place}.where: {where!r} is no mapping of columns to values")
    return tuple(
        (str(column), tuple(map(str, values if isinstance(values, list) else [values])))
        for column, values in where.items()
    )


def layout_hint(columns: Sequence[str]) -> str:
    """Say what study.yaml may lack when a form has none of the columns one expects of it.

    >>> layout_hint(["SUBJ;VISIT;DATE"])
    "; declare the source's delimiter, such as `delimiter: ';'`, in study.yaml"
    """
    if len(columns) == 1:
        for delimiter, written in ((";", "';'"), ("\t", '"\\t"'), ("|", "'|'"), (" ", '"\\t"')):
            if delimiter in columns[0]:
                declared = f"`delimiter: {written}`"
                return f"; declare the source's delimiter, such as {declared}, in study.yaml"
    unnamed = sum(name.startswith("(column ") for name in columns)
    if unnamed * 2 >= max(len(columns), 1):
        return (
            "; is the header in another row? declare it in study.yaml, such as `header_rows: [2]`"
        )
    return ""
