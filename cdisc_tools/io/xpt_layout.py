"""The headers of SAS transport files, version 5 and version 8: read and written, field by field.

A file is a sequence of 80-byte records: a library header, and for each member (dataset) its
header, the descriptors of its variables (NAMESTR, 140 bytes each), in version 8 longer labels and
formats, and its records one behind the other.
Source: SAS TS-140, record layout of a SAS version 5 or 6 data set in SAS transport format; that of
version 8 or 9 as the issues and sources of ReadStat, xport and their users have it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from cdisc_tools.io.sas_formats import format_parts, format_text
from cdisc_tools.io.windows_bytes import C1_CONTROLS
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.transport import CHAR, NUM, DatasetAttributes, VariableAttributes

CARD = 80
# of records that are in memory at once
MOST_BYTES = 64 * 1024**2
NAMESTR = 140
_MARK, _BEHIND = b"HEADER RECORD*******", b"HEADER RECORD!!!!!!!"
_COUNT = slice(53, 58)
_NUMERIC, _CHARACTER = 1, 2
# what is written where neither a file nor the caller says it
DEFAULT_TIME = datetime(1960, 1, 1)
_SAS_VERSION = "9.4"
_STAMP = re.compile(r"(\d\d)([A-Z]{3})(\d\d):(\d\d:\d\d:\d\d)")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
# two-digit years up to it are of this century
_PIVOT = 59


@dataclass(frozen=True)
class Version:
    """The names of the headers of a version, and how much it holds, in bytes."""

    number: int
    library: bytes
    member: bytes
    descriptor: bytes
    names: bytes
    observations: bytes
    longest_name: int
    longest_label: int
    longest_value: int

    @property
    def is_long(self) -> bool:
        """True for version 8."""
        return self.number > 5


VERSIONS = {
    version.number: version
    for version in (
        Version(5, b"LIBRARY", b"MEMBER", b"DSCRPTR", b"NAMESTR", b"OBS", 8, 40, 200),
        Version(8, b"LIBV8", b"MEMBV8", b"DSCPTV8", b"NAMSTV8", b"OBSV8", 32, 256, 32767),
    )
}
_SHORT = VERSIONS[5]
LONG_LABELS, LONG_FORMATS = b"LABELV8", b"LABELV9"


class NoTransportError(Exception):
    """A file that doesn't start as a SAS transport file does."""


@dataclass(frozen=True)
class Placed:
    """A variable as its descriptor has it, and where its values stand in a record."""

    about: VariableAttributes
    place: int

    @property
    def length(self) -> int:
        """The bytes of a value."""
        return self.about.length or 0


@dataclass(frozen=True)
class Member:
    """A member of a file: its attributes, its variables, and where its records start.

    ``version`` is the file's, 5 or 8; ``counted`` what version 8 says of the number of records.
    """

    version: int
    about: DatasetAttributes
    variables: tuple[Placed, ...]
    start: int
    counted: int | None = None

    @property
    def record_length(self) -> int:
        """The bytes of a record."""
        return sum(variable.length for variable in self.variables)


def header(name: bytes, digits: str = "0" * 30) -> bytes:
    """Make the 80 bytes that start a section."""
    return (_MARK + name.ljust(8) + _BEHIND + digits.encode("ascii")).ljust(CARD)


def is_header(card: bytes, name: bytes) -> bool:
    """True for the header of a section of a name."""
    return card.startswith(_MARK + name.ljust(8) + _BEHIND)


def member_mark(version: Version) -> bytes:
    """The bytes that a member's header starts with."""
    return _MARK + version.member.ljust(8) + _BEHIND


def read_version(first: bytes) -> Version:
    """Tell the version by the first 80 bytes; raises NoTransportError for another file."""
    for version in VERSIONS.values():
        if is_header(first, version.library):
            return version
    raise NoTransportError


def read_text(raw: bytes) -> str:
    """Read a text of a header: UTF-8, or else windows-1252, without what fills it up."""
    text = raw.rstrip(b" \0")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("windows-1252", C1_CONTROLS)


def read_library(cards: bytes) -> Mapping[str, str]:
    """Read who made a file, and when, from its first three records."""
    return {
        "sas_version": read_text(cards[104:112]),
        "sas_os": read_text(cards[112:120]),
        "created": read_stamp(cards[144:160]),
        "modified": read_stamp(cards[160:176]),
    }


