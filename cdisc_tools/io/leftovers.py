"""Temporary files and folders: known by their names, locked while they are written, cleared when
the process that wrote them was ended.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_MARK = ".tmp-"
_LOCK = "lock"
NEW, OLD, GONE = "new", "old", "gone"


@contextmanager
def temporary_file(path: Path) -> Iterator[Path]:
    """Give an empty temporary file beside ``path``, removed at the end unless it was moved."""
    clear_leftovers(path)
    number, name = _made(lambda: _new_file(path))
    try:
        yield name
    finally:
        # closed first: Windows removes no open file
        os.close(number)
        name.unlink(missing_ok=True)


@contextmanager
def temporary_folder(folder: Path) -> Iterator[Path]:
    """Give an empty temporary folder beside ``folder``, removed at the end with all within.

    What it holds under ``OLD`` is the folder that was moved out of the place of ``folder``.
    """
    clear_leftovers(folder)
    number, temporary = _made(lambda: _new_folder(folder))
    try:
        yield temporary
    finally:
        os.close(number)
        _discard(temporary)


def clear_leftovers(path: Path) -> None:
    """Remove what ended processes left beside a file or folder, and finish what they began.

    A folder that was moved out of its place and not yet replaced goes back. What a living process
    has locked is not touched; nor is anything where the system has no locks.
    """
    if fcntl is None or not path.parent.is_dir():
        return
    for left in sorted(path.parent.glob(f"{_escaped(_prefix(path))}*")):
        number = _taken(left)
        if number is None:
            continue
        try:
            if (left / OLD).exists() and not path.exists():
                (left / OLD).rename(path)
            if left.is_dir():
                _discard(left)
            else:
                left.unlink(missing_ok=True)
        finally:
            os.close(number)


def _prefix(path: Path) -> str:
    return f".{path.name}{_MARK}"


def _escaped(name: str) -> str:
    """Write a name so that a pattern of names takes it as it stands."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _discard(temporary: Path) -> None:
    """Remove a temporary folder; a part of it is never taken for the folder that was moved out."""
    if (temporary / OLD).exists():
        (temporary / OLD).rename(temporary / GONE)
    shutil.rmtree(temporary, ignore_errors=True)


def _new_file(path: Path) -> tuple[int, Path]:
    number, name = tempfile.mkstemp(prefix=_prefix(path), suffix=path.suffix, dir=path.parent)
    return number, Path(name)


def _new_folder(folder: Path) -> tuple[int, Path]:
    temporary = Path(tempfile.mkdtemp(prefix=_prefix(folder), dir=folder.parent))
    return os.open(temporary / _LOCK, os.O_CREAT | os.O_RDWR), temporary


def _made(make: Callable[[], tuple[int, Path]]) -> tuple[int, Path]:
    """Make something temporary and lock it; anew where another process cleared it meanwhile."""
    while True:
        number, temporary = make()
        if _locks(number) and os.fstat(number).st_nlink:
            return number, temporary
        os.close(number)


def _locks(number: int) -> bool:
    """Lock an open file until it is closed or the process ends; False where another has it.

    On a file system without locks there is none, and what is left there stays.
    """
    if fcntl is None:
        return True
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _taken(left: Path) -> int | None:
    """Lock what no living process has locked; None for what one has, or what can't be locked.

    A folder without its lock was just made where it is empty; else its removal was cut short.
    """
    is_folder = left.is_dir()
    cut_short = is_folder and any(left.iterdir())
    try:
        number = os.open(
            left / _LOCK if is_folder else left, os.O_RDWR | (os.O_CREAT if cut_short else 0)
        )
    except OSError:
        return None
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(number)
        return None
    return number
