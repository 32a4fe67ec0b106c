"""Progression-free survival: one subject a line; then admiralonco's answers."""

import dataclasses
from datetime import date

import pandas as pd
import pytest

from cdisc_tools.derivations.dates import impute_dt
from cdisc_tools.derivations.time_to_event import derive_param_tte
from cdisc_tools.model.endpoint import Endpoint, FollowUpEnd, TteSource
from cdisc_tools.model.findings import Findings
from tests.tables import cases, table

CUTOFF = date(2024, 12, 31)
PFS = Endpoint(
    paramcd="PFS",
    param="Progression-Free Survival (days)",
    population="SAFFL",
    origin="RANDDT",
    events=(
        TteSource(dataset="ADSL", date="PDDT", description="Progression"),
        TteSource(dataset="ADSL", date="DTHDT", description="Death", where={"DTHFL": ("Y",)}),
    ),
    censorings=(
        TteSource(
            dataset="ADSL", date="LSTADT", cnsr=1, description="None", date_description="Last"
        ),
        TteSource(
            dataset="ADSL", date="RANDDT", cnsr=2, description="Unseen", date_description="Origin"
        ),
    ),
    ends=(
        FollowUpEnd(
            dataset="ADSL", date="NACTDT", keep="on_or_before", cnsr=3, description="Therapy"
        ),
    ),
    rationale="a test",
    source="worked by hand",
)


def dated(frame: pd.DataFrame) -> pd.DataFrame:
    for name in [name for name in frame.columns if name.endswith("DT")]:
        frame = frame.assign(**{name: impute_dt(frame[name])["DT"]})
    return frame.assign(SAFFL="Y")


def derive(adsl, endpoint=PFS, cutoff=CUTOFF):
    findings = Findings()
    tte = derive_param_tte(adsl, {"ADSL": adsl}, endpoint, cutoff=cutoff, findings=findings)
    return tte, [finding.check_id for finding in findings]


@pytest.mark.parametrize("case", cases("""
    USUBJID              RANDDT      PDDT        DTHFL  DTHDT       LSTADT      NACTDT      AVAL  CNSR  EVNTDESC     FINDING
    progression          2024-01-01  2024-03-01  .      .           2024-03-01  .           61    0     Progression  .
    death-alone          2024-01-01  .           Y      2024-01-31  2024-01-20  .           31    0     Death        .
    progression-first    2024-01-01  2024-03-01  Y      2024-04-01  2024-03-01  .           61    0     Progression  .
    both-on-one-day      2024-01-01  2024-03-01  Y      2024-03-01  2024-03-01  .           61    0     Progression  .
    alive-and-assessed   2024-01-01  .           .      .           2024-02-29  .           60    1     None         .
    never-assessed       2024-01-01  .           .      .           .           .           1     2     Unseen       .
    censored-on-day-1    2024-01-01  .           .      .           2024-01-01  .           1     1     None         .
    event-before-origin  2024-01-10  2024-01-05  .      .           2024-01-10  .           1     0     Progression  CDT-A017
    therapy-cuts-event   2024-01-01  2024-03-01  .      .           2024-01-20  2024-02-01  20    3     Therapy      .
    therapy-on-the-day   2024-01-01  2024-03-01  .      .           2024-02-20  2024-03-01  61    0     Progression  .
    therapy-after-event  2024-01-01  2024-03-01  .      .           2024-03-01  2024-03-02  61    0     Progression  .
    therapy-unassessed   2024-01-01  .           .      .           .           2024-02-01  1     3     Therapy      .
    event-after-cut-off  2024-01-01  2025-01-01  .      .           2024-02-29  .           60    1     None         .
    event-on-cut-off     2024-01-01  2024-12-31  .      .           2024-02-29  .           366   0     Progression  .
    therapy-after-cutoff  2024-01-01  .           .      .           2024-02-29  2025-01-01  60    1     None         .
    undated-death        2024-01-01  .           Y      .           2024-02-29  .           60    1     None         CDT-A007
"""))  # fmt: skip  # noqa: E501
def test_pfs(case):
    tte, findings = derive(dated(case))
    assert tte["AVAL"].item() == int(case["AVAL"].item())
    assert tte["CNSR"].item() == int(case["CNSR"].item())
    assert tte["EVNTDESC"].item() == case["EVNTDESC"].item()
    assert findings == case["FINDING"].dropna().tolist()


