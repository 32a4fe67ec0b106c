"""SDTM datasets to ADaM datasets and results, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from cdisc_tools.derivations.adam import derive_adam
from cdisc_tools.derivations.results import compute_ae_table, compute_results
from cdisc_tools.io.datasets import dataset_files, read_dataset
from cdisc_tools.io.writing import write_text
from cdisc_tools.io.xpt import longer_of, study_lengths
from cdisc_tools.metadata.analysis import read_analysis
from cdisc_tools.metadata.study import read_study
from cdisc_tools.metadata.study_standards import StudyStandards, read_study_standards
from cdisc_tools.model.analysis import Analysis
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.results import Result
from cdisc_tools.model.study import Study
from cdisc_tools.pipeline.outputs import run_folder, write_datasets
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.validate import validate_datasets
from cdisc_tools.reports.findings import findings_csv, findings_json
from cdisc_tools.reports.results import results_csv
from cdisc_tools.reports.tables import table_csv

SAFETY = "SAFFL"
NO_FILES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Derivation:
    """A study's ADaM datasets and what follows from them.

    ``results`` are the figures that the study asks for, ``ae_table`` subjects by term and worst
    grade; ``sdtm_lengths`` the lengths of the texts of the SDTM datasets that were read, in bytes.
    """

    analysis: Analysis
    datasets: dict[str, Dataset]
    results: list[Result]
    ae_table: pd.DataFrame
    findings: Findings
    sdtm_lengths: Mapping[str, int] = field(default_factory=dict)


def derive_study(
    study: Study, sdtm: Mapping[str, pd.DataFrame], standards: StudyStandards
) -> Derivation:
    """Derive a study's ADaM datasets and results from its SDTM frames.

    Raises ConfigurationError when the study has no analysis definitions or a dataset that they
    name is absent.
    """
    folder = study.folder / "analysis"
    if not folder.is_dir():
        raise ConfigurationError(
            f"{study.folder} has no folder `analysis`: there is nothing to derive; add the "
            "definitions, or use `cdisc-tools convert` for SDTM alone"
        )
    analysis = replace(
        read_analysis(folder, standard=study.adam), datasets=standards.analysis_datasets()
    )
    adam = derive_adam(sdtm, analysis, cutoff=study.cutoff)
    datasets = {
        name: Dataset(analysis.datasets[name], frame, links=adam.links.get(name, pd.DataFrame()))
        for name, frame in adam.frames.items()
    }
    return Derivation(
        analysis=analysis,
        datasets=datasets,
        results=compute_results(adam, analysis),
        ae_table=compute_ae_table(adam.frames["ADAE"], adam.frames["ADSL"], population=SAFETY),
        findings=adam.findings,
    )


def derive_folder(
    study_folder: Path, sdtm: Path, progress: Progress = quiet
) -> tuple[Study, Derivation]:
    """Derive ADaM from the SDTM dataset files of a folder.

    Raises ConfigurationError for a wrong study folder, or one without dataset files.
    """
    study = read_study(study_folder)
    standards = read_study_standards(study)
    files = dataset_files(sdtm)
    progress(f"reading {len(files)} SDTM datasets")
    datasets = [read_dataset(file, partial(standards.dataset_spec, file.stem)) for file in files]
    frames = {dataset.name: dataset.frame for dataset in datasets}
    progress("deriving ADaM datasets")
    derivation = derive_study(study, frames, standards)
    found = validate_datasets(list(derivation.datasets.values()), standards)
    derivation.findings.extend(found)
    return study, replace(derivation, sdtm_lengths=study_lengths(datasets))


def write_derivation(
    study: Study, derivation: Derivation, output: Path, further: Mapping[str, str] = NO_FILES
) -> None:
    """Write ADaM datasets, results and findings; the folder is replaced as a whole.

    ``further`` are the texts of other files by name.
    """
    with run_folder(output, study) as folder:
        adam = study_lengths(derivation.datasets.values())
        lengths = longer_of(derivation.sdtm_lengths, adam)
        write_derivation_files(study, derivation, folder, lengths)
        for name, text in further.items():
            write_text(folder / name, text)
        write_text(folder / "findings.csv", findings_csv(derivation.findings))
        write_text(folder / "findings.json", findings_json(derivation.findings))


def write_derivation_files(
    study: Study, derivation: Derivation, folder: Path, lengths: Mapping[str, int]
) -> None:
    """Write what a derivation made into the folder of a run; ``lengths`` are those of the texts."""
    write_datasets(derivation.datasets.values(), folder / "adam", study, lengths)
    write_text(folder / "results.csv", results_csv(derivation.results))
    write_text(folder / "ae_worst_grade.csv", table_csv(derivation.ae_table))
