"""A dataset as a whole against a study's specification: formats, and the order of records."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cdisc_tools.model.data import Dataset
from cdisc_tools.model.findings import Finding
from cdisc_tools.model.specs import DatasetSpec


def check_specified_data(dataset: Dataset) -> Iterator[Finding]:
    """Find formats unlike the specification's, and records that are not in the order of the keys.

    Only a dataset that the study specifies is looked at. A format is compared where file and
    specification give one; numbers are in order by value, texts by their code points, and a
    missing value is the lowest.
    """
    if not any(variable.data_type for variable in dataset.spec.variables):
        return
    for variable in dataset.spec.variables:
        found = dataset.formats.get(variable.name, "")
        if found and variable.format and _plain(found) != _plain(variable.format):
            yield Finding("CDT-M020", dataset.name, (variable.name,), (found,),
                          detail=variable.format)  # fmt: skip
    record = _first_out_of_order(dataset.frame, dataset.spec)
    if record is not None:
        yield Finding("CDT-M021", dataset.name, tuple(dataset.spec.keys), record=record)


def _plain(text: str) -> str:
    """A format as it compares: DATE9. and date9 are one."""
    return text.strip().upper().removesuffix(".")


def _first_out_of_order(frame: pd.DataFrame, spec: DatasetSpec) -> int | None:
    """The 1-based position of the first record that the one before it should follow."""
    if not spec.keys or len(frame) < 2 or not {*spec.keys} <= {*frame.columns}:
        return None
    smaller = pd.Series(False, index=range(1, len(frame)))
    equal = ~smaller
    for key in spec.keys:
        codes = _places(frame[key])
        step = codes.diff().iloc[1:]
        smaller |= equal & (step < 0)
        equal &= step == 0
    found = smaller[smaller].index
    return int(found[0]) + 1 if len(found) else None


def _places(values: pd.Series) -> "pd.Series[int]":
    """The place of each value among the distinct ones in order; 0 is missing."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        # each distinct text is looked at once
        order = pd.factorize(values.cat.categories, sort=True)[0] + 1
        places = np.append(order, 0)[values.cat.codes.to_numpy()]
    else:
        places = pd.factorize(values, sort=True)[0] + 1
    return pd.Series(places)