def read_stamp(raw: bytes) -> str:
    """Read a time as ISO 8601; what is none stays as it is.

    >>> read_stamp(b"04APR12:22:16:21"), read_stamp(b"29FEB60:00:00:00"), read_stamp(b"?")
    ('2012-04-04T22:16:21', '1960-02-29T00:00:00', '?')
    """
    text = read_text(raw)
    found = _STAMP.fullmatch(text)
    if found is None or found[2] not in _MONTHS:
        return text
    century = "20" if int(found[3]) <= _PIVOT else "19"
    return f"{century}{found[3]}-{_MONTHS.index(found[2]) + 1:02d}-{found[1]}T{found[4]}"


def write_stamp(text: str) -> bytes:
    """Write a time of ISO 8601, or a text that is none as it is.

    >>> write_stamp("2012-04-04T22:16:21"), write_stamp("?")
    (b'04APR12:22:16:21', b'?               ')
    """
    try:
        moment = datetime.fromisoformat(text)
        written = f"{moment:%d}{_MONTHS[moment.month - 1]}{moment:%y:%H:%M:%S}"
    except ValueError:
        written = text
    return written.encode("ascii", "replace").ljust(16)[:16]


class Cards:
    """The bytes of a file from a place on; raises ConfigurationError where it ends too early."""

    def __init__(self, stream: BinaryIO, size: int, shown: str, place: int) -> None:
        self.stream, self.size, self.shown, self.place = stream, size, shown, place

    def take(self, count: int) -> bytes:
        """Read some bytes and go on behind them."""
        if self.place + count > self.size:
            raise damaged(self.shown, f"it ends at byte {self.size:,}, within its headers")
        self.stream.seek(self.place)
        self.place += count
        return self.stream.read(count)

    def expect(self, name: bytes) -> bytes:
        """Read the header of a section, which must have the name."""
        card = self.take(CARD)
        if not is_header(card, name):
            place = self.place - CARD
            raise damaged(self.shown, f"at byte {place:,} the header {name.decode()} is missing")
        return card

    def align(self) -> None:
        """Go on at the next record of 80 bytes."""
        self.place += -self.place % CARD


def damaged(shown: str, what: str) -> ConfigurationError:
    """The error of a file that isn't what it starts as."""
    return ConfigurationError(f"{shown}: {what}: the file is damaged; export or copy it again")


def read_member(cards: Cards, version: Version, library: Mapping[str, str]) -> Member:
    """Read the headers of a member, up to its records.

    Raises ConfigurationError for headers that are missing or cut off, for descriptors of another
    size than 140 bytes, and for variables that don't fit into a record or share a name.
    """
    size = cards.expect(version.member)[74:78]
    cards.expect(version.descriptor)
    if not size.isdigit() or int(size) != NAMESTR:
        raise damaged(cards.shown, f"its descriptors have {read_text(size)} bytes, not {NAMESTR}")
    about = _read_descriptor(cards.take(2 * CARD), version, library)
    count = _number(cards, cards.expect(version.names)[_COUNT])
    names = cards.take(count * NAMESTR)
    cards.align()
    variables = [
        _read_variable(names[place : place + NAMESTR], version)
        for place in range(0, len(names), NAMESTR)
    ]
    section = cards.take(CARD)
    if version.is_long and (is_header(section, LONG_LABELS) or is_header(section, LONG_FORMATS)):
        variables = _with_long_texts(cards, section, variables)
        section = cards.take(CARD)
    if not is_header(section, version.observations):
        place = cards.place - CARD
        raise damaged(
            cards.shown,
            f"at byte {place:,} the header {version.observations.decode()} is missing",
        )
    counted = section[48:63].strip() if version.is_long else b""
    about = replace(about, variables=tuple(variable.about for variable in variables))
    total = _number(cards, counted) if counted.strip(b"0") else None
    member = Member(version.number, about, tuple(variables), cards.place, total)
    _verify(member, cards.shown)
    return member


def _number(cards: Cards, digits: bytes) -> int:
    if not digits.strip().isdigit():
        raise damaged(cards.shown, f"'{read_text(digits)}' should be a number of its headers")
    return int(digits)


