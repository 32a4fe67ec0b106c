"""Response parameters of ADRS: progression, best and confirmed response, clinical benefit.

Each function takes a ``History`` (``select_assessments``) and returns one record per subject of
its ADSL: USUBJID, PARAMCD, PARAM, AVALC, AVAL, ADT, the visit of the record it was picked from, and
that record in SRCDOM, SRCVAR, SRCSEQ. Without such a record AVALC is N (or the missing response)
and ADT is missing.

    AVALC   CR  PR  SD  NON-CR/NON-PD  PD  NE  MISSING  Y  N
    AVAL    1   2   3   4              5   6   7        1  0

Source: the semantics of admiralonco 1.4 (derive_param_response, derive_param_bor,
derive_param_confirmed_bor, derive_param_confirmed_resp, derive_param_clinbenefit; vignette adrs).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cdisc_tools.derivations.history import (
    NONE,
    History,
    Mask,
    Places,
    filter_to_worst_of_day,
    filter_until_progression,
    make_history,
    report_left_out,
)
from cdisc_tools.derivations.records import require_variables
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from cdisc_tools.model.response import CONTROL, RESPONSE, ResponseChoices, ResponseParameter

Y, N = "Y", "N"
VALUES: Mapping[str, float] = {
    "CR": 1.0, "PR": 2.0, "SD": 3.0, "NON-CR/NON-PD": 4.0, "PD": 5.0, "NE": 6.0, "MISSING": 7.0,
    Y: 1.0, N: 0.0,
}  # fmt: skip
_EVALUABLE_OR_NOT = (*CONTROL, "NE")
_ANY_NUMBER = 2**31


def select_assessments(
    ovr: pd.DataFrame,
    adsl: pd.DataFrame,
    choices: ResponseChoices,
    *,
    findings: Findings | None = None,
) -> History:
    """Select the assessments that count: one a day, from the reference date on.

    Takes ``ovr`` with one record per assessment: USUBJID, ADT (``datetime64``), AVALC, and RSSEQ
    or ASEQ, which breaks ties; ``adsl`` with one record per subject and its reference date.
    A subject without a reference date has no assessment that counts; undated assessments, and
    those of subjects that ADSL hasn't got, are reported to ``findings``.
    Raises ConfigurationError as ``make_history`` does.
    """
    if findings is not None:
        report_left_out(ovr, adsl, findings)
    history = make_history(ovr, adsl, reference=choices.reference)
    history = history.keep(history.since_start(0) & _before_new_therapy(history, choices))
    if choices.not_done == "dropped":
        history = history.keep(~history.is_one_of("ND"))
    return filter_to_worst_of_day(history, choices.worst_of_day)


def _before_new_therapy(history: History, choices: ResponseChoices) -> Mask:
    """True for each record that new anti-cancer therapy doesn't exclude."""
    if choices.new_therapy == "any":
        return np.ones(len(history.day), dtype=bool)
    require_variables(history.adsl, ["NACTDT"], "ADSL")
    started = history.adsl["NACTDT"].to_numpy(dtype="datetime64[D]")[history.subject]
    days = history.day.astype("datetime64[D]")
    earlier = days < started if choices.new_therapy == "before" else days <= started
    kept: Mask = np.isnat(started) | earlier
    return kept


def derive_param_ovr(ovr: pd.DataFrame, history: History) -> pd.DataFrame:
    """Flag the overall responses: one record per record of ``ovr``, in its order.

    ANL01FL is Y for those that count, ANL02FL for those of them up to the day of the first PD.
    """
    flags = {"ANL01FL": history, "ANL02FL": filter_until_progression(history)}
    flagged = {}
    for name, counted in flags.items():
        values = np.full(len(ovr), None, dtype=object)
        values[counted.record] = Y
        flagged[name] = pd.Series(values, index=ovr.index, dtype="string")
    return ovr.assign(AVAL=ovr["AVALC"].map(VALUES).astype("Float64"), **flagged)


def derive_param_pd(history: History, parameter: ResponseParameter) -> pd.DataFrame:
    """Derive the first progression: Y and its date."""
    return _first(history, history.is_one_of("PD"), parameter)


