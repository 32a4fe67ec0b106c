"""Every format that datasets are read from and written to, by name and by suffix."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cdisc_tools.io.code_pages import code_page
from cdisc_tools.io.comma_separated import open_csv, write_csv
from cdisc_tools.io.dataset_json import is_dataset_json, open_dataset_json, write_dataset_json
from cdisc_tools.io.file_naming import names_of_files
from cdisc_tools.io.parquet import open_parquet, write_parquet_stream
from cdisc_tools.io.side_files import is_side_file, side_path
from cdisc_tools.io.statistical_datasets import STATISTICAL, open_statistical
from cdisc_tools.io.workbook_datasets import open_xlsx, sheet_names, write_xlsx
from cdisc_tools.io.xpt_limits import ASCII
from cdisc_tools.io.xpt_reading import open_xpt, read_members
from cdisc_tools.io.xpt_writing import longest_values, write_xpt_streams
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.transport import DatasetStream

Open = Callable[[Path], tuple[DatasetStream, ...]]
Write = Callable[[Sequence[DatasetStream], Path, datetime | None], None]


@dataclass(frozen=True)
class Transport:
    """A format: its suffix, its reader, and its writer; ``holds_several`` datasets, or one.

    ``in_folders`` says that a file of the suffix is a dataset wherever it lies, and not only with
    a side file beside it.
    """

    suffix: str
    open: Open
    write: Write
    holds_several: bool = False
    in_folders: bool = True


def _one(open_one: Callable[[Path], DatasetStream]) -> Open:
    return lambda path: (open_one(path),)


def _write_json(streams: Sequence[DatasetStream], path: Path, timestamp: datetime | None) -> None:
    write_dataset_json(_only(streams, path), path, timestamp=timestamp)


def _write_parquet(
    streams: Sequence[DatasetStream], path: Path, timestamp: datetime | None
) -> None:
    write_parquet_stream(_only(streams, path), path, timestamp=timestamp)


def _write_csv(streams: Sequence[DatasetStream], path: Path, timestamp: datetime | None) -> None:
    write_csv(_only(streams, path), path, timestamp=timestamp)


def _write_xlsx(streams: Sequence[DatasetStream], path: Path, timestamp: datetime | None) -> None:
    write_xlsx(streams, path, timestamp=timestamp)


def _only(streams: Sequence[DatasetStream], path: Path) -> DatasetStream:
    if len(streams) != 1:
        raise ConfigurationError(f"{path.name} holds one dataset, not {len(streams)}")
    return streams[0]


def _write_xpt(streams: Sequence[DatasetStream], path: Path, timestamp: datetime | None) -> None:
    _write_transport(streams, path, timestamp, 5)


def _write_xpt8(streams: Sequence[DatasetStream], path: Path, timestamp: datetime | None) -> None:
    _write_transport(streams, path, timestamp, 8)


def _write_transport(
    streams: Sequence[DatasetStream], path: Path, timestamp: datetime | None, version: int
) -> None:
    encoding = _encoding(streams)
    if encoding != ASCII:
        streams = [_lengthened(stream, encoding) for stream in streams]
    write_xpt_streams(streams, path, version=version, timestamp=timestamp, encoding=encoding)


def _lengthened(stream: DatasetStream, encoding: str) -> DatasetStream:
    """Give variables the bytes that their values need where a length counts characters, as that of
    Dataset-JSON does.
    """
    counted = {
        item.name
        for item in stream.about.variables
        if item.data_type and item.length and not item.is_numeric
    }
    if not counted:
        return stream
    longest = longest_values([stream], sorted(counted), encoding)
    variables = tuple(
        replace(item, length=max(item.length or 0, longest[item.name]))
        if item.name in counted
        else item
        for item in stream.about.variables
    )
    return stream.with_about(replace(stream.about, variables=variables))


def _encoding(streams: Sequence[DatasetStream]) -> str:
    """The code page that the datasets came in, as far as they say one that a transport file may
    have; ASCII, which the others hold, where none is said, or several.
    """
    said = {code_page(stream.about.provenance.get("encoding", "")) for stream in streams}
    named = said - {"", ASCII}
    return named.pop() if len(named) == 1 else ASCII


def _xpt_names(path: Path) -> tuple[str, ...]:
    return tuple(member.member.about.name for member in read_members(path))


TRANSPORTS = {
    "xpt": Transport(".xpt", open_xpt, _write_xpt, holds_several=True),
    "xpt8": Transport(".xpt", open_xpt, _write_xpt8, holds_several=True),
    "parquet": Transport(".parquet", _one(open_parquet), _write_parquet),
    "json": Transport(".json", _one(open_dataset_json), _write_json),
    "ndjson": Transport(".ndjson", _one(open_dataset_json), _write_json),
    "dsjc": Transport(".dsjc", _one(open_dataset_json), _write_json),
    "csv": Transport(".csv", _one(open_csv), _write_csv, in_folders=False),
    "xlsx": Transport(".xlsx", open_xlsx, _write_xlsx, holds_several=True, in_folders=False),
}
_OPEN: dict[str, Open] = {
    **{transport.suffix: transport.open for transport in TRANSPORTS.values()},
    **dict.fromkeys(STATISTICAL, _one(open_statistical)),
}
SUFFIXES = tuple(_OPEN)
# in the order in which one of several files of a dataset is taken
FOLDER_SUFFIXES = tuple(
    dict.fromkeys(transport.suffix for transport in TRANSPORTS.values() if transport.in_folders)
)
# a file of these may be anything, unless it has a side file
SIDED_SUFFIXES = tuple(
    dict.fromkeys(transport.suffix for transport in TRANSPORTS.values() if not transport.in_folders)
)


def open_datasets(path: Path) -> tuple[DatasetStream, ...]:
    """Open the datasets of a file of any format; its suffix tells which.

    Raises ConfigurationError for another suffix, and for a file that can't be read.
    """
    opener = _OPEN.get(path.suffix.lower())
    if opener is None:
        raise ConfigurationError(f"{path.name}: not a dataset file; known: {', '.join(SUFFIXES)}")
    return opener(path)


_NAMES: dict[str, Callable[[Path], tuple[str, ...]]] = {".xpt": _xpt_names, ".xlsx": sheet_names}


def file_names(path: Path) -> tuple[str, ...]:
    """Name the datasets of a file as files are named: one by its file, several each by itself.

    Raises ConfigurationError for a file of another kind, for one that can't be read, and for
    datasets whose names are no names of files of their own.
    """
    suffix = path.suffix.lower()
    if suffix not in _OPEN:
        open_datasets(path)
    names = _NAMES[suffix](path) if suffix in _NAMES else ("",)
    return names_of_files(names, path.name) if len(names) > 1 else (path.stem,)


def is_readable_file(path: Path) -> bool:
    """Tell whether a file is of a format that is read when it is named."""
    return path.suffix.lower() in SUFFIXES and not is_side_file(path) and path.is_file()


def is_dataset_file(path: Path) -> bool:
    """Tell whether a file of a folder is a dataset, and not a report, a manifest or a side file."""
    suffix = path.suffix.lower()
    if is_side_file(path) or not path.is_file():
        return False
    if suffix not in FOLDER_SUFFIXES:
        return suffix in SIDED_SUFFIXES and side_path(path).is_file()
    return suffix != ".json" or is_dataset_json(path)
