"""SDTM of the fifteen evaluable subjects, from the facts of trial_subjects.csv.

Each visit has one target lesion whose size gives the response of the skeleton, or the event that
the reason names. Dates count from 2010-01-01 as day 1. Three more subjects are not evaluable.
"""

from datetime import date, timedelta

import pandas as pd

from tests.tables import table

DAY1 = date(2010, 1, 1)
CUTOFF = date(2012, 6, 29)
SUBJECTS = table("""
    SUBJ  PFS  CNSR  PRIOR  HOW     DEATH  NEWTRT  VISITS
    1     27   0     Y      new     .      .       27:PD
    2     52   0     Y      target  301    70      52:PD
    3     55   0     Y      other   .      .       55:PD
    4     57   0     N      target  .      .       57:PD
    5     50   1     Y      .       .      .       50:SD
    6     56   1     N      .       .      .       56:SD
    7     58   3     Y      .       .      66      58:SD
    8     117  0     Y      target  .      .       63:SD;117:PD
    9     228  0     N      new     .      .       57:SD;113:SD;171:SD;228:PD
    10    315  0     N      target  .      .       56:SD;114:PR;170:PR;227:NE;283:PR;315:PD
    11    371  0     Y      other   .      .       59:SD;112:SD;170:SD;226:SD;282:SD;340:SD;371:PD
    12    455  1     Y      .       .      .       55:SD;111:PR;168:SD;225:SD;281:SD;338:SD;394:SD;455:SD
    13    540  0     N      .       540    .       57:SD;115:SD;172:SD;229:SD;285:SD;343:SD;399:SD;456:SD;512:SD
    14    623  1     Y      .       .      .       56:SD;113:SD;169:SD;226:SD;282:SD;339:SD;395:SD;452:SD;508:SD;565:SD;623:SD
    15    799  1     N      .       .      .       58:SD;114:PR;171:PR;228:PR;284:PR;341:PR;397:PR;454:PR;510:PR;567:PR;623:PR;680:PR;736:PR;799:PR
    16    .    .     Y      .       .      .       .
    17    .    .     Y      .       .      .       .
    18    1    2     N      .       .      .       .
""")  # fmt: skip  # noqa: E501
SIZES = {"SD": 90, "PR": 60, "NE": None}
SCREEN_FAILURE, NEVER_DOSED = "16", "17"


def on(day: object) -> str:
    """Date of a study day as text; there is no day 0."""
    number = int(str(day))
    return (DAY1 + timedelta(days=number - (number > 0))).isoformat()


def sdtm() -> dict[str, pd.DataFrame]:
    """The domains that the analysis reads."""
    frames = {
        "DM": _dm(),
        "EX": _ex(),
        "EC": _domain("EC", [], "ECTRT ECMOOD ECOCCUR ECSTDTC"),
        "CM": _cm(),
        "PR": _domain("PR", [], "PRCAT PRSTDTC"),
        "DS": _ds(),
        "DD": _domain("DD", [], "DDTESTCD DDSTRESC"),
        "SS": _domain("SS", [], "SSTESTCD SSSTRESC SSDTC"),
        "MI": _mi(),
        "AE": _ae(),
    }
    return {**frames, **_tumours()}


def _domain(name: str, rows: list[dict[str, object]], columns: str = "") -> pd.DataFrame:
    """A domain with its --SEQ, texts as strings."""
    names = columns.split() or list(rows[0])
    frame = pd.DataFrame(rows, columns=["USUBJID", *[n for n in names if n != "USUBJID"]])
    for column in frame.columns:
        if column in {"VISITNUM", "EXDOSE", "TRSTRESN", "MISTRESN", "CUMDOSE", "AGE"}:
            frame[column] = frame[column].astype("Float64")
        else:
            frame[column] = frame[column].astype("string")
    sequence = frame.groupby("USUBJID").cumcount().add(1).astype("Int64")
    return frame.assign(STUDYID="S", **{f"{name}SEQ": sequence})


def _dm() -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for subject in SUBJECTS.itertuples():
        failed = subject.SUBJ == SCREEN_FAILURE
        dosed = not failed and subject.SUBJ != NEVER_DOSED
        dead = pd.notna(subject.DEATH)
        rows.append(
            {
                "USUBJID": subject.SUBJ, "SUBJID": subject.SUBJ, "SITEID": "01", "AGE": 50,
                "AGEU": "YEARS", "SEX": "F", "RACE": "WHITE", "ETHNIC": None,
                "ARM": None if failed else "Both", "ARMCD": None if failed else "BOTH",
                "ACTARM": "Both" if dosed else None, "ACTARMCD": "BOTH" if dosed else None,
                "ARMNRS": "SCREEN FAILURE" if failed else None if dosed
                else "ASSIGNED, NOT TREATED",
                "RFICDTC": on(-14), "DTHFL": "Y" if dead else None,
                "DTHDTC": on(subject.DEATH) if dead else None,
            }
        )  # fmt: skip
    return _domain("DM", rows)


def _ex() -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for subject in SUBJECTS["SUBJ"]:
        if subject in {SCREEN_FAILURE, NEVER_DOSED}:
            continue
        for drug, dose, days in (
            ("TEMSIROLIMUS", 20, (1, 8, 15)),
            ("DOXORUBICIN LIPOSOMAL", 30, (1,)),
        ):
            rows += [
                {"USUBJID": subject, "EXTRT": drug, "EXDOSE": dose, "EXDOSU": "mg/m2",
                 "EXSTDTC": on(day), "EXENDTC": on(day)}
                for day in days
            ]  # fmt: skip
    return _domain("EX", rows)


