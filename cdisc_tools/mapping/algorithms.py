"""The algorithms of mapping tables that fill a variable from collected cells."""

import re
from collections import Counter
from collections.abc import Callable

import pandas as pd

from cdisc_tools.mapping.blocks import LineReader
from cdisc_tools.mapping.dates import DateReading
from cdisc_tools.mapping.frequency import most_frequent
from cdisc_tools.mapping.masks import is_true
from cdisc_tools.mapping.numbers import NumberReading, plain_numbers, read_number
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.mapping import VisitRule
from cdisc_tools.model.specs import fold_term

Algorithm = Callable[[LineReader], pd.Series]
ALGORITHMS: dict[str, Algorithm] = {}
_LETTERS, _DIGIT, _LONE_DIGIT = (
    re.compile(pattern) for pattern in (r"[A-Za-z]+", r"\d", r"(?<!9)9(?!9)")
)


def algorithm(function: Algorithm) -> Algorithm:
    """Make a function callable from a mapping table under its own name."""
    ALGORITHMS[function.__name__] = function
    return function


@algorithm
def assign_no_ct(reader: LineReader) -> pd.Series:
    """Take the collected text as it is; several columns are joined with spaces.

    For a numeric variable the text is read as a number.
    """
    columns = _columns(reader)
    texts = reader.texts(columns[0])
    for column in columns[1:]:
        more = reader.texts(column)
        texts = texts.str.cat(more, sep=" ", na_rep="").str.strip()
    if reader.is_numeric:
        return _numbers(reader, columns[0], texts)
    return texts.mask(texts == "")


@algorithm
def assign_upper(reader: LineReader) -> pd.Series:
    """Take the collected text in capitals, as --TERM and --TRT are often submitted."""
    return reader.texts(_columns(reader)[0]).str.upper()


@algorithm
def assign_ct(reader: LineReader) -> pd.Series:
    """Match the collected text to the codelist; an unmatched text is kept and reported."""
    column = _columns(reader)[0]
    texts = reader.texts(column)
    return _coded(reader, column, texts)


@algorithm
def hardcode_no_ct(reader: LineReader) -> pd.Series:
    """Give the fixed value to every record that the line's condition takes.

    With a column, only where that column is filled.
    """
    return _hardcoded(reader)


@algorithm
def hardcode_ct(reader: LineReader) -> pd.Series:
    """Give a fixed value that must be a term of the line's codelist."""
    codelist = reader.around.terms.codelist(reader.line.codelist, reader.line.place)
    own = reader.around.mapping.terms.get(reader.line.codelist, {}).values()
    known = reader.line.value in codelist.submission_values or reader.line.value in own
    if not known and not codelist.extensible:
        raise ConfigurationError(
            f"{reader.line.place}: {reader.line.value!r} is no term of codelist "
            f"{codelist.short_name}, which cannot be extended"
        )
    return _hardcoded(reader)


@algorithm
def assign_missing(reader: LineReader) -> pd.Series:
    """Give no value: an expected variable for which nothing was collected."""
    return pd.Series(pd.NA, index=range(len(reader.rows)), dtype="string")


@algorithm
def assign_datetime(reader: LineReader) -> pd.Series:
    """Read a collected date, with its time from a second column, as ISO 8601."""
    columns = _columns(reader)
    texts = reader.texts(columns[0])
    times = reader.texts(columns[1]) if len(columns) > 1 else None
    date_reader = reader.around.date_reader(reader.form)
    clocks = [""] * len(texts) if times is None else times.fillna("").tolist()
    pairs = list(zip(texts.fillna("").tolist(), clocks, strict=True))
    readings = {pair: date_reader.read(*pair) for pair in set(pairs) if pair[0]}
    for position, pair in enumerate(pairs):
        if pair in readings:
            _note_date(reader, position, columns, readings[pair])
    iso = pd.Series(
        [readings[pair].iso if pair in readings else None for pair in pairs], dtype="string"
    )
    _note_unusual_dates(reader, columns[0], texts, iso)
    return iso


def _note_date(
    reader: LineReader, position: int, columns: tuple[str, ...], reading: DateReading
) -> None:
    """Report what was odd about one collected date."""
    if reading.fault and reading.iso is None:
        reader.note_at("CDT-R020", position, columns[0], reading.fault)
    elif reading.fault:
        reader.note_at("CDT-R025", position, columns[-1], reading.fault)
    if any(note.startswith(("partial", "every part")) for note in reading.notes):
        reader.note_at("CDT-R021", position, columns[0], reading.iso or "missing")
    elif reading.notes:
        reader.note_at("CDT-R022", position, columns[0], "; ".join(reading.notes))


