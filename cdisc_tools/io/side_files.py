"""Side files: beside a dataset file, what its format can't say itself.

``dm.csv.metadata.json`` belongs to ``dm.csv``. It holds attributes that differ from what a reader
of the file alone would take, and where special missing values stand. It is of one file with one
content, whose size and SHA-256 it has: beside any other the pair is refused, so that an export that
was ended between the two files loses nothing unsaid.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.io.json_schemas import require_valid
from cdisc_tools.io.numbers_held import Held, Runs, column_numbers, spread
from cdisc_tools.io.placing import sync
from cdisc_tools.io.writing import replacing, write_text
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.special_missing import set_letters
from cdisc_tools.model.transport import DatasetAttributes, DatasetStream, VariableAttributes

SUFFIX = ".metadata.json"
SCHEMA = "side_file"
_MOST_BYTES = 268_435_456
_PAIR = re.compile(r"\[\n +(\d+),\n +(\d+)\n +\]")
# what a format may add where the dataset says nothing
_ADDED = frozenset({"data_type", "target_data_type", "oid"})
_FIELDS = tuple(item.name for item in fields(VariableAttributes) if item.name != "name")


@dataclass(frozen=True)
class SideEntry:
    """What a side file says of one dataset.

    ``attributes`` has what differs, by variable; ``special`` the runs of records with special
    missing values by variable and letter; ``texts`` how texts were changed that a spreadsheet
    would take for formulas.
    """

    name: str
    records: int
    variables: tuple[str, ...]
    label: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    special: Mapping[str, Mapping[str, Runs]] = field(default_factory=dict)
    texts: str = ""

    @property
    def is_needed(self) -> bool:
        """True where there is anything that the file itself doesn't say."""
        said = self.provenance or self.attributes or self.special or self.texts
        return bool(said) or self.label is not None


def is_side_file(path: Path) -> bool:
    """Tell by its name whether a file stands beside a dataset."""
    return path.name.endswith(SUFFIX)


def side_path(path: Path) -> Path:
    """Return where the side file of a dataset file lies."""
    return path.with_name(path.name + SUFFIX)


def side_entry(
    about: DatasetAttributes, plain: DatasetAttributes, held: Held, *, shown: str, texts: str = ""
) -> SideEntry:
    """Tell what a file doesn't say of a dataset: ``plain`` is what its reader takes from it alone.

    Raises ConfigurationError for more special missing values than a side file lists.
    """
    attributes = {
        variable.name: _differences(variable, plain.by_name[variable.name])
        for variable in about.variables
    }
    return SideEntry(
        name=about.name,
        records=held.records,
        variables=tuple(variable.name for variable in about.variables),
        label=about.label if about.label != plain.label else None,
        provenance={
            name: value
            for name, value in about.provenance.items()
            if plain.provenance.get(name) != value
        },
        attributes={name: found for name, found in attributes.items() if found},
        special=held.special_missing(shown),
        texts=texts,
    )


def _differences(said: VariableAttributes, plain: VariableAttributes) -> dict[str, Any]:
    return {
        name: getattr(said, name)
        for name in _FIELDS
        if getattr(said, name) != getattr(plain, name)
        and not (name in _ADDED and not getattr(said, name))
    }


@contextmanager
def replacing_with_side(
    path: Path, entries: Sequence[SideEntry], *, always: bool
) -> Iterator[Path]:
    """Give a temporary path for a dataset file, whose side file is written when the block ends.

    Without need of one an old side file goes, unless it is ``always`` written. The side file comes
    before its data and goes after them: a process that ends between the two leaves a side file of
    other data, which is refused, and never data without one that they need.
    """
    beside = side_path(path)
    is_needed = always or any(entry.is_needed for entry in entries)
    with replacing(path) as temporary:
        yield temporary
        if is_needed:
            write_text(beside, side_text(path.name, content_mark(temporary), entries))
            sync(path.parent)
    if not is_needed and beside.exists():
        sync(path.parent)
        beside.unlink(missing_ok=True)


def content_mark(path: Path) -> dict[str, Any]:
    """What tells the content of a data file from any other: its size and its SHA-256."""
    with path.open("rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
        return {"bytes": data.tell(), "sha256": digest}


def side_text(file: str, mark: Mapping[str, Any], entries: Sequence[SideEntry]) -> str:
    """Write the side file of a data file whose content has a mark."""
    datasets = [_content(entry) for entry in entries]
    content = {"sideFile": 1, "file": file, **mark, "datasets": datasets}
    # a run of records is a pair on one line
    return _PAIR.sub(r"[\1, \2]", json.dumps(content, ensure_ascii=False, indent=1)) + "\n"


def _content(entry: SideEntry) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": entry.name,
        "label": entry.label,
        "records": entry.records,
        "variables": list(entry.variables),
        "texts": entry.texts or None,
        "provenance": dict(entry.provenance) or None,
        "attributes": {name: dict(said) for name, said in entry.attributes.items()} or None,
        "specialMissing": {
            name: {letter: runs.tolist() for letter, runs in letters.items()}
            for name, letters in entry.special.items()
        }
        or None,
    }
    return {name: value for name, value in content.items() if value is not None}


