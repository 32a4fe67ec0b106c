"""``make bench``: speed and memory, each beside its limit or peer, as ratios."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REPEATS = 5
PROGRAM = [sys.executable, "-m", "cdisc_tools.cli.main"]


def main() -> None:
    """Print one line a measurement."""
    print(f"{'measurement':<52}{'this':>10}{'beside':>10}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        start_up()
        schemas()
        demo(Path(folder))
        validation(Path(folder))
        responses()
        rules(Path(folder))
        transport(Path(folder))
        large(Path(folder))


def show(name: str, value: float, beside: float, unit: str, limit: str = "") -> None:
    """Print one measurement with what it stands beside."""
    print(f"{name:<52}{value:>8.2f} {unit}{beside:>8.2f} {unit}{value / beside:>8.2f}  {limit}")


def best(action: Callable[[], object], repeats: int = REPEATS) -> float:
    """Seconds of the fastest of some runs."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def command(*words: str) -> Callable[[], object]:
    """A run of the program in a process of its own."""
    return lambda: subprocess.run([*PROGRAM, *words], check=True, capture_output=True)


def start_up() -> None:
    """``--help`` beside the limit of 0.3 s."""
    show("cdisc-tools --help, beside the limit", best(command("--help")), 0.3, "s", "limit 1")


def schemas() -> None:
    """Schemas of every SDTMIG 3.4 dataset, tables and terminology read anew, beside 2 s."""
    from cdisc_tools.metadata.schemas import schema  # noqa: PLC0415
    from cdisc_tools.metadata.standards import SDTM, read_standard  # noqa: PLC0415

    start = time.perf_counter()
    made = [schema(name, standard=SDTM) for name in read_standard(SDTM)]
    seconds = time.perf_counter() - start
    show(f"schemas of {len(made)} datasets, beside the limit", seconds, 2, "s", "limit 1")


def demo(folder: Path) -> None:
    """The demo beside the limit of 10 s, and its peak memory."""
    seconds = best(command("demo", "--output", str(folder / "demo")), repeats=3)
    show("cdisc-tools demo, beside the limit", seconds, 10, "s", "limit 1")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    print(f"{'cdisc-tools demo, peak memory':<52}{peak:>8.2f} GB")


def validation(folder: Path) -> None:
    """Schema validation of 1,000,000 x 24 LB records beside reading them from Parquet."""
    import pandas as pd  # noqa: PLC0415

    from cdisc_tools.metadata.standards import dataset_spec  # noqa: PLC0415
    from cdisc_tools.metadata.validate import validate_dataset  # noqa: PLC0415
    from tests.bench.laboratory import laboratory_records  # noqa: PLC0415

    spec = dataset_spec("LB")
    for share in (0.0, 0.01):
        path = folder / f"lb{share}.parquet"
        laboratory_records(1_000_000, share).to_parquet(path)
        reading = best(lambda path=path: pd.read_parquet(path), repeats=3)
        lb = pd.read_parquet(path)
        checking = best(lambda lb=lb: validate_dataset(lb, spec), repeats=3)
        name = f"validate LB 1,000,000 x {lb.shape[1]}, {share:.0%} bad, beside reading"
        show(name, checking, reading, "s", "limit 3")


def responses() -> None:
    """ADRS (13 parameters) and ADTTE of 15,300 subjects beside the limits, then of 10 x that."""
    few, many = 15_300, 153_000
    seconds, memory = min(measured(few) for _ in range(3))
    show(f"ADRS + ADTTE of {few:,} subjects, CPU, beside the limit", seconds, 2.5, "s", "limit 1")
    show(f"ADRS + ADTTE of {few:,} subjects, peak, beside 500 MB", memory, 500, "M", "limit 1")
    longer, _ = min(measured(many) for _ in range(2))
    show(f"ADRS + ADTTE of {many:,} subjects, beside 10 x", longer, 10 * seconds, "s", "linear 1")