def derive_param_lsta(history: History, parameter: ResponseParameter) -> pd.DataFrame:
    """Derive the last assessment, whatever its response, after progression included.

    AVALC is that response, missing without any.
    """
    places = history.last(np.ones(len(history.day), dtype=bool))
    return _records(history, places, _picked(history, places, "AVALC"), parameter)


def derive_param_rsp(history: History, parameter: ResponseParameter) -> pd.DataFrame:
    """Derive response, confirmation not required: the first CR or PR up to progression."""
    counted = filter_until_progression(history)
    return _first(counted, counted.is_one_of(*RESPONSE), parameter)


def derive_param_bor(
    history: History, parameter: ResponseParameter, choices: ResponseChoices
) -> pd.DataFrame:
    """Derive the best overall response, confirmation not required.

    CR, PR, SD and NON-CR/NON-PD (both ``minimum_days`` after the reference or later), PD, NE (an
    earlier SD or NON-CR/NON-PD as well), ND, up to the first progression; of equal ones the
    earliest. A subject without any has ``choices.missing``.

    With the reference on 2020-01-01 and 42 days (see ``tests/derivations/test_response_api.py``):

        assessments                     BOR      ADT
        SD 02-01, PR 03-01, PD 04-01    PR       03-01
        SD 02-01, PD 03-01              PD       03-01  (SD on day 31 is too early)
        SD 02-12, PD 03-01              SD       02-12  (day 42 counts)
        SD 02-01                        NE       02-01
        none                            MISSING
    """
    counted = filter_until_progression(history)
    late = counted.since_start(choices.minimum_days)
    is_stable, is_other = counted.is_one_of("SD"), counted.is_one_of("NON-CR/NON-PD")
    found: list[tuple[str, Mask]] = [
        ("CR", counted.is_one_of("CR")),
        ("PR", counted.is_one_of("PR")),
        ("SD", is_stable & late),
        ("NON-CR/NON-PD", is_other & late),
        ("PD", counted.is_one_of("PD")),
        ("NE", counted.is_one_of("NE") | is_stable | is_other),
        ("ND", counted.is_one_of("ND")),
    ]
    return _best(counted, found, parameter, choices.missing)


def derive_param_confirmed_bor(
    history: History, parameter: ResponseParameter, choices: ResponseChoices
) -> pd.DataFrame:
    """Derive the best overall response, confirmed.

    CR and PR where a later assessment confirms them (``confirmed_complete``,
    ``confirmed_partial``), then SD of any CR, PR or SD that is late enough, NON-CR/NON-PD, PD,
    NE, ND, up to the first progression; ADT is that of the first record, which is confirmed.

    With the reference on 2020-01-01, 42 and 28 days (``tests/derivations/test_response_api.py``):

        assessments                       CBOR  ADT
        PR 03-01, PR 03-29                PR    03-01
        PR 03-01, PR 03-28                SD    03-01  (27 days confirm nothing)
        CR 03-01, NE 03-15, CR 04-01      CR    03-01
        CR 03-01, PR 04-01                SD    03-01
        PR 01-20                          NE    01-20  (unconfirmed, too early for SD)
    """
    counted = filter_until_progression(history)
    late = counted.since_start(choices.minimum_days)
    found: list[tuple[str, Mask]] = [
        ("CR", confirmed_complete(counted, choices)),
        ("PR", confirmed_partial(counted, choices)),
        ("SD", counted.is_one_of("CR", "PR", "SD") & late),
        ("NON-CR/NON-PD", counted.is_one_of("NON-CR/NON-PD") & late),
        ("PD", counted.is_one_of("PD")),
        ("NE", counted.is_one_of(*_EVALUABLE_OR_NOT)),
        ("ND", counted.is_one_of("ND")),
    ]
    return _best(counted, found, parameter, choices.missing)


def derive_param_confirmed_rsp(
    history: History, parameter: ResponseParameter, choices: ResponseChoices
) -> pd.DataFrame:
    """Derive confirmed response: the first CR or PR that a later assessment confirms."""
    counted = filter_until_progression(history)
    return _first(counted, _confirmed(counted, choices), parameter)