def _read_descriptor(raw: bytes, version: Version, library: Mapping[str, str]) -> DatasetAttributes:
    """Read name, label, type and origin of a member; the origin where it isn't the library's."""
    wide = 24 if version.is_long else 0
    own = {
        "sas_version": read_text(raw[24 + wide : 32 + wide]),
        "sas_os": read_text(raw[32 + wide : 40 + wide]),
        "created": read_stamp(raw[64:80]),
        "modified": read_stamp(raw[80:96]),
    }
    unlike = {f"member_{name}": text for name, text in own.items() if text != library[name]}
    kind = read_text(raw[152:160])
    return DatasetAttributes(
        name=read_text(raw[8 : 16 + wide]),
        label=read_text(raw[112:152]),
        provenance={**library, **unlike, **({"dataset_type": kind} if kind else {})},
    )


def _read_variable(raw: bytes, version: Version) -> Placed:
    kind, length, width, decimals, right = (
        int.from_bytes(raw[place : place + 2], "big") for place in (0, 4, 64, 66, 68)
    )
    in_width, in_decimals = (int.from_bytes(raw[place : place + 2], "big") for place in (80, 82))
    long_name = read_text(raw[88:120]) if version.is_long else ""
    about = VariableAttributes(
        name=long_name or read_text(raw[8:16]),
        label=read_text(raw[16:56]),
        type=NUM if kind == _NUMERIC else CHAR,
        length=length,
        format=format_text(read_text(raw[56:64]), width, decimals),
        informat=format_text(read_text(raw[72:80]), in_width, in_decimals),
        is_right=right == 1,
    )
    return Placed(about, int.from_bytes(raw[84:88], "big"))


def _with_long_texts(cards: Cards, section: bytes, variables: Sequence[Placed]) -> list[Placed]:
    """Read the labels of more than 40 bytes, and in LABELV9 the formats of more than 8."""
    numbers = 5 if is_header(section, LONG_FORMATS) else 3
    found = {variable.about.name: variable for variable in variables}
    for _ in range(_number(cards, section[48:78].split()[0] if section[48:78].split() else b"")):
        raw = cards.take(2 * numbers)
        lengths = [
            int.from_bytes(raw[place : place + 2], "big") for place in range(2, 2 * numbers, 2)
        ]
        name, label, *formats = (read_text(cards.take(length)) for length in lengths)
        if name not in found:
            raise damaged(cards.shown, f"a label of a variable {name}, which isn't there")
        short = found[name].about
        long_format, long_informat = (text if text.strip(".") else "" for text in formats or "  ")
        about = replace(
            short,
            label=label or short.label,
            format=long_format.strip() or short.format,
            informat=long_informat.strip() or short.informat,
        )
        found[name] = replace(found[name], about=about)
    cards.align()
    return list(found.values())


def _verify(member: Member, shown: str) -> None:
    """Raise ConfigurationError for names that are none, or stand there twice, and for variables
    outside the record or over one another.
    """
    names: set[str] = set()
    length, end = member.record_length, 0
    if not member.about.name.isprintable():
        raise damaged(shown, f"{member.about.name!r} is no name of a dataset")
    for variable in sorted(member.variables, key=lambda item: item.place):
        name = variable.about.name
        least, most = (2, 8) if variable.about.is_numeric else (1, length)
        fits = end <= variable.place <= length - variable.length
        if not fits or not least <= variable.length <= most:
            what = f"{name} has {variable.length} bytes at {variable.place} of a record of {length}"
            raise damaged(shown, what)
        if not name or not name.isprintable():
            raise damaged(shown, f"{name!r} is no name of a variable")
        if name in names:
            raise ConfigurationError(
                f"{shown} has two variables of the name {name}; rename or drop one"
            )
        names.add(name)
        end = variable.place + variable.length


def field_type(variable: VariableAttributes) -> str:
    """The type of a variable in a record of numpy: an integer of 64 bits for a whole number of
    IBM, else bytes.
    """
    if variable.is_numeric and variable.length == 8:
        return ">u8"
    return f"S{variable.length}"


def write_library(version: Version, origin: Mapping[str, str]) -> bytes:
    """Write the header of a file; what ``origin`` doesn't say is of a fixed version and time."""
    made = _origin_fields(origin, "")
    return (
        header(version.library)
        + b"SAS     SAS     SASLIB  " + made["sas_version"] + made["sas_os"] + b" " * 24
        + made["created"] + made["modified"].ljust(CARD)
    )  # fmt: skip


