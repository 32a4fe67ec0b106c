"""Figures of a study's results."""

from pathlib import Path

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
    adtte, adrs = derivation.datasets["ADTTE"].frame, derivation.datasets["ADRS"].frame
    written = []
    for endpoint in derivation.analysis.endpoints:
        curve = derivation.curves[derivation.curves["PARAMCD"].eq(endpoint.paramcd)]
        subjects = adtte[adtte["PARAMCD"].eq(endpoint.paramcd)]
        figure = results_figure(
            curve, subjects, adrs[adrs["PARAMCD"].eq(RESPONSE)], f"{endpoint.param} ({source})"
        )
        for kind in ("png", "svg"):
            path = output / f"{endpoint.paramcd.lower()}.{kind}"
            write_bytes(path, figure_bytes(figure, kind))
            written.append(path)
    return written
