"""Dataset files of a folder: found by name, read into memory."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa

from cdisc_tools.io.parquet import read_parquet
from cdisc_tools.io.xpt import read_xpt
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import DatasetSpec

READERS = {".xpt": read_xpt, ".parquet": read_parquet}


def dataset_files(path: Path) -> list[Path]:
    """The dataset files of a folder, or the file itself; one a dataset, XPT before Parquet.

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
        raise ConfigurationError(f"{path} has no dataset ({', '.join(READERS)}){there}")
    return [found[name] for name in sorted(found)]


def _found(folder: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for suffix in READERS:
        for file in sorted(folder.glob(f"*{suffix}")):
            # a hidden one is what a process that was ended left of a file
            if not file.name.startswith("."):
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
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ConfigurationError(f"{path.name}: not a dataset file; known: {', '.join(READERS)}")
    try:
        file = reader(path)
    except (pa.ArrowException, OSError) as error:
        raise ConfigurationError(f"{path.name} cannot be read: {error}") from error
    spec = spec_of(tuple(str(name) for name in file.frame.columns))
    frame = _typed(file.frame, spec, categories=categories)
    return Dataset(spec, frame, labels=file.labels, lengths=file.lengths, formats=file.formats)


def _typed(frame: pd.DataFrame, spec: DatasetSpec, *, categories: bool) -> pd.DataFrame:
    """Give text columns the text type; empty text is missing."""
    columns = {}
    for name, values in frame.items():
        variable = spec.by_name.get(str(name))
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