def read_side_entry(path: Path) -> SideEntry | None:
    """Read the side file of a file of one dataset; None where there is no such file.

    Raises ConfigurationError as ``read_side_file`` does, and for several datasets.
    """
    entries = read_side_file(path)
    if len(entries) > 1:
        raise _misfit(path.name, f"is of {len(entries)} datasets, here is one")
    return entries[0] if entries else None


def read_side_file(path: Path) -> tuple[SideEntry, ...]:
    """Read the side file of a dataset file; none where there is no such file.

    Raises ConfigurationError for a side file that is damaged, or belongs to another file or to
    another content of this one.
    """
    beside = side_path(path)
    if not beside.is_file():
        return ()
    if beside.stat().st_size > _MOST_BYTES:
        raise ConfigurationError(
            f"{beside.name} has more than {_MOST_BYTES} bytes, as no side file has; export again"
        )
    try:
        content = json.loads(beside.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{beside.name} is no JSON ({error}); export again") from error
    require_valid(content, SCHEMA, beside.name)
    if content["file"] != path.name:
        raise ConfigurationError(
            f"{beside.name} belongs to {content['file']}, not to {path.name}; remove or rename it"
        )
    _require_content(path, content)
    return tuple(_entry(item, beside.name) for item in content["datasets"])


def _require_content(path: Path, said: Mapping[str, Any]) -> None:
    """Raise ConfigurationError for a data file with another content than its side file is of."""
    if path.stat().st_size == said["bytes"] and content_mark(path)["sha256"] == said["sha256"]:
        return
    raise ConfigurationError(
        f"{path.name} is not the file that {side_path(path).name} was written for: an export ended "
        "before its time, or the file was changed since; export again, or remove "
        f"{side_path(path).name} and with it the attributes and special missing values that it has"
    )


def _entry(item: Mapping[str, Any], shown: str) -> SideEntry:
    special = {
        name: {
            letter: _runs(runs, item["records"], f"{shown}: {name} .{letter}")
            for letter, runs in letters.items()
        }
        for name, letters in item.get("specialMissing", {}).items()
    }
    return SideEntry(
        name=item["name"],
        records=item["records"],
        variables=tuple(item["variables"]),
        label=item.get("label"),
        provenance=item.get("provenance", {}),
        attributes=item.get("attributes", {}),
        special=special,
        texts=item.get("texts", ""),
    )


def _runs(runs: list[Any], records: int, shown: str) -> Runs:
    """Runs of records, first and last, in their order within the records that there are."""
    try:
        made = np.array(runs, np.int64)
        places = made.reshape(-1)
        fits = made.ndim == 2 and made.shape[1] == 2 and bool((np.diff(places) >= 0).all())
        fits = fits and int(places[0]) >= 1 and int(places[-1]) <= records
    except (ValueError, TypeError, OverflowError, IndexError):
        fits = False
    if not fits:
        raise ConfigurationError(
            f"{shown}: not first and last records of runs within {records} records; export again"
        )
    return made


def with_side(stream: DatasetStream, entry: SideEntry) -> DatasetStream:
    """Take up what a side file says of a dataset.

    Raises ConfigurationError, at once or while the records are read, where it doesn't fit them.
    """
    shown = stream.file or stream.about.name
    if stream.about.name != entry.name:
        raise _misfit(shown, f"is of the dataset {entry.name}, here is {stream.about.name}")
    names = tuple(variable.name for variable in stream.about.variables)
    numeric = {name for name, letters in entry.special.items() if letters}
    if names != entry.variables or not {*entry.attributes, *numeric} <= set(names):
        raise _misfit(shown, f"has variables {_listed(entry.variables)}, here are {_listed(names)}")
    about = replace(
        stream.about,
        label=stream.about.label if entry.label is None else entry.label,
        variables=tuple(
            replace(variable, **entry.attributes.get(variable.name, {}))
            for variable in stream.about.variables
        ),
        provenance={**stream.about.provenance, **entry.provenance},
        records=entry.records,
    )

    def read() -> Iterator[pd.DataFrame]:
        start = 0
        for frame in stream.read():
            if start + len(frame) > entry.records:
                raise _misfit(shown, f"says {entry.records} records, here are more")
            yield _with_special(frame, entry, start, shown)
            start += len(frame)
        if start != entry.records:
            raise _misfit(shown, f"says {entry.records} records, here are {start}")

    return DatasetStream(about, read, stream.file)


def _with_special(frame: pd.DataFrame, entry: SideEntry, start: int, shown: str) -> pd.DataFrame:
    if not entry.special:
        return frame
    made = {}
    for name, runs in entry.special.items():
        letters = spread(runs, start, len(frame))
        numbers = column_numbers(frame[name])
        wrong = (letters != 0) & ~np.isnan(numbers)
        if wrong.any():
            row = int(wrong.argmax())
            fault = f"says .{chr(letters[row])} for {name} of record {start + row + 1}"
            raise _misfit(shown, f"{fault}, which is {numbers[row]}")
        made[name] = set_letters(numbers, letters)
    return frame.assign(**made)


def _misfit(shown: str, fault: str) -> ConfigurationError:
    return ConfigurationError(
        f"{shown}{SUFFIX} doesn't fit {shown}: it {fault}; export again, or remove the side file"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
