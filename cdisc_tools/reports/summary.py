"""What a run read and made, in a few lines."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from cdisc_tools.model.data import Dataset, RawTable


def sources_text(tables: Mapping[str, RawTable]) -> str:
    """Name the files that were read, with their forms and rows."""
    files: dict[str, list[RawTable]] = defaultdict(list)
    for table in tables.values():
        files[table.file].append(table)
    lines = []
    for file, forms in files.items():
        rows = sum(len(form.frame) for form in forms)
        sheets = f"{len(forms)} sheets, " if len(forms) > 1 else ""
        lines.append(f"{INDENT}{file}: {sheets}{rows} rows")
    return "\n".join([f"Read {len(tables)} raw forms", *lines])


def datasets_text(title: str, datasets: Iterable[Dataset], width: int = 92) -> str:
    """Name the datasets with their record counts."""
    words = [f"{dataset.name} {len(dataset.frame)}" for dataset in datasets]
    lines, line = [], INDENT
    for word in words:
        if len(line) + len(word) > width:
            lines.append(line.rstrip())
            line = INDENT
        line += f"{word}   "
    return "\n".join([f"{title} ({len(words)} datasets, records)", *lines, line.rstrip()])


def unmapped_text(unmapped: pd.DataFrame) -> str:
    """Count the raw cells that went into no dataset, by reason."""
    reasons = unmapped["REASON"].value_counts()
    lines = [f"{INDENT}{count:>6}  {reason}" for reason, count in reasons.items()]
    return "\n".join([f"{len(unmapped)} filled raw cells are in no dataset", *lines])


def files_text(output: Path) -> str:
    """Name what stands in the folder of a run, folders first."""
    made = sorted(output.iterdir(), key=lambda path: (path.is_file(), path.name))
    names = ", ".join(f"{path.name}/" if path.is_dir() else path.name for path in made)
    return f"Files are in {output}: {names}"


INDENT = "  "
