"""The head of a SAS transport file: what it says before its records."""

from dataclasses import dataclass
from pathlib import Path

from cdisc_tools.io.xpt_layout import CARD, NoTransportError, read_version
from cdisc_tools.io.xpt_reading import read_members
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.transport import DatasetAttributes


@dataclass(frozen=True)
class TransportHead:
    """The version of a transport file (5 or 8), its one dataset, where the records start, and the
    bytes of a record.
    """

    version: int
    about: DatasetAttributes
    start: int
    record_bytes: int


def read_transport_head(path: Path) -> TransportHead:
    """Read the head of a transport file of one dataset.

    Raises ConfigurationError for a file that is none, is damaged, or holds several datasets.
    """
    members = read_members(path)
    if len(members) > 1:
        raise ConfigurationError(f"{path.name} holds several datasets; export each to its own file")
    try:
        with path.open("rb") as stream:
            version = read_version(stream.read(3 * CARD))
    except NoTransportError as error:
        raise ConfigurationError(f"{path.name} is no SAS transport file") from error
    member = members[0].member
    return TransportHead(version.number, member.about, member.start, member.record_length)
