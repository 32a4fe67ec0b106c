"""The files that a define.xml names beside its datasets: stylesheets, and documents."""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urldefrag

from cdisc_tools.io.define_xml import define_metadata, define_root_of
from cdisc_tools.metadata.define_names import XLINK

# an address of the web, or of another scheme; a letter alone is a drive
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB = re.compile("https?:", re.IGNORECASE)
# the root and what stands before it
_LOOKED_AT = 16_384
_STYLESHEET = re.compile(rb"<\?xml-stylesheet[^>]*?href=[\"']([^\"']*)[\"']")


def stylesheets_of(define: Path) -> list[str]:
    """The stylesheets that a define.xml is shown by, as it names them."""
    with define.open("rb") as stream:
        head = stream.read(_LOOKED_AT)
    return [name.decode("utf-8", "replace") for name in _STYLESHEET.findall(head)]


def documents_of(define: Path) -> list[str]:
    """The addresses of the documents of a define.xml, each once: of its leafs those that are of no
    dataset.

    Raises ConfigurationError for a file that is no Define-XML.
    """
    with define.open("rb") as stream:
        metadata, namespace = define_metadata(define.name, define_root_of(define.name, stream))
    leafs = metadata.findall(f"{{{namespace}}}leaf")
    return list(dict.fromkeys(leaf.get(f"{{{XLINK}}}href", "") for leaf in leafs))


def is_on_the_web(address: str) -> bool:
    """True for an address of the web.

    >>> is_on_the_web("HTTPS://example.org/a.pdf"), is_on_the_web("file:///c/a.pdf")
    (True, False)
    """
    return _WEB.match(address) is not None


def told_path(address: str) -> str:
    """The path that an address tells, relative to its define.xml; "" for one that tells none.

    >>> told_path("crf/a%20crf.pdf#page=3"), told_path("https://example.org/a.pdf")
    ('crf/a crf.pdf', '')
    """
    path = unquote(urldefrag(address).url)
    no_path = _SCHEME.match(path) or path.startswith("/") or "\\" in path or "\0" in path
    return "" if no_path else path


def files_beside(define: Path) -> dict[str, Path]:
    """The stylesheets and documents of a define.xml that lie in its folder or within, by their
    paths from there; none that a path or a link leads to elsewhere.

    Raises ConfigurationError as ``documents_of`` does.
    """
    folder, found = define.parent.resolve(), {}
    for address in (*stylesheets_of(define), *documents_of(define)):
        path = PurePosixPath(told_path(address))
        file = define.parent / path
        if ".." not in path.parts and _is_within(file, folder):
            found[path.as_posix()] = file
    return found


def _is_within(file: Path, folder: Path) -> bool:
    """True for a file of a folder; False also for a name that no file can have."""
    try:
        return file.is_file() and file.resolve().is_relative_to(folder)
    except OSError:
        return False
