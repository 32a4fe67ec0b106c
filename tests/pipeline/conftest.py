"""The sample study, run once for all tests of a session, and packages of it."""

import fcntl
import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cdisc_tools.metadata.define_completion import complete_for_define
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.model.submission import PackageCheck
from cdisc_tools.pipeline.package import Package, write_package
from cdisc_tools.pipeline.package_parts import Part, parts_of_run
from cdisc_tools.pipeline.run import Run, run_study
from cdisc_tools.pipeline.specification import study_facts
from cdisc_tools.pipeline.specification_building import build_specification

# what a small package of the sample study holds
KEPT = frozenset({"DM", "TS", "AE", "DV", "SUPPDM", "ADSL", "ADAE"})


@pytest.fixture(scope="session")
def sample_run() -> Run:
    return run_study(sample_study_path())


@pytest.fixture(scope="session")
def sample_package(sample_run: Run) -> Package:
    """What goes into the package of the sample study."""
    parts = tuple(parts_of_run(sample_run, sample_study_path()))
    return Package(sample_run.conversion.study, parts, (), sample_run)


@pytest.fixture(scope="session")
def small_package(sample_package: Package, sample_run: Run) -> Package:
    """The sample study's package with a few of its datasets."""
    parts = [_smaller(part, sample_run) for part in sample_package.parts]
    return replace(sample_package, parts=tuple(parts))


def _smaller(part: Part, run: Run) -> Part:
    datasets = tuple(dataset for dataset in part.datasets if dataset.name in KEPT)
    facts = study_facts(run, sample_study_path(), part.standard)
    facts = replace(facts, datasets=datasets)
    specification = complete_for_define(build_specification(facts, layout="2.1"))
    return replace(part, datasets=datasets, specification=specification)


OncePackaged = Callable[[str, Callable[[Path], PackageCheck]], tuple[Path, PackageCheck]]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> OncePackaged:
    """Make a package once for all workers of a session; the others wait for it.

    What is asked for is its name and what writes it; the tests only read it.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def made(name: str, write: Callable[[Path], PackageCheck]) -> tuple[Path, PackageCheck]:
        folder = base / f"once-{name}"
        folder.mkdir(exist_ok=True)
        output, kept = folder / "package", folder / "check.pickle"
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                kept.write_bytes(pickle.dumps(write(output)))
            return output, pickle.loads(kept.read_bytes())

    return made


@pytest.fixture(scope="session")
def small_tree(request: pytest.FixtureRequest, once: OncePackaged) -> tuple[Path, PackageCheck]:
    """The small package as files, and what its pre-check found."""
    return once(
        "small", lambda output: write_package(request.getfixturevalue("small_package"), output)
    )