@algorithm
def assign_result(reader: LineReader) -> pd.Series:
    """Take a collected result without the unit written behind it; "not done" is no result."""
    column = _columns(reader)[0]
    texts = reader.texts(column)
    readings = _readings(texts)
    done = texts.mask(reader.is_not_done(texts))
    reader.note("CDT-R033", texts.notna() & done.isna(), column)
    plain = {
        text: f"{reading.qualifier}{reading.number}"
        for text, reading in readings.items()
        if reading.number is not None
    }
    _note_numbers(reader, column, texts, readings)
    return done.map(lambda text: plain.get(text, text), na_action="ignore").astype("string")


@algorithm
def assign_unit(reader: LineReader) -> pd.Series:
    """Give the unit of a result: written in its cell, else in the second column, else the value.

    Where the result is empty there is no unit.
    """
    columns = _columns(reader)
    texts = reader.texts(columns[0])
    texts = texts.mask(reader.is_not_done(texts))
    in_cell = texts.map(
        {text: reading.unit or pd.NA for text, reading in _readings(texts).items()}
    ).astype("string")
    reader.note("CDT-R034", in_cell.notna(), columns[0], in_cell)
    given = reader.texts(columns[1]) if len(columns) > 1 else None
    units = in_cell if given is None else in_cell.fillna(given)
    if reader.line.value:
        units = units.fillna(reader.line.value)
    units = units.where(texts.notna())
    if not reader.line.codelist:
        return units
    return _coded(reader, columns[-1], units)


@algorithm
def assign_status(reader: LineReader) -> pd.Series:
    """Give NOT DONE where the collected text says that the result was not obtained."""
    texts = reader.texts(_columns(reader)[0])
    not_done = reader.is_not_done(texts)
    return pd.Series("NOT DONE", index=texts.index, dtype="string").where(not_done)


@algorithm
def assign_part(reader: LineReader) -> pd.Series:
    """Take one part of a collected text: ``value`` is the separator and the part's number.

    "/ 2" takes 74 of "126/74".
    """
    column = _columns(reader)[0]
    separator, _, number = reader.line.value.rpartition(" ")
    if not separator or not number.isdigit() or int(number) < 1:
        raise ConfigurationError(
            f"{reader.line.place}: value {reader.line.value!r} must be a separator, a space and "
            "the number of the part, such as '/ 2'"
        )
    place = int(number) - 1
    texts = reader.texts(column)
    parts = {text: text.split(separator) for text in texts.dropna().unique()}
    taken = {text: part[place].strip() for text, part in parts.items() if place < len(part)}
    return texts.map(taken).astype("string")


@algorithm
def assign_visit(reader: LineReader) -> pd.Series:
    """Give the VISIT, VISITNUM or VISITDY that the visit table has for the collected visit.

    Any other variable, such as --LNKGRP, gets the VISIT. ``value`` puts a visit together from
    the cells: "C{1}D{2}" of the columns Cycle and Day.
    """
    column = _columns(reader)[0]
    texts = _visit_texts(reader)
    rules = {text: reader.around.visits.get(fold_term(text)) for text in texts.dropna().unique()}
    field = reader.line.variable
    if field not in ("VISITNUM", "VISITDY"):
        found = texts.map({text: rule is not None for text, rule in rules.items()})
        reader.note("CDT-R036", texts.notna() & ~found.fillna(True).astype(bool), column)
        variant = texts.map(
            {t: bool(r and (r.variant or r.collected != t)) for t, r in rules.items()}
        )
        reader.note("CDT-R037", is_true(variant), column)
        kept = {text: rule.visit if rule else text for text, rule in rules.items()}
        return texts.map(kept).astype("string")
    numbers = {text: _visit_number(rule, field) for text, rule in rules.items()}
    return texts.map(numbers).astype("Float64")


@algorithm
def assign_subject(reader: LineReader) -> pd.Series:
    """Give the subject's SUBJID, SITEID or USUBJID as read by the study's subject pattern."""
    wanted = reader.line.value or reader.line.variable
    if wanted not in reader.form.subjects.columns:
        raise ConfigurationError(
            f"{reader.line.place}: assign_subject gives {', '.join(reader.form.subjects.columns)}, "
            f"not {wanted}"
        )
    values = reader.form.subjects[wanted].reindex(reader.rows)
    return values.reset_index(drop=True).astype("string")


def _visit_texts(reader: LineReader) -> pd.Series:
    """Give the collected visit: a cell, or several put into the form of ``value``."""
    cells = [reader.texts(column) for column in _columns(reader)]
    if not reader.line.value:
        return cells[0]
    texts = pd.Series(reader.line.value, index=cells[0].index, dtype="string")
    for number, cell in enumerate(cells, 1):
        parts = texts.str.split(f"{{{number}}}", n=1, expand=True, regex=False)
        if parts.shape[1] < 2:
            raise ConfigurationError(
                f"{reader.line.place}: value {reader.line.value!r} has no {{{number}}} for "
                f"column {reader.line.columns[number - 1]!r}"
            )
        texts = parts[0].str.cat(cell).str.cat(parts[1])
    return texts


