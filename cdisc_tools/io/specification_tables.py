"""A specification as a folder of CSV tables, written whole."""

import csv
import io
from pathlib import Path

from cdisc_tools.io.writing import replacing_folder, write_text
from cdisc_tools.metadata.specification import TableLayout, has_specification, read_layout
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specification import Specification, SpecRecord
from cdisc_tools.model.texts import one_line_end


def write_specification_tables(spec: Specification, folder: Path, *, replace: bool = False) -> None:
    """Write a specification's tables into a folder: ``variables.csv`` and the like.

    The folder is made beside its place and then renamed, so that it holds either the old tables
    or the new ones. ``replace`` lets it take the place of earlier tables.
    Raises ConfigurationError where the folder holds tables and may not be replaced, or holds
    other files.
    """
    check_tables_folder(folder, replace=replace)
    with replacing_folder(folder) as made:
        for table in read_layout().values():
            if spec.table(table.name):
                text = _table_text(table, spec.table(table.name))
                write_text(made / f"{table.name}.csv", text)


def check_tables_folder(folder: Path, *, replace: bool) -> None:
    """Raise ConfigurationError where a folder may not take specification tables."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is a file; give a folder")
    if folder.resolve() == Path.cwd():
        raise ConfigurationError(
            f"{folder} is no study, and as the current folder it can't be replaced; name another "
            "folder for the tables"
        )
    known = {f"{name}.csv" for name in read_layout()}
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in known)
    if foreign:
        raise ConfigurationError(
            f"{folder} holds {foreign[0]}, which is no specification table; give a study folder "
            "or an empty one"
        )
    if has_specification(folder) and not replace:
        raise ConfigurationError(f"{folder} holds a specification; replace it with --replace")


def _table_text(table: TableLayout, records: tuple[SpecRecord, ...]) -> str:
    names = table.field_names(records)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([one_line_end(record[name]) for name in names] for record in records)
    return buffer.getvalue()
