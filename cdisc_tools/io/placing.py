"""A folder in the place of another: at once where the system can, and on the disk for good."""

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

from cdisc_tools.model.errors import ConfigurationError

_HERE = -100
_EXCHANGE, _SWAP = 2, 2
# the file system or the kernel has no such call
_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM})


def put_in_place(made: Path, folder: Path, old: Path) -> None:
    """Put a folder in the place of another; the other one is then at ``made`` or gone to ``old``.

    Where the system exchanges two folders in one step, there is no moment without a folder at the
    place. Elsewhere the old folder is put back where the change is cut short by an exception, and
    by ``leftovers.clear_leftovers`` where it is cut short by the end of the process.
    """
    if not folder.exists():
        made.rename(folder)
    elif not exchange(made, folder):
        _in_two_steps(made, folder, old)
    sync(folder.parent)


def real_place(folder: Path) -> Path:
    """The folder that a path leads to: a link stays, and what it leads to is replaced.

    Raises ConfigurationError for a link that leads nowhere.
    """
    if not folder.is_symlink():
        return folder
    if not folder.exists():
        raise ConfigurationError(
            f"{folder} is a link to {folder.readlink()}, where nothing is; make that folder, or "
            "remove the link"
        )
    return folder.resolve()


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders of a file system in one step; False where that can't be done."""
    call = _exchange_call()
    if call is None or call(os.fsencode(one), os.fsencode(other)) == 0:
        return call is not None
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


def _exchange_call() -> Callable[[bytes, bytes], int] | None:
    """The system's call that exchanges two paths: Linux has one, macOS another."""
    if sys.platform == "win32":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    if hasattr(library, "renameat2"):
        return lambda one, other: int(library.renameat2(_HERE, one, _HERE, other, _EXCHANGE))
    if hasattr(library, "renamex_np"):
        return lambda one, other: int(library.renamex_np(one, other, _SWAP))
    return None


def _in_two_steps(made: Path, folder: Path, old: Path) -> None:
    try:
        folder.rename(old)
        made.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise


def sync_tree(folder: Path) -> None:
    """Wait until every file and folder within a folder is on the disk."""
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Wait until a file, or the list of names of a folder, is on the disk.

    A file system that can't say is not asked twice; Windows opens no folder.
    """
    try:
        number = os.open(path, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
    finally:
        os.close(number)
