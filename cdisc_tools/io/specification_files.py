"""Files that hold a specification, known by their content: a workbook or a define.xml."""

from pathlib import Path

from cdisc_tools.io.define_xml import read_define_xml
from cdisc_tools.io.specification_workbook import (
    SpecificationSource,
    read_specification_workbook,
)
from cdisc_tools.metadata.specification_checks import SpecProblem, specification_problems
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification

_ZIP, _OLE = b"PK", bytes.fromhex("d0cf11e0a1b11ae1")
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff")


def read_specification_file(file: Path) -> tuple[Specification, tuple[str, ...]]:
    """Read a specification workbook or define.xml, known by its content, with its remarks.

    Raises ConfigurationError for a file of another kind, and for a specification with faults.
    """
    source = _read(file)
    problems = sorted(
        {*source.problems, *specification_problems(source.specification, source.columns)}
    )
    refused = [problem for problem in problems if problem.refuses]
    if refused:
        raise ConfigurationError(_refusal(file, refused))
    remarks = tuple(problem.message for problem in problems)
    return source.specification, (*remarks, *source.remarks)


def _read(file: Path) -> SpecificationSource:
    try:
        with file.open("rb") as stream:
            start = stream.read(64)
    except OSError as error:
        raise ConfigurationError(f"{file} can't be read ({error.strerror})") from error
    if start.startswith(_ZIP):
        return read_specification_workbook(file)
    if start.lstrip().startswith(_XML_STARTS):
        return read_define_xml(file)
    if start.startswith(_OLE):
        raise ConfigurationError(
            f"{file.name} is protected by a password, or of the old format .xls; save it as "
            ".xlsx without a password"
        )
    raise ConfigurationError(
        f"{file.name} is neither a workbook (.xlsx) nor a define.xml; give one of them"
    )


def _refusal(file: Path, refused: list[SpecProblem]) -> str:
    """Say every fault, one a line."""
    count = f"{len(refused)} fault{'s' if len(refused) > 1 else ''}"
    lines = "\n".join(problem.message for problem in refused)
    return f"{file.name} has {count}; mend them and import again. Nothing was written.\n{lines}"
