"""What several tests need from outside: the shared reference folder."""

from pathlib import Path

import pytest

from tests.tables import SHARED_ABSENT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference facts and oracle data beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(SHARED_ABSENT)
    return folder
