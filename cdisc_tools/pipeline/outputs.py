"""A run's folder: written whole beside the old one, then put in its place."""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cdisc_tools.io.parquet import write_frame, write_parquet
from cdisc_tools.io.writing import write_text
from cdisc_tools.io.xpt import write_xpt
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import Study
from cdisc_tools.pipeline.manifest import make_manifest

MANIFEST = "manifest.json"


@contextmanager
def run_folder(output: Path, study: Study) -> Iterator[Path]:
    """Give a new folder for a run's files; it takes the place of ``output`` when all is written.

    The manifest is added last. A folder that is no earlier run is never replaced.
    Raises ConfigurationError when ``output`` holds anything else.
    """
    if output.exists() and not (output / MANIFEST).is_file() and _holds_anything(output):
        raise ConfigurationError(
            f"{output} is not empty and holds no earlier run; give another --output folder"
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
    try:
        made = temporary / "new"
        made.mkdir()
        yield made
        text = json.dumps(make_manifest(study, made), indent=2, ensure_ascii=False) + "\n"
        write_text(made / MANIFEST, text)
        if output.exists():
            output.rename(temporary / "old")
        made.rename(output)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _holds_anything(output: Path) -> bool:
    return not output.is_dir() or any(output.iterdir())


def write_datasets(datasets: Iterable[Dataset], folder: Path, study: Study) -> None:
    """Write datasets as XPT and Parquet, with their lineage or links."""
    for dataset in datasets:
        name = dataset.name.lower()
        write_xpt(dataset, folder / f"{name}.xpt", study.timestamp)
        write_parquet(dataset, folder / "parquet" / f"{name}.parquet")
        for kind, frame in (("lineage", dataset.lineage), ("links", dataset.links)):
            if len(frame):
                write_frame(frame, folder / kind / f"{name}.parquet")
