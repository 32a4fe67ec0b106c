"""XML that means harm is refused by name and line, soon and without taking memory."""

import io
import time
import tracemalloc

import pytest

from cdisc_tools.io import xml_files
from cdisc_tools.io.define_xml import read_define_stream
from cdisc_tools.io.xml_files import parse_xml
from cdisc_tools.model.errors import ConfigurationError

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
LONG = "a" * 100_000
HARM = {
    "billion-laughs": f'<?xml version="1.0"?>\n<!DOCTYPE ODM [<!ENTITY l0 "ha">{LAUGHS}]>'
                      "<ODM>&l11;</ODM>",
    "laughs-in-an-attribute": f'<!DOCTYPE ODM [<!ENTITY l0 "ha">{LAUGHS}]><ODM a="&l11;"/>',
    "quadratic": f'<!DOCTYPE ODM [<!ENTITY a "{LONG}">]><ODM>{"&a;" * 100_000}</ODM>',
    "recursive": '<!DOCTYPE ODM [<!ENTITY a "&b;"><!ENTITY b "&a;">]><ODM>&a;</ODM>',
    "external-file": '<!DOCTYPE ODM [<!ENTITY a SYSTEM "file:///etc/passwd">]><ODM>&a;</ODM>',
    "external-web": '<!DOCTYPE ODM [<!ENTITY a SYSTEM "http://192.0.2.1/x">]><ODM>&a;</ODM>',
    "document-type": '<!DOCTYPE ODM SYSTEM "http://192.0.2.1/x.dtd"><ODM/>',
    "parameter": '<!DOCTYPE ODM [<!ENTITY % p SYSTEM "http://192.0.2.1/x">%p;]><ODM/>',
    "behind-a-comment": '<!-- x -->\n<?y?><!DOCTYPE ODM [<!ENTITY a "b">]><ODM/>',
}  # fmt: skip


def bounded(action):
    """Run what is refused; it takes less than two seconds and 64 MB."""
    tracemalloc.start()
    start = time.monotonic()
    try:
        with pytest.raises(ConfigurationError) as caught:
            action()
        assert time.monotonic() - start < 2
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024**2
    finally:
        tracemalloc.stop()
    return str(caught.value)


@pytest.mark.parametrize("text", HARM.values(), ids=HARM)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_it_is_read(text, encoding):
    data = text.encode(encoding)
    assert "a document type (ODM)" in bounded(lambda: parse_xml("x.xml", io.BytesIO(data)))


@pytest.mark.parametrize("parts", [300, 1_000_000])
def test_depth_is_bounded(parts):
    data = b"<a>" * parts + b"</a>" * parts
    assert "not well-formed XML" in bounded(lambda: parse_xml("x.xml", io.BytesIO(data)))


def test_size_is_bounded(monkeypatch):
    monkeypatch.setattr(xml_files, "MAX_BYTES", 1024)
    message = bounded(lambda: parse_xml("x.xml", io.BytesIO(b"<a>" + b" " * 2000 + b"</a>")))
    assert message == "x.xml has more than 0 MB; such an XML file is not read"


def test_the_line_of_a_document_type_is_named():
    message = bounded(lambda: read_define_stream("d.xml", io.BytesIO(b"\n\n<!DOCTYPE a><a/>")))
    assert message.startswith("d.xml line 3: a document type (a)")


def test_an_inclusion_stays_text_and_lines_are_those_of_the_file():
    space = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
    text = f'<a {space}>\n<xi:include href="/etc/passwd"/>\n<b/></a>'
    root = parse_xml("x.xml", io.BytesIO(text.encode()))
    assert [(len(child), child.text, child.sourceline) for child in root] == [
        (0, None, 2), (0, None, 3),
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"<a", b"plain", b"<a>\x00</a>"])
def test_what_is_no_xml_is_named(data):
    assert "x.xml line 1: not well-formed XML" in bounded(
        lambda: parse_xml("x.xml", io.BytesIO(data))
    )
