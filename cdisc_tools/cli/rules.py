"""``cdisc-tools rules``: list, show, test, add, new."""

from pathlib import Path
from typing import Annotated

import typer

from cdisc_tools.cli.console import BROKEN, CLEAN, FINDINGS, messages
from cdisc_tools.cli.options import Debug, Format

app = typer.Typer(
    name="rules",
    help="Conformance rules: list and show them, add CDISC's, write and test your own.",
    no_args_is_help=True,
)
RulesOption = Annotated[
    list[Path] | None, typer.Option("--rules", help="Further rules: folder, zip or file.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="Form of the output.")]


@app.command("list")
def list_rules(
    text: Annotated[str, typer.Argument(help="Part of an id, a message or a variable.")] = "",
    rules: RulesOption = None,
    authority: Annotated[str, typer.Option(help="CDISC, FDA, cdisc_tools ...")] = "",
    format_: FormatOption = Format.text,
    debug: Debug = False,
) -> None:
    """List the rules at hand: id, severity, authority's ids, what is at fault.

    Example: cdisc-tools rules list ABLFL

    Exits 0, also when nothing is found.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline import rule_pages  # noqa: PLC0415

        typer.echo(rule_pages.list_rules(rules or (), text, authority, format_.value), nl=False)


@app.command()
def show(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the rule: CDT-A101, AD0018.")],
    rules: RulesOption = None,
    debug: Debug = False,
) -> None:
    """Show a rule: what is at fault, why, what to do, whom it is about, its condition and a case.

    Example: cdisc-tools rules show CDT-O001

    The authority's id is taken too. Exits 0, or 2 for an id that no rule has.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.rule_pages import rule_pages  # noqa: PLC0415

        typer.echo("\n".join(rule_pages(rule_id, rules or ())), nl=False)


@app.command("test")
def run_tests(
    path: Annotated[Path, typer.Argument(help="Folder or zip of rules with their cases.")],
    only: Annotated[str, typer.Option(help="Only the rule of this folder.")] = "",
    format_: FormatOption = Format.text,
    debug: Debug = False,
) -> None:
    """Run rules on their cases: a line a rule, what differs, and totals.

    Example: cdisc-tools rules test my-rules

    A case is exact when every dataset, record, variable and value is as expected. Exits 0 when
    all are, 1 when some are not, 2 for a path without rules, 3 when a case crashed.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.rule_cases import run_cases  # noqa: PLC0415
        from cdisc_tools.reports.rule_cases import write_outcomes  # noqa: PLC0415

        outcomes = list(run_cases(path, only=only))
        typer.echo(write_outcomes(outcomes, format_.value), nl=False)
        statuses = {outcome.status for outcome in outcomes}
        differs = FINDINGS if statuses - {"exact"} else CLEAN
        raise typer.Exit(BROKEN if "crashed" in statuses else differs)


@app.command()
def add(
    path: Annotated[Path, typer.Argument(help="Folder or zip of downloaded rules.")],
    name: Annotated[str, typer.Option(help="Name of the set; the path's if empty.")] = "",
    version: Annotated[str, typer.Option(help="Version of the set, as its authority says.")] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the set of this name.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Keep a set of rules for validate to use, such as CDISC's open rules.

    Example: cdisc-tools rules add cdisc-open-rules.zip --version 2026-08-22

    Nothing is fetched. The set is kept in the user's data folder, or the one that
    CDISC_TOOLS_DATA names. Exits 0, or 2 when the path has no usable rule.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.rules import add_rules  # noqa: PLC0415

        added = add_rules(path, name=name, version=version, replace=replace)
        done = "Added" if added.written else "Already added"
        kept = added.rule_set
        typer.echo(
            f"{done}: {kept.name}, version {kept.version or 'unsaid'}, {kept.rules} rules, SHA-256 "
            f"{kept.sha256[:16]}, in {added.folder}"
        )
        for item in added.unreadable:
            typer.echo(f"Note: not usable: {item.reason}", err=True)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder of the new rule; its name is the id.")],
    debug: Debug = False,
) -> None:
    """Write a rule to begin with: rule.yml, a positive and a negative case.

    Example: cdisc-tools rules new my-rules/ACME-001

    Exits 0, or 2 when the folder is there already.
    """
    with messages(debug=debug):
        from cdisc_tools.pipeline.rule_pages import new_rule  # noqa: PLC0415

        for path in new_rule(folder):
            typer.echo(f"wrote {path}")
