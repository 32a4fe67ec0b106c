"""What SAS transport files hold of names, labels, lengths and formats; the rest is refused."""

import re
from collections.abc import Sequence

from cdisc_tools.io.sas_formats import format_parts
from cdisc_tools.io.windows_bytes import C1_CONTROLS
from cdisc_tools.io.xpt_layout import Version
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.transport import DatasetStream, VariableAttributes

ASCII, UTF_8 = "ascii", "utf-8"
FULL_NUMBER, LEAST_NUMBER = 8, 2
_DATASET_LABEL = 40
_LARGEST_WIDTH = 32_767
_MOST_VARIABLES = {False: 9_999, True: 32_767}
# version 8 holds any name, if it neither starts nor ends with a blank
_NAMES = {
    False: re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII),
    True: re.compile(r"[!-~]([ -~]*[!-~])?"),
}
_SHOWN = 60


def place_of(stream: DatasetStream, variable: str = "") -> str:
    """Name a dataset, or a variable of it, with its file, for a message."""
    named = f"{stream.about.name}.{variable}" if variable else f"dataset {stream.about.name}"
    return f"{stream.file}: {named}" if stream.file else named


def verify_members(streams: Sequence[DatasetStream]) -> None:
    """Raise ConfigurationError for no dataset at all, and for two of one name."""
    names = [stream.about.name.upper() for stream in streams]
    if not names:
        raise ConfigurationError("a SAS transport file holds at least one dataset")
    for stream, name in zip(streams, names, strict=True):
        if names.count(name) > 1:
            raise ConfigurationError(
                f"{place_of(stream)}: two datasets of one file have the name; rename one"
            )


def verify_attributes(stream: DatasetStream, version: Version, encoding: str) -> None:
    """Raise ConfigurationError for a dataset or a variable whose attributes a version can't hold.

    Names are of ASCII; labels are of the encoding, and of at most 40 bytes in version 5.
    """
    about = stream.about
    where = place_of(stream)
    _verify_name(where, about.name, version)
    _verify_label(where, about.label, _DATASET_LABEL, encoding)
    most = _MOST_VARIABLES[version.is_long]
    if len(about.variables) > most:
        raise ConfigurationError(
            f"{where} has {len(about.variables):,} variables, and SAS transport version "
            f"{version.number} holds {most:,}; divide it"
        )
    seen: set[str] = set()
    for variable in about.variables:
        where = place_of(stream, variable.name)
        if variable.name in seen:
            raise ConfigurationError(f"{where}: two variables have the name; rename or drop one")
        seen.add(variable.name)
        _verify_name(where, variable.name, version)
        _verify_label(where, variable.label, version.longest_label, encoding)
        _verify_length(where, variable, version)
        _verify_format(where, "format", variable.format, version)
        _verify_format(where, "informat", variable.informat, version)


def _verify_name(where: str, name: str, version: Version) -> None:
    length = len(name.encode(UTF_8, "replace"))
    if not _NAMES[version.is_long].fullmatch(name) or length > version.longest_name:
        raise ConfigurationError(
            f"{where}: the name has {length} bytes, and SAS transport version {version.number} "
            f"holds names of 1 to {version.longest_name} letters, digits and underscores; rename it"
        )


def _verify_label(where: str, label: str, longest: int, encoding: str) -> None:
    length = len(encoded(where, "label", label, encoding))
    if length > longest:
        raise ConfigurationError(
            f"{where}: the label has {length} bytes, and at most {longest} are held: {label!r}; "
            "shorten it"
        )


def _verify_length(where: str, variable: VariableAttributes, version: Version) -> None:
    least, most = LEAST_NUMBER, FULL_NUMBER
    if not variable.is_numeric:
        least, most = 1, version.longest_value
    if variable.length is not None and not least <= variable.length <= most:
        raise ConfigurationError(
            f"{where}: the length is {variable.length}, and SAS transport version "
            f"{version.number} holds {least} to {most:,} bytes; change it"
        )


def _verify_format(where: str, kind: str, text: str, version: Version) -> None:
    parts = format_parts(text) if text.isascii() else None
    if parts is None:
        raise ConfigurationError(f"{where}: the {kind} {text!r} is none of SAS; correct it")
    if len(parts[0]) > version.longest_name or max(parts[1:]) > _LARGEST_WIDTH:
        raise ConfigurationError(
            f"{where}: the {kind} {text} has a name of more than {version.longest_name} characters "
            f"or a width of more than {_LARGEST_WIDTH:,}; correct it"
        )


def encoded(where: str, what: str, text: str, encoding: str) -> bytes:
    """Encode a text; raises ConfigurationError that names the letter that isn't of the encoding."""
    try:
        return text.encode(encoding, C1_CONTROLS)
    except UnicodeEncodeError as error:
        letter = text[error.start]
        named = "name a code page that has it, or " if encoding == ASCII else ""
        raise ConfigurationError(
            f"{where}: the {what} holds {letter!r} (U+{ord(letter):04X}), which is not of the "
            f"encoding {encoding}: {shown(text)}; {named}correct it"
        ) from error


def shown(text: str) -> str:
    """Show a value in a message, a long one cut."""
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}..."
