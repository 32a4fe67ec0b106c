"""Every choice of an endpoint, at and on both sides of its boundary, worked by hand."""

import dataclasses
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_tools.derivations.dates import impute_dt
from cdisc_tools.derivations.time_to_event import derive_param_tte
from cdisc_tools.metadata.analysis import read_endpoint, read_profile
from cdisc_tools.metadata.resources import specs_path
from cdisc_tools.model.endpoint import (
    AssessmentGap,
    Endpoint,
    FollowUpEnd,
    NeededRecords,
    TteMembers,
    TteOrigin,
    TteSource,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Findings
from tests.tables import cases, table

PD = TteSource(dataset="ADSL", date="PDDT", description="PD")
DEATH = TteSource(dataset="ADSL", date="DTHDT", description="Death")
LAST = TteSource(dataset="ADRS", date="ADT", cnsr=1, description="Last", date_description="Scan")
ORIGIN = TteSource(
    dataset="ADSL", date="RANDDT", cnsr=2, description="None", date_description="Day"
)
PLAIN = Endpoint(
    paramcd="PFS", param="PFS", origin="RANDDT", events=(PD, DEATH), censorings=(LAST, ORIGIN),
    rationale="", source="",
)  # fmt: skip
GAP = AssessmentGap(
    dataset="ADRS", date="ADT", longest_days=100, cnsr=4, description="Gap",
    date_description="Before the gap",
)  # fmt: skip
NEEDED = NeededRecords(
    dataset="ADRS", date="ADT", period="after", cnsr=5, description="Unseen",
    date_description="Start", except_days=60,
)  # fmt: skip


def dated(frame: pd.DataFrame) -> pd.DataFrame:
    for name in [name for name in frame.columns if name.endswith("DT")]:
        frame = frame.assign(**{name: impute_dt(frame[name])["DT"]})
    return frame


def derive(case: pd.DataFrame, endpoint: Endpoint, cutoff: date | None = None) -> pd.DataFrame:
    """Derive for one subject randomised on 2024-01-01; SCANS are month-day of 2024."""
    adsl = case.assign(USUBJID="01", RANDDT="2024-01-01")
    for name in ("PDDT", "DTHDT", "NACTDT"):
        given_day = adsl[name] if name in adsl else pd.Series([pd.NA], dtype="string")
        adsl[name] = "2024-" + given_day
    scans = case["SCANS"].fillna("").item().split(",") if "SCANS" in case else [""]
    days = [f"2024-{day}" for day in scans if day]
    adrs = pd.DataFrame({"USUBJID": pd.Series(["01"] * len(days), dtype="string"),
                         "ADT": pd.Series(days, dtype="string"),
                         "ASEQ": range(1, len(days) + 1)})  # fmt: skip
    datasets = {"ADSL": dated(adsl), "ADRS": dated(adrs)}
    return derive_param_tte(
        datasets["ADSL"], datasets, endpoint, cutoff=cutoff, findings=Findings()
    )


def told(tte: pd.DataFrame) -> tuple[int, int, str]:
    return int(tte["AVAL"].item()), int(tte["CNSR"].item()), tte["EVNTDESC"].item()


# more than 100 days after the last scan an event counts no more
@pytest.mark.parametrize("case", cases("""
    CASE               SCANS        PDDT   DTHDT  AVAL  CNSR  EVNTDESC  SRCDOM  CNSDTDSC
    within             02-01        05-11  .      132   0     PD        ADSL    .
    a-day-more         02-01        05-12  .      32    4     Gap       ADRS    Before_the_gap
    scan-between       02-01,03-01  05-12  .      133   0     PD        ADSL    .
    death-too          02-01        .      05-12  32    4     Gap       ADRS    Before_the_gap
    scan-on-the-day    02-01,05-12  05-12  .      32    4     Gap       ADRS    Before_the_gap
    scan-after         02-01,06-12  05-12  .      32    4     Gap       ADRS    Before_the_gap
    never-scanned      .            04-10  .      101   0     PD        ADSL    .
    never-scanned-gap  .            04-11  .      1     4     Gap       ADSL    Before_the_gap
    censored           02-01        .      .      32    1     Last      ADRS    Scan
"""))  # fmt: skip
def test_an_event_after_missed_visits(case):
    tte = derive(case, dataclasses.replace(PLAIN, gaps=(GAP,)))
    assert told(tte) == (
        int(case["AVAL"].item()),
        int(case["CNSR"].item()),
        case["EVNTDESC"].item(),
    )
    assert tte["SRCDOM"].item() == case["SRCDOM"].item()
    assert tte["CNSDTDSC"].fillna("").item().replace(" ", "_") == case["CNSDTDSC"].fillna("").item()


def test_a_gap_may_hold_for_some_events_only():
    only_death = dataclasses.replace(GAP, events=("Death",))
    endpoint = dataclasses.replace(PLAIN, gaps=(only_death,))
    late = table("SCANS  PDDT   DTHDT\n02-01  08-01  .")
    assert told(derive(late, endpoint)) == (214, 0, "PD")
    late = table("SCANS  PDDT   DTHDT\n02-01  .      08-01")
    assert told(derive(late, endpoint)) == (32, 4, "Gap")


def test_a_gap_names_the_scan_before_it():
    case = table("SCANS        PDDT\n01-20,02-01  08-01")
    assert derive(case, dataclasses.replace(PLAIN, gaps=(GAP,)))["SRCSEQ"].item() == 2


# without a scan after day 1 an event counts up to 60 days after it
@pytest.mark.parametrize("case", cases("""
    CASE          SCANS  PDDT   DTHDT  AVAL  CNSR  EVNTDESC
    seen          02-01  .      09-01  245   0     Death
    early-death   .      .      03-01  61    0     Death
    later-death   .      .      03-02  1     5     Unseen
    nothing       .      .      .      1     5     Unseen
    on-day-1      01-01  .      03-02  1     5     Unseen
"""))  # fmt: skip
def test_a_subject_without_an_assessment_after_the_origin(case):
    tte = derive(case, dataclasses.replace(PLAIN, needs=(NEEDED,)))
    assert told(tte) == (
        int(case["AVAL"].item()),
        int(case["CNSR"].item()),
        case["EVNTDESC"].item(),
    )


def test_a_subject_without_an_assessment_at_baseline():
    need = dataclasses.replace(NEEDED, period="on_or_before", except_days=0)
    endpoint = dataclasses.replace(PLAIN, needs=(need,))
    assert told(derive(table("SCANS  PDDT\n02-01  02-01"), endpoint)) == (1, 5, "Unseen")
    assert told(derive(table("SCANS        PDDT\n01-01,02-01  02-01"), endpoint)) == (32, 0, "PD")


@pytest.mark.parametrize(
    ("keep", "expected"), [("before", (51, 3, "New")), ("on_or_before", (61, 0, "PD"))]
)
def test_new_therapy_on_the_day_of_the_event(keep, expected):
    end = FollowUpEnd(dataset="ADSL", date="NACTDT", keep=keep, cnsr=3, description="New")
    case = table("SCANS  PDDT   NACTDT\n02-20  03-01  03-01")
    assert told(derive(case, dataclasses.replace(PLAIN, ends=(end,)))) == expected


@pytest.mark.parametrize(("tie", "described"), [("first", "Last"), ("last", "None")])
def test_of_censorings_on_one_day_the_choice_holds(tie, described):
    endpoint = dataclasses.replace(PLAIN, censoring_tie=tie)
    assert told(derive(table("SCANS  PDDT\n01-01  ."), endpoint))[2] == described


@pytest.mark.parametrize(
    ("unit", "origin_day", "expected"),
    [("DAYS", 1, 61), ("DAYS", 0, 60), ("WEEKS", 1, 61 / 7), ("MONTHS", 0, 60 / 30.4375),
     ("YEARS", 1, 61 / 365.25)],
)  # fmt: skip
def test_the_unit_and_the_day_count(unit, origin_day, expected):
    endpoint = dataclasses.replace(PLAIN, unit=unit, origin_day=origin_day)
    tte = derive(table("SCANS  PDDT\n02-20  03-01"), endpoint)
    assert tte["AVAL"].item() == pytest.approx(expected, rel=1e-12)
    assert tte["AVALU"].item() == unit


def test_an_unknown_unit_is_named():
    with pytest.raises(
        ConfigurationError, match="PFS: there is no unit 'HOURS'; choose one of DAYS"
    ):
        derive(table("SCANS\n02-20"), dataclasses.replace(PLAIN, unit="HOURS"))


def test_a_text_is_no_date():
    adsl = pd.DataFrame({"USUBJID": ["01"], "RANDDT": pd.to_datetime(["2024-01-01"]),
                         "DTHDTC": ["2024-02-01"]})  # fmt: skip
    endpoint = dataclasses.replace(
        PLAIN, events=(dataclasses.replace(DEATH, date="DTHDTC"),), censorings=(ORIGIN,)
    )
    with pytest.raises(ConfigurationError, match=r"ADSL\.DTHDTC holds no dates but"):
        derive_param_tte(adsl, {"ADSL": adsl}, endpoint, cutoff=None, findings=Findings())


def test_an_absent_dataset_is_named():
    with pytest.raises(ConfigurationError, match="no dataset ADXX, which an endpoint names"):
        derive(
            table("SCANS\n02-20"),
            dataclasses.replace(PLAIN, events=(dataclasses.replace(PD, dataset="ADXX"),)),
        )


def test_only_responders_are_followed_from_their_response():
    adrs = dated(table("""
        USUBJID  PARAMCD  AVALC  ADT         ASEQ
        01       RSP      Y      2024-03-01  1
        01       OVR      PR     2024-04-01  2
        02       RSP      N      .           1
        02       OVR      SD     2024-04-01  2
    """)).assign(ASEQ=[1, 2, 1, 2])  # fmt: skip
    adsl = dated(table("USUBJID  RANDDT      PDDT\n01  2024-01-01  2024-06-01\n02  2024-01-01  ."))
    responders = TteOrigin(dataset="ADRS", date="ADT", where={"PARAMCD": ("RSP",), "AVALC": ("Y",)})
    endpoint = dataclasses.replace(
        PLAIN, paramcd="DOR", origin="", origin_records=responders, events=(PD,),
        censorings=(dataclasses.replace(LAST, where={"PARAMCD": ("OVR",)}),),
    )  # fmt: skip
    datasets = {"ADSL": adsl, "ADRS": adrs}
    tte = derive_param_tte(adsl, datasets, endpoint, cutoff=None, findings=Findings())
    assert tte["USUBJID"].tolist() == ["01"]
    assert (tte["AVAL"].item(), f"{tte['STARTDT'].item():%Y-%m-%d}") == (93, "2024-03-01")
    members = TteMembers(dataset="ADRS", where={"PARAMCD": ("RSP",), "AVALC": ("Y",)})
    endpoint = dataclasses.replace(endpoint, origin="RANDDT", origin_records=None, among=members)
    tte = derive_param_tte(adsl, datasets, endpoint, cutoff=None, findings=Findings())
    assert tte["AVAL"].tolist() == [153]


STARTED = TteSource(
    dataset="ADSL", date="STARTDT", cnsr=2, description="None", date_description="Day"
)
RESPONDERS = TteOrigin(dataset="ADRS", date="ADT")


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ({"origin": "RANDDT"}, ("2024-01-01", "ADSL", "RANDDT")),
        ({"origin": "", "origin_records": RESPONDERS}, ("2024-02-01", "ADRS", "ADT")),
    ],
)
def test_startdt_is_the_origin_whatever_that_is(origin, expected):
    endpoint = dataclasses.replace(PLAIN, events=(PD,), censorings=(STARTED,), **origin)
    tte = derive(table("SCANS\n02-01"), endpoint)
    assert told(tte) == (1, 2, "None")
    found = f"{tte['ADT'].item():%Y-%m-%d}", tte["SRCDOM"].item(), tte["SRCVAR"].item()
    assert found == expected


