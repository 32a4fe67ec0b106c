"""A run's folder: written whole beside the old one, then put in its place."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cdisc_tools.io.leftovers import clear_leftovers
from cdisc_tools.io.parquet import write_frame, write_parquet
from cdisc_tools.io.placing import real_place
from cdisc_tools.io.writing import replacing_folder, write_text
from cdisc_tools.io.xpt import write_xpt
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import Study
from cdisc_tools.pipeline.manifest import make_manifest

MANIFEST = "manifest.json"


@contextmanager
def run_folder(
    output: Path, study: Study, inputs: Mapping[str, Path] | None = None
) -> Iterator[Path]:
    """Give a new folder for a run's files; it takes the place of ``output`` when all is written.

    The manifest is added last; it names ``inputs`` beside the files of the study. A file that no
    earlier run wrote is never lost.
    Raises ConfigurationError when ``output`` holds anything else, or is a link that leads nowhere.
    """
    output = real_place(output)
    clear_leftovers(output)
    foreign = _foreign_files(output)
    if foreign:
        raise ConfigurationError(
            f"{output} holds {len(foreign)} files that no earlier run wrote, such as {foreign[0]}; "
            "move them away or give another --output folder"
        )
    with replacing_folder(output) as made:
        yield made
        text = json.dumps(make_manifest(study, made, inputs), indent=2, ensure_ascii=False) + "\n"
        write_text(made / MANIFEST, text)


def _foreign_files(output: Path) -> list[str]:
    """The files of a folder that the manifest of an earlier run does not list."""
    if not output.exists():
        return []
    if not output.is_dir():
        return [output.name]
    found = {path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file()}
    try:
        listed = json.loads((output / MANIFEST).read_text(encoding="utf-8"))["outputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return sorted(found)
    return sorted(found - set(listed) - {MANIFEST})


def write_datasets(
    datasets: Iterable[Dataset], folder: Path, study: Study, lengths: Mapping[str, int]
) -> None:
    """Write datasets as XPT and Parquet, with their lineage or links.

    ``lengths`` are those of the texts over the whole study.
    """
    for dataset in datasets:
        name = dataset.name.lower()
        write_xpt(dataset, folder / f"{name}.xpt", study.timestamp, lengths=lengths)
        write_parquet(dataset, folder / "parquet" / f"{name}.parquet")
        for kind, frame in (("lineage", dataset.lineage), ("links", dataset.links)):
            if len(frame):
                write_frame(frame, folder / kind / f"{name}.parquet")
