"""Every fault of the sample study's raw data is found, at its place, with its raw value."""

import re
from collections.abc import Iterator

import pytest

from cdisc_tools.metadata.resources import read_table, sample_study_path
from cdisc_tools.model.findings import Finding

# Kind of fault (README.md of the sample study) -> the checks that find it, any of them.
CHECKS = """
    F01 CDT-R021    F02 CDT-R021    F03 CDT-R021    F04 CDT-R021    F05 CDT-R021
    F06 CDT-R050    F07 CDT-R023    F08 CDT-R020    F09 CDT-R020    F10 CDT-R020
    F11 CDT-R020    F12 CDT-R024    F13 CDT-R022    F14 CDT-R022    F15 CDT-R011
    F16 CDT-R050    F17 CDT-R050    F18 CDT-R050    F19 CDT-R050    F20 CDT-R040
    F21 CDT-R040    F22 CDT-R040    F23 CDT-R002    F24 CDT-R015    F25 CDT-R012
    F26 CDT-R040,CDT-R050           F27 CDT-R037    F28 CDT-R004    F29 CDT-R007
    F30 CDT-R017    F31 CDT-R016    F32 CDT-R003    F33 CDT-R009    F34 CDT-R006
    F35 CDT-R006    F36 CDT-R006    F37 CDT-R006    F38 CDT-R014    F39 CDT-R034
    F40 CDT-R050    F41 CDT-R038    F42 CDT-R033    F43 CDT-R050    F44 CDT-R050
    F45 CDT-R008    F46 CDT-R040    F47 CDT-A001    F48 CDT-R034    F49 CDT-R050
    F50 CDT-R034    F51 CDT-R034,CDT-R050           F52 CDT-R050    F53 CDT-R050
    F54 CDT-R034,CDT-R050           F55 CDT-R040    F56 CDT-R040    F57 CDT-R040
    F58 CDT-R010,CDT-R012           F59 CDT-R040    F60 CDT-R040    F61 CDT-R040
    F62 CDT-R032    F63 CDT-R033    F64 CDT-R031    F65 CDT-R031    F66 CDT-R039,CDT-R040
    F67 CDT-R030    F68 CDT-R018    F69 CDT-R019
"""
EXPECTED = {
    words[0]: frozenset(words[1].split(",")) for words in re.findall(r"(F\d+) (\S+)", CHECKS)
}
MERGED, DERIVED, HEADER_ROWS = "F29", "F47", "F30"
# The value of these lines describes a layout, or the finding holds a whole row.
NO_VALUE = {"F23", "F30", "F32", "F33", "F68"}
FAULTS = list(
    read_table(sample_study_path() / "faults.csv", ("id", "file", "sheet", "row", "column"))
)


def _name(fault: dict[str, str]) -> str:
    return "-".join(filter(None, (fault["id"], fault["sheet"] or fault["file"], fault["row"],
                                  " ".join(fault["column"].split()))))  # fmt: skip


def _column(fault: dict[str, str]) -> str:
    """The column as the reader names it; a header's own faults keep the name as it stands."""
    if fault["id"] == "F24":
        return fault["column"]
    column = " ".join(fault["column"].split())
    return column.replace(" / ", " ") if fault["sheet"] == "TargetLesions" else column


def _same_column(fault: dict[str, str], found: str) -> bool:
    wanted = _column(fault)
    return not wanted or not found or found == wanted


def _at(fault: dict[str, str], findings: list[Finding]) -> Iterator[Finding]:
    rows = {int(fault["row"])}
    if fault["id"] == MERGED:
        last = re.search(r"Merged down to row (\d+)", fault["detail"])
        assert last
        rows = set(range(int(fault["row"]) + 1, int(last[1]) + 1))
    for finding in findings:
        cell = finding.cell
        if (
            cell
            and (cell.file, cell.sheet) == (fault["file"], fault["sheet"])
            and cell.row in rows
            and finding.check_id in EXPECTED[fault["id"]]
            and _same_column(fault, cell.column)
        ):
            yield finding


def _shown(finding: Finding) -> str:
    return " | ".join(finding.values).replace("T", " ")


def test_the_table_of_checks_has_every_kind():
    assert {fault["id"] for fault in FAULTS} == set(EXPECTED)
    assert len(FAULTS) == 208


@pytest.mark.parametrize("fault", [f for f in FAULTS if f["id"] != DERIVED], ids=_name)
def test_the_fault_is_found_with_its_value(sample, fault):
    found = list(_at(fault, sample.findings))
    assert found, f"{fault['kind']}: {fault['value']!r}"
    if fault["id"] in NO_VALUE:
        return
    value = fault["value"].replace("T", " ")
    assert any(value in _shown(finding) for finding in found), [f.values for f in found]


@pytest.mark.parametrize("fault", [f for f in FAULTS if f["id"] == MERGED], ids=_name)
def test_each_row_of_a_merged_cell_names_where_its_value_stands(sample, fault):
    last = re.search(r"row (\d+)", fault["detail"])
    assert last
    found = list(_at(fault, sample.findings))
    assert len(found) == int(last[1]) - int(fault["row"])
    assert {finding.detail.partition(":")[0] for finding in found} == {f"A{fault['row']}"}


# TLD-003, week 24: the sum is above 70 % of baseline again, so stable disease, and not PR.
def test_the_response_that_the_lesions_do_not_bear_out_is_found(sample, adam):
    fault = next(f for f in FAULTS if f["id"] == DERIVED)
    raw = sample.tables["response"].frame.loc[int(fault["row"])]
    found = [f for f in adam.findings if f.check_id in EXPECTED[DERIVED]]
    assert [(dict(f.key)["USUBJID"], dict(f.key)["VISIT"], f.values) for f in found] == [
        (f"NCT00949325-{raw['Subject ID']}", raw["Visit"].upper(), (fault["value"],))
    ]
