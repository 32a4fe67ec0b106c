"""A process that runs commands in children of its own and kills them at given moments.

Everything is imported and the rules are read once, so that a child spends its time on the command
alone. Each line of the input is a command's words and the seconds after which it is killed, as
JSON; the answer is how it ended and how long it took.
"""

import functools
import json
import os
import signal
import sys
import time

from cdisc_tools.cli.main import app
from cdisc_tools.pipeline import export, package, run, validation  # noqa: F401  # what commands import
from cdisc_tools.reports import results, summary  # noqa: F401

STEP = 0.0005


def command(words: list[str]) -> None:
    """Run a command without its output; never returns."""
    with open(os.devnull, "w", encoding="utf-8") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
        try:
            app(words, standalone_mode=False)
        finally:
            os._exit(0)


def ended(child: int, seconds: float) -> tuple[str, float]:
    """Wait so long for a child, then kill it: how it ended, and after how long."""
    begun = time.monotonic()
    while True:
        number, _ = os.waitpid(child, os.WNOHANG)
        since = time.monotonic() - begun
        if number:
            return "finished", since
        if since >= seconds:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "killed", since
        time.sleep(STEP)


def main() -> None:
    """Answer each line of the input."""
    validation.read_rules = functools.lru_cache(validation.read_rules)
    validation.read_rules(())
    for line in sys.stdin:
        words, seconds = json.loads(line)
        child = os.fork()
        if not child:
            command(words)
        sys.stdout.write(json.dumps(ended(child, seconds)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
