"""The CDISC pilot's SDTM, and its laboratory results many times over, judged by all rules."""

import shutil
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cdisc_tools.io.xpt_reading import open_xpt
from cdisc_tools.io.xpt_writing import write_xpt_streams
from cdisc_tools.model.transport import DatasetStream

SHARED = Path(__file__).parents[3] / "shared" / "data"
PILOT = SHARED / "cdisc-pilot-sdtm.zip"
OPEN_RULES = SHARED / "core-open-rules.zip"
# what the laboratory results are looked up in
LOOKED_INTO = ("dm", "ex", "sv", "tv")


def unpack_pilot(folder: Path) -> Path:
    """Unpack the pilot's datasets into a new folder."""
    target = folder / "pilot"
    with zipfile.ZipFile(PILOT) as archive:
        for name in archive.namelist():
            if name.endswith(".xpt"):
                path = target / Path(name).name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))
    return target


def replicate(source: Path, target: Path, times: int) -> int:
    """Write a transport file whose records come several times, each time of other subjects.

    The first two characters of USUBJID tell the copy. Returns the number of records.
    """
    stream = open_xpt(source)[0]

    def read() -> Iterator[pd.DataFrame]:
        for copy in range(times):
            mark = chr(ord("A") + copy // 26) + chr(ord("A") + copy % 26)
            for frame in stream.read():
                subjects = frame["USUBJID"].cat.rename_categories(lambda text, m=mark: m + text[2:])
                yield frame.assign(USUBJID=subjects)

    target.parent.mkdir(parents=True, exist_ok=True)
    write_xpt_streams([DatasetStream(stream.about, read)], target)
    return (stream.about.records or 0) * times


def laboratory_study(pilot: Path, folder: Path, times: int) -> Path:
    """Make a folder of the pilot's laboratory results, several times over, with what they need."""
    replicate(pilot / "lb.xpt", folder / "lb.xpt", times)
    for name in LOOKED_INTO:
        shutil.copy(pilot / f"{name}.xpt", folder)
    return folder


def measure(folder: Path, workers: int) -> tuple[float, float]:
    """Seconds of ``validate`` on a folder, start-up and reading included, and its peak in MB."""
    start = time.perf_counter()
    if workers > 1:
        from cdisc_tools.pipeline.processes import prepare  # noqa: PLC0415

        prepare()
    from cdisc_tools.pipeline.validate import Held  # noqa: PLC0415
    from cdisc_tools.pipeline.validation import run_validation  # noqa: PLC0415
    from cdisc_tools.pipeline.wishes import Wishes  # noqa: PLC0415
    from tests.bench.responses import peak_memory  # noqa: PLC0415

    run_validation(folder, Held(), Wishes(workers=workers))
    return time.perf_counter() - start, peak_memory()


if __name__ == "__main__":
    print(*measure(Path(sys.argv[1]), int(sys.argv[2])))
