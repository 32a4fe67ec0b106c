"""Reads ``study.yaml`` into a Study; every wrong or unknown field is named."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cdisc_tools.metadata.yaml_files import read_yaml
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import CustomDomain, DictionarySpec, SourceSpec, Study, SubjectSpec
from cdisc_tools.model.terminology import pin_text

STUDY_FILE = "study.yaml"
DICTIONARIES = ("meddra", "whodrug")
SECTIONS = {
    "study": ("id", "title", "synthetic", "cutoff", "timestamp"),
    "standards": ("sdtm", "adam", "terminology"),
    "subject": ("pattern", "subjid", "usubjid", "siteid", "numbers", "collected"),
    "missing": (),
    "not_done": (),
    "two_digit_year_pivot": (),
    "sources": (),
    "dictionaries": (),
    "datasets": (),
}
SOURCE_FIELDS = (
    "file", "sheet", "header_rows", "subject", "date_order", "encoding", "delimiter", "footer",
    "where", "duplicate_ignores", "fills",
)  # fmt: skip
MAX_LABEL = 40
DATASET_FIELDS = ("class", "label", "structure", "keys")
CUSTOM_CLASSES = ("Interventions", "Events", "Findings", "Findings About")

_CUSTOM_NAME = re.compile(r"[A-Z][A-Z0-9]")
_CHOICES = {"date_order": ("dmy", "mdy"), "fills": ("report", "ignore")}


def read_study(folder: Path) -> Study:
    """Read a study folder's ``study.yaml``.

    Raises ConfigurationError that names the field: absent, unknown, or of the wrong kind.
    """
    path = folder / STUDY_FILE
    if folder.is_file():
        raise ConfigurationError(f"{folder} is a file; give the study's folder, {folder.parent}")
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
        terminology=_terminology(standards),
        timestamp=_moment(identity, "timestamp"),
        cutoff=_moment(identity, "cutoff").date(),
        subject=_subject(_section(content, "subject")),
        sources=_sources(_section(content, "sources")),
        missing=frozenset(text.lower() for text in _texts(content, "missing", STUDY_FILE)),
        not_done=frozenset(text.lower() for text in _texts(content, "not_done", STUDY_FILE)),
        two_digit_year_pivot=_pivot(content),
        analysis=(folder / "analysis").is_dir(),
        dictionaries=_dictionaries(content),
        datasets=_custom_domains(content.get("datasets") or {}),
    )


def _terminology(standards: Mapping[str, Any]) -> str:
    """The version of the terminology: one date, or a mapping of packages to dates."""
    pinned = _needed(standards, "terminology", "standards")
    if not isinstance(pinned, Mapping):
        return str(pinned)
    for package, version in pinned.items():
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(version)):
            raise ConfigurationError(
                f"{STUDY_FILE}: standards.terminology.{package}: {version!r} is no date such as "
                "2026-03-27"
            )
    return pin_text({str(package): str(version) for package, version in pinned.items()})


def _dictionaries(content: Mapping[str, Any]) -> tuple[DictionarySpec, ...]:
    """The licensed dictionaries of the user; without the section there are none."""
    section = content.get("dictionaries") or {}
    if not isinstance(section, Mapping):
        named = " or ".join(DICTIONARIES)
        raise ConfigurationError(
            f"{STUDY_FILE}: dictionaries: {section!r} is no section; name {named} in it"
        )
    _known_fields(section, DICTIONARIES, f"{STUDY_FILE}: dictionaries")
    specs = []
    for name, fields in section.items():
        place = f"dictionaries.{name}"
        if not isinstance(fields, Mapping):
            raise ConfigurationError(f"{STUDY_FILE}: {place} has no fields; give at least `path`")
        _known_fields(fields, ("path", "version"), f"{STUDY_FILE}: {place}")
        path, version = str(_needed(fields, "path", place)), str(fields.get("version") or "")
        specs.append(DictionarySpec(str(name), path, version))
    return tuple(specs)


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


def _custom_domains(section: Any) -> dict[str, CustomDomain]:
    """Read the sponsor's own domains: two characters each, with their class and label."""
    if not isinstance(section, Mapping):
        raise ConfigurationError(f"{STUDY_FILE}: datasets is no list of domains with their fields")
    domains = {}
    for name, fields in section.items():
        place = f"{STUDY_FILE}: datasets.{name}"
        if not _CUSTOM_NAME.fullmatch(str(name)):
            raise ConfigurationError(
                f"{place} is no domain; write two characters, a capital letter and a capital "
                "letter or digit (in quotes where YAML reads them as no text, such as NO)"
            )
        if not isinstance(fields, Mapping):
            raise ConfigurationError(f"{place} has no fields; give `class` and `label`")
        _known_fields(fields, DATASET_FIELDS, place)
        domains[str(name)] = _custom_domain(str(name), fields, place)
    return domains


def _custom_domain(name: str, fields: Mapping[str, Any], place: str) -> CustomDomain:
    dataset_class = str(_needed(fields, "class", f"datasets.{name}"))
    if dataset_class not in CUSTOM_CLASSES:
        raise ConfigurationError(
            f"{place}.class: {dataset_class!r} is none of {', '.join(CUSTOM_CLASSES)}"
        )
    label = str(_needed(fields, "label", f"datasets.{name}"))
    if len(label) > MAX_LABEL or not label.isascii():
        raise ConfigurationError(
            f"{place}.label: {label!r} is no label of at most {MAX_LABEL} ASCII characters"
        )
    return CustomDomain(
        name=name,
        dataset_class=dataset_class,
        label=label,
        structure=str(fields.get("structure", "")),
        keys=_texts(fields, "keys", place),
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
