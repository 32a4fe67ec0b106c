"""Exit codes, and how every command talks: results to stdout, talk to stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

CLEAN, FINDINGS, USAGE, BROKEN = 0, 1, 2, 3


def progress() -> Callable[[str], None]:
    """Tell each step on a terminal; say nothing when piped."""
    if not sys.stderr.isatty():
        return lambda _step: None
    return lambda step: typer.echo(f"... {step}", err=True)


@contextmanager
def messages(*, debug: bool) -> Iterator[None]:
    """Turn what goes wrong into one message and an exit code; ``debug`` shows the traceback."""
    from cdisc_tools.model.errors import ConfigurationError  # noqa: PLC0415

    try:
        yield
    except ConfigurationError as error:
        if debug:
            raise
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(USAGE) from error
    except KeyboardInterrupt:
        # files are written whole or not at all; Typer ends the process with 130
        typer.echo("Stopped; no file was left half written", err=True)
        raise
    # a closed pipe, as of `| head`, is for Typer to end
    except (typer.Exit, BrokenPipeError):
        raise
    except OSError as error:
        if debug:
            raise
        named = f"{error.filename}: " if error.filename else ""
        typer.echo(f"Error: {named}{error.strerror or error}", err=True)
        raise typer.Exit(USAGE) from error
    except Exception as error:
        if debug:
            raise
        typer.echo(
            f"Internal error: {type(error).__name__}: {error}. This is a fault of cdisc-tools; "
            "run again with --debug for the details to report.",
            err=True,
        )
        raise typer.Exit(BROKEN) from error


def exit_code(severities: dict[str, int], fail_on: str, *, broken: bool = False) -> int:
    """1 when there is a finding at or above ``fail_on`` (error, warning, note; never is 0).

    A ``broken`` rule is 3 whatever was found: what it would have found is not known.
    """
    if broken:
        return BROKEN
    order = ["error", "warning", "note"]
    if fail_on == "never":
        return CLEAN
    counted = order[: order.index(fail_on) + 1]
    return FINDINGS if any(severities[name] for name in counted) else CLEAN
