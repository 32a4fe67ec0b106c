"""What a command says when it is stopped, or is given what it can't take."""

import pytest
import typer
from typer.testing import CliRunner

from cdisc_tools.cli.console import messages
from cdisc_tools.cli.main import app
from cdisc_tools.metadata.resources import sample_study_path

STOPPED = 130


def test_a_stopped_command_says_so_in_one_line():
    stopped = typer.Typer()

    @stopped.command()
    def wait() -> None:
        with messages(debug=False):
            raise KeyboardInterrupt

    result = CliRunner().invoke(stopped)
    assert result.exit_code == STOPPED
    assert result.stderr.strip() == "Stopped; no file was left half written"


@pytest.mark.parametrize("command", ["run", "convert", "package"])
def test_a_study_file_in_the_place_of_its_folder_is_told(command, tmp_path):
    file = sample_study_path() / "study.yaml"
    result = CliRunner().invoke(app, [command, str(file), "-o", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert result.stderr == f"Error: {file} is a file; give the study's folder, {file.parent}\n"
