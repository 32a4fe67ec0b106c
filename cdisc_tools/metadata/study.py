"""Reads ``study.yaml`` into a Study; every wrong or unknown field is named."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import SourceSpec, Study, SubjectSpec

STUDY_FILE = "study.yaml"
_SECTIONS = {
    "study": ("id", "title", "synthetic", "cutoff", "timestamp"),
    "standards": ("sdtm", "adam", "terminology"),
    "subject": ("pattern", "subjid", "usubjid", "siteid", "numbers", "collected"),
    "missing": (),
    "not_done": (),
    "two_digit_year_pivot": (),
    "sources": (),
}
_SOURCE_FIELDS = (
    "file", "sheet", "header_rows", "subject", "date_order", "encoding", "delimiter", "footer",
    "where", "duplicate_ignores", "fills",
)  # fmt: skip


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
    for name, fields in _SECTIONS.items():
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
        timestamp=_moment(_needed(identity, "timestamp", "study")),
        cutoff=_moment(_needed(identity, "cutoff", "study")).date(),
        subject=_subject(_section(content, "subject")),
        sources=_sources(_section(content, "sources")),
        missing=frozenset(str(text).lower() for text in content.get("missing") or ()),
        not_done=frozenset(str(text).lower() for text in content.get("not_done") or ()),
        two_digit_year_pivot=int(content.get("two_digit_year_pivot", 30)),
        analysis=(folder / "analysis").is_dir(),
    )


def _parsed(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{STUDY_FILE} cannot be read: {error}") from error
    if not isinstance(content, Mapping):
        raise ConfigurationError(f"{STUDY_FILE} is empty or no list of fields")
    _known_fields(content, tuple(_SECTIONS), STUDY_FILE)
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


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    try:
        return datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ConfigurationError(f"{STUDY_FILE}: {value!r} is no ISO 8601 date") from error


def _subject(section: Mapping[str, Any]) -> SubjectSpec:
    pattern = str(_needed(section, "pattern", "subject"))
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(f"{STUDY_FILE}: subject.pattern: {error}") from error
    return SubjectSpec(
        pattern=pattern,
        subjid=str(_needed(section, "subjid", "subject")),
        usubjid=str(_needed(section, "usubjid", "subject")),
        siteid=str(section.get("siteid", "")),
        numbers=tuple(section.get("numbers", ())),
        collected=str(section.get("collected", "")),
    )


def _sources(section: Mapping[str, Any]) -> dict[str, SourceSpec]:
    sources = {}
    for name, fields in section.items():
        place = f"{STUDY_FILE}: sources.{name}"
        if not isinstance(fields, Mapping):
            raise ConfigurationError(f"{place} has no fields; give at least `file`")
        _known_fields(fields, _SOURCE_FIELDS, place)
        sources[str(name)] = _source(str(name), fields, place)
    return sources


def _source(name: str, fields: Mapping[str, Any], place: str) -> SourceSpec:
    header_rows = fields.get("header_rows", [1])
    if not isinstance(header_rows, list) or not all(isinstance(row, int) for row in header_rows):
        raise ConfigurationError(f"{place}.header_rows: {header_rows!r} is no list of row numbers")
    if fields.get("date_order", "dmy") not in ("dmy", "mdy"):
        raise ConfigurationError(
            f"{place}.date_order: {fields['date_order']!r} is neither dmy nor mdy"
        )
    return SourceSpec(
        name=name,
        file=str(_needed(fields, "file", f"sources.{name}")),
        sheet=str(fields.get("sheet", "")),
        header_rows=tuple(header_rows),
        subject=str(fields.get("subject", "")),
        date_order=str(fields.get("date_order", "dmy")),
        encoding=str(fields.get("encoding", "utf-8")),
        delimiter=str(fields.get("delimiter", ",")),
        footer=tuple(str(text) for text in fields.get("footer", ())),
        where=tuple(
            (str(column), tuple(str(v) for v in (values if isinstance(values, list) else [values])))
            for column, values in (fields.get("where") or {}).items()
        ),
        duplicate_ignores=tuple(str(text) for text in fields.get("duplicate_ignores", ())),
        fills=str(fields.get("fills", "report")),
    )
