"""Dataset files as they are judged: by schemas, and by rules."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cdisc_tools.io.datasets import read_dataset
from cdisc_tools.io.large_datasets import LARGE_FILE, LargeDataset, is_large, open_large
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.specs import DatasetSpec
from cdisc_tools.pipeline.rule_findings import Ruled, ruled, ruled_large

_TRANSPORT = ".xpt"
SpecOf = Callable[[tuple[str, ...]], DatasetSpec]


@dataclass(frozen=True)
class ReadFile:
    """A dataset file: its dataset, in memory unless it is too large for it, and as rules see it."""

    dataset: Dataset | LargeDataset
    ruled: Ruled

    @property
    def name(self) -> str:
        """The dataset's name, in upper case."""
        return self.dataset.name

    @property
    def records(self) -> int:
        """How many records there are."""
        return self.ruled.dataset.table.size

    def anew(self) -> Ruled:
        """The dataset as rules see it, of one that is not in memory without the variables that
        rules asked for so far.
        """
        if not isinstance(self.dataset, LargeDataset):
            return self.ruled
        seen = self.ruled.dataset
        return ruled_large(self.dataset, file=seen.file, file_size=seen.file_size)


def read_file(file: Path, spec_of: SpecOf, *, large: int = LARGE_FILE) -> ReadFile:
    """Read a dataset file; a transport file of ``large`` or more bytes a variable at a time.

    ``spec_of`` gives the spec for the names of its variables. Raises ConfigurationError as
    ``read_dataset`` does.
    """
    size = file.stat().st_size
    if is_large(file) or (file.suffix.lower() == _TRANSPORT and size >= large):
        opened = open_large(file, spec_of)
        return ReadFile(opened, ruled_large(opened, file=file.name, file_size=size))
    dataset = read_dataset(file, spec_of, categories=True)
    return ReadFile(dataset, ruled(dataset, file=file.name, file_size=size))
