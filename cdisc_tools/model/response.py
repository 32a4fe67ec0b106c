"""The sponsor's choices behind the response parameters of ADRS."""

from collections.abc import Mapping
from dataclasses import dataclass

from cdisc_tools.model.errors import ConfigurationError

RESPONSE, CONTROL = ("CR", "PR"), ("CR", "PR", "SD", "NON-CR/NON-PD")
PERMITTED: Mapping[str, tuple[str, ...]] = {
    "not_done": ("kept", "dropped"),
    "new_therapy": ("before", "on_or_before", "any"),
    "missing": ("MISSING", "NE"),
}
BEST_TO_WORST = ("NE", "CR", "PR", "SD", "NON-CR/NON-PD", "PD")


def _require_responses(name: str, values: tuple[str, ...]) -> None:
    """Raise ConfigurationError for a value that is no response."""
    for value in values:
        if value not in (*BEST_TO_WORST, "ND"):
            raise ConfigurationError(
                f"{name} has {value!r}, which is none of {', '.join(BEST_TO_WORST)}, ND"
            )


@dataclass(frozen=True, kw_only=True)
class ResponseChoices:
    """How overall responses count; days are those elapsed since the reference date.

    ``reference`` is the date of ADSL before which nothing counts (RANDDT, TRTSDT). Of several
    records of a day the worst counts, by ``worst_of_day`` (best first, what isn't listed before).
    ``not_done`` says whether ND is a value of its own, which ranks after NE and breaks a
    confirmation (kept), or no assessment (dropped). ``new_therapy`` says which assessments count
    when new anti-cancer therapy starts (ADSL.NACTDT): before, on_or_before, or any.

    Stable disease counts ``minimum_days`` after the reference or later, and is NE sooner. A
    response is confirmed by a later one ``confirm_days`` after it or later, with at most
    ``max_not_evaluable`` NE between, and one SD where ``accept_stable``. ``missing`` is the
    response of a subject without any assessment: MISSING or NE.
    """

    reference: str = "RANDDT"
    worst_of_day: tuple[str, ...] = BEST_TO_WORST
    not_done: str = "dropped"
    new_therapy: str = "any"
    minimum_days: int = 42
    confirm_days: int = 28
    max_not_evaluable: int = 1
    accept_stable: bool = False
    missing: str = "MISSING"
    rationale: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a choice that there isn't."""
        for name, permitted in PERMITTED.items():
            if getattr(self, name) not in permitted:
                raise ConfigurationError(
                    f"{name} is {getattr(self, name)!r}; it must be one of {', '.join(permitted)}"
                )
        for name in ("minimum_days", "confirm_days", "max_not_evaluable"):
            if getattr(self, name) < 0:
                raise ConfigurationError(f"{name} is {getattr(self, name)}; it must be 0 or more")
        order = self.worst_of_day
        if not order or len(set(order)) < len(order):
            raise ConfigurationError("worst_of_day must name each response once, the best first")
        _require_responses("worst_of_day", order)


@dataclass(frozen=True, kw_only=True)
class ResponseParameter:
    """A parameter of ADRS: ``kind`` names the derivation (``response_parameters.KINDS``).

    ``days`` is how long after the reference a durable response must be seen. ``values`` are the
    responses that make a durable response (disease control if not given) or a best response (CR
    and PR, of disease_control the rest as well) Y.
    """

    kind: str
    paramcd: str
    param: str
    days: int = 0
    values: tuple[str, ...] | None = None
    rationale: str = ""

    def __post_init__(self) -> None:
        """Raise ConfigurationError for days below 0 and for a value that is no response."""
        if self.days < 0:
            raise ConfigurationError(f"{self.paramcd}: days is {self.days}; it must be 0 or more")
        _require_responses(f"{self.paramcd}: values", self.values or ())


@dataclass(frozen=True, kw_only=True)
class ResponseProfile:
    """The response parameters of a profile, and the choices that they share.

    ``param`` is the label of OVR, the overall responses themselves.
    """

    choices: ResponseChoices
    parameters: tuple[ResponseParameter, ...]
    param: str = "Overall Response"
