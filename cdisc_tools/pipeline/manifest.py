"""What a run was made from: inputs, versions, specifications, outputs."""

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from cdisc_tools.metadata.resources import specs_path
from cdisc_tools.metadata.specification import SPEC_FOLDER
from cdisc_tools.metadata.terminology_store import data_folder, terminology_files
from cdisc_tools.model.study import Study

PACKAGES = ("cdisc-tools", "pandas", "pandera", "pyarrow", "pyreadstat", "python-calamine", "scipy")


def make_manifest(
    study: Study, output: Path, inputs: Mapping[str, Path] | None = None
) -> dict[str, object]:
    """Describe a run: the study, versions, and the SHA-256 of every input and output file.

    ``inputs`` are further files by the names they are told under: what a run reads in the place
    of raw forms.
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
        "inputs": hashes(study.folder, study_inputs(study)) | _named_hashes(inputs or {}),
        "dictionaries": _dictionary_hashes(study),
        "specs": hashes(specs_path(), used_specs(study)) | _terminology_hashes(study),
        "outputs": hashes(output, [path for path in output.rglob("*") if path.is_file()]),
    }


def study_inputs(study: Study) -> list[Path]:
    """The files of a study folder that a run reads."""
    raw = {study.folder / source.file for source in study.sources.values()}
    tables = [*(study.folder / "mapping").glob("*.csv"), *study.folder.glob("mapping.xlsx")]
    analysis = (study.folder / "analysis").rglob("*.yaml")
    specification = (study.folder / SPEC_FOLDER).rglob("*.csv")
    read = [path for path in raw if path.is_file()]
    return [study.folder / "study.yaml", *read, *tables, *analysis, *specification]


def used_specs(study: Study) -> list[Path]:
    """The specification files that a run goes by."""
    specs = specs_path()
    folders = [
        specs / "standards" / study.sdtm, specs / "standards" / study.adam,
        specs / "criteria", specs / "mapping",
    ]  # fmt: skip
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [specs / "checks.csv", *files]


def _dictionary_hashes(study: Study) -> dict[str, dict[str, str]]:
    """SHA-256 of the files of the study's licensed dictionaries, which may lie anywhere."""
    found = {}
    for dictionary in study.dictionaries:
        path = study.folder / dictionary.path
        files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
        found[dictionary.name] = hashes(path if path.is_dir() else path.parent, files)
    return found


def _terminology_hashes(study: Study) -> dict[str, str]:
    """SHA-256 of the terminology, shipped or imported, by version, package and file."""
    shipped = specs_path()
    files = terminology_files(study.terminology)
    own = [path for path in files if path.is_relative_to(shipped)]
    imported = [path for path in files if not path.is_relative_to(shipped)]
    return hashes(shipped, own) | hashes(data_folder(), imported)


def hashes(folder: Path, files: list[Path]) -> dict[str, str]:
    """SHA-256 of files by their path within ``folder``, sorted."""
    return _named_hashes({path.relative_to(folder).as_posix(): path for path in files})


def _named_hashes(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: _hash(path) for name, path in sorted(files.items())}


def _hash(path: Path) -> str:
    """SHA-256 of a file, however large."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
