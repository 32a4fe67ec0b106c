"""ADRS and ADTTE of a profile, from overall responses and ADSL."""

from datetime import date

import pandas as pd

from cdisc_tools.derivations.history import report_left_out, report_unassessed
from cdisc_tools.derivations.records import Frames, assign_aseq
from cdisc_tools.derivations.response import report_later
from cdisc_tools.derivations.response_parameters import (
    MEASURABLE,
    derive_param_mdis,
    derive_param_ovr,
    derive_response_parameter,
    select_assessments,
)
from cdisc_tools.derivations.time_to_event import derive_param_tte
from cdisc_tools.model.endpoint import Endpoint
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.response import CONTROL, ResponseProfile

OVR = "OVR"
_ORDER = ["USUBJID", "ADT", "RSSEQ"]


def derive_adrs(
    ovr: pd.DataFrame,
    adsl: pd.DataFrame,
    profile: ResponseProfile,
    *,
    findings: Findings,
    targets: pd.DataFrame | None = None,
    cutoff: date | None = None,
) -> pd.DataFrame:
    """Derive ADRS: the overall responses as OVR, and every parameter of the profile.

    Takes ``ovr`` with one record per assessment (USUBJID, ADT, AVALC, RSSEQ), ``adsl`` with one
    record per subject, and the target lesions at baseline (``targets``, records of TU) where the
    profile has measurable disease. Responses after the ``cutoff`` are left out. Returns the records
    of OVR in order of subject, ADT and RSSEQ with ANL01FL and ANL02FL, then one record per subject
    for each parameter (ANL01FL Y), numbered within the subject by ASEQ; SRCSEQ of a picked record
    is the ASEQ of its OVR.
    Reported are responses without a date, of no subject of ADSL or after the cut-off, subjects
    without any, a lesser response after complete, and any after progression.
    Raises ConfigurationError as ``select_assessments`` does, and without ``targets`` where they
    are needed.
    """
    report_left_out(ovr, adsl, findings, cutoff=cutoff)
    known = ovr[ovr["USUBJID"].isin(adsl["USUBJID"])]
    if cutoff is not None:
        known = known[~(known["ADT"] > pd.Timestamp(cutoff))]
    ordered = known.sort_values([name for name in _ORDER if name in known], kind="stable")
    numbered = assign_aseq(ordered.reset_index(drop=True))
    history = select_assessments(numbered, adsl, profile.choices)
    report_unassessed(history, findings)
    report_later(numbered, ("CR",), set(CONTROL) - {"CR"}, "CDT-A013", findings)
    report_later(numbered, ("PD",), set(CONTROL), "CDT-A027", findings)
    parts = [derive_param_ovr(numbered, history).assign(PARAMCD=OVR, PARAM=profile.param)]
    for parameter in profile.parameters:
        if parameter.kind != MEASURABLE:
            part = derive_response_parameter(history, parameter, profile.choices)
        elif targets is not None:
            part = derive_param_mdis(targets, history.adsl, parameter)
        else:
            raise ConfigurationError(
                f"{parameter.paramcd}: give targets, the records of target lesions at baseline"
            )
        parts.append(part.assign(ANL01FL="Y"))
    return assign_aseq(pd.concat(parts, ignore_index=True))


def derive_adtte(
    adsl: pd.DataFrame,
    datasets: Frames,
    endpoints: tuple[Endpoint, ...],
    *,
    cutoff: date | None,
    findings: Findings,
) -> pd.DataFrame:
    """Derive every endpoint: one record per subject and parameter, numbered by ASEQ.

    Raises ConfigurationError without an endpoint, and for two of one PARAMCD.
    """
    names = [endpoint.paramcd for endpoint in endpoints]
    if not names or len(set(names)) < len(names):
        raise ConfigurationError(
            f"endpoints must be one or more, each with a PARAMCD of its own; they are {names}"
        )
    parts = [
        derive_param_tte(adsl, datasets, endpoint, cutoff=cutoff, findings=findings)
        for endpoint in endpoints
    ]
    return assign_aseq(pd.concat(parts, ignore_index=True))
