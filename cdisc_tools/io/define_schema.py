"""A define.xml against the XML schemas of Define-XML and Analysis Results Metadata."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from lxml import etree

from cdisc_tools.metadata.define_names import Element
from cdisc_tools.model.errors import ConfigurationError

# schemas that allow analysis results and don't ask for them, in the folder that odmlib carries
_SCHEMAS = {"2.0": "arm/1.0/arm1-0-0.xsd", "2.1": "arm/1.0-define2.1/arm1-0-0.xsd"}


def schema_problems(root: Element, version: str) -> tuple[tuple[int, str], ...]:
    """What the XML schema of a version finds in a tree: line and message, in the order of lines.

    Source: the schemas of Define-XML 2.0.0 and 2.1.0 and of ARM 1.0.0 as odmlib carries them.
    """
    schema = _schema(version)
    schema.validate(root)
    entries = cast(Iterable[Any], schema.error_log)
    found = {(error.line, error.message) for error in entries}
    return tuple(sorted(found))


@lru_cache(maxsize=2)
def _schema(version: str) -> etree.XMLSchema:
    place = find_spec("odmlib")
    folders = place.submodule_search_locations if place else None
    if not folders:
        raise ConfigurationError(
            "odmlib, which carries the XML schemas, is not installed; install cdisc-tools anew"
        )
    path = Path(next(iter(folders))) / "schemas" / _SCHEMAS[version]
    return etree.XMLSchema(etree.parse(str(path)))