# the cut-off is 2024-03-01
@pytest.mark.parametrize("case", cases("""
    CASE             CHOICE     SCANS        DTHDT  AVAL  CNSR  EVNTDESC
    alive-later      cutoff     .            05-01  61    1     Alive
    alive-before     cutoff     .            02-10  41    1     Alive
    not-without-it   .          .            05-01  1     2     None
    scan-later       needs      03-02        .      1     5     Unseen
    scan-on-the-day  needs      03-01        .      61    1     Last
    member-later     among      03-02        .      .     .     .
    member-in-time   among      03-01        .      61    1     Last
    origin-later     origin     03-02        .      .     .     .
    origin-in-time   origin     03-01        .      1     1     Last
"""))  # fmt: skip
def test_nothing_after_the_cut_off_counts(case):
    line = case.iloc[0].fillna("")
    alive = TteSource(dataset="ADSL", date="DTHDT", description="Alive", cnsr=1,
                      at_cutoff=line["CHOICE"] == "cutoff")  # fmt: skip
    choices = {
        "cutoff": {"censorings": (alive, ORIGIN)},
        "": {"censorings": (alive, ORIGIN)},
        "needs": {"needs": (NEEDED,)},
        "among": {"among": TteMembers(dataset="ADRS", date="ADT")},
        "origin": {"origin": "", "origin_records": RESPONDERS, "censorings": (LAST,)},
    }[line["CHOICE"]]
    endpoint = dataclasses.replace(PLAIN, events=(PD,), **choices)
    tte = derive(case, endpoint, date(2024, 3, 1))
    if not line["AVAL"]:
        assert tte.empty
    else:
        assert told(tte) == (int(line["AVAL"]), int(line["CNSR"]), line["EVNTDESC"])


