"""A block of records on its way from one source to one dataset, and what a line reads of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from cdisc_tools.mapping.conditions import Condition, parse_condition
from cdisc_tools.mapping.dates import DateReader
from cdisc_tools.mapping.forms import Form, Forms, cell_finding
from cdisc_tools.mapping.terms import TermReader
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.mapping import Mapping, MappingLine, VisitRule
from cdisc_tools.model.specs import DatasetSpec

NO_ROW = -1
# {1}, {2} are the columns of a line, not words of a repeat
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")


@dataclass(frozen=True)
class Cells:
    """The raw cells of one column that a variable came from: record positions and their rows."""

    variable: str
    source: str
    column: str
    records: np.ndarray
    rows: np.ndarray


@dataclass
class Block:
    """Records made from the rows of one source.

    ``rows`` holds the row number of each record; ``frame`` the target variables so far;
    ``cells`` the lineage.
    """

    spec: DatasetSpec
    form: Form
    rows: np.ndarray
    frame: pd.DataFrame
    cells: list[Cells] = field(default_factory=list)


@dataclass(frozen=True)
class Surroundings:
    """What every line may need: the forms, terms, dates, visits, and the datasets so far."""

    forms: Forms
    mapping: Mapping
    terms: TermReader
    date_words: dict[str, str]
    visits: dict[str, VisitRule]

    def date_reader(self, form: Form) -> DateReader:
        """Give the reader of a form's dates."""
        return DateReader(
            self.date_words, form.spec.date_order, self.forms.study.two_digit_year_pivot
        )


class LineReader:
    """Reads the collected cells of one mapping line, aligned with the block's records."""

    def __init__(self, line: MappingLine, block: Block, around: Surroundings) -> None:
        """Find the line's form and, for each record, its row there."""
        self.line = line
        self.block = block
        self.around = around
        looks_up = bool(line.source) and line.source != block.form.name
        self.form = around.forms.get(line.source, line.place) if looks_up else block.form
        self.condition = parse_condition(line.condition, line.place) if line.condition else None
        self.rows = self._looked_up() if looks_up else self._own_rows()

    @cached_property
    def taken(self) -> pd.Series:
        """True for each record that the line applies to."""
        return pd.Series(self.rows != NO_ROW)

    @cached_property
    def is_numeric(self) -> bool:
        """True when the target variable holds numbers."""
        variable = self.block.spec.by_name.get(self.line.variable)
        return variable is not None and variable.type == "Num"

    def is_not_done(self, texts: pd.Series) -> pd.Series:
        """True for each text that the study reads as "not assessed"."""
        return texts.str.lower().isin(self.around.forms.study.not_done)

    def texts(self, column: str) -> pd.Series:
        """Give a column's clean text for each record, <NA> where the line does not apply."""
        values = self.around.forms.values(self.form, column, self.line.place)
        self._record(column)
        return self._aligned(values)

    def fixed(self, text: str) -> pd.Series:
        """Give a fixed text for each record that the line applies to."""
        return pd.Series(text, index=range(len(self.rows)), dtype="string").where(self.taken)

    def is_date_cell(self, column: str) -> pd.Series:
        """True for each record whose cell was a real date of the spreadsheet."""
        return pd.Series(np.isin(self.rows, list(self.form.raw.date_cells.get(column, ()))))

    def note(self, check: str, mask: pd.Series, column: str, detail: str | pd.Series = "") -> None:
        """Add a finding for each record of ``mask``, at its cell of ``column``."""
        for position in np.flatnonzero(mask.fillna(False).to_numpy(dtype=bool)):
            text = detail if isinstance(detail, str) else str(detail.iloc[position])
            self.note_at(check, int(position), column, text)

    def note_at(self, check: str, position: int, column: str, detail: str = "") -> None:
        """Add a finding for one record, at its cell of ``column``."""
        row, dataset = int(self.rows[position]), self.line.dataset
        self.around.forms.findings.add(
            cell_finding(check, self.form, row, column, dataset=dataset, detail=detail)
        )

    @cached_property
    def _places(self) -> np.ndarray:
        """The position of each record's row in the form, -1 where the line does not apply."""
        return self.form.raw.frame.index.get_indexer(pd.Index(self.rows))

    def _aligned(self, values: pd.Series) -> pd.Series:
        return pd.Series(values.array.take(self._places, allow_fill=True))

    def _record(self, column: str) -> None:
        """Remember which cells the line's variable came from."""
        filled = self.form.filled(column)[self._places] & (self._places >= 0)
        positions = np.flatnonzero(filled)
        rows = self.rows[positions]
        self.form.mapped_columns.add(column)
        self.form.used_rows.update(rows.tolist())
        name, subject = self.form.name, self.form.spec.subject
        self.block.cells.append(Cells(self.line.variable, name, column, positions, rows))
        if self.form is not self.block.form and subject:
            # the subject's cell of a row that was looked up led to the record
            self.block.cells.append(Cells("USUBJID", name, subject, positions, rows))

    def _own_rows(self) -> np.ndarray:
        if self.condition is None:
            return self.block.rows
        mask = condition_mask(self.condition, self.form, self.around.forms, self.line.place)
        held = mask.reindex(self.block.rows).to_numpy(dtype=bool)
        return np.where(held, self.block.rows, NO_ROW)

    def _looked_up(self) -> np.ndarray:
        """Find the row of another form for each record: same subject, same match columns.

        ``value`` first or last picks among several rows; without it several are a finding.
        """
        own = self._keys(self.block.form, 0).reindex(self.block.rows).reset_index(drop=True)
        other = self._keys(self.form, 1)
        if self.condition is not None:
            mask = condition_mask(self.condition, self.form, self.around.forms, self.line.place)
            other = other[mask]
        for column in self.line.columns:
            filled = self.around.forms.values(self.form, column, self.line.place)
            other = other[filled.reindex(other.index).notna()]
        other = other.assign(ROW=other.index).dropna()
        keys = [name for name in other.columns if name != "ROW"]
        pick = self.line.value if self.line.value in ("first", "last") else ""
        if not keys:
            raise ConfigurationError(
                f"{self.line.place}: nothing to match {self.form.name!r} by: it has no subjects; "
                "name columns in `match`"
            )
        several = other[other.duplicated(keys, keep="first")]
        asked = f"{self.line.dataset} ({self.line.match or 'subject'})"
        if not pick and len(several):
            for row in several["ROW"]:
                column = self.line.columns[0] if self.line.columns else ""
                self.around.forms.findings.add(
                    cell_finding("CDT-R060", self.form, int(row), column, detail=asked)
                )
        single = other.drop_duplicates(keys, keep="last" if pick == "last" else "first")
        merged = own.merge(single, on=keys, how="left", validate="many_to_one")
        return merged["ROW"].fillna(NO_ROW).to_numpy(dtype="int64")

    def _keys(self, form: Form, side: int) -> pd.DataFrame:
        """The values that rows are matched by: the subject and the match columns."""
        keys = pd.DataFrame(index=form.subjects.index)
        # a form without subjects, such as a list of codes, is matched by its columns alone
        if self.block.form.has_subjects and self.form.has_subjects:
            keys["USUBJID"] = form.subjects["USUBJID"]
        for number, pair in enumerate(part for part in self.line.match.split(";") if part.strip()):
            names = [name.strip() for name in pair.split("=")]
            column = names[0] if len(names) == 1 else names[side]
            values = self.around.forms.values(form, column, self.line.place)
            keys[f"K{number}"] = values.str.lower()
        return keys


