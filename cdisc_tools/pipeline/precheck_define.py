"""The define.xml of a folder of a tree: whether it is read, and tells what lies beside it."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from pathlib import Path
from posixpath import normpath

from cdisc_tools.io.define_files import documents_of, is_on_the_web, stylesheets_of, told_path
from cdisc_tools.io.define_schema import schema_problems
from cdisc_tools.io.define_xml import define_metadata, define_root_of, read_define_xml
from cdisc_tools.metadata.define_checks import SCHEMA
from cdisc_tools.metadata.define_names import DEFINE
from cdisc_tools.metadata.submission import (
    check_described,
    file_cell,
    is_study_of_folder,
    read_define_versions,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import CellRef, Finding
from cdisc_tools.model.specification import Specification, told_file
from cdisc_tools.model.submission import DEFINE_FILE, TreeFile

# problems of the schema that are shown; `define check` lists all
_SHOWN = 20


def check_define(
    folder: Path,
    files: Sequence[TreeFile],
    paths: Set[str],
    named: Mapping[str, str],
    start: date | None,
) -> Iterator[Finding]:
    """Find what is wrong with the define.xml of a folder beside its files.

    ``files`` are those of the folder and of the parts of its datasets, ``paths`` those of all files
    of the study, from m5 on; ``named`` gives STUDYID of datasets of the study, ``start`` is the day
    on which it began.
    """
    file = next((file for file in files if file.name == DEFINE_FILE), None)
    if file is None or not file.size:
        return
    path, cell = folder / DEFINE_FILE, file_cell(file.path)
    try:
        specification = read_define_xml(path).specification
        problems, version = _schema_problems(path)
    except ConfigurationError as error:
        detail = str(error).splitlines()[0].rstrip(".")
        yield Finding("CDT-X114", "", cell=cell, detail=detail)
        return
    yield from _problems(problems, cell)
    yield from _check_version(version, cell, start)
    yield from _check_named(path, file.path, paths)
    described = _described(specification)
    optional = [
        record["dataset"]
        for record in specification.table("datasets")
        if record["has_no_data"] == "Yes"
    ]
    yield from check_described(described, optional, files, file.path)
    name = specification.attribute("StudyName")
    for value in list(named.values())[:1]:
        if name and not is_study_of_folder(name, value):
            yield Finding("CDT-X119", "", values=(name,), cell=cell, detail=value)


def _schema_problems(path: Path) -> tuple[tuple[tuple[int, str], ...], str]:
    """What the XML schema finds, as lines and messages, and the version of Define-XML."""
    with path.open("rb") as stream:
        root = define_root_of(path.name, stream)
    _, namespace = define_metadata(path.name, root)
    version = next(each for each, space in DEFINE.items() if space == namespace)
    return schema_problems(root, version), version


def _problems(problems: Sequence[tuple[int, str]], cell: CellRef) -> Iterator[Finding]:
    """Give the first problems of the schema as findings."""
    for line, message in problems[:_SHOWN]:
        yield Finding(SCHEMA, "", cell=replace(cell, row=line), detail=message)


def _check_version(version: str, cell: CellRef, start: date | None) -> Iterator[Finding]:
    """Find a version that is too old for the study."""
    until = read_define_versions().get(version)
    if until and start and start > until:
        yield Finding("CDT-X115", "", values=(version,), cell=cell, detail=until.isoformat())


def _check_named(define: Path, place: str, paths: Set[str]) -> Iterator[Finding]:
    """Find stylesheets and documents that a define.xml names and that are not in the tree.

    ``place`` is its path from m5 on. What lies on the web is not looked for.
    """
    named = [("CDT-X120", address) for address in stylesheets_of(define)]
    named += [("CDT-X123", address) for address in documents_of(define)]
    for check, address in named:
        path = normpath(f"{place.rpartition('/')[0]}/{told_path(address)}")
        if address and not is_on_the_web(address) and path not in paths:
            yield Finding(check, "", values=(address,), cell=file_cell(place))


def _described(specification: Specification) -> dict[str, str]:
    """The file of each dataset that a define.xml describes."""
    return {
        record["dataset"]: record["Location"] or told_file(record["dataset"])
        for record in specification.table("datasets")
    }
