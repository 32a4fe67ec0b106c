"""A baseline over runs of ``validate``: what is accepted stays away, new and stale are told."""

import csv
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cdisc_tools.io.xpt import read_xpt
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Check, Finding, Findings, RuleOutcome
from cdisc_tools.model.validation import Validation
from cdisc_tools.pipeline import validation as pipeline
from cdisc_tools.pipeline.rules import RuleBook
from cdisc_tools.pipeline.validate import Checked, Held
from cdisc_tools.pipeline.validation import run_validation
from cdisc_tools.pipeline.wishes import Wishes

EX = pd.DataFrame(
    {
        "STUDYID": "S1", "DOMAIN": "EX",
        "USUBJID": ["S1-1", "S1-1", "S1-2", "S1-2", "S1-3"],
        "EXSEQ": [1.0, 2.0, 1.0, 2.0, 1.0],
        "EXTRT": "DRUG",
        "EXDOSE": [1.0, 2.0, 3.0, 4.0, 5.0],
        # three of them are no term of UNIT; two are alike
        "EXDOSU": ["mg", "spoons", "drops", "spoons", "mg"],
        "EXDOSFRM": "TABLET", "EXDOSFRQ": "QD", "EXROUTE": "ORAL",
        "EXSTDTC": ["2024-01-01", "2024-01-02", "2024-01-01", "2024-01-02", "2024-01-40"],
    }
)  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with EX, which is held to the schema alone."""
    monkeypatch.setattr(pipeline, "read_rules", lambda _paths: RuleBook({}, {}))
    path = tmp_path / "datasets"
    path.mkdir()
    EX.to_parquet(path / "ex.parquet")
    return path


@pytest.fixture
def baseline(folder, tmp_path):
    path = tmp_path / "baseline.csv"
    validate(folder, Wishes(baseline=path, update_baseline=True))
    return path


def validate(folder: Path, wishes: Wishes) -> Validation:
    return run_validation(folder, Held(), wishes)


def told(validation: Validation) -> list[tuple[str, str, str, str]]:
    """Check, dataset, variables and values of each finding."""
    return [
        (item.check_id, item.dataset, " ".join(item.variables), " ".join(item.values))
        for item in validation.findings
    ]


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


UNITS = ("CDT-T002", "EX", "EXDOSU")


def test_the_sample_has_findings_that_are_alike(folder):
    found = [item for item in told(validate(folder, Wishes())) if item[:3] == UNITS]
    assert [item[3] for item in found] == ["spoons", "drops", "spoons"]


def test_what_is_accepted_is_not_told_again(folder, baseline):
    validation = validate(folder, Wishes(baseline=baseline))
    assert told(validation) == []
    assert len(validation.findings) == 0
    assert validation.baseline.stale == 0
    assert validation.baseline.accepted == sum(int(line["count"]) for line in lines(baseline))


def test_another_order_of_the_records_tells_nothing(folder, baseline):
    EX.iloc[[4, 2, 0, 3, 1]].to_parquet(folder / "ex.parquet")
    assert told(validate(folder, Wishes(baseline=baseline))) == []


@pytest.mark.parametrize(("changes", "new", "stale"), [
    # a value that was all right, one that was accepted, the same value in another record
    ({(0, "EXDOSU"): "cups"}, [(*UNITS, "cups")], 0),
    ({(1, "EXDOSU"): "cups"}, [(*UNITS, "cups")], 1),
    ({(0, "EXDOSU"): "spoons"}, [(*UNITS, "spoons")], 0),
    ({(1, "EXDOSU"): "mg"}, [], 1),
    ({(1, "EXDOSU"): "mg", (0, "EXDOSU"): "spoons"}, [(*UNITS, "spoons")], 1),
    # a record of another subject
    ({(1, "USUBJID"): "S1-9"}, [(*UNITS, "spoons")], 1),
    # the sequence alone makes no other finding
    ({(1, "EXSEQ"): 7.0}, [], 0),
])  # fmt: skip
def test_exactly_what_is_new_is_told_and_what_is_gone(folder, baseline, changes, new, stale):
    ex = EX.copy()
    for (record, variable), value in changes.items():
        ex.loc[record, variable] = value
    ex.to_parquet(folder / "ex.parquet")
    validation = validate(folder, Wishes(baseline=baseline))
    assert [item for item in told(validation) if item[0] != "CDT-M019"] == new
    assert [item[0] for item in told(validation)].count("CDT-M019") == stale
    assert validation.baseline.stale == stale


def test_a_repeated_record_is_one_more(folder, baseline):
    pd.concat([EX, EX.iloc[[1]]]).to_parquet(folder / "ex.parquet")
    found = told(validate(folder, Wishes(baseline=baseline)))
    assert (*UNITS, "spoons") in found
    assert found.count((*UNITS, "spoons")) == 1


def test_a_cap_hides_nothing_from_the_baseline(folder, tmp_path):
    path = tmp_path / "capped.csv"
    validate(folder, Wishes(cap=1, baseline=path, update_baseline=True))
    assert told(validate(folder, Wishes(cap=1, baseline=path))) == []
    EX.assign(EXDOSU="cups").to_parquet(folder / "ex.parquet")
    validation = validate(folder, Wishes(cap=1, ignore=("CDT-M019",), baseline=path))
    assert told(validation) == [(*UNITS, "cups")]
    assert validation.findings.totals == {("CDT-T002", "EX", ("EXDOSU",)): 5}


def explained(path: Path) -> None:
    """Explain the drops."""
    text = path.read_text(encoding="utf-8")
    at = text.index("EXDOSU=drops,1,,") + len("EXDOSU=drops,1,")
    path.write_text(f"{text[:at]}as the site's cups,NN{text[at + 1 :]}", encoding="utf-8")


def test_an_update_keeps_explanations_and_drops_what_is_gone(folder, baseline):
    explained(baseline)
    EX.replace({"EXDOSU": {"spoons": "cups"}}).to_parquet(folder / "ex.parquet")
    validation = validate(folder, Wishes(baseline=baseline, update_baseline=True))
    assert told(validation) == []
    units = [line for line in lines(baseline) if line["check_id"] == "CDT-T002"]
    assert [(line["values"], line["explanation"], line["owner"]) for line in units] == [
        ("EXDOSU=cups", "", ""), ("EXDOSU=drops", "as the site's cups", "NN"),
        ("EXDOSU=cups", "", ""),
    ]  # fmt: skip


def test_an_update_of_nothing_new_writes_the_same_bytes(folder, baseline):
    explained(baseline)
    before = baseline.read_bytes()
    validate(folder, Wishes(baseline=baseline, update_baseline=True))
    assert baseline.read_bytes() == before


@pytest.mark.parametrize(("wishes", "left"), [
    (Wishes(ignore=("CDT-T",)), True), (Wishes(select=("CDT-S",)), True),
    (Wishes(select=("CDT-T002",)), False), (Wishes(), False),
])  # fmt: skip
def test_what_was_not_looked_at_is_not_stale_and_stays(folder, baseline, wishes, left):
    EX.assign(EXDOSU="mg").to_parquet(folder / "ex.parquet")
    before = [line for line in lines(baseline) if line["variables"] == "EXDOSU"]
    validation = validate(folder, replace(wishes, baseline=baseline))
    assert validation.baseline.stale == (0 if left else len(before))
    validate(folder, replace(wishes, baseline=baseline, update_baseline=True))
    after = [line for line in lines(baseline) if line["variables"] == "EXDOSU"]
    assert after == (before if left else [])


def test_of_one_file_the_entries_of_others_are_not_stale(folder, tmp_path):
    EX.rename(columns=lambda name: name.replace("EX", "EC")).assign(DOMAIN="EC").to_parquet(
        folder / "ec.parquet"
    )
    path = tmp_path / "both.csv"
    validate(folder, Wishes(baseline=path, update_baseline=True))
    assert validate(folder / "ex.parquet", Wishes(baseline=path)).baseline.stale == 0
    (folder / "ec.parquet").unlink()
    assert validate(folder, Wishes(baseline=path)).baseline.stale > 0


@pytest.mark.parametrize(("outcomes", "stale"), [
    ([RuleOutcome("R1", "EX", "ran")], 1), ([RuleOutcome("R1", "", "ran")], 1),
    ([], 0), ([RuleOutcome("R1", "EX", "skipped")], 0), ([RuleOutcome("R1", "EX", "broken")], 0),
    ([RuleOutcome("R1", "EX", "skipped"), RuleOutcome("R1", "DM", "ran")], 0),
])  # fmt: skip
def test_an_entry_of_a_rule_is_stale_where_the_rule_ran(
    folder, tmp_path, monkeypatch, outcomes, stale
):
    path = tmp_path / "rules.csv"
    rule = Check("R1", "error", "CDISC", "Title", "Message.", "")

    def let(findings):
        checked = Checked({"EX": 5}, findings, Findings())
        monkeypatch.setattr(pipeline, "check_files", lambda *_, **__: checked)

    found = Findings(checks={"R1": rule}, outcomes=[RuleOutcome("R1", "EX", "ran")])
    found.add(Finding("R1", "EX", ("EXTRT",), ("DRUG",)))
    let(found)
    validate(folder, Wishes(baseline=path, update_baseline=True))
    let(Findings(checks={"R1": rule}, outcomes=outcomes))
    assert validate(folder, Wishes(baseline=path)).baseline.stale == stale


RULE = """\
Core: {Id: SP-0001, Version: "1", Status: Draft}
Authorities:
  - Organization: Acme
    Standards: [{Name: SDTMIG, Version: "3.4", References: [{Origin: Acme, Version: "1",
      Rule Identifier: {Id: AC1, Version: "1"}}]}]
