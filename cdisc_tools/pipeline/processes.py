"""Worker processes that have imported what they need before there is work for them."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import forkserver

_IMPORTED = ["cdisc_tools.pipeline.shares"]
_FORKSERVER = "forkserver"


def prepare() -> None:
    """Start the process that workers are copies of; it imports while this one goes on.

    Systems without it (Windows) start each worker from nothing.
    """
    if _FORKSERVER in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context(_FORKSERVER)
        context.set_forkserver_preload(_IMPORTED)
        forkserver.ensure_running()


def worker_pool(workers: int) -> ProcessPoolExecutor:
    """Make a pool of worker processes."""
    known = multiprocessing.get_all_start_methods()
    method = _FORKSERVER if _FORKSERVER in known else "spawn"
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(method))
