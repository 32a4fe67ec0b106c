"""SDTM frames to ADaM frames: the order of the derivations."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from cdisc_tools.derivations.adverse_events import derive_adae
from cdisc_tools.derivations.biomarkers import derive_adbm
from cdisc_tools.derivations.exposure import anthracycline_dose, derive_adex
from cdisc_tools.derivations.lesions import derive_adtr
from cdisc_tools.derivations.profile import derive_adtte
from cdisc_tools.derivations.readers import filter_to_analysed
from cdisc_tools.derivations.recist import derive_lesion_responses
from cdisc_tools.derivations.records import (
    Frames,
    filter_until_cutoff,
    finish,
    keep_specified,
    make_links,
)
from cdisc_tools.derivations.response import (
    append_rsp,
    derive_adrs,
    derive_links,
    derive_param_ovrinv,
    report_responses,
)
from cdisc_tools.derivations.sources import prepare_sources
from cdisc_tools.derivations.subject import derive_adsl, derive_vars_response
from cdisc_tools.model.analysis import Analysis
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.results import AdamResult


def derive_adam(
    sdtm: Mapping[str, pd.DataFrame], analysis: Analysis, *, cutoff: date
) -> AdamResult:
    """Derive every ADaM dataset of a study.

    ``sdtm`` has frames by domain, SUPPxx included. Assessments after the cut-off are reported
    and left out. Returns ADSL, ADAE, ADEX, ADTR, ADRS, ADBM and ADTTE with the variables of
    ``analysis.datasets``, sorted by their keys, and the links of their records to the sources.
    Raises ConfigurationError when DM, EX or a variable that a definition names is absent.
    """
    findings = Findings()
    sources = prepare_sources(sdtm, analysis, findings)
    adsl, adsl_links = derive_adsl(sources, analysis.subjects, cutoff=cutoff, findings=findings)
    adex, adex_links = derive_adex(sources, analysis.exposure, findings=findings)
    adtr, adtr_links, adrs, results = _lesions(sources, adsl, analysis, cutoff, findings)
    datasets = {**sources, "ADSL": adsl, "ADRS": adrs}
    adtte = derive_adtte(adsl, datasets, analysis.endpoints, cutoff=cutoff, findings=findings)
    adrs = append_rsp(adrs, adsl, adtte, analysis.response)
    adsl = derive_vars_response(adsl, adrs, anthracycline_dose(adex, analysis.exposure))
    adae = derive_adae(sources, adsl, analysis.adverse_events, findings=findings)
    adbm, adbm_links = derive_adbm(sources, adsl, analysis.biomarkers, findings=findings)
    frames = {"ADAE": adae, "ADEX": adex, "ADTR": adtr, "ADRS": adrs, "ADBM": adbm, "ADTTE": adtte}
    finished = {
        name: finish(frame, adsl, analysis.datasets[name]) for name, frame in frames.items()
    }
    return AdamResult(
        frames={
            "ADSL": keep_specified(adsl, analysis.datasets["ADSL"]),
            **finished,
        },
        links={
            "ADSL": adsl_links,
            "ADEX": adex_links,
            "ADTR": adtr_links,
            "ADRS": derive_links(adrs, results),
            "ADBM": adbm_links,
            "ADTTE": make_links(adtte, "AVAL"),
        },
        findings=findings,
    )


def _lesions(
    sources: Frames, adsl: pd.DataFrame, analysis: Analysis, cutoff: date, findings: Findings
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Derive ADTR with its links, ADRS but RSP, and the lesion results behind them."""
    responses, results = derive_lesion_responses(
        sources, adsl, analysis.lesions, analysis.criteria, cutoff=cutoff, findings=findings
    )
    adtr, links = derive_adtr(responses, results)
    results = filter_to_analysed(results, responses)
    responses = responses[responses["IS_ANALYSED"]]
    investigator = derive_param_ovrinv(
        sources, analysis.response, analysis.lesions, cutoff=cutoff, findings=findings
    )
    investigator = filter_until_cutoff(investigator, "RS", cutoff, findings=findings)
    adrs = derive_adrs(responses, investigator, adsl, analysis.response, findings=findings)
    report_responses(adrs, analysis.response, findings)
    return adtr, links, adrs, results