# two visits of every 45 days and ten days more: 100 days, as above
@pytest.mark.parametrize(
    ("scheduled", "event", "expected"),
    [(45, "05-11", (132, 0, "PD")), (45, "05-12", (32, 4, "Gap")), (46, "05-12", (133, 0, "PD"))],
)
def test_missed_visits_are_counted_by_the_schedule(scheduled, event, expected):
    gap = dataclasses.replace(GAP, longest_days=0, visits=2, window_days=10)
    endpoint = dataclasses.replace(PLAIN, gaps=(gap,), interval_days=scheduled)
    assert told(derive(table(f"SCANS  PDDT\n02-01  {event}"), endpoint)) == expected
    need = dataclasses.replace(NEEDED, except_days=0, except_visits=1)
    endpoint = dataclasses.replace(PLAIN, needs=(need,), interval_days=60)
    assert told(derive(table("DTHDT\n03-01"), endpoint)) == (61, 0, "Death")
    assert told(derive(table("DTHDT\n03-02"), endpoint)) == (1, 5, "Unseen")


def test_visits_without_a_schedule_are_named():
    gap = dataclasses.replace(GAP, longest_days=0, visits=2)
    with pytest.raises(ConfigurationError, match="PFS: visits are counted by interval_days"):
        derive(table("SCANS\n02-01"), dataclasses.replace(PLAIN, gaps=(gap,)))


