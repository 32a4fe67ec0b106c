"""A study's endpoints under the choices of profiles: who changes, from what to what, and why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd

from cdisc_tools.derivations.profile import derive_adrs, derive_adtte
from cdisc_tools.derivations.records import Frames
from cdisc_tools.derivations.response_parameters import MEASURABLE
from cdisc_tools.model.analysis import ResponseDefinition
from cdisc_tools.model.endpoint import Endpoint
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.profile import Profile
from cdisc_tools.model.response import ResponseProfile

COLUMNS = ("ADT", "AVAL", "CNSR", "EVNTDESC")


def compare_profile(
    frames: Frames,
    profile: Profile,
    endpoints: tuple[Endpoint, ...],
    response: ResponseDefinition,
    *,
    cutoff: date,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive the endpoints of a profile that the study has, and compare them with the study's own.

    Takes the study's ADaM ``frames`` (ADSL, ADRS, ADTTE). Population, origin, unit and count of
    days are the study's: a profile says which events and censorings count, not who is followed from
    when. A profile with responses derives ADRS anew from the study's analysed responses.

    Returns the profile's ADTTE, one record per subject and parameter (with OF, the study's
    parameter that it is another reading of), and the changes: one record per subject and parameter
    whose ADT differs, or who is censored by one and not by the other, with ADT, AVAL, CNSR and
    EVNTDESC of the study and, behind ``_NEW``, of the profile; EVNTDESC_NEW says why. A subject
    that one of them doesn't follow has missing values there.
    """
    datasets = dict(frames)
    if profile.response is not None:
        datasets["ADRS"] = _adrs(frames, profile.response, response, cutoff)
    own = {endpoint.paramcd: endpoint for endpoint in endpoints}
    readings = tuple(_readings(profile, own))
    if not readings:
        return pd.DataFrame(), pd.DataFrame()
    adtte = derive_adtte(frames["ADSL"], datasets, readings, cutoff=cutoff, findings=Findings())
    of = {reading.paramcd: reading.of for reading in readings}
    adtte = adtte.assign(OF=adtte["PARAMCD"].map(of).astype("string"))
    return adtte, _changes(frames["ADTTE"], adtte, readings)


def _readings(profile: Profile, own: dict[str, Endpoint]) -> Iterator[Endpoint]:
    """The profile's endpoints that the study has, followed from where the study follows them."""
    for endpoint in profile.endpoints:
        study = own.get(endpoint.of or endpoint.paramcd)
        if study is None:
            continue
        yield replace(
            endpoint,
            of=study.paramcd,
            population=study.population,
            origin=study.origin,
            origin_records=study.origin_records,
            among=study.among,
            unit=study.unit,
            origin_day=study.origin_day,
        )


def _adrs(
    frames: Frames, profile: ResponseProfile, response: ResponseDefinition, cutoff: date
) -> pd.DataFrame:
    """ADRS of the profile, from the study's analysed responses; endpoints use no target lesions."""
    adrs = frames["ADRS"]
    ovr = adrs[adrs["PARAMCD"].eq(response.analysed)].rename(columns={"ASEQ": "RSSEQ"})
    own = replace(
        profile,
        choices=replace(profile.choices, reference=response.choices.reference),
        parameters=tuple(one for one in profile.parameters if one.kind != MEASURABLE),
    )
    columns = [name for name in ("USUBJID", "AVISIT", "ADT", "AVALC", "RSSEQ") if name in ovr]
    return derive_adrs(ovr[columns], frames["ADSL"], own, findings=Findings(), cutoff=cutoff)


def _changes(
    before: pd.DataFrame, after: pd.DataFrame, readings: tuple[Endpoint, ...]
) -> pd.DataFrame:
    """The subjects whose ending differs in its date, or in whether it is an event."""
    parts = []
    for reading in readings:
        old, new = (
            frame.loc[frame["PARAMCD"].eq(paramcd), ["USUBJID", *COLUMNS]]
            for frame, paramcd in ((before, reading.of), (after, reading.paramcd))
        )
        both = old.merge(
            new, on="USUBJID", how="outer", suffixes=("", "_NEW"), validate="one_to_one"
        )
        parts.append(both.assign(OF=reading.of, PARAMCD=reading.paramcd))
    changes = pd.concat(parts, ignore_index=True)
    was, has = changes["CNSR"].eq(0), changes["CNSR_NEW"].eq(0)
    differs = changes["ADT"].ne(changes["ADT_NEW"]) | was.fillna(False).ne(has.fillna(False))
    order = ["OF", "PARAMCD", "USUBJID"]
    return changes[differs].sort_values(order, kind="stable").reset_index(drop=True)
