"""The head of a SAS transport file: its version and the name of its dataset, no record read.

Source: SAS TS-140 (version 5) and its successor for version 8, the record layouts of transport
data sets.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from cdisc_tools.model.errors import ConfigurationError

# the head of a member stands within the first records
_LOOKED_AT = 80 * 16
_RECORD = 80
_LIBRARY = re.compile(rb"HEADER RECORD\*{7}(LIBRARY |LIBV8   )HEADER RECORD!{7}")
_MEMBER = re.compile(rb"HEADER RECORD\*{7}(?:MEMBER  |MEMBV8  )HEADER RECORD!{7}")
_VERSIONS = {b"LIBRARY ": (5, 8), b"LIBV8   ": (8, 32)}


@dataclass(frozen=True)
class TransportHead:
    """The version of a transport file (5 or 8), and the name of its first dataset as written."""

    version: int
    dataset: str


def read_transport_head(path: Path) -> TransportHead:
    """Read the head of a transport file.

    Raises ConfigurationError for a file that is none.
    """
    with path.open("rb") as stream:
        start = stream.read(_LOOKED_AT)
    library, member = _LIBRARY.match(start), _MEMBER.search(start)
    if library is None or member is None:
        raise ConfigurationError(f"{path.name} is no SAS transport file: it begins otherwise")
    version, width = _VERSIONS[library[1]]
    # two header records of the member, and 8 bytes that say SAS
    place = member.start() + 2 * _RECORD + 8
    name = start[place : place + width].decode("windows-1252", "replace").rstrip(" \0")
    return TransportHead(version, name)
