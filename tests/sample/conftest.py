"""The sample study, read, mapped and derived once for all tests of this folder."""

from dataclasses import dataclass

import pandas as pd
import pytest

from cdisc_tools.derivations.adam import derive_adam
from cdisc_tools.io.raw import read_sources
from cdisc_tools.mapping.engine import MappingResult, map_study
from cdisc_tools.metadata.analysis import read_analysis
from cdisc_tools.metadata.mapping_tables import read_mapping
from cdisc_tools.metadata.resources import read_table, sample_study_path, specs_path
from cdisc_tools.metadata.study import read_study
from cdisc_tools.metadata.study_standards import read_study_standards
from cdisc_tools.model.analysis import Analysis
from cdisc_tools.model.data import RawTable
from cdisc_tools.model.findings import Finding
from cdisc_tools.model.results import AdamResult
from cdisc_tools.model.study import Study


@dataclass(frozen=True)
class Sample:
    """The sample study: its raw tables, what mapping made of them, and all findings so far."""

    study: Study
    tables: dict[str, RawTable]
    result: MappingResult
    findings: list[Finding]

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The SDTM frames by dataset."""
        return {name: dataset.frame for name, dataset in self.result.datasets.items()}


@pytest.fixture(scope="session")
def sample() -> Sample:
    folder = sample_study_path()
    study = read_study(folder)
    tables, reading = read_sources(study)
    words = {
        line["word"]: line["meaning"]
        for line in read_table(specs_path() / "mapping" / "date_words.csv", ("word",))
    }
    mapping = read_mapping(folder)
    result = map_study(study, mapping, tables, read_study_standards(study), words)
    return Sample(study, tables, result, [*reading, *result.findings])


@pytest.fixture(scope="session")
def analysis() -> Analysis:
    return read_analysis(sample_study_path() / "analysis")


@pytest.fixture(scope="session")
def adam(sample: Sample, analysis: Analysis) -> AdamResult:
    return derive_adam(sample.frames, analysis, cutoff=sample.study.cutoff)
