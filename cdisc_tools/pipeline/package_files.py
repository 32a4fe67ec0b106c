"""The files of a package: datasets, the parts of large ones, define.xml with its stylesheet."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from cdisc_tools.io.define_writing import STYLESHEET, write_define_xml, write_stylesheet
from cdisc_tools.io.writing import replacing, write_bytes
from cdisc_tools.io.xpt import write_xpt
from cdisc_tools.metadata.submission import part_name
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.submission import DEFINE_FILE, SPLIT
from cdisc_tools.pipeline.package_parts import Part

DEFINE_VERSION = "2.1"
_SHEET = re.compile(rb"<\?xml-stylesheet[^>]*?href=[\"']([^\"'/\\\\]+)[\"']")
# the head of a transport file: its header records, and 140 bytes of each variable
_HEAD, _NAMESTR, _RECORD = 8 * 80, 140, 80


@dataclass(frozen=True)
class SplitPart:
    """A part of a dataset that is too large for one file: its name, records, and subjects.

    ``first`` and ``last`` are the first and last USUBJID, "" for a dataset without subjects;
    ``records`` are counted from 1, both ends included.
    """

    name: str
    records: tuple[int, int]
    first: str = ""
    last: str = ""


Splits = dict[str, tuple[SplitPart, ...]]


def write_part(part: Part, folder: Path, timestamp: datetime, largest: int) -> Splits:
    """Write the datasets of a part and their define.xml; give the parts of those that were split.

    A transport file that lies ready is copied as it is. A dataset whose file has more than
    ``largest`` bytes stands as a whole and, in the folder ``split``, in parts.
    Raises ConfigurationError for values that the transport format can't hold.
    """
    splits: Splits = {}
    for dataset in part.datasets:
        path = folder / f"{dataset.name.lower()}.xpt"
        if dataset.name in part.files:
            _copy(part.files[dataset.name], path)
        else:
            write_xpt(dataset, path, timestamp)
        size = path.stat().st_size
        if size > largest:
            splits[dataset.name] = write_split(dataset, folder / SPLIT, timestamp, size, largest)
    _write_define(part, folder, timestamp)
    return splits


def _copy(source: Path, target: Path) -> None:
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)


def _write_define(part: Part, folder: Path, timestamp: datetime) -> None:
    """Write the define.xml of a part with its stylesheet, or copy one that lies ready with its."""
    path = folder / DEFINE_FILE
    if part.define is None:
        write_define_xml(part.specification, path, version=DEFINE_VERSION, timestamp=timestamp)
        write_stylesheet(folder / STYLESHEET)
        return
    content = part.define.read_bytes()
    write_bytes(path, content)
    for name in _SHEET.findall(content):
        sheet = part.define.parent / name.decode("utf-8", "replace")
        if sheet.is_file():
            _copy(sheet, folder / sheet.name)


def write_split(
    dataset: Dataset, folder: Path, timestamp: datetime, size: int, largest: int
) -> tuple[SplitPart, ...]:
    """Write a dataset in parts of at most ``largest`` bytes, each of whole subjects where one
    subject's records fit; ``size`` is that of the whole dataset's file.

    Raises ConfigurationError where not even one record fits.
    """
    frame = dataset.frame
    head = _HEAD + _RECORD + _NAMESTR * len(frame.columns)
    record = -(-(size - _HEAD) // max(len(frame), 1))
    most = (largest - head - _RECORD) // record
    if most < 1:
        raise ConfigurationError(
            f"{dataset.name}: no record of {record} bytes fits into a file of {largest} bytes"
        )
    parts = []
    for number, (start, end) in enumerate(_bounds(dataset, most), 1):
        name = part_name(dataset.name, number)
        records = frame.iloc[start:end].reset_index(drop=True)
        piece = replace(dataset, spec=replace(dataset.spec, name=name), frame=records)
        write_xpt(piece, folder / f"{name.lower()}.xpt", timestamp)
        parts.append(SplitPart(name, (start + 1, end), *_subjects(dataset, start, end)))
    return tuple(parts)


def _bounds(dataset: Dataset, most: int) -> Iterator[tuple[int, int]]:
    """Where each part starts and ends: at most so many records, between subjects if possible."""
    ends = _ends_of_subjects(dataset)
    start, total = 0, len(dataset.frame)
    while start < total:
        fitting = ends[(ends > start) & (ends <= start + most)]
        end = int(fitting[-1]) if len(fitting) else min(start + most, total)
        yield start, end
        start = end


def _ends_of_subjects(dataset: Dataset) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The places behind the last record of each run of one subject; of all without subjects."""
    frame = dataset.frame
    if "USUBJID" not in frame:
        return np.arange(1, len(frame) + 1)
    subjects = frame["USUBJID"].astype("string").fillna("")
    changes = (subjects != subjects.shift(-1).fillna("\0")).to_numpy(dtype=bool)
    return np.flatnonzero(changes) + 1


def _subjects(dataset: Dataset, start: int, end: int) -> tuple[str, str]:
    if "USUBJID" not in dataset.frame:
        return "", ""
    subjects = dataset.frame["USUBJID"].astype("string").fillna("")
    return str(subjects.iloc[start]), str(subjects.iloc[end - 1])
