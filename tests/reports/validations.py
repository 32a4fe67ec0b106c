"""A validation with everything that a report may have to tell."""

from cdisc_tools.model.findings import Check, Finding, Findings, RuleOutcome
from cdisc_tools.model.validation import BaselineUse, DatasetRead, Validation

RULE = Check(
    "CORE-000001", "error", "CDISC", "AESEV is empty", "AESEV is empty ({key}).", "Fill AESEV.",
    ("CG0176", "FB1234"),
)  # fmt: skip
UNFIT = Check("CORE-000002", "error", "CDISC", "No RELREC", "No RELREC.", "Add RELREC.")
WRONG = Check("CORE-000003", "error", "FDA", "Wrong <unit> & such", "Wrong.", "Correct it.")


def validation(*, baseline: bool = False) -> Validation:
    """Three datasets: AE with findings of a rule and of the schema, DM with a note, VS clean.

    One rule ran, one was skipped, one broke; the warnings are capped: two of five are listed.
    """
    findings = Findings(checks={rule.id: rule for rule in (RULE, UNFIT, WRONG)})
    key = (("USUBJID", "01-001"), ("AETERM", "=1+1"))
    findings.add(Finding(RULE.id, "AE", ("AESEV",), ("",), key, 7))
    for record in (3, 4):
        findings.add(
            Finding("CDT-T002", "AE", ("AESEV",), ("A\x01\n50 %",), key, record, detail="C66769")
        )
    findings.count(findings.records[-1], 3)
    findings.add(Finding("CDT-S015", "DM", ("SEX",)))
    findings.outcomes += [
        RuleOutcome(RULE.id, "AE", "ran", findings=1),
        RuleOutcome(UNFIT.id, "", "skipped", "no dataset RELREC"),
        RuleOutcome(WRONG.id, "VS", "broken", "operator 'is_odd' is not known"),
    ]
    datasets = (
        DatasetRead("AE", "data/ae 1.xpt", 20),
        DatasetRead("DM", "data/dm.xpt", 2),
        DatasetRead("VS", "data/vs.xpt", 0),
    )
    use = BaselineUse("baseline.csv", 12, 3, 1) if baseline else None
    return Validation(datasets, findings.in_order(), (("SDTM", "sdtmig-3.4"),), use)


def nothing() -> Validation:
    """A validation of one dataset in which nothing was found."""
    return Validation((DatasetRead("DM", "dm.xpt", 1),), Findings())
