"""``cdisc-tools terminology``: import, list, diff."""

from pathlib import Path
from typing import Annotated

import typer

from cdisc_tools.cli.console import CLEAN, FINDINGS, messages, progress
from cdisc_tools.cli.options import Debug, Format

app = typer.Typer(
    name="terminology",
    help="Import, search and compare versions of the CDISC controlled terminology.",
    no_args_is_help=True,
)
FormatOption = Annotated[Format, typer.Option("--format", help="Form of the output.")]


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Published file: text, ODM XML, Excel or JSON.")],
    package: Annotated[str, typer.Option(help="Package, where the file doesn't tell.")] = "",
    date: Annotated[str, typer.Option(help="Version, where the file doesn't tell.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Replace an earlier import.")] = False,
    debug: Debug = False,
) -> None:
    """Keep a published terminology file as a version at hand; a cut or altered one is refused.

    Example: cdisc-tools terminology import "SDTM Terminology.txt" --date 2026-03-27

    The files of NCI EVS (.txt, .odm.xml, .xls, .xlsx) and the JSON of the CDISC Library are
    taken. They are kept in the user's data folder, or the one that CDISC_TOOLS_DATA names.
    Exits 0, or 2 when the file is refused.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.terminology import import_terminology  # noqa: PLC0415

        imported = import_terminology(file, package=package, date=date, replace_stored=replace)
        release = imported.release
        done = "Imported" if imported.written else "Already imported"
        typer.echo(
            f"{done}: {release.package} {release.date}, {len(release.codelists)} codelists, "
            f"{release.terms} terms ({imported.layout}) in {imported.folder}"
        )
        for note in imported.notes:
            typer.echo(f"Note: {note}", err=True)


@app.command("list")
def list_terms(
    text: Annotated[str, typer.Argument(help="Value, preferred term, synonym or code.")] = "",
    codelist: Annotated[str, typer.Option(help="Only in this codelist: short name or code.")] = "",
    version: Annotated[str, typer.Option(help="Version; the newest shipped if empty.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Terms shown as text.")] = 50,
    format_: FormatOption = Format.text,
    debug: Debug = False,
) -> None:
    """Find terms, exact matches first; without a text or codelist, list the versions at hand.

    Example: cdisc-tools terminology list male --codelist SEX

    Case doesn't matter. CSV and JSON hold all that is found. Exits 0, also when nothing is found.
    """
    with messages(debug=debug):
        from cdisc_tools.reports import terminology as reports  # noqa: PLC0415

        if not text.strip() and not codelist:
            from cdisc_tools.metadata.terminology_store import holdings  # noqa: PLC0415

            at_hand = [one for one in holdings() if version in ("", one.date)]
            writers = {
                Format.text: lambda: reports.holdings_text(at_hand),
                Format.csv: lambda: reports.holdings_csv(at_hand),
                Format.json: lambda: reports.holdings_json(at_hand),
            }
            typer.echo(writers[format_](), nl=format_ is Format.text)
            return
        from cdisc_tools.pipeline.terminology import find_terms  # noqa: PLC0415

        searched, hits = find_terms(text, codelist=codelist, version=version)
        if not hits:
            typer.echo(f"Terminology {searched.version} has no term '{text}'.", err=True)
        writers = {
            Format.text: lambda: reports.hits_text(hits, limit) if hits else "0 found",
            Format.csv: lambda: reports.hits_csv(hits),
            Format.json: lambda: reports.hits_json(hits, searched.version),
        }
        typer.echo(writers[format_](), nl=format_ is Format.text)


@app.command("diff")
def diff_versions(
    old: Annotated[str, typer.Argument(help="Version to compare from.")],
    new: Annotated[str, typer.Argument(help="Version to compare to.")],
    study: Annotated[
        Path | None, typer.Option(help="Study folder whose SDTM and ADaM values are looked at.")
    ] = None,
    datasets: Annotated[
        Path | None, typer.Option(help="Folder of datasets whose values are looked at.")
    ] = None,
    format_: FormatOption = Format.text,
    debug: Debug = False,
) -> None:
    """Show added, removed and renamed terms, and the values of a study that they concern.

    Example: cdisc-tools terminology diff 2025-09-26 2026-03-27 --study my-study

    Exits 0, or 1 when a value of the data is concerned, and 2 for an unknown version.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.terminology import diff_terminology  # noqa: PLC0415
        from cdisc_tools.reports.terminology import (  # noqa: PLC0415
            diff_csv,
            diff_json,
            diff_text,
        )

        diff = diff_terminology(old, new, study=study, datasets=datasets, progress=progress())
        writers = {Format.text: diff_text, Format.csv: diff_csv, Format.json: diff_json}
        typer.echo(writers[format_](diff), nl=format_ is Format.text)
        raise typer.Exit(FINDINGS if diff.hits else CLEAN)
