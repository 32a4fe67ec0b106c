"""What a submission of study data is: its folders, its limits, and what it is refused for."""

import re
from dataclasses import dataclass

from cdisc_tools.model.findings import Findings

SDTM_FOLDER, ADAM_FOLDER = "tabulations/sdtm", "analysis/adam/datasets"
SPLIT = "split"
DEFINE_FILE = "define.xml"
# what a file of the tree holds
DATASET, PART, DEFINE, DRAFT, GUIDE = "dataset", "part", "define", "draft", "guide"


@dataclass(frozen=True)
class TreeFile:
    """A file of a study's folder: its ``folder`` within it, its name, and its size in bytes.

    ``path`` is that from ``m5`` on, with slashes.
    """

    folder: str
    name: str
    size: int
    path: str

    @property
    def stem(self) -> str:
        """The name without what follows its last dot."""
        return self.name.rpartition(".")[0] or self.name


@dataclass(frozen=True)
class FolderLine:
    """Files that a folder takes: a pattern of their names, and what such a file holds."""

    folder: str
    files: str
    holds: str


@dataclass(frozen=True)
class SubmissionLimits:
    """How large a file may be, how long a path and a name, and the forms of names."""

    dataset_bytes: int
    path_characters: int
    name_characters: int
    dataset_name: re.Pattern[str]
    file_name: re.Pattern[str]
    folder_name: re.Pattern[str]


@dataclass(frozen=True)
class PackageCheck:
    """What a pre-check found in a tree of study data.

    ``folder`` is the one that was looked at, ``studies`` are the names of the studies' folders in
    it, ``files`` says how many files there are. A finding's cell names the file, from m5 on.
    """

    folder: str
    studies: tuple[str, ...]
    files: int
    findings: Findings