def test_therapy_on_the_day_when_only_before_counts():
    ends = (dataclasses.replace(PFS.ends[0], keep="before"),)
    adsl = dated(
        table("""
        USUBJID  RANDDT      PDDT        DTHFL  DTHDT  LSTADT      NACTDT
        01       2024-01-01  2024-03-01  .      .      2024-02-20  2024-03-01
    """)
    )
    tte, _ = derive(adsl, dataclasses.replace(PFS, ends=ends))
    assert (tte["AVAL"].item(), tte["CNSR"].item()) == (51, 3)


def test_a_subject_without_origin_or_ending_is_found():
    adsl = dated(
        table("""
        USUBJID  RANDDT      PDDT        DTHFL  DTHDT  LSTADT  NACTDT
        01       .           2024-03-01  .      .      .       .
        02       2024-01-01  .           .      .      .       .
    """)
    )
    endpoint = dataclasses.replace(PFS, censorings=PFS.censorings[:1])
    tte, findings = derive(adsl, endpoint)
    assert tte.empty
    assert findings == ["CDT-A004", "CDT-A005"]


def test_nobody_in_the_population():
    adsl = dated(
        table("""
        USUBJID  RANDDT      PDDT  DTHFL  DTHDT  LSTADT  NACTDT
        01       2024-01-01  .     .      .      .       .
    """)
    ).assign(SAFFL="N")
    assert derive(adsl)[0].empty


# 200 random histories: admiralonco 1.4's PFS and OS (expected_tte.csv); its last assessment is of
# any value, its first progression on or after randomisation.
def test_the_random_histories_of_admiralonco(shared):
    folder = shared / "data" / "response"
    adsl = dated(pd.read_csv(folder / "adsl.csv", dtype="string"))
    ovr = dated(pd.read_csv(folder / "ovr.csv", dtype="string").dropna(subset=["AVALC"]))
    ovr = ovr.assign(ASEQ=ovr["RSSEQ"].astype("Int64"))
    start = ovr["USUBJID"].map(adsl.set_index("USUBJID")["RANDDT"])
    values = {"CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"}
    ovr = ovr[(ovr["ADT"] >= start) & ovr["AVALC"].isin(values)]
    pfs = Endpoint(
        paramcd="PFS", param="PFS", population="SAFFL", origin="RANDDT", rationale="", source="",
        events=(
            TteSource(dataset="ADRS", date="ADT", where={"AVALC": ("PD",)},
                      description="Disease Progression"),
            TteSource(dataset="ADSL", date="DTHDT", description="Death"),
        ),
        censorings=(
            TteSource(dataset="ADRS", date="ADT", cnsr=1, description="Last Tumor Assessment"),
            TteSource(dataset="ADSL", date="RANDDT", cnsr=1, description="Randomization"),
        ),
    )  # fmt: skip
    ours = derive_param_tte(
        adsl, {"ADSL": adsl, "ADRS": ovr}, pfs, cutoff=date(2099, 1, 1), findings=Findings()
    ).set_index("USUBJID")
    theirs = pd.read_csv(folder / "expected_tte.csv").query("PARAMCD == 'PFS'")
    theirs = theirs.set_index("USUBJID")
    both = ours.loc[theirs.index]
    assert len(theirs) > 150
    assert (both["AVAL"] == theirs["AVAL"]).all()
    assert (both["CNSR"] == theirs["CNSR"]).all()
