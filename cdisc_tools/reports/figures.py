"""Figures of the results: survival curves and a swimmer plot, with matplotlib (extra ``plots``)."""

import io

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

RESPONSE_COLOURS = {
    "CR": "#1b7837", "PR": "#5aae61", "SD": "#9ecae1", "NON-CR/NON-PD": "#9ecae1",
    "PD": "#d6604d", "NE": "#bdbdbd",
}  # fmt: skip
INK, BAND = "#1f4e79", "#c6d9ec"


def results_figure(
    curve: pd.DataFrame, adtte: pd.DataFrame, responses: pd.DataFrame, title: str, time: str
) -> Figure:
    """Draw the survival curve of one endpoint above each subject's time and responses.

    ``curve`` has one record per time (TIME, SURVIVAL, LOWER, UPPER, NCENSOR, NRISK); ``adtte``
    one per subject of that endpoint (AVAL, CNSR); ``responses`` one per time point response
    (USUBJID, TIME, AVALC). Times are from the origin, as ``time`` says below the axis.
    """
    figure = Figure(figsize=(10, 7.5), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[1, 1.15], sharex=True)
    figure.suptitle(title, fontsize=13, fontweight="bold", x=0.01, ha="left")
    _survival(above, curve)
    _swimmers(below, adtte, responses)
    below.set_xlabel(time)
    return figure


def figure_bytes(figure: Figure, kind: str) -> bytes:
    """Render a figure as png or svg; the same figure gives the same bytes."""
    stream = io.BytesIO()
    metadata = {"Software": None} if kind == "png" else {"Date": None}
    with mpl.rc_context({"svg.hashsalt": "cdisc_tools"}):
        figure.savefig(stream, format=kind, dpi=110, metadata=metadata)
    return stream.getvalue()


def _survival(axes: Axes, curve: pd.DataFrame) -> None:
    time = np.concatenate([[0.0], curve["TIME"]])
    survival = np.concatenate([[1.0], curve["SURVIVAL"]])
    known = curve.dropna(subset=["LOWER"])
    axes.fill_between(
        known["TIME"], known["LOWER"], known["UPPER"], step="post", color=BAND, alpha=0.6,
        label="95 % confidence interval (log-log)", linewidth=0,
    )  # fmt: skip
    axes.step(time, survival, where="post", color=INK, linewidth=2, label="Kaplan-Meier estimate")
    censored = curve[curve["NCENSOR"] > 0]
    axes.plot(censored["TIME"], censored["SURVIVAL"], "|", color=INK, markersize=10,
              markeredgewidth=1.6, label="Censored")  # fmt: skip
    axes.axhline(0.5, color="#888888", linewidth=0.8, linestyle=":")
    axes.set_ylim(0, 1.03)
    axes.set_ylabel("Without the event")
    axes.legend(frameon=False, fontsize=9, loc="upper right")
    axes.spines[["top", "right"]].set_visible(False)


def _swimmers(axes: Axes, adtte: pd.DataFrame, responses: pd.DataFrame) -> None:
    ordered = adtte.sort_values(["AVAL", "USUBJID"]).reset_index(drop=True)
    places = {usubjid: place for place, usubjid in enumerate(ordered["USUBJID"])}
    axes.barh(ordered.index, ordered["AVAL"].astype(float), color="#eeeeee", height=0.7)
    shown = responses[responses["USUBJID"].isin(places)]
    for response, points in shown.groupby("AVALC"):
        axes.plot(
            points["TIME"].astype(float), points["USUBJID"].map(places), "s", markersize=7,
            color=RESPONSE_COLOURS.get(str(response), "#333333"), label=str(response),
        )  # fmt: skip
    going_on = ordered[ordered["CNSR"] > 0]
    beside = 0.01 * ordered["AVAL"].astype(float).max()
    axes.plot(going_on["AVAL"].astype(float) + beside, going_on.index, ">", color="#333333",
              markersize=5, label="censored")  # fmt: skip
    names = ordered["USUBJID"].str.replace(r"^.*-(?=[^-]+-)", "", regex=True)
    axes.set_yticks(ordered.index, names, fontsize=8)
    axes.legend(frameon=False, fontsize=9, loc="lower right", title="Time point response")
    axes.spines[["top", "right"]].set_visible(False)
