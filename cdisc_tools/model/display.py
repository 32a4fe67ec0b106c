"""Displays of an analysis: tables and figures, and the results that they show."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DisplayResult:
    """One result of a display.

    ``figure`` names a figure of ``published.yaml``; ``reason`` and ``purpose`` are in the words of
    Analysis Results Metadata (SPECIFIED IN PROTOCOL, PRIMARY OUTCOME MEASURE ...).
    ``description`` is the figure's title where it is empty.
    """

    figure: str
    reason: str
    purpose: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Display:
    """A table or figure of the report: its name, its title, its results in order."""

    name: str
    title: str
    results: tuple[DisplayResult, ...]
