"""The command ``cdisc-tools``: one line a command."""

from typing import Annotated

import typer

from cdisc_tools import __version__
from cdisc_tools.cli.convert import convert
from cdisc_tools.cli.define import app as define
from cdisc_tools.cli.demo import demo
from cdisc_tools.cli.derive import derive
from cdisc_tools.cli.export import export
from cdisc_tools.cli.report import report
from cdisc_tools.cli.rules import app as rules
from cdisc_tools.cli.run import run
from cdisc_tools.cli.spec import app as spec
from cdisc_tools.cli.terminology import app as terminology
from cdisc_tools.cli.trace import trace
from cdisc_tools.cli.validate import validate

app = typer.Typer(
    name="cdisc-tools",
    help="From a trial's raw spreadsheets to validated, traceable SDTM and ADaM datasets.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def show_version(*, wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"cdisc-tools {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """From a trial's raw spreadsheets to validated, traceable SDTM and ADaM datasets."""
    show_version(wanted=version)


app.command()(demo)
app.command()(run)
app.command()(convert)
app.command()(derive)
app.command()(validate)
app.command()(export)
app.command()(trace)
app.command()(report)
app.add_typer(terminology)
app.add_typer(spec)
app.add_typer(define)
app.add_typer(rules)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
