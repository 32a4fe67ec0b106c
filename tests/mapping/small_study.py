"""Small studies written to a folder from tables in a test, and mapped."""

from pathlib import Path

import pandas as pd
import yaml

from cdisc_tools.io.raw import read_sources
from cdisc_tools.mapping.engine import MappingResult, map_study
from cdisc_tools.metadata.mapping_tables import read_mapping
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.study import read_study
from cdisc_tools.metadata.study_standards import read_study_standards
from cdisc_tools.model.data import Dataset
from cdisc_tools.model.findings import Finding
from cdisc_tools.model.study import Study
from tests.tables import table

SUBJECT = "Subject"
ENROL = """
    Subject  Start
    01-001   2019-03-10
    01-002   2019-04-01
"""
DM = """
    variable  algorithm        source  column
    .         records          enrol   .
    SUBJID    assign_subject   .       .
    RFSTDTC   assign_datetime  .       Start
    RFXSTDTC  assign_datetime  .       Start
"""


def write_study(
    folder: Path,
    raw: dict[str, str | pd.DataFrame],
    mapping: dict[str, str],
    sources: dict[str, dict[str, object]] | None = None,
) -> Path:
    """Write a study folder: raw forms as CSV files, mapping tables, and study.yaml.

    Two subjects are enrolled on the form ``enrol`` and mapped to DM unless the test gives its
    own; ``sources`` adds fields to the sources.
    """
    forms = {"enrol": ENROL, **raw}
    frames = {name: table(form) if isinstance(form, str) else form for name, form in forms.items()}
    for name, frame in frames.items():
        write_csv(frame, folder / "raw" / f"{name}.csv")
    for name, text in {"dm": DM, **mapping}.items():
        write_csv(table(text), folder / "mapping" / f"{name}.csv")
    described = {
        name: {"file": f"raw/{name}.csv"} | ({"subject": SUBJECT} if SUBJECT in frame else {})
        for name, frame in frames.items()
    }
    for name, fields in (sources or {}).items():
        described[name] |= fields
    content = {
        "study": {"id": "T1", "cutoff": "2020-01-01", "timestamp": "2020-01-01"},
        "standards": {"sdtm": "sdtmig-3.4", "terminology": "2026-03-27"},
        "subject": {
            "pattern": r"(?P<site>\d{1,2})-(?P<number>\d{1,3})", "numbers": ["site", "number"],
            "subjid": "{site:02d}-{number:03d}", "siteid": "{site:02d}",
            "usubjid": "T1-{subjid}",
        },
        "missing": ["n/k"],
        "not_done": ["not done"],
        "sources": described,
    }  # fmt: skip
    (folder / "study.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV; missing is an empty cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def map_folder(folder: Path, data: Path | None = None) -> MappingResult:
    """Map the study of a folder; ``data`` is where its raw files lie if not there."""
    study = read_study(folder)
    if data is not None:
        study = Study(**{**vars(study), "folder": data})
    words = read_table(specs_path() / "mapping" / "date_words.csv", ("word", "meaning"))
    tables, findings = read_sources(study)
    result = map_study(
        study, read_mapping(folder, study.datasets), tables, read_study_standards(study),
        {line["word"]: line["meaning"] for line in words},
    )  # fmt: skip
    findings.extend(result.findings)
    return MappingResult(result.datasets, findings, result.unmapped)


def shown(dataset: Dataset, variables: list[str]) -> list[tuple[str, ...]]:
    """The values of a dataset as texts, missing as "."."""
    frame = dataset.frame.reindex(columns=variables)
    return [tuple(_text(value) for value in record) for record in frame.itertuples(index=False)]


def assert_records(dataset: Dataset, expected: str) -> None:
    """The dataset has exactly these records, in this order, in the variables of the table."""
    wanted = table(expected).fillna(".")
    records = list(wanted.itertuples(index=False, name=None))
    assert shown(dataset, list(wanted.columns)) == records


def found(result: MappingResult, check: str) -> list[Finding]:
    """The findings of one check."""
    return [finding for finding in result.findings if finding.check_id == check]


def places(result: MappingResult, check: str) -> list[str]:
    """Where the findings of a check are: "lab 3 Result: value; detail"."""
    return [
        f"{f.cell.file.split('/')[-1].removesuffix('.csv')} {f.cell.row} {f.cell.column}: "
        f"{' '.join(f.values)}; {f.detail}"
        for f in found(result, check)
        if f.cell is not None
    ]


def _text(value: object) -> str:
    if pd.isna(value):
        return "."
    return f"{value:g}" if isinstance(value, float) else str(value)
