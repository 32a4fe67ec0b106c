"""What a run was made from: inputs, versions, specifications, outputs."""

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path

from cdisc_tools.metadata.resources import specs_path
from cdisc_tools.model.study import Study

PACKAGES = ("cdisc-tools", "pandas", "pandera", "pyarrow", "pyreadstat", "python-calamine", "scipy")


def make_manifest(study: Study, output: Path) -> dict[str, object]:
    """Describe a run: the study, versions, and the SHA-256 of every input and output file.

    Nothing of the machine or the clock is in it but the versions, so that the same run gives the
    same manifest on the same installation.
    """
    return {
        "study": study.study_id,
        "synthetic": study.synthetic,
        "standards": {"sdtm": study.sdtm, "adam": study.adam, "terminology": study.terminology},
        "data_cutoff": study.cutoff.isoformat(),
        "timestamp": study.timestamp.isoformat(),
        "versions": {"python": platform.python_version()} | {p: version(p) for p in PACKAGES},
        "inputs": hashes(study.folder, study_inputs(study)),
        "specs": hashes(specs_path(), used_specs(study)),
        "outputs": hashes(output, [path for path in output.rglob("*") if path.is_file()]),
    }


def study_inputs(study: Study) -> list[Path]:
    """The files of a study folder that a run reads."""
    raw = {study.folder / source.file for source in study.sources.values()}
    tables = [*(study.folder / "mapping").glob("*.csv"), *study.folder.glob("mapping.xlsx")]
    analysis = (study.folder / "analysis").rglob("*.yaml")
    return [study.folder / "study.yaml", *raw, *tables, *analysis]


def used_specs(study: Study) -> list[Path]:
    """The specification files that a run goes by."""
    specs = specs_path()
    folders = [
        specs / "standards" / study.sdtm, specs / "standards" / study.adam,
        specs / "terminology" / study.terminology, specs / "criteria", specs / "mapping",
    ]  # fmt: skip
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [specs / "checks.csv", *files]


def hashes(folder: Path, files: list[Path]) -> dict[str, str]:
    """SHA-256 of files by their path within ``folder``, sorted."""
    named = {path.relative_to(folder).as_posix(): path for path in files}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(named.items())
    }
