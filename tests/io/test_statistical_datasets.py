"""Files of SPSS and Stata as datasets: dates become those of SAS, missing values are kept."""

import json
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from cdisc_tools.io.statistical_datasets import open_statistical
from cdisc_tools.model.errors import ConfigurationError
from tests.io.streams import values_of


def bits(*numbers):
    return ["." if number is None else np.float64(number).tobytes() for number in numbers]


DAY = (date(2020, 2, 29) - date(1960, 1, 1)).days


@pytest.mark.parametrize("suffix", [".sav", ".zsav"])
def test_a_file_of_spss(tmp_path, suffix):
    path = tmp_path / f"ae{suffix}"
    frame = pd.DataFrame({
        "T": ["a", "", "\u00fc "], "N": [1.5, np.nan, -9.0], "D": [date(2020, 2, 29), None, None],
        "M": [datetime(1960, 1, 1, 0, 0, 30), None, None],
    })  # fmt: skip
    pyreadstat.write_sav(
        frame, str(path), file_label="Events", column_labels=["Text", "Number", "Day", "Moment"],
        missing_ranges={"N": [-9]}, variable_value_labels={"N": {-9: "refused"}},
        compress=suffix == ".zsav",
    )  # fmt: skip
    read = open_statistical(path)
    assert (read.about.name, read.about.label, read.about.records) == ("AE", "Events", 3)
    assert values_of(read) == {
        "T": ["a", None, "\u00fc"], "N": bits(1.5, None, -9), "D": bits(DAY, None, None),
        "M": bits(30, None, None),
    }  # fmt: skip
    formats = {item.name: item.format for item in read.about.variables}
    assert (formats["D"], formats["M"]) == ("DATE9.", "DATETIME20.")
    assert read.about.by_name["N"].label == "Number"
    assert json.loads(read.about.provenance["value_labels"]) == {"N": {"-9.0": "refused"}}
    assert json.loads(read.about.provenance["missing_ranges"])["N"] == [{"lo": -9.0, "hi": -9.0}]


def test_a_file_of_stata(tmp_path):
    path = tmp_path / "dm.dta"
    frame = pd.DataFrame({
        "D": [21974.0, np.nan], "M": [30_000.0, np.nan], "Z": [1, "a"], "T": ["x", ""],
    })  # fmt: skip
    pyreadstat.write_dta(
        frame, str(path), variable_format={"D": "%td", "M": "%tc"}, missing_user_values={"Z": ["a"]}
    )
    read = open_statistical(path)
    assert values_of(read) == {
        "D": bits(DAY, None), "M": bits(30, None), "Z": [*bits(1), "A"], "T": ["x", None],
    }  # fmt: skip
    formats = {item.name: item.format for item in read.about.variables}
    assert (formats["D"], formats["M"], formats["T"]) == ("DATE9.", "DATETIME20.", "")


def test_a_portable_file_and_several_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("cdisc_tools.io.statistical_datasets.CHUNK", 2)
    frame = pd.DataFrame({"T": ["a", "b", "c", "d"], "N": [1.0, 2.0, 3.0, 4.0]})
    pyreadstat.write_por(frame, str(tmp_path / "dm.por"))
    pyreadstat.write_sav(frame, str(tmp_path / "dm.sav"))
    for suffix in (".por", ".sav"):
        read = open_statistical(tmp_path / f"dm{suffix}")
        assert [len(chunk) for chunk in read.read() if len(chunk)] == [2, 2]
        assert values_of(read) == {"T": ["a", "b", "c", "d"], "N": bits(1, 2, 3, 4)}


@pytest.mark.parametrize("suffix", [".sas7bdat", ".sav", ".zsav", ".por", ".dta"])
@pytest.mark.parametrize("data", [b"", b"no such file", b"\0" * 4096])
def test_a_file_that_is_none_is_refused(tmp_path, suffix, data):
    (tmp_path / f"dm{suffix}").write_bytes(data)
    with pytest.raises(ConfigurationError, match=rf"dm{suffix} is not a readable {suffix} file"):
        open_statistical(tmp_path / f"dm{suffix}")


def test_a_dataset_without_records(tmp_path):
    pyreadstat.write_sav(pd.DataFrame({"N": [1.0]}).iloc[:0], str(tmp_path / "dm.sav"))
    assert values_of(open_statistical(tmp_path / "dm.sav")) == {"N": []}
