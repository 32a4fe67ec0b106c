"""Datasets for the tests of formats: made of columns, drawn, and compared bit for bit."""

import json

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from cdisc_tools.io.side_files import content_mark, side_path
from cdisc_tools.io.transports import open_datasets
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import LETTERS, letters_of, missing_number
from cdisc_tools.model.transport import (
    CHAR,
    NUM,
    DatasetAttributes,
    VariableAttributes,
    stream_of,
)


def stream(name="DM", label="", provenance=None, variables=(), **columns):
    """A stream of columns: a list with a number in it is numeric, any other holds texts."""
    said = {variable.name: variable for variable in variables}
    attributes, frame = [], {}
    for column, values in columns.items():
        numeric = column in said and said[column].is_numeric
        numeric = numeric or any(isinstance(value, int | float) for value in values)
        attributes.append(
            said.get(column, VariableAttributes(column, type=NUM if numeric else CHAR))
        )
        frame[column] = (
            pd.Series([np.nan if value is None else value for value in values], dtype="float64")
            if numeric
            else pd.Series(values, dtype="string")
        )
    about = DatasetAttributes(name, label, tuple(attributes), provenance=provenance or {})
    return stream_of(pd.DataFrame(frame), about)


def fitted(path):
    """Let the side file of a file that a test changed be of its new content."""
    beside = side_path(path)
    beside.write_text(json.dumps(json.loads(beside.read_text()) | content_mark(path)))


def values_or_refused(path):
    """The records of a file of one dataset; None where it and its side file are no pair."""
    try:
        return values_of(open_datasets(path)[0])
    except ConfigurationError as error:
        if "is not the file that" not in str(error):
            raise
        return None


def values_of(read):
    """The records of a stream as plain values; a number as its bits, missing as its letter."""
    frames = list(read.read())
    frame = pd.concat(frames, ignore_index=True)
    assert list(frame) == [variable.name for variable in read.about.variables]
    columns = {}
    for variable in read.about.variables:
        values = frame[variable.name]
        if variable.is_numeric:
            numbers = values.to_numpy(np.float64)
            letters = letters_of(numbers)
            columns[variable.name] = [
                (chr(letter) if letter else ".") if np.isnan(number) else number.tobytes()
                for number, letter in zip(numbers, letters, strict=True)
            ]
        else:
            columns[variable.name] = [None if pd.isna(text) else str(text) for text in values]
    return columns


def said_of(about):
    """The attributes that a dataset came with, without what a format adds."""
    return {
        variable.name: {name: value for name, value in vars(variable).items() if value}
        for variable in about.variables
    }


ODD_TEXTS = [
    "=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "'=1", "''x", " =1", '"', "a,b", '","', "\r\n", "NA",
    "_x000D_", "_x005F_", "]]>", "&amp;", "<c>", "null", "NaN", "\\u0041", "],[", "\uff1d1", "1.0",
    "\ufeff", "true", "\x00", "\x1f", "\x85", "\u2028",
]  # fmt: skip
ANY_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TEXTS = ANY_TEXTS.map(lambda text: text.rstrip(" ") or None) | st.sampled_from(ODD_TEXTS)
NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(10**6), 10**6).map(float)
    | st.sampled_from([0.0, -0.0, 5e-324, -1.7976931348623157e308, 2.0**53, 2.0**53 + 2, 0.1, 1e22,
                       100000.0, 123456789012345680.0])
    | st.none()
    | st.sampled_from([missing_number(letter) for letter in LETTERS])
)  # fmt: skip
DATES = st.integers(-140_000, 2_940_000).map(float) | st.none() | st.just(0.5)
MOMENTS = st.integers(-(10**10), 10**11).map(float) | st.none()
TIMES = st.integers(-1, 86_401).map(float) | st.none()
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


def attributes(name, kind, formats):
    """Attributes of a variable."""
    return st.builds(
        VariableAttributes,
        name=st.just(name),
        label=WORDS,
        type=st.just(kind),
        length=st.none() | (st.integers(2, 8) if kind == NUM else st.integers(1, 200)),
        format=st.sampled_from(formats),
        informat=st.sampled_from(["", "8.", "$20."]),
        is_right=st.booleans(),
        key=st.none() | st.integers(1, 9),
        oid=st.just("") | st.just(f"IT.X.{name}"),
    )


@st.composite
def datasets(draw):
    """A dataset of texts, numbers, dates, moments and times."""
    columns = {"TXT": TEXTS, "NUM": NUMBERS, "DT": DATES, "DTM": MOMENTS, "TM": TIMES, "T2": TEXTS}
    rows = draw(st.lists(st.tuples(*columns.values()), max_size=4))
    kinds = {
        "TXT": (CHAR, ["", "$20."]), "NUM": (NUM, ["", "8.2", "BEST12."]),
        "DT": (NUM, ["DATE9.", "E8601DA10."]), "DTM": (NUM, ["DATETIME20.", "E8601DT19."]),
        "TM": (NUM, ["TIME8.", "E8601TM8."]), "T2": (CHAR, [""]),
    }  # fmt: skip
    variables = [draw(attributes(name, *kinds[name])) for name in columns]
    provenance = draw(st.dictionaries(st.sampled_from(["sas_os", "encoding", "study_oid"]),
                                      WORDS.filter(bool)))  # fmt: skip
    made = zip(*rows, strict=True) if rows else ((),) * len(columns)
    return stream(
        "DM", draw(WORDS), provenance, variables,
        **{name: list(values) for name, values in zip(columns, made, strict=True)},
    )  # fmt: skip
