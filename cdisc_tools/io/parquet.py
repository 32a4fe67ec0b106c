"""Parquet with the dataset's label and the variables' labels in its metadata."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cdisc_tools.io.writing import replacing
from cdisc_tools.model.data import Dataset, DatasetFile


def write_parquet(dataset: Dataset, path: Path) -> None:
    """Write a dataset; each field carries its label, the file the dataset's name and label."""
    table = pa.Table.from_pandas(dataset.frame, preserve_index=False)
    fields = [
        field.with_metadata({"label": dataset.spec.by_name[field.name].label})
        for field in table.schema
    ]
    metadata = {"dataset": dataset.name, "label": dataset.spec.label}
    schema = pa.schema(fields, metadata={**(table.schema.metadata or {}), **_encoded(metadata)})
    with replacing(path) as temporary:
        pq.write_table(table.cast(schema), temporary, compression="zstd")


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write a plain frame (lineage, links)."""
    with replacing(path) as temporary:
        pq.write_table(
            pa.Table.from_pandas(frame, preserve_index=False), temporary, compression="zstd"
        )


def read_parquet(path: Path) -> DatasetFile:
    """Read a dataset from Parquet with the labels that its metadata hold, where they hold any."""
    schema = pq.read_schema(path)
    found = {field.name: _label(field.metadata) for field in schema}
    labels = {name: label for name, label in found.items() if label}
    label = _label(schema.metadata)
    return DatasetFile(read_frame(path), {**labels, **({"": label} if label else {})})


def _label(metadata: dict[bytes, bytes] | None) -> str:
    return (metadata or {}).get(b"label", b"").decode("utf-8", "replace")


def read_frame(path: Path) -> pd.DataFrame:
    """Read a Parquet file with text as pyarrow-backed strings and <NA> for missing."""
    frame = pd.read_parquet(path)
    text = {
        name: "string"
        for name, kind in frame.dtypes.items()
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind))
    }
    return frame.astype(text)


def _encoded(metadata: dict[str, str]) -> dict[bytes, bytes]:
    return {key.encode(): value.encode() for key, value in metadata.items()}
