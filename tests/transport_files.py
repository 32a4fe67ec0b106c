"""Transport files with faults that our own writer refuses."""

from pathlib import Path

import pandas as pd
import pyreadstat


def rewritten(path: Path, *, version: int = 5, label: str = "", **values: str) -> None:
    """Write a transport file anew by pyreadstat, which cuts and refuses little.

    ``values`` change a variable of the first record; ``label`` is that of the variable named
    first among them, in the place of its own.
    """
    frame, meta = pyreadstat.read_xport(str(path), encoding="utf-8")
    labels = dict(zip(meta.column_names, meta.column_labels, strict=True))
    for name, value in values.items():
        frame.loc[0, name] = value
        labels[name] = label or labels[name]
    pyreadstat.write_xport(
        frame, str(path), file_label=meta.file_label, column_labels=labels,
        table_name=meta.table_name, file_format_version=version,
    )  # fmt: skip


def edited(path: Path, old: bytes, new: bytes) -> None:
    """Replace the first occurrence of some bytes by as many others."""
    data = path.read_bytes()
    assert old in data
    assert len(old) == len(new)
    path.write_bytes(data.replace(old, new, 1))


def cut(path: Path, count: int) -> None:
    """Cut so many bytes off the end of a file."""
    path.write_bytes(path.read_bytes()[:-count])


def without_records(path: Path, variable: str, value: str) -> None:
    """Write a transport file without the records that have a value."""
    frame, meta = pyreadstat.read_xport(str(path), encoding="utf-8")
    kept = frame[frame[variable] != value].reset_index(drop=True)
    labels = dict(zip(meta.column_names, meta.column_labels, strict=True))
    pyreadstat.write_xport(
        pd.DataFrame(kept), str(path), file_label=meta.file_label, column_labels=labels,
        table_name=meta.table_name, file_format_version=5,
    )  # fmt: skip