Description: EXENDTC is mapped.
Rule Type: Record Data
Sensitivity: Dataset
Executability: Fully Executable
Scope: {Classes: {Include: [ALL]}, Domains: {Include: [EX]}}
Check: {all: [{name: EXENDTC, operator: not_exists}]}
Outcome: {Message: EXENDTC is absent., Output Variables: [EXTRT, EXDOSE]}
"""


def test_a_sponsors_rule_on_a_whole_dataset_does_not_depend_on_the_first_record(tmp_path):
    folder, rules, path = tmp_path / "sdtm", tmp_path / "rules", tmp_path / "baseline.csv"
    folder.mkdir()
    (rules / "SP-0001").mkdir(parents=True)
    (rules / "SP-0001" / "rule.yml").write_text(RULE, encoding="utf-8")
    EX.to_parquet(folder / "ex.parquet")
    wishes = Wishes(rules=(rules,), select=("SP-",))
    validation = validate(folder, wishes)
    # a treatment that all records have is told, one dose of several is not
    assert told(validation) == [("SP-0001", "EX", "EXTRT EXDOSE", "DRUG ")]
    # of a rule without a severity of its own it is that of a sponsor's
    assert validation.findings.checks["SP-0001"].severity == "warning"
    assert [item.rule_id for item in validation.findings.outcomes] == ["SP-0001"]
    validate(folder, replace(wishes, baseline=path, update_baseline=True))
    EX[::-1].to_parquet(folder / "ex.parquet")
    assert told(validate(folder, replace(wishes, baseline=path))) == []


@pytest.mark.parametrize("words", [("Acme",), ("sponsor",), ("AC1",), ("SP-0001",), ("SP-",)])
def test_a_sponsors_rule_is_selected_by_any_of_its_names(tmp_path, words):
    folder, rules = tmp_path / "sdtm", tmp_path / "rules"
    folder.mkdir()
    rules.mkdir()
    (rules / "rule.yml").write_text(RULE, encoding="utf-8")
    EX.to_parquet(folder / "ex.parquet")
    found = told(validate(folder, Wishes(rules=(rules,), select=words)))
    assert ("SP-0001", "EX", "EXTRT EXDOSE", "DRUG ") in found


def test_an_absent_baseline_is_named_before_anything_is_read(tmp_path):
    with pytest.raises(ConfigurationError, match=r"absent\.csv does not exist; --update-baseline"):
        validate(tmp_path / "nothere", Wishes(baseline=tmp_path / "absent.csv"))


CHANGES = {
    # none of these variables is in a key; what is wrong is told of no other record
    "dm": (5, "SEX", "X", ("CDT-T001", "DM", "SEX", "X")),
    "ae": (9, "AESER", "MAYBE", ("CDT-T001", "AE", "AESER", "MAYBE")),
    "ex": (70, "EXENDTC", "2014-02-30", ("CDT-S007", "EX", "EXENDTC", "2014-02-30")),
}


def test_the_pilot(shared, tmp_path):
    """All findings of the pilot accepted: three changed records are told, another order is not."""
    folder, path = tmp_path / "pilot", tmp_path / "baseline.csv"
    with zipfile.ZipFile(shared / "data" / "cdisc-pilot-sdtm.zip") as archive:
        archive.extractall(folder)
    frames = {}
    for name, (_, variable, _, _) in CHANGES.items():
        frames[name] = read_xpt(folder / f"{name}.xpt").frame.astype({variable: "string"})
        (folder / f"{name}.xpt").unlink()
        frames[name].to_parquet(folder / f"{name}.parquet")
    accepted = validate(folder, Wishes(baseline=path, update_baseline=True))
    assert accepted.baseline.accepted > 60_000
    assert told(accepted) == []

    for name, frame in frames.items():
        frame.sample(frac=1, random_state=5).to_parquet(folder / f"{name}.parquet")
    assert told(validate(folder, Wishes(baseline=path))) == []

    for name, (record, variable, value, _) in CHANGES.items():
        changed = frames[name].copy()
        changed.loc[record, variable] = value
        changed.to_parquet(folder / f"{name}.parquet")
    new = told(validate(folder, Wishes(baseline=path)))
    assert new == sorted(change[3] for change in CHANGES.values())
