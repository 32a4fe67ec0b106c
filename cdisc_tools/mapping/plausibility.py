"""The study's own checks of raw forms: ranges, orders, sums, agreement."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pandas as pd

from cdisc_tools.mapping.blocks import Surroundings, condition_mask
from cdisc_tools.mapping.conditions import parse_condition
from cdisc_tools.mapping.forms import Form, cell_finding
from cdisc_tools.mapping.masks import is_true
from cdisc_tools.mapping.numbers import read_number
from cdisc_tools.mapping.units import convert
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.mapping import RawCheck, UnitRule
from cdisc_tools.model.specs import fold_term

STUDY_CHECK = "CDT-R050"
# row, column, what is odd
Oddity = tuple[int, str, str]
CheckKind = Callable[[RawCheck, Form, pd.Series, Surroundings], Iterator[Oddity]]


def check_forms(checks: tuple[RawCheck, ...], around: Surroundings) -> Findings:
    """Run the checks of the study's checks table over the collected forms.

    Raises ConfigurationError for an unknown kind, source or column.
    """
    findings = Findings()
    for check in checks:
        place = f"checks table, {check.id}"
        if check.kind not in KINDS:
            raise ConfigurationError(
                f"{place}: there is no kind {check.kind!r}; known: {', '.join(KINDS)}"
            )
        _require_arguments(check, place)
        form = around.forms.get(check.source, place)
        rows = pd.Series(data=True, index=form.raw.frame.index)
        if check.condition:
            condition = parse_condition(check.condition, place)
            rows = condition_mask(condition, form, around.forms, place)
        for row, column, odd in KINDS[check.kind](check, form, rows, around):
            detail = f"{check.id}: {check.message or check.kind}{f' ({odd})' if odd else ''}"
            findings.add(cell_finding(STUDY_CHECK, form, row, column, detail=detail))
    return findings


def _require_arguments(check: RawCheck, place: str) -> None:
    """Raise ConfigurationError for a check that lacks a column, a codelist or a number."""
    least = {"order": 2, "equal": 2, "sum": 2}.get(check.kind, 1)
    exactly = check.kind in ("order", "equal")
    wrong = len(check.columns) < least or (exactly and len(check.columns) > least)
    if wrong:
        raise ConfigurationError(
            f"{place}: {check.kind} needs {least} columns, not {len(check.columns)}"
        )
    if check.kind == "terms" and not check.by:
        raise ConfigurationError(f"{place}: terms needs a codelist in `by`")
    limits = {"range": ("low", "high"), "drift": ("high",), "sum": ("high",), "equal": ("high",)}
    for name in limits.get(check.kind, ()):
        text = getattr(check, name)
        if text and read_number(text).number != text:
            raise ConfigurationError(f"{place}: {name} {text!r} is no number")
    if check.kind == "drift" and not check.high:
        raise ConfigurationError(f"{place}: drift needs a fraction in `high`")


def _texts(check: RawCheck, form: Form, column: str, around: Surroundings) -> pd.Series:
    return around.forms.values(form, column, f"checks table, {check.id}")


def _numbers(texts: pd.Series) -> pd.Series:
    """The plain numbers among collected texts; one with a unit of its own is left to mapping."""
    readings = {text: read_number(text) for text in texts.dropna().unique()}
    plain = {
        text: float(reading.number)
        for text, reading in readings.items()
        if reading.number is not None and not reading.unit
    }
    return texts.map(plain).astype("Float64")


def _dates(texts: pd.Series, form: Form, around: Surroundings) -> pd.Series:
    """The complete dates among collected texts, as ISO 8601 days."""
    reader = around.date_reader(form)
    iso = {text: reader.read(text).iso or "" for text in texts.dropna().unique()}
    days = {text: day[:10] for text, day in iso.items() if len(day) >= 10}
    return texts.map(days).astype("string")


def _range(check: RawCheck, form: Form, rows: pd.Series, around: Surroundings) -> Iterator[Oddity]:
    """A number outside low to high."""
    for column in check.columns:
        numbers = _numbers(_texts(check, form, column, around)).where(rows)
        outside = pd.Series(data=False, index=numbers.index)
        if check.low:
            outside |= is_true(numbers < float(check.low))
        if check.high:
            outside |= is_true(numbers > float(check.high))
        for row in numbers.index[outside]:
            yield row, column, f"expected {check.low or '...'} to {check.high or '...'}"


def _drift(check: RawCheck, form: Form, rows: pd.Series, around: Surroundings) -> Iterator[Oddity]:
    """A number further than ``high`` (a fraction) from the subject's median."""
    for column in check.columns:
        numbers = _numbers(_texts(check, form, column, around)).where(rows)
        median = numbers.groupby(form.subjects["USUBJID"]).transform("median")
        far = is_true((numbers - median).abs() > float(check.high) * median)
        for row in numbers.index[far]:
            yield row, column, f"the subject's median is {median[row]:g}"


def _order(check: RawCheck, form: Form, rows: pd.Series, around: Surroundings) -> Iterator[Oddity]:
    """A date before the date in the column listed first; either of the two may be wrong."""
    earlier, later = check.columns
    first = _dates(_texts(check, form, earlier, around), form, around)
    second = _dates(_texts(check, form, later, around), form, around)
    wrong = is_true(second < first) & rows
    for row in wrong.index[wrong]:
        yield row, later, f"{earlier} is {first[row]}"
        yield row, earlier, f"{later} is {second[row]}"


