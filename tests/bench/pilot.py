"""The CDISC pilot's SDTM, and its laboratory results many times over, judged by all rules."""

import re
import shutil
import sys
import time
import zipfile
from pathlib import Path

import numpy as np

SHARED = Path(__file__).parents[3] / "shared" / "data"
PILOT = SHARED / "cdisc-pilot-sdtm.zip"
OPEN_RULES = SHARED / "core-open-rules.zip"
# what the laboratory results are looked up in
LOOKED_INTO = ("dm", "ex", "sv", "tv")
RECORD = 80
_NAMES = re.compile(rb"HEADER RECORD\*{7}NAMESTR HEADER RECORD!{7}")
_OBSERVATIONS = re.compile(rb"HEADER RECORD\*{7}OBS     HEADER RECORD!{7}")


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

    The first character of USUBJID tells the copy. Returns the number of records.
    """
    data = source.read_bytes()
    names, observations = _NAMES.search(data), _OBSERVATIONS.search(data)
    if not names or not observations:
        raise ValueError(f"{source} is no transport file of version 5")
    fields = [
        data[place : place + 140]
        for place in range(
            names.start() + RECORD,
            names.start() + RECORD + 140 * int(data[names.start() + 54 : names.start() + 58]),
            140,
        )
    ]
    length = sum(int.from_bytes(field[4:6], "big") for field in fields)
    subject = next(
        int.from_bytes(field[84:88], "big") for field in fields if field[8:16] == b"USUBJID "
    )
    start = observations.start() + RECORD
    count = (len(data) - start) // length
    block = np.frombuffer(data, np.uint8, count * length, start).reshape(count, length)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as stream:
        stream.write(data[:start])
        for copy in range(times):
            changed = block.copy()
            changed[:, subject] = ord("A") + copy
            stream.write(changed.tobytes())
        stream.write(b" " * (-count * length * times % RECORD))
    return count * times


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
