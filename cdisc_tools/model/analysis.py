"""What a study's analysis files say: which records mean what, and every choice with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NewType

from cdisc_tools.model.criteria import ResponseCriteria
from cdisc_tools.model.display import Display
from cdisc_tools.model.endpoint import Endpoint
from cdisc_tools.model.response import ResponseChoices, ResponseParameter
from cdisc_tools.model.specs import DatasetSpec

Variable = NewType("Variable", str)
Where = Mapping[str, tuple[str | None, ...]]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A choice: why it was made, and where it is said."""

    rationale: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Records:
    """Records of a dataset in which each variable of ``where`` holds one of its values.

    None among the values stands for missing.
    """

    dataset: str
    where: Where = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DatedRecords(Records):
    """Records and their ISO 8601 date; ``impute`` is first, last, mid or none (drop partials)."""

    date: Variable
    impute: str = "none"


@dataclass(frozen=True, kw_only=True)
class ValueRecords(Records):
    """Records and the variable whose value is taken."""

    variable: Variable


@dataclass(frozen=True, kw_only=True)
class Condition(Records):
    """A subject has at least one such record, where ``period`` is given dated relative to TRTSDT.

    ``period`` is on_or_before or after; ``date`` is required with it.
    """

    date: Variable | None = None
    period: str = ""


@dataclass(frozen=True, kw_only=True)
class Population(Definition):
    """A population flag of ADSL: Y for subjects with all ``flags`` Y and meeting all ``having``.

    ``treated`` asks for a dose as well.
    """

    flag: str
    treated: bool = False
    flags: tuple[str, ...] = ()
    having: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Administrations(Records):
    """Records of doses: given when ``dose`` is above zero; dated by ``start`` and ``end``."""

    dose: Variable
    start: Variable
    end: Variable | None = None


@dataclass(frozen=True, kw_only=True)
class Disposition(Records):
    """Records that say how a period ended; ``completed`` are the terms that mean completed."""

    date: Variable
    decoded: Variable
    term: Variable
    completed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Characteristic(ValueRecords):
    """A further ADSL variable, taken from the first matching record of a subject."""

    name: str


@dataclass(frozen=True, kw_only=True)
class PriorTherapy(Definition):
    """Prior anthracyclines: which records are doxorubicin, and which add to the dose (mg/m2)."""

    doxorubicin: Records
    anthracycline: ValueRecords


