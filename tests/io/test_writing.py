"""Files and folders written whole or not at all: exceptions, ended processes, leftovers."""

import multiprocessing
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cdisc_tools.io import leftovers, placing
from cdisc_tools.io.datasets import dataset_files
from cdisc_tools.io.leftovers import clear_leftovers
from cdisc_tools.io.writing import replacing, replacing_folder, write_text
from cdisc_tools.model.errors import ConfigurationError

WAYS = ("at once", "in two steps")


@pytest.fixture(params=WAYS)
def folder(request, tmp_path, monkeypatch):
    """A folder that holds "new", which has replaced "old"; folders are exchanged in either way."""
    if request.param == "in two steps":
        monkeypatch.setattr(placing, "_exchange_call", lambda: None)
    made = tmp_path / "tables [1]"
    for text in ("old", "new"):
        fill(made, text)
    return made


def fill(folder, text):
    with replacing_folder(folder) as made:
        for name in ("a.csv", "b/c.csv"):
            (made / name).parent.mkdir(exist_ok=True)
            (made / name).write_text(text)


def content(folder):
    return {path.read_text() for path in folder.rglob("*") if path.is_file()}


def names(folder):
    return [path.name for path in folder.parent.iterdir()]


def test_a_folder_is_replaced(folder):
    assert content(folder) == {"new"}
    assert names(folder) == ["tables [1]"]


@pytest.mark.parametrize("hops", [1, 2])
def test_a_link_stays_and_its_folder_is_replaced(folder, tmp_path, hops):
    link = tmp_path / "elsewhere" / "link"
    link.parent.mkdir()
    target = folder
    for number in range(hops):
        link = link.with_name(f"link{number}")
        link.symlink_to(target)
        target = link
    fill(link, "newer")
    assert link.is_symlink()
    assert content(folder) == {"newer"}
    assert sorted(names(folder)) == ["elsewhere", "tables [1]"]
    assert all(path.is_symlink() for path in link.parent.iterdir())


@pytest.mark.parametrize("target", ["absent", "link"])
def test_a_link_that_leads_nowhere_is_refused(tmp_path, target):
    link = tmp_path / "link"
    link.symlink_to(tmp_path / target)
    with pytest.raises(ConfigurationError, match=r"link is a link to .*, where nothing is; make"):
        fill(link, "new")
    assert link.is_symlink()
    assert names(link) == ["link"]


def test_a_block_that_fails_leaves_the_old_folder(folder):
    with pytest.raises(FileNotFoundError), replacing_folder(folder) as made:
        (made / "absent" / "a.csv").write_text("half")
    assert content(folder) == {"new"}
    assert names(folder) == ["tables [1]"]


@pytest.mark.parametrize("step", ["old", "new"])
def test_a_change_of_places_that_is_cut_short_leaves_the_old_folder(folder, monkeypatch, step):
    rename = Path.rename

    def stopped(path, target):
        if step in {path.name, target.name}:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(placing, "_exchange_call", lambda: None)
    monkeypatch.setattr(Path, "rename", stopped)
    with pytest.raises(KeyboardInterrupt):
        fill(folder, "half")
    assert content(folder) == {"new"}
    assert names(folder) == ["tables [1]"]


def test_an_error_of_the_exchange_is_told(folder, monkeypatch):
    def full(*_paths):
        placing.ctypes.set_errno(28)
        return -1

    monkeypatch.setattr(placing, "_exchange_call", lambda: full)
    with pytest.raises(OSError, match="No space"):
        fill(folder, "half")
    assert content(folder) == {"new"}


def test_a_system_without_the_exchange_takes_two_steps(folder, monkeypatch):
    def unknown(*_paths):
        placing.ctypes.set_errno(38)
        return -1

    monkeypatch.setattr(placing, "_exchange_call", lambda: unknown)
    fill(folder, "newer")
    assert content(folder) == {"newer"}
    assert names(folder) == ["tables [1]"]


