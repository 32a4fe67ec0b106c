"""Response parameters held to the saved answers of admiralonco 1.4, whatever the settings."""

from functools import lru_cache

import pandas as pd
import pytest

from cdisc_tools.derivations.history import History
from cdisc_tools.derivations.response_parameters import (
    derive_response_parameter,
    select_assessments,
)
from cdisc_tools.model.response import ResponseChoices, ResponseParameter

KINDS = {
    "BOR": "best", "CBOR": "confirmed_best", "RSP": "response", "CRSP": "confirmed_response",
    "CB": "clinical_benefit", "CCB": "confirmed_clinical_benefit",
}  # fmt: skip
# the settings of the file: name there -> field of ResponseChoices
FIELDS = {
    "win": "minimum_days", "confirm": "confirm_days", "max_nr_ne": "max_not_evaluable",
    "accept_sd": "accept_stable",
}  # fmt: skip
# admiralonco treats ND in two ways: its functions rank it, its events leave it out
NOT_DONE = {"function": "kept", "events": "dropped"}
ANSWERS = 5800


def choices_of(impl: str, config: str) -> ResponseChoices:
    given = dict(pair.split("=") for pair in config.split(";") if "=" in pair)
    fields: dict[str, object] = {"not_done": NOT_DONE[impl]}
    for name, text in given.items():
        if name == "missing_as_ne":
            fields["missing"] = "NE" if text == "TRUE" else "MISSING"
        else:
            fields[FIELDS[name]] = text == "TRUE" if name == "accept_sd" else int(text)
    return ResponseChoices(**fields)  # type: ignore[arg-type]


def read(path, *dates: str) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""])
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in dates})


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "data" / "response"


@lru_cache(maxsize=64)
def history_of(folder, choices: ResponseChoices) -> History:
    ovr = read(folder / "ovr.csv", "ADT")
    ovr = ovr.assign(RSSEQ=pd.to_numeric(ovr["RSSEQ"]).astype("float64"))
    return select_assessments(ovr, read(folder / "adsl.csv", "RANDDT"), choices)


def test_all_answers_of_all_settings(folder):
    expected = read(folder / "expected_response.csv", "ADT")
    compared, wrong = 0, []
    for (impl, config, paramcd), answers in expected.groupby(["impl", "config", "PARAMCD"]):
        choices = choices_of(impl, config)
        parameter = ResponseParameter(kind=KINDS[paramcd], paramcd=paramcd, param=paramcd)
        ours = derive_response_parameter(history_of(folder, choices), parameter, choices)
        both = answers.merge(ours, on="USUBJID", suffixes=("", "_OURS"), validate="one_to_one")
        compared += len(both)
        same = both["AVALC"].eq(both["AVALC_OURS"])
        same &= both["ADT"].eq(both["ADT_OURS"]) | (both["ADT"].isna() & both["ADT_OURS"].isna())
        wrong += both[~same.fillna(False)].to_dict("records")
    assert wrong == []
    assert compared == ANSWERS