def condition_mask(condition: Condition, form: Form, forms: Forms, place: str) -> pd.Series:
    """True for each row of a form that a condition takes."""
    return condition.mask(lambda column: forms.values(form, column, place))


def start_blocks(
    spec: DatasetSpec, line: MappingLine, around: Surroundings, known: Callable[[Form], pd.Series]
) -> list[tuple[dict[str, str], Block]]:
    """Start the blocks of a ``records`` line: one, or one for each line of its repeat table.

    ``known`` tells which rows of a form belong to subjects of the study. Each block comes with
    the texts that stand for {names} in its lines.
    """
    form = around.forms.get(line.source, line.place)
    blocks = []
    for words in _repeats(line, around.mapping):
        mask = known(form)
        this = fill_in(line, words)
        if this.condition:
            condition = parse_condition(this.condition, line.place)
            mask &= condition_mask(condition, form, around.forms, line.place)
        rows = form.raw.frame.index[mask.to_numpy(dtype=bool)].to_numpy(dtype="int64")
        form.used_rows.update(rows.tolist())
        blocks.append((words, Block(spec, form, rows, pd.DataFrame(index=range(len(rows))))))
    return blocks


def _repeats(line: MappingLine, mapping: Mapping) -> tuple[dict[str, str], ...]:
    if not line.repeat:
        return ({},)
    if "=" in line.repeat:
        name, values = line.repeat.split("=", 1)
        return tuple({name.strip(): value.strip()} for value in values.split(","))
    if line.repeat not in mapping.repeats:
        raise ConfigurationError(
            f"{line.place}: there is no table repeat_{line.repeat}; "
            f"known: {', '.join(mapping.repeats) or 'none'}"
        )
    return mapping.repeats[line.repeat]


def fill_in(line: MappingLine, words: dict[str, str]) -> MappingLine:
    """Put the words of a repeat in place of their {names}."""

    def filled(text: str) -> str:
        for name, word in words.items():
            text = text.replace(f"{{{name}}}", word)
        return text

    made = replace(
        line,
        columns=tuple(name for name in (filled(c) for c in line.columns) if name),
        value=filled(line.value),
        codelist=filled(line.codelist),
        condition=filled(line.condition),
        match=filled(line.match),
        label=filled(line.label),
    )
    unknown = _PLACEHOLDER.findall(
        " ".join([*made.columns, made.value, made.codelist, made.condition, made.match, made.label])
    )
    if unknown:
        raise ConfigurationError(
            f"{line.place}: {{{unknown[0]}}} stands for nothing; the block's repeat gives: "
            f"{', '.join(words) or 'nothing, it has none'}"
        )
    return made
