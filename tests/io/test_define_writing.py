"""Define-XML written: nothing of a file is lost, whatever it holds."""

from datetime import datetime
from pathlib import Path

from lxml import etree

from cdisc_tools.io.define_writing import write_define_xml
from cdisc_tools.io.define_xml import read_define_xml
from tests.defines_trees import canonical, differences, parsed

MOMENT = datetime(2024, 1, 2, 3, 4, 5)


def rewritten(file: Path, folder: Path, version: str) -> Path:
    """Read a file and write it again, at the moment that it names."""
    source = read_define_xml(file)
    assert source.problems == ()
    moment = datetime.fromisoformat(etree.parse(str(file)).getroot().get("CreationDateTime"))
    path = folder / "again.xml"
    write_define_xml(source.specification, path, version=version, timestamp=moment)
    return path


def test_nothing_of_the_pilot_is_lost(shared, tmp_path):
    file = shared / "data" / "specs" / "SDTM_define.xml"
    again = rewritten(file, tmp_path, "2.0")
    assert list(differences(parsed(file), parsed(again))) == []
    # the comparison sees a difference
    tree = etree.parse(str(again)).getroot()
    tree.find(".//{*}ItemDef").set("Length", "99")
    assert len(list(differences(parsed(file), canonical(tree)))) == 1
