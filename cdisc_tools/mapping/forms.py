"""Collected forms as mapping lines read them: cleaned cells, subjects known, use recorded."""

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cdisc_tools.mapping.masks import is_true
from cdisc_tools.metadata.study import layout_hint
from cdisc_tools.model.data import ERROR_VALUES, RawTable
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import CellRef, Finding, Findings
from cdisc_tools.model.study import SourceSpec, Study, SubjectSpec

_SPACE = re.compile(r"[\u00a0\u2007\u202f\t\v\f]|\r?\n|\r")
_SPACES = re.compile(r"[\u00a0\u2007\u202f\s]+")
SUBJECT_COLUMNS = ("USUBJID", "SUBJID", "SITEID")


@dataclass
class Form:
    """A collected form, or an SDTM dataset that other datasets are made from.

    ``raw`` holds the cells as they were read; ``subjects`` has one record per row: USUBJID,
    SUBJID and SITEID, <NA> where the subject's id could not be read.
    """

    raw: RawTable
    spec: SourceSpec
    subjects: pd.DataFrame
    cleaned: dict[str, pd.Series] = field(default_factory=dict)
    filled_cells: dict[str, np.ndarray] = field(default_factory=dict)
    used_columns: set[str] = field(default_factory=set)
    mapped_columns: set[str] = field(default_factory=set)
    used_rows: set[int] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The source's name in study.yaml, or the dataset's name."""
        return self.raw.name

    @property
    def has_subjects(self) -> bool:
        """True when the rows of the form belong to subjects."""
        return bool(self.spec.subject) or bool(self.subjects["USUBJID"].notna().any())

    def filled(self, column: str) -> np.ndarray:
        """True for each row whose cell of a column holds anything."""
        if column not in self.filled_cells:
            self.filled_cells[column] = self.raw.frame[column].notna().to_numpy()
        return self.filled_cells[column]


class Forms:
    """All forms of a study; finds columns, cleans them once, and keeps the findings."""

    def __init__(self, study: Study, tables: dict[str, RawTable], findings: Findings) -> None:
        """Make the forms ready; subject ids are read first."""
        self.study = study
        self.findings = findings
        self._forms = {
            name: self._form(table, study.sources[name]) for name, table in tables.items()
        }

    def __contains__(self, name: str) -> bool:
        return name in self._forms

    def collected(self) -> list[Form]:
        """The forms that were read from files."""
        return [form for form in self._forms.values() if form.name in self.study.sources]

    def get(self, name: str, place: str) -> Form:
        """Find a form by name; ``place`` names the mapping line in the message."""
        if name not in self._forms:
            raise ConfigurationError(
                f"{place}: there is no source {name!r}; known: {', '.join(self._forms)}"
            )
        return self._forms[name]

    def add_dataset(self, name: str, frame: pd.DataFrame) -> None:
        """Offer an SDTM dataset as a source, its records numbered from 1."""
        text = frame.astype("string")
        text.index = pd.RangeIndex(1, len(text) + 1, name="ROW")
        subjects = pd.DataFrame(index=text.index, columns=list(SUBJECT_COLUMNS), dtype="string")
        for column in SUBJECT_COLUMNS:
            if column in text:
                subjects[column] = text[column]
        table = RawTable(name, "", "", text)
        self._forms[name] = Form(table, SourceSpec(name, ""), subjects)

    def values(self, form: Form, column: str, place: str) -> pd.Series:
        """Give a column's cells as clean text: no outer spaces, words for missing as <NA>."""
        if column not in form.raw.frame.columns:
            raise ConfigurationError(
                f"{place}: source {form.name!r} has no column {column!r}; "
                f"it has: {', '.join(form.raw.frame.columns)}"
                f"{layout_hint(list(form.raw.frame.columns))}"
            )
        form.used_columns.add(column)
        if column not in form.cleaned:
            form.cleaned[column] = self._clean(form, column)
        return form.cleaned[column]

    def _clean(self, form: Form, column: str) -> pd.Series:
        """Clean a column's cells, each distinct text once; what was odd is reported."""
        raw = form.raw.frame[column]
        tidy = {str(text): _SPACE.sub(" ", text).strip() for text in raw.dropna().unique()}
        if form.name in self.study.sources:
            missing = {
                t for t, clean in tidy.items() if clean and clean.lower() in self.study.missing
            }
            broken = {text for text in tidy if "\n" in text}
            untidy = {text for text, clean in tidy.items() if text != clean} - broken
            for check, odd in (("CDT-R010", untidy), ("CDT-R019", broken), ("CDT-R011", missing)):
                if odd:
                    self._note(check, form, column, raw.isin(odd))
            # an error value of the spreadsheet is reported by the reader and is no value
            errors = {text for text, clean in tidy.items() if clean in ERROR_VALUES}
            tidy = {t: clean for t, clean in tidy.items() if clean and t not in missing | errors}
        return raw.map(tidy).astype("string")

    def _note(self, check: str, form: Form, column: str, mask: pd.Series, detail: str = "") -> None:
        raw = form.raw.frame[column]
        for row in raw.index[is_true(mask)]:
            self.findings.add(cell_finding(check, form, int(row), column, detail=detail))

    def _form(self, table: RawTable, spec: SourceSpec) -> Form:
        subjects = pd.DataFrame(
            index=table.frame.index, columns=list(SUBJECT_COLUMNS), dtype="string"
        )
        form = Form(table, spec, subjects)
        if spec.subject:
            self._read_subjects(form, spec.subject)
        return form

    def _read_subjects(self, form: Form, column: str) -> None:
        form.used_columns.add(column)
        raw = form.raw.frame[column]
        read = {
            text: read_subject(text, self.study.subject, self.study.study_id)
            for text in raw.dropna().unique()
        }
        for name in SUBJECT_COLUMNS:
            found = {text: ids[name] if ids else pd.NA for text, ids in read.items()}
            form.subjects[name] = raw.map(found).astype("string")
        unreadable = form.subjects["SUBJID"].isna()
        self._note("CDT-R013", form, column, unreadable)
        usual = raw.map({text: ids["collected"] for text, ids in read.items() if ids})
        for row in raw.index[is_true(raw != usual) & ~unreadable]:
            detail = str(form.subjects["SUBJID"].loc[row])
            self.findings.add(cell_finding("CDT-R012", form, int(row), column, detail=detail))


