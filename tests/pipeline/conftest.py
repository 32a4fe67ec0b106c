"""The sample study, run once for all tests of a session."""

import pytest

from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.pipeline.run import Run, run_study


@pytest.fixture(scope="session")
def sample_run() -> Run:
    return run_study(sample_study_path())
