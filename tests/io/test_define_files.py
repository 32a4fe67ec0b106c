"""The files that a define.xml names: found in its folder alone."""

import pytest

from cdisc_tools.io.define_files import documents_of, files_beside, stylesheets_of

DEFINE = """<?xml version="1.0"?>
<?xml-stylesheet type="text/xsl" href="{sheet}"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"
 xmlns:xlink="http://www.w3.org/1999/xlink"><Study OID="S"><MetaDataVersion OID="M"
 def:DefineVersion="2.1.0"><ItemGroupDef OID="IG.DM"><def:leaf ID="LF.DM" xlink:href="dm.xpt"/>
</ItemGroupDef><def:leaf ID="LF.X" xlink:href="{document}"/></MetaDataVersion></Study></ODM>
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with files, and others around it."""
    folder = tmp_path / "sdtm"
    for name in ("acrf.pdf", "a crf.pdf", "docs/acrf.pdf", "dm.xpt", "look.xsl", "../out.pdf",
                 "../sdtm2/acrf.pdf"):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "link.pdf").symlink_to(tmp_path / "out.pdf")
    (folder / "inside.pdf").symlink_to(folder / "acrf.pdf")
    (folder / "loop.pdf").symlink_to(folder / "loop.pdf")
    (folder / "up").symlink_to(tmp_path)
    return folder


@pytest.mark.parametrize(("address", "found"), [
    ("acrf.pdf", "acrf.pdf"), ("./acrf.pdf", "acrf.pdf"), ("acrf.pdf#page=3", "acrf.pdf"),
    ("a%20crf.pdf", "a crf.pdf"), ("docs/acrf.pdf", "docs/acrf.pdf"), ("inside.pdf", "inside.pdf"),
    ("absent.pdf", None), ("../out.pdf", None), ("%2e%2e/out.pdf", None), ("up/out.pdf", None),
    ("docs/../acrf.pdf", None), ("../sdtm2/acrf.pdf", None), ("link.pdf", None), ("docs", None),
    ("loop.pdf", None), (".", None), ("", None), ("/etc/passwd", None), ("C:\\crf.pdf", None),
    ("file:///etc/passwd", None), ("https://example.org/acrf.pdf", None), ("x" * 300, None),
    ("a%00b", None),
])  # fmt: skip
@pytest.mark.parametrize("kind", ["sheet", "document"])
def test_only_files_of_the_folder_are_found(folder, address, found, kind):
    define = folder / "define.xml"
    named = {"sheet": "", "document": "", kind: address}
    define.write_text(DEFINE.format(**named))
    assert files_beside(define) == ({found: folder / found} if found else {})


def test_a_leaf_of_a_dataset_is_no_document(folder):
    define = folder / "define.xml"
    define.write_text(DEFINE.format(sheet="look.xsl", document="acrf.pdf"))
    assert stylesheets_of(define) == ["look.xsl"]
    assert documents_of(define) == ["acrf.pdf"]