def test_a_gap_starts_at_the_origin_not_at_a_scan_before_it():
    adsl = dated(table("USUBJID  RANDDT      PDDT\n01  2024-01-01  2024-04-10"))
    adrs = dated(table("USUBJID  ADT\n01  2023-11-01")).assign(ASEQ=1)
    for longest, expected in ((100, (101, 0, "PD")), (99, (1, 4, "Gap"))):
        gap = dataclasses.replace(GAP, longest_days=longest)
        endpoint = dataclasses.replace(PLAIN, events=(PD,), gaps=(gap,))
        datasets = {"ADSL": adsl, "ADRS": adrs}
        tte = derive_param_tte(adsl, datasets, endpoint, cutoff=None, findings=Findings())
        assert told(tte) == expected
    assert (tte["SRCVAR"].item(), f"{tte['ADT'].item():%Y-%m-%d}") == ("RANDDT", "2024-01-01")


@pytest.mark.parametrize("keep", ["before", "on_or_before"])
def test_an_end_before_the_origin_leaves_the_origin(keep):
    end = FollowUpEnd(dataset="ADSL", date="NACTDT", keep=keep, cnsr=3, description="New")
    adsl = dated(table("""
        USUBJID  RANDDT      PDDT        NACTDT
        01       2024-01-01  2024-02-01  2023-12-01
    """))  # fmt: skip
    adrs = dated(table("USUBJID  ADT\n01  2024-01-15")).assign(ASEQ=1)
    endpoint = dataclasses.replace(PLAIN, events=(PD,), ends=(end,))
    datasets = {"ADSL": adsl, "ADRS": adrs}
    tte = derive_param_tte(adsl, datasets, endpoint, cutoff=None, findings=Findings())
    assert told(tte) == (1, 3, "New")


@pytest.mark.parametrize(("tie", "sequence"), [("first", 1), ("last", 2)])
def test_of_records_of_one_source_and_day_the_sequence_decides(tie, sequence):
    endpoint = dataclasses.replace(PLAIN, censoring_tie=tie)
    adsl = dated(table("USUBJID  RANDDT      PDDT  DTHDT\n01  2024-01-01  .  ."))
    adrs = dated(table("USUBJID  ADT\n01  2024-02-01\n01  2024-02-01"))
    for numbers in ([1, 2], [2, 1]):
        datasets = {"ADSL": adsl, "ADRS": adrs.assign(ASEQ=numbers)}
        tte = derive_param_tte(adsl, datasets, endpoint, cutoff=None, findings=Findings())
        assert tte["SRCSEQ"].item() == sequence