def derive_param_clinical_benefit(
    history: History, parameter: ResponseParameter, choices: ResponseChoices
) -> pd.DataFrame:
    """Derive clinical benefit: a response, or CR, PR, SD or NON-CR/NON-PD late enough.

    The first such record up to progression.
    """
    counted = filter_until_progression(history)
    return _first(counted, counted.is_one_of(*RESPONSE) | _controlled(counted, choices), parameter)


def derive_param_confirmed_clinical_benefit(
    history: History, parameter: ResponseParameter, choices: ResponseChoices
) -> pd.DataFrame:
    """Derive clinical benefit with confirmed response: as above, responses confirmed."""
    counted = filter_until_progression(history)
    return _first(counted, _confirmed(counted, choices) | _controlled(counted, choices), parameter)


def derive_param_durable(
    history: History, parameter: ResponseParameter, _choices: ResponseChoices
) -> pd.DataFrame:
    """Derive stable disease or better for ``parameter.days``: seen that long after the reference.

    The first of ``parameter.values`` from that day on, up to the day of the first progression.
    """
    counted = filter_until_progression(history)
    values = CONTROL if parameter.values is None else parameter.values
    seen = counted.is_one_of(*values) & counted.since_start(parameter.days)
    return _first(counted, seen, parameter)


def derive_param_of_best(
    best: pd.DataFrame, values: Sequence[str], parameter: ResponseParameter
) -> pd.DataFrame:
    """Derive whether the best response (``derive_param_bor``) is one of some values.

    Those of the parameter take the place of ``values``.
    """
    is_met = best["AVALC"].isin(values if parameter.values is None else parameter.values)
    dropped = [name for name in best.columns if name not in _OF_BEST]
    return best.assign(
        PARAMCD=parameter.paramcd,
        PARAM=parameter.param,
        AVALC=_flag(is_met.to_numpy(), best.index),
        AVAL=is_met.astype("float64"),
        **{name: best[name].where(is_met) for name in dropped},
    )


_OF_BEST = frozenset({"USUBJID", "PARAMCD", "PARAM", "AVALC", "AVAL"})


def derive_param_death(adsl: pd.DataFrame, parameter: ResponseParameter) -> pd.DataFrame:
    """Derive death: Y and ADSL.DTHDT where there is one."""
    require_variables(adsl, ["USUBJID", "DTHDT"], "ADSL")
    is_dead = adsl["DTHDT"].notna()
    return _yes_or_no(adsl, is_dead, parameter).assign(
        ADT=adsl["DTHDT"],
        SRCDOM=pd.Series("ADSL", index=adsl.index, dtype="string").where(is_dead),
        SRCVAR=pd.Series("DTHDT", index=adsl.index, dtype="string").where(is_dead),
    )


def derive_param_mdis(
    targets: pd.DataFrame, adsl: pd.DataFrame, parameter: ResponseParameter
) -> pd.DataFrame:
    """Derive measurable disease at baseline: Y where ``targets`` has a record of the subject.

    Takes the records of TU that are target lesions at baseline of the evaluator.
    """
    require_variables(targets, ["USUBJID"], "TU")
    return _yes_or_no(adsl, adsl["USUBJID"].isin(targets["USUBJID"]), parameter)


def _yes_or_no(adsl: pd.DataFrame, is_met: pd.Series, parameter: ResponseParameter) -> pd.DataFrame:
    """Make one record per subject, Y or N."""
    return pd.DataFrame(
        {
            "USUBJID": adsl["USUBJID"],
            "PARAMCD": parameter.paramcd,
            "PARAM": parameter.param,
            "AVALC": _flag(is_met.to_numpy(), adsl.index),
            "AVAL": is_met.astype("float64"),
        }
    )


def confirmed_complete(history: History, choices: ResponseChoices) -> Mask:
    """True for each CR that the first CR ``confirm_days`` later or more confirms.

    Between them are only CR and NE, of NE at most ``max_not_evaluable``.
    """
    pairs = _pairs(history, "CR", ("CR",), choices.confirm_days)
    kept = pairs.only("CR", "NE") & (pairs.count("NE") <= choices.max_not_evaluable)
    return pairs.mask(kept)


