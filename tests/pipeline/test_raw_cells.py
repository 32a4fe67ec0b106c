"""One raw cell is changed; the figure that rests on it moves, worked out by hand."""

import datetime
import shutil

import openpyxl
import pytest

from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.pipeline.run import run_study

# sheet, cell, what stands there, what is put there, result, its value before and after
# - TLD-009 day 315: the sum falls from 74 to 66 mm, 10 % over the nadir of 60: no progression,
#   censored at 315. S(228) = 0.533 and 4 of 5 at risk outlive day 371: the median is 371.
# - TLD-006 was the longest at day 799 (day 1 is 2010-04-20); its last scan a week earlier is 792.
# - TLD-002 progressed at day 27 (day 1 is 2009-12-08) by a new lesion; without it, only its death
#   or last scan counts, and the shortest is TLD-017's 50.
CHANGES = {
    "a lesion size": ("TargetLesions", "G61", 42, 34, "pfs_median", 315, 371),
    "a scan date": (
        "TargetLesions", "C46", datetime.datetime(2012, 6, 26), datetime.datetime(2012, 6, 19),
        "pfs_longest", 799, 792,
    ),
}  # fmt: skip
DEATHS = ("Survival", "E9"), ("OffStudy", "D5")


@pytest.fixture
def study(tmp_path):
    """A copy of the sample study whose workbook can be changed."""
    folder = tmp_path / "study"
    shutil.copytree(sample_study_path(), folder)
    return folder


def change(folder, cells):
    """Put values into cells; each must hold what the test says it holds."""
    path = folder / "raw" / "crf_export.xlsx"
    workbook = openpyxl.load_workbook(path)
    for sheet, cell, before, after in cells:
        assert workbook[sheet][cell].value == before
        workbook[sheet][cell].value = after
    workbook.save(path)


def figures(run):
    return {result.name: result.value for result in run.derivation.results}


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES.keys())
def test_the_figure_moves_with_the_cell(sample_run, study, case):
    sheet, cell, old, new, name, before, after = case
    assert figures(sample_run)[name] == before
    change(study, [(sheet, cell, old, new)])
    assert figures(run_study(study))[name] == after


def test_a_death_date_moves_its_subjects_pfs(sample_run, study):
    """TLD-004 died at day 540 without progression; five days earlier is day 535."""

    def pfs(run):
        adtte = run.derivation.datasets["ADTTE"].frame
        own = adtte["USUBJID"].str.endswith("TLD-004") & adtte["PARAMCD"].eq("PFS")
        return int(adtte.loc[own, "AVAL"].item()), int(adtte.loc[own, "CNSR"].item())

    assert pfs(sample_run) == (540, 0)
    died, earlier = datetime.datetime(2011, 8, 16), datetime.datetime(2011, 8, 11)
    change(study, [(*place, died, earlier) for place in DEATHS])
    assert pfs(run_study(study)) == (535, 0)
