"""A profile: a named set of the choices that differ between sponsors."""

from dataclasses import dataclass

from cdisc_tools.model.endpoint import Endpoint
from cdisc_tools.model.response import ResponseProfile


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Response parameters and endpoints as one authority or program derives them.

    Either may be absent: without ``response`` the endpoints use the study's own ADRS.
    """

    name: str
    rationale: str
    source: str
    response: ResponseProfile | None = None
    endpoints: tuple[Endpoint, ...] = ()