def confirmed_partial(history: History, choices: ResponseChoices) -> Mask:
    """True for each PR that the first CR or PR ``confirm_days`` later or more confirms.

    Between them are only CR, PR and NE (at most ``max_not_evaluable``), and one SD where
    ``accept_stable``; no PR comes after a CR.
    """
    pairs = _pairs(history, "PR", RESPONSE, choices.confirm_days)
    between = (*RESPONSE, "NE", "SD") if choices.accept_stable else (*RESPONSE, "NE")
    kept = pairs.only(*between) & (pairs.count("NE") <= choices.max_not_evaluable)
    return pairs.mask(kept & (pairs.count("SD") <= 1) & ~pairs.has_partial_after_complete())


def _confirmed(history: History, choices: ResponseChoices) -> Mask:
    return confirmed_complete(history, choices) | confirmed_partial(history, choices)


def _controlled(history: History, choices: ResponseChoices) -> Mask:
    return history.is_one_of(*CONTROL) & history.since_start(choices.minimum_days)


@dataclass(frozen=True)
class _Pairs:
    """Responses and the record that may confirm each: places in a history.

    What lies between is what comes after ``first``, up to and including ``second``.
    """

    history: History
    first: Places
    second: Places

    def count(self, *values: str) -> Places:
        """Count the records between that have one of the values."""
        is_one = self.history.is_one_of(*values)
        before = np.concatenate([[0], np.cumsum(is_one)])
        counted: Places = before[self.second + 1] - before[self.first + 1]
        return counted

    def only(self, *values: str) -> Mask:
        """True where every record between has one of the values."""
        every: Mask = self.count(*values) == self.second - self.first
        return every

    def has_partial_after_complete(self) -> Mask:
        """True where between the two a PR has the date of a CR or a later one."""
        places = np.arange(len(self.history.day))
        is_complete, is_partial = self.history.is_one_of("CR"), self.history.is_one_of("PR")
        following = np.where(is_complete, places, len(places))[::-1]
        next_complete = np.append(np.minimum.accumulate(following)[::-1], len(places))
        last_partial = np.maximum.accumulate(np.where(is_partial, places, NONE))
        complete, partial = next_complete[self.first + 1], last_partial[self.second]
        both = (self.count("CR") > 0) & (self.count("PR") > 0)
        day = np.append(self.history.day, 0)
        after: Mask = both & (day[partial] >= day[complete])
        return after

    def mask(self, kept: Mask) -> Mask:
        """True for each record of the history that is confirmed."""
        confirmed = np.zeros(len(self.history.day), dtype=bool)
        confirmed[self.first[kept]] = True
        return confirmed


def _pairs(history: History, value: str, by: Sequence[str], days: int) -> _Pairs:
    """Pair each response with the first of ``by`` that comes ``days`` later or more."""
    width = _ANY_NUMBER
    moment = history.subject * width + history.day
    first, second = (np.flatnonzero(history.is_one_of(*names)) for names in ((value,), by))
    place = np.searchsorted(moment[second], moment[first] + days, side="left")
    place = np.maximum(place, np.searchsorted(second, first, side="right"))
    has_one = place < len(second)
    first, place = first[has_one], place[has_one]
    confirming = second[place]
    same = history.subject[confirming] == history.subject[first]
    return _Pairs(history, first[same], confirming[same])


def _first(history: History, chosen: Mask, parameter: ResponseParameter) -> pd.DataFrame:
    """Make the records of a parameter that is Y at the first chosen record, else N."""
    places = history.first(chosen)
    return _records(history, places, np.where(places == NONE, N, Y).astype(object), parameter)


def _best(
    history: History,
    found: Sequence[tuple[str, Mask]],
    parameter: ResponseParameter,
    missing: str,
) -> pd.DataFrame:
    """Make the records of the best of some values, each with the records that have it."""
    values = np.full(len(history.adsl), missing, dtype=object)
    places = np.full(len(history.adsl), NONE)
    for value, chosen in reversed(found):
        first = history.first(chosen)
        has_one = first != NONE
        values[has_one], places[has_one] = value, first[has_one]
    return _records(history, places, values, parameter)


