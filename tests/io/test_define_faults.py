"""A define.xml with anything left out or doubled is read, checked and shown, or refused by line."""

import io
from contextlib import suppress
from copy import deepcopy
from datetime import datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cdisc_tools.io.define_html import define_html
from cdisc_tools.io.define_schema import schema_problems
from cdisc_tools.io.define_writing import define_root
from cdisc_tools.io.define_xml import define_root_of, read_define_stream
from cdisc_tools.metadata.define_checks import check_define
from cdisc_tools.model.errors import ConfigurationError

DEFINES = Path(__file__).parents[1] / "defines"
SOURCES = {name: (DEFINES / name).read_bytes() for name in ("sdtm.xml", "adam.xml")}
CHANGES = ("drop", "double", "empty", "no-attribute", "other-value", "blank-value")


def mutate(root, number, change, which):
    """Change one element of a tree; the root and the way to the metadata stay."""
    elements = [each for each in root.iter("*") if each.getparent() is not None]
    if not elements:
        return
    element = elements[number % len(elements)]
    names = sorted(element.attrib)
    name = names[which % len(names)] if names else None
    if change == "drop":
        element.getparent().remove(element)
    elif change == "double":
        element.addnext(deepcopy(element))
    elif change == "empty":
        for child in list(element):
            element.remove(child)
        element.text = None
    elif name and change == "no-attribute":
        del element.attrib[name]
    elif name:
        element.set(name, "X" if change == "other-value" else "")


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(list(SOURCES)),
    changes=st.lists(
        st.tuples(st.integers(0, 2000), st.sampled_from(CHANGES), st.integers(0, 9)),
        min_size=1, max_size=4,
    ),
)  # fmt: skip
def test_nothing_that_is_off_ends_in_a_crash(name, changes):
    root = etree.fromstring(SOURCES[name])
    for number, change, which in changes:
        mutate(root, number, change, which)
    data = etree.tostring(root)
    with suppress(ConfigurationError):
        found = read_define_stream("x.xml", io.BytesIO(data))
        if not found.problems:
            define_root(found.specification, version="2.1", timestamp=datetime(2024, 1, 1))
    tree = define_root_of("x.xml", io.BytesIO(data))
    assert all(finding.cell.row > 0 for finding in check_define(tree, "2.1", "x.xml"))
    assert all(line > 0 for line, _ in schema_problems(tree, "2.1"))
    assert define_html(tree).startswith(b"<!DOCTYPE html")
