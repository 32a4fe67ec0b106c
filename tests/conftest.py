"""What several tests need from outside: the shared reference folder."""

from collections.abc import Iterator
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


@pytest.fixture(autouse=True, scope="session")
def _no_user_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests from what the user imported: their data folder is a temporary one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDISC_TOOLS_DATA", str(tmp_path_factory.mktemp("data")))
        yield