def _picked(history: History, places: Places, name: str) -> pd.Series:
    """A variable of the picked records, missing where there is none."""
    # the source's records are numbered from 0, and NONE is none of them
    labels = np.append(history.record, NONE)[places]
    return history.source[name].reindex(labels).reset_index(drop=True)


def _records(
    history: History,
    places: Places,
    values: "pd.Series | np.ndarray[Any, Any]",
    parameter: ResponseParameter,
) -> pd.DataFrame:
    """Make one record per subject of ADSL from the records picked, NONE where there is none."""
    avalc = pd.Series(values, dtype="string")
    is_picked = places != NONE
    day = np.append(history.day, 0)[places].astype("datetime64[D]").astype("datetime64[s]")
    frame = {
        "USUBJID": history.adsl["USUBJID"],
        "PARAMCD": pd.Series(parameter.paramcd, index=avalc.index, dtype="string"),
        "PARAM": pd.Series(parameter.param, index=avalc.index, dtype="string"),
        "AVALC": avalc,
        "AVAL": avalc.map(VALUES).astype("Float64"),
        "ADT": pd.Series(np.where(is_picked, day, np.datetime64("NaT"))),
    }
    for name in ("AVISIT", "AVISITN", "ADTF", "RSSEQ"):
        if name in history.source:
            frame[name] = _picked(history, places, name)
    if "ASEQ" in history.source:
        text = pd.Series("ADRS", index=avalc.index, dtype="string").where(is_picked)
        variable = pd.Series("AVALC", index=avalc.index, dtype="string").where(is_picked)
        number = _picked(history, places, "ASEQ").astype("Int64")
        frame |= {"SRCDOM": text, "SRCVAR": variable, "SRCSEQ": number}
    return pd.DataFrame(frame)


def _flag(is_met: Mask, index: pd.Index) -> pd.Series:
    return pd.Series(np.where(is_met, Y, N), index=index, dtype="string")


_Derivation = Callable[[History, ResponseParameter, ResponseChoices], pd.DataFrame]
KINDS: Mapping[str, _Derivation] = {
    "progression": lambda history, parameter, _: derive_param_pd(history, parameter),
    "last_assessment": lambda history, parameter, _: derive_param_lsta(history, parameter),
    "response": lambda history, parameter, _: derive_param_rsp(history, parameter),
    "best": derive_param_bor,
    "confirmed_best": derive_param_confirmed_bor,
    "confirmed_response": derive_param_confirmed_rsp,
    "clinical_benefit": derive_param_clinical_benefit,
    "confirmed_clinical_benefit": derive_param_confirmed_clinical_benefit,
    "durable": derive_param_durable,
    "best_is_response": lambda history, parameter, choices: derive_param_of_best(
        derive_param_bor(history, parameter, choices), RESPONSE, parameter
    ),
    "confirmed_best_is_response": lambda history, parameter, choices: derive_param_of_best(
        derive_param_confirmed_bor(history, parameter, choices), RESPONSE, parameter
    ),
    "disease_control": lambda history, parameter, choices: derive_param_of_best(
        derive_param_bor(history, parameter, choices), CONTROL, parameter
    ),
    "death": lambda history, parameter, _: derive_param_death(history.adsl, parameter),
}
# it looks at target lesions, not at responses, so a profile alone can ask for it
MEASURABLE = "measurable_disease"


def derive_response_parameter(
    history: History, parameter: ResponseParameter, choices: ResponseChoices
) -> pd.DataFrame:
    """Derive one parameter by its kind; ConfigurationError for a kind that isn't known."""
    if parameter.kind not in KINDS:
        raise ConfigurationError(
            f"{parameter.paramcd}: there is no kind '{parameter.kind}'; choose one of "
            f"{', '.join(KINDS)}"
        )
    return KINDS[parameter.kind](history, parameter, choices)
