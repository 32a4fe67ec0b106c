"""The whole way: raw forms to validated SDTM and ADaM, results, and files."""

from dataclasses import dataclass
from pathlib import Path

from cdisc_tools.io.writing import write_text
from cdisc_tools.io.xpt import study_lengths
from cdisc_tools.model.findings import Findings
from cdisc_tools.pipeline.convert import Conversion, convert_study
from cdisc_tools.pipeline.derive import Derivation, derive_study, write_derivation_files
from cdisc_tools.pipeline.outputs import run_folder, write_datasets
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.validate import validate_datasets
from cdisc_tools.reports.findings import findings_csv, findings_json
from cdisc_tools.reports.tables import table_csv


@dataclass(frozen=True)
class Run:
    """Everything that a run made; ``derivation`` is None for a study without analysis."""

    conversion: Conversion
    derivation: Derivation | None
    findings: Findings


def run_study(folder: Path, progress: Progress = quiet, *, analyse: bool = True) -> Run:
    """Convert, derive and validate a study in memory.

    ``analyse`` False leaves ADaM out. Raises ConfigurationError for a wrong study folder.
    """
    conversion = convert_study(folder, progress)
    study = conversion.study
    findings = Findings()
    findings.extend(conversion.findings)
    datasets = list(conversion.datasets.values())
    derivation = None
    if analyse and study.analysis:
        progress("deriving ADaM datasets")
        sdtm = {name: dataset.frame for name, dataset in conversion.datasets.items()}
        derivation = derive_study(study, sdtm, conversion.standards)
        findings.extend(derivation.findings)
        datasets += derivation.datasets.values()
    progress(f"validating {len(datasets)} datasets")
    findings.extend(validate_datasets(datasets, conversion.standards))
    return Run(conversion, derivation, findings)


def write_run(run: Run, output: Path, progress: Progress = quiet) -> None:
    """Write a run's files: datasets, findings, unmapped cells, results, manifest.

    The folder is replaced as a whole: it holds either the old run or the new one.
    """
    study = run.conversion.study
    progress(f"writing {output}")
    with run_folder(output, study) as folder:
        datasets = [*run.conversion.datasets.values()]
        analysed = [] if run.derivation is None else [*run.derivation.datasets.values()]
        lengths = study_lengths(datasets + analysed)
        write_datasets(datasets, folder / "sdtm", study, lengths)
        write_text(folder / "findings.csv", findings_csv(run.findings))
        write_text(folder / "findings.json", findings_json(run.findings))
        write_text(folder / "unmapped_cells.csv", table_csv(run.conversion.unmapped))
        if run.derivation is not None:
            write_derivation_files(study, run.derivation, folder, lengths)
