"""Response histories of any number of subjects, made the same way every time."""

import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

RESPONSES = np.array(["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND"], dtype=object)
# shares like those of the random histories that admiralonco's answers were saved for
SHARES = (0.18, 0.25, 0.14, 0.16, 0.09, 0.13, 0.05)
VISITS = 19


def response_histories(subjects: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Overall responses, 19 a subject, and ADSL with one record per subject."""
    rng = np.random.default_rng(seed)
    start = np.datetime64("2020-01-01") + rng.integers(0, 365, subjects).astype("timedelta64[D]")
    usubjid = pd.Series(np.arange(subjects)).map("S1-{:06d}".format).astype("string")
    gaps = rng.integers(14, 57, (subjects, VISITS))
    days = start[:, None] + (gaps.cumsum(axis=1) - 20).astype("timedelta64[D]")
    ovr = pd.DataFrame(
        {
            "USUBJID": usubjid.repeat(VISITS).reset_index(drop=True),
            "ADT": days.ravel().astype("datetime64[s]"),
            "AVALC": pd.Series(rng.choice(RESPONSES, subjects * VISITS, p=SHARES), dtype="string"),
            "RSSEQ": np.tile(np.arange(1.0, VISITS + 1), subjects),
        }
    )
    last = days[:, -1] + rng.integers(-400, 200, subjects).astype("timedelta64[D]")
    dies, changes = rng.random(subjects) < 0.4, rng.random(subjects) < 0.3
    never = np.datetime64("NaT")
    adsl = pd.DataFrame(
        {
            "USUBJID": usubjid,
            "RANDDT": start.astype("datetime64[s]"),
            "TRTSDT": start.astype("datetime64[s]"),
            "LSTALVDT": last.astype("datetime64[s]"),
            "DTHDT": np.where(dies, last, never).astype("datetime64[s]"),
            "NACTDT": np.where(changes, days[:, 9], never).astype("datetime64[s]"),
        }
    )
    return ovr, adsl


def measure(subjects: int) -> tuple[float, float]:
    """Seconds of CPU for ADRS and ADTTE by the profile admiralonco, and peak memory in MB."""
    from cdisc_tools.derivations.profile import derive_adrs, derive_adtte  # noqa: PLC0415
    from cdisc_tools.metadata.analysis import read_profile  # noqa: PLC0415
    from cdisc_tools.model.findings import Findings  # noqa: PLC0415

    profile = read_profile("admiralonco")
    ovr, adsl = response_histories(subjects)
    start = time.process_time()
    adrs = derive_adrs(ovr, adsl, profile.response, targets=adsl.iloc[::2], findings=Findings())
    derive_adtte(
        adsl, {"ADSL": adsl, "ADRS": adrs}, profile.endpoints, cutoff=None, findings=Findings()
    )
    seconds = time.process_time() - start
    return seconds, peak_memory()


def peak_memory() -> float:
    """Peak memory of this process in MB.

    Linux counts in ru_maxrss what the parent had used when it started this process.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(*measure(int(sys.argv[1])))
