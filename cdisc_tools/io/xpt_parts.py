"""Parts of a SAS transport file: its own head under another name, and some of its own records.

No value is decoded, so that whatever the file holds, its parts hold the same bytes.
"""

from pathlib import Path

from cdisc_tools.io.writing import replacing
from cdisc_tools.io.xpt import only_member
from cdisc_tools.io.xpt_layout import CARD, VERSIONS
from cdisc_tools.io.xpt_reading import XptMember
from cdisc_tools.model.errors import ConfigurationError

# behind the library's three records and the two headers of the member, and "SAS"
_NAME = 5 * CARD + 8
# of the header in front of the records, in version 8
_COUNT = slice(48, 63)


def records_per_part(member: XptMember, largest: int) -> int:
    """How many records fit into a part of at most ``largest`` bytes; raises ConfigurationError
    where not even one does.
    """
    length = member.member.record_length
    # behind the last record the file is filled up to its records of 80 bytes
    most = (largest // CARD * CARD - member.member.start) // max(length, 1)
    if most < 1:
        raise ConfigurationError(
            f"{member.path.name}: no record of {length} bytes fits into a file of {largest} bytes"
        )
    return most


def write_xpt_part(member: XptMember, bounds: tuple[int, int], name: str, path: Path) -> None:
    """Write the records from the first bound (from 0) up to the second as the dataset ``name``.

    ``member`` is the only one of its file. Raises ConfigurationError for a last record that is
    blank where it can't be told from the blanks that fill up the file.
    """
    part = member.part(*bounds)
    with replacing(path) as temporary:
        with temporary.open("wb") as target:
            target.write(_head(member, name, part.records))
            for block in part.blocks():
                target.write(block.tobytes())
            target.write(b" " * (-target.tell() % CARD))
        if only_member(temporary).records != part.records:
            raise ConfigurationError(
                f"{member.path.name} record {bounds[1]}: the record is blank, and as the last of a "
                "part it can't be told from what fills up the file; drop it"
            )


def _head(member: XptMember, name: str, records: int) -> bytes:
    """What stands before the records of a file, for a part of them."""
    version = VERSIONS[member.member.version]
    with member.path.open("rb") as stream:
        head = bytearray(stream.read(member.member.start))
    raw = name.encode("ascii", "replace").ljust(version.longest_name)
    head[_NAME : _NAME + len(raw)] = raw
    if version.is_long:
        start = len(head) - CARD
        head[start + _COUNT.start : start + _COUNT.stop] = f"{records:15d}".encode("ascii")
    return bytes(head)
