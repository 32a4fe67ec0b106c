"""Figures of a study's results."""

from pathlib import Path

import pandas as pd

from cdisc_tools.derivations.records import filter_where, look_up
from cdisc_tools.derivations.survival import estimate_survival
from cdisc_tools.derivations.time_to_event import compute_time
from cdisc_tools.io.writing import write_bytes
from cdisc_tools.model.endpoint import Endpoint
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline.derive import Derivation
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.run import run_study


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
    written = []
    for endpoint in derivation.analysis.endpoints:
        subjects = analysed_subjects(derivation, endpoint.paramcd)
        figure = results_figure(
            estimate_survival(subjects["AVAL"], subjects["CNSR"]), subjects,
            responses_since_origin(derivation, subjects, endpoint), f"{endpoint.param} ({source})",
            f"{endpoint.unit.capitalize()} from the origin (day {endpoint.origin_day})",
        )  # fmt: skip
        for kind in ("png", "svg"):
            path = output / f"{endpoint.paramcd.lower()}.{kind}"
            write_bytes(path, figure_bytes(figure, kind))
            written.append(path)
    return written


def responses_since_origin(
    derivation: Derivation, subjects: pd.DataFrame, endpoint: Endpoint
) -> pd.DataFrame:
    """The analysed overall responses of subjects, and TIME from their origin to each.

    One record per assessment from the origin on: USUBJID, AVALC, TIME.
    """
    adrs = derivation.datasets["ADRS"].frame
    analysed = adrs[adrs["PARAMCD"].eq(derivation.analysis.response.analysed)]
    start = look_up(analysed["USUBJID"], subjects.set_index("USUBJID")["STARTDT"])
    since = analysed.assign(TIME=compute_time(start, analysed["ADT"], endpoint))
    return since.loc[analysed["ADT"] >= start, ["USUBJID", "AVALC", "TIME"]]


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