def _equal(check: RawCheck, form: Form, rows: pd.Series, around: Surroundings) -> Iterator[Oddity]:
    """A value that differs from another column's, in the same row or in another form.

    ``form.Column`` names a column of another form, matched by the subject and the columns of
    ``by``. Numbers are compared as numbers (``high`` is the tolerance), dates as dates.
    """
    column, reference = check.columns
    own = _texts(check, form, column, around).where(rows)
    other_form, other = _reference(check, form, reference, around)
    for row in own.dropna().index:
        value = other.get(row)
        if value is None or pd.isna(value):
            continue
        if not _agree(own[row], str(value), (form, other_form), around, check.high):
            yield row, column, f"{reference} is {value}"


def _reference(
    check: RawCheck, form: Form, reference: str, around: Surroundings
) -> tuple[Form, pd.Series]:
    name, _, column = reference.partition(".")
    if name not in around.forms or not column:
        return form, _texts(check, form, reference, around)
    other = around.forms.get(name, check.id)
    own_keys = _match_keys(check, form, around)
    keys = _match_keys(check, other, around)
    table = keys.assign(VALUE=_texts(check, other, column, around)).dropna()
    table = table.drop_duplicates(list(keys.columns))
    merged = own_keys.reset_index().merge(table, on=list(keys.columns), how="left")
    return other, merged.set_index("ROW")["VALUE"]


def _match_keys(check: RawCheck, form: Form, around: Surroundings) -> pd.DataFrame:
    keys = pd.DataFrame({"USUBJID": form.subjects["USUBJID"]})
    for name in check.by:
        texts = _texts(check, form, name, around)
        rules = {t: around.visits.get(fold_term(t)) for t in texts.dropna().unique()}
        # visits are compared as the visit table reads them
        keys[name] = texts.map({t: r.visit if r else t.lower() for t, r in rules.items()})
    return keys.rename_axis("ROW")


def _agree(
    own: str, other: str, forms: tuple[Form, Form], around: Surroundings, tolerance: str
) -> bool:
    numbers = [read_number(text) for text in (own, other)]
    if all(reading.number is not None for reading in numbers) and tolerance:
        first, second = (Decimal(str(reading.number)) for reading in numbers)
        return abs(first - second) <= Decimal(tolerance)
    dates = [
        around.date_reader(form).read(text).iso
        for form, text in zip(forms, (own, other), strict=True)
    ]
    if dates[0] and dates[1]:
        return dates[0][:10] == dates[1][:10]
    return own.lower() == other.lower() and dates[0] == dates[1]


def _sum(check: RawCheck, form: Form, rows: pd.Series, around: Surroundings) -> Iterator[Oddity]:
    """A total (last column) that is not the sum of the others, in the unit ``low``.

    ``by`` names the codelist of texts that stand for a number; a row with a part that is no
    number is passed over.
    """
    *parts, total = check.columns
    words = around.mapping.terms.get(check.by[0], {}) if check.by else {}
    rules = {rule.unit: rule for rule in around.mapping.units if rule.to == check.low}
    texts = {column: _texts(check, form, column, around) for column in check.columns}
    for row in form.raw.frame.index[rows]:
        values = [texts[column][row] for column in parts if pd.notna(texts[column][row])]
        numbers = [_in_unit(str(value), words, rules) for value in values]
        stated = None if pd.isna(texts[total][row]) else _in_unit(str(texts[total][row]), {}, rules)
        if stated is None or not numbers or any(number is None for number in numbers):
            continue
        found = sum(number for number in numbers if number is not None)
        if abs(found - stated) > Decimal(check.high or "0"):
            yield row, total, f"the parts add up to {found}"


def _in_unit(text: str, words: dict[str, str], rules: dict[str, UnitRule]) -> Decimal | None:
    worded = words.get(fold_term(text))
    reading = read_number(worded or text)
    if reading.number is None:
        return None
    rule = next((r for unit, r in rules.items() if unit.lower() == reading.unit.lower()), None)
    return convert(reading.number, rule) if rule else Decimal(reading.number)


def _constant(
    check: RawCheck, form: Form, rows: pd.Series, around: Surroundings
) -> Iterator[Oddity]:
    """A value that differs from the subject's first one in the same column."""
    for column in check.columns:
        texts = _texts(check, form, column, around).where(rows)
        first = texts.groupby(form.subjects["USUBJID"]).transform("first")
        changed = is_true(texts.str.lower() != first.str.lower())
        for row in texts.index[changed & texts.notna()]:
            yield row, column, f"first recorded as {first[row]}"


def _exchanged(
    check: RawCheck, form: Form, rows: pd.Series, around: Surroundings
) -> Iterator[Oddity]:
    """A text that the subject's first row has in another of the columns.

    ``by`` names the column beside each, whose value moved with it.
    """
    texts = {c: _texts(check, form, c, around).where(rows).str.lower() for c in check.columns}
    first = {c: t.groupby(form.subjects["USUBJID"]).transform("first") for c, t in texts.items()}
    for place, column in enumerate(check.columns):
        changed = is_true(texts[column] != first[column])
        for other in (name for name in check.columns if name != column):
            for row in texts[column].index[changed & is_true(texts[column] == first[other])]:
                for name in (column, *check.by[place : place + 1]):
                    yield row, name, f"stands in {other} at first"


def _terms(check: RawCheck, form: Form, rows: pd.Series, around: Surroundings) -> Iterator[Oddity]:
    """A text that is no term of the codelist ``by``, or an unusual spelling of one."""
    for column in check.columns:
        texts = _texts(check, form, column, around).where(rows)
        coded = around.terms.code(texts, check.by[0], f"checks table, {check.id}")
        odd = coded.variants | coded.unmatched | coded.ambiguous
        for row in texts.index[odd]:
            yield row, column, f"read as {coded.values[row]}"


KINDS: dict[str, CheckKind] = {
    "range": _range,
    "drift": _drift,
    "order": _order,
    "equal": _equal,
    "sum": _sum,
    "constant": _constant,
    "exchanged": _exchanged,
    "terms": _terms,
}