def rules(folder: Path) -> None:
    """CDISC's 330 published rules and the product's own on the CDISC pilot, beside the limits."""
    from tests.bench import pilot  # noqa: PLC0415

    if not pilot.PILOT.exists() or not pilot.OPEN_RULES.exists():
        print("rules: ../shared isn't there, so there is neither the pilot nor CDISC's rules")
        return
    env = os.environ | {"CDISC_TOOLS_DATA": str(folder / "data")}
    subprocess.run([*PROGRAM, "rules", "add", str(pilot.OPEN_RULES)], check=True, env=env,
                   capture_output=True)  # fmt: skip
    study = pilot.unpack_pilot(folder)
    alone, peak = judged(study, 1, env)
    show("validate the pilot by all rules, beside 10 s", alone, 10, "s", "limit 1")
    show("validate the pilot by all rules, peak, beside 1 GB", peak, 1000, "M", "limit 1")
    shared, _ = judged(study, 2, env)
    show("validate the pilot by all rules, 2 workers, beside 6 s", shared, 6, "s", "limit 1")
    few, _ = judged(pilot.laboratory_study(study, folder / "lb1", 1), 1, env)
    many, peak = judged(pilot.laboratory_study(study, folder / "lb10", 10), 1, env)
    show("validate LB of 595,800 records, beside 20 s", many, 20, "s", "limit 1")
    show("validate LB of 595,800 records, peak, beside 2 GB", peak, 2000, "M", "limit 1")
    show("validate LB of 595,800 records, beside 10 x 59,580", many, 10 * few, "s", "linear 1")


def judged(
    folder: Path, workers: int, env: dict[str, str], repeats: int = 3
) -> tuple[float, float]:
    """Seconds and MB of the best of some validations, each in a process of its own."""
    words = [sys.executable, "-m", "tests.bench.pilot", str(folder), str(workers)]
    runs = [
        subprocess.run(words, check=True, capture_output=True, text=True, env=env).stdout.split()
        for _ in range(repeats)
    ]
    return min((float(seconds), float(memory)) for seconds, memory in runs)


def transport(folder: Path) -> None:
    """SAS transport files of 1,000,000 x 24 records beside pyreadstat, Parquet and a plain copy."""
    from tests.bench.transport import measured  # noqa: PLC0415

    lb = "LB 1,000,000 x 24"
    peers = ("pyreadstat write", "parquet write", "write")
    theirs, parquet, ours = (measured(name, folder, 1 if "stat" in name else 3) for name in peers)
    show(f"write {lb} as XPT, beside pyreadstat", ours[0], theirs[0], "s", "limit 0.05")
    show(f"write {lb} as XPT, beside Parquet", ours[0], parquet[0], "s")
    copy = measured("copy", folder)
    show(f"write {lb} as XPT, beside a copy of it", ours[0], copy[0], "s")
    show(f"write {lb} as XPT, peak, beside pyreadstat", ours[1], theirs[1], "M")
    peers = ("pyreadstat read", "parquet read", "read", "stream")
    theirs, parquet, ours, stream = (measured(name, folder) for name in peers)
    show(f"read {lb} from XPT, beside pyreadstat", ours[0], theirs[0], "s", "limit 0.125")
    show(f"read {lb} from XPT, beside Parquet", ours[0], parquet[0], "s")
    show(f"read {lb} from XPT, beside a copy of it", ours[0], copy[0], "s")
    show(f"read {lb} from XPT, peak, beside pyreadstat", ours[1], theirs[1], "M")
    show(f"read {lb} from XPT in chunks, peak, beside", stream[1], ours[1], "M")


def large(folder: Path) -> None:
    """A file of more than 5 GB, validated and converted, beside 1.5 GB of memory."""
    from tests.bench import pilot  # noqa: PLC0415
    from tests.bench.transport import measured as converted  # noqa: PLC0415

    if not pilot.PILOT.exists():
        print("large: ../shared isn't there, so there is no pilot")
        return
    study = pilot.laboratory_study(pilot.unpack_pilot(folder), folder / "large", pilot.LARGE)
    gigabytes = (study / "lb.xpt").stat().st_size / 1e9
    seconds, peak = judged(study, 1, dict(os.environ), repeats=1)
    print(f"{f'a file of {gigabytes:.2f} GB: validated in':<52}{seconds:>8.2f} s")
    show("validate it, peak, beside 1.5 GB", peak, 1500, "M", "limit 1")
    for form in ("json", "parquet"):
        seconds, peak = converted(form, study, repeats=1)
        print(f"{f'that file: converted to {form} in':<52}{seconds:>8.2f} s")
        show(f"convert it to {form}, peak, beside 1.5 GB", peak, 1500, "M", "limit 1")
        shutil.rmtree(study / "exported")


def measured(subjects: int) -> tuple[float, float]:
    """Seconds and MB of the derivation in a process of its own."""
    words = [sys.executable, "-m", "tests.bench.responses", str(subjects)]
    printed = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    return float(printed[0]), float(printed[1])


if __name__ == "__main__":
    main()
