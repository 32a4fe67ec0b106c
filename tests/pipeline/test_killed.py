"""Commands that are killed at many moments leave the old folder or the new one, never half."""

import hashlib
import itertools
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

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