def in_type_of_variable(reader: LineReader, values: pd.Series) -> pd.Series:
    """Turn text that goes to a numeric variable into numbers; what is none is reported."""
    if not reader.is_numeric or not pd.api.types.is_string_dtype(values):
        return values
    plain = plain_numbers(values.dropna().unique())
    lost = values.notna() & ~values.isin(list(plain))
    column = reader.line.columns[0] if reader.line.columns else ""
    if lost.any() and not column:
        raise ConfigurationError(
            f"{reader.line.place}: {reader.line.value!r} is no number, and "
            f"{reader.line.variable} is a numeric variable"
        )
    reader.note("CDT-R030", lost, column)
    return values.map(plain).astype("Float64")


def _visit_number(rule: VisitRule | None, field: str) -> float | None:
    if rule is None:
        return None
    return rule.visitnum if field == "VISITNUM" else rule.visitdy


def _columns(reader: LineReader) -> tuple[str, ...]:
    if not reader.line.columns:
        raise ConfigurationError(
            f"{reader.line.place}: {reader.line.algorithm} needs a column of {reader.form.name!r}"
        )
    return reader.line.columns


def _hardcoded(reader: LineReader) -> pd.Series:
    if not reader.line.value:
        raise ConfigurationError(f"{reader.line.place}: {reader.line.algorithm} needs a value")
    fixed = reader.fixed(reader.line.value)
    for column in reader.line.columns:
        fixed = fixed.where(reader.texts(column).notna())
    return fixed


def _coded(reader: LineReader, column: str, texts: pd.Series) -> pd.Series:
    line = reader.line
    if not line.codelist:
        raise ConfigurationError(f"{line.place}: {line.algorithm} needs a codelist")
    coded = reader.around.terms.code(texts, line.codelist, line.place)
    reader.note("CDT-R040", coded.variants, column, coded.values)
    reader.note("CDT-R042", coded.unmatched, column, line.codelist)
    reader.note("CDT-R043", coded.ambiguous, column, line.codelist)
    return coded.values


def _readings(texts: pd.Series) -> dict[str, NumberReading]:
    return {text: read_number(text) for text in texts.dropna().unique()}


def _numbers(reader: LineReader, column: str, texts: pd.Series) -> pd.Series:
    """Read numbers; text that is none is reported and left out of the numeric variable."""
    not_done = reader.is_not_done(texts)
    reader.note("CDT-R033", not_done, column)
    texts = texts.mask(not_done)
    readings = _readings(texts)
    _note_numbers(reader, column, texts, readings)
    with_unit = texts.map({text: r.unit for text, r in readings.items()}).astype("string")
    reader.note("CDT-R034", (with_unit != "") & with_unit.notna(), column, with_unit)
    return texts.map(
        {
            t: None if r.number is None or r.qualifier else float(r.number)
            for t, r in readings.items()
        }
    ).astype("Float64")


def _note_numbers(
    reader: LineReader, column: str, texts: pd.Series, readings: dict[str, NumberReading]
) -> None:
    assumed = texts.map({text: r.note for text, r in readings.items()}).astype("string").fillna("")
    reader.note("CDT-R031", assumed != "", column, assumed)
    qualified = texts.map({text: bool(r.qualifier) for text, r in readings.items()})
    if not reader.is_numeric:
        reader.note("CDT-R032", is_true(qualified), column)
    if reader.is_numeric or reader.line.value == "number":
        none = texts.map({text: r.number is None for text, r in readings.items()})
        words = reader.is_not_done(texts)
        lost = is_true(none) | (is_true(qualified) if reader.is_numeric else False)
        reader.note("CDT-R030", lost & ~words, column)


def _note_unusual_dates(reader: LineReader, column: str, texts: pd.Series, iso: pd.Series) -> None:
    """Report dates written otherwise than most of their column."""
    is_cell = reader.is_date_cell(column).tolist()
    shapes = {text: _shape(text) for text in texts.dropna().unique()}
    written = [
        None if text not in shapes else "spreadsheet date" if cell else shapes[text]
        for text, cell in zip(texts.tolist(), is_cell, strict=True)
    ]
    counts = Counter(shape for shape in written if shape)
    if len(counts) < 2 and not any(":" in text for text in shapes):
        return
    usual = most_frequent(counts)
    timed = sum(":" in text for text in shapes) / len(shapes)
    rows = zip(written, iso.tolist(), texts.tolist(), strict=True)
    for position, (shape, date, text) in enumerate(rows):
        if shape is None or pd.isna(date):
            continue
        if ":" in text:
            if "T" in date and timed < 0.5:
                reader.note_at("CDT-R024", position, column)
        elif shape != usual and len(date) >= 10:
            detail = f"{date}; most dates of the column are written like {usual}"
            reader.note_at("CDT-R023", position, column, detail)


def _shape(text: str) -> str:
    """How a date is written: letters as A, digits as 9; one-digit days as two-digit ones."""
    return _LONE_DIGIT.sub("99", _DIGIT.sub("9", _LETTERS.sub("A", text)))
