"""Reads a study's analysis files and the response criteria into the model."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from cdisc_tools.metadata.resources import specs_path
from cdisc_tools.metadata.standards import ADAM, read_standard
from cdisc_tools.metadata.yaml_files import read_yaml
from cdisc_tools.model.analysis import (
    AdverseEventDefinition,
    Analysis,
    BiomarkerDefinition,
    ExposureDefinition,
    Figure,
    LesionDefinition,
    ResponseDefinition,
    SubjectDefinition,
)
from cdisc_tools.model.criteria import ResponseCriteria
from cdisc_tools.model.display import Display
from cdisc_tools.model.endpoint import CENSORING_TIES, KEEP, Endpoint
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.profile import Profile
from cdisc_tools.model.response import PERMITTED

T = TypeVar("T")
OVERALL = "OVR"
# the durable response, which may rest on an endpoint
AFTER_ENDPOINTS = "RSP"
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "impute": ("first", "last", "mid", "none"),
    "start_impute": ("first", "last", "mid", "none"),
    "end_impute": ("first", "last", "mid", "none"),
    "period": ("", "on_or_before", "after"),
    "keep": KEEP,
    "new_therapy": PERMITTED["new_therapy"],
    "assessment_date": ("first", "last"),
    "not_done": PERMITTED["not_done"],
    "censoring_tie": CENSORING_TIES,
    "new_lesion_date": ("first_scan", "confirmation"),
    "node_axis": ("short", "longest"),
    "basis": ("visit", "progression_free"),
    "direction": ("", "decrease", "increase"),
    "measure": ("cumulative", "administrations", "planned", "intensity", "held"),
    "statistic": (
        "count", "median", "shortest", "longest", "proportion", "rank_sum", "middle",
        "landmark", "at_risk", "quantile", "logrank", "hazard_ratio",
    ),
    "conf_type": ("log-log", "log", "plain"),
    "ties": ("efron", "breslow"),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class _Displays:
    displays: tuple[Display, ...]


@dataclasses.dataclass(frozen=True)
class _Figures:
    figures: tuple[Figure, ...]
    headlines: tuple[str, ...] = ()


def read_analysis(folder: Path, *, standard: str = ADAM) -> Analysis:
    """Read the analysis definitions of a study from its folder ``analysis``.

    Raises ConfigurationError naming the file and the field that is unknown, missing or wrong.
    """
    response = read_definition(folder / "response.yaml", ResponseDefinition)
    published = read_definition(folder / "published.yaml", _Figures)
    return Analysis(
        subjects=read_definition(folder / "subjects.yaml", SubjectDefinition),
        exposure=read_definition(folder / "exposure.yaml", ExposureDefinition),
        adverse_events=read_definition(folder / "adverse_events.yaml", AdverseEventDefinition),
        lesions=read_definition(folder / "lesions.yaml", LesionDefinition),
        response=response,
        criteria=read_criteria(response.criteria),
        biomarkers=read_definition(folder / "biomarkers.yaml", BiomarkerDefinition),
        endpoints=_endpoints(folder / "endpoints", response),
        figures=published.figures,
        headlines=published.headlines,
        datasets=read_standard(standard),
        displays=_displays(folder / "displays.yaml", published.figures),
    )


def _displays(path: Path, figures: tuple[Figure, ...]) -> tuple[Display, ...]:
    """Read the displays of the report, where the study lists them; each figure has to be known."""
    if not path.is_file():
        return ()
    displays = read_definition(path, _Displays).displays
    known = {figure.name for figure in figures}
    for display in displays:
        for result in display.results:
            if result.figure not in known:
                raise ConfigurationError(
                    f"{path}: display {display.name} has the figure {result.figure}, which "
                    f"published.yaml lacks; choose one of {', '.join(sorted(known))}"
                )
    return displays


def read_criteria(name: str) -> ResponseCriteria:
    """Read response criteria, a file of ``specs/criteria``."""
    path = specs_path() / "criteria" / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(other.stem for other in path.parent.glob("*.yaml")))
        raise ConfigurationError(f"There are no response criteria '{name}'; choose one of {known}.")
    return read_definition(path, ResponseCriteria)


def read_profile(name: str, response: ResponseDefinition | None = None) -> Profile:
    """Read a profile, a file of ``specs/profiles``, for a study's responses (``read_endpoint``).

    Raises ConfigurationError for a name that isn't known; it lists those that are.
    """
    path = specs_path() / "profiles" / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(other.stem for other in path.parent.glob("*.yaml")))
        raise ConfigurationError(f"There is no profile '{name}'; choose one of {known}.")
    content = _fill(read_yaml(path), response.analysed if response else OVERALL)
    profile = typing.cast(Profile, _convert(content, Profile, _Place(path)))
    endpoints = tuple(_scheduled(endpoint, response) for endpoint in profile.endpoints)
    return dataclasses.replace(profile, endpoints=endpoints)


def read_endpoint(path: Path, response: ResponseDefinition | None = None) -> Endpoint:
    """Read an endpoint: whole, or one of ``specs/endpoints`` (``use: pfs``) with other fields.

    A field that the file gives takes the place of the whole field of that name. The value
    {analysed} is the parameter with the overall responses that the study analyses, OVR without a
    study; the schedule of assessments is the study's where the endpoint has none.
    Raises ConfigurationError naming the file and the field.
    """
    content = read_yaml(path)
    if isinstance(content, Mapping) and "use" in content:
        library = specs_path() / "endpoints"
        base = library / f"{content['use']}.yaml"
        if not base.is_file():
            known = ", ".join(sorted(other.stem for other in library.glob("*.yaml")))
            raise ConfigurationError(
                f"{path}: use is '{content['use']}'; it must be one of {known}."
            )
        own = {name: value for name, value in content.items() if name != "use"}
        content = {**read_yaml(base), **own}
    content = _fill(content, response.analysed if response else OVERALL)
    endpoint = typing.cast(Endpoint, _convert(content, Endpoint, _Place(path)))
    return _scheduled(endpoint, response)


def _scheduled(endpoint: Endpoint, response: ResponseDefinition | None) -> Endpoint:
    """Count an endpoint's missed visits by the study's schedule, if it has none of its own."""
    if response is None or endpoint.interval_days:
        return endpoint
    return dataclasses.replace(endpoint, interval_days=response.assessment_interval_days)


def _endpoints(folder: Path, response: ResponseDefinition) -> tuple[Endpoint, ...]:
    """Read the endpoints of a study; ConfigurationError where two files give one PARAMCD."""
    found: dict[str, tuple[Path, Endpoint]] = {}
    for path in sorted(folder.glob("*.yaml")):
        endpoint = _of_study(path, response)
        if endpoint.paramcd in found:
            raise ConfigurationError(
                f"{path}: PARAMCD {endpoint.paramcd} is that of {found[endpoint.paramcd][0]} too; "
                "give one of them another paramcd"
            )
        found[endpoint.paramcd] = path, endpoint
    return tuple(endpoint for _, endpoint in found.values())


def _of_study(path: Path, response: ResponseDefinition) -> Endpoint:
    """Read an endpoint of a study; ConfigurationError for a response that it doesn't define."""
    endpoint = read_endpoint(path, response)
    known = [name for name in response.parameters if name != AFTER_ENDPOINTS]
    known += [parameter.paramcd for parameter in response.more]
    unknown = sorted(endpoint.parameters("ADRS") - set(known))
    if unknown:
        raise ConfigurationError(
            f"{path}: {endpoint.paramcd} uses PARAMCD {', '.join(unknown)} of ADRS, of which there "
            f"is none when endpoints are derived; there are {', '.join(known)}. Add it to more in "
            "response.yaml (kind, paramcd, param), or name another"
        )
    return endpoint


