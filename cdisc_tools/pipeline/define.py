"""define.xml made from a study, and checked."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cdisc_tools.io.define_html import define_html
from cdisc_tools.io.define_schema import schema_problems
from cdisc_tools.io.define_tree import PRODUCT
from cdisc_tools.io.define_writing import STYLESHEET, write_define_xml, write_stylesheet
from cdisc_tools.io.define_xml import define_metadata, define_root_of
from cdisc_tools.io.writing import write_bytes
from cdisc_tools.metadata.define_checks import check_define, schema_findings
from cdisc_tools.metadata.define_completion import complete_for_define
from cdisc_tools.metadata.define_names import DEFINE, Element
from cdisc_tools.metadata.define_writable import unwritable
from cdisc_tools.metadata.specification import has_specification
from cdisc_tools.metadata.specification_checks import read_checked_specification
from cdisc_tools.metadata.study import STUDY_FILE, read_study
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.specification import Specification
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.specification import (
    NO_MOMENT,
    build_study_specification,
    tables_folder,
)

DEFINE_FILE = "define.xml"


@dataclass(frozen=True)
class MadeDefine:
    """A define.xml as it was written, and what the checks find in it.

    ``built`` where no tables of a specification were there, so that the study was run;
    ``remarks`` name what the tables say and a define.xml can't.
    """

    path: Path
    specification: Specification
    built: bool
    findings: Findings
    remarks: tuple[str, ...] = ()


def make_define(
    folder: Path, output: Path, *, standard: str, version: str = "2.1", replace: bool = False,
    progress: Progress = quiet,
) -> MadeDefine:  # fmt: skip
    """Write the define.xml of a study's SDTM or ADaM datasets, with its stylesheet, and check it.

    The tables in the study's folder ``spec`` are written as they are. Without them the study is
    run in memory, and what its datasets hold is described. ``output`` is a folder; ``replace``
    lets the file take the place of a define.xml there that names another program as its source.
    Raises ConfigurationError for a folder that is neither a study nor holds tables, for tables
    with faults (all of them, each with its line), for such a define.xml, and for what
    ``write_define_xml`` refuses.
    """
    if output.is_file():
        raise ConfigurationError(f"{output} is a file; give a folder")
    if not replace:
        _spare(output / DEFINE_FILE)
    spec, moment, built = _specified(folder, standard, progress)
    path = output / DEFINE_FILE
    progress(f"writing {path}")
    write_define_xml(spec, path, version=version, timestamp=moment)
    write_stylesheet(output / STYLESHEET)
    progress("checking it")
    remarks = tuple(unwritable(spec, version))
    return MadeDefine(path, spec, built, check_define_file(path), remarks)


def _spare(path: Path) -> None:
    """Raise ConfigurationError where a define.xml is there that another program made."""
    if not path.exists():
        return
    try:
        source = _root(path).get("SourceSystem", "")
    except ConfigurationError:
        source = ""
    if source != PRODUCT:
        named = f"names {source!r} as its source" if source else "doesn't name its source"
        raise ConfigurationError(
            f"{path} is there and {named}, so that cdisc-tools may not have made it; give another "
            "--output, or replace it with --replace"
        )


def _specified(
    folder: Path, standard: str, progress: Progress
) -> tuple[Specification, datetime, bool]:
    """The specification of a study, the moment of its files, and whether it was built."""
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is no folder; give a study, or a folder of tables")
    if not (folder / STUDY_FILE).is_file():
        if not has_specification(folder):
            raise ConfigurationError(
                f"{folder} is no study folder (it has no {STUDY_FILE}), and holds no specification "
                "table, such as variables.csv; give the folder of a study, or of tables"
            )
        return read_checked_specification(folder), NO_MOMENT, False
    moment = read_study(folder).timestamp
    tables = tables_folder(folder, standard)
    if has_specification(tables):
        return read_checked_specification(tables), moment, False
    spec = build_study_specification(folder, standard, progress=progress)
    return complete_for_define(spec), moment, True


def check_define_file(path: Path) -> Findings:
    """Check a define.xml against its XML schema and our conformance checks.

    Each finding has the file and the line. Raises ConfigurationError for a file that is no
    Define-XML 2.0 or 2.1, or can't be read.
    """
    root = _root(path)
    _, namespace = define_metadata(path.name, root)
    version = next(each for each, space in DEFINE.items() if space == namespace)
    findings = Findings()
    findings.extend(schema_findings(schema_problems(root, version), path.name))
    findings.extend(check_define(root, version, path.name))
    return findings


def show_define(path: Path, output: Path) -> None:
    """Write a define.xml as a page of HTML, as the stylesheet shows it in a browser.

    Raises ConfigurationError as ``check_define_file`` does, and for an output that is the input,
    a folder, or named as a define.xml is.
    """
    if output.is_dir():
        raise ConfigurationError(f"{output} is a folder; name the page in it, such as define.html")
    if output.exists() and path.exists() and output.samefile(path):
        raise ConfigurationError(f"{output} is the input, which is never overwritten; name a page")
    if output.suffix.lower() == Path(DEFINE_FILE).suffix:
        raise ConfigurationError(
            f"{output} would hold HTML under the name of XML; name the page "
            f"{output.with_suffix('.html').name}"
        )
    root = _root(path)
    define_metadata(path.name, root)
    write_bytes(output, define_html(root))


def _root(path: Path) -> Element:
    try:
        with path.open("rb") as stream:
            return define_root_of(path.name, stream)
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read ({error.strerror})") from error
