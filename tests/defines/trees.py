"""Define-XML trees for comparison: what two files say, whatever they look like."""

from pathlib import Path

from lxml import etree

# looked up by their OID or ID, so that nothing hangs on their order within the file
DEFINITIONS = {"ValueListDef", "WhereClauseDef", "ItemDef", "CodeList", "MethodDef", "CommentDef",
               "leaf"}  # fmt: skip


def canonical(element):
    """An element as (name, attributes, text, children), with three things made equal.

    1. The order of attributes, blanks between elements, comments, processing instructions and
       prefixes of namespaces, none of which XML takes for content.
    2. Blanks around a text: the tables of a specification hold none.
    3. The order of definitions of one kind directly below MetaDataVersion, which others refer to
       by OID or ID. Datasets, variables of a dataset, items of a value list, conditions, terms,
       origins, documents, displays and results stay in their order.
    """
    children = [canonical(child) for child in element.iterchildren("*")]
    if etree.QName(element).localname == "MetaDataVersion":
        children = sorted(children, key=_definition)
    return (
        element.tag,
        tuple(sorted((name, value) for name, value in element.attrib.items())),
        (element.text or "").strip(),
        children,
    )


def _definition(child):
    """Sort key: definitions by OID within their kind, everything else as it stands."""
    tag, attributes = child[0], dict(child[1])
    name = etree.QName(tag).localname
    return (tag, attributes.get("OID", attributes.get("ID", ""))) if name in DEFINITIONS else (
        tag, "")  # fmt: skip


def differences(one, other, path="ODM"):
    """What differs between two canonical trees, a line each."""
    if one[:3] != other[:3]:
        yield f"{path}: {one[:3]} != {other[:3]}"
    if len(one[3]) != len(other[3]):
        yield f"{path}: {len(one[3])} children != {len(other[3])}"
    for number, (first, second) in enumerate(zip(one[3], other[3], strict=False)):
        name = etree.QName(first[0]).localname
        yield from differences(first, second, f"{path}/{name}[{number}]")


def parsed(path: Path):
    """The canonical tree of a file."""
    parser = etree.XMLParser(remove_comments=True, remove_pis=True)
    return canonical(etree.parse(str(path), parser).getroot())
