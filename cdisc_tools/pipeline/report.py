"""Figures of a study's results."""

from pathlib import Path

import pandas as pd

from cdisc_tools.derivations.records import filter_where
from cdisc_tools.derivations.survival import estimate_survival
from cdisc_tools.io.writing import write_bytes
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline.derive import Derivation
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.run import run_study

RESPONSE = "OVR"


def report_study(folder: Path, output: Path, progress: Progress = quiet) -> list[Path]:
    """Run a study and draw a figure for each of its time-to-event endpoints.

    Returns the files written. Raises ConfigurationError without analysis or without matplotlib.
    """
    run = run_study(folder, progress)
    if run.derivation is None:
        raise ConfigurationError(f"{folder} has no analysis definitions: there is nothing to draw")
    progress("drawing")
    study = run.conversion.study
    source = "synthetic data" if study.synthetic else study.study_id
    return draw_endpoints(run.derivation, output, source)


def draw_endpoints(derivation: Derivation, output: Path, source: str) -> list[Path]:
    """Draw each endpoint's survival curve and its subjects, as PNG and SVG."""
    try:
        from cdisc_tools.reports.figures import figure_bytes, results_figure  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(
            "figures need matplotlib: install cdisc-tools with its extra `plots`"
        ) from error
    adrs = derivation.datasets["ADRS"].frame
    written = []
    for endpoint in derivation.analysis.endpoints:
        subjects = analysed_subjects(derivation, endpoint.paramcd)
        figure = results_figure(
            estimate_survival(subjects["AVAL"], subjects["CNSR"]), subjects,
            adrs[adrs["PARAMCD"].eq(RESPONSE)], f"{endpoint.param} ({source})",
        )  # fmt: skip
        for kind in ("png", "svg"):
            path = output / f"{endpoint.paramcd.lower()}.{kind}"
            write_bytes(path, figure_bytes(figure, kind))
            written.append(path)
    return written


def analysed_subjects(derivation: Derivation, paramcd: str) -> pd.DataFrame:
    """The records of an endpoint in the population that its published median rests on.

    All of its records where no median is asked for.
    """
    adtte = derivation.datasets["ADTTE"].frame
    medians = [
        figure.where
        for figure in derivation.analysis.figures
        if figure.statistic == "median" and paramcd in figure.where.get("PARAMCD", ())
    ]
    where = medians[0] if medians else {"PARAMCD": (paramcd,)}
    return filter_where(adtte, where, "ADTTE")
