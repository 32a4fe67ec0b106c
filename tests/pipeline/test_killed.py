"""Commands that are killed at many moments leave what was or what comes, never half of it."""

import hashlib
import itertools
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from cdisc_tools.io.side_files import side_path
from cdisc_tools.io.transports import TRANSPORTS
from cdisc_tools.model.special_missing import missing_number
from tests.io.streams import stream, values_or_refused
from tests.mapping.small_study import write_study

ROOT = Path(__file__).parents[2]
EVENTS = """
    Subject  Term      Start
    01-001   Headache  2019-03-12
    01-002   Nausea    2019-04-03
"""
AE = """
    variable  algorithm        source  column  value
    .         records          events  .       .
    AETERM    assign_no_ct     .       Term    .
    AESTDTC   assign_datetime  .       Start   .
    AESEQ     derive_sequence  .       .       AESTDTC
"""
KILLS, NEVER = 20, 60.0


class Killer:
    """The process of ``killing.py``: ends commands after some seconds."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.pipeline.killing"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, words, seconds=NEVER):
        self.process.stdin.write(json.dumps([[str(word) for word in words], seconds]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def killer():
    made = Killer()
    yield made
    made.process.stdin.close()
    assert made.process.wait(30) == 0
    made.process.stdout.close()


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def moments():
    """Shares of a command's time, without end: two of three spread over it, one about its end."""
    seeded = random.Random(6)
    for number in itertools.count():
        yield seeded.uniform(0.8, 1.05) if number % 3 == 2 else seeded.random()


@pytest.mark.skipif(sys.platform == "win32", reason="a process can't be forked there")
@pytest.mark.parametrize("command", ["run", "package"])
def test_a_killed_command_leaves_the_old_folder_or_the_new_one(tmp_path, killer, command):
    study, output = tmp_path / "study", tmp_path / "out" / "folder"
    write_study(study, {"events": EVENTS}, {"ae": AE})
    words = [command, study, "--output", output]
    assert killer.run(words)[0] == "finished"
    old = files_of(output)
    path = study / "raw" / "events.csv"
    path.write_text(path.read_text().replace("Headache", "Migraine"))
    how, longest = killer.run([command, study, "--output", tmp_path / "new"])
    new = files_of(tmp_path / "new")
    assert how == "finished"
    assert old != new

    kills = 0
    for share in moments():
        how, seconds = killer.run(words, share * longest)
        state = files_of(output)
        assert state in (old, new), f"half a folder after {seconds:.3f} of {longest:.3f} s"
        kills += how == "killed"
        if kills == KILLS:
            break
        if how == "finished":
            # a machine with less to do is quicker
            longest = min(longest, seconds)
        if state == new:
            path.write_text(path.read_text().replace("Migraine", "Headache"))
            killer.run(words)
            assert files_of(output) == old
            path.write_text(path.read_text().replace("Headache", "Migraine"))
    assert killer.run(words)[0] == "finished"
    assert files_of(output) == new
    assert [item.name for item in output.parent.iterdir()] == ["folder"]


# the numbers of two datasets before and after; special missing values need a side file
NUMBERS = {
    "ae": ([missing_number("A"), None], [None, None]),
    "dm": ([None, 1.0], [missing_number("B"), 1.0]),
    "vs": ([missing_number("C"), 1.0], [1.0, missing_number("C")]),
}


@pytest.mark.skipif(sys.platform == "win32", reason="a process can't be forked there")
def test_a_killed_export_leaves_pairs_of_data_and_side_file_or_a_refusal(tmp_path, killer):
    folders = [tmp_path / "old", tmp_path / "new"]
    for place, folder in enumerate(folders):
        folder.mkdir()
        for name, numbers in NUMBERS.items():
            made = stream(name.upper(), N=numbers[place] + [2.0])
            TRANSPORTS["parquet"].write([made], folder / f"{name}.parquet", None)
    output = tmp_path / "out"
    words = [["export", folder, "--to", "json", "--output", output] for folder in folders]
    expected, longest = [], NEVER
    for command in words:
        how, longest = killer.run(command)
        assert how == "finished"
        expected.append({name: values_or_refused(output / f"{name}.json") for name in NUMBERS})
    assert all(side_path(output / f"{name}.json").exists() for name in ("dm", "vs"))

    kills = 0
    for turn, share in enumerate(moments()):
        how, seconds = killer.run(words[turn % 2], share * longest)
        for name in NUMBERS:
            found = values_or_refused(output / f"{name}.json")
            assert found in (None, *(values[name] for values in expected)), (name, seconds)
        kills += how == "killed"
        if kills == KILLS:
            break
    for command, values in zip(words, expected, strict=True):
        assert killer.run(command)[0] == "finished"
        assert {name: values_or_refused(output / f"{name}.json") for name in NUMBERS} == values
    assert [item.name for item in output.iterdir() if item.name.startswith(".")] == []