def read_subject(text: str, spec: SubjectSpec, study_id: str) -> dict[str, str] | None:
    """Read a collected subject id: USUBJID, SUBJID, SITEID and the id's usual spelling.

    None where the text is no subject id.
    """
    found = re.fullmatch(spec.pattern, _SPACES.sub(" ", text).strip())
    if not found:
        return None
    parts: dict[str, str | int] = {k: v or "" for k, v in found.groupdict().items()}
    parts |= {name: int(parts[name]) for name in spec.numbers}
    parts["study"] = study_id
    ids = {"SUBJID": spec.subjid.format(**parts), "SITEID": spec.siteid.format(**parts)}
    ids["USUBJID"] = spec.usubjid.format(**parts, subjid=ids["SUBJID"])
    ids["collected"] = (spec.collected or spec.subjid).format(**parts)
    return ids


def cell_finding(
    check: str, form: Form, row: int, column: str, *, dataset: str = "", detail: str = ""
) -> Finding:
    """Make the finding of one collected cell; its value stands in it as it was read."""
    text = form.raw.frame[column].get(row) if column in form.raw.frame else None
    subject = form.subjects["USUBJID"].get(row)
    return Finding(
        check,
        dataset or form.name,
        (column,) if column else (),
        (text if isinstance(text, str) else "",) if column else (),
        key=(("USUBJID", subject),) if isinstance(subject, str) else (),
        cell=form.raw.cell(row, column),
        detail=detail,
    )


def row_finding(check: str, form: Form, row: int, detail: str = "") -> Finding:
    """Make the finding of one collected row, with all its filled cells."""
    values = tuple(str(value) for value in form.raw.frame.loc[row].dropna())
    cell = CellRef(form.raw.file, form.raw.sheet, row, "")
    return Finding(check, form.name, values=(" | ".join(values),), cell=cell, detail=detail)
