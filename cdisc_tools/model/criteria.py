"""Response criteria: thresholds and the table of overall responses."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class TargetCriteria:
    """Target response; all comparisons include the threshold, except ``node_below_mm``.

    ``order`` says which response wins when several thresholds are met. Percentages are exact
    fractions: partial response of the baseline sum, progression of the smallest sum on study.
    ``node_axis`` is the diameter by which a node counts, short or longest. Without
    ``node_below_mm`` a node is gone when it is 0, like any lesion; without
    ``progression_increase_mm`` the percentage alone decides.
    """

    order: tuple[str, ...]
    complete: str
    partial: str
    stable: str
    progression: str
    not_evaluable: str
    none: str
    node_axis: str
    node_below_mm: Fraction | None = None
    partial_decrease_percent: Fraction
    progression_increase_percent: Fraction
    progression_increase_mm: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class NonTargetCriteria:
    """The names of the non-target responses."""

    complete: str
    neither: str
    progression: str
    not_evaluable: str
    none: str


@dataclass(frozen=True, kw_only=True)
class OverallRule:
    """A line of the response table; an empty tuple matches anything."""

    target: tuple[str, ...] = ()
    non_target: tuple[str, ...] = ()
    new_lesion: tuple[str, ...] = ()
    overall: str


@dataclass(frozen=True, kw_only=True)
class ResponseCriteria:
    """Response criteria such as RECIST 1.1; the first matching line of ``overall`` holds."""

    name: str
    source: str
    rationale: str
    target: TargetCriteria
    non_target: NonTargetCriteria
    new_lesion: str
    no_new_lesion: str
    overall: tuple[OverallRule, ...]
