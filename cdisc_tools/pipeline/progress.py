"""How a run tells what it is doing; the pipeline itself prints nothing."""

from collections.abc import Callable

Progress = Callable[[str], None]


def quiet(_step: str) -> None:
    """Say nothing."""