def test_an_empty_population_has_no_records():
    adsl = table("USUBJID  SAFFL  RANDDT  PDDT  DTHDT\n01  N  2024-01-01  .  .")
    every = dataclasses.replace(PLAIN, population="SAFFL", gaps=(GAP,), needs=(NEEDED,))
    adrs = dated(table("USUBJID  ADT\n01  2024-02-01")).assign(ASEQ=1)
    datasets = {"ADSL": dated(adsl), "ADRS": adrs}
    tte = derive_param_tte(datasets["ADSL"], datasets, every, cutoff=None, findings=Findings())
    assert tte.empty


def test_an_undated_event_is_reported_for_followed_subjects_only():
    adsl = dated(table("""
        USUBJID  SAFFL  RANDDT      PDDT  DTHDT  DTHFL
        01       Y      2024-01-01  .     .      Y
        02       N      2024-01-01  .     .      Y
    """))  # fmt: skip
    dead = dataclasses.replace(DEATH, where={"DTHFL": ("Y",)})
    endpoint = dataclasses.replace(PLAIN, population="SAFFL", events=(dead,), censorings=(ORIGIN,))
    findings = Findings()
    derive_param_tte(adsl, {"ADSL": adsl}, endpoint, cutoff=None, findings=findings)
    assert [(one.check_id, dict(one.key)["USUBJID"]) for one in findings] == [("CDT-A007", "01")]


def test_a_subject_twice_in_adsl_is_named():
    twice = dated(table("USUBJID  RANDDT\n01  2024-01-01\n01  2024-01-02"))
    with pytest.raises(ConfigurationError, match="ADSL has 01 more than once"):
        derive_param_tte(twice, {"ADSL": twice}, PLAIN, cutoff=None, findings=Findings())


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"events": (ORIGIN,)}, "the event 'None' has a cnsr"),
        ({"censorings": (PD,)}, "the censoring 'PD' needs a cnsr above 0"),
        ({"gaps": (dataclasses.replace(GAP, longest_days=0),)}, "the gap 'Gap' needs longest_days"),
        ({"needs": (dataclasses.replace(NEEDED, date=""),)}, "the need 'Unseen' has a period"),
        ({"origin": ""}, "give origin, or origin_records"),
        ({"events": ()}, "events is empty"),
        ({"origin_day": 2}, "origin_day is 2; give 0 or 1"),
        ({"censoring_tie": "LAST"}, "censoring_tie is 'LAST'"),
        ({"interval_days": -5}, "interval_days is -5; it must be 0 or more"),
        ({"gaps": (dataclasses.replace(GAP, window_days=-1),)}, "window_days is -1"),
        ({"gaps": (dataclasses.replace(GAP, events=("Nothing",)),)}, "the gap 'Gap' is for 'Nothi"),
        (
            {"events": (dataclasses.replace(PD, where={"PARAMCD": ()}),)},
            "where PARAMCD of ADSL has",
        ),
        (
            {
                "ends": (
                    FollowUpEnd(
                        dataset="ADSL", date="NACTDT", keep="after", cnsr=3, description="New"
                    ),
                )
            },
            "keep is 'after'; give before or on_or_before",
        ),
    ],
)
def test_an_endpoint_that_cannot_be_meant_so(field, message):
    with pytest.raises(ConfigurationError, match=f"PFS: {message}"):
        dataclasses.replace(PLAIN, **field)


@pytest.mark.parametrize(("status", "expected"), [
    ("COMPLETED", (60, 1, "Completed or on treatment")),
    ("ONGOING", (91, 0, "Death")),
    ("DISCONTINUED", (70, 0, "Treatment discontinued")),
])  # fmt: skip
def test_a_death_after_the_end_of_treatment_discontinues_nothing(status, expected):
    ttd = read_endpoint(specs_path() / "endpoints" / "ttd.yaml")
    adsl = dated(table(f"""
        USUBJID  SAFFL  TRTSDT      TRTEDT      EOTSTT    EOTDT       DTHFL  DTHDT
        01       Y      2024-01-01  2024-02-29  {status}  2024-03-10  Y      2024-03-31
    """))  # fmt: skip
    tte = derive_param_tte(adsl, {"ADSL": adsl}, ttd, cutoff=None, findings=Findings())
    assert told(tte) == expected


