"""XML from anywhere, read without entities, document types, network or unbounded size."""

from io import BytesIO
from typing import BinaryIO
from xml.parsers import expat

from lxml import etree

from cdisc_tools.model.errors import ConfigurationError

MAX_BYTES = 256 * 1024 * 1024


class _SeenEnough(Exception):  # noqa: N818  # no error: the root has begun
    """Ends the look at what stands before the root."""


def parse_xml(shown: str, stream: BinaryIO) -> etree._Element:
    """Parse XML, and return its root with the line of each element.

    A document type is refused before anything in it is read, so that no entity grows and nothing
    is fetched; elements within elements may be some 250 deep. Comments and processing
    instructions are left out. Raises ConfigurationError, which names ``shown`` and the line.
    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ConfigurationError(
            f"{shown} has more than {MAX_BYTES // 1024**2} MB; such an XML file is not read"
        )
    _refuse_document_type(shown, data)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.parse(BytesIO(data), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise ConfigurationError(
            f"{shown} line {error.lineno or 1}: not well-formed XML ({error.msg})"
        ) from error


def _refuse_document_type(shown: str, data: bytes) -> None:
    """Look at what stands before the root; whatever is not well-formed is said by the parser."""
    parser = expat.ParserCreate()

    def refuse(name: str, *_: object) -> None:
        raise ConfigurationError(
            f"{shown} line {parser.CurrentLineNumber}: a document type ({name}), which such a "
            "file doesn't have; remove it"
        )

    def stop(*_: object) -> None:
        raise _SeenEnough

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        parser.Parse(data, True)
    except (_SeenEnough, expat.ExpatError, ValueError, LookupError):
        return
