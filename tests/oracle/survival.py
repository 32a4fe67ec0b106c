"""R survival's saved data sets and answers, by case (survival_input.R, survival.R)."""

from functools import cache
from pathlib import Path

import pandas as pd

ORACLE = Path(__file__).resolve().parent


@cache
def answers(name: str) -> pd.DataFrame:
    """The saved answers of one kind: median, quantile, curve, landmark, logrank, cox ..."""
    return pd.read_csv(ORACLE / f"survival_{name}.csv")


def cases_of(saved: pd.DataFrame) -> list[str]:
    """The names of the data sets that have answers."""
    return list(dict.fromkeys(saved["case"]))


def subjects_of(case: str) -> pd.DataFrame:
    """The subjects of a data set: time, cnsr, group, strata."""
    own = answers("input")
    return own[own["case"] == case].reset_index(drop=True)
