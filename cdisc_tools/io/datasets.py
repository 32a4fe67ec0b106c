"""Dataset files of a folder: found by name, read into memory."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from cdisc_tools.io.transports import (
    FOLDER_SUFFIXES,
    SIDED_SUFFIXES,
    is_dataset_file,
    open_datasets,
)
from cdisc_tools.io.xpt import dataset_file, read_xpt
from cdisc_tools.model.data import Dataset, DatasetFile
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import DatasetSpec


def dataset_files(path: Path) -> list[Path]:
    """The dataset files of a folder, or the file itself; one a dataset, XPT before the others.

    In a folder only the formats of datasets count: a .csv or .xlsx may be anything, unless it has
    a side file, and a .json must be Dataset-JSON.

    Raises ConfigurationError when there is no such path, or no dataset file in it.
    """
    if not path.exists():
        raise ConfigurationError(f"{path} does not exist; give a dataset file or a folder of them")
    if path.is_file():
        return [path]
    found = _found(path)
    if not found:
        inner = [child for child in sorted(path.iterdir()) if child.is_dir() and _found(child)]
        there = f"; look in {', '.join(map(str, inner))}" if inner else ""
        raise ConfigurationError(f"{path} has no dataset ({', '.join(FOLDER_SUFFIXES)}){there}")
    return [found[name] for name in sorted(found)]


def _found(folder: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    # a hidden one is what a process that was ended left of a file
    shown = [file for file in sorted(folder.iterdir()) if not file.name.startswith(".")]
    found = [file for file in shown if is_dataset_file(file)]
    for suffix in (*FOLDER_SUFFIXES, *SIDED_SUFFIXES):
        for file in found:
            if file.suffix.lower() == suffix:
                files.setdefault(file.stem.lower(), file)
    return files


def read_dataset(
    path: Path, spec_of: Callable[[tuple[str, ...]], DatasetSpec], *, categories: bool = False
) -> Dataset:
    """Read a dataset file with its labels; missing text is <NA>.

    ``spec_of`` gives the spec for the names of its variables. Texts stay the ``categories`` that
    the file's reader made of them, where that is asked for, and are vectors of text otherwise.
    Raises ConfigurationError for a file of another kind or one that cannot be read.
    """
    try:
        file = _read_xpt_or_other(path)
    except (pa.ArrowException, OSError) as error:
        raise ConfigurationError(f"{path.name} cannot be read: {error}") from error
    spec = spec_of(tuple(str(name) for name in file.frame.columns))
    frame = typed_frame(file.frame, spec, categories=categories)
    return Dataset(spec, frame, labels=file.labels, lengths=file.lengths, formats=file.formats)


def _read_xpt_or_other(path: Path) -> DatasetFile:
    """Read the one dataset of a file; one that has no label at all says nothing of labels.

    XPT always says them.
    """
    if path.suffix.lower() == ".xpt":
        return read_xpt(path)
    streams = open_datasets(path)
    if len(streams) != 1:
        raise ConfigurationError(
            f"{path.name} holds {len(streams)} datasets; export each to its own file"
        )
    file = dataset_file(streams[0].about, pd.concat(streams[0].read(), ignore_index=True))
    return file if any(file.labels.values()) else replace(file, labels={})


def typed_frame(frame: pd.DataFrame, spec: DatasetSpec, *, categories: bool) -> pd.DataFrame:
    """Give text columns the text type; empty text is missing."""
    columns = {}
    for name, values in frame.items():
        variable = spec.by_name.get(str(name))
        # categories without values are a text like any other
        coded = isinstance(values.dtype, pd.CategoricalDtype) and values.notna().any()
        if _is_number(values) or (categories and coded):
            columns[str(name)] = values
        elif variable is not None and variable.type == "Num" and values.isna().all():
            columns[str(name)] = values.astype("Float64")
        else:
            text = values.astype("string")
            columns[str(name)] = text.mask(text == "")
    return pd.DataFrame(columns)


def _is_number(values: pd.Series) -> bool:
    kinds = pd.api.types
    return bool(kinds.is_numeric_dtype(values) or kinds.is_datetime64_any_dtype(values))
