"""CDISC pilot study: mapped from pharmaverse's raw data, equal to the SDTM given with them.

Raw: pharmaverseraw; SDTM: pharmaversesdtm (both in ../shared/data/pharmaverse).
"""

from pathlib import Path

import pandas as pd
import pytest

from cdisc_tools.mapping.engine import MappingResult
from tests.mapping.small_study import map_folder, shown

STUDY = Path(__file__).parent / "pharmaverse"
# variables of the given SDTM that we do not make, and why
LEFT_OUT = {
    "DM": {
        "RFENDTC": "of 01-710-1083 it is the day after death, which no raw date explains",
        "RFICDTC": "missing for all subjects of the given DM, though IC_DT is in the raw data",
        "RFPENDTC": "of 80 subjects it is a later visit than any in the raw data",
        "BRTHDTC": "no date of birth in the raw data",
        "ACTARMUD": "missing for all subjects of the given DM; nothing collected",
    },
    "EX": {},
    "DS": {"DSSPID": "number of the adverse event, which is not in the raw data"},
}
RECORDS = {"DM": 306, "EX": 591, "DS": 850}


@pytest.fixture(scope="module")
def pilot(shared) -> tuple[MappingResult, Path]:
    folder = shared / "data" / "pharmaverse"
    return map_folder(STUDY, folder), folder / "sdtm"


def read_given(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(
        folder / f"{name.lower()}.csv", dtype="string", na_values=[""], keep_default_na=False
    )


@pytest.mark.parametrize("name", ["DM", "EX", "DS"])
def test_every_cell_is_the_given_one(pilot, name):
    result, folder = pilot
    given = read_given(folder, name)
    assert len(given) == RECORDS[name]
    variables = [variable for variable in given if variable not in LEFT_OUT[name]]
    expected = given[variables].fillna(".")
    records = list(expected.itertuples(index=False, name=None))
    # the given ones stand by --SEQ, ours by the keys of the SDTMIG
    assert sorted(shown(result.datasets[name], variables)) == sorted(records)


@pytest.mark.parametrize("name", ["DM", "EX", "DS"])
def test_no_variable_is_made_beyond_the_given_ones(pilot, name):
    result, folder = pilot
    given = set(read_given(folder, name)) - set(LEFT_OUT[name])
    assert set(result.datasets[name].frame) == given


def test_nothing_is_found(pilot):
    result, _ = pilot
    assert [finding.check_id for finding in result.findings] == []


def test_nothing_is_left_out_without_a_reason(pilot):
    result, _ = pilot
    left = result.unmapped
    reasons = ("the study id", "name of the form", "one text", "repeated on", "the given")
    assert left["REASON"].str.startswith(reasons).all()
