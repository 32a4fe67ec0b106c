"""Results of an analysis beside the published figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from cdisc_tools.model.findings import Findings


@dataclass(frozen=True)
class Result:
    """A figure: its value with a 95 % interval or range (None where there is none).

    ``n`` is how many subjects it rests on, ``count`` how many of them a proportion or count
    counts. ``agrees`` is None when nothing was published. ``note`` says why there is no value,
    where that is neither a lack of subjects nor a curve that does not get there.
    """

    name: str
    title: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: str
    published: str
    agrees: bool | None
    count: int | None = None
    note: str = ""


@dataclass(frozen=True)
class AdamResult:
    """ADaM frames by name, the links of their records to the sources, and what was found."""

    frames: Mapping[str, pd.DataFrame]
    links: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