def _origin_fields(origin: Mapping[str, str], prefix: str) -> dict[str, bytes]:
    """The fields of a header on who made it and when, those of the member before the library's."""
    stated = {"sas_version": _SAS_VERSION, "sas_os": "", "created": DEFAULT_TIME.isoformat()}
    stated["modified"] = origin.get("created", stated["created"])
    said = {
        name: origin.get(prefix + name, origin.get(name, text)) for name, text in stated.items()
    }
    return {
        name: write_stamp(text)
        if name in ("created", "modified")
        else text.encode("ascii", "replace")[:8].ljust(8)
        for name, text in said.items()
    }


def write_member(version: Version, about: DatasetAttributes, encoding: str, records: int) -> bytes:
    """Write the headers of a member whose variables have lengths; ``records`` is for version 8."""
    made = _origin_fields(about.provenance, "member_")
    name = about.name.encode("ascii").ljust(32 if version.is_long else 8)
    kind = about.provenance.get("dataset_type", "").encode("ascii", "replace")[:8].ljust(8)
    label = about.label.encode(encoding, C1_CONTROLS)[:40].ljust(40)
    written = b"".join(_variables(version, about, encoding))
    long_texts = _long_texts(about, encoding) if version.is_long else b""
    counted = f"{records:15d}".ljust(30) if version.is_long else "0" * 30
    return (
        header(version.member, f"{160:020d}{NAMESTR:010d}")
        + header(version.descriptor)
        + b"SAS     " + name + b"SASDATA " + made["sas_version"] + made["sas_os"]
        + b" " * (0 if version.is_long else 24)
        + made["created"] + made["modified"] + b" " * 16 + label + kind
        + header(version.names, f"{len(about.variables):010d}".ljust(30, "0"))
        + written + b" " * (-len(written) % CARD)
        + long_texts
        + header(version.observations, counted)
    )  # fmt: skip


def _variables(version: Version, about: DatasetAttributes, encoding: str) -> Iterator[bytes]:
    place = 0
    for number, variable in enumerate(about.variables, 1):
        length = variable.length or 0
        name, label = variable.name.encode("ascii"), variable.label.encode(encoding, C1_CONTROLS)
        long_part = (
            name.ljust(32) + len(label).to_bytes(2, "big") + bytes(18)
            if version.is_long
            else bytes(52)
        )
        kind = _NUMERIC if variable.is_numeric else _CHARACTER
        yield (
            b"".join(field.to_bytes(2, "big") for field in (kind, 0, length, number))
            + name[:8].ljust(8) + label[:40].ljust(40)
            + _format_field(variable.format)
            + int(variable.is_right).to_bytes(2, "big") + bytes(2)
            + _format_field(variable.informat)
            + place.to_bytes(4, "big") + long_part
        )  # fmt: skip
        place += length


def _format_field(text: str) -> bytes:
    """The 12 bytes of a format; nothing for a text that ``format_parts`` can't read."""
    name, width, decimals = format_parts(text) or ("", 0, 0)
    return (
        name.encode("ascii")[:8].ljust(8) + width.to_bytes(2, "big") + decimals.to_bytes(2, "big")
    )


def _long_texts(about: DatasetAttributes, encoding: str) -> bytes:
    """The section of labels of more than 40 bytes and formats of more than 8."""
    long_formats = any(_is_long_format(v.format, v.informat) for v in about.variables)
    entries = [
        _long_text(number, variable, encoding, with_formats=long_formats)
        for number, variable in enumerate(about.variables, 1)
        if len(variable.label.encode(encoding, C1_CONTROLS)) > _SHORT.longest_label
        or _is_long_format(variable.format, variable.informat)
    ]
    if not entries:
        return b""
    written = b"".join(entries)
    name = LONG_FORMATS if long_formats else LONG_LABELS
    return header(name, str(len(entries)).ljust(30)) + written + b" " * (-len(written) % CARD)


def _is_long_format(*texts: str) -> bool:
    return any(len((format_parts(text) or ("",))[0]) > _SHORT.longest_name for text in texts)


def _long_text(
    number: int, variable: VariableAttributes, encoding: str, *, with_formats: bool
) -> bytes:
    texts = [variable.name.encode("ascii"), variable.label.encode(encoding, C1_CONTROLS)]
    if with_formats:
        texts += [(text or ".").encode("ascii") for text in (variable.format, variable.informat)]
    lengths = b"".join(len(text).to_bytes(2, "big") for text in texts)
    return number.to_bytes(2, "big") + lengths + b"".join(texts)
