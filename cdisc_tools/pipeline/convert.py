"""Raw forms to SDTM datasets, in memory."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cdisc_tools.io.raw import read_sources
from cdisc_tools.mapping.engine import map_study
from cdisc_tools.metadata.mapping_tables import read_mapping
from cdisc_tools.metadata.resources import read_date_words
from cdisc_tools.metadata.study import read_study
from cdisc_tools.metadata.study_standards import StudyStandards, read_study_standards
from cdisc_tools.model.data import Dataset, RawTable
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.study import Study
from cdisc_tools.pipeline.progress import Progress, quiet


@dataclass(frozen=True)
class Conversion:
    """A study's raw forms and the SDTM datasets made of them.

    ``unmapped`` has one record per filled raw cell that became part of no dataset.
    """

    study: Study
    standards: StudyStandards
    tables: dict[str, RawTable]
    datasets: dict[str, Dataset]
    findings: Findings
    unmapped: pd.DataFrame


def convert_study(folder: Path, progress: Progress = quiet) -> Conversion:
    """Read a study folder's raw forms and map them to SDTM.

    Raises ConfigurationError for anything wrong in the study folder itself.
    """
    study = read_study(folder)
    mapping = read_mapping(folder, study.datasets)
    standards = read_study_standards(study)
    progress(f"reading {len(study.sources)} raw forms")
    tables, findings = read_sources(study)
    progress(f"mapping to {len(mapping.datasets()) + len(mapping.design)} SDTM datasets")
    result = map_study(study, mapping, tables, standards, read_date_words())
    findings.extend(result.findings)
    found = findings.without_repeats()
    return Conversion(study, standards, tables, result.datasets, found, result.unmapped)
