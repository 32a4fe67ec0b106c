"""Define-XML 2.1 and 2.0, written from a specification, with the stylesheet that shows it."""

from datetime import datetime
from pathlib import Path

from lxml import etree

from cdisc_tools.io.define_extras import apply_extras
from cdisc_tools.io.define_tree import build_define
from cdisc_tools.io.writing import write_bytes
from cdisc_tools.metadata.define_names import Element, define_names
from cdisc_tools.metadata.define_writable import writable
from cdisc_tools.metadata.resources import specs_path
from cdisc_tools.metadata.specification_checks import check_specification
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification

STYLESHEET = "define2-1.xsl"


def write_define_xml(
    spec: Specification, path: Path, *, version: str, timestamp: datetime,
    stylesheet: str = STYLESHEET,
) -> None:  # fmt: skip
    """Write a specification as a define.xml of version "2.1" or "2.0"; same bytes each time.

    ``timestamp`` is the moment that the file names as its creation. ``stylesheet`` is the file
    that a browser shows it by, "" for none; ``write_stylesheet`` writes ours. What a workbook has
    no column for, and the reader kept (texts in further languages, further origins, documents,
    pages, aliases, attributes), is written again.

    Raises ConfigurationError for another version, for two records that share an OID and differ,
    for a character that XML can't hold, and for a specification with faults, each with its table
    and line: of the file that would be read again nobody has seen the lines.
    """
    root = define_root(spec, version=version, timestamp=timestamp)
    faults = check_specification(spec)
    if faults:
        count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
        lines = "\n".join(faults)
        raise ConfigurationError(
            f"The specification has {count}, so that no define.xml is written; mend them:\n{lines}"
        )
    write_bytes(path, define_bytes(root, stylesheet))


def define_root(spec: Specification, *, version: str, timestamp: datetime) -> Element:
    """Build the whole tree of a define.xml; what it can't say is left out (``unwritable``)."""
    said = writable(spec, version)
    root = build_define(said, version=version, timestamp=timestamp)
    apply_extras(root, said, define_names(version))
    return root


def define_bytes(root: Element, stylesheet: str = STYLESHEET) -> bytes:
    """The bytes of a tree: UTF-8, indented, with the instruction that names the stylesheet."""
    etree.indent(root, space="  ")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if stylesheet:
        head += f'<?xml-stylesheet type="text/xsl" href="{stylesheet}"?>\n'
    return head.encode() + etree.tostring(root, encoding="UTF-8") + b"\n"


def write_stylesheet(path: Path) -> None:
    """Write the stylesheet that shows a define.xml in a browser."""
    write_bytes(path, (specs_path() / "define" / STYLESHEET).read_bytes())
