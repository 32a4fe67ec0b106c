"""Names of datasets as names of files: only plain ones, which lie in the folder they are put in."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from cdisc_tools.io.variable_names import name_twice
from cdisc_tools.model.errors import ConfigurationError

# file systems hold 255 bytes; a side file and what is temporary beside it have 33 more
_LONGEST = 222
_NOT_PLAIN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\ud800-\udfff]')
# of devices on Windows, whatever the suffix
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def names_of_files(names: Sequence[str], shown: str) -> tuple[str, ...]:
    """Name the files of several datasets, in lower case.

    Raises ConfigurationError for a name that is no plain name of a file, such as one that leads to
    another folder, and for two datasets of one name, whatever its case.
    """
    for name in names:
        if not name.strip() or name.startswith(".") or _NOT_PLAIN.search(name):
            raise _refused(shown, name, "it may lead elsewhere, or no system holds it")
        if _DEVICE.fullmatch(name):
            raise _refused(shown, name, "Windows takes it for a device")
    lower = tuple(name.lower() for name in names)
    twice = name_twice(lower)
    if twice:
        raise ConfigurationError(
            f"{shown} holds two datasets of the name {twice.upper()}, of which one would take the "
            "place of the other; rename one"
        )
    return lower


def _refused(shown: str, name: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{shown} holds a dataset of the name {name[:60]!r}, which can't name a file ({why}); "
        "rename it"
    )


def file_within(folder: Path, name: str) -> Path:
    """Return the path of a file that lies in a folder and nowhere else.

    Raises ConfigurationError for another name, and for one that is too long for file systems.
    """
    path = folder / name
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  # a link in the place stays as it is
    if absolute != Path(os.path.abspath(folder)) / name or Path(name).name != name:  # noqa: PTH100
        raise ConfigurationError(f"{name!r} does not lie in {folder}; rename the dataset")
    size = len(os.fsencode(name))
    if size > _LONGEST:
        raise ConfigurationError(
            f"the name {name[:60]}... has {size} bytes; at most {_LONGEST} can be written, as its "
            "side file and temporary files have longer ones; rename the file"
        )
    return path