@dataclass(frozen=True, kw_only=True)
class SubjectDefinition(Definition):
    """ADSL: dates, endings, populations. Sources listed first win where only one can."""

    treatment: Administrations
    consent: tuple[DatedRecords, ...]
    enrolment: tuple[DatedRecords, ...]
    death: tuple[DatedRecords, ...]
    death_cause: tuple[ValueRecords, ...]
    new_therapy: tuple[DatedRecords, ...]
    alive: tuple[DatedRecords, ...]
    end_of_treatment: Disposition
    end_of_study: Disposition
    prior_therapy: PriorTherapy
    populations: tuple[Population, ...]
    characteristics: tuple[Characteristic, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Drug:
    """A study drug: ``dose`` per administration in ``unit``, planned every ``interval_days``.

    ``code`` starts its parameter codes (four letters at most).
    """

    code: str
    name: str
    treatments: tuple[str, ...]
    dose: float
    unit: str
    interval_days: int
    anthracycline: bool = False


@dataclass(frozen=True, kw_only=True)
class ExposureParameter:
    """A parameter of each drug; ``measure`` is what is computed, ``code`` ends the PARAMCD.

    ``unit`` may hold {unit}; ``label`` may hold {drug} and {unit}.
    """

    measure: str
    code: str
    label: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class ExposureDefinition(Definition):
    """ADEX: given and held administrations, the drugs and the parameters."""

    given: Administrations
    treatment: Variable
    unit: Variable
    held: DatedRecords
    held_treatment: Variable
    drugs: tuple[Drug, ...]
    parameters: tuple[ExposureParameter, ...]


@dataclass(frozen=True, kw_only=True)
class AdverseEventDefinition(Definition):
    """ADAE: treatment emergent from the first dose to ``days_after`` days after the last."""

    events: Records
    days_after: int
    start_impute: str
    end_impute: str
    grades: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LesionStates:
    """What the texts of a non-target or new lesion's state mean.

    ``equivocal`` is a finding of which it isn't sure yet that it is a new lesion.
    """

    absent: tuple[str, ...]
    present: tuple[str, ...]
    progressed: tuple[str, ...]
    not_evaluable: tuple[str, ...]
    equivocal: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DiameterWords(Definition):
    """Words that stand for the diameter of a target lesion, in TRSTRESC of a measurement or state.

    ``too_small`` counts ``too_small_mm``, ``gone`` 0. A lesion ``merged`` with another one adds
    nothing to the other's diameter and isn't missing.
    """

    too_small: tuple[str, ...] = ()
    too_small_mm: Fraction = Fraction(5)
    gone: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LesionParts(Definition):
    """Which lesion a part, or the union of several, counts for.

    ``pattern`` is a regular expression for the whole TRLNKID of a part; its group ``lesion`` is
    the TRLNKID at baseline. The diameters of the parts are added.
    """

    pattern: str


@dataclass(frozen=True, kw_only=True)
class BaselineWindow(Definition):
    """Baseline is each lesion's last measurement on or before ``reference``, a date of ADSL.

    ``screening_days`` is how long before it a measurement may lie; without it, however long.
    """

    reference: Variable = Variable("TRTSDT")
    screening_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class PartialResponsePolicy(Definition):
    """Whether a partial response is kept until progression when the sum grows above its limit."""

    keep: bool


@dataclass(frozen=True, kw_only=True)
class EquivocalLesionPolicy(Definition):
    """Which scan dates the progression by a new lesion that was equivocal at first.

    ``new_lesion_date`` is first_scan or confirmation.
    """

    new_lesion_date: str


@dataclass(frozen=True, kw_only=True)
class Evaluators(Definition):
    """Who read the scans. The responses of each reader rest on that reader's records alone.

    ``identified_by`` names the variables that tell readers apart, with -- for the domain
    (--EVAL, --EVALID). Those with the values of ``analysed`` are analysed; where ``accepted``
    names a flag (--ACPTFL), of an assessment the one reader whose records have Y in it.
    """

    identified_by: tuple[str, ...]
    analysed: Where
    accepted: str = ""


_RECIST = "RECIST 1.1 (Eisenhauer 2009), as restated in recist.md"


@dataclass(frozen=True, kw_only=True)
class LesionDefinition(Definition):
    """Which records of TU and TR are which lesions, and what makes one assessment.

    ``time_point`` names the variables that records of one assessment share; ``assessment_date``
    is first or last of their dates; ``longest_days`` is how far they may lie apart unreported.
    Diameters count in ``unit`` only, of which ``millimetres`` tells the length.
    """

    tumors: Records
    results: Records
    target: tuple[str, ...]
    non_target: tuple[str, ...]
    new: tuple[str, ...]
    nodes: tuple[str, ...]
    diameter_tests: tuple[str, ...]
    node_tests: tuple[str, ...]
    state_tests: tuple[str, ...]
    states: LesionStates
    unit: str
    millimetres: Mapping[str, Fraction] = field(
        default_factory=lambda: {"mm": Fraction(1), "cm": Fraction(10)}
    )
    time_point: tuple[str, ...]
    assessment_date: str
    impute: str
    longest_days: int
    words: DiameterWords = DiameterWords(
        rationale="A lesion too small to measure counts 5 mm, one that is gone 0.",
        source=_RECIST,
        too_small=("TOO SMALL TO MEASURE",),
        gone=("ABSENT", "DISAPPEARED"),
        merged=("COALESCED", "MERGED"),
    )
    parts: LesionParts | None = None
    baseline: BaselineWindow = BaselineWindow(
        rationale="The last measurement before treatment; the protocol says how old it may be.",
        source=_RECIST,
    )
    partial: PartialResponsePolicy = PartialResponsePolicy(
        rationale="Each time point is judged by the thresholds alone.", source=_RECIST, keep=False
    )
    equivocal: EquivocalLesionPolicy = EquivocalLesionPolicy(
        rationale="Once confirmed, the lesion was new when it was first seen.",
        source=_RECIST,
        new_lesion_date="first_scan",
    )
    evaluators: Evaluators | None = None


@dataclass(frozen=True, kw_only=True)
class DurableResponse(Definition):
    """RSP: one of ``values`` for at least ``days``.

    ``basis`` visit asks for an assessment with such a value on or after the day; basis
    progression_free asks for follow-up of ``endpoint`` to last that long, whatever ended it.
    """

    basis: str
    values: tuple[str, ...]
    days: int
    origin_day: int
    endpoint: str = ""


@dataclass(frozen=True, kw_only=True)
class ResponseDefinition(Definition):
    """ADRS: the response values with their AVAL by position, and what is made of them.

    ``analysed`` is the parameter that responses and endpoints use. ``choices`` says which of its
    assessments count, and how, for BOR, RSP and the parameters of ``more``.
    ``assessment_interval_days`` is the schedule, by which a profile counts missed visits.
    """

    criteria: str
    values: tuple[str, ...]
    adequate: tuple[str, ...]
    progression: tuple[str, ...]
    complete: tuple[str, ...]
    analysed: str
    population: str
    investigator: DatedRecords
    investigator_value: Variable
    choices: ResponseChoices
    durable: DurableResponse
    parameters: Mapping[str, str]
    more: tuple[ResponseParameter, ...] = ()
    assessment_interval_days: int = 56

    def __post_init__(self) -> None:
        """Raise ValueError where two parameters have one PARAMCD, or the interval is no time."""
        names = [*self.parameters, *(parameter.paramcd for parameter in self.more)]
        again = [name for place, name in enumerate(names) if name in names[:place]]
        if again:
            raise ValueError(f"has PARAMCD {again[0]} twice in parameters and more; rename one.")
        if self.assessment_interval_days <= 0:
            raise ValueError("needs assessment_interval_days above 0.")


@dataclass(frozen=True, kw_only=True)
class Biomarker:
    """A biomarker parameter and its records."""

    paramcd: str
    param: str
    unit: str
    records: Records


@dataclass(frozen=True, kw_only=True)
class BiomarkerDefinition(Definition):
    """ADBM: paired values; the last on or before the first dose, and the first after it."""

    date: Variable
    value: Variable
    before: str
    after: str
    biomarkers: tuple[Biomarker, ...]


_FIGURE_NEEDS: Mapping[str, tuple[str, ...]] = {
    "landmark": ("at",),
    "at_risk": ("at",),
    "quantile": ("probability",),
    "logrank": ("group",),
    "hazard_ratio": ("group", "reference"),
}


@dataclass(frozen=True, kw_only=True)
class Figure(Definition):
    """A figure of the results; ``published`` is what the paper says, at its number of decimals.

    ``direction`` (decrease, increase) is a published direction without a number. ``success``
    marks the numerator of a proportion, or the first group of a comparison of ``variable``.

    The statistics of survival read AVAL and CNSR (0 is an event). ``at`` is the time, in the
    unit of AVAL, of a landmark (survival in %) or of the number at_risk. ``probability`` is the
    share of subjects with the event of a quantile: 0.25 is the first quartile. ``conf_type``
    (log-log, log, plain) is that of the limits of a median, quantile or landmark. ``group`` is the
    variable with the arms of a logrank (its p) or hazard_ratio, which is the other arm's to that
    of ``reference``; both are within the variables of ``strata``. ``ties`` (efron, breslow) is
    how the hazard ratio treats tied events.

    Raises ValueError when the statistic lacks a field that it needs, and for an ``at`` below 0 or
    a ``probability`` outside 0 to 1.
    """

    name: str
    title: str
    statistic: str
    dataset: str
    where: Where = field(default_factory=dict)
    variable: str = ""
    success: Where = field(default_factory=dict)
    unit: str = ""
    decimals: int = 0
    published: float | None = None
    direction: str = ""
    at: float | None = None
    probability: float | None = None
    conf_type: str = "log-log"
    group: str = ""
    reference: str = ""
    strata: tuple[str, ...] = ()
    ties: str = "efron"

    def __post_init__(self) -> None:
        absent = [
            name
            for name in _FIGURE_NEEDS.get(self.statistic, ())
            if getattr(self, name) in (None, "")
        ]
        if absent:
            raise ValueError(f"has statistic {self.statistic}, which needs {', '.join(absent)}.")
        if self.at is not None and not self.at >= 0:
            raise ValueError(f"has at {self.at}; it must be 0 or more.")
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise ValueError(f"has probability {self.probability}; it must be from 0 to 1.")


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """All of a study's analysis definitions, and the variables of the ADaM datasets.

    ``displays`` are the tables and figures of the report, none where the study lists none.
    ``headlines`` are sentences about the figures, each named in braces with one of its numbers:
    {pfs_median.value}, {pfs_median.low}, {response_rate.count}.
    """

    subjects: SubjectDefinition
    exposure: ExposureDefinition
    adverse_events: AdverseEventDefinition
    lesions: LesionDefinition
    response: ResponseDefinition
    criteria: ResponseCriteria
    biomarkers: BiomarkerDefinition
    endpoints: tuple[Endpoint, ...]
    figures: tuple[Figure, ...]
    headlines: tuple[str, ...]
    datasets: Mapping[str, DatasetSpec]
    displays: tuple[Display, ...] = ()
