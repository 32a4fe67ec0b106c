"""Dataset files too large for memory: read a part of the records, or a few variables, at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from cdisc_tools.io.datasets import typed_frame
from cdisc_tools.io.xpt import are_dates, date_unit, only_member, with_dates
from cdisc_tools.io.xpt_limits import UTF_8
from cdisc_tools.io.xpt_reading import XptMember, block_frame, whole_frame
from cdisc_tools.model.specs import DatasetSpec
from cdisc_tools.model.transport import DatasetAttributes

# a file of so many bytes is read in parts
LARGE_FILE = 512 * 1024**2
PART = 250_000


@dataclass(frozen=True)
class LargeDataset:
    """A SAS transport file of one dataset that is never in memory as a whole.

    What it gives is what ``read_dataset`` makes of the same records, texts as categories;
    ``dates`` are the variables whose numbers are dates in all records.
    """

    spec: DatasetSpec
    member: XptMember
    encoding: str
    dates: frozenset[str]

    @property
    def name(self) -> str:
        """The dataset's name, in upper case."""
        return self.spec.name

    @property
    def about(self) -> DatasetAttributes:
        """What the file says of the dataset and its variables."""
        return self.member.member.about

    @property
    def records(self) -> int:
        """How many records there are."""
        return self.member.records

    def parts(self) -> Iterator[pd.DataFrame]:
        """The records in parts, with an index that counts on."""
        first = 0
        for block in self.member.blocks(PART):
            frame = block_frame(block, self.member, self.encoding, first)
            first += len(block)
            yield self._typed(frame)

    def variable(self, name: str) -> pd.Series:
        """All records of one variable."""
        values = self._typed(whole_frame(self.member, [name], self.encoding))[name]
        # Arrow keeps what it worked with
        pa.default_memory_pool().release_unused()
        return values

    def _typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        dated = with_dates(frame, self.about, self.dates)
        return typed_frame(dated, self.spec, categories=True)


def is_large(path: Path) -> bool:
    """True for a file that is read in parts."""
    return path.suffix.lower() == ".xpt" and path.stat().st_size >= LARGE_FILE


def open_large(path: Path, spec_of: Callable[[tuple[str, ...]], DatasetSpec]) -> LargeDataset:
    """Open a large file; ``spec_of`` gives the spec for the names of its variables.

    Raises ConfigurationError as ``read_dataset`` does.
    """
    member = only_member(path)
    names = tuple(item.about.name for item in member.member.variables)
    return LargeDataset(spec_of(names), member, member.encoding or UTF_8, _dates(member))


def _dates(member: XptMember) -> frozenset[str]:
    """The variables with a format of dates whose numbers are all dates."""
    units = {item.name: date_unit(item) for item in member.member.about.variables}
    return frozenset(
        name
        for name, unit in units.items()
        if unit and are_dates(whole_frame(member, [name])[name], unit)
    )