@pytest.mark.parametrize("path", sorted((specs_path() / "endpoints").glob("*.yaml")), ids=str)
def test_each_endpoint_of_the_library_is_whole(path):
    endpoint = read_endpoint(path)
    assert endpoint.paramcd == path.stem.upper()
    assert endpoint.rationale
    assert endpoint.source
    assert any(source.cnsr == 0 for source in endpoint.events)
    assert all(source.cnsr > 0 for source in endpoint.censorings)


def test_a_study_takes_an_endpoint_and_changes_a_field(tmp_path):
    path = tmp_path / "pfs.yaml"
    path.write_text("use: pfs\npopulation: EVALFL\norigin: RANDDT\n", encoding="utf-8")
    endpoint = read_endpoint(path)
    assert (endpoint.population, endpoint.origin, endpoint.paramcd) == ("EVALFL", "RANDDT", "PFS")
    path.write_text("use: pfz\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"use is 'pfz'; it must be one of dcb, dor"):
        read_endpoint(path)


def test_every_choice_of_a_profile_has_its_reason():
    for path in (specs_path() / "profiles").glob("*.yaml"):
        profile = read_profile(path.stem)
        assert profile.name == path.stem
        assert all((profile.rationale, profile.source))
        for endpoint in profile.endpoints:
            assert all((endpoint.rationale, endpoint.source))


DAYS = st.integers(0, 400)
START = pd.Timestamp("2024-01-01")


@settings(max_examples=80, deadline=None)
@given(pd_day=st.none() | DAYS, death=st.none() | DAYS, scan=DAYS, later=st.integers(0, 200))
def test_delaying_a_censoring_never_shortens_follow_up(pd_day, death, scan, later):
    def aval(seen: int) -> float:
        def moment(day: int | None) -> pd.Timestamp:
            return pd.NaT if day is None else START + pd.Timedelta(days=day)

        adsl = pd.DataFrame({"USUBJID": ["01"], "RANDDT": [START], "PDDT": [moment(pd_day)],
                             "DTHDT": [moment(death)]})  # fmt: skip
        adsl = adsl.astype(dict.fromkeys(("RANDDT", "PDDT", "DTHDT"), "datetime64[s]"))
        adrs = pd.DataFrame({"USUBJID": ["01"], "ADT": pd.to_datetime([moment(seen)])})
        datasets = {"ADSL": adsl, "ADRS": adrs}
        tte = derive_param_tte(adsl, datasets, PLAIN, cutoff=None, findings=Findings())
        return float(tte["AVAL"].item())

    assert aval(scan + later) >= aval(scan)


@settings(max_examples=40, deadline=None)
@given(days=st.lists(st.tuples(DAYS, DAYS, DAYS), min_size=2, max_size=6), seed=st.randoms())
def test_neither_order_nor_partition_changes_an_ending(days, seed):
    names = [f"{number:02d}" for number in range(len(days))]
    adsl = pd.DataFrame(
        {
            "USUBJID": pd.Series(names, dtype="string"),
            "RANDDT": START,
            "PDDT": [START + pd.Timedelta(days=one) for one, _, _ in days],
            "DTHDT": [START + pd.Timedelta(days=two) for _, two, _ in days],
        }
    ).astype({"RANDDT": "datetime64[s]", "PDDT": "datetime64[s]", "DTHDT": "datetime64[s]"})
    adrs = pd.DataFrame({"USUBJID": pd.Series(names, dtype="string"),
                         "ADT": [START + pd.Timedelta(days=three) for _, _, three in days]}
                        ).astype({"ADT": "datetime64[s]"})  # fmt: skip
    endpoint = dataclasses.replace(PLAIN, gaps=(GAP,), needs=(NEEDED,))

    def run(subjects: pd.DataFrame, scans: pd.DataFrame) -> pd.DataFrame:
        datasets = {"ADSL": subjects, "ADRS": scans}
        tte = derive_param_tte(subjects, datasets, endpoint, cutoff=None, findings=Findings())
        return tte.sort_values("USUBJID", ignore_index=True)

    whole = run(adsl, adrs)
    order = list(range(len(days)))
    seed.shuffle(order)
    pd.testing.assert_frame_equal(run(adsl.iloc[order], adrs.iloc[order[::-1]]), whole)
    parts = [run(adsl[adsl["USUBJID"].eq(who)], adrs) for who in names]
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)
