"""The files of a package: datasets, the parts of large ones, define.xml with its stylesheet."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from cdisc_tools.io.define_writing import STYLESHEET, write_define_xml, write_stylesheet
from cdisc_tools.io.transport_heads import read_transport_head
from cdisc_tools.io.writing import replacing, write_bytes
from cdisc_tools.io.xpt import write_xpt
from cdisc_tools.metadata.submission import part_name
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.submission import DEFINE_FILE, SPLIT
from cdisc_tools.pipeline.package_parts import Part

DEFINE_VERSION = "2.1"
_SHEET = re.compile(rb"<\?xml-stylesheet[^>]*?href=[\"']([^\"'/\\\\]+)[\"']")
_CARD = 80


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


def write_part(
    part: Part, folder: Path, timestamp: datetime, lengths: Mapping[str, int], largest: int
) -> Splits:
    """Write the datasets of a part and their define.xml; give the parts of those that were split.

    A transport file that lies ready is copied as it is. ``lengths`` are those of the texts over
    the whole study. A dataset whose file has more than ``largest`` bytes stands as a whole and,
    in the folder ``split``, in parts.
    Raises ConfigurationError for values that the transport format can't hold.
    """
    splits: Splits = {}
    for dataset in part.datasets:
        path = folder / f"{dataset.name.lower()}.xpt"
        if dataset.name in part.files:
            _copy(part.files[dataset.name], path)
        else:
            write_xpt(dataset, path, timestamp, lengths=lengths)
        if path.stat().st_size > largest:
            splits[dataset.name] = write_split(dataset, path, timestamp, largest)
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
    dataset: Dataset, whole: Path, timestamp: datetime, largest: int
) -> tuple[SplitPart, ...]:
    """Write a dataset in parts of at most ``largest`` bytes, each of whole subjects where one
    subject's records fit; ``whole`` is the file of the whole dataset, whose lengths they have.

    Raises ConfigurationError where not even one record fits.
    """
    head = read_transport_head(whole)
    lengths = {item.name: item.length or 1 for item in head.about.variables if not item.is_numeric}
    # behind the last record the file is filled up to its cards
    most = (largest - head.start - _CARD) // head.record_bytes
    if most < 1:
        raise ConfigurationError(
            f"{dataset.name}: no record of {head.record_bytes} bytes fits into a file of {largest} "
            "bytes"
        )
    parts = []
    for number, (start, end) in enumerate(_bounds(dataset, most), 1):
        name = part_name(dataset.name, number)
        records = dataset.frame.iloc[start:end].reset_index(drop=True)
        piece = replace(dataset, spec=replace(dataset.spec, name=name), frame=records)
        path = whole.parent / SPLIT / f"{name.lower()}.xpt"
        write_xpt(piece, path, timestamp, lengths=lengths)
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