def _fill(value: Any, analysed: str) -> Any:
    """Put the analysed parameter wherever a text is {analysed}."""
    if isinstance(value, dict):
        return {name: _fill(one, analysed) for name, one in value.items()}
    if isinstance(value, list):
        return [_fill(one, analysed) for one in value]
    return analysed if value == "{analysed}" else value


def read_definition(path: Path, model: type[T]) -> T:
    """Read a YAML file as one frozen dataclass; nothing in it is evaluated.

    Raises ConfigurationError for an absent or unreadable file, and for a field that is unknown,
    missing or of the wrong kind.
    """
    made = _convert(read_yaml(path), model, _Place(path))
    return typing.cast(T, made)


@dataclasses.dataclass(frozen=True)
class _Place:
    """Where in which file a value stands; makes the errors."""

    path: Path
    field: str = ""

    def inside(self, name: str) -> "_Place":
        return _Place(self.path, f"{self.field}.{name}" if self.field else name)

    def error(self, text: str) -> ConfigurationError:
        return ConfigurationError(f"{self.path}: {self.field or 'the file'} {text}")


def _convert(value: Any, kind: Any, place: _Place) -> Any:
    """Convert a YAML value to the type of its field."""
    if isinstance(kind, typing.NewType):
        return _convert(value, kind.__supertype__, place)
    if dataclasses.is_dataclass(kind):
        return _make(value, typing.cast(type[Any], kind), place)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {types.UnionType, typing.Union}:
        plain = [option for option in arguments if option is not types.NoneType]
        return None if value is None else _convert(value, plain[0], place)
    if origin is tuple:
        items = value if isinstance(value, list) else [value]
        return tuple(
            _convert(item, arguments[0], place.inside(str(number)))
            for number, item in enumerate(items, 1)
        )
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise place.error("must be a mapping of names to values.")
        return {str(k): _convert(v, arguments[1], place.inside(str(k))) for k, v in value.items()}
    return _scalar(value, kind, place)


def _make(value: Any, model: type[Any], place: _Place) -> Any:
    """Make a dataclass of a mapping; every key must be a field, every field must have a value."""
    if not isinstance(value, dict):
        raise place.error(f"must be a mapping with the fields of {model.__name__}.")
    fields = {field.name: field for field in dataclasses.fields(model)}
    unknown = sorted(set(map(str, value)) - set(fields))
    if unknown:
        raise place.error(f"has unknown fields {', '.join(unknown)}; known: {', '.join(fields)}.")
    absent = [
        name
        for name, field in fields.items()
        if name not in value
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    ]
    if absent:
        raise place.error(f"lacks the fields {', '.join(absent)}; add them.")
    hints = typing.get_type_hints(model)
    values = {str(k): _convert(v, hints[k], place.inside(k)) for k, v in value.items()}
    try:
        return model(**values)
    except (ValueError, ConfigurationError) as error:  # fields that don't go together
        raise place.error(str(error)) from error


def _scalar(value: Any, kind: Any, place: _Place) -> Any:
    """Check a text, number, exact fraction or truth value; numbers in text fields become text."""
    name = place.field.rsplit(".", 1)[-1]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is Fraction and (is_number or isinstance(value, str)):
        return Fraction(str(value))
    if kind is bool and isinstance(value, bool):
        return value
    if kind is int and isinstance(value, int) and is_number:
        return value
    if kind is float and is_number:
        return float(value)
    if kind is str and (is_number or isinstance(value, str)):
        text = str(value)
        if name in _CHOICES and text not in _CHOICES[name]:
            raise place.error(f"is '{text}'; it must be one of {', '.join(_CHOICES[name])}.")
        return text
    raise place.error(f"is {value!r}; it must be a {kind.__name__} (quote yes, no, on and off).")