def _cm() -> pd.DataFrame:
    prior: list[dict[str, object]] = [
        {"USUBJID": subject, "CMCAT": "PRIOR ANTI-CANCER THERAPY", "CMDECOD": "DOXORUBICIN",
         "CMSTDTC": "2008", "CUMDOSE": 300}
        for subject in SUBJECTS.loc[SUBJECTS["PRIOR"].eq("Y"), "SUBJ"]
    ]  # fmt: skip
    later: list[dict[str, object]] = [
        {"USUBJID": subject.SUBJ, "CMCAT": "SUBSEQUENT ANTI-CANCER THERAPY",
         "CMDECOD": "PAZOPANIB", "CMSTDTC": on(subject.NEWTRT), "CUMDOSE": None}
        for subject in SUBJECTS[SUBJECTS["NEWTRT"].notna()].itertuples()
    ]  # fmt: skip
    return _domain("CM", prior + later)


def _ds() -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for subject in SUBJECTS["SUBJ"]:
        if subject == SCREEN_FAILURE:
            continue
        rows.append(
            {"USUBJID": subject, "DSCAT": "PROTOCOL MILESTONE", "DSSCAT": None,
             "DSDECOD": "ENROLLED", "DSTERM": "ENROLLED", "DSSTDTC": on(-1)}
        )  # fmt: skip
        rows.append(
            {"USUBJID": subject, "DSCAT": "DISPOSITION EVENT", "DSSCAT": "STUDY TREATMENT",
             "DSDECOD": "PROGRESSIVE DISEASE", "DSTERM": "Progression", "DSSTDTC": on(20)}
        )  # fmt: skip
    return _domain("DS", rows)


def _ae() -> pd.DataFrame:
    rows: list[dict[str, object]] = [
        {"USUBJID": "5", "AETERM": "x", "AEDECOD": "Pneumonitis", "AEBODSYS": "Chest",
         "AETOXGR": "3", "AESTDTC": on(10), "AEENDTC": None, "AESER": "Y"}
    ]  # fmt: skip
    return _domain("AE", rows)


def _mi() -> pd.DataFrame:
    rows: list[dict[str, object]] = [
        {"USUBJID": subject, "MITESTCD": test, "MISTRESN": value, "MIDTC": on(day)}
        for subject, before, after in (("10", 14.2, 4.1), ("15", 9.5, 2.2), ("2", 10.4, 12.9))
        for test in ("ALDH1", "PS6")
        for day, value in ((-5, before), (50, after))
    ]
    return _domain("MI", rows)


def _tumours() -> dict[str, pd.DataFrame]:
    """TU, TR and RS of the skeleton."""
    tu: list[dict[str, object]] = []
    tr: list[dict[str, object]] = []
    rs: list[dict[str, object]] = []
    for subject in SUBJECTS.itertuples():
        if subject.SUBJ in {SCREEN_FAILURE, NEVER_DOSED}:
            continue
        visits = [] if pd.isna(subject.VISITS) else str(subject.VISITS).split(";")
        own = {"USUBJID": subject.SUBJ, "VISITNUM": 0.0, "VISIT": "BASELINE"}
        for link, kind in (("T01", "TARGET"), ("NT01", "NON-TARGET")):
            tu.append(
                {**own, "TUTESTCD": "TUMIDENT", "TUSTRESC": kind, "TULNKID": link,
                 "TULOC": "LUNG", "TUEVAL": "INVESTIGATOR", "TUDTC": on(-10)}
            )  # fmt: skip
        tr += [_target(own, on(-10), 100), _state(own, on(-10), "NT01", "PRESENT")]
        nadir = 100
        for number, visit in enumerate(visits, 1):
            day, response = visit.split(":")
            place = {**own, "VISITNUM": float(number), "VISIT": f"VISIT {number}"}
            is_target_pd = response == "PD" and subject.HOW == "target"
            size = 5 * nadir // 4 if is_target_pd else SIZES.get(response, 90)
            if response == "SD" and nadir == 60:
                size = 71
            if size is not None:
                nadir = min(nadir, size)
            is_other_pd = response == "PD" and subject.HOW == "other"
            state = "UNEQUIVOCAL PROGRESSION" if is_other_pd else "PRESENT"
            tr += [_target(place, on(day), size), _state(place, on(day), "NT01", state)]
            if response == "PD" and subject.HOW == "new":
                tr.append(_state(place, on(day), "NEW01", "PRESENT"))
            rs.append(
                {**place, "RSTESTCD": "OVRLRESP", "RSSTRESC": response, "RSDTC": on(day),
                 "RSEVAL": "INVESTIGATOR"}
            )  # fmt: skip
    return {"TU": _domain("TU", tu), "TR": _domain("TR", tr), "RS": _domain("RS", rs)}


def _target(place: dict[str, object], dtc: str, size: int | None) -> dict[str, object]:
    done = size is not None
    return {
        **place, "TRGRPID": "TARGET", "TRLNKID": "T01", "TRTESTCD": "LDIAM", "TRSTRESU": "mm",
        "TRSTRESC": str(size) if done else None, "TRSTRESN": size,
        "TRSTAT": None if done else "NOT DONE", "TRDTC": dtc, "TREVAL": "INVESTIGATOR",
    }  # fmt: skip


def _state(place: dict[str, object], dtc: str, link: str, state: str) -> dict[str, object]:
    return {
        **place, "TRGRPID": "NEW" if link == "NEW01" else "NON-TARGET", "TRLNKID": link,
        "TRTESTCD": "TUMSTATE", "TRSTRESU": None, "TRSTRESC": state, "TRSTRESN": None,
        "TRSTAT": None, "TRDTC": dtc, "TREVAL": "INVESTIGATOR",
    }  # fmt: skip
