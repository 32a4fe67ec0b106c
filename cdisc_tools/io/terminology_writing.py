"""Writes an imported package of the terminology: whole, or not at all."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from cdisc_tools.io.writing import replacing_folder
from cdisc_tools.metadata.terminology_store import (
    CODELIST_COLUMNS,
    CODELISTS,
    SOURCE,
    TERM_COLUMNS,
    TERMS,
    file_hash,
    imported_folder,
)
from cdisc_tools.model.terminology import SYNONYM_MARK, Release


def write_release(release: Release, source: Path, layout: str) -> Path:
    """Write a package's tables and what they were made from; returns their folder.

    They are written to a folder beside, which then takes the place of an earlier one.
    """
    folder = imported_folder(release.date, release.package)
    with replacing_folder(folder) as made:
        _write_tables(release, made)
        description = {
            "package": release.package,
            "date": release.date,
            "file": source.name,
            "sha256": file_hash(source),
            "layout": layout,
            "codelists": len(release.codelists),
            "terms": release.terms,
            "codelists_sha256": file_hash(made / CODELISTS),
            "terms_sha256": file_hash(made / TERMS),
        }
        text = json.dumps(description, indent=1, ensure_ascii=False) + "\n"
        (made / SOURCE).write_text(text, encoding="utf-8", newline="\n")
    return folder


def _write_tables(release: Release, folder: Path) -> None:
    codelists = (
        (one.code, one.short_name, one.name, "Yes" if one.extensible else "No")
        for one in release.codelists
    )
    _write_csv(folder / CODELISTS, CODELIST_COLUMNS, codelists)
    joined = f"{SYNONYM_MARK} "
    terms = (
        (one.code, term.code, term.submission_value, term.preferred_term,
         joined.join(term.synonyms))
        for one in release.codelists
        for term in one.terms
    )  # fmt: skip
    _write_csv(folder / TERMS, TERM_COLUMNS, terms)


def _write_csv(path: Path, columns: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Write a table that only the product reads, each cell as it stands."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)
