"""Files of controlled terminology: the layout is known by the content, never by the suffix."""

from pathlib import Path

from cdisc_tools.io.terminology_excel import is_workbook, read_excel_release
from cdisc_tools.io.terminology_json import read_json_release
from cdisc_tools.io.terminology_text import is_text_table, read_text_release
from cdisc_tools.io.terminology_xml import read_xml_release
from cdisc_tools.metadata.resources import read_text
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.terminology import ReleaseFile

# the largest release has some 25 MB
MOST_BYTES = 300_000_000


def read_release_file(path: Path) -> ReleaseFile:
    """Read a file of an official layout: NCI EVS text, ODM XML or Excel, CDISC Library JSON.

    Raises ConfigurationError, with file, line and reason, for a file that is none of them, is
    not UTF-8, or ends before it should.
    """
    shown = path.name
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder; give a terminology file in it")
    if not path.is_file():
        raise ConfigurationError(f"{path}: there is no such file; give a terminology file")
    if path.stat().st_size > MOST_BYTES:
        raise ConfigurationError(
            f"{shown}: has {path.stat().st_size:,} bytes, more than any release; give a "
            "terminology file"
        )
    data = path.read_bytes()
    if is_workbook(data):
        return read_excel_release(data, shown)
    text = read_text(path, shown)
    start = text.lstrip()[:1]
    if start == "<":
        return read_xml_release(text, shown)
    if start in ("{", "["):
        return read_json_release(text, shown)
    if is_text_table(text):
        return read_text_release(text)
    first = text.partition("\n")[0].strip()[:60]
    raise ConfigurationError(
        f"{shown} line 1: '{first}' begins none of the official layouts; give the .txt, .odm.xml, "
        ".xls or .xlsx file of NCI EVS, or the JSON of the CDISC Library"
    )
