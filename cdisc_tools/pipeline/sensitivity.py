"""Sensitivity analyses: a study's endpoints by several profiles, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cdisc_tools.derivations.sensitivity import compare_profile
from cdisc_tools.derivations.survival import compute_median, estimate_survival
from cdisc_tools.metadata.analysis import read_profile
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import Study
from cdisc_tools.pipeline.derive import Derivation
from cdisc_tools.reports.sensitivity import Reading, sensitivity_csv

FILE = "sensitivity.csv"


@dataclass(frozen=True)
class Sensitivity:
    """The readings of each profile, the study's own first, and the subjects that change."""

    readings: tuple[Reading, ...]
    changes: pd.DataFrame


def compare_profiles(study: Study, derivation: Derivation, profiles: Sequence[str]) -> Sensitivity:
    """Derive a study's endpoints by each profile, and find who changes.

    Raises ConfigurationError for an unknown profile, and for one that shares no endpoint with
    the study.
    """
    frames = {name: dataset.frame for name, dataset in derivation.datasets.items()}
    analysis = derivation.analysis
    readings = [
        _reading("study", endpoint.paramcd, endpoint.paramcd, frames["ADTTE"])
        for endpoint in analysis.endpoints
    ]
    parts = []
    for name in profiles:
        adtte, changes = compare_profile(
            frames,
            read_profile(name, analysis.response),
            analysis.endpoints,
            analysis.response,
            cutoff=study.cutoff,
        )
        if adtte.empty:
            own = ", ".join(endpoint.paramcd for endpoint in analysis.endpoints)
            raise ConfigurationError(
                f"The profile {name} has none of the study's endpoints ({own}); add one of its "
                "endpoints to analysis/endpoints, or leave the profile out"
            )
        for paramcd, of in adtte[["PARAMCD", "OF"]].drop_duplicates().itertuples(index=False):
            readings.append(_reading(name, str(paramcd), str(of), adtte))
        parts.append(changes.assign(PROFILE=name))
    return Sensitivity(tuple(readings), pd.concat(parts, ignore_index=True))


def _reading(profile: str, paramcd: str, of: str, adtte: pd.DataFrame) -> Reading:
    own = adtte[adtte["PARAMCD"].eq(paramcd)]
    median = compute_median(estimate_survival(own["AVAL"], own["CNSR"])) if len(own) else None
    return Reading(
        profile=profile,
        paramcd=paramcd,
        of=of,
        subjects=len(own),
        events=int(own["CNSR"].eq(0).sum()),
        median=median.value if median else None,
        low=median.low if median else None,
        high=median.high if median else None,
    )


def sensitivity_files(sensitivity: Sensitivity) -> dict[str, str]:
    """The files of a run that hold the changes, by name."""
    return {FILE: sensitivity_csv(sensitivity.changes)}
