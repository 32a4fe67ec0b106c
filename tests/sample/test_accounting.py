"""No raw cell of the sample study is lost, and no finding but the listed faults is an error."""

from collections import Counter

import pandas as pd
import pytest

from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.metadata.resources import read_table, sample_study_path
from cdisc_tools.metadata.terminology import read_terminology
from cdisc_tools.metadata.validate import validate_dataset
from cdisc_tools.model.findings import Finding

FAULTS = list(read_table(sample_study_path() / "faults.csv", ("id", "file", "sheet", "row")))
# Findings that are neither at the row of a listed fault nor part of the layout, and why.
EXPLAINED = {
    ("CDT-R003", ""): "the empty row between the data and a footer",
    ("CDT-R022", "Last Contact Date"): "the whole column holds spreadsheet serials, by design",
    ("CDT-R050", "Scan Date"): "F19: NewLesions has the right date of the exchanged one",
    ("CDT-R050", "Assessment Date"): "F19: Response has the right date of the exchanged one",
}
LAYOUT = {"CDT-R007", "CDT-R009"}
# Terms that the study adds to codelists that may be extended, and codelists that are not shipped.
STATED = {
    ("DS", "DSDECOD"): "NCOMPLT has no OTHER; LAST CONTACT is no milestone of the codelist",
    ("MI", "MITESTCD"): "the markers of the trial are in no codelist",
    ("MI", "MITEST"): "the markers of the trial are in no codelist",
    ("RS", "RSTESTCD"): "ECOG101 is of the ECOG codelist, RS is bound to the oncology one only",
    ("RS", "RSTEST"): "ECOG1-Performance Status likewise",
    ("RS", "RSSTRESC"): "new lesions are answered by Y or N",
    ("TR", "TRSTRESC"): "RECIST's unequivocal progression is in no codelist",
    ("TS", "TSVCDREF"): "ISO 8601 is what the implementation guide calls it, in no codelist",
    ("DD", "DDTESTCD"): "codelist not shipped",
    ("DD", "DDTEST"): "codelist not shipped",
}


def _cells(sample) -> set[tuple[str, int, str]]:
    return {
        (name, int(row), str(column))
        for name, table in sample.tables.items()
        for column, texts in table.frame.items()
        for row in texts.index[texts.notna()]
    }


def _places(records: pd.DataFrame) -> list[tuple[str, int, str]]:
    columns = records[["SOURCE", "ROW", "COLUMN"]].itertuples(index=False, name=None)
    return [(str(source), int(row), str(column)) for source, row, column in columns]


def test_each_filled_cell_is_mapped_or_listed_as_unmapped_and_never_both(sample):
    lineage = pd.concat(
        [dataset.lineage for dataset in sample.result.datasets.values()], ignore_index=True
    )
    mapped = set(_places(lineage))
    unmapped = _places(sample.result.unmapped)
    assert len(unmapped) == len(set(unmapped))
    assert not mapped & set(unmapped)
    assert mapped | set(unmapped) == _cells(sample)


def test_each_unmapped_cell_has_a_reason_and_its_value(sample):
    unmapped = sample.result.unmapped
    assert not unmapped["REASON"].str.startswith("no mapping line").any()
    raw = [sample.tables[s].frame.at[row, column] for s, row, column in _places(unmapped)]
    assert unmapped["VALUE"].tolist() == raw


def _with_supplements(sample, name: str) -> set[str]:
    """The variables of a dataset, and its qualifiers and comments as its lineage names them."""
    frames = sample.frames
    variables = {str(variable) for variable in frames[name]}
    if f"SUPP{name}" in frames:
        variables |= {f"SUPP.{qnam}" for qnam in frames[f"SUPP{name}"]["QNAM"]}
    if (frames["CO"]["RDOMAIN"] == name).any():
        variables.add("CO.COVAL")
    return variables


def test_lineage_leads_to_filled_cells_and_existing_records(sample):
    cells = _cells(sample)
    for name, dataset in sample.result.datasets.items():
        assert set(dataset.lineage["SOURCE"]) <= set(sample.tables), name
        assert set(_places(dataset.lineage)) <= cells, name
        assert dataset.lineage["RECORD"].isin(range(len(dataset.frame))).all(), name
        assert set(dataset.lineage["VARIABLE"]) <= _with_supplements(sample, name), name


def test_no_finding_but_those_of_the_faults(sample):
    faulty = {(fault["file"], fault["sheet"], int(fault["row"])) for fault in FAULTS}
    beyond = Counter(
        (finding.check_id, finding.cell.column if finding.cell else "")
        for finding in sample.findings
        if finding.check_id not in LAYOUT and not _is_at(finding, faulty)
    )
    assert set(beyond) == set(EXPLAINED)


def test_no_error_but_those_of_the_faults(sample):
    checks = read_checks()
    errors = Counter(f.check_id for f in sample.findings if checks[f.check_id].severity == "error")
    # F08 to F11 dates, F67 a range for a number, F38 subjects of no study
    assert errors == {"CDT-R020": 4, "CDT-R030": 1, "CDT-R014": 2}


def _is_at(finding: Finding, places: set[tuple[str, str, int]]) -> bool:
    cell = finding.cell
    return cell is not None and (cell.file, cell.sheet, cell.row) in places


def _dataset_names() -> list[str]:
    mapped = {path.stem.upper() for path in (sample_study_path() / "mapping").glob("??.csv")}
    return sorted(mapped | {"CO", "RELREC", "SUPPAE", "SUPPDM", "TA", "TE", "TI", "TS", "TV"})


@pytest.mark.parametrize("name", _dataset_names())
def test_the_dataset_fits_its_specification(sample, name):
    dataset = sample.result.datasets[name]
    terminology = read_terminology(sample.study.terminology)
    found = validate_dataset(dataset.frame, dataset.spec, terminology)
    other = [
        finding for finding in found
        if finding.check_id not in ("CDT-T002", "CDT-T003")
        or (name, finding.variables[0]) not in STATED
    ]  # fmt: skip
    assert other == []
