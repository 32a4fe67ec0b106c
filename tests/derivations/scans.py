"""TU and TR of one subject, written as a line, and the responses derived from them."""

import pandas as pd

from cdisc_tools.derivations.recist import derive_lesion_responses
from cdisc_tools.metadata.analysis import read_analysis, read_criteria
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.model.findings import Findings

RECIST = read_criteria("recist-1.1")
RECIST_1_0 = read_criteria("recist-1.0")
LESIONS = read_analysis(sample_study_path() / "analysis").lesions
FIRST_DOSE = pd.Series(pd.to_datetime(["2020-01-10"]).astype("datetime64[s]"), index=["01"])
# the baseline of the histories below; the first dose on the next day would be the first visit
BEFORE = FIRST_DOSE - pd.Timedelta(days=1)
GROUPS = {"T": "TARGET", "K": "TARGET", "N": "NON-TARGET", "X": "NEW"}
TESTS = {"T": "LDIAM", "K": "SAXIS", "N": "TUMSTATE", "X": "TUMSTATE"}
STATES = {"P": "PRESENT", "A": "ABSENT", "U": "UNEQUIVOCAL", "E": "EQUIVOCAL", "NE": None}


def respond(
    tu, tr, *, definition=LESIONS, criteria=RECIST, reference=BEFORE, findings=None, **others
):
    """The responses of the subject, one record per assessment from baseline on."""
    found = Findings() if findings is None else findings
    adsl = reference.rename("TRTSDT").rename_axis("USUBJID").reset_index()
    datasets = {"TU": tu, "TR": tr}
    responses, _ = derive_lesion_responses(
        datasets, adsl.assign(**others), definition, criteria, findings=found
    )
    return responses


def overall(tu, tr, **options) -> str:
    """The overall responses after baseline, joined by a blank."""
    return " ".join(respond(tu, tr, **options)["OVRLRESP"].dropna())


def lesions(history: str, kinds: str = "") -> tuple[pd.DataFrame, pd.DataFrame]:
    """TU and TR of one subject.

    ``history`` has a word per visit (baseline first): values of the lesions joined by "/"; a
    number is a diameter in mm, NE not done, P present, A absent, U unequivocal progression, and
    + adds a new lesion. ``kinds`` gives a letter per lesion: T target, K node target, N other.
    """
    visits = []
    for number, visit in enumerate(history.split()):
        values = visit.removesuffix("+").split("/")
        letters = kinds or "T" * len(values)
        scan = [f"{letters[place]}{place + 1}={value}" for place, value in enumerate(values)]
        new = ["X9=P"] if visit.endswith("+") else []
        visits.append(" ".join([f"2020-01-{9 + number:02d}", *scan, *new]))
    return scans(" | ".join(visits))


def scans(history: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """TU and TR of one subject.

    ``history`` has the visits, baseline first, between bars: an optional date, then NAME=VALUE
    of each lesion, the first letter of its name being its kind: T target, K node target, N
    non-target, X new. A number is a diameter in mm, other values are those of ``STATES`` or the
    words themselves, _ for a blank. NAME:TEST=VALUE names another test, NAME=VALUE%UNIT a unit.
    """
    rows = []
    for number, visit in enumerate(history.split("|")):
        words = visit.split()
        day = words.pop(0) if "=" not in words[0] else f"2020-{number + 1:02d}-09"
        rows += [_record(number, day, word) for word in words]
    tr = pd.DataFrame(rows).astype("string")
    tr["TRSTRESN"] = pd.to_numeric(tr["TRSTRESN"]).astype("Float64")
    tr["TRSEQ"] = pd.Series(range(1, len(tr) + 1), dtype="Int64")
    known = tr.drop_duplicates("TRLNKID")
    known = known[known["TRGRPID"].ne("NEW")].reset_index(drop=True)
    location = known["TRLNKID"].str[0].map({"K": "LYMPH NODE"}).fillna("LUNG")
    tu = pd.DataFrame(
        {
            "USUBJID": known["USUBJID"],
            "TUTESTCD": "TUMIDENT",
            "TUEVAL": "INVESTIGATOR",
            "TULNKID": known["TRLNKID"],
            "TUSTRESC": known["TRGRPID"],
            "TULOC": location,
            "VISIT": known["VISIT"],
            "VISITNUM": known["VISITNUM"],
        }
    ).astype("string")
    return tu.assign(TUSEQ=pd.Series(range(1, len(tu) + 1), dtype="Int64")), tr


def _record(visit: int, day: str, word: str) -> dict[str, object]:
    """One record of TR."""
    name, _, value = word.partition("=")
    lesion, _, test = name.partition(":")
    value, _, unit = value.partition("%")
    is_number = value.replace(".", "").isdigit()
    text = STATES.get(value, value.replace("_", " "))
    return {
        "USUBJID": "01", "VISIT": str(visit), "VISITNUM": str(visit), "TRDTC": day,
        "TREVAL": "INVESTIGATOR", "TRLNKID": lesion, "TRTESTCD": test or TESTS[lesion[0]],
        "TRGRPID": GROUPS[lesion[0]], "TRSTRESC": text,
        "TRSTRESN": value if is_number else None, "TRSTRESU": unit or "mm",
    }  # fmt: skip
