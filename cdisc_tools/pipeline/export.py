"""Datasets of any format written in another: many files, each whole or not at all."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from cdisc_tools.io.code_pages import code_page
from cdisc_tools.io.datasets import dataset_files
from cdisc_tools.io.file_naming import file_within
from cdisc_tools.io.side_files import is_side_file, side_path
from cdisc_tools.io.transports import (
    FOLDER_SUFFIXES,
    TRANSPORTS,
    Transport,
    file_names,
    is_dataset_file,
    is_readable_file,
    open_datasets,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.transport import DatasetStream
from cdisc_tools.pipeline.processes import worker_pool
from cdisc_tools.pipeline.progress import Progress, quiet


@dataclass(frozen=True)
class Wanted:
    """What files become: a format by its name, in a folder.

    ``timestamp`` is the time in the files, None for the one that each came with; ``encoding`` the
    code page of the texts in transport files, "" for the one that they came in.
    """

    form: str
    output: Path
    timestamp: datetime | None = None
    encoding: str = ""

    @property
    def transport(self) -> Transport:
        """The format."""
        return TRANSPORTS[self.form]


@dataclass(frozen=True)
class Exported:
    """What became of a file: the files that were written, or why none was."""

    file: Path
    written: tuple[Path, ...] = ()
    fault: str = ""


def export_datasets(
    inputs: Sequence[Path], wanted: Wanted, *, workers: int = 1, progress: Progress = quiet
) -> list[Exported]:
    """Write datasets in another format; a file that fails doesn't keep the others back.

    ``inputs`` are files, or folders whose dataset files are taken; side files go with theirs.
    Raises ConfigurationError before anything is written when an input does not exist, when two
    would become the same file, or one would take the place of an input, and for an ``encoding``
    that is no code page of transport files.
    """
    if wanted.encoding and not code_page(wanted.encoding):
        raise ConfigurationError(
            f"{wanted.encoding!r} is no code page of transport files, in which ASCII characters "
            "have their own bytes; take one such as windows-1252, utf-8, shift_jis"
        )
    named = [path for path in inputs if not is_side_file(path)]
    files = _once(file for path in named for file in dataset_files(path))
    planned = [_planned(file, wanted) for file in files]
    _require_apart(planned, files)
    done = [item for item in planned if item.fault]
    ready = [item for item in planned if not item.fault]
    for number, item in enumerate(_exported(ready, wanted, workers), 1):
        progress(f"{number} of {len(ready)}: {item.file.name}")
        done.append(item)
    place = {file: number for number, file in enumerate(files)}
    return sorted(done, key=lambda item: place[item.file])


def _once(files: Iterable[Path]) -> list[Path]:
    """Each file once, by whatever paths it was given."""
    found: dict[Path, Path] = {}
    for file in files:
        found.setdefault(file.resolve(), file)
    return list(found.values())


def left_out(inputs: Sequence[Path]) -> list[Path]:
    """The files of folders among ``inputs`` that are only exported when they are named: tables
    without a side file, and those of statistical programs.
    """
    folders = [path for path in inputs if path.is_dir()]
    return sorted(
        file
        for folder in folders
        for file in folder.iterdir()
        if is_readable_file(file) and file.suffix.lower() not in FOLDER_SUFFIXES
        if not is_dataset_file(file) and not file.name.startswith(".")
    )


def _planned(file: Path, wanted: Wanted) -> Exported:
    """Say which files one becomes, or why it can't be read."""
    suffix = wanted.transport.suffix
    try:
        names = file_names(file)
        if wanted.transport.holds_several:
            names = (file.stem,)
        return Exported(
            file, tuple(file_within(wanted.output, f"{name}{suffix}") for name in names)
        )
    except (ConfigurationError, OSError) as error:
        return Exported(file, fault=_fault(file, error))


def _require_apart(planned: Sequence[Exported], files: Sequence[Path]) -> None:
    """Raise ConfigurationError for files that would take the place of another."""
    kept = {path.resolve() for file in files for path in (file, side_path(file))}
    taken: dict[str, Path] = {}
    for item in planned:
        for path in item.written:
            if {path.resolve(), side_path(path).resolve()} & kept:
                raise ConfigurationError(
                    f"{path} is an input, which an export never overwrites; give another --output "
                    "folder"
                )
            # file systems may not tell upper from lower case
            other = taken.setdefault(str(path).lower(), item.file)
            if other != item.file:
                raise ConfigurationError(
                    f"{other} and {item.file} would both become {path}; export them to folders of "
                    "their own"
                )


def _exported(planned: Sequence[Exported], wanted: Wanted, workers: int) -> Iterator[Exported]:
    """Export files one after the other, or several at the same time."""
    export = partial(_export, wanted=wanted)
    if min(workers, len(planned)) <= 1:
        yield from map(export, planned)
        return
    with worker_pool(min(workers, len(planned))) as pool:
        for future in as_completed([pool.submit(export, item) for item in planned]):
            yield future.result()


def _export(item: Exported, wanted: Wanted) -> Exported:
    try:
        streams = [_encoded(stream, wanted.encoding) for stream in open_datasets(item.file)]
        if len(item.written) == 1:
            wanted.transport.write(streams, item.written[0], wanted.timestamp)
        else:
            for stream, path in zip(streams, item.written, strict=True):
                wanted.transport.write([stream], path, wanted.timestamp)
    except (ConfigurationError, OSError) as error:
        return Exported(item.file, fault=_fault(item.file, error))
    return item


def _encoded(stream: DatasetStream, encoding: str) -> DatasetStream:
    """A dataset whose texts are to be of a code page, where one is named."""
    if not encoding:
        return stream
    provenance = {**stream.about.provenance, "encoding": encoding}
    return stream.with_about(replace(stream.about, provenance=provenance))


def _fault(file: Path, error: Exception) -> str:
    text = str(error)
    return text if text.startswith(file.name) else f"{file.name}: {text}"
