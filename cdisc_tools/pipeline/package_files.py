"""The files of a package: datasets, the parts of large ones, define.xml with its stylesheet."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.io.define_writing import STYLESHEET, write_define_xml, write_stylesheet
from cdisc_tools.io.writing import replacing
from cdisc_tools.io.xpt import only_member, write_xpt
from cdisc_tools.io.xpt_parts import records_per_part, write_xpt_part
from cdisc_tools.io.xpt_reading import XptMember, whole_frame
from cdisc_tools.metadata.submission import part_name
from cdisc_tools.model.submission import DEFINE_FILE, SPLIT
from cdisc_tools.pipeline.package_parts import Part, ReadyDataset

DEFINE_VERSION = "2.1"
_SUBJECT = "USUBJID"


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
        if isinstance(dataset, ReadyDataset):
            _copy(dataset.large.member.path, path)
        else:
            write_xpt(dataset, path, timestamp, lengths=lengths)
        if path.stat().st_size > largest:
            splits[dataset.name] = write_split(path, largest)
    _write_define(part, folder, timestamp)
    return splits


def _copy(source: Path, target: Path) -> None:
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)


def _write_define(part: Part, folder: Path, timestamp: datetime) -> None:
    """Write the define.xml of a part with its stylesheet, or copy one that lies ready with the
    stylesheets and documents that it names.
    """
    path = folder / DEFINE_FILE
    if part.define is None:
        write_define_xml(part.specification, path, version=DEFINE_VERSION, timestamp=timestamp)
        write_stylesheet(folder / STYLESHEET)
        return
    _copy(part.define, path)
    for name, file in part.beside.items():
        # a document may be a dataset or the define.xml itself, which are there
        if not (folder / name).exists():
            _copy(file, folder / name)


def write_split(whole: Path, largest: int) -> tuple[SplitPart, ...]:
    """Write a transport file in parts of at most ``largest`` bytes, each of whole subjects where
    one subject's records fit. The parts have the bytes of the file's own records.

    Raises ConfigurationError where not even one record fits.
    """
    member = only_member(whole)
    most, name = records_per_part(member, largest), whole.stem.upper()
    subjects = _subjects(member)
    parts = []
    for number, (start, end) in enumerate(_bounds(subjects, member.records, most), 1):
        of_part = part_name(name, number)
        path = whole.parent / SPLIT / f"{of_part.lower()}.xpt"
        write_xpt_part(member, (start, end), of_part, path)
        first, last = (_told(subjects, place) for place in (start, end - 1))
        parts.append(SplitPart(of_part, (start + 1, end), first, last))
    return tuple(parts)


def _subjects(member: XptMember) -> "pd.Categorical[Any]":
    """The subject of each record, missing for none; empty for a dataset without subjects."""
    if _SUBJECT not in member.member.about.by_name:
        return pd.Categorical([])
    return pd.Categorical(whole_frame(member, [_SUBJECT])[_SUBJECT])


def _told(subjects: "pd.Categorical[Any]", place: int) -> str:
    """The subject of a record, "" for none."""
    code = subjects.codes[place] if len(subjects) else -1
    return str(subjects.categories[code]) if code >= 0 else ""


def _bounds(subjects: "pd.Categorical[Any]", total: int, most: int) -> Iterator[tuple[int, int]]:
    """Where each part starts and ends: at most so many records, between subjects if possible."""
    codes = subjects.codes if len(subjects) else np.arange(total)
    ends = np.append(np.flatnonzero(np.diff(codes)) + 1, total)
    start = 0
    while start < total:
        last = int(np.searchsorted(ends, start + most, side="right")) - 1
        end = int(ends[last]) if last >= 0 and ends[last] > start else min(start + most, total)
        yield start, end
        start = end
