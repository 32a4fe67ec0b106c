"""The files of a package: datasets, the parts of large ones, define.xml with its stylesheet."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.io.define_writing import STYLESHEET, write_define_xml, write_stylesheet
from cdisc_tools.io.writing import replacing, write_bytes
from cdisc_tools.io.xpt import only_member, write_xpt
from cdisc_tools.io.xpt_layout import CARD
from cdisc_tools.io.xpt_limits import UTF_8
from cdisc_tools.io.xpt_reading import XptMember, member_stream, whole_frame
from cdisc_tools.io.xpt_writing import write_xpt_streams
from cdisc_tools.metadata.submission import part_name
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.submission import DEFINE_FILE, SPLIT
from cdisc_tools.pipeline.package_parts import Part

DEFINE_VERSION = "2.1"
_SHEET = re.compile(rb"<\?xml-stylesheet[^>]*?href=[\"']([^\"'/\\\\]+)[\"']")
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
        if dataset.name in part.files:
            _copy(part.files[dataset.name], path)
        else:
            write_xpt(dataset, path, timestamp, lengths=lengths)
        if path.stat().st_size > largest:
            splits[dataset.name] = write_split(path, timestamp, largest)
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


def write_split(whole: Path, timestamp: datetime, largest: int) -> tuple[SplitPart, ...]:
    """Write a transport file in parts of at most ``largest`` bytes, each of whole subjects where
    one subject's records fit. Never is more than a chunk of records in memory.

    Raises ConfigurationError where not even one record fits.
    """
    member = only_member(whole)
    encoding = member.encoding or UTF_8
    length, name = member.member.record_length, member.member.about.name
    # behind the last record the file is filled up to its records of 80 bytes
    most = (largest - member.member.start - CARD) // length
    if most < 1:
        raise ConfigurationError(
            f"{name}: no record of {length} bytes fits into a file of {largest} bytes"
        )
    subjects = _subjects(member)
    parts = []
    for number, (start, end) in enumerate(_bounds(subjects, member.records, most), 1):
        of_part = part_name(name, number)
        stream = member_stream(member.part(start, end), encoding)
        stream = stream.with_about(replace(stream.about, name=of_part))
        path = whole.parent / SPLIT / f"{of_part.lower()}.xpt"
        write_xpt_streams([stream], path, timestamp=timestamp, encoding=encoding)
        first, last = (subjects[place] if len(subjects) else "" for place in (start, end - 1))
        parts.append(SplitPart(of_part, (start + 1, end), str(first), str(last)))
    return tuple(parts)


def _subjects(member: XptMember) -> "pd.Categorical[Any]":
    """The subject of each record, "" for none; empty for a dataset without subjects."""
    if _SUBJECT not in member.member.about.by_name:
        return pd.Categorical([])
    return pd.Categorical(whole_frame(member, [_SUBJECT])[_SUBJECT].astype("string").fillna(""))


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
