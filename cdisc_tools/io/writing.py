"""Files and folders that are written whole or not at all, whatever ends the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cdisc_tools.io.leftovers import NEW, OLD, temporary_file, temporary_folder
from cdisc_tools.io.placing import put_in_place, real_place, sync, sync_tree


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``, renamed to it when the block ends well.

    What an ended process left of such a file is removed first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary_file(path) as temporary:
        yield temporary
        temporary.chmod(0o644)
        sync(temporary)
        temporary.replace(path)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Give a new folder beside ``folder``, which takes its place when the block ends well.

    Where the block or the change of places fails, the old folder stays as it was. What an ended
    process left of such a folder is removed first, and an old folder that it had moved away put
    back. Where ``folder`` is a link, the folder that it leads to is replaced.
    Raises ConfigurationError for a link that leads nowhere.
    """
    folder = real_place(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(folder) as temporary:
        made = temporary / NEW
        made.mkdir()
        yield made
        sync_tree(made)
        put_in_place(made, folder, temporary / OLD)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole, with the line ends as given."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)
