"""Transport files: 1,000,000 x 24 laboratory records beside peers, and a file of 5 GB."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyreadstat

from cdisc_tools.io.xpt import read_xpt
from cdisc_tools.io.xpt_reading import open_xpt
from cdisc_tools.io.xpt_writing import write_xpt_streams
from cdisc_tools.model.transport import (
    CHAR,
    NUM,
    DatasetAttributes,
    DatasetStream,
    VariableAttributes,
    stream_of,
)
from cdisc_tools.pipeline.export import Wanted, export_datasets
from tests.bench.laboratory import laboratory_records
from tests.bench.responses import peak_memory

RECORDS = 1_000_000


def laboratory() -> tuple[pd.DataFrame, DatasetStream]:
    """The records, and the same as a stream without lengths, as a dataset in memory is."""
    lb = laboratory_records(RECORDS, 0.0)
    variables = tuple(
        VariableAttributes(name, type=NUM if pd.api.types.is_numeric_dtype(lb[name]) else CHAR)
        for name in lb.columns
    )
    return lb, stream_of(lb, DatasetAttributes("LB", "Laboratory", variables))


def act(name: str, folder: Path) -> tuple[float, float]:
    """Do one of the things compared, in this process: its seconds, and the peak in MB."""
    xpt, other, parquet = (folder / file for file in ("lb.xpt", "other.xpt", "lb.parquet"))
    made = laboratory() if name.endswith("write") else (pd.DataFrame(), None)
    start = time.perf_counter()
    match name:
        case "write":
            write_xpt_streams([made[1]] if made[1] else [], xpt)
        case "pyreadstat write":
            pyreadstat.write_xport(made[0], str(other), table_name="LB", file_format_version=5)
        case "parquet write":
            made[0].to_parquet(parquet)
        case "read":
            read_xpt(xpt)
        case "stream":
            sum(len(frame) for frame in open_xpt(xpt)[0].read())
        case "pyreadstat read":
            pyreadstat.read_xport(str(xpt))
        case "parquet read":
            pd.read_parquet(parquet)
        case "copy":
            shutil.copyfile(xpt, other)
        case "json" | "parquet":
            export_datasets([xpt], Wanted(name, folder / "exported"))
    return time.perf_counter() - start, peak_memory()


def measured(name: str, folder: Path, repeats: int = 3) -> tuple[float, float]:
    """Seconds and MB of the best of some runs, each in a process of its own."""
    words = [sys.executable, "-m", "tests.bench.transport", name, str(folder)]
    runs = [
        subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
        for _ in range(repeats)
    ]
    return min((float(seconds), float(memory)) for seconds, memory in runs)


if __name__ == "__main__":
    print(*act(sys.argv[1], Path(sys.argv[2])))
