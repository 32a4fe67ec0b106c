"""Datasets against their schemas."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from cdisc_tools.io.datasets import dataset_files, read_dataset
from cdisc_tools.metadata.standards import dataset_spec, standard_of
from cdisc_tools.metadata.terminology import read_terminology
from cdisc_tools.metadata.validate import validate_dataset
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.specs import Codelist
from cdisc_tools.pipeline.progress import Progress, quiet

CAP = 100


def validate_datasets(
    datasets: Iterable[Dataset], codelists: Mapping[str, Codelist], *, cap: int = CAP
) -> Findings:
    """Check datasets against their schemas; of each check and variable ``cap`` are kept."""
    findings = Findings()
    for dataset in datasets:
        findings.extend(validate_dataset(dataset.frame, dataset.spec, codelists, cap=cap))
    return findings


def validate_folder(
    path: Path, *, standard: str = "", terminology: str = "", cap: int = CAP,
    progress: Progress = quiet,
) -> tuple[dict[str, int], Findings]:  # fmt: skip
    """Check a dataset file, or every dataset file of a folder, against its schema.

    ``standard`` is a folder of specs/standards for the SDTM datasets. Returns the records of
    each dataset, and the findings. Raises ConfigurationError when there is no dataset.
    """
    files = dataset_files(path)
    codelists = read_terminology(terminology) if terminology else read_terminology()
    counts, findings = {}, Findings()
    for file in files:
        name = file.stem.upper()
        progress(f"validating {name}")
        sdtm = standard_of(name) != standard_of("ADSL")
        dataset = read_dataset(file, dataset_spec(name, standard=standard if sdtm else ""))
        counts[name] = len(dataset.frame)
        findings.extend(validate_datasets([dataset], codelists, cap=cap))
    return counts, findings
