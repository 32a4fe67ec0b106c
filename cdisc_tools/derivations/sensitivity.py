"""A study's endpoints under the choices of profiles: who changes, from what to what, and why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd

from cdisc_tools.derivations.profile import OVR, derive_adrs, derive_adtte
from cdisc_tools.derivations.records import Frames
from cdisc_tools.model.analysis import ResponseDefinition
from cdisc_tools.model.endpoint import Endpoint, TteSource
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

    Takes the study's ADaM ``frames`` (ADSL, ADRS, ADTTE). Population and origin are the study's:
    a profile says which events and censorings count, not who is followed from when. A profile with
    responses derives ADRS anew from the study's analysed responses.

    Returns the profile's ADTTE, one record per subject and parameter (with OF, the study's
    parameter that it is another reading of), and the changes: one record per subject and parameter
    of which ADT or CNSR differ, with ADT, AVAL, CNSR and EVNTDESC of the study and, behind
    ``_NEW``, of the profile; EVNTDESC_NEW says why.
    """
    datasets = dict(frames)
    if profile.response is not None:
        datasets["ADRS"] = _adrs(frames, profile.response, endpoints[0], response)
    own = {endpoint.paramcd: endpoint for endpoint in endpoints}
    readings = tuple(_readings(profile, own, response))
    if not readings:
        return pd.DataFrame(), pd.DataFrame()
    adtte = derive_adtte(frames["ADSL"], datasets, readings, cutoff=cutoff, findings=Findings())
    of = {reading.paramcd: reading.of or reading.paramcd for reading in readings}
    adtte = adtte.assign(OF=adtte["PARAMCD"].map(of).astype("string"))
    return adtte, _changes(frames["ADTTE"], adtte)


def _readings(
    profile: Profile, own: dict[str, Endpoint], response: ResponseDefinition
) -> Iterator[Endpoint]:
    """The profile's endpoints that the study has, followed from where the study follows them."""
    for endpoint in profile.endpoints:
        study = own.get(endpoint.of or endpoint.paramcd)
        if study is None:
            continue
        origin = {endpoint.origin: study.origin}
        yield replace(
            endpoint,
            population=study.population,
            origin=study.origin,
            origin_records=study.origin_records,
            among=study.among,
            censorings=tuple(_from(source, origin) for source in endpoint.censorings),
            gaps=tuple(
                replace(gap, longest_days=gap.longest_days or _days(gap.visits, gap.window_days,
                                                                    response))
                for gap in endpoint.gaps
            ),
            needs=tuple(
                replace(need, except_days=need.except_days or _days(need.except_visits, 0,
                                                                    response))
                for need in endpoint.needs
            ),
        )  # fmt: skip


def _from(source: TteSource, origin: dict[str, str]) -> TteSource:
    """Censor at the study's origin where the profile censors at its own."""
    is_origin = source.dataset == "ADSL" and source.date in origin
    return replace(source, date=origin[source.date] or source.date) if is_origin else source


def _days(visits: int, window: int, response: ResponseDefinition) -> int:
    return visits * response.assessment_interval_days + window if visits else 0


def _adrs(
    frames: Frames, profile: ResponseProfile, endpoint: Endpoint, response: ResponseDefinition
) -> pd.DataFrame:
    """ADRS of the profile, from the study's analysed responses."""
    adrs, adsl = frames["ADRS"], frames["ADSL"]
    ovr = adrs[adrs["PARAMCD"].eq(response.analysed)].rename(columns={"SRCSEQ": "RSSEQ"})
    choices = replace(profile.choices, reference=endpoint.origin or "TRTSDT")
    columns = [name for name in ("USUBJID", "AVISIT", "ADT", "AVALC", "RSSEQ") if name in ovr]
    return derive_adrs(ovr[columns], adsl, replace(profile, choices=choices), param=OVR)


def _changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The subjects whose ending, or its kind, differs; "" stands for no record."""
    left = before[["USUBJID", "PARAMCD", *COLUMNS]].rename(columns={"PARAMCD": "OF"})
    right = after[["USUBJID", "OF", "PARAMCD", *COLUMNS]]
    parts = []
    for paramcd, own in right.groupby("PARAMCD", sort=False):
        of = str(own["OF"].iloc[0])
        both = left[left["OF"].eq(of)].merge(
            own.drop(columns=["OF", "PARAMCD"]), on="USUBJID", how="outer",
            suffixes=("", "_NEW"), validate="one_to_one",
        )  # fmt: skip
        parts.append(both.assign(OF=of, PARAMCD=paramcd))
    changes = pd.concat(parts, ignore_index=True)
    same = pd.Series(True, index=changes.index)
    for name in ("ADT", "CNSR"):
        old, new = changes[name], changes[f"{name}_NEW"]
        same &= (old.eq(new) | (old.isna() & new.isna())).fillna(False).astype(bool)
    order = ["OF", "PARAMCD", "USUBJID"]
    return changes[~same].sort_values(order, kind="stable").reset_index(drop=True)
