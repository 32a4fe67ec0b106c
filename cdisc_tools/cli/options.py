"""Arguments and options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class FailOn(StrEnum):
    """The least severity that makes a command exit with 1."""

    error = "error"
    warning = "warning"
    note = "note"
    never = "never"


class Format(StrEnum):
    """How findings are printed."""

    text = "text"
    json = "json"
    csv = "csv"


class ReportFormat(StrEnum):
    """The form of a validation's report."""

    text = "text"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"
    junit = "junit"
    sarif = "sarif"
    github = "github"
    xlsx = "xlsx"


StudyFolder = Annotated[
    Path, typer.Argument(metavar="STUDY", help="Study folder, the one that holds study.yaml.")
]
Output = Annotated[Path, typer.Option("--output", "-o", help="Folder for the files of the run.")]
FailOnOption = Annotated[
    FailOn, typer.Option("--fail-on", help="Exit with 1 at findings of this severity or above.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