# where the process ends itself: while it writes, before and within the change of places, at the
# removal of the old folder
SCRIPT = """
import os, shutil, signal, sys
from pathlib import Path
from cdisc_tools.io import leftovers, placing, writing
step, way = sys.argv[2], sys.argv[3]
if way == "in two steps":
    placing._exchange_call = lambda: None
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
rename = Path.rename
def renamed(path, target):
    rename(path, target)
    if step in (f"to {target.name}", f"of {path.name}"):
        die()
if step == "put":
    writing.put_in_place = die
elif step == "remove":
    leftovers.shutil.rmtree = die
else:
    Path.rename = renamed
with writing.replacing_folder(Path(sys.argv[1])) as made:
    (made / "a.csv").write_text("half")
    if step == "write":
        die()
    (made / "b").mkdir()
    (made / "b" / "c.csv").write_text("half")
"""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("step", "after"), [
    ("write", "new"), ("put", "new"), ("to old", "new"), ("of new", "half"), ("remove", "half"),
    ("to gone", "half"),
])  # fmt: skip
def test_a_killed_process_leaves_the_old_folder_or_the_new_one(tmp_path, step, after, way):
    folder = tmp_path / "tables"
    fill(folder, "new")
    if way == "at once" and step in ("to old", "of new", "to gone"):
        pytest.skip("an exchange in one step has no such moment")
    words = [sys.executable, "-c", SCRIPT, str(folder), step, way]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    assert folder.exists() != (step == "to old")
    clear_leftovers(folder)
    assert content(folder) == {after}
    assert len(list(folder.rglob("*.csv"))) == 2
    assert names(folder) == ["tables"]


def write_slowly(path, begun, go_on):
    with replacing_folder(path) as made, replacing(path.parent / "a.xpt") as file:
        (made / "a.csv").write_text("slow")
        file.write_text("slow")
        begun.set()
        go_on.wait(30)


def test_what_a_living_process_writes_is_not_touched(tmp_path):
    folder = tmp_path / "tables"
    context = multiprocessing.get_context("spawn")
    begun, go_on = context.Event(), context.Event()
    process = context.Process(target=write_slowly, args=(folder, begun, go_on))
    process.start()
    try:
        assert begun.wait(30)
        fill(folder, "quick")
        write_text(tmp_path / "a.xpt", "quick")
        assert len(names(folder)) == 4
    finally:
        go_on.set()
        process.join(30)
    assert process.exitcode == 0
    assert content(folder) == {"slow"}
    assert (tmp_path / "a.xpt").read_text() == "slow"
    assert sorted(names(folder)) == ["a.xpt", "tables"]


def test_what_a_killed_process_left_of_a_file_is_no_dataset_and_goes(tmp_path):
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from cdisc_tools.io.writing import replacing\n"
        "with replacing(Path(sys.argv[1])) as made:\n"
        "    made.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    write_text(tmp_path / "ae.xpt", "old")
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code, str(tmp_path / "ae.xpt")], check=False)
        assert len(list(tmp_path.iterdir())) == 2
    assert dataset_files(tmp_path) == [tmp_path / "ae.xpt"]
    write_text(tmp_path / "ae.xpt", "new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.parametrize("name", ["tables.tmp-notes", ".tables", ".tables.tmp", ".other.tmp-1"])
def test_files_of_the_user_are_no_leftovers(tmp_path, name):
    (tmp_path / name).write_text("mine")
    fill(tmp_path / "tables", "new")
    assert (tmp_path / name).read_text() == "mine"


def test_a_temporary_file_that_was_cleared_before_its_lock_is_made_anew(tmp_path, monkeypatch):
    made, lock = [], leftovers._locks

    def cleared(number):
        if not made:
            made.extend(tmp_path.iterdir())
            made[0].unlink()
        return lock(number)

    monkeypatch.setattr(leftovers, "_locks", cleared)
    write_text(tmp_path / "a.csv", "new")
    assert made
    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]


def test_without_locks_nothing_is_cleared(tmp_path, monkeypatch):
    left = tmp_path / ".a.csv.tmp-12345678.csv"
    left.write_text("half")
    monkeypatch.setattr(leftovers, "fcntl", None)
    write_text(tmp_path / "a.csv", "new")
    assert left.exists()
    monkeypatch.undo()
    write_text(tmp_path / "a.csv", "newer")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_removal_that_was_cut_short_is_finished(tmp_path):
    left = tmp_path / ".tables.tmp-12345678"
    (left / "gone").mkdir(parents=True)
    (left / "gone" / "a.csv").write_text("old")
    fill(tmp_path / "tables", "new")
    assert names(tmp_path / "tables") == ["tables"]
