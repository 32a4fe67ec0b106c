"""Datasets as the transport formats hold them: attributes, and records in chunks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

CHAR, NUM = "Char", "Num"
# records of a chunk: some 10 MB of a dataset of 24 variables
CHUNK = 65_536


@dataclass(frozen=True)
class VariableAttributes:
    """What a dataset file says of a variable; "" and None are unsaid.

    ``type`` is Char or Num. ``length`` is in bytes, as SAS transport stores a value (of a number
    2 to 8). ``format`` and ``informat`` are as SAS writes them (DATE9., 8.2, $20.); ``is_right``
    says that the format sets its text to the right.
    ``data_type`` and ``target_data_type`` are those of Dataset-JSON (string, integer, decimal,
    float, double, boolean, datetime, date, time, URI); ``oid`` is the identifier by which
    define.xml knows the variable, ``key`` its place among the keys, from 1.
    """

    name: str
    label: str = ""
    type: str = CHAR
    length: int | None = None
    format: str = ""
    informat: str = ""
    is_right: bool = False
    data_type: str = ""
    target_data_type: str = ""
    oid: str = ""
    key: int | None = None

    @property
    def is_numeric(self) -> bool:
        """True for numbers, dates held as numbers among them."""
        return self.type == NUM


@dataclass(frozen=True)
class DatasetAttributes:
    """What a dataset file says of its dataset.

    ``provenance`` holds what one format alone knows, by names such as created, modified (ISO 8601,
    without a zone), sas_version, sas_os, dataset_type, encoding, originator, study_oid: a writer
    takes what it knows and keeps the rest beside, so that nothing is lost on the way.
    ``records`` is None where the file doesn't say how many there are.
    """

    name: str
    label: str = ""
    variables: tuple[VariableAttributes, ...] = ()
    records: int | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, VariableAttributes]:
        """The variables by name."""
        return {variable.name: variable for variable in self.variables}

    @property
    def labels(self) -> dict[str, str]:
        """The labels by variable, and under "" that of the dataset."""
        return {**{item.name: item.label for item in self.variables}, "": self.label}

    @property
    def formats(self) -> dict[str, str]:
        """The formats by variable, of those that have one."""
        return {item.name: item.format for item in self.variables if item.format}


@dataclass(frozen=True)
class DatasetStream:
    """A dataset that is read in chunks, as often as asked.

    Each call of ``read`` gives the records from the first on, in frames with the variables of
    ``about`` in their order and an index that counts on. A number is float64, dates held as
    numbers included; a special missing value is a NaN that ``model.special_missing`` reads. A text
    is a string or a category, <NA> where missing, without trailing blanks, and never "".
    ``file`` names the file for messages.
    """

    about: DatasetAttributes
    read: Callable[[], Iterator[pd.DataFrame]]
    file: str = ""

    def with_about(self, about: DatasetAttributes) -> "DatasetStream":
        """The same records under other attributes."""
        return replace(self, about=about)


def stream_of(frame: pd.DataFrame, about: DatasetAttributes, file: str = "") -> DatasetStream:
    """Make a stream of a frame in memory that holds values as ``DatasetStream`` asks."""

    def read() -> Iterator[pd.DataFrame]:
        for start in range(0, max(len(frame), 1), CHUNK):
            yield frame.iloc[start : start + CHUNK]

    return DatasetStream(replace(about, records=len(frame)), read, file)
