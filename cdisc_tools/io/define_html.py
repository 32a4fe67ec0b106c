"""A define.xml as one page of HTML, by the stylesheet that a browser shows it by."""

from functools import lru_cache

from lxml import etree

from cdisc_tools.io.define_writing import STYLESHEET
from cdisc_tools.metadata.define_names import Element
from cdisc_tools.metadata.resources import specs_path

# nothing outside of the tree is read or written
_NO_ACCESS = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]  # stubs lack it


def define_html(root: Element) -> bytes:
    """Show the tree of a define.xml (2.0 or 2.1) as a page without scripts; nothing is fetched."""
    return bytes(_stylesheet()(etree.ElementTree(root)))


@lru_cache(maxsize=1)
def _stylesheet() -> etree.XSLT:
    tree = etree.parse(str(specs_path() / "define" / STYLESHEET))
    return etree.XSLT(tree, access_control=_NO_ACCESS)
