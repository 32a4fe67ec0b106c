"""The sample study, run once for all tests of a session, and packages of it."""

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
    # the displays of the analysis show datasets that are left out
    facts = replace(facts, datasets=datasets, analysis=None)
    specification = complete_for_define(build_specification(facts, layout="2.1"))
    return replace(part, datasets=datasets, specification=specification)


@pytest.fixture(scope="session")
def small_tree(
    small_package: Package, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, PackageCheck]:
    """The small package as files, and what its pre-check found."""
    output = tmp_path_factory.mktemp("small") / "package"
    return output, write_package(small_package, output)
